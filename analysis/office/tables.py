"""What the two workbooks say, as tables: a ledger of tasks and targets, indicators by county."""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd

from analysis import load
from analysis.errors import PlanError
from analysis.lexicon import theme_names
from analysis.load import Plans
from analysis.office.sheets import text_width
from analysis.targets.compare import compare_plans
from analysis.targets.coverage import read_coverage
from analysis.targets.indicators import read_indicators, split_id, unit_factor
from analysis.targets.prepare import is_yearly_total
from analysis.targets.qualifiers import level_slug
from analysis.text import split_sentences
from analysis.wording import (
    county_name,
    department_name,
    join,
    note_words,
    quote,
    text_for,
    texts,
    theme_name,
    unit_name,
)

_SCALES = (100_000_000, 10_000)
_LONGEST = 400  # characters of a task's own words in the ledger, so that a row fits its height


# --- ledger ---------------------------------------------------------------------------------


def ledger_table(plans: Plans, *, language: str = "zh") -> pd.DataFrame:
    """One row per target and per pledge in words, or per task with neither, in text order.

    Returns
    -------
    DataFrame
        task_id, quantity_id, county, theme, task, goal (words), unit (with 万 or 亿 in it),
        value_low and value_high in that unit, bound, lead, support, due, source. A cell is empty
        where the plan says nothing, and unit and values where a task has no target.
    """
    targets = plans.targets[
        ["task_id", "quantity_id", "char_start", "text", "value_low", "value_high", "unit",
         "bound", "indicator", "due"]
    ].rename(columns={"char_start": "place", "text": "figure"})  # fmt: skip
    pledges = load.table("pledges").rename(
        columns={"pledge_id": "quantity_id", "char_start": "place"}
    )
    pledges = pledges[pledges["task_id"].isin(plans.tasks["task_id"])]
    pledges["figure"] = pledges["text"]
    told = pd.concat(
        [targets, pledges[["task_id", "quantity_id", "place", "figure", "indicator", "due"]]]
    )
    tasks = plans.tasks.rename(columns={"due": "task_due"})
    rows = tasks.merge(told, on="task_id", how="left")
    rows["due"] = rows["due"].fillna("").where(rows["due"].fillna("").ne(""), rows["task_due"])
    rows = rows.merge(plans.documents[["doc_id", "doc_number"]], on="doc_id")
    rows = rows.merge(name_bodies(plans.assignments, language=language), on="task_id", how="left")
    rows = rows.sort_values(["doc_id", "task_no", "place"], ignore_index=True)
    scale = rows["value_low"].map(_scale)
    named = _name_goals(rows)
    spoken = rows["figure"].notna()
    rows = rows.assign(
        county=rows["doc_id"].map(county_name(plans.documents, language)),
        theme=rows["theme"].map(lambda t: theme_name(t, language)),
        task=rows["title"],
        goal=named.where(spoken, rows["text"].map(lambda t: _shorten(t, language))),
        unit=[
            unit_name(u, s, language) for u, s in zip(rows["unit"].fillna(""), scale, strict=True)
        ],
        value_low=rows["value_low"] / scale,
        value_high=rows["value_high"] / scale,
        source=[
            text_for("task_source", language, number=number, no=no)
            for number, no in zip(rows["doc_number"], rows["task_no"], strict=True)
        ],
    )
    columns = ["task_id", "quantity_id", "county", "theme", "task", "goal", "unit", "value_low",
        "value_high", "bound", "lead", "support", "due", "source"]  # fmt: skip
    return rows[columns]


_ALONE = 4  # characters of a name that says by itself what is counted


def _name_goals(rows: pd.DataFrame) -> pd.Series:
    """What is counted and its number as printed; a name that cannot stand alone has its task's.

    A number whose words are few, or that has none, is told apart by the title of its task.
    """
    name = rows["indicator"].fillna("")
    short = name.str.len() < _ALONE
    name = name.mask(short & rows["figure"].notna(), rows["title"] + "：" + name)
    figure = rows["figure"].fillna("")
    held = [f in n for f, n in zip(figure, name, strict=True)]
    return name + figure.mask(pd.Series(held, index=rows.index), "")


