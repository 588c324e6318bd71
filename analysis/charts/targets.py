"""Ladders: comparable targets of several plans, one small axis for each indicator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from analysis import load
from analysis.charts import style
from analysis.charts.chart import Chart, once
from analysis.errors import PlanError
from analysis.lexicon import theme_names
from analysis.targets.coverage import STATUSES, read_coverage
from analysis.targets.gaps import Gap, widest_gaps
from analysis.targets.indicators import indicator_name, split_id, unit_factor
from analysis.wording import (
    BOUND_SIGNS,
    LANGUAGES,
    RANGE,
    county_name,
    note_kind,
    text_for,
    theme_name,
    years,
)

MISSING = STATUSES[1:]
_LINE, _TICKS, _NAME = 3.5, 4.3, 3.6  # mm
_DETAIL = 12  # columns of a note that fits beside its figure


@dataclass(frozen=True)
class Row:
    """An indicator of the chart: its plans, the texts beside its axis, its height in mm."""

    part: pd.DataFrame
    label: str
    missing: str
    height: float


@dataclass(frozen=True)
class Places:
    """Places across the page, in mm from the left: names, axis, who is missing, and how wide."""

    names: float
    axis: tuple[float, float]
    missing: float
    name_width: int  # half-width columns
    missing_width: int  # the same


_FULL = Places(2.3, (47.0, 107.0), 122.0, 32, 24)
_NARROW = Places(1.2, (3.0, 64.0), 1.2, 50, 50)  # names above their axis, who is missing below


def places() -> Places:
    """Places for the width that is being drawn."""
    return _NARROW if style.is_narrow() else _FULL


def _label(indicator_id: str, language: str) -> str:
    """Name of an indicator with the unit of its axis, wrapped to the column of names."""
    concept, _ = split_id(indicator_id)
    unit = concept.unit if language == "zh" else concept.unit_en
    name = indicator_name(indicator_id, language)
    unit = f"（{unit}）" if language == "zh" else f" ({unit})"
    width = places().name_width - (0 if language == "zh" else 2)
    text = style.wrap(name, width)
    last = text.rsplit("\n", maxsplit=1)[-1]
    fits = "\n" not in style.wrap(last + unit, width)
    return text + unit if fits else f"{text}\n{unit.strip()}"


def row_height(label: str, missing: str, n_stated: int) -> float:
    """Height in mm of an indicator's row: its plans' lines and its axis, or the texts beside it."""
    names, gone = (text.count("\n") + 1 if text else 0 for text in (label, missing))
    band = n_stated * _LINE + _TICKS
    if style.is_narrow():
        return band + _above(names) + gone * _NAME
    return max(band, max(names, gone) * _NAME + 2.0)


def _above(lines: int) -> float:
    """Height in mm that a name takes above its axis."""
    return lines * _NAME + 1.5


def describe_missing(part: pd.DataFrame, names: pd.Series, language: str) -> str:
    """How each plan without a comparable number of an indicator does, and notes too long for it."""
    comma, stop, colon = "、；：" if language == "zh" else (", ", "; ", ": ")
    told = []
    for status in MISSING:
        plans = part.loc[part["status"].eq(status) & part["low"].isna(), "doc_id"]
        if len(plans):
            who = comma.join(names[d] for d in plans)
            told.append(who + colon + text_for(f"status_{status}", language))
    if language == "zh":
        told += [
            names[row.doc_id] + text_for("ladder_note", language) + colon + row.detail
            for row in part[part["note"].ne("")].itertuples()
            if not _is_short(row.detail)
        ]
    return style.wrap(stop.join(told), places().missing_width)


def draw_row(
    figure: Chart, row: Row, edge: float, looks: dict, names: pd.Series, language: str
) -> None:
    """Draw one indicator: its name, its axis with a line per plan, and who is missing."""
    width, height = (v * 25.4 for v in figure.get_size_inches())
    stated = row.part[row.part["low"].notna()].sort_values(
        ["high", "low"], ascending=False, kind="stable"
    )
    stated = stated.iloc[style.own_first(stated["doc_id"])]
    band = len(stated) * _LINE
    narrow = style.is_narrow()
    top = edge - (_above(row.label.count("\n") + 1) if narrow else 0)
    middle = (edge - row.height / 2) / height
    across = places()
    figure.text(
        across.names / width, (edge - 1) / height if narrow else middle, row.label,
        fontsize=7.5, linespacing=1.15, va="top" if narrow else "center",
    )  # fmt: skip
    left, right = across.axis
    axes = figure.add_axes(
        (left / width, (top - band) / height, (right - left) / width, band / height)
    )
    _style_axis(axes, stated, language)
    for line, value in enumerate(stated.itertuples()):
        _draw_value(axes, value, line, (looks, names), language)
    below = (top - band - _TICKS + 0.6) / height
    figure.text(
        across.missing / width, below if narrow else middle, row.missing, fontsize=7.5,
        color=style.FAINT, linespacing=1.15, va="top" if narrow else "center",
    )  # fmt: skip
    foot = (edge - row.height + 0.4) / height
    figure.add_artist(
        Line2D(
            [across.names / width, 1 - 0.5 / width], [foot, foot], color="#E3E3E3", linewidth=0.4
        )
    )


def _style_axis(axes: Axes, stated: pd.DataFrame, language: str) -> None:
    high = float(stated["high"].max())
    whole = stated["axis_unit"].iloc[0] == "%" and high <= 100
    axes.set(xlim=(0, 104 if whole else high * 1.04), ylim=(len(stated) - 0.36, -0.5), yticks=[])
    ticks = [0, 50, 100] if whole else MaxNLocator(3, steps=[1, 2, 5, 10]).tick_values(0, high)
    axes.set_xticks([t for t in ticks if 0 <= t <= axes.get_xlim()[1]])
    axes.xaxis.set_major_formatter(
        FuncFormatter(lambda v, _: _number(v) if language == "zh" else f"{v:,.6g}")
    )
    axes.tick_params(axis="x", labelsize=7.5, length=1.5, width=0.5, pad=1)
    axes.spines["left"].set_linewidth(0.5)
    axes.spines["bottom"].set_linewidth(0.5)


def _draw_value(axes: Axes, row: Any, line: int, looks: tuple, language: str) -> None:
    """Draw one county's number: guide, marker, arrow for a bound, bar for a range, label."""
    colour, marker = looks[0][row.doc_id]
    axes.plot([0, row.high], [line, line], color="#D5D5D5", linewidth=0.7, zorder=1)
    if row.high > row.low:
        axes.plot([row.low, row.high], [line, line], color=colour, linewidth=2.6, zorder=2)
    axes.plot(
        [row.low, row.high], [line, line], marker=marker, color=colour, markersize=4.4,
        linestyle="", zorder=3, clip_on=False,
    )  # fmt: skip
    arrow = {"ge": 9, "le": -9}.get(row.bound, 0)
    if arrow:
        axes.annotate(
            "", (row.low, line), (arrow, 0), textcoords="offset points", annotation_clip=False,
            arrowprops={"arrowstyle": "<|-,head_length=0.22,head_width=0.13", "color": colour,
                        "linewidth": 0.8, "shrinkA": 0, "shrinkB": 0},
        )  # fmt: skip
    label = _value_label(row, looks[1], language)
    right = _label_right(row.low / axes.get_xlim()[1], row.high / axes.get_xlim()[1], label)
    gap = 5 + (6 if (arrow > 0) == right and arrow else 0)
    axes.annotate(
        label, (row.high if right else row.low, line),
        (gap if right else -gap, 0), textcoords="offset points", fontsize=7.5,
        ha="left" if right else "right", va="center_baseline", annotation_clip=False, zorder=4,
        bbox={"boxstyle": "square,pad=0.08", "facecolor": "white", "edgecolor": "none"},
    )  # fmt: skip


