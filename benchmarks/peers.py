"""Measure other tools on the labelled tasks: accuracy, and time against ours in the same run."""

from __future__ import annotations

import json
import statistics
import subprocess
from pathlib import Path
from typing import Any

import pandas as pd

from analysis import load
from analysis.accuracy.labels import match_labels, read_labels, task_texts
from analysis.accuracy.scores import score
from analysis.errors import PlanError
from analysis.lexicon import read_lexicon
from analysis.reading.documents import read_document, read_sources
from analysis.reading.plan import read_plan
from analysis.stats import show_estimates
from analysis.study import LABELS, ROOT, current
from benchmarks.speed import time_runs

PYTHON = ROOT / ".venv-peers" / "bin" / "python"
WORKER = Path(__file__).with_name("peers_worker.py")
_RUNS = 5
# What a tool is made for: JioNLP reads money, Recognizers-Text no measure words such as 家 and 项.
SCOPES = ("all", "measured", "money")
OURS = "these rules"
_FILE = "peers.csv"


def measure(
    raw: Path | None = None, *, python: Path = PYTHON, folder: Path = LABELS
) -> pd.DataFrame:
    """Run the other tools on every labelled task and write ``peers.csv``.

    The tools get the text of the tasks. Ours is timed on the whole way from the raw files to the
    typed figures, so the ratio leans to the other tools.

    Returns
    -------
    DataFrame
        What `read_peers` reads.

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
    frame.to_csv(folder / _FILE, index=False, lineterminator="\n")
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
        raise PlanError(
            done.stderr.strip()[-300:], "repair the environment .venv-peers", file=WORKER
        )
    return json.loads(done.stdout)


def _to_our_units(rows: list[dict[str, Any]], folder: Path) -> pd.DataFrame:
    frame, units = pd.DataFrame(rows), pd.read_csv(folder / "peer_units.csv", encoding="utf-8")
    return frame.assign(unit=frame["unit"].replace(units.set_index("unit")["same_as"].to_dict()))


def _time_ours(raw: Path, doc_ids: set[str]) -> float:
    """Median seconds from the raw files of the plans to their typed figures, once warm."""
    sources = [s for s in read_sources(raw) if s.doc_id in doc_ids]
    times = time_runs(lambda: [read_plan(read_document(raw, s)) for s in sources], _RUNS + 1)
    return statistics.median(times[1:])


# --- what the tools found -------------------------------------------------------------------


def score_scopes(found: pd.DataFrame, labels: pd.DataFrame) -> pd.DataFrame:
    """Score value and unit of what a tool found, in each scope.

    Scopes: all quantities; measured, those whose unit is no measure word (money, %, area, length
    ...); money.

    Returns
    -------
    DataFrame
        One row per scope and figure (precision, recall, f1): scope, figure, value, low, high, n,
        as `accuracy.scores.score` gives them.
    """
    dimensions = {r["unit"]: r["dimension"] for r in read_lexicon("units")}

    def inside(frame: pd.DataFrame, scope: str) -> pd.DataFrame:
        dimension = frame["unit"].fillna("").map(dimensions)
        if scope == "all":
            return frame
        return frame[dimension.ne("count") if scope == "measured" else dimension.eq(scope)]

    parts = []
    for scope in SCOPES:
        scores = score(match_labels(inside(found, scope), inside(labels, scope)))
        quantity = scores[scores["field"].eq("quantity")].drop(columns="field")
        parts.append(quantity.assign(scope=scope))
    frame = pd.concat(parts, ignore_index=True)
    return frame[["scope", "figure", "value", "low", "high", "n"]]


def read_peers(*, folder: Path = LABELS) -> pd.DataFrame:
    """Scores of the other tools as `make peers` measured them.

    Returns
    -------
    DataFrame
        One row per tool, scope and figure: tool, version, scope, figure, value, low, high, n. The
        figure “times our time” is how often the tool's time holds that of the rules.
    """
    path = folder / _FILE
    if not path.is_file():
        raise PlanError("not measured yet", "run `make peers`", file=path)
    return pd.read_csv(path, encoding="utf-8", dtype={"version": "str"})


def compare_peers(found: pd.DataFrame, labels: pd.DataFrame) -> pd.DataFrame:
    """Scores of the other tools and, measured now, of the rules; columns as `read_peers`."""
    ours = score_scopes(found, labels).assign(tool=OURS)
    return pd.concat([ours, read_peers()], ignore_index=True)[list(read_peers().columns)]


def tabulate_peers(scores: pd.DataFrame, *, scope: str = "all") -> pd.DataFrame:
    """Scores for reading: one row per tool, one column per figure, “value (low–high)” each."""
    chosen = scores[scores["scope"].eq(scope)]
    cells = chosen.assign(cell=show_estimates(chosen, digits=2))
    wide = cells.pivot(index="tool", columns="figure", values="cell")
    wide = wide.reindex(index=chosen["tool"].unique(), columns=chosen["figure"].unique())
    return wide.fillna("—")
