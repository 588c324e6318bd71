"""Themes of a large study: learned once from a seeded sample, then applied to task by task.

What is learned fits a worker; what it is applied to never stands in memory as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.themes import clusters
from analysis.themes.classify import FOLDS, Corpus, Model, name_themes
from analysis.themes.features import Counts, Space, count_parts

SAMPLE = clusters.LARGEST_GRAPH  # tasks
WEIGHTS = {"cluster": 0.0, "portfolio": clusters.LEAD_WEIGHT}


@dataclass(frozen=True)
class Clusters:
    """Clusters of the sample, and the space in which another task finds its nearest."""

    space: Space
    vectors: sparse.csr_array
    labels: np.ndarray
    words: dict[int, str]

    def join(self, counts: Counts) -> np.ndarray:
        """Cluster of each task: that of most of its nearest in the sample."""
        return clusters.join_nearest(clusters.unit(self.space, counts), self.vectors, self.labels)


@dataclass(frozen=True)
class Learned:
    """What a sample teaches: a model for each tenth of the cities, clusters and portfolios.

    Parameters
    ----------
    names, terms
        Place names to mask, and the terms that are counted.
    folds
        By city, the model that has seen no plan of it.
    models
        The models.
    groups
        Clusters by the words of tasks, and portfolios by words and departments.
    """

    names: frozenset[str]
    terms: dict[str, np.ndarray]
    folds: dict[str, int]
    models: list[Model]
    groups: dict[str, Clusters]


def draw_rows(n: int, *, seed: int = 0) -> np.ndarray:
    """Rows of at most `SAMPLE` of `n` tasks, in their order."""
    if n <= SAMPLE:
        return np.arange(n)
    return np.sort(np.random.default_rng(seed).choice(n, SAMPLE, replace=False))


def fit_models(corpus: Corpus, documents: pd.DataFrame) -> tuple[dict[str, int], list[Model]]:
    """Number of the fold of each city of the study, and a model for each fold.

    A model has seen no plan of the cities of its fold.
    """
    cities = pd.unique(documents["city"].where(documents["city"].ne(""), documents["doc_id"]))
    n = min(FOLDS, len(cities))
    models = [corpus.learn(corpus.outside(cities[fold::n])) for fold in range(n)]
    return {city: k % n for k, city in enumerate(cities)}, models


def fit_groups(corpus: Corpus, *, lead_weight: float) -> Clusters:
    """Clusters of the sample, by words alone (`lead_weight` 0) or by words and departments."""
    counts = corpus.counts.take(np.arange(corpus.n_own))
    space = clusters.fit_clusters(counts, lead_weight=lead_weight)
    vectors = clusters.unit(space, counts)
    labels = clusters.cluster_vectors(vectors)
    words = {k: "、".join(terms) for k, terms in clusters.top_terms(counts, labels).items()}
    return Clusters(space, vectors, labels, words)


def apply(
    learned: Learned, tasks: pd.DataFrame, documents: pd.DataFrame, assignments: pd.DataFrame
) -> pd.DataFrame:
    """Themes, clusters and portfolios of some tasks, one row each, as `schema.THEMES` says."""
    counts = count_parts(tasks, assignments, names=learned.names, terms=learned.terms)
    places = documents.set_index("doc_id")["city"]
    own = tasks["doc_id"].map(places.where(places.ne(""), places.index))
    folds = own.map(learned.folds).to_numpy()
    decided = [
        learned.models[fold].decide(counts.take(np.flatnonzero(folds == fold)))
        for fold in np.unique(folds)
    ]
    named = name_themes(pd.concat(decided).loc[counts.task_ids])
    section = tasks.set_index("task_id")["theme"].rename("section_theme")
    found = pd.concat([section, named], axis=1).rename_axis("task_id").reset_index()
    for name, group in learned.groups.items():
        labels = group.join(counts)
        found[name] = labels
        found[f"{name}_label"] = [group.words[label] for label in labels]
    return found
