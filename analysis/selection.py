"""What of the plans to draw: counties, a theme, an indicator, named as a reader would."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analysis import load
from analysis.charts import style
from analysis.errors import PlanError
from analysis.lexicon import theme_names
from analysis.targets.compare import compare_targets
from analysis.targets.indicators import indicator_name, split_id
from analysis.wording import LANGUAGES, theme_name

# What of the tables belongs to a theme: the tasks under its headings, or its indicators.
BY_TASK, BY_INDICATOR = "tasks", "indicators"
_UNFIT = re.compile(r"[^\w.%≥+-]+")  # for the name of a file


@dataclass(frozen=True)
class Selection:
    """Plans by doc_id, a theme, an indicator by id, and the width in mm; empty stands for all."""

    counties: tuple[str, ...] = ()
    theme: str = ""
    indicator: str = ""
    width: int = style.FULL_WIDTH

    @property
    def topic(self) -> str:
        """Theme chosen, or that of the indicator chosen."""
        return split_id(self.indicator)[0].theme if self.indicator else self.theme

    @property
    def suffix(self) -> str:
        """End of the name of a file that shows the selection; empty for whole figures."""
        width = "" if self.width == style.FULL_WIDTH else f"{self.width}mm"
        parts = ("+".join(self.counties), self.theme, self.indicator, width)
        return "".join("_" + _UNFIT.sub("-", part) for part in parts if part)


WHOLE = Selection()


def select(
    counties: Sequence[str] = (), theme: str = "", indicator: str = "", width: int = 0
) -> Selection:
    """Find what a reader names: counties as 周村区 or zhoucun, themes and indicators as in figures.

    Raises
    ------
    PlanError
        A name is unknown, and the error lists what there is or what is spelled alike; one county
        is given alone; theme and indicator do not belong together.
    """
    documents, comparisons = load.tables("documents", "comparisons")
    chosen = load.choose_plans(documents, counties)["doc_id"] if counties else ()
    if len(chosen) == 1:
        raise PlanError("figures compare counties, and one is given", "name two or more")
    theme = _find_theme(theme) if theme else ""
    indicator = _find_indicator(indicator, comparisons) if indicator else ""
    if theme and indicator and split_id(indicator)[0].theme != theme:
        told = f"{indicator_name(indicator)} belongs to {split_id(indicator)[0].theme}"
        raise PlanError(f"{told}, not to {theme}", "leave out --theme")
    return Selection(tuple(sorted(chosen)), theme, indicator, width or style.FULL_WIDTH)


def _find_theme(name: str) -> str:
    themes = {theme_name(t, g).casefold(): t for t in theme_names() for g in ("zh", "en")}
    if name.casefold() not in themes:
        raise PlanError(f"no theme {name}", f"one of: {'、'.join(theme_names())}")
    return themes[name.casefold()]


def _find_indicator(name: str, comparisons: pd.DataFrame) -> str:
    """Id of an indicator that can be compared, by its id or its name in either language."""
    ids = sorted(comparisons.loc[comparisons["comparable"], "indicator_id"].unique())
    names = {i.casefold(): i for i in ids}
    names |= {indicator_name(i, g).casefold(): i for i in ids for g in LANGUAGES}
    if name.casefold() in names:
        return names[name.casefold()]
    alike = [n for n in names if name.casefold() in n]
    alike += difflib.get_close_matches(name.casefold(), names, n=6, cutoff=0.4)
    known = "、".join(dict.fromkeys(alike)) or "the ids of data/processed/comparisons.csv"
    raise PlanError(f"no comparable indicator {name}", f"one of: {known}")


def read_selected(
    names: Sequence[str], selection: Selection, *, by_theme: str = ""
) -> list[pd.DataFrame]:
    """Tables of `load`, cut to a selection; comparability is asked among the counties chosen.

    ``by_theme`` says what a theme cuts: tasks with all that hangs on them, or comparisons alone.

    Raises
    ------
    PlanError
        Nothing is left of a table.
    """
    documents, tasks, quantities, assignments, comparisons = load.tables(
        "documents", "tasks", "quantities", "assignments", "comparisons"
    )
    if selection.counties:
        documents = documents[documents["doc_id"].isin(selection.counties)]
        tasks = tasks[tasks["doc_id"].isin(selection.counties)]
        quantities = quantities[quantities["task_id"].isin(tasks["task_id"])]
        comparisons = compare_targets(quantities, tasks, documents)
    if selection.topic and by_theme == BY_INDICATOR:
        themes = {i: split_id(i)[0].theme for i in comparisons["indicator_id"].unique()}
        comparisons = comparisons[comparisons["indicator_id"].map(themes).eq(selection.topic)]
    elif selection.theme and by_theme == BY_TASK:
        tasks = tasks[tasks["theme"].eq(selection.theme)]
    if selection.indicator:
        comparisons = comparisons[comparisons["indicator_id"].eq(selection.indicator)]
    cut = {"documents": documents, "tasks": tasks, "comparisons": comparisons}
    for name, rows in (("quantities", quantities), ("assignments", assignments)):
        cut[name] = rows[rows["task_id"].isin(tasks["task_id"])]
    if "themes" in names:
        themes = load.table("themes")
        cut["themes"] = themes[themes["task_id"].isin(tasks["task_id"])]
    if none := [name for name in names if cut[name].empty]:
        raise PlanError(f"no {none[0]} in this selection", "choose other counties or another theme")
    return [cut[name].reset_index(drop=True) for name in names]
