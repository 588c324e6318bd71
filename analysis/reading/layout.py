"""From a document's text to sections and numbered tasks, losing no character."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import pandas as pd

from analysis.errors import PlanError
from analysis.lexicon import read_lexicon
from analysis.reading.documents import Document
from analysis.reading.intake import Span
from analysis.text import fold_width, line_of, parse_chinese_number

_LINE = re.compile(r"[^\n]+")
_ANY_LINE = re.compile(r"[^\n]*\n?")
# 一、加快推进…  Headings carry no full stop.
_HEADING = re.compile(r"\s*([一二三四五六七八九十]{1,3})、\s*([^。]{2,60}?)\s*$")
# A heading whose number was lost and that a list mark replaces.
_BARE_HEADING = re.compile(r"\s*[-•·*]\s+([^。]{2,60}?)\s*$")
# The number of a task, by style: 1. (1．and 1、also occur), (1), ①, (一), 第一条.
_NUMBERS = (
    r"(\d{1,3})\s*[.、](?!\d)",
    r"[(](\d{1,3})[)]",
    r"([①-⑳])",
    r"[(]([一二三四五六七八九十]{1,3})[)]",
    r"第([一二三四五六七八九十百]{1,5}|\d{1,3})条",
)
# The title ends at the first full stop, or with the line where no task of the style has one.
_TITLED = tuple(re.compile(rf"\s*{n}\s*([^。\n]{{2,60}})。") for n in _NUMBERS)
_NUMBER = re.compile(rf"(?:{'|'.join(_NUMBERS)})\s*")
_UNTITLED = tuple(re.compile(rf"\s*{n}\s*([^。\n]{{2,}}(?:。|$))", re.MULTILINE) for n in _NUMBERS)
# Words that make a closing bracket a responsibility clause; a bare list of bodies is one only
# where a sentence has ended before it.
_DUTY = re.compile(r"牵头|负责|配合|参与单位|责任(?:单位|部门|领导)")
_BODIES = re.compile(r"(?:部门|单位|[局委办院会室厅]|中心|街道)[)\]】〕]$")
_SENTENCE_OVER = re.compile(r"[。;!?\n”][^\S\n]*$")
# A clause without brackets stands in lines of its own: bodies, and persons and dates beside them.
_BODY_LABEL = r"(?:牵头|责任|配合|参与|协同|协办|主办)(?:单位|部门)\s*:"
_LABEL = rf"(?:{_BODY_LABEL}|(?:[^\s。:]{{0,3}}领导|责任人|联系人|(?:完成)?(?:时限|时间))\s*:)"
_PLAIN_CLAUSE = re.compile(rf"(?:\n[^\S\n]*{_LABEL}[^\n]*)+\s*\Z")
_BRACKETS = {")": "(", "]": "[", "】": "【", "〕": "〔"}
# (一)… heads a group of tasks inside a section and belongs to none of them.
_SUBHEADING = re.compile(r"\s*[(][一二三四五六七八九十]{1,3}[)][^。\n]{2,40}\s*$")


@dataclass(frozen=True)
class Segment:
    """A stretch of a document: kind, first character, one past the last, number if it has one.

    Kinds: header, section, task_no, title, text, clause, rest. The segments of a document follow
    each other without gap or overlap.
    """

    kind: str
    start: int
    end: int
    number: int = 0
    restored: bool = False


@cache
def _furniture(where: str) -> re.Pattern[str]:
    rows = [r["pattern"] for r in read_lexicon("furniture") if r["where"] == where]
    return re.compile("|".join(f"(?:{p})" for p in rows))


def segment(text: str, file: str | Path | None = None) -> list[Segment]:
    """Cut a plan's text into segments that cover it.

    Raises
    ------
    PlanError
        There is no task, or sections or tasks are not numbered one by one.
    """
    folded = fold_width(text)
    heads = _read_heads(folded, text, file)
    segments = [Segment("header", 0, heads[0].start)]
    for head, following in zip(heads, [*heads[1:], None], strict=True):
        # up to the line of the next head, which may open with a mark that is no part of the task
        limit = folded.rfind("\n", 0, following.start) + 1 if following else len(folded)
        if head.kind == "task_no":
            limit = _end_of_task(folded, head.end, limit, last=following is None)
            segments += _cut_task(folded, head, limit)
        else:
            segments.append(head)
        end = segments[-1].end
        stop = following.start if following else len(text)
        if end < stop:
            segments.append(Segment("rest", end, stop))
    return segments


def _read_heads(folded: str, text: str, file: str | Path | None) -> list[Segment]:
    """Headings and tasks, numbered in the first style of which there is a task."""
    faults: list[PlanError] = []
    for style in zip(_TITLED, _UNTITLED, strict=True):
        for task in style:
            heads = list(_find_heads(folded, task))
            if any(h.kind == "task_no" for h in heads):
                try:
                    return _check_numbers(_number_through(_restore_sections(heads)), text, file)
                except PlanError as error:
                    faults.append(error)
        if faults:
            raise faults[0]
    remedy = "tasks start a line with “1.”, “(1)” or “(一)”"
    raise PlanError("no numbered task found", remedy, file=file)


def _find_heads(folded: str, task: re.Pattern[str]) -> Iterator[Segment]:
    """Yield headings and task numbers; a task's segment here spans number and title."""
    before = _furniture("before")
    for line in _LINE.finditer(folded):
        start, end = line.span()
        mark = before.match(line[0])
        start += mark.end() if mark else 0
        if m := task.match(folded, start, end):
            yield Segment("task_no", m.end() - len(m[0].lstrip()), m.end(), _read_number(m[1]))
        elif m := _HEADING.fullmatch(folded, start, end):
            yield Segment("section", m.start(1), m.end(2), parse_chinese_number(m[1]))
        elif m := _BARE_HEADING.fullmatch(folded, start, end):
            yield Segment("section", line.start(), m.end(1), 0, restored=True)