def _label_right(low: float, high: float, label: str) -> bool:
    """Say whether a label stands at the right of its mark, which takes this part of the axis."""
    (left, right), gap = places().axis, 6 if style.is_narrow() else 14
    wide = style.columns(label) * 7.5 / 2 * 25.4 / 72
    at_left, at_right = low * (right - left), (1 - high) * (right - left) + gap
    return high <= 0.5 or at_left < wide <= at_right


def _value_label(row: Any, names: pd.Series, language: str) -> str:
    """County, bound, number and task number; the plan's own unit in Chinese, the axis's else.

    At half the width the marker alone says which county it is.
    """
    county = "" if style.is_narrow() else f"{names[row.doc_id]} "
    number = f"{int(row.task_no):02d}"
    label = county + _value(row, language)
    label += f"（{number}）" if language == "zh" else f" ({number})"
    return label + (f" [{_note(row, language)}]" if row.note else "")


def _note(row: Any, language: str) -> str:
    """Note beside a number: the plan's words where they are few; their kind in English."""
    if language == "zh":
        return row.detail if _is_short(row.detail) else text_for("ladder_note", language)
    return note_kind(row.note, language)


def _is_short(detail: str) -> bool:
    return "\n" not in style.wrap(detail, _DETAIL)


def _value(row: Any, language: str) -> str:
    """Bound and number; in Chinese in the plan's own unit, else in that of the axis."""
    glyph = BOUND_SIGNS.get(row.bound, "")
    zh = language == "zh"
    ends = (row.value_low, row.value_high) if zh else (row.low, row.high)
    texts = [_number(v) if zh else f"{v:,.5g}" for v in ends]
    number = texts[0] if ends[0] == ends[1] else RANGE[language].join(texts)
    return f"{glyph}{number}{row.unit if zh or row.axis_unit == '%' else ''}"


