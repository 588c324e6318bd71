"""What is made again and what is not."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from analysis import freshness
from analysis.charts import pack
from analysis.lexicon import read_rows
from analysis.study import REPOSITORY, Study
from analysis.wording import LANGUAGES

CODE = ["analysis.charts.style"]


@pytest.fixture(autouse=True)
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(Study, "memory", tmp_path / "made.json")
    return tmp_path / "made.json"


@pytest.fixture
def made(tmp_path: Path) -> tuple[Path, Path]:
    source, result = tmp_path / "tasks.csv", tmp_path / "chart.svg"
    source.write_text("a\n1\n")
    result.write_text("<svg/>")
    with freshness.open_memory() as known:
        assert not known.is_current("chart", [source], [result], CODE)
        known.record("chart", [result])
    return source, result


def is_fresh(source: Path, result: Path) -> bool:
    with freshness.open_memory() as known:
        return known.is_current("chart", [source], [result], CODE)


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


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put in place of the package two charts, a lexicon and texts; only one chart names them."""
    root = tmp_path / "analysis"
    files = {
        "charts/__init__.py": "",
        "charts/map.py": """from analysis import words\ntext_for(f"map_{kind}")\n""",
        "charts/bars.py": """from analysis.charts import look\nX = read_lexicon("places")\n""",
        "charts/look.py": """def ink():\n    \"\"\"Colour.\"\"\"\n    return 1  # black\n""",
        "words.py": "def late():\n    from analysis.charts.look import ink\n",
        "lexicon/places.csv": "place\n城阳\n",
        "texts/charts.csv": "key,zh,en\nmap_title,图,Map\nbars_title,柱,Bars\n",
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(freshness, "PACKAGE", root)
    monkeypatch.setattr(freshness, "LEXICON", root / "lexicon")
    monkeypatch.setattr(freshness, "TEXTS", root / "texts")
    return root


def digests() -> list[str]:
    """Digests of both charts, as a new process finds them."""
    for cached in (
        freshness.code_digest,
        freshness._module_file,
        freshness.bare_code,
        freshness._words,
        freshness._text_rows,
        read_rows,
    ):
        cached.cache_clear()
    return [freshness.code_digest((f"analysis.charts.{name}",)) for name in ("map", "bars")]


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    yield
    digests()


CHANGES = [
    # file, words before, words after, charts that are made again
    ("charts/look.py", "return 1", "return 2", ["map", "bars"]),
    ("charts/look.py", "  # black", "  # as ink", []),
    ("charts/look.py", "Colour.", "The colour of ink.", []),
    ("charts/look.py", "    return", "\n    return", []),
    ("words.py", "late", "soon", ["map"]),
    ("lexicon/places.csv", "城阳", "周村", ["bars"]),
    ("texts/charts.csv", "图", "地图", ["map"]),
    ("texts/charts.csv", "柱", "柱状", []),
]


def test_the_code_of_a_chart_is_what_it_imports_and_names(package: Path) -> None:
    before, faults = digests(), []
    for name, old, new, wanted in CHANGES:
        was = (package / name).read_text(encoding="utf-8")
        assert old in was
        (package / name).write_text(was.replace(old, new), encoding="utf-8")
        pairs = zip(("map", "bars"), before, digests(), strict=True)
        if (changed := [chart for chart, a, b in pairs if a != b]) != wanted:
            faults.append((name, new, changed))
        (package / name).write_text(was, encoding="utf-8")
    assert faults == []
    assert digests() == before


def test_a_new_version_of_a_package_makes_all_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    before = digests()
    monkeypatch.setattr(freshness, "_pins", lambda: ("matplotlib==4.0",))
    assert not set(before) & set(digests())


def test_without_the_option_all_is_made_and_nothing_kept(
    made: tuple[Path, Path], memory: Path
) -> None:
    kept = memory.read_bytes()
    times = []
    chart = {"sources": [made[0]], "results": [made[1]], "code": CODE}
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
    with freshness.open_memory() as known:
        known.is_current("chart", [made[0]], [made[1]], CODE)
        made[0].write_text("a\n2\n")  # while the chart is drawn from what stood there before
        known.record("chart", [made[1]])
    assert not is_fresh(*made)


def test_a_folder_counts_by_names_and_contents(tmp_path: Path) -> None:
    folder, result = tmp_path / "tables", tmp_path / "chart.svg"
    folder.mkdir()
    (folder / "tasks.csv").write_text("a\n")
    result.write_text("<svg/>")
    with freshness.open_memory() as known:
        known.is_current("chart", [folder], [result], CODE)
        known.record("chart", [result])
    assert is_fresh(folder, result)
    (folder / "tasks.csv").rename(folder / "task.csv")
    assert not is_fresh(folder, result)
    (folder / "task.csv").rename(folder / "tasks.csv")
    assert is_fresh(folder, result)
    (folder / "themes.csv").write_text("a\n")
    assert not is_fresh(folder, result)


def test_a_changed_table_is_drawn_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = tmp_path / "processed"
    shutil.copytree(REPOSITORY.processed, tables)
    monkeypatch.setattr(Study, "processed", tables)
    recipes = {
        name: pack._recipe(name, pack.Shape(), tmp_path, [])
        for name in ("02-theme-shares", "04-roles")
    }
    with freshness.open_memory() as known:
        for name, sources, results, code in recipes.values():
            known.is_current(name, sources, results, code)
            known.record(name, results)
    (tables / "assignments.csv").write_bytes(b"changed")
    with freshness.open_memory() as known:
        stale = [short for short, recipe in recipes.items() if not known.is_current(*recipe)]
    assert stale == ["04-roles"]


def test_a_result_that_is_gone_is_made_again(made: tuple[Path, Path]) -> None:
    chart = {"sources": [made[0]], "results": [], "code": CODE, "only_changed": True}
    there = [freshness.make_once("book", lambda: None, **chart, is_there=b) for b in (False, True)]
    assert there == [True, False]
    assert freshness.make_once("book", lambda: None, **chart, is_there=False)
