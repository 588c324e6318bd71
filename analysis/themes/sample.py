"""Themes of a large study: learned once from a seeded sample, then applied to task by task.

What is learned fits a worker; what it is applied to never stands in memory as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.themes import clusters
from analysis.themes.classify import FOLDS, Model, gather, name_themes
from analysis.themes.features import Counts, Space, count_parts
from analysis.themes.words import place_names

SAMPLE = clusters.LARGEST_GRAPH


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


def draw_sample(task_ids: pd.Index, *, n: int = SAMPLE, seed: int = 0) -> pd.Index:
    """Ids of at most `n` tasks, in their order."""
    if len(task_ids) <= n:
        return task_ids
    return task_ids[np.sort(np.random.default_rng(seed).choice(len(task_ids), n, replace=False))]


def learn(tasks: pd.DataFrame, documents: pd.DataFrame, assignments: pd.DataFrame) -> Learned:
    """Learn themes, clusters and portfolios.

    Parameters
    ----------
    tasks, assignments
        Those of the sample.
    documents
        All plans of the study: their cities make the folds, their names are masked.
    """
    corpus = gather(tasks, documents, assignments=assignments)
    own = documents["city"].where(documents["city"].ne(""), documents["doc_id"])
    cities = pd.unique(own)
    n_folds = min(FOLDS, len(cities))
    models = [corpus.learn(corpus.outside(cities[fold::n_folds])) for fold in range(n_folds)]
    counts = corpus.counts.take(np.arange(corpus.n_own))
    groups = {}
    for name, weight in (("cluster", 0.0), ("portfolio", clusters.LEAD_WEIGHT)):
        space = clusters.fit_clusters(counts, lead_weight=weight)
        vectors = clusters.unit(space, counts)
        labels = clusters.cluster_vectors(vectors)
        words = {k: "、".join(v) for k, v in clusters.top_terms(counts, labels).items()}
        groups[name] = Clusters(space, vectors, labels, words)
    folds = {city: k % n_folds for k, city in enumerate(cities)}
    return Learned(place_names(documents), counts.terms, folds, models, groups)


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
