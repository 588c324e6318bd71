"""What is made again and what is not."""

from pathlib import Path

import pytest

from analysis import figures, freshness
from analysis.plots import style


@pytest.fixture(autouse=True)
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(freshness, "MEMORY", tmp_path / "made.json")
    return tmp_path / "made.json"


@pytest.fixture
def made(tmp_path: Path) -> tuple[Path, Path]:
    source, result = tmp_path / "tasks.csv", tmp_path / "chart.svg"
    source.write_text("a\n1\n")
    result.write_text("<svg/>")
    with freshness.remember() as known:
        known.keep("chart", [source], [result])
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


def test_a_spoilt_memory_knows_nothing(made: tuple[Path, Path], memory: Path) -> None:
    memory.write_text("{half")
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
        paths = figures.draw(
            ["01-target-profile", "02-theme-shares"],
            folder=tmp_path / "out",
            languages=style.LANGUAGES[:1],
            formats=["svg"],
            only_changed=True,
            say=lambda _: None,
        )
        return [path.name for path in paths if path.suffix == ".svg"]

    assert run() == ["01-target-profile.svg", "02-theme-shares.svg"]
    assert run() == []
    (tmp_path / "out" / "02-theme-shares.svg").write_text("touched")
    assert run() == ["02-theme-shares.svg"]
