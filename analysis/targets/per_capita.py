"""Numbers per resident, per area, per output: what a denominator does to the order of counties."""

from __future__ import annotations

import pandas as pd

from analysis.errors import PlanError

GROWS_WITH_SIZE = ("flow", "stock")  # measures that a denominator makes sense for


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
        The table of this name; shares, growth and intensity are left out, they have a denominator.
    denominators
        One row per plan with doc_id and `column`; an empty cell stays empty, it is not estimated.
    column
        Column of `denominators`: population, or one that a user brings (GDP, area).
    per
        Units of the denominator that a number is given for: 10,000 residents.

    Returns
    -------
    DataFrame
        One row per comparable number: indicator_id, doc_id, quantity_id, value_low, value_high
        (in `unit_base`), unit_base, denominator, per_low, per_high, rank_raw, rank_per, moved.
        Ranks count from the largest lower end, over the plans that have a denominator only, so
        that they can be set beside each other; `moved` is by how many places the second is higher.

    Raises
    ------
    PlanError
        The column is missing, a plan stands twice, or a denominator is not above zero.
    """
    known = _read(denominators, column)
    rows = comparisons[
        comparisons["comparable"] & comparisons["measure"].isin(GROWS_WITH_SIZE)
    ].copy()
    rows["value_low"], rows["value_high"] = rows["value_base_low"], rows["value_base_high"]
    rows["denominator"] = rows["doc_id"].map(known)
    for end in ("low", "high"):
        rows[f"per_{end}"] = rows[f"value_{end}"] / rows["denominator"] * per
    raw = rows["value_low"].where(rows["denominator"].notna())
    for name, values in (("rank_raw", raw), ("rank_per", rows["per_low"])):
        ranks = values.groupby(rows["indicator_id"]).rank(method="min", ascending=False)
        rows[name] = ranks.astype("Int64")
    rows["moved"] = rows["rank_raw"] - rows["rank_per"]
    columns = ["indicator_id", "doc_id", "quantity_id", "value_low", "value_high", "unit_base",
        "denominator", "per_low", "per_high", "rank_raw", "rank_per", "moved"]  # fmt: skip
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
    """Indicators of `per_denominator` in which the denominator changes the order of the plans."""
    moved = figures["moved"].fillna(0).ne(0)
    return sorted(figures.loc[moved, "indicator_id"].unique())
