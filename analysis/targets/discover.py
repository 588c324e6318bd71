"""Targets that no row of the lexicon knows, grouped by their own words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.targets.indicators import Indicator, found_id, read_indicators
from analysis.targets.qualifiers import (
    NO_LEVEL,
    bare_words,
    dice,
    grams,
    likeness,
    may_meet,
    read_qualifiers,
    read_threshold,
    strip_words,
)

ALIKE = 0.7
_LISTED = 0.4  # likeness of pairs that are looked at
_CONTAINED = 0.75  # likeness of two things of which one is the other and more words before it
_SHORT = 3  # a thing named by fewer letters is no key for joining, unless the words are the same


def find_groups(targets: pd.DataFrame, *, alike: float = ALIKE) -> Iterator[tuple[str, Any]]:
    """Group targets of one year, dimension and measure whose noun phrases are alike.

    Pairs are joined from the most alike on, as long as every member of two groups may meet
    (`qualifiers.may_meet`), their mean likeness stays above the floor, and no plan stands twice.

    Parameters
    ----------
    targets
        Rows of `prepare.prepare_targets`.
    alike
        Least mean likeness of two groups that become one, 0 to 1.

    Yields
    ------
    tuple
        Id of the indicator found (`indicators.found_id`), and a row of `targets`; groups of one
        plan are left out.
    """
    rows = list(targets.itertuples())
    reads = [{"level": NO_LEVEL} | _qualify(row) for row in rows]
    near = dict(likely_pairs(rows, floor=_LISTED))
    joined = {k: [k] for k in range(len(rows))}
    home = {k: k for k in joined}
    for one, two in sorted(near, key=lambda p: (-near[p], rows[p[0]].unit != rows[p[1]].unit, p)):
        a, b = home[one], home[two]
        plans = [{rows[k].doc_id for k in joined[g]} for g in (a, b)]
        if near[one, two] < alike or a == b or plans[0] & plans[1]:
            continue
        across = [(min(x, y), max(x, y)) for x in joined[a] for y in joined[b]]
        if np.mean([near.get(p, 0.0) for p in across]) < alike:
            continue
        if all(may_meet(reads[x], reads[y]) for x, y in across):
            joined[a] += joined.pop(b)
            home |= dict.fromkeys(joined[a], a)
    taken: set[str] = set()
    for members in joined.values():
        if len(members) < 2:
            continue
        head = rows[min(members, key=lambda k: (len(bare_words(rows[k].phrase)), rows[k].order))]
        phrase, again, unit = head.phrase, 1, _scale(head.value_low) + head.unit
        while (name := found_id(phrase, unit)) in taken:
            again += 1
            phrase = f"{head.phrase}（{again}）"
        taken.add(name)
        for k in sorted(members):
            yield name, rows[k]


def _scale(value: float) -> str:
    """万 or 亿 before the unit of an axis, where its values are so large."""
    return "亿" if value >= 1e8 else "万" if value >= 1e5 else ""


def _qualify(row: Any) -> dict[str, str]:
    return read_qualifiers(row.phrase, row.statement, row.title)


def likely_pairs(rows: list[Any], *, floor: float) -> Iterator[tuple[tuple[int, int], float]]:
    """Yield pairs of rows of different plans and one kind, with the likeness of their words.

    A pair above `floor` always shares one of its rarest bigrams (prefix filter, Chaudhuri, Ganti,
    Kaushik 2006), so that the cost grows with the number of targets and not with its square.
    """
    things = [bare_words(row.phrase, generic=False) for row in rows]
    bigrams = [grams(thing) for thing in things]
    count: dict[str, int] = defaultdict(int)
    for gram in (g for thing in bigrams for g in thing):
        count[gram] += 1
    index: dict[tuple, list[int]] = defaultdict(list)
    for k, row in enumerate(rows):
        measure = "total" if row.is_total and row.measure in ("flow", "stock") else row.measure
        rarest = sorted(bigrams[k], key=lambda g: (count[g], g))
        needed = int(np.ceil(floor / (2 - floor) * len(rarest) - 1e-9))
        seen: set[int] = set()
        for gram in rarest[: len(rarest) - needed + 1]:
            slot = (row.year, row.dimension, measure, gram)
            for j in index[slot]:
                if j not in seen and rows[j].doc_id != row.doc_id:
                    seen.add(j)
                    yield (j, k), _likeness(rows[j].phrase, row.phrase, things[j], things[k])
            index[slot].append(k)


def _likeness(phrase: str, other: str, thing: str, twin: str) -> float:
    """Likeness of two things counted, by bigrams; none where their nouns differ."""
    if thing == twin:
        return 1.0
    money = {read_threshold(phrase), read_threshold(other)}
    keyed = len(money) == 1 and money != {0.0}  # 过亿元项目: the sum is a key by itself
    short = min(len(strip_words(p)) for p in (phrase, other)) < _SHORT and not keyed
    thing, twin = (t.rstrip("量数额") for t in (thing, twin))  # the unit says so
    if short or thing[-2:] != twin[-2:]:
        return 0.0
    contained = _has_one_run_more(*sorted((thing, twin), key=len))
    return max(dice(grams(thing), grams(twin)), _CONTAINED * contained)


def _has_one_run_more(short: str, long: str) -> bool:
    """Whether the longer text is the shorter with one run of letters put in somewhere."""
    return any(
        long.startswith(short[:k]) and long.endswith(short[k:]) for k in range(len(short) + 1)
    )


# --- what is left -----------------------------------------------------------------------------


def list_unknown(
    comparisons: pd.DataFrame,
    quantities: pd.DataFrame,
    *,
    lexicon: Sequence[Indicator] | None = None,
    near: float = 0.4,
) -> pd.DataFrame:
    """Targets that stand under no indicator, each with the two indicators most like its words.

    Parameters
    ----------
    comparisons, quantities
        The tables of these names.
    lexicon
        Indicators to propose; those of the lexicon by default.
    near
        Least likeness of an indicator that is proposed, 0 to 1.

    Returns
    -------
    DataFrame
        One row per target: quantity_id, indicator, text, near (names, joined by 、; may be empty).
    """
    lexicon = read_indicators() if lexicon is None else lexicon
    names = [(i, t) for i in lexicon for t in (i.name.format(level=""), *i.aliases)]
    by_gram: dict[str, set[int]] = defaultdict(set)
    for k, (_, text) in enumerate(names):
        for gram in grams(bare_words(text, generic=False)):
            by_gram[gram].add(k)
    left = quantities[quantities["kind"].eq("target")]
    left = left[~left["quantity_id"].isin(comparisons["quantity_id"])]
    told = []
    for phrase in left["indicator"]:
        own = grams(bare_words(phrase, generic=False))
        alike = {k: likeness(phrase, names[k][1]) for k in set().union(*(by_gram[g] for g in own))}
        order = sorted((k for k in alike if alike[k] >= near), key=lambda k: (-alike[k], k))
        proposed = dict.fromkeys(names[k][0].name.format(level="") for k in order)
        told.append("、".join(list(proposed)[:2]))
    return left[["quantity_id", "indicator", "text"]].assign(near=pd.array(told, dtype="str"))
