"""Where a number stands: its sentence, its clause, and the words to its left and right."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

from analysis.lexicon import read_lexicon
from analysis.reading.numbers import Number


@cache
def cue_words(*classes: str) -> tuple[str, ...]:
    """Words of the cue classes, longest first."""
    found = {r["word"] for r in read_lexicon("cues") if r["class"] in classes}
    return tuple(sorted(found, key=lambda w: (-len(w), w)))


@cache
def cue_pattern(template: str, *classes: str) -> re.Pattern[str]:
    """Compile `template` with {words} standing for the words of the cue classes."""
    return re.compile(template.replace("{words}", "|".join(map(re.escape, cue_words(*classes)))))


def find_cue(template: str, text: str, *classes: str) -> str:
    """First word of the cue classes that `template` finds in a text; empty where there is none."""
    m = cue_pattern(template, *classes).search(text)
    return m[m.lastindex or 0] if m else ""


_OPEN, _CLOSE = "(“‘《【[", ")”’》】]"
_BREAK = frozenset(",;:\n。!?")
_LEAD_IN = 2  # characters between a bracket and a number that make it a clause
_BRACKET = re.compile(r"^\([^)]*\)")
_ATTACHED = re.compile(r"的?\s*[^\s,。;:、)\d]")
_LIST_END = re.compile(r"\s*(?:、|以及|[和与及或])\s*$")
# 由10个增加到15个: one level and the next, of the same thing
_FROM = re.compile(r"[由从][^由从、]*$")
_STEP = re.compile(r"\s*[^,。;、的]{1,4}[到至为]\s*")
# 1个国家级、3个省级农业产业强镇: a grade without its noun
GRADE = re.compile(r"(?:国家|[国省市区县镇乡村])级(?:及?以[上下])?")
_LIST_START = re.compile(r"^\s*(?:、|以及|[和与及或](?!合))\s*")


@dataclass(slots=True)
class Context:
    """A number with the words around it, all from width-folded text.

    `left` and `right` are its share of the clause; `prefix` is what an earlier number of the
    clause leaves to it (500万元以上工业技改项目 before 100个); `before` are the clauses of the
    sentence before this one; `group` counts the numbers that share one list of nouns and
    `closing` is the bound of the last of them (2.8万吨、2.4万吨以上).
    `origin` marks the level that a step starts from (由10个增加到15个); `following` is the number
    that counts the noun between the two (500吨冷库10座).
    """

    number: Number
    sentence: tuple[int, int]
    clause: str
    left: str
    right: str
    before: list[str] = field(default_factory=list)
    prefix: str = ""
    group: int = 1
    place_in_group: int = 0
    closing: str = "eq"
    origin: bool = False
    previous: Context | None = None
    following: Context | None = None

    @property
    def noun(self) -> str:
        """Words joined to the number from behind (10家企业); empty where it closes its phrase."""
        right = _BRACKET.sub("", self.right).strip()
        return right if _ATTACHED.match(right) else ""

    @property
    def continues(self) -> bool:
        """Whether an earlier number stands in the same clause."""
        return self.previous is not None and self.previous.clause == self.clause


def split_clauses(
    folded: str, start: int, end: int, numbers: list[Number]
) -> list[tuple[int, int]]:
    """Spans of the clauses of a sentence: cut at commas, semicolons and colons outside brackets.

    A bracket that leads up to a number with words of its own (其中新建20万亩) holds clauses too.
    """
    opened = _find_brackets(folded, start, end, numbers)
    spans, depth, begin = [], 0, start
    for i in range(start, end):
        c = folded[i]
        if i in opened or (depth == 0 and c in _BREAK):
            spans.append((begin, i))
            begin = i + 1
        elif c in _OPEN:
            depth += 1
        elif c in _CLOSE:
            depth = max(0, depth - 1)
    spans.append((begin, end))
    return [(a, b) for a, b in spans if a < b]


def _find_brackets(folded: str, start: int, end: int, numbers: list[Number]) -> set[int]:
    """Places of the brackets, opening and closing, around clauses with numbers."""
    places: set[int] = set()
    for number in numbers:
        opening = max(folded.rfind(c, start, number.start) for c in "()")
        closing = folded.find(")", number.end, end)
        opens = opening >= 0 and folded[opening] == "("
        if opens and closing > 0 and number.start - opening > _LEAD_IN:
            places |= {opening, closing}
    return places


def read_contexts(
    folded: str, sentences: list[tuple[int, int]], numbers: list[Number]
) -> Iterator[Context]:
    """Yield the context of each number, in text order."""
    starts = [n.start for n in numbers]
    for sentence in sentences:
        first, last = bisect_left(starts, sentence[0]), bisect_left(starts, sentence[1])
        if first == last:
            continue
        previous: Context | None = None
        before: list[str] = []
        for start, end in split_clauses(folded, *sentence, numbers[first:last]):
            inside = numbers[bisect_left(starts, start) : bisect_left(starts, end)]
            for context in _share_clause(folded, start, end, inside):
                context.sentence, context.before = sentence, list(before)
                context.previous = previous
                previous = context
                yield context
            before.append(folded[start:end])


def _share_clause(folded: str, start: int, end: int, numbers: list[Number]) -> list[Context]:
    """Share the words of a clause among its numbers."""
    if not numbers:
        return []
    clause = folded[start:end]
    edges = [start, *(n.end for n in numbers)]
    stops = [*(n.start for n in numbers), end]
    gaps = [folded[a:b] for a, b in zip(edges, stops, strict=True)]
    for i in range(len(numbers)):
        if gaps[i].endswith("(") and gaps[i + 1].startswith(")"):  # 重点项目(12个)建设
            gaps[i], gaps[i + 1] = gaps[i][:-1], gaps[i + 1][1:]
    contexts = [Context(n, (start, end), clause, "", "") for n in numbers]
    contexts[0].left, contexts[-1].right = gaps[0], gaps[-1]
    for i in range(len(contexts) - 2, -1, -1):  # from the right: 10大类20项… passes nouns back
        _share_gap(contexts[i], contexts[i + 1], gaps[i + 1])
    for here, following in pairwise(contexts):
        if here.origin:
            here.left = _FROM.sub("", here.left)
            following.left = here.left + following.left
        if here.following:
            following.prefix = here.prefix + here.left + folded[here.number.start : here.number.end]
    _find_groups(contexts, gaps)
    return contexts


def _share_gap(here: Context, following: Context, gap: str) -> None:
    """Give the words between two numbers to the one before or after them."""
    if gap.strip() in {"", "/", "或"}:
        here.right = following.right  # 10大类20项民生实事: both count the noun behind
    elif m := _LIST_END.search(gap):
        here.right = gap[: m.start()]
        grade = GRADE.match(following.right)
        if grade and GRADE.fullmatch(here.right):
            here.right += following.right[grade.end() :]
    elif m := _LIST_START.match(gap):
        following.left = gap[m.end() :]
    elif "、" in gap:
        # noun first (绿地10公顷、廊道2公里): the list goes on at the first mark; else at the last
        noun_first = len(here.left) > 2 and not gap.startswith("的")
        cut = gap.find("、") if noun_first else gap.rfind("、")
        here.right, following.left = gap[:cut], gap[cut + 1 :]
    elif _STEP.fullmatch(gap) and _FROM.search(here.left):
        here.origin = True
        following.left = gap
    elif following.right.startswith("的") and cue_pattern("(?:{words})", "size").fullmatch(gap):
        here.right = following.right[1:]  # 2家投资30亿元的企业: a size inside what is counted
        following.left = gap
    elif following.noun and not gap.startswith("的") and not _leads_on(gap):
        here.right = gap  # 6个乡镇78个行政村: each with its noun behind
    else:
        here.right = following.left = gap
        here.following = following


def _leads_on(gap: str) -> bool:
    """Whether words between two numbers lead up to the second: a verb, or what it measures."""
    return bool(find_cue("({words})", gap, "act", "light_verb", "link", "size"))


def _find_groups(contexts: list[Context], gaps: list[str]) -> None:
    """Mark runs of numbers that stand side by side after one list of nouns (150家和144家)."""
    i = 0
    while i < len(contexts):
        j = i
        while j + 1 < len(contexts) and re.fullmatch(r"\s*(?:、|以及|[和与及])?\s*", gaps[j + 1]):
            j += 1
        same_unit = len({c.number.unit for c in contexts[i : j + 1]}) == 1
        if j > i and (same_unit or "分别" in contexts[i].left):
            for k in range(i, j + 1):
                contexts[k].group, contexts[k].place_in_group = j - i + 1, k - i
                contexts[k].left = contexts[i].left
                contexts[k].closing = contexts[j].number.bound
        i = j + 1
