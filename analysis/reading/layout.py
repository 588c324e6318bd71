"""From a document's text to sections and tasks, losing no character.

The numbered lines form a tree (`outline`), whose levels are settled (`levels`); rows of tables
(`rows`) are tasks, too. Here they are cut into number, title, text and clause.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import takewhile, zip_longest
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.errors import PlanError
from analysis.lexicon import read_lexicon
from analysis.reading.clauses import find_clauses, find_rule, names_bodies, read_due
from analysis.reading.intake import PlanText, Span, fold_text
from analysis.reading.levels import (
    DATE_LINE,
    Levels,
    add_paragraphs,
    end_of_words,
    furniture,
)
from analysis.reading.outline import Entry, Line, read_lines, read_outline
from analysis.reading.rows import DITTO, Row, Table, as_clause, find_tables
from analysis.schema import REPORT, SECTIONS, TASKS
from analysis.text import line_of

_TITLE_END = re.compile(r"[。!?](?![”’」』)）])|\n")
# 推进园区扩容:新增工业用地300亩。
_NAMED = re.compile(r"[^\s,;。:、()\d]{4,20}:(?=[^\n:]*[,;。\d])")
# 工作任务:实施项目40个。 in the form of a card
_WORDS_LABEL = re.compile(r"(?:工作|重点|主要)?(?:任务|内容|事项)(?:内容|名称)?:\s*")
_SIGNS = "。 \n|\t★☆◎●■◆▶※"  # what a part without words may hold
_ANNEX = re.compile(r"附件\s*[\d一二三四五六]{0,2}\s*:?")
_ATTACHED = re.compile(r"附件\s*\d{0,2}\s*:|附\s*:")
_NOTED = re.compile(r"(?:备?注|说明)\s*:\s*1\s*[.、]")
_INNER_TITLE = re.compile(r"关于印发\s*《?(.*?)》?\s*的\s*通\s*知", re.DOTALL)
_BLANK = re.compile(r"\s+")
_HEADING_PARTS = re.compile(r"[,，;；:：\s]")


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


@dataclass(frozen=True)
class Heading:
    """A heading: spans of the whole and of its title, its level, and the number of that above."""

    span: Span
    title: Span
    level: int
    parent: int
    printed: str
    restored: bool


@dataclass(frozen=True)
class Task:
    """A task: the number of its innermost heading (0 without one), and spans of its parts.

    `readings` are its clauses as `clauses.read_clause` takes them; where it has none, those of
    the nearest heading above that has some.
    """

    section: int
    printed: str
    number: Span | None
    title: Span
    texts: list[Span]
    clauses: list[Span]
    readings: list[str]
    due: str

    def parts(self) -> list[Span]:
        """Spans of number, title, texts and clauses."""
        return [*([self.number] if self.number else []), self.title, *self.texts, *self.clauses]


@dataclass
class Layout:
    """How a plan is laid out.

    Spans of headings, tasks and items (the numbers of lists inside tasks) are those of the folded
    text, segments and the places of findings (kind, place, what, remedy) those of the text itself.
    """

    plan: PlanText
    headings: list[Heading] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    items: list[Span] = field(default_factory=list)
    findings: list[tuple[str, int, str, str]] = field(default_factory=list)
    rule: str = ""  # which body leads, where the plan says it once for all its clauses
    segments: list[Segment] = field(default_factory=list)

    def find(self, kind: str, place: int, what: str, remedy: str) -> None:
        """Note something that the rules could not settle, at a place of the folded text."""
        self.findings.append((kind, self.plan.places[place], _BLANK.sub(" ", what)[:60], remedy))

    def task_spans(self, doc_id: str) -> list[tuple[str, int, int]]:
        """Id and span in the text of each task, from its number to its last word."""
        spans = []
        for number, task in enumerate(self.tasks, 1):
            parts = [s for s in task.parts() if s[0] < s[1]]
            start, end = min(parts)[0], max(b for _, b in parts)
            spans.append((task_id(doc_id, number), *self.plan.span(start, end)))
        return spans

    def words(self, doc_id: str) -> dict[str, list[Span]]:
        """Spans of each task's own words, title and text, by id; a clause stands between two."""
        words: dict[str, list[Span]] = {}
        for number, task in enumerate(self.tasks, 1):
            spans: list[Span] = []
            for start, end in (task.title, *task.texts):
                if spans and spans[-1][1] == start:
                    spans[-1] = (spans[-1][0], end)
                elif start < end:
                    spans.append((start, end))
            words[task_id(doc_id, number)] = [self.plan.span(*s) for s in spans]
        return words

    def numbers(self) -> dict[str, list[Span]]:
        """Spans of the numbers that count something in the plan, by their account."""
        return {
            "section_number": [self.plan.span(h.span[0], h.title[0]) for h in self.headings],
            "task_number": [self.plan.span(*t.number) for t in self.tasks if t.number],
            "ordinal": [self.plan.span(*item) for item in self.items],
        }


