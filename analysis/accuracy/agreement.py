"""How far two labellers agree who have not seen each other's labels."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.accuracy.labels import CLOSE, overlap
from analysis.stats import agree


def measure_agreement(
    first: pd.DataFrame, second: pd.DataFrame, numerals: pd.DataFrame
) -> pd.DataFrame:
    """Agreement of two sets of labels, by field.

    Detection: every numeral in the words of a task is a case, and each labeller makes it part of a
    quantity or not. All other fields compare the labels that hold the same numeral: kind, bound
    and unit as classes, measure and due on what both call a target, value as a number,
    indicator by the share of characters in common.

    A field that one of them did not label is left out.

    Statistics: the plain share of agreement; Cohen's kappa (Cohen 1960) for classes;
    Krippendorff's alpha with the interval metric on the logarithm (Krippendorff 2019, ch. 12)
    for values, which reach from 1 to 10^11; for indicators the mean overlap, and the share that
    overlaps by at least `labels.CLOSE`.

    Parameters
    ----------
    first, second
        From `labels.locate_labels`; plans that only one of them covers are left out.
    numerals
        The table numerals.

    Returns
    -------
    DataFrame
        One row per field and statistic: field, statistic, value, n. A kappa is NaN where only one
        class occurs.
    """
    shared = set(first["doc_id"]) & set(second["doc_id"])
    cases = numerals[numerals["doc_id"].isin(shared) & numerals["task_id"].ne("")]
    cases = cases[cases["account"].ne("task_number")].reset_index(drop=True)
    owners = pd.DataFrame({"a": _owner(cases, first), "b": _owner(cases, second)})
    both = owners.dropna().drop_duplicates().astype(int)
    a = first.loc[both["a"]].reset_index(drop=True)
    b = second.loc[both["b"]].reset_index(drop=True)
    targets = a["kind"].eq("target") & b["kind"].eq("target")
    rows = _classes("detection", owners["a"].notna(), owners["b"].notna())
    rows += _values(a["value_low"], b["value_low"])
    for field in ("unit", "bound", "kind", "measure", "due"):
        if a[field].isna().all() or b[field].isna().all():
            continue  # a set without this field
        counted = targets if field in {"measure", "due"} else targets.notna()
        rows += _classes(field, a[field][counted].fillna(""), b[field][counted].fillna(""))
    rows += _wordings(a["indicator"][targets], b["indicator"][targets])
    return pd.DataFrame(rows, columns=["field", "statistic", "value", "n"])


def _owner(cases: pd.DataFrame, labels: pd.DataFrame) -> pd.Series:
    """Index of the label that holds each numeral, NaN where none does."""
    spans = labels[["doc_id", "char_start", "char_end"]].reset_index(names="label")
    spans = spans.sort_values("char_start").astype({"char_start": "int64", "char_end": "int64"})
    points = cases[["doc_id", "char_start"]].astype({"char_start": "int64"})
    points = points.reset_index(names="case").sort_values("char_start")
    near = pd.merge_asof(points, spans, on="char_start", by="doc_id").set_index("case")
    held = near["char_end"] > points.set_index("case")["char_start"]
    return near["label"].where(held).sort_index()


Rows = list[tuple[str, str, float, int]]


def _classes(field: str, a: pd.Series, b: pd.Series) -> Rows:
    """Plain agreement and kappa of two columns of classes."""
    found = agree(a.astype(str), b.astype(str))
    return [(field, "agreement", found.share, found.n), (field, "kappa", found.kappa, found.n)]


def _values(a: pd.Series, b: pd.Series) -> Rows:
    """Krippendorff's alpha of two columns of positive numbers, on their logarithm."""
    pairs = np.log10(np.column_stack([a, b]).astype(float))
    observed = np.mean((pairs[:, 0] - pairs[:, 1]) ** 2)
    expected = 2 * np.var(pairs, ddof=1)  # mean squared difference of all pairs of values
    return [
        ("value", "agreement", float(np.isclose(pairs[:, 0], pairs[:, 1]).mean()), len(pairs)),
        ("value", "alpha", float(1 - observed / expected), len(pairs)),
    ]


def _wordings(a: pd.Series, b: pd.Series) -> Rows:
    shares = np.array([overlap(x, y) for x, y in zip(a, b, strict=True)])
    return [
        ("indicator", "overlap", float(shares.mean()), len(shares)),
        ("indicator", "close", float((shares >= CLOSE).mean()), len(shares)),
        ("indicator", "exact", float(np.mean(a.to_numpy() == b.to_numpy())), len(shares)),
    ]