def _number(value: float) -> str:
    """Return a number as the plans print it, with 万 and 亿."""
    for size, word in ((1e8, "亿"), (1e4, "万")):
        if value >= size:
            return f"{value / size:.6g}{word}"
    return f"{value:.6g}"


_MAX_HEIGHT = 200.0  # mm
_HEAD, _LEGEND = 2.0, 6.0  # mm


@once
def tabulate_ladder(
    documents: pd.DataFrame,
    tasks: pd.DataFrame,
    quantities: pd.DataFrame,
    comparisons: pd.DataFrame,
) -> pd.DataFrame:
    """One row per comparable indicator and plan: the number, or how it is missing.

    Returns
    -------
    DataFrame
        indicator_id, name, theme, doc_id, status (`coverage.STATUSES`), value_low and value_high
        (as printed), unit, bound, low and high (in `axis_unit`), axis_unit, task_no, quantity_id,
        task_id, n_plans (with a comparable figure), year, note and detail. Where an indicator can
        be compared in several years, the last of them.
    """
    shown = comparisons[comparisons["comparable"]]
    shown = shown[shown["year"].eq(shown.groupby("indicator_id")["year"].transform("max"))]
    cover = read_coverage(comparisons, quantities, tasks, documents)
    cover = cover[cover["indicator_id"].isin(shown["indicator_id"])]
    table = cover[["indicator_id", "doc_id", "status", "task_id"]].merge(
        shown, on=["indicator_id", "doc_id"], how="left", validate="one_to_one"
    )
    table = table.merge(tasks[["task_id", "task_no"]], on="task_id", how="left")
    concepts = {i: split_id(i)[0] for i in table["indicator_id"].unique()}
    order = {i: n for n, i in enumerate(_by_theme(concepts))}
    factor = table["indicator_id"].map({i: unit_factor(c.unit) for i, c in concepts.items()})
    table["low"] = table["value_base_low"] / factor
    table["high"] = table["value_base_high"] / factor
    table["axis_unit"] = table["indicator_id"].map({i: c.unit for i, c in concepts.items()})
    table["theme"] = table["indicator_id"].map({i: c.theme for i, c in concepts.items()})
    table["name"] = table["indicator_id"].map(indicator_name)
    table["n_plans"] = table.groupby("indicator_id")["low"].transform("count")
    columns = ["indicator_id", "name", "theme", "doc_id", "status", "value_low", "value_high",
        "unit", "bound", "low", "high", "axis_unit", "task_no", "quantity_id", "task_id",
        "n_plans", "year", "note", "detail"]  # fmt: skip
    table = table.fillna({"note": "", "detail": ""})
    table = table.assign(place=table["indicator_id"].map(order)).sort_values(["place", "doc_id"])
    return table[columns].reset_index(drop=True)


def _by_theme(concepts: dict) -> list[str]:
    """Indicator ids in the order of themes, then of the lexicon (ids of one concept by name)."""
    themes = {t: n for n, t in enumerate([*theme_names(), ""])}
    lexicon = {c.indicator_id: n for n, c in enumerate(dict.fromkeys(concepts.values()))}
    return sorted(
        concepts, key=lambda i: (themes[concepts[i].theme], lexicon[concepts[i].indicator_id], i)
    )


def has_ladder(theme: str, _documents: pd.DataFrame) -> bool:
    """Say whether two indicators of a theme can be compared: one is a sentence and no chart."""
    comparisons = load.table("comparisons")
    ids = comparisons.loc[comparisons["comparable"], "indicator_id"].unique()
    return sum(split_id(i)[0].theme == theme for i in ids) > 1


