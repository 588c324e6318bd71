"""Anchored themes: a classifier that learns the themes of headings, and says when it is unsure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import softmax
from sklearn.svm import LinearSVC

from analysis.lexicon import theme_names
from analysis.themes import clusters
from analysis.themes.examples import heading_words, read_examples
from analysis.themes.features import TITLE_WEIGHT, Counts, Space, count_terms, fit_space

# In the middle of a plateau: half or double of these costs 0.02 of kappa at most; chosen anew
# without the city that is judged, kappa is the same to 0.01 (`scores.nest_settings`).
PENALTY = 0.3
HEADING_WEIGHT = 0.2
# Least log loss of the out-of-city predictions on the five plans.
SHARPNESS = 6.0
# Below it, a prediction for a city left out is wrong as often as it is right.
FLOOR = 0.3
FOLDS = 10


@dataclass(frozen=True)
class Corpus:
    """Everything that can be learned from, or judged: a study's tasks, then what the package adds.

    Parameters
    ----------
    counts
        Terms of the study's tasks, of the examples of the five plans, and of words of headings.
    themes
        Theme of each, empty where no heading is known.
    cities
        City of each; empty for words of headings, which belong to none.
    weights
        Weight of each in learning.
    n_own
        How many of them, from the first, are the study's own tasks.
    """

    counts: Counts
    themes: np.ndarray
    cities: np.ndarray
    weights: np.ndarray
    n_own: int

    def learn(self, rows: np.ndarray, **options: float) -> Model:
        """Train on those of `rows` that have a theme, and on the words of headings."""
        known = np.zeros(len(self.themes), dtype=bool)
        known[rows] = True
        chosen = np.flatnonzero((known | (self.cities == "")) & (self.themes != ""))
        return train(self.counts.take(chosen), self.themes[chosen], self.weights[chosen], **options)

    def outside(self, cities: np.ndarray | list[str]) -> np.ndarray:
        """Rows of all plans of other cities."""
        return np.flatnonzero(~np.isin(self.cities, cities))


def gather(tasks: pd.DataFrame, documents: pd.DataFrame, **options: Any) -> Corpus:
    """Put a study's tasks before the examples of other plans and the words of headings.

    Parameters
    ----------
    tasks, documents
        Tables as `schema` declares them. A plan of theirs replaces the example of the same id; a
        plan without a city counts as a city of its own.
    options
        As `features.count_terms` takes them.
    """
    examples = read_examples()
    examples = examples[~examples["doc_id"].isin(documents["doc_id"])]
    words = heading_words()
    places = documents.set_index("doc_id")["city"]
    own = tasks["doc_id"].map(places.where(places.ne(""), places.index))
    parts = [part[["task_id", "title", "text", "theme"]] for part in (tasks, examples, words)]
    columns = ["county", "city", "province"]
    named = pd.concat([documents[columns], examples[columns].drop_duplicates()])
    together = pd.concat(parts, ignore_index=True)
    weights = np.ones(len(together))
    weights[len(tasks) + len(examples) :] = HEADING_WEIGHT
    return Corpus(
        count_terms(together, named, **options),
        together["theme"].to_numpy(dtype=object),
        np.concatenate([own, examples["city"], [""] * len(words)]).astype(object),
        weights,
        len(tasks),
    )


@dataclass(frozen=True)
class Model:
    """A linear support vector machine, one theme against the rest, and the space it works in."""

    space: Space
    machine: LinearSVC

    def decide(self, counts: Counts) -> pd.DataFrame:
        """Signed distances from each theme's boundary: one row per task, one column per theme.

        A theme that the model has not seen is at minus infinity.
        """
        values = self.machine.decision_function(self.space.place(counts))
        frame = pd.DataFrame(values, index=counts.task_ids, columns=self.machine.classes_)
        return frame.reindex(columns=theme_names(), fill_value=-np.inf)


def train(
    counts: Counts,
    themes: np.ndarray,
    weights: np.ndarray,
    *,
    title_weight: float = TITLE_WEIGHT,
    penalty: float = PENALTY,
) -> Model:
    """Fit vocabulary, weights of terms and classifier on `counts`, their `themes` and `weights`.

    Departments are left out: they differ too much between counties, and the question is what the
    task's own words say.
    """
    space = fit_space(counts, title_weight=title_weight)
    machine = LinearSVC(C=penalty, class_weight="balanced", random_state=0)
    return Model(space, machine.fit(space.place(counts), themes, sample_weight=weights))


def decide_out_of_city(corpus: Corpus, **options: float) -> pd.DataFrame:
    """Decide each task of a study by a model that has seen no plan of the same city.

    Counties of one city copy from each other (周村 and 淄川 share 30 % of their text), so that a
    plan must not be judged by its neighbour. Of many cities a tenth is left out at a time.

    Parameters
    ----------
    corpus
        From `gather`.
    options
        As `train` takes them.

    Returns
    -------
    DataFrame
        As `Model.decide` gives it, for the study's own tasks in their order.
    """
    own = corpus.cities[: corpus.n_own]
    cities = pd.unique(own)
    parts = []
    for fold in range(min(FOLDS, len(cities))):
        left_out = cities[fold::FOLDS]
        model = corpus.learn(corpus.outside(left_out), **options)
        parts.append(model.decide(corpus.counts.take(np.flatnonzero(np.isin(own, left_out)))))
    return pd.concat(parts).loc[corpus.counts.task_ids[: corpus.n_own]]


def name_themes(decisions: pd.DataFrame, *, floor: float = FLOOR) -> pd.DataFrame:
    """One row per task, by task_id: predicted_theme, and confidence between 0 and 1.

    Confidence is the leading theme's share of a softmax over the decisions, sharpened so that it
    comes near the share of right predictions (`scores.calibrate`). Below `floor` no theme is
    predicted.
    """
    shares = softmax(SHARPNESS * decisions.to_numpy(), axis=1)
    best = shares.argmax(axis=1)
    confidence = shares[np.arange(len(best)), best].round(4)
    names = decisions.columns.to_numpy(dtype=object)[best]
    return pd.DataFrame(
        {"predicted_theme": np.where(confidence < floor, "", names), "confidence": confidence},
        index=decisions.index,
    )


def assign_themes(
    tasks: pd.DataFrame,
    documents: pd.DataFrame,
    assignments: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Give each task the theme that its words say, its cluster and its portfolio.

    Parameters
    ----------
    tasks, documents, assignments
        Tables as `schema` declares them. Without assignments portfolios rest on words alone.

    Returns
    -------
    DataFrame
        One row per task, as `schema.THEMES` declares it. `predicted_theme` comes from a model that
        has seen no plan of the task's own city, and is empty where the model is unsure.
    """
    counts = count_terms(tasks, documents, assignments)
    found = _predict(tasks, documents)
    for name, weight in (("cluster", 0.0), ("portfolio", clusters.LEAD_WEIGHT)):
        labels = clusters.cluster_vectors(clusters.place_tasks(counts, lead_weight=weight))
        terms = clusters.top_terms(counts, labels)
        found[name] = labels
        found[f"{name}_label"] = ["、".join(terms[label]) for label in labels]
    return found


