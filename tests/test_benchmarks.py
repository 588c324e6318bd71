"""What speed, growth and the comparison with other tools measure, and on what."""

import ast
import json
import re
import shutil
import sys
from pathlib import Path

import pandas as pd
import pytest
from conftest import EXPECTED
from invented import label, rows, write_labels
from packaging.utils import canonicalize_name

from analysis import load
from analysis.accuracy import labels
from analysis.errors import PlanError
from analysis.study import LABELS, ROOT, current
from benchmarks import growth, peers, peers_worker, speed
from benchmarks.__main__ import main

# --- speed ----------------------------------------------------------------------------------


def test_speed_is_a_ratio_to_reading_the_bytes() -> None:
    measured = speed.measure(current().raw, repeats=1).set_index("stage")
    assert measured.at["read bytes", "times_reading"] == 1
    assert measured.index[-1] == "read a plan, all stages"
    assert (measured["seconds"] > 0).all()


def test_the_clock_runs_as_often_as_it_is_told() -> None:
    ticks = iter(range(100))
    assert speed.time_runs(lambda: next(ticks), 3, clock=lambda: next(ticks)) == [2, 2, 2]


# --- growth ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def corpus() -> dict[str, pd.DataFrame]:
    return dict(zip(growth.TABLES, load.tables(*growth.TABLES), strict=True))


@pytest.mark.parametrize("size", [100, 360, 1000])
def test_enlarged_tables_hold_together(corpus: dict[str, pd.DataFrame], size: int) -> None:
    many = growth.enlarge(corpus, size)
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
    one, again, other = (growth.enlarge(corpus, 500, seed=s)["tasks"]["text"] for s in (1, 1, 2))
    assert one.equals(again)
    assert not one.equals(other)


def test_tasks_without_text_can_be_enlarged(corpus: dict[str, pd.DataFrame]) -> None:
    tasks = corpus["tasks"].assign(
        text=corpus["tasks"]["text"].where(corpus["tasks"].index > 9, "")
    )
    assert growth.enlarge(corpus | {"tasks": tasks}, 400)["tasks"]["text"].notna().all()


def test_growth_has_one_row_per_stage_and_size(corpus: dict[str, pd.DataFrame]) -> None:
    measured = growth.measure_growth(corpus, sizes=(80, 120))
    assert list(measured.columns) == [
        "stage",
        "n_tasks",
        "seconds",
        "milliseconds_per_task",
        "ratio",
        "per_doubling",
    ]
    assert measured["stage"].tolist() == [stage for stage in growth.STAGES for _ in range(2)]
    assert measured["n_tasks"].tolist() == [80, 120] * len(growth.STAGES)
    assert measured.loc[measured["n_tasks"].eq(80), "ratio"].eq(1).all()


