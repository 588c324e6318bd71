"""Words shown to users: texts in both languages, and names of what the tables hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sized
from functools import cache
from typing import TYPE_CHECKING, Any

from analysis.errors import PlanError
from analysis.lexicon import read_lexicon, read_rows
from analysis.study import TEXTS

if TYPE_CHECKING:  # no message waits for it
    import pandas as pd

LANGUAGES = ("zh", "en")
BOUND_SIGNS = {"ge": "≥", "le": "≤", "approx": "≈"}


def text_for(key: str, language: str = "zh", **values: object) -> str:
    """Text of ``analysis/texts`` in a language, with its blanks filled in."""
    return texts()[key][language].format(**values)


@cache
def texts() -> dict[str, dict[str, str]]:
    """Every text shown to users by key, with its wording in each language."""
    files = sorted(p for p in TEXTS.glob("*.csv") if p.stem not in {"captions", "messages"})
    return {row["key"]: row for path in files for row in read_rows(path)}


def translate(message: str, language: str = "zh") -> str:
    """A message of the program in a language; what varies in it too, where that has words.

    The program speaks English, and ``texts/messages.csv`` holds the wording of each message with
    {} for what varies. A message that is not there stays as it is.
    """
    if language == "en":
        return message
    for pattern, words in _messages():
        if found := pattern.fullmatch(message):
            return words.format(*(translate(value, language) for value in found.groups()))
    return message


@cache
def _messages() -> list[tuple[re.Pattern[str], str]]:
    """Messages as patterns, those with the most words of their own first."""
    rows = sorted(read_rows(TEXTS / "messages.csv"), key=lambda row: -len(row["en"]))
    return [
        (re.compile("(.*)".join(map(re.escape, row["en"].split("{}"))), re.DOTALL), row["zh"])
        for row in rows
    ]


def tell(error: PlanError, language: str = "zh") -> str:
    """An error in one line: where, what is wrong and what to do."""
    if language == "en":
        return str(error)
    place = f"{error.place}：" if error.place else ""
    return f"{place}{translate(error.problem)}；{translate(error.remedy)}"


def county_name(documents: pd.DataFrame, language: str = "zh") -> pd.Series:
    """Shortest unique name of each plan by doc_id: its label, or from the id in English.

    With two plans of a county the year is part of it: 周村区2024, Zhoucun 2024.
    """
    ids = documents["doc_id"]
    if language == "zh":
        column = "label" if "label" in documents else "county"
        return documents[column].set_axis(ids)
    names = ids.str.replace("_", " ").str.title().str.replace("-", " ")
    short = names.str.rsplit(n=1).str[0]
    return short.mask(short.duplicated(keep=False), names).set_axis(ids)


def theme_name(theme: str, language: str = "zh") -> str:
    """Name of a canonical theme in a language."""
    if language == "zh":
        return theme
    return {r["theme"]: r["theme_en"] for r in read_lexicon("themes")}.get(theme, theme)


def department_name(department: str, language: str = "zh", *, short: bool = False) -> str:
    """Name of a department in a language, or its short form; as it stands where none is known."""
    column = {("zh", True): "short", ("en", True): "short_en", ("en", False): "name_en"}
    names = {r["department"]: r for r in read_lexicon("department_names")}
    if (language, short) not in column or department not in names:
        return department
    return names[department][column[language, short]]


def term_name(term: str, language: str = "zh") -> str:
    """Word of the plans in a language; as it stands where no gloss is known."""
    return texts().get(f"gloss_{term}", {}).get(language, term)


def terms_name(label: str, language: str = "zh", *, most: int | None = None) -> str:
    """Words of the plans joined as a label (储能、新能源), the first `most` of them."""
    return join(
        "plan_list_mark", (term_name(t, language) for t in label.split("、")[:most]), language
    )


def unit_name(unit: str, scale: int, language: str = "zh") -> str | None:
    """Name of a unit with its 万 or 亿; a measure word stays as the plan writes it."""
    words = text_for(f"scale_{scale}", language) if scale > 1 else ""
    if not unit:
        return words or None
    key = f"unit_{unit}"
    if key not in texts():
        key = "unit_symbol" if unit.isascii() else "unit_counted"
    return text_for(key, language, scale=words, unit=unit).strip()


def join(key: str, items: Iterable[str], language: str) -> str:
    """Join with the separator of a language; the tables of strings hold no blanks at an end."""
    return (text_for(key, language) + ("" if language == "zh" else " ")).join(items)


def count(language: str, **things: Sized | float) -> str:
    """How many there are of some things, each a table, a list or a number: 5份计划、360项任务."""
    numbers = {k: len(v) if isinstance(v, Sized) else v for k, v in things.items()}
    return join(
        "county_join", [text_for(f"count_{k}", language, n=n) for k, n in numbers.items()], language
    )


def join_names(names: Iterable[str], language: str = "zh") -> str:
    """Names of those that tie or stand together: 周村区、淄川区; Zhoucun, Yanzhou and Zichuan."""
    listed = list(names)
    if language == "zh":
        return "、".join(listed)
    return " and ".join([", ".join(listed[:-1]), listed[-1]] if len(listed) > 1 else listed)


def span(low: float, high: float, language: str = "zh") -> str:
    """Shares from … to … in per cent, and one where both print the same."""
    ends = dict.fromkeys((f"{low:.0%}", f"{high:.0%}"))
    return RANGE[language].join(ends)


def note_words(row: Any, language: str = "zh") -> str:
    """What a reader must know of a comparable target: the kind of note and the plans' words."""
    words = " / ".join(quote(word, language) for word in row.detail.split(" / "))
    return text_for(f"note_{row.note}", language, words=words).strip("：: ") if row.note else ""


def quote(words: str, language: str) -> str:
    """Words of a plan: as they are in Chinese, between quotation marks in an English text."""
    return f"“{words}”" if language == "en" and re.search("[一-鿿]", words) else words


def note_kind(note: str, language: str = "zh") -> str:
    """Kind of a note in a word or two, without the plans' words."""
    return text_for(f"note_{note}", language, words="").strip("：: ")


RANGE = {"zh": "～", "en": "–"}  # from … to …, between two numbers (GB/T 15835)


def years(documents: pd.DataFrame, language: str = "en") -> str:
    """Year or span of years that the plans are for."""
    first, last = documents["year"].min(), documents["year"].max()
    return str(first) if first == last else f"{first}{RANGE[language]}{last}"
