"""Which targets may stand beside each other: matched indicators, a gate, and what it refuses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analysis.stats import likeness
from analysis.study import LABELS
from analysis.targets.indicators import (
    Indicator,
    level_rank,
    level_slug,
    read_indicators,
    read_level,
    read_scope,
    read_threshold,
    unit_class,
)
from analysis.text import fold_width

WHOLE = "全域"
ONE_COUNTY = "only one county"
_COLUMNS = [
    "indicator_id", "quantity_id", "doc_id", "value_low", "value_high", "unit", "bound", "measure",
    "scope", "comparable", "reason", "concept", "level", "value_base_low", "value_base_high",
    "unit_base", "match",
]  # fmt: skip


def compare_targets(
    quantities: pd.DataFrame,
    tasks: pd.DataFrame,
    documents: pd.DataFrame,
    *,
    floor: float = 0.72,
) -> pd.DataFrame:
    """Match targets to indicators and say which of them may stand beside each other.

    A target passes the gate where measure, dimension, threshold, level and year agree with the
    indicator and it speaks of the whole county; at least two counties have to pass. An indicator
    whose level must agree stands once for every level that two counties share, under an id with
    the level in it. Of several numbers in one plan the largest stands: a total is never smaller
    than its parts.

    Parameters
    ----------
    quantities, tasks, documents
        The tables of these names.
    floor
        Least cosine of character n-grams for a match that no pattern makes, 0 to 1.

    Returns
    -------
    DataFrame
        One row per target and indicator that it was matched to, as `schema.COMPARISONS` says.
    """
    targets = prepare_targets(quantities, tasks, documents)
    matched = _check(_match(targets, floor))
    if matched.empty:
        types = {c: "float64" if c.startswith("value_") else "str" for c in _COLUMNS}
        return matched.reindex(columns=_COLUMNS).astype(types | {"comparable": bool})
    rows = matched.merge(_profiles(matched), on="concept", validate="many_to_many")
    rows = _gate(rows.sort_values(["indicator_id", "order"], ignore_index=True))
    rows["unit_base"] = rows["dimension"]
    return rows.sort_values(["indicator_id", "quantity_id"], ignore_index=True)[_COLUMNS]


def prepare_targets(
    quantities: pd.DataFrame, tasks: pd.DataFrame, documents: pd.DataFrame
) -> pd.DataFrame:
    """One row per target with its plan, year, folded phrase, level, base values and dimension."""
    home = tasks[["task_id", "doc_id", "title"]].merge(
        documents[["doc_id", "year"]], on="doc_id", validate="many_to_one"
    )
    t = quantities[quantities["kind"] == "target"].merge(home, on="task_id", validate="many_to_one")
    t = t.sort_values(["doc_id", "char_start"], ignore_index=True)
    text = t[["indicator", "sentence", "title", "unit", "unit_base"]].astype(object)
    due = pd.to_numeric(t["due"].str.extract(r"(20\d{2})")[0]).astype("Int64")
    base = t["unit_base"].ne("")
    return t.assign(
        order=range(len(t)),
        phrase=text["indicator"].map(fold_width),
        context=text["sentence"].map(fold_width),
        title=text["title"].map(fold_width),
        level=text["indicator"].map(fold_width).map(read_level),
        year=due.fillna(t["year"]),
        dimension=[unit_class(u, b) for u, b in zip(text["unit"], text["unit_base"], strict=True)],
        value_base_low=t["value_base_low"].where(base, t["value_low"]),
        value_base_high=t["value_base_high"].where(base, t["value_high"]),
    )


# --- matching -------------------------------------------------------------------------------


def _match(targets: pd.DataFrame, floor: float) -> pd.DataFrame:
    """One row per target and indicator: by pattern, else by similarity to names and aliases."""
    phrases, contexts = targets["phrase"].tolist(), targets["context"].tolist()
    found = [
        (row, indicator.indicator_id, "rule")
        for indicator in read_indicators()
        for row, (phrase, context) in enumerate(zip(phrases, contexts, strict=True))
        if indicator.matches(phrase, context)
    ]
    left = targets.drop(index=sorted({row for row, *_ in found}))
    found += _similar_indicators(left, floor)
    pairs = pd.DataFrame(found, columns=["row", "concept", "match"])
    return targets.iloc[pairs["row"]].assign(
        concept=pairs["concept"].to_numpy(), match=pairs["match"].to_numpy()
    )


def _similar_indicators(left: pd.DataFrame, floor: float) -> list[tuple[int, str, str]]:
    """Nearest indicator of the same measure and dimension for targets that no pattern knows."""
    names = [(i, text) for i in read_indicators() for text in (i.name.format(level=""), *i.aliases)]
    cosine = likeness(left["phrase"], [text for _, text in names])
    best: dict[int, tuple[float, Indicator]] = {}
    for row, column, score in zip(cosine.row, cosine.col, cosine.data, strict=True):
        indicator = names[column][0]
        if score < floor or score <= best.get(row, (0.0,))[0]:
            continue
        target = left.iloc[row]
        agrees = (indicator.measure, indicator.unit_base) == (target.measure, target.dimension)
        head = names[column][1][-2:]  # the noun itself has to be there: 老旧公园 is no 老旧小区
        if agrees and head in target.phrase and indicator.covers(target.phrase, target.context):
            best[row] = (score, indicator)
    return [
        (left.index[row], indicator.indicator_id, f"similarity {score:.2f}")
        for row, (score, indicator) in sorted(best.items())
    ]


# --- the gate -------------------------------------------------------------------------------


def _check(matched: pd.DataFrame) -> pd.DataFrame:
    """Add `part` and `fault`: the first thing that keeps a target from its indicator."""
    known = {i.indicator_id: i for i in read_indicators()}
    parts, faults = [], []
    for row in matched.itertuples():
        indicator = known[row.concept]
        part = read_scope(row.phrase, row.title, indicator.name)
        parts.append(part)
        faults.append(_fault(row, indicator, part))
    matched = matched.assign(part=pd.array(parts, dtype="str"), fault=pd.array(faults, dtype="str"))
    # A number of another dimension is told only where it has no indicator of its own.
    at_home = matched.loc[matched["fault"] == "", "order"]
    stray = matched["fault"].str.startswith("other unit") & matched["order"].isin(at_home)
    return matched[~stray]


def _fault(row: Any, indicator: Indicator, part: str) -> str:
    if row.dimension != indicator.unit_base:
        return f"other unit: {row.dimension}, not {indicator.unit_base}"
    if row.measure != indicator.measure:
        return f"other measure: {row.measure}, not {indicator.measure}"
    if part:
        return f"part of the whole: {part}"
    theirs, ours = read_threshold(row.phrase), read_threshold(indicator.name)
    if theirs != ours:
        return f"other threshold: {theirs:,.0f} yuan, not {ours:,.0f}"
    return ""


def _profiles(matched: pd.DataFrame) -> pd.DataFrame:
    """One row per indicator that stands for itself: concept, its level and its year.

    For a concept whose level must agree, every level that two plans share; where there is none,
    the level that most plans have, the higher first. The year is the one that most numbers have,
    the latest of several.
    """
    by_level = {i.indicator_id for i in read_indicators() if i.by_level}
    passes = matched["fault"] == ""
    year = matched.loc[passes if passes.any() else ~passes, "year"].mode().max()
    rows = matched.assign(
        by_level=matched["concept"].isin(by_level),
        plan=matched["doc_id"].where(passes & (matched["year"] == year)),
    )
    rows["own_level"] = rows["level"].where(rows["by_level"], "")
    keys = ["concept", "by_level", "own_level"]
    profiles = rows.groupby(keys, as_index=False).agg(n_plans=("plan", "nunique"))
    profiles["rank"] = profiles["own_level"].map(level_rank)
    profiles = profiles.sort_values(["concept", "n_plans", "rank"], ascending=[True, False, True])
    kept = profiles[(profiles["n_plans"] >= 2) | ~profiles.duplicated("concept")]
    slugs = ("-" + kept["own_level"].map(level_slug)).where(kept["by_level"], "")
    return kept[keys].assign(indicator_id=kept["concept"] + slugs, common_year=year)


def _gate(rows: pd.DataFrame) -> pd.DataFrame:
    """Set `scope`, `comparable` and `reason` of rows that stand in the order of the text."""
    reason = rows["fault"].to_numpy(dtype=object)
    level = rows["by_level"] & (rows["level"] != rows["own_level"])
    named = rows["level"].replace("", "no level") + ", not " + rows["own_level"].replace("", "none")
    year = rows["year"] != rows["common_year"]
    when = rows["year"].astype("str") + ", not " + rows["common_year"].astype("str")
    reason = np.where((reason == "") & level, "other level: " + named, reason)
    reason = np.where((reason == "") & year, "other year: " + when, reason)
    rows = rows.assign(reason=reason)
    passing = rows[rows["reason"] == ""].sort_values(
        ["indicator_id", "doc_id", "value_base_high", "order"], ascending=[True, True, False, True]
    )
    spare = passing.duplicated(["indicator_id", "doc_id"])
    stands = passing.groupby(["indicator_id", "doc_id"])["quantity_id"].transform("first")
    rows.loc[passing.index[spare], "reason"] = "second figure of the plan; see " + stands[spare]
    single = rows["reason"].eq("") & (
        rows["reason"].eq("").groupby(rows["indicator_id"]).transform("sum") < 2
    )
    rows.loc[single, "reason"] = ONE_COUNTY
    level = rows["level"].where(rows["by_level"], "")
    scope = (level + " " + rows["part"]).str.strip().replace("", WHOLE)
    return rows.assign(scope=scope, level=level, comparable=rows["reason"].eq(""))


# --- what the gate refuses ------------------------------------------------------------------


def refused_pairs(comparisons: pd.DataFrame) -> pd.DataFrame:
    """Pairs of targets of two plans that look alike and that the gate keeps apart.

    Where an indicator has comparable targets, a refused one is paired with those; else the
    refused ones with each other. One row per pair of quantities: indicator_id, quantity_id_1,
    quantity_id_2, reason.
    """
    stands = comparisons["comparable"]
    rows = comparisons.assign(reason=comparisons["reason"].replace(ONE_COUNTY, ""))
    has_peers = stands.groupby(rows["indicator_id"]).transform("any")
    keys = ["indicator_id", "quantity_id", "doc_id", "unit_base", "measure", "level", "reason"]
    refused = rows.loc[rows["reason"] != "", keys]
    others = rows.loc[stands | ~has_peers, keys]
    pairs = refused.merge(others, on="indicator_id", suffixes=("_1", "_2"))
    pairs = pairs[pairs["doc_id_1"] != pairs["doc_id_2"]]
    ends = ["quantity_id_1", "quantity_id_2"]
    back = pairs[ends[0]] > pairs[ends[1]]
    swap = {c: c[:-1] + ("2" if c.endswith("1") else "1") for c in pairs if c[-2:] in ("_1", "_2")}
    pairs = pd.concat([pairs[~back], pairs[back].rename(columns=swap)], ignore_index=True)
    pairs["reason"] = _pair_reason(pairs)
    columns = ["indicator_id", *ends, "reason"]
    pairs = pairs.sort_values(columns).drop_duplicates(ends)[columns]
    together = comparable_pairs(comparisons)[ends].assign(together=True)
    pairs = pairs.merge(together, on=ends, how="left")
    return pairs.loc[pairs["together"].isna(), columns].reset_index(drop=True)


def _pair_reason(pairs: pd.DataFrame) -> pd.Series:
    """What tells the two numbers of a pair apart, the weightiest first."""
    told = pairs["reason_1"] + "; " + pairs["reason_2"]
    part = told.str.extract(r"((?:part of the whole|other threshold): [^;]+)")[0].fillna("")
    reason = pairs["reason_1"].where(pairs["reason_1"] != "", pairs["reason_2"])
    reason = reason.where(part == "", part)
    for column, word in (("level", "level"), ("measure", "measure"), ("unit_base", "unit")):
        one, two = (pairs[f"{column}_{k}"].replace("", "none named") for k in (1, 2))
        differs = (one != two) & ((part == "") if column == "level" else True)
        reason = reason.where(~differs, f"other {word}: " + one.str.cat(two, sep=" against "))
    return reason


def comparable_pairs(comparisons: pd.DataFrame) -> pd.DataFrame:
    """Pairs that the gate lets through, one row each: quantity_id_1, quantity_id_2, indicator."""
    rows = comparisons.loc[comparisons["comparable"], ["indicator_id", "quantity_id"]]
    pairs = rows.merge(rows, on="indicator_id", suffixes=("_1", "_2"))
    pairs = pairs[pairs["quantity_id_1"] < pairs["quantity_id_2"]]
    columns = ["quantity_id_1", "quantity_id_2", "indicator_id"]
    return pairs[columns].sort_values(columns, ignore_index=True)


def cite(rows: pd.DataFrame, quantities: pd.DataFrame) -> pd.DataFrame:
    """Add to rows with a quantity_id the task_id, words, sentence and offsets of the number."""
    source = ["quantity_id", "task_id", "indicator", "text", "char_start", "char_end", "sentence"]
    return rows.merge(quantities[source], on="quantity_id", how="left", validate="many_to_one")


def cite_pairs(pairs: pd.DataFrame, quantities: pd.DataFrame) -> pd.DataFrame:
    """Add to pairs of numbers what each counts, its words and its sentence (…_1 and …_2)."""
    source = quantities[["quantity_id", "indicator", "text", "sentence"]]
    for end in ("_1", "_2"):
        pairs = pairs.merge(source.add_suffix(end), on=f"quantity_id{end}", how="left")
    return pairs


def read_judged(comparisons: pd.DataFrame) -> pd.DataFrame:
    """One row per pair let through that ``labels/comparable_pairs.csv`` judges: right, note."""
    judged = pd.read_csv(LABELS / "comparable_pairs.csv", dtype="str", keep_default_na=False)
    keys = ["quantity_id_1", "quantity_id_2", "indicator_id"]
    return comparable_pairs(comparisons).merge(judged, on=keys, validate="one_to_one")