def task_id(doc_id: str, number: int) -> str:
    """Id of a task: that of its plan, and its number in two digits or as many as it has."""
    return f"{doc_id}-{number:02d}"


def segment(
    text: str, file: str | Path | None = None, *, by_paragraphs: bool = False
) -> list[Segment]:
    """Cut a plan's text into segments that cover it; see `read_layout`."""
    return read_layout(fold_text(text), file, by_paragraphs=by_paragraphs).segments


def read_layout(
    plan: PlanText, file: str | Path | None = None, *, by_paragraphs: bool = False
) -> Layout:
    """Find headings, tasks and clauses of a plan.

    A report, which is read by its paragraphs, has one task for each that holds a sentence.

    Raises
    ------
    PlanError
        There is no task.
    """
    folded, layout = plan.folded, Layout(plan)
    tables = find_tables(folded)
    lines = read_lines(folded, 0, len(folded))
    lines = [x for x in lines if not any(t.start <= x.start < t.end for t in tables)]
    start = _body_start(folded, lines, tables)
    lines, stops, notes = _without_attachments([x for x in lines if x.start >= start])
    entries, unread = read_outline(lines, stops, len(folded))
    for table in tables:
        for entry in entries:
            if entry.start < table.start < entry.stop:
                entry.stop, entry.heads_table = table.start, True
    entries = add_paragraphs(folded, entries)
    levels = Levels(folded, entries)
    _place_all(layout, levels, entries, tables)
    if by_paragraphs:
        layout = Layout(plan, tasks=[_paragraph(x) for x in lines if "。" in x.words])
        unread = []
    if not layout.tasks:
        remedy = "tasks start a line with a number, as “1.”, “(1)”, “(一)” or “一、”"
        raise PlanError("no numbered task found", remedy, file=file)
    for line in [*unread, *notes, *_swallowed(layout, lines)]:
        layout.find("unread_numbered_line", line.start, line.words, "fix the number if it is one")
    layout.rule = find_rule(folded)
    layout.segments = _segments(layout)
    return layout


def _swallowed(layout: Layout, lines: list[Line]) -> Iterator[Line]:
    """Yield lines inside a task that have the number after its own, which the next task has not."""
    following = [*(task.printed for task in layout.tasks[1:]), ""]
    for task, after in zip(layout.tasks, following, strict=True):
        if not (task.printed.isascii() and task.printed.isdecimal()):
            continue
        due = int(task.printed) + 1
        parts = task.parts()
        start, end = min(parts)[0], max(stop for _, stop in parts)
        inside = [x for x in lines if start < x.start < end and x.style in {"dot", "decimal"}]
        numbers = [x.number for x in inside]
        if after != str(due) and due in numbers and 1 not in numbers[: numbers.index(due)]:
            yield inside[numbers.index(due)]


def _paragraph(line: Line) -> Task:
    """A paragraph of a report; its first words, to the first mark, are its title."""
    start = line.start
    title = (start, start + len(re.split("[,。;:]", line.words)[0]) or start + 1)
    return Task(0, "", None, title, [(title[1], line.end)], [], [""], "")


def _body_start(folded: str, lines: list[Line], tables: list[Table]) -> int:
    """Where the plan begins: behind the date, or at the title, that ends a covering notice.

    The notice may have numbered paragraphs of its own; the plan has more of them.
    """
    places = [x.start for x in lines if x.mark] + [t.start for t in tables for _ in t.rows]
    inner = _INNER_TITLE.search(folded)
    title = _BLANK.sub("", inner[1]) if inner else ""
    start = 0
    for line in lines:
        is_title = (
            title and inner and line.start > inner.end() and _BLANK.sub("", line.words) == title
        )
        if line.mark is None and (is_title or DATE_LINE.fullmatch(line.words)):
            after = sum(place > line.start for place in places)
            if after and after >= len(places) - after:
                start = line.end
    return start or _points_end(folded, lines)


def _points_end(folded: str, lines: list[Line]) -> int:
    """Where the points of a notice end that opens the text (一、高度重视。…); 0 where none does."""
    marked = [(x, folded[x.mark.end() : x.end].lstrip()) for x in lines if x.mark]
    points = [x for x, _ in takewhile(lambda pair: furniture("notice").match(pair[1]), marked)]
    is_list = [x.number for x in points] == list(range(1, len(points) + 1))
    is_over = len(points) < len(marked) and marked[len(points)][0].style != marked[0][0].style
    return points[-1].end if len(points) > 1 and is_list and is_over else 0


