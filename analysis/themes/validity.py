"""The validity card: whether a clustering holds, and what it follows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import AgglomerativeClustering, KMeans, SpectralClustering
from sklearn.decomposition import NMF, TruncatedSVD
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score
from sklearn.neighbors import kneighbors_graph
from sklearn.preprocessing import normalize

from analysis.errors import PlanError
from analysis.themes.clusters import LEAD_WEIGHT, K, cluster_vectors, place_tasks, top_terms
from analysis.themes.features import TITLE_WEIGHT, Counts, count_terms, fit_space

Method = Callable[[Counts, int], np.ndarray]
"""Takes counts and a seed, gives the cluster of each task."""

FRESH = 100
"""First of the seeds that judge a clustering; its settings were chosen with seeds below."""


def communities(k: int = K, **weights: float) -> Method:
    """The method of `clusters`; `weights` as `clusters.place_tasks` takes them."""

    def method(counts: Counts, seed: int) -> np.ndarray:
        return cluster_vectors(place_tasks(counts, **weights), k, seed=seed)

    return method


def portfolios(k: int = K) -> Method:
    """The same with the leading departments beside the words."""
    return communities(k, lead_weight=LEAD_WEIGHT)


def leads_alone(k: int = K) -> Method:
    """Tasks by the names of their leading departments, without reading a word."""

    def method(counts: Counts, seed: int) -> np.ndarray:
        names = Counts(counts.task_ids, {}, {}, counts.leads, counts.terms)
        return cluster_vectors(place_tasks(names, lead_weight=1.0), k, seed=seed)

    return method


def plain_k_means(k: int = K) -> Method:
    """The baseline of many papers: TF-IDF of words, then k-means from one random start."""

    def method(counts: Counts, seed: int) -> np.ndarray:
        vectors = _words(counts)
        return KMeans(k, n_init=1, random_state=seed).fit_predict(vectors) + 1

    return method


def latent_k_means(k: int = K, *, dimensions: int = 12) -> Method:
    """TF-IDF of words and characters, latent semantic analysis, k-means from twenty starts."""

    def method(counts: Counts, seed: int) -> np.ndarray:
        places = _latent(counts, dimensions, seed)
        return KMeans(k, n_init=20, random_state=seed).fit_predict(places) + 1

    return method


def _words(counts: Counts) -> sparse.csr_array:
    """TF-IDF of the words of title and text together."""
    titles, texts = ({"words": part["words"]} for part in (counts.titles, counts.texts))
    words = Counts(counts.task_ids, titles, texts, None, counts.terms)
    return fit_space(words, title_weight=1.0, min_tasks=2).place(words)


def _latent(counts: Counts, dimensions: int, seed: int) -> np.ndarray:
    """Unit vectors of the tasks in the first singular directions."""
    vectors = place_tasks(counts)
    dimensions = min(dimensions, min(vectors.shape) - 1)
    return normalize(TruncatedSVD(dimensions, random_state=seed).fit_transform(vectors))


def ways() -> dict[str, Method]:
    """Ways of clustering by words alone, each to be judged like the others (`compare_ways`)."""

    def ward(counts: Counts, seed: int) -> np.ndarray:
        return AgglomerativeClustering(K).fit_predict(_latent(counts, 12, seed)) + 1

    def spectral(counts: Counts, seed: int) -> np.ndarray:
        vectors = place_tasks(counts)
        near = kneighbors_graph(vectors, len(counts) // 15, mode="distance", metric="cosine")
        near.data = np.clip(1 - near.data, 0, None)
        graph = sparse.csr_matrix((near + near.T) / 2)
        machine = SpectralClustering(
            K, affinity="precomputed", assign_labels="cluster_qr", random_state=seed
        )
        return machine.fit_predict(graph) + 1

    def factors(counts: Counts, seed: int) -> np.ndarray:
        machine = NMF(K, init="nndsvda", max_iter=2000, random_state=seed)
        return machine.fit_transform(place_tasks(counts)).argmax(axis=1) + 1

    def consensus(counts: Counts, seed: int) -> np.ndarray:
        random, n = np.random.default_rng(seed), len(counts)
        together, drawn = np.zeros((n, n)), np.zeros((n, n))
        spaces = [_latent(counts, dimensions, seed) for dimensions in (10, 12, 15, 20)]
        for run in range(40):
            rows = np.ix_(*[np.sort(random.choice(n, round(0.8 * n), replace=False))] * 2)
            places = spaces[run % len(spaces)][rows[1][0]]
            found = KMeans(K, n_init=2, random_state=seed + run).fit_predict(places)
            together[rows] += found[:, None] == found
            drawn[rows] += 1
        apart = 1 - together / np.maximum(drawn, 1)
        machine = AgglomerativeClustering(K, metric="precomputed", linkage="average")
        return machine.fit_predict(apart) + 1

    return {
        "TF-IDF + k-means": plain_k_means(),
        "TF-IDF + LSA 12 + k-means": latent_k_means(),
        "TF-IDF + LSA 20 + k-means": latent_k_means(dimensions=20),
        "TF-IDF + LSA 12 + Ward": ward,
        "TF-IDF + NMF": factors,
        "TF-IDF + spectral cut": spectral,
        "consensus of k-means": consensus,
        "TF-IDF + communities": communities(),
    }


def resample(
    method: Method,
    counts: Counts,
    *,
    runs: int = 20,
    seed: int = 0,
) -> np.ndarray:
    """Cluster `runs` random subsamples, each with vocabulary and weights of its own.

    Parameters
    ----------
    method, counts
        How to cluster, and what.
    runs, seed
        Subsamples, of four fifths of the tasks, and the seed that draws them.

    Returns
    -------
    ndarray of int, shape (runs, tasks)
        Cluster of each task in each run; 0 where the run left the task out.
    """
    n = len(counts)
    random = np.random.default_rng(seed)
    rows = [np.sort(random.choice(n, round(0.8 * n), replace=False)) for _ in range(runs)]
    labels = np.zeros((runs, n), dtype=np.int64)
    for i, drawn in enumerate(rows):
        labels[i, drawn] = method(counts.take(drawn), seed + i + 1)
    return labels


def resample_afresh(
    method: Method, counts: Counts, *, runs: int = 2, seeds: int = 10, first: int = FRESH
) -> list[np.ndarray]:
    """Subsamples of `resample` for each of several seeds that had no part in choosing settings."""
    return [resample(method, counts, runs=runs, seed=first + seed) for seed in range(seeds)]


def subsample_ari(labels: np.ndarray, resampled: np.ndarray) -> float:
    """Mean adjusted Rand index between the clustering and its subsamples, on shared tasks."""
    return float(np.mean([_shared_ari(labels, run) for run in resampled]))


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
    """Association of two groupings, 0 to 1, corrected for chance (Bergsma 2013); NaN of one."""
    table = pd.crosstab(np.asarray(a), np.asarray(b)).to_numpy()
    n = table.sum()
    if n < 2:
        return np.nan
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / n
    phi = ((table - expected) ** 2 / expected).sum() / n
    r, c = (size - (size - 1) ** 2 / (n - 1) for size in table.shape)
    phi = max(0.0, phi - (table.shape[0] - 1) * (table.shape[1] - 1) / (n - 1))
    return float(np.sqrt(phi / max(min(r, c) - 1, 1e-12)))


NAMED = 0.6
STABLE = 0.75


def coherence(counts: Counts, terms: dict[int, list[str]]) -> float:
    """Mean normalised pointwise mutual information of the top terms of a cluster, over clusters.

    From -1 (never in one task) to 1 (always), with the tasks themselves as reference (Bouma 2009;
    Lau, Newman and Baldwin 2014). NaN where no cluster has two terms.
    """
    holds = _holds(counts)
    place = {term: i for i, term in enumerate(counts.terms["words"])}
    means = []
    for own in terms.values():
        if len(own) < 2:
            continue
        columns = holds[:, [place[term] for term in own]].toarray().astype(float)
        single = columns.mean(axis=0)
        pairs = [
            _npmi((columns[:, i] * columns[:, j]).mean(), single[i] * single[j])
            for i, j in combinations(range(len(own)), 2)
        ]
        means.append(np.mean(pairs))
    return float(np.mean(means)) if means else np.nan


def _npmi(both: float, by_chance: float) -> float:
    if both in (0, 1):
        return -1.0 if both == 0 else 1.0
    return float(np.log(both / by_chance) / -np.log(both))


def distinctness(counts: Counts, labels: np.ndarray, terms: dict[int, list[str]]) -> float:
    """Mean share of the tasks with a top term that lie in its cluster: 1 where nobody else uses it.

    NaN where no cluster has a term.
    """
    holds = _holds(counts)
    place = {term: i for i, term in enumerate(counts.terms["words"])}
    shares = []
    for cluster, own in terms.items():
        for term in own:
            users = holds[:, [place[term]]].toarray().ravel() > 0
            shares.append((labels[users] == cluster).mean())
    return float(np.mean(shares)) if shares else np.nan


def _holds(counts: Counts) -> sparse.csr_array:
    return sparse.csr_array((counts.titles["words"] + counts.texts["words"]) > 0)


def describe_clustering(
    method: Method,
    counts: Counts,
    tasks: pd.DataFrame,
    *,
    runs: int = 2,
    seeds: int = 10,
    first: int = FRESH,
) -> tuple[pd.Series, pd.DataFrame]:
    """Every measure of one clustering that needs nothing but its method.

    Parameters
    ----------
    method, counts, tasks
        How to cluster, and what.
    runs, seeds, first
        Subsamples of 80 % for each seed, how many seeds, and the first of them.

    Returns
    -------
    measures
        One value per measure; of those that differ by seed the mean, with `_low` and `_high` the
        least and greatest of the seeds.
    clusters
        One row per cluster: cluster, label, n_tasks, jaccard, heading and plan (the most
        frequent), heading_share, plan_share, and named (Jaccard of 0.6 and more).
    """
    labels = method(counts, 0)
    drawn = resample_afresh(method, counts, runs=runs, seeds=seeds, first=first)
    resampled = np.concatenate(drawn)
    returned = jaccard(labels, resampled)
    by_seed = [subsample_ari(labels, own) for own in drawn]
    named_by_seed = [int((jaccard(labels, own) >= NAMED).sum()) for own in drawn]
    known = tasks["theme"].ne("").to_numpy()
    themes, plans = tasks["theme"].to_numpy(dtype=object), tasks["doc_id"].to_numpy(dtype=object)
    leads, led = _first_leads(counts)
    terms = top_terms(counts, labels, n=8)
    measures = {
        "clusters": len(returned),
        "nmi_headings": normalized_mutual_info_score(themes[known], labels[known]),
        "ari_headings": adjusted_rand_score(themes[known], labels[known]),
        "nmi_leads": normalized_mutual_info_score(leads[led], labels[led]),
        "subsample_ari": np.mean(by_seed),
        "subsample_ari_low": min(by_seed),
        "subsample_ari_high": max(by_seed),
        "weakest_jaccard": returned.min(),
        "named_clusters": int((returned >= NAMED).sum()),
        "named_clusters_low": min(named_by_seed),
        "named_clusters_high": max(named_by_seed),
        "stable_clusters": int((returned >= STABLE).sum()),
        "coherence": coherence(counts, terms),
        "distinctness": distinctness(counts, labels, terms),
        "county_v": cramers_v(plans, labels),
        "county_nmi": normalized_mutual_info_score(plans, labels),
    }
    return pd.Series(measures, dtype=float), _describe_clusters(counts, tasks, labels, returned)


def _first_leads(counts: Counts) -> tuple[np.ndarray, np.ndarray]:
    """Place of a leading department of each task, and whether it has one."""
    if counts.leads is None or not counts.leads.shape[1]:
        return np.zeros(len(counts)), np.zeros(len(counts), dtype=bool)
    leads = counts.leads.toarray()
    return leads.argmax(axis=1), leads.any(axis=1)


def _describe_clusters(
    counts: Counts, tasks: pd.DataFrame, labels: np.ndarray, returned: pd.Series
) -> pd.DataFrame:
    terms = top_terms(counts, labels)
    rows = []
    for cluster, value in returned.items():
        own = tasks[labels == cluster]
        headings = own.loc[own["theme"].ne(""), "theme"].value_counts()
        plans = own["doc_id"].value_counts()
        rows.append(
            {
                "cluster": cluster,
                "label": "、".join(terms[cluster]),
                "n_tasks": len(own),
                "jaccard": value,
                "heading": headings.index[0] if len(headings) else "",
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
    runs: int = 2,
    seeds: int = 10,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The clusters by words, usual ways beside them, and what departments add.

    Parameters
    ----------
    tasks, documents, assignments
        Tables as `schema` declares them.
    k
        Clusters.
    runs, seeds
        Subsamples of 80 % for each of so many seeds that had no part in choosing `k`.

    Returns
    -------
    card
        One row per measure, one column per clustering.
    clusters
        One row per cluster by words, as `describe_clustering` gives it.

    Raises
    ------
    PlanError
        There are fewer than five tasks a cluster, so that resampling has nothing to draw.
    """
    if len(tasks) < 5 * k:
        raise PlanError("too few tasks to cluster", "choose more counties")
    counts = count_terms(tasks, documents, assignments)
    shown = count_terms(tasks, documents, assignments, mask=False)
    methods = {
        "words alone": communities(k),
        "TF-IDF + LSA + k-means": latent_k_means(k),
        "TF-IDF + k-means": plain_k_means(k),
        "leads alone": leads_alone(k),
        "words and leads": portfolios(k),
    }
    columns, tables = {}, {}
    for name, method in methods.items():
        columns[name], tables[name] = describe_clustering(
            method, counts, tasks, runs=runs, seeds=seeds
        )
        columns[name]["moved_unmasked"] = share_moved(method(counts, 0), method(shown, 0))
    return pd.DataFrame(columns), tables["words alone"]


