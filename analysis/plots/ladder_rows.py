"""One row of a ladder: an indicator's name, its axis with a line per county, and who is missing."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from analysis.coverage import STATUSES
from analysis.indicators import indicator_name, split_id
from analysis.plots import style

MISSING = STATUSES[1:]
_LINE, _TICKS, _NAME = 3.15, 4.1, 2.9  # mm
_MARK = 2.6  # mm from mark to mark of the missing


@dataclass(frozen=True)
class Places:
    """Places across the page, in mm from the left: names, axis, the columns of what is missing."""

    names: float
    axis: tuple[float, float]
    columns: tuple[float, ...]
    name_width: int  # half-width columns


_FULL = Places(1.5, (45.0, 104.0), (113.0, 123.5, 134.0, 144.5, 155.0), 32)
_NARROW = Places(1.5, (3.0, 46.0), (50.5, 56.5, 62.5, 68.5, 74.5), 64)  # names above their axis


def places() -> Places:
    """Places for the width that is being drawn."""
    return _NARROW if style.is_narrow() else _FULL


def _label(indicator_id: str, language: str) -> str:
    """Name of an indicator with the unit of its axis, wrapped to the column of names."""
    concept, _ = split_id(indicator_id)
    unit = concept.unit if language == "zh" else concept.unit_en
    name = indicator_name(indicator_id, language)
    unit = f"（{unit}）" if language == "zh" else f" ({unit})"
    width = places().name_width + (0 if language == "zh" else 4)
    text = style.wrap(name, width)
    last = text.rsplit("\n", maxsplit=1)[-1]
    fits = "\n" not in style.wrap(last + unit, width)
    return text + unit if fits else f"{text}\n{unit.strip()}"


def row_height(indicator_id: str, part: pd.DataFrame, language: str) -> float:
    """Height in mm of an indicator's row: its counties' lines and its axis, or its name."""
    lines = _label(indicator_id, language).count("\n") + 1
    band = int(part["low"].count()) * _LINE + _TICKS
    return band + _above(lines) if style.is_narrow() else max(band, lines * _NAME + 2.0)


def _above(lines: int) -> float:
    """Height in mm that a name takes above its axis."""
    return lines * _NAME + 1.5


def draw_row(
    figure: Figure, indicator_id: str, part: pd.DataFrame, place: tuple, looks: tuple, language: str
) -> None:
    """Draw one indicator: its name, its axis with a line per county, and who is missing."""
    width, height = (v * 25.4 for v in figure.get_size_inches())
    edge, tall = place
    stated = part[part["low"].notna()]
    band = len(stated) * _LINE
    label = _label(indicator_id, language)
    top = edge - (_above(label.count("\n") + 1) if style.is_narrow() else 0)
    middle = (top - band / 2) / height
    across = places()
    figure.text(
        across.names / width, (edge - 1) / height if style.is_narrow() else middle, label,
        fontsize=6.8 if language == "zh" else 6.4, linespacing=1.15,
        va="top" if style.is_narrow() else "center",
    )  # fmt: skip
    left, right = across.axis
    axes = figure.add_axes(
        (left / width, (top - band) / height, (right - left) / width, band / height)
    )
    _style_axis(axes, stated)
    for line, row in enumerate(stated.itertuples()):
        _draw_value(axes, row, line, looks, language)
    for status, left, right in zip(MISSING, across.columns, across.columns[1:], strict=False):
        plans = part.loc[part["status"].eq(status) & part["low"].isna(), "doc_id"]
        _draw_missing(figure, plans, (left, right), middle, looks[0])
    foot = (edge - tall + 0.4) / height
    figure.add_artist(
        Line2D(
            [across.names / width, 1 - 0.5 / width], [foot, foot], color="#E3E3E3", linewidth=0.4
        )
    )


def _style_axis(axes: Axes, stated: pd.DataFrame) -> None:
    high = float(stated["high"].max())
    whole = stated["axis_unit"].iloc[0] == "%" and high <= 100
    axes.set(xlim=(0, 104 if whole else high * 1.04), ylim=(len(stated) - 0.36, -0.5), yticks=[])
    ticks = [0, 50, 100] if whole else MaxNLocator(3, steps=[1, 2, 5, 10]).tick_values(0, high)
    axes.set_xticks([t for t in ticks if 0 <= t <= axes.get_xlim()[1]])
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:,.6g}"))
    axes.tick_params(axis="x", labelsize=6, length=1.5, width=0.5, pad=1)
    axes.spines["left"].set_linewidth(0.5)
    axes.spines["bottom"].set_linewidth(0.5)


def _draw_value(axes: Axes, row: object, line: int, looks: tuple, language: str) -> None:
    """Draw one county's figure: guide, marker, arrow for a bound, bar for a range, label."""
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
    right = row.high <= 0.5 * axes.get_xlim()[1]
    gap = 5 + (6 if (arrow > 0) == right and arrow else 0)
    axes.annotate(
        _value_label(row, looks[1], language), (row.high if right else row.low, line),
        (gap if right else -gap, 0), textcoords="offset points", fontsize=6.2,
        ha="left" if right else "right", va="center_baseline", annotation_clip=False, zorder=4,
        bbox={"boxstyle": "square,pad=0.08", "facecolor": "white", "edgecolor": "none"},
    )  # fmt: skip


def _value_label(row: object, names: pd.Series, language: str) -> str:
    """County, bound, figure and task number; the plan's own unit in Chinese, the axis's else.

    At half the width the marker alone says which county it is.
    """
    glyph = style.BOUND_SIGNS.get(row.bound, "")
    zh = language == "zh"
    ends = (row.value_low, row.value_high) if zh else (row.low, row.high)
    texts = [_number(v) if zh else f"{v:,.5g}" for v in ends]
    figure = texts[0] if ends[0] == ends[1] else "–".join(texts)
    unit = row.unit if zh or row.axis_unit == "%" else ""
    county = "" if style.is_narrow() else f"{names[row.doc_id]} "
    return f"{county}{glyph}{figure}{unit} ({int(row.task_no):02d})"


def _number(value: float) -> str:
    """Return a number as the plans print it, with 万 and 亿."""
    for size, word in ((1e8, "亿"), (1e4, "万")):
        if value >= size:
            return f"{value / size:.6g}{word}"
    return f"{value:.6g}"


def _draw_missing(
    figure: Figure, plans: pd.Series, column: tuple[float, float], middle: float, looks: dict
) -> None:
    """Draw a hollow mark for every county whose figure is missing in one way."""
    width, height = (v * 25.4 for v in figure.get_size_inches())
    beside = int((column[1] - column[0]) // _MARK)
    lines = -(-len(plans) // beside)
    for k, doc_id in enumerate(plans):
        colour, marker = looks[doc_id]
        x = sum(column) / 2 + (k % beside - (min(len(plans), beside) - 1) / 2) * _MARK
        y = middle * height + ((lines - 1) / 2 - k // beside) * _MARK
        figure.add_artist(
            Line2D([x / width], [y / height], marker=marker, markersize=3.8, linestyle="",
                   markerfacecolor="none", markeredgecolor=colour, markeredgewidth=0.8)
        )  # fmt: skip
