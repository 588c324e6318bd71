"""Many plans: workers and batches change no byte, and memory does not grow with the plans."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis import build
from analysis.parallel import run_batches
from analysis.study import REPOSITORY
from benchmarks.growth import copy_plans


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
