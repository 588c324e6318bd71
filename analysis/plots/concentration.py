"""Figures of how work is spread: departments over themes, and counties' tasks over bodies."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from analysis import concentration
from analysis.errors import PlanError
from analysis.lexicon import theme_names
from analysis.plots import style
from analysis.plots.workload import department_name
from analysis.workload import OFFICES


def draw_themes(
    documents: pd.DataFrame,
    tasks: pd.DataFrame,
    assignments: pd.DataFrame,
    *,
    least: int = 10,
    language: str = "zh",
) -> tuple[Figure, pd.DataFrame]:
    """Heat map of departments by theme on shares, from specialised to cross-cutting.

    Returns
    -------
    Figure, DataFrame
        The chart, and one row per department and theme: n, n_tasks, share (0 to 1), and the
        department's effective_themes, expected, relative and kind (`measure_breadth`).
    """
    breadth = concentration.measure_breadth(tasks, assignments)
    breadth = breadth[breadth["n_tasks"].ge(least) & breadth["body_type"].isin(OFFICES)]
    breadth = breadth.sort_values(["relative", "department"])
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
    figure = style.new_figure(max(110, 66 + 4.4 * len(order)))
    axes = figure.subplots()
    style.heat_map(
        share * 100,
        axes,
        mask=n.eq(0),
        annot=n.astype(int),
        fmt="d",
        vmax=100,
        linewidths=0.8,
        annot_kws={"fontsize": 6.5},
        cbar_kws={"location": "bottom", "shrink": 0.5, "aspect": 50, "pad": 0.02},
    )
    bar = axes.collections[0].colorbar
    bar.set_label(style.say("theme_axis", language), fontsize=6.5)
    bar.ax.tick_params(labelsize=6.5, length=0)
    axes.set_yticklabels([department_name(d, language) for d in order], rotation=0, fontsize=6.5)
    axes.set_xticklabels(
        [style.theme_name(t, language) for t in themes], rotation=45, ha="left", fontsize=7
    )
    axes.xaxis.tick_top()
    columns = ((style.say("theme_breadth", language), 34, "center"), ("n", 74, "right"))
    for text, offset, align in columns:
        _beside(axes, -0.4, text, offset, align)
    for row, office in enumerate(breadth.itertuples()):
        themes_of = f"{office.effective_themes:.1f} / {office.expected:.1f}"
        _beside(axes, row + 0.5, themes_of, 34, "center")
        _beside(axes, row + 0.5, str(office.n_tasks), 74, "right")
    axes.axhline(breadth["kind"].eq("specialised").sum(), color=style.INK, linewidth=0.8)
    narrow, wide = breadth.iloc[0], breadth.iloc[-1]
    peak = share.loc[narrow["department"]]
    title = style.say(
        "theme_work_title",
        language,
        narrow=department_name(narrow["department"], language),
        share=peak.max(),
        theme=style.theme_name(peak.idxmax(), language),
        wide=department_name(wide["department"], language),
        k=wide["n_themes"],
    )
    subtitle = style.say("theme_work_subtitle", language, least=least, year=style.years(documents))
    style.frame(figure, title, subtitle, documents, language=language)
    return figure, data


def _beside(axes: Axes, y: float, text: str, offset: float, align: str) -> None:
    """Write to the right of a chart, `offset` points from its edge."""
    axes.annotate(
        text,
        (1, y),
        (offset, 0),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        ha=align,
        va="center",
        fontsize=6.5,
        annotation_clip=False,
    )


def draw_concentration(
    documents: pd.DataFrame,
    tasks: pd.DataFrame,
    assignments: pd.DataFrame,
    *,
    language: str = "zh",
) -> tuple[Figure, pd.DataFrame]:
    """Concentration of each county's tasks; the data are `measure_concentration`.

    Raises
    ------
    PlanError
        No department carries a task.
    """
    data = concentration.measure_concentration(tasks, assignments).dropna(subset="high")
    if data.empty:
        raise PlanError("no department carries a task", "choose other plans or another theme")
    names = style.county_name(documents, language)
    looks = style.county_looks(documents["doc_id"])
    plans = data["doc_id"].unique()
    figure = style.new_figure(44 + 7 * len(plans))
    panels = figure.subplots(1, len(concentration.CONCENTRATION), sharey=True)
    for axes, measure in zip(panels, concentration.CONCENTRATION, strict=True):
        rows = data[data["measure"].eq(measure)]
        for place, row in enumerate(rows.itertuples()):
            colour, marker = looks[row.doc_id]
            axes.plot([row.low, row.high], [place, place], color=colour, linewidth=1.6)
            axes.plot(row.value, place, marker, color=colour, markersize=4.5)
        axes.set_title(style.say(f"concentration_{measure}", language), fontsize=7.5)
        axes.set_xlim(0, rows["high"].max() * 1.15)
        axes.xaxis.set_major_formatter(
            PercentFormatter(1, decimals=0) if measure == "top_five" else "{x:g}"
        )
        axes.xaxis.set_major_locator(MaxNLocator(3))
        axes.tick_params(labelsize=7, length=2)
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="x", color="#EEEEEE", linewidth=0.6)
    first = data.drop_duplicates("doc_id")
    labels = [
        style.say(
            "concentration_label", language, county=names[r.doc_id], n=r.n_tasks, m=r.n_bodies
        )
        for r in first.itertuples()
    ]
    panels[0].set_yticks(range(len(plans)), labels, fontsize=7)
    panels[0].set_ylim(len(plans) - 0.5, -0.5)
    five = data[data["measure"].eq("top_five")]
    overlap = data.groupby("measure")["low"].max().le(data.groupby("measure")["high"].min()).all()
    title = style.say(
        "concentration_same" if overlap else "concentration_apart",
        language,
        low=five["value"].min(),
        high=five["value"].max(),
    )
    subtitle = style.say("concentration_subtitle", language, year=style.years(documents))
    style.frame(figure, title, subtitle, documents, language=language)
    return figure, data
