"""What sets counties and themes apart: distinctive terms, and distances between plans."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.themes.clusters import place_tasks
from analysis.themes.features import Counts

PRIOR_WORDS = 500.0
MIN_TASKS = 3
SURE = 0.05


def log_odds(own: np.ndarray, rest: np.ndarray, *, prior_words: float = PRIOR_WORDS) -> np.ndarray:
    """How much more a group uses each word than the rest do, in standard errors.

    Parameters
    ----------
    own, rest
        Frequency of each word in the group and outside of it, shape (words,).
    prior_words
        Weight of the prior: so many words with the frequencies of both together are added to
        each side, which pulls rare words towards no difference.

    Returns
    -------
    ndarray of shape (words, 2)
        Difference of the log-odds (natural logarithm), and the same over its standard error; 0
        where neither side has the word.

    Notes
    -----
    Log-odds ratio with an informative Dirichlet prior: Monroe, Colaresi and Quinn (2008),
    Fightin' Words, equations 15 to 22. Words come in runs, not one by one, so that the standard
    error is too small: an order of reading; `distinctive_terms` tests by permutation.
    """
    both = own + rest
    if not both.sum():
        return np.zeros((len(both), 2))
    prior = prior_words * both / both.sum()
    a, b = own + prior, rest + prior
    with np.errstate(divide="ignore", invalid="ignore"):
        difference = np.log(a / (a.sum() - a)) - np.log(b / (b.sum() - b))
        scores = np.column_stack([difference, difference / np.sqrt(1 / a + 1 / b)])
    return np.where(both[:, None] > 0, scores, 0.0)


def distinctive_terms(
    counts: Counts,
    groups: pd.Series,
    *,
    within: pd.Series | None = None,
    top: int = 10,
    min_tasks: int = MIN_TASKS,
    once: bool = True,
    prior_words: float = PRIOR_WORDS,
    sections: pd.Series | None = None,
    draws: int = 0,
    seed: int = 0,
) -> pd.DataFrame:
    """The words that each group of tasks uses more than the other groups do.

    Parameters
    ----------
    counts
        From `features.count_terms`; place names are masked there, so that none can stand out.
    groups
        Group of each task, in the order of `counts`: its plan, or its theme.
    within
        Compare inside each of these instead of over all tasks: plans within one theme, for a
        county with many tasks on farming would otherwise be known by its farming words.
    top
        Words per group at most; a word that is part of one already listed is left out.
    min_tasks
        The group must use the word in that many tasks: one long task must not speak for a plan.
    once
        Count a word once a task. Without, a task that repeats a word ten times makes it stand
        out.
    prior_words
        As `log_odds` takes it.
    sections
        Section of each task: how many of the group's sections use the word, its dispersion.
    draws, seed
        Permutations of the tasks among the groups, and their seed; none by default.

    Returns
    -------
    DataFrame
        One row per group and word (and `within`), most distinctive first: within, group, term, z
        (log-odds over its standard error, above 0), log_odds (the size of the effect), count,
        n_tasks (that use it) of group_tasks, and the same outside of the group: rest_with of
        rest_tasks; with `sections` n_sections of group_sections; with `draws` p, the share of
        permutations in which any word of any group stands out as much (NaN without).
        Groups without such a word have no row.

    Notes
    -----
    The greatest z of each permutation holds the error of the whole table at the level that p is
    compared with, however many words there are (Westfall and Young 1993).
    """
    words = sparse.csr_array(counts.titles["words"] + counts.texts["words"])
    groups = np.asarray(groups, dtype=object)
    strata = np.full(len(groups), "") if within is None else np.asarray(within, dtype=object)
    columns = ["within", "group", "term", "z", "log_odds", "p", "count"]
    columns += ["n_tasks", "group_tasks", "rest_with", "rest_tasks"]
    if sections is not None:
        columns += ["n_sections", "group_sections"]
        places = np.asarray(sections, dtype=object)
    found = [pd.DataFrame(columns=columns)]
    for stratum in sorted(set(strata[pd.notna(strata)])):
        inside = (strata == stratum) & pd.notna(groups)
        greatest = _greatest(words[inside], groups[inside], min_tasks, prior_words, draws, seed)
        for group in sorted(set(groups[inside])):
            own = words[inside & (groups == group)]
            rest = words[inside & (groups != group)]
            ranked = _rank_terms(own, rest, counts.terms["words"], min_tasks, once, prior_words)
            ranked = ranked[_is_whole(ranked["term"])].head(top)
            sizes = {"group_tasks": own.shape[0], "rest_tasks": rest.shape[0]}
            ranked["p"] = [np.mean(greatest >= z) if draws else np.nan for z in ranked["z"]]
            if sections is not None:
                held = places[inside & (groups == group)]
                own_terms = own[:, ranked.index].toarray() > 0
                ranked["n_sections"] = [len(set(held[uses])) for uses in own_terms.T]
                sizes["group_sections"] = len(set(held))
            found.append(ranked.assign(within=stratum, group=group, **sizes))
    frame = pd.concat([part for part in found[1:] if len(part)] or found, ignore_index=True)
    frame = frame.astype(dict.fromkeys(["z", "log_odds", "p"], float))  # of no word, too
    return frame[columns] if within is not None else frame[columns].drop(columns="within")


def _greatest(
    words: sparse.csr_array,
    groups: np.ndarray,
    min_tasks: int,
    prior_words: float,
    draws: int,
    seed: int,
) -> np.ndarray:
    """Greatest z of any word in any group, for each permutation of the tasks among the groups."""
    random = np.random.default_rng(seed)
    uses = sparse.csr_array((words > 0).astype(np.int64))
    uses = uses[:, np.bincount(uses.indices, minlength=uses.shape[1]) >= min_tasks]
    total = uses.sum(axis=0)
    names = np.unique(groups.astype(str))
    found = np.full(draws, -np.inf)
    for draw in range(draws):
        dealt = random.permutation(groups.astype(str))
        own = sparse.csr_array((dealt == names[:, None]).astype(np.int64)) @ uses
        for used in own.toarray():
            scores = log_odds(used, total - used, prior_words=prior_words)[:, 1]
            found[draw] = max(found[draw], scores[used >= min_tasks].max(initial=-np.inf))
    return found


def _rank_terms(
    own: sparse.csr_array,
    rest: sparse.csr_array,
    terms: np.ndarray,
    min_tasks: int,
    once: bool,
    prior_words: float,
) -> pd.DataFrame:
    n_tasks, rest_with = (np.bincount(m.indices, minlength=m.shape[1]) for m in (own, rest))
    count = own.sum(axis=0)
    sides = (n_tasks, rest_with) if once else (count, rest.sum(axis=0))
    scores = log_odds(*sides, prior_words=prior_words)
    frame = pd.DataFrame(
        {
            "term": terms,
            "z": scores[:, 1],
            "log_odds": scores[:, 0],
            "count": count,
            "n_tasks": n_tasks,
            "rest_with": rest_with,
        }
    )
    frame = frame[
        (frame["z"] > 0) & (frame["n_tasks"] >= min_tasks) & (frame["term"].str.len() > 1)
    ]
    return frame.sort_values(["z", "term"], ascending=[False, True])


def _is_whole(terms: pd.Series) -> pd.Series:
    """Whether a term is no part of an earlier one, and has none as its part."""
    kept: list[str] = []
    for term in terms:
        if not any(term in other or other in term for other in kept):
            kept.append(term)
    return terms.isin(kept)


def plan_distances(
    tasks: pd.DataFrame,
    documents: pd.DataFrame,
    counts: Counts,
) -> pd.DataFrame:
    """How far apart two plans are in what they say on each theme.

    Parameters
    ----------
    tasks, documents
        Tables as `schema` declares them.
    counts
        From `features.count_terms`, in the order of `tasks`; place names are masked there.

    Returns
    -------
    DataFrame
        One row per theme and pair of plans, theme ``all`` first: theme, doc_a, doc_b, n_a, n_b,
        same_city, distance (empty where not compared).

    Notes
    -----
    For each task the cosine distance to the nearest task of the other plan on the same theme, in
    the words' TF-IDF space without departments; mean over the tasks of either plan, mean of the
    two directions (Dubuisson and Jain 1994, A modified Hausdorff distance, number 23). 0: every
    task has its double; 1: no word in common. Plans cover a theme with tasks that complement each
    other, so that means over all pairs would call a plan unlike itself. The more tasks there are
    to choose from, the nearer is the nearest: compare within a row, and look at n.
    """
    vectors = place_tasks(counts, lead_weight=0.0)
    plan = tasks["doc_id"].to_numpy(dtype=object)
    theme = tasks["theme"].to_numpy(dtype=object)
    city = documents.set_index("doc_id")["city"]
    rows = []
    for name in ["all", *sorted(set(theme[pd.notna(theme)]))]:
        held = np.ones(len(plan), dtype=bool) if name == "all" else theme == name
        members = {doc_id: np.flatnonzero(held & (plan == doc_id)) for doc_id in sorted(set(plan))}
        for a, b in combinations(members, 2):
            likeness = (vectors[members[a]] @ vectors[members[b]].T).toarray()
            nearest = [likeness.max(axis=axis).mean() for axis in (0, 1)] if likeness.size else []
            same = city[a] == city[b]
            distance = 1 - np.mean(nearest) if nearest else np.nan
            rows.append((name, a, b, len(members[a]), len(members[b]), same, distance))
    columns = ["theme", "doc_a", "doc_b", "n_a", "n_b", "same_city", "distance"]
    return pd.DataFrame(rows, columns=columns)
