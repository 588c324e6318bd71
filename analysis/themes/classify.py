"""Anchored themes: a classifier that learns the themes of the plans' own headings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import softmax
from sklearn.svm import LinearSVC

from analysis.lexicon import read_lexicon, theme_names
from analysis.themes import clusters
from analysis.themes.features import TITLE_WEIGHT, Counts, Space, count_terms, fit_space

# In the middle of a plateau: half or double of this, or of the title weight, costs 0.02 of kappa at
# most (`theme_scores.compare_settings`).
PENALTY = 0.3
# Least log loss of the out-of-city predictions on the five plans.
SHARPNESS = 6.0


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
        if values.ndim == 1:
            values = np.column_stack([-values, values])
        frame = pd.DataFrame(values, index=counts.task_ids, columns=self.machine.classes_)
        return frame.reindex(columns=theme_names(), fill_value=-np.inf)


def train(counts: Counts, themes: np.ndarray, *, title_weight: float = TITLE_WEIGHT) -> Model:
    """Fit vocabulary, weights and classifier on the tasks of `counts` and their `themes`.

    Departments are left out: they differ too much between counties, and the question is what the
    task's own words say.
    """
    space = fit_space(counts, title_weight=title_weight)
    machine = LinearSVC(C=PENALTY, class_weight="balanced", random_state=0)
    return Model(space, machine.fit(space.place(counts), themes))


def decide_out_of_city(
    tasks: pd.DataFrame,
    documents: pd.DataFrame,
    counts: Counts,
    *,
    title_weight: float = TITLE_WEIGHT,
) -> pd.DataFrame:
    """Decide each task by a model that has seen no plan of the same city.

    Counties of one city copy from each other (周村 and 淄川 share 30 % of their text), so that a
    plan must not be judged by its neighbour.

    Parameters
    ----------
    tasks, documents
        Tables as `schema` declares them; tasks without a theme are decided but teach nothing.
    counts
        What `features.count_terms` counted in `tasks`, in the same order.

    Returns
    -------
    DataFrame
        As `Model.decide` gives it, in the order of `tasks`. A city that no two themes can be
        learned for elsewhere is decided by the words of the headings in the lexicon.
    """
    cities = tasks["doc_id"].map(documents.set_index("doc_id")["city"]).to_numpy()
    themes = tasks["theme"].astype(object).to_numpy()
    known = tasks["theme"].ne("").to_numpy()
    parts = []
    for city in pd.unique(cities):
        own = np.flatnonzero(cities == city)
        others = np.flatnonzero((cities != city) & known)
        if len(set(themes[others])) > 1:
            model = train(counts.take(others), themes[others], title_weight=title_weight)
            parts.append(model.decide(counts.take(own)))
        else:
            parts.append(decide_by_lexicon(tasks.iloc[own], documents))
    return pd.concat(parts).loc[counts.task_ids]


def decide_by_lexicon(tasks: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """Decide tasks by the themes' names and the words of their headings alone.

    The last resort for a corpus of one city. Weak: kappa is 0.42 on the five plans, against 0.83
    for a model that has read other cities' plans.
    """
    names = theme_names()
    words = {name: [name] for name in names}
    for row in read_lexicon("sections"):
        words[row["theme"]] += row["pattern"].split("|")
    lexicon = pd.DataFrame(
        {"task_id": names, "title": names, "text": ["。".join(words[name]) for name in names]}
    )
    both = pd.concat([lexicon, tasks[["task_id", "title", "text"]]], ignore_index=True)
    counts = count_terms(both, documents)
    model = train(counts.take(np.arange(len(names))), np.array(names, dtype=object))
    return model.decide(counts.take(np.arange(len(names), len(both))))


def name_themes(decisions: pd.DataFrame) -> pd.DataFrame:
    """One row per task, by task_id: predicted_theme, and confidence between 0 and 1.

    Confidence is the predicted theme's share of a softmax over the decisions, sharpened so that it
    comes near the share of right predictions; compare tasks by it, do not bet on it.
    """
    shares = softmax(SHARPNESS * decisions.to_numpy(), axis=1)
    best = shares.argmax(axis=1)
    return pd.DataFrame(
        {
            "predicted_theme": decisions.columns.to_numpy()[best],
            "confidence": shares[np.arange(len(best)), best].round(4),
        },
        index=decisions.index,
    )


def assign_themes(
    tasks: pd.DataFrame,
    documents: pd.DataFrame,
    assignments: pd.DataFrame | None = None,
    *,
    k: int = clusters.K,
) -> pd.DataFrame:
    """Give each task the theme that its words say, and its free cluster.

    Parameters
    ----------
    tasks, documents, assignments
        Tables as `schema` declares them. Without assignments the free clusters rest on words
        alone and are much less stable.
    k
        Free clusters to form; a corpus of a few tasks gets fewer.

    Returns
    -------
    DataFrame
        One row per task, as `schema.THEMES` declares it. `predicted_theme` comes from a model that
        has seen no plan of the task's own city.
    """
    counts = count_terms(tasks, documents, assignments)
    labels = clusters.cluster_vectors(clusters.place_tasks(counts), k)
    terms = clusters.top_terms(counts, labels)
    predicted = _predict(tasks, documents, counts)
    return predicted.assign(
        cluster=labels, cluster_label=["、".join(terms[label]) for label in labels]
    )


def _predict(tasks: pd.DataFrame, documents: pd.DataFrame, counts: Counts) -> pd.DataFrame:
    named = name_themes(decide_out_of_city(tasks, documents, counts))
    section = tasks.set_index("task_id")["theme"].rename("section_theme")
    return pd.concat([section, named], axis=1).rename_axis("task_id").reset_index()


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
    other = themes["section_theme"].ne("") & themes["section_theme"].ne(themes["predicted_theme"])
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
