"""How a lesson shows a table: in the reader's language, with translations of sentences."""

from __future__ import annotations

import csv
import hashlib
import re
from functools import cache

import pandas as pd
from pandas.io.formats.style import Styler

from analysis import load
from analysis.study import REPOSITORY
from analysis.wording import county_name, text_for, texts

SOURCE = REPOSITORY.notebooks / "lessons" / "source"
setting = {"language": "zh"}
_LEFT = [{"selector": "th, td", "props": "text-align: left; vertical-align: top"}]


@cache
def read_source(name: str) -> tuple[dict[str, str], ...]:
    """Rows of a table beside the lessons' texts: glosses (zh, en) or glossary."""
    with (SOURCE / f"{name}.csv").open(encoding="utf-8", newline="") as f:
        return tuple(csv.DictReader(f))


@cache
def _glosses() -> dict[str, str]:
    return {_bare(row["zh"]): row["en"] for row in read_source("glosses")}


def _bare(text: str) -> str:
    return re.sub(r"[\s【】]", "", text)


def gloss(text: object) -> str:
    """Our translation of a plan's words, or nothing where there is none."""
    return _glosses().get(_bare(str(text)), "")


@cache
def _english_counties() -> dict[str, str]:
    documents = load.table("documents")
    names = county_name(documents, "en")
    return dict(zip(documents["county"], documents["doc_id"].map(names), strict=True))


def _county(name: str) -> str | None:
    return f"{_english_counties()[name]} ({name})" if name in _english_counties() else None


def show(rows: pd.DataFrame) -> Styler:
    """A table for reading: text to the left, columns named in the language of the lesson.

    In English a column of Chinese text is followed by our translation of it.
    """
    language, shown = setting["language"], rows.copy()
    if language == "en":
        if "county" in shown:
            shown["county"] = shown["county"].map(_county).fillna(shown["county"])
        for place, column in reversed(list(enumerate(rows))):
            found = rows[column].map(gloss)
            if found.ne("").any() and f"{column}_en" not in rows:
                shown.insert(place + 1, text_for("lesson_gloss", language, column=column), found)
    else:
        known = {c: texts().get(f"lesson_column_{c}", {}).get("zh", c) for c in map(str, rows)}
        shown = shown.rename(columns=known)
    name = hashlib.sha256(shown.to_csv().encode()).hexdigest()[:5]  # else it is drawn by lot
    style = Styler(shown, uuid=name).hide(axis="index").set_table_styles(_LEFT)
    numbers = dict.fromkeys(shown.select_dtypes("number"), _number)
    return style.format(numbers, na_rep="")


def _number(value: float) -> str:
    """A number with thousands marks and no more decimals than it needs, three at most."""
    return f"{value:,.3f}".rstrip("0").rstrip(".")


def glossary() -> pd.DataFrame:
    """Thirty terms: one row each, in both languages, with what it means in the lesson's."""
    language = setting["language"]
    rows = pd.DataFrame(read_source("glossary"))
    return rows[["term", "term_en", language]].rename(columns={language: "meaning"})
