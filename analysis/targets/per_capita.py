"""Targets per resident, per area, per output: what a denominator does to the order of counties."""

from __future__ import annotations

from itertools import product

import pandas as pd

from analysis.errors import PlanError
from analysis.targets.gaps import ends

GROWS_WITH_SIZE = ("flow", "stock")  # measures that a denominator makes sense for
_LAND = ("m2", "m")  # what is counted by land is no matter of heads
_UNFIT = {"population": _LAND}  # base units that a denominator does not fit
Ends = tuple[float, float]


def per_denominator(
    comparisons: pd.DataFrame,
    denominators: pd.DataFrame,
    *,
    column: str = "population",
    per: float = 10_000,
) -> pd.DataFrame:
    """Divide comparable flows and stocks by a denominator of the plan, and rank both ways.

    Parameters
    ----------
    comparisons
        The table of this name; shares, growth and intensity are left out, they have a denominator,
        and so are targets with a note, and areas and lengths where the denominator is people.
    denominators
        One row per plan with doc_id and `column`; an empty cell stays empty, it is not estimated.
    column
        Column of `denominators`: population, or one that a user brings (GDP, area).
    per
        Units of the denominator that a number is given for: 10,000 residents.

    Returns
    -------
    DataFrame
        One row per comparable figure: indicator_id, doc_id, quantity_id, value_low, value_high
        (in `unit_base`), bound, unit_base, denominator, per_low, per_high, rank_raw, rank_per,
        moved. A quotient keeps the bound of its target. Ranks count from the largest lower end,
        over the plans that have a denominator only, so that they can be set beside each other;
        `moved` is by how many places the second is higher.

    Raises
    ------
    PlanError
        The column is missing, a plan stands twice, or a denominator is not above zero.
    """
    known = _read(denominators, column)
    sized = comparisons["measure"].isin(GROWS_WITH_SIZE) & comparisons["note"].eq("")
    fits = ~comparisons["unit_base"].isin(_UNFIT.get(column, ()))
    rows = comparisons[comparisons["comparable"] & sized & fits].copy()
    rows["value_low"], rows["value_high"] = rows["value_base_low"], rows["value_base_high"]
    rows["denominator"] = rows["doc_id"].map(known)
    for end in ("low", "high"):
        rows[f"per_{end}"] = rows[f"value_{end}"] / rows["denominator"] * per
    raw = rows["value_low"].where(rows["denominator"].notna())
    for name, values in (("rank_raw", raw), ("rank_per", rows["per_low"])):
        ranks = values.groupby(rows["indicator_id"]).rank(method="min", ascending=False)
        rows[name] = ranks.astype("Int64")
    rows["moved"] = rows["rank_raw"] - rows["rank_per"]
    columns = ["indicator_id", "doc_id", "quantity_id", "value_low", "value_high", "bound",
        "unit_base", "denominator", "per_low", "per_high", "rank_raw", "rank_per",
        "moved"]  # fmt: skip
    return rows[columns].reset_index(drop=True)


def _read(denominators: pd.DataFrame, column: str) -> pd.Series:
    if missing := [c for c in ("doc_id", column) if c not in denominators]:
        raise PlanError(
            f"no column {', '.join(missing)} among {', '.join(denominators)}",
            "give a table with doc_id and the column to divide by",
        )
    twice = denominators["doc_id"][denominators["doc_id"].duplicated()].unique()
    values = pd.to_numeric(denominators[column]).set_axis(denominators["doc_id"])
    wrong = values.index[values <= 0]
    for plans, problem in ((twice, "stands twice"), (wrong, f"has no {column} above zero")):
        if len(plans):
            raise PlanError(f"{', '.join(plans)} {problem}", "fix the table of denominators")
    return values


def changed_order(figures: pd.DataFrame) -> list[str]:
    """Indicators of `per_denominator` in which the denominator surely turns two plans round.

    Bounds count: of 20以上 and 25 nobody knows the order. A tie that is broken is no change.
    """
    known = figures[figures["denominator"].notna()]
    pairs: dict[str, list[tuple[Ends, Ends]]] = {}  # before and after dividing
    for r in known.itertuples():
        both = ends(r.value_low, r.value_high, r.bound), ends(r.per_low, r.per_high, r.bound)
        pairs.setdefault(r.indicator_id, []).append(both)
    return sorted(k for k, own in pairs.items() if any(_turns(*two) for two in product(own, own)))


def _turns(one: tuple[Ends, Ends], two: tuple[Ends, Ends]) -> bool:
    """Whether the first is surely below the second, and surely above it once divided."""
    ((_, below), (over, _)), ((above, _), (_, under)) = one, two
    return below < above and over > under
