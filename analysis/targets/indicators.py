"""Canonical indicators: what they are called, how they are recognised, what must agree.

Every judgement stands in ``lexicon/indicators.csv`` and ``unnumbered.csv``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial

from analysis.errors import PlanError
from analysis.lexicon import read_lexicon, theme_names
from analysis.study import LEXICON
from analysis.targets.qualifiers import (
    NO_LEVEL,
    level_name_en,
    likeness,
    read_slug,
    value_name,
)
from analysis.wording import theme_name

_TEN = {"万": 1e4, "亿": 1e8}
_CLASSES = {"人": "persons", "名": "persons", "位": "persons", "人次": "attendances"}
_CLASSES |= {"户": "households", "户次": "household visits", "场次": "sessions"}
FOUND = "found-"  # opens the id of an indicator that no row of the lexicon describes


@dataclass(frozen=True)
class Indicator:
    """One canonical indicator of the lexicon.

    `by_level` says that a level is never left out; `idle` is a pattern of words that say nothing
    new of it.
    """

    indicator_id: str
    name: str
    name_en: str
    definition: str
    theme: str
    measures: tuple[str, ...]
    unit_base: str
    unit: str
    unit_en: str
    by_level: bool
    phrase: re.Pattern[str]
    context: re.Pattern[str]
    exclude: re.Pattern[str] | None
    keywords: re.Pattern[str]
    aliases: tuple[str, ...]
    idle: str
    source: str

    @property
    def measure(self) -> str:
        """Measure of its plain sense, the first of those that its targets may have."""
        return self.measures[0]

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
        fault = partial(PlanError, file=LEXICON / "indicators.csv", line=line)
        if row["indicator_id"] in found:
            raise fault(f"{row['indicator_id']} stands twice", "give it another id")
        try:
            found[row["indicator_id"]] = _indicator(row)
        except re.error as error:
            raise fault(f"{row['indicator_id']}: {error}", "fix the pattern") from None
    return tuple(found.values())


def _indicator(row: dict[str, str]) -> Indicator:
    return Indicator(
        indicator_id=row["indicator_id"],
        name=row["name"],
        name_en=row["name_en"],
        definition=row["definition"],
        theme=row["theme"],
        measures=tuple(row["measure"].split("；")),
        unit_base=row["unit_base"],
        unit=row["unit"],
        unit_en=row["unit_en"],
        by_level=row["level"] == "same",
        phrase=re.compile(row["phrase"]),
        context=re.compile(row["context"]),
        exclude=re.compile(row["exclude"]) if row["exclude"] else None,
        keywords=re.compile(row["keywords"] or row["phrase"]),
        aliases=tuple(a for a in row["aliases"].split("；") if a),
        idle=row["idle"],
        source=row["source"],
    )


# --- ids and names --------------------------------------------------------------------------


def found_id(phrase: str, unit: str) -> str:
    """Id of an indicator that only the plans' own words describe: they and the unit are the id."""
    words = re.sub(r"[-\s]", "", phrase)
    return f"{FOUND}{words}-{unit}"


@cache
def _found(indicator_id: str) -> Indicator:
    """Describe an indicator by its id alone: its name in either language is what the plans say."""
    name, _, unit = indicator_id.removeprefix(FOUND).rpartition("-")
    words = re.compile(re.escape(name))
    return Indicator(
        indicator_id, name, name, name, nearest_theme(name), ("",), "", unit, unit, False,
        words, re.compile(""), None, words, (name,), "", "",
    )  # fmt: skip


def nearest_theme(phrase: str) -> str:
    """Theme of the lexicon's indicator that a phrase is most like; empty where none is alike."""
    near = {
        i: max(likeness(phrase, t) for t in (i.name.format(level=""), *i.aliases))
        for i in read_indicators()
    }
    best = max(near, key=near.__getitem__, default=None)
    return best.theme if best and near[best] >= 0.3 else ""


