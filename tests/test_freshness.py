"""What is made again and what is not."""

import shutil
from pathlib import Path

import pytest

from analysis import freshness
from analysis.charts import pack
from analysis.selection import WHOLE
from analysis.study import REPOSITORY, Study
from analysis.wording import LANGUAGES


@pytest.fixture(autouse=True)
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(Study, "memory", tmp_path / "made.json")
    return tmp_path / "made.json"


@pytest.fixture
def made(tmp_path: Path) -> tuple[Path, Path]:
    source, result = tmp_path / "tasks.csv", tmp_path / "chart.svg"
    source.write_text("a\n1\n")
    result.write_text("<svg/>")
    with freshness.remember() as known:
        assert not known.holds("chart", [source], [result])
        known.keep("chart", [result])
    return source, result


def is_fresh(source: Path, result: Path) -> bool:
    with freshness.remember() as known:
        return known.holds("chart", [source], [result])


def test_nothing_is_known_at_first(tmp_path: Path) -> None:
    assert not is_fresh(tmp_path / "tasks.csv", tmp_path / "chart.svg")


def test_what_was_made_is_known(made: tuple[Path, Path]) -> None:
    assert is_fresh(*made)
    made[0].touch()
    assert is_fresh(*made)  # the clock does not count


@pytest.mark.parametrize("place", [0, 1], ids=["source", "result"])
def test_a_changed_or_missing_file_is_noticed(made: tuple[Path, Path], place: int) -> None:
    was = made[place].read_bytes()
    made[place].write_bytes(was.swapcase() + b" ")
    assert not is_fresh(*made)
    made[place].write_bytes(was)
    assert is_fresh(*made)
    made[place].unlink()
    assert not is_fresh(*made)


@pytest.mark.parametrize("spoilt", [b"{half", b"[]", b"null", "“".encode("gb18030")])
def test_a_spoilt_memory_knows_nothing(
    spoilt: bytes, made: tuple[Path, Path], memory: Path
) -> None:
    memory.write_bytes(spoilt)
    assert not is_fresh(*made)


def test_the_code_counts(
    made: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "rule.py").write_text("x = 1\n")
    monkeypatch.setattr(freshness, "_CODE", (tmp_path / "code",))
    assert not is_fresh(*made)


def test_without_the_option_all_is_made_and_nothing_kept(
    made: tuple[Path, Path], memory: Path
) -> None:
    kept = memory.read_bytes()
    times = []
    chart = {"sources": [made[0]], "results": [made[1]]}
    for only_changed in (False, True, False):
        if freshness.make_once("chart", lambda: None, **chart, only_changed=only_changed):
            times.append(only_changed)
    assert times == [False, False]
    assert memory.read_bytes() == kept


def test_a_second_run_draws_only_what_changed(tmp_path: Path) -> None:
    def run() -> list[str]:
        paths = pack.draw(
            ["01-target-profile", "02-theme-shares"],
            folder=tmp_path / "out",
            languages=LANGUAGES[:1],
            formats=["svg"],
            only_changed=True,
            report=lambda _: None,
        )
        return [path.name for path in paths if path.suffix == ".svg"]

    assert run() == ["01-target-profile.svg", "02-theme-shares.svg"]
    assert run() == []
    (tmp_path / "out" / "02-theme-shares.svg").write_text("touched")
    assert run() == ["02-theme-shares.svg"]


def test_a_source_edited_meanwhile_is_not_taken_for_used(made: tuple[Path, Path]) -> None:
    with freshness.remember() as known:
        known.holds("chart", [made[0]], [made[1]])
        made[0].write_text("a\n2\n")  # while the chart is drawn from what stood there before
        known.keep("chart", [made[1]])
    assert not is_fresh(*made)


def test_code_lexicon_and_lock_count_and_caches_do_not() -> None:
    counted = {p.relative_to(freshness.ROOT).as_posix() for p in freshness._files(freshness._CODE)}
    wanted = {
        "analysis/reading/quantities.py",
        "analysis/lexicon/cues.csv",
        "analysis/texts/charts.csv",
    }
    assert counted >= wanted | {"requirements.lock"}
    assert not [name for name in counted if name.endswith(".pyc")]


def test_a_folder_counts_by_names_and_contents(tmp_path: Path) -> None:
    folder, result = tmp_path / "tables", tmp_path / "chart.svg"
    folder.mkdir()
    (folder / "tasks.csv").write_text("a\n")
    result.write_text("<svg/>")
    with freshness.remember() as known:
        known.holds("chart", [folder], [result])
        known.keep("chart", [result])
    assert is_fresh(folder, result)
    (folder / "tasks.csv").rename(folder / "task.csv")
    assert not is_fresh(folder, result)
    (folder / "task.csv").rename(folder / "tasks.csv")
    assert is_fresh(folder, result)
    (folder / "themes.csv").write_text("a\n")
    assert not is_fresh(folder, result)


def test_other_packages_make_it_stale(
    made: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(freshness, "_environment", lambda: "matplotlib of next year")
    assert not is_fresh(*made)


def test_a_changed_table_is_drawn_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = tmp_path / "processed"
    shutil.copytree(REPOSITORY.processed, tables)
    monkeypatch.setattr(Study, "processed", tables)
    recipes = {
        name: pack._recipe(name, WHOLE, tmp_path, []) for name in ("02-theme-shares", "04-roles")
    }
    with freshness.remember() as known:
        for name, sources, results in recipes.values():
            known.holds(name, sources, results)
            known.keep(name, results)
    (tables / "assignments.csv").write_bytes(b"changed")
    with freshness.remember() as known:
        stale = [short for short, recipe in recipes.items() if not known.holds(*recipe)]
    assert stale == ["04-roles"]


def test_a_result_that_is_gone_is_made_again(made: tuple[Path, Path]) -> None:
    chart = {"sources": [made[0]], "results": [], "only_changed": True}
    there = [freshness.make_once("book", lambda: None, **chart, is_there=b) for b in (False, True)]
    assert there == [True, False]
    assert freshness.make_once("book", lambda: None, **chart, is_there=False)
