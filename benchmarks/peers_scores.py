"""What other tools find in the same tasks, beside what the rules find."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.accuracy.labels import match_labels
from analysis.accuracy.scores import score
from analysis.errors import PlanError
from analysis.lexicon import read_lexicon
from analysis.study import LABELS

# What a tool is made for: JioNLP reads money, Recognizers-Text no measure words such as 家 and 项.
SCOPES = ("all", "measured", "money")
OURS = "these rules"
PEERS_FILE = "peers.csv"


def score_scopes(found: pd.DataFrame, labels: pd.DataFrame) -> pd.DataFrame:
    """Score value and unit of what a tool found, in each scope.

    Scopes: all quantities; measured, those whose unit is no measure word (money, %, area, length
    ...); money.

    Returns
    -------
    DataFrame
        One row per scope and figure (precision, recall, f1): scope, figure, value, low, high, n,
        as `accuracy.score` gives them.
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
    path = folder / PEERS_FILE
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
    plain = chosen["value"].map("{:.2f}".format)
    interval = chosen["low"].map(" ({:.2f}–".format) + chosen["high"].map("{:.2f})".format)
    cell = plain + interval.where(chosen["low"].notna(), "")
    wide = chosen.assign(cell=cell).pivot(index="tool", columns="figure", values="cell")
    wide = wide.reindex(index=chosen["tool"].unique(), columns=chosen["figure"].unique())
    return wide.fillna("—")
