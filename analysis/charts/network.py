"""Charts of who is named with whom, and of the bodies that there are."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch

from analysis.charts import style
from analysis.charts.workload import find_leader, legend_row
from analysis.departments import directory, network, workload
from analysis.errors import PlanError
from analysis.lexicon import read_lexicon
from analysis.schema import BODY_TYPES
from analysis.wording import county_name, department_name, text_for, years

_EDGES = {
    "lead_support": "#E0A35C",
    "co_lead": "#1F4E4A",
    "joint": "#8A8A8A",
    "together": "#D3D3D3",
    "everywhere": "#222222",
}


def tabulate_network(
    tasks: pd.DataFrame, assignments: pd.DataFrame, *, top: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Edges and places of the offices that are named most over all plans.

    Returns
    -------
    DataFrame, DataFrame
        One row per plan (``all``: pooled), kind and pair, as `coordination_edges`: the kinds that
        the plan states; pooled only ``together``, which all plans state, or ``everywhere`` for a
        pair that all plans name. One row per plan and department: x, y, tasks (0 where the plan
        does not name it).

    Raises
    ------
    PlanError
        No office is named.
    """
    bodies = directory.list_bodies(tasks, assignments)
    offices = bodies[bodies["body_type"].isin(workload.OFFICES)]
    tasks_of = offices.pivot_table(
        index="department", columns="doc_id", values="tasks", aggfunc="sum", fill_value=0
    )
    tasks_of["all"] = tasks_of.sum(axis=1)
    if tasks_of.empty:
        raise PlanError("no department carries a task", "choose other plans or another theme")
    chosen = tasks_of.sort_values("all", ascending=False, kind="stable").head(top)
    parts = [network.coordination_edges(tasks, assignments, "together", pooled=True)]
    for kind in ("joint", "co_lead", "lead_support"):
        doc_ids = workload.plans_that_allow(tasks, assignments, kind)
        parts.append(network.coordination_edges(tasks, assignments, kind, doc_ids=doc_ids))
    edges = pd.concat(parts, ignore_index=True)
    both = edges["source"].isin(chosen.index) & edges["target"].isin(chosen.index)
    edges = edges[both].reset_index(drop=True)
    places = network.fixed_layout(edges[edges["kind"].eq("together")])
    in_all = edges["doc_id"].eq("all") & edges["n_plans"].eq(bodies["doc_id"].nunique())
    edges["kind"] = edges["kind"].mask(in_all, "everywhere")
    nodes = chosen.rename_axis(columns="doc_id").reset_index()
    nodes = nodes.melt("department", var_name="doc_id", value_name="tasks")
    return edges, nodes.merge(places, on="department")


