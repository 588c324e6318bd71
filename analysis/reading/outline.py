"""The numbering of a plan as a tree: 一、 → (一) → 1. → (1), 第一条, 一是, rows without a number.

Every line that opens with a number becomes an entry of the tree, whatever the style of the number;
which entries are headings, tasks or items of a list inside a task is decided in `layout`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise, zip_longest

from analysis.lexicon import read_lexicon
from analysis.reading.clauses import holds_label, opens_clause
from analysis.reading.numerals import parse_chinese_number

_CHINESE = "[一二三四五六七八九十百]"
# Styles from the outermost to the innermost, as the rules for official documents order them.
STYLES = {
    "part": rf"第({_CHINESE}{{1,4}}|\d{{1,2}})[章篇节编]|第({_CHINESE}{{1,3}})部分[:、]?",
    "chinese": rf"({_CHINESE}{{1,4}})\s*[、.](?!{_CHINESE}[、.,])",
    "bracket": rf"\(\s*({_CHINESE}{{1,4}})\s*\)[、.]?|([㈠-㈩])[、.]?",
    "article": rf"第({_CHINESE}{{1,5}}|\d{{1,3}})[条项][:、.]?",
    "task": rf"(?:重点|主要)?(?:任务|事项|项目|行动)({_CHINESE}{{1,3}}|\d{{1,3}})(?:\s*[:、.]|\s+)"
    r"|序号\s*[:、]?\s*(\d{1,3})(?=\s*(?:\n|$))",
    "decimal": r"\d{1,2}\.(?:\d{1,2}\.)?(\d{1,2})(?:[、.]\s*|\s+)(?=[^\d\s%])"
    r"|\d{1,2}[-—](\d{1,2})(?:[、.]\s*|\s+)(?=[\u4e00-\u9fff“])",
    "dot": r"(\d{1,3})\s*[.、:](?!\d)",
    "paren": r"\(\s*(\d{1,3})\s*\)[、.]?|([⑴-⒇])[、.]?",
    "half": r"(\d{1,3})\)[、.]?",
    "circle": r"([①-⑳⒈-⒛])[、.]?",
    "point": rf"({_CHINESE}{{1,2}})是(?!否|年|月)[:,]?",
    "bare": r"(\d{1,3})(?:\s+|,\s*)(?=[^\x00-\x7f])",
}
_RANK = {style: rank for rank, style in enumerate(STYLES)}
_MARK = re.compile("|".join(f"(?P<{style}>{form})" for style, form in STYLES.items()))
# A heading without a number: after a dash, or a short line of its own between two tasks.
_DASH = re.compile(r"(?:——+|--+|[-•·*●■◆※○]\s+|[●■◆※])\s*")
_LIST_MARK = re.compile(r"[-•·*]\s")
_DASHED_HEADING = re.compile(rf"{_DASH.pattern}[^。;:\n]{{2,40}}")
_PLAIN_HEADING = re.compile(
    r"\((?:第?[一二三四]季度|[上下]半年|\d{1,2}月份?)\)|"
    r"[【\[]?(?![(\d])[^\s。;:,!?|\t()]{2,16}(?:[,\s][^\s。;:!?|\t()]{2,16})?[】\]]?"
)
_FINISHED = re.compile(r"[。;!?)\]】〕”]$")
_WHOLE = re.compile(r"[。;!?]")
# Where a number may open inside a line: after a sentence or a clause, or behind a heading.
_OPENS = (
    rf"(?:{_CHINESE}{{1,3}}、|\({_CHINESE}{{1,3}}\)|\d{{1,3}}[.、](?!\d)|第{_CHINESE}{{1,4}}条)"
)
_AFTER_SENTENCE = re.compile(rf"(?<=[。;)\]】〕])[^\S\n]*(?={_OPENS})")
_AFTER_HEADING = re.compile(
    rf"(?:第{_CHINESE}{{1,3}}[章节]|{_CHINESE}{{1,3}}、|\({_CHINESE}{{1,3}}\))[^。;:,()]{{2,40}}?(?={_OPENS})"
)
_FIRST = re.compile(r"(?<![\d(])(?=一、|\(一\)|1[.、](?!\d))")  # of a text in one paragraph
_WEAK = {"bare", "point", "circle"}  # may open a line and be no number of it
_LARGEST_GAP = 5  # numbers; a line that jumps further is no member of the row


@dataclass(eq=False)
class Entry:
    """A numbered line, or a heading without number, and what stands below it in the tree.

    `start` and `after` are the places of its mark and of the words behind it, `stop` that of the
    next entry; all are places of the folded text.
    """

    style: str
    number: int
    start: int
    after: int
    stop: int = 0
    printed: str = ""
    parent: Entry | None = None
    children: list[Entry] = field(default_factory=list)
    kind: str = ""  # heading, task or item, once that is settled
    restored: bool = False
    heads_table: bool = False  # a table of tasks follows its words
    gap: str = ""  # what is odd about its number

    def ancestors(self) -> Iterator[Entry]:
        """Yield the entries above it, the nearest first."""
        entry = self.parent
        while entry is not None:
            yield entry
            entry = entry.parent

    def subtree(self) -> Iterator[Entry]:
        """Yield it and all that stand below it, in text order."""
        yield self
        for child in self.children:
            yield from child.subtree()


@dataclass(frozen=True)
class Line:
    """A line, or a part of one that a number opens: its words' span, and its number if any."""

    start: int
    end: int
    words: str
    mark: re.Match[str] | None
    is_inside: bool = False
    begin: int = 0  # of the whole line, with what a word processor left before its number

    @property
    def style(self) -> str:
        """Style of its number; empty without one."""
        return self.mark.lastgroup or "" if self.mark else ""

    @property
    def number(self) -> int:
        """Its number; 0 without one."""
        return read_number(printed_number(self.mark)) if self.mark else 0


