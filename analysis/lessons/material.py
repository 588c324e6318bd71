"""The lessons: numbers to label in a class, and small experiments with errors and clusters."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from scipy import sparse
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from analysis import load
from analysis.accuracy import labels
from analysis.charts import style
from analysis.errors import PlanError
from analysis.lessons.show import setting
from analysis.stats import agree
from analysis.targets import compare
from analysis.themes.clusters import top_terms
from analysis.themes.features import Counts, count_terms
from analysis.themes.validity import describe_clustering, plain_k_means
from analysis.wording import county_name, text_for

SORTS = ("flow", "stock", "proportion", "growth", "intensity", "attribute")
LETTERS = {sort[0]: sort.replace("proportion", "share") for sort in SORTS}
"""What a class writes for each sort of number; p, proportion, stands for share."""
ITEMS = {"flow": 6, "stock": 6, "share": 2, "growth": 1, "intensity": 2, "attribute": 3}
"""How many of each sort a class is given: the rare ones far more often than in the plans."""
TASK = "yanzhou-2023-11"
FIRMS = ("high-tech-firms", "high-tech-firms-new")  # in all, and added in the year
GREEN_AREA = "green-buildings-new"
PLATFORMS = "innovation-platforms-new-city-up"
_LONGEST_ITEM = 130  # characters of a sentence
BLANKS = ".?-_ "
"""Signs that stand for an answer still to come."""

table = cache(load.table)


def digest(salt: str, text: str) -> str:
    """First 12 hexadecimal digits of the SHA-256 of a salted text."""
    return hashlib.sha256(f"{salt}/{text}".encode()).hexdigest()[:12]


@cache
def _gold() -> pd.DataFrame:
    """The agreed labels in their sentences, with `sort`: the measure, or attribute."""
    gold = labels.locate_labels(labels.read_labels(), table("tasks"), table("documents"))
    return gold.assign(sort=gold["measure"].fillna("attribute"))


@cache
def _drawn() -> pd.DataFrame:
    """The numbers that a class labels, drawn by the hash of their place and words."""
    gold = _gold()
    once = [s.count(t) == 1 for s, t in zip(gold["sentence"], gold["text"], strict=True)]
    fit = gold[pd.Series(once, index=gold.index) & gold["sentence"].str.len().le(_LONGEST_ITEM)]
    keys = [digest("item", k) for k in fit["task_id"] + fit["text"] + fit["indicator"]]
    fit = fit.assign(key=keys).sort_values("key").drop_duplicates(["task_id", "sentence"])
    chosen = [fit[fit["sort"] == sort].head(n) for sort, n in ITEMS.items()]
    return pd.concat(chosen).sort_values("key", ignore_index=True)


def read_items() -> pd.DataFrame:
    """One row per number to label: item (1 to 20), task_id, sentence with the number in 【】."""
    drawn = _drawn()
    pairs = zip(drawn["sentence"], drawn["text"], strict=True)
    marked = [sentence.replace(figure, f"【{figure}】") for sentence, figure in pairs]
    return pd.DataFrame({"item": drawn.index + 1, "task_id": drawn["task_id"], "sentence": marked})


def read_letters(letters: str, offered: Iterable[str], n: int) -> list[str | None]:
    """One sign per item; None for a blank, which stands for an answer still to come.

    Raises
    ------
    PlanError
        A sign is unknown, or their number is not `n`.
    """
    plain = unicodedata.normalize("NFKC", letters)
    signs = re.sub(r"[\s,;、'\"“”]", "", plain)
    if len(signs) != n or set(signs) - {*offered, *BLANKS}:
        remedy = f"write one of {' '.join(offered)} for each; ? for one that waits"
        raise PlanError(f"{signs!r} does not answer {n} questions", remedy)
    return [None if sign in BLANKS else sign for sign in signs]


def _pair_letters(letters: str) -> pd.DataFrame:
    """One row per item that was labelled: item, mine, label."""
    right = _drawn()["sort"]
    mine = pd.Series(read_letters(letters.lower(), LETTERS, len(right))).map(LETTERS)
    pairs = pd.DataFrame({"item": range(1, len(right) + 1), "mine": mine, "label": right})
    return pairs.dropna(subset=["mine"])


def score_letters(letters: str, *, draws: int = 1000, seed: int = 0) -> pd.Series:
    """Set one letter of `LETTERS` per number beside the labels.

    Gives labelled (count), agreement (share), kappa (Cohen 1960) and its 95 % interval, kappa_low
    to kappa_high, from `draws` bootstrap samples of the numbers; NaN where nothing was labelled.

    Raises
    ------
    PlanError
        A sign is unknown, or their number is not that of the numbers.
    """
    pairs = _pair_letters(letters)
    found = agree(pairs["mine"], pairs["label"], draws=draws, seed=seed)
    names = ["labelled", "agreement", "kappa", "kappa_low", "kappa_high"]
    return pd.Series(found, names, dtype=float)


def review_letters(letters: str) -> pd.DataFrame:
    """The numbers to look at again: item, mine and sentence, but not what the label says."""
    pairs = _pair_letters(letters)
    again = pairs.loc[pairs["mine"] != pairs["label"], ["item", "mine"]]
    return again.merge(read_items()[["item", "sentence"]], on="item")


def show_labels() -> pd.DataFrame:
    """The numbers with their labels, for the key: item, task_id, sentence, label, letter."""
    letters = {sort: letter for letter, sort in LETTERS.items()}
    label = _drawn()["sort"]
    return read_items().assign(label=label, letter=label.map(letters))


def label_by_unit() -> pd.DataFrame:
    """Labelled targets of all plans (rows) by a lazy rule (columns): % is a share, else a flow."""
    targets = _gold().query("kind == 'target'")
    rule = targets["unit"].eq("%").map({True: "share", False: "flow"}).rename("rule")
    return pd.crosstab(targets["sort"], rule)


def inject_errors(
    quantities: pd.DataFrame, *, rate: float, seed: int = 0, plan: str | None = None
) -> pd.DataFrame:
    """Turn targets into attributes and the reverse, as a careless reader would.

    `rate` of all numbers (0 to 1) are wrong, drawn with `seed`: evenly, or as many as it can hold
    in one `plan` (a doc_id).
    """
    wrong = quantities.copy()
    within = wrong.index if plan is None else wrong.index[wrong["task_id"].str.startswith(plan)]
    n = min(round(rate * len(wrong)), len(within))
    hit = np.random.default_rng(seed).choice(within, n, replace=False)
    promised = wrong.loc[hit, "kind"].eq("target")
    wrong.loc[hit, "measure"] = np.where(promised, "", "flow")
    wrong.loc[hit, "kind"] = np.where(promised, "attribute", "target")
    return wrong


def targets_per_task(quantities: pd.DataFrame, documents: pd.DataFrame) -> pd.Series:
    """Targets per numbered task, by county, the highest first."""
    plans = quantities.loc[quantities["kind"] == "target", "task_id"].str.rsplit("-", n=1).str[0]
    rows = documents.set_index("doc_id")
    counts = plans.value_counts().reindex(rows.index, fill_value=0)
    per_task = (counts / rows["n_tasks"].astype(float)).set_axis(rows["county"])
    return per_task.rename("targets_per_task").sort_values(ascending=False)


def _conclude(quantities: pd.DataFrame, documents: pd.DataFrame) -> dict[str, Any]:
    per_task = targets_per_task(quantities, documents)
    flows = quantities.loc[quantities["kind"] == "target", "measure"].eq("flow").mean()
    return {"A: lowest county": per_task.index[-1], "B: highest county": per_task.index[0],
        "C: most targets are flows": bool(flows > 0.5)}  # fmt: skip


def conclusion_stability(
    quantities: pd.DataFrame, documents: pd.DataFrame, *, draws: int = 100, plan: str | None = None
) -> pd.DataFrame:
    """Share of draws, one row per rate of error, in which three conclusions stay what they are.

    A: the county with the fewest targets per task. B: the one with the most. C: more than half of
    all targets are flows. `plan` as in `inject_errors`.
    """
    true, held = pd.Series(_conclude(quantities, documents)), {}
    for rate in (0.01, 0.02, 0.05, 0.1, 0.2):
        copies = (inject_errors(quantities, rate=rate, seed=s, plan=plan) for s in range(draws))
        held[rate] = (pd.DataFrame([_conclude(c, documents) for c in copies]) == true).mean()
    return pd.DataFrame(held).T.rename_axis("rate of error")


def shuffle_words(counts: Counts, *, seed: int = 0) -> Counts:
    """Deal the words of all tasks out again: each task keeps its length and loses its meaning."""
    random = np.random.default_rng(seed)
    parts = {}
    for name in ("titles", "texts"):
        words = getattr(counts, name)["words"]
        tokens = random.permutation(np.repeat(words.indices, words.data))
        rows = np.repeat(np.arange(words.shape[0]), np.asarray(words.sum(axis=1)).ravel())
        ones = np.ones(len(tokens), dtype=np.int64)
        parts[name] = {"words": sparse.csr_array((ones, (rows, tokens)), shape=words.shape)}
    return replace(counts, **parts, leads=None)


def two_tables(tasks: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """X and Y: words of clusters of the plans, and of the plans with their words shuffled."""
    counts, told = count_terms(tasks, documents), {}
    for name, given in (("X", shuffle_words(counts)), ("Y", counts)):
        terms = top_terms(given, plain_k_means()(given, 0))
        told[name] = {cluster: "、".join(words) for cluster, words in terms.items()}
    return pd.DataFrame(told)


def name_counties(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of plans with the county of each, by its doc_id."""
    return rows.assign(county=rows["doc_id"].map(table("documents").set_index("doc_id")["county"]))


