"""Clusters: what the tasks' words say without the headings, and what departments add to them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.cluster.hierarchy import linkage
from sklearn.neighbors import kneighbors_graph
from sklearn.preprocessing import normalize

from analysis.errors import PlanError
from analysis.themes.features import TITLE_WEIGHT, Counts, Space, fit_space

# Chosen by stability under resampling, not by agreement with the headings (`validity.compare_k`,
# `validity.compare_ways`).
K = 12
LEAD_WEIGHT = 0.5
NEIGHBOUR_SHARE = 1 / 8
LARGEST_GRAPH = 2000
_MOST_NEIGHBOURS = 60
_STARTS = 10
_FAINT = 1e-3


def place_tasks(
    counts: Counts, *, title_weight: float = TITLE_WEIGHT, lead_weight: float = 0.0
) -> sparse.csr_array:
    """Unit vectors of the tasks from terms that occur in two of them at least.

    With `lead_weight` 0 words and characters alone; `LEAD_WEIGHT` is that of the portfolios.
    """
    return unit(fit_clusters(counts, title_weight=title_weight, lead_weight=lead_weight), counts)


def fit_clusters(
    counts: Counts, *, title_weight: float = TITLE_WEIGHT, lead_weight: float = 0.0
) -> Space:
    """Space of the terms that occur in two tasks at least; see `place_tasks`."""
    return fit_space(counts, title_weight=title_weight, lead_weight=lead_weight, min_tasks=2)


def unit(space: Space, counts: Counts) -> sparse.csr_array:
    """Vectors of tasks in a space, each of unit length."""
    return sparse.csr_array(normalize(space.place(counts)))


def cluster_vectors(vectors: sparse.csr_array, k: int = K, *, seed: int = 0) -> np.ndarray:
    """Communities of the graph that joins each task to its nearest tasks by cosine.

    Parameters
    ----------
    vectors
        One row of unit length per task.
    k
        Clusters; fewer where there are fewer than four tasks per cluster, or where the graph does
        not fall into so many.
    seed
        Seed of the first order of tasks, and of the sample where one is drawn.

    Returns
    -------
    ndarray of int, shape (tasks,)
        Cluster of each task: 1 is the largest, ties go to the one that begins first.

    Notes
    -----
    Each task is joined to an eighth of all tasks, five at least and 60 at most. Communities after
    Blondel and others (2008), the Louvain method, at the resolution that gives `k` of them; of ten
    orders of the tasks the one of highest modularity stands. Above 2,000 tasks the graph is drawn
    on a seeded sample of 2,000, and every other task joins the cluster that its nearest neighbours
    in the sample belong to, so that time grows linearly with the tasks.
    """
    n = vectors.shape[0]
    k = min(k, n // 4)
    if k < 2:
        return np.ones(n, dtype=np.int64)
    rows = np.arange(n)
    if n > LARGEST_GRAPH:
        rows = np.sort(np.random.default_rng(seed).choice(n, LARGEST_GRAPH, replace=False))
    labels = np.full(n, -1)
    labels[rows] = _communities(_graph(vectors[rows], _neighbours(len(rows))), k, seed)
    others = np.flatnonzero(labels < 0)
    if len(others):
        labels[others] = join_nearest(vectors[others], vectors[rows], labels[rows])
    return _by_size(labels)


def _graph(vectors: sparse.csr_array, neighbours: int) -> np.ndarray:
    graph = kneighbors_graph(vectors, neighbours, mode="distance", metric="cosine")
    graph.data = np.clip(1 - graph.data, 0, None)
    weights = graph.toarray().round(9)
    # A faint star keeps the graph in one piece: all tasks touch the one most like the rest.
    weights[np.argmax(weights.sum(axis=0))] += _FAINT
    return (weights + weights.T) / 2


def _communities(graph: np.ndarray, k: int, seed: int) -> np.ndarray:
    """Community of each node: `k` of them, or the nearest number below that was found."""
    low, high, settled, found = 0.0, 4.0, 0.0, np.zeros(len(graph), dtype=np.int64)
    for _ in range(12):
        resolution = (low + high) / 2
        labels = _louvain(graph, resolution, np.random.default_rng(seed))
        if found.max() < labels.max() < k:
            settled, found = resolution, labels
        if labels.max() + 1 == k:
            break
        low, high = (resolution, high) if labels.max() + 1 < k else (low, resolution)
    random = np.random.default_rng((seed, _STARTS))
    others = [_louvain(graph, settled, random) for _ in range(_STARTS - 1)] if settled else []
    alike = [found, *(labels for labels in others if labels.max() == found.max())]
    return max(alike, key=lambda labels: _modularity(graph, settled, labels))


def _louvain(graph: np.ndarray, resolution: float, random: np.random.Generator) -> np.ndarray:
    """Communities from 0 on; networkx finds the same sort of them in seven times as long."""
    labels = np.arange(len(graph))
    while True:
        _, joined = np.unique(_move_nodes(graph, resolution, random), return_inverse=True)
        labels = joined[labels]
        if joined.max() + 1 == len(graph):
            return labels
        members = np.eye(joined.max() + 1)[joined]
        graph = members.T @ graph @ members


def _move_nodes(graph: np.ndarray, resolution: float, random: np.random.Generator) -> np.ndarray:
    """Move one node at a time to the community that gains most, until none gains."""
    degree = graph.sum(axis=1)
    share = resolution * degree / max(degree.sum(), 1e-12)
    labels, volume = np.arange(len(graph)), degree.copy()
    bare = graph.copy()
    np.fill_diagonal(bare, 0)
    links = bare.copy()  # of each node to each community
    moved = True
    while moved:
        moved = False
        for node in random.permutation(len(graph)):
            own = labels[node]
            volume[own] -= degree[node]
            gain = links[node] - share[node] * volume
            best = gain.argmax()
            if gain[best] > gain[own] + 1e-9:
                links[:, own] -= bare[node]
                links[:, best] += bare[node]
                labels[node] = own = best
                moved = True
            volume[own] += degree[node]
    return labels


def _modularity(graph: np.ndarray, resolution: float, labels: np.ndarray) -> float:
    members = np.eye(labels.max() + 1)[labels]
    volume = members.T @ graph.sum(axis=1)
    inside = np.einsum("ic,ij,jc->", members, graph, members, optimize=True)
    return float(inside - resolution * (volume @ volume) / max(volume.sum(), 1e-12))


def _heaviest(vectors: sparse.csr_array, n: int = 100) -> sparse.csr_array:
    """Vectors with their `n` heaviest terms alone: they say where a task's nearest are."""
    kept = vectors.copy()
    for start, end in pairwise(kept.indptr):
        row = kept.data[start:end]
        if len(row) > n:
            row[row < np.partition(row, -n)[-n]] = 0
    kept.eliminate_zeros()
    return kept


