"""Many plans: workers and batches change no byte, and memory does not grow with the plans."""

import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis import build, check, large, load, schema
from analysis.__main__ import main
from analysis.errors import PlanError
from analysis.parallel import run_batches
from analysis.selection import MOST, SHOWN, WHOLE, Selection, choose_plans
from analysis.study import REPOSITORY
from benchmarks import scale
from benchmarks.scale import copy_plans


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of 24 plans, one of which no reader understands."""
    folder = copy_plans(REPOSITORY.raw, tmp_path_factory.mktemp("many"), 24)
    spoilt = folder / "aaab-2024.txt"
    old, data = spoilt.read_bytes(), "没有任务。".encode()
    spoilt.write_bytes(data)
    listed = (folder / "sources.csv").read_text(encoding="utf-8")
    digests = [build.hashlib.sha256(d).hexdigest() for d in (old, data)]
    (folder / "sources.csv").write_text(listed.replace(*digests), encoding="utf-8")
    return folder


def test_workers_and_batches_change_no_byte(many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "read_chain", lambda _, **__: {})
    made = [
        {n: build.to_csv(t) for n, t in build.build_tables(many, jobs=j, batch=b).items()}
        for j, b in ((1, 1), (1, 50), (2, 1), (2, 5))
    ]
    assert made[0]["documents"].count(b"\n") == 24
    assert b"unread_plan,aaab-2024" in made[0]["report"]
    assert made == [made[0]] * 4


def test_results_come_in_the_order_of_the_batches() -> None:
    assert list(run_batches(str, range(40), jobs=2)) == [str(n) for n in range(40)]


def test_an_error_comes_out_of_a_worker_as_it_is(tmp_path: Path) -> None:
    read: Callable[..., Any] = build.list_plans
    with pytest.raises(build.PlanError, match="no such folder"):
        list(run_batches(read, [tmp_path / "a", tmp_path / "b"], jobs=2))


# --- large studies ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small(many: Path) -> dict[str, pd.DataFrame]:
    """Tables of the plans, built in memory."""
    return build.build_tables(many)


@pytest.fixture(scope="module")
def built(many: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of their tables, built part by part."""
    out = tmp_path_factory.mktemp("built")
    large.build_large(many, out, jobs=2, part=5)
    return out