def cite_indicator(indicator_id: str) -> pd.DataFrame:
    """Numbers of an indicator with their sentences: county, text, bound, sentence."""
    known = table("comparisons")
    own = known[known["indicator_id"].eq(indicator_id)]
    cited = name_counties(compare.cite(own, table("quantities")))
    return cited[["county", "text", "bound", "sentence"]]


# Degrees north and east, read off a map and good to a tenth: enough for a sketch.
_PLACES = {
    "周村区": (36.8, 117.9),
    "淄川区": (36.6, 118.0),
    "滕州市": (35.1, 117.2),
    "城阳区": (36.3, 120.4),
    "兖州区": (35.6, 116.8),
}


def sketch_map(documents: pd.DataFrame) -> Figure:
    """Where the counties are, roughly: names at their places, no borders and no distances."""
    language = setting["language"]
    figure = style.new_figure(85)
    axes = figure.add_subplot()
    names, looks = county_name(documents, language), style.county_looks(documents["doc_id"])
    for row in documents[documents["county"].isin(_PLACES)].itertuples():
        north, east = _PLACES[str(row.county)]
        colour, marker = looks[row.doc_id][:2]
        axes.plot(east, north, marker, color=colour, markersize=7)
        side = -1 if row.county == "淄川区" else 1
        text = names[row.doc_id] + (f"（{row.city}）" if language == "zh" else "")
        axes.annotate(text, (east, north), (0, 6 * side), textcoords="offset points", ha="center",
                      va="bottom" if side > 0 else "top", fontsize=8)  # fmt: skip
    axes.set(xlim=(115.6, 121.6), ylim=(34.5, 37.6), xticks=[], yticks=[], aspect=1.24)
    axes.spines[:].set_visible(False)
    axes.set_title(text_for("lesson_map", language), fontsize=9)
    return figure


