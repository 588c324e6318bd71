"""The lexer: every numeral of a text, as part of a number with a unit or with its reason."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache

from analysis.lexicon import read_lexicon
from analysis.reading.numerals import (
    Unread,
    Value,
    find_runs,
    match_numeral,
    sign_before,
    sign_value,
)
from analysis.reading.units import Unit, dimension, match_unit

# --- words of comparison ------------------------------------------------------------------------

_WORDS = {
    "le": "未达到 达不到 低于 小于 少于 短于 不足 不到 最多 至多 最高 以下 以内 之内 之下 ≤ < ≦ ⩽",
    "ge": "高于 大于 多于 长于 至少 最少 最低 超过 超出 超 再超 力争超 突破 逾 过 上 以上 之上 "
    "余 多 几 ≥ > ≧ ⩾",
    "approx": "约 大约 近 将近 接近 左右 上下 来",
}
_BOUND = {word: bound for bound, words in _WORDS.items() for word in words.split()}
_OPPOSITE = {"le": "ge", "ge": "le"}

_DENIED = r"(?P<no>不得?|不能|不宜|未|没有)?"
# 控制在 sets no bound itself but opens one that is closed behind (控制在…以内).
_BEFORE = re.compile(
    rf"(?:{_DENIED}(?P<word>低于|小于|少于|短于|高于|大于|多于|长于|超过|超出|突破|超)(?:或?等于)?"
    r"|(?P<plain>力争超|再超|未达到|达不到|不足|不到|至少|最少|最低|最高|最多|至多|大约|将近|接近"
    r"|(?<![签节预合契特履违邀制公条])约|(?<![附靠临就最邻亲贴])近|逾|(?<![经通度渡])过|[≥≤<>≧≦⩾⩽])=?"
    r"|控制在)了?[^\S\n]*$"
)
_AFTER = re.compile(
    r"[^\S\n]*(?:(?:[及或]|\(含\))?(?P<word>以[上下内])|(?P<plain>之[上下内]|上下|左右))"
)
_LONGEST = 8  # characters of the longest words before a number, 不得超过了 and a blank
_REACH = 20  # characters before a number in which a word can say what it is
_CLAUSE = 30  # characters before a number that its clause is looked for in


def match_before(folded: str, start: int) -> re.Match[str] | None:
    """Words of comparison that end where a number starts."""
    return _BEFORE.search(folded, start - _LONGEST, start)


def match_after(folded: str, end: int) -> re.Match[str] | None:
    """Words of comparison that start where a number ends."""
    return _AFTER.match(folded, end)


def read_bound(before: re.Match[str] | None, after: re.Match[str] | None, more: str) -> str:
    """Bound that words of comparison set: le before ge before approx, or eq where none does.

    Parameters
    ----------
    before, after
        What `match_before` and `match_after` found.
    more
        余, 多, 来, 几 or 上 that belongs to the number.
    """
    found = {_BOUND[m["word"] or m["plain"]] for m in (after,) if m} | {_BOUND.get(more, "eq")}
    if before and (word := before["word"] or before["plain"]):
        bound = _BOUND[word]
        found.add(_OPPOSITE[bound] if before["word"] and before["no"] else bound)
    return next((name for name in _WORDS if name in found), "eq")


# --- numbers ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Number:
    """A number with its unit as it stands in a text.

    `start:end` cut it out with the words of comparison that touch it, `core_start:core_end`
    without them; `low` and `high` are in `unit`, with 万 and 亿 worked out; `comparison` is
    the word of comparison before it; `bare` marks a ratio that has no unit (容积率1.5), as
    against a count without a measure word (1.2万农村人口).
    """

    start: int
    end: int
    core_start: int
    core_end: int
    low: float
    high: float
    unit: str
    bound: str
    comparison: str
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Numeral:
    """A run of digits or of Chinese numerals: where it stands and what it is part of.

    `account` is `quantity`, a class of ``lexicon/exclusions.csv``, `word`, or `unexplained`.
    """

    start: int
    end: int
    text: str
    account: str


_BLANK = r"[^\S\n]{0,3}"
_DASH = re.compile(rf"{_BLANK}(?:[-—–~～―−]{{1,2}}|[至到]){_BLANK}")
_MORE = re.compile(rf"{_BLANK}[余餘多来几幾](?={_BLANK}[^\s,。;:、\d])")
_JOINT = re.compile(r"[^\S\n]*(?:以及|[、和与及或])[^\S\n]*")
_CLOSED = re.compile(
    r"[^\S\n]*(?:$|[,。;:、)\n!?]|以[上下内]|之[上下内]|左右|上下|任务|目标|大关|台阶|[和与及])"
)
_MEMBERS = re.compile(r"(?:[^\S\n]*[、和与及或][^\S\n]*\d[\d.,]*)*")
_LONGEST_LIST = 12  # numbers that share one unit at the end

# Measure words that after 一 mostly make a word or an idiom (一个, 一次, 一件事).
_VAGUE_ONE = frozenset("个件张次位套种条片块起门节笔只间支部本份项遍趟层段")
# What stands before a numeral that orders, picks out or sums up, and counts nothing.
_NO_COUNT_AFTER = frozenset("第同统每某另任专唯单逐")
# What stands before 百, 千, 万 or 亿 without a digit and makes a number of it: 近百家, 突破百亿元.
_BEFORE_PLACE = re.compile(r"(?:[上近超逾约达到在满破]|(?<![经通])过)$")
_PLACES = re.compile(r"[十百千万亿]+(?:[余多][万亿]?)?")

# 成立, 成果: 成 that begins a word and is no tenth
_TENTHS = re.compile(
    rf"{_BLANK}成(?![立果员为功本效品长熟人交型套片渝都绩就色分份新群因稿品活风语]){_BLANK}"
    r"(?:(?P<half>半)|(?P<next>[一二三四五六七八九]|\d(?!\d))(?![年月日个]))?"
)
_HALF = re.compile(r"半(?!径|导|岛|山|成品|程|自|封|数|挂|干)")
_HALF_HOUR = re.compile(r"个半(小时|月|工作日|百分点)")

# A bare ratio has no unit: 容积率1.5以上, 收入比缩小到1.6.
_RATIO = re.compile(
    r"(?:容积率|系数|指数|比值|负荷比|倍差|(?:收入|性别|师生|医护|床护|供需|产出|存贷|投入产出)比)"
    r"[^,。;:、\d]{0,12}$"
)
# A span of time is a quantity where it is what is measured; else it says when (3个月内, 三年行动).
_MEASURED = re.compile(
    r"(?:年限|工期|周期|时限|建设期|期限|寿命|用时|时长|账期|时间|年龄|学制|回收期|保质期|时效|半径|工龄)"
    r"[^,。;:、\d]{0,12}$"
    r"|(?:缩短|压缩|压减|减少|提前|缩减|控制|提高|增加|降低)(?:了|为|至|到|在|近|约|超过)?$"
)
_SPANS = frozenset({"duration"})
_MARK = re.compile("得分|评分|分数|满意|考核|测评|成绩|积分|评价|评估|指数")  # 95分 is a mark
# 年度计划投资(万元):3600: the unit stands in the head of the line
_HEAD_UNIT = re.compile(
    r"(?:\(|单位:)(?P<times>[百千万亿]*)(?P<unit>[^\d()百千万亿]{1,8})\)?[:为]?[^\S\n]*$"
)

_MONEY = re.compile(
    "资金|投资|产值|收入|贷款|补助|补贴|营收|税|基金|债|预算|支出|财政|融资|授信|让利|拨款|捐|奖|费|额|款|利润|存款|投入|成本|价|造价"
)
# What is counted without a measure word (1.2万农村人口): people and households, most of all.
_SHARE_NOUNS = re.compile(r"(?:覆盖|普及|利用|占有|参与|入学|到位|使用)率|占比|比重|比例|份额")


_LONGEST_RUN = 40  # characters; a longer run is a code, and left out of what the patterns see


@cache
def _countable() -> re.Pattern[str]:
    words = [r["word"] for r in read_lexicon("cues") if r["class"] == "countable"]
    return re.compile("|".join(map(re.escape, words)))


@cache
def _exclusions(stage: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (row["class"], re.compile(_bound_runs(row["pattern"]), re.MULTILINE))
        for row in read_lexicon("exclusions")
        if row["stage"] == stage
    )


def _bound_runs(pattern: str) -> str:
    """Pattern whose runs of digits end after 40, so that its cost grows with the text only."""
    ascii_digits = re.sub(r"\[[^\]]*\]", lambda m: m[0].replace(r"\d", "0-9"), pattern)
    return re.sub(
        r"(\[(?!\^)[^\]]*\])([+*])",
        lambda m: f"{m[1]}{{{int(m[2] == '+')},{_LONGEST_RUN}}}",
        ascii_digits.replace(r"\d", "[0-9]"),
    )


_IDIOM = 4  # characters; a listed word as long as this is an idiom and never a count


@cache
def _words(shortest: int = 0) -> tuple[re.Pattern[str], dict[str, str]]:
    rows = read_lexicon("numeral_words")
    classes = {r["word"]: r["class"] for r in rows if len(r["word"]) >= shortest}
    longest_first = sorted(classes, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first))), classes


_THING = re.compile(r"[^,。;:、\s]{1,40}")
_LONGEST_ACT = 7  # characters


@cache
def _around_one() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    cues = read_lexicon("cues")
    act, idea = (
        re.compile(rf"(?:{'|'.join(r['word'] for r in cues if r['class'] == name)})$")
        for name in ("act", "idea")
    )
    return act, idea, _words()[0]


_BEFORE_RUN, _AFTER_RUN = (
    12,
    16,
)  # characters around a numeral in which its exclusion begins and ends


def _cover(folded: str, runs: list[tuple[int, int]], stage: str) -> dict[int, str]:
    """Class that excludes each position; where classes meet, the first of the file stands.

    The words of the lexicon close the stage after the counts; its idioms open the stage before.
    Only what stands around the runs is looked at, but for patterns that run to the end of a line
    or of a quotation.
    """
    covered: dict[int, str] = {}
    around, shifts = _cut_around(folded, runs)
    starts = [s for s, _ in shifts]

    def spans(pattern: re.Pattern[str]) -> Iterator[tuple[int, int, str]]:
        whole = "\\n" in pattern.pattern.replace(r"[^\S\n]", "")
        for m in pattern.finditer(folded if whole else around):
            shift = 0 if whole else shifts[bisect_right(starts, m.start()) - 1][1]
            yield m.start() + shift, m.end() + shift, m[0]

    for name, exclusion in _exclusions(stage):
        for start, end, _ in spans(exclusion):
            for i in range(start, end):
                covered.setdefault(i, name)
    pattern, classes = _words(_IDIOM) if stage == "before" else _words()
    for start, end, word in spans(pattern):
        covered |= dict.fromkeys(range(start, end), classes[word])
    return covered


# 12. of a task: a line begins with a numeral and a mark, and nothing excludes it
_LINE_NUMBER = re.compile(r"^[0-9]+(?:\.[0-9]+)?[.、](?![0-9])", re.MULTILINE)


def _cut_around(folded: str, runs: list[tuple[int, int]]) -> tuple[str, list[tuple[int, int]]]:
    """Text around runs, its pieces on lines of their own, and (start, shift back) of each piece."""
    pieces: list[str] = []
    shifts: list[tuple[int, int]] = []
    skipped = end = length = 0
    for start, stop in runs:
        if stop - start > _LONGEST_RUN:
            skipped = stop
            continue
        if _LINE_NUMBER.match(folded, start):
            continue
        a, b = max(skipped, end, start - _BEFORE_RUN), stop + _AFTER_RUN
        if a > end or not pieces:
            pieces.append("\n")
            length += 1
            shifts.append((length, a - length))
        pieces.append(folded[a:b])
        length += b - a
        end = b
    return "".join(pieces), shifts


def read_numbers(folded: str) -> tuple[list[Number], list[Numeral]]:
    """Numbers with units in a text, and the account of every numeral in it, both in text order.

    A numeral is read whole or not at all: what touches it and is not understood makes every run
    of it unexplained, and no part of it a number.

    Parameters
    ----------
    folded
        Text with widths folded (`text.fold_width`).
    """
    runs = find_runs(folded)
    before = _cover(folded, runs, "before")
    numbers: list[Number] = []
    open_runs: list[int] = []
    accounts: dict[int, str] = {}
    end, inside_number = 0, False
    for start, _ in runs:
        if start < end:
            if inside_number:
                accounts[start] = "quantity"
            else:
                open_runs.append(start)
            continue
        if _LINE_NUMBER.match(folded, start):
            accounts[start] = "unexplained"
            continue
        if start in before and not (before[start] == "duration" and _is_measured(folded, start)):
            accounts[start] = before[start]
            continue
        found, end = _read_from(folded, start - bool(_NO_WHOLE.match(folded, start - 1, start)))
        if found and numbers and numbers[-1].end == found[0].core_start:
            found[0] = _without_dash(folded, found[0])
        inside_number = bool(found)
        numbers += found
        if found:
            accounts[start] = "quantity"
        else:
            open_runs.append(start)
    if open_runs:
        left = set(open_runs)
        after = _cover(folded, [r for r in runs if r[0] in left], "after")
        accounts |= {s: before.get(s) or after.get(s, "unexplained") for s in open_runs}
    return numbers, [Numeral(a, b, folded[a:b], accounts[a]) for a, b in runs]


def _without_dash(folded: str, one: Number) -> Number:
    """Number behind another one: a dash between them (12家-8家) is no sign."""
    if folded[one.core_start] not in "-−":
        return one
    start = one.core_start + 1
    return replace(one, start=start, core_start=start, low=-one.high, high=-one.low)


def _text_before(folded: str, start: int) -> str:
    """Text before a number that its clause is looked for in."""
    return folded[max(0, start - _CLAUSE) : start]


_NO_WHOLE = re.compile(r"(?<![\d\sA-Za-z.])\.$")  # .5 without its 0


def _is_measured(folded: str, start: int) -> bool:
    """Whether a span of time is what a clause measures (平均工期压缩至1.5年)."""
    begin = start
    while (m := match_before(folded, begin)) and m.start() < begin:
        begin = m.start()
    return bool(_MEASURED.search(folded, begin - _REACH, begin))


def _read_from(folded: str, start: int) -> tuple[list[Number], int]:
    """Numbers that begin with the numeral at a place, and where what was looked at ends.

    Several where one unit closes a list (24和143微克/立方米); none where the numeral has no unit
    or is not understood.
    """
    if folded[start] == "半" or folded.startswith("一半", start):
        stop = start + 2
        share = Fraction(5 if folded[start + 1] == "成" else 50)
        half = Value(stop, share, share)
        return [_number(folded, start, half, half, Unit(stop, stop, "%"))], stop
    at, value = start, match_numeral(folded, start)
    if value is None:
        return [], start + 1
    values: list[tuple[int, Value]] = []
    while True:
        if isinstance(value, Unread):
            return [], value.end
        values.append((at, value))
        if number := _read_one(folded, at, value):
            break
        if (dash := _DASH.match(folded, value.end)) and (high := match_numeral(folded, dash.end())):
            return [], high.end  # 10-5所: neither is a number of its own
        joint = _JOINT.match(folded, value.end)
        following = _plain_number(folded, joint.end()) if joint else None
        if not folded[at].isdigit():
            return [], values[0][1].end
        if not joint or not following:
            return [], value.end  # no list that begins with a later member has a unit, either
        if len(values) == _LONGEST_LIST:  # a row of codes, and none of it a quantity
            members = _MEMBERS.match(folded, value.end)
            return [], members.end() if members else value.end
        at, value = joint.end(), following
    if len(values) == 1:
        return [number], number.core_end
    return _share_unit(folded, values, number)


def _plain_number(folded: str, start: int) -> Value | Unread | None:
    """Arabic number at a place, to go on a list."""
    return match_numeral(folded, start) if folded[start : start + 1].isdigit() else None


def _share_unit(
    folded: str, values: list[tuple[int, Value]], last: Number
) -> tuple[list[Number], int]:
    """Numbers of a list whose last one holds the unit of all; 3、4次 are both ends of one."""
    (first_at, first), (_, final) = values[0], values[-1]
    if folded[first_at - 1 : first_at] in {"", "\n", "第"} or last.low != last.high:
        return [], last.core_end
    apart = "分别" in _text_before(folded, first_at)
    side_by_side = len(values) == 2 and not apart and folded[first.end] == "、"
    before = match_before(folded, first_at)
    begin = before.start() if before else first_at
    comparison = before[0].strip() if before else ""
    if side_by_side and first.low + 1 == final.low < 10:
        both = replace(
            last,
            start=begin,
            core_start=first_at,
            low=float(first.low),
            bound="range",
            comparison=comparison,
        )
        return [both], last.core_end
    if final.scale > 1 or last.bare:
        return [], last.core_end  # 3、5万吨: whether 万 holds for both is not said
    bound = read_bound(before, None, "")
    out = [
        Number(
            begin if at == first_at else at,
            value.end,
            at,
            value.end,
            float(value.low),
            float(value.low),
            last.unit,
            bound if bound != "eq" else last.bound,
            comparison,
        )
        for at, value in values[:-1]
    ]
    return [*out, replace(last, bound=bound if last.bound == "eq" else last.bound)], last.core_end


def _read_one(folded: str, start: int, value: Value) -> Number | None:
    """Number that one numeral makes with what follows it; None where that is no unit."""
    if value.base:
        return _read_share(folded, start, value)
    if m := _TENTHS.match(folded, value.end):
        return _read_tenths(folded, start, value, m)
    more = _MORE.match(folded, value.end)
    at = more.end() if more else value.end
    unit = _match_unit(folded, start, value, at)
    if (dash := _DASH.match(folded, unit.end if unit else value.end)) and not more:
        high = match_numeral(folded, dash.end())
        if high is not None:
            number = _read_range(folded, start, value, unit, dash.end(), high)
            if number or not unit:
                return number
    if unit is None:
        return _read_without_unit(folded, start, value)
    return _counted(folded, start, value, unit, more[0].strip() if more else "")


_TEN = re.compile("[十百千万亿拾佰仟萬億廿卅]")


def _match_unit(folded: str, start: int, value: Value, at: int) -> Unit | None:
    """Unit behind a numeral; after a Chinese one only a unit that makes no word with it."""
    ten = value.chinese and _TEN.search(folded, start, value.end)
    unit = match_unit(folded, at, chinese="" if not value.chinese else "large" if ten else "yes")
    if unit is None or unit.end - unit.start > 2:
        return unit
    sort = dimension(unit.name)
    if sort in _SPANS:
        return unit if _is_measured(folded, start) else None
    if sort == "score":
        return unit if _MARK.search(folded, start - _REACH, start) else None
    return unit


def _counted(folded: str, start: int, value: Value, unit: Unit, more: str) -> Number | None:
    """Number with a unit, where it counts something real."""
    if _is_place(folded, start, value):
        more = _read_place(folded, start, unit, more or value.more)
        if not more:
            return None
    elif value.chinese and not _counts(folded, start, value, unit):
        return None
    if m := _HALF_HOUR.match(folded, unit.start):
        half = Unit(unit.start, m.end(), m[1] if m[1] == "小时" else "个" + m[1])
        value = replace(value, low=value.low + Fraction(1, 2), high=value.high + Fraction(1, 2))
        return _number(folded, start, value, value, half, more)
    if dimension(unit.name) in _SPANS and (m := _HALF.match(folded, unit.end)):
        value = replace(value, low=value.low + Fraction(1, 2), high=value.high + Fraction(1, 2))
        unit = replace(unit, end=m.end())
    return _number(folded, start, value, value, unit, more or value.more)


def _is_place(folded: str, start: int, value: Value) -> bool:
    """Whether a numeral is 百, 千, 万 or 亿 without a digit."""
    written = folded[start : value.end]
    return written[0] != "十" and bool(_PLACES.fullmatch(written))


def _read_place(folded: str, start: int, unit: Unit, more: str) -> str:
    """Mark of a place that is a number (上百场, 百余家), or nothing for a class (百亿企业)."""
    counts = dimension(unit.name) == "count"
    return _place_mark(folded, start, more) if counts or _CLOSED.match(folded, unit.end) else ""


def _place_mark(folded: str, start: int, more: str) -> str:
    """What makes a number of 百, 千 or 万 without a digit: 余 behind it, or 上, 近 before it."""
    word = _BEFORE_PLACE.match(folded, start - 1, start)
    if folded[start - 2 : start] == "百上":
        return ""
    return more or ("" if not word else "上" if word[0] == "上" else " ")


def _counts(folded: str, start: int, value: Value, unit: Unit) -> bool:
    """Whether a Chinese numeral with a measure word counts something real."""
    before, numeral = folded[start - 1 : start], folded[start : value.end]
    if (
        not numeral.strip("零〇")
        or before in _NO_COUNT_AFTER
        or (before in {"数", "几"} and numeral[0] in "十百千万亿")
    ):
        return False
    return numeral != "一" or unit.name not in _VAGUE_ONE or _is_made(folded, start, unit)


def _is_made(folded: str, start: int, unit: Unit) -> bool:
    """Whether an act makes the one thing: 打造一条绿道, but not 建设一支队伍 or 推进一件事."""
    act, idea, word = _around_one()
    thing = _THING.match(folded, unit.end)
    if not thing or not act.search(folded, start - _LONGEST_ACT, start):
        return False
    return not idea.search(thing[0]) and not word.match(folded, start)


def _read_range(
    folded: str, start: int, low: Value, unit: Unit | None, high_at: int, high: Value | Unread
) -> Number | None:
    """Number with two ends (3—5家); None where the second has no unit or is the smaller."""
    if isinstance(high, Unread) or low.base or high.base:
        return None
    if m := _TENTHS.match(folded, high.end):  # 两到三成
        low, high = _scale(low, 10), _scale(high, 10)
        return _number(folded, start, low, high, Unit(m.start(), m.end(), "%"))
    second = _match_unit(folded, high_at, high, high.end)
    if second is None:
        return None
    if unit and unit.name != second.name and unit.name + second.name not in {"%个百分点"}:
        return None
    if low.chinese and not _counts(folded, start, low, second):
        return None
    if not unit and low.scale == 1 and low.low * high.scale <= high.low:
        low = replace(low, low=low.low * high.scale)  # 1-2万亩: 万 stands for both ends
    if low.low >= high.high:
        return None
    end = second.end + (2 if folded.startswith("之间", second.end) else 0)
    return _number(folded, start, low, high, replace(second, end=end))


def _scale(value: Value, times: int | Fraction) -> Value:
    return replace(value, low=value.low * times, high=value.high * times)


def _read_share(folded: str, start: int, value: Value) -> Number | None:
    """Fraction as a percentage (三分之一的村), per mille (千分之三) or number (五分之一个)."""
    value, base = _scale(value, Fraction(1, value.base)), value.base
    unit = match_unit(folded, value.end)
    if unit and dimension(unit.name) == "count":
        return _number(folded, start, value, value, unit)
    # a share is kept in percent, as other shares are; a rate in 千分之 is one per mille
    mille = base == 1000 and not _SHARE_NOUNS.search(folded, start - _REACH, start)
    value = _scale(value, 1000 if mille else 100)
    return _number(folded, start, value, value, Unit(value.end, value.end, "‰" if mille else "%"))


def _read_tenths(folded: str, start: int, value: Value, m: re.Match[str]) -> Number:
    """成 as ten per cent: 五成, 七成六, 三成半."""
    value = _scale(value, 10)
    if m["half"] or m["next"]:
        low = value.low + (5 if m["half"] else sign_value(m["next"]))
        value = replace(value, low=low, high=low)
    return _number(folded, start, value, value, Unit(m.start(), m.end(), "%"), value.more)


def _read_without_unit(folded: str, start: int, value: Value) -> Number | None:
    """Number whose unit stands in the head of the line, is meant, or is not needed."""
    if number := _read_head_unit(folded, start, value):
        return number
    here = Unit(value.end, value.end, "")
    if not value.chinese and _RATIO.search(folded, start - _REACH, start):
        return _number(folded, start, value, value, here, bare=True)
    m = _MORE.match(folded, value.end)
    end, more = (m.end(), m[0].strip()) if m else (value.end, value.more)
    name = _unit_meant(folded, start, value, end)
    if _is_place(folded, start, value):  # 上千万群众, but not 过百亿企业
        more = "" if name else _place_mark(folded, start, more)
        name = name if more else None
    if name is None:
        return None
    return _number(folded, start, value, value, Unit(end, end, name), more)


def _read_head_unit(folded: str, start: int, value: Value) -> Number | None:
    """Number whose unit stands before it in a bracket: 计划投资(万元):3600."""
    m = None if value.chinese else _HEAD_UNIT.search(folded, start - _REACH, start)
    unit = match_unit(m["unit"], 0) if m else None
    times = match_numeral("1" + m["times"], 0) if m else None
    if not (m and unit and isinstance(times, Value)) or unit.end != len(m["unit"]):
        return None
    value = _scale(value, times.low)
    return _number(folded, start, value, value, Unit(value.end, value.end, unit.name))


def _unit_meant(folded: str, start: int, value: Value, end: int) -> str | None:
    """Unit of a number without one: 元 for money, none for people; None where it is no number.

    Of money and people the word nearest before the number says which; a number without 万 or 亿
    needs a noun that says how many there are (减少贫困人口3000).
    """
    clause = _CLAUSE_END.split(_text_before(folded, start))[-1]
    closed = bool(_CLOSED.match(folded, end))
    if value.scale < 10**4:
        return "" if closed and value.low >= 10 and _MAGNITUDE.search(clause) else None
    following = _THING.match(folded, end)
    ahead = following[0][:16] if following else ""
    money, people = (_last_end(p, clause) for p in (_MONEY, _countable()))
    if ahead.startswith(("资金", "贷款", "投资")) or (closed and money > people):
        return "元"
    if people > 0 or _countable().search(ahead):
        return ""
    return "元" if value.scale >= 10**8 and not value.chinese else None  # 超10亿企业


_CLAUSE_END = re.compile(r"[,。;:\n]")


def _last_end(pattern: re.Pattern[str], text: str) -> int:
    """Where the last find of a pattern ends in a text; 0 where there is none."""
    return max((m.end() for m in pattern.finditer(text)), default=0)


# What names how many there are, so that a bare number behind it is one: 减少贫困人口3000
_MAGNITUDE = re.compile(
    r"(?:人口|[人户家件个次座台项例床]数|数量|总数)(?:达到?|为|至|到|突破|超过?|约|[近逾])?$"
)


_BRACKETED = re.compile(r"\([^\s\d()]{1,3}\)")  # 10个(条)
_MORE_OF_ALL = re.compile(r"[余多](?=[的,。;:、)\n]|$)")  # 百分之五十多


def _number(
    folded: str,
    start: int,
    low: Value,
    high: Value,
    unit: Unit,
    more: str = "",
    *,
    bare: bool = False,
) -> Number:
    """Put a number together: its sign, its bracket, and the words of comparison that touch it."""
    ends = [low.low, high.high]
    if sign := sign_before(folded, start):
        start, ends = start - sign, [-v for v in ends[::-1]]
    elif folded[start - 1 : start] == "±":
        start, ends = start - 1, [-ends[1], ends[1]]
    end = unit.end
    if m := _BRACKETED.match(folded, end):
        other = match_unit(folded, m.start() + 1)
        if other and other.end == m.end() - 1 and unit.name:
            end = m.end()
    if unit.name in {"%", "‰"} and (m := _MORE_OF_ALL.match(folded, end)):
        end, more = m.end(), m[0]
    begin = start - 1 if more == "上" else start
    before, after = match_before(folded, begin), match_after(folded, end)
    return Number(
        start=before.start() if before else begin,
        end=after.end() if after else end,
        core_start=start,
        core_end=end,
        low=float(ends[0]),
        high=float(ends[1]),
        unit=unit.name,
        bound="range" if ends[0] != ends[1] else read_bound(before, after, more.strip()),
        comparison=before[0].strip() if before else "",
        bare=bare,
    )