def name_bodies(assignments: pd.DataFrame, *, language: str = "zh") -> pd.DataFrame:
    """One row per task: task_id, lead, support, as text in the order of the clause.

    Bodies that are responsible without a lead among them stand under lead, marked as such.
    """
    name = assignments["name"]
    if language != "zh":
        known = assignments["department"].map(lambda d: department_name(d, language))
        name = known.where(known.ne(assignments["department"]), name)
    rows = assignments.assign(name=name).sort_values(["task_id", "position"])
    lists = rows.groupby(["task_id", "role"]).agg(
        names=("name", lambda n: join("body_join", dict.fromkeys(n), language)),
        more=("open_list", "any"),
    )
    open_names = lists["names"].map(lambda n: text_for("body_open", language, bodies=n))
    wide = lists["names"].where(~lists["more"].astype(bool), open_names).unstack()
    wide = wide.reindex(columns=["lead", "responsible", "support"]).astype("str")
    marked = wide["responsible"].map(
        lambda n: text_for("body_responsible", language, bodies=n), na_action="ignore"
    )
    both = wide["lead"] + join("role_join", ["", ""], language) + marked
    lead = both.fillna(wide["lead"]).fillna(marked)
    return pd.DataFrame({"lead": lead, "support": wide["support"]}).reset_index()


def _scale(value: float) -> int:
    return next((s for s in _SCALES if value >= s), 1)


def _shorten(text: str, language: str) -> str:
    """Cut a very long text after a whole sentence and say where the rest stands."""
    if len(text) <= _LONGEST:
        return text
    ends = [end for _, end in split_sentences(text) if end <= _LONGEST]
    return text_for("cut_text", language, text=text[: ends[-1] if ends else _LONGEST])


# --- indicators -----------------------------------------------------------------------------


def indicator_table(plans: Plans) -> pd.DataFrame:
    """One row per indicator and plan, by theme: what the plan states of it.

    Returns
    -------
    DataFrame
        indicator_id, doc_id, status (`coverage.STATUSES`), evidence, reason, note, detail,
        task_id, quantity_id,
        comparable, bound, low and high, scale (10,000 or 100 million where the largest figure of
        a plain unit reaches it, else 1; low and high are in the indicator's unit times scale).

    Raises
    ------
    PlanError
        No target belongs to an indicator.
    """
    tables = (plans.quantities, plans.tasks, plans.documents)
    comparisons = compare_plans(plans)
    if comparisons.empty:
        raise PlanError("no target belongs to an indicator", "add plans, or rows of indicators")
    values = ["quantity_id", "value_low", "value_high", "value_base_low", "value_base_high"]
    rows = (
        read_coverage(comparisons, *tables)
        .merge(comparisons[["indicator_id", "quantity_id", "comparable"]], how="left")
        .merge(plans.quantities[[*values, "bound"]], on="quantity_id", how="left")
    )
    concepts = {i: split_id(i)[0] for i in rows["indicator_id"].unique()}
    factor = rows["indicator_id"].map({i: unit_factor(c.unit) for i, c in concepts.items()})
    themes = [*theme_names(), ""]
    known = {c.indicator_id: k for k, c in enumerate(read_indicators())}
    place = {
        i: (themes.index(c.theme), known.get(c.indicator_id, len(known)))
        for i, c in concepts.items()
    }
    low, high = (
        rows[f"value_base_{end}"].fillna(rows[f"value_{end}"]) / factor for end in ("low", "high")
    )
    is_plain = rows["indicator_id"].map(
        {i: c.unit[:1] not in ("万", "亿") for i, c in concepts.items()}
    )
    largest = high.where(is_plain).groupby(rows["indicator_id"]).transform("max")
    scale = largest.map(_scale)
    rows = rows.assign(
        comparable=rows["comparable"].eq(True),
        scale=scale,
        low=_round(low / scale),
        high=_round(high / scale),
        place=rows["indicator_id"].map(place),
    ).sort_values(["place", "indicator_id", "doc_id"], ignore_index=True)
    columns = ["indicator_id", "doc_id", "status", "evidence", "reason", "note", "detail",
        "task_id", "quantity_id",
        "comparable", "bound", "low", "high", "scale"]  # fmt: skip
    return rows[columns]


class Standing(NamedTuple):
    """Where numbers of one indicator stand: rows of the highest and lowest, and one's own place.

    `rank` is 1 for the highest of `n` comparable numbers, and is shared where `tied`; `gap` is the
    own number less the highest. Both are empty without an own number that may be compared.
    """

    high: Any
    low: Any
    n: int
    rank: int | None = None
    tied: bool = False
    gap: float | None = None

    def words(self, language: str = "zh") -> str:
        """Rank among all: 2/5, 并列1/4."""
        return text_for("rank_tied" if self.tied else "rank", language, rank=self.rank, n=self.n)


