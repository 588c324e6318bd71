"""The lexer: every numeral of a text, as part of a number with a unit or with its reason."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from analysis.lexicon import read_lexicon
from analysis.text import parse_chinese_number

_WORDS = {
    "le": "低于 小于 少于 不足 不到 最多 至多 最高 以下 以内 之内 之下",
    "ge": "高于 大于 多于 至少 最少 最低 超过 超出 超 再超 力争超 突破 逾 过 以上 之上 余 多 几",
    "approx": "约 大约 近 左右 上下 来",
}
_BOUND = {word: bound for bound, words in _WORDS.items() for word in words.split()}
_OPPOSITE = {"le": "ge", "ge": "le"}

_DENIED = r"(?P<no>不得?|不能|不宜|未|没有)?"
# 控制在 sets no bound itself but opens one that is closed behind (控制在…以内).
_BEFORE = re.compile(
    rf"(?:{_DENIED}(?P<word>低于|小于|少于|高于|大于|多于|超过|超出|突破|超)"
    r"|(?P<plain>力争超|再超|不足|不到|至少|最少|最低|最高|最多|至多|大约|(?<![签节预合契特履违邀制公条])约|(?<![附靠临就最邻亲贴])近|逾|(?<![经通度渡])过)"
    r"|控制在)了?\s*$"
)
_AFTER = re.compile(
    r"\s*(?:(?:[及或]|\(含\))?(?P<word>以[上下内])|(?P<plain>之[上下内]|上下|左右))"
)
_LONGEST = 6  # characters of the longest words before a number, 不得超过了


def match_before(folded: str, start: int) -> re.Match[str] | None:
    """Words of comparison that end where a number starts."""
    return _BEFORE.search(folded, max(0, start - _LONGEST), start)


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
        余, 多, 来 or 几 inside the number.
    """
    found = {_BOUND[m["word"] or m["plain"]] for m in (after,) if m} | {_BOUND.get(more, "eq")}
    if before and (word := before["word"] or before["plain"]):
        bound = _BOUND[word]
        found.add(_OPPOSITE[bound] if before["word"] and before["no"] else bound)
    return next((name for name in _WORDS if name in found), "eq")


_CHINESE = "一二两三四五六七八九十百千万亿零〇"
_COUNTED = "一二两三四五六七八九十"
NUMERAL = re.compile(rf"\d+(?:\.\d+)?|[{_CHINESE}]+")

_MULTIPLIER = {"百": 10**2, "千": 10**3, "万": 10**4, "亿": 10**8}
_DASH = r"\s*(?:[-—–~～]{1,2}|[至到])\s*"

# Measure words that after 一 mostly make a word or an idiom (一个, 一次, 一件事).
_VAGUE_ONE = frozenset("个件张次位套种条片块起门节笔只间支部本份项")
# What stands before a numeral that orders, picks out or sums up, and counts nothing.
_NO_COUNT_AFTER = frozenset("第同统每某另任专唯单逐")


