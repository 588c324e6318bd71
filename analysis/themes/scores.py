"""How well the classifier finds the headings' themes in plans of cities that it has not seen."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

from analysis.lexicon import theme_names
from analysis.themes.classify import decide_out_of_city, name_themes, train
from analysis.themes.features import TITLE_WEIGHT, Counts, count_terms


def tabulate_confusion(truth: pd.Series, predicted: pd.Series) -> pd.DataFrame:
    """Tasks by theme of the heading (rows) and predicted theme (columns), all themes shown."""
    names = theme_names()
    table = pd.crosstab(np.asarray(truth, dtype=object), np.asarray(predicted, dtype=object))
    table = table.reindex(index=names, columns=names, fill_value=0)
    return table.rename_axis(index="section_theme", columns="predicted_theme")


def score_confusions(tables: np.ndarray) -> np.ndarray:
    """Accuracy, macro F1 and Cohen's kappa of confusion tables.

    Parameters
    ----------
    tables
        Counts of shape (..., themes, themes), truth in the rows.

    Returns
    -------
    ndarray of shape (..., 3)
        Macro F1 is the mean over the themes that occur in the truth.
    """
    total = tables.sum(axis=(-2, -1))
    right = np.diagonal(tables, axis1=-2, axis2=-1)
    true, predicted = tables.sum(axis=-1), tables.sum(axis=-2)
    accuracy = right.sum(axis=-1) / total
    f1 = np.divide(2 * right, true + predicted, out=np.zeros(right.shape), where=true > 0)
    macro = f1.sum(axis=-1) / (true > 0).sum(axis=-1)
    chance = (true * predicted).sum(axis=-1) / total**2
    kappa = np.divide(
        accuracy - chance, 1 - chance, out=np.ones_like(accuracy), where=np.asarray(chance) < 1
    )
    return np.stack([accuracy, macro, kappa], axis=-1)


def score_themes(
    themes: pd.DataFrame, tasks: pd.DataFrame, *, draws: int = 2000, seed: int = 0
) -> pd.DataFrame:
    """Score predicted against heading's theme, for all plans together and for each.

    Parameters
    ----------
    themes, tasks
        Tables as `schema` declares them; tasks without a heading's theme are left out.
    draws, seed
        Bootstrap draws and their seed.

    Returns
    -------
    DataFrame
        One row per plan and measure, plan ``all`` first: plan, measure (accuracy, macro_f1,
        kappa), value, low, high, n_tasks. `low` and `high` bound 95 % of bootstrap draws of whole
        sections, because the tasks of a section are right or wrong together.
    """
    frame = themes.merge(
        tasks[["task_id", "doc_id", "section_no"]], on="task_id", validate="one_to_one"
    )
    frame = frame[frame["section_theme"].ne("")]
    sections = np.array(
        [
            tabulate_confusion(own["section_theme"], own["predicted_theme"]).to_numpy()
            for _, own in frame.groupby(["doc_id", "section_no"])
        ]
    )
    plans = frame.groupby(["doc_id", "section_no"]).size().index.get_level_values("doc_id")
    random = np.random.default_rng(seed)
    rows = []
    for plan in ["all", *sorted(set(plans))]:
        own = sections if plan == "all" else sections[plans == plan]
        weights = random.multinomial(len(own), np.full(len(own), 1 / len(own)), size=draws)
        values = score_confusions(own.sum(axis=0))
        drawn = score_confusions(np.tensordot(weights, own, axes=1))
        low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
        for i, measure in enumerate(("accuracy", "macro_f1", "kappa")):
            rows.append((plan, measure, values[i], low[i], high[i], int(own.sum())))
    return pd.DataFrame(rows, columns=["plan", "measure", "value", "low", "high", "n_tasks"])


def compare_settings(tasks: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """What the dictionary, the masking, the stop words and the title are worth to the classifier.

    Returns
    -------
    DataFrame
        One row per setting: setting, accuracy, macro_f1, kappa, worst_plan (lowest accuracy of a
        plan).
    """
    as_it_is: dict[str, bool] = {}
    settings = {
        "as it is": (as_it_is, TITLE_WEIGHT),
        "without the policy dictionary": ({"dictionary": False}, TITLE_WEIGHT),
        "without stop words": ({"stop": False}, TITLE_WEIGHT),
        "place names unmasked": ({"mask": False}, TITLE_WEIGHT),
        "text alone": (as_it_is, 0.0),
        f"title weight {TITLE_WEIGHT / 2:g}": (as_it_is, TITLE_WEIGHT / 2),
        f"title weight {TITLE_WEIGHT * 2:g}": (as_it_is, TITLE_WEIGHT * 2),
    }
    known = tasks["theme"].ne("").to_numpy()
    rows = []
    for name, (options, weight) in settings.items():
        counts = count_terms(tasks, documents, **options)
        decisions = decide_out_of_city(tasks, documents, counts, title_weight=weight)
        predicted = name_themes(decisions)["predicted_theme"].to_numpy()
        table = tabulate_confusion(tasks["theme"][known], predicted[known])
        right = pd.Series(predicted == tasks["theme"].to_numpy())[known]
        worst = right.groupby(tasks["doc_id"][known].to_numpy()).mean().min()
        rows.append((name, *score_confusions(table.to_numpy()), worst))
    columns = ["setting", "accuracy", "macro_f1", "kappa", "worst_plan"]
    return pd.DataFrame(rows, columns=columns)


def learning_curve(tasks: pd.DataFrame, documents: pd.DataFrame, counts: Counts) -> pd.DataFrame:
    """How the scores grow with the plans that are learned from.

    Each city's plans are predicted from every choice of one, two … plans of other cities.

    Returns
    -------
    DataFrame
        One row per number of plans learned from: n_plans, n_models, accuracy, macro_f1, kappa,
        each over all predictions of all models.
    """
    plan = tasks["doc_id"].to_numpy(dtype=object)
    city_of = documents.set_index("doc_id")["city"]
    themes = tasks["theme"].to_numpy(dtype=object)
    known = tasks["theme"].ne("").to_numpy()
    pooled: dict[int, list[np.ndarray]] = {}
    for city in sorted(set(city_of)):
        own = np.flatnonzero(np.isin(plan, city_of.index[city_of == city]) & known)
        others = sorted(city_of.index[city_of != city])
        for n in range(1, len(others) + 1):
            for chosen in combinations(others, n):
                rows = np.flatnonzero(np.isin(plan, chosen) & known)
                named = name_themes(train(counts.take(rows), themes[rows]).decide(counts.take(own)))
                table = tabulate_confusion(themes[own], named["predicted_theme"])
                pooled.setdefault(n, []).append(table.to_numpy())
    rows = [(n, len(t), *score_confusions(np.sum(t, axis=0))) for n, t in sorted(pooled.items())]
    return pd.DataFrame(rows, columns=["n_plans", "n_models", "accuracy", "macro_f1", "kappa"])
