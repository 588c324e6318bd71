"""Charts of who is named with whom, and of the bodies that there are."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.charts import style
from analysis.charts.chart import Chart
from analysis.departments import directory, network, workload
from analysis.errors import PlanError
from analysis.lexicon import read_lexicon
from analysis.schema import BODY_TYPES
from analysis.wording import county_name, department_name, text_for, years


def tabulate_pairs(
    tasks: pd.DataFrame, assignments: pd.DataFrame, *, top: int
) -> tuple[pd.DataFrame, int]:
    """The pairs of bodies that most plans name for one task, and how many pairs all plans name.

    Returns
    -------
    DataFrame, int
        One row per pair and plan, the pairs that most plans name first, then by their tasks:
        source, target, doc_id, tasks (0 where the plan does not name the pair), n_plans. Only
        pairs that all plans name if there are any, `top` at most.

    Raises
    ------
    PlanError
        No clause names two bodies.
    """
    edges = network.coordination_edges(tasks, assignments, "together")
    if edges.empty:
        raise PlanError("no task names two bodies", "choose other plans or another theme")
    pairs = network.shared_edges(edges)
    plans = sorted(tasks["doc_id"].unique())
    in_all = pairs["n_plans"].eq(len(plans))
    shown = (pairs[in_all] if in_all.any() else pairs).head(top)
    data = shown.drop(columns="tasks").melt(
        ["source", "target", "n_plans"], var_name="doc_id", value_name="tasks"
    )
    place = shown.reset_index().set_index(["source", "target"])["index"]
    order = [place[pair] for pair in zip(data["source"], data["target"], strict=True)]
    data = data.assign(order=order).sort_values(["order", "doc_id"], ignore_index=True)
    return data[["source", "target", "doc_id", "tasks", "n_plans"]], int(in_all.sum())


def draw_network(
    documents: pd.DataFrame,
    tasks: pd.DataFrame,
    assignments: pd.DataFrame,
    *,
    top: int = 20,
    language: str = "zh",
) -> tuple[Chart, pd.DataFrame]:
    """Who is named with whom in all plans, and for how many tasks in each.

    Returns
    -------
    Chart, DataFrame
        The chart, and the pairs that it draws (`tabulate_pairs`).
    """
    data, in_all = tabulate_pairs(tasks, assignments, top=top)
    table = data.pivot(index=["source", "target"], columns="doc_id", values="tasks")
    table = table.loc[list(dict.fromkeys(zip(data["source"], data["target"], strict=True)))]
    labels = [
        " – ".join(department_name(d, language, short=language != "zh") for d in pair)
        for pair in table.index
    ]
    names = county_name(documents, language)
    figure = style.new_figure(36 + 5.6 * max(len(table), 3))
    axes = figure.subplots()
    if table.shape[1] == 1:
        _draw_bars(axes, table.iloc[:, 0].to_numpy())
        axes.set_yticks(range(len(table)), labels, fontsize=7.5)
    else:
        style.heat_map(
            table, axes, annot=True, fmt="d", mask=table.eq(0), cbar=False, linewidths=0.8,
            annot_kws={"fontsize": 7.5},
        )  # fmt: skip
        axes.set_xticklabels([names[d] for d in table.columns], rotation=0, fontsize=7.5)
        axes.set_yticklabels(labels, rotation=0, fontsize=7.5)
        axes.xaxis.tick_top()
        totals, edge = table.sum(axis=1), table.shape[1]
        style.write_beside(axes, (edge, -0.4), text_for("pairs_total", language))
        for row, total in enumerate(totals):
            style.write_beside(axes, (edge, row + 0.5), str(total))
    first = table.sum(axis=1)
    busiest = first[first.eq(first.max())]
    key = "pairs_title" if in_all else "pairs_title_none"
    title = text_for(
        "pairs_title_one" if len(documents) == 1 else key, language, k=in_all, n=len(documents)
    )
    tie = "pairs_most" if len(busiest) == 1 else "pairs_most_tie"
    title += text_for(
        tie, language, pair=labels[first.index.get_loc(busiest.index[0])], k=len(busiest),
        m=busiest.iloc[0],
    )  # fmt: skip
    subtitle = text_for("pairs_subtitle", language, top=len(table), year=years(documents, language))
    style.frame(figure, title, subtitle, documents, language=language)
    return figure, data


def _draw_bars(axes: Axes, tasks: np.ndarray) -> None:
    """Draw the pairs of one plan, each with its number of tasks."""
    axes.barh(range(len(tasks)), tasks, height=0.62, color=style.DARK, linewidth=0)
    for row, n in enumerate(tasks):
        axes.annotate(
            str(n), (n, row), (3, 0), textcoords="offset points", va="center", fontsize=7.5
        )
    axes.set(ylim=(len(tasks) - 0.5, -0.5), xlim=(0, tasks.max() * 1.06), xticks=[])
    axes.tick_params(axis="y", length=0)
    axes.spines["bottom"].set_visible(False)


def draw_structure(
    documents: pd.DataFrame,
    tasks: pd.DataFrame,
    assignments: pd.DataFrame,
    *,
    language: str = "zh",
) -> tuple[Chart, pd.DataFrame]:
    """Which functions have a body of their own where; bodies that all plans name are left out.

    Returns
    -------
    Chart, DataFrame
        The chart, and one row per plan and body named: names as written, form, tasks, n_plans.

    Raises
    ------
    PlanError
        The plans name the same bodies; one plan always does.
    """
    bodies = directory.list_bodies(tasks, assignments).query("body_type != 'collective'")
    bodies["n_plans"] = bodies.groupby("department")["doc_id"].transform("nunique")
    forms = bodies.groupby("department")["form"].transform("nunique")
    own = (bodies["n_plans"] < len(documents)) | (
        bodies["body_type"].eq("department") & forms.gt(1)
    )
    own &= bodies["body_type"].ne("township")  # every county has towns, and their names are its own
    data = bodies[own].sort_values(
        ["body_type", "n_plans", "department", "doc_id"],
        key=lambda column: column.map(BODY_TYPES.index) if column.name == "body_type" else column,
        ignore_index=True,
    )
    if data.empty:
        raise PlanError("the plans do not differ in their bodies", "compare two plans or more")
    is_office = data["body_type"].isin(workload.OFFICES)
    blocks = [block for block in (data[is_office], data[~is_office]) if len(block)]
    longest = max(_count_lines(block) for block in blocks)
    figure = style.new_figure(42 + 4 * longest)
    wide = [1.3, 1.0][: len(blocks)]  # forms of departments are words, the rest are marks
    panels = figure.subplots(1, len(blocks), squeeze=False, width_ratios=wide)[0]
    for axes, block in zip(panels, blocks, strict=True):
        _draw_bodies(axes, block, documents, longest, language)
    offices = bodies[bodies["body_type"].eq("department")]
    title = text_for(
        "structure_title",
        language,
        n=offices["department"].nunique(),
        everywhere=offices.loc[offices["n_plans"].eq(len(documents)), "department"].nunique(),
        single=offices.loc[offices["n_plans"].eq(1), "department"].nunique(),
        plans=len(documents),
    )
    subtitle = text_for("structure_subtitle", language, year=years(documents, language))
    style.frame(figure, title, subtitle, documents, language=language)
    return figure, data


def _count_lines(block: pd.DataFrame) -> int:
    return block["department"].nunique() + block["body_type"].nunique()


def _draw_bodies(
    axes: Axes, block: pd.DataFrame, documents: pd.DataFrame, longest: int, language: str
) -> None:
    """Draw a block of the table: a heading per kind of body, a row per body, a dot per plan."""
    plans = sorted(documents["doc_id"])
    names = county_name(documents, language)
    looks = style.county_looks(plans)
    forms = {
        r["form"]: r["form" if language == "zh" else "form_en"] for r in read_lexicon("body_forms")
    }
    line, ticks, labels = 0, [], []
    for body_type, kind in block.groupby("body_type", sort=False):
        heading = text_for(f"body_{body_type}", language)
        axes.text(-0.8, line, heading, ha="right", va="center", fontsize=7.5, color=style.FAINT)
        for department, rows in kind.groupby("department", sort=False):
            line += 1
            ticks.append(line)
            labels.append(department_name(department, language, short=language != "zh"))
            axes.axhline(line + 0.5, color="#E3E3E3", linewidth=0.5, zorder=0)
            for row in rows.itertuples():
                column = plans.index(row.doc_id)
                colour, marker = looks[row.doc_id]
                text = forms.get(row.form, "")
                if body_type == "department" and text:
                    axes.text(
                        column, line, text, ha="center", va="center", fontsize=7.5, color=style.INK
                    )
                else:
                    axes.plot(column, line, marker, color=colour, markersize=4)
        line += 1
    axes.set_yticks(ticks, labels, fontsize=7.5)
    heads = [style.upright(names[d], language) for d in plans]
    axes.set_xticks(range(len(plans)), heads, fontsize=7.5, linespacing=1)
    axes.tick_params(axis="x", labelrotation=0 if language == "zh" else 45)
    axes.set(xlim=(-0.6, len(plans) - 0.4), ylim=(longest - 0.4, -0.6))
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.spines[["left", "bottom"]].set_visible(False)
