"""The corpora that growth is measured on, and the table of what was measured."""

import pandas as pd
import pytest

from analysis import load
from benchmarks import scaling
from benchmarks.__main__ import main


@pytest.fixture(scope="module")
def corpus() -> dict[str, pd.DataFrame]:
    return dict(zip(scaling.TABLES, load.tables(*scaling.TABLES), strict=True))


@pytest.mark.parametrize("size", [100, 360, 1000])
def test_enlarged_tables_hold_together(corpus: dict[str, pd.DataFrame], size: int) -> None:
    many = scaling.enlarge(corpus, size)
    tasks = many["tasks"]
    assert len(tasks) == size
    assert tasks["task_id"].is_unique
    assert many["quantities"]["quantity_id"].is_unique
    assert set(tasks["doc_id"]) == set(many["documents"]["doc_id"])
    assert tasks["text"].duplicated().mean() < 0.02
    for name in ("assignments", "quantities"):
        copied = many[name]["task_id"].str.rsplit("_", n=1).str[0].value_counts()
        rounds = tasks["task_id"].str.rsplit("_", n=1).str[0].value_counts()
        own = corpus[name]["task_id"].value_counts()
        assert copied.to_dict() == {t: n * rounds[t] for t, n in own.items() if t in rounds}


def test_the_seed_makes_the_corpus(corpus: dict[str, pd.DataFrame]) -> None:
    one, again, other = (scaling.enlarge(corpus, 500, seed=s)["tasks"]["text"] for s in (1, 1, 2))
    assert one.equals(again)
    assert not one.equals(other)


def test_tasks_without_text_can_be_enlarged(corpus: dict[str, pd.DataFrame]) -> None:
    tasks = corpus["tasks"].assign(
        text=corpus["tasks"]["text"].where(corpus["tasks"].index > 9, "")
    )
    assert scaling.enlarge(corpus | {"tasks": tasks}, 400)["tasks"]["text"].notna().all()


def test_growth_has_one_row_per_stage_and_size(corpus: dict[str, pd.DataFrame]) -> None:
    growth = scaling.measure_growth(corpus, sizes=(80, 120))
    assert list(growth.columns) == ["stage", "n_tasks", "seconds", "milliseconds_per_task", "ratio"]
    assert growth["stage"].tolist() == [stage for stage in scaling.STAGES for _ in range(2)]
    assert growth["n_tasks"].tolist() == [80, 120] * 3
    assert growth.loc[growth["n_tasks"].eq(80), "ratio"].eq(1).all()


def test_every_stage_is_given_the_enlarged_tables(
    corpus: dict[str, pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    stages = {name: lambda t: seen.append(len(t["tasks"])) for name in ("one", "two")}
    monkeypatch.setattr(scaling, "STAGES", stages)
    scaling.measure_growth(corpus, sizes=(10, 400))
    assert seen[-4:] == [10, 10, 400, 400]


def test_the_command_prints_growth(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    measured = pd.DataFrame({"stage": ["sort into themes"], "ratio": [1.0]})
    monkeypatch.setattr(scaling, "measure_growth", lambda tables: measured if tables else None)
    assert main(["growth"]) == 0
    assert "sort into themes" in capsys.readouterr().out
