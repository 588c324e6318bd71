"""Tasks as vectors: TF-IDF of words and character n-grams, title and text, and who leads."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.preprocessing import normalize

from analysis.themes.words import character_ngrams, cut, place_names, stop_words

LEAD_ROLES = ("lead", "responsible")
TITLE_WEIGHT = 0.75


@dataclass(frozen=True)
class Counts:
    """What is counted in each task; one row per task in every matrix, in the order of `task_ids`.

    Parameters
    ----------
    task_ids
        Ids of the tasks.
    titles, texts
        By kind (``words``, ``characters``): how often each term occurs in title and in text.
    leads
        How often each department leads, or is responsible where nobody leads; None where no
        assignments were given.
    terms
        By kind, and under ``leads``: the terms of the columns.
    """

    task_ids: pd.Index
    titles: dict[str, sparse.csr_array]
    texts: dict[str, sparse.csr_array]
    leads: sparse.csr_array | None
    terms: dict[str, np.ndarray]

    def __len__(self) -> int:
        return len(self.task_ids)

    def take(self, rows: np.ndarray) -> Counts:
        """The same columns for some of the tasks."""
        return replace(
            self,
            task_ids=self.task_ids[rows],
            titles={kind: matrix[rows] for kind, matrix in self.titles.items()},
            texts={kind: matrix[rows] for kind, matrix in self.texts.items()},
            leads=None if self.leads is None else self.leads[rows],
        )


def count_terms(
    tasks: pd.DataFrame,
    documents: pd.DataFrame,
    assignments: pd.DataFrame | None = None,
    *,
    dictionary: bool = True,
    mask: bool = True,
    stop: bool = True,
) -> Counts:
    """Count words, character n-grams (1 to 3) and leading departments in every task.

    Counting learns nothing from the corpus: vocabulary and weights are fitted by `fit_space`.

    Parameters
    ----------
    tasks, documents, assignments
        Tables as `schema` declares them. Without assignments no departments are counted.
    dictionary
        Keep the terms of ``lexicon/terms.txt`` whole.
    mask
        Mask place names.
    stop
        Leave out the words of ``lexicon/stopwords.csv``; character n-grams keep them.
    """
    names = place_names(documents) if mask else frozenset()
    return count_parts(tasks, assignments, names=names, dictionary=dictionary, stop=stop)


def count_parts(
    tasks: pd.DataFrame,
    assignments: pd.DataFrame | None,
    *,
    names: frozenset[str],
    terms: dict[str, np.ndarray] | None = None,
    dictionary: bool = True,
    stop: bool = True,
) -> Counts:
    """Count as `count_terms` does, with the place names to mask and, where given, the columns."""
    left_out = stop_words() if stop else frozenset()
    runs = [
        [cut(text, names=names, dictionary=dictionary) for text in tasks[part]]
        for part in ("title", "text")
    ]
    both = list(chain(*runs))
    kinds = {
        "words": [[w for run in task for w in run if w not in left_out] for task in both],
        "characters": [
            [g for run in task for g in character_ngrams("".join(run))] for task in both
        ],
    }
    task_ids = pd.Index(tasks["task_id"])
    if assignments is not None:
        leading = assignments[assignments["role"].isin(LEAD_ROLES)]
        names_of = leading.groupby("task_id")["department"].agg(list)
        kinds["leads"] = [names_of.get(task_id, []) for task_id in task_ids]
    counted = {k: _count(lists, None if terms is None else terms[k]) for k, lists in kinds.items()}
    matrices = {kind: matrix for kind, (matrix, _) in counted.items()}
    leads, n = matrices.pop("leads", None), len(tasks)
    return Counts(
        task_ids,
        {kind: matrix[:n] for kind, matrix in matrices.items()},
        {kind: matrix[n:] for kind, matrix in matrices.items()},
        leads,
        {kind: found for kind, (_, found) in counted.items()},
    )


def _count(
    lists: list[list[str]], terms: np.ndarray | None = None
) -> tuple[sparse.csr_array, np.ndarray]:
    if terms is None and not any(lists):
        terms = np.array([], dtype=str)
    if terms is not None and not len(terms):
        return sparse.csr_array((len(lists), 0), dtype=np.int64), terms
    vectorizer = CountVectorizer(analyzer=list, vocabulary=terms, lowercase=False)
    matrix = sparse.csr_array(vectorizer.fit_transform(lists))
    return matrix, vectorizer.get_feature_names_out()


@dataclass(frozen=True)
class Space:
    """Vocabulary and weights learned from some tasks, ready to place any task."""

    columns: dict[str, np.ndarray]
    weights: dict[str, TfidfTransformer]
    title_weight: float
    lead_weight: float

    def place(self, counts: Counts) -> sparse.csr_array:
        """Vectors of the tasks: one block of unit length per kind, departments by their weight.

        Without a single term a vector has one element, which is zero.
        """
        blocks = [] if self.columns else [sparse.csr_array((len(counts), 1))]
        for kind in [kind for kind in counts.texts if kind in self.columns]:
            title = self._weigh(kind, counts.titles[kind])
            text = self._weigh(kind, counts.texts[kind])
            blocks.append(normalize(text + self.title_weight * title))
        if "leads" in self.columns and counts.leads is not None:
            blocks.append(self.lead_weight * self._weigh("leads", counts.leads))
        return sparse.csr_array(sparse.hstack(blocks, format="csr"))

    def _weigh(self, kind: str, matrix: sparse.csr_array) -> sparse.csr_array:
        return self.weights[kind].transform(matrix[:, self.columns[kind]])


def fit_space(
    counts: Counts,
    *,
    title_weight: float = TITLE_WEIGHT,
    lead_weight: float = 0.0,
    min_tasks: int = 1,
) -> Space:
    """Learn vocabulary and inverse document frequencies from `counts`, and from nothing else.

    Parameters
    ----------
    counts
        The tasks to learn from.
    title_weight
        Weight of the title's unit vector beside the text's, which has weight 1: titles count
        alike however long their texts are.
    lead_weight
        Weight of the leading departments' unit vector beside words and characters; 0 leaves them
        out.
    min_tasks
        A term must occur in that many tasks.

    Notes
    -----
    Term frequencies are damped to 1 + ln(tf); every part is brought to unit length.
    """
    whole = {kind: counts.titles[kind] + counts.texts[kind] for kind in counts.texts}
    if lead_weight and counts.leads is not None:
        whole["leads"] = counts.leads
    columns, weights = {}, {}
    for kind, matrix in whole.items():
        tasks_with = np.bincount(matrix.indices, minlength=matrix.shape[1])
        # where no term is common enough, as among two or three tasks, every term must do
        least = min(min_tasks, tasks_with.max(initial=0))
        if least:
            columns[kind] = np.flatnonzero(tasks_with >= least)
            weights[kind] = TfidfTransformer(sublinear_tf=True).fit(matrix[:, columns[kind]])
    return Space(columns, weights, title_weight, lead_weight)
