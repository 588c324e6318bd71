"""Which targets may stand beside each other: matched indicators, one gate, and what it refuses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import pandas as pd

from analysis.load import Plans
from analysis.study import LABELS
from analysis.targets.discover import find_groups
from analysis.targets.indicators import Indicator, read_indicators
from analysis.targets.prepare import prepare_targets
from analysis.targets.qualifiers import (
    CODES,
    NO_LEVEL,
    Qualifiers,
    bare_words,
    departures,
    grams,
    likeness,
    may_meet,
    other_things,
    read_modifier,
    read_qualifiers,
    reason_between,
    slug,
)

WHOLE = "全域"
ONE_COUNTY, SECOND = "one_county", "second"
SAME_WORDS = "same words"
FLOOR = 0.72  # least likeness to a name
# Differences that make an indicator of its own, with a part of the id.
_SPLITS = ("scope", "threshold", "list", "level", "cumulative", "stage", "kind", "act")
_COLUMNS = [
    "indicator_id", "quantity_id", "doc_id", "value_low", "value_high", "unit", "bound", "measure",
    "scope", "comparable", "reason", "concept", "level", "value_base_low", "value_base_high",
    "unit_base", "match", "year", "note", "detail",
]  # fmt: skip


class Target(Protocol):
    """What matching asks of a row of `prepare_targets`."""

    phrase: str
    context: str
    statement: str
    title: str
    measure: str
    dimension: str
    is_total: bool
    order: int
    plan_year: int


def compare_targets(
    quantities: pd.DataFrame,
    tasks: pd.DataFrame,
    documents: pd.DataFrame,
    *,
    lexicon: Sequence[Indicator] | None = None,
    judged: bool = True,
    floor: float = FLOOR,
) -> pd.DataFrame:
    """Match targets to indicators and say which of them may stand beside each other.

    A target is matched by the patterns of the lexicon, else by likeness to its names; targets
    that no row knows are grouped by their own words (`discover.find_groups`). The plans of each
    year are compared among themselves. Under an indicator stand the targets of one year that the
    gate (`qualifiers`) lets meet; one that departs from the indicator's plain sense has a note.
    What may not meet has an id of its own. At least two plans have to stand; of several targets
    of one plan the largest stands: a total is never smaller than its parts.

    Parameters
    ----------
    quantities, tasks, documents
        The tables of these names.
    lexicon
        Indicators to match; those of ``lexicon/indicators.csv`` by default, () for none.
    judged
        Let ``labels/comparable_pairs.csv`` overrule the rules: a pair judged “no” never stands.
    floor
        Least likeness to a name for a match that no pattern makes, 0 to 1.

    Returns
    -------
    DataFrame
        One row per target and indicator that it was matched to, as `schema.COMPARISONS` says.
    """
    lexicon = read_indicators() if lexicon is None else lexicon
    targets = prepare_targets(quantities, tasks, documents)
    rows = match_targets(targets, lexicon, floor)
    return stand_together(rows + group_unmatched(unmatched(targets, rows)), judged=judged)


def compare_plans(plans: Plans) -> pd.DataFrame:
    """Comparisons of some plans, as `compare_targets` gives them; read where they are built."""
    if plans.comparisons is not None:
        return plans.comparisons
    return compare_targets(plans.quantities, plans.tasks, plans.documents)


def stand_together(rows: list[dict], *, judged: bool = True) -> pd.DataFrame:
    """Table of targets under indicators, known or found, as `schema.COMPARISONS` says.

    `rows` hold all targets of an indicator: the gate looks at one indicator at a time, and at the
    plans of one year, so that a year changes no other.
    """
    years = _by(rows, "plan_year").values()
    groups = [group for plans in years for group in _by(plans, "concept").values()]
    table = pd.DataFrame([row for group in groups for row in _stand(group)], columns=_COLUMNS)
    types = {c: "float64" if c.startswith("value_") else "str" for c in _COLUMNS}
    table = table.astype(types | {"comparable": bool, "year": "int64"})
    if judged:
        table = _overrule(table)
    return table.sort_values(["indicator_id", "quantity_id"], ignore_index=True)


def group_unmatched(targets: pd.DataFrame) -> list[dict]:
    """Records of targets that the plans' own words bring together, the plans of each year apart."""
    return [
        _read(target, concept, None, SAME_WORDS)
        for _, plans in targets.groupby("plan_year", sort=True)
        for concept, target in find_groups(plans)
    ]


