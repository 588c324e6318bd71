"""Shared and local text, and the same sentence with another number.

Shared text is compared as letters: widths folded, capitals made small, everything that is neither
a letter nor a digit left out. Place names and numbers stay. A run is shared when so many letters
in a row stand in both plans; tasks are never joined to make one. Sentences are compared without
place names, numbers and words that change nothing (力争, 年内); their qualifiers have to agree.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analysis.errors import PlanError
from analysis.indicators import read_level, read_scope, read_threshold, unit_class
from analysis.lexicon import read_lexicon
from analysis.paths import RAW
from analysis.text import fold_width, read_text

LENGTHS = (8, 13, 20)
SHORTEST = 13
ALIKE = 0.7
# From the widest reach to none: stands also in a plan of the same city, in another, nowhere else.
REACHES = ("city", "other", "local")


def read_passages(documents: pd.DataFrame, tasks: pd.DataFrame, *, raw: Path = RAW) -> pd.DataFrame:
    """Title and text of every task as they stand in the plan, without number and clause.

    Returns
    -------
    DataFrame
        One row per task: task_id, doc_id, char_start, char_end, text; the offsets cut ``text``
        out of the document's decoded text.

    Raises
    ------
    PlanError
        A task is not where the table says: tables and raw files differ in age.
    """
    texts = {d.doc_id: read_text(raw / d.source_file) for d in documents.itertuples()}
    rows = []
    for task in tasks.itertuples():
        start = texts[task.doc_id].find(task.title, task.char_start, task.char_end)
        clause = len(task.clause) if isinstance(task.clause, str) else 0
        text = texts[task.doc_id][start : task.char_end - clause].rstrip()
        if start < 0 or not text.endswith(task.text):
            raise PlanError(
                "the table and the raw file do not agree",
                "run `python -m analysis build`",
                task=task.task_id,
            )
        rows.append((task.task_id, task.doc_id, start, start + len(text), text))
    return pd.DataFrame(rows, columns=["task_id", "doc_id", "char_start", "char_end", "text"])


class _Letters(NamedTuple):
    """Letters of all passages in a row: code, place in the document, number of passage and plan."""

    code: np.ndarray
    place: np.ndarray
    passage: np.ndarray
    plan: np.ndarray
    plans: list[str]


def _read_letters(passages: pd.DataFrame) -> _Letters:
    joined = fold_width("".join(passages["text"]))
    lengths = passages["text"].str.len().to_numpy()
    passage = np.repeat(np.arange(len(passages)), lengths)
    shift = passages["char_start"].to_numpy(dtype="int64") - (lengths.cumsum() - lengths)
    codes = np.frombuffer(joined.encode("utf-32-le"), dtype="<u4")
    values, inverse = np.unique(codes, return_inverse=True)
    small = [c.lower() if len(c.lower()) == 1 else c for c in map(chr, values)]
    kept = np.array([c.isalnum() for c in small], dtype=bool)[inverse]
    plans = sorted(passages["doc_id"].unique())
    plan = passages["doc_id"].map({d: i for i, d in enumerate(plans)}).to_numpy()
    return _Letters(
        np.array([ord(c) for c in small], dtype=np.int64)[inverse][kept],
        (np.arange(len(joined)) + shift[passage])[kept],
        passage[kept],
        plan[passage[kept]],
        plans,
    )


def _name_runs(letters: _Letters, length: int) -> np.ndarray:
    """Number of the run of `length` letters at each letter: equal runs, equal numbers; else -1.

    Doubling (Karp, Miller and Rosenberg 1972): a run is named by the names of its two halves, so
    the cost is a few sorts of all letters, whatever the length.
    """
    if length < 1:
        raise PlanError(f"a run of {length} letters", "ask for one letter or more")
    names, size = np.unique(letters.code, return_inverse=True)[1].astype(np.int64), 1
    while size < length:
        step = min(size, length - size)
        pairs = names[:-step] * (names.max(initial=0) + 1) + names[step:]
        names, size = np.unique(pairs, return_inverse=True)[1].astype(np.int64), size + step
    last = letters.passage[length - 1 :]
    inside = letters.passage[: len(last)] == last
    out = np.full(len(letters.code), -1, dtype=np.int64)
    out[: len(last)][inside] = names[inside]
    return out


def _spread(starts: np.ndarray, length: int) -> np.ndarray:
    """Letters that a run of `length` covers, from the letters where one starts."""
    steps = np.zeros(len(starts) + length, dtype=np.int64)
    places = np.flatnonzero(starts)
    np.add.at(steps, places, 1)
    np.add.at(steps, places + length, -1)
    return steps.cumsum()[: len(starts)] > 0


def _first_places(letters: _Letters, names: np.ndarray) -> Iterator[np.ndarray]:
    """For each plan in turn, where the run at each letter first stands in it; -1 if nowhere."""
    for plan in range(len(letters.plans)):
        first = np.full(names.max(initial=0) + 2, -1, dtype=np.int64)
        places = np.flatnonzero((letters.plan == plan) & (names >= 0))[::-1]
        first[names[places]] = places
        first[-1] = -1  # what is no run
        yield first[names]


def compare_plans(passages: pd.DataFrame, *, lengths: Sequence[int] = LENGTHS) -> pd.DataFrame:
    """Share of each plan's letters that stand also in each other plan.

    Returns
    -------
    DataFrame
        One row per length of run, plan and other plan: shortest, doc_id, other, shared (letters),
        n_chars (letters of the plan), share (0 to 1). The share is of `doc_id`'s letters, so the
        two directions of a pair differ.
    """
    letters = _read_letters(passages)
    totals = np.bincount(letters.plan, minlength=len(letters.plans))
    rows = []
    for length in lengths:
        names = _name_runs(letters, length)
        for other, found in enumerate(_first_places(letters, names)):
            covered = letters.plan[_spread(found >= 0, length)]
            shared = np.bincount(covered, minlength=len(letters.plans))
            rows += [
                (length, doc_id, letters.plans[other], shared[i], totals[i])
                for i, doc_id in enumerate(letters.plans)
                if i != other
            ]
    out = pd.DataFrame(rows, columns=["shortest", "doc_id", "other", "shared", "n_chars"])
    out["share"] = out["shared"] / out["n_chars"]
    return out.sort_values(["shortest", "doc_id", "other"], ignore_index=True)


def shared_runs(passages: pd.DataFrame, *, shortest: int = SHORTEST) -> pd.DataFrame:
    """Runs of letters that stand also in another plan, each with its first twin there.

    Returns
    -------
    DataFrame
        One row per run and other plan: task_id, doc_id, char_start, char_end, n_chars (letters),
        text as written, and the same of the twin with ``twin_`` before it. Runs into different
        places of the other plan may overlap.
    """
    letters = _read_letters(passages)
    names = _name_runs(letters, shortest)
    pieces = []
    for other, twin in enumerate(_first_places(letters, names)):
        hits = np.flatnonzero((twin >= 0) & (letters.plan != other))
        if not len(hits):
            continue
        # a run goes on while letter and twin both step by one
        whole = (np.diff(hits) == 1) & (np.diff(twin[hits]) == 1)
        cuts = np.flatnonzero(~whole)
        first, last = hits[np.r_[0, cuts + 1]], hits[np.r_[cuts, len(hits) - 1]]
        pieces.append(
            np.stack([first, last + shortest - 1, twin[first], twin[last] + shortest - 1])
        )
    first, last, twin_first, twin_last = np.hstack([np.empty((4, 0), dtype=np.int64), *pieces])
    twins = _locate(passages, letters, twin_first, twin_last).drop(columns="n_chars")
    runs = _locate(passages, letters, first, last).join(twins.add_prefix("twin_"))
    return runs.sort_values(["task_id", "char_start", "twin_task_id"], ignore_index=True)


def _locate(
    passages: pd.DataFrame, letters: _Letters, first: np.ndarray, last: np.ndarray
) -> pd.DataFrame:
    """Stretches from a first to a last letter, back in the words and offsets of the plans."""
    passage = letters.passage[first]
    start, end = letters.place[first], letters.place[last] + 1
    home = passages.iloc[passage].reset_index(drop=True)
    cuts = zip(home["text"], start - home["char_start"], end - home["char_start"], strict=True)
    return home[["task_id", "doc_id"]].assign(
        char_start=start,
        char_end=end,
        n_chars=last - first + 1,
        text=[text[a:b] for text, a, b in cuts],
    )


def split_by_reach(
    passages: pd.DataFrame, documents: pd.DataFrame, *, shortest: int = SHORTEST
) -> pd.DataFrame:
    """Cut every task into stretches that are local, shared within the city, or shared beyond it.

    Returns
    -------
    DataFrame
        One row per stretch: task_id, doc_id, char_start, char_end, reach, n_chars (letters),
        text as written. ``reach`` is city where a plan of the same city has the letters, other
        where only plans of other cities have them, local where none has; the stretches hold
        every letter of the passages once.
    """
    letters = _read_letters(passages)
    names = _name_runs(letters, shortest)
    cities = documents.set_index("doc_id")["city"].reindex(letters.plans).to_numpy()
    reach = np.full(len(names), REACHES.index("local"))
    for other, found in enumerate(_first_places(letters, names)):
        covered = _spread(found >= 0, shortest) & (letters.plan != other)
        near = cities[letters.plan] == cities[other]
        here = np.where(near, REACHES.index("city"), REACHES.index("other"))
        reach[covered] = np.minimum(reach, here)[covered]
    change = (np.diff(reach) != 0) | (np.diff(letters.passage) != 0)
    first = np.flatnonzero(np.r_[True, change])
    last = np.r_[first[1:] - 1, len(reach) - 1]
    out = _locate(passages, letters, first, last)
    out.insert(4, "reach", np.array(REACHES)[reach[first]])
    return out


# --- same sentence, other number ------------------------------------------------------------

_CLAUSE = re.compile(r"[^,;:。!?\n]+")
# Between two numbers of a clause, a list mark with words behind it begins a statement of its own.
_NEXT = re.compile(r"[^、和及]*?(?:、|以及|[和及])(?=.*?[一-鿿].*?[一-鿿])")
_NO_LETTER = re.compile(r"[\W\d_]+")
_LEVEL = r"(?:国家|[省市区县旗])(?:[、和及或]?(?:国家|[省市区县旗]))*级(?:及?以上)?"
_NEW = r"净增|新(?=[增建培认引签开创改上设获挂落])增?"
_SET_BY = r"[国省市区县](?:定|下达)"
_AREA = r"[全我][国省市区县旗]"  # an area that is not the plan's own
_SIZE = re.compile(r"(规|限)(?:模|额)以上")
_STAGE = r"初次|首次|申报|推荐|储备|签约|开工|投产|竣工|挂牌"  # how far a thing has got
_QUALIFIER = re.compile(f"{_LEVEL}|{_NEW}|{_SET_BY}|{_STAGE}|国家|国际|省")


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
    character bigrams) and measure, unit, level, scope, area, threshold, 新, stage, the length of
    a list and the other numbers of the clause agree. Candidates share one of their rarest
    bigrams, which misses no pair above `floor` (prefix filter, Chaudhuri, Ganti, Kaushik 2006).

    Parameters
    ----------
    passages, documents, quantities
        What `read_passages` gives, and the tables of these names.
    alike, floor
        Least similarity, 0 to 1, of the same sentence, and of a pair that is listed at all.

    Returns
    -------
    DataFrame
        One row per pair of quantities, most alike first: quantity_id, task_id, doc_id, clause,
        char_start, char_end (of the clause in the plan), text, value_low, value_high, unit,
        bound, all again with ``twin_`` before it; similarity, same, reason (what differs, empty
        where same), equal (the same value). Values are in ``unit``: the base unit of a dimension,
        or the unit as written of a count.
    """
    rows = _read_statements(passages, documents, quantities)
    pairs = []
    for a, b in _find_candidates(rows, floor):
        one, two = rows[a], rows[b]
        likeness = min(_dice(one["things"], two["things"]), _dice(one["words"], two["words"]))
        if likeness >= floor:
            pairs.append(_pair(one, two, likeness, alike))
    columns = [*_SHOWN, *(f"twin_{c}" for c in _SHOWN), "similarity", "same", "reason", "equal"]
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