def _without_attachments(lines: list[Line]) -> tuple[list[Line], set[int], list[Line]]:
    """Lines without those that list attachments; starts of annexes; and notes that count on."""
    kept: list[Line] = []
    notes: list[Line] = []
    stops: set[int] = set()
    due, is_note = 0, False  # number of the next attachment or note, while a list of them goes on
    for line, following in zip_longest(lines, lines[1:]):
        is_item = line.style in {"dot", "half", "paren"}
        is_list = is_item and (is_note or not re.search(r"[。;]", line.words))
        if due and is_list and line.number == due:
            due += 1
            notes += [line] if is_note else []
            continue
        due, is_note = 0, False
        if _NOTED.match(line.words):
            due, is_note = 2, True
        if _ATTACHED.match(line.words):
            due = 2 if re.search(r":\s*1\s*[.、]", line.words) else 1
        if _ANNEX.fullmatch(line.words) and following and not following.mark:
            stops.add(following.start)
            due = 0
        kept.append(line)
    return kept, stops, notes


# --- the parts of headings and tasks ------------------------------------------------------------


def _place_all(layout: Layout, levels: Levels, entries: list[Entry], tables: list[Table]) -> None:
    """Cut headings, tasks and rows of tables into their parts, in text order."""
    above: list[tuple[Entry | None, int]] = []  # headings that stand above, and their numbers
    duties: dict[Entry, list[Span]] = {}  # clauses of the headings
    things: list[tuple[int, Entry | Table]] = [(e.start, e) for e in entries if e.kind != "item"]
    things += [(t.start, t) for t in tables]
    last = max((e for e in entries if e.kind == "task"), key=lambda e: e.start, default=None)
    for place, thing in sorted(things, key=lambda pair: pair[0]):
        if isinstance(thing, Table):
            _place_table(layout, thing, [number for _, number in above])
            continue
        ancestors = set(thing.ancestors())
        while above and above[-1][0] not in ancestors:
            above.pop()
        section = above[-1][1] if above else 0
        if thing.gap:
            layout.find(
                "numbering",
                place,
                f"{thing.gap}: {levels.first_line(thing)}",
                "fix the number, or none if the plan is numbered so",
            )
        if thing.kind == "heading":
            duties[thing] = _place_heading(layout, levels, thing, len(above) + 1, section)
            above.append((thing, len(layout.headings)))
        else:
            inherited = next(filter(None, map(duties.get, thing.ancestors())), [])
            _place_task(layout, thing, section, inherited, is_last=thing is last)


def _place_heading(
    layout: Layout, levels: Levels, entry: Entry, level: int, parent: int
) -> list[Span]:
    """Add a heading, and return the clauses that it has for the tasks below it."""
    folded = layout.plan.folded
    line = levels.first_line(entry)
    start = folded.index(line, entry.after) if line else entry.start
    line = line or folded[entry.start : entry.after].strip()  # 第一部分, and nothing behind it
    if clauses := _duties(levels, entry):
        line = line[: max(0, clauses[0][0] - start)] or line
    end = _TITLE_END.search(line)
    stop = start + (end.start() if end else len(line.rstrip("。:】]")))
    begin = folded.rfind("\n", 0, entry.start) + 1 if entry.restored else entry.start
    heading = Heading((begin, stop), (start, stop), level, parent, entry.printed, entry.restored)
    layout.headings.append(heading)
    if clauses:
        remedy = "none: it is read for the tasks below that name nobody"
        layout.find("clause_of_heading", clauses[0][0], folded[slice(*clauses[0])], remedy)
    return clauses


_LEADS_ALL = re.compile(
    r"([^,。;:]{2,40}?)(?:牵头|负责|承担|主办)(?=(?:办理|落实|完成)?的?(?:重点|主要)?(?:工作|任务|事项|项目)(?:\(.*\))?$)"
)


def _duties(levels: Levels, entry: Entry) -> list[Span]:
    """Clauses of a heading for all tasks below it: its own, or its words (县财政局牵头工作)."""
    line = levels.first_line(entry)
    named = _LEADS_ALL.match(line)
    if levels.clauses[entry] or not names_bodies(named[1] if named else line):
        return levels.clauses[entry]
    start = levels.folded.index(line, entry.after)
    return [(start, start + (named.end() if named else len(line)))]


