"""How firmly a clustering stands: resampling, and the measures that need no headings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from analysis.clusters import K, cluster_vectors, place_tasks
from analysis.features import Counts, fit_space

Method = Callable[[Counts, int], np.ndarray]
"""Takes counts and a seed, gives the cluster of each task."""


def spectral(k: int = K, **weights: float) -> Method:
    """The method of `clusters`; `weights` as `clusters.place_tasks` takes them."""
    return partial(_spectral, k=k, weights=weights)


def _spectral(counts: Counts, seed: int, *, k: int, weights: dict[str, float]) -> np.ndarray:
    return cluster_vectors(place_tasks(counts, **weights), k, seed=seed)


def plain_k_means(k: int = K) -> Method:
    """The baseline of many papers: TF-IDF of words, then k-means from one random start."""
    return partial(_plain_k_means, k=k)


def _plain_k_means(counts: Counts, seed: int, *, k: int) -> np.ndarray:
    words = Counts(
        counts.task_ids,
        {"words": counts.titles["words"]},
        {"words": counts.texts["words"]},
        None,
        counts.terms,
    )
    vectors = fit_space(words, title_weight=1.0, min_tasks=2).place(words)
    return KMeans(k, n_init=1, random_state=seed).fit_predict(vectors) + 1


def resample(
    method: Method,
    counts: Counts,
    *,
    runs: int = 20,
    share: float = 0.8,
    seed: int = 0,
) -> np.ndarray:
    """Cluster `runs` random subsamples, each with vocabulary and weights of its own.

    Parameters
    ----------
    method, counts
        How to cluster, and what.
    runs, share, seed
        Subsamples, share of the tasks in each, and the seed that draws them.

    Returns
    -------
    ndarray of int, shape (runs, tasks)
        Cluster of each task in each run; 0 where the run left the task out.
    """
    n = len(counts)
    random = np.random.default_rng(seed)
    rows = [np.sort(random.choice(n, round(share * n), replace=False)) for _ in range(runs)]
    labels = np.zeros((runs, n), dtype=np.int64)
    for i, drawn in enumerate(rows):
        labels[i, drawn] = method(counts.take(drawn), seed + i + 1)
    return labels


def subsample_ari(labels: np.ndarray, resampled: np.ndarray) -> float:
    """Mean adjusted Rand index between the clustering and its subsamples, on shared tasks."""
    return float(np.mean([_shared_ari(labels, run) for run in resampled]))


def pairwise_ari(resampled: np.ndarray) -> float:
    """Mean adjusted Rand index between any two runs, on the tasks that both hold; 1 for one run."""
    found = [_shared_ari(a, b) for a, b in combinations(resampled, 2)]
    return float(np.mean(found)) if found else 1.0


def _shared_ari(a: np.ndarray, b: np.ndarray) -> float:
    both = (a > 0) & (b > 0)
    return adjusted_rand_score(a[both], b[both])


def jaccard(labels: np.ndarray, resampled: np.ndarray) -> pd.Series:
    """How well each cluster comes back: mean Jaccard index with the most like cluster of each run.

    After Hennig (2007), Cluster-wise assessment of cluster stability: below 0.6 a cluster should
    not be trusted, from 0.75 on it is a valid, stable cluster.
    """
    clusters = np.unique(labels)
    best = np.zeros((len(resampled), len(clusters)))
    for i, run in enumerate(resampled):
        held = run > 0
        table = pd.crosstab(labels[held], run[held])
        either = table.sum(axis=1).to_numpy()[:, None] + table.sum(axis=0).to_numpy() - table
        best[i] = (table / either).max(axis=1).reindex(clusters, fill_value=0)
    return pd.Series(best.mean(axis=0), index=clusters, name="jaccard")


def share_moved(before: np.ndarray, after: np.ndarray) -> float:
    """Share of the tasks that change cluster, clusters being paired as well as they can be."""
    table = pd.crosstab(before, after).to_numpy()
    rows, columns = linear_sum_assignment(-table)
    return float(1 - table[rows, columns].sum() / table.sum())


def cramers_v(a: Iterable, b: Iterable) -> float:
    """Association of two groupings, 0 to 1, corrected for chance (Bergsma 2013)."""
    table = pd.crosstab(np.asarray(a), np.asarray(b)).to_numpy()
    n = table.sum()
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / n
    phi = ((table - expected) ** 2 / expected).sum() / n
    r, c = (size - (size - 1) ** 2 / (n - 1) for size in table.shape)
    phi = max(0.0, phi - (table.shape[0] - 1) * (table.shape[1] - 1) / (n - 1))
    return float(np.sqrt(phi / max(min(r, c) - 1, 1e-12)))
