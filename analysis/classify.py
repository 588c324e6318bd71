"""Anchored themes: a classifier that learns the themes of the plans' own headings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import softmax
from sklearn.svm import LinearSVC

from analysis.features import TITLE_WEIGHT, Counts, Space, count_terms, fit_space
from analysis.lexicon import read_lexicon, theme_names

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
    known = tasks["theme"].notna().to_numpy()
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