@dataclass(frozen=True, slots=True)
class Number:
    """A number with its unit as it stands in a text.

    `start:end` cut it out with the words of comparison that touch it, `core_start:core_end`
    without them; `low` and `high` are in `unit`, with 万 and 亿 worked out; `comparison` is
    the word of comparison before it.
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


@dataclass(frozen=True, slots=True)
class Numeral:
    """A run of digits or of Chinese numerals: where it stands and what it is part of.

    `account` is `quantity`, a class of ``lexicon/exclusions.csv``, `word`, or `unexplained`.
    """

    start: int
    end: int
    text: str
    account: str


def _any(names: list[str]) -> str:
    """Alternation of units, longest first; a unit in letters ends where the letters end."""
    longest_first = sorted(names, key=len, reverse=True)
    ends = (r"(?![A-Za-z\d²³])" if re.search(r"[A-Za-z]$", u) else "" for u in longest_first)
    return "|".join(re.escape(u) + end for u, end in zip(longest_first, ends, strict=True))


@cache
def _number() -> re.Pattern[str]:
    rows = read_lexicon("units")
    unit = _any([r["unit"] for r in rows])
    chinese = _any([r["unit"] for r in rows if r["chinese"] == "yes"])
    large = _any([r["unit"] for r in rows if r["chinese"] == "large"])
    arabic = r"(?:\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?)"
    counted = rf"[{_COUNTED}][{_CHINESE}]*(?:点[{_CHINESE}]+)?"
    times = r"(?:[百万亿]|千(?![米瓦克伏])){1,2}"
    tenth = r"(?=以[上下内]|左右|\s*(?:$|[,。;、)的]))"  # 九成以上, but not 九成新
    return re.compile(
        rf"(?P<low>{arabic})\s*(?P<low_more>[余多])?(?P<low_times>{times})?\s*(?P<low_unit>%|{unit})?"
        rf"{_DASH}(?P<high>{arabic})\s*(?P<high_times>{times})?\s*(?P<range_unit>{unit})"
        rf"|(?P<value>{arabic})\s*(?P<more>[余多来几])?(?P<value_times>{times})?"
        rf"\s*(?P<more_after>[余多])?\s*"
        rf"(?:(?P<unit>(?:{unit})(?:/(?:{unit}))?)|(?P<money>(?<=亿)|(?<=万)(?=资金|贷款|投资)))"
        rf"(?:\((?:{chinese}|次)\))?"
        rf"|(?P<chinese>{counted})(?:{_DASH}(?P<chinese_high>{counted}))?"
        rf"(?P<chinese_more>[余多来几])?"
        rf"(?P<chinese_unit>{chinese}|(?<=[百千万亿])(?:{large}))"
        rf"|百分之(?P<percent>百|{counted})"
        rf"|(?P<tenths>\d(?:\.\d)?|[{_COUNTED}])成(?P<tenths_more>[余多])?{tenth}"
    )


# A bare ratio has no unit: 容积率1.5以上.
_RATIO = re.compile(r"(?:容积率|系数|指数|比值|负荷比|倍差)[^,。;:、\d]{0,12}$")
_PLAIN = re.compile(r"\d+(?:\.\d+)?")
_SIDE_BY_SIDE = re.compile(r"([一二两三四五六七八九])([二三四五六七八九])([十百千万亿]*)$")
_THING = re.compile(r"[^,。;:、\s]+")
_LONGEST_ACT = 7  # characters
_IDIOM = 4  # characters; a listed word as long as this is an idiom and never a count


@cache
def _exclusions(stage: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (row["class"], re.compile(row["pattern"], re.MULTILINE))
        for row in read_lexicon("exclusions")
        if row["stage"] == stage
    )


@cache
def _words(shortest: int) -> tuple[re.Pattern[str], dict[str, str]]:
    rows = read_lexicon("numeral_words")
    classes = {r["word"]: r["class"] for r in rows if len(r["word"]) >= shortest}
    longest_first = sorted(classes, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first))), classes


@cache
def _around_one() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    cues = read_lexicon("cues")
    act, idea = (
        re.compile(rf"(?:{'|'.join(r['word'] for r in cues if r['class'] == name)})$")
        for name in ("act", "idea")
    )
    return act, idea, _words(0)[0]


def _cover(folded: str, stage: str) -> dict[int, str]:
    """Class that excludes each position; where classes meet, the first of the file stands.

    The words of the lexicon close the stage after the counts; its idioms open the stage before.
    """
    covered: dict[int, str] = {}
    pattern, classes = _words(_IDIOM if stage == "before" else 0)
    words = {i: classes[m[0]] for m in pattern.finditer(folded) for i in range(*m.span())}
    for name, exclusion in _exclusions(stage):
        for m in exclusion.finditer(folded):
            for i in range(*m.span()):
                covered.setdefault(i, name)
    return covered | words


def read_numbers(folded: str) -> tuple[list[Number], list[Numeral]]:
    """Numbers with units in a text, and the account of every numeral in it, both in text order.

    Parameters
    ----------
    folded
        Text with widths folded (`text.fold_width`).
    """
    before = _cover(folded, "before")
    numbers: list[Number] = []
    open_runs: list[tuple[int, int]] = []
    accounts: dict[int, str] = {}
    end = 0
    runs = [m.span() for m in NUMERAL.finditer(folded)]
    for start, stop in runs:
        if start < end:
            accounts[start] = "quantity"
        elif start in before:
            accounts[start] = before[start]
        elif (number := _read_number(folded, start)) and number.core_end - 1 not in before:
            numbers.append(number)
            accounts[start] = "quantity"
            end = number.core_end
        else:
            open_runs.append((start, stop))
    if open_runs:
        after = _cover(folded, "after")
        accounts |= {start: after.get(start, "unexplained") for start, _ in open_runs}
    return numbers, [Numeral(a, b, folded[a:b], accounts[a]) for a, b in runs]


def _read_number(folded: str, start: int) -> Number | None:
    """Number with unit whose first numeral is at `start`."""
    m = _number().match(folded, start)
    if m is None or (m["chinese"] and not _counts(folded, m)):
        return _read_ratio(folded, start)
    unit, more = m["range_unit"] or m["unit"] or m["chinese_unit"], ""
    if m["low"]:
        low, high = _value(m["low"], m["low_times"]), _value(m["high"], m["high_times"])
        scaled = low * _times(m["high_times"])
        if not m["low_times"] and not m["low_unit"] and scaled <= high:
            low = scaled  # 1-2万亩: the multiplier stands for both ends
        more = m["low_more"]
    elif m["value"]:
        low = high = _value(m["value"], m["value_times"])
        unit, more = unit or "元", m["more"] or m["more_after"]
    elif m["percent"]:
        low = high = 100.0 if m["percent"] == "百" else _chinese_value(m["percent"])
        unit = "%"
    elif m["tenths"]:
        tenths = m["tenths"]
        low = high = 10 * (float(tenths) if tenths.isascii() else _chinese_value(tenths))
        unit, more = "%", m["tenths_more"]
    else:
        low, high = _chinese_ends(m["chinese"])
        high = _chinese_value(m["chinese_high"]) if m["chinese_high"] else high
        more = m["chinese_more"]
    return _bounded(folded, m.start(), m.end(), low, high, unit, more or "")


def _counts(folded: str, m: re.Match[str]) -> bool:
    """Whether a Chinese numeral with a measure word counts something real."""
    before = folded[max(0, m.start() - 1) : m.start()]
    if before in _NO_COUNT_AFTER or (before in {"数", "几"} and m["chinese"][0] == "十"):
        return False
    if re.search(r"[一二两三四五六七八九]{3}", m["chinese"]):
        return False  # 一二三 lists, it does not count
    return m["chinese"] != "一" or m["chinese_unit"] not in _VAGUE_ONE or _is_made(folded, m)


def _is_made(folded: str, m: re.Match[str]) -> bool:
    """Whether an act makes the one thing: 打造一条绿道, but not 建设一支队伍 or 推进一件事."""
    act, idea, word = _around_one()
    thing = _THING.match(folded, m.end())
    made = thing and act.search(folded, max(0, m.start() - _LONGEST_ACT), m.start())
    return bool(made) and not idea.search(thing[0]) and not word.match(folded, m.start())


def _chinese_ends(numeral: str) -> tuple[float, float]:
    """Both ends of a Chinese numeral: two digits side by side are a range (三五家, 二三十人)."""
    if (m := _SIDE_BY_SIDE.match(numeral)) and _chinese_value(m[1]) < _chinese_value(m[2]):
        return _chinese_value(m[1] + m[3]), _chinese_value(m[2] + m[3])
    value = _chinese_value(numeral)
    return value, value


def _chinese_value(numeral: str) -> float:
    whole, _, fraction = numeral.partition("点")
    if not fraction:
        return float(parse_chinese_number(whole))
    digits = fraction.rstrip("百千万亿")
    written = "".join(str(parse_chinese_number(c)) for c in digits)
    return _value(f"{parse_chinese_number(whole)}.{written}", fraction[len(digits) :])


def _read_ratio(folded: str, start: int) -> Number | None:
    if not _RATIO.search(folded, max(0, start - 20), start):
        return None
    m = _PLAIN.match(folded, start)
    if m is None:
        return None
    return _bounded(folded, m.start(), m.end(), float(m[0]), float(m[0]), "", "")


def _value(digits: str, times: str | None) -> float:
    # Multiplied as integers of the last place, so that 12.67万 is 126700 and not a hair beside it.
    digits = digits.replace(",", "")
    whole, _, fraction = digits.partition(".")
    return int(whole + fraction) * _times(times) / 10 ** len(fraction)


def _times(times: str | None) -> int:
    out = 1
    for c in times or "":
        out *= _MULTIPLIER[c]
    return out


def _bounded(
    folded: str, start: int, end: int, low: float, high: float, unit: str, more: str
) -> Number:
    before = match_before(folded, start)
    after = match_after(folded, end)
    return Number(
        start=before.start() if before else start,
        end=after.end() if after else end,
        core_start=start,
        core_end=end,
        low=low,
        high=high,
        unit=unit,
        bound="range" if low != high else read_bound(before, after, more),
        comparison=before[0].strip() if before else "",
    )
