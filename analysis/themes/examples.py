"""What the classifier learns from in every study: the five plans, and the words of headings."""

from __future__ import annotations

import re
from functools import cache

import pandas as pd

from analysis.lexicon import read_lexicon, read_rows
from analysis.study import PACKAGE

FILE = PACKAGE / "themes" / "examples.csv"
COLUMNS = ["task_id", "doc_id", "county", "city", "province", "theme", "title", "text"]
_PLAIN = re.compile(r"[一-鿿]+")


def make_examples(documents: pd.DataFrame, tasks: pd.DataFrame) -> pd.DataFrame:
    """Tasks whose headings have a theme, with the place of their plan: one row per task.

    ``examples.csv`` holds them for the five plans; a test compares it with their tables.
    """
    places = documents[["doc_id", "county", "city", "province"]]
    known = tasks[tasks["theme"].ne("")]
    return known.merge(places, on="doc_id", validate="many_to_one")[COLUMNS]


@cache
def read_examples() -> pd.DataFrame:
    """The tasks of the five plans as `make_examples` gives them; they come with the package."""
    return pd.DataFrame(read_rows(FILE), columns=COLUMNS)


@cache
def heading_words() -> pd.DataFrame:
    """Words of the headings in ``lexicon/sections.csv`` as tasks without text: one row per word.

    They know words that the five plans lack, such as grassland.
    """
    words = [
        (word, row["theme"])
        for row in read_lexicon("sections")
        for word in (row["theme"], *row["pattern"].split("|"))
        if _PLAIN.fullmatch(word)
    ]
    frame = pd.DataFrame(words, columns=["title", "theme"]).drop_duplicates("title")
    ids = [f"heading-{number}" for number in range(1, len(frame) + 1)]
    return frame.assign(task_id=ids, text="").reset_index(drop=True)
