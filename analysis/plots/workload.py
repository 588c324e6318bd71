"""Figures of who carries the tasks: roles and ranks."""

from __future__ import annotations

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from analysis import workload
from analysis.errors import PlanError
from analysis.lexicon import read_lexicon
from analysis.plots import style

_LEAD, _JOINT, _SUPPORT = "#1F4E4A", "#9CC5BF", "#D08C46"


def department_name(department: str, language: str = "zh", *, short: bool = False) -> str:
    """Name of a department in a language, or its short form; as it stands where none is known."""
    column = {("zh", True): "short", ("en", True): "short_en", ("en", False): "name_en"}
    names = {r["department"]: r for r in read_lexicon("department_names")}
    if (language, short) not in column or department not in names:
        return department
    return names[department][column[language, short]]


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
) -> tuple[Figure, pd.DataFrame]:
    """Lead and support apart, by department and county; the data are `tabulate_roles`."""
    data = tabulate_roles(tasks, assignments, quantities, top=top)
    names = style.county_name(documents, language)
    plans = data["doc_id"].unique()
    order = data["department"].unique()
    figure = style.new_figure(52 + 4 * len(order))
    grid = figure.add_gridspec(2, len(plans), height_ratios=[1, 0.001])
    panels = [figure.add_subplot(grid[0, i]) for i in range(len(plans))]
    for axes, doc_id in zip(panels, plans, strict=True):
        plan = data[data["doc_id"].eq(doc_id)].reset_index(drop=True)
        _draw_roles(axes, plan, _role_limits(data), language)
        axes.set_title(f"{names[doc_id]}\nn={plan['n_clauses'][0]}", fontsize=7.5)
    labels = [department_name(d, language) for d in order]
    panels[0].set_yticks(range(len(order)), labels, fontsize=6.5)
    handles = [
        Patch(color=colour, label=style.say(key, language))
        for colour, key in (
            (_SUPPORT, "role_support"),
            (_LEAD, "role_lead"),
            (_JOINT, "role_joint"),
        )
    ]
    handles += [
        Line2D(
            [], [], color=_SUPPORT, marker="<", linestyle="", label=style.say("at_least", language)
        )
    ]
    legend_row(figure.add_subplot(grid[1, :]), handles)
    leader, k = find_leader(data.assign(carried=data["lead"].fillna(0) + data["joint"]), "carried")
    title = style.say(
        "roles_title_all" if k == len(plans) else "roles_title",
        language,
        top=department_name(leader, language),
        k=k,
        n=len(plans),
    )
    if data["support"].notna().any():
        helper = data.groupby("department")["support"].sum().idxmax()
        title += style.say("roles_helper", language, helper=department_name(helper, language))
    subtitle = style.say("roles_subtitle", language, top=len(order), year=style.years(documents))
    style.frame(figure, title, subtitle, documents, language=language)
    return figure, data


def find_leader(data: pd.DataFrame, column: str) -> tuple[str, int]:
    """Return the department that is largest in most plans, ties counted, and in how many."""
    is_largest = data[column].eq(data.groupby("doc_id")[column].transform("max"))
    plans = data[is_largest].groupby("department")["doc_id"].nunique()
    return plans.idxmax(), int(plans.max())


def _role_limits(data: pd.DataFrame) -> tuple[float, float]:
    """Ends of the axis that all counties share, in per cent of their tasks."""
    share = data[["lead", "joint", "support"]].mul(100 / data["n_clauses"], axis=0).fillna(0)
    right = (share["lead"] + share["joint"]).max()
    return min(-20.0, -share["support"].max() - 4), max(36.0, right + 2)


