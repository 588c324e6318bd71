"""How a workbook looks and how it is written: fonts, cells, sheets.

Text is set in 宋体 (SimSun) with heads in 黑体 (SimHei), which Windows, WPS and Chinese Office
bring along; in English in Times New Roman. The character set stands with the Chinese fonts, so
that Excel and WPS take another Chinese font on a machine that has neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any
from unicodedata import east_asian_width

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from analysis.text import fold_width
from analysis.wording import BOUND_SIGNS, RANGE

# Text, heads, and the character set (GB 2312) by which another font is chosen.
FONTS = {"zh": ("宋体", "黑体", 134), "en": ("Times New Roman", "Times New Roman", None)}
_INK, _LINK, _MUTED, _RULE, _FILL = "000000", "1F3864", "595959", "7F7F7F", "E7E6E6"
_SIZE = 10  # points
_LINE, _TALLEST = 12.6, 409.0  # points: a line, loose enough for a substitute font; Excel's limit
# Latin words and numbers are not broken, and no line begins with a closing mark.
_WORD = re.compile(r"[!-~]+")
_PIECE = re.compile(r"(?:[!-~]+ ?|[（“‘《〔「]*.)[，。；：、？！”’）》〕」％]*")


# --- cells ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """Content of one cell: a value, its style, and the task that it leads to.

    `shown` is what the cell shows by its number format, `bold` are the spans of bold characters.
    """

    value: str | int | float | datetime | None
    style: str = "text"
    format: str = "General"
    shown: str = ""
    task_id: str = ""
    bold: tuple[tuple[int, int], ...] = ()

    @property
    def words(self) -> str:
        """What the cell shows; a formula's outcome is short."""
        if self.style == "formula":
            return self.shown
        return self.shown or ("" if self.value is None else str(self.value))


@dataclass(frozen=True)
class Head:
    """Head of one column: its text, the greatest width in columns, a list to choose from."""

    text: str
    widest: int
    choices: str = ""
    error: str = ""


def amount(low: float, high: float, bound: str, *, language: str = "zh", task_id: str = "") -> Cell:
    """Cell that holds a number and shows its bound: ≥12, ≈500, 3～5 (holds 3)."""
    low, high = round(float(low), 10), round(float(high), 10)
    places = max(len(f"{v:.10f}".rstrip("0").partition(".")[2]) for v in (low, high))
    sign = BOUND_SIGNS.get(bound, "")
    end = f"{RANGE[language]}{high:,.{places}f}" if high > low else ""
    code = "#,##0" + ("." + "0" * places if places else "")
    code = (f'"{sign}"' if sign else "") + code + (f'"{end}"' if end else "")
    value = int(low) if low.is_integer() else low
    return Cell(value, "number", code, f"{sign}{low:,.{places}f}{end}", task_id)


def text_width(text: str) -> int:
    """Columns that the widest line of a text takes; a Chinese character takes two."""
    return max(map(_columns, text.split("\n")))


def shorten_middle(text: str, width: int) -> str:
    """Leave out the middle of a text that takes more columns than there are."""
    if text_width(text) <= width:
        return text
    kept = (width - 2) // 4
    return f"{text[:kept]}…{text[-kept:]}"


def count_lines(text: str, width: float) -> int:
    """Lines that a text takes when it is wrapped to a width in columns."""
    lines, used = 0, 0.0
    for line in text.split("\n"):
        lines, used = lines + 1, 0.0
        for piece in _PIECE.findall(line):
            columns = _columns(piece)
            if used and used + columns > width:
                lines, used = lines + 1, 0.0
            used += columns
            while used > width:  # a word longer than the line is broken
                lines, used = lines + 1, used - width
    return lines


def row_height(lines: int) -> float:
    """Height of a row of so many lines, in points, as far as Excel goes."""
    return min(_LINE * lines + 2.4, _TALLEST)


def _columns(line: str) -> int:
    return sum(2 if east_asian_width(c) in "WFA" else 1 for c in line)


def is_formula_like(text: str) -> bool:
    """Say whether a spreadsheet might take a text for a formula if it is typed in again."""
    return fold_width(text).lstrip()[:1] in {"=", "+", "-", "@"} or text[:1] in {"\t", "\r"}


def _put(sheet: Worksheet, row: int, column: int, cell: Cell, *, linked: bool = False) -> None:
    """Write one cell; text stays text whatever it begins with."""
    target = sheet.cell(row, column)
    target.style = f"{cell.style} link" if linked else cell.style
    if not isinstance(cell.value, str):
        target.value = cell.value
        target.number_format = cell.format
        return
    if cell.style == "formula":
        target.value, target.number_format = cell.value, cell.format
        return
    plain = ILLEGAL_CHARACTERS_RE.sub("", cell.value)
    rich = bool(cell.bold) and plain == cell.value
    target.value = _embolden(plain, cell.bold, target.font) if rich else plain
    target.data_type = "s"
    target.quotePrefix = is_formula_like(plain)
    target.number_format = cell.format


def _embolden(text: str, spans: Sequence[tuple[int, int]], font: Font) -> CellRichText:
    look = {"rFont": font.name, "charset": font.charset, "sz": font.size}
    edges = sorted({0, *(at for span in spans for at in span), len(text)})
    pieces = [
        (any(a <= start < b for a, b in spans), text[start:end]) for start, end in pairwise(edges)
    ]
    return CellRichText([TextBlock(InlineFont(b=bold, **look), piece) for bold, piece in pieces])


# --- sheets ---------------------------------------------------------------------------------