def _predict(tasks: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    named = name_themes(decide_out_of_city(gather(tasks, documents)))
    section = tasks.set_index("task_id")["theme"].rename("section_theme")
    return pd.concat([section, named], axis=1).rename_axis("task_id").reset_index()


def report_unsure(themes: pd.DataFrame, tasks: pd.DataFrame) -> pd.DataFrame:
    """Tasks that neither heading nor words give a theme: rows of the build's report."""
    bare = themes["section_theme"].eq("") & themes["predicted_theme"].eq("")
    unsure = tasks[tasks["task_id"].isin(themes.loc[bare, "task_id"])]
    return pd.DataFrame(
        {
            "kind": "unknown_theme",
            "place": unsure["task_id"],
            "what": unsure["title"],
            "remedy": "none, or add a row for its heading to lexicon/sections.csv",
        }
    )


def mismatched_themes(
    themes: pd.DataFrame, tasks: pd.DataFrame, *, confidence: float = 0.6
) -> pd.DataFrame:
    """Tasks whose words say another theme than the section that they stand in.

    Parameters
    ----------
    themes, tasks
        Tables as `schema` declares them.
    confidence
        Least confidence of the prediction.

    Returns
    -------
    DataFrame
        One row per such task, most confident first: task_id, doc_id, section_title, title,
        section_theme, predicted_theme, confidence.
    """
    known = themes["section_theme"].ne("") & themes["predicted_theme"].ne("")
    other = known & themes["section_theme"].ne(themes["predicted_theme"])
    found = themes[other & themes["confidence"].ge(confidence)]
    columns = ["task_id", "doc_id", "section_title", "title"]
    found = tasks[columns].merge(
        found[["task_id", "section_theme", "predicted_theme", "confidence"]],
        on="task_id",
        validate="one_to_one",
    )
    return found.sort_values(["confidence", "task_id"], ascending=[False, True], ignore_index=True)


def share_themes(
    themes: pd.DataFrame, tasks: pd.DataFrame, *, by: str = "predicted_theme"
) -> pd.DataFrame:
    """How each plan divides its tasks, and its characters, among the themes.

    Parameters
    ----------
    by
        Column of `themes` to count: predicted_theme, section_theme or cluster.

    Returns
    -------
    DataFrame
        One row per plan and theme, zeros included: doc_id, theme, n_tasks, n_chars, task_share,
        char_share. Shares of a plan sum to 1; its tasks without a theme are left out.
    """
    frame = tasks[["task_id", "doc_id", "char_start", "char_end"]].merge(
        themes[["task_id", by]].rename(columns={by: "theme"}), on="task_id", validate="one_to_one"
    )
    frame["n_chars"] = frame["char_end"] - frame["char_start"]
    known = theme_names() if by != "cluster" else sorted(frame["theme"].unique())
    cells = pd.MultiIndex.from_product(
        [sorted(frame["doc_id"].unique()), known], names=["doc_id", "theme"]
    )
    counted = frame.groupby(["doc_id", "theme"])["n_chars"].agg(n_tasks="size", n_chars="sum")
    counted = counted.reindex(cells, fill_value=0).astype("int64")
    totals = counted.groupby("doc_id").transform("sum")
    counted["task_share"] = counted["n_tasks"] / totals["n_tasks"]
    counted["char_share"] = counted["n_chars"] / totals["n_chars"]
    return counted.reset_index()
