"""Units as a grammar: a base unit, multiplied and divided by others (元/人·月, 公里·车道)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from analysis.lexicon import read_lexicon

_BLANK = r"[^\S\n]{0,3}"
_BLANKS = re.compile(r"[ \t\u3000\xa0]*")
# What only a denominator counts by.
# fmt: off
_DENOMINATORS = (
    "人口", "人", "户", "车", "车次", "床", "张", "趟", "班", "亩", "村", "镇", "月", "天",
    "日", "年", "秒", "时", "分钟", "分", "周", "季度", "季", "学年", "学期",
    "s", "h", "d", "a", "min", "day",
)
# fmt: on
_TIMES = ("车道", "时", "h", "月", "天", "日", "年")
# Behind 每 only what is physical belongs to the unit (微克每立方米); 每人每月 is a `per`.
_PHYSICAL = ("area", "length", "mass", "volume")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of a text: where it starts and ends, and its name without blanks."""

    start: int
    end: int
    name: str


def _any(names: list[str]) -> str:
    """Alternation of units, longest first; a unit in letters ends where the letters end."""
    longest_first = sorted(set(names), key=len, reverse=True)
    ends = (_end(unit) for unit in longest_first)
    return "|".join(re.escape(u) + end for u, end in zip(longest_first, ends, strict=True))


def _end(unit: str) -> str:
    """What may not follow a unit: more letters of it, or what makes a date of its last letter."""
    if re.search(r"[A-Za-z\d]$", unit):
        return r"(?![A-Za-z\d²³])"
    return "(?![底内初度均末前])" if len(unit) > 1 and unit.endswith("年") else ""


@cache
def _rows() -> dict[str, dict[str, str]]:
    return {r["unit"]: r for r in read_lexicon("units")}


@cache
def pattern(chinese: str = "") -> re.Pattern[str]:
    """Units as a pattern: all, those after Chinese numerals (yes), or from ten on (large)."""
    allowed = {"": ("yes", "large", "no"), "yes": ("yes",), "large": ("yes", "large")}[chinese]
    names = [u for u, r in _rows().items() if r["chinese"] in allowed]
    every = [u for u in _rows() if not u.startswith("/")]
    physical = [u for u, r in _rows().items() if r["dimension"] in _PHYSICAL]
    counted = r"(?:10+|1)?[百千万亿]*(?:人口|人|户|元|车|辆|床)"
    below = rf"(?:{counted}|{_any([*every, *_DENOMINATORS])})"
    return re.compile(
        rf"(?:{_any(names)})(?:[·.](?:{_any([*every, *_TIMES])}))?"
        rf"(?:(?:/|／){_BLANK}(?:\({below}(?:[·.]{below})*\)|{below}(?:[·./]{below})*)"
        rf"|每(?:{_any(physical)})(?![一-鿿]*[数量率额])|(?<=元)人民币)?"
    )


def match_unit(text: str, start: int, *, chinese: str = "") -> Unit | None:
    """Unit that stands at a place of a text, a few blanks before it, on the same line."""
    blanks = _BLANKS.match(text, start)
    m = pattern(chinese).match(text, blanks.end() if blanks else start)
    if m is None:
        return None
    name = re.sub(r"\s", "", m[0]).replace("／", "/").removesuffix("人民币")
    if "每" in name:
        name = name.replace("每", "/")
    return Unit(m.start(), m.end(), name)


@cache
def dimension(unit: str) -> str:
    """Dimension of a unit (count, money, area …); `intensity` for a/b, `bare` for none."""
    row = _rows().get(unit)
    if row:
        return row["dimension"]
    if "/" in unit:
        return "intensity"
    return "bare" if not unit else "product"


_BY_TIME = re.compile(r"/(?:日|天|d|day|年|a|小时|h|秒|s|月|分钟|min)$")


def is_throughput(unit: str) -> bool:
    """Whether a unit says how much in a time (立方米/日): a capacity, and no level per person."""
    return dimension(unit.split("/")[0]) != "money" and bool(_BY_TIME.search(unit))


@cache
def base(unit: str) -> tuple[str, float]:
    """Base unit of a unit and the factor to it; empty and NaN where there is none."""
    row = _rows().get(unit)
    return (row["unit_base"], float(row["factor"] or "nan")) if row else ("", float("nan"))