# --- matching -------------------------------------------------------------------------------


def match_targets(
    targets: pd.DataFrame, lexicon: Sequence[Indicator], floor: float = FLOOR
) -> list[dict]:
    """One record per target and indicator: by pattern, else by likeness to a name."""
    rows = []
    names: dict[str, list[tuple[int, Indicator, str]]] = {}  # by their last two letters
    called = [(i, t) for i in lexicon for t in (i.name.format(level=""), *i.aliases)]
    for k, (known, name) in enumerate(called):
        names.setdefault(name[-2:], []).append((k, known, name))
    for target in targets.itertuples():
        hits = [i for i in lexicon if i.matches(target.phrase, target.context)]
        at_home = [i for i in hits if _fits(target, i)]
        # A target of another dimension or measure is told only where it has no home.
        for indicator in at_home or hits:
            rows.append(_read(target, indicator.indicator_id, indicator, "rule"))
        if not hits and (near := _nearest(target, names, floor)):
            rows.append(_read(target, near[0].indicator_id, near[0], f"similarity {near[1]:.2f}"))
    return rows


def _fits(target: Target, indicator: Indicator) -> bool:
    """Whether dimension and measure are those of an indicator; a yearly total is flow or stock."""
    measure = target.measure in indicator.measures or (
        target.is_total and {target.measure, indicator.measure} <= {"flow", "stock"}
    )
    return measure and target.dimension == indicator.unit_base


def _nearest(
    target: Target, names: dict[str, list[tuple[int, Indicator, str]]], floor: float
) -> tuple[Indicator, float] | None:
    """Indicator of a target's dimension whose name is most like its words, if it is alike."""
    if len(bare_words(target.phrase)) < 3:
        return None
    alike = [
        (likeness(target.phrase, name), -k, indicator)
        for noun in grams(target.phrase) & names.keys()  # the noun itself has to be there
        for k, indicator, name in names[noun]
        if not read_modifier(name, [target.phrase])[0]
        and _fits(target, indicator)
        and indicator.covers(target.phrase, target.context)
    ]
    best = max(alike, key=lambda found: found[:2], default=None)
    return (best[2], best[0]) if best and best[0] >= floor else None


def unmatched(targets: pd.DataFrame, rows: list[dict]) -> pd.DataFrame:
    """Targets without an indicator of their dimension and measure."""
    at_home = {r["quantity_id"] for r in rows if not r["fault"]}
    return targets[~targets["quantity_id"].isin(at_home)]


def qualify(phrase: str, statement: str, title: str, indicator: Indicator | None) -> dict[str, str]:
    """Qualifiers of a target, read in the light of its indicator where it has one."""
    if indicator is None:
        return read_qualifiers(phrase, statement, title)
    known = indicator.name.format(level="")
    found = read_qualifiers(phrase, statement, title, known=known, idle=indicator.idle)
    kind, words = read_modifier(re.sub(indicator.idle, "", phrase), (known, *indicator.aliases))
    if kind:
        found[kind] = "、".join(filter(None, (found.get(kind), words)))
    things = other_things(phrase, indicator.phrase)
    found |= {"list": things} if things else {}
    return ({"level": NO_LEVEL} if indicator.by_level else {}) | found


def _read(target: Target, concept: str, indicator: Indicator | None, match: str) -> dict[str, Any]:
    """Record of a target under an indicator: its qualifiers, and the fault that keeps it out."""
    row = {c: getattr(target, c, "") for c in _COLUMNS}
    fault = ""
    if indicator and not _fits(target, indicator):
        if target.dimension != indicator.unit_base:
            fault = f"unit: {target.dimension} / {indicator.unit_base}"
        else:
            fault = f"measure: {target.measure} / {indicator.measure}"
    return row | {
        "concept": concept,
        "match": match,
        "unit_base": target.dimension,
        "order": target.order,
        "plan_year": target.plan_year,
        "qualifiers": qualify(target.phrase, target.statement, target.title, indicator),
        "fault": fault,
        "indicator": indicator,
        "phrase": target.phrase,
    }


