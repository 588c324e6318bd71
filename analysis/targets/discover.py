"""Targets that no row of the lexicon knows, grouped by their own words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
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
_LISTED = 0.4  # likeness of pairs that are looked at, and of indicators that are proposed
_CONTAINED = 0.75  # likeness of two things of which one is the other and more words before it
_SHORT = 3  # a thing named by fewer letters is no key for joining, unless the words are the same


def find_groups(targets: pd.DataFrame) -> Iterator[tuple[str, Any]]:
    """Group targets of one year, dimension and measure whose noun phrases are alike.

    Pairs are joined from the most alike on, as long as every member of two groups may meet
    (`qualifiers.may_meet`), their mean likeness is `ALIKE` or more, and no plan stands twice.

    Parameters
    ----------
    targets
        Rows of `prepare.prepare_targets`.

    Yields
    ------
    tuple
        Id of the indicator found (`indicators.found_id`), and a row of `targets`; groups of one
        plan are left out.
    """
    rows = list(targets.itertuples())
    reads, alike_rows = _collapse(rows)
    heads = [rows[members[0]] for members in alike_rows]
    near = dict(likely_pairs(heads, floor=_LISTED))
    joined = {k: [k] for k in range(len(heads))}
    home = {k: k for k in joined}
    plans = {k: {rows[r].doc_id for r in members} for k, members in enumerate(alike_rows)}
    for one, two in sorted(near, key=lambda p: (-near[p], heads[p[0]].unit != heads[p[1]].unit, p)):
        a, b = home[one], home[two]
        if near[one, two] < ALIKE or a == b or plans[a] & plans[b]:
            continue
        across = [(min(x, y), max(x, y)) for x in joined[a] for y in joined[b]]
        sizes = [len(alike_rows[x]) * len(alike_rows[y]) for x, y in across]
        if np.average([near.get(p, 0.0) for p in across], weights=sizes) < ALIKE:
            continue
        if all(may_meet(reads[x], reads[y]) for x, y in across):
            joined[a] += joined.pop(b)
            plans[a] |= plans.pop(b)
            home |= dict.fromkeys(joined[a], a)
    taken: set[str] = set()
    for group in joined.values():
        if len(plans[home[group[0]]]) < 2:
            continue
        members = sorted(r for k in group for r in alike_rows[k])
        head = rows[min(members, key=lambda r: (len(bare_words(rows[r].phrase)), rows[r].order))]
        phrase, again, unit = head.phrase, 1, _scale(head.value_low) + head.unit
        while (name := found_id(phrase, unit)) in taken:
            again += 1
            phrase = f"{head.phrase}（{again}）"
        taken.add(name)
        for r in members:
            yield name, rows[r]


def _collapse(rows: list[Any]) -> tuple[list[dict[str, str]], list[list[int]]]:
    """Qualifiers and members of each set of rows of different plans that say the same.

    The first row of a plan that says a thing, the second, … are in sets of their own. Of many
    plans most say what others say, so that the cost grows with what is said, not with the plans.
    """
    kinds: dict[tuple, list[int]] = {}
    reads: list[dict[str, str]] = []
    told: Counter[tuple] = Counter()
    known = cache(read_qualifiers)
    for k, row in enumerate(rows):
        read = {"level": NO_LEVEL} | known(row.phrase, row.statement, row.title)
        said = (row.phrase, row.unit, _slot(row), tuple(sorted(read.items())))
        told[row.doc_id, said] += 1
        key = (said, told[row.doc_id, said])
        if key not in kinds:
            kinds[key] = []
            reads.append(read)
        kinds[key].append(k)
    return reads, list(kinds.values())


def _slot(row: Any) -> tuple[int, str, str]:
    """What two targets must have in common: year, dimension and measure."""
    measure = "total" if row.is_total and row.measure in ("flow", "stock") else row.measure
    return row.year, row.dimension, measure


def _scale(value: float) -> str:
    """万 or 亿 before the unit of an axis, where its values are so large."""
    return "亿" if value >= 1e8 else "万" if value >= 1e5 else ""


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
        rarest = sorted(bigrams[k], key=lambda g: (count[g], g))
        needed = int(np.ceil(floor / (2 - floor) * len(rarest) - 1e-9))
        seen: set[int] = set()
        for gram in rarest[: len(rarest) - needed + 1]:
            slot = (*_slot(row), gram)
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
) -> pd.DataFrame:
    """Targets that stand under no indicator, each with the two indicators most like its words.

    Parameters
    ----------
    comparisons, quantities
        The tables of these names.
    lexicon
        Indicators to propose; those of the lexicon by default.

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

    @cache
    def tell(phrase: str) -> str:
        own = grams(bare_words(phrase, generic=False))
        alike = {k: likeness(phrase, names[k][1]) for k in set().union(*(by_gram[g] for g in own))}
        order = sorted((k for k in alike if alike[k] >= _LISTED), key=lambda k: (-alike[k], k))
        return "、".join(list(dict.fromkeys(names[k][0].name.format(level="") for k in order))[:2])

    told = [tell(phrase) for phrase in left["indicator"]]
    return left[["quantity_id", "indicator", "text"]].assign(near=pd.array(told, dtype="str"))
