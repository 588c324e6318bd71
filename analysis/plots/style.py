"""One look for every figure: Chinese font, county colours, title, subtitle, source line, files."""

from __future__ import annotations

import importlib.util
import io
import os
import re
import tempfile
import textwrap
import warnings
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import matplotlib as mpl
import pandas as pd
import seaborn as sns
from matplotlib import font_manager
from matplotlib.figure import Figure

from analysis.errors import PlanError
from analysis.lexicon import read_lexicon
from analysis.paths import FIGURES, LEXICON

FONT = "Noto Sans SC"
FULL_WIDTH = 156  # mm, the type area of GB/T 9704
HALF_WIDTH = 75
LANGUAGES = ("zh", "en")
FORMATS = ("png", "svg", "pdf")
INK, FAINT = "#222222", "#8A8A8A"
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
    """Set the project's look for all figures drawn after it."""
    sns.set_theme(style="ticks", font=use_font(), font_scale=0.8)
    mpl.rcParams.update(
        {
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


def say(key: str, language: str = "zh", **values: object) -> str:
    """Text of ``lexicon/strings*.csv`` in a language, with its blanks filled in."""
    return strings()[key][language].format(**values)


@cache
def strings() -> dict[str, dict[str, str]]:
    """Every text of the figures by key, with its wording in each language."""
    files = sorted(path.stem for path in LEXICON.glob("strings*.csv"))
    return {row["key"]: row for name in files for row in read_lexicon(name)}


def county_name(documents: pd.DataFrame, language: str = "zh") -> pd.Series:
    """Name of each plan's county by doc_id: as printed, or from the id in English."""
    if language == "zh":
        return documents.set_index("doc_id")["county"]
    ids = documents["doc_id"]
    names = ids.str.rsplit("-", n=1).str[0].str.replace("_", " ").str.title()
    return names.set_axis(ids)


def theme_name(theme: str, language: str = "zh") -> str:
    """Name of a canonical theme in a language."""
    if language == "zh":
        return theme
    return {r["theme"]: r["theme_en"] for r in read_lexicon("themes")}.get(theme, theme)


def theme_order() -> list[str]:
    """Canonical themes in the order of ``lexicon/themes.csv``."""
    return [r["theme"] for r in read_lexicon("themes")]


def county_looks(doc_ids: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Colour and marker of each plan; the same plan looks the same in every figure of a corpus."""
    ordered = sorted(set(doc_ids))
    return {
        doc_id: (_COLOURS[i % len(_COLOURS)], _MARKERS[i % len(_MARKERS)])
        for i, doc_id in enumerate(ordered)
    }


class Chart(Figure):
    """A figure that a notebook shows once: pyplot's own would be shown a second time."""

    def savefig(self, fname: object, **options: object) -> None:
        """Settle the layout, then save; the same figure gives the same bytes."""
        self._settle()
        super().savefig(fname, **options)

    def _settle(self) -> None:
        """Lay the figure out once and keep the places of its axes, rounded.

        The solver of the constrained layout works in the order of memory addresses, so that its
        last digits, with them pixels and the names of clips in an SVG, differ from run to run.
        """
        if self.get_layout_engine() is None:
            return
        self.set_dpi(mpl.rcParams["savefig.dpi"])
        self.draw_without_rendering()
        self.set_layout_engine("none")
        for axes in self.axes:
            bounds = axes.get_position(original=True).bounds
            axes.set_position([round(value, 6) for value in bounds])

    def _repr_png_(self) -> bytes:
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", dpi=150, metadata={"Software": None})
        return buffer.getvalue()


def new_figure(height: float, *, width: float = FULL_WIDTH, **layout: object) -> Figure:
    """Return an empty figure in the project's look; width and height in millimetres."""
    set_style()
    size = (width / 25.4, height / 25.4)
    return Chart(figsize=size, layout="constrained", **layout)


# Point sizes of title, subtitle and source line; a point is 0.353 mm.
_SIZES = (11, 7.6, 6)
_POINT = 25.4 / 72


def frame(
    figure: Figure, title: str, subtitle: str, documents: pd.DataFrame, *, language: str = "zh"
) -> Figure:
    """Put title (the finding), subtitle (measure, unit, n, year) and source line on a figure."""
    width, height = (v * 25.4 for v in figure.get_size_inches())
    texts = (title, subtitle, source_line(documents, language))
    # a half-width column is half a point size wide
    head, under, foot = (
        _wrap(text, 0.96 * width / (size * _POINT / 2))
        for text, size in zip(texts, _SIZES, strict=True)
    )
    tall = [
        (1 + text.count("\n")) * size * _POINT * 1.45
        for text, size in zip((head, under, foot), _SIZES, strict=True)
    ]
    top, bottom = tall[0] + tall[1] + 6, tall[2] + 4
    engine = figure.get_layout_engine()
    if engine is not None:
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


def source_line(documents: pd.DataFrame, language: str = "zh") -> str:
    """Names and document numbers of the plans that a figure draws on."""
    names = county_name(documents, language)
    parts = [
        f"{names[d.doc_id]} {d.doc_number}" for d in documents.sort_values("doc_id").itertuples()
    ]
    return say("source", language, plans=("；" if language == "zh" else "; ").join(parts))


# Words, and document numbers with their brackets, are not broken; no line begins with a mark that
# closes something.
_PIECE = re.compile(
    r"[一-鿿]+〔\d+〕\d+号[；;]?|[A-Za-z0-9.,;:%()/'’–\-]+ ?[，。；：、）】”’！？]*"
    r"|.[，。；：、）】”’！？]*"
)


def _columns(text: str) -> float:
    """Width in half-width columns: full-width signs fill two, digits and capitals over one."""
    wide = sum(2 for c in text if ord(c) > 0x2E7F or c in "“”‘’—…≥≤≈×")
    bold = sum(1.2 for c in text if c.isascii() and (c.isdigit() or c.isupper()))
    return wide + bold + sum(1 for c in text if c.isascii() and not (c.isdigit() or c.isupper()))


def _wrap(text: str, width: float) -> str:
    """Wrap text to `width` half-width columns; a Chinese character takes two."""
    lines, line = [], ""
    for piece in _PIECE.findall(text):
        if line and _columns(line + piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
    return "\n".join([*lines, line])


def save_figure(
    figure: Figure,
    data: pd.DataFrame,
    name: str,
    *,
    folder: Path = FIGURES,
    formats: Sequence[str] = ("png", "svg"),
) -> list[Path]:
    """Write a figure in several formats and the CSV of what it draws; return the paths.

    Raises
    ------
    PlanError
        The font lacks a character that the figure shows.
    """
    folder.mkdir(parents=True, exist_ok=True)
    metadata = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": {"Software": None}}
    paths = []
    with tempfile.TemporaryDirectory(dir=folder, prefix=".") as scratch:
        staged = Path(scratch)
        for suffix in formats:
            with warnings.catch_warnings():
                warnings.filterwarnings("error", message="Glyph .* missing")
                try:
                    figure.savefig(staged / f"{name}.{suffix}", metadata=metadata.get(suffix))
                except UserWarning as error:
                    raise PlanError(
                        f"{name}: {textwrap.shorten(str(error), 80)}",
                        f"use a character that {FONT} has",
                    ) from None
        data.to_csv(staged / f"{name}.csv", index=False, lineterminator="\n", float_format="%.12g")
        for path in sorted(staged.iterdir()):
            os.replace(path, folder / path.name)
            paths.append(folder / path.name)
    return paths


def years(documents: pd.DataFrame) -> str:
    """Year or span of years that the plans are for."""
    first, last = documents["year"].min(), documents["year"].max()
    return str(first) if first == last else f"{first}–{last}"
