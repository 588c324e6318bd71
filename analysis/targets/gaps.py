"""How far apart two targets are, as far as their bounds leave it known."""

from __future__ import annotations

import math
from typing import NamedTuple

import pandas as pd

EQUAL, LEAST, MOST, ABOUT, UNKNOWN = "equal", "least", "most", "about", "unknown"
_CLOSE = 1.05  # a gap below this is none that a title may tell of


class Gap(NamedTuple):
    """Two rows of one indicator, how many times the larger is the smaller, and how sure that is."""

    indicator_id: str
    low: str
    high: str
    ratio: float
    kind: str


def ends(low: float, high: float, bound: str) -> tuple[float, float]:
    """Least and largest value that a bound leaves open: 20以上 is 20 to infinity."""
    return (0.0 if bound == "le" else low), (math.inf if bound == "ge" else high)


def compare_ends(
    small: tuple[float, float, str], large: tuple[float, float, str]
) -> tuple[float, str]:
    """Ratio of two positive targets (low, high, bound), and its kind.

    Exact figures give a ratio; bounds leave a least or a most, or nothing: of 20以上 and 7以上
    nobody knows which is larger.
    """
    (a, b), (c, d) = ends(*small), ends(*large)
    least = c / b if b < math.inf else 0.0
    most = d / a if a > 0 and d < math.inf else math.inf
    if least == most:
        return least, ABOUT if "approx" in (small[2], large[2]) else EQUAL
    if least > _CLOSE:
        return least, LEAST
    if most < math.inf and c == d:  # the larger is exact and the smaller has a floor
        return most, MOST
    return math.nan, UNKNOWN


def widest_gaps(rows: pd.DataFrame) -> list[Gap]:
    """The widest gaps that are known between the targets of an indicator; several if they tie.

    Parameters
    ----------
    rows
        Rows of comparable targets without a note: indicator_id, doc_id, low, high, bound.
    """
    gaps = []
    for indicator_id, part in rows[rows["low"] > 0].groupby("indicator_id", sort=False):
        part = part.sort_values(["low", "doc_id"], kind="stable")
        if len(part) < 2 or (part["low"] == part["low"].iloc[-1]).sum() > 1:
            continue  # a tie at the top: no one stands out
        small, large = (part.iloc[k][["low", "high", "bound"]].tolist() for k in (0, -1))
        ratio, kind = compare_ends(tuple(small), tuple(large))
        if kind != UNKNOWN and ratio > _CLOSE and kind != MOST:
            gaps.append(
                Gap(indicator_id, part["doc_id"].iloc[0], part["doc_id"].iloc[-1], ratio, kind)
            )
    widest = max((gap.ratio for gap in gaps), default=0.0)
    return [gap for gap in gaps if math.isclose(gap.ratio, widest)]