@cache
def seed_agreement() -> pd.DataFrame:
    """Adjusted Rand index between plain k-means from five random starts, seed by seed."""
    counts = count_terms(table("tasks"), table("documents"))
    runs = [plain_k_means()(counts, seed) for seed in range(5)]
    return pd.DataFrame([[adjusted_rand_score(a, b) for b in runs] for a in runs])


def score_random_groups(themes: pd.Series, *, ks: Iterable[int] = (2, 12, 60, 180)) -> pd.DataFrame:
    """NMI and ARI with the headings of k groups that were drawn by lot; one row per k."""
    known, random = themes[themes.ne("")], np.random.default_rng(0)
    lots = {k: random.integers(k, size=len(known)) for k in ks}
    measures = {"nmi": normalized_mutual_info_score, "ari": adjusted_rand_score}
    rows = [{"k": k} | {n: m(known, lot) for n, m in measures.items()} for k, lot in lots.items()]
    return pd.DataFrame(rows)


@cache
def describe_k_means() -> pd.DataFrame:
    """Clusters of plain k-means with their Jaccard index under resampling; one row a cluster."""
    tasks = table("tasks")
    counts = count_terms(tasks, table("documents"))
    _, clusters = describe_clustering(plain_k_means(), counts, tasks, runs=10, seeds=1)
    return clusters[["cluster", "label", "n_tasks", "jaccard", "heading", "heading_share"]]
