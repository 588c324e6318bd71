"""The validity card: whether a clustering holds, and what it follows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from analysis.themes.clusters import LEAD_WEIGHT, K, cluster_vectors, place_tasks, top_terms
from analysis.themes.features import TITLE_WEIGHT, Counts, count_terms, fit_space

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


NAMED = 0.6
STABLE = 0.75


def describe_clustering(
    method: Method,
    counts: Counts,
    tasks: pd.DataFrame,
    *,
    runs: int = 20,
    seeds: int = 5,
) -> tuple[pd.Series, pd.DataFrame]:
    """Every measure of one clustering that needs nothing but its method.

    Returns
    -------
    measures
        One value per measure.
    clusters
        One row per cluster: cluster, label, n_tasks, jaccard, heading and plan (the most
        frequent), heading_share, plan_share, and named (Jaccard of 0.6 and more).
    """
    labels = method(counts, 0)
    resampled = resample(method, counts, runs=runs)
    returned = jaccard(labels, resampled)
    seeded = np.array([labels, *(method(counts, seed) for seed in range(1, seeds))])
    known = tasks["theme"].ne("").to_numpy()
    themes, plans = tasks["theme"].to_numpy(dtype=object), tasks["doc_id"].to_numpy(dtype=object)
    named = returned[returned >= NAMED]
    measures = {
        "clusters": len(returned),
        "nmi_headings": normalized_mutual_info_score(themes[known], labels[known]),
        "ari_headings": adjusted_rand_score(themes[known], labels[known]),
        "seed_ari": pairwise_ari(seeded),
        "subsample_ari": subsample_ari(labels, resampled),
        "pairwise_ari": pairwise_ari(resampled),
        "weakest_jaccard": returned.min(),
        "named_clusters": len(named),
        "stable_share": (named >= STABLE).mean() if len(named) else 0.0,
        "county_v": cramers_v(plans, labels),
        "county_nmi": normalized_mutual_info_score(plans, labels),
    }
    return pd.Series(measures, dtype=float), _describe_clusters(counts, tasks, labels, returned)


def _describe_clusters(
    counts: Counts, tasks: pd.DataFrame, labels: np.ndarray, returned: pd.Series
) -> pd.DataFrame:
    terms = top_terms(counts, labels)
    rows = []
    for cluster, value in returned.items():
        own = tasks[labels == cluster]
        headings = own["theme"].value_counts()
        plans = own["doc_id"].value_counts()
        rows.append(
            {
                "cluster": cluster,
                "label": "、".join(terms[cluster]),
                "n_tasks": len(own),
                "jaccard": value,
                "heading": headings.index[0] if len(headings) else None,
                "heading_share": headings.iloc[0] / len(own) if len(headings) else np.nan,
                "plan": plans.index[0],
                "plan_share": plans.iloc[0] / len(own),
                "named": value >= NAMED,
            }
        )
    return pd.DataFrame(rows)


def validity_card(
    tasks: pd.DataFrame,
    documents: pd.DataFrame,
    assignments: pd.DataFrame,
    *,
    k: int = K,
    runs: int = 20,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The free clusters, the same from words alone, and the baseline, side by side.

    Parameters
    ----------
    tasks, documents, assignments
        Tables as `schema` declares them.
    k
        Clusters.
    runs
        Subsamples of 80 % per clustering.

    Returns
    -------
    card
        One row per measure, one column per clustering.
    clusters
        One row per free cluster, as `describe_clustering` gives it.
    """
    counts = count_terms(tasks, documents, assignments)
    methods = {
        "words and leads": spectral(k),
        "words alone": spectral(k, lead_weight=0.0),
        "TF-IDF + k-means": plain_k_means(k),
    }
    columns, tables = {}, {}
    for name, method in methods.items():
        columns[name], tables[name] = describe_clustering(method, counts, tasks, runs=runs)
        columns[name]["moved_unmasked"] = share_moved(
            method(counts, 0), method(count_terms(tasks, documents, assignments, mask=False), 0)
        )
    return pd.DataFrame(columns), tables["words and leads"]


def compare_k(
    counts: Counts,
    tasks: pd.DataFrame,
    *,
    ks: Iterable[int] = range(6, 21),
    runs: int = 20,
) -> pd.DataFrame:
    """One row per number of clusters: how stable, how near to the headings.

    Choose by the stability of the weakest cluster; the headings are there to be read, not to
    choose by.
    """
    rows = {}
    for k in ks:
        rows[k], _ = describe_clustering(spectral(k), counts, tasks, runs=runs, seeds=1)
    columns = ["weakest_jaccard", "stable_share", "subsample_ari", "pairwise_ari", "nmi_headings"]
    return pd.DataFrame(rows).T[columns].rename_axis("k").reset_index()


def compare_settings(
    tasks: pd.DataFrame, documents: pd.DataFrame, assignments: pd.DataFrame, *, k: int = K
) -> pd.DataFrame:
    """What moves when one setting changes: one row per change.

    Returns
    -------
    DataFrame
        setting, ari and moved (against the free clusters as they are), nmi_headings, county_v.
    """
    counts = count_terms(tasks, documents, assignments)
    without = {
        "without the policy dictionary": {"dictionary": False},
        "without stop words": {"stop": False},
        "place names unmasked": {"mask": False},
    }
    labels = {"as it is": spectral(k)(counts, 0)}
    for name, options in without.items():
        labels[name] = spectral(k)(count_terms(tasks, documents, assignments, **options), 0)
    for weight in (0.0, TITLE_WEIGHT / 2, TITLE_WEIGHT * 2):
        labels[f"title weight {weight:g}"] = spectral(k, title_weight=weight)(counts, 0)
    for weight in (0.0, LEAD_WEIGHT / 2, LEAD_WEIGHT * 2):
        labels[f"lead weight {weight:g}"] = spectral(k, lead_weight=weight)(counts, 0)
    for other in (k - 2, k + 2):
        labels[f"{other} clusters"] = spectral(other)(counts, 0)
    known = tasks["theme"].ne("").to_numpy()
    themes, plans = tasks["theme"].to_numpy(dtype=object), tasks["doc_id"].to_numpy(dtype=object)
    base = labels["as it is"]
    return pd.DataFrame(
        {
            "setting": name,
            "ari": adjusted_rand_score(base, found),
            "moved": share_moved(base, found),
            "nmi_headings": normalized_mutual_info_score(themes[known], found[known]),
            "county_v": cramers_v(plans, found),
        }
        for name, found in labels.items()
    )
