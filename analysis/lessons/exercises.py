"""Exercises that check themselves: how each answer of a lesson is judged, and what is said of it.

An exercise recomputes its answer from the tables, or compares a salted hash. What it prints is a
hint from ``labels/lesson_hints.csv`` and never the answer. It is meant for learning, not for
marks: whoever reads this file finds the way to every answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from analysis import load
from analysis.errors import PlanError
from analysis.lessons import intrusion, material
from analysis.lessons.material import FIRMS, GREEN_AREA, ITEMS, PLATFORMS, TASK, table
from analysis.stats import score_confusions
from analysis.study import LABELS
from analysis.targets import compare
from analysis.themes.clusters import K
from analysis.themes.validity import NAMED

GOOD_KAPPA = 0.8
OFFICE = "发展改革局"

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
    rows = pd.read_csv(LABELS / "lesson_hints.csv", dtype="str", keep_default_na=False)
    return rows.set_index(["exercise", "answer"])["hint"].to_dict()


def show_after(answer: Any, show: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """Call `show` once a question is answered, rightly or not: first predict, then look."""
    if _is_answered(answer):
        return show(*arguments, **options)
    print("answer the question above, then run this cell again")
    return None


def _is_answered(answer: Any) -> bool:
    return bool(answer.strip(material.BLANKS)) if isinstance(answer, str) else answer is not None


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
        return None if material.digest(salt, letter) == digest else wrong

    return judged


def _counties(solve: Callable[[], set[str]]) -> Judge:
    """Judge a set of counties, given as a list or as text."""

    def judged(answer: Any) -> str | None:
        given, right = set(re.split(r"\W+", str(answer))) - {""}, solve()
        if given == right:
            return None
        return "more" if given > right else "fewer" if given < right else ""

    return judged


def _figures(kind: str | None = None) -> pd.DataFrame:
    """Numbers of this kind, or of any."""
    rows = table("quantities")
    return rows if kind is None else rows[rows["kind"] == kind]


def _of_task(kind: str | None = None) -> int:
    return int(_figures(kind)["task_id"].eq(TASK).sum())


def _digit_runs() -> int:
    return len(re.findall(r"\d+", table("tasks").set_index("task_id").at[TASK, "text"]))


def _tasks_without(kind: str | None = None) -> int:
    return len(table("tasks")) - _figures(kind)["task_id"].nunique()


def _tasks_of_office(*roles: str) -> int:
    rows = table("assignments")
    return rows[rows["department"].eq(OFFICE) & rows["role"].isin(roles)]["task_id"].nunique()


def _judge_letters(answer: Any) -> str | None:
    try:
        score = material.score_letters(str(answer), draws=1)
    except PlanError:
        return "form"
    if score["labelled"] < len(material.read_items()):
        return "part"
    return None if score["kappa"] >= GOOD_KAPPA else ""


def _judge_reader(answer: Any) -> str | None:
    """Right is a class that finds most intruders among the clusters that hold together."""
    try:
        scores = intrusion.score_letters(str(answer)).query("labeller == 'you'")
    except PlanError:
        return "form"
    if scores["n"].sum() < len(intrusion.class_questions()):
        return "part"
    found = scores.set_index("clustering")["right"]
    return None if found["free"] > intrusion.ASKED / 2 else ""


def _table_scores() -> tuple[float, float]:
    """Agreement and kappa of the lazy rule."""
    table = material.label_by_unit()
    accuracy, _, kappa = score_confusions(table.reindex(columns=table.index, fill_value=0))
    return accuracy, kappa


def _most_mixed() -> int:
    """The free cluster that its most frequent heading fills least."""
    rows = table("themes").groupby("cluster")["section_theme"]
    return int((rows.agg(lambda s: s.value_counts().max()) / rows.size()).idxmin())


@cache
def _comparisons() -> pd.DataFrame:
    """The matched numbers with their county."""
    matched = compare.compare_targets(table("quantities"), table("tasks"), table("documents"))
    return matched.merge(table("documents")[["doc_id", "county"]], on="doc_id")


def _standing(indicator_id: str) -> pd.Series:
    """Comparable numbers of an indicator, by county."""
    rows = _comparisons().query("comparable").set_index("indicator_id").loc[[indicator_id]]
    return rows.set_index("county")["value_low"]


def _per_10_000() -> pd.Series:
    """Platforms per 10,000 residents, NaN where no population is sourced."""
    rows = load.denominators().merge(table("documents")[["doc_id", "county"]], on="doc_id")
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
        rows=lambda: len(table("tasks")) - len(_figures("target")),
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
    "3.2": _number(lambda: np.nanmean(material.seed_agreement().replace(1.0, np.nan)), within=0.1),
    "3.3": _choice("3.3", "862c202242e2"),
    "3.4": _number(
        lambda: (material.describe_k_means()["jaccard"] >= NAMED).sum(),
        all=lambda: K,
        heading=lambda: (material.describe_k_means()["heading_share"] >= NAMED).sum(),
    ),
    "3.5": _number(_most_mixed),
    "3.6": _choice("3.6", "bda97e4cbe63"),
    "3.7": _judge_reader,
    "4.1": _counties(
        lambda: {material.targets_per_task(table("quantities"), table("documents")).idxmax()}
    ),
    "4.2": _counties(
        lambda: set(
            _comparisons().query(f"indicator_id in {FIRMS!r} and measure == 'stock'")["county"]
        )
    ),
    "4.3": _number(lambda: _per_10_000().max(), within=0.006, other=lambda: _per_10_000().min()),
    "4.4": _number(_break_even, within=5000, lower=lambda: _break_even("min")),
    "4.5": _number(
        lambda: _standing(GREEN_AREA).mean(),
        within=1,
        zero=lambda: _standing(GREEN_AREA).sum() / len(table("documents")),
        unit=lambda: _standing(GREEN_AREA).mean() / 10_000,
    ),
    "4.6": _choice("4.6", "0ce50900a54f"),
}
"""How each exercise is judged, by lesson and number."""
