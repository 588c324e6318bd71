"""The same sentence with another number: targets of different plans that are stated alike.

Sentences are compared without place names, numbers and words that change nothing (力争, 年内);
what tells two of them apart is decided by the gate that compares targets (`targets.qualifiers`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from analysis.lexicon import read_lexicon
from analysis.targets.compare import qualify
from analysis.targets.indicators import read_indicators, unit_class
from analysis.targets.prepare import is_yearly_total, own_names
from analysis.targets.qualifiers import (
    APART,
    NO_LEVEL,
    clear_qualifiers,
    dice,
    differences,
    grams,
    read_modifier,
)
from analysis.text import fold_width

ALIKE = 0.7
_CLAUSE = re.compile(r"[^,;:。!?\n]+")
# Between two numbers of a clause, a list mark with words behind it begins a statement of its own.
_NEXT = re.compile(r"[^、和及]*?(?:、|以及|[和及])(?=.*?[一-鿿].*?[一-鿿])")
_NO_LETTER = re.compile(r"[\W\d_]+")
# Words that tell the plan's own area from another: its own name is gone by then.
_AREA = re.compile("[全我][国省市区县旗]")
_SIZE = re.compile(r"(规|限)(?:模|额)以上")


def align_sentences(
    passages: pd.DataFrame,
    documents: pd.DataFrame,
    quantities: pd.DataFrame,
    *,
    alike: float = ALIKE,
    floor: float = 0.5,
) -> pd.DataFrame:
    """Pair the targets of different plans that stand in the same sentence.

    Two statements are the same when clause and thing counted are both alike (Dice coefficient of
    character bigrams), the gate of `targets.qualifiers` finds no difference, and area and the
    other numbers of the clause agree. Candidates share one of their rarest
    bigrams, which misses no pair above `floor` (prefix filter, Chaudhuri, Ganti, Kaushik 2006).

    Parameters
    ----------
    passages, documents, quantities
        What `reuse.read_passages` gives, and the tables of these names.
    alike, floor
        Least similarity, 0 to 1, of the same sentence, and of a pair that is listed at all.

    Returns
    -------
    DataFrame
        One row per pair of quantities, most alike first: quantity_id, task_id, doc_id, clause,
        char_start, char_end (of the clause in the plan), text, value_low, value_high, unit,
        bound, all again with ``twin_`` before it; similarity, same, reason (what keeps them apart),
        note (what a reader has to know, where nothing keeps them apart), equal (the same value). A
        pair is the same without either. Values are in ``unit``: the base unit of a dimension,
        or the unit as written of a count.
    """
    rows = _read_statements(passages, documents, quantities)
    pairs = []
    for a, b in _find_candidates(rows, floor):
        one, two = rows[a], rows[b]
        likeness = min(dice(one["things"], two["things"]), dice(one["words"], two["words"]))
        if likeness >= floor:
            pairs.append(_pair(one, two, likeness, alike))
    columns = [*_SHOWN, *(f"twin_{c}" for c in _SHOWN), "similarity", "same", "reason", "note",
        "equal"]  # fmt: skip
    out = pd.DataFrame(pairs, columns=[*columns, "other_unit"])
    out = out.astype({"same": bool, "equal": bool})
    order = ["same", "similarity", "other_unit", "quantity_id", "twin_quantity_id"]
    out = out.sort_values(order, ascending=[False, False, True, True, True])
    # a number has one twin in a plan, the nearest
    spare = out.duplicated(["quantity_id", "twin_doc_id"])
    spare |= out.duplicated(["twin_quantity_id", "doc_id"])
    return out.loc[~spare, columns].reset_index(drop=True)


_SHOWN = [
    "quantity_id", "task_id", "doc_id", "clause", "char_start", "char_end", "text",
    "value_low", "value_high", "unit", "bound",
]  # fmt: skip


@cache
def _fillers() -> tuple[re.Pattern[str], frozenset[str]]:
    """Words that change nothing in a clause, and nouns that say little by themselves."""
    rows = read_lexicon("cues")
    idle = {"time", "hope", "link", "light_verb"}
    words = {r["word"] for r in rows if r["class"] in idle and len(r["word"]) > 1}
    longest_first = sorted(words, key=lambda w: (-len(w), w))
    generic = frozenset(r["word"] for r in rows if r["class"] == "generic")
    return re.compile("|".join(map(re.escape, longest_first))), generic


def _read_statements(
    passages: pd.DataFrame, documents: pd.DataFrame, quantities: pd.DataFrame
) -> list[dict[str, Any]]:
    """One record per target: its clause, the bigrams of clause and thing, and its qualifiers."""
    names = own_names(documents)
    numbers = defaultdict(list)
    for row in quantities.sort_values("char_start").to_dict("records"):
        numbers[row["task_id"]].append(row)
    out = []
    for p in passages.itertuples():
        folded = fold_width(p.text)
        title = folded.partition("。")[0]
        for start, end, held in _cut_clauses(folded, p.char_start, numbers[p.task_id]):
            edges = [start, *(x for n in held for x in (n["char_start"], n["char_end"])), end]
            cuts = [x - p.char_start for x in edges]
            words = "".join(folded[a:b] for a, b in zip(cuts[::2], cuts[1::2], strict=True))
            words = _SIZE.sub(r"\1上", names[p.doc_id].sub("", words))
            clause = {
                "doc_id": p.doc_id,
                "clause": p.text[cuts[0] : cuts[-1]],
                "char_start": start,
                "char_end": end,
                "words": _bigrams(words),
            }
            others = [(n["value_low"], n["unit"]) for n in held if n["kind"] != "target"]
            for n in held:
                if n["kind"] == "target":
                    phrase = n["indicator"]
                    phrase = _SIZE.sub(r"\1上", names[p.doc_id].sub("", fold_width(phrase)))
                    qualifiers = _read_qualifiers(n, phrase, title, words)
                    out.append(_state(n, phrase, qualifiers) | clause | {"others": others})
    return out


def _cut_clauses(
    folded: str, shift: int, numbers: list[dict[str, Any]]
) -> Iterator[tuple[int, int, list[dict[str, Any]]]]:
    """Yield start, end and numbers of each statement, in the plan's own offsets."""
    for clause in _CLAUSE.finditer(folded):
        start, end = clause.start() + shift, clause.end() + shift
        held: list[dict[str, Any]] = []
        for n in numbers:
            if not start <= n["char_start"] < end:
                continue
            after = held[-1]["char_end"] if held else 0
            mark = _NEXT.match(folded[after - shift : n["char_start"] - shift]) if held else None
            if mark:
                yield start, after, held
                start, held = after + mark.end(), []
            held.append(n)
        if held:
            yield start, end, held


