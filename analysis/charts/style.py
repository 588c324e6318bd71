"""One look for every chart: Chinese font, county colours, title, subtitle, source line."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib import font_manager
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.transforms import blended_transform_factory

from analysis import load
from analysis.charts.chart import Chart
from analysis.errors import PlanError
from analysis.study import current
from analysis.wording import county_name, join_names, text_for, theme_name

FONT = "Noto Sans SC"
FULL_WIDTH = 156  # mm, the type area of GB/T 9704
HALF_WIDTH = 75
INK, FAINT, DARK = "#222222", "#6B6B6B", "#1F4E4A"
# Ordered from dark to light, so that counties stay apart in grey print; each has a marker as well.
_COLOURS = ("#12355B", "#7B2D8B", "#C0472F", "#35B0A1", "#E9B44C", "#5C677D", "#9BC53D", "#F4A6B8")
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")


@cache
def use_font() -> str:
    """Register the bundled Chinese font with matplotlib and return its name.

    The font file comes with the package zhplot (Noto Sans SC, SIL Open Font License); the package
    is found but not imported, because its import changes matplotlib's settings.

    Raises
    ------
    PlanError
        The font is not installed.
    """
    spec = importlib.util.find_spec("zhplot")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    for folder in folders:
        path = Path(folder) / "fonts" / "NotoSansSC-Regular.ttf"
        if path.is_file():
            font_manager.fontManager.addfont(path)
            return FONT
    raise PlanError("the Chinese font is missing", "install the package zhplot (`make setup`)")


def set_style() -> None:
    """Set the project's look for all charts drawn after it."""
    mpl.rcParams.update(
        {
            # seaborn's style "ticks", without its import of a second: only its heat map is drawn.
            "font.family": [use_font()],
            "font.size": 9.6,
            "axes.axisbelow": True,
            "axes.labelsize": 9.6,
            "axes.titlesize": 9.6,
            "axes.linewidth": 1.25,
            "grid.color": ".8",
            "grid.linewidth": 1,
            "legend.fontsize": 8.8,
            "legend.title_fontsize": 9.6,
            "lines.solid_capstyle": "round",
            "patch.edgecolor": "w",
            "patch.force_edgecolor": True,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.edgecolor": FAINT,
            "axes.labelcolor": INK,
            "axes.unicode_minus": False,
            "text.color": INK,
            "xtick.color": INK,
            "ytick.color": INK,
            "figure.dpi": 110,
            "savefig.dpi": 300,
            "svg.hashsalt": "county-plans",
            "svg.fonttype": "path",
            "pdf.fonttype": 42,
        }
    )
    ticks: Any
    for ticks in ("xtick", "ytick"):
        mpl.rc(ticks, labelsize=8.8)
        mpl.rc(ticks + ".major", size=6, width=1.25)
        mpl.rc(ticks + ".minor", size=4, width=1)


OTHERS = "#A6A6A6"  # of plans beside the one in focus