# --- the gate -------------------------------------------------------------------------------


def _by(rows: list[dict], key: str) -> dict[Any, list[dict]]:
    """Records by the value of a key, in the order of its values and of the texts."""
    found: dict[Any, list[dict]] = {}
    for row in sorted(rows, key=lambda r: (r[key], r["order"])):
        found.setdefault(row[key], []).append(row)
    return found


def _stand(rows: list[dict]) -> list[dict]:
    """Rows of the table for one indicator: which stand together, with what note, and why not."""
    indicator = rows[0]["indicator"]
    plain = _plain_sense(indicator, rows)
    good = [r for r in rows if not r["fault"]]
    years = sorted({r["year"] for r in good})
    groups = [g for y in years for g in _group([r for r in good if r["year"] == y], plain)]
    shared = [g for g in groups if _plans(g) >= 2] or groups[-1:] or [rows]
    shared = shared if indicator else shared[:1]  # the id found is the name of one group
    named: dict[str, dict[int, list[dict]]] = {}
    for group in shared:
        concept, year = rows[0]["concept"], group[0]["year"]
        name = _name(concept, indicator, group, plain)
        if year in named.get(name, {}):
            name = _name(concept, indicator, group, plain, in_full=True)
        while year in named.get(name, {}):
            name += "-more"
        named.setdefault(name, {})[year] = group
    return [r for name, by_year in named.items() for r in _fill(name, by_year, rows, plain)]


def _plain_sense(indicator: Indicator | None, rows: list[dict]) -> Qualifiers:
    """Qualifiers that an indicator's own name has; of one that was found, none.

    The words that rows of one found say beyond the shortest phrase become their modifiers.
    """
    if indicator is None:
        short = min(rows, key=lambda r: (len(bare_words(r["phrase"])), r["order"]))["phrase"]
        counted = re.compile(re.escape(bare_words(short)[-4:]))
        for row in rows:
            kind, words = read_modifier(row["phrase"], [short])
            told = {kind: words, "list": other_things(row["phrase"], counted)}
            row["qualifiers"] |= {k: v for k, v in told.items() if k and v}
        return {}
    name = indicator.name.format(level="")
    return read_qualifiers(name, name, known=name, idle=indicator.idle)


def _plans(group: list[dict]) -> int:
    return len({r["doc_id"] for r in group})


def _group(rows: list[dict], plain: Qualifiers) -> list[list[dict]]:
    """Groups of one year whose rows may all meet; the plain rows first, then the largest.

    A row that meets none of the rest joins those of an earlier group that it may meet, so that
    no pair is lost: 造林 stands beside 更新造林 and beside 荒山绿化, and these never together.
    """
    classes: dict[tuple[str, ...], list[dict]] = {}
    for row in rows:
        key = tuple(row["qualifiers"].get(k, "") for k in _SPLITS)
        classes.setdefault(key, []).append(row)
    own = tuple(plain.get(k, "") for k in _SPLITS)
    order = sorted(
        classes,
        key=lambda c: (sum(a != b for a, b in zip(c, own, strict=True)) > 0, -_plans(classes[c])),
    )
    groups: list[list[tuple[str, ...]]] = []
    for key in order:
        home = next((g for g in groups if all(_meet(classes, key, k) for k in g)), None)
        if home:
            home.append(key)
        else:
            groups.append([key])
    for group in groups:
        if _plans([r for k in group for r in classes[k]]) < 2:
            for key in order:
                if key not in group and all(_meet(classes, key, k) for k in group):
                    group.append(key)
    return [[r for k in group for r in classes[k]] for group in groups]


def _meet(classes: dict, one: tuple, two: tuple) -> bool:
    return may_meet(classes[one][0]["qualifiers"], classes[two][0]["qualifiers"])


def _name(
    concept: str,
    indicator: Indicator | None,
    group: list[dict],
    plain: Qualifiers,
    *,
    in_full: bool = False,
) -> str:
    """Id of a group: that of the concept, and what all its rows say beyond the plain sense.

    `in_full` adds what some of its rows say, where another group has the shorter id.
    """
    parts = [concept]
    for kind in _SPLITS if indicator else ():
        values = {r["qualifiers"].get(kind, "") for r in group}
        if kind == "level" and indicator and indicator.by_level:
            parts.append(slug(kind, values.pop()))
            continue
        said = values - {plain.get(kind, ""), ""}
        if len(said) == 1 and (in_full or len(values) == 1):
            parts.append(slug(kind, said.pop()))
    return "-".join(parts)


