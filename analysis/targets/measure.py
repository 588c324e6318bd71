"""How well targets are compared where the lexicon has not seen a city: with intervals."""

from __future__ import annotations

import pandas as pd

from analysis.stats import wilson
from analysis.targets.compare import comparable_pairs, compare_targets, read_labels
from analysis.targets.indicators import Indicator, read_indicators
from analysis.targets.prepare import prepare_targets

_PLANS = "county plans"  # source of a row of the lexicon that was written with plans in sight


def supporters(targets: pd.DataFrame, documents: pd.DataFrame) -> dict[str, set[str]]:
    """Cities whose plans have a target that an indicator's pattern finds, by indicator_id."""
    city = targets["doc_id"].map(documents.set_index("doc_id")["city"]).tolist()
    texts = list(zip(targets["phrase"], targets["context"], city, strict=True))
    return {
        i.indicator_id: {c for phrase, context, c in texts if i.matches(phrase, context)}
        for i in read_indicators()
    }


def without_city(city: str, support: dict[str, set[str]]) -> tuple[Indicator, ...]:
    """Indicators of the lexicon but those that were written from this city's plans alone."""
    return tuple(
        i
        for i in read_indicators()
        if i.source != _PLANS or support[i.indicator_id] - {city} or not support[i.indicator_id]
    )


def measure_comparing(
    quantities: pd.DataFrame, tasks: pd.DataFrame, documents: pd.DataFrame
) -> pd.DataFrame:
    """Score the comparing of targets with each city left out of the lexicon, and without it.

    Judged remarks and refusals (`labels/comparable_pairs.csv`) do not overrule the rules here;
    they are what is measured against. A pair counts for a city where one of its plans is in it.

    Returns
    -------
    DataFrame
        One row per city left out, one for all of them together (each pair once for every city
        that it touches), one for the whole lexicon and one for no lexicon: rows_off (indicators
        switched off), same (pairs judged so), recall of them with its 95 % interval (Wilson),
        judged (pairs let through that are judged), right (same, or a note that has one),
        precision with its interval, unjudged (pairs let through that nobody has judged).
    """
    parts = (quantities, tasks, documents)
    home = documents.set_index("doc_id")["city"]
    support = supporters(prepare_targets(*parts), documents)
    every = read_indicators()
    rows, pooled = [], {"same": 0, "found": 0, "judged": 0, "right": 0, "unjudged": 0}
    for city in sorted(home.unique()):
        lexicon = without_city(city, support)
        counts = _count(compare_targets(*parts, lexicon=lexicon, judged=False), home, city)
        pooled = {k: pooled[k] + counts[k] for k in pooled}
        rows.append({"left_out": city, "rows_off": len(every) - len(lexicon)} | counts)
    rows.append({"left_out": "each city in turn", "rows_off": None} | pooled)
    for name, lexicon in (("none", every), ("the whole lexicon", ())):
        counts = _count(compare_targets(*parts, lexicon=lexicon, judged=False), home, "")
        rows.append({"left_out": name, "rows_off": len(every) - len(lexicon)} | counts)
    return pd.DataFrame([_rates(row) for row in rows]).astype({"rows_off": "Int64"})


def _count(comparisons: pd.DataFrame, home: pd.Series, city: str) -> dict[str, int]:
    """Judged pairs that touch a city (all for an empty name), and how the rules did on them."""
    keys = ["quantity_id_1", "quantity_id_2"]
    labels = read_labels()[[*keys, "answer"]]
    pairs = labels.merge(comparable_pairs(comparisons)[[*keys, "note"]], on=keys, how="outer")
    ends = [pairs[k].str.replace(r"-\d+-q\d+$", "", regex=True).map(home) for k in keys]
    pairs = pairs[(ends[0] == city) | (ends[1] == city)] if city else pairs
    let = pairs["note"].notna()
    right = pairs["answer"].eq("same") | (pairs["answer"].eq("note") & pairs["note"].ne(""))
    return {
        "same": int(pairs["answer"].eq("same").sum()),
        "found": int((pairs["answer"].eq("same") & let).sum()),
        "judged": int((let & pairs["answer"].notna()).sum()),
        "right": int((let & right).sum()),
        "unjudged": int((let & pairs["answer"].isna()).sum()),
    }


def _rates(row: dict) -> dict:
    """Row with recall and precision and their intervals."""
    for name, part, whole in (("recall", "found", "same"), ("precision", "right", "judged")):
        low, high = wilson(row[part], row[whole])
        value = row[part] / row[whole] if row[whole] else float("nan")
        row |= {name: value, f"{name}_low": low, f"{name}_high": high}
    return row


def second_reading() -> pd.DataFrame:
    """Pairs that two readings judged: ids, first (yes: may stand, or no), second, remark."""
    labels = read_labels()
    both = labels[labels["first"] != ""]
    stands = both["answer"].ne("apart").map({True: "yes", False: "no"})
    return both.assign(second=stands)[
        ["indicator_id", "quantity_id_1", "quantity_id_2", "first", "second", "remark"]
    ].reset_index(drop=True)
