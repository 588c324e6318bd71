"""The lexer: every numeral of a text, as part of a number with a unit or with its reason."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from analysis.lexicon import read_lexicon
from analysis.text import parse_chinese_number

_CHINESE = "一二两三四五六七八九十百千万亿零〇"
_COUNTED = "一二两三四五六七八九十"
NUMERAL = re.compile(rf"\d+(?:\.\d+)?|[{_CHINESE}]+")

_MULTIPLIER = {"百": 10**2, "千": 10**3, "万": 10**4, "亿": 10**8}
_DASH = r"\s*(?:[-—–~～]{1,2}|[至到])\s*"
# Words of comparison that touch a number; 控制在 closes a range from below.
_BEFORE = re.compile(
    r"(?:不得?(?:少|低|高|大|小|多)于|不得?超过|力争超|至少|最少|最低|最多|超过|突破|大于|小于|低于|高于"
    r"|少于|多于|大约|约|近|再?超|过|控制在)(?:了)?\s*$"
)
_AFTER = re.compile(r"\s*(?:(?:[及或]|\(含\))?以[上下内]|之[上内]|上下|左右)")

# Measure words that after 一 mostly make a word or an idiom (一个, 一次, 一件事).
_VAGUE_ONE = frozenset("个件张次位套种条片块起门节笔只间支部本份项")
_BOUNDS = {
    "le": "不超过 不得超过 不高于 不得高于 不大于 不多于 最多 低于 小于 少于 以下 以内 之内 之下",
    "ge": "不少于 不得少于 不低于 不得低于 不小于 至少 最少 最低 超过 突破 大于 高于 多于 力争超 超"
    " 再超 过 以上 之上 余 多",
    "approx": "约 大约 近 左右 上下",
}
_BOUND = {word: bound for bound, words in _BOUNDS.items() for word in words.split()}


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


@cache
def _number() -> re.Pattern[str]:
    rows = read_lexicon("units")
    unit, chinese = (
        "|".join(re.escape(u) for u in sorted(names, key=len, reverse=True))
        for names in (
            [r["unit"] for r in rows],
            [r["unit"] for r in rows if r["chinese"] == "yes"],
        )
    )
    arabic = r"(?:\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)"
    counted = rf"[{_COUNTED}][{_CHINESE}]*"
    times = r"[百千万亿]{1,2}"
    return re.compile(
        rf"(?P<low>{arabic})\s*(?P<low_more>[余多])?(?P<low_times>{times})?\s*(?P<low_unit>%|{unit})?"
        rf"{_DASH}(?P<high>{arabic})\s*(?P<high_times>{times})?\s*(?P<range_unit>{unit})"
        rf"|(?P<value>{arabic})\s*(?P<more>[余多])?(?P<value_times>{times})?\s*(?P<more_after>[余多])?\s*"
        rf"(?:(?P<unit>(?:{unit})(?:/(?:{unit}))?)|(?P<money>(?<=亿)|(?<=万)(?=资金|贷款|投资)))"
        rf"(?:\((?:{chinese})\))?"
        rf"|(?P<chinese>{counted})(?:{_DASH}(?P<chinese_high>{counted}))?(?P<chinese_more>[余多])?"
        rf"(?P<chinese_unit>{chinese})"
        rf"|百分之(?P<percent>{counted})"
    )


# A bare ratio has no unit: 容积率1.5以上.
_RATIO = re.compile(r"(?:容积率|系数|指数|比值|负荷比)[^,。;:、\d]{0,12}$")
_PLAIN = re.compile(r"\d+(?:\.\d+)?")


@cache
def _exclusions(stage: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (row["class"], re.compile(row["pattern"], re.MULTILINE))
        for row in read_lexicon("exclusions")
        if row["stage"] == stage
    )


@cache
def _words() -> tuple[re.Pattern[str], dict[str, str]]:
    classes = {r["word"]: r["class"] for r in read_lexicon("numeral_words")}
    longest_first = sorted(classes, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first))), classes


def _cover(folded: str, stage: str) -> dict[int, str]:
    """Class that excludes each position; where classes meet, the first of the file stands."""
    covered: dict[int, str] = {}
    for name, pattern in _exclusions(stage):
        for m in pattern.finditer(folded):
            for i in range(*m.span()):
                covered.setdefault(i, name)
    return covered


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
        accounts |= _explain(folded, open_runs)
    return numbers, [Numeral(a, b, folded[a:b], accounts[a]) for a, b in runs]


def _explain(folded: str, runs: list[tuple[int, int]]) -> dict[int, str]:
    after = _cover(folded, "after")
    pattern, classes = _words()
    words = {i: classes[m[0]] for m in pattern.finditer(folded) for i in range(*m.span())}
    covered = after | words
    return {start: covered.get(start, "unexplained") for start, _ in runs}


def _read_number(folded: str, start: int) -> Number | None:
    """Number with unit whose first numeral is at `start`."""
    m = _number().match(folded, start)
    if m is None or (m["chinese"] and not _counts(folded, m)):
        return _read_ratio(folded, start)
    if m["low"]:
        low, high = _value(m["low"], m["low_times"]), _value(m["high"], m["high_times"])
        if m["high_times"] and not m["low_times"] and not m["low_unit"]:
            low *= _times(m["high_times"])  # 1-2万亩: the multiplier stands for both ends
        unit, more = m["range_unit"], m["low_more"]
    elif m["value"]:
        low = high = _value(m["value"], m["value_times"])
        unit, more = m["unit"] or "元", m["more"] or m["more_after"]
    elif m["percent"]:
        low = high = float(parse_chinese_number(m["percent"]))
        unit, more = "%", None
    else:
        low = high = float(parse_chinese_number(m["chinese"]))
        if m["chinese_high"]:
            high = float(parse_chinese_number(m["chinese_high"]))
        unit, more = m["chinese_unit"], m["chinese_more"]
    return _bounded(folded, m.start(), m.end(), low, high, unit, more or "")


def _counts(folded: str, m: re.Match[str]) -> bool:
    """Whether a Chinese numeral with a measure word counts something real."""
    if folded[max(0, m.start() - 1) : m.start()] in set("第同统每某另任专唯单逐"):
        return False
    if m["chinese"] == "一" and m["chinese_unit"] in _VAGUE_ONE:
        return False
    return (
        re.match(r"[\s)）]*(?:$|[,，。;；、:：])", folded[m.end() : m.end() + 4]) is None
        or bool(_BEFORE.search(folded, max(0, m.start() - 6), m.start()))
        or m["chinese"] != "一"
    )


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
    before = _BEFORE.search(folded, max(0, start - 6), start)
    after = _AFTER.match(folded, end)
    words = [w for w in (before and before[0].strip(), after and after[0].strip(), more) if w]
    return Number(
        start=before.start() if before else start,
        end=after.end() if after else end,
        core_start=start,
        core_end=end,
        low=low,
        high=high,
        unit=unit,
        bound="range" if low != high else bound_of(words),
        comparison=before[0].strip() if before else "",
    )


def bound_of(words: list[str]) -> str:
    """Bound that words of comparison set: ge, le, approx, or eq where none does."""
    found = {_BOUND.get(w.removeprefix("(含)").strip("及或了 "), "eq") for w in words}
    return next((name for name in _BOUNDS if name in found), "eq")
