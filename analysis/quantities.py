"""Every figure of a plan as a typed record: what it counts, and whether it is pledged.

The rules follow the codebook in ``data/labels``; their words stand in ``lexicon/cues.csv``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import pandas as pd

from analysis.context import Context, read_contexts
from analysis.lexicon import read_lexicon
from analysis.numerals import Number
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
_LIST_MARK = re.compile(r"、|以及|[和与及]")
_ATTACHED = re.compile(r"^的?\s*[^\s,，。;；:：、)）\d]")
_BRACKET = re.compile(r"^\([^)]*\)")
# 市定, 省下达: who set a figure is no part of what it counts
_SET_BY = re.compile(r"^[国省市区县](?:定|下达)(?:的)?")
_TAIL = re.compile(r"(?:建设)?任务$|(?:工作)$|[”“’‘\s]+$")
# 来我区投资…, 在…中全面应用: where a thing goes is no part of what it is
_WHERE = re.compile(r"(?<=..)(?:[来在到于][我本全]?[国省市区县].*|扎根.*|在[^、]*[中上内里].*)$")
_SUBJECT = re.compile(r"^([^,。;、]{2,12}?(?:产业|行业|服务业|制造业|园区|集群|开发区))")
_LONG_LIST = 14  # characters; a longer list of examples before 等 is left out of an indicator


@dataclass(frozen=True, slots=True)
class Typing:
    """What a number is: its kind and measure, the indicator, and the cues that decided."""

    kind: str
    measure: str | None
    indicator: str
    cue: str


@cache
def _words(*classes: str) -> tuple[str, ...]:
    words = {r["word"] for r in read_lexicon("cues") if r["class"] in classes}
    return tuple(sorted(words, key=lambda w: (-len(w), w)))


@cache
def _pattern(template: str, *classes: str) -> re.Pattern[str]:
    """Compile `template` with {words} standing for the words of the cue classes."""
    return re.compile(template.replace("{words}", "|".join(map(re.escape, _words(*classes)))))


def _find(template: str, text: str, *classes: str) -> str:
    m = _pattern(template, *classes).search(text)
    return m[m.lastindex or 0] if m else ""


# --- indicator ------------------------------------------------------------------------------


def strip_left(left: str) -> tuple[str, str]:
    """Split the words before a number into an act that defines the thing, and the noun phrase.

    Times, hopes (力争) and light verbs (实施) fall away in front; linking verbs (达到) behind.
    """
    text = left.strip()
    act = ""
    if m := _pattern(r"^[全我本][国省市区县](?={words})", "hope", "light_verb", "act").match(text):
        text = text[m.end() :]
    while True:
        if m := _pattern(r"^(?:{words})", "time").match(text):
            text = text[m.end() :]
        elif m := _pattern(r"^(?:{words})(?!率|度|性)", "hope", "light_verb", "act").match(text):
            rest = text[m.end() :]
            if not rest or rest[0] in "的率额度面":
                break
            act = m[0] if m[0] in _words("act") else act
            text = rest
        else:
            break
        text = _SET_BY.sub("", text.lstrip(" 、了的"))
    while m := _pattern(r"(?:{words})$", "link").search(text):
        text = text[: m.start()].rstrip(" 了")
    return act, text


def noun_phrase(context: Context) -> str:
    """The noun phrase that a number counts, without what carries over from other clauses."""
    right = _WHERE.sub("", _TAIL.sub("", _BRACKET.sub("", context.right).strip()))
    act, left = strip_left(context.left)
    if right and _ATTACHED.match(right):
        if "、" in left or "等" in left:
            left = ""  # the things counted, by name
        return (left or _keep_act(act)) + right.removeprefix("的")
    if context.group > 1:
        return _share_heads(left, context.group, context.place_in_group)
    listed, _, after = left.rpartition("等")
    if len(listed) >= _LONG_LIST and len(after) >= 4:
        left = after
    if context.prefix and context.left:
        # the thing was described by an earlier number: 500万元以上工业技改项目100个
        return strip_left(context.prefix)[1] + left
    return _keep_act(act) + left


def _keep_act(act: str) -> str:
    return act if act and act not in _words("light_verb") else ""


def _share_heads(left: str, group: int, place: int) -> str:
    """Noun of one number of a group: part of the list, with the head that all of it shares."""
    parts = [p for p in _LIST_MARK.split(left) if p]
    if len(parts) < group:
        return left
    first, parts = "".join(parts[: len(parts) - group]), parts[-group:]
    part, last = parts[place], parts[-1]
    if place == group - 1:
        return part
    head = _find(r"({words})$", last, "shared_head")
    stem = last.removesuffix(head)
    if stem[-2:] == part[-2:] or len(stem) <= len(part) + 2:
        return first + part + head
    return first + part + last[min(len(part), 2) :] if len(part) > 1 else part + last[2:]


def _topic(context: Context) -> str:
    """What the sentence speaks of before this clause: an earlier number's noun, or an object."""
    previous = context.previous
    if previous is not None and previous.number.unit != "元":
        return read_indicator(previous)
    if m := _SUBJECT.match(context.before[0] if context.before else ""):
        return m[1]
    if previous is not None:
        return read_indicator(previous)
    for clause in reversed(context.before):
        _, phrase = strip_left(clause)
        if 2 < len(phrase) <= 30:
            return phrase
    return ""


