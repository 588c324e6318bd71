"""What the explorer finds and draws for a choice of counties, theme, indicator and department."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from analysis import load
from analysis.charts import style, targets
from analysis.charts.chart import Chart
from analysis.charts.overview import count_themes
from analysis.explorer.search import find_tasks, search_entries, search_names
from analysis.load import Plans, cut_plans
from analysis.office.tables import name_bodies
from analysis.selection import WHOLE, Selection, choose_plans
from analysis.targets.compare import compare_plans
from analysis.targets.indicators import indicator_name, split_id
from analysis.wording import county_name, department_name, text_for, theme_name, years


@dataclass(frozen=True)
class View:
    """What a choice finds.

    `tasks` has a row per task found, with its bodies; `figures` a row per figure in those tasks,
    with the place of the number in its sentence. `plans` and `comparisons` are those of the
    counties chosen, whatever else is chosen; `words` are those that the tasks were searched for.
    """

    choice: Selection
    plans: Plans
    tasks: pd.DataFrame
    figures: pd.DataFrame
    comparisons: pd.DataFrame = field(repr=False)
    words: str = ""

    @property
    def documents(self) -> pd.DataFrame:
        """One row per plan chosen."""
        return self.plans.documents


# --- finding --------------------------------------------------------------------------------


def select_view(plans: Plans, choice: Selection = WHOLE, words: str = "") -> View:
    """Find the tasks and numbers of a choice, as `narrow_view` does, with all that is shown."""
    return complete_view(narrow_view(plans, choice, words))


def complete_view(found: View) -> View:
    """Give the tasks of a view their county, bodies and count, and numbers their sentence."""
    documents = found.documents
    home = documents[["doc_id", "doc_number"]].assign(county=documents["label"])
    tasks = found.tasks.merge(home, on="doc_id", validate="many_to_one")
    bodies = found_bodies(tasks, found.plans)
    tasks = tasks.merge(bodies, on="task_id", how="left", validate="one_to_one")
    n_figures = tasks["task_id"].map(found.figures["task_id"].value_counts()).fillna(0)
    tasks["n_figures"] = n_figures.astype("Int64")
    return replace(found, tasks=tasks, figures=_place_figures(found.figures, tasks, documents))


def narrow_view(
    plans: Plans,
    choice: Selection,
    words: str,
    *,
    compared: dict[tuple[str, ...], pd.DataFrame] | None = None,
    searched: dict[tuple[str, ...], tuple[pd.Series, dict[str, list[str]]]] | None = None,
) -> View:
    """Find the tasks and numbers of a choice; the parts of a choice narrow each other.

    Whether a number is comparable is asked among the counties chosen.

    Parameters
    ----------
    plans, choice
        Where to look, and for what; `selection.select` makes a choice from names.
    words
        What the tasks are searched for besides; see `explorer.search`.
    compared, searched
        Comparisons, and entries and names of the search, by the counties chosen: they are read and
        filled, so that nothing is worked out twice.
    """
    if choice.counties:
        chosen = plans.documents["doc_id"].isin(choice.counties)
        own = plans.documents[chosen]
        plans = cut_plans(own, plans.tasks, plans.quantities, plans.assignments)
    compared = {} if compared is None else compared
    if choice.counties not in compared:
        compared[choice.counties] = compare_plans(plans)
    comparisons = compared[choice.counties]
    tasks = plans.tasks
    if words.split():
        searched = {} if searched is None else searched
        if choice.counties not in searched:
            entries = search_entries(plans, comparisons)
            searched[choice.counties] = entries, search_names(plans, comparisons)
        tasks = tasks[find_tasks(*searched[choice.counties], words).to_numpy()]
    if choice.theme:
        tasks = tasks[tasks["theme"].eq(choice.theme)]
    if choice.department:
        names = plans.assignments
        theirs = names.loc[names["department"].eq(choice.department), "task_id"]
        tasks = tasks[tasks["task_id"].isin(theirs)]
    figures = plans.quantities[plans.quantities["task_id"].isin(tasks["task_id"])]
    if choice.indicator:
        matched = comparisons.loc[
            comparisons["indicator_id"].eq(choice.indicator),
            ["quantity_id", "comparable", "note", "detail"],
        ]
        figures = figures.merge(matched, on="quantity_id", validate="one_to_one")
        tasks = tasks[tasks["task_id"].isin(figures["task_id"])]
    return View(choice, plans, tasks, figures, comparisons, words)


def found_bodies(tasks: pd.DataFrame, plans: Plans, *, language: str = "zh") -> pd.DataFrame:
    """One row per task of `tasks` with a clause: task_id, lead, support, by one name each.

    A body is named as it can be chosen, not as a plan writes it.
    """
    rows = plans.assignments[plans.assignments["task_id"].isin(tasks["task_id"])]
    return name_bodies(rows.assign(name=rows["department"]), language=language)


def _place_figures(
    figures: pd.DataFrame, tasks: pd.DataFrame, documents: pd.DataFrame
) -> pd.DataFrame:
    """Lead numbers back to plan and task; `start` and `end` cut them out of their sentence."""
    home = tasks[["task_id", "county", "doc_number", "task_no", "doc_id"]]
    figures = figures.merge(home, on="task_id", validate="many_to_one")
    texts = load.read_texts(documents)
    figures = figures.sort_values("quantity_id", key=_natural, ignore_index=True)
    begins = [
        texts[f.doc_id].find(f.sentence, max(0, f.char_end - len(f.sentence)))
        for f in figures.itertuples()
    ]
    for name in ("start", "end"):
        figures[name] = figures[f"char_{name}"] - begins
    return figures


def _natural(ids: pd.Series) -> pd.Series:
    """Sort key that puts -q2 before -q10."""
    return ids.str.replace(r"\d+", lambda m: m[0].zfill(9), regex=True)


def list_departments(view: View) -> pd.Series:
    """Tasks found per body, those with most first."""
    rows = view.plans.assignments[view.plans.assignments["task_id"].isin(view.tasks["task_id"])]
    counts = rows.groupby("department")["task_id"].nunique()
    return counts.sort_values(ascending=False, kind="stable")


def list_indicators(view: View) -> pd.Series:
    """Numbers found per indicator id, the indicators that most plans share first."""
    rows = view.comparisons[view.comparisons["quantity_id"].isin(view.figures["quantity_id"])]
    shared = rows[rows["comparable"]].groupby("indicator_id")["doc_id"].nunique()
    counts = rows["indicator_id"].value_counts().sort_index()
    return counts.iloc[(-shared.reindex(counts.index, fill_value=0)).argsort(kind="stable")]


def describe_choice(view: View, language: str = "zh") -> dict[str, str]:
    """Name theme, department, indicator and words of a view, as far as they are chosen."""
    choice = view.choice
    names = {
        "theme": theme_name(choice.theme, language),
        "department": department_name(choice.department, language),
        "indicator": indicator_name(choice.indicator, language) if choice.indicator else "",
        "words": view.words,
    }
    return {text_for(f"explore_{key}", language): name for key, name in names.items() if name}


# --- drawing --------------------------------------------------------------------------------


def draw_view(view: View, *, language: str = "zh") -> tuple[Chart, pd.DataFrame] | None:
    """Draw an indicator's comparable numbers, or else the tasks found by theme and county.

    Returns
    -------
    (Chart, DataFrame) or None
        The chart and the rows it draws; None where there is nothing that may stand side by side.
    """
    if view.tasks.empty:
        return None
    documents = view.documents
    if view.choice.indicator:
        own = view.comparisons[view.comparisons["indicator_id"].eq(view.choice.indicator)]
        documents = documents[documents["doc_id"].isin(own.loc[own["comparable"], "doc_id"])]
    if shown := choose_plans(WHOLE, documents).counties:
        with style.drawing(selected=shown, whole=len(view.documents)):
            return draw_view(_cut(view, shown), language=language)
    if not view.choice.indicator:
        return draw_shares(view, language=language)
    rows = view.comparisons[view.comparisons["indicator_id"].eq(view.choice.indicator)]
    if not rows["comparable"].any():
        return None
    theme = split_id(view.choice.indicator)[0].theme
    tables = (view.plans.documents, view.plans.tasks, view.plans.quantities)
    return targets.draw_ladder(*tables, rows, theme=theme, language=language)


def _cut(view: View, doc_ids: tuple[str, ...]) -> View:
    """View of some of its plans."""
    whole = view.plans
    documents = whole.documents[whole.documents["doc_id"].isin(doc_ids)]
    cut = {
        name: (frame := getattr(view, name))[frame["doc_id"].isin(doc_ids)].reset_index(drop=True)
        for name in ("tasks", "figures", "comparisons")
    }
    plans = cut_plans(documents, whole.tasks, whole.quantities, whole.assignments)
    return replace(view, plans=plans, **cut)


def draw_shares(view: View, *, language: str = "zh") -> tuple[Chart, pd.DataFrame]:
    """Tasks found as a share of all tasks of the county: a row per theme, a mark per county."""
    data = count_themes(view.plans.tasks, view.tasks)
    names = county_name(view.documents, language)
    looks = style.county_looks(view.documents["doc_id"])
    themes, plans = list(data["theme"].unique()), list(data["doc_id"].unique())
    figure = style.new_figure(54 + 7.2 * len(themes))
    axes = figure.subplots()
    for place, doc_id in enumerate(plans):
        own = data[data["doc_id"].eq(doc_id)]
        step = 0.17 * (place - (len(plans) - 1) / 2)  # equal shares must not hide each other
        lines = pd.Series([themes.index(t) + step for t in own["theme"]], index=own.index)
        label = f"{names[doc_id]} n={own['n_tasks'].iloc[0]}"
        colour, marker = looks[doc_id]
        plot = partial(
            axes.plot, color=colour, marker=marker, linestyle="", markersize=4.6, clip_on=False
        )
        none = own["n"].eq(0)
        plot(100 * own["share"][~none], lines[~none])
        plot(0 * lines[none], lines[none], markerfacecolor="white")
        plot([], [], label=label)
    axes.set_yticks(range(len(themes)), [_theme(t, language) for t in themes], fontsize=7)
    axes.set(ylim=(len(themes) - 0.5, -0.5), xlim=(0, None))
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.set_xlabel(text_for("explore_shares_axis", language), fontsize=7)
    axes.tick_params(axis="y", length=0, pad=7)
    axes.tick_params(axis="x", labelsize=7)
    axes.hlines(
        [n + 0.5 for n in range(len(themes) - 1)], *axes.get_xlim(), color="#E5E5E5", linewidth=0.6
    )
    axes.legend(
        loc="lower left", bbox_to_anchor=(0, 1), ncols=5, frameon=False, fontsize=6.5,
        handletextpad=0.1, columnspacing=1, borderpad=0.2,
    )  # fmt: skip
    chosen = "".join(
        text_for("explore_more", language, name=name, value=value)
        for name, value in describe_choice(view, language).items()
    )
    year = years(view.documents)
    subtitle = text_for("explore_shares_subtitle", language, year=year, choice=chosen)
    title = _finding(data, names, language)
    style.frame(figure, title, subtitle, view.documents, language=language)
    _fill_frame(figure, axes)
    return figure, data


def _fill_frame(figure: Chart, axes: Axes) -> None:
    """Give the axes what the frame leaves, less names at the left, legend above, ticks below."""
    width, height = (v * 25.4 for v in figure.get_size_inches())
    _, bottom, _, tall = figure.rect
    figure.set_layout_engine("none")
    left, right, above, below = 33 / width, 4 / width, 7 / height, 10 / height
    axes.set_position((left, bottom + below, 1 - left - right, tall - above - below))


def _theme(theme: str, language: str) -> str:
    return theme_name(theme, language) if theme else text_for("explore_no_theme", language)


def _finding(data: pd.DataFrame, names: pd.Series, language: str) -> str:
    """Title: the widest gap between counties that have such tasks, or else where most tasks are."""
    stated = data.assign(share=data["share"].where(data["n"] > 0))
    table = stated.pivot(index="theme", columns="doc_id", values="share")
    gap = table.max(axis=1) - table.min(axis=1)
    if gap.max() < 0.005:
        counts = data.groupby("theme", sort=False)["n"].sum()
        key = "most" if (counts == counts.max()).sum() == 1 else "spread"
        facts = {"theme": _theme(counts.idxmax(), language), "k": counts.max()}
        facts |= {"n": counts.sum(), "themes": len(counts)}
        return text_for(f"explore_shares_{key}", language, **facts)
    row = table.loc[gap.idxmax()]
    key = "explore_shares_gap" if len(table) > 1 else "explore_shares_theme"
    ends = {"most": names[row.idxmax()], "least": names[row.idxmin()]}
    theme = _theme(row.name, language)
    return text_for(key, language, theme=theme, high=row.max(), low=row.min(), **ends)