def find_standing(rows: pd.DataFrame, own: str = "") -> Standing | None:
    """Standing of one indicator's rows of `indicator_table`; None with fewer than two numbers."""
    stated = rows[rows["comparable"]]
    if len(stated) < 2:
        return None
    ordered = stated.sort_values(["low", "doc_id"], ascending=[False, True])
    high, low = ordered.iloc[0], ordered.iloc[-1]
    mine = ordered[ordered["doc_id"].eq(own)]
    if mine.empty:
        return Standing(high, low, len(ordered))
    value = mine["low"].iloc[0]
    rank, tied = int(ordered["low"].gt(value).sum()) + 1, ordered["low"].eq(value).sum() > 1
    return Standing(high, low, len(ordered), rank, bool(tied), value - high["low"])


def name_tied(rows: pd.DataFrame, row: pd.Series, names: pd.Series, language: str) -> str:
    """County of one of an indicator's rows, with how many more state the same number."""
    same = rows.loc[rows["comparable"] & rows["low"].eq(row["low"]), "doc_id"]
    county = str(names[row["doc_id"]])
    if len(same) < 2:
        return county
    return text_for("county_tied", language, county=county, n=len(same))


def _round(values: pd.Series) -> pd.Series:
    """Nine significant digits: base values are kept to six decimals and no plan gives more."""
    return values.map("{:.9g}".format).astype(float)


def first_departments(assignments: pd.DataFrame, *, language: str = "zh") -> pd.Series:
    """Name of the department that a clause names first, by task_id; support never stands first."""
    rows = assignments[assignments["role"].ne("support")].sort_values(["task_id", "position"])
    first = rows.drop_duplicates("task_id").set_index("task_id")["department"]
    return first.map(lambda d: department_name(d, language))


def describe_comparability(
    rows: pd.DataFrame, names: pd.Series, *, longest: int = 20, language: str = "zh"
) -> str:
    """Say of one indicator's rows whether they can be compared, and what keeps others apart.

    Pledges without a number that take more than `longest` columns are given in full.

    Parameters
    ----------
    rows
        Rows of `indicator_table` for one indicator.
    names
        Name of each plan's county, by doc_id.
    """
    concept, _ = split_id(rows["indicator_id"].iloc[0])
    n, alone = int(rows["comparable"].sum()), bool(rows["status"].eq("value").any())
    key = "several" if n else "one" if alone else "none"
    total = is_yearly_total(concept.name) and concept.measure in ("flow", "stock")
    own = concept.measure or "own"  # grouped by the plans' own words: no row of the lexicon
    measure = text_for("yearly_total" if total else f"term_{own}", language)
    parts = [text_for(f"comparable_{key}", language, n=n, measure=measure).rstrip("；，;, ")]
    for row in rows[rows["comparable"] & rows["note"].ne("")].itertuples():
        words = note_words(row, language)
        parts.append(text_for("note_county", language, counties=names[row.doc_id], reason=words))
    for (code, detail), group in rows[rows["status"].eq("other")].groupby(
        ["reason", "detail"], sort=False
    ):
        counties = join("county_join", group["doc_id"].map(names), language)
        reason = _reason(code, detail, language)
        parts.append(text_for("note_county", language, counties=counties, reason=reason))
    for row in rows[rows["status"].eq("no_number")].itertuples():
        if text_width(row.evidence) > longest:
            county = names[row.doc_id]
            parts.append(text_for("note_pledge", language, county=county, words=row.evidence))
    return join("note_join", parts, language)


def _reason(code: str, detail: str, language: str) -> str:
    """Reason of the table comparisons in a language, with the words that differ."""
    words = " / ".join(quote(_term(word, language), language) for word in detail.split(" / "))
    return text_for(f"reason_{code}", language, words=words)


def _term(word: str, language: str) -> str:
    """Word of a reason in a language: a measure, a dimension, a part, a sum of money, a level."""
    if f"term_{word}" in texts():
        return text_for(f"term_{word}", language)
    if word.isdigit() and len(word) > 4:  # a threshold; four digits are a year
        return _money(float(word), language)
    if language == "zh" or not word.endswith(("级", "级以上")):
        return word
    return level_slug(word).replace("-up", " and above").replace("-", " and ")


def _money(value: float, language: str) -> str:
    scale, words = _scale(value), ""
    if language == "zh":
        value, words = value / scale, text_for(f"scale_{scale}", language) if scale > 1 else ""
    return text_for("money_threshold", language, amount=f"{value:,.12g}{words}")