def _own_names(documents: pd.DataFrame) -> dict[str, re.Pattern[str]]:
    """What names the county or its city in each plan: 周村区, 淄博, 全区; but not in 枣庄市级."""
    places = sorted({n[:-1] for n in [*documents["county"], *documents["city"]]})
    names = "|".join(map(re.escape, places))
    return {
        d.doc_id: re.compile(f"(?:{names})(?:[市区县旗](?!级))?|[全我本]{d.county[-1]}(?!级)")
        for d in documents.itertuples()
    }


def _read_statements(
    passages: pd.DataFrame, documents: pd.DataFrame, quantities: pd.DataFrame
) -> list[dict[str, Any]]:
    """One record per target: its clause, the bigrams of clause and thing, and its qualifiers."""
    names = _own_names(documents)
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
                    phrase = n["indicator"] if isinstance(n["indicator"], str) else ""
                    phrase = _SIZE.sub(r"\1上", names[p.doc_id].sub("", fold_width(phrase)))
                    qualifiers = _read_qualifiers(phrase, title, words) | {"other number": others}
                    out.append(_state(n, phrase, qualifiers) | clause)
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


def _read_qualifiers(phrase: str, title: str, words: str) -> dict[str, Any]:
    bare = re.sub(_LEVEL, "", phrase)
    return {
        "level": (read_level(phrase), sorted(set(re.findall("国家|国际|省", bare)))),
        "scope": read_scope(phrase, title, ""),
        "area": sorted(set(re.findall(_AREA, words))),
        "threshold": read_threshold(phrase),
        "new": bool(re.search(_NEW, phrase)),
        "stage": sorted(set(re.findall(_STAGE, phrase))),
        "set by": re.findall(_SET_BY, words),
        "list": bare.count("、"),
    }