def _fill(
    name: str, by_year: dict[int, list[dict]], rows: list[dict], plain: Qualifiers
) -> list[dict]:
    """Rows of one id: those that stand, with their notes, and the others with their reasons."""
    stands: dict[int, tuple[str, dict[str, str]]] = {}  # reason and note, by the row
    spare: dict[int, str] = {}
    for group in by_year.values():
        first: dict[str, dict] = {}
        for row in sorted(group, key=lambda r: (-r["value_base_high"], r["order"])):
            if row["doc_id"] in first:
                spare[id(row)] = first[row["doc_id"]]["quantity_id"]
            else:
                first[row["doc_id"]] = row
        notes = departures([r["qualifiers"] for r in first.values()], plain)
        stands |= {
            id(row): ("", note) if len(first) > 1 else (ONE_COUNTY, {})
            for row, note in zip(first.values(), notes, strict=True)
        }
    said = {y: _distinct(r["qualifiers"] for r in group) for y, group in by_year.items()}
    out = []
    for row in rows:
        note: dict[str, str] = {}
        if row["fault"]:
            reason, _, detail = row["fault"].partition(": ")
        elif id(row) in stands:
            (reason, note), detail = stands[id(row)], ""
        elif id(row) in spare:
            reason, detail = SECOND, spare[id(row)]
        else:
            reason, detail = _keeps_apart(row, said)
        kinds = [CODES.get(k, k) for k in note]
        level = (
            row["qualifiers"].get("level", "")
            if row["indicator"] and row["indicator"].by_level
            else ""
        )
        level = level if level != NO_LEVEL else ""
        part = row["qualifiers"].get("scope", "")
        out.append(
            row
            | {
                "indicator_id": name,
                "scope": f"{level} {part}".strip() or WHOLE,
                "comparable": not reason,
                "reason": reason,
                "level": level,
                "note": kinds[0] if kinds else "",
                "detail": "；".join(note.values()) or detail,
            }
        )
    return out


def _distinct(qualifiers: Iterable[Qualifiers]) -> list[Qualifiers]:
    """Qualifiers without those that say the same: of many plans a few remain."""
    return list({tuple(sorted(q.items())): q for q in qualifiers}.values())


def _keeps_apart(row: dict, said: dict[int, list[Qualifiers]]) -> tuple[str, str]:
    """Code and words of what keeps a row from the rows of its year, or that its year is another."""
    if row["year"] not in said:
        return "year", f"{row['year']} / {max(said)}"
    return reason_between(row["qualifiers"], said[row["year"]])


# --- judged pairs ---------------------------------------------------------------------------


def read_labels() -> pd.DataFrame:
    """Pairs of the repository's plans with the answer of a reader; one row per pair."""
    return pd.read_csv(LABELS / "comparable_pairs.csv", dtype="str", keep_default_na=False)


def _overrule(table: pd.DataFrame) -> pd.DataFrame:
    """Keep judged “apart” pairs apart, and give a judged remark to the row that departs."""
    labels = read_labels()
    known = set(table["quantity_id"])
    labels = labels[labels["quantity_id_1"].isin(known) & labels["quantity_id_2"].isin(known)]
    for pair in labels[labels["answer"] != "same"].itertuples():
        ends = table["quantity_id"].isin((pair.quantity_id_1, pair.quantity_id_2))
        rows = table[ends & table["comparable"]]
        for name, both in rows.groupby("indicator_id"):
            if len(both) < 2 or (pair.answer == "note" and both["note"].ne("").any()):
                continue
            out = both.index[both["quantity_id"] == (pair.departs or pair.quantity_id_2)]
            if pair.answer == "note":
                table.loc[out, ["note", "detail"]] = "judged", pair.remark
                continue
            table.loc[out, "comparable"] = False
            table.loc[out, ["reason", "note", "detail"]] = "judged", "", pair.remark
            left = table["indicator_id"].eq(name) & table["comparable"]
            if left.sum() < 2:
                table.loc[left, "comparable"] = False
                table.loc[left, ["reason", "note", "detail"]] = ONE_COUNTY, "", ""
    return table


