"""Charts of what the plans do about green development."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.charts import style
from analysis.charts.chart import Chart
from analysis.errors import PlanError
from analysis.themes import instruments
from analysis.themes.instruments import field_name
from analysis.wording import county_name, join_names, span, text_for, years

_WAYS = {"heading": "o", "words": "s", "field": "^", "targets": "D"}


def draw_shares(
    documents: pd.DataFrame,
    tasks: pd.DataFrame,
    themes: pd.DataFrame,
    quantities: pd.DataFrame,
    *,
    language: str = "zh",
) -> tuple[Chart, pd.DataFrame]:
    """How much of each plan is green: by headings, by words, by fields in titles, by targets.

    Returns
    -------
    Chart, DataFrame
        The chart, and one row per plan and definition as `instruments.share_green` gives it.
    """
    data = instruments.share_green(tasks, themes, quantities)
    names = county_name(documents, language)
    plans = sorted(data["doc_id"].unique())
    plans = [plans[k] for k in style.own_first(plans)]
    looks = style.county_looks(plans)
    figure = style.new_figure(44 + 9 * max(len(plans), 4))
    grid = figure.add_gridspec(2, 1, height_ratios=[1, 0.001])
    axes = figure.add_subplot(grid[0])
    for place, doc_id in enumerate(plans):
        own = data[data["doc_id"].eq(doc_id)].set_index("by")
        share = 100 * own["share"]
        colour = looks[doc_id][0]
        axes.plot([share.min(), share.max()], [place, place], color="#CCCCCC", linewidth=1.4)
        for step, (way, marker) in zip((-0.18, -0.06, 0.06, 0.18), _WAYS.items(), strict=True):
            face = "white" if way == "heading" else colour
            axes.plot(
                share[way], place + step, marker, color=colour, markerfacecolor=face, markersize=6
            )
    labels = [f"{names[d]}  n={n}" for d, n in tasks["doc_id"].value_counts()[plans].items()]
    axes.set_yticks(range(len(plans)), labels, fontsize=8)
    axes.set(ylim=(len(plans) - 0.5, -0.5), xlim=(0, 100 * data["share"].max() + 4))
    axes.set_xlabel(text_for("green_share_axis", language), fontsize=8)
    axes.tick_params(axis="x", labelsize=8)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    handles = [
        style.legend_entry(
            (style.FAINT, marker),
            text_for(f"green_by_{way}", language),
            markerfacecolor="white" if way == "heading" else style.FAINT,
        )
        for way, marker in _WAYS.items()
    ]
    style.legend_row(figure.add_subplot(grid[1]), handles)
    ends = data.groupby("by")["share"].agg(["min", "max"]).fillna(0)
    title = text_for(
        "green_share_title" if len(plans) > 1 else "green_share_title_one",
        language,
        county=names[plans[0]],
        **{
            way: span(ends.at[way, "min"], ends.at[way, "max"], language)
            for way in ("heading", "words", "targets")
        },
    )
    subtitle = text_for("green_share_subtitle", language, year=years(documents, language))
    style.frame(figure, title, subtitle, documents, language=language)
    return figure, data


def draw_fields(
    documents: pd.DataFrame,
    tasks: pd.DataFrame,
    quantities: pd.DataFrame,
    pledges: pd.DataFrame,
    *,
    language: str = "zh",
) -> tuple[Chart, pd.DataFrame]:
    """Who pledges what in energy, air, water, waste, ecology, buildings and transport.

    Returns
    -------
    Chart, DataFrame
        The chart, and one row per field and plan as `instruments.cover_fields` gives it.
    """
    clauses = instruments.read_clauses(tasks)
    data = instruments.cover_fields(tasks, clauses, quantities, pledges)
    names = county_name(documents, language)
    order = instruments.fields()
    cells = {
        column: data.pivot(index="field", columns="doc_id", values=column).loc[order]
        for column in ("n_targets", "stated")
    }
    words = {state: text_for(f"green_{state}", language) for state in instruments.STATED[1:]}
    shown = (
        cells["stated"]
        .replace(words)
        .where(cells["n_targets"].eq(0), cells["n_targets"].astype(str))
    )
    figure = style.new_figure(44 + 8.5 * len(order))
    axes = figure.subplots()
    style.heat_map(
        cells["n_targets"],
        axes,
        annot=shown,
        fmt="",
        cbar=False,
        linewidths=1,
        annot_kws={"fontsize": 8},
    )
    axes.set_xticklabels([names[d] for d in cells["stated"].columns], rotation=0, fontsize=8)
    axes.set_yticklabels([field_name(f, language) for f in order], rotation=0, fontsize=8)
    stated = data[data["stated"].ne("nothing")].groupby("field").size()
    numbers = data[data["stated"].eq("numbers")].groupby("field").size()
    gap = stated.sub(numbers, fill_value=0).reindex(order).fillna(0)
    key = "green_fields_title" if gap.max() > 0 else "green_fields_title_all"
    if gap.max() > 0 and not numbers.get(gap.idxmax(), 0):
        key = "green_fields_title_none"
    if len(documents) == 1:
        key = "green_fields_title_one" if gap.max() > 0 else key
    named = [field_name(str(f), language) for f in order if gap[f] == gap.max() > 0]
    title = text_for(
        key,
        language,
        fields=join_names(named, language).capitalize(),
        field=field_name(str(gap.idxmax()), language).capitalize(),
        named=int(stated.get(gap.idxmax(), 0)),
        numbers=int(numbers.get(gap.idxmax(), 0)),
    )
    subtitle = text_for("green_fields_subtitle", language, year=years(documents, language))
    style.frame(figure, title, subtitle, documents, language=language)
    return figure, data


def draw_instruments(
    documents: pd.DataFrame, tasks: pd.DataFrame, themes: pd.DataFrame, *, language: str = "zh"
) -> tuple[Chart, pd.DataFrame]:
    """With which instruments, and how hard worded, the green tasks of each plan are written.

    Returns
    -------
    Chart, DataFrame
        The chart, and one row per plan and instrument or grade: doc_id, kind, name, n, share (of
        the clauses of the plan's green tasks).
    """
    green = tasks[instruments.is_green(tasks, themes)]
    if green.empty:
        raise PlanError("no task of these plans is green", "choose other counties")
    clauses = instruments.read_clauses(green)
    used = instruments.count_instruments(clauses).rename(columns={"instrument": "name"})
    hard = instruments.count_strengths(clauses).rename(columns={"strength": "name"})
    columns = ["doc_id", "kind", "name", "n", "share"]
    data = pd.concat([used.assign(kind="instrument"), hard.assign(kind="strength")])[columns]
    names = county_name(documents, language)
    order = [instruments.instruments(), instruments.strengths()]
    figure = style.new_figure(52 + 7 * sum(map(len, order)))
    panels = figure.subplots(2, 1, height_ratios=[len(part) for part in order])
    for axes, kind, rows in zip(panels, ("instrument", "strength"), order, strict=True):
        own = data[data["kind"].eq(kind)]
        share = own.pivot(index="name", columns="doc_id", values="share").loc[rows]
        style.heat_map(
            100 * share,
            axes,
            annot=True,
            fmt=".0f",
            cbar=False,
            vmax=np.ceil(100 * used["share"].max()),
            linewidths=1,
            annot_kws={"fontsize": 8},
        )
        axes.set_xticklabels([names[d] for d in share.columns], rotation=0, fontsize=8)
        axes.set_yticklabels([field_name(r, language) for r in rows], rotation=0, fontsize=8)
        axes.set_title(text_for(f"green_{kind}", language), fontsize=8.5, loc="left")
    whole = used.groupby("name")["n"].sum() / len(clauses)
    graded = hard.groupby("name")["n"].sum() / len(clauses)
    first, last = whole.idxmax(), whole.idxmin()
    title = text_for(
        "green_instruments_title",
        language,
        most=field_name(str(first), language),
        high=whole[first],
        least=field_name(str(last), language),
        low=whole[last],
        hard=graded[instruments.strengths()[0]],
    )
    subtitle = text_for(
        "green_instruments_subtitle",
        language,
        n=len(clauses),
        tasks=len(green),
        year=years(documents, language),
    )
    style.frame(figure, title, subtitle, documents, language=language)
    return figure, data.reset_index(drop=True)
