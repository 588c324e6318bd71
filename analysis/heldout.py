"""What the rules did on plans that nobody had looked at: the one blind measurement."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from analysis.errors import PlanError
from analysis.labels import read_first_counts


def first_measurement(label_set: str = "first") -> pd.DataFrame:
    """Scores of the one blind measurement, before anybody had looked at the held-out plans.

    Its outcomes were kept as counts by plan and not by task. So the intervals are Wilson's for a
    proportion (Wilson 1927), and F1 and overlap, which are none, have no interval.

    Parameters
    ----------
    label_set
        Labels it was made with: “first” or “second”.

    Returns
    -------
    DataFrame
        One row per group of plans and figure, with the columns of `accuracy.measure`.

    Raises
    ------
    PlanError
        There is no measurement with these labels.
    """
    counts = read_first_counts()
    counts = counts[counts["label_set"].eq(label_set)]
    if counts.empty:
        raise PlanError(f"no measurement with labels {label_set!r}", "use “first” or “second”")
    groups = [*counts.groupby("condition"), *counts.groupby("doc_id")]
    rows = [
        {"plans": name, "field": field, "figure": figure, "value": right / n}
        | _wilson(figure, right, n)
        for name, group in groups
        for (field, figure), (right, n) in _fractions(group).items()
    ]
    return pd.DataFrame(rows)


def _fractions(counts: pd.DataFrame) -> dict[tuple[str, str], tuple[float, int]]:
    """Numerator and denominator of each figure; every label was found, so all targets count."""
    total = counts.select_dtypes("integer").sum()
    out: dict[tuple[str, str], tuple[float, int]] = {}
    for name, prefix in (("quantity", ""), ("target", "target_"), ("attribute", "attribute_")):
        hits, rows, labels = (int(total[prefix + c]) for c in ("hits", "rows", "labels"))
        out[name, "precision"] = hits, rows
        out[name, "recall"] = hits, labels
        out[name, "f1"] = 2 * hits, rows + labels
    hits, targets = int(total["hits"]), int(total["target_labels"])
    out["kind", "accuracy"] = int(total["kind_right"]), hits
    out["bound", "accuracy"] = int(total["bound_right"]), hits
    out["measure", "accuracy"] = int(total["measure_right"]), targets
    out["indicator", "close"] = int(total["indicator_right"]), targets
    overlaps = float((counts["indicator_overlap"] * counts["target_labels"]).sum())
    out["indicator", "overlap"] = overlaps, targets
    return out


def _wilson(figure: str, right: float, n: int) -> dict[str, float]:
    low = high = np.nan
    if figure not in {"f1", "overlap"}:
        low, high = binomtest(int(right), n).proportion_ci(method="wilson")
    return {"low": low, "high": high, "n": n}