def _neighbours(n: int) -> int:
    """How many of `n` tasks each is joined to."""
    return min(max(5, round(n * NEIGHBOUR_SHARE)), _MOST_NEIGHBOURS, n - 1)


def join_nearest(
    vectors: sparse.csr_array, known: sparse.csr_array, labels: np.ndarray
) -> np.ndarray:
    """Cluster of each task: that of most of its nearest among those whose `labels` are known."""
    neighbours = _neighbours(known.shape[0])
    vectors = _heaviest(vectors)
    members = sparse.csr_array(np.eye(labels.max() + 1)[labels])
    votes = []
    for start in range(0, vectors.shape[0], LARGEST_GRAPH):
        likeness = (vectors[start : start + LARGEST_GRAPH] @ known.T).toarray()
        floor = np.partition(likeness, -neighbours, axis=1)[:, [-neighbours]]
        votes.append(np.asarray((likeness * (likeness >= floor)) @ members).argmax(axis=1))
    return np.concatenate(votes)


def _by_size(labels: np.ndarray) -> np.ndarray:
    _, first, inverse, sizes = np.unique(
        labels, return_index=True, return_inverse=True, return_counts=True
    )
    order = np.lexsort((first, -sizes))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(1, len(order) + 1)
    return rank[inverse]


def top_terms(counts: Counts, labels: np.ndarray, *, n: int = 4) -> dict[int, list[str]]:
    """The words that tell each cluster from the others, best first; none where no word is shared.

    Words of two characters at least that stand in three tasks at least (in a corpus of a few
    tasks, in a quarter of them). Words that are used more in the cluster than in all others
    together come first; then the order is by class-based TF-IDF (Grootendorst 2022): share of the
    cluster's words times ln(1 + mean words of a cluster / frequency of the word). A word that is
    part of a better one, or has it as a part, is left out.
    """
    words = counts.titles["words"] + counts.texts["words"]
    in_tasks = np.bincount(words.indices, minlength=words.shape[1])
    long = np.array([len(term) > 1 for term in counts.terms["words"]], dtype=bool)
    columns = np.flatnonzero((in_tasks >= min(3, max(1, len(labels) // 4))) & long)
    terms = counts.terms["words"][columns]
    clusters = np.unique(labels)
    if not len(columns):
        return {int(cluster): [] for cluster in clusters}
    members = sparse.csr_array((labels == clusters[:, None]).astype(np.int64))
    used = (members @ words[:, columns]).toarray()
    total = np.maximum(used.sum(axis=0), 1)
    scores = normalize(used.astype(float), norm="l1") * np.log1p(
        total.sum() / len(clusters) / total
    )
    shared = used <= total / 2
    return {
        int(cluster): _without_parts(
            [terms[i] for i in np.lexsort((terms, -scores[row], shared[row])) if used[row, i]], n
        )
        for row, cluster in enumerate(clusters)
    }


def _without_parts(terms: list[str], n: int) -> list[str]:
    kept: list[str] = []
    for term in terms:
        if len(kept) == n:
            break
        if not any(term in other or other in term for other in kept):
            kept.append(term)
    return kept


def typical_tasks(
    vectors: sparse.csr_array, labels: np.ndarray, *, n: int = 3
) -> dict[int, np.ndarray]:
    """Rows of the `n` tasks nearest to each cluster's mean, nearest first."""
    typical = {}
    for cluster in np.unique(labels):
        rows = np.flatnonzero(labels == cluster)
        likeness = vectors[rows] @ vectors[rows].mean(axis=0)
        typical[int(cluster)] = rows[np.argsort(-likeness, kind="stable")[:n]]
    return typical


def join_clusters(vectors: sparse.csr_array, labels: np.ndarray) -> np.ndarray:
    """How clusters join into branches: a SciPy linkage over their means (average, cosine).

    Leaf 0 is cluster 1. Draw it with ``scipy.cluster.hierarchy.dendrogram``.
    """
    if len(np.unique(labels)) < 2:
        raise PlanError("too few tasks to cluster", "choose more counties")
    means = np.vstack([vectors[labels == c].mean(axis=0) for c in np.unique(labels)])
    return linkage(means, method="average", metric="cosine")


def split_clusters(counts: Counts, labels: np.ndarray) -> pd.DataFrame:
    """Divide each cluster into parts of about twelve tasks, by the same method.

    Returns
    -------
    DataFrame
        One row per task in the order of `counts`: task_id, cluster, part (``3.2``), part_label
        (the part's top terms within the cluster).
    """
    frame = pd.DataFrame(
        {"task_id": counts.task_ids, "cluster": labels, "part": "", "part_label": ""}
    )
    for cluster in np.unique(labels):
        rows = np.flatnonzero(labels == cluster)
        own = counts.take(rows)
        parts = cluster_vectors(place_tasks(own), round(len(rows) / 12))
        terms = top_terms(own, parts)
        frame.loc[rows, "part"] = [f"{cluster}.{part}" for part in parts]
        frame.loc[rows, "part_label"] = ["、".join(terms[part]) for part in parts]
    return frame
