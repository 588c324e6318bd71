"""How well the classifier finds the headings' themes in plans of cities that it has not seen."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

from analysis.lexicon import theme_names
from analysis.stats import bootstrap, confusion, score_confusions
from analysis.themes.classify import decide_out_of_city, name_themes, train
from analysis.themes.features import TITLE_WEIGHT, Counts, count_terms


def tabulate_confusion(truth: pd.Series, predicted: pd.Series) -> pd.DataFrame:
    """Tasks by theme of the heading (rows) and predicted theme (columns), all themes shown."""
    table = confusion(truth, predicted, theme_names())
    return table.rename_axis(index="section_theme", columns="predicted_theme")


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
        scores = zip(*bootstrap(own, score_confusions, draws=draws, seed=random), strict=True)
        for measure, interval in zip(("accuracy", "macro_f1", "kappa"), scores, strict=True):
            rows.append((plan, measure, *interval, int(own.sum())))
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
