"""Ladders: comparable targets of several plans, one small axis for each indicator."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from analysis.coverage import read_coverage
from analysis.errors import PlanError
from analysis.indicators import indicator_name, split_id, unit_factor
from analysis.lexicon import theme_names
from analysis.plots import style
from analysis.plots.ladder_rows import MISSING, draw_row, places, row_height

_MAX_HEIGHT = 230.0  # mm
_HEAD, _LEGEND = 6.5, 6.0  # mm


def tabulate_ladder(
    documents: pd.DataFrame,
    tasks: pd.DataFrame,
    quantities: pd.DataFrame,
    comparisons: pd.DataFrame,
) -> pd.DataFrame:
    """One row per comparable indicator and plan: the figure, or how it is missing.

    Returns
    -------
    DataFrame
        indicator_id, name, theme, doc_id, status (`coverage.STATUSES`), value_low and value_high
        (as printed), unit, bound, low and high (in `axis_unit`), axis_unit, task_no, quantity_id,
        task_id, n_plans (with a comparable figure).
    """
    shown = comparisons[comparisons["comparable"]]
    cover = read_coverage(comparisons, quantities, tasks, documents)
    cover = cover[cover["indicator_id"].isin(shown["indicator_id"])]
    table = cover[["indicator_id", "doc_id", "status", "task_id"]].merge(
        shown, on=["indicator_id", "doc_id"], how="left", validate="one_to_one"
    )
    table = table.merge(tasks[["task_id", "task_no"]], on="task_id", how="left")
    concepts = {i: split_id(i)[0] for i in table["indicator_id"].unique()}
    order = {i: n for n, i in enumerate(_by_theme(concepts))}
    factor = table["indicator_id"].map({i: unit_factor(c.unit) for i, c in concepts.items()})
    table["low"] = table["value_base_low"] / factor
    table["high"] = table["value_base_high"] / factor
    table["axis_unit"] = table["indicator_id"].map({i: c.unit for i, c in concepts.items()})
    table["theme"] = table["indicator_id"].map({i: c.theme for i, c in concepts.items()})
    table["name"] = table["indicator_id"].map(indicator_name)
    table["n_plans"] = table.groupby("indicator_id")["low"].transform("count")
    columns = ["indicator_id", "name", "theme", "doc_id", "status", "value_low", "value_high",
        "unit", "bound", "low", "high", "axis_unit", "task_no", "quantity_id", "task_id",
        "n_plans"]  # fmt: skip
    table = table.assign(place=table["indicator_id"].map(order)).sort_values(["place", "doc_id"])
    return table[columns].reset_index(drop=True)


def _by_theme(concepts: dict) -> list[str]:
    """Indicator ids in the order of themes, then of the lexicon (ids of one concept by name)."""
    themes = {t: n for n, t in enumerate(theme_names())}
    lexicon = {c.indicator_id: n for n, c in enumerate(dict.fromkeys(concepts.values()))}
    return sorted(
        concepts, key=lambda i: (themes[concepts[i].theme], lexicon[concepts[i].indicator_id], i)
    )


def draw_ladder(
    documents: pd.DataFrame,
    tasks: pd.DataFrame,
    quantities: pd.DataFrame,
    comparisons: pd.DataFrame,
    *,
    theme: str | None = None,
    top: int = 12,
    language: str = "zh",
) -> tuple[Figure, pd.DataFrame]:
    """Comparable targets of one theme, or the `top` best covered of all themes.

    Every indicator has an axis of its own, from zero, in its own unit. A marker with an arrow is
    a lower or upper bound, a bar is a range; the label gives the plan's figure and the number of
    its task. Plans without a comparable figure stand hollow on the right, by how it is missing.

    Returns
    -------
    Figure, DataFrame
        The chart, and the rows of `tabulate_ladder` that it draws.

    Raises
    ------
    PlanError
        Nothing can be compared.
    """
    data = tabulate_ladder(documents, tasks, quantities, comparisons)
    if data.empty:
        raise PlanError("the plans give no comparable figure", "compare two plans or more")
    data = _select(data, theme, top)
    names = style.county_name(documents, language)
    looks = style.county_looks(documents["doc_id"])
    title, subtitle = _words(data, names, documents, theme, language)
    room = _room(title, subtitle, documents, language)
    fitting, heights = _fit(data, _MAX_HEIGHT - room, language)
    if left_out := data["indicator_id"].nunique() - len(heights):
        subtitle += style.say("ladder_left_out", language, n=left_out)
    data = fitting
    room = _room(title, subtitle, documents, language)
    figure = style.new_figure(sum(heights.values()) + room)
    style.frame(figure, title, subtitle, documents, language=language, grow=False)
    top_edge = _head(figure, looks, names, language)
    for indicator_id, height in heights.items():
        part = data[data["indicator_id"] == indicator_id]
        draw_row(figure, indicator_id, part, (top_edge, height), (looks, names), language)
        top_edge -= height
    return figure, data


def _select(data: pd.DataFrame, theme: str | None, top: int) -> pd.DataFrame:
    """Rows of a theme, or of the indicators that most plans give figures for."""
    if theme is not None:
        kept = data["theme"] == theme
        if not kept.any():
            themes = "、".join(data["theme"].unique())
            raise PlanError(f"nothing comparable under {theme}", f"one of: {themes}")
        return data[kept]
    first = data.drop_duplicates("indicator_id")
    best = first.sort_values("n_plans", ascending=False, kind="stable").head(top)
    return data[data["indicator_id"].isin(best["indicator_id"])]


def _room(title: str, subtitle: str, documents: pd.DataFrame, language: str) -> float:
    """Height in mm of all but the rows: what the frame takes is known once its texts are set."""
    trial = style.new_figure(_MAX_HEIGHT)
    style.frame(trial, title, subtitle, documents, language=language, grow=False)
    left = trial.get_layout_engine().get()["rect"][3]
    legend = _LEGEND * -(-len(documents) // _per_line())
    return (1 - left) * _MAX_HEIGHT + _head_height() + legend


def _fit(data: pd.DataFrame, room: float, language: str) -> tuple[pd.DataFrame, dict[str, float]]:
    """Leave out what is covered worst until the rest fits; return rows and heights in mm."""
    heights = {i: row_height(i, part, language) for i, part in data.groupby("indicator_id")}
    worst = data.drop_duplicates("indicator_id").sort_values("n_plans", kind="stable")
    for indicator_id in worst["indicator_id"]:
        if sum(heights.values()) <= room:
            break
        room -= 0 if len(heights) < len(worst) else 5  # a line of the subtitle says so
        heights.pop(indicator_id)
    data = data[data["indicator_id"].isin(heights)].reset_index(drop=True)
    return data, {i: heights[i] for i in data["indicator_id"].unique()}


def _words(
    data: pd.DataFrame, names: pd.Series, documents: pd.DataFrame, theme: str | None, language: str
) -> tuple[str, str]:
    """Title and subtitle: how much can be compared, and where the plans lie furthest apart."""
    stated = data[data["low"].notna()]
    levels = stated[stated["low"] > 0].groupby("indicator_id")["low"]
    ratio = (levels.max() / levels.min()).sort_values(ascending=False, kind="stable")
    wide = stated[stated["indicator_id"] == ratio.index[0]].sort_values("low", kind="stable")
    facts = {
        "theme": style.theme_name(theme or "", language),
        "n": data["indicator_id"].nunique(),
        "most": int(data["n_plans"].max()),
        "plans": len(documents),
        "name": indicator_name(ratio.index[0], language),
        "low": names[wide["doc_id"].iloc[0]],
        "high": names[wide["doc_id"].iloc[-1]],
        "ratio": _ratio(ratio.iloc[0], wide["bound"].iloc[0], wide["bound"].iloc[-1], language),
    }
    key = "ladder_theme" if theme is not None else "ladder_all"
    if facts["n"] == 1:
        key = "ladder_one"
    elif theme is None and facts["most"] == facts["plans"]:
        key = "ladder_full"
    key += "" if ratio.iloc[0] > 1.05 else "_equal"
    subtitle = style.say("ladder_subtitle", language, year=style.years(documents), k=len(stated))
    return style.say(key, language, **facts), subtitle


def _ratio(ratio: float, low: str, high: str, language: str) -> str:
    """Words for a ratio of two figures: exact, or what their bounds leave of it."""
    number = f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.2g}"
    if low == high == "eq":
        return number
    is_least = high in {"eq", "ge"} and low in {"eq", "le"}
    return style.say("ratio_least" if is_least else "ratio_about", language, ratio=number)


def _head(figure: Figure, looks: dict, names: pd.Series, language: str) -> float:
    """Draw legend and column heads; return the upper edge of the first row in mm from below."""
    width, height = (v * 25.4 for v in figure.get_size_inches())
    _, y0, _, tall = figure.get_layout_engine().get()["rect"]
    figure.set_layout_engine("none")
    handles = [
        style.legend_entry(look, names[doc_id], markersize=5) for doc_id, look in looks.items()
    ]
    figure.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(0.01, y0), ncols=_per_line(),
        frameon=False, fontsize=7, handletextpad=0.1, columnspacing=1.2, borderpad=0,
    )  # fmt: skip
    edge = (y0 + tall) * height
    edge -= _head_height()
    columns = places().columns
    for status, left, right in zip(MISSING, columns, columns[1:], strict=False):
        words = style.say(f"status_{status}", language)
        figure.text(
            (left + right) / 2 / width, (edge + 1) / height,
            words if style.is_narrow() else style.wrap(words, 8),
            rotation=90 if style.is_narrow() else 0,
            fontsize=6, ha="center", va="bottom", color="#555555", linespacing=1.1,
        )  # fmt: skip
    return edge


def _head_height() -> float:
    """Height in mm of the column heads, which stand upright at half the width."""
    return 14.0 if style.is_narrow() else _HEAD


def _per_line() -> int:
    """Counties in a line of the legend."""
    return 3 if style.is_narrow() else 7
