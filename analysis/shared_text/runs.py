"""Shared and local text: who has which words in common with whom.

Shared text is compared as letters: widths folded, capitals made small, everything that is neither
a letter nor a digit left out. Place names and numbers stay. A run is shared when so many letters
in a row stand in both plans; tasks are never joined to make one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis import load
from analysis.errors import PlanError
from analysis.text import fold_width

LENGTHS = (8, 13, 20)
SHORTEST = 13
# From the widest reach to none: stands also in a plan of the same city, in another, nowhere else.
REACHES = ("city", "other", "local")


def read_passages(
    documents: pd.DataFrame, tasks: pd.DataFrame, *, raw: Path | None = None
) -> pd.DataFrame:
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
    words = load.read_words(tasks, documents, raw=raw)
    after = words["title_start"] - words["char_start"]
    text = [w[n:] for w, n in zip(words["words"], after, strict=True)]
    frame = words.assign(char_start=words["title_start"], text=text)
    return frame[["task_id", "doc_id", "char_start", "char_end", "text"]]


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
