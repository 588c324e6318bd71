"""Every number of a plan as a typed record: what it counts, and whether it is pledged.

The rules follow the codebook in ``data/labels``; their words stand in ``lexicon/cues.csv``.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

import pandas as pd

from analysis.reading import phrases, units
from analysis.reading.context import (
    Context,
    cue_pattern,
    cue_words,
    find_cue,
    is_threshold,
    read_contexts,
    remember,
)
from analysis.reading.intake import PlanText, Span
from analysis.reading.numbers import Number
from analysis.reading.phrases import (
    noun_phrase,
    read_described,
    read_indicator,
    read_per,
    strip_left,
)
from analysis.schema import QUANTITIES

# What is not to be built any more sets no target by its size: 不再新建每小时35蒸吨以下燃煤锅炉
_NO_MORE = re.compile(
    r"(?:不再|禁止|严禁|停止|不得)(?:新建|审批|新增|建设|扩建|改建|批准|备案|核准)[^,;:]*$"
)
# A works that starts or frees what it can make: 释放80万吨冷轧产能, 推动20万吨特钢早日投产
_STARTS = re.compile(r"释放|投产|达产|达效|满产|复产|扩能")
# The visitors of a year are a yearly total, those of an event are not.
_VISITORS = re.compile("游客|旅游|观光|客流")
_EVENT = re.compile(r"届|(?<!季)节(?!能|约|假)|活动|展(?!示区)|赛|庙会|博览会|晚会|研学")
_STAFF = {"人", "户", "床"}  # members of a body that is counted otherwise (50人以上企业)
_MAKES = re.compile("新增|新建|新上|建成|形成|淘汰|退出|压减|削减|关停|化解")
_NEAR = 60  # characters of a clause in which a word can govern a number
_SHARED_LOWER = re.compile(r"(至少|最少|不少于|不低于|超过|突破|力争超)[^,。;:\d]*$")


@dataclass(frozen=True, slots=True)
class Typing:
    """What a number is: its kind and measure, the indicator, and the cues that decided."""

    kind: str
    measure: str
    indicator: str
    cue: str


def _dimension(number: Number) -> str:
    """Dimension of a number: that of its unit; without one it is a bare ratio or a count."""
    return units.dimension(number.unit) if number.unit or number.bare else "count"


@remember
def read_kind(context: Context) -> tuple[str, str]:
    """Kind of a number, target or attribute, and the cue that decided it."""
    noun, dimension = context.noun, _dimension(context.number)
    if cue := _describing_cue(context):
        return "attribute", cue
    if dimension in {"ratio", "bare"}:
        return "target", "ratio"
    if dimension == "money" and read_per(context):
        return "target", "rate of payment"  # 甲类260元、乙类180元每人每月
    sized = context.previous is not None and context.continues
    project = find_cue(r"({words})", noun, "named_thing")
    counts_on = sized and dimension == "count" and project  # 总投资90亿元的3批次20个重点项目
    if (
        noun.startswith("的")
        or _is_listed_size(context)
        or (context.left == "的" and not counts_on)
    ):
        return "attribute", "number inside a description"
    if context.following and not noun and is_threshold(context.number):
        return "attribute", "what things must pass to be counted"
    if dimension == "count":
        return _kind_of_count(context)
    return _kind_of_size(context, dimension) if noun else ("target", "after its noun")


# 总投资5.6亿元、占地320亩的物流园: sizes of one thing, which stands behind the last
_SIZES_GO_ON = re.compile(r"(?:、[^、,;:\d]{0,8}\d[\d.,]*[^、,;:\d]{1,6}){1,3}?的[^、,;:]")


# 实施项目30个,总投资18.6亿元
_WHOLE_SIZE = re.compile(
    r"(?:计划|概算|估算|预计|项目)?总(?:投资|建筑面积|占地面积)额?(?:约|达到?|为)?"
)


def _is_listed_size(context: Context) -> bool:
    """Whether a number is a size in a list of sizes that ends in 的 before the thing."""
    behind = context.clause[context.number.end - context.start :]
    return bool(
        not context.noun
        and find_cue(r"^({words})$", context.left.strip(), "size")
        and _SIZES_GO_ON.match(behind)
    )


def _describing_cue(context: Context) -> str:
    """Cue that a number of any unit describes what is, what was or what will follow of itself."""
    left, unit = context.left.strip(), context.number.unit
    if context.origin:
        return "level before a step"
    if m := _NO_MORE.search(context.clause[: context.number.core_start - context.start]):
        return f"not to be built any more: {m[0]}"
    if cue := find_cue(r"({words})$", left + context.number.comparison, "condition"):
        return f"condition {cue}"
    if cue := find_cue(r"^({words})", left, "existing"):
        return f"there already: {cue}"
    earlier = context.before[-1] if context.before else ""
    so_far = context.clause[: max(0, context.number.start - context.start)][-_NEAR:]
    if cue := find_cue(r"({words})", so_far, "afterwards"):
        return f"in use: {cue}"
    if cue := find_cue(r"({words})$", earlier, "afterwards"):
        return f"in use: {cue}"
    if context.previous is not None and not context.noun and (m := _WHOLE_SIZE.fullmatch(left)):
        return f"size of what was counted: {m[0]}"
    if unit == "岁" and context.noun:
        return "age of a group"
    body = find_cue(r"^({words})", context.noun, "named_thing")
    if body and unit in _STAFF and context.number.bound in {"ge", "le"}:
        return f"staff of {body}"
    return ""


def _kind_of_count(context: Context) -> tuple[str, str]:
    """Kind of a count: things looked after or talked about are no pledge."""
    left, noun = context.left.strip(), context.noun
    previous = context.previous if left in {"", "的"} and context.continues else None
    if previous and _dimension(previous.number) == "count":  # 32项重点事项和5个重大项目
        return read_kind(previous)
    if cue := find_cue(r"({words})$", noun, "keep_watch"):
        return "attribute", f"looked after: {cue}"
    if cue := find_cue(r"({words})", noun, "state"):
        return "attribute", f"scope of {cue}"
    if cue := find_cue(r"({words})$", left, "size"):
        return "attribute", f"size {cue}"
    head = _strip_hope(left)
    if not head and context.following and (cue := find_cue(r"..({words})$", noun, "act", "link")):
        return "attribute", f"subject of {cue}"
    if noun and (cue := find_cue(r"({words})$", left, "reach")):
        return "attribute", f"scope {cue}"
    if noun and (cue := find_cue(r"^({words})", head, "scope")):
        act = find_cue(r"({words})$", head, "act", "light_verb")
        # 围绕…开展10项活动 pledges the activities; 围绕打造三个… only says what the task is about
        if not act or head in {cue, cue + act}:
            return "attribute", f"scope {cue}"
    return "target", "count"


def _kind_of_size(context: Context, dimension: str) -> tuple[str, str]:
    """Kind of a measured number that stands before a noun: mostly the size of that thing."""
    noun = context.noun
    if dimension == "money" and (cue := find_cue(r"^({words})", noun, "money_thing")):
        return "target", f"money {cue}"
    if dimension == "money" and (cue := _spent_on(noun)):
        return "target", f"money to {cue}"
    if dimension in {"money", "power", "energy"}:
        return "attribute", f"{dimension} before a noun"
    if not _MAKES.search(context.left) and (m := _STARTS.search(context.clause)):
        return "attribute", f"capacity of a works: {m[0]}"
    if cue := find_cue(r"^({words})", noun, "state"):
        return "attribute", f"distance or size inside the name of a {cue}"
    if cue := _counted_next(context):
        return "attribute", cue
    if cue := find_cue(r"({words})", context.left[-8:], "size"):
        return "attribute", f"size {cue}"
    previous = context.previous if context.continues and context.left else None
    if previous and not previous.noun and previous.number.unit == context.number.unit:
        return read_kind(previous)  # 国道25公里、省道60公里提升工程
    if cue := find_cue(r"({words})", noun, "named_thing"):
        return "attribute", f"size of {cue}"
    return "target", "measured work"


def _spent_on(noun: str) -> str:
    """Verb behind a sum that takes an object (改造管网), and makes no compound (改造项目)."""
    verb = find_cue(r"^({words})..", noun, "spending")
    return "" if find_cue(r"^({words})", noun[len(verb) :], "generic", "compound_head") else verb


def _counted_next(context: Context) -> str:
    """Cue that the noun after a size is counted by the next number (500吨冷库10座)."""
    following = context.following
    if following is None or find_cue(r"({words})", context.noun, "act", "light_verb"):
        return ""
    counted = _dimension(following.number) == "count" and not following.noun
    return f"size of what is counted in {following.number.unit}" if counted else ""


def _strip_hope(text: str) -> str:
    text = text.strip()
    while m := cue_pattern(r"^(?:{words})", "hope", "time").match(text):
        text = text[m.end() :]
    return text


@remember
def read_measure(context: Context) -> tuple[str, str]:
    """Measure of a target and the cue that decided it."""
    number, phrase = context.number, read_indicator(context)
    dimension = _dimension(number)
    if dimension == "ratio":
        return _share_or_growth(context)
    per = read_per(context)
    if per and not phrases.is_frequency(per):
        return "intensity", per
    if cue := find_cue(r"({words})(?!个?[年季月周天日])", context.left + phrase, "per_unit"):
        return "intensity", cue
    if number.bare or dimension in {"concentration", "rate"}:
        return "intensity", number.unit or "bare ratio"
    if "/" in number.unit and not units.is_throughput(number.unit):
        return "intensity", number.unit
    return _flow_or_stock(context)


def _share_or_growth(context: Context) -> tuple[str, str]:
    """A percentage is a change against before where a word says so, else a share."""
    left, unit, earlier = context.left, context.number.unit, context.previous
    if earlier is not None and earlier.number.unit == unit and _hopes_for_more(left):
        return read_measure(earlier)  # 增长10%以上(力争12%), 增长5%以上、力争达到6%
    rising = find_cue(r"({words})(?![值量点极]|贡献)", left, "rising")
    if unit.endswith("分点") or (rising and not find_cue(r"({words})", left, "level")):
        return "growth", rising or unit
    if unit == "倍" and rising:
        return "growth", rising
    return "share", unit


def _hopes_for_more(left: str) -> bool:
    """Whether words before a number hold no noun: a second value for what was just said."""
    rest = _strip_hope(left)
    return not rest or (rest != left.strip() and rest in cue_words("link"))


# 中药材新增种植面积: the year's own, whatever its noun is otherwise
_ADDED = re.compile(r"([新净]增)[^,、的]{1,8}$")


def _added_inside(left: str) -> str:
    found = _ADDED.search(left)
    return found[1] if found else ""


def _flow_or_stock(context: Context) -> tuple[str, str]:
    """An act of the year makes a flow; a yearly total or a level without an act, a stock."""
    if cue := find_cue(r"({words})$", context.left.strip(), "level"):
        return "stock", f"level {cue}"
    if cue := find_cue(r"({words})", context.right, "held"):
        return "stock", f"held: {cue}"
    words = _governing_words(context)
    if act := strip_left(words)[0]:
        return "flow", f"act {act}"
    if (cue := _change(context)) and not find_cue(r"({words})", context.left, "level"):
        return "flow", f"change {cue}"
    left = context.left.strip()
    if cue := find_cue(r"({words})$", left, "closing_act") or _added_inside(left):
        return "flow", f"act {cue}"
    if context.number.unit == "人次" and _VISITORS.search(words + context.right):
        return ("flow", "visitors of an event") if _EVENT.search(words) else ("stock", "visitors")
    if cue := find_cue(r"({words})", words + context.right, "yearly_total"):
        return "stock", f"yearly total {cue}"
    if cue := find_cue(r"({words})", words, "act"):
        return "flow", f"act {cue}"
    if cue := find_cue(r"({words})", context.left + context.number.comparison, "stock"):
        return "stock", f"level {cue}"
    if not context.right and re.search(r"(?:^|[国省市区县])实现", context.left):
        return "stock", "level 实现"
    earlier = context.previous
    # 装机规模260万千瓦,其中风电120万千瓦、光伏140万千瓦
    part = context.continues or "其中" in context.left
    if earlier is not None and (
        _dimension(earlier.number) == "count"
        or (part and earlier.number.unit == context.number.unit)
    ):
        kind, _ = read_kind(earlier)
        measure, cue = read_measure(earlier)
        # a list goes on without a verb of its own, but 每 holds for its own clause only
        if kind == "target" and (context.continues or measure != "intensity"):
            return measure, cue
    return "flow", "default"


def _change(context: Context) -> str:
    """Verb of change that opens or closes the words before a number (压减产能60万吨)."""
    left = _strip_hope(context.left)
    opens = find_cue(r"^({words})(?![到至值量额])", left, "rising", "cut")
    return opens or find_cue(r"({words})$", left, "rising", "cut")


def _governing_words(context: Context) -> str:
    """Words that lead up to a number in its clause.

    A bare 资金 or 投资 is governed by what governs the number before it in the sentence.
    """
    words = context.prefix + context.left
    phrase = noun_phrase(context)
    sums_up = phrase in cue_words("total")
    yearly = phrase in cue_words("yearly_total") and phrase not in cue_words("money_thing")
    generic = phrase in cue_words("generic") and not sums_up and not yearly
    if context.previous is not None and generic:
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


def type_number(context: Context) -> Typing:
    """Type one number from its context."""
    kind, why = read_kind(context)
    if kind == "attribute":
        return Typing(kind, "", read_described(context), f"kind: {why}")
    measure, cue = read_measure(context)
    return Typing(kind, measure, read_indicator(context), f"kind: {why}; measure: {cue}")


def read_quantities(
    plan: PlanText, words: dict[str, list[Span]], numbers: list[Number]
) -> pd.DataFrame:
    """One row per number with a unit in the tasks of a document, as `schema.QUANTITIES` says.

    Parameters
    ----------
    plan
        The document, folded for reading.
    words
        Spans in its text of each task's own words, without number and clause; a sentence begins
        with each span.
    numbers
        Its numbers in text order (`numbers.read_numbers`), placed in the folded form.
    """
    starts = [n.start for n in numbers]
    rows: list[dict[str, object]] = []
    for task_id, spans in words.items():
        contexts: list[Context] = []
        for span in spans:
            start, end = (plan.inside(place) for place in span)
            inside = numbers[bisect_left(starts, start) : bisect_left(starts, end)]
            if inside:
                contexts += read_contexts(plan.folded, start, end, inside)
        rows += (
            {"quantity_id": f"{task_id}-q{i}", "task_id": task_id} | _record(plan, context)
            for i, context in enumerate(contexts, 1)
        )
    return pd.DataFrame(rows, columns=QUANTITIES.names)


def _record(plan: PlanText, context: Context) -> dict[str, object]:
    """Columns of one number from its text and typing."""
    number, typing = context.number, type_number(context)
    base, factor = units.base(number.unit)
    start, end = plan.span(number.start, number.end)
    due = ""
    if typing.kind == "target":
        begin, stop = context.sentence
        due = phrases.find_deadline(plan.folded[begin:stop], number.start - begin, context.left)
    return {
        "text": plan.text[start:end],
        "char_start": start,
        "char_end": end,
        "value_low": number.low,
        "value_high": number.high,
        "unit": number.unit,
        "value_base_low": number.low * factor,
        "value_base_high": number.high * factor,
        "unit_base": base,
        "bound": read_bound(context),
        "kind": typing.kind,
        "measure": typing.measure,
        "indicator": typing.indicator,
        "due": due,
        "sentence": plan.text[slice(*plan.span(*context.sentence))].strip(),
        "cue": typing.cue,
        "per": read_per(context),
    }