def _read_qualifiers(number: dict[str, Any], phrase: str, title: str, words: str) -> dict[str, Any]:
    """Qualifiers of a target by the gate; measure and unit by its indicator, if one is known."""
    known = [i for i in read_indicators() if i.matches(phrase, words)]
    dimension = unit_class(number["unit"], number["unit_base"])
    known = [i for i in known if i.unit_base == dimension and number["measure"] in i.measures]
    measure = known[0].measure if known else number["measure"]
    if is_yearly_total(phrase) and measure in ("flow", "stock"):
        measure = "total"
    alone = qualify(phrase, words, title, None)
    alone = {"level": NO_LEVEL, "list": "、" * phrase.count("、")} | alone
    found = qualify(phrase, words, title, known[0]) if known else alone
    area = "".join(sorted(set(_AREA.findall(words))))
    indicator = known[0].indicator_id if known else ""
    sort = {"measure": measure, "unit": dimension, "area": area, "indicator": indicator}
    return found | sort | {"alone": alone | sort}


def _state(number: dict[str, Any], phrase: str, qualifiers: dict[str, Any]) -> dict[str, Any]:
    """Record of a target in the base unit of its dimension, or the unit as written of a count."""
    base, unit = number["unit_base"], number["unit"]
    return number | {
        "unit": base or unit,
        "value_low": number["value_base_low" if base else "value_low"],
        "value_high": number["value_base_high" if base else "value_high"],
        "things": _bigrams(phrase),
        "phrase": phrase,
        "qualifiers": qualifiers,
    }


def _bigrams(text: str) -> frozenset[str]:
    """Bigrams of what is left of a text without qualifiers and words that change nothing."""
    idle, generic = _fillers()
    bare = clear_qualifiers(text)
    whole, bare = (_NO_LETTER.sub("", idle.sub("", t)) for t in (text, bare))
    return grams(whole if len(bare) < 2 or bare in generic else bare)


def _find_candidates(rows: list[dict[str, Any]], floor: float) -> Iterator[tuple[int, int]]:
    """Yield pairs of rows of different plans whose things share one of their rarest bigrams."""
    count: dict[str, int] = defaultdict(int)
    for row in rows:
        for gram in row["things"]:
            count[gram] += 1
    index: dict[str, list[int]] = defaultdict(list)
    for i, row in enumerate(rows):
        rarest = sorted(row["things"], key=lambda gram: (count[gram], gram))
        needed = int(np.ceil(floor / (2 - floor) * len(rarest) - 1e-9))
        looked_up = [gram for gram in rarest[: len(rarest) - needed + 1] if gram]
        for j in sorted({j for gram in looked_up for j in index[gram]}):
            if rows[j]["doc_id"] != row["doc_id"]:
                yield j, i
        for gram in looked_up:
            index[gram].append(i)


def _pair(one: dict[str, Any], two: dict[str, Any], likeness: float, alike: float) -> list[Any]:
    if one["doc_id"] > two["doc_id"]:
        one, two = two, one
    first, second = (row["qualifiers"] | {"other number": row["others"]} for row in (one, two))
    if first["indicator"] != second["indicator"]:  # what is idle for one is none for the other
        first, second = (q["alone"] | {"other number": q["other number"]} for q in (first, second))
    answers = differences(first, second)
    reasons = [k for k, answer in answers.items() if answer == APART]
    reasons += [k for k in ("area", "other number") if first[k] != second[k]]
    reasons += ["wording"] if likeness < alike else []
    notes = [k for k in answers if k not in reasons]
    if not reasons and not (first["indicator"] and first["indicator"] == second["indicator"]):
        told = (read_modifier(a["phrase"], [b["phrase"]]) for a, b in ((one, two), (two, one)))
        notes += [kind for kind, _ in told if kind and kind not in notes]
    cells = [row[c] for row in (one, two) for c in _SHOWN]
    values = [(row["value_low"], row["value_high"]) for row in (one, two)]
    other_unit = one["unit"] != two["unit"]
    equal = values[0] == values[1] and "unit" not in reasons
    same = not reasons and not notes
    verdict = (", ".join(reasons), "" if reasons else ", ".join(notes))
    return [*cells, round(likeness, 3), same, *verdict, equal, other_unit]
