"""Figures of what sets plans apart: distinctive terms, and distances between plans."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from analysis import distinctive
from analysis.errors import PlanError
from analysis.features import count_terms
from analysis.lexicon import theme_names
from analysis.plots import style


def _check_plans(documents: pd.DataFrame) -> None:
    if len(documents) < 2:
        raise PlanError("one plan has nothing to be compared with", "give two plans at least")


def draw_terms(
    documents: pd.DataFrame, tasks: pd.DataFrame, *, top: int = 10, language: str = "zh"
) -> tuple[Figure, pd.DataFrame]:
    """The words that set each county apart, place names masked.

    Returns
    -------
    Figure, DataFrame
        The chart, and one row per plan and word as `distinctive.distinctive_terms` gives it.

    Raises
    ------
    PlanError
        There is one plan only.
    """
    _check_plans(documents)
    data = distinctive.distinctive_terms(count_terms(tasks, documents), tasks["doc_id"], top=top)
    names = style.county_name(documents, language)
    plans = sorted(data["group"].unique())
    rows = -(-(len(plans) + 1) // 3)
    figure = style.new_figure(32 + (12 + 4 * top) * rows)
    panels = figure.subplots(rows, 3, squeeze=False).ravel()
    widest = 100 * max((data["n_tasks"] / data["group_tasks"]).max(), 0.1) + 2
    looks = style.county_looks(documents["doc_id"])
    for axes, doc_id in zip(panels, plans, strict=False):
        own = data[data["group"].eq(doc_id)]
        place = range(len(own))
        here = 100 * own["n_tasks"] / own["group_tasks"]
        rest = 100 * own["rest_with"] / own["rest_tasks"]
        colour, marker = looks[doc_id]
        axes.hlines(place, rest, here, color="#BBBBBB", linewidth=1)
        axes.plot(rest, place, "o", color=style.FAINT, markerfacecolor="white", markersize=4)
        axes.plot(here, place, marker, color=colour, markersize=5)
        axes.set_yticks(place, own["term"], fontsize=7)
        axes.set(ylim=(top - 0.5, -0.5), xlim=(-1, widest))
        axes.set_title(f"{names[doc_id]}  n={own['group_tasks'].iloc[0]}", fontsize=8)
        axes.tick_params(axis="y", length=0)
        axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
        axes.set_xlabel(style.say("themes_terms_axis", language), fontsize=6.5)
    handles = [style.legend_entry(looks[d], names[d]) for d in plans]
    hollow = {"markerfacecolor": "white"}
    handles.append(
        style.legend_entry((style.FAINT, "o"), style.say("themes_rest", language), **hollow)
    )
    for axes in panels[len(plans) :]:
        axes.axis("off")
    panels[len(plans)].legend(handles=handles, loc="center", frameon=False, fontsize=7)
    first = data.loc[data["z"].idxmax()]
    title = style.say(
        "themes_terms_title",
        language,
        county=names[first["group"]],
        term=first["term"],
        own=first["n_tasks"] / first["group_tasks"],
        rest=first["rest_with"] / first["rest_tasks"],
    )
    year = style.years(documents)
    least = distinctive.MIN_TASKS
    subtitle = style.say("themes_terms_subtitle", language, top=top, least=least, year=year)
    style.frame(figure, title, subtitle, documents, language=language)
    return figure, data


def draw_distances(
    documents: pd.DataFrame, tasks: pd.DataFrame, *, language: str = "zh"
) -> tuple[Figure, pd.DataFrame]:
    """How far apart two plans are on each theme, pairs of one city first and marked.

    Returns
    -------
    Figure, DataFrame
        The chart, and one row per theme and pair as `distinctive.plan_distances` gives it.

    Raises
    ------
    PlanError
        There is one plan only.
    """
    _check_plans(documents)
    data = distinctive.plan_distances(tasks, documents, count_terms(tasks, documents))
    names = style.county_name(documents, language)
    pairs = data[data["theme"].eq("all")].sort_values(
        ["same_city", "doc_a", "doc_b"], ascending=[False, True, True]
    )
    columns = pd.MultiIndex.from_frame(pairs[["doc_a", "doc_b"]])
    order = ["all", *(t for t in theme_names() if t in set(data["theme"]))]
    table = data.pivot(index="theme", columns=["doc_a", "doc_b"], values="distance")
    table = table.loc[order, columns]
    figure = style.new_figure(62 + 6.2 * len(order))
    axes = figure.subplots()
    style.heat_map(
        table,
        axes,
        annot=True,
        fmt=".2f",
        cmap="Greens_r",
        vmax=1,
        cbar=False,
        linewidths=0.8,
        annot_kws={"fontsize": 7},
    )
    for row, column in zip(*np.nonzero(table.isna().to_numpy()), strict=True):
        axes.text(column + 0.5, row + 0.5, "—", ha="center", va="center", color=style.FAINT)
    siblings = int(pairs["same_city"].sum())
    if siblings:
        box = Rectangle(
            (0, 0), siblings, len(order), fill=False, edgecolor=style.INK, linewidth=1.6
        )
        axes.add_patch(box).set_clip_on(False)
    labels = [
        f"{'★ ' if same else ''}{names[a]}\n{names[b]}"
        for a, b, same in pairs[["doc_a", "doc_b", "same_city"]].itertuples(index=False)
    ]
    axes.set_xticklabels(labels, rotation=0, fontsize=6)
    themes = [style.say("themes_all_tasks", language)]
    themes += [style.theme_name(t, language) for t in order[1:]]
    axes.set_yticklabels(themes, rotation=0, fontsize=7)
    subtitle = style.say("themes_distance_subtitle", language, year=style.years(documents))
    title = _distance_title(table, pairs, names, language)
    style.frame(figure, title, subtitle, documents, language=language)
    return figure, data


def _distance_title(
    table: pd.DataFrame, pairs: pd.DataFrame, names: pd.Series, language: str
) -> str:
    a, b = table.loc["all"].idxmin()
    distance = table.loc["all"].min()
    if len(pairs) == 1:
        key = "themes_distance_title_pair"
        return style.say(key, language, a=names[a], b=names[b], distance=distance)
    themes = table.drop(index="all").dropna(how="all")
    nearest = themes.idxmin(axis=1).value_counts()
    for pair in pairs.loc[pairs["same_city"], ["doc_a", "doc_b"]].itertuples(
        index=False, name=None
    ):
        if nearest.get(pair, 0):
            return style.say(
                "themes_distance_title",
                language,
                a=names[pair[0]],
                b=names[pair[1]],
                k=len(themes),
                m=nearest[pair],
            )
    return style.say(
        "themes_distance_title_apart", language, a=names[a], b=names[b], distance=distance
    )