def _draw_roles(axes: Axes, plan: pd.DataFrame, limits: tuple[float, float], language: str) -> None:
    """Draw one county: support to the left of zero, what a department carries to the right."""
    share = plan[["lead", "joint", "support"]].mul(100 / plan["n_clauses"], axis=0)
    place = np.arange(len(plan))
    bar = {"height": 0.72, "linewidth": 0}
    axes.barh(place, share["lead"], color=_LEAD, **bar)
    axes.barh(place, share["joint"], left=share["lead"], color=_JOINT, **bar)
    if share["support"].isna().all():
        axes.axvspan(-100, 0, color="#EEEEEE", linewidth=0)
        axes.text(
            limits[0] / 2,
            (len(plan) - 1) / 2,
            style.say("no_support", language),
            rotation=90,
            ha="center",
            va="center",
            fontsize=6.5,
            color="#555555",
        )
    else:
        axes.barh(place, -share["support"], color=_SUPPORT, **bar)
        ends = -share["support"][plan["is_open"]]
        axes.plot(ends - 1.6, ends.index, "<", color=_SUPPORT, markersize=2.6, markeredgewidth=0)
    silent = place[share["lead"].isna()]
    axes.plot(np.full(len(silent), 2.5), silent, marker=(2, 0, 90), linestyle="", color=style.FAINT)
    axes.axvline(0, color=style.INK, linewidth=0.6)
    step = 15 if limits[1] - limits[0] < 75 else 30
    ticks = [t for t in range(-90, 105, step) if limits[0] <= t <= limits[1]]
    axes.set(xlim=limits, xticks=ticks, xticklabels=[str(abs(t)) for t in ticks])
    axes.set(ylim=(len(plan) - 0.4, -0.6), yticks=[])
    axes.tick_params(length=0, labelsize=6.5)
    sns.despine(ax=axes, left=True)


def draw_ranks(
    documents: pd.DataFrame,
    tasks: pd.DataFrame,
    assignments: pd.DataFrame,
    quantities: pd.DataFrame,
    *,
    top: int = 20,
    language: str = "zh",
) -> tuple[Figure, pd.DataFrame]:
    """How far a department's rank depends on the way of counting; all plans added up.

    Returns
    -------
    Figure, DataFrame
        The chart, and one row per department with its rank in every order (`rank_departments`).
    """
    counts = workload.count_workload(tasks, assignments, quantities)
    data = workload.rank_departments(counts).head(top)
    place = np.arange(len(data))
    figure = style.new_figure(50 + 4 * len(data))
    axes, legend = figure.subplots(2, 1, height_ratios=[1, 0.001])
    axes.hlines(place, data["highest"], data["lowest"], color="#CFCFCF", linewidth=4.5)
    handles = [Patch(color="#CFCFCF", label=style.say("rank_range", language))]
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
            label=style.say(f"counting_{counting}", language),
        )
    axes.set_yticks(place, [department_name(d, language) for d in data["department"]], fontsize=6.5)
    axes.set(ylim=(len(data) - 0.4, -0.6), xlabel=style.say("rank_axis", language))
    axes.set_xticks([1, *range(5, int(data["lowest"].max()) + 1, 5)])
    axes.grid(axis="x", color="#EEEEEE", linewidth=0.6)
    axes.tick_params(length=0, labelsize=6.5)
    axes.xaxis.label.set_size(7)
    legend_row(legend, handles)
    widest = data.loc[(data["lowest"] - data["highest"]).idxmax()]
    steady = data.loc[data["lowest"].idxmin()]
    title = style.say(
        "rank_title",
        language,
        widest=department_name(widest["department"], language),
        high=widest["highest"],
        low=widest["lowest"],
        steady=department_name(steady["department"], language),
        place=steady["lowest"],
    )
    subtitle = style.say(
        "rank_subtitle",
        language,
        orders=data.shape[1] - 4,
        n=assignments["task_id"].nunique(),
        year=style.years(documents),
    )
    leading = workload.plans_that_allow(tasks, assignments, "lead")
    silent = documents.loc[~documents["doc_id"].isin(leading), "doc_id"]
    if len(silent):
        names = style.county_name(documents, language)[silent]
        subtitle += style.say("rank_silent", language, plans=" / ".join(names))
    style.frame(figure, title, subtitle, documents, language=language)
    return figure, data


def legend_row(axes: Axes, handles: list) -> None:
    """Put a legend in a row of its own."""
    axes.axis("off")
    axes.legend(
        handles=handles,
        loc="center",
        ncols=len(handles),
        frameon=False,
        fontsize=6.5,
        columnspacing=1.2,
        handlelength=1.4,
        handletextpad=0.5,
    )
