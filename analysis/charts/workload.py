"""Charts of who carries the tasks: roles and ranks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator, PercentFormatter

from analysis.charts import style
from analysis.charts.chart import Chart, once
from analysis.departments import concentration, workload
from analysis.departments.workload import OFFICES
from analysis.errors import PlanError
from analysis.lexicon import theme_names
from analysis.wording import county_name, department_name, span, text_for, theme_name, years

_LEAD, _JOINT, _SUPPORT = "#1F4E4A", "#9CC5BF", "#D08C46"


@once
def tabulate_roles(
    tasks: pd.DataFrame, assignments: pd.DataFrame, quantities: pd.DataFrame, *, top: int
) -> pd.DataFrame:
    """One row per plan and department, for the offices that carry most tasks over all plans.

    Returns
    -------
    DataFrame
        doc_id, department, lead (lead or sole), joint (responsible with others), support (tasks;
        empty where the plan states no support or does not name the department), is_open (an
        open list may mean it too), n_clauses.

    Raises
    ------
    PlanError
        No department leads or is responsible.
    """
    counts = workload.count_workload(tasks, assignments, quantities)
    offices = counts[counts["body_type"].isin(workload.OFFICES)]
    if offices["counting"].ne("support").sum() == 0:
        raise PlanError("no department carries a task", "choose other plans or another theme")
    totals = offices[offices["counting"].eq("fractional")].groupby("department")["tasks"].sum()
    order = totals.sort_values(ascending=False, kind="stable").index[:top]
    plans = sorted(counts["doc_id"].unique())
    table = offices.pivot(index=["doc_id", "department"], columns="counting", values="tasks")
    table = table.reindex(pd.MultiIndex.from_product([plans, order], names=table.index.names))
    table = table.reindex(columns=["any", "lead", "support"])
    table["joint"] = table["any"] - table["lead"].fillna(0) - table["support"].fillna(0)
    supports = offices[offices["counting"].eq("support")].set_index(["doc_id", "department"])
    is_open = supports["at_most"] > supports["tasks"]
    table["is_open"] = is_open.reindex(table.index, fill_value=False)
    clauses = workload.describe_clauses(tasks, assignments).set_index("doc_id")["n_clauses"]
    table["n_clauses"] = clauses.reindex(table.index.get_level_values("doc_id")).to_numpy()
    return table.drop(columns="any").rename_axis(columns=None).reset_index()


def draw_roles(
    documents: pd.DataFrame,
    tasks: pd.DataFrame,
    assignments: pd.DataFrame,
    quantities: pd.DataFrame,
    *,
    top: int = 20,
    language: str = "zh",
) -> tuple[Chart, pd.DataFrame]:
    """Lead and support apart, by department and county; the data are `tabulate_roles`."""
    data = tabulate_roles(tasks, assignments, quantities, top=top)
    names = county_name(documents, language)
    plans = data["doc_id"].unique()
    plans = [plans[k] for k in style.own_first(plans)]
    order = data["department"].unique()
    figure = style.new_figure(52 + 4 * len(order))
    grid = figure.add_gridspec(2, len(plans), height_ratios=[1, 0.001])
    panels = [figure.add_subplot(grid[0, i]) for i in range(len(plans))]
    for axes, doc_id in zip(panels, plans, strict=True):
        plan = data[data["doc_id"].eq(doc_id)].reset_index(drop=True)
        _draw_roles(axes, plan, _role_limits(data), language)
        axes.set_title(f"{names[doc_id]}\nn={plan['n_clauses'][0]}", fontsize=7.5)
    labels = [department_name(d, language, short=language != "zh") for d in order]
    panels[0].set_yticks(range(len(order)), labels, fontsize=7.5)
    handles: list[Artist] = [
        Patch(color=colour, label=text_for(key, language))
        for colour, key in (
            (_SUPPORT, "role_support"),
            (_LEAD, "role_lead"),
            (_JOINT, "role_joint"),
        )
    ]
    handles += [
        Line2D(
            [], [], color=_SUPPORT, marker="<", linestyle="", label=text_for("at_least", language)
        )
    ]
    style.legend_row(figure.add_subplot(grid[1, :]), handles)
    title = _roles_title(data, language)
    subtitle = text_for("roles_subtitle", language, top=len(order), year=years(documents, language))
    style.frame(figure, title, subtitle, documents, language=language)
    return figure, data


def _roles_title(data: pd.DataFrame, language: str) -> str:
    """Who carries the most tasks, and who supports most, both plan by plan; ties are told."""
    carried = data.assign(carried=data["lead"].fillna(0) + data["joint"])
    parts = [("roles_title", carried, "carried")]
    if data["support"].max() > 0:
        stating = data[data["support"].groupby(data["doc_id"]).transform("max") > 0]
        parts.append(("roles_helper", stating, "support"))
    title = ""
    for key, rows, column in parts:
        leader, k, tied = find_leader(rows, column)
        n = rows["doc_id"].nunique()
        form = "_one" if n == 1 else "_all" if k == n else ""
        who = department_name(leader, language)
        title += text_for(key + form, language, top=who, k=k, n=n)
        if tied:
            title += ("" if language == "zh" else " ") + text_for("roles_tie", language)
    return title


def find_leader(data: pd.DataFrame, column: str) -> tuple[str, int, bool]:
    """Return the department that is largest in most plans, in how many, and if it ties in one."""
    is_largest = data[column].eq(data.groupby("doc_id")[column].transform("max"))
    largest = data[is_largest]
    plans = largest.groupby("department")["doc_id"].nunique()
    leader = plans.idxmax()
    own = largest.loc[largest["department"].eq(leader), "doc_id"]
    tied = largest["doc_id"].isin(own).sum() > len(own) or plans.eq(plans.max()).sum() > 1
    return leader, int(plans.max()), bool(tied)


def _role_limits(data: pd.DataFrame) -> tuple[float, float]:
    """Ends of the axis that all counties share, in per cent of their tasks."""
    share = data[["lead", "joint", "support"]].mul(100 / data["n_clauses"], axis=0).fillna(0)
    right = (share["lead"] + share["joint"]).max()
    return min(-20.0, -share["support"].max() - 4), max(36.0, right + 2)


def _draw_roles(axes: Axes, plan: pd.DataFrame, limits: tuple[float, float], language: str) -> None:
    """Draw one county: support to the left of zero, what a department carries to the right."""
    share = plan[["lead", "joint", "support"]].mul(100 / plan["n_clauses"], axis=0)
    place = np.arange(len(plan))
    bar: dict[str, Any] = {"height": 0.72, "linewidth": 0}
    axes.barh(place, share["lead"], color=_LEAD, **bar)
    axes.barh(place, share["joint"], left=share["lead"], color=_JOINT, **bar)
    if share["support"].isna().all():
        axes.axvspan(-100, 0, color="#EEEEEE", linewidth=0)
        axes.text(
            limits[0] / 2,
            (len(plan) - 1) / 2,
            text_for("no_support", language),
            rotation=90,
            ha="center",
            va="center",
            fontsize=7.5,
            color="#555555",
        )
    else:
        axes.barh(place, -share["support"], color=_SUPPORT, **bar)
        ends = -share["support"][plan["is_open"]]
        axes.plot(ends - 2, ends.index, "<", color=_SUPPORT, markersize=3.6, markeredgewidth=0)
    silent = place[share["lead"].isna()]
    axes.plot(np.full(len(silent), 2.5), silent, marker=(2, 0, 90), linestyle="", color=style.FAINT)
    axes.axvline(0, color=style.INK, linewidth=0.6)
    step = 15 if limits[1] - limits[0] < 75 else 30
    ticks = [t for t in range(-90, 105, step) if limits[0] <= t <= limits[1]]
    axes.set(xlim=limits, xticks=ticks, xticklabels=[f"{abs(t)}%" for t in ticks])
    axes.set(ylim=(len(plan) - 0.4, -0.6), yticks=[])
    axes.tick_params(length=0, labelsize=7.5)
    axes.spines["left"].set_visible(False)


def draw_ranks(
    documents: pd.DataFrame,
    tasks: pd.DataFrame,
    assignments: pd.DataFrame,
    quantities: pd.DataFrame,
    *,
    top: int = 20,
    language: str = "zh",
) -> tuple[Chart, pd.DataFrame]:
    """How far a department's rank depends on the way of counting; all plans added up.

    Returns
    -------
    Chart, DataFrame
        The chart, and one row per department with its rank in every order (`rank_departments`).
    """
    counts = workload.count_workload(tasks, assignments, quantities)
    data = workload.rank_departments(counts).head(top)
    place = np.arange(len(data))
    figure = style.new_figure(50 + 4 * len(data))
    axes, legend = figure.subplots(2, 1, height_ratios=[1, 0.001])
    axes.hlines(place, data["highest"], data["lowest"], color="#CFCFCF", linewidth=4.5)
    handles = [Patch(color="#CFCFCF", label=text_for("rank_range", language))]
    looks = {"any": ("o", "#1F4E4A"), "lead": ("s", "#D08C46"), "fractional": ("^", "#7B2D8B")}
    for shift, (counting, (marker, colour)) in zip((-0.22, 0, 0.22), looks.items(), strict=True):
        if f"{counting}_tasks" not in data:
            continue  # no plan states who leads
        handles += axes.plot(
            data[f"{counting}_tasks"],
            place + shift,
            marker,
            color=colour,
            markersize=3.4,
            markeredgewidth=0,
            label=text_for(f"counting_{counting}", language),
        )
    axes.set_yticks(place, [department_name(d, language) for d in data["department"]], fontsize=7.5)
    axes.set(ylim=(len(data) - 0.4, -0.6), xlabel=text_for("rank_axis", language))
    axes.set_xticks([1, *range(5, int(data["lowest"].max()) + 1, 5)])
    axes.grid(axis="x", color="#EEEEEE", linewidth=0.6)
    axes.tick_params(length=0, labelsize=7.5)
    axes.xaxis.label.set_size(7.5)
    style.legend_row(legend, handles)
    widest = data.loc[(data["lowest"] - data["highest"]).idxmax()]
    steady = data.loc[data["lowest"].idxmin()]
    title = text_for(
        "rank_title",
        language,
        widest=department_name(widest["department"], language),
        high=widest["highest"],
        low=widest["lowest"],
        steady=department_name(steady["department"], language),
        place=steady["lowest"],
    )
    subtitle = text_for(
        "rank_subtitle",
        language,
        orders=data.shape[1] - 4,
        n=assignments["task_id"].nunique(),
        year=years(documents, language),
    )
    leading = workload.plans_that_allow(tasks, assignments, "lead")
    silent = documents.loc[~documents["doc_id"].isin(leading), "doc_id"]
    if len(silent):
        names = county_name(documents, language)[silent]
        subtitle += text_for("rank_silent", language, plans=" / ".join(names))
    style.frame(figure, title, subtitle, documents, language=language)
    return figure, data


def draw_themes(
    documents: pd.DataFrame,
    tasks: pd.DataFrame,
    assignments: pd.DataFrame,
    *,
    least: int = 10,
    language: str = "zh",
) -> tuple[Chart, pd.DataFrame]:
    """Heat map of departments by theme on shares, from specialised to cross-cutting.

    Returns
    -------
    Chart, DataFrame
        The chart, and one row per department and theme: n, n_tasks, share (0 to 1), and the
        department's effective_themes, expected, relative and kind (`measure_breadth`).
    """
    breadth = concentration.measure_breadth(tasks, assignments)
    breadth = breadth[breadth["n_tasks"].ge(least) & breadth["body_type"].isin(OFFICES)]
    breadth = breadth.sort_values(["relative", "department"])
    if breadth.empty:
        raise PlanError(f"no department carries {least} tasks", "choose more counties")
    profile = concentration.profile_themes(tasks, assignments).drop(
        columns=["body_type", "n_tasks"]
    )
    more = ["department", "n_tasks", "effective_themes", "expected", "relative", "kind"]
    data = breadth[more].merge(profile, on="department")
    themes = [t for t in theme_names() if t in set(data["theme"])]
    order = breadth["department"]
    share, n = (
        data.pivot(index="department", columns="theme", values=v).loc[order, themes]
        for v in ("share", "n")
    )
    figure = style.new_figure(max(70, 56 + 4.4 * len(order)))
    axes = figure.subplots()
    style.heat_map(
        share * 100,
        axes,
        mask=n.eq(0),
        annot=True,
        fmt=".0f",
        vmax=100,
        cbar=False,
        linewidths=0.8,
        annot_kws={"fontsize": 7.5},
    )
    axes.set_yticklabels([department_name(d, language) for d in order], rotation=0, fontsize=7.5)
    axes.set_xticklabels(
        [theme_name(t, language) for t in themes], rotation=45, ha="left", fontsize=7.5
    )
    axes.xaxis.tick_top()
    style.write_beside(axes, (len(themes), -0.4), "n", 18)
    for row, n_tasks in enumerate(breadth["n_tasks"]):
        style.write_beside(axes, (len(themes), row + 0.5), str(n_tasks), 18)
    narrow, wide = breadth.iloc[0], breadth.iloc[-1]
    peak = share.loc[narrow["department"]]
    title = text_for(
        "theme_work_title" if len(breadth) > 1 else "theme_work_title_one",
        language,
        narrow=department_name(narrow["department"], language),
        share=peak.max(),
        theme=theme_name(peak.idxmax(), language),
        wide=department_name(wide["department"], language),
        k=wide["n_themes"],
    )
    subtitle = text_for(
        "theme_work_subtitle", language, least=least, year=years(documents, language)
    )
    style.frame(figure, title, subtitle, documents, language=language)
    return figure, data


_measure = once(concentration.measure_concentration)
_compare = once(concentration.compare_concentration)


def draw_concentration(
    documents: pd.DataFrame,
    tasks: pd.DataFrame,
    assignments: pd.DataFrame,
    *,
    language: str = "zh",
) -> tuple[Chart, pd.DataFrame]:
    """Share of each county's tasks that five bodies carry.

    Returns
    -------
    Chart, DataFrame
        The chart, and the rows of `measure_concentration` for this measure.

    Raises
    ------
    PlanError
        No plan has enough tasks and bodies for the interval of any measure.
    """
    data = _measure(tasks, assignments)
    data = data[data.groupby("doc_id")["high"].transform("count").gt(0)]
    if data.empty:
        raise PlanError("too few tasks for an interval", "choose other plans or another theme")
    names = county_name(documents, language)
    looks = style.county_looks(documents["doc_id"])
    plans = data["doc_id"].unique()
    five = data[data["measure"].eq("top_five")].reset_index(drop=True)
    five = five.sort_values(["value", "doc_id"], ascending=[False, True], ignore_index=True)
    five = five.iloc[style.own_first(five["doc_id"])]
    figure = style.new_figure(38 + 7 * len(plans))
    axes = figure.subplots()
    for place, row in enumerate(five.itertuples()):
        colour, marker = looks[row.doc_id]
        axes.plot([row.low, row.high], [place, place], color=colour, linewidth=1.6)
        axes.plot(row.value, place, marker, color=colour, markersize=5)
        interval = span(row.low, row.high, language)
        ends = f"{row.value:.0%}" + (f"（{interval}）" if language == "zh" else f" ({interval})")
        axes.annotate(
            ends, (max(row.high, row.value), place), (7, 0), textcoords="offset points",
            va="center", fontsize=7.5,
        )  # fmt: skip
    axes.set_xlim(0, min(1.0, 1.3 * five[["high", "value"]].max(axis=None)))
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.tick_params(labelsize=7.5, length=2)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color="#EEEEEE", linewidth=0.6)
    axes.spines["left"].set_visible(False)
    labels = [
        text_for("concentration_label", language, county=names[r.doc_id], n=r.n_tasks, m=r.n_bodies)
        for r in five.itertuples()
    ]
    axes.set_yticks(range(len(five)), labels, fontsize=7.5)
    axes.set_ylim(len(five) - 0.5, -0.5)
    pairs = _compare(tasks, assignments)
    several = "concentration_apart" if (pairs["p_holm"] < 0.05).any() else "concentration_same"
    title = text_for(
        several if len(plans) > 1 else "concentration_one",
        language,
        span=span(five["value"].min(), five["value"].max(), language),
    )
    subtitle = text_for("concentration_subtitle", language, year=years(documents, language))
    style.frame(figure, title, subtitle, documents, language=language)
    return figure, five.reset_index(drop=True)