def test_growth_is_told_for_twice_the_tasks(
    corpus: dict[str, pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(growth, "STAGES", {"square": lambda t: len(t["tasks"]) ** 2})
    monkeypatch.setattr(growth, "time_runs", lambda run, *_, **__: [float(run())])
    measured = growth.measure_growth(corpus, sizes=(10, 20, 160))
    assert measured["per_doubling"].tolist()[1:] == [4, 4]


def test_every_stage_is_given_the_enlarged_tables(
    corpus: dict[str, pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    stages = {name: lambda t: seen.append(len(t["tasks"])) for name in ("one", "two")}
    monkeypatch.setattr(growth, "STAGES", stages)
    growth.measure_growth(corpus, sizes=(10, 400))
    assert seen[-4:] == [10, 10, 400, 400]


def test_the_command_prints_growth(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    measured = pd.DataFrame({"stage": ["sort into themes"], "ratio": [1.0]})
    monkeypatch.setattr(growth, "measure_growth", lambda tables: measured if tables else None)
    assert main(["growth"]) == 0
    assert "sort into themes" in capsys.readouterr().out


# --- other tools ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clause", "found"),
    [
        ("新增9家", [(9, 9, "家")]),
        ("完成投资6.6亿元", [(660_000_000, 660_000_000, "元")]),
        ("建设3-5个", [(3, 5, "个")]),
        ("20平方公里和4560 个", [(20, 20, "平方公里"), (4560, 4560, "个")]),
        ("提升2个百分点", [(2, 2, "个百分点")]),
        ("2023年第三季度两条", []),
    ],
)
def test_the_plain_regex_reads_what_it_should(
    clause: str, found: list[tuple[float, float, str]]
) -> None:
    rows = list(peers_worker.plain_regex(clause))
    assert [(r["value_low"], r["value_high"], r["unit"]) for r in rows] == found
    assert len(set(peers_worker.PLAIN_UNITS.split("|"))) == 28


def test_the_worker_needs_nothing_of_ours() -> None:
    tree = ast.parse((ROOT / "benchmarks" / "peers_worker.py").read_text(encoding="utf-8"))
    top = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {a.name for n in top if isinstance(n, ast.Import) for a in n.names}
    names |= {n.module for n in top if isinstance(n, ast.ImportFrom)}
    assert {n.split(".")[0] for n in names} <= sys.stdlib_module_names


def test_peers_were_measured_with_the_locked_versions() -> None:
    scores = peers.read_peers()
    lock = (ROOT / "benchmarks" / "requirements.lock").read_text(encoding="utf-8")
    pins = dict(re.findall(r"^([\w-]+)==(\S+)", lock, flags=re.M))
    packages = {
        "Recognizers-Text": "recognizers-text-number-with-unit",
        "JioNLP extract_money": "jionlp",
    }
    for tool, package in packages.items():
        versions = scores.loc[scores["tool"].eq(tool), "version"].unique()
        assert list(versions) == [pins[canonicalize_name(package)]]
    assert set(scores["scope"]) == set(peers.SCOPES)


def test_we_find_more_than_the_peers_and_faster(tables: dict[str, pd.DataFrame]) -> None:
    scores = peers.compare_peers(tables["quantities"], labels.read_labels())
    everything = scores.query("scope == 'all'").set_index(["figure", "tool"])["value"]
    assert everything["recall"].idxmax() == peers.OURS
    assert everything["f1"].idxmax() == peers.OURS
    assert everything[("times our time", "Recognizers-Text")] >= 20


def test_scopes_keep_to_their_units(tmp_path: Path) -> None:
    read = labels.read_labels(
        folder=write_labels(
            tmp_path,
            label(),
            label(low=7, high=7, unit="元"),
            label(low=3, high=3, unit="公里"),
        )
    )
    found = rows({"low": 7, "high": 7, "unit": "元"})
    recall = peers.score_scopes(found, read).query("figure == 'recall'")
    assert recall.set_index("scope")["value"].round(3).to_dict() == {
        "all": 0.333,
        "measured": 0.5,
        "money": 1.0,
    }


def test_peers_are_measured_through_a_worker_of_their_own(tmp_path: Path) -> None:
    for name in ("agreed", "peer_units.csv"):
        copy = shutil.copytree if name == "agreed" else shutil.copy
        copy(LABELS / name, tmp_path / name)
    row = {"task_id": "zhoucun-2023-47", "text": "52亿元", "unit": "Chinese yuan"}
    row |= {"value_low": 5.2e9, "value_high": 5.2e9}
    result = [{"tool": "made up", "version": "1", "seconds": 1e6, "rows": [row]}]
    worker = tmp_path / "python"
    worker.write_text(f"#!/bin/sh\ncat > /dev/null\necho '{json.dumps(result)}'\n", "utf-8")
    worker.chmod(0o755)
    scores = peers.measure(python=worker, folder=tmp_path)
    assert peers.read_peers(folder=tmp_path)["figure"].tolist() == scores["figure"].tolist()
    found = scores.set_index(["scope", "figure"])["value"]
    assert found[("money", "precision")] == 1  # its name for 元 was understood
    assert found[("all", "recall")] == pytest.approx(1 / EXPECTED["n_quantities"], abs=1e-4)
    assert found[("all", "times our time")] > 1000


def test_peers_that_are_missing_or_fail_are_named(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="run `make peers`"):
        peers.measure(python=tmp_path / "python")
    worker = tmp_path / "python"
    worker.write_text("#!/bin/sh\ncat > /dev/null\necho no module >&2\nexit 1\n", "utf-8")
    worker.chmod(0o755)
    with pytest.raises(PlanError, match="no module"):
        peers.measure(python=worker)
    with pytest.raises(PlanError, match="not measured yet"):
        peers.read_peers(folder=tmp_path)
