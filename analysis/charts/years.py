"""Charts of a county's targets over the years, and of what became of them."""

from __future__ import annotations

import pandas as pd

from analysis.charts import style
from analysis.charts.chart import Chart
from analysis.errors import PlanError
from analysis.load import ALL, successive_plans, tables
from analysis.targets.panel import compare_target_years
from analysis.targets.results import OUTCOMES, compare_results
from analysis.wording import county_name, text_for

_MOST = 22  # rows that stand on 200 mm
_LEAST, _TOP = 0.0, 250.0  # per cent of the axis; what lies beyond is drawn at its end


def has_years(documents: pd.DataFrame) -> bool:
    """Whether a county has plans of two successive years."""
    return bool(successive_plans(documents[documents["kind"].eq("plan")]))


def has_results(documents: pd.DataFrame) -> bool:
    """Whether a plan has a report of its results."""
    keys = ["province", "city", "county", "year"]
    is_plan = documents["kind"].eq("plan")
    return not documents[is_plan].merge(documents[~is_plan], on=keys).empty


def draw_years(
    documents: pd.DataFrame,
    tasks: pd.DataFrame,
    quantities: pd.DataFrame,
    *,
    doc_id: str = "",
    language: str = "zh",
) -> tuple[Chart, pd.DataFrame]:
    """Targets that a county raised or lowered, in per cent of last year's number.

    Parameters
    ----------
    documents, tasks, quantities
        Tables of `analysis.load`.
    doc_id
        This year's plan; the last that has one of the year before, if none is given.
    language
        zh or en.

    Returns
    -------
    Chart, DataFrame
        The chart, and the rows of `compare_target_years` that it draws.

    Raises
    ------
    PlanError
        No county has plans of two successive years, or no target has another number.
    """
    pairs = [now for _, now in successive_plans(documents)]
    if not pairs or (doc_id and doc_id not in pairs):
        raise PlanError("no county has plans of two successive years", "add the plan of a year")
    table = compare_target_years(documents, tasks, quantities)
    table = table[table["doc_id"].eq(doc_id or pairs[-1])]
    states = table["state"].value_counts()
    rows = table[table["state"].isin(["raised", "lowered"]) & table["change"].notna()]
    if rows.empty:
        raise PlanError("no target has another number than last year", "see the table of years")
    rows = _most_changed(rows.assign(ratio=100 * (1 + rows["change"])))
    labels = rows["before_text"] + " → " + rows["text"]
    before, now = table["before_doc_id"].iloc[0], table["doc_id"].iloc[0]
    own = documents[documents["doc_id"].isin([before, now])]
    facts = {s: states.get(s, 0) for s in ("raised", "lowered", "same", "new", "dropped")}
    facts |= {"county": own["county"].iloc[0], "year": int(now[-4:]), "shown": len(rows)}
    return _draw(rows, rows["indicator"], labels, "years", facts, own, language), rows


def draw_results(*, doc_id: str = "", language: str = "zh") -> tuple[Chart, pd.DataFrame]:
    """Results of a plan's targets, in per cent of the target.

    Parameters
    ----------
    doc_id
        The plan; the last that has a report, if none is given.
    language
        zh or en.

    Returns
    -------
    Chart, DataFrame
        The chart, and the rows of `compare_results` that it draws.

    Raises
    ------
    PlanError
        No plan has a report of results, or the report tells no target's result.
    """
    documents, tasks, quantities = tables("documents", "tasks", "quantities", scope=ALL)
    table = compare_results(documents, tasks, quantities)
    table = table[table["doc_id"].eq(doc_id or table["doc_id"].max())]
    if table.empty:
        raise PlanError("no plan has a report of results", "add it with --kind report")
    rows = table[table["share"].notna()]
    if rows.empty:
        raise PlanError("the report tells no target's result", "see the table of results")
    counts = table["outcome"].value_counts()
    rows = _most_changed(rows.assign(ratio=100 * rows["share"]))
    labels = rows["text"] + " → " + rows["result_text"]
    own = documents[documents["doc_id"].isin([*table["doc_id"], *table["report_doc_id"]])]
    facts = {outcome: counts.get(outcome, 0) for outcome in OUTCOMES}
    facts |= {"n": int(table["quantity_id"].notna().sum()), "shown": len(rows)}
    facts |= {"county": own["county"].iloc[0], "year": int(own["year"].iloc[0])}
    return _draw(rows, rows["indicator"], labels, "results", facts, own, language), rows


def _most_changed(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows furthest from 100 per cent, as many as a page holds, the highest first."""
    far = (rows["ratio"] - 100).abs().sort_values(ascending=False, kind="stable")
    return rows.loc[far.index[:_MOST]].sort_values("ratio", ascending=False, kind="stable")


def _draw(
    rows: pd.DataFrame,
    names: pd.Series,
    labels: pd.Series,
    key: str,
    facts: dict[str, object],
    documents: pd.DataFrame,
    language: str,
) -> Chart:
    """One line per row from 100 per cent to its ratio, with the numbers as printed."""
    figure = style.new_figure(44 + 6.4 * len(rows))
    axes = figure.subplots()
    top = min(_TOP, max(130.0, rows["ratio"].max() + 10))
    for place, (ratio, label) in enumerate(zip(rows["ratio"], labels, strict=True)):
        end = min(max(ratio, _LEAST), top)
        marker = ">" if ratio > top else "o"
        axes.plot([100, end], [place, place], color="#12355B", linewidth=1.4)
        axes.plot(end, place, marker, color="#12355B" if ratio >= 100 else "#C8553D", markersize=5)
        side = 1 if ratio >= 100 else -1
        axes.annotate(
            label, (end, place), (7 * side, 0), textcoords="offset points", va="center",
            ha="left" if side > 0 else "right", fontsize=8,
        )  # fmt: skip
    axes.axvline(100, color="#888888", linewidth=0.8)
    axes.set(
        yticks=range(len(rows)),
        xlim=(min(40.0, rows["ratio"].min() - 45), top + 45),
        ylim=(len(rows) - 0.5, -0.5),
    )
    axes.set_yticklabels([style.wrap(name, 28) for name in names], fontsize=8)
    axes.set_xlabel(text_for(f"{key}_axis", language), fontsize=8)
    axes.tick_params(axis="y", length=0)
    axes.tick_params(axis="x", labelsize=8)
    axes.spines["left"].set_visible(False)
    county = county_name(documents, language).iloc[0] if language != "zh" else facts["county"]
    facts = facts | {"county": str(county).rsplit(" ", 1)[0] if language != "zh" else county}
    title = text_for(f"{key}_title", language, **facts)
    subtitle = text_for(f"{key}_subtitle", language, **facts)
    style.frame(figure, title, subtitle, documents, language=language)
    return figure
