"""Text of a PDF file: its lines as printed, tables with ruled cells row by row."""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, islice
from pathlib import Path

import pypdfium2 as pdfium

from analysis.errors import PlanError
from analysis.reading.grid import GridCell, as_lines
from analysis.reading.intake import fold_characters, joints
from analysis.text import PAGE_BREAK

_LARGEST, _PAGES = 60_000_000, 200  # bytes and pages
_EDGE = 2  # lines of a running head or foot
_HYPHEN = re.compile("(?<![A-Za-z])\ufffe")  # pdfium's sign for a hyphen at a line's end
_RULES = 6  # lines and boxes of a page that may hold a table


def read_pdf(data: bytes, file: Path | None = None) -> str:
    """Text of a PDF file, a line a paragraph; a row of a ruled table is a line with tabs.

    Raises
    ------
    PlanError
        The file is damaged, locked, too large, or a scan that holds no text.
    """
    logging.getLogger("pdfminer").setLevel(logging.ERROR)  # it tells of every odd font
    if len(data) > _LARGEST:
        raise PlanError("this PDF file is too large", "cut the plan's pages out", file=file)
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        what = "locked by a password" if "assword" in str(error) else f"damaged ({error})"
        raise PlanError(f"this PDF file is {what}", "save it again, open", file=file) from None
    try:
        if len(document) > _PAGES:
            remedy = f"cut out the plan's pages, {_PAGES} at most"
            raise PlanError(f"this PDF file has {len(document)} pages", remedy, file=file)
        pages = [_page(document, i, data) for i in range(len(document))]
    finally:
        document.close()
    if sum(len(line.words) for page in pages for line in page) < 20:
        remedy = "run character recognition (OCR) on it and give the text"
        raise PlanError("this PDF file is a scan: it holds pictures, no text", remedy, file=file)
    kept = _without_heads(pages)
    opens = set(accumulate(len(page) for page in kept))
    return "\n".join(_paragraphs([line for page in kept for line in page], opens)) + "\n"


@dataclass(frozen=True)
class _Line:
    """A printed line, from its left edge to its right one; a row of a table has no edges."""

    words: str
    left: float = 0.0
    right: float = 0.0

    @property
    def em(self) -> float:
        """Width of a Chinese character in it; 0 without edges."""
        columns = sum(1 if c.isascii() and c.isalnum() else 2 for c in self.words)
        return 2 * (self.right - self.left) / max(columns, 1)


def _page(document: pdfium.PdfDocument, number: int, data: bytes) -> list[_Line]:
    """Lines of one page, from the top."""
    page = document[number]
    rules = list(islice(page.get_objects(filter=(2,), max_depth=3), _RULES))  # 2: a drawn path
    if len(rules) == _RULES and (lines := _ruled_page(data, number)):
        return lines
    text = page.get_textpage()
    words = text.get_text_range()
    lines = []
    for m in re.finditer(r"[^\s\ufffe](?:[^\r\n]*\S)?", words):
        first, last = (text.get_charbox(i, loose=True) for i in (m.start(), m.end() - 1))
        lines.append(_Line(_HYPHEN.sub("-", m[0]).replace("\ufffe", ""), first[0], last[2]))
    return lines


