"""READMEs and docs: short, alike in both languages, and true about files, commands and counts."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import BODY, HEADER

from analysis import load, schema, summary
from analysis.__main__ import parser
from analysis.study import REPOSITORY, ROOT

ENGLISH, CHINESE = "README.md", "README.zh-CN.md"
PAGES = [
    *sorted(p.relative_to(ROOT).as_posix() for p in ROOT.glob("docs/*.md")),
    *(ENGLISH, CHINESE, "CONTRIBUTING.md", "CHANGELOG.md"),
    *("figures/README.md", "data/labels/README.md"),
]


def read(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(page: str) -> list[str]:
    """Lines of the code blocks of a page, without their comments."""
    found = re.findall(r"^```(\w*)\n(.*?)^```", read(page), re.DOTALL | re.MULTILINE)
    lines = "\n".join(text for language, text in found if not language).splitlines()
    return [re.split(r"\s{2,}#", line)[0] for line in lines]


def commands(page: str) -> list[str]:
    """Commands of a page, in code blocks and in the running text."""
    quoted = re.findall(r"`(python -m analysis [^`]+)`", read(page))
    return [c for c in [*blocks(page), *quoted] if c.startswith("python -m analysis ")]


@pytest.mark.parametrize(("name", "part", "language"), summary.PARTS)
def test_generated_parts_are_what_the_tables_give(name: str, part: str, language: str) -> None:
    begin, end = summary.marks(part)
    held = read(name).split(begin, 1)[1].split(end, 1)[0]
    assert held.strip() == summary.generate(part, language).strip()


def test_the_readmes_are_short_and_equal() -> None:
    assert len(read(ENGLISH).splitlines()) <= 120
    assert len(read(CHINESE).splitlines()) <= 120
    shape = [
        re.findall(r"^(#+|```\w*|<!--|<img)", read(p), re.MULTILINE) for p in (ENGLISH, CHINESE)
    ]
    assert shape[0] == shape[1]
    tree = re.compile(r"^ *[\w/]+/ ")
    both = [[line for line in blocks(p) if not tree.match(line)] for p in (ENGLISH, CHINESE)]
    assert both[0] == both[1]
    assert f"]({CHINESE})" in read(ENGLISH)
    assert f"]({ENGLISH})" in read(CHINESE)


def test_the_readmes_count_what_there_is() -> None:
    counts = {name: len(load.table(name)) for name in schema.TABLES}
    for page in (ENGLISH, CHINESE):
        told = {
            int(n)
            for n in re.findall(r"(?<![\d:%])\d+", re.search(r"\*\*(.*?)\*\*", read(page))[1])
        }
        wanted = {counts[n] for n in ("tasks", "sections", "quantities", "assignments")}
        assert told == wanted, page


def test_the_tree_names_what_is_there() -> None:
    for page in (ENGLISH, CHINESE):
        tree = read(page).split("```")[-2]
        folders = re.findall(r"^( *)(\S+/) ", tree, flags=re.MULTILINE)
        assert len(folders) >= 10
        missing = [
            f for indent, f in folders if not (ROOT / ("analysis" * bool(indent)) / f).is_dir()
        ]
        assert missing == []


def prose_of(page: str) -> str:
    """Text of a page; of a notebook, what its cells of text say."""
    if not page.endswith(".ipynb"):
        return read(page)
    cells = json.loads(read(page))["cells"]
    return "\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")


def test_every_link_leads_somewhere_and_every_file_named_is_a_link() -> None:
    faults = []
    notebooks = sorted(
        p.relative_to(ROOT).as_posix() for p in ROOT.glob("notebooks/**/[0-9]*.ipynb")
    )
    assert len(notebooks) > 10
    for page in [*PAGES, *notebooks]:
        folder, text = (ROOT / page).parent, prose_of(page)
        links = [*re.findall(r"\]\(([^)#:]+)\)", text), *re.findall(r'src="([^"#:]+)"', text)]
        faults += [(page, link) for link in links if not (folder / link).exists()]
        prose = re.sub(
            r"```.*?```|\[[^]]*\]\([^)]*\)|<[^>]*>|(?m:^#.*$)", "", text, flags=re.DOTALL
        )
        named = re.findall(
            r"(?<![\w/])((?:notebooks|docs|figures)/[\w./-]+\.\w+|0\d-[a-z][\w-]*)", prose
        )
        if page not in {"CHANGELOG.md", "CONTRIBUTING.md"} and not page.startswith("data/"):
            faults += [(page, f"{name} is no link") for name in named]
    assert faults == []


def test_commands_can_be_parsed_and_all_are_described() -> None:
    faults = []
    for page in PAGES:
        for command in commands(page):
            try:
                parser().parse_args(shlex.split(command)[3:])
            except SystemExit as stop:
                faults += [(page, command)] if stop.code else []
    assert faults == []
    known = next(a for a in parser()._actions if a.dest == "command").choices
    told = read("docs/commands.md")
    assert [c for c in known if f"python -m analysis {c}" not in told] == []


def test_every_value_of_a_closed_list_is_defined() -> None:
    dictionary = read("docs/data-dictionary.md")
    columns = [c for table in schema.TABLES.values() for c in table.columns]
    values = {(c.name, value) for c in columns for value in c.values}
    assert [v for c, v in values if f"- `{v}`: {schema.define(c, v)}" not in dictionary] == []
    assert [c.name for c in columns if f"| `{c.name}` | {c.type} |" not in dictionary] == []


@pytest.mark.slow
def test_the_commands_of_the_readme_run(tmp_path: Path) -> None:
    for folder in ("data/raw", "data/processed"):
        (tmp_path / folder).parent.mkdir(exist_ok=True)
        (tmp_path / folder).symlink_to(REPOSITORY.root / folder)
    (tmp_path / "plan.txt").write_text(HEADER + BODY, encoding="utf-8")
    ran = [c for c in blocks(ENGLISH) if c.startswith("python -m analysis ")]
    assert len(ran) >= 5
    for command in ran:
        done = subprocess.run(
            [sys.executable, *shlex.split(command)[1:]],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}: {done.stderr}"
    assert (tmp_path / "my-study" / "data" / "processed" / "tasks.csv").is_file()
    assert list((tmp_path / "exports").glob("*.png"))
    assert list((tmp_path / "workbooks").glob("*.xlsx"))
