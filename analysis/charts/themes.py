"""Charts of the anchored themes: shares and accuracy."""

from __future__ import annotations

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from analysis.charts import style
from analysis.errors import PlanError
from analysis.lexicon import theme_names
from analysis.themes import classify as anchored
from analysis.themes import distinctive
from analysis.themes import scores as theme_scores
from analysis.themes.features import count_terms
from analysis.wording import county_name, text_for, theme_name, years


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
    names = county_name(documents, language)
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
        axes.set(xlabel=text_for(f"themes_by_{kind}s", language), xlim=(-0.8, None))
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
            text_for(
                "themes_county_size", language, county=names[d], n=row.n_tasks, chars=row.n_chars
            ),
        )
        for d, row in zip(sizes.index, sizes.itertuples(), strict=True)
    ]
    _legend(figure.add_subplot(grid[1, :]), handles)
    most = data.loc[(data["task_share"] - data["char_share"]).abs().idxmax()]
    title = text_for(
        "themes_shares_title",
        language,
        gap=100 * abs(most["task_share"] - most["char_share"]),
        county=names[most["doc_id"]],
        theme=theme_name(most["theme"], language),
        tasks=most["task_share"],
        chars=most["char_share"],
    )
    subtitle = text_for("themes_shares_subtitle", language, year=years(documents))
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
    known = themes[themes["section_theme"].ne("")]
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
        [theme_name(t, language) for t in table.columns],
        rotation=40,
        ha="right",
        fontsize=6.5,
    )
    left.set_yticklabels([theme_name(t, language) for t in table.index], rotation=0, fontsize=6.5)
    left.set_xlabel(text_for("themes_by_words", language), fontsize=7)
    left.set_ylabel(text_for("themes_by_heading", language), fontsize=7)
    _draw_scores(right, scores, documents, language)
    by_plan = scores[scores["measure"].eq("accuracy")].set_index("plan")["value"]
    worst = by_plan.drop("all").idxmin()
    title = text_for(
        "themes_accuracy_title",
        language,
        acc=by_plan["all"],
        kappa=scores.set_index(["plan", "measure"]).at[("all", "kappa"), "value"],
        worst=county_name(documents, language)[worst],
        low=by_plan[worst],
    )
    year = years(documents)
    subtitle = text_for("themes_accuracy_subtitle", language, n=len(known), year=year)
    style.frame(figure, title, subtitle, documents, language=language)
    return figure, scores


def _draw_scores(axes: Axes, scores: pd.DataFrame, documents: pd.DataFrame, language: str) -> None:
    names = county_name(documents, language)
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
    first = text_for("themes_all_plans", language)
    labels = [f"{first if p == 'all' else names[p]}\nn={sizes[p]}" for p in plans]
    axes.set_yticks(range(len(plans)), labels, fontsize=6.5)
    axes.set(ylim=(len(plans) - 0.5, -0.5), xlim=(max(0.0, scores["low"].min() - 0.05), 1))
    axes.set_xlabel(text_for("themes_score_axis", language), fontsize=7)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color="#E5E5E5", linewidth=0.6)


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
    names = county_name(documents, language)
    plans = sorted(data["group"].unique())
    if not plans:
        raise PlanError("no term sets these plans apart", "choose other counties")
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
        axes.set_xlabel(text_for("themes_terms_axis", language), fontsize=6.5)
    handles = [style.legend_entry(looks[d], names[d]) for d in plans]
    hollow = {"markerfacecolor": "white"}
    handles.append(
        style.legend_entry((style.FAINT, "o"), text_for("themes_rest", language), **hollow)
    )
    for axes in panels[len(plans) :]:
        axes.axis("off")
    panels[len(plans)].legend(handles=handles, loc="center", frameon=False, fontsize=7)
    first = data.loc[data["z"].idxmax()]
    title = text_for(
        "themes_terms_title",
        language,
        county=names[first["group"]],
        term=first["term"],
        own=first["n_tasks"] / first["group_tasks"],
        rest=first["rest_with"] / first["rest_tasks"],
    )
    year = years(documents)
    least = distinctive.MIN_TASKS
    subtitle = text_for("themes_terms_subtitle", language, top=top, least=least, year=year)
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
    names = county_name(documents, language)
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
    themes = [text_for("themes_all_tasks", language)]
    themes += [theme_name(t, language) for t in order[1:]]
    axes.set_yticklabels(themes, rotation=0, fontsize=7)
    subtitle = text_for("themes_distance_subtitle", language, year=years(documents))
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
        return text_for(key, language, a=names[a], b=names[b], distance=distance)
    themes = table.drop(index="all").dropna(how="all")
    nearest = themes.idxmin(axis=1).value_counts()
    for pair in pairs.loc[pairs["same_city"], ["doc_a", "doc_b"]].itertuples(
        index=False, name=None
    ):
        if nearest.get(pair, 0):
            return text_for(
                "themes_distance_title",
                language,
                a=names[pair[0]],
                b=names[pair[1]],
                k=len(themes),
                m=nearest[pair],
            )
    return text_for(
        "themes_distance_title_apart", language, a=names[a], b=names[b], distance=distance
    )
