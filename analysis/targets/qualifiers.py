"""What keeps two targets of one name apart, or what a reader has to know: the one gate.

A target's qualifiers are read from its noun phrase and from the statement that holds it. Each kind
of qualifier (stage, level, capacity …) has one value, empty where nothing is said. Two values of a
kind are the same, or stand with a note, or stay apart; ``lexicon/qualifiers.csv`` and
``scopes.csv`` say which, each row with its reason.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from analysis.errors import PlanError
from analysis.lexicon import read_lexicon
from analysis.study import LEXICON
from analysis.text import fold_width

Qualifiers = Mapping[str, str]
SAME, NOTE, APART = "same", "note", "apart"
# The weightiest first: what a reason names where several kinds differ.
KINDS = ("measure", "unit", "year", "scope", "threshold", "list", "level", "cumulative", "stage",
    "kind", "act", "capacity", "set_by", "narrower", "modifier")  # fmt: skip
NO_LEVEL = "未注明"  # of an indicator whose level is never left out
CODES = {"act": "kind"}  # a kind that the table gives under another's code

_LADDER = ("国家", "省", "市", "区")  # 县 and 旗 stand on the rung of 区
_RUNG = {"国": "国家", "国家": "国家", "省": "省", "自治区": "省", "市": "市"}
_RUNG |= dict.fromkeys("区县旗", "区")
_RUNG_WORD = r"(?:国家|自治区|省|市|区|县|旗)"
# 全市, 城区, 社区 and the like name a place and no level; 市重点项目 names one without 级.
_LEVEL = re.compile(
    rf"(?<![全我本城地社园片辖街小发景校林矿灌库山自])({_RUNG_WORD}(?:[、和及或]?{_RUNG_WORD})*)"
    r"(?:[两三]?级(及?以上)?|(及?以上)|(?=重点|重大|院士|示范|[“\"]))"
)
_MONEY = r"(\d+(?:\.\d+)?|[一二两三四五六七八九])?([十百千])?(万|亿)元?"
_THRESHOLD = re.compile(rf"(?:过|超过?|突破){_MONEY}|{_MONEY}及?(?:以上|级)")
_TEN = {"": 1.0, "十": 10.0, "百": 100.0, "千": 1000.0, "万": 1e4, "亿": 1e8}
_DIGIT = {word: float(n) for n, word in enumerate("一二三四五六七八九", 1)} | {"两": 2.0}
_SLUGS = {"国家": "national", "省": "province", "市": "city", "区": "district"}
_ENGLISH = {"国家": "state", "省": "province", "市": "city", "区": "district"}
_NEW = re.compile("净增|新(?=[增建培认引签开创改上设获挂落])增?")
_BRACKETS = re.compile(r"[(（][^)）]*[)）]")
_NO_LETTER = re.compile(r"[\W\d_]+")
_PHRASES = 2**16  # phrases whose words are kept: memory must not grow with the plans
_AND = re.compile(r"、|以及|[和及与](?!其)")


@dataclass(frozen=True)
class Rule:
    """One row of ``qualifiers.csv`` or ``scopes.csv``: a value of a kind and how it is known."""

    kind: str
    value: str
    slug: str
    name_en: str
    pattern: re.Pattern[str]
    where: str
    against_none: str
    apart_from: tuple[str, ...]


@cache
def rules() -> tuple[Rule, ...]:
    """Rules of both files in file order.

    Raises
    ------
    PlanError
        A pattern is no regular expression.
    """
    rows = [("qualifiers", r) for r in read_lexicon("qualifiers")]
    scope = {"kind": "scope", "against_none": APART, "apart_from": "*"}
    rows += [("scopes", r | scope | {"value": r["scope"]}) for r in read_lexicon("scopes")]
    found = []
    for file, r in rows:
        try:
            pattern = re.compile(r["pattern"])
        except re.error as error:
            place = LEXICON / f"{file}.csv"
            raise PlanError(f"{r['value']}: {error}", "fix the pattern", file=place) from None
        apart = tuple(filter(None, r["apart_from"].split("；")))
        texts = (r["kind"], r["value"], r["slug"], r["name_en"])
        found.append(Rule(*texts, pattern, r["where"], r["against_none"], apart))
    return tuple(found)


@cache
def _by_value() -> dict[tuple[str, str], Rule]:
    return {(r.kind, r.value): r for r in rules()}


# --- reading --------------------------------------------------------------------------------


def read_qualifiers(
    phrase: str, statement: str = "", title: str = "", *, known: str = "", idle: str = ""
) -> dict[str, str]:
    """Value of each kind that a folded noun phrase in its statement names.

    Parameters
    ----------
    phrase, statement, title
        Noun phrase of a target, the words of its clause that govern it, the title of its task.
    known
        Name of the indicator: a scope that it names is no restriction (农村公路).
    idle
        Pattern of words that say nothing new of this indicator (国家级 before 高新技术企业).
    """
    threshold = read_threshold(phrase)
    if idle:
        phrase, statement = (re.sub(idle, "", text) for text in (phrase, statement))
    texts = {"phrase": phrase, "statement": f"{statement}\n{phrase}", "title": title}
    found: dict[str, str] = {}
    for rule in rules():
        if rule.where == "modifier" or rule.kind in found:
            continue
        if rule.kind == "scope" and rule.pattern.search(known):
            continue
        if rule.pattern.search(texts[rule.where]):
            found[rule.kind] = rule.value
    found["threshold"] = f"{threshold:.0f}" if threshold else ""
    found["level"] = read_level(plain_words(phrase))
    return {kind: value for kind, value in found.items() if value}


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


def read_threshold(phrase: str) -> float:
    """Amount of money that a thing must pass to be counted (过亿元项目 -> 1e8); 0 for none."""
    m = _THRESHOLD.search(phrase)
    if not m:
        return 0.0
    first, ten, scale = m.group(1, 2, 3) if m[3] else m.group(4, 5, 6)
    return float(_DIGIT.get(first, first or 1)) * _TEN[ten or ""] * _TEN[scale]


def other_things(phrase: str, is_counted: re.Pattern[str]) -> str:
    """Things of a list that share the number of what is counted, though they are something else.

    建设高标准农田、改造提升盐碱地 -> 改造提升盐碱地. What stands before the thing counted is a
    list of attributes (国家、行业标准) unless it ends like a noun of the same rank.
    """
    items = [i for i in _AND.split(_BRACKETS.sub("", phrase)) if i]
    hits = {k: m for k, item in enumerate(items) if (m := is_counted.search(item))}
    if len(items) < 2 or not hits:
        return ""
    first = min(hits)
    governed = hits[first][0][:-4]  # 制修订 before 国家标准 governs 行业标准 too
    heads = {items[k][-2:] for k in hits}
    strange = [
        item
        for k, item in enumerate(items)
        if k not in hits
        and not (governed and is_counted.search(governed + item))
        and (k > first or item[-2:] in heads)
        and len(strip_words(item, generic=False)) > 1
    ]
    return "、".join(strange)


@cache
def _fillers(*, generic: bool) -> re.Pattern[str]:
    """Words that say nothing of what is counted: verbs, links, hopes, times, general nouns."""
    idle = {"time", "hope", "link", "light_verb", "act", "level", "stock", "rising", "adverb",
        "closing_act",
        "total", "existing", "scope"}  # fmt: skip
    idle |= {"generic", "shared_head"} if generic else set()
    # what these say is what is counted
    kept = re.compile("产值|营收|资金|片区|投资|收入|造林|绿化|贷款|上市|覆盖|率$")
    words = {r["word"] for r in read_lexicon("cues") if r["class"] in idle}
    words = {w for w in words if len(w) > 1 and not kept.search(w)}
    longest_first = sorted(words, key=lambda w: (-len(w), w))
    return re.compile("|".join(map(re.escape, longest_first)))


@cache
def _synonyms() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(r["pattern"]), r["plain"]) for r in read_lexicon("synonyms"))


@lru_cache(maxsize=_PHRASES)
def plain_words(phrase: str) -> str:
    """Folded phrase with every synonym in its plain form."""
    text = fold_width(phrase)
    for pattern, plain in _synonyms():
        text = pattern.sub(plain, text)
    return text


def bare_words(phrase: str, *, generic: bool = True) -> str:
    """Letters of a phrase without level, qualifiers and words that say nothing of its thing.

    Without `generic`, general nouns (企业, 项目, 面积) stay: they help to tell two things apart.
    Where nothing would be left, all letters of the phrase stay.
    """
    bare = strip_words(phrase, generic=generic)
    return bare if len(bare) > 1 else _NO_LETTER.sub("", plain_words(phrase))


def clear_qualifiers(text: str) -> str:
    """Text without levels, thresholds and the words of its stage, acts and the like."""
    text = _NEW.sub("", _THRESHOLD.sub("", _LEVEL.sub("", text)))
    return _clear(text, "cumulative", "stage", "set_by")


@lru_cache(maxsize=_PHRASES)
def strip_words(phrase: str, *, generic: bool = True) -> str:
    """Letters that `bare_words` keeps; none where a phrase says nothing of its thing."""
    text = _THRESHOLD.sub("", _LEVEL.sub("", plain_words(phrase)))
    if generic:
        text = _clear(text, "capacity", "kind", "scope")
    text = _fillers(generic=generic).sub("", text)
    return _NO_LETTER.sub("", _clear(text, "cumulative", "stage", "act", "set_by"))


def _clear(text: str, *kinds: str) -> str:
    """Text without the words of some kinds; a pattern of the whole text takes nothing away."""
    for rule in rules():
        if rule.kind in kinds and rule.where != "modifier" and rule.pattern.pattern[0] != "^":
            text = rule.pattern.sub("", text)
    return text


def likeness(one: str, two: str) -> float:
    """Likeness of two noun phrases, 0 to 1, by the bigrams of what they count."""
    return dice(*(grams(bare_words(t, generic=False)) for t in (one, two)))


def grams(text: str) -> frozenset[str]:
    """Bigrams of a text; the text itself where it has but one letter."""
    return frozenset(text[i : i + 2] for i in range(max(1, len(text) - 1)))


def dice(one: frozenset[str], two: frozenset[str]) -> float:
    """Dice coefficient of two sets of bigrams, 0 to 1."""
    return 2 * len(one & two) / (len(one) + len(two))


def read_modifier(phrase: str, known: Sequence[str]) -> tuple[str, str]:
    """Kind and words of what a phrase says beside the words known; both empty for nothing.

    A letter is known where a bigram of the known texts covers it.
    """
    text = strip_words(phrase)
    told = frozenset().union(*(grams(bare_words(k)) | grams(plain_words(k)) for k in known))
    covered = [False] * len(text)
    for i in range(len(text) - 1):
        if text[i : i + 2] in told:
            covered[i] = covered[i + 1] = True
    runs = "".join(c if not seen else " " for c, seen in zip(text, covered, strict=True)).split()
    runs = [run.strip("和及与或的") for run in runs]
    words = "、".join(dict.fromkeys(run for run in runs if len(run) > 1))
    if not words:
        return "", ""
    narrower = any(r.pattern.search(words) for r in rules() if r.where == "modifier")
    return ("narrower" if narrower else "modifier"), words


# --- the gate -------------------------------------------------------------------------------


def relate(kind: str, one: str, two: str) -> str:
    """Say of two values of a kind whether they are the same, need a note, or stay apart."""
    if one == two:
        return SAME
    if kind in ("narrower", "modifier"):
        return NOTE
    if kind == "level":
        return APART if one and two else NOTE
    a, b = (_by_value().get((kind, value)) for value in (one, two))
    if a is None:  # of neither: measure, unit, year, threshold, list, where any difference counts
        return b.against_none if b else APART
    if b is None:
        return a.against_none
    if {"*", b.value} & set(a.apart_from) or {"*", a.value} & set(b.apart_from):
        return APART
    return NOTE


def differences(one: Qualifiers, two: Qualifiers) -> dict[str, str]:
    """Answer of every kind in which two targets differ, the weightiest kind first."""
    answers = {k: relate(k, one.get(k, ""), two.get(k, "")) for k in KINDS}
    return {kind: answer for kind, answer in answers.items() if answer != SAME}


def may_meet(one: Qualifiers, two: Qualifiers) -> bool:
    """Whether two targets may stand under one indicator, with or without a note."""
    return APART not in differences(one, two).values()


def departures(rows: Sequence[Qualifiers], plain: Qualifiers) -> list[dict[str, str]]:
    """Kinds in which each row of a group departs from its plain sense, with the words.

    The plain sense of a kind is the indicator's own value where a row has it, else the value
    that most rows have. Where two rows need a note between them, one of them has it.
    """
    marked: list[dict[str, str]] = [{} for _ in rows]
    for kind in KINDS:
        values = [row.get(kind, "") for row in rows]
        count = Counter(values)
        if len(count) < 2:
            continue
        own = plain.get(kind, "")
        sense = own if own in count else min(count, key=lambda v: (bool(v), -count[v], v))
        order = sorted(count, key=lambda v: (v != sense, -count[v], v))
        stray: list[str] = []
        for k, value in enumerate(order):
            if any(relate(kind, value, w) == NOTE for w in order[:k] if w not in stray):
                stray.append(value)
        for row, value in zip(marked, values, strict=True):
            if value in stray:
                row[kind] = f"{value or '–'} / {sense}" if sense else value
    return marked


def reason_between(row: Qualifiers, group: Iterable[Qualifiers]) -> tuple[str, str]:
    """Code and words of the weightiest kind that keeps a row from a group; empty for none."""
    found = []
    for other in group:
        for kind, answer in differences(row, other).items():
            if answer == APART:
                own, theirs = row.get(kind, ""), other.get(kind, "")
                words = f"{own or '–'} / {theirs}" if theirs else own
                found.append((KINDS.index(kind), CODES.get(kind, kind), words))
    return min(found)[1:] if found else ("", "")


# --- values in ids and names ----------------------------------------------------------------


def level_slug(level: str) -> str:
    """Suffix of an indicator id for a level: 市级以上 -> city-up, 省级 -> province."""
    rungs = [r for r in _LADDER if r in level]
    up = ["up"] if level.endswith("以上") else []
    return "-".join([*(_SLUGS[r] for r in rungs), *up]) or "no-level"


def level_name_en(level: str) -> str:
    """Level in English: 市级以上 -> city level and above."""
    rungs = " and ".join(_ENGLISH[r] for r in _LADDER if r in level)
    return f"{rungs} level" + (" and above" if level.endswith("以上") else "")


@cache
def levels() -> dict[str, str]:
    """Every level that `read_level` can give, by slug."""
    sets = [
        [r for k, r in enumerate(_LADDER) if bits >> k & 1] for bits in range(1, 2 ** len(_LADDER))
    ]
    named = [NO_LEVEL, *("、".join(s) + "级" for s in sets), *(f"{r}级以上" for r in _LADDER[1:])]
    return {level_slug(level): level for level in named}


def slug(kind: str, value: str) -> str:
    """Part of an indicator id that stands for a value of a kind."""
    if kind == "level":
        return level_slug(value)
    if kind == "threshold":
        return f"over-{value}"
    rule = _by_value().get((kind, value))
    return rule.slug if rule else "list"


def read_slug(text: str) -> tuple[str, str, int] | None:
    """Kind, value and length of the part that opens an id's suffix; None where it is none.

    The longest slug that the text begins with counts.
    """
    known = {s: ("level", v) for s, v in levels().items()}
    known |= {r.slug: (r.kind, r.value) for r in rules() if r.slug} | {"list": ("list", "")}
    if m := re.match(r"over-(\d+)", text):
        return "threshold", m[1], m.end()
    fits = [s for s in known if text == s or text.startswith(s + "-")]
    best = max(fits, key=len, default="")
    return (*known[best], len(best)) if best else None


def value_name(kind: str, value: str, language: str) -> str:
    """Value of a kind in words: 签约 or signed, 5000万元以上 or over CNY 50 million."""
    if kind == "threshold":
        size, scale = float(value), "亿" if float(value) >= 1e8 else "万"
        zh = f"{size / _TEN[scale]:g}{scale}元以上"
        return zh if language == "zh" else f"CNY {size:,.0f} and over"
    if kind == "list":
        return "合并计数" if language == "zh" else "counted with other things"
    if kind == "level":
        return value if language == "zh" else level_name_en(value)
    rule = _by_value()[kind, value]
    return value if language == "zh" else rule.name_en