def _restore_sections(heads: list[Segment]) -> list[Segment]:
    """Drop headings that head no task, and number those that lost their number."""
    kept: list[Segment] = []
    number = 0
    for head, following in zip(heads, [*heads[1:], None], strict=True):
        if head.kind == "section":
            if following is None or following.kind != "task_no":
                continue
            number = number + 1 if head.restored else head.number
            head = Segment("section", head.start, head.end, number, head.restored)
        elif not kept:
            continue  # a numbered line before the first heading is no task of the plan
        kept.append(head)
    return kept


def _number_through(heads: list[Segment]) -> list[Segment]:
    """Number tasks through the plan where each section starts anew with 1."""
    firsts = [b.number for a, b in pairwise(heads) if (a.kind, b.kind) == ("section", "task_no")]
    if len(firsts) < 2 or set(firsts) != {1}:
        return heads
    out: list[Segment] = []
    count = before = 0
    for head in heads:
        if head.kind == "section":
            before = count
        else:
            count, head = count + 1, replace(head, number=before + head.number)
        out.append(head)
    return out


def _check_numbers(heads: list[Segment], text: str, file: str | Path | None) -> list[Segment]:
    for kind, what in (("section", "section"), ("task_no", "task")):
        found = [h for h in heads if h.kind == kind]
        if not found:
            remedy = "head each section with “一、” and its title"
            raise PlanError(f"no {what} heading found", remedy, file=file)
        for expected, head in enumerate(found, 1):
            if head.number != expected:
                problem = f"{what} {head.number} where {what} {expected} is due"
                remedy = "mend the numbering or restore the missing line"
                raise PlanError(problem, remedy, file=file, line=line_of(text, head.start))
    return heads


def _end_of_task(folded: str, start: int, limit: int, *, last: bool) -> int:
    """End of a task's text: before a subheading, and for the last task before what follows it.

    The last task ends at page furniture, or at a gap of blank lines unless a paragraph with a
    clause comes next.
    """
    tail = _furniture("tail")
    end = start
    gap = False
    for line in _ANY_LINE.finditer(folded, start, limit):
        words = line[0].strip()
        if words and line.start() > start:
            if _SUBHEADING.fullmatch(line[0].rstrip("\n")):
                break
            if last and (tail.search(words) or (gap and not _ends_in_clause(words))):
                break
        gap = gap or (not words and line.start() > start)
        if words:
            end = line.end()
    return end


def _ends_in_clause(words: str) -> bool:
    return bool(re.match(_BODY_LABEL, words)) or (
        words.rstrip("。")[-1] in _BRACKETS and bool(_DUTY.search(words))
    )


