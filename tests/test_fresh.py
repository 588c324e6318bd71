"""What is committed is what the code makes: tables, dictionary, tree."""

import re
from pathlib import Path

import pytest

from analysis import build, load, schema, summary
from analysis.study import REPOSITORY, ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tables")
    build.write_tables(build.build_tables(REPOSITORY.raw), folder)
    return folder


def test_the_tables_are_what_the_plans_give(rebuilt: Path) -> None:
    names = sorted(p.name for p in rebuilt.iterdir())
    assert names == sorted(p.name for p in REPOSITORY.processed.iterdir())
    stale = [
        n for n in names if (rebuilt / n).read_bytes() != (REPOSITORY.processed / n).read_bytes()
    ]
    assert stale == []


@pytest.mark.parametrize("part", summary.PARTS)
def test_the_readme_holds_what_the_tables_give(part: str) -> None:
    begin, end = summary.marks(part)
    held = README.split(begin, 1)[1].split(end, 1)[0]
    assert held.strip() == summary.generate(part).strip()


def test_the_readme_counts_what_there_is() -> None:
    counts = {name: len(load.table(name)) for name in schema.TABLES}
    assert f"{counts['tasks']} numbered tasks under {counts['sections']} headings" in README
    assert (
        f"{counts['quantities']} figures, {counts['assignments']} mentions of responsible bodies"
        in README
    )


def test_the_readme_tree_names_what_is_there() -> None:
    tree = README.split("## Tree", 1)[1].split("```")[1]
    for name in re.findall(r"^(\S+/)", tree, flags=re.MULTILINE):
        assert (ROOT / name).is_dir(), name
    floors = re.findall(r"^  ([a-z_]+(?: [a-z_]+)+)  ", tree, flags=re.MULTILINE)
    assert floors
    named = set(" ".join(floors).split())
    assert {m for m in named if not (ROOT / "analysis" / f"{m}.py").is_file()} == set()


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md", "CONTRIBUTING.md"])
def test_links_and_pictures_exist(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#:]+)\)", text)
    assert [t for t in targets if not (ROOT / t).exists()] == []


def test_the_readme_names_every_command() -> None:
    from analysis.__main__ import parser

    commands = next(a for a in parser()._actions if a.dest == "command").choices
    assert [c for c in commands if f"python -m analysis {c}" not in README] == []
