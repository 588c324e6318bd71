"""What of a study to look at: counties, years, a theme, an indicator, a department.

Charts, workbooks, explorer, site and notebooks all choose here, by any name that a reader uses.
"""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from analysis import load
from analysis.errors import PlanError
from analysis.lexicon import read_lexicon, theme_names
from analysis.load import Plans
from analysis.targets.compare import compare_plans
from analysis.targets.indicators import indicator_name, split_id
from analysis.wording import LANGUAGES, theme_name

# What of the tables belongs to a theme: the tasks under its headings, or its indicators.
BY_TASK, BY_INDICATOR = "tasks", "indicators"
_UNFIT = re.compile(r"[^\w.%≥+-]+")  # for the name of a file
_BETWEEN = re.compile(r"[\s,，、;；]+")
_LEVEL = re.compile(r"(?<=..)(?:自治[县旗]|[市县区旗])$")  # 周村区 is called 周村, too


@dataclass(frozen=True)
class Selection:
    """Plans by doc_id, a theme, an indicator by id, a department; empty stands for all."""

    counties: tuple[str, ...] = ()
    theme: str = ""
    indicator: str = ""
    department: str = ""

    @property
    def topic(self) -> str:
        """Theme chosen, or that of the indicator chosen."""
        return split_id(self.indicator)[0].theme if self.indicator else self.theme

    @property
    def suffix(self) -> str:
        """End of the name of a file that shows the selection; empty for all of the study."""
        parts = ("+".join(self.counties), self.theme, self.indicator, self.department)
        return "".join("_" + _UNFIT.sub("-", part) for part in parts if part)


WHOLE = Selection()


def split_names(text: str) -> tuple[str, ...]:
    """Names in an option, parted by blanks or by commas of any kind.

    Raises
    ------
    PlanError
        There is text, but no name.
    """
    names = tuple(name for name in _BETWEEN.split(text) if name)
    if text and not names:
        raise PlanError(f"nothing named in {text!r}", "join names by commas")
    return names


# --- finding one thing by any of its names --------------------------------------------------


def find_name(name: str, known: Iterable[tuple[str, str]], what: str) -> str:
    """What a name stands for: the name in full, else the only thing that begins with or has it.

    Parameters
    ----------
    name
        As a reader gives it; case and blanks around it do not count.
    known
        Names, in any language, each with what it stands for.
    what
        The kind of thing, for the error.

    Raises
    ------
    PlanError
        Nothing, or more than one thing, goes by this name; the error proposes the nearest.
    """
    wanted, names = name.strip().casefold(), defaultdict(set)
    for alias, thing in known:
        names[alias.casefold()].add(thing)
    in_full = names.get(wanted, set())
    begun = {t for k, things in names.items() if k.startswith(wanted) for t in things}
    held = {t for k, things in names.items() if wanted in k for t in things}
    found = in_full or (begun if len(begun) == 1 else held if len(wanted) > 1 else set())
    if len(found) == 1:
        return found.pop()
    near = difflib.get_close_matches(wanted, names, n=6, cutoff=0.3)
    options = [*sorted(found), *(t for n in near for t in sorted(names[n]))]
    options = options or sorted(set().union(*names.values()))
    several = found and wanted
    problem = f"more than one {what} {name}" if several else f"no {what} {name}"
    raise PlanError(problem, f"did you mean {'、'.join(list(dict.fromkeys(options))[:6])}?")


def find_plans(
    names: Iterable[str], documents: pd.DataFrame, *, years: Sequence[int] = ()
) -> tuple[str, ...]:
    """Plans by county (周村区, 周村, zhoucun), doc_id or label, in some years or in all; sorted.

    Raises
    ------
    PlanError
        No county goes by a name, counties of two cities do, or none has a plan in these years.
    """
    rows = documents[documents["year"].isin(years)] if years else documents
    if rows.empty:
        listed = "、".join(map(str, sorted(set(documents["year"]))))
        raise PlanError(f"no plan of {', '.join(map(str, years))}", f"years: {listed}")
    places = _places(rows)
    known = county_aliases(rows, places)
    named = {alias for alias, _ in known}
    for column in ("doc_id", "label"):  # a label that is no county's name is one plan's: 周村区2024
        pairs = zip(rows[column], rows["doc_id"], strict=True)
        known += [(alias, doc_id) for alias, doc_id in pairs if alias not in named]
    things = [find_name(name, known, "county") for name in names]
    chosen = rows["doc_id"].isin(things) | places.isin(things)
    return tuple(sorted(rows.loc[chosen, "doc_id"] if things else rows["doc_id"]))


def county_aliases(
    documents: pd.DataFrame, stand_for: pd.Series | None = None
) -> list[tuple[str, str]]:
    """Names that a county goes by (周村区（淄博市）, 周村区, 周村, zhoucun), and what each means.

    Parameters
    ----------
    stand_for
        What the names of a row stand for; its county if not given.
    """
    slugs = documents["doc_id"].str.rsplit("-", n=1).str[0]
    short = documents["county"].str.replace(_LEVEL, "", regex=True)
    names = (_places(documents), documents["county"], short, slugs, slugs.str.replace("_", " "))
    things = documents["county"] if stand_for is None else stand_for
    return [pair for aliases in names for pair in zip(aliases, things, strict=True)]


