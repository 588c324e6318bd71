"""Canonical indicators: what they are called, how they are recognised, what must agree.

Every judgement stands in ``lexicon/indicators.csv``, ``scopes.csv`` and ``pledges.csv``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from analysis.errors import PlanError
from analysis.lexicon import read_lexicon
from analysis.study import LEXICON

_LADDER = ("国家", "省", "市", "区")  # 县 and 旗 stand on the rung of 区
_RUNG = {"国": "国家", "国家": "国家", "省": "省", "自治区": "省", "市": "市"}
_RUNG |= dict.fromkeys("区县旗", "区")
_RUNG_WORD = r"(?:国家|自治区|省|市|区|县|旗)"
# 全市, 城区, 社区 and the like name a place and no level; 市重点项目 names one without 级.
_LEVEL = re.compile(
    rf"(?<![全我本城地社园片辖街小发景校林矿灌库山自])({_RUNG_WORD}(?:[、和及或]?{_RUNG_WORD})*)"
    r"(?:[两三]?级(及?以上)?|(及?以上)|(?=重点|重大|院士|示范|[“\"]))"
)
_THRESHOLD = re.compile(
    r"(?:过|超过?|突破)(\d+(?:\.\d+)?)?(万|亿)元?|(\d+(?:\.\d+)?)?(万|亿)元?及?(?:以上|级)"
)
_TEN = {"": 1.0, "万": 1e4, "亿": 1e8}
_CLASSES = {"人": "persons", "名": "persons", "位": "persons", "人次": "attendances"}
_CLASSES |= {"户": "households", "户次": "household visits", "场次": "sessions"}
_SLUGS = {"国家": "national", "省": "province", "市": "city", "区": "district"}
_ENGLISH = {"国家": "state", "省": "province", "市": "city", "区": "district"}


@dataclass(frozen=True)
class Indicator:
    """One canonical indicator of the lexicon; `by_level` says that levels must agree."""

    indicator_id: str
    name: str
    name_en: str
    definition: str
    theme: str
    measure: str
    unit_base: str
    unit: str
    unit_en: str
    by_level: bool
    phrase: re.Pattern[str]
    context: re.Pattern[str]
    exclude: re.Pattern[str] | None
    keywords: re.Pattern[str]
    aliases: tuple[str, ...]

    def matches(self, phrase: str, sentence: str) -> bool:
        """Say whether a folded noun phrase, in its sentence, speaks of this indicator."""
        return bool(self.phrase.search(phrase)) and self.covers(phrase, sentence)

    def covers(self, phrase: str, sentence: str) -> bool:
        """Say whether the sentence fits, and nothing in the phrase is excluded."""
        excluded = self.exclude is not None and self.exclude.search(phrase)
        return not excluded and bool(self.context.search(sentence))


@cache
def read_indicators() -> tuple[Indicator, ...]:
    """Indicators of ``lexicon/indicators.csv`` in file order.

    Raises
    ------
    PlanError
        An id repeats, or a pattern is no regular expression.
    """
    found: dict[str, Indicator] = {}
    for line, row in enumerate(read_lexicon("indicators"), 2):
        place = {"file": LEXICON / "indicators.csv", "line": line}
        if row["indicator_id"] in found:
            raise PlanError(f"{row['indicator_id']} stands twice", "give it another id", **place)
        try:
            found[row["indicator_id"]] = _indicator(row)
        except re.error as error:
            raise PlanError(
                f"{row['indicator_id']}: {error}", "fix the pattern", **place
            ) from None
    return tuple(found.values())


def _indicator(row: dict[str, str]) -> Indicator:
    same = ("indicator_id", "name", "name_en", "definition", "theme", "measure")
    patterns = {
        "phrase": re.compile(row["phrase"]),
        "context": re.compile(row["context"]),
        "exclude": re.compile(row["exclude"]) if row["exclude"] else None,
        "keywords": re.compile(row["keywords"] or row["phrase"]),
    }
    return Indicator(
        **{c: row[c] for c in (*same, "unit_base", "unit", "unit_en")},
        by_level=row["level"] == "same",
        aliases=tuple(a for a in row["aliases"].split("；") if a),
        **patterns,
    )


@cache
def _by_id() -> dict[str, Indicator]:
    return {i.indicator_id: i for i in read_indicators()}


# --- levels ---------------------------------------------------------------------------------


def read_level(phrase: str) -> str:
    """Level of government that a noun phrase names: 市级以上, 省级, 市、区级; empty for none.

    Several levels that reach up to the state without a gap are the lowest and above:
    国家、省、市级 = 市级以上 = 省市级以上.
    """
    m = _LEVEL.search(phrase)
    if not m:
        return ""
    rungs = {_RUNG[w] for w in re.findall(_RUNG_WORD, m[1])}
    lowest = max(_LADDER.index(r) for r in rungs)
    named = [r for r in _LADDER if r in rungs]
    if m[2] or m[3] or (len(named) > 1 and len(named) == lowest + 1):
        return f"{_LADDER[lowest]}级以上" if lowest else "国家级"
    return "、".join(named) + "级"


def level_slug(level: str) -> str:
    """Suffix of an indicator id for a level: 市级以上 -> city-up, 省级 -> province."""
    rungs = [r for r in _LADDER if r in level]
    up = ["up"] if level.endswith("以上") else []
    return "-".join([*(_SLUGS[r] for r in rungs), *up]) or "no-level"


def level_rank(level: str) -> int:
    """Place of a level for sorting: 国家级 first, a number without a level last."""
    named = [k for k, r in enumerate(_LADDER) if r in level]
    return 10 * named[0] + len(named) if named else 99


@cache
def _levels() -> dict[str, str]:
    """Every level that `read_level` can give, by slug."""
    sets = [
        [r for k, r in enumerate(_LADDER) if bits >> k & 1] for bits in range(1, 2 ** len(_LADDER))
    ]
    levels = ["", *("、".join(s) + "级" for s in sets), *(f"{r}级以上" for r in _LADDER[1:])]
    return {level_slug(level): level for level in levels}


def split_id(indicator_id: str) -> tuple[Indicator, str]:
    """Return the lexicon's indicator behind an id, and its level.

    Raises
    ------
    PlanError
        The lexicon has no such indicator.
    """
    if indicator_id in _by_id():
        return _by_id()[indicator_id], ""
    for slug, level in _levels().items():
        base = indicator_id.removesuffix(f"-{slug}")
        if base in _by_id() and base != indicator_id:
            return _by_id()[base], level
    raise PlanError(
        f"no indicator {indicator_id!r}",
        "use an id of the table comparisons",
        file=LEXICON / "indicators.csv",
    )


def indicator_name(indicator_id: str, language: str = "zh") -> str:
    """Name of an indicator in a language, with its level."""
    indicator, level = split_id(indicator_id)
    if language == "zh":
        unnamed = "（未注明级别）" if indicator.by_level and not level else ""
        return indicator.name.format(level=level) + unnamed
    rungs = " and ".join(_ENGLISH[r] for r in _LADDER if r in level)
    words = f"{rungs} level" + (" and above" if level.endswith("以上") else "")
    return indicator.name_en.format(level=words if level else "no level")


# --- other qualifiers -----------------------------------------------------------------------


def read_threshold(phrase: str) -> float:
    """Amount of money that a thing must pass to be counted (过亿元项目 -> 1e8); 0 for none."""
    m = _THRESHOLD.search(phrase)
    if not m:
        return 0.0
    return float(m[1] or m[3] or 1) * _TEN[m[2] or m[4]]


@cache
def _scopes() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    return tuple((r["scope"], r["where"], re.compile(r["pattern"])) for r in read_lexicon("scopes"))


def read_scope(phrase: str, title: str, name: str) -> str:
    """Part of the county that a number is about; empty where it is the whole.

    A word that the indicator's own `name` holds is no restriction (农村公路).
    """
    for scope, where, pattern in _scopes():
        if pattern.search(title if where == "title" else phrase) and not pattern.search(name):
            return scope
    return ""


def unit_class(unit: str, unit_base: str) -> str:
    """Dimension of a number: its base unit, or for a count what sort of thing is counted."""
    return unit_base or _CLASSES.get(unit, "count")


@cache
def unit_factor(unit: str) -> float:
    """Base units in one unit of an axis: 万亩 -> 6,666,666.7 (m2); 家 -> 1."""
    factors = {r["unit"]: float(r["factor"] or 1) for r in read_lexicon("units")}
    if unit in factors:
        return factors[unit]
    return _TEN[unit[0]] * factors[unit[1:]]


@cache
def _unnumbered() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{r['pattern']})" for r in read_lexicon("pledges")))


def find_pledge(text: str) -> str:
    """Words that pledge something without a number (全覆盖, 清零, 完成…任务); empty for none."""
    m = _unnumbered().search(text)
    return m[0] if m else ""