def draw_network(
    documents: pd.DataFrame,
    tasks: pd.DataFrame,
    assignments: pd.DataFrame,
    *,
    top: int = 20,
    language: str = "zh",
) -> tuple[Figure, pd.DataFrame]:
    """Who is named with whom, by county and pooled, on one layout.

    Returns
    -------
    Figure, DataFrame
        The chart, and the edges that it draws (`tabulate_network`).
    """
    edges, nodes = tabulate_network(tasks, assignments, top=top)
    names = county_name(documents, language)
    plans = [*sorted(documents["doc_id"]), "all"]
    rows = -(-len(plans) // 2)
    figure = style.new_figure(44 + 48 * rows)
    grid = figure.add_gridspec(rows + 1, 2, height_ratios=[*[1] * rows, 0.001])
    for place, doc_id in enumerate(plans):
        axes = figure.add_subplot(grid[place // 2, place % 2])
        here = nodes[nodes["doc_id"].eq(doc_id)].set_index("department")
        _draw_network(axes, edges[edges["doc_id"].eq(doc_id)], here, language)
        name = text_for("pooled", language) if doc_id == "all" else names[doc_id]
        axes.set_title(name, fontsize=8)
    handles = [
        Line2D([], [], color=colour, label=text_for(f"edge_{kind}", language))
        for kind, colour in _EDGES.items()
    ]
    legend_row(figure.add_subplot(grid[rows, :]), handles)
    pairs = network.shared_edges(network.coordination_edges(tasks, assignments, "together"))
    title = text_for(
        "network_title" if len(documents) > 1 else "network_title_one",
        language,
        k=int(pairs["n_plans"].eq(len(documents)).sum()),
        n=len(documents),
    )
    stating = workload.plans_that_allow(tasks, assignments, "lead_support")
    if stating:
        led = network.coordination_edges(tasks, assignments, doc_ids=stating)
        leader, m = find_leader(network.measure_centrality(led), "out_strength")
        title += text_for(
            "network_led" if len(documents) > 1 else "network_led_one",
            language,
            top=department_name(leader, language),
            m=m,
            stating=len(stating),
        )
    subtitle = text_for("network_subtitle", language, top=top, year=years(documents))
    style.frame(figure, title, subtitle, documents, language=language)
    return figure, edges


def _draw_network(axes: Axes, edges: pd.DataFrame, nodes: pd.DataFrame, language: str) -> None:
    """Draw one plan's edges and nodes; a body that the plan does not name stays hollow."""
    for edge in edges.sort_values(["n_plans", "tasks"]).itertuples():
        is_directed = edge.kind == "lead_support"
        axes.add_patch(
            FancyArrowPatch(
                (nodes.at[edge.source, "x"], nodes.at[edge.source, "y"]),
                (nodes.at[edge.target, "x"], nodes.at[edge.target, "y"]),
                arrowstyle="-|>,head_length=2,head_width=1" if is_directed else "-",
                connectionstyle="arc3,rad=0.12" if is_directed else "arc3",
                color=_EDGES[edge.kind],
                linewidth=0.35 + 1.6 * edge.tasks / edges["tasks"].max(),
                shrinkA=2,
                shrinkB=3,
                zorder=1,
            )
        )
    named = nodes[nodes["tasks"] > 0]
    silent = nodes[nodes["tasks"] == 0]
    size = 6 + 60 * named["tasks"] / named["tasks"].max()
    axes.scatter(named["x"], named["y"], s=size, color="#333333", zorder=2, linewidth=0)
    axes.scatter(silent["x"], silent["y"], s=10, facecolor="white", edgecolor=style.FAINT, zorder=2)
    for department, node in nodes.iterrows():
        axes.annotate(
            department_name(department, language, short=True),
            (node["x"], node["y"]),
            # labels at the poles are pushed apart, where their circles crowd
            (6 * node["x"], 7 * node["y"] + 16 * node["y"] ** 5),
            textcoords="offset points",
            ha="center" if abs(node["x"]) < 0.05 else "left" if node["x"] > 0 else "right",
            va="center",
            fontsize=7.5,
            color=style.INK if node["tasks"] else style.FAINT,
        )
    axes.set(xlim=(-1.1, 1.1), ylim=(-1.65, 1.65), aspect="equal", anchor="C")
    axes.axis("off")


def draw_structure(
    documents: pd.DataFrame,
    tasks: pd.DataFrame,
    assignments: pd.DataFrame,
    *,
    language: str = "zh",
) -> tuple[Figure, pd.DataFrame]:
    """Which functions have a body of their own where; bodies that all plans name are left out.

    Returns
    -------
    Figure, DataFrame
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
    data = bodies[own].sort_values(
        ["body_type", "n_plans", "department", "doc_id"],
        key=lambda column: column.map(BODY_TYPES.index) if column.name == "body_type" else column,
        ignore_index=True,
    )
    if data.empty:
        raise PlanError("the plans do not differ in their bodies", "compare two plans or more")
    is_office = data["body_type"].isin(workload.OFFICES)
    blocks = [data[is_office], data[~is_office]]
    longest = max(_count_lines(block) for block in blocks)
    figure = style.new_figure(42 + 4 * longest)
    panels = figure.subplots(1, 2)
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
    subtitle = text_for("structure_subtitle", language, year=years(documents))
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
            axes.axhline(line, color="#EEEEEE", linewidth=0.5, zorder=0)
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
    axes.set_xticks(range(len(plans)), [names[d] for d in plans], fontsize=7.5)
    axes.tick_params(axis="x", labelrotation=0 if language == "zh" else 20)
    axes.set(xlim=(-0.6, len(plans) - 0.4), ylim=(longest - 0.4, -0.6))
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.spines[["left", "bottom"]].set_visible(False)
