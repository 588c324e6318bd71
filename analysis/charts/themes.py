"""Charts of the anchored themes: shares and accuracy."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from analysis.charts import style
from analysis.charts.chart import Chart, once
from analysis.errors import PlanError
from analysis.lexicon import theme_names
from analysis.themes import classify as anchored
from analysis.themes import distinctive
from analysis.themes import scores as theme_scores
from analysis.themes.features import count_terms
from analysis.wording import county_name, term_name, text_for, theme_name, years

_ABREAST = 5  # panels in a row


def draw_shares(
    documents: pd.DataFrame, tasks: pd.DataFrame, themes: pd.DataFrame, *, language: str = "zh"
) -> tuple[Chart, pd.DataFrame]:
    """Each theme's share of a county's tasks, by its headings and by the tasks' words.

    The title claims only what both say; the line between the two marks is the difference of filing.

    Returns
    -------
    Chart, DataFrame
        The chart, and one row per plan and theme: doc_id, theme, n_heading, heading_share,
        n_words, word_share, char_share (of the characters, by words).
    """
    data = _two_shares(tasks, themes)
    names = county_name(documents, language)
    order = [t for t in theme_names() if data.loc[data["theme"].eq(t), "n_both"].any()]
    if not order or data["heading_share"].isna().all():
        raise PlanError("no heading has a theme", "add rows to lexicon/sections.csv")
    data = data[data["theme"].isin(order)].drop(columns="n_both")
    plans = sorted(data["doc_id"].unique())
    plans = [plans[k] for k in style.own_first(plans)]
    rows = -(-len(plans) // _ABREAST)
    figure = style.new_figure(46 + (16 + 5.2 * len(order)) * rows)
    grid = figure.add_gridspec(
        rows + 1, min(len(plans), _ABREAST), height_ratios=[1] * rows + [0.01]
    )
    looks = style.county_looks(plans)
    sizes = tasks["doc_id"].value_counts()
    widest = 100 * np.nanmax(data[["heading_share", "word_share"]].to_numpy()) + 2
    first = None
    for place, doc_id in enumerate(plans):
        axes = figure.add_subplot(grid[divmod(place, _ABREAST)], sharey=first, sharex=first)
        own = data[data["doc_id"].eq(doc_id)].set_index("theme").loc[order]
        _draw_two_shares(axes, own, looks[doc_id])
        axes.set_title(f"{names[doc_id]}  n={sizes[doc_id]}", fontsize=8)
        axes.set(xlim=(-4, widest), ylim=(len(order) - 0.5, -0.5))
        axes.tick_params(axis="y", length=0, labelleft=place % _ABREAST == 0)
        axes.tick_params(axis="x", labelsize=7.5)
        axes.xaxis.set_major_locator(MaxNLocator(3, steps=[1, 2, 5, 10], integer=True))
        axes.set_yticks(range(len(order)), [theme_name(t, language) for t in order], fontsize=7.5)
        axes.spines["left"].set_visible(False)
        first = first or axes
    handles = [
        style.legend_entry(
            (style.FAINT, "o"), text_for("themes_by_heading", language), fillstyle="none"
        ),
        style.legend_entry((style.FAINT, "o"), text_for("themes_by_words", language)),
    ]
    style.legend_row(figure.add_subplot(grid[rows, :]), handles)
    subtitle = text_for("themes_shares_subtitle", language, year=years(documents, language))
    title = _shares_title(data, names, language)
    style.frame(figure, title, subtitle, documents, language=language)
    return figure, data.reset_index(drop=True)


def _two_shares(tasks: pd.DataFrame, themes: pd.DataFrame) -> pd.DataFrame:
    keys = ["doc_id", "theme"]
    heading = anchored.share_themes(themes, tasks, by="section_theme")
    words = anchored.share_themes(themes, tasks)
    heading = heading[[*keys, "n_tasks", "task_share"]].set_axis(
        [*keys, "n_heading", "heading_share"], axis=1
    )
    words = words[[*keys, "n_tasks", "task_share", "char_share"]].set_axis(
        [*keys, "n_words", "word_share", "char_share"], axis=1
    )
    both = heading.merge(words, on=keys, validate="one_to_one")
    return both.assign(n_both=both["n_heading"] + both["n_words"])


def _draw_two_shares(axes: Axes, own: pd.DataFrame, look: tuple[str, str]) -> None:
    colour, marker = look
    place = np.arange(len(own))
    heading, words = 100 * own["heading_share"], 100 * own["word_share"]
    filed = own["n_heading"].gt(0).to_numpy()
    axes.hlines(place[filed], heading[filed], words[filed], color=colour, linewidth=1)
    axes.plot(heading[filed], place[filed], marker, color=colour, markerfacecolor="white", ms=4.5)
    axes.plot(words, place, marker, color=colour, markersize=3.8)
    for row in place[~filed]:
        axes.text(-2, row, "—", fontsize=7.5, color=style.FAINT, va="center", ha="center")
    axes.grid(axis="x", color="#EEEEEE", linewidth=0.6)


def _shares_title(data: pd.DataFrame, names: pd.Series, language: str) -> str:
    """What headings and words agree on, and where they differ most."""
    filed = data.groupby("theme")["n_heading"].transform("min").gt(0)
    best: tuple[float, str, pd.Series, pd.Series] | None = None
    for theme, own in data[filed].groupby("theme"):
        for (_, a), (_, b) in permutations(own.iterrows(), 2):
            gap = min(a["heading_share"] - b["heading_share"], a["word_share"] - b["word_share"])
            if gap > 0 and (best is None or gap > best[0]):
                best = (gap, str(theme), a, b)
    differ = (data["heading_share"] - data["word_share"]).abs().where(data["n_heading"].gt(0))
    parts = []
    if best:
        _, theme, a, b = best
        parts.append(
            text_for(
                "themes_shares_agree",
                language,
                theme=theme_name(theme, language),
                most=names[a["doc_id"]],
                least=names[b["doc_id"]],
                heading=a["heading_share"],
                words=a["word_share"],
                low=b["heading_share"],
                low_words=b["word_share"],
            )
        )
    if differ.max() > 0 and np.isclose(differ, differ.max()).sum() == 1:
        row = data.loc[differ.idxmax()]
        parts.append(
            text_for(
                "themes_shares_differ",
                language,
                theme=theme_name(row["theme"], language),
                county=names[row["doc_id"]],
                heading=row["heading_share"],
                words=row["word_share"],
            )
        )
    if not parts:
        return text_for("themes_shares_alike", language)
    return ("；" if language == "zh" else "; ").join(parts)


_score_themes = once(theme_scores.score_themes)


def draw_accuracy(
    documents: pd.DataFrame, tasks: pd.DataFrame, themes: pd.DataFrame, *, language: str = "zh"
) -> tuple[Chart, pd.DataFrame]:
    """Confusion of headings and words, and accuracy and kappa by plan.

    Returns
    -------
    Chart, DataFrame
        The chart, and one row per plan and measure as `theme_scores.score_themes` gives it.
    """
    known = themes[themes["section_theme"].ne("")]
    if known.empty:
        raise PlanError("no heading has a theme", "add rows to lexicon/sections.csv")
    scores = _score_themes(themes, tasks)
    table = theme_scores.tabulate_confusion(known["section_theme"], known["predicted_theme"])
    table = table.loc[table.sum(axis=1) > 0, (table.sum(axis=0) > 0) | (table.sum(axis=1) > 0)]
    figure = style.new_figure(112)
    left, right = figure.subplots(1, 2, width_ratios=[2.4, 1])
    share = table.div(table.sum(axis=1), axis=0)
    unsure = text_for("themes_unsure", language)
    style.heat_map(
        share,
        left,
        annot=table,
        fmt="d",
        mask=table.eq(0),
        vmax=1,
        cbar=False,
        linewidths=0.8,
        annot_kws={"fontsize": 7.5},
    )
    left.set_xticklabels(
        [theme_name(t, language) or unsure for t in table.columns],
        rotation=40,
        ha="right",
        fontsize=7.5,
    )
    left.set_yticklabels([theme_name(t, language) for t in table.index], rotation=0, fontsize=7.5)
    left.set_xlabel(text_for("themes_by_words", language), fontsize=7.5)
    left.set_ylabel(text_for("themes_by_heading", language), fontsize=7.5)
    _draw_scores(right, scores, documents, language)
    by_plan = scores[scores["measure"].eq("accuracy")].set_index("plan")["value"]
    kappa = scores.set_index(["plan", "measure"]).at[("all", "kappa"), "value"]
    title = text_for("themes_accuracy_title", language, acc=by_plan["all"], kappa=kappa)
    own = by_plan.drop("all")
    if len(own) > 1:
        names = county_name(documents, language)
        ends = style.name_ends(own, names, "themes_accuracy", language)
        if ends["key"] == "themes_accuracy":
            title += text_for("themes_accuracy_worst", language, worst=ends["least"], low=own.min())
    year = years(documents, language)
    subtitle = text_for("themes_accuracy_subtitle", language, n=len(known), year=year)
    style.frame(figure, title, subtitle, documents, language=language)
    return figure, scores


def _draw_scores(axes: Axes, scores: pd.DataFrame, documents: pd.DataFrame, language: str) -> None:
    names = county_name(documents, language)
    looks = {"all": (style.INK, "o"), **style.county_looks(documents["doc_id"])}
    plans = scores["plan"].unique()
    plans = [p for p in plans if p != "all"] if len(plans) == 2 else list(plans)  # one is all
    for measure, step in (("accuracy", -0.15), ("kappa", 0.15)):
        own = scores[scores["measure"].eq(measure) & scores["plan"].isin(plans)]
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
    axes.set_yticks(range(len(plans)), labels, fontsize=7.5)
    axes.set(ylim=(len(plans) - 0.5, -0.5), xlim=(max(0.0, scores["low"].min() - 0.05), 1))
    axes.set_xlabel(text_for("themes_score_axis", language), fontsize=7.5)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color="#E5E5E5", linewidth=0.6)


def _check_plans(documents: pd.DataFrame) -> None:
    if len(documents) < 2:
        raise PlanError("one plan has nothing to be compared with", "give two plans at least")


def draw_terms(
    documents: pd.DataFrame,
    tasks: pd.DataFrame,
    *,
    top: int = 6,
    draws: int = 200,
    language: str = "zh",
) -> tuple[Chart, pd.DataFrame]:
    """The words that set each theme apart beyond chance, and how many set a county apart.

    Only words are drawn that stand out in fewer than 5 % of permutations of the tasks, the
    greatest word of each permutation being compared: no word is drawn for being one of thousands.

    Returns
    -------
    Chart, DataFrame
        The chart, and one row per theme and word as `distinctive.distinctive_terms` gives it.

    Raises
    ------
    PlanError
        No word sets a theme apart.
    """
    data, lasting = _find_terms(documents, tasks, top=top, draws=draws)
    if data.empty:
        raise PlanError("no word sets a theme apart beyond chance", "give more plans")
    shown = [t for t in theme_names() if t in set(data["group"])]
    blocks = {t: data[data["group"].eq(t)] for t in shown}
    columns = _two_columns(shown, [len(own) + _HEAD_LINES for own in blocks.values()])
    lines = [sum(len(blocks[t]) + _HEAD_LINES for t in column) for column in columns]
    figure = style.new_figure(44 + 4.4 * max(lines))
    widest = 130 * (data["n_tasks"] / data["group_tasks"]).max()
    for axes, column in zip(figure.subplots(1, 2, squeeze=False)[0], columns, strict=True):
        _draw_terms(axes, {t: blocks[t] for t in column}, widest, language)
        axes.set(ylim=(max(lines) - 0.5, -0.7), xlim=(-2.5, widest))
    several = "themes_terms_title" if lasting else "themes_terms_title_none"
    key = several if len(documents) > 1 else "themes_terms_title_one"
    title = text_for(key, language, k=len(data), n=lasting, themes=len(shown))
    subtitle = text_for("themes_terms_subtitle", language, top=top, year=years(documents, language))
    style.frame(figure, title, subtitle, documents, language=language)
    return figure, data


@once
def _find_terms(
    documents: pd.DataFrame, tasks: pd.DataFrame, *, top: int, draws: int
) -> tuple[pd.DataFrame, int]:
    """Words that set themes apart beyond chance, and how many set counties apart."""
    counts = count_terms(tasks, documents)
    sections = tasks["doc_id"] + "-" + tasks["section_no"].astype("string").fillna("")
    options = {"sections": sections, "draws": draws, "top": top}
    themes = tasks["theme"].where(tasks["theme"].ne(""))
    data, by_county = (
        distinctive.distinctive_terms(counts, groups, **options)
        for groups in (themes, tasks["doc_id"])
    )
    lasting = int((by_county["p"] < distinctive.SURE).sum())
    return data[data["p"] < distinctive.SURE].reset_index(drop=True), lasting


_HEAD_LINES = 1.4  # that the name of a theme takes, with the room above


def _two_columns(themes: list[str], lines: list[float]) -> list[list[str]]:
    """Themes of the left and of the right column, which come as near to one length as they can."""
    total = np.cumsum(lines)
    cut = int(np.abs(2 * total - total[-1]).argmin()) + 1
    return [themes[:cut], themes[cut:]]


def _draw_terms(axes: Axes, blocks: dict[str, pd.DataFrame], widest: float, language: str) -> None:
    """Draw themes below each other: their words with two shares, and sections at the right."""
    line, ticks, labels = 0.0, [], []
    for theme, own in blocks.items():
        size = own["group_tasks"].iloc[0]
        head = f"{theme_name(theme, language)}  n={size}"
        axes.text(0, line, head, fontsize=8, va="center", color=style.DARK)
        line += 1
        for term in own.itertuples():
            here = 100 * term.n_tasks / term.group_tasks
            rest = 100 * term.rest_with / term.rest_tasks
            axes.plot([rest, here], [line, line], color="#BBBBBB", linewidth=1)
            axes.plot(rest, line, "o", color=style.FAINT, markerfacecolor="white", markersize=4)
            axes.plot(here, line, "o", color=style.INK, markersize=5)
            note = f"{term.n_sections}/{term.group_sections}"
            axes.text(widest, line, note, fontsize=7.5, ha="right", va="center", color=style.FAINT)
            gloss = term_name(term.term, language)
            labels.append(term.term if gloss == term.term else f"{term.term} {gloss}")
            ticks.append(line)
            line += 1
        line += _HEAD_LINES - 1
    axes.set_yticks(ticks, labels, fontsize=7.5)
    axes.tick_params(axis="y", length=0)
    axes.tick_params(axis="x", labelsize=7.5)
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    if not blocks:
        axes.axis("off")


def draw_distances(
    documents: pd.DataFrame, tasks: pd.DataFrame, *, language: str = "zh"
) -> tuple[Chart, pd.DataFrame]:
    """How far apart two plans are on each theme, pairs of one city first and marked.

    Returns
    -------
    Chart, DataFrame
        The chart, and one row per theme and pair as `distinctive.plan_distances` gives it.

    Raises
    ------
    PlanError
        There is one plan only.
    """
    _check_plans(documents)
    data = _plan_distances(tasks, documents)
    names = county_name(documents, language)
    pairs = data[data["theme"].eq("all")].sort_values(
        ["same_city", "distance", "doc_a", "doc_b"], ascending=[False, True, True, True]
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
        annot_kws={"fontsize": 7.5},
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
        f"{names[a]}\n{names[b]}" + ("\n★" if same else "")
        for a, b, same in pairs[["doc_a", "doc_b", "same_city"]].itertuples(index=False)
    ]
    axes.set_xticklabels(labels, rotation=0 if language == "zh" else 90, fontsize=7.5)
    themes = [text_for("themes_all_tasks", language)]
    themes += [theme_name(t, language) for t in order[1:]]
    axes.set_yticklabels(themes, rotation=0, fontsize=7.5)
    subtitle = text_for("themes_distance_subtitle", language, year=years(documents, language))
    title = _distance_title(table, pairs, names, language)
    style.frame(figure, title, subtitle, documents, language=language)
    return figure, data


@once
def _plan_distances(tasks: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    return distinctive.plan_distances(tasks, documents, count_terms(tasks, documents))


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
            every = "_all" if nearest[pair] == len(themes) else ""
            return text_for(
                f"themes_distance_title{every}",
                language,
                a=names[pair[0]],
                b=names[pair[1]],
                k=len(themes),
                m=nearest[pair],
            )
    return text_for(
        "themes_distance_title_apart", language, a=names[a], b=names[b], distance=distance
    )