def _cut_task(folded: str, head: Segment, limit: int) -> list[Segment]:
    """Segments of one task: number, title, text, clause."""
    number = _NUMBER.match(folded, head.start)
    assert number is not None  # the head matched with one of these numbers
    end = head.start + len(folded[head.start : limit].rstrip())
    clause, stop = _find_clause(folded, number.end(), end)
    text = min(head.end, clause)  # a title may hold the clause: 增长6%(县发改局负责)。
    segments = [
        Segment("task_no", head.start, number.end(), head.number),
        Segment("title", number.end(), text, head.number),
        Segment("text", text, clause, head.number),
        Segment("clause", clause, stop, head.number),
    ]
    return [s for s in segments if s.start < s.end]


def _find_clause(folded: str, start: int, end: int) -> tuple[int, int]:
    """Span of the clause that closes a task; empty, at `end`, where there is none."""
    stop = start + len(folded[start:end].rstrip().rstrip("。"))
    opening = _BRACKETS.get(folded[stop - 1])
    if opening is None:
        plain = _PLAIN_CLAUSE.search(folded, start, end)
        named = plain and re.search(_BODY_LABEL, plain[0])
        return (end - len(plain[0].lstrip()) if plain and named else end), end
    depth = 0
    for i in range(stop - 1, start - 1, -1):
        depth += (folded[i] == folded[stop - 1]) - (folded[i] == opening)
        if depth == 0:
            listed = _BODIES.search(folded, i, stop) and _SENTENCE_OVER.search(folded, start - 1, i)
            return (i, stop) if _DUTY.search(folded, i, stop) or listed else (end, end)
    return end, end


def _read_number(printed: str) -> int:
    if "①" <= printed <= "⑳":
        return ord(printed) - ord("①") + 1
    return int(printed) if printed.isdecimal() else parse_chinese_number(printed)


def read_sections(document: Document, segments: list[Segment]) -> pd.DataFrame:
    """One row per section of `document`; `theme` is empty where no pattern knows the heading."""
    rows = []
    for s in segments:
        if s.kind == "section":
            heading = document.text[s.start : s.end]
            m = _HEADING.fullmatch(heading) or _BARE_HEADING.fullmatch(heading)
            title = m[m.lastindex or 0] if m else heading
            rows.append(
                {
                    "doc_id": document.doc_id,
                    "section_no": s.number,
                    "section_title": title,
                    "theme": section_theme(title),
                    "restored": s.restored,
                    "char_start": s.start,
                    "char_end": s.end,
                }
            )
    return pd.DataFrame(rows)


@cache
def section_theme(title: str) -> str | None:
    """Canonical theme of a section's heading, by the first pattern of ``sections.csv`` in it."""
    for row in read_lexicon("sections"):
        if re.search(row["pattern"], title):
            return row["theme"]
    return None


def read_tasks(document: Document, segments: list[Segment], sections: pd.DataFrame) -> pd.DataFrame:
    """One row per numbered task of `document`, in order, as `schema.TASKS` declares it."""
    heads = sections.set_index("section_no")
    section = 0
    rows: list[dict[str, object]] = []
    for s in segments:
        if s.kind == "section":
            section = s.number
        elif s.kind == "task_no":
            rows.append(
                {
                    "task_id": f"{document.doc_id}-{s.number:02d}",
                    "doc_id": document.doc_id,
                    "task_no": s.number,
                    "section_no": section,
                    "section_title": heads.at[section, "section_title"],
                    "theme": heads.at[section, "theme"],
                    "clause": None,
                    "char_start": s.start,
                }
            )
        elif s.kind in {"title", "text", "clause"}:
            piece = document.text[s.start : s.end].strip()
            rows[-1][s.kind] = piece.rstrip("。") if s.kind == "title" else piece
            rows[-1]["char_end"] = s.end
    return pd.DataFrame(rows)


def read_words(doc_id: str, segments: list[Segment]) -> dict[str, list[Span]]:
    """Spans of each task's own words, title and text, by task_id; a clause stands between two."""
    words: dict[str, list[Span]] = {}
    last = -1
    for s in segments:
        if s.kind in {"title", "text"}:
            spans = words.setdefault(f"{doc_id}-{s.number:02d}", [])
            if spans and last == s.start:
                spans[-1] = (spans[-1][0], s.end)
            else:
                spans.append((s.start, s.end))
            last = s.end
    return words