def _place_task(
    layout: Layout, entry: Entry, section: int, inherited: list[Span], *, is_last: bool
) -> None:
    folded = layout.plan.folded
    below = list(entry.subtree())
    layout.items += [(e.start, e.after) for e in below[1:]]
    start, end = entry.after, end_of_words(folded, below[-1])
    start += len(folded[start:end]) - len(folded[start:end].lstrip(" \n\t。;,、:"))
    if label := _WORDS_LABEL.match(folded, start, end):
        start = label.end()
    end = start + len(folded[start:end].rstrip())
    clauses = find_clauses(folded, start, end)
    if is_last:
        end = _end_of_last(folded, end, clauses, below[-1].start)
    title = _title(folded, start, end, clauses)
    if not folded[slice(*title)].strip(" \n\t。;"):
        remedy = "give the task its words, or none if it is no task"
        layout.find("unread_numbered_line", entry.start, folded[entry.start : end], remedy)
        return
    edges = [title[1], *(place for clause in clauses for place in clause), end]
    texts = list(zip(edges[::2], edges[1::2], strict=True))
    cuts = [layout.plan.cut(*layout.plan.span(*span)) for span in clauses or inherited]
    due = next((d for d in map(read_due, cuts) if d), "")
    number = (entry.start, start) if entry.printed else None
    layout.tasks.append(Task(section, entry.printed, number, title, texts, clauses, cuts, due))


def _title(folded: str, start: int, end: int, clauses: list[Span]) -> Span:
    """Span of a task's title: its name before a colon, its first sentence, or its first line."""
    limit = min([end, *(a for a, _ in clauses)])
    if named := _NAMED.match(folded, start, limit):
        return start, named.end()
    stop = _TITLE_END.search(folded, start, limit)
    return start, (stop.end() if stop and stop[0] != "\n" else stop.start()) if stop else limit


