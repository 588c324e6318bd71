"""Which entries of a plan's outline are headings, which tasks, which items inside a task.

Responsibility clauses decide: a task is what a clause closes. Where the plan has none, a task is
what has sentences of its own and stands where most entries of its style do.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from itertools import pairwise

from analysis.lexicon import read_lexicon
from analysis.reading.clauses import find_clauses, opens_clause
from analysis.reading.intake import Span
from analysis.reading.outline import Entry

_SENTENCE = re.compile(r"[。;!?]")
_NUMERAL = "[一二三四五六七八九十]"
DATE_LINE = re.compile(
    rf"[^\n。;:]{{0,30}}?(?:20\d\d|二[〇○零0]{{1,2}}[{_NUMERAL[1:-1]}〇○零]{{1,2}})\s*年"
    rf"\s*(?:\d{{1,2}}|{_NUMERAL}{{1,3}})\s*月\s*(?:\d{{1,2}}|{_NUMERAL}{{1,3}})\s*日(?:印发)?"
)
_LONGEST_HEADING = 60


@cache
def furniture(where: str) -> re.Pattern[str]:
    """What is no part of a plan though it stands in its text: before a number, or at its tail."""
    rows = [r["pattern"] for r in read_lexicon("furniture") if r["where"] == where]
    return re.compile("|".join(f"(?:{p})" for p in rows))


@cache
def _general(*, numbered: bool) -> re.Pattern[str]:
    """Headings of sections that hold no tasks; `numbered`: even where they number some."""
    rows = [r for r in read_lexicon("general_sections") if r["numbered"] == "no" or not numbered]
    return re.compile("|".join(f"(?:{r['pattern']})" for r in rows))


def end_of_words(folded: str, entry: Entry) -> int:
    """Where an entry's words end: at the next entry, or before what is no part of the plan."""
    lines = re.compile(r"[^\n]+").finditer(folded, entry.start, entry.stop)
    spans = [m.span() for m in lines if m[0].strip()]
    for (a, b), (c, d) in pairwise([*spans, (0, 0)]):
        words, following = folded[a:b].strip(), folded[c:d].strip()
        if a <= entry.start:
            continue
        is_tail = furniture("tail").search(words) and not opens_clause(words)
        if is_tail or DATE_LINE.fullmatch(words):
            return a
        is_office = len(words) <= 30 and not _SENTENCE.search(words)
        if is_office and DATE_LINE.fullmatch(following):
            return a
    return entry.stop


def add_paragraphs(folded: str, entries: list[Entry]) -> list[Entry]:
    """Entries, and the paragraphs that clauses close under a heading that numbers nothing."""
    out: list[Entry] = []
    for entry in entries:
        out.append(entry)
        if entry.children:
            continue
        first = folded.find("\n", entry.after, entry.stop)
        if first < 0 or _SENTENCE.search(folded[entry.after : first].rstrip("。\n ")):
            continue
        end = end_of_words(folded, entry)
        places = _paragraphs(folded, first + 1, end)
        if len(places) > 1:
            for number, (place, stop) in enumerate(pairwise([*places, entry.stop]), 1):
                made = Entry("paragraph", number, place, place, stop, parent=entry)
                entry.children.append(made)
                out.append(made)
            entry.stop = places[0]
    return out


def _paragraphs(folded: str, start: int, end: int) -> list[int]:
    """Where paragraphs begin that clauses close; none where words are left over."""
    places, at = [], start
    closing = [b for _, b in find_clauses(folded, start, end)]
    for stop in closing:
        line = folded.find("\n", stop, end)
        if folded[stop : line if line >= 0 else end].strip("。; "):
            return []
        at += len(folded[at:stop]) - len(folded[at:stop].lstrip())
        places.append(at)
        at = line + 1 if line >= 0 else end
    return places if closing and not folded[at:end].strip() else []


def _running_styles(entries: list[Entry]) -> set[str]:
    """Styles that count on from one heading to the next (一、1. 2. 3. 二、4. 5.): tasks, then."""
    rows: dict[str, list[list[int]]] = {}
    for entry in entries:
        if entry.children and entry.number:
            numbers = [child.number for child in entry.children if child.number]
            rows.setdefault(entry.children[0].style, []).append(numbers)
    return {
        style
        for style, numbers in rows.items()
        if len(numbers) > 1
        and style not in {"point", "circle"}
        and all(a and b and b[0] == a[-1] + 1 for a, b in pairwise(numbers))
    }


