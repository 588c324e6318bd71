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
from scipy import sparse

from analysis import load
from analysis.errors import PlanError
from analysis.text import fold_width

LENGTHS = (8, 13, 20)
SHORTEST = 13
EVERY_PAIR = 300  # plans of which every pair is listed; of more, those that share something
_AT_ONCE = 500_000  # rows of letter and other plan that are held at once
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
    the cost is a few sorts of all letters, whatever the length. What stands only once is no part
    of a run that stands twice and leaves the sorts.
    """
    if length < 1:
        raise PlanError(f"a run of {length} letters", "ask for one letter or more")
    names, size = _name_repeated(letters.code), 1
    while size < length:
        step = min(size, length - size)
        size += step
        last = letters.passage[size - 1 :]
        left, right = names[: len(last)], names[step : step + len(last)]
        whole = (left >= 0) & (right >= 0) & (letters.passage[: len(last)] == last)
        pairs = left[whole] * (names.max(initial=0) + 1) + right[whole]
        names = np.full(len(letters.code), -1, dtype=np.int64)
        names[: len(last)][whole] = _name_repeated(pairs)
    return names


def _name_repeated(things: np.ndarray) -> np.ndarray:
    """Number of each thing, in order; -1 of what is there once."""
    _, names, count = np.unique(things, return_inverse=True, return_counts=True)
    return np.where(count[names] > 1, names, -1)


def _spread(starts: np.ndarray, length: int) -> np.ndarray:
    """Letters that a run of `length` covers, from the letters where one starts."""
    steps = np.zeros(len(starts) + length, dtype=np.int64)
    places = np.flatnonzero(starts)
    steps[places] += 1
    steps[places + length] -= 1
    return steps.cumsum()[: len(starts)] > 0


class _Index(NamedTuple):
    """Runs that stand in two plans or more, and the plans in which each stands.

    The entries are those of one run after the other, a run's in the order of the plans.
    """

    letter: np.ndarray  # where such a run starts
    own: np.ndarray  # entry of the run there in the letter's own plan
    run: np.ndarray  # of each entry
    plan: np.ndarray  # of each entry
    first: np.ndarray  # letter at which the run of an entry first stands in its plan
    bounds: np.ndarray  # of the entries of each run


def _index_runs(letters: _Letters, length: int) -> _Index:
    names = _name_runs(letters, length)
    letter = np.flatnonzero(names >= 0)
    n_plans = len(letters.plans)
    keys = names[letter] * n_plans + letters.plan[letter]
    keys, first, own = np.unique(keys, return_index=True, return_inverse=True)
    run = keys // n_plans
    shared = np.bincount(run)[run] > 1
    own, kept = (shared.cumsum() - 1)[own], shared[own]
    run = np.unique(run[shared], return_inverse=True)[1]
    bounds = np.r_[0, np.bincount(run).cumsum()]
    return _Index(
        letter[kept], own[kept], run, (keys % n_plans)[shared], letter[first[shared]], bounds
    )


def _list_twins(letters: _Letters, index: _Index) -> Iterator[tuple[np.ndarray, ...]]:
    """Yield letters at which a run starts, other plans that have it, and the first letter there.

    Some tasks at a time, whole ones, and not more than `_AT_ONCE` rows unless one task has more,
    so that memory is bounded whatever the plans share. Rows are in the order of plan and letter.
    """
    run = index.run[index.own]
    ends = np.r_[0, np.flatnonzero(np.diff(letters.passage[index.letter], append=-1)) + 1]
    rows = np.r_[0, np.diff(index.bounds)[run].cumsum()]
    parts = np.arange(len(index.plan)), index.plan, index.bounds
    entries = sparse.csr_array(parts, shape=(len(index.bounds) - 1, len(letters.plans)))
    start = 0
    while start < len(run):
        most = ends[np.searchsorted(rows[ends], rows[start] + _AT_ONCE, side="right") - 1]
        stop = most if most > start else ends[np.searchsorted(ends, start, side="right")]
        by_plan = entries[run[start:stop]].tocsc()
        place, entry = by_plan.indices + start, by_plan.data
        other = index.own[place] != entry
        place, entry = place[other], entry[other]
        yield index.letter[place], index.plan[entry], index.first[entry]
        start = stop


def compare_plans(passages: pd.DataFrame, *, lengths: Sequence[int] = LENGTHS) -> pd.DataFrame:
    """Share of each plan's letters that stand also in each other plan.

    Returns
    -------
    DataFrame
        One row per length of run, plan and other plan: shortest, doc_id, other, shared (letters),
        n_chars (letters of the plan), share (0 to 1). The share is of `doc_id`'s letters, so the
        two directions of a pair differ. Of more than `EVERY_PAIR` plans, pairs that share nothing
        are left out.
    """
    letters = _read_letters(passages)
    plans = np.array(letters.plans, dtype=object)
    totals = np.bincount(letters.plan, minlength=len(plans))
    tables = []
    for length in lengths:
        shared = _count_shared(letters, length)
        if len(plans) <= EVERY_PAIR:
            every = np.arange(len(plans) ** 2)
            every = every[every // len(plans) != every % len(plans)]
            shared = shared.reindex(every, fill_value=0)
        one, two = shared.index // len(plans), shared.index % len(plans)
        columns = {"shortest": length, "doc_id": plans[one], "other": plans[two]}
        columns |= {"shared": shared.to_numpy(), "n_chars": totals[one]}
        tables.append(pd.DataFrame(columns))
    out = pd.concat(tables, ignore_index=True)
    out["share"] = out["shared"] / out["n_chars"]
    return out.sort_values(["shortest", "doc_id", "other"], ignore_index=True)


def _count_shared(letters: _Letters, length: int) -> pd.Series:
    """Letters that a plan shares with another, by number of plan * plans + number of the other."""
    sums = [pd.Series(dtype=np.int64)]
    for letter, other, _ in _list_twins(letters, _index_runs(letters, length)):
        # a run covers its letters up to where the next one begins
        new = np.minimum(np.diff(letter, append=0), length)
        new[np.diff(other, append=-1) != 0] = length
        pair = letters.plan[letter] * len(letters.plans) + other
        sums.append(pd.Series(new).groupby(pair).sum())
    found = pd.concat(sums)
    return found.groupby(found.index).sum()


def shared_runs(
    passages: pd.DataFrame, *, shortest: int = SHORTEST, task_id: str | None = None
) -> pd.DataFrame:
    """Runs of letters that stand also in another plan, each with its first twin there.

    Parameters
    ----------
    passages, shortest
        What `read_passages` gives, and the least letters of a run.
    task_id
        Only the runs of this task.

    Returns
    -------
    DataFrame
        One row per run and other plan: task_id, doc_id, char_start, char_end, n_chars (letters),
        text as written, and the same of the twin with ``twin_`` before it. Runs into different
        places of the other plan may overlap.
    """
    letters = _read_letters(passages)
    index = _index_runs(letters, shortest)
    if task_id is not None:
        wanted = passages["task_id"].eq(task_id).to_numpy()[letters.passage[index.letter]]
        index = index._replace(letter=index.letter[wanted], own=index.own[wanted])
    pieces = []
    for letter, other, twin in _list_twins(letters, index):
        # a run goes on while letter and twin both step by one, within their tasks
        whole = (np.diff(letter) == 1) & (np.diff(twin) == 1) & (np.diff(other) == 0)
        for place in (letter, twin):
            whole &= np.diff(letters.passage[place]) == 0
        cuts = np.flatnonzero(~whole)
        first, last = np.r_[0, cuts + 1], np.r_[cuts, len(letter) - 1]
        ends = (letter[first], letter[last], twin[first], twin[last])
        pieces.append(np.stack(ends) + [[0], [shortest - 1]] * 2)
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
    index = _index_runs(letters, shortest)
    cities = documents.set_index("doc_id")["city"].replace("", np.nan)  # under the province itself
    city = cities.reindex(letters.plans).factorize()[0]
    key = index.run * (len(city) + 1) + city[index.plan] + 1
    _, key, count = np.unique(key, return_inverse=True, return_counts=True)
    near = np.where(city[index.plan] >= 0, count[key] - 1, 0)
    far = np.diff(index.bounds)[index.run] - 1 - near
    reach = np.full(len(letters.code), REACHES.index("local"))
    for name, plans in (("other", far), ("city", near)):
        starts = np.zeros(len(reach), dtype=bool)
        starts[index.letter[plans[index.own] > 0]] = True
        reach[_spread(starts, shortest)] = REACHES.index(name)
    change = (np.diff(reach) != 0) | (np.diff(letters.passage) != 0)
    first = np.flatnonzero(np.r_[True, change])
    last = np.r_[first[1:] - 1, len(reach) - 1]
    out = _locate(passages, letters, first, last)
    out.insert(4, "reach", np.array(REACHES)[reach[first]])
    return out