def _end_of_last(folded: str, end: int, clauses: list[Span], item: int) -> int:
    """End of the last task: with the line of its clause, or where paragraphs are parted widely."""
    least = max([item, *(b for _, b in clauses)])
    if clauses:
        stop = folded.find("\n", least, end)
        return stop if stop >= 0 else end
    gaps = [m.span() for m in re.compile(r"\n\s*\n").finditer(folded)]
    wide = sorted(folded.count("\n", *g) for g in gaps)
    usual = wide[len(wide) // 2] if len(wide) > folded.count("\n") / 8 else 1
    return next(
        (a for a, b in gaps if a > least and a < end and folded.count("\n", a, b) > usual), end
    )


def _place_table(layout: Layout, table: Table, above: list[int]) -> None:
    plan, top = layout.plan, above[-1] if above else 0
    things: list[tuple[Span, Row | None]] = [(span, None) for span in table.headings]
    group = ""
    for task in table.rows:
        if task.group and plan.folded[slice(*task.group)] != group:
            group = plan.folded[slice(*task.group)]
            things.append((task.group, None))
        things.append((task.title, task))
    section, said = top, dict[str, str]()
    for span, row in sorted(things, key=lambda pair: pair[0]):
        if row is None:
            number = re.compile(
                r"[一二三四五六七八九十]{1,3}、\s*|\([一二三四五六七八九十]+\)\s*"
            ).match(plan.folded, *span)
            title = (number.end() if number else span[0], span[1])
            printed = re.sub(r"\W", "", number[0]) if number else ""
            layout.headings.append(Heading(span, title, len(above) + 1, top, printed, False))
            section = len(layout.headings)
            continue
        bodies = [(kind, plan.cut(*plan.span(*place))) for kind, place in row.bodies]
        bodies = [(kind, said.get(kind, "") if DITTO.fullmatch(b) else b) for kind, b in bodies]
        said |= dict(bodies)
        stop = _TITLE_END.search(plan.folded, *row.title)
        title, texts = row.title, row.texts
        if stop and stop.end() < row.title[1]:
            title, texts = (row.title[0], stop.end()), [(stop.end(), row.title[1]), *texts]
        due = plan.cut(*plan.span(*row.due)) if row.due else ""
        reading = as_clause(bodies)
        layout.tasks.append(
            Task(
                section,
                row.printed,
                row.number,
                title,
                texts,
                [row.clause] if row.clause else [],
                [reading] if reading else [],
                due,
            )
        )


# --- what comes out -----------------------------------------------------------------------------


def _segments(layout: Layout) -> list[Segment]:
    """Segments that cover the text; what no heading or task takes is header or rest."""
    plan = layout.plan
    pieces = [("section", h.span, i, h.restored) for i, h in enumerate(layout.headings, 1)]
    for i, t in enumerate(layout.tasks, 1):
        parts = [
            ("title", t.title),
            *(("text", s) for s in t.texts),
            *(("clause", s) for s in t.clauses),
        ]
        parts += [("task_no", t.number)] if t.number else []
        pieces += [
            (kind, span, i, False)
            for kind, span in parts
            if plan.folded[slice(*span)].strip(_SIGNS)
        ]
    out: list[Segment] = []
    end = 0
    for kind, span, number, restored in sorted(pieces, key=lambda p: p[1]):
        start, stop = plan.span(*span)
        if start > end:
            out.append(Segment("rest" if out else "header", end, start))
        out.append(Segment(kind, start, stop, number, restored))
        end = stop
    if end < len(plan.text):
        out.append(Segment("rest", end, len(plan.text)))
    return out


def read_sections(doc_id: str, layout: Layout) -> pd.DataFrame:
    """One row per heading; `theme` is empty where no pattern knows it."""
    plan = layout.plan
    rows = []
    for number, h in enumerate(layout.headings, 1):
        title = plan.cut(*plan.span(*h.title)).strip()
        start, end = plan.span(*h.span)
        rows.append(
            {
                "doc_id": doc_id,
                "section_no": number,
                "section_title": title,
                "theme": section_theme(title),
                "restored": h.restored,
                "char_start": start,
                "char_end": end,
                "level": h.level,
                "parent_no": h.parent or None,
                "printed_no": h.printed,
            }
        )
    return pd.DataFrame(rows, columns=SECTIONS.names).astype(SECTIONS.dtypes)


@cache
def section_theme(title: str) -> str:
    """Canonical theme of a section's heading: of its first part that ``sections.csv`` knows.

    Within a part the rows are asked in the order of the file.
    """
    for part in _HEADING_PARTS.split(title):
        for row in read_lexicon("sections"):
            if re.search(row["pattern"], part):
                return row["theme"]
    return ""


def read_tasks(doc_id: str, layout: Layout, sections: pd.DataFrame) -> pd.DataFrame:
    """One row per task, in order, as `schema.TASKS` declares it."""
    heads = sections.set_index("section_no").to_dict("index")  # faster than cells of a frame
    rows = [
        {
            "task_id": task_id(doc_id, number),
            "doc_id": doc_id,
            "task_no": number,
            "section_no": task.section or None,
            "section_title": heads[task.section]["section_title"] if task.section else "",
            "theme": _theme(heads, task.section),
            **_words(layout.plan, task),
        }
        for number, task in enumerate(layout.tasks, 1)
    ]
    return pd.DataFrame(rows, columns=TASKS.names).astype(TASKS.dtypes)


def _theme(heads: dict[int, dict[str, Any]], section: int) -> str:
    """Theme of the nearest heading upward that has one."""
    while section:
        if theme := heads[section]["theme"]:
            return theme
        parent = heads[section]["parent_no"]
        section = 0 if pd.isna(parent) else int(parent)
    return ""


def _words(plan: PlanText, task: Task) -> dict[str, object]:
    """Columns of a task's words and of their places."""

    def cut(spans: list[Span]) -> str:
        return "\n".join(plan.cut(*plan.span(*s)).strip() for s in spans if s[0] < s[1])

    spans = [plan.span(*s) for s in task.parts() if s[0] < s[1]]
    texts = [s for s in task.texts if plan.folded[slice(*s)].strip(_SIGNS)]
    end = max(b for _, b in spans)
    clause = plan.span(*task.clauses[0])[0] if task.clauses else end
    return {
        "title": cut([task.title]).rstrip("。;；:：,，、"),
        "text": cut(texts),
        "clause": cut(task.clauses),
        "char_start": min(a for a, _ in spans),
        "char_end": end,
        "printed_no": task.printed,
        "text_start": _first_word(plan, texts[0]) if texts else clause,
        "clause_start": clause,
        "due": task.due,
    }


def _first_word(plan: PlanText, span: Span) -> int:
    """Place of the first character of a span that is no blank."""
    words = plan.folded[slice(*span)]
    return plan.places[span[0] + len(words) - len(words.lstrip())]


def report_layout(doc_id: str, layout: Layout) -> pd.DataFrame:
    """What the layout left open, one row each, as `schema.REPORT` declares it."""
    rows = [
        (kind, f"{doc_id}:{line_of(layout.plan.text, place)}", what, remedy)
        for kind, place, what, remedy in layout.findings
    ]
    return pd.DataFrame(rows, columns=REPORT.names).astype(REPORT.dtypes)
