"""What readers answered in the human tests, and how often they were right or agreed."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from analysis.errors import PlanError
from analysis.lessons.intrusion import LETTERS, SORTING
from analysis.lexicon import theme_names
from analysis.study import LABELS


def read_answers(kind: str = "theme_answers", *, folder: Path = LABELS) -> pd.DataFrame:
    """Collect every labeller's answers from ``<kind>_<labeller>.csv``.

    Parameters
    ----------
    kind
        ``theme_answers`` (letters) or ``theme_sorting`` (themes).

    Returns
    -------
    DataFrame
        One row per labeller and item answered: labeller, item, answer. Empty where nobody has
        answered yet.

    Raises
    ------
    PlanError
        An item stands twice, or an answer is none that the form offers.
    """
    offered = set(LETTERS) if kind == "theme_answers" else set(theme_names())
    parts = [pd.DataFrame(columns=["labeller", "item", "answer"], dtype="str")]
    for path in sorted(folder.glob(f"{kind}_*.csv")):
        if path.name == SORTING.name:
            continue
        found = pd.read_csv(path, dtype="str", keep_default_na=False)[["item", "answer"]]
        found = found[found["answer"].ne("")]
        wrong = found[found["item"].duplicated() | ~found["answer"].isin(offered)]
        if len(wrong):
            raise PlanError(
                f"answers that cannot be read: {', '.join(wrong['item'] + ' ' + wrong['answer'])}",
                "one line per item, with an answer of the form",
                file=path,
            )
        parts.append(found.assign(labeller=path.stem.removeprefix(f"{kind}_")))
    return pd.concat(parts, ignore_index=True)[["labeller", "item", "answer"]]


def score_answers(items: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    """How often readers found the right option.

    Returns
    -------
    DataFrame
        One row per test, clustering and labeller: test, clustering, labeller, n (answered), right,
        share, low, high (Wilson, 95 %), chance. Items of one cluster are not independent, so that
        the interval is, if anything, too narrow.
    """
    frame = items.merge(answers, on="item", validate="one_to_many")
    frame["right"] = frame["answer"].eq(frame["key"])
    frame["chance"] = 1 / (frame["options"].str.count(r" \| ") + 1)
    by = ["test", "clustering", "labeller"]
    scores = frame.groupby(by).agg(
        n=("right", "size"),
        right=("right", "sum"),
        share=("right", "mean"),
        chance=("chance", "mean"),
    )
    limits = [
        binomtest(int(r.right), int(r.n)).proportion_ci(method="wilson")
        for r in scores.itertuples()
    ]
    scores["low"], scores["high"] = [x.low for x in limits], [x.high for x in limits]
    columns = ["n", "right", "share", "low", "high", "chance"]
    return scores.reset_index()[[*by, *columns]]


def score_clusters(items: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    """Share of right answers for each cluster (rows) and test (columns), all labellers together."""
    frame = items.merge(answers, on="item", validate="one_to_many")
    frame["right"] = frame["answer"].eq(frame["key"]).astype(float)
    return frame.pivot_table(
        index=["clustering", "cluster"], columns="test", values="right", aggfunc="mean"
    )


def score_sorting(
    sorting: pd.DataFrame,
    answers: pd.DataFrame,
    themes: pd.DataFrame,
    *,
    draws: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    """Agreement of blind readers with each other, with the headings and with the classifier.

    What two careful readers do not agree on, no classifier can be asked to find.

    Parameters
    ----------
    sorting
        From `human_tests.draw_sorting`.
    answers
        ``read_answers("theme_sorting")``.
    themes
        The table themes.

    Returns
    -------
    DataFrame
        One row per pair of headings, classifier and labellers, on the items that both hold:
        first, second, n, agreement (share), kappa (Cohen 1960), low, high (95 % of bootstrap
        draws of items).
    """
    sides = sorting.merge(themes, on="task_id", validate="one_to_one").set_index("item")
    columns = {"headings": sides["section_theme"], "classifier": sides["predicted_theme"]}
    for labeller, own in answers.groupby("labeller"):
        columns[str(labeller)] = own.set_index("item")["answer"]
    table = pd.DataFrame(columns).reindex(sides.index)
    random = np.random.default_rng(seed)
    rows = []
    for a, b in combinations(table, 2):
        pair = pd.factorize(table[[a, b]].dropna().to_numpy().ravel())[0].reshape(-1, 2)
        samples = random.integers(0, len(pair), (draws, len(pair)))
        low, high = np.nanquantile([_kappa(pair[sample]) for sample in samples], [0.025, 0.975])
        agreement = np.mean(pair[:, 0] == pair[:, 1])
        rows.append((a, b, len(pair), agreement, _kappa(pair), low, high))
    return pd.DataFrame(rows, columns=["first", "second", "n", "agreement", "kappa", "low", "high"])


def _kappa(pair: np.ndarray) -> float:
    shares = [np.bincount(side, minlength=pair.max() + 1) / len(pair) for side in pair.T]
    chance = shares[0] @ shares[1]
    agreement = np.mean(pair[:, 0] == pair[:, 1])
    return float((agreement - chance) / (1 - chance)) if chance < 1 else np.nan
