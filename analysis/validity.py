"""The validity card: whether a clustering holds, and what it follows."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from analysis.clusters import LEAD_WEIGHT, K, telling_terms
from analysis.features import TITLE_WEIGHT, Counts, count_terms
from analysis.stability import (
    Method,
    cramers_v,
    jaccard,
    pairwise_ari,
    plain_k_means,
    resample,
    share_moved,
    spectral,
    subsample_ari,
)

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
    known = tasks["theme"].notna().to_numpy()
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
    terms = telling_terms(counts, labels)
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
    known = tasks["theme"].notna().to_numpy()
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
