"""Text of a web page: its words without navigation, buttons and foot; tables row by row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from lxml import etree, html

from analysis.errors import PlanError
from analysis.reading.grid import GridCell, as_lines
from analysis.text import decode

_LARGEST = 16_000_000  # bytes
_GONE = {
    *("script", "style", "noscript", "head", "nav", "footer", "aside", "form", "button", "select"),
    *("iframe", "svg", "object", "template", "input", "textarea", "option", "canvas"),
}
_FURNITURE = re.compile(
    r"(?:^|[-_ ])(?:nav\w*|menu\w*|(?:bread)?crumbs?|position|location|share\w*|foot\w*"
    r"|copyright|toolbar|tools?|pagination|pager|related|recommend|print\w*|qr\w*|search\w*|login|sidebar"
    r"|banner|topbar|header-?nav|friend\w*|links?)(?:$|[-_ ])",
    re.IGNORECASE,
)
_BLOCKS = {
    *("p", "div", "section", "article", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol"),
    *(
        "dt",
        "dd",
        "table",
        "tr",
        "blockquote",
        "pre",
        "center",
        "main",
        "body",
        "header",
        "td",
        "th",
    ),
}
_SPACE = re.compile(r"[ \t\r\n\f]+")


def read_html(data: bytes, file: Path | None = None) -> str:
    """Text of a page, a line a paragraph; a row of a table is a line with tabs.

    Raises
    ------
    PlanError
        The page is larger than a plan can be, or holds no words.
    """
    if len(data) > _LARGEST:
        raise PlanError("this web page is too large", "save the text of the plan", file=file)
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", decode(data, file))
    try:
        page = html.document_fromstring(text)
    except (etree.ParserError, ValueError):
        page = None
    body = page.find("body") if page is not None else None
    if body is None:
        raise PlanError("this web page holds no words", "save the text of the plan", file=file)
    _prune(body)
    lines = "".join(_render(body)).split("\n")
    kept = [re.sub(r" +", " ", line).strip(" ") for line in lines]
    words = "\n".join(line for line in kept if line)
    if not words:
        raise PlanError("this web page holds no words", "save the text of the plan", file=file)
    return words + "\n"


def _prune(body: html.HtmlElement) -> None:
    """Take out what is no text, and the parts that only lead elsewhere."""
    for element in list(body.iter()):
        if not isinstance(element.tag, str) or element.tag in _GONE:
            _drop(element)
    total = len(body.text_content())
    for element in list(body.iter()):
        if element is body or element.getparent() is None:
            continue
        size = len(element.text_content())
        name = f"{element.get('id', '')} {element.get('class', '')}"
        is_small = size < total / 3
        if is_small and (_FURNITURE.search(name) or _leads_elsewhere(element, size)):
            _drop(element)


def _leads_elsewhere(element: html.HtmlElement, size: int) -> bool:
    """Whether an element is a list of links: nothing else stands in it, and no sentence."""
    if element.tag not in {"div", "ul", "ol", "p", "dl", "table", "header"}:
        return False
    linked = sum(len(a.text_content()) for a in element.iter("a"))
    return size > 0 and linked > 0.7 * size and len(list(element.iter("a"))) > 1


def _drop(element: html.HtmlElement) -> None:
    if element.getparent() is not None:
        element.drop_tree() if isinstance(element.tag, str) else _drop_comment(element)


def _drop_comment(element: html.HtmlElement) -> None:
    """Take out a comment and keep the words behind it."""
    parent, tail = element.getparent(), element.tail or ""
    before = element.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(element)


def _render(element: html.HtmlElement) -> Iterator[str]:
    """Yield the words of an element, with line ends around blocks."""
    if element.tag == "br":
        yield "\n"
    elif element.tag == "table" and _is_data(element):
        yield "\n" + "\n".join(as_lines(_grid(element))) + "\n"
    else:
        is_block = element.tag in _BLOCKS
        yield "\n" if is_block else ""
        yield _flat(element.text)
        for child in element:
            yield from _render(child)
            yield _flat(child.tail)
        yield "\n" if is_block else ""


def _flat(words: str | None) -> str:
    """Words in one line; a line end of the source beside a Chinese character is none."""
    joined = re.sub(r"(?<=[^\x00-\x7f])\s*\n\s*|\s*\n\s*(?=[^\x00-\x7f])", "", words or "")
    return _SPACE.sub(" ", joined)


def _is_data(table: html.HtmlElement) -> bool:
    """Whether a table holds data, and not the layout of the page."""
    if table.find(".//table") is not None:
        return False
    sizes = [len(row.findall("td")) + len(row.findall("th")) for row in table.iter("tr")]
    longest = max((len(c.text_content()) for c in table.iter("td")), default=0)
    return sum(n > 1 for n in sizes) >= 2 and longest < 2000


def _grid(table: html.HtmlElement) -> list[list[GridCell]]:
    """Cells of a table; one over several rows goes on below."""
    rows: list[list[GridCell]] = []
    held: dict[int, tuple[int, str]] = {}  # column: rows still to fill, words
    for row in table.iter("tr"):
        cells: list[GridCell] = []

        def fill(cells: list[GridCell]) -> None:
            while (at := len(cells)) in held:
                left, words = held.pop(at)
                cells.append(GridCell(words, goes_on=True))
                if left > 1:
                    held[at] = (left - 1, words)

        for cell in row.iterchildren("td", "th"):
            fill(cells)
            words = "".join(_render(cell)).strip()
            down, across = (_span(cell, name) for name in ("rowspan", "colspan"))
            if down > 1:
                held[len(cells)] = (down - 1, words)
            cells += [GridCell(words), *[GridCell("")] * (across - 1)]
        fill(cells)
        rows.append(cells)
    return rows


def _span(cell: html.HtmlElement, name: str) -> int:
    value = cell.get(name, "1").strip()
    return min(int(value), 200) if value.isdecimal() and int(value) > 0 else 1
