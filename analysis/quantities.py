"""Every figure of a plan as a typed record: what it counts, and whether it is pledged.

The rules follow the codebook in ``data/labels``; their words stand in ``lexicon/cues.csv``.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache

import pandas as pd

from analysis import cues
from analysis.context import Context, read_contexts
from analysis.lexicon import read_lexicon
from analysis.numerals import Number
from analysis.phrases import noun_phrase, read_indicator, strip_left
from analysis.schema import QUANTITIES
from analysis.text import split_sentences

# A bare year counts only where a clause opens with it (2023年,新建…; not 2023年度项目).
_DUE = re.compile(
    r"(?:到|至|截至)20\d{2}年(?:\d{1,2}月)?(?:[底末])?(?:之?前)?"
    r"|20\d{2}年(?:\d{1,2}月)?[底末](?:之?前)?|(?<![^,。;:])(?:力争|计划)?20\d{2}年(?!度)"
    r"|到?(?:今|本|明)?年[底末](?:之?前)?|(?<!毕业)(?<!\d)年度?内|全年|今年|当年|本年度?|[上下]半年"
    r"|\d{1,2}月(?:底|末|份)?之?前|[一二三四]季度末?(?:之?前)?|[春秋]季开学前"
)
_YEARLY = re.compile(r"(?<![业\d])年度(?!内)")
_SHARED_LOWER = re.compile(r"(至少|最少|不少于|不低于|超过|突破|力争超)[^,。;:\d]*$")


@dataclass(frozen=True, slots=True)
class Typing:
    """What a number is: its kind and measure, the indicator, and the cues that decided."""

    kind: str
    measure: str | None
    indicator: str
    cue: str


def read_kind(context: Context, dimension: str) -> tuple[str, str]:
    """Kind of a number, target or attribute, and the cue that decided it."""
    noun = context.noun
    if cue := cues.find(r"({words})$", context.left.strip(), "condition"):
        return "attribute", f"condition {cue}"
    if dimension == "ratio":
        return "target", "ratio"
    if context.left == "的" or noun.startswith("的"):
        return "attribute", "number inside a description"
    if dimension == "count":
        return _kind_of_count(context)
    return _kind_of_size(context, dimension) if noun else ("target", "after its noun")


def _kind_of_count(context: Context) -> tuple[str, str]:
    """Kind of a count: things looked after or talked about are no pledge."""
    left, noun, previous = context.left.strip(), context.noun, context.previous
    if not left and previous is not None and context.continues:
        dimension = unit_dimension(previous.number.unit)
        if dimension == "count":  # a list goes on: 32项重点事项和5个重大项目
            return read_kind(previous, dimension)
    if cue := cues.find(r"({words})$", noun, "keep_watch"):
        return "attribute", f"looked after: {cue}"
    if cue := cues.find(r"({words})", noun, "state"):
        return "attribute", f"scope of {cue}"
    if cue := cues.find(r"({words})$", left, "size"):
        return "attribute", f"size {cue}"
    head = _strip_hope(left)
    if noun and (cue := cues.find(r"^({words})", head, "scope")):
        act = cues.find(r"({words})$", head, "act", "light_verb")
        # 围绕…开展10项活动 pledges the activities; 围绕打造三个… only says what the task is about
        if not act or head in {cue, cue + act}:
            return "attribute", f"scope {cue}"
    return "target", "count"


def _kind_of_size(context: Context, dimension: str) -> tuple[str, str]:
    """Kind of a measured figure that stands before a noun: mostly the size of that thing."""
    noun = context.noun
    if dimension == "money" and (cue := cues.find(r"^({words})", noun, "money_thing")):
        return "target", f"money {cue}"
    if dimension in {"money", "power", "energy"}:
        return "attribute", f"{dimension} before a noun"
    if cue := cues.find(r"({words})", context.left[-8:], "size"):
        return "attribute", f"size {cue}"
    if cue := cues.find(r"({words})", noun, "named_thing"):
        return "attribute", f"size of {cue}"
    return "target", "measured work"


def _strip_hope(text: str) -> str:
    text = text.strip()
    while m := cues.pattern(r"^(?:{words})", "hope", "time").match(text):
        text = text[m.end() :]
    return text


def read_measure(context: Context, phrase: str) -> tuple[str, str]:
    """Measure of a target and the cue that decided it."""
    left, unit = context.left, context.number.unit
    if unit_dimension(unit) == "ratio":
        rising = cues.find(r"({words})(?![值量])", left, "rising")
        if "百分点" in unit or (rising and not cues.find(r"({words})", left, "level")):
            return "growth", rising or unit
        return "share", unit
    if cue := cues.find(r"({words})", left + phrase, "per_unit"):
        return "intensity", cue
    if "/" in unit or not unit:
        return "intensity", unit or "bare ratio"
    return _flow_or_stock(context)


def _flow_or_stock(context: Context) -> tuple[str, str]:
    """An act of the year makes a flow; a yearly total or a level without an act, a stock."""
    words = _governing_words(context)
    if act := strip_left(words)[0]:
        return "flow", f"act {act}"
    if cue := cues.find(r"({words})", words + context.right, "yearly_total"):
        return "stock", f"yearly total {cue}"
    if cue := cues.find(r"({words})", words, "act"):
        return "flow", f"act {cue}"
    if cue := cues.find(r"({words})", context.left + context.number.comparison, "stock"):
        return "stock", f"level {cue}"
    if not context.right and re.search(r"(?:^|[国省市区县])实现", context.left):
        return "stock", "level 实现"
    earlier = context.previous
    if earlier is not None and unit_dimension(earlier.number.unit) == "count":
        kind, _ = read_kind(earlier, "count")
        if kind == "target":  # a list goes on without a verb of its own
            return read_measure(earlier, noun_phrase(earlier))
    return "flow", "default"


def _governing_words(context: Context) -> str:
    """Words that lead up to a number in its clause.

    A bare 资金 or 投资 is governed by what governs the number before it in the sentence.
    """
    words = context.prefix + context.left
    if context.previous is not None and noun_phrase(context) in cues.words("generic"):
        words = context.previous.left + words
    return words


def read_bound(context: Context) -> str:
    """Bound of a number, also from words of comparison that do not touch it."""
    if context.number.bound != "eq":
        return context.number.bound
    if context.closing != "eq":
        return context.closing
    before = context.clause[: max(0, context.clause.rfind(context.left) + len(context.left))]
    shared = _SHARED_LOWER.search(context.left) or (
        context.continues and re.search(r"至少|最少", before)
    )
    return "ge" if shared else "eq"


def read_due(folded: str, context: Context) -> str:
    """Words of time that govern a number: the nearest before it in its sentence."""
    yearly = _YEARLY.search(context.left)
    found = [m[0] for m in _DUE.finditer(folded, context.sentence[0], context.number.start)]
    return yearly[0] if yearly else found[-1].removeprefix("力争") if found else ""


@cache
def _units() -> dict[str, tuple[str, str, float]]:
    return {
        r["unit"]: (r["dimension"], r["unit_base"], float(r["factor"] or "nan"))
        for r in read_lexicon("units")
    }


def unit_dimension(unit: str) -> str:
    """Dimension of a unit (count, money, area …); `intensity` for a/b, `bare` for none."""
    known = _units().get(unit)
    return known[0] if known else "intensity" if "/" in unit else "ratio" if unit else "bare"


def type_number(context: Context) -> Typing:
    """Type one number from its context."""
    dimension = unit_dimension(context.number.unit)
    indicator = read_indicator(context)
    kind, why = ("target", "bare ratio") if dimension == "bare" else read_kind(context, dimension)
    if kind == "attribute":
        return Typing(kind, None, indicator, f"kind: {why}")
    measure, cue = read_measure(context, indicator)
    return Typing(kind, measure, indicator, f"kind: {why}; measure: {cue}")


def read_quantities(
    text: str, folded: str, tasks: pd.DataFrame, numbers: list[Number]
) -> pd.DataFrame:
    """One row per number with a unit in the tasks of a document, as `schema.QUANTITIES` says.

    Parameters
    ----------
    text, folded
        Decoded text of the document, as it stands and with widths folded.
    tasks
        Its tasks: task_id, clause, char_start, char_end.
    numbers
        Its numbers in text order (`numerals.read_numbers`).
    """
    starts = [n.start for n in numbers]
    rows: list[dict[str, object]] = []
    for task in tasks.itertuples():
        start = task.char_start
        end = task.char_end - (len(task.clause) if isinstance(task.clause, str) else 0)
        inside = numbers[bisect_left(starts, start) : bisect_left(starts, end)]
        if inside:
            sentences = [(a + start, b + start) for a, b in split_sentences(folded[start:end])]
            contexts = read_contexts(folded, sentences, inside)
            rows += (
                {"quantity_id": f"{task.task_id}-q{i}", "task_id": task.task_id}
                | _record(text, folded, context)
                for i, context in enumerate(contexts, 1)
            )
    return pd.DataFrame(rows, columns=QUANTITIES.names)


def _record(text: str, folded: str, context: Context) -> dict[str, object]:
    """Columns of one number from its text and typing."""
    number, typing = context.number, type_number(context)
    _, base, factor = _units().get(number.unit, ("", "", float("nan")))
    due = read_due(folded, context) if typing.kind == "target" else ""
    return {
        "text": text[number.start : number.end],
        "char_start": number.start,
        "char_end": number.end,
        "value_low": number.low,
        "value_high": number.high,
        "unit": number.unit,
        "value_base_low": number.low * factor,
        "value_base_high": number.high * factor,
        "unit_base": base or None,
        "bound": read_bound(context),
        "kind": typing.kind,
        "measure": typing.measure,
        "indicator": typing.indicator,
        "due": due or None,
        "sentence": text[slice(*context.sentence)].strip(),
        "cue": typing.cue,
    }
