"""Charts of what plans state and leave out, and of what a denominator changes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis import load
from analysis.charts import style
from analysis.charts.chart import Chart, once
from analysis.errors import PlanError
from analysis.lexicon import theme_names
from analysis.targets.coverage import STATUSES, read_coverage
from analysis.targets.indicators import indicator_name, split_id, unit_factor
from analysis.targets.per_capita import changed_order, per_denominator
from analysis.wording import (
    BOUND_SIGNS,
    LANGUAGES,
    county_name,
    join,
    join_names,
    term_name,
    text_for,
    theme_name,
    years,
)

_STATED = STATUSES[:3]
_ROW, _EXTRA, _THEME = 3.4, 3.3, 4.6  # mm: a row, each further line of a name, a theme's heading
_CELL = 5.4  # mm
_ON_PAGE = 240.0  # mm of rows in the two columns of a page


_read_coverage = once(read_coverage)


def draw_matrix(
    documents: pd.DataFrame,
    tasks: pd.DataFrame,
    quantities: pd.DataFrame,
    comparisons: pd.DataFrame,
    *,
    page: int = 1,
    language: str = "zh",
) -> tuple[Chart, pd.DataFrame]:
    """Indicators that two plans or more speak of, by plan, and how each plan does.

    What does not fit into the height of a page is drawn on the next (`page`).

    Returns
    -------
    Chart, DataFrame
        The chart in two columns of indicators, and the rows of `coverage.read_coverage` that it
        draws, with name and theme.

    Raises
    ------
    PlanError
        No indicator stands in two plans, or all are on the pages before.
    """
    cover = _read_coverage(comparisons, quantities, tasks, documents)
    stated = cover["status"].isin(_STATED).groupby(cover["indicator_id"]).transform("sum")
    data = cover[(stated >= 2) & cover["indicator_id"].isin(comparisons["indicator_id"])].copy()
    if data.empty:
        raise PlanError("no indicator stands in two plans", "compare two plans or more")
    themes = {i: split_id(i)[0].theme for i in data["indicator_id"].unique()}
    data.insert(1, "name", data["indicator_id"].map(indicator_name))
    data.insert(2, "theme", data["indicator_id"].map(themes))
    rank = data["theme"].map({t: n for n, t in enumerate([*theme_names(), ""])})
    data = data.assign(rank=rank).sort_values(["rank", "indicator_id", "doc_id"])
    data = data.drop(columns="rank").reset_index(drop=True)
    counts = data[data["status"].eq("value")].groupby("doc_id").size()
    counts = counts.reindex(sorted(documents["doc_id"]), fill_value=0)
    places = _pages(data)
    pages = int(places.max())
    if page > pages:
        raise PlanError("all fits on the page before", "draw the first alone")
    data = data[places == page].reset_index(drop=True)
    columns = _two_columns(data, language)
    figure = style.new_figure(max(sum(h for *_, h in rows) for rows in columns) + 46)
    figure.pages = pages
    panels = figure.subplots(1, 2)
    names = county_name(documents, language)
    for axes, rows in zip(panels, columns, strict=True):
        _draw_cells(axes, rows, data, names, language)
    deep = max(-axes.get_ylim()[0] for axes in panels)
    for axes in panels:
        axes.set_ylim(-deep, 8)
    key = "matrix_title_equal" if counts.max() == counts.min() else "matrix_title"
    most, least = (names[counts.index[counts.eq(end)]] for end in (counts.max(), counts.min()))
    title = text_for(
        key, language, plans=len(documents), n=len(themes), high=counts.max(), low=counts.min(),
        most=join_names(most, language), least=join_names(least, language),
    )  # fmt: skip
    if pages > 1:
        title += ("" if language == "zh" else " ") + text_for(
            "page_of", language, page=page, pages=pages
        )
    subtitle = text_for("matrix_subtitle", language, year=years(documents, language))
    style.frame(figure, title, subtitle, documents, language=language)
    return figure, data


def _pages(data: pd.DataFrame) -> pd.Series:
    """Page of each row of the table, from 1, the same in every language; about equally full."""
    indicators = data["indicator_id"].unique()
    tall = {i: max(_row_height(i, language) for language in LANGUAGES) for i in indicators}
    above = pd.Series(tall).cumsum() - pd.Series(tall)
    pages = int(np.ceil(sum(tall.values()) / _ON_PAGE))
    return data["indicator_id"].map((above / sum(tall.values()) * pages).astype(int) + 1)


def _row_height(indicator_id: str, language: str) -> float:
    return _ROW + _EXTRA * _name(indicator_id, language).count("\n")


def _two_columns(data: pd.DataFrame, language: str) -> list[list[tuple[str, str, float]]]:
    """Rows (kind, text or id, height in mm) of the left and of the right column."""
    rows = []
    for theme, part in data.groupby("theme", sort=False):
        rows.append(("theme", theme, _THEME))
        for indicator_id in part["indicator_id"].unique():
            rows.append(("row", indicator_id, _row_height(indicator_id, language)))
    tall = np.cumsum([h for *_, h in rows])
    cut = int(np.searchsorted(tall, (tall[-1] + _THEME) / 2))
    if rows[cut][0] == "theme":
        return [rows[:cut], rows[cut:]]
    heading = [r for r in rows[:cut] if r[0] == "theme"][-1]  # a split theme is headed twice
    return [rows[:cut], [("continued", *heading[1:]), *rows[cut:]]]


def _name(indicator_id: str, language: str) -> str:
    return style.wrap(indicator_name(indicator_id, language), 34 if language == "zh" else 36)


def _draw_cells(
    axes: Axes, rows: list, data: pd.DataFrame, names: pd.Series, language: str
) -> None:
    """Draw one column of the matrix; one unit of both axes is about a millimetre."""
    plans = sorted(data["doc_id"].unique())
    places = {d: 48 + _CELL * (k + 0.5) for k, d in enumerate(plans)}
    for doc_id, x in places.items():
        name = style.upright(names[doc_id], language)
        is_upright = name != names[doc_id]
        slant: dict[str, Any] = {} if is_upright else {"rotation": 55, "rotation_mode": "anchor"}
        axes.text(x, 1.2, name, fontsize=7.5, ha="center" if is_upright else "left", va="bottom",
                  linespacing=1, **slant)  # fmt: skip
    y = 0.0
    cells = data.set_index(["indicator_id", "doc_id"])["status"]
    for kind, text, height in rows:
        middle = y - height / 2
        if kind != "row":
            head = theme_name(text, language)
            if kind == "continued":
                head += ("" if language == "zh" else " ") + text_for("matrix_continued", language)
            axes.text(0, middle - 0.4, head, fontsize=7.5, va="center", color=style.DARK)
        else:
            axes.text(0, middle, _name(text, language), fontsize=7.5, va="center", linespacing=1.05)
            axes.plot([0, 48 + _CELL * len(plans)], [y, y], color="#E6E6E6", linewidth=0.4)
            for doc_id, x in places.items():
                draw_status(axes, x, middle, cells[text, doc_id])
        y -= height
    axes.set(xlim=(0, 48 + _CELL * len(plans) + 3), ylim=(y, 8))
    axes.set_axis_off()


def draw_status(axes: Axes, x: float, y: float, status: str) -> None:
    """Draw the sign of one cell: full, half, ring, question mark, or nothing."""
    square: dict[str, Any] = {
        "marker": "s", "markersize": 4.2, "linestyle": "", "markeredgewidth": 0.7,
    }  # fmt: skip
    dark = style.DARK
    if status == "value":
        axes.plot(x, y, color=dark, **square)
    elif status == "other":
        axes.plot(x, y, fillstyle="left", color=dark, markerfacecoloralt="white", **square)
    elif status == "no_number":
        axes.plot(x, y, "o", color=dark, markerfacecolor="white", markersize=4, markeredgewidth=0.8)
    elif status == "uncertain":
        axes.text(x, y, "?", fontsize=7.5, ha="center", va="center", color=style.FAINT)


# --- denominators ---------------------------------------------------------------------------


def draw_order(
    documents: pd.DataFrame,
    comparisons: pd.DataFrame,
    denominators: pd.DataFrame | None = None,
    *,
    column: str = "population",
    per: float = 10_000,
    language: str = "zh",
) -> tuple[Chart, pd.DataFrame]:
    """Targets in which a denominator changes the order of the plans: before and after.

    Denominators are those of ``data/raw`` unless given.

    Returns
    -------
    Chart, DataFrame
        A table of such indicators with the ranks before and after, and the rows of
        `per_denominator` that it shows, with the name of the indicator.

    Raises
    ------
    PlanError
        The denominator changes no order.
    """
    denominators = load.denominators() if denominators is None else denominators
    figures = per_denominator(comparisons, denominators, column=column, per=per)
    known = figures[figures["denominator"].notna()]
    ranked = known[known.groupby("indicator_id")["doc_id"].transform("size") >= 2]
    changed = _by_theme(changed_order(ranked))
    if not changed:
        raise PlanError(f"{column} changes no order", "read the table of per_denominator instead")
    data = ranked[ranked["indicator_id"].isin(changed)].copy()
    data.insert(1, "name", data["indicator_id"].map(indicator_name))
    shown = _fit(data, changed)
    names = county_name(documents, language)
    looks = style.county_looks(documents["doc_id"])
    resident = "" if (column, per) == ("population", 10_000) else "_other"
    lines = len(shown) + 1
    figure = style.new_figure(46 + _LINE * lines)
    heads = ["order_county", "raw", f"per{resident or '_resident'}", "order_rank"]
    axes = figure.subplots()
    _draw_table(axes, shown, [text_for(k, language) for k in heads], (looks, names), language)
    blank = sorted(set(documents["doc_id"]) - set(known["doc_id"]))
    title = text_for(
        f"order_title{resident}", language, n=ranked["indicator_id"].nunique(), k=len(changed)
    )
    subtitle = text_for(
        f"order_subtitle{resident}", language, column=column, year=years(documents, language),
        source=_source(denominators, language),
    )  # fmt: skip
    if blank:
        subtitle += text_for("order_blank", language, blank=join_names(names[blank], language))
    if len(shown) < len(data):
        m = shown["indicator_id"].nunique()
        subtitle += text_for("order_cut", language, m=m)
    style.frame(figure, title, subtitle, documents, language=language)
    return figure, shown.reset_index(drop=True)


_LINE, _MOST_LINES = 4.4, 32  # mm a line of the table, lines on a page
_ACROSS = (0.0, 62.0, 95.0, 118.0, 140.0)  # mm: name, county, number, quotient, ranks


def _fit(data: pd.DataFrame, order: list[str]) -> pd.DataFrame:
    """Rows of the indicators that fit on a page, by indicator and rank."""
    place = data["indicator_id"].map({i: n for n, i in enumerate(order)})
    data = data.assign(place=place).sort_values(["place", "rank_raw", "doc_id"])
    sizes = data.groupby("place").size().cumsum()
    kept = sizes.index[sizes.le(_MOST_LINES)]
    return data[data["place"].isin(kept)].drop(columns="place")


def _draw_table(
    axes: Axes, data: pd.DataFrame, heads: list[str], looks: tuple, language: str
) -> None:
    """Draw a line per plan: number and rank in the plan, quotient and rank by it."""
    colours, names = looks
    words: dict[str, Any] = {"fontsize": 7.5, "va": "center_baseline"}
    for x, head, side in zip(_ACROSS[1:], heads, ("left", *["right"] * 3), strict=True):
        axes.text(x, 0, head, ha=side, color=style.FAINT, **words)
    line = 0
    for indicator_id, part in data.groupby("indicator_id", sort=False):
        concept, _ = split_id(indicator_id)
        factor = unit_factor(concept.unit)
        axes.axhline(line + 0.5, color="#DDDDDD", linewidth=0.6)
        unit = concept.unit if language == "zh" else concept.unit_en
        name = indicator_name(indicator_id, language)
        name = f"{name}（{unit}）" if language == "zh" else f"{name} ({unit})"
        axes.text(0, line + 1, style.wrap(name, 44), linespacing=1.1, fontsize=7.5,
                  va="center_baseline" if "\n" not in style.wrap(name, 44) else "top")  # fmt: skip
        for row in part.itertuples():
            line += 1
            colour, marker = colours[row.doc_id]
            axes.plot(_ACROSS[1] - 3, line, marker, color=colour, markersize=4.2)
            sign = BOUND_SIGNS.get(row.bound, "")
            numbers = (f"{row.value_low / factor:,.5g}", _two_figures(row.per_low / factor))
            if language == "zh":
                numbers = (numbers[0].replace(",", ""), numbers[1].replace(",", ""))
            cells = (*(sign + n for n in numbers), f"{row.rank_raw:.0f} → {row.rank_per:.0f}")
            axes.text(_ACROSS[1], line, names[row.doc_id], **words)
            for x, cell in zip(_ACROSS[2:], cells, strict=True):
                axes.text(x, line, cell, ha="right", **words)
    axes.set(xlim=(0, 148), ylim=(line + 0.6, -0.6))
    axes.set_axis_off()


def _source(denominators: pd.DataFrame, language: str) -> str:
    """Year and basis of the denominators, where their table names them."""
    columns = [c for c in ("year", "basis") if c in denominators]
    known = denominators[columns].dropna().astype("str").drop_duplicates()
    if "basis" in known:
        known["basis"] = [term_name(basis, language) for basis in known["basis"]]
    return join("plan_list_mark", known.agg(" ".join, axis=1) if columns else [], language)


def _by_theme(ids: list[str]) -> list[str]:
    themes = {t: n for n, t in enumerate([*theme_names(), ""])}
    return sorted(ids, key=lambda i: (themes[split_id(i)[0].theme], i))


def _two_figures(value: float) -> str:
    """Return a number to two significant figures, without an exponent."""
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"
