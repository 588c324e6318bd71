"""Charts that take more than tables: a card of resampling, denominators, measured errors."""

from __future__ import annotations

from functools import cache

import pandas as pd
from matplotlib.figure import Figure

from analysis import load
from analysis.accuracy import scores
from analysis.charts import clusters, coverage, overview
from analysis.themes import validity


@cache
def _card(_version: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The validity card of the built tables: half a minute of resampling, done once."""
    return validity.validity_card(*load.tables("tasks", "documents", "assignments"))


def draw_card(
    documents: pd.DataFrame, tasks: pd.DataFrame, assignments: pd.DataFrame, *, language: str
) -> tuple[Figure, pd.DataFrame]:
    """Draw a validity card; that of all plans is worked out once for both languages."""
    is_whole = len(documents) == len(load.table("documents"))
    tables = (documents, tasks, assignments)
    card = (
        _card(load.data_version())
        if is_whole
        else validity.validity_card(tasks, documents, assignments)
    )
    return clusters.draw_card(*tables, card=card, language=language)


def draw_order(
    documents: pd.DataFrame, comparisons: pd.DataFrame, *, language: str
) -> tuple[Figure, pd.DataFrame]:
    """Draw an order of counties with the denominators of ``data/raw``."""
    return coverage.draw_order(documents, comparisons, load.denominators(), language=language)


def draw_profile(
    documents: pd.DataFrame, tasks: pd.DataFrame, quantities: pd.DataFrame, *, language: str
) -> tuple[Figure, pd.DataFrame]:
    """Draw a profile of targets with the measured error of its counts."""
    error = scores.error_note(language)
    return overview.target_profile(documents, tasks, quantities, error=error, language=language)