def _places(documents: pd.DataFrame) -> pd.Series:
    return documents["county"] + "（" + documents["city"] + "）"


def find_theme(name: str) -> str:
    """Theme by its name in either language, or the beginning of it."""
    known = [(theme_name(t, language), t) for t in theme_names() for language in LANGUAGES]
    return find_name(name, known, "theme")


def find_indicator(name: str, comparisons: pd.DataFrame) -> str:
    """Id of an indicator that some plans can be compared by, by id or name in either language."""
    ids = sorted(comparisons.loc[comparisons["comparable"], "indicator_id"].unique())
    known = [(indicator_name(i, language), i) for i in ids for language in LANGUAGES]
    return find_name(name, [*known, *((i, i) for i in ids)], "comparable indicator")


def find_department(name: str, assignments: pd.DataFrame) -> str:
    """Department by the name of its function, as a plan writes it, in short, or in English.

    Raises
    ------
    PlanError
        No body that a plan names, or more than one, goes by this name.
    """
    named = set(assignments["department"])
    known = [(department, department) for department in sorted(named)]
    known += zip(assignments["name"], assignments["department"], strict=True)
    known += [
        (row[alias], row["department"])
        for row in read_lexicon("department_names")
        for alias in ("short", "name_en", "short_en")
        if row["department"] in named and row[alias]
    ]
    return find_name(name, known, "department")


def select(
    counties: Sequence[str] = (),
    theme: str = "",
    indicator: str = "",
    department: str = "",
    *,
    years: Sequence[int] = (),
    plans: Plans | None = None,
) -> Selection:
    """Find what a reader names, in the tables of the study or in `plans`.

    Raises
    ------
    PlanError
        A name is unknown or stands for more than one thing, and the error proposes what there is;
        theme and indicator do not belong together.
    """
    plans = plans or load.read_plans()
    chosen = find_plans(counties, plans.documents, years=years) if counties or years else ()
    theme = find_theme(theme) if theme else ""
    department = find_department(department, plans.assignments) if department else ""
    if indicator:
        indicator = find_indicator(indicator, compare_plans(plans))
    if theme and indicator and split_id(indicator)[0].theme != theme:
        problem = f"{indicator_name(indicator)} belongs to {split_id(indicator)[0].theme}"
        raise PlanError(f"{problem}, not to {theme}", "leave out the theme")
    return Selection(chosen, theme, indicator, department)


# --- cutting --------------------------------------------------------------------------------


MOST, SHOWN = 24, 8  # plans that a chart can show, and that are drawn of more


def choose_plans(
    selection: Selection, documents: pd.DataFrame, *, own: str = "", seed: int = 0
) -> Selection:
    """Selection that a chart can show: of a study of many plans the own plan and some others.

    Parameters
    ----------
    selection
        What was asked for; plans that it names are shown, however many they are.
    documents
        The plans of the study.
    own
        Plan that has to be shown, with up to five of its city and year.
    seed
        Seed of the sample of the latest year (of that of `own`) that fills the chart.
    """
    if selection.counties or len(documents) <= MOST:
        return selection
    plans = documents.sort_values("doc_id").set_index("doc_id")
    plans = plans[plans["year"].eq(plans["year"].get(own, plans["year"].max()))]
    near = plans.index[:0]
    if own in plans.index:
        near = plans.index[plans["city"].eq(plans["city"][own])].drop(own)[: SHOWN // 2 - 1]
        near = near.append(pd.Index([own]))
    others = plans.drop(index=near)
    drawn = others.sample(min(SHOWN - len(near), len(others)), random_state=seed)
    return replace(selection, counties=tuple(sorted(near.append(drawn.index))))


def read_selected(
    names: Sequence[str], selection: Selection, *, by_theme: str = ""
) -> list[pd.DataFrame]:
    """Tables of `load`, cut to a selection; comparability is asked among the counties chosen.

    ``by_theme`` says what a theme cuts: tasks with all that hangs on them, or comparisons alone.

    Raises
    ------
    PlanError
        Nothing is left of a table; that a plan pledges nothing in words is no fault.
    """
    plans = load.read_plans(selection.counties)
    tasks, own = plans.tasks, {"doc_id": selection.counties} if selection.counties else {}
    comparisons = compare_plans(plans)
    if selection.topic and by_theme == BY_INDICATOR:
        themes = {i: split_id(i)[0].theme for i in comparisons["indicator_id"].unique()}
        comparisons = comparisons[comparisons["indicator_id"].map(themes).eq(selection.topic)]
    elif selection.theme and by_theme == BY_TASK:
        tasks = tasks[tasks["theme"].eq(selection.theme)]
    if selection.indicator:
        comparisons = comparisons[comparisons["indicator_id"].eq(selection.indicator)]
    cut = {"documents": plans.documents, "tasks": tasks, "comparisons": comparisons}
    for name, rows in (("quantities", plans.quantities), ("assignments", plans.assignments)):
        cut[name] = rows[rows["task_id"].isin(tasks["task_id"])]
    for name in {"themes", "pledges"} & set(names):
        rows = load.table(name, where=own)
        cut[name] = rows[rows["task_id"].isin(tasks["task_id"])]
    if none := [name for name in names if cut[name].empty and name != "pledges"]:
        raise PlanError(f"no {none[0]} in this selection", "choose other counties or another theme")
    return [cut[name].reset_index(drop=True) for name in names]
