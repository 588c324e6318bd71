"""Text of a Word file (.docx), with the numbers that Word computes and does not store.

A paragraph's number follows from ``numbering.xml``: each list has levels with a start, a form and
a pattern (第%1条); a number ends the counting of the levels below it.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from analysis.errors import PlanError
from analysis.reading.grid import GridCell, as_lines

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_LARGEST_PART = 40_000_000  # bytes of one part, unpacked; a plan's text has under one million
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)


def read_docx(data: bytes, file: Path | None = None) -> str:
    """Text of a Word file, a line a paragraph; a row of a table is a line with tabs.

    Heads, feet and notes of the pages are left out, text boxes follow their paragraph.

    Raises
    ------
    PlanError
        The file is damaged, or larger than a plan can be.
    """
    body = _part(data, "word/document.xml", file)
    if body is None:
        raise PlanError("this Word file holds no text", "save it again in Word or WPS", file=file)
    numbering = _Numbering(
        _part(data, "word/numbering.xml", file), _part(data, "word/styles.xml", file)
    )
    return "\n".join(_blocks(body[0], numbering)) + "\n"


def _part(data: bytes, name: str, file: Path | None) -> etree._Element | None:
    """Root of a part of the package; None where there is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            if name not in package.namelist():
                return None
            if package.getinfo(name).file_size > _LARGEST_PART:
                raise PlanError("this Word file is too large", "cut the plan out", file=file)
            return etree.fromstring(package.read(name), _PARSER)
    except (zipfile.BadZipFile, etree.XMLSyntaxError, EOFError, RuntimeError, OSError) as error:
        remedy = "save it again in Word or WPS, without a password"
        raise PlanError(f"this Word file is damaged ({error})", remedy, file=file) from None


def _blocks(parent: etree._Element, numbering: _Numbering) -> Iterator[str]:
    """Yield the lines of paragraphs and tables, in order."""
    for child in parent:
        if child.tag == f"{_W}p":
            yield from _paragraph(child, numbering)
        elif child.tag == f"{_W}tbl":
            yield from as_lines([_row(row, numbering) for row in child.iter(f"{_W}tr")])
        elif child.tag in {f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}smartTag"}:
            yield from _blocks(child, numbering)


def _paragraph(paragraph: etree._Element, numbering: _Numbering) -> Iterator[str]:
    words = "".join(_words(paragraph))
    if words.strip():  # Word counts no empty paragraph of a list
        yield from (numbering.label(paragraph) + words).split("\n")
    elif numbering.is_listed(paragraph):
        numbering.label(paragraph)
    for box in paragraph.iter(f"{_W}txbxContent"):
        if not any(a.tag == f"{_MC}Fallback" for a in box.iterancestors()):
            yield from _blocks(box, numbering)


def _words(element: etree._Element) -> Iterator[str]:
    """Yield the words of a paragraph's runs: no deleted, hidden or boxed text, and no fields."""
    for child in element:
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag in {f"{_W}tab", f"{_W}ptab"}:
            yield " "
        elif child.tag in {f"{_W}br", f"{_W}cr"}:
            yield "\n" if child.get(f"{_W}type") is None else ""
        elif child.tag == f"{_W}noBreakHyphen":
            yield "-"
        elif child.tag == f"{_W}r" and child.find(f"{_W}rPr/{_W}vanish") is not None:
            continue
        elif child.tag not in {f"{_W}pPr", f"{_W}del", f"{_W}drawing", f"{_W}pict"} and (
            child.tag != f"{_MC}AlternateContent"
        ):
            yield from _words(child)


def _row(row: etree._Element, numbering: _Numbering) -> list[GridCell]:
    """Cells of a row; one over several columns is followed by empty ones."""
    cells: list[GridCell] = []
    for cell in row.iterchildren(f"{_W}tc"):
        words = " ".join(line for line in _blocks(cell, numbering) if line.strip())
        merged = cell.find(f"{_W}tcPr/{_W}vMerge")
        goes_on = merged is not None and merged.get(f"{_W}val") != "restart"
        if goes_on and not words:
            words = _above(row, len(cells))
        span = cell.find(f"{_W}tcPr/{_W}gridSpan")
        cells.append(GridCell(words, goes_on))
        cells += [GridCell("")] * (int(span.get(f"{_W}val", "1")) - 1 if span is not None else 0)
    return cells


