"""Text of a PDF file: its lines as printed, tables with ruled cells row by row."""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from itertools import islice
from pathlib import Path

from analysis.errors import PlanError
from analysis.reading.grid import GridCell, as_lines

_LARGEST, _PAGES = 60_000_000, 200  # bytes and pages
_RULES = 6  # lines and boxes of a page that may hold a table


def read_pdf(data: bytes, file: Path | None = None) -> str:
    """Text of a PDF file, a line a printed line; a row of a ruled table is a line with tabs.

    Lines that a page broke are joined later, when the text is read (`intake.fold_text`).

    Raises
    ------
    PlanError
        The file is damaged, locked, too large, or a scan that holds no text.
    """
    import pypdfium2 as pdfium

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
    if sum(len(line.strip()) for page in pages for line in page) < 20:
        remedy = "run character recognition (OCR) on it and give the text"
        raise PlanError("this PDF file is a scan: it holds pictures, no text", remedy, file=file)
    return "\n".join(line for page in _without_heads(pages) for line in page) + "\n"


def _page(document: object, number: int, data: bytes) -> list[str]:
    """Lines of one page, from the top."""
    page = document[number]
    rules = list(islice(page.get_objects(filter=(2,), max_depth=3), _RULES))  # 2: a drawn path
    if len(rules) == _RULES and (lines := _ruled_page(data, number)):
        return lines
    text = page.get_textpage().get_text_range()
    return [line.strip() for line in re.split(r"[\r\n]+", text) if line.strip()]


def _ruled_page(data: bytes, number: int) -> list[str]:
    """Lines of a page with tables; none where it has none."""
    import pdfplumber

    with pdfplumber.open(io.BytesIO(data), pages=[number + 1]) as pdf:
        page = pdf.pages[0]
        tables = [t for t in page.find_tables() if len(t.rows) > 1 and len(t.rows[0].cells) > 1]
        if not tables:
            return []
        places: list[tuple[float, list[str]]] = []
        for table in tables:
            rows = [
                [GridCell(cell or "", goes_on=cell is None) for cell in row]
                for row in table.extract()
            ]
            places.append((table.bbox[1], as_lines(_fill(rows))))
        outside = page
        for table in tables:
            outside = outside.outside_bbox(table.bbox)
        places += [(line["top"], [line["text"]]) for line in outside.extract_text_lines()]
        return [line for _, lines in sorted(places, key=lambda p: p[0]) for line in lines]


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


def _without_heads(pages: list[list[str]]) -> list[list[str]]:
    """Pages without the first and last lines that most of them share, but for their number."""
    edges = Counter(
        re.sub(r"\d+", "#", line)
        for page in pages
        for line in dict.fromkeys([*page[:1], *page[-1:]])
    )
    shared = {line for line, n in edges.items() if len(pages) > 1 and n >= max(2, 0.6 * len(pages))}

    def is_shared(line: str) -> bool:
        return re.sub(r"\d+", "#", line) in shared and not re.search(r"[。;；:：)）]$", line)

    out = []
    for page in pages:
        kept = page[1:] if page and is_shared(page[0]) else page
        out.append(kept[:-1] if kept and is_shared(kept[-1]) else kept)
    return out