# --- pairs ----------------------------------------------------------------------------------


def refused_pairs(comparisons: pd.DataFrame) -> pd.DataFrame:
    """Pairs of targets of two plans that look alike and that the gate keeps apart.

    Where an indicator has comparable targets, a refused one is paired with those; else the
    refused ones with each other. One row per pair of quantities: indicator_id, quantity_id_1,
    quantity_id_2, reason, detail.
    """
    stands = comparisons["comparable"]
    has_peers = stands.groupby(comparisons["indicator_id"]).transform("any")
    keys = ["indicator_id", "quantity_id", "doc_id", "reason", "detail"]
    alone = comparisons["reason"].eq(ONE_COUNTY)
    refused = comparisons.loc[~stands & ~alone, keys]
    others = comparisons.loc[stands | ~has_peers, keys]
    pairs = refused.merge(others, on="indicator_id", suffixes=("", "_2"))
    pairs = pairs[pairs["doc_id"] != pairs["doc_id_2"]]
    own = [pairs[c].str.split(" / ", n=1).str[0] for c in ("detail", "detail_2")]
    both = pairs["reason"].eq(pairs["reason_2"]) & own[0].ne(own[1])
    pairs["detail"] = pairs["detail"].where(~both, own[0] + " / " + own[1])
    ends = ["quantity_id_1", "quantity_id_2"]
    pairs = pairs.rename(columns={"quantity_id": ends[0]})
    back = pairs[ends[0]] > pairs[ends[1]]
    pairs.loc[back, ends] = pairs.loc[back, ends[::-1]].to_numpy()
    columns = ["indicator_id", *ends, "reason", "detail"]
    pairs = pairs.sort_values(columns).drop_duplicates(ends)[columns]
    together = comparable_pairs(comparisons)[ends].assign(together=True)
    pairs = pairs.merge(together, on=ends, how="left")
    return pairs.loc[pairs["together"].isna(), columns].reset_index(drop=True)


def comparable_pairs(comparisons: pd.DataFrame) -> pd.DataFrame:
    """Pairs that the gate lets through, one row each.

    Returns
    -------
    DataFrame
        quantity_id_1, quantity_id_2, indicator_id, note (code, empty for a pair that is the same)
        and detail. A pair has a note where either of its rows has one.
    """
    columns = ["indicator_id", "year", "quantity_id", "note", "detail"]
    rows = comparisons.loc[comparisons["comparable"], columns]
    pairs = rows.merge(rows, on=columns[:2], suffixes=("_1", "_2"))
    pairs = pairs[pairs["quantity_id_1"] < pairs["quantity_id_2"]]
    first = pairs["note_1"] != ""
    pairs["note"] = pairs["note_1"].where(first, pairs["note_2"])
    both = pairs["detail_1"] + "；" + pairs["detail_2"]
    pairs["detail"] = both.str.strip("；")
    out = ["quantity_id_1", "quantity_id_2", "indicator_id", "note", "detail"]
    pairs = pairs.assign(noted=pairs["note"] != "").sort_values([*out[:2], "noted", "indicator_id"])
    return pairs.drop_duplicates(out[:2])[out].reset_index(drop=True)


def clean(comparisons: pd.DataFrame) -> pd.DataFrame:
    """Rows that stand without a note beside another such row: what findings are made from."""
    rows = comparisons[comparisons["comparable"] & comparisons["note"].eq("")]
    plans = rows.groupby(["indicator_id", "year"])["doc_id"].transform("nunique")
    return rows[plans >= 2]


def count_indicators(comparisons: pd.DataFrame, documents: pd.DataFrame) -> tuple[int, int]:
    """Indicators with clean targets of two plans or more, and those that reach two cities."""
    rows = clean(comparisons).merge(documents[["doc_id", "city"]], on="doc_id")
    cities = rows.groupby("indicator_id")["city"].nunique()
    return len(cities), int((cities >= 2).sum())


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
    """One row per pair let through that has been judged: ids, note given, answer, remark."""
    labels = read_labels().drop(columns="indicator_id")
    keys = ["quantity_id_1", "quantity_id_2"]
    return comparable_pairs(comparisons).merge(labels, on=keys, validate="one_to_one")