def _state(number: dict[str, Any], phrase: str, qualifiers: dict[str, Any]) -> dict[str, Any]:
    """Record of a target in the base unit of its dimension, or the unit as written of a count."""
    base = number["unit_base"] if isinstance(number["unit_base"], str) else ""
    unit = number["unit"] if isinstance(number["unit"], str) else ""
    sort = {"measure": number["measure"], "unit": unit_class(unit, base)}
    return number | {
        "unit": base or unit,
        "value_low": number["value_base_low" if base else "value_low"],
        "value_high": number["value_base_high" if base else "value_high"],
        "things": _bigrams(phrase),
        "qualifiers": sort | qualifiers,
    }


def _bigrams(text: str) -> frozenset[str]:
    """Bigrams of what is left of a text without qualifiers and words that change nothing."""
    idle, generic = _fillers()
    whole, bare = (_NO_LETTER.sub("", idle.sub("", t)) for t in (text, _QUALIFIER.sub("", text)))
    kept = whole if len(bare) < 2 or bare in generic else bare
    return frozenset(kept[i : i + 2] for i in range(max(1, len(kept) - 1)))


def _dice(one: frozenset[str], two: frozenset[str]) -> float:
    return 2 * len(one & two) / (len(one) + len(two))


def _find_candidates(rows: list[dict[str, Any]], floor: float) -> list[tuple[int, int]]:
    """Pairs of rows of different plans whose things share one of their rarest bigrams."""
    count: dict[str, int] = defaultdict(int)
    for row in rows:
        for gram in row["things"]:
            count[gram] += 1
    index: dict[str, list[int]] = defaultdict(list)
    pairs = set()
    for i, row in enumerate(rows):
        rarest = sorted(row["things"], key=lambda gram: (count[gram], gram))
        needed = int(np.ceil(floor / (2 - floor) * len(rarest) - 1e-9))
        for gram in filter(None, rarest[: len(rarest) - needed + 1]):
            pairs |= {(j, i) for j in index[gram] if rows[j]["doc_id"] != row["doc_id"]}
            index[gram].append(i)
    return sorted(pairs)


def _pair(one: dict[str, Any], two: dict[str, Any], likeness: float, alike: float) -> list[Any]:
    if one["doc_id"] > two["doc_id"]:
        one, two = two, one
    reasons = [k for k, v in one["qualifiers"].items() if v != two["qualifiers"][k]]
    reasons += ["wording"] if likeness < alike else []
    cells = [row[c] for row in (one, two) for c in _SHOWN]
    values = [(row["value_low"], row["value_high"]) for row in (one, two)]
    other_unit = one["unit"] != two["unit"]
    equal = values[0] == values[1] and "unit" not in reasons
    return [*cells, round(likeness, 3), not reasons, ", ".join(reasons), equal, other_unit]
