"""Exercises that check themselves: how each answer of a lesson is judged, and what is said of it.

An exercise recomputes its answer from the tables, or compares a salted hash. What it prints is a
hint and never the answer. It is meant for learning, not for marks: whoever reads this file finds
the way to every answer.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from analysis import load
from analysis.errors import PlanError
from analysis.lessons import answers, intrusion, material
from analysis.lessons.material import FIRMS, GREEN_AREA, ITEMS, PLATFORMS, TASK, table
from analysis.lessons.show import setting
from analysis.lessons.show import show as show_table
from analysis.stats import score_confusions
from analysis.targets import compare
from analysis.themes import instruments
from analysis.themes.clusters import K
from analysis.themes.validity import NAMED
from analysis.wording import text_for, translate

GOOD_KAPPA = 0.8
OFFICE = "发展改革局"


def start(language: str) -> None:
    """Set up a lesson: its language, whole sentences in tables, answers taken as they are typed."""
    setting["language"] = language
    pd.set_option("display.max_colwidth", None)
    if shell := _shell():
        cleanup = shell.input_transformers_cleanup
        cleanup[:] = [t for t in cleanup if t is not answers.quote_answers]
        cleanup.append(answers.quote_answers)


def _shell() -> Any:
    """The notebook's own shell, or None outside of one."""
    try:
        from IPython import get_ipython
    except ModuleNotFoundError:
        return None
    return get_ipython()


def check(exercise: str, answer: Any) -> None:
    """Print whether the answer to an exercise is right, and a hint where it is not."""
    _, message = judge(exercise, answer, setting["language"])
    print(message)


def judge(exercise: str, answer: Any, language: str = "zh") -> tuple[bool | None, str]:
    """Whether an answer is right, None where there is none yet, and what to say of it.

    Raises
    ------
    PlanError
        There is no such exercise.
    """
    if exercise not in EXERCISES:
        raise PlanError(f"no exercise {exercise!r}", f"one of: {', '.join(EXERCISES)}")
    if not _is_answered(answer):
        return None, text_for("lesson_open", language, exercise=exercise)
    asked = EXERCISES[exercise]
    if (key := asked.judge(answer)) is None:
        return True, text_for("lesson_right", language, exercise=exercise)
    form = f"lesson_form_{asked.kind}"
    if key == "form" and asked.kind in {"number", "choice", "counties"}:
        hint = text_for(form, language, letters=" ".join(asked.letters))
    else:
        hint = text_for(f"hint_{exercise}_{key}", language)
    return False, text_for("lesson_wrong", language, exercise=exercise, hint=hint)


def show_after(answer: Any, show: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """Call `show` once a question is answered, rightly or not: first predict, then look.

    What a table cannot be made of, an answer of the wrong form, has been told by the check.
    """
    if not _is_answered(answer):
        print(text_for("lesson_first", setting["language"]))
        return None
    try:
        found = show(*arguments, **options)
        told = isinstance(found, pd.DataFrame) and "sentence" in found
        return show_table(found) if told else found
    except PlanError as error:
        print(translate(error.problem, setting["language"]))
        return None


def _is_answered(answer: Any) -> bool:
    if isinstance(answer, str):
        return bool(unicodedata.normalize("NFKC", answer).strip(material.BLANKS + "\n\t"))
    return answer is not None


@dataclass(frozen=True)
class Exercise:
    """How one exercise is judged.

    Parameters
    ----------
    kind
        What is asked for: a number; a choice, one of `letters`; counties, a set of them; labels
        or readings, one letter for each of several items.
    solve
        Gives the right answer, or for a choice the first digits of its salted hash.
    within
        How far a number may be from the answer, in its own unit.
    traps
        Wrong numbers that many give, by the key of their hint.
    """

    kind: str
    solve: Callable[[], Any]
    within: float = 0.0
    letters: str = ""
    traps: dict[str, Callable[[], float]] = field(default_factory=dict)
    salt: str = ""

    def judge(self, answer: Any) -> str | None:
        """None when the answer is right, else the key of a hint (empty: the general one)."""
        judges: dict[str, Callable[[Any], str | None]] = {
            "number": self._judge_number,
            "choice": self._judge_choice,
            "counties": self._judge_counties,
        }
        judged = judges.get(self.kind) or self.solve()
        return judged(answer)

    def _judge_number(self, answer: Any) -> str | None:
        given = answers.read_number(answer)
        if given is None:
            return "form"
        if abs(given - self.solve()) <= self.within + 1e-9:
            return None
        near = (k for k, wrong in self.traps.items() if abs(given - wrong()) <= self.within + 1e-9)
        return next(near, "")

    def _judge_choice(self, answer: Any) -> str | None:
        letter = answers.read_letter(answer, self.letters)
        if letter is None:
            return "form"
        return None if material.digest(self.salt, letter) == self.solve() else letter

    def _judge_counties(self, answer: Any) -> str | None:
        given: Collection[str] | None = answers.read_counties(answer, table("documents"))
        if given is None:
            return "form"
        given, right = set(given), set(self.solve())
        if given == right:
            return None
        return "more" if given > right else "fewer" if given < right else ""


def _number(solve: Callable[[], float], *, within: float = 0.0, **traps: Callable) -> Exercise:
    return Exercise("number", solve, within, traps=traps)


def _choice(salt: str, digest: str, letters: str = "ABC") -> Exercise:
    return Exercise("choice", lambda: digest, letters=letters, salt=salt)


def _counties(solve: Callable[[], set[str]]) -> Exercise:
    return Exercise("counties", solve)


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


@cache
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


@cache
def _green(by: str) -> set[str]:
    """County with the largest green share, by one way of counting."""
    rows = instruments.share_green(table("tasks"), table("themes"), table("quantities"))
    found = rows[rows["by"].eq(by)].set_index("doc_id")["share"].idxmax()
    return {str(table("documents").set_index("doc_id").at[found, "county"])}


@cache
def _water_per_resident() -> pd.Series:
    """Cap on water use per resident in cubic metres, by plan, where residents are sourced."""
    rows = _comparisons().query("indicator_id == 'water-use-total'").set_index("doc_id")
    people = load.denominators().set_index("doc_id")["population"]
    return (rows["value_base_low"] / people).dropna()


@cache
def _numbers_on_air() -> int:
    """Plans that give a number for air quality."""
    tasks, quantities, pledges = map(table, ("tasks", "quantities", "pledges"))
    clauses = instruments.read_clauses(tasks)
    rows = instruments.cover_fields(tasks, clauses, quantities, pledges)
    return int(rows.query("field == '大气' and stated == 'numbers'")["doc_id"].nunique())


EXERCISES: dict[str, Exercise] = {
    "0.1": _choice("0.1", "52eb8d206fd4"),
    "0.2": _choice("0.2", "c69847143fbc"),
    "0.3": _choice("0.3", "bc0c6c299903"),
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
    "2.1": Exercise("labels", lambda: _judge_letters),
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
    "3.7": Exercise("readings", lambda: _judge_reader),
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
    "5.1": _counties(lambda: _green("heading")),
    "5.2": _counties(lambda: _green("words")),
    "5.3": _choice("5.3", "bd9bb694a004"),
    "5.4": _number(
        lambda: _water_per_resident().max(), within=1, other=lambda: _water_per_resident().min()
    ),
    "5.5": _number(_numbers_on_air, all=lambda: len(table("documents"))),
    "5.6": _choice("5.6", "9bbd80cd05d3"),
}
"""How each exercise is judged, by lesson and number."""
