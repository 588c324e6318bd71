"""Tasks of a county's plan and those of the year before that they go on with."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analysis.load import successive_plans
from analysis.shared_text.counterparts import counterparts

_ALIKE = 0.5  # least likeness of two tasks that are one
_PART = 0.4  # the same where a task was split or merged


def compare_task_years(
    documents: pd.DataFrame, tasks: pd.DataFrame, targets: pd.DataFrame
) -> pd.DataFrame:
    """Every task of a county's plan beside its counterparts in that of the year before.

    Parameters
    ----------
    documents, tasks
        The tables of these names.
    targets
        What `compare_target_years` gives: a task without a counterpart by its words belongs to
        those with which it shares a target.

    Returns
    -------
    DataFrame
        One row per task of this year and task of last year that it goes on with, and per task
        without one: doc_id, before_doc_id, state (same words, kept, split, merged, new, dropped),
        task_id, title, before_task_id, before_title, score (cosine of the words, 0 to 1).
    """
    rows: list[tuple[Any, ...]] = []
    for before, now in successive_plans(documents):
        own = tasks[tasks["doc_id"].isin([before, now])].reset_index(drop=True)
        text = dict(zip(own["task_id"], own["title"] + own["text"], strict=True))
        title = dict(zip(own["task_id"], own["title"], strict=True))
        edges = _edges(own, documents, now)
        taken = {task for pair in edges for task in pair}  # by words, which come first
        shared = targets[targets["doc_id"].eq(now)][["before_task_id", "task_id"]].dropna()
        for pair in dict.fromkeys(shared.itertuples(index=False, name=None)):
            if pair not in edges and not (pair[0] in taken and pair[1] in taken):
                edges[pair] = np.nan
        forward = pd.Series([b for b, _ in edges]).value_counts()
        backward = pd.Series([n for _, n in edges]).value_counts()
        for (old, new), score in edges.items():
            state = "split" if forward[old] > 1 else "merged" if backward[new] > 1 else "kept"
            state = "same words" if state == "kept" and text[old] == text[new] else state
            rows.append((now, before, state, new, title[new], old, title[old], score))
        for task_id, doc_id in zip(own["task_id"], own["doc_id"], strict=True):
            if doc_id == now and task_id not in backward:
                rows.append((now, before, "new", task_id, title[task_id], "", "", np.nan))
            elif doc_id == before and task_id not in forward:
                rows.append((now, before, "dropped", "", "", task_id, title[task_id], np.nan))
    columns = ["doc_id", "before_doc_id", "state", "task_id", "title", "before_task_id"]
    table = pd.DataFrame(rows, columns=[*columns, "before_title", "score"])
    order = table["task_id"].where(table["task_id"].ne(""), table["before_task_id"])
    return table.iloc[order.argsort(kind="stable")].reset_index(drop=True)


def _edges(tasks: pd.DataFrame, documents: pd.DataFrame, now: str) -> dict[tuple[str, str], float]:
    """Pairs of last year's and this year's tasks that go on with each other, with their scores.

    Each other's first choice are one where they are alike. A task that is no one's first choice
    is part of one, split off or merged into it, where the two are alike and it has no better one.
    """
    found = counterparts(tasks, documents[documents["doc_id"].isin(tasks["doc_id"])])
    is_new = found["task_id"].str.startswith(f"{now}-")
    ends = found[["task_id", "counterpart_id"]].to_numpy()
    pairs = [(b, a) if n else (a, b) for (a, b), n in zip(ends, is_new, strict=True)]
    scores = dict(zip(pairs, found["score"], strict=True))
    mutual = dict(zip(pairs, found["mutual"], strict=True))
    edges = {p: s for p, s in scores.items() if mutual[p] and s >= _ALIKE}
    taken = {task for pair in edges for task in pair}
    loose = {p: s for p, s in scores.items() if not mutual[p] and s >= _PART}
    return edges | {p: s for p, s in loose.items() if (p[0] in taken) != (p[1] in taken)}
