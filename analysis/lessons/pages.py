"""What a page needs to judge answers by itself: the rules of an exercise, its answer as hashes."""

from __future__ import annotations

import math
from typing import Any

from analysis.lessons import intrusion, material
from analysis.lessons.exercises import EXERCISES, GOOD_KAPPA, Exercise
from analysis.selection import county_aliases
from analysis.wording import text_for, texts

_STEP = 0.001  # of a number that has to be met exactly


def fnv(text: str) -> str:
    """Hash of a text (FNV-1a, 64 bits): a page holds it in place of the answer.

    It keeps an answer from being read by chance. Whoever wants to can try all letters.
    """
    found = 0xCBF29CE484222325
    for byte in text.encode():
        found = (found ^ byte) * 0x100000001B3 % 2**64
    return f"{found:016x}"


def describe_exercise(no: str, language: str) -> dict[str, Any]:
    """Rules of one exercise for the script of a page: kind, hints, and hashes of what is right."""
    asked = EXERCISES[no]
    start = f"hint_{no}_"
    hints = {k.removeprefix(start): row[language] for k, row in texts().items() if start in k}
    form = f"lesson_form_{asked.kind}"
    if form in texts():
        hints["form"] = text_for(form, language, letters=" ".join(asked.letters))
    says = {key: text_for(f"lesson_{key}", language, exercise=no) for key in ("right", "open")}
    says["wrong"] = text_for("lesson_wrong", language, exercise=no, hint="{}")
    return {"no": no, "kind": asked.kind, "hints": hints, "says": says} | _RULES[asked.kind](
        no, asked
    )


def _number(no: str, asked: Exercise) -> dict[str, Any]:
    step = asked.within / 10 or _STEP
    right = _steps(no, asked.solve(), asked.within, step)
    traps = {key: _steps(no, wrong(), asked.within, step) for key, wrong in asked.traps.items()}
    return {"step": step, "right": right, "traps": traps}


def _steps(no: str, value: float, within: float, step: float) -> list[str]:
    """Hashes of all whole steps that are near enough to a value."""
    first = math.ceil((value - within) / step - 1e-6)
    last = math.floor((value + within) / step + 1e-6)
    return [fnv(f"{no}/{n}") for n in range(first, last + 1)]


def _choice(no: str, asked: Exercise) -> dict[str, Any]:
    right = next(letter for letter in asked.letters if asked.judge(letter) is None)
    return {"letters": asked.letters, "right": fnv(f"{no}/{right}")}


def _counties(no: str, asked: Exercise) -> dict[str, Any]:
    known = {
        alias.casefold(): county for alias, county in county_aliases(material.table("documents"))
    }
    return {"names": known, "right": [fnv(f"{no}/{county}") for county in sorted(asked.solve())]}


def _labels(no: str, _: Exercise) -> dict[str, Any]:
    labels = material.show_labels()["letter"].tolist()
    counts = {letter: labels.count(letter) for letter in material.LETTERS}
    return {"letters": "".join(material.LETTERS), "right": _each(no, labels), "counts": counts,
            "least": GOOD_KAPPA}  # fmt: skip


def _readings(no: str, _: Exercise) -> dict[str, Any]:
    """Only the questions about clusters that hold together count; the page does not say which."""
    asked = intrusion.class_questions()
    keys = asked["key"].where(asked["clustering"].eq("free"), "").tolist()
    return {"letters": intrusion.LETTERS[:5].lower(), "right": _each(no, [k.lower() for k in keys]),
            "least": intrusion.ASKED / 2}  # fmt: skip


def _each(no: str, letters: list[str]) -> list[str]:
    return [fnv(f"{no}/{place}/{letter}") for place, letter in enumerate(letters)]


_RULES = {
    "number": _number,
    "choice": _choice,
    "counties": _counties,
    "labels": _labels,
    "readings": _readings,
}
