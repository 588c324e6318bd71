"""Charts of what plans state and leave out, and of what a denominator changes."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.charts import style
from analysis.errors import PlanError
from analysis.lexicon import theme_names
from analysis.targets.coverage import STATUSES, read_coverage
from analysis.targets.indicators import indicator_name, split_id, unit_factor
from analysis.targets.per_capita import changed_order, per_denominator
from analysis.wording import BOUND_SIGNS, LANGUAGES, county_name, text_for, theme_name, years

_STATED = STATUSES[:3]
_ROW, _EXTRA, _THEME = 3.4, 3.3, 4.6  # mm: a row, each further line of a name, a theme's heading
_CELL = 5.4  # mm
_ON_PAGE = 240.0  # mm of rows in the two columns of a page


def draw_matrix(
    documents: pd.DataFrame,
    tasks: pd.DataFrame,
    quantities: pd.DataFrame,
    comparisons: pd.DataFrame,
    *,
    page: int = 1,
    language: str = "zh",
) -> tuple[Figure, pd.DataFrame]:
    """Indicators that two plans or more speak of, by plan, and how each plan does.

    What does not fit into the height of a page is drawn on the next (`page`).

    Returns
    -------
    Figure, DataFrame
        The chart in two columns of indicators, and the rows of `coverage.read_coverage` that it
        draws, with name and theme.

    Raises
    ------
    PlanError
        No indicator stands in two plans, or all are on the pages before.
    """
    cover = read_coverage(comparisons, quantities, tasks, documents)
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
    panels = figure.subplots(1, 2)
    names = county_name(documents, language)
    for axes, rows in zip(panels, columns, strict=True):
        _draw_cells(axes, rows, data, names, language)
    deep = max(-axes.get_ylim()[0] for axes in panels)
    for axes in panels:
        axes.set_ylim(-deep, 8)
    key = "matrix_title_equal" if counts.max() == counts.min() else "matrix_title"
    title = text_for(
        key, language, plans=len(documents), n=len(themes),
        most=names[counts.idxmax()], high=counts.max(), least=names[counts.idxmin()],
        low=counts.min(),
    )  # fmt: skip
    if pages > 1:
        title += ("" if language == "zh" else " ") + text_for(
            "page_of", language, page=page, pages=pages
        )
    subtitle = text_for("matrix_subtitle", language, year=years(documents))
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
    return [rows[:cut], [heading, *rows[cut:]]]


def _name(indicator_id: str, language: str) -> str:
    return style.wrap(indicator_name(indicator_id, language), 34 if language == "zh" else 36)


def _draw_cells(
    axes: Axes, rows: list, data: pd.DataFrame, names: pd.Series, language: str
) -> None:
    """Draw one column of the matrix; one unit of both axes is about a millimetre."""
    plans = sorted(data["doc_id"].unique())
    places = {d: 48 + _CELL * (k + 0.5) for k, d in enumerate(plans)}
    for doc_id, x in places.items():
        axes.text(x, 1.2, names[doc_id], rotation=55, fontsize=7.5, ha="left", va="bottom",
                  rotation_mode="anchor")  # fmt: skip
    y = 0.0
    cells = data.set_index(["indicator_id", "doc_id"])["status"]
    for kind, text, height in rows:
        middle = y - height / 2
        if kind == "theme":
            axes.text(0, middle - 0.4, theme_name(text, language), fontsize=7.5, va="center",
                      color="#1F4E4A")  # fmt: skip
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
    square = {"marker": "s", "markersize": 4.2, "linestyle": "", "markeredgewidth": 0.7}
    dark = "#1F4E4A"
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
    denominators: pd.DataFrame,
    *,
    column: str = "population",
    per: float = 10_000,
    language: str = "zh",
) -> tuple[Figure, pd.DataFrame]:
    """Targets in which a denominator changes the order of the plans: before and after.

    Returns
    -------
    Figure, DataFrame
        One small slope chart for each such indicator, and the rows of `per_denominator` drawn,
        with the name of the indicator.

    Raises
    ------
    PlanError
        The denominator changes no order.
    """
    figures = per_denominator(comparisons, denominators, column=column, per=per)
    known = figures[figures["denominator"].notna()]
    ranked = known[known.groupby("indicator_id")["doc_id"].transform("size") >= 2]
    changed = _by_theme(changed_order(ranked))
    if not changed:
        raise PlanError(f"{column} changes no order", "read the table of per_denominator instead")
    data = ranked[ranked["indicator_id"].isin(changed)].copy()
    data.insert(1, "name", data["indicator_id"].map(indicator_name))
    rows = -(-len(changed) // 3)
    figure = style.new_figure(26 * rows + 40)
    grid = figure.subplots(rows, 3, squeeze=False).ravel()
    names = county_name(documents, language)
    looks = style.county_looks(documents["doc_id"])
    resident = "" if (column, per) == ("population", 10_000) else "_other"
    heads = [text_for(k, language) for k in ("raw", f"per{resident or '_resident'}")]
    for axes, indicator_id in zip(grid, changed, strict=False):
        part = data[data["indicator_id"] == indicator_id]
        _draw_slope(axes, indicator_id, part, (looks, names, heads), language)
    for axes in grid[len(changed) :]:
        axes.set_axis_off()
    blank = sorted(set(documents["doc_id"]) - set(known["doc_id"]))
    listed = text_for("plan_list_mark", language).join(names[blank]) or text_for(
        "none_blank", language
    )
    title = text_for(
        f"order_title{resident}", language, n=ranked["indicator_id"].nunique(), k=len(changed)
    )
    subtitle = text_for(
        f"order_subtitle{resident}", language, blank=listed, column=column,
        year=years(documents), source=_source(denominators, language),
    )  # fmt: skip
    style.frame(figure, title, subtitle, documents, language=language)
    return figure, data


def _source(denominators: pd.DataFrame, language: str) -> str:
    """Year and basis of the denominators, where their table names them."""
    columns = [c for c in ("year", "basis") if c in denominators]
    known = denominators[columns].dropna().astype("str").drop_duplicates()
    return text_for("plan_list_mark", language).join(known.agg(" ".join, axis=1) if columns else [])


def _by_theme(ids: list[str]) -> list[str]:
    themes = {t: n for n, t in enumerate([*theme_names(), ""])}
    return sorted(ids, key=lambda i: (themes[split_id(i)[0].theme], i))


def _draw_slope(
    axes: Axes, indicator_id: str, part: pd.DataFrame, looks: tuple, language: str
) -> None:
    """Draw one indicator: ranks by the number on the left, by the quotient on the right."""
    concept, _ = split_id(indicator_id)
    factor = unit_factor(concept.unit)
    ties = {"rank_raw": _spread(part["rank_raw"]), "rank_per": _spread(part["rank_per"])}
    for k, row in enumerate(part.itertuples()):
        colour, marker = looks[0][row.doc_id]
        ends = [ties["rank_raw"][k], ties["rank_per"][k]]  # of the labels: the marks of a tie meet
        axes.plot(
            [0, 1],
            [row.rank_raw, row.rank_per],
            marker=marker,
            color=colour,
            markersize=4.2,
            linewidth=1.1,
        )
        sign = BOUND_SIGNS.get(row.bound, "")
        left = f"{looks[1][row.doc_id]} {sign}{row.value_low / factor:,.5g}"
        axes.text(-0.09, ends[0], left, fontsize=7.5, ha="right", va="center_baseline")
        right = sign + _two_figures(row.per_low / factor)
        axes.text(1.09, ends[1], right, fontsize=7.5, ha="left", va="center_baseline")
    unit = concept.unit if language == "zh" else concept.unit_en
    name = indicator_name(indicator_id, language)
    name = f"{name}（{unit}）" if language == "zh" else f"{name} ({unit})"
    axes.set_title(style.wrap(name, 36), fontsize=7.5, loc="left", linespacing=1.1)
    axes.set(xlim=(-1.05, 1.5), ylim=(len(part) + 0.6, 0.5), yticks=[])
    axes.set_xticks([0, 1], looks[2], fontsize=7.5)
    axes.tick_params(length=0, pad=0)
    for side in axes.spines.values():
        side.set_visible(False)


def _two_figures(value: float) -> str:
    """Return a number to two significant figures, without an exponent."""
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


def _spread(ranks: pd.Series) -> list[float]:
    """Ranks with ties moved apart by a third, so that both of their labels can be read."""
    seen: dict[int, int] = {}
    places = []
    for rank in ranks:
        places.append(rank + 0.38 * seen.get(rank, 0))
        seen[rank] = seen.get(rank, 0) + 1
    return places