def printed_number(mark: re.Match[str]) -> str:
    """The digits or numeral of a mark, without its signs."""
    return [group for group in mark.groups() if group][-1]


def read_number(printed: str) -> int:
    """Value of a number in any style (12, 十二, ⑫, ㈩); 0 where it has none (十二十)."""
    if printed.isascii():
        return int(printed)
    if len(printed) == 1 and not re.match(_CHINESE, printed):
        return int(unicodedata.numeric(printed))
    try:
        return parse_chinese_number(printed)
    except ValueError:
        return 0


@cache
def _before() -> re.Pattern[str]:
    """What may stand in a line before its number: marks that a word processor left."""
    rows = [r["pattern"] for r in read_lexicon("furniture") if r["where"] == "before"]
    return re.compile("|".join(f"(?:{p})" for p in rows))


def read_lines(folded: str, start: int, end: int) -> list[Line]:
    """Lines that hold words, each cut where a number opens inside it."""
    found = [m.span() for m in re.compile(r"\S(?:[^\n]*\S)?").finditer(folded, start, end)]
    is_one = not any(_MARK.match(folded, a, b) for a, b in found)  # all in one paragraph
    lines = []
    for first, last in found:
        begin = first
        if mark := _before().match(folded[first:last]):
            first += mark.end()
        edges = [first, *_cuts(folded, first, last, is_one=is_one), last]
        for i, (a, b) in enumerate(pairwise(edges)):
            number = _MARK.match(folded, a, b)
            lines.append(Line(a, b, folded[a:b].strip(), number, i > 0, a if i else begin))
    return lines


def _cuts(folded: str, start: int, end: int, *, is_one: bool) -> list[int]:
    cuts = {m.end() for m in _AFTER_SENTENCE.finditer(folded, start, end)}
    if is_one and (first := _FIRST.search(folded, start, end)):
        cuts.add(first.end())
    for place in [start, *sorted(cuts)]:
        while heading := _AFTER_HEADING.match(folded, place, end):
            place = heading.end()
            cuts.add(place)
    return sorted(c for c in cuts if c > start and _MARK.match(folded, c, end))


def read_outline(lines: list[Line], stops: set[int], end: int) -> tuple[list[Entry], list[Line]]:
    """Entries of the tree in text order, and the numbered lines that fit nowhere in it.

    At each place of `stops` (an annex) the numbering begins anew; the last entry ends at `end`.
    """
    restored = _lost_numbers(lines)
    entries: list[Entry] = []
    unread: list[Line] = []
    stack: list[Entry] = []
    above: set[tuple[str, str]] = set()  # styles, outer and inner, as seen so far
    last: dict[str, int] = {}  # last number of a style, wherever it stood
    for i, line in enumerate(lines):
        if line.start in stops:
            stack, last = [], {}
        style = line.style or _heading_style(lines, i, entries)
        if not style:
            continue
        entry = _entry(line, style)
        if line.start in restored and style == "dash":
            entry.style, entry.number, entry.restored = "chinese", restored[line.start], True
            style = entry.style
        depth = _depth(entry, stack, above, last, lines, i)
        if depth is None or (line.is_inside and entry.gap):
            if depth is None and not line.is_inside and style not in _WEAK:
                unread.append(line)
            continue
        del stack[depth:]
        if stack:
            entry.parent = stack[-1]
            stack[-1].children.append(entry)
        above |= {(outer.style, style) for outer in stack}
        stack.append(entry)
        last[style] = entry.number
        if entries:
            entries[-1].stop = line.begin
        entries.append(entry)
    if entries:
        entries[-1].stop = end
    return entries, unread


