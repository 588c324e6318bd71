"""Charts of shared text: who shares with whom, and what is local."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.charts import style
from analysis.charts.chart import Chart, once
from analysis.errors import PlanError
from analysis.shared_text import runs, sentences
from analysis.targets.compare import compare_targets
from analysis.targets.indicators import indicator_name, split_id, unit_factor
from analysis.wording import BOUND_SIGNS, RANGE, county_name, span, text_for, years

# From what is the plan's own to what it shares, apart in grey print as well.
_REACHES = {"local": "#2F6B66", "city": "#D9A441", "other": "#EFE3C4"}


def shared_matrix(
    documents: pd.DataFrame,
    tasks: pd.DataFrame,
    *,
    shortest: int = runs.SHORTEST,
    language: str = "zh",
) -> tuple[Chart, pd.DataFrame]:
    """Heat map of the share of each plan's text that stands in each other plan.

    Returns
    -------
    Chart, DataFrame
        The chart, and the rows of `reuse.compare_plans` for this length of run.

    Raises
    ------
    PlanError
        There are no two plans.
    """
    passages = runs.read_passages(documents, tasks)
    data = runs.compare_plans(passages, lengths=[shortest])
    if data.empty:
        raise PlanError("there is one plan only", "give two plans or more")
    names = county_name(documents, language)
    share = data.pivot(index="doc_id", columns="other", values="share") * 100
    totals = data.groupby("doc_id")["n_chars"].first()
    figure = style.new_figure(48 + 10 * len(share))
    axes = figure.subplots()
    style.heat_map(
        share,
        axes,
        annot=share.map("{:.1f}".format),
        fmt="",
        mask=share.isna(),
        linewidths=1.2,
        cbar=False,
        annot_kws={"fontsize": 8.5},
    )
    for place in range(len(share)):
        own = text_for("reuse_matrix_own", language)
        axes.text(
            place + 0.5, place + 0.5, own, ha="center", va="center", fontsize=7.5, color=style.FAINT
        )
    axes.set_xticklabels([names[d] for d in share.columns], rotation=0, fontsize=8)
    axes.set_yticklabels(
        [f"{names[d]}\nn={totals[d]:,}" for d in share.index], rotation=0, fontsize=8
    )
    key = "reuse_matrix_title" if len(share) > 2 else "reuse_matrix_pair"
    title = text_for(key, language, **_name_pairs(data, names, language))
    subtitle = text_for(
        "reuse_matrix_subtitle", language, shortest=shortest, year=years(documents, language)
    )
    style.frame(figure, title, subtitle, documents, language=language)
    return figure, data


def _name_pairs(data: pd.DataFrame, names: pd.Series, language: str) -> dict[str, object]:
    """Return the pair that shares most, in both directions, and the most of all other pairs."""
    top = data.loc[data["share"].idxmax()]
    pair = {top["doc_id"], top["other"]}
    inside = data["doc_id"].isin(pair) & data["other"].isin(pair)
    return {
        "one": names[top["doc_id"]],
        "two": names[top["other"]],
        "span": span(data.loc[inside, "share"].min(), top["share"], language),
        "rest": data.loc[~inside, "share"].max(),
    }


def local_share(
    documents: pd.DataFrame,
    tasks: pd.DataFrame,
    *,
    shortest: int = runs.SHORTEST,
    language: str = "zh",
) -> tuple[Chart, pd.DataFrame]:
    """Stacked bars: text that is local, shared within the city, shared only beyond it.

    Returns
    -------
    Chart, DataFrame
        The chart, and one row per plan and reach: shared characters n, n_chars, share (0 to 1).

    Raises
    ------
    PlanError
        There are no two plans.
    """
    if len(documents) < 2:
        raise PlanError("there is one plan only", "give two plans or more")
    passages = runs.read_passages(documents, tasks)
    stretches = runs.split_by_reach(passages, documents, shortest=shortest)
    table = stretches.pivot_table(
        index="doc_id", columns="reach", values="n_chars", aggfunc="sum", fill_value=0
    ).reindex(columns=list(_REACHES), fill_value=0)
    shares = table.div(table.sum(axis=1), axis=0)
    order = shares["local"].sort_values(ascending=False, kind="stable").index
    order = order[style.own_first(order)]
    table, shares = table.loc[order], shares.loc[order]
    names = county_name(documents, language)
    figure = style.new_figure(50 + 7 * len(table))
    axes, legend = figure.subplots(2, 1, height_ratios=[1, 0.001])
    left = np.zeros(len(table))
    for reach, colour in _REACHES.items():
        width = shares[reach].to_numpy() * 100
        label = text_for(f"reuse_reach_{reach}", language)
        axes.barh(range(len(table)), width, 0.62, left, color=colour, label=label, ec="white")
        for place, (start, size) in enumerate(zip(left, width, strict=True)):
            if size >= 2.5:
                ink = "white" if reach == "local" else style.INK
                axes.text(
                    start + size / 2, place, f"{size:.0f}", color=ink, ha="center", va="center"
                )
        left += width
    labels = [f"{names[d]}  n={table.loc[d].sum():,}" for d in table.index]
    axes.set(
        yticks=range(len(table)),
        yticklabels=labels,
        xlim=(0, 100),
        ylim=(len(table) - 0.5, -0.5),
        xlabel=text_for("reuse_reach_axis", language),
    )
    axes.tick_params(axis="both", labelsize=8)
    axes.xaxis.label.set_fontsize(8)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    style.legend_row(legend, axes.get_legend_handles_labels()[0])
    title = text_for(**style.name_ends(shares["local"], names, "reuse_reach_title", language))
    year = years(documents, language)
    subtitle = text_for("reuse_reach_subtitle", language, shortest=shortest, year=year)
    style.frame(figure, title, subtitle, documents, language=language)
    data = table.melt(ignore_index=False, value_name="n").reset_index()
    data["n_chars"] = data["doc_id"].map(table.sum(axis=1))
    return figure, data.assign(share=data["n"] / data["n_chars"])


_AREA = re.compile("^[全我本][省市区县旗]")


def group_sentences(pairs: pd.DataFrame, quantities: pd.DataFrame) -> pd.DataFrame:
    """Gather pairs of `sentences.align_sentences` into sentences that two or more plans share.

    Every two numbers of a sentence are a pair: there are no chains of likeness.

    Returns
    -------
    DataFrame
        One row per sentence and plan, the widest apart first: sentence (number, from 1), phrase
        (thing counted, as the shortest of the plans puts it), quantity_id, task_id, doc_id, text,
        label, value_low, value_high, unit, of_highest (0 to 1), ratio (highest to lowest of the
        sentence), equal (all plans give one value).
    """
    same = pairs[pairs["same"]]
    columns = ["quantity_id", "task_id", "doc_id", "text", "value_low", "value_high", "unit"]
    ends = [same[columns], same[[f"twin_{c}" for c in columns]].set_axis(columns, axis=1)]
    rows = pd.concat(ends).drop_duplicates("quantity_id").reset_index(drop=True)
    rows["sentence"] = rows["quantity_id"].map(_gather(same))
    rows = rows[rows["sentence"].duplicated(keep=False)].copy()
    source = quantities.set_index("quantity_id")
    rows["phrase"] = rows["quantity_id"].map(source["indicator"])
    rows["label"] = [
        _label(source.loc[q, "text"], source.loc[q, "bound"]) for q in rows["quantity_id"]
    ]
    grouped = rows.groupby("sentence")
    rows["phrase"] = rows["phrase"].str.replace(_AREA, "", regex=True)
    rows["phrase"] = grouped["phrase"].transform(lambda s: min(s, key=lambda p: (len(p), p)))
    highest, lowest = grouped["value_high"].transform("max"), grouped["value_low"].transform("min")
    rows["of_highest"] = (rows["value_low"] + rows["value_high"]) / 2 / highest
    rows["ratio"] = highest / lowest
    rows["equal"] = highest.eq(lowest)
    rows = rows.sort_values(["ratio", "phrase", "doc_id"], ascending=[False, True, True])
    rows["sentence"] = pd.factorize(rows["sentence"])[0] + 1
    return rows.reset_index(drop=True)


def _gather(same: pd.DataFrame) -> dict[str, int]:
    """Number of the group of each quantity, by complete linkage from the likest pair on."""
    ends = list(zip(same["quantity_id"], same["twin_quantity_id"], strict=True))
    paired = {*ends, *(pair[::-1] for pair in ends)}
    groups = {quantity: {quantity} for pair in ends for quantity in pair}
    for one, two in ends:
        left, right = groups[one], groups[two]
        if left is not right and all((a, b) in paired for a in left for b in right):
            left |= right
            groups |= dict.fromkeys(right, left)
    numbers = {id(group): number for number, group in enumerate(groups.values())}
    return {quantity: numbers[id(group)] for quantity, group in groups.items()}


def _label(text: str, bound: str) -> str:
    """Number with its unit and a sign for the bound: 控制在3.05亿立方米以内 -> ≤3.05亿立方米."""
    found = re.search(r"\d.*", text)
    bare = re.sub(r"(?:及?以[上下内]|之内|左右|\s)+", "", found[0] if found else text)
    return BOUND_SIGNS.get(bound, "") + bare


@once
def _align(documents: pd.DataFrame, tasks: pd.DataFrame, quantities: pd.DataFrame) -> pd.DataFrame:
    passages = runs.read_passages(documents, tasks)
    return sentences.align_sentences(passages, documents, quantities)


def same_sentences(
    documents: pd.DataFrame,
    tasks: pd.DataFrame,
    quantities: pd.DataFrame,
    *,
    most: int = 24,
    language: str = "zh",
) -> tuple[Chart, pd.DataFrame]:
    """Dots of the plans' numbers in one and the same sentence, where the numbers differ.

    Returns
    -------
    Chart, DataFrame
        The chart of the `most` sentences that are widest apart, and the rows of
        `group_sentences` that it draws.

    Raises
    ------
    PlanError
        No sentence is shared with different numbers.
    """
    pairs = _align(documents, tasks, quantities)
    groups = group_sentences(pairs, quantities)
    differ = groups[~groups["equal"]]
    if differ.empty:
        raise PlanError("no sentence of two plans carries different numbers", "add further plans")
    data = _name_sentences(differ[differ["sentence"] <= most], documents, tasks, quantities)
    data["shown"] = [_show(row, language) for row in data.itertuples()]
    looks = style.county_looks(documents["doc_id"])
    names = county_name(documents, language)
    heads = data.drop_duplicates("sentence")
    figure = style.new_figure(54 + 5.7 * max(len(heads), 5))
    axes = figure.subplots()
    for place, (_, line) in enumerate(data.groupby("sentence", sort=True)):
        _draw_line(axes, place, line.sort_values("of_highest"), looks)
    axes.set(
        yticks=range(len(heads)),
        yticklabels=[_head(row, language) for row in heads.itertuples()],
        xlim=(-0.14, 1.14),
        ylim=(len(heads) - 0.4, -0.6),
        xticks=[0, 1],
        xlabel=text_for("reuse_sentence_axis", language),
    )
    axes.tick_params(axis="y", length=0, labelsize=7.5)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.legend(
        handles=[style.legend_entry(looks[d], names[d]) for d in sorted(data["doc_id"].unique())],
        loc="lower right",
        bbox_to_anchor=(1, 1),
        ncols=len(looks),
        frameon=False,
        fontsize=7.5,
    )
    title = text_for(
        "reuse_sentence_title",
        language,
        n=groups["sentence"].nunique(),
        k=differ["sentence"].nunique(),
    )
    subtitle = text_for(
        "reuse_sentence_subtitle", language, n=len(heads), year=years(documents, language)
    )
    style.frame(figure, title, subtitle, documents, language=language)
    return figure, data.drop(columns=["indicator_id", "scale", "shown", "bound"])


def _name_sentences(
    data: pd.DataFrame, documents: pd.DataFrame, tasks: pd.DataFrame, quantities: pd.DataFrame
) -> pd.DataFrame:
    """Add the indicator that a sentence is about (empty where none is known) and what one unit is.

    One unit a sentence: 0.053亿立方米 and 700万立方米 cannot be read side by side.
    """
    known = compare_targets(quantities, tasks, documents)
    known = known.drop_duplicates("quantity_id").set_index("quantity_id")["indicator_id"]
    data = data.assign(indicator_id=data["quantity_id"].map(known).fillna("")).reset_index(
        drop=True
    )
    data["indicator_id"] = data.groupby("sentence")["indicator_id"].transform(
        lambda ids: ids.mode().iloc[0]
    )
    data["bound"] = data["quantity_id"].map(quantities.set_index("quantity_id")["bound"])
    data["scale"] = [
        unit_factor(split_id(row.indicator_id)[0].unit) if row.indicator_id else 1.0
        for row in data.itertuples()
    ]
    return data


def _head(row: Any, language: str) -> str:
    """Thing counted and its unit: the plans' words in Chinese, the name of the indicator else."""
    if not row.indicator_id:
        return f"{row.phrase}（{row.unit}）" if language == "zh" else f"{row.phrase} ({row.unit})"
    concept, _ = split_id(row.indicator_id)
    if language == "zh":
        return f"{row.phrase}（{concept.unit}）"
    name, unit = indicator_name(row.indicator_id, language), concept.unit_en
    return name if unit[:5].lower() in name.lower() else f"{name} ({unit})"


