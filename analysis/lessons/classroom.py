"""Answers of a class, kept in a file: how far its readers agree with each other and with ours."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pandas as pd

from analysis.errors import PlanError
from analysis.lessons import intrusion, material
from analysis.lessons.show import setting
from analysis.stats import agree
from analysis.wording import text_for

_DRAWS = 1000  # bootstrap samples of the items


def score_class(answers: str, folder: Path = Path()) -> pd.DataFrame | None:
    """Agreement of every two readers of a class, and of each with the labels or the key.

    Parameters
    ----------
    answers
        ``labels`` for the file ``labels.csv`` with the letters of exercise 2.1, or ``readings``
        for those of 3.7: one line for each reader, ``reader,letters``. Readers are named by
        letters, not by names.
    folder
        Where the file is; that of the lesson if none is given.

    Returns
    -------
    DataFrame or None
        One row per pair: first, second, n (items that both answered), agreement (share), kappa
        (Cohen 1960), low, high (95 % of bootstrap draws of items). None where there is no file.
    """
    path = folder / f"{answers}.csv"
    if not path.is_file():
        print(text_for("lesson_no_class", setting["language"], file=path.name))
        return None
    labels = answers == "labels"
    offered = "".join(material.LETTERS) if labels else intrusion.LETTERS[:5]
    right = material.show_labels()["letter"] if labels else intrusion.class_questions()["key"]
    told: dict[str, list[str | None]] = {"labels" if labels else "key": right.tolist()}
    rows = pd.read_csv(path, dtype="str", keep_default_na=False)
    if list(rows)[:2] != ["reader", "letters"]:
        raise PlanError("columns missing: reader, letters", "add them", file=path)
    for reader, letters in rows[["reader", "letters"]].itertuples(index=False):
        signs = letters.lower() if labels else letters.upper()
        told[reader] = material.read_letters(signs, offered, len(right))
    table = pd.DataFrame(told)
    found = []
    for first, second in combinations(table, 2):
        both = table[[first, second]].dropna()
        found.append((first, second, *agree(both[first], both[second], draws=_DRAWS)))
    columns = ["first", "second", "n", "agreement", "kappa", "low", "high"]
    return pd.DataFrame(found, columns=columns)
