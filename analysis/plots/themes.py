"""Figures of the anchored themes: shares and accuracy."""

from __future__ import annotations

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from analysis import theme_scores
from analysis import themes as anchored
from analysis.lexicon import theme_names
from analysis.plots import style


def draw_shares(
    documents: pd.DataFrame, tasks: pd.DataFrame, themes: pd.DataFrame, *, language: str = "zh"
) -> tuple[Figure, pd.DataFrame]:
    """Themes by the tasks' words as a share of each county's tasks and characters.

    Returns
    -------
    Figure, DataFrame
        The chart, and one row per plan and theme as `themes.share_themes` gives it.
    """
    data = anchored.share_themes(themes, tasks)
    names = style.county_name(documents, language)
    order = [t for t in theme_names() if t in set(data["theme"])]
    totals = data.groupby("theme")["n_tasks"].sum()
    place = {theme: i for i, theme in enumerate(order)}
    figure = style.new_figure(55 + 7.5 * len(order))
    grid = figure.add_gridspec(2, 2, height_ratios=[1, 0.001])
    left = figure.add_subplot(grid[0, 0])
    panels = (left, figure.add_subplot(grid[0, 1], sharey=left))
    looks = style.county_looks(data["doc_id"])
    for axes, kind in zip(panels, ("task", "char"), strict=True):
        share = data.pivot(index="theme", columns="doc_id", values=f"{kind}_share").loc[order] * 100
        axes.hlines(range(len(order)), share.min(axis=1), share.max(axis=1), color="#CCCCCC")
        for doc_id in share.columns:
            colour, marker = looks[doc_id]
            y = np.arange(len(order)) + _spread(share.columns, doc_id)
            axes.plot(share[doc_id], y, marker, color=colour, markersize=4.2, markeredgewidth=0)
        axes.set(xlabel=style.say(f"themes_by_{kind}s", language), xlim=(-0.8, None))
        axes.tick_params(axis="y", length=0)
        sns.despine(ax=axes, left=True)
    labels = [f"{style.theme_name(t, language)} (n={totals[t]})" for t in order]
    left.set_yticks(list(place.values()), labels, fontsize=7)
    left.set_ylim(len(order) - 0.5, -0.5)
    panels[1].tick_params(axis="y", labelleft=False)
    sizes = data.groupby("doc_id")[["n_tasks", "n_chars"]].sum()
    handles = [
        style.legend_entry(
            looks[d],
            style.say(
                "themes_county_size", language, county=names[d], n=row.n_tasks, chars=row.n_chars
            ),
        )
        for d, row in zip(sizes.index, sizes.itertuples(), strict=True)
    ]
    _legend(figure.add_subplot(grid[1, :]), handles)
    most = data.loc[(data["task_share"] - data["char_share"]).abs().idxmax()]
    title = style.say(
        "themes_shares_title",
        language,
        gap=100 * abs(most["task_share"] - most["char_share"]),
        county=names[most["doc_id"]],
        theme=style.theme_name(most["theme"], language),
        tasks=most["task_share"],
        chars=most["char_share"],
    )
    subtitle = style.say("themes_shares_subtitle", language, year=style.years(documents))
    style.frame(figure, title, subtitle, documents, language=language)
    return figure, data


def _spread(plans: pd.Index, doc_id: str) -> float:
    """Small fixed step up or down, so that equal shares do not hide each other."""
    return 0.13 * (list(plans).index(doc_id) - (len(plans) - 1) / 2)


def _legend(axes: Axes, handles: list[Line2D]) -> None:
    axes.axis("off")
    axes.legend(
        handles=handles,
        ncols=2,
        loc="upper center",
        frameon=False,
        fontsize=7,
        handletextpad=0.2,
        columnspacing=1.5,
    )


def draw_accuracy(
    documents: pd.DataFrame, tasks: pd.DataFrame, themes: pd.DataFrame, *, language: str = "zh"
) -> tuple[Figure, pd.DataFrame]:
    """Confusion of headings and words, and accuracy and kappa by plan.

    Returns
    -------
    Figure, DataFrame
        The chart, and one row per plan and measure as `theme_scores.score_themes` gives it.
    """
    scores = theme_scores.score_themes(themes, tasks)
    known = themes.dropna(subset="section_theme")
    table = theme_scores.tabulate_confusion(known["section_theme"], known["predicted_theme"])
    table = table.loc[table.sum(axis=1) > 0, (table.sum(axis=0) > 0) | (table.sum(axis=1) > 0)]
    figure = style.new_figure(112)
    left, right = figure.subplots(1, 2, width_ratios=[2.4, 1])
    share = table.div(table.sum(axis=1), axis=0)
    style.heat_map(
        share,
        left,
        annot=table,
        fmt="d",
        mask=table.eq(0),
        vmax=1,
        cbar=False,
        linewidths=0.8,
        annot_kws={"fontsize": 7},
    )
    left.set_xticklabels(
        [style.theme_name(t, language) for t in table.columns],
        rotation=40,
        ha="right",
        fontsize=6.5,
    )
    left.set_yticklabels(
        [style.theme_name(t, language) for t in table.index], rotation=0, fontsize=6.5
    )
    left.set_xlabel(style.say("themes_by_words", language), fontsize=7)
    left.set_ylabel(style.say("themes_by_heading", language), fontsize=7)
    _draw_scores(right, scores, documents, language)
    by_plan = scores[scores["measure"].eq("accuracy")].set_index("plan")["value"]
    worst = by_plan.drop("all").idxmin()
    title = style.say(
        "themes_accuracy_title",
        language,
        acc=by_plan["all"],
        kappa=scores.set_index(["plan", "measure"]).at[("all", "kappa"), "value"],
        worst=style.county_name(documents, language)[worst],
        low=by_plan[worst],
    )
    year = style.years(documents)
    subtitle = style.say("themes_accuracy_subtitle", language, n=len(known), year=year)
    style.frame(figure, title, subtitle, documents, language=language)
    return figure, scores


def _draw_scores(axes: Axes, scores: pd.DataFrame, documents: pd.DataFrame, language: str) -> None:
    names = style.county_name(documents, language)
    looks = {"all": (style.INK, "o"), **style.county_looks(documents["doc_id"])}
    plans = scores["plan"].unique()
    for measure, step in (("accuracy", -0.15), ("kappa", 0.15)):
        own = scores[scores["measure"].eq(measure)]
        for place, row in enumerate(own.itertuples()):
            colour, marker = looks[row.plan]
            axes.plot([row.low, row.high], [place + step] * 2, color=colour, linewidth=1)
            face = colour if measure == "accuracy" else "white"
            axes.plot(
                row.value, place + step, marker, color=colour, markersize=5, markerfacecolor=face
            )
    sizes = scores.drop_duplicates("plan").set_index("plan")["n_tasks"]
    first = style.say("themes_all_plans", language)
    labels = [f"{first if p == 'all' else names[p]}\nn={sizes[p]}" for p in plans]
    axes.set_yticks(range(len(plans)), labels, fontsize=6.5)
    axes.set(ylim=(len(plans) - 0.5, -0.5), xlim=(max(0.0, scores["low"].min() - 0.05), 1))
    axes.set_xlabel(style.say("themes_score_axis", language), fontsize=7)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color="#E5E5E5", linewidth=0.6)