def county_looks(doc_ids: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Colour and marker of each plan, the same in every chart, however few plans it draws.

    Plans take their turn in the built tables, others after them.
    """
    drawn = sorted(set(doc_ids))
    ordered = list(dict.fromkeys([*_built_plans(current().processed), *drawn]))
    turns = [ordered.index(doc_id) for doc_id in drawn]
    return {
        doc_id: (
            OTHERS if is_other(doc_id, drawn) else _COLOURS[i % len(_COLOURS)],
            _MARKERS[i % len(_MARKERS)],
        )
        for doc_id, i in zip(drawn, turns, strict=True)
    }


@cache
def _built_plans(folder: Path) -> tuple[str, ...]:
    if not (folder / "documents.csv").is_file():
        return ()
    return tuple(sorted(load.table("documents", folder=folder)["doc_id"]))


def is_other(doc_id: str, doc_ids: Iterable[str]) -> bool:
    """Say whether a plan is drawn in grey, because another of these is in focus."""
    return _FOCUS.get() in doc_ids and doc_id != _FOCUS.get()


def own_first(doc_ids: Iterable[str]) -> list[int]:
    """Places of plans in the order given, with the one in focus moved to the head."""
    given = list(doc_ids)
    return sorted(range(len(given)), key=lambda place: given[place] != _FOCUS.get())


def name_ends(
    shares: pd.Series, names: pd.Series, key: str, language: str, *, spec: str = ".0%"
) -> dict[str, Any]:
    """Key and blanks of a title that names the plans with the largest and the smallest share.

    Plans whose shares print the same tie and are all named; where all do, the key ends in _equal,
    and of one plan in _one.
    """
    printed = shares.map(lambda share: format(share, spec))
    ends = {"most": shares.max(), "least": shares.min()}
    tied = {end: printed.eq(format(value, spec)) for end, value in ends.items()}
    form = "_one" if len(shares) == 1 else "_equal" if tied["most"].all() else ""
    blanks = {end: join_names(names[shares.index[tied[end]]], language) for end in ends}
    return {
        "key": key + form,
        "language": language,
        "high": ends["most"],
        "low": ends["least"],
    } | blanks


_FEWEST_COLUMNS = 4  # of a heat map: the cells of fewer are no wider


def heat_map(table: pd.DataFrame, axes: Axes, **options: Any) -> None:
    """Draw seaborn's heat map, each word black or white, whichever stands out in grey print.

    At half the width the words alone give the values: there is no room for a colour bar.
    """
    if is_narrow():
        options["cbar"] = False
    import seaborn as sns  # takes a second, and most charts need none of it

    sns.heatmap(table, ax=axes, **{"cmap": "Greens", "vmin": 0} | options)
    mesh = axes.collections[0]
    shown = ~np.ma.getmaskarray(np.ma.asarray(mesh.get_array())).ravel()
    for text, colour in zip(axes.texts, np.asarray(mesh.get_facecolor())[shown], strict=True):
        text.set_color("black" if _grey_luminance(colour) > 0.179 else "white")
    axes.set(xlabel="", ylabel="", xlim=(0, max(table.shape[1], _FEWEST_COLUMNS)))
    axes.tick_params(length=0)


def _grey_luminance(colour: np.ndarray) -> float:
    """Relative luminance of a colour printed grey: above 0.179 black has more contrast (WCAG 2.2).

    Grey is the luma of ITU-R BT.601, as printers and Pillow take it.
    """
    grey = float(colour[:3] @ (0.299, 0.587, 0.114))
    return grey / 12.92 if grey <= 0.04045 else ((grey + 0.055) / 1.055) ** 2.4


def legend_entry(look: tuple[str, str], label: str, **options: Any) -> Line2D:
    """Colour and marker of a plan, or of anything that stands for one, as a legend shows them."""
    colour, marker = look
    return Line2D([], [], color=colour, marker=marker, linestyle="", label=label, **options)


def legend_row(axes: Axes, handles: Sequence[Artist]) -> None:
    """Put a legend in a row of its own, or in as many as keep it within the page."""
    axes.axis("off")
    # a handle, its gaps and the room between columns take six millimetres
    wide = [columns(str(h.get_label())) * 7.5 * _POINT / 2 + 6 for h in handles]
    counts = range(len(handles), 1, -1)
    fits = (n for n in counts if sum(max(wide[k::n]) for k in range(n)) < 0.96 * _WIDTH.get())
    axes.legend(
        handles=list(handles), loc="upper center", ncols=next(fits, 1), frameon=False,
        fontsize=7.5, columnspacing=1.2, handlelength=1.4, handletextpad=0.5,
        # in the middle of the page, however wide the labels of the chart
        bbox_to_anchor=(0.5, 1),
        bbox_transform=blended_transform_factory(axes.figure.transFigure, axes.transAxes),
    )  # fmt: skip


def upright(name: str, language: str) -> str:
    """Name of a county as the head of a narrow column: a short Chinese one is read downwards."""
    return "\n".join(name) if language == "zh" and len(name) <= 4 else name


def write_beside(axes: Axes, place: tuple[float, float], text: str, offset: float = 20) -> None:
    """Write to the right of a place of a chart, ending `offset` points from it."""
    axes.annotate(
        text, place, (offset, 0), textcoords="offset points",
        ha="right", va="center", fontsize=7.5, annotation_clip=False,
    )  # fmt: skip


_WIDTH = ContextVar("width", default=FULL_WIDTH)
_THEME = ContextVar("theme", default="")
_SELECTED: ContextVar[tuple[str, ...]] = ContextVar("selected", default=())
_WHOLE = ContextVar("whole", default=0)
_FOCUS, _BARE = ContextVar("focus", default=""), ContextVar("bare", default=False)


@contextmanager
def drawing(
    *,
    width: float = FULL_WIDTH,
    theme: str = "",
    selected: tuple[str, ...] = (),
    whole: int = 0,
    focus: str = "",
    bare: bool = False,
) -> Iterator[None]:
    """Draw at another width (mm), and say that only one theme, or only some plans, are drawn.

    `whole` is how many plans they were drawn from, where nobody has selected them. The plan with
    the id `focus` has its colour and all others are grey; a `bare` chart has no title, subtitle and
    sources, which stand beside it.
    """
    given: list[tuple[ContextVar[Any], object]] = [
        (_WIDTH, width),
        (_THEME, theme),
        (_SELECTED, selected),
        (_WHOLE, whole),
        (_FOCUS, focus),
        (_BARE, bare),
    ]
    tokens = [(v, v.set(to)) for v, to in given]
    try:
        yield
    finally:
        for variable, token in tokens:
            variable.reset(token)


def is_narrow() -> bool:
    """Say whether charts are drawn at half the width."""
    return _WIDTH.get() < FULL_WIDTH


def new_figure(height: float, **layout: Any) -> Chart:
    """Return an empty chart in the project's look and width; height in millimetres."""
    set_style()
    size = (_WIDTH.get() / 25.4, height / 25.4)
    return Chart(figsize=size, layout="constrained", **layout)


# Point sizes of title, subtitle and source line; a point is 0.353 mm.
_SIZES = (11, 8, 7.5)
_POINT = 25.4 / 72


def frame(
    figure: Chart,
    title: str,
    subtitle: str,
    documents: pd.DataFrame,
    *,
    language: str = "zh",
    grow: bool = True,
) -> Chart:
    """Put title (the finding), subtitle (measure, unit, n, year) and source line on a chart.

    Heights are given for the full width; where texts take more lines, the chart grows by them.
    """
    width, height = (v * 25.4 for v in figure.get_size_inches())
    if _THEME.get():
        theme = theme_name(_THEME.get(), language)
        subtitle = text_for("selected_theme", language, theme=theme, rest=subtitle)
    if _SELECTED.get():
        counts = {"n": len(_SELECTED.get()), "whole": _WHOLE.get()}
        several = "selected_plans" if len(_SELECTED.get()) > 1 else "selected_plan"
        key = "sampled_plans" if _WHOLE.get() else several
        subtitle = text_for(key, language, **counts, rest=subtitle)
    texts = (title, subtitle, source_line(documents, language))
    figure.set_label("\n".join(texts))  # what is told beside a bare chart
    _grey_others(figure, county_name(documents, language))
    if _BARE.get():
        return figure
    lines, tall = _set_texts(texts, width)
    if grow and width < FULL_WIDTH:
        height += sum(tall) - sum(_set_texts(texts, FULL_WIDTH)[1])
        figure.set_size_inches(width / 25.4, height / 25.4)
    head, under, foot = lines
    top, bottom = tall[0] + tall[1] + 6, tall[2] + 4
    engine = figure.get_layout_engine()
    if isinstance(engine, ConstrainedLayoutEngine):
        engine.set(rect=(0.01, bottom / height, 0.98, 1 - (top + bottom) / height))
    places = (
        (head, 1 - 2 / height, "top", INK),
        (under, 1 - (3 + tall[0]) / height, "top", "#555555"),
        (foot, 1.5 / height, "bottom", "#555555"),
    )
    for (text, y, anchor, colour), size in zip(places, _SIZES, strict=True):
        figure.text(
            0.015, y, text, fontsize=size, va=anchor, ha="left", color=colour, linespacing=1.25
        )
    return figure


def _grey_others(figure: Figure, names: pd.Series) -> None:
    """Write the names of all counties but the one in focus in grey, where they are labels."""
    if _FOCUS.get() not in names.index:
        return
    others = tuple(names.drop(_FOCUS.get()))
    for text in figure.findobj(Text):
        if text.get_text().startswith(others):
            text.set_color(FAINT)


def _set_texts(texts: Sequence[str], width: float) -> tuple[list[str], list[float]]:
    """Wrap title, subtitle and source line to a width; return them and their heights, in mm."""
    # a half-width column is half a point size wide
    lines = [
        (_balance if size == max(_SIZES) else _fill)(text, 0.95 * width / (size * _POINT / 2))
        for text, size in zip(texts, _SIZES, strict=True)
    ]
    tall = [
        (1 + text.count("\n")) * size * _POINT * 1.45
        for text, size in zip(lines, _SIZES, strict=True)
    ]
    return lines, tall


# What a break in a line costs: a third of a line's length that it is off the mean, squared.
_AFTER_MARK, _BETWEEN_WORDS, _INSIDE = 0.0, 0.3, 0.8
_MARKS = "，。；：、,;:"


def _balance(text: str, width: float) -> str:
    """Break text into as few lines as `width` columns allow, of about one length and after marks.

    A break within brackets or quotation marks is the last choice.
    """
    pieces = _PIECE.findall(text)
    count = wrap(text, width).count("\n") + 1
    mean = columns(text) / count
    best: dict[int, tuple[float, list[str]]] = {0: (0.0, [])}
    for line in range(count):
        found: dict[int, tuple[float, list[str]]] = {}
        for start, (cost, lines) in best.items():
            for end in range(start + 1, len(pieces) + 1):
                words = "".join(pieces[start:end]).strip()
                if columns(words) > width:
                    break
                is_last = end == len(pieces)
                if is_last != (line == count - 1):
                    continue
                more = cost + (columns(words) / mean - 1) ** 2
                more += 0 if is_last else _price("".join(pieces[:end]), pieces[end])
                if end not in found or more < found[end][0]:
                    found[end] = (more, [*lines, words])
        best = found
    return "\n".join(best[len(pieces)][1]) if best else wrap(text, width)


def _price(before: str, after: str) -> float:
    """What it costs to break a line between these words."""
    if (
        after.startswith(("（", "("))
        or before.count("“") > before.count("”")
        or before.count("（") > before.count("）")
    ):
        return _INSIDE
    return _AFTER_MARK if before.rstrip()[-1:] in _MARKS else _BETWEEN_WORDS


def _fill(text: str, width: float) -> str:
    """Wrap text, a little narrower where its last line would else hold a word or two."""
    lines = wrap(text, width)
    for narrower in np.arange(width, width * 0.8, -1):
        tried = wrap(text, narrower)
        if tried.count("\n") > lines.count("\n"):
            break
        if columns(tried.rsplit("\n", 1)[-1]) >= width / 4:
            return tried
    return lines


def source_line(documents: pd.DataFrame, language: str = "zh") -> str:
    """Names and document numbers of the plans that a chart draws on."""
    names = county_name(documents, language)
    parts = [
        f"{names[d.doc_id]} {d.doc_number}" for d in documents.sort_values("doc_id").itertuples()
    ]
    return text_for("source", language, plans=("；" if language == "zh" else "; ").join(parts))


# Words, numbers with their unit, counties with their document numbers are not broken; no line
# begins with a mark that closes something, or ends with one that opens it.
_PIECE = re.compile(
    r"[（“‘【]*"
    r"(?:(?:[一-鿿]+ |[A-Z][a-z]+ )?[一-鿿]+〔\d+〕\d+号[；;]? ?"
    r"|(?:n ?[＝=] ?)?[≥≤≈]?\d[\d,.]*(?:%?[～–]\d[\d,.]*)?[%年项份倍]?[，。；：、）】”’！？,;:)]* ?"
    r"|[A-Za-z0-9.,;:%()/'’–\-]+ ?[，。；：、）】”’！？]*"
    r"|.[，。；：、）】”’！？]*)"
)


def columns(text: str) -> float:
    """Width in half-width columns: full-width signs and % fill two, digits and capitals 1.2."""
    wide = sum(1 for c in text if ord(c) > 0x2E7F or c in "“”‘’—…≥≤≈×%")
    bold = sum(1 for c in text if c.isascii() and (c.isdigit() or c.isupper()))
    plain = sum(1 for c in text if c.isascii() and c != "%") - bold
    return 2 * wide + 1.2 * bold + plain


def wrap(text: str, width: float) -> str:
    """Wrap text to `width` half-width columns; a Chinese character takes two."""
    lines, line = [], ""
    for piece in _PIECE.findall(text):
        if line and columns(line + piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
    return "\n".join([*lines, line])
