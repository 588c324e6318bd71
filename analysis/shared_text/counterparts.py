"""Counterparts: the tasks of other plans that are nearest to a task, and the words they share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.errors import PlanError
from analysis.stats import ngram_vectorizer, wilson
from analysis.study import LABELS
from analysis.text import fold_width

TITLE_WEIGHT = 3
WEAKEST = 0.12  # below it, most nearest tasks that are not each other's first choice are none
# Bounds of the candidate search, and so of its cost per task.
_HEAVIEST = 100  # terms of a task that are looked up
_POSTINGS = 80  # tasks that a term leads to, those where it weighs most
_BREADTH = 100  # candidates of a task whose score is worked out in full
_CHUNK = 500  # tasks at a time, to bound memory
_TERMS = 6
_LONGEST_TERM = 16
_NO_LETTER = re.compile(r"[\W\d_]+")


def counterparts(
    tasks: pd.DataFrame,
    documents: pd.DataFrame,
    *,
    task_id: str | None = None,
    top: int = 1,
    plans: int = 10,
) -> pd.DataFrame:
    """Nearest tasks in the other plans.

    The score is the cosine of TF-IDF vectors of character bigrams, the title counted three times,
    place names of the corpus, numbers and marks left out. Candidates come from an inverted index
    over each task's heaviest terms with bounded posting lists, so the cost is linear in the
    number of tasks; candidates are then scored in full.

    Parameters
    ----------
    tasks, documents
        Tables of `analysis.load`.
    task_id
        Only the counterparts of this task.
    top
        Counterparts per task and other plan.
    plans
        Other plans per task, those with the nearest tasks.

    Returns
    -------
    DataFrame
        One row per task and counterpart, best first within a task: task_id, counterpart_id,
        doc_id (the counterpart's plan), title, counterpart_title, score (0 to 1), rank (within
        that plan, from 1), mutual (each is the other's first choice), shared_terms. A plan whose
        tasks share no telling term with a task has no row.

    Raises
    ------
    PlanError
        The task is not in the table.
    """
    tasks = tasks.reset_index(drop=True)
    texts = _fold_texts(tasks, documents)
    vectors, rarity = _weigh(texts)
    homes = tasks["doc_id"].astype("category").cat.codes.to_numpy()
    pairs = _rank(_score(vectors, _find_candidates(vectors, homes)), homes, top, plans)
    if task_id is not None:
        if task_id not in set(tasks["task_id"]):
            raise PlanError(
                f"no task {task_id!r}", "a task_id of the table tasks, e.g. county-2023-07"
            )
        pairs = pairs[tasks["task_id"].to_numpy()[pairs["task"]] == task_id]
    left, right = pairs["task"].to_numpy(), pairs["counterpart"].to_numpy()
    ids, titles = tasks["task_id"].to_numpy(), tasks["title"].to_numpy()
    return pd.DataFrame(
        {
            "task_id": ids[left],
            "counterpart_id": ids[right],
            "doc_id": tasks["doc_id"].to_numpy()[right],
            "title": titles[left],
            "counterpart_title": titles[right],
            "score": pairs["score"].round(4).to_numpy(),
            "rank": pairs["rank"].to_numpy(),
            "mutual": pairs["mutual"].to_numpy(),
            "shared_terms": _list_terms(left, right, [f"{t} {x}" for t, x in texts], rarity),
        }
    )


def _place_names(documents: pd.DataFrame) -> list[str]:
    """Names of the corpus' counties and cities, with and without their last character."""
    full = pd.concat([documents["county"], documents["city"]])
    names = {*full, *(name[:-1] for name in full if len(name) > 2)}
    return sorted(names, key=lambda name: (-len(name), name))


def _fold_texts(tasks: pd.DataFrame, documents: pd.DataFrame) -> list[tuple[str, str]]:
    """Title and text of each task: place names, numbers and marks become a blank."""
    places = re.compile("|".join(map(re.escape, _place_names(documents))) or r"(?!)")

    def fold(text: str) -> str:
        return _NO_LETTER.sub(" ", places.sub(" ", fold_width(text).lower())).strip()

    return [(fold(t.title), fold(t.text)) for t in tasks.itertuples()]


def _weigh(texts: Sequence[tuple[str, str]]) -> tuple[sparse.csr_matrix, dict[str, float]]:
    """TF-IDF rows of unit length, and the rarity (idf) of each bigram."""
    whole = [f"{f'{title} ' * TITLE_WEIGHT}{text}" for title, text in texts]
    vectorizer = ngram_vectorizer((2, 2))
    vectors = vectorizer.fit_transform(whole)
    vectors.sort_indices()  # so that of terms of equal weight the first is always the same one
    return vectors, dict(zip(vectorizer.get_feature_names_out(), vectorizer.idf_, strict=True))


def _keep_heaviest(matrix: sparse.csr_matrix, most: int) -> sparse.csr_matrix:
    """Keep the heaviest entries of each row; of equals the first."""
    sizes = np.diff(matrix.indptr)
    kept = np.ones(matrix.nnz, dtype=bool)
    for row in np.flatnonzero(sizes > most):
        part = slice(matrix.indptr[row], matrix.indptr[row + 1])
        values = matrix.data[part]
        least = np.partition(values, len(values) - most)[len(values) - most]
        heavier = values > least
        equals = np.flatnonzero(values == least)[: most - heavier.sum()]
        heavier[equals] = True
        kept[part] = heavier
    rows = np.repeat(np.arange(len(sizes)), sizes)[kept]
    return sparse.csr_matrix((matrix.data[kept], (rows, matrix.indices[kept])), matrix.shape)


def _find_candidates(vectors: sparse.csr_matrix, homes: np.ndarray) -> pd.DataFrame:
    """Pairs of tasks of different plans that share heavy terms, `_BREADTH` to a task at most."""
    heavy = _keep_heaviest(vectors, _HEAVIEST)
    index = _keep_heaviest(heavy.T.tocsr(), _POSTINGS)
    pieces = []
    for start in range(0, len(homes), _CHUNK):
        found = (heavy[start : start + _CHUNK] @ index).tocoo()
        row = found.row + start
        other = homes[row] != homes[found.col]
        parts = found.data[other], (found.row[other], found.col[other])
        near = _keep_heaviest(sparse.csr_matrix(parts, shape=found.shape), _BREADTH).tocoo()
        pieces.append(np.stack([near.row + start, near.col]))
    task, counterpart = np.hstack([np.empty((2, 0), dtype=np.int64), *pieces])
    return pd.DataFrame({"task": task, "counterpart": counterpart})


def _score(vectors: sparse.csr_matrix, pairs: pd.DataFrame) -> pd.DataFrame:
    scores = np.empty(len(pairs))
    step = _CHUNK * _BREADTH
    for start in range(0, len(pairs), step):
        part = pairs.iloc[start : start + step]
        product = vectors[part["task"]].multiply(vectors[part["counterpart"]])
        scores[start : start + step] = product.sum(axis=1).A1
    return pairs.assign(score=scores)


def _rank(pairs: pd.DataFrame, homes: np.ndarray, top: int, plans: int) -> pd.DataFrame:
    """Best `top` of each task in each of the nearest plans, and whether the choice is mutual."""
    pairs = pairs.assign(plan=homes[pairs["counterpart"]])
    pairs = pairs.sort_values(["task", "score", "counterpart"], ascending=[True, False, True])
    here = pairs.groupby(["task", "plan"])
    pairs["rank"] = here.cumcount() + 1
    first = pairs[pairs["rank"].eq(1)]
    size = len(homes)
    chosen = first["counterpart"] * size + first["task"]
    pairs["mutual"] = (pairs["task"] * size + pairs["counterpart"]).isin(chosen)
    pairs["mutual"] &= pairs["rank"].eq(1)
    pairs["place"] = pairs["rank"].eq(1).groupby(pairs["task"]).cumsum()
    near = here["place"].transform("first") <= plans
    return pairs[near & pairs["rank"].le(top)]


def _list_terms(
    left: np.ndarray, right: np.ndarray, texts: Sequence[str], rarity: dict[str, float]
) -> list[str]:
    """Shared terms of each pair; the pairs of a task follow each other."""
    cuts = np.flatnonzero(np.diff(left)) + 1
    groups = zip(np.split(left, cuts), np.split(right, cuts), strict=True)
    return [
        terms
        for task, others in groups
        if len(task)
        for terms in _shared_terms(texts[task[0]], [texts[i] for i in others], rarity)
    ]


def _shared_terms(here: str, others: Sequence[str], rarity: dict[str, float]) -> list[str]:
    """Longest strings that a task shares with each of the others, the rarest letters first."""
    grams = [here[i : i + 2] for i in range(len(here) - 1)]
    total = list(accumulate((rarity.get(gram, 0.0) for gram in grams), initial=0.0))
    out = []
    for there in others:
        weights: dict[str, float] = {}
        end = 0
        for start in [i for i, gram in enumerate(grams) if gram in there and " " not in gram]:
            if start + 2 <= end:
                continue
            end = start + 2
            while end < len(here) and here[end] != " " and here[start : end + 1] in there:
                end += 1
            weights[here[start:end]] = total[end - 1] - total[start]
        best: list[str] = []
        for term in sorted(weights, key=lambda term: (-weights[term], term)):
            if len(best) < _TERMS and not any(term in longer for longer in best):
                best.append(term)
        cut = (t if len(t) <= _LONGEST_TERM else t[:_LONGEST_TERM] + "…" for t in best)
        out.append("、".join(cut))
    return out


def side_by_side(
    tasks: pd.DataFrame, documents: pd.DataFrame, task_id: str, *, weakest: float = WEAKEST
) -> pd.DataFrame:
    """One task and its nearest counterpart in every other plan, to be read side by side.

    Returns
    -------
    DataFrame
        Columns are the counties (doc_id where one has several plans), the task's own first and
        then by score; rows are task_id, doc_number, score, shared_terms, title, text, clause.
        The column of a plan is empty where the nearest task scores below `weakest` and the
        choice is not mutual.
    """
    found = counterparts(tasks, documents, task_id=task_id, plans=len(documents))
    found = found[found["mutual"] | found["score"].ge(weakest)].set_index("doc_id")
    own = tasks.loc[tasks["task_id"].eq(task_id), ["doc_id", "task_id"]].set_index("doc_id")
    chosen = pd.concat([own["task_id"], found["counterpart_id"]]).rename("task_id").reset_index()
    home = documents.set_index("doc_id")
    out = chosen.merge(tasks, on=["doc_id", "task_id"]).set_index("doc_id")
    out = out.join(home["doc_number"]).join(found[["score", "shared_terms"]])
    rows = ["task_id", "doc_number", "score", "shared_terms", "title", "text", "clause"]
    order = [*out.index, *home.index.difference(out.index)]
    names = home["county"].where(~home["county"].duplicated(keep=False), home.index.to_series())
    return out[rows].reindex(order).rename(index=names).rename_axis(None).T.fillna("")


def measure_precision(found: pd.DataFrame, sample: str) -> pd.DataFrame:
    """How many of the rows that were found a reader judged right.

    Parameters
    ----------
    found
        Rows of `counterparts`, or of ``sentences.align_sentences``.
    sample
        task_counterparts or same_sentence_pairs, a table of ``data/labels``.

    Returns
    -------
    DataFrame
        One row: found (rows that were found), judged (those of them in the sample), yes, partly,
        no, precision (yes of judged) with its 95 % interval low and high (Wilson 1927), missed
        (right rows of the sample that were not found).
    """
    judged = pd.read_csv(LABELS / f"{sample}.csv", dtype="str", keep_default_na=False)
    keys = [column for column in judged.columns if column in found.columns]
    met = judged.merge(found[keys].drop_duplicates().assign(met=True), on=keys, how="left")
    said = met.loc[met["met"].notna(), "right"].value_counts()
    row: dict[str, float] = {"found": len(found), "judged": int(said.sum())}
    row |= {word: int(said.get(word, 0)) for word in ("yes", "partly", "no")}
    if row["judged"]:
        low, high = wilson(int(row["yes"]), int(row["judged"]))
        row |= {"precision": row["yes"] / row["judged"], "low": low, "high": high}
    row["missed"] = int((met["right"].eq("yes") & met["met"].isna()).sum())
    return pd.DataFrame([row])
