"""Measure other tools on the labelled tasks: accuracy, and time against ours in the same run."""

from __future__ import annotations

import json
import statistics
import subprocess
import time
from pathlib import Path
from typing import Any

import pandas as pd

from analysis import load
from analysis.accuracy.labels import read_labels, read_peer_units, task_texts
from analysis.build import read_plan
from analysis.errors import PlanError
from analysis.reading.documents import read_document, read_sources
from analysis.study import LABELS, ROOT, current
from benchmarks.peers_scores import PEERS_FILE, score_scopes

PYTHON = ROOT / ".venv-peers" / "bin" / "python"
WORKER = Path(__file__).with_name("peers_worker.py")
_RUNS = 5


def measure(
    raw: Path | None = None, *, python: Path = PYTHON, folder: Path = LABELS
) -> pd.DataFrame:
    """Run the other tools on every labelled task and write ``peers.csv``.

    The tools get the text of the tasks. Ours is timed on the whole way from the raw files to the
    typed figures, so the ratio leans to the other tools.

    Returns
    -------
    DataFrame
        What `peers_scores.read_peers` reads.

    Raises
    ------
    PlanError
        The tools' environment is missing, or a tool fails.
    """
    raw = raw or current().raw
    tasks, documents = load.tables("tasks", "documents")
    labels = read_labels(folder=folder)
    covered = tasks[tasks["doc_id"].isin(labels["doc_id"].unique())]
    texts = {task_id: text for task_id, (_, text) in task_texts(covered, documents, raw)}
    seconds = _time_ours(raw, set(covered["doc_id"]))
    results = _run_worker(python, texts)
    parts = []
    for result in results:
        scores = score_scopes(_to_our_units(result["rows"], folder), labels)
        ratio = {"scope": "all", "figure": "times our time", "value": result["seconds"] / seconds}
        scores = pd.concat([scores, pd.DataFrame([ratio])], ignore_index=True)
        parts.append(scores.assign(tool=result["tool"], version=result["version"]))
    frame = pd.concat(parts, ignore_index=True).astype({"n": "Int64"}).round(4)
    frame = frame[["tool", "version", "scope", "figure", "value", "low", "high", "n"]]
    frame.to_csv(folder / PEERS_FILE, index=False, lineterminator="\n")
    return frame


def _run_worker(python: Path, texts: dict[str, str]) -> list[dict[str, Any]]:
    if not python.is_file():
        raise PlanError("the other tools are not installed", "run `make peers`", file=python)
    done = subprocess.run(
        [str(python), "-I", "-W", "ignore", str(WORKER)],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise PlanError(done.stderr.strip()[-300:], "mend the environment .venv-peers", file=WORKER)
    return json.loads(done.stdout)


def _to_our_units(rows: list[dict[str, Any]], folder: Path) -> pd.DataFrame:
    frame = pd.DataFrame(rows)
    return frame.assign(unit=frame["unit"].replace(read_peer_units(folder=folder)))


def _time_ours(raw: Path, doc_ids: set[str]) -> float:
    """Median seconds from the raw files of the plans to their typed figures, once warm."""
    sources = [s for s in read_sources(raw) if s.doc_id in doc_ids]
    times = []
    for _ in range(_RUNS + 1):
        start = time.perf_counter()
        for source in sources:
            read_plan(read_document(raw, source))
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])