def draw_ladder(
    documents: pd.DataFrame,
    tasks: pd.DataFrame,
    quantities: pd.DataFrame,
    comparisons: pd.DataFrame,
    *,
    theme: str | None = None,
    top: int = 12,
    page: int = 1,
    language: str = "zh",
) -> tuple[Chart, pd.DataFrame]:
    """Comparable targets of one theme, or the `top` best covered of all themes.

    What does not fit into the height of a page is drawn on the next (`page`); indicators whose
    numbers are all equal are told in a line of text on the first, where others are drawn.

    Every indicator has an axis of its own, from zero, in its own unit. A marker with an arrow is
    a lower or upper bound, a bar is a range; the label gives the plan's number and the number of
    its task. Of plans without a comparable number a text at the right says how it is missing.

    Returns
    -------
    Chart, DataFrame
        The chart, and the rows of `tabulate_ladder` that it draws.

    Raises
    ------
    PlanError
        Nothing can be compared, or all of it is on the pages before.
    """
    table = tabulate_ladder(documents, tasks, quantities, comparisons)
    if table.empty:
        raise PlanError("the plans give no comparable number", "compare two plans or more")
    while True:
        data = _select(table, theme, top)
        equal = _equal(data)
        # the same rows on the same page in every language
        sets = {one: _set(data, equal, documents, theme, one) for one in LANGUAGES}
        heights = [
            max(row.height for row in same)
            for same in zip(*(s.rows for s in sets.values()), strict=True)
        ]
        pages = _paginate(heights, min(s.room for s in sets.values()))
        if theme is not None or len(pages) == 1:
            break
        top = min(top, data["indicator_id"].nunique()) - 1  # the best covered take one page
    title, subtitle, rows, _ = sets[language]
    names = county_name(documents, language)
    looks = style.county_looks(documents["doc_id"])
    if page > len(pages):
        raise PlanError("all fits on the page before", "draw the first alone", task=theme or "")
    if len(pages) > 1:
        title += ("" if language == "zh" else " ") + text_for(
            "page_of", language, page=page, pages=len(pages)
        )
    rows = [rows[k] for k in pages[page - 1]]
    room = _room(title, subtitle, documents, language)
    figure = style.new_figure(sum(row.height for row in rows) + room)
    figure.pages = len(pages)
    style.frame(figure, title, subtitle, documents, language=language, grow=False)
    edge = _head(figure, looks, names)
    for row in rows:
        draw_row(figure, row, edge, looks, names, language)
        edge -= row.height
    parts = [row.part for row in rows] + ([data[equal]] if page == 1 else [])
    return figure, data.loc[pd.concat(parts).index.sort_values()].reset_index(drop=True)


class _Set(NamedTuple):
    """Words and rows of the chart in one language, and the height in mm that the rows may take."""

    title: str
    subtitle: str
    rows: list[Row]
    room: float


def _set(
    data: pd.DataFrame, equal: pd.Series, documents: pd.DataFrame, theme: str | None, language: str
) -> _Set:
    names = county_name(documents, language)
    title, subtitle = _words(data, names, documents, theme, language)
    subtitle += _tell_equal(data[equal], language)
    rows = _rows(data[~equal], names, language)
    return _Set(title, subtitle, rows, _MAX_HEIGHT - _room(title, subtitle, documents, language))


def _tell_equal(data: pd.DataFrame, language: str) -> str:
    """Words for indicators of which all plans give one number."""
    told = data[data["low"].notna()].drop_duplicates("indicator_id")
    if told.empty:
        return ""
    rows = [
        f"{indicator_name(r.indicator_id, language)} {_value(r, language)}"
        for r in told.itertuples()
    ]
    return text_for("ladder_equal", language, rows=("；" if language == "zh" else "; ").join(rows))


def _equal(data: pd.DataFrame) -> pd.Series:
    """Whether all plans give a row's indicator the same number, of one scope and bound.

    False for all where nothing else would be drawn.
    """
    stated = data[data["low"].notna()]
    kinds = stated.drop_duplicates(["indicator_id", "low", "high", "bound", "note"])
    same = kinds.groupby("indicator_id").size().eq(1)
    same &= kinds.groupby("indicator_id")["note"].first().eq("")
    return data["indicator_id"].map(same if not same.all() else ~same)


def _rows(data: pd.DataFrame, names: pd.Series, language: str) -> list[Row]:
    rows = []
    for indicator_id, part in data.groupby("indicator_id", sort=False):
        label = _label(indicator_id, language)
        missing = describe_missing(part, names, language)
        height = row_height(label, missing, int(part["low"].count()))
        rows.append(Row(part, label, missing, height))
    return rows


