"""A chart that is the same bytes every time, and its files."""

from __future__ import annotations

import io
import textwrap
import warnings
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from PIL import Image

from analysis import load
from analysis.errors import PlanError
from analysis.files import write_together
from analysis.study import current
from analysis.targets.indicators import indicator_name
from analysis.wording import county_name, department_name, text_for, texts, theme_name

FORMATS = ("png", "svg", "pdf")
Given = ParamSpec("Given")
Made = TypeVar("Made")
SCREEN_DPI, PRINT_DPI = 150, 300  # of what is committed, and of what goes into a report


class Chart(Figure):
    """A chart that a notebook shows once: pyplot's own would be shown a second time."""

    pages = 1  # that the chart takes, of which this is one

    @property
    def rect(self) -> tuple[float, float, float, float]:
        """Left, lower edge, width and height that the layout fills, as shares of the page."""
        engine = self.get_layout_engine()
        return engine.get()["rect"] if engine else (0.0, 0.0, 1.0, 1.0)

    def savefig(self, fname: Any, **options: Any) -> None:
        """Settle the layout, then save; the same chart gives the same bytes."""
        self.settle()
        super().savefig(fname, **options)

    def settle(self) -> None:
        """Lay the chart out once and keep the places of its axes, rounded.

        The solver of the constrained layout works in the order of memory addresses, so that its
        last digits, with them pixels and the names of clips in an SVG, differ from run to run.

        Raises
        ------
        PlanError
            Labels leave no room for the axes.
        """
        if self.get_layout_engine() is None:
            return
        self.set_dpi(mpl.rcParams["savefig.dpi"])
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Glyph .* missing")  # said when it is saved
            warnings.filterwarnings("error", message="constrained_layout not applied")
            try:
                self.draw_without_rendering()
            except UserWarning:
                raise PlanError("the chart has no room", "draw it at full width") from None
        self.set_layout_engine(None)  # with one, each format would lay the chart out again
        for axes in self.axes:
            bounds = axes.get_position(original=True).bounds
            left, bottom, width, height = (round(value, 6) for value in bounds)
            axes.set_position((left, bottom, width, height))

    def _repr_png_(self) -> bytes:
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", dpi=SCREEN_DPI, metadata={"Software": None})
        return _reduce_colours(buffer, 64).getvalue()


def once(function: Callable[Given, Made]) -> Callable[Given, Made]:
    """Remember what a function made of its last arguments, which are told by identity.

    A chart in the other language, and its next page, are drawn from the same tables. Tables among
    what was made are handed out as copies.
    """
    last: list[Any] = []  # what tells the arguments, they themselves, and what was made of them

    @wraps(function)
    def ask(*args: Given.args, **options: Given.kwargs) -> Made:
        asked = [*map(id, args), *((name, id(value)) for name, value in options.items())]
        if not last or last[0] != asked:
            last[:] = asked, (args, options), function(*args, **options)
        return _copied(last[2])

    return ask


def _copied(made: Any) -> Any:
    if isinstance(made, tuple):
        return tuple(map(_copied, made))
    return made.copy() if isinstance(made, pd.DataFrame) else made


def save_figure(
    figure: Figure,
    data: pd.DataFrame,
    name: str,
    *,
    folder: Path | None = None,
    formats: Sequence[str] = ("png", "svg"),
    dpi: int = PRINT_DPI,
    language: str = "zh",
) -> list[Path]:
    """Write a chart in several formats and the CSV of what it draws; return the paths.

    The CSV has the heads and names of `label_data`, and a byte order mark: without it, Excel on a
    Chinese Windows reads it in another encoding.

    Raises
    ------
    PlanError
        The font lacks a character that the chart shows.
    """
    folder = folder or current().figures
    metadata = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": {"Software": None}}
    files = {}
    for suffix in formats:
        buffer = io.BytesIO()
        with warnings.catch_warnings():
            warnings.filterwarnings("error", message="Glyph .* missing")
            try:
                figure.savefig(buffer, format=suffix, metadata=metadata.get(suffix), dpi=dpi)
            except UserWarning as error:
                raise PlanError(
                    f"{name}: {textwrap.shorten(str(error), 80)}",
                    "use a character that the font has",
                ) from None
        # what is committed and shown on a screen is kept light, what goes to print is as drawn
        is_light = suffix == "png" and dpi <= SCREEN_DPI
        stored = _reduce_colours(buffer, 32) if is_light else buffer
        files[f"{name}.{suffix}"] = stored.getvalue()
    table = label_data(data, language)
    text = table.to_csv(index=False, lineterminator="\n", float_format="%.12g")
    files[f"{name}.csv"] = text.encode("utf-8-sig")
    write_together(folder, files)
    return [folder / file for file in sorted(files)]


def label_data(data: pd.DataFrame, language: str = "zh") -> pd.DataFrame:
    """Data of a chart under heads of a language, and with its names; ids stay as they are.

    Returns
    -------
    DataFrame
        The rows of `data`; before the id of a plan stands the name of its county.
    """
    words = texts()
    named = {
        "theme": lambda value: theme_name(value, language),
        **dict.fromkeys(
            ("department", "source", "target"), lambda value: department_name(value, language)
        ),
        "status": lambda value: text_for(f"status_{value}", language),
        "bound": lambda value: text_for(f"value_bound_{value}", language),
    }
    table = data.copy()
    for column in table.columns.intersection(list(named)):
        table[column] = table[column].map(named[column], na_action="ignore")
    if {"indicator_id", "name"} <= set(table):
        table["name"] = [indicator_name(i, language) for i in table["indicator_id"]]
    if "doc_id" in table:
        counties = county_name(load.table("documents", scope=load.ALL), language)
        place = int(table.columns.get_indexer(["doc_id"])[0])
        table.insert(place, "county", table["doc_id"].map(counties))
    return table.rename(
        columns={c: words[f"column_{c}"][language] for c in table if f"column_{c}" in words}
    )


def _reduce_colours(png: io.BytesIO, colours: int) -> io.BytesIO:
    """Store a PNG with a palette of 32 or 64 colours, a quarter of the size.

    The octree keeps the colours of small marks, which the median cut mixes with grey. Each of its
    colours is then the one that most of its pixels have: the mean of a pale cell and of the edges
    of letters is grey, and that of white and of what is nearly white prints as a tint.
    """
    small = io.BytesIO()
    with Image.open(png) as image:
        full = image.convert("RGB")
        few = full.quantize(colours, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        palette = np.array(few.getpalette(), dtype=int).reshape(-1, 3)
        own = np.asarray(full).astype(np.int64) @ (1 << 16, 1 << 8, 1)
        pairs, counts = np.unique((np.asarray(few, dtype=np.int64) << 24) | own, return_counts=True)
        for pair in pairs[np.argsort(counts, kind="stable")]:  # the most frequent comes last
            palette[pair >> 24] = pair >> 16 & 255, pair >> 8 & 255, pair & 255
        few.putpalette(palette.ravel().tolist())
        few.save(small, format="png", dpi=image.info["dpi"], optimize=True)
    return small