def read_indicator(context: Context) -> str:
    """Indicator of a number: its noun phrase, completed from the sentence where it is generic."""
    phrase = noun_phrase(context)
    if not phrase or phrase in _words("generic", "act", "light_verb"):
        topic = _topic(context)
        return topic if phrase and topic.endswith(phrase) else topic + phrase
    if phrase.endswith("率") and len(phrase) <= 6:
        return _complete_rate(context, phrase)
    previous = context.previous
    if previous is not None and previous.clause == context.clause and not context.prefix:
        return _complete_head(noun_phrase(previous), phrase)
    return phrase


def _complete_head(earlier: str, phrase: str) -> str:
    """Put before a noun the qualifiers of its twin (区级人居环境示范片9个、示范村40个)."""
    at = earlier.find(phrase[:2])
    return earlier[:at] + phrase if at > 1 and len(phrase) <= 5 else phrase


def _complete_rate(context: Context, rate: str) -> str:
    """Put before a bare rate what it is the rate of (…银企对接, 实现对接率100%)."""
    stem = rate.removesuffix("率")
    for clause in reversed(context.before):
        if clause.endswith(stem):
            return strip_left(clause)[1] + "率"
    if context.previous is None and context.before:
        thing = strip_left(context.before[-1])[1]
        if 4 <= len(thing) <= 20:
            return thing + rate
    return rate


# --- kind -----------------------------------------------------------------------------------


def read_kind(context: Context, dimension: str) -> tuple[str, str]:
    """Kind of a number, target or attribute, and the cue that decided it."""
    right = _BRACKET.sub("", context.right).strip()
    attached = bool(right and _ATTACHED.match(right))
    if cue := _find(r"({words})$", context.left.strip(), "condition"):
        return "attribute", f"condition {cue}"
    if dimension == "ratio":
        return "target", "ratio"
    if context.left == "的" or (attached and right.startswith("的")):
        return "attribute", "number inside a description"
    if dimension == "count":
        return _kind_of_count(context, right, attached)
    return _kind_of_size(context, right, dimension) if attached else ("target", "after its noun")


def _kind_of_count(context: Context, right: str, attached: bool) -> tuple[str, str]:
    """Kind of a count: things looked after or talked about are no pledge."""
    left = context.left.strip()
    previous = context.previous
    if not left and previous is not None and previous.clause == context.clause:
        dimension = _units().get(previous.number.unit, ("", "", 0.0))[0]
        if dimension == "count":  # a list goes on: 32项重点事项和5个重大项目
            return read_kind(previous, dimension)
    if cue := _find(r"({words})$", right, "keep_watch"):
        return "attribute", f"looked after: {cue}"
    if cue := _find(r"({words})", right, "state"):
        return "attribute", f"scope of {cue}"
    if cue := _find(r"({words})$", left, "size"):
        return "attribute", f"size {cue}"
    head = _strip_hope(left)
    if attached and (cue := _find(r"^({words})", head, "scope")):
        act = _find(r"({words})$", head, "act", "light_verb")
        # 围绕…开展10项活动 pledges the activities; 围绕打造三个… only says what the task is about
        if not act or head in {cue, cue + act}:
            return "attribute", f"scope {cue}"
    return "target", "count"


def _kind_of_size(context: Context, right: str, dimension: str) -> tuple[str, str]:
    """Kind of a measured figure that stands before a noun: mostly the size of that thing."""
    if dimension == "money" and (cue := _find(r"^({words})", right, "money_thing")):
        return "target", f"money {cue}"
    if dimension in {"money", "power", "energy"}:
        return "attribute", f"{dimension} before a noun"
    if cue := _find(r"({words})", context.left[-8:], "size"):
        return "attribute", f"size {cue}"
    if cue := _find(r"({words})", right, "named_thing"):
        return "attribute", f"size of {cue}"
    return "target", "measured work"


def _strip_hope(text: str) -> str:
    text = text.strip()
    while m := _pattern(r"^(?:{words})", "hope", "time").match(text):
        text = text[m.end() :]
    return text