def _show(row: Any, language: str) -> str:
    """Number of a plan in the unit of its line, with a sign for its bound."""
    ends = dict.fromkeys(f"{v / row.scale:,.6g}" for v in (row.value_low, row.value_high))
    number = BOUND_SIGNS.get(row.bound, "") + RANGE[language].join(ends)
    return number.replace(",", "") if language == "zh" else number


def _draw_line(
    axes: Axes, place: int, line: pd.DataFrame, looks: dict[str, tuple[str, str]]
) -> None:
    """One sentence: a bar from the lowest to the highest number, a dot and a label per plan."""
    values = line["of_highest"].to_numpy()
    axes.plot([0, 1], [place, place], color="#E4E4E4", linewidth=0.8, zorder=1)
    axes.plot([values[0], values[-1]], [place, place], color=style.FAINT, linewidth=1, zorder=2)
    for i, row in enumerate(line.itertuples()):
        colour, marker = looks[row.doc_id]
        crowd = np.flatnonzero(np.abs(values - row.of_highest) < 0.015)
        height = place + 0.48 * (crowd.tolist().index(i) - (len(crowd) - 1) / 2)
        axes.plot(row.of_highest, height, marker=marker, color=colour, markersize=5, zorder=4)
        side = -1 if 0 in crowd else int(len(line) - 1 in crowd)
        where: dict[str, Any] = {
            "xytext": (5 * side, 0 if side else 4),
            "ha": ("center", "left", "right")[side],
            "va": "center" if side else "bottom",
        }
        axes.annotate(
            row.shown,
            (row.of_highest, height),
            textcoords="offset points",
            fontsize=7.5,
            zorder=3,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4},
            **where,
        )