def _lost_numbers(lines: list[Line]) -> dict[int, int]:
    """Numbers of headings whose number a list mark replaced (- 推进转型), by the line's place.

    They close the gap between two numbers of the outermost style, or follow the last of them.
    """
    found: dict[int, int] = {}
    waiting: list[int] = []
    last = 0
    for line, following in zip_longest(lines, lines[1:]):
        if line.style == "chinese":
            if line.number == last + len(waiting) + 1:
                found |= {place: last + i for i, place in enumerate(waiting, 1)}
            last, waiting = line.number, []
        elif _LIST_MARK.match(line.words) and _is_dashed(line) and following and following.mark:
            waiting.append(line.start)
    return found | {place: last + i for i, place in enumerate(waiting, 1)}


def _entry(line: Line, style: str) -> Entry:
    if line.mark:
        return Entry(
            style, line.number, line.start, line.mark.end(), printed=printed_number(line.mark)
        )
    sign = _DASH.match(line.words) or re.match(r"[【\[]", line.words)
    return Entry(style, 0, line.start, line.start + (sign.end() if sign else 0))


def _depth(
    entry: Entry,
    stack: list[Entry],
    above: set[tuple[str, str]],
    last: dict[str, int],
    lines: list[Line],
    at: int,
) -> int | None:
    """How deep an entry stands; None where its number follows from nothing before it."""
    styles = [e.style for e in stack]
    if not entry.number:  # it stands above the numbers that follow it
        below = next((line.style for line in lines[at + 1 :] if line.mark), "")
        for depth, style in enumerate(styles):
            if style in {entry.style, below}:
                return depth
        return len(stack)
    before = last.get(entry.style, 0)
    if entry.style in styles:
        depth = styles.index(entry.style)
        if lines[at].is_inside and entry.number == 1:
            return None  # a list inside a sentence
        before = stack[depth].number
    else:
        depth = len(stack)
        while depth and _stands_above(entry, stack[depth - 1], above, lines[at - 1]):
            depth -= 1
    if entry.number in {1, before + 1}:
        return depth
    if entry.style == "bare" or abs(entry.number - before - 1) > _LARGEST_GAP:
        return None
    entry.gap = f"{entry.printed} where {before + 1} is due"
    return depth


def _stands_above(entry: Entry, other: Entry, above: set[tuple[str, str]], before: Line) -> bool:
    """Whether an entry of a new style ends another instead of standing below it.

    What was seen of the two styles decides, then the usual order of styles; but a first number
    straight behind a line that is no sentence stands below that.
    """
    if (entry.style, other.style) in above:
        return True
    if (other.style, entry.style) in above or other.style not in _RANK:
        return False
    is_headed = before.start == other.start and not _WHOLE.search(before.words)
    return _RANK[entry.style] < _RANK[other.style] and not (entry.number == 1 and is_headed)


def _heading_style(lines: list[Line], at: int, entries: list[Entry]) -> str:
    """Style of a heading without number: a dash, or a short line alone; empty where it is none.

    It follows a sentence, a clause or another heading, and the next line opens with a number.
    """
    line = lines[at]
    following = next((x for x in lines[at + 1 : at + 3] if x.mark or not _is_dashed(x)), None)
    if following is None or not following.mark or following.style in {"point", "circle"}:
        return ""
    if _is_dashed(line):
        return "dash"
    if not _PLAIN_HEADING.fullmatch(line.words) or opens_clause(line.words):
        return ""
    previous = lines[at - 1] if at else None
    if not entries:
        is_marked = line.words[0] in "【[("
        return "plain" if is_marked or _heads_the_first(lines, at, following) else ""
    if previous is None:
        return ""
    if line.words[0] in "【[" or _FINISHED.search(previous.words) or holds_label(previous.words):
        return "plain"
    is_heading = previous.mark and not _WHOLE.search(previous.words)
    return "plain" if is_heading and previous.style != following.style else ""


def _heads_the_first(lines: list[Line], at: int, following: Line) -> bool:
    """Whether a line over the first number is a heading: others stand where numbers begin anew."""
    others = [
        line
        for line, mark in pairwise(lines[at + 1 :])
        if not line.mark and mark.mark and mark.number == following.number == 1
    ]
    return any(
        _PLAIN_HEADING.fullmatch(line.words) and not opens_clause(line.words) for line in others
    )


def _is_dashed(line: Line) -> bool:
    return _DASHED_HEADING.fullmatch(line.words) is not None