def content(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.slow
def test_a_large_build_gives_the_tables_of_a_small_one(
    small: dict[str, pd.DataFrame], built: Path
) -> None:
    for name, expected in small.items():
        found = load.table(name, folder=built, scope=load.ALL)
        if name == "themes":  # learned from a sample of all plans in both, in another order
            assert found["task_id"].equals(expected["task_id"])
            assert found["predicted_theme"].eq(expected["predicted_theme"]).mean() > 0.99
        else:
            pd.testing.assert_frame_equal(found, expected)


@pytest.mark.slow
def test_workers_change_no_byte_of_a_large_build(many: Path, built: Path, tmp_path: Path) -> None:
    large.build_large(many, tmp_path, jobs=1, part=5)
    assert content(tmp_path) == content(built)


@pytest.mark.slow
def test_what_a_killed_worker_has_begun_is_no_part_of_the_tables(
    many: Path, built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish = large._publish

    def leave_begun(work: Path, out: Path) -> str:
        (work / "tables" / "assignments" / "00003.4711").write_bytes(b"PAR1")
        return publish(work, out)

    monkeypatch.setattr(large, "_publish", leave_begun)
    large.build_large(many, tmp_path, jobs=1, part=5)
    assert content(tmp_path) == content(built)


@pytest.mark.slow
def test_the_size_of_a_part_changes_no_row(many: Path, built: Path, tmp_path: Path) -> None:
    large.build_large(many, tmp_path, jobs=1, part=1)
    for name in schema.TABLES:
        one, other = (
            load.table(name, folder=folder, scope=load.ALL) for folder in (tmp_path, built)
        )
        pd.testing.assert_frame_equal(one, other)


@pytest.mark.slow
def test_a_large_build_that_fails_leaves_the_old_tables(
    many: Path, built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = content(built)
    for step in ("_sort_part", "_publish"):
        with monkeypatch.context() as patch:
            patch.setattr(large, step, lambda *_: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                large.build_large(many, built, jobs=1, part=5)
        assert content(built) == before


@pytest.mark.slow
def test_a_small_build_takes_the_place_of_a_large_one(
    small: dict[str, pd.DataFrame], built: Path, tmp_path: Path
) -> None:
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    build.write_tables(small, tmp_path)
    assert not (tmp_path / "parts").exists()
    assert len(load.table("tasks", folder=tmp_path)) == len(small["tasks"])


WHERE: list[dict[str, Any]] = [
    {"county": "COUNTY"},
    {"year": 2025, "unit": "家"},
    {"unit": ["家", "个"], "kind": "target"},
    {"quantity_id": "ID"},
    {"city": "无此市"},
]


@pytest.mark.slow
@pytest.mark.parametrize("where", WHERE, ids=str)
@pytest.mark.parametrize("kind", ["CSV", "Parquet"])
def test_a_table_is_read_as_far_as_it_is_asked_for(
    where: dict[str, Any], kind: str, small: dict[str, pd.DataFrame], built: Path, tmp_path: Path
) -> None:
    if kind == "CSV":
        build.write_tables(small, tmp_path)
    folder = tmp_path if kind == "CSV" else built
    documents, quantities = small["documents"], small["quantities"]
    named = {"COUNTY": documents["county"].iloc[7], "ID": quantities["quantity_id"].iloc[300]}
    where = {k: named.get(v, v) if isinstance(v, str) else v for k, v in where.items()}
    home = quantities["task_id"].str.rsplit("-", n=1).str[0]
    whole = quantities.assign(doc_id=home).merge(documents.drop(columns="kind"), on="doc_id")
    for column, value in where.items():
        whole = whole[whole[column].isin(value if isinstance(value, list) else [value])]
    found = load.table("quantities", folder=folder, where=where, columns=["quantity_id", "unit"])
    assert found.columns.tolist() == ["quantity_id", "unit"]
    assert found["quantity_id"].tolist() == whole["quantity_id"].tolist()
    assert bool(len(found)) == (where != {"city": "无此市"})


@pytest.mark.slow
def test_faults_of_a_large_table_are_told(built: Path, tmp_path: Path) -> None:
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    with pytest.raises(PlanError, match="quantities has no column colour"):
        load.table("quantities", folder=tmp_path, where={"colour": "red"})
    part = next((tmp_path / "parts").glob("*/quantities/00001.parquet"))
    part.write_bytes(part.read_bytes()[:-1])
    with pytest.raises(PlanError, match="not the file that"):
        load.table("quantities", folder=tmp_path)


# --- on a cluster -----------------------------------------------------------------------------


@pytest.fixture
def cluster() -> Iterator[Any]:
    """Two Dask workers of this machine; skips where dask is not installed."""
    distributed = pytest.importorskip("distributed")
    options = {"threads_per_worker": 1, "dashboard_address": None, "silence_logs": 50}
    with distributed.LocalCluster(n_workers=2, processes=True, **options) as made:
        yield made


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # of dask and what it stands on
@pytest.mark.parametrize("killed", [False, True])
def test_a_cluster_changes_no_byte(
    killed: bool, many: Path, built: Path, tmp_path: Path, cluster: Any
) -> None:
    def kill_one() -> None:
        """Kill a worker once two parts have been read."""
        while len(list(tmp_path.glob(".building-*/tables/tasks/*.parquet"))) < 2:
            time.sleep(0.05)
        os.kill(cluster.workers[0].pid, signal.SIGKILL)

    killer = threading.Thread(target=kill_one, daemon=True)
    if killed:
        killer.start()
    large.build_large(many, tmp_path, part=5, cluster=cluster.scheduler_address)
    assert not killed or not killer.is_alive()
    assert content(tmp_path) == content(built)


@pytest.mark.slow
def test_a_cluster_that_is_not_there_is_told(many: Path, tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    with pytest.raises(PlanError, match="no cluster at tcp"):
        large.build_large(many, tmp_path, cluster="tcp://127.0.0.1:9")
    assert not content(tmp_path)


def test_a_cluster_needs_its_package(
    many: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(PlanError, match="needs the package distributed"):
        large.build_large(many, tmp_path, cluster="tcp://127.0.0.1:9")


# --- measured growth --------------------------------------------------------------------------


def test_growth_is_told_from_what_was_measured() -> None:
    rows = [(500, 1, 100, 100, 0, 600), (500, 2, 100, 52, 0, 1000), (5000, 2, 1000, 510, 0, 1200)]
    columns = ["plans", "jobs", "cpu_seconds", "longest_seconds", "wall_seconds", "peak_mb"]
    told = scale.describe_scale(pd.DataFrame(rows, columns=columns))
    assert "with the power 1.00 of" in told
    assert "grows 1.20 times" in told
    assert "14,000 plans: 23.8 minutes on 2 cores" in told
    assert "2 cores are 1.92 times as fast" in told


@pytest.mark.slow
def test_a_build_is_measured_with_its_workers(many: Path, tmp_path: Path) -> None:
    cpu, longest, wall, memory = scale.run_build(many, tmp_path, 2)
    assert 0 < longest <= cpu
    assert wall > 0
    assert memory > 100


# --- what large studies show ------------------------------------------------------------------


@pytest.mark.slow
def test_the_check_looks_at_every_part(many: Path, built: Path, tmp_path: Path) -> None:
    assert check.check_tables(many, built) == []
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    spoilt = [next((tmp_path / "parts").glob(f"*/{n}/*.parquet")) for n in ("themes", "report")]
    for path in spoilt:
        path.write_bytes(path.read_bytes()[::-1])
    with pytest.raises(PlanError, match="no table as"):
        load.table("report", folder=tmp_path)
    shutil.copy(next((built / "parts").glob("*/report/*.parquet")), spoilt[1])
    assert [spoilt[0].name in told for told in check.check_tables(many, tmp_path)] == [True]


@pytest.mark.slow
def test_the_command_builds_a_large_study(
    many: Path,
    built: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(build, "LARGE", 20)
    assert main(["build", "--raw", str(many), "--out", str(tmp_path), "--jobs", "1"]) == 0
    told = capsys.readouterr().out
    assert "documents 23" in told
    assert "unread_plan (1): aaab-2024" in told
    assert load.count_rows(tmp_path) == load.count_rows(built)


def invented_documents(n: int) -> pd.DataFrame:
    rows = [(f"c{k}-{year}", year, f"市{k % 4}") for k in range(n) for year in (2023, 2024)]
    return pd.DataFrame(rows, columns=["doc_id", "year", "city"])


def test_of_many_plans_a_chart_shows_the_own_one_and_some_others() -> None:
    documents = invented_documents(40)
    for own, year in (("", 2024), ("c7-2023", 2023)):
        chosen = choose_plans(WHOLE, documents, own=own)
        assert len(chosen.counties) == SHOWN
        assert {doc_id[-4:] for doc_id in chosen.counties} == {str(year)}
        assert not own or own in chosen.counties
        assert chosen == choose_plans(WHOLE, documents.sample(frac=1, random_state=1), own=own)
    near = [
        d for d in choose_plans(WHOLE, documents, own="c7-2023").counties if int(d[1:-5]) % 4 == 3
    ]
    assert len(near) >= SHOWN // 2


def test_few_plans_and_those_named_are_all_shown() -> None:
    named = Selection(counties=("c1-2023", "c2-2023"))
    assert choose_plans(named, invented_documents(40)) == named
    assert choose_plans(WHOLE, invented_documents(MOST // 2)) == WHOLE
