"""Figures of shared text: who shares with whom, and what is local."""

from __future__ import annotations

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from analysis import reuse
from analysis.errors import PlanError
from analysis.plots import style

# From what is the plan's own to what it shares, apart in grey print as well.
_REACHES = {"local": "#2F6B66", "city": "#D9A441", "other": "#EFE3C4"}


def shared_matrix(
    documents: pd.DataFrame,
    tasks: pd.DataFrame,
    *,
    shortest: int = reuse.SHORTEST,
    language: str = "zh",
) -> tuple[Figure, pd.DataFrame]:
    """Heat map of the share of each plan's text that stands in each other plan.

    Returns
    -------
    Figure, DataFrame
        The chart, and the rows of `reuse.compare_plans` for this length of run.

    Raises
    ------
    PlanError
        There are no two plans.
    """
    passages = reuse.read_passages(documents, tasks)
    data = reuse.compare_plans(passages, lengths=[shortest])
    if data.empty:
        raise PlanError("there is one plan only", "give two plans or more")
    names = style.county_name(documents, language)
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
        cbar_kws={"label": style.say("reuse_matrix_axis", language), "shrink": 0.8},
        annot_kws={"fontsize": 8.5},
    )
    for place in range(len(share)):
        own = style.say("reuse_matrix_own", language)
        axes.text(
            place + 0.5, place + 0.5, own, ha="center", va="center", fontsize=6.5, color=style.FAINT
        )
    axes.set_xticklabels([names[d] for d in share.columns], rotation=0)
    axes.set_yticklabels([f"{names[d]}\nn={totals[d]:,}" for d in share.index], rotation=0)
    key = "reuse_matrix_title" if len(share) > 2 else "reuse_matrix_pair"
    title = style.say(key, language, **_name_pairs(data, names))
    subtitle = style.say(
        "reuse_matrix_subtitle", language, shortest=shortest, year=style.years(documents)
    )
    style.frame(figure, title, subtitle, documents, language=language)
    return figure, data


def _name_pairs(data: pd.DataFrame, names: pd.Series) -> dict[str, object]:
    """Return the pair that shares most, in both directions, and the most of all other pairs."""
    top = data.loc[data["share"].idxmax()]
    pair = {top["doc_id"], top["other"]}
    inside = data["doc_id"].isin(pair) & data["other"].isin(pair)
    return {
        "one": names[top["doc_id"]],
        "two": names[top["other"]],
        "low": data.loc[inside, "share"].min(),
        "high": top["share"],
        "rest": data.loc[~inside, "share"].max(),
    }


def local_share(
    documents: pd.DataFrame,
    tasks: pd.DataFrame,
    *,
    shortest: int = reuse.SHORTEST,
    language: str = "zh",
) -> tuple[Figure, pd.DataFrame]:
    """Stacked bars: text that is local, shared within the city, shared only beyond it.

    Returns
    -------
    Figure, DataFrame
        The chart, and one row per plan and reach: shared characters n, n_chars, share (0 to 1).
    """
    passages = reuse.read_passages(documents, tasks)
    stretches = reuse.split_by_reach(passages, documents, shortest=shortest)
    table = stretches.pivot_table(
        index="doc_id", columns="reach", values="n_chars", aggfunc="sum", fill_value=0
    ).reindex(columns=list(_REACHES), fill_value=0)
    shares = table.div(table.sum(axis=1), axis=0)
    names = style.county_name(documents, language)
    figure = style.new_figure(46 + 8 * len(table))
    axes = figure.subplots()
    left = np.zeros(len(table))
    for reach, colour in _REACHES.items():
        width = shares[reach].to_numpy() * 100
        label = style.say(f"reuse_reach_{reach}", language)
        axes.barh(range(len(table)), width, 0.62, left, color=colour, label=label, ec="white")
        for place, (start, size) in enumerate(zip(left, width, strict=True)):
            if size >= 2.5:
                ink = "white" if reach == "local" else style.INK
                axes.text(
                    start + size / 2, place, f"{size:.0f}", color=ink, ha="center", va="center"
                )
        left += width
    labels = [f"{names[d]}\nn={table.loc[d].sum():,}" for d in table.index]
    axes.set(
        yticks=range(len(table)),
        yticklabels=labels,
        xlim=(0, 100),
        ylim=(len(table) - 0.5, -0.5),
        xlabel=style.say("reuse_reach_axis", language),
    )
    axes.tick_params(axis="y", length=0)
    sns.despine(ax=axes, left=True)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, frameon=False, fontsize=7.5)
    first, last = shares["local"].idxmax(), shares["local"].idxmin()
    title = style.say(
        "reuse_reach_title",
        language,
        most=names[first],
        high=shares.at[first, "local"],
        least=names[last],
        low=shares.at[last, "local"],
    )
    year = style.years(documents)
    subtitle = style.say("reuse_reach_subtitle", language, shortest=shortest, year=year)
    style.frame(figure, title, subtitle, documents, language=language)
    data = table.melt(ignore_index=False, value_name="n").reset_index()
    data["n_chars"] = data["doc_id"].map(table.sum(axis=1))
    return figure, data.assign(share=data["n"] / data["n_chars"])
