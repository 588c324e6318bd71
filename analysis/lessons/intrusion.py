"""Which task does not belong? Questions for readers, their answers, and how often they are right.

The committed answers are those of language models. Lesson 3 gives a class some of the same
questions, so that it can read for itself and compare.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.errors import PlanError
from analysis.lessons.material import read_letters
from analysis.lexicon import theme_names
from analysis.stats import wilson
from analysis.study import LABELS

ITEMS = LABELS / "theme_items.csv"
SORTING = LABELS / "theme_sorting_items.csv"
LETTERS = "ABCDEF"
SEPARATOR = " | "
ASKED = 6  # questions about each clustering that a class is given


def read_items(path: Path = ITEMS) -> pd.DataFrame:
    """Questions, one row each, or the tasks to sort into themes (`SORTING`).

    Three tests, after Chang and others (2009), Reading tea leaves, and Ying, Montgomery and
    Stewart (2022), Topics, concepts, and measurement: ``word_intrusion`` (five telling words of a
    cluster and one of another: which is the odd one?), ``task_intrusion`` (the same with four
    tasks and one), ``label_choice`` (one task and the words of four clusters: which fit it?).

    Returns
    -------
    DataFrame
        item, test, clustering (the clusters of words and leads, ``free``, or plain k-means,
        ``baseline``), cluster, stem, options (joined by `SEPARATOR`), key (letter of the right
        one). Of the tasks to sort: item, task_id, shown.
    """
    items = pd.read_csv(path, dtype="str", keep_default_na=False)
    return items.astype({"cluster": "int64"}) if "cluster" in items else items


def read_answers(kind: str = "theme_answers", *, folder: Path = LABELS) -> pd.DataFrame:
    """One row per labeller and item answered: labeller, item, answer.

    Parameters
    ----------
    kind
        ``theme_answers`` (letters) or ``theme_sorting`` (themes).

    Raises
    ------
    PlanError
        A labeller answers an item twice, or the answer is none of those offered.
    """
    path = folder / f"{kind}.csv"
    answers = pd.read_csv(path, dtype="str", keep_default_na=False)
    offered = set(LETTERS) if kind == "theme_answers" else set(theme_names())
    wrong = answers[answers.duplicated(["labeller", "item"]) | ~answers["answer"].isin(offered)]
    if len(wrong):
        raise PlanError(
            f"answers that cannot be read: {', '.join(wrong['item'] + ' ' + wrong['answer'])}",
            "one line per labeller and item, with an answer that the item offers",
            file=path,
        )
    return answers


def score_answers(
    items: pd.DataFrame,
    answers: pd.DataFrame,
    *,
    by: Sequence[str] = ("test", "clustering", "labeller"),
) -> pd.DataFrame:
    """How often the right option was found.

    Returns
    -------
    DataFrame
        One row per group of `by`, columns of `items` or labeller: n (answered), right, share, low,
        high (Wilson, 95 %), chance. Items of one cluster are not independent, so the interval is,
        if anything, too narrow.
    """
    frame = items.merge(answers, on="item", validate="one_to_many")
    frame["right"] = frame["answer"].eq(frame["key"])
    frame["chance"] = 1 / (frame["options"].str.count(r" \| ") + 1)
    groups = frame.groupby(list(by))
    scores = groups["right"].agg(n="size", right="sum", share="mean")
    limits = [wilson(row.right, row.n) for row in scores.itertuples()]
    scores[["low", "high"]] = np.reshape(limits, (-1, 2))
    return scores.assign(chance=groups["chance"].mean()).reset_index()


# --- the class as reader --------------------------------------------------------------------


def class_questions() -> pd.DataFrame:
    """The questions of lesson 3: tasks of both clusterings mixed, `ASKED` of each."""
    items = read_items().query("test == 'task_intrusion'")
    return items.groupby("clustering").head(ASKED).reset_index(drop=True)


def show_questions(questions: pd.DataFrame) -> pd.DataFrame:
    """One row per question and option, by question (from 1) and letter; no key, no cluster."""
    rows = [
        (number, letter, option)
        for number, options in enumerate(questions["options"], 1)
        for letter, option in zip(LETTERS, options.split(SEPARATOR), strict=False)
    ]
    return pd.DataFrame(rows, columns=["question", "option", "task"]).set_index(
        ["question", "option"]
    )


def score_letters(letters: str) -> pd.DataFrame:
    """Set a class's letters, one for each of `class_questions`, beside the language models'.

    Returns
    -------
    DataFrame
        One row per clustering and labeller (``you`` first), as `score_answers` gives it.

    Raises
    ------
    PlanError
        A sign is unknown, or their number is not that of the questions.
    """
    asked = class_questions()
    signs = read_letters(letters.upper(), LETTERS[:5], len(asked))
    mine = pd.DataFrame({"labeller": "you", "item": asked["item"], "answer": signs}).dropna()
    scores = score_answers(asked, pd.concat([mine, read_answers()]), by=["clustering", "labeller"])
    order = scores.assign(model=scores["labeller"].ne("you")).sort_values(
        ["clustering", "model", "labeller"], ascending=[False, True, True]
    )
    return order.drop(columns="model").reset_index(drop=True)