def _paragraphs(lines: list[_Line], opens: set[int]) -> list[str]:
    """Words of the lines, joined where the width of the page broke them and nothing else.

    A paragraph that opens a page (`opens`) has `PAGE_BREAK` before it; one that goes on over a
    page has it behind its last word.

    A line is full where what opens the next one had no room in it; a line that is set in by two
    characters opens a paragraph.
    """
    printed = [line for line in lines if line.em > 0]
    if not printed:
        return [PAGE_BREAK * (i in opens) + line.words for i, line in enumerate(lines)]
    left = min(line.left for line in printed)
    # A mark at a line's end may hang over the margin.
    edges = sorted(line.right for line in printed if line.words[-1] not in _HANGING) or [0.0]
    right = edges[-1 - len(edges) // 50]
    widths = sorted(line.em for line in printed)
    em = widths[len(widths) // 2]
    full = [line.em > 0 and _is_full(line, after, right, em) for line, after in _pairs(lines)]
    indented = [line.em > 0 and 1.4 * em < line.left - left < 3.2 * em for line in lines]
    plain = [fold_characters(line.words) for line in lines]
    joined = set(joints(plain, full, [True] * len(lines)))
    out: list[str] = []
    turned = ""  # pages turned within the paragraph
    for i, line in enumerate(lines):
        page = PAGE_BREAK * (i in opens)
        if i and i - 1 in joined and not (indented[i] and not indented[i - 1]):
            out[-1] += line.words
            turned += page
        else:
            out[-1:] = [out[-1] + turned] if out else []
            out.append(page + line.words)
            turned = ""
    return out


def _pairs(lines: list[_Line]) -> Iterator[tuple[_Line, str]]:
    """Yield each line with the words of the following one."""
    return zip(lines, [*(line.words for line in lines[1:]), ""], strict=True)


# What is never parted from the character that opens a line: marks before it and behind it.
_HANGING = ",.;:!?、。，；：！？"
_UNIT = re.compile(rf"[“‘(（\[【《「]*(?:[A-Za-z0-9.%+-]+|.)[”’)）\]】》」{_HANGING}…]*")


def _is_full(line: _Line, after: str, right: float, em: float) -> bool:
    unit = _UNIT.match(after)
    narrow = sum(c.isascii() and c.isalnum() for c in unit[0]) if unit else 0
    others = len(unit[0]) - narrow if unit else 0
    return right - line.right < em * (0.6 + 0.6 * narrow + max(others, 1))


def _ruled_page(data: bytes, number: int) -> list[_Line]:
    """Lines of a page with tables; none where it has none."""
    import pdfplumber

    with pdfplumber.open(io.BytesIO(data), pages=[number + 1]) as pdf:
        page = pdf.pages[0]
        tables = [t for t in page.find_tables() if len(t.rows) > 1 and len(t.rows[0].cells) > 1]
        if not tables:
            return []
        places: list[tuple[float, list[_Line]]] = []
        outside = page
        for table in tables:
            cells = [[_cell(c) for c in row] for row in table.extract()]
            places.append((table.bbox[1], [_Line(words) for words in as_lines(_fill(cells))]))
            outside = outside.outside_bbox(table.bbox)
        for line in outside.extract_text_lines(return_chars=False):
            places.append((line["top"], [_Line(line["text"], line["x0"], line["x1"])]))
        return [line for _, lines in sorted(places, key=lambda p: p[0]) for line in lines]


def _cell(words: str | None) -> GridCell:
    """A cell, its lines joined: with a blank only between words that are written with blanks."""
    if words is None:
        return GridCell("", goes_on=True)
    return GridCell(re.sub(r"(?<![A-Za-z0-9])\n|\n(?![A-Za-z0-9])", "", words))


def _fill(rows: list[list[GridCell]]) -> list[list[GridCell]]:
    """Give the lower parts of merged cells the words above them."""
    out: list[list[GridCell]] = []
    for row in rows:
        above = out[-1] if out else []
        out.append(
            [
                GridCell(above[i].words, goes_on=True) if c.goes_on and i < len(above) else c
                for i, c in enumerate(row)
            ]
        )
    return out


def _without_heads(pages: list[list[_Line]]) -> list[list[_Line]]:
    """Pages without the first and last lines that most of them share, but for their number."""

    def shape(line: _Line) -> str:
        return re.sub(r"\d+", "#", line.words)

    edges = Counter(
        words
        for page in pages
        for words in {shape(line) for line in (*page[:_EDGE], *page[-_EDGE:])}
    )
    least = max(2, 0.6 * len(pages))
    shared = {w for w, n in edges.items() if n >= least and w[-1] not in "。;；:：)）"}
    out = []
    for page in pages:
        kept = page
        for _ in range(_EDGE):
            kept = kept[1:] if kept and shape(kept[0]) in shared else kept
            kept = kept[:-1] if kept and shape(kept[-1]) in shared else kept
        out.append(kept)
    return out