def _paginate(heights: list[float], room: float) -> list[list[int]]:
    """Positions of the rows of each page: as few pages as will do, about equally full."""
    wanted = max(1, -(-int(sum(heights)) // int(room)))
    while True:
        share = sum(heights) / wanted
        pages: list[list[int]] = [[]]
        full = 0.0
        for k, height in enumerate(heights):
            if pages[-1] and (full + height > room or full >= share) and len(pages) <= wanted:
                pages.append([])
                full = 0.0
            pages[-1].append(k)
            full += height
        if all(sum(heights[k] for k in page) <= room for page in pages) or wanted > len(heights):
            return pages
        wanted += 1


def _select(data: pd.DataFrame, theme: str | None, top: int) -> pd.DataFrame:
    """Rows of a theme, or of the indicators that most plans give numbers for."""
    if theme is not None:
        kept = data["theme"] == theme
        if not kept.any():
            themes = "、".join(data["theme"].unique())
            raise PlanError(f"nothing comparable under {theme}", f"one of: {themes}")
        return data[kept]
    first = data.drop_duplicates("indicator_id")
    best = first.sort_values("n_plans", ascending=False, kind="stable").head(top)
    return data[data["indicator_id"].isin(best["indicator_id"])]


def _room(title: str, subtitle: str, documents: pd.DataFrame, language: str) -> float:
    """Height in mm of all but the rows: what the frame takes is known once its texts are set."""
    trial = style.new_figure(_MAX_HEIGHT)
    style.frame(trial, title, subtitle, documents, language=language, grow=False)
    left = trial.rect[3]
    legend = _LEGEND * -(-len(documents) // _per_line())
    return (1 - left) * _MAX_HEIGHT + _HEAD + legend


def _words(
    data: pd.DataFrame, names: pd.Series, documents: pd.DataFrame, theme: str | None, language: str
) -> tuple[str, str]:
    """Title and subtitle: how much can be compared, and where the plans lie furthest apart."""
    stated = data[data["low"].notna()]
    clean = stated[stated["note"] == ""]
    gaps = widest_gaps(clean)
    gap = gaps[0] if gaps else None
    facts: dict[str, object] = {
        "theme": theme_name(theme or "", language),
        "n": data["indicator_id"].nunique(),
        "most": int(data["n_plans"].max()),
        "plans": len(documents),
        "name": indicator_name(gap.indicator_id if gap else data["indicator_id"].iloc[0], language),
    }
    if gap:
        facts["gap"] = _tell_gap(gap, names, language, ties=len(gaps))
    key = "ladder_theme" if theme is not None else "ladder_all"
    if facts["n"] == 1:
        key = "ladder_one"
    elif theme is None and facts["most"] == facts["plans"]:
        key = "ladder_full"
    equal = clean.groupby("indicator_id")["low"].nunique().eq(1).all() and len(clean) == len(stated)
    key += "" if gap else "_equal" if equal else "_plain"
    return text_for(key, language, **facts), _explain(data, documents, language)


def _explain(data: pd.DataFrame, documents: pd.DataFrame, language: str) -> str:
    """Subtitle: what the axes and labels are, and what of the signs below is drawn at all."""
    stated = data[data["low"].notna()]
    signs = {
        "bound": stated["bound"].isin(["ge", "le"]).any(),
        "range": stated["low"].lt(stated["high"]).any(),
        "approx": stated["bound"].eq("approx").any(),
        "missing": len(stated) < len(data),
        "notes": stated["note"].ne("").any(),
    }
    told = [text_for("ladder_subtitle", language, year=years(documents, language), k=len(stated))]
    told += [text_for(f"ladder_{sign}", language) for sign, drawn in signs.items() if drawn]
    return ("；" if language == "zh" else "; ").join(told)


def _tell_gap(gap: Gap, names: pd.Series, language: str, *, ties: int) -> str:
    """Words for a gap between two plans: exact, or what the bounds leave of it; or a tie of gaps.

    The smaller of two plans with the least number may share it with others: any of them will do.
    """
    number = f"{gap.ratio:,.0f}" if gap.ratio >= 10 else f"{gap.ratio:.2g}"
    told = text_for(
        f"gap_{gap.kind}", language, low=names[gap.low], high=names[gap.high], ratio=number
    )
    return told if ties == 1 else text_for("gap_ties", language, gap=told, k=ties)


def _head(figure: Chart, looks: dict, names: pd.Series) -> float:
    """Draw the legend; return the upper edge of the first row in mm from below."""
    height = figure.get_size_inches()[1] * 25.4
    _, y0, _, tall = figure.rect
    figure.set_layout_engine("none")
    handles = [
        style.legend_entry(look, names[doc_id], markersize=5) for doc_id, look in looks.items()
    ]
    figure.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(0.01, y0), ncols=_per_line(),
        frameon=False, fontsize=7.5, handletextpad=0.1, columnspacing=1.2, borderpad=0,
    )  # fmt: skip
    return (y0 + tall) * height - _HEAD


def _per_line() -> int:
    """Counties in a line of the legend."""
    return 3 if style.is_narrow() else 7