def new_book(title: str, language: str) -> Workbook:
    """Return a workbook without sheets that has a title and the styles of a language."""
    book = Workbook()
    book.remove(book.active)
    book.properties.title, book.properties.creator = title, "county-plans"
    body, head, charset = FONTS[language]
    base = {"name": body, "size": _SIZE, "charset": charset}
    rule = Side("thin", color=_RULE)
    book._named_styles["Normal"].font = Font(**base)  # column widths count its digits
    looks: dict[str, tuple[dict[str, Any], str]] = {
        "text": ({"color": _INK}, "left"),
        "text link": ({"color": _LINK, "underline": "single"}, "left"),
        "centre": ({"color": _INK}, "center"),
        "centre link": ({"color": _LINK, "underline": "single"}, "center"),
        "number": ({"color": _INK}, "center"),
        "number link": ({"color": _LINK}, "center"),
        "muted": ({"color": _MUTED}, "center"),
        "muted link": ({"color": _MUTED}, "center"),
        "formula": ({"color": _INK}, "center"),
        "head": ({"color": _INK, "name": head, "bold": head == body}, "center"),
    }
    tall = Font(**base | {"name": head, "size": 18, "bold": head == body})
    book.add_named_style(NamedStyle("title", font=tall))
    book.add_named_style(NamedStyle("note", font=Font(**base, color=_MUTED)))
    for name, (look, horizontal) in looks.items():
        style = NamedStyle(
            name,
            font=Font(**base | look),
            alignment=Alignment(
                horizontal=horizontal,
                vertical="center",
                wrap_text="number" not in name,
            ),
            border=Border(left=rule, right=rule, top=rule, bottom=rule),
        )
        if name == "head":
            style.fill = PatternFill("solid", fgColor=_FILL)
        book.add_named_style(style)
    return book


def write_sheet(
    book: Workbook,
    title: str,
    heads: Sequence[Head],
    rows: Iterable[Sequence[Cell]],
    *,
    freeze: str = "A2",
    links: tuple[str, Mapping[str, int]] | None = None,
    printed: Mapping[str, str] | None = None,
    table: bool = True,
    top: Sequence[str] = (),
) -> Worksheet:
    """Write rows under a head, ready to filter and to print on A4 landscape.

    Parameters
    ----------
    heads, rows
        Columns, and their cells in the same order.
    freeze
        First cell that scrolls.
    links
        Name of the sheet that cells with a `task_id` lead to, and its row of each task.
    printed
        Text above (`top`) and below (`left`, `right`) every printed page.
    table
        The head stays in sight and has a filter.
    top
        Lines above the head, the first its title.
    """
    sheet = book.create_sheet(title)
    above = len(top)
    for n, line in enumerate(top, 1):
        sheet.cell(n, 1, line).style = "note" if n > 1 else "title"
        sheet.row_dimensions[n].height = 16 if n > 1 else 26
    grid = [[Cell(head.text, "head") for head in heads], *rows]
    widths = [_fit([row[k] for row in grid], head.widest) for k, head in enumerate(heads)]
    for n, row in enumerate(grid, above + 1):
        for column, cell in enumerate(row, 1):
            target = links if cell.task_id else None
            _put(sheet, n, column, cell, linked=target is not None)
            if target is not None:
                _link(sheet.cell(n, column), target[0], target[1][cell.task_id])
        lines = max(count_lines(c.words, w - 2) for c, w in zip(row, widths, strict=True))
        sheet.row_dimensions[n].height = row_height(lines)
    for column, (head, width) in enumerate(zip(heads, widths, strict=True), 1):
        letter = get_column_letter(column)
        sheet.column_dimensions[letter].width = width
        if head.choices and len(grid) > 1:
            cells = f"{letter}{above + 2}:{letter}{above + len(grid)}"
            sheet.add_data_validation(_choices(head, cells))
    if table:
        sheet.freeze_panes = freeze
        last = f"{get_column_letter(len(heads))}{above + len(grid)}"
        sheet.auto_filter.ref = f"A{above + 1}:{last}"
    _set_print(sheet, printed or {})
    sheet.print_title_rows = f"1:{above + 1}"
    return sheet


def _fit(cells: Sequence[Cell], widest: int) -> int:
    """Width of a column: room for its content, up to a limit that breaks no word and no link.

    LibreOffice does not wrap text that leads somewhere.
    """
    content = max(text_width(cell.words) for cell in cells)
    words = [len(word) for cell in cells for word in _WORD.findall(cell.words)]
    linked = [text_width(cell.words) for cell in cells if cell.task_id]
    return max(min(content, widest - 3), *words, *linked, 0) + 3


def _link(target: SheetCell, sheet: str, row: int) -> None:
    target.hyperlink = Hyperlink(ref=target.coordinate, location=f"'{sheet}'!A{row}")


def _choices(head: Head, cells: str) -> DataValidation:
    rule = DataValidation(
        type="list",
        formula1=f'"{head.choices}"',
        allow_blank=True,
        showErrorMessage=True,
        errorTitle=head.text,
        error=head.error,
    )
    rule.add(cells)
    return rule


def _set_print(sheet: Worksheet, printed: Mapping[str, str]) -> None:
    """A4 landscape, as wide as the page, head repeated, title and page number on every page."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    space = 0.7 if printed.get("top") else 0.35  # inches
    sheet.page_margins = PageMargins(left=0.2, right=0.2, top=space, bottom=0.4)
    sheet.print_options.horizontalCentered = True
    sheet.HeaderFooter.scaleWithDoc = False  # titles of one size, however wide the sheet
    sheet.oddHeader.center.text = printed.get("top", "")
    sheet.oddHeader.center.size = 14
    sheet.oddFooter.left.text = printed.get("left", "")
    sheet.oddFooter.right.text = printed.get("right", "")