@cache
def split_id(indicator_id: str) -> tuple[Indicator, dict[str, str]]:
    """Return the lexicon's indicator behind an id, and the qualifiers that its suffix names.

    Raises
    ------
    PlanError
        The lexicon has no such indicator.
    """
    if indicator_id.startswith(FOUND):
        return _found(indicator_id), {}
    known = {i.indicator_id: i for i in read_indicators()}
    for base in sorted((k for k in known if indicator_id.startswith(k)), key=len, reverse=True):
        rest, named = indicator_id[len(base) :], {}
        while rest.startswith("-") and (part := read_slug(rest[1:])):
            kind, value, length = part
            named[kind], rest = value, rest[1 + length :]
        if not rest:
            return known[base], named
    raise PlanError(
        f"no indicator {indicator_id!r}",
        "use an id of the table comparisons",
        file=LEXICON / "indicators.csv",
    )


def indicator_name(indicator_id: str, language: str = "zh") -> str:
    """Name of an indicator in a language, with its level and what else its plans share."""
    indicator, named = split_id(indicator_id)
    level = named.get("level", "").replace(NO_LEVEL, "") if indicator.by_level else ""
    told = [
        value_name(k, v, language)
        for k, v in named.items()
        if not (indicator.by_level and k == "level")
    ]
    if language == "zh":
        told += ["未注明级别"] if indicator.by_level and not level else []
        return indicator.name.format(level=level) + (f"（{'，'.join(told)}）" if told else "")
    words = level_name_en(level) if level else "no level"
    return indicator.name_en.format(level=words) + (f" ({', '.join(told)})" if told else "")


def unit_class(unit: str, unit_base: str) -> str:
    """Dimension of a target: its base unit, or for a count what sort of thing is counted."""
    return unit_base or _CLASSES.get(unit, "count")


@cache
def unit_factor(unit: str) -> float:
    """Base units in one unit of an axis: 万亩 -> 6,666,666.7 (m2); 家 -> 1."""
    factors = {r["unit"]: float(r["factor"] or 1) for r in read_lexicon("units")}
    if unit in factors:
        return factors[unit]
    return _TEN.get(unit[:1], 1.0) * factors.get(unit[1:], 1.0)


@cache
def _unnumbered() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{r['pattern']})" for r in read_lexicon("pledges")))


def find_pledge(text: str) -> str:
    """Words that pledge something without a number (全覆盖, 清零, 完成…任务); empty for none."""
    m = _unnumbered().search(text)
    return m[0] if m else ""


# --- listing ----------------------------------------------------------------------------------


def search_indicators(words: Sequence[str] = (), theme: str = "") -> list[Indicator]:
    """Indicators whose id, names or definition hold every word, in the order of the lexicon."""
    return [
        i
        for i in read_indicators()
        if (not theme or i.theme == theme)
        and all(
            w.casefold()
            in " ".join((i.indicator_id, i.name, i.name_en, i.definition, *i.aliases)).casefold()
            for w in words
        )
    ]


def describe(words: Sequence[str] = (), theme: str = "") -> str:
    """List the indicators found, by theme, in both languages, as text to print.

    Raises
    ------
    PlanError
        There is no such theme, or no indicator is found.
    """
    themes = {t: theme_name(t, "en") for t in theme_names()}
    if theme:
        known = {name.casefold(): t for t, en in themes.items() for name in (t, en)}
        if theme.casefold() not in known:
            raise PlanError(f"no theme {theme}", f"one of: {'、'.join(themes)}")
        theme = known[theme.casefold()]
    found = search_indicators(words, theme)
    if not found:
        raise PlanError(f"no indicator with {' '.join(words)}", "give fewer or shorter words")
    lines = []
    for name in dict.fromkeys([*themes, *(i.theme for i in found)]):
        rows = [i for i in found if i.theme == name]
        lines += [f"{name}  {themes.get(name, '')}"] * bool(rows)
        for i in rows:
            zh, en = i.name.format(level="×级"), i.name_en.format(level="by level")
            unit = f"{i.unit} / {i.unit_en}" if i.unit != i.unit_en else i.unit
            lines.append(f"  {i.indicator_id}: {zh} / {en} [{i.measure}, {unit}]")
            lines.append(f"      {i.definition}")
    return "\n".join([*lines, f"{len(found)} indicators"])