def _above(row: etree._Element, column: int) -> str:
    """Words of the cell that a merged one goes on from."""
    for before in row.itersiblings(f"{_W}tr", preceding=True):
        at = 0
        for cell in before.iterchildren(f"{_W}tc"):
            if at == column:
                words = "".join(t.text or "" for t in cell.iter(f"{_W}t"))
                if words:
                    return words
                break
            span = cell.find(f"{_W}tcPr/{_W}gridSpan")
            at += int(span.get(f"{_W}val", "1")) if span is not None else 1
    return ""


# --- automatic numbers --------------------------------------------------------------------------

_DIGITS = "零一二三四五六七八九"


def _chinese(n: int) -> str:
    """Numeral of a number under 1,000: 十二, 一百零五."""
    if n < 10:
        return _DIGITS[n]
    if n < 20:
        return "十" + (_DIGITS[n % 10] if n % 10 else "")
    if n < 100:
        return _DIGITS[n // 10] + _chinese(10 + n % 10)
    rest = n % 100
    middle = "零" if 0 < rest < 10 else "一" if 10 <= rest < 20 else ""
    return _DIGITS[n // 100] + "百" + middle + (_chinese(rest) if rest else "")


def _letters(n: int) -> str:
    return chr(ord("a") + (n - 1) % 26) * ((n - 1) // 26 + 1)


def _roman(n: int) -> str:
    out = ""
    for value, sign in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("m", "cm", "d", "cd", "c", "xc", "l", "xl", "x", "ix", "v", "iv", "i"),
        strict=True,
    ):
        out, n = out + sign * (n // value), n % value
    return out


def _enclosed(first: str, n: int) -> str:
    """The n-th of twenty signs such as ①; the plain number beyond."""
    return chr(ord(first) + n - 1) if 1 <= n <= 20 else str(n)


def format_number(n: int, form: str) -> str:
    """A number in one of Word's forms (numFmt); decimal where the form is another one."""
    if form in {"chineseCounting", "chineseCountingThousand", "japaneseCounting"}:
        return _chinese(n)
    if form in {"ideographDigital", "taiwaneseCounting", "taiwaneseCountingThousand"}:
        return _chinese(n)
    if form == "chineseLegalSimplified":
        return _chinese(n).translate(
            str.maketrans("零一二三四五六七八九十百", "零壹贰叁肆伍陆柒捌玖拾佰")
        )
    forms = {
        "decimalEnclosedCircle": lambda: _enclosed("①", n),
        "decimalEnclosedCircleChinese": lambda: _enclosed("①", n),
        "decimalEnclosedParen": lambda: _enclosed("⑴", n),
        "decimalEnclosedFullstop": lambda: _enclosed("⒈", n),
        "ideographTraditional": lambda: "甲乙丙丁戊己庚辛壬癸"[(n - 1) % 10],
        "lowerLetter": lambda: _letters(n),
        "upperLetter": lambda: _letters(n).upper(),
        "lowerRoman": lambda: _roman(n),
        "upperRoman": lambda: _roman(n).upper(),
        "decimalZero": lambda: f"{n:02d}",
        "none": lambda: "",
    }
    return forms[form]() if form in forms else str(n)


@dataclass
class _Level:
    start: int = 1
    form: str = "decimal"
    text: str = ""
    suffix: str = "tab"
    restart: int | None = None  # the level whose number begins this one anew; 0 for none
    style: str = ""


@dataclass
class _List:
    levels: dict[int, _Level] = field(default_factory=dict)


class _Numbering:
    """Lists of a Word file, and how far each has counted."""

    def __init__(self, numbering: etree._Element | None, styles: etree._Element | None) -> None:
        self.abstract: dict[str, _List] = {}
        self.nums: dict[str, tuple[str, dict[int, _Level], dict[int, int]]] = {}
        self.styles: dict[str, tuple[str, str, str]] = {}  # numId, ilvl, style it is based on
        self.counts: dict[str, dict[int, int]] = {}
        self.begun: set[str] = set()
        for a in numbering.iterchildren(f"{_W}abstractNum") if numbering is not None else ():
            levels = {int(x.get(f"{_W}ilvl", "0")): _level(x) for x in a.iterchildren(f"{_W}lvl")}
            self.abstract[a.get(f"{_W}abstractNumId", "")] = _List(levels)
        for num in numbering.iterchildren(f"{_W}num") if numbering is not None else ():
            self._add_num(num)
        for style in styles.iterchildren(f"{_W}style") if styles is not None else ():
            number = style.find(f"{_W}pPr/{_W}numPr")
            self.styles[style.get(f"{_W}styleId", "")] = (
                _value(number, "numId"),
                _value(number, "ilvl"),
                _value(style, "basedOn"),
            )

    def _add_num(self, num: etree._Element) -> None:
        levels, starts = {}, {}
        for override in num.iterchildren(f"{_W}lvlOverride"):
            at = int(override.get(f"{_W}ilvl", "0"))
            if start := _value(override, "startOverride"):
                starts[at] = int(start)
            if (level := override.find(f"{_W}lvl")) is not None:
                levels[at] = _level(level)
        key = num.get(f"{_W}numId", "")
        self.nums[key] = (_value(num, "abstractNumId"), levels, starts)

    def _find(self, paragraph: etree._Element) -> tuple[str, int]:
        """List and level of a paragraph, its own or its style's; an empty list for none."""
        own = paragraph.find(f"{_W}pPr/{_W}numPr")
        num, level = _value(own, "numId"), _value(own, "ilvl")
        style = _value(paragraph.find(f"{_W}pPr"), "pStyle")
        seen: set[str] = set()
        while not num and style in self.styles and style not in seen:
            seen.add(style)
            num, inherited, base = self.styles[style]
            level, style = level or inherited, base
        return ("", 0) if num not in self.nums else (num, int(level or 0))

    def is_listed(self, paragraph: etree._Element) -> bool:
        """Whether a paragraph has a number of its own; one by its style alone may be empty."""
        return paragraph.find(f"{_W}pPr/{_W}numPr") is not None and self._find(paragraph)[0] != ""

    def label(self, paragraph: etree._Element) -> str:
        """The number of a paragraph as Word prints it, and what parts it from the words."""
        num, at = self._find(paragraph)
        if not num:
            return ""
        key, own, starts = self.nums[num]
        levels = self.abstract.get(key, _List()).levels | own
        if at not in levels:
            return ""
        counts = self.counts.setdefault(key, {})
        if num not in self.begun:
            self.begun.add(num)
            for level in starts:  # a list that begins anew
                counts.pop(level, None)
        counts[at] = counts[at] + 1 if at in counts else starts.get(at, levels[at].start)
        for deeper in [x for x in counts if x > at]:
            restart = levels[deeper].restart if deeper in levels else None
            if restart is None or 0 < at + 1 <= restart:
                del counts[deeper]
        if levels[at].form == "bullet":
            return "• "
        text = re.sub(
            r"%(\d)", lambda m: self._count(int(m[1]) - 1, levels, counts), levels[at].text
        )
        return text + ("" if not text or text[-1] in "、.．。）):：条章节" else " ")

    @staticmethod
    def _count(at: int, levels: dict[int, _Level], counts: dict[int, int]) -> str:
        level = levels.get(at, _Level())
        return format_number(counts.get(at, level.start), level.form)


def _level(element: etree._Element) -> _Level:
    restart = _value(element, "lvlRestart")
    form = _value(element, "numFmt") or "decimal"
    return _Level(
        start=int(_value(element, "start") or 1),
        form=form,
        text=_value(element, "lvlText"),
        suffix=_value(element, "suff") or "tab",
        restart=int(restart) if restart else None,
    )


def _value(element: etree._Element | None, name: str) -> str:
    """The attribute val of a child element; empty where there is none."""
    child = element.find(f"{_W}{name}") if element is not None else None
    return child.get(f"{_W}val", "") if child is not None else ""