class Levels:
    """Settles the kind of every entry; holds what is counted over the whole plan.

    `clauses` are the spans of the clauses in each entry's own words.
    """

    def __init__(self, folded: str, entries: list[Entry]) -> None:
        self.folded = folded
        self.clauses: dict[Entry, list[Span]] = {
            e: [
                span
                for span in find_clauses(folded, e.after, end_of_words(folded, e))
                if e.number or span[0] > e.start  # (一季度) is a heading and no deadline
            ]
            for e in entries
        }
        self.votes = Counter(e.style for e in entries if self.clauses[e])
        self.running = _running_styles(entries)
        self.task_styles = self._styles_with_clauses() or self._styles_with_sentences(entries)
        self.last = 0  # number of the task before
        for entry in entries:
            if entry.parent is None:
                self._settle(entry, heads="")

    def _styles_with_clauses(self) -> set[str]:
        most = max(self.votes.values(), default=0)
        return {s for s, n in self.votes.items() if n >= most / 5}

    def _styles_with_sentences(self, entries: list[Entry]) -> set[str]:
        """Styles whose entries are seldom headings of others; of lists inside sentences none."""
        heads = Counter(e.style for e in entries if e.children and self.is_heading(e))
        every = Counter(e.style for e in entries if e.number and e.style not in {"point", "circle"})
        return {s for s, n in every.items() if n > 2 * heads[s]}

    def first_line(self, entry: Entry) -> str:
        """Words of an entry's own line."""
        end = self.folded.find("\n", entry.after, entry.stop)
        return self.folded[entry.after : end if end >= 0 else entry.stop].strip()

    def is_heading(self, entry: Entry) -> bool:
        """Whether an entry's own line reads like a heading and not like a sentence."""
        line = self.first_line(entry)
        is_short = len(line) <= _LONGEST_HEADING and not _SENTENCE.search(line.rstrip("。"))
        return is_short and not self.clauses[entry]

    def _settle(self, entry: Entry, *, heads: str) -> None:
        """Settle an entry and all below it; `heads` are the headings above it."""
        if self.is_heading(entry):
            heads += "/" + re.sub(r"\s", "", self.first_line(entry))
        if self._is_task(entry, heads):
            self.last = entry.number
            for below in entry.subtree():
                below.kind = "item"
            entry.kind = "task"
            return
        entry.kind = "heading"
        task: Entry | None = None  # the task before among its children
        for child in list(entry.children):
            if task and self._goes_on(child):
                entry.children.remove(child)
                task.children.append(child)
                child.parent, child.kind = task, "item"
                continue
            self._settle(child, heads=heads)
            task = child if child.kind == "task" else None

    def _goes_on(self, entry: Entry) -> bool:
        """Whether an entry behind a task is a list in it: of another style, without a clause."""
        is_other = bool(self.votes) and entry.style not in self.task_styles
        is_leaf = not entry.children and not self.clauses[entry]
        is_sentence = bool(_SENTENCE.search(self.first_line(entry)))
        return is_other and is_leaf and bool(entry.number) and is_sentence

    def _is_task(self, entry: Entry, heads: str) -> bool:
        if not entry.number or (entry.heads_table and not self.clauses[entry]):
            return False
        if any(child.style in self.running for child in entry.children):
            return False
        inner = {child.style for child in entry.children}
        if entry.style == "task" and inner and inner <= {"circle", "point"}:
            return True  # 任务1, with measures ① and ② below it
        below = [k for k in entry.children if any(self.clauses[e] for e in k.subtree())]
        if below:
            return self._holds(entry, below)
        if self.clauses[entry]:
            return True
        is_numbered = entry.style in self.task_styles
        first = entry.parent.children[0] if entry.parent else entry
        runs_on = is_numbered and first.number > 1 and entry.number == self.last + 1
        if not runs_on and _general(numbered=is_numbered).search(heads):
            return False
        if is_numbered:
            heads_tasks = any(e.style in self.task_styles for e in entry.children)
            return not (heads_tasks and self.is_heading(entry))
        if any(e.style in self.task_styles for e in entry.subtree()):
            return False
        return not entry.children and not self.is_heading(entry)

    def _holds(self, entry: Entry, below: list[Entry]) -> bool:
        """Whether clauses below an entry are its own: behind its last item, or of lower rank."""
        ours, theirs = self.votes[entry.style], self.votes[entry.children[0].style]
        if self.clauses[entry]:
            return ours >= theirs
        last = entry.children[-1]
        is_list = len(entry.children) > 1 or last.style in {"point", "circle", "paren", "half"}
        is_behind = is_list and below == [last] and not last.children
        return is_behind and ours > 0 and theirs <= ours + 1
