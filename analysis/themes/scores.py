"""How well the classifier finds the headings' themes, in cities and in counties it has not seen."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
import pandas as pd

from analysis.lexicon import read_rows, theme_names
from analysis.stats import bootstrap, confusion, score_confusions, wilson
from analysis.study import LABELS
from analysis.themes.classify import (
    FLOOR,
    PENALTY,
    Corpus,
    decide_out_of_city,
    gather,
    name_themes,
)
from analysis.themes.features import TITLE_WEIGHT

UNSEEN = LABELS / "unseen_tasks.csv"
FLOORS = (0.0, 0.2, FLOOR, 0.4, 0.5, 0.6, 0.8)


def tabulate_confusion(truth: pd.Series, predicted: pd.Series) -> pd.DataFrame:
    """Tasks by theme of the heading (rows) and predicted theme (columns), all themes shown.

    The last row and column, without a name, are for tasks without a theme.
    """
    table = confusion(truth, predicted, [*theme_names(), ""])
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
        kappa), value, low, high, n_tasks. A task for which no theme was predicted counts as wrong.
        `low` and `high` bound 95 % of bootstrap draws of whole
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
    """What each choice is worth to the classifier, every task being given a theme.

    Returns
    -------
    DataFrame
        One row per setting: setting, accuracy, macro_f1, kappa, worst_plan (lowest kappa of a
        plan).
    """
    whole = gather(tasks, documents)
    bare = Corpus(
        whole.counts, whole.themes, whole.cities, np.where(whole.cities == "", 1e-6, 1), whole.n_own
    )
    settings: dict[str, tuple[Corpus, dict[str, float]]] = {
        "as it is": (whole, {}),
        "without words of headings": (bare, {}),
        "without the policy dictionary": (gather(tasks, documents, dictionary=False), {}),
        "without stop words": (gather(tasks, documents, stop=False), {}),
        "place names unmasked": (gather(tasks, documents, mask=False), {}),
        "text alone": (whole, {"title_weight": 0.0}),
        f"title weight {TITLE_WEIGHT / 2:g}": (whole, {"title_weight": TITLE_WEIGHT / 2}),
        f"title weight {TITLE_WEIGHT * 2:g}": (whole, {"title_weight": TITLE_WEIGHT * 2}),
        f"penalty {PENALTY / 3:g}": (whole, {"penalty": PENALTY / 3}),
        f"penalty {PENALTY * 3:g}": (whole, {"penalty": PENALTY * 3}),
    }
    rows = []
    for name, (corpus, options) in settings.items():
        decisions = decide_out_of_city(corpus, **options)
        rows.append((name, *_score(tasks, name_themes(decisions, floor=0)["predicted_theme"])))
    return pd.DataFrame(rows, columns=["setting", "accuracy", "macro_f1", "kappa", "worst_plan"])


def _score(tasks: pd.DataFrame, predicted: pd.Series) -> tuple[float, ...]:
    """Accuracy, macro F1 and kappa of all tasks with a theme, and the lowest kappa of a plan."""
    known = tasks["theme"].ne("").to_numpy()
    plans = tasks["doc_id"].to_numpy()[known]
    truth, found = tasks["theme"].to_numpy()[known], predicted.to_numpy()[known]
    tables = [tabulate_confusion(truth[plans == p], found[plans == p]) for p in pd.unique(plans)]
    worst = score_confusions(np.array(tables))[:, 2].min()
    return (*score_confusions(np.sum(tables, axis=0)), worst)


def nest_settings(
    tasks: pd.DataFrame,
    documents: pd.DataFrame,
    *,
    title_weights: Sequence[float] = (0.5, 0.75, 1.0),
    penalties: Sequence[float] = (0.1, 0.3, 1.0),
) -> pd.DataFrame:
    """Choose the settings anew without the city that is judged: what the choice itself flatters.

    For each city the settings are taken that are best for the others, each of which is left out in
    its turn (nested cross-validation, Cawley and Talbot 2010).

    Returns
    -------
    DataFrame
        One row per task: task_id, city, title_weight, penalty, predicted_theme.
    """
    corpus = gather(tasks, documents)
    themes, own = corpus.themes[: corpus.n_own], corpus.cities[: corpus.n_own]
    cities = pd.unique(own)
    known = themes != ""

    def predict(left_out: list[str], judged: str, options: dict[str, float]) -> np.ndarray:
        model = corpus.learn(corpus.outside(left_out), **options)
        decisions = model.decide(corpus.counts.take(np.flatnonzero(own == judged)))
        return name_themes(decisions, floor=0)["predicted_theme"].to_numpy(dtype=object)

    grid = [
        {"title_weight": weight, "penalty": penalty}
        for weight, penalty in product(title_weights, penalties)
    ]
    parts = []
    for city in cities:
        others = [other for other in cities if other != city]
        right = [
            sum(
                (predict([city, other], other, options) == themes[own == other])[
                    known[own == other]
                ].sum()
                for other in others
            )
            for options in grid
        ]
        best = grid[int(np.argmax(right))]
        rows = tasks.loc[own == city, ["task_id"]].assign(city=city, **best)
        parts.append(rows.assign(predicted_theme=predict([city], city, best)))
    return pd.concat(parts).set_index("task_id").loc[tasks["task_id"]].reset_index()


def calibrate(themes: pd.DataFrame) -> pd.DataFrame:
    """How often a prediction of some confidence is right.

    Parameters
    ----------
    themes
        Table with section_theme, predicted_theme and confidence; rows without a heading's theme
        are left out, rows without a predicted theme count as wrong.

    Returns
    -------
    DataFrame
        One row per class that holds a task: confidence (mean), n_tasks, right (share), low, high
        (Wilson's 95 % interval).
    """
    known = themes[themes["section_theme"].ne("")]
    right = known["section_theme"].eq(known["predicted_theme"])
    edges = (0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1)
    classes = pd.cut(known["confidence"], edges, include_lowest=True)
    grouped = pd.DataFrame({"confidence": known["confidence"], "right": right}).groupby(
        classes.to_numpy(), observed=True
    )
    table = grouped.agg(
        confidence=("confidence", "mean"), n_tasks=("right", "size"), right=("right", "mean")
    ).reset_index(drop=True)
    counts = zip(table["right"], table["n_tasks"], strict=True)
    bounds = pd.DataFrame([wilson(round(r * n), n) for r, n in counts], columns=["low", "high"])
    return table.join(bounds)


def cover(
    decisions: pd.DataFrame, truth: Sequence[str], *, floors: Sequence[float] = FLOORS
) -> pd.DataFrame:
    """What a floor of confidence leaves, and how much of it is right.

    Returns
    -------
    DataFrame
        One row per floor: floor, covered (share of tasks that get a theme), right (share of those
        that is right), right_of_all, wrong_of_all.
    """
    themes = np.asarray(truth, dtype=object)
    rows = []
    for floor in floors:
        found = name_themes(decisions, floor=floor)["predicted_theme"].to_numpy(dtype=object)
        told, right = found != "", found == themes
        share = right[told].mean() if told.any() else np.nan
        rows.append((floor, told.mean(), share, right.mean(), (told & ~right).mean()))
    columns = ["floor", "covered", "right", "right_of_all", "wrong_of_all"]
    return pd.DataFrame(rows, columns=columns)


def decide_unseen() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Decide the invented tasks of other provinces, as those of a county under a bare heading.

    Returns
    -------
    tasks
        One row per task of ``data/labels/unseen_tasks.csv``: task_id, title, text, theme.
    decisions
        As `classify.decide_out_of_city` gives them.
    """
    rows = pd.DataFrame(read_rows(UNSEEN))
    tasks = rows.assign(task_id="unseen-2024-" + rows["task"].str.zfill(2), doc_id="unseen-2024")
    place = {"county": "无名县", "city": "无名市", "province": "无名省"}
    documents = pd.DataFrame([{"doc_id": "unseen-2024", **place}])
    corpus = gather(tasks.assign(theme=""), documents)
    return tasks[["task_id", "title", "text", "theme"]], decide_out_of_city(corpus)