# --- measure --------------------------------------------------------------------------------


def read_measure(context: Context, unit: str, dimension: str, phrase: str) -> tuple[str, str]:
    """Measure of a target and the cue that decided it."""
    left = context.left
    if dimension == "ratio":
        rising = _find(r"({words})(?![值量])", left, "rising")
        if "百分点" in unit or (rising and not _find(r"({words})", left, "level")):
            return "growth", rising or unit
        return "share", unit
    if cue := _find(r"({words})", left + phrase, "per_unit"):
        return "intensity", cue
    if "/" in unit or not unit:
        return "intensity", unit or "bare ratio"
    words = _governing_words(context)
    if strip_left(words)[0]:
        return "flow", f"act {strip_left(words)[0]}"
    if cue := _find(r"({words})", words + context.right, "yearly_total"):
        return "stock", f"yearly total {cue}"
    if cue := _find(r"({words})", words, "act"):
        return "flow", f"act {cue}"
    number = context.number
    touching = context.clause[context.clause.find(left) + len(left) :]
    touching = touching[: number.core_start - number.start]
    if cue := _find(r"({words})", left + touching, "stock"):
        return "stock", f"level {cue}"
    if not context.right and re.search(r"(?:^|[,国省市区县])实现", left):
        return "stock", "level 实现"
    if context.previous is not None and not strip_left(left)[0]:
        earlier = context.previous
        dimension = _units().get(earlier.number.unit, ("", "", 0.0))[0]
        if dimension == "count" and read_kind(earlier, dimension)[0] == "target":
            return read_measure(earlier, earlier.number.unit, dimension, noun_phrase(earlier))
    return "flow", "default"


def _governing_words(context: Context) -> str:
    """Words that lead up to a number in its clause.

    A bare 资金 or 投资 is governed by what governs the number before it in the sentence.
    """
    words = context.prefix + context.left
    if context.previous is not None and noun_phrase(context) in _words("generic"):
        words = context.previous.left + words
    return words


# --- the table ------------------------------------------------------------------------------


def read_bound(context: Context) -> str:
    """Bound of a number, also from words of comparison that do not touch it."""
    number = context.number
    if number.bound != "eq":
        return number.bound
    if context.closing != "eq":
        return context.closing
    before = context.clause[: max(0, context.clause.rfind(context.left) + len(context.left))]
    shared = _SHARED_LOWER.search(context.left) or (
        context.previous is not None
        and context.previous.clause == context.clause
        and re.search(r"至少|最少", before)
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


def type_number(context: Context) -> Typing:
    """Type one number from its context."""
    unit = context.number.unit
    dimension = _units().get(unit, ("intensity" if "/" in unit else "ratio", "", 0))[0]
    if not unit:
        dimension = "bare"
    indicator = read_indicator(context)
    kind, why = ("target", "bare ratio") if dimension == "bare" else read_kind(context, dimension)
    if kind == "attribute":
        return Typing(kind, None, indicator, f"kind: {why}")
    measure, cue = read_measure(context, unit, dimension, indicator)
    return Typing(kind, measure, indicator, f"kind: {why}; measure: {cue}")


def read_quantities(
    text: str, folded: str, tasks: pd.DataFrame, numbers: list[Number]
) -> pd.DataFrame:
    """One row per number with a unit in the tasks of a document, as `schema.QUANTITIES` says."""
    rows = []
    for task in tasks.itertuples():
        end = task.char_end - (len(task.clause) if isinstance(task.clause, str) else 0)
        inside = [n for n in numbers if task.char_start <= n.start < end]
        if not inside:
            continue
        sentences = [
            (a + task.char_start, b + task.char_start)
            for a, b in split_sentences(folded[task.char_start : end])
        ]
        for i, context in enumerate(read_contexts(folded, sentences, inside), 1):
            n, typing = context.number, type_number(context)
            _, base, factor = _units().get(n.unit, ("", "", float("nan")))
            rows.append(
                {
                    "quantity_id": f"{task.task_id}-q{i}",
                    "task_id": task.task_id,
                    "text": text[n.start : n.end],
                    "char_start": n.start,
                    "char_end": n.end,
                    "value_low": n.low,
                    "value_high": n.high,
                    "unit": n.unit,
                    "value_base_low": n.low * factor,
                    "value_base_high": n.high * factor,
                    "unit_base": base or None,
                    "bound": read_bound(context),
                    "kind": typing.kind,
                    "measure": typing.measure,
                    "indicator": typing.indicator,
                    "due": (typing.kind == "target" and read_due(folded, context)) or None,
                    "sentence": text[slice(*context.sentence)].strip(),
                    "cue": typing.cue,
                }
            )
    return pd.DataFrame(rows)