_COMPARED = ["nmi_headings", "nmi_leads", "subsample_ari", "subsample_ari_low"]
_COMPARED += ["subsample_ari_high", "weakest_jaccard", "named_clusters", "coherence"]


def compare_ways(
    counts: Counts, tasks: pd.DataFrame, *, runs: int = 2, seeds: int = 10
) -> pd.DataFrame:
    """One row per way of clustering by words alone: how stable on fresh seeds, and what it follows.

    Stability may choose among them; the headings are there to be read, not to choose by.
    """
    rows = {
        name: describe_clustering(method, counts, tasks, runs=runs, seeds=seeds)[0]
        for name, method in ways().items()
    }
    return pd.DataFrame(rows).T[_COMPARED].rename_axis("way").reset_index()


def compare_k(
    counts: Counts,
    tasks: pd.DataFrame,
    *,
    ks: Iterable[int] = range(6, 21),
    runs: int = 2,
    seeds: int = 5,
    first: int = 0,
) -> pd.DataFrame:
    """One row per number of clusters: how stable, how near to the headings.

    Choose by the stability of the weakest cluster; the headings are there to be read, not to
    choose by. The seeds are others than those that judge.
    """
    rows = {
        k: describe_clustering(communities(k), counts, tasks, runs=runs, seeds=seeds, first=first)[
            0
        ]
        for k in ks
    }
    return pd.DataFrame(rows).T[_COMPARED].rename_axis("k").reset_index()


def compare_settings(
    tasks: pd.DataFrame, documents: pd.DataFrame, assignments: pd.DataFrame
) -> pd.DataFrame:
    """What moves when one setting changes: one row per change.

    Returns
    -------
    DataFrame
        setting, ari and moved (against the clusters as they are), nmi_headings, county_v.
    """
    counts = count_terms(tasks, documents, assignments)
    without = {
        "without the policy dictionary": {"dictionary": False},
        "without stop words": {"stop": False},
        "place names unmasked": {"mask": False},
    }
    labels = {"as it is": communities()(counts, 0)}
    for name, options in without.items():
        labels[name] = communities()(count_terms(tasks, documents, assignments, **options), 0)
    for weight in (0.0, TITLE_WEIGHT / 2, TITLE_WEIGHT * 2):
        labels[f"title weight {weight:g}"] = communities(title_weight=weight)(counts, 0)
    for weight in (LEAD_WEIGHT / 2, LEAD_WEIGHT, LEAD_WEIGHT * 2):
        labels[f"lead weight {weight:g}"] = communities(lead_weight=weight)(counts, 0)
    for other in (K - 2, K + 2):
        labels[f"{other} clusters"] = communities(other)(counts, 0)
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
