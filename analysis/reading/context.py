"""Where a number stands: its sentence, its clause, and the words to its left and right."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache, wraps
from itertools import pairwise
from typing import Concatenate, ParamSpec, TypeVar

from analysis.lexicon import read_lexicon
from analysis.reading.numbers import Number
from analysis.text import split_sentences


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
    if template == _AT_END:
        return find_end(text, *classes)
    m = cue_pattern(template, *classes).search(text)
    return m[m.lastindex or 0] if m else ""


_AT_END = "({words})$"


def find_end(text: str, *classes: str) -> str:
    """Longest word of the cue classes that a text ends with; empty where there is none."""
    words = cue_words(*classes)
    return next(w for w in words if text.endswith(w)) if text.endswith(words) else ""


_OPEN, _CLOSE = "(“‘《【[", ")”’》】]"
_BREAK = ",;:\n。!?"
_MARKS = re.compile(f"[{re.escape(_OPEN + _CLOSE + ''.join(_BREAK))}]")
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
# The number of a task, an item or an article at the start of a line is no part of what it says.
_NUMBERING = re.compile(
    r"[“\"]?\s*(?:\d{1,4}(?:[、．]|\.(?!\d))|[(]?[一二三四五六七八九十百]{1,4}[)、.]|[①-⑳]"
    r"|第[一二三四五六七八九十百\d]{1,4}[条项])\s*"
)
_LONGEST_SENTENCE = 400  # characters; a longer one is cut at its commas, so that cost stays linear
_LONGEST_PREFIX = 120  # characters that a number hands on to the next

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


@dataclass(slots=True, eq=False)
class Context:
    """A number with the words around it, all from width-folded text.

    `left` and `right` are its share of the clause; `prefix` is what an earlier number of the
    clause leaves to it (500万元以上工业技改项目 before 100个); `before` are the clauses of the
    sentence before this one; `group` counts the numbers that share one list of nouns and
    `closing` is the bound of the last of them (2.8万吨、2.4万吨以上).
    `start` is where the clause begins. `origin` marks the level that a step starts from
    (由10个增加到15个); `following` is the number that counts the noun between the two
    (500吨冷库10座). `opening` is the first sentence of the task, `known` what rules have found
    out about the number.
    """

    number: Number
    sentence: tuple[int, int]
    start: int
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
    opening: str = ""
    known: dict[str, object] = field(default_factory=dict)

    @property
    def noun(self) -> str:
        """Words joined to the number from behind (10家企业); empty where it closes its phrase."""
        return _noun_of(self.right)

    @property
    def continues(self) -> bool:
        """Whether an earlier number stands in the same clause."""
        return self.previous is not None and self.previous.start == self.start


@lru_cache(maxsize=256)  # asked for many times a number
def _noun_of(right: str) -> str:
    right = _BRACKET.sub("", right).strip()
    return right if _ATTACHED.match(right) else ""


def remember(
    rule: Callable[Concatenate[Context, Asked], Answer],
) -> Callable[Concatenate[Context, Asked], Answer]:
    """Ask a rule once a number: rules look back at the number before, which was asked already."""

    @wraps(rule)
    def ask(context: Context, *args: Asked.args, **options: Asked.kwargs) -> Answer:
        if rule.__name__ not in context.known:
            context.known[rule.__name__] = rule(context, *args, **options)
        return context.known[rule.__name__]  # type: ignore[return-value]

    return ask


def cut_sentences(folded: str, start: int, end: int) -> list[tuple[int, int]]:
    """Spans of the sentences between two places, very long ones cut at their commas."""
    out: list[tuple[int, int]] = []
    for a, b in split_sentences(folded[start:end]):
        a, b = a + start, b + start
        while b - a > _LONGEST_SENTENCE:
            cuts = [folded.rfind(c, a + 1, a + _LONGEST_SENTENCE) for c in ",;、"]
            at = max(cuts) + 1 or a + _LONGEST_SENTENCE
            out.append((a, at))
            a = at
        out.append((a, b))
    return out


def split_clauses(
    folded: str, start: int, end: int, numbers: list[Number]
) -> list[tuple[int, int]]:
    """Spans of the clauses of a sentence: cut at commas, semicolons and colons outside brackets.

    A bracket that leads up to a number with words of its own (其中新建20万亩) holds clauses too.
    """
    opened = _find_brackets(folded, start, end, numbers)
    spans, depth, begin = [], 0, start
    for m in _MARKS.finditer(folded, start, end):
        i, c = m.start(), m[0]
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


def read_contexts(folded: str, start: int, end: int, numbers: list[Number]) -> Iterator[Context]:
    """Yield the context of each number of a task, in text order.

    Parameters
    ----------
    folded, start, end
        Width-folded text; where the words of the task begin and end.
    numbers
        Those that stand there.
    """
    starts = [n.start for n in numbers]
    sentences = cut_sentences(folded, start, end)
    numbering = _NUMBERING.match(folded, start, end)
    opening = folded[numbering.end() if numbering else start : sentences[0][1]] if sentences else ""
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
                context.opening = opening
                context.previous = previous
                previous = context
                yield context
            before.append(folded[start:end])


def _share_clause(folded: str, start: int, end: int, numbers: list[Number]) -> list[Context]:
    """Share the words of a clause among its numbers."""
    if not numbers:
        return []
    if start == 0 or folded[start - 1] == "\n":
        numbering = _NUMBERING.match(folded, start, numbers[0].start)
        start = numbering.end() if numbering else start
    clause = folded[start:end]
    edges = [start, *(n.end for n in numbers)]
    stops = [*(n.start for n in numbers), end]
    gaps = [folded[a:b] for a, b in zip(edges, stops, strict=True)]
    for i in range(len(numbers)):
        if gaps[i].endswith("(") and gaps[i + 1].startswith(")"):  # 重点项目(12个)建设
            gaps[i], gaps[i + 1] = gaps[i][:-1], gaps[i + 1][1:]
    contexts = [Context(n, (start, end), start, clause, "", "") for n in numbers]
    contexts[0].left, contexts[-1].right = gaps[0], gaps[-1]
    for i in range(len(contexts) - 2, -1, -1):  # from the right: 10大类20项… passes nouns back
        _share_gap(contexts[i], contexts[i + 1], gaps[i + 1])
    for here, following in pairwise(contexts):
        if here.origin:
            here.left = _FROM.sub("", here.left)
            following.left = here.left + following.left
        if here.following:
            led = here.prefix + here.left + folded[here.number.start : here.number.end]
            following.prefix = led[-_LONGEST_PREFIX:]
    _find_groups(contexts, gaps)
    return contexts


def is_threshold(number: Number) -> bool:
    """Whether a number is a sum that things must pass to be counted (10亿元以上3个)."""
    return number.unit == "元" and number.bound in {"ge", "le"}


def _share_gap(here: Context, following: Context, gap: str) -> None:
    """Give the words between two numbers to the one before or after them."""
    if is_threshold(here.number) and gap.strip() == "的":
        here.following = following  # 超10亿元的5个
    elif gap.strip() in {"", "/", "或"}:
        # 10大类20项民生实事: both count the noun behind; 1座500吨/天的污水站: a size inside it
        same = here.number.unit == following.number.unit
        here.right = following.right if same else following.right.removeprefix("的")
        if is_threshold(here.number) and not (same or here.noun):
            here.following = following
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
