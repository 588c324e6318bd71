"""The lessons: exercises that check themselves, and small experiments to run in a class.

An exercise recomputes its answer from the tables, or compares a salted hash. What it prints is a
hint from ``labels/lesson_sentences.csv`` and never the answer. It is meant for learning, not for
marks: whoever reads this file finds the way to every answer.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.metrics import adjusted_rand_score, cohen_kappa_score, normalized_mutual_info_score

from analysis import compare, labels, load
from analysis.clusters import K, telling_terms
from analysis.errors import PlanError
from analysis.features import Counts, count_terms
from analysis.paths import LABELS
from analysis.stability import plain_k_means
from analysis.validity import NAMED, describe_clustering

SORTS = ("flow", "stock", "proportion", "growth", "intensity", "attribute")
LETTERS = {sort[0]: sort.replace("proportion", "share") for sort in SORTS}
"""What a class writes for each sort of figure; p, proportion, stands for share."""
ITEMS = {"flow": 6, "stock": 6, "share": 2, "growth": 1, "intensity": 2, "attribute": 3}
"""How many of each sort a class is given: the rare ones far more often than in the plans."""
GOOD_KAPPA = 0.8
TASK = "yanzhou-2023-11"
OFFICE = "发展改革局"
FIRMS = "high-tech-firms"
GREEN_AREA = "green-buildings-new"
PLATFORMS = "innovation-platforms-new-city-up"
_LONGEST_ITEM = 130  # characters of a sentence
_BLANKS = ".?-_ "


Judge = Callable[[Any], str | None]
"""Takes an answer; gives None when it is right, else the key of a hint (empty: the general one)."""


def check(exercise: str, answer: Any) -> None:
    """Print whether the answer to an exercise is right, and a hint where it is not."""
    _, message = judge(exercise, answer)
    print(message)


def judge(exercise: str, answer: Any) -> tuple[bool | None, str]:
    """Whether an answer is right, None where there is none yet, and what to say of it.

    Raises
    ------
    PlanError
        There is no such exercise.
    """
    if exercise not in EXERCISES:
        raise PlanError(f"no exercise {exercise!r}", f"one of: {', '.join(EXERCISES)}")
    if not _is_answered(answer):
        return None, f"{exercise}: not answered yet"
    if (key := EXERCISES[exercise](answer)) is None:
        return True, f"{exercise}: right"
    return False, f"{exercise}: not yet. {read_hints()[exercise, key]}"


@cache
def read_hints() -> dict[tuple[str, str], str]:
    """What a check says, by exercise and by the sort of wrong answer; empty for any other."""
    rows = pd.read_csv(LABELS / "lesson_sentences.csv", dtype="str", keep_default_na=False)
    return rows.set_index(["exercise", "answer"])["sentence"].to_dict()


def show_after(answer: Any, show: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """Call `show` once a question is answered, rightly or not: first predict, then look."""
    if _is_answered(answer):
        return show(*arguments, **options)
    print("answer the question above, then run this cell again")
    return None


def _is_answered(answer: Any) -> bool:
    return bool(answer.strip(_BLANKS)) if isinstance(answer, str) else answer is not None


def _number(solve: Callable[[], float], *, within: float = 0.0, **traps: Callable) -> Judge:
    """Judge a number, `within` so much of the answer; a trap is a wrong one that many give."""

    def judged(answer: Any) -> str | None:
        try:
            given = float(str(answer).replace(",", ""))
        except ValueError:
            return ""
        if abs(given - solve()) <= within + 1e-9:
            return None
        return next((key for key, wrong in traps.items() if abs(given - wrong()) <= within), "")

    return judged


def _choice(salt: str, digest: str, letters: str = "ABC") -> Judge:
    """Judge a letter by its salted hash."""

    def judged(answer: Any) -> str | None:
        letter = str(answer).strip().upper()
        wrong = letter if letter in tuple(letters) else ""
        return None if _digest(salt, letter) == digest else wrong

    return judged


def _digest(salt: str, text: str) -> str:
    return hashlib.sha256(f"{salt}/{text}".encode()).hexdigest()[:12]


def _counties(solve: Callable[[], set[str]]) -> Judge:
    """Judge a set of counties, given as a list or as text."""

    def judged(answer: Any) -> str | None:
        given, right = set(re.split(r"\W+", str(answer))) - {""}, solve()
        if given == right:
            return None
        return "more" if given > right else "fewer" if given < right else ""

    return judged


@cache
def _table(name: str) -> pd.DataFrame:
    return load.table(name)


def _figures(kind: str | None = None) -> pd.DataFrame:
    """Figures of this kind, or of any."""
    rows = _table("quantities")
    return rows if kind is None else rows[rows["kind"] == kind]


def _of_task(kind: str | None = None) -> int:
    return int(_figures(kind)["task_id"].eq(TASK).sum())


def _digit_runs() -> int:
    return len(re.findall(r"\d+", _table("tasks").set_index("task_id").at[TASK, "text"]))


def _tasks_without(kind: str | None = None) -> int:
    return len(_table("tasks")) - _figures(kind)["task_id"].nunique()


def _tasks_of_office(*roles: str) -> int:
    rows = _table("assignments")
    return rows[rows["department"].eq(OFFICE) & rows["role"].isin(roles)]["task_id"].nunique()


@cache
def _gold() -> pd.DataFrame:
    """The agreed labels in their sentences, with `sort`: the measure, or attribute."""
    gold = labels.locate_labels(labels.read_labels(), _table("tasks"), _table("documents"))
    return gold.assign(sort=gold["measure"].fillna("attribute"))


@cache
def _drawn() -> pd.DataFrame:
    """The figures that a class labels, drawn by the hash of their place and words."""
    gold = _gold()
    once = [s.count(t) == 1 for s, t in zip(gold["sentence"], gold["text"], strict=True)]
    fit = gold[pd.Series(once, index=gold.index) & gold["sentence"].str.len().le(_LONGEST_ITEM)]
    keys = [_digest("item", k) for k in fit["task_id"] + fit["text"] + fit["indicator"]]
    fit = fit.assign(key=keys).sort_values("key").drop_duplicates(["task_id", "sentence"])
    chosen = [fit[fit["sort"] == sort].head(n) for sort, n in ITEMS.items()]
    return pd.concat(chosen).sort_values("key", ignore_index=True)


def read_items() -> pd.DataFrame:
    """One row per figure to label: item (1 to 20), task_id, sentence with the figure in 【】."""
    drawn = _drawn()
    pairs = zip(drawn["sentence"], drawn["text"], strict=True)
    marked = [sentence.replace(figure, f"【{figure}】") for sentence, figure in pairs]
    return pd.DataFrame({"item": drawn.index + 1, "task_id": drawn["task_id"], "sentence": marked})


def _pair_letters(letters: str) -> pd.DataFrame:
    """One row per item that was labelled: item, mine, label."""
    signs, right = "".join(letters.lower().split()), _drawn()["sort"]
    if len(signs) != len(right) or set(signs) - {*LETTERS, *_BLANKS}:
        remedy = f"write one of {' '.join(LETTERS)} for each; ? for one that waits"
        raise PlanError(f"{signs!r} does not label {len(right)} figures", remedy)
    mine = pd.Series(list(signs)).map(LETTERS)
    pairs = pd.DataFrame({"item": range(1, len(right) + 1), "mine": mine, "label": right})
    return pairs.dropna(subset=["mine"])


def _kappa(a: np.ndarray, b: np.ndarray) -> float:
    return float("nan") if len({*a, *b}) < 2 else float(cohen_kappa_score(a, b))


def score_letters(letters: str, *, draws: int = 1000, seed: int = 0) -> pd.Series:
    """Set one letter of `LETTERS` per figure beside the labels.

    Gives labelled (count), agreement (share), kappa (Cohen 1960) and its 95 % interval, kappa_low
    to kappa_high, from `draws` bootstrap samples of the figures; NaN where nothing was labelled.

    Raises
    ------
    PlanError
        A sign is unknown, or their number is not that of the figures.
    """
    pairs = _pair_letters(letters)
    mine, label = pairs["mine"].to_numpy(), pairs["label"].to_numpy()
    random = np.random.default_rng(seed)
    samples = (random.integers(len(mine), size=len(mine)) for _ in range(draws if len(mine) else 0))
    found = [k for rows in samples if not math.isnan(k := _kappa(mine[rows], label[rows]))]
    low, high = np.quantile(found or [np.nan], [0.025, 0.975])
    share = (mine == label).mean() if len(mine) else np.nan
    names = ["labelled", "agreement", "kappa", "kappa_low", "kappa_high"]
    return pd.Series([len(mine), share, _kappa(mine, label), low, high], names, dtype=float)


def review_letters(letters: str) -> pd.DataFrame:
    """The figures to look at again: item, mine and sentence, but not what the label says."""
    pairs = _pair_letters(letters)
    again = pairs.loc[pairs["mine"] != pairs["label"], ["item", "mine"]]
    return again.merge(read_items()[["item", "sentence"]], on="item")


def show_labels() -> pd.DataFrame:
    """The figures with their labels, for the key: item, task_id, sentence, label, letter."""
    letters = {sort: letter for letter, sort in LETTERS.items()}
    label = _drawn()["sort"]
    return read_items().assign(label=label, letter=label.map(letters))


def _judge_letters(answer: Any) -> str | None:
    try:
        score = score_letters(str(answer), draws=1)
    except PlanError:
        return "form"
    if score["labelled"] < len(_drawn()):
        return "part"
    return None if score["kappa"] >= GOOD_KAPPA else ""


def label_by_unit() -> pd.DataFrame:
    """Labelled targets of all plans (rows) by a lazy rule (columns): % is a share, else a flow."""
    targets = _gold().query("kind == 'target'")
    rule = targets["unit"].eq("%").map({True: "share", False: "flow"}).rename("rule")
    return pd.crosstab(targets["sort"], rule)


def _table_scores() -> tuple[float, float]:
    """Agreement and kappa of the lazy rule."""
    shares = label_by_unit() / label_by_unit().to_numpy().sum()
    same = sum(shares.at[c, c] for c in shares)
    chance = sum(shares.loc[c].sum() * shares[c].sum() for c in shares)
    return same, (same - chance) / (1 - chance)


def inject_errors(
    quantities: pd.DataFrame, *, rate: float, seed: int = 0, plan: str | None = None
) -> pd.DataFrame:
    """Turn targets into attributes and the reverse, as a careless reader would.

    `rate` of all figures (0 to 1) are wrong, drawn with `seed`: evenly, or as many as it can hold
    in one `plan` (a doc_id).
    """
    wrong = quantities.copy()
    within = wrong.index if plan is None else wrong.index[wrong["task_id"].str.startswith(plan)]
    n = min(round(rate * len(wrong)), len(within))
    hit = np.random.default_rng(seed).choice(within, n, replace=False)
    promised = wrong.loc[hit, "kind"].eq("target")
    wrong.loc[hit, "measure"] = np.where(promised, None, "flow")
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


def hold_conclusions(
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
        terms = telling_terms(given, plain_k_means()(given, 0))
        told[name] = {cluster: "、".join(words) for cluster, words in terms.items()}
    return pd.DataFrame(told)


@cache
def seed_agreement(*, seeds: int = 5) -> pd.DataFrame:
    """Adjusted Rand index between plain k-means from different random starts, seed by seed."""
    counts = count_terms(_table("tasks"), _table("documents"))
    runs = [plain_k_means()(counts, seed) for seed in range(seeds)]
    return pd.DataFrame([[adjusted_rand_score(a, b) for b in runs] for a in runs])


def score_random_groups(themes: pd.Series, *, ks: Iterable[int] = (2, 12, 60, 180)) -> pd.DataFrame:
    """NMI and ARI with the headings of k groups that were drawn by lot; one row per k."""
    known, random = themes.dropna(), np.random.default_rng(0)
    lots = {k: random.integers(k, size=len(known)) for k in ks}
    measures = {"nmi": normalized_mutual_info_score, "ari": adjusted_rand_score}
    rows = [{"k": k} | {n: m(known, lot) for n, m in measures.items()} for k, lot in lots.items()]
    return pd.DataFrame(rows)


@cache
def describe_k_means() -> pd.DataFrame:
    """Clusters of plain k-means with their Jaccard index under resampling; one row a cluster."""
    tasks = _table("tasks")
    counts = count_terms(tasks, _table("documents"))
    _, clusters = describe_clustering(plain_k_means(), counts, tasks, runs=10, seeds=1)
    return clusters[["cluster", "label", "n_tasks", "jaccard", "heading", "heading_share"]]


def _most_mixed() -> int:
    """The free cluster that its most frequent heading fills least."""
    rows = _table("themes").groupby("cluster")["section_theme"]
    return int((rows.agg(lambda s: s.value_counts().max()) / rows.size()).idxmin())


@cache
def _comparisons() -> pd.DataFrame:
    """The matched figures with their county."""
    matched = compare.compare_targets(_table("quantities"), _table("tasks"), _table("documents"))
    return matched.merge(_table("documents")[["doc_id", "county"]], on="doc_id")


def _standing(indicator_id: str) -> pd.Series:
    """Comparable figures of an indicator, by county."""
    rows = _comparisons().query("comparable").set_index("indicator_id").loc[[indicator_id]]
    return rows.set_index("county")["value_low"]


def _per_10_000() -> pd.Series:
    """Platforms per 10,000 residents, NaN where no population is sourced."""
    rows = load.denominators().merge(_table("documents")[["doc_id", "county"]], on="doc_id")
    return _standing(PLATFORMS) / rows.set_index("county")["population"] * 10_000


def _break_even(of: str = "max") -> float:
    """Residents below which the county without a sourced population would pass the others."""
    known = _per_10_000().reindex(_standing(PLATFORMS).index)
    return float(_standing(PLATFORMS)[known.isna()].max() / known.agg(of) * 10_000)


EXERCISES: dict[str, Judge] = {
    "1.1": _number(_of_task, digits=_digit_runs, targets=lambda: _of_task("target")),
    "1.2": _number(lambda: _of_task("target"), all=_of_task),
    "1.3": _number(
        lambda: 6.6e8 / 2 / 1000,
        half=lambda: 6.6e8 / 1000,
        kilograms=lambda: 6.6e8 / 2,
        ten_thousand=lambda: 6.6e4 / 2 / 1000,
    ),
    "1.4": _number(
        lambda: _tasks_without("target"),
        any=_tasks_without,
        rows=lambda: len(_table("tasks")) - len(_figures("target")),
    ),
    "1.5": _number(
        lambda: _tasks_of_office("lead"),
        support=lambda: _tasks_of_office("lead", "responsible", "support"),
        responsible=lambda: _tasks_of_office("lead", "responsible"),
    ),
    "2.1": _judge_letters,
    "2.2": _number(lambda: 0.0, within=1e-3, plain=lambda: ITEMS["flow"] / sum(ITEMS.values())),
    "2.3": _number(lambda: _table_scores()[1], within=0.01, plain=lambda: _table_scores()[0]),
    "2.4": _choice("2.4", "96b65e4476a0"),
    "2.5": _choice("2.5", "76e146b323ec"),
    "3.1": _choice("3.1", "666bd9ad3393", "XY"),
    "3.2": _number(lambda: np.nanmean(seed_agreement().replace(1.0, np.nan)), within=0.1),
    "3.3": _choice("3.3", "862c202242e2"),
    "3.4": _number(
        lambda: (describe_k_means()["jaccard"] >= NAMED).sum(),
        all=lambda: K,
        heading=lambda: (describe_k_means()["heading_share"] >= NAMED).sum(),
    ),
    "3.5": _number(_most_mixed),
    "3.6": _choice("3.6", "bda97e4cbe63"),
    "4.1": _counties(
        lambda: {targets_per_task(_table("quantities"), _table("documents")).index[0]}
    ),
    "4.2": _counties(
        lambda: set(
            _comparisons().query(f"indicator_id == {FIRMS!r} and measure == 'stock'")["county"]
        )
    ),
    "4.3": _number(lambda: _per_10_000().max(), within=0.006, other=lambda: _per_10_000().min()),
    "4.4": _number(_break_even, within=5000, lower=lambda: _break_even("min")),
    "4.5": _number(
        lambda: _standing(GREEN_AREA).mean(),
        within=1,
        zero=lambda: _standing(GREEN_AREA).sum() / len(_table("documents")),
        unit=lambda: _standing(GREEN_AREA).mean() / 10_000,
    ),
    "4.6": _choice("4.6", "0ce50900a54f"),
}
"""How each exercise is judged, by lesson and number."""
