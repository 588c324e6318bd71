"""Plans of one county side by side over the years, and under the plans above them.

Two targets are one where they count the same thing in the same measure, by the lexicon's
indicator or by the likeness of their words, and the gate of the comparisons (`qualifiers`) lets
them meet; each is paired once, so that the sum of likenesses is greatest.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from analysis.load import successive_plans
from analysis.targets.compare import qualify
from analysis.targets.indicators import Indicator, read_indicators
from analysis.targets.prepare import prepare_targets
from analysis.targets.qualifiers import bare_words, dice, grams, likeness, may_meet

_FLOOR = 0.6  # least likeness of two phrases that count one thing, 0 to 1
_KNOWN = 0.35  # the same where both are of one indicator of the lexicon
_HALF_KNOWN = 0.65  # the same where one is of an indicator of the lexicon and the other of none
_BESIDE = 0.5  # least share of the shorter phrase that is in the longer one, in such sentences
_KIN = 0.3  # least likeness of two sentences that tell of one thing, by their bigrams
_NO_WORDS = re.compile(r"[\W\d_]")
_EVENTS = {"场", "批", "期", "班"}
ADDITIVE = ("flow", "stock")
_CITED = ["quantity_id", "task_id", "indicator", "text", "sentence", "value_low", "value_high"]
_CITED += ["bound", "unit", "measure"]


_Described = tuple[Any, list[Indicator]]

# --- pairs ----------------------------------------------------------------------------------


def pair_targets(one: pd.DataFrame, two: pd.DataFrame) -> pd.DataFrame:
    """Pair targets of one plan with those of another that count the same thing.

    Of two that are left over in sentences that hold a pair, or are much alike, less likeness is
    asked: letters in common, in any order.

    Parameters
    ----------
    one, two
        Targets as `prepare.prepare_targets` gives them.

    Returns
    -------
    DataFrame
        One row per pair, each target in at most one: left and right (positions in `one` and
        `two`), score (0 to 1).
    """
    left, right = _describe(one), _describe(two)
    scores = np.zeros((len(left), len(right)))
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            scores[i, j] = _score(a, b)
    pairs = _assign(scores)
    pairs |= _assign(_score_beside(left, right, pairs))
    rows = [(i, j, score) for (i, j), score in sorted(pairs.items())]
    return pd.DataFrame(rows, columns=["left", "right", "score"])


def _score_beside(
    left: list[_Described], right: list[_Described], pairs: Iterable[tuple[int, int]]
) -> np.ndarray:
    """Likeness of targets that are left over, in sentences that hold a pair or are much alike."""
    scores = np.zeros((len(left), len(right)))
    own, theirs = ([(t.task_id, t.sentence) for t, _ in side] for side in (left, right))
    told = {(own[i], theirs[j]) for i, j in pairs}
    over = sorted(set(range(len(left))) - {i for i, _ in pairs})
    # what has no measure tells what another number counts (过亿元项目)
    open_right = sorted(set(range(len(right))) - {j for _, j in pairs})
    open_right = [j for j in open_right if right[j][0].measure]
    places = {*(own[i] for i in over), *(theirs[j] for j in open_right)}
    words = {place: grams(_NO_WORDS.sub("", place[1])) for place in places}
    for i in over:
        for j in open_right:
            a, b = own[i], theirs[j]
            if (a, b) in told or dice(words[a], words[b]) >= _KIN:
                scores[i, j] = _score(left[i], right[j], beside=True)
    return scores


def _assign(scores: np.ndarray) -> dict[tuple[int, int], float]:
    """Pairs with their scores, each row and column in at most one, so that the sum is greatest."""
    rows, columns = linear_sum_assignment(-scores)
    pairs = zip(rows.tolist(), columns.tolist(), scores[rows, columns].tolist(), strict=True)
    return {(i, j): score for i, j, score in pairs if score > 0}


def _describe(targets: pd.DataFrame) -> list[_Described]:
    """Each target with the indicators of the lexicon that fit it."""
    known = read_indicators()
    return [
        (t, [i for i in known if i.unit_base == t.dimension and i.matches(t.phrase, t.context)])
        for t in targets.itertuples()
    ]


def _score(one: _Described, two: _Described, *, beside: bool = False) -> float:
    """Likeness of two targets, 0 where they may not meet.

    A little of it is that of their tasks' titles, and of all words of their phrases, verbs too.
    """
    (a, mine), (b, theirs) = one, two
    if not (a.phrase and b.phrase and _same_unit(a, b) and _same_measure(a, b)):
        return 0.0
    shared = [i for i in mine if i in theirs]
    alike = likeness(a.phrase, b.phrase)
    is_told_apart = not shared and (mine or theirs) and _letters(a.phrase) != _letters(b.phrase)
    half_known = not (mine and theirs) and (beside or alike >= _HALF_KNOWN)
    if is_told_apart and not half_known:
        return 0.0
    if beside:
        counted_alike = shared or a.unit == b.unit or a.dimension != "count"
        alike = _overlap(a.phrase, b.phrase) if counted_alike else 0.0
    if alike < (_BESIDE if beside else _KNOWN if shared else _FLOOR):
        return 0.0
    known = shared[0] if shared else None
    # what says itself what it is needs no title to tell it (海外仓 in a task on 跨境电商), and a
    # report has none
    is_plain = len(_letters(a.phrase)) > 2 and _letters(a.phrase) == _letters(b.phrase)
    titles = [(a.title, b.title)]
    if is_plain or not b.title:
        titles.append(("", ""))
    if not any(
        may_meet(
            qualify(a.phrase, a.statement, own, known),
            qualify(b.phrase, b.statement, other, known),
        )
        for own, other in titles
    ):
        return 0.0
    near = likeness(a.title, b.title) if a.title and b.title else 0.0
    return 0.85 * alike + 0.1 * near + 0.05 * dice(grams(a.phrase), grams(b.phrase))


def _overlap(one: str, two: str) -> float:
    """Share of the letters of the shorter phrase that the longer one has too, 0 to 1."""
    a, b = (Counter(bare_words(t)) for t in (one, two))
    return (a & b).total() / min(a.total(), b.total())


def _letters(phrase: str) -> list[str]:
    """What a phrase says in any order: 行政村生活污水治理 = 生活污水治理的行政村."""
    return sorted(bare_words(phrase).replace("的", ""))


def _same_unit(a: Any, b: Any) -> bool:
    """Whether two numbers are of one dimension, or count one thing with 次 or without (场, 场次).

    人次 and 户次 count visits, not persons and households.
    """
    stems = {a.unit.removesuffix("次"), b.unit.removesuffix("次")}
    return a.dimension == b.dimension or (len(stems) == 1 and stems <= _EVENTS)


# What there is in all, whatever the year has added; 总产量 is the year's own.
_IN_ALL = re.compile(
    r"总(?:数|量|面积|里程|规模|户数|人数|长度|容量)|累计|保有量|存量|拥有量|存栏|年末|期末"
    r"|余额|在[校园册营库]"
)
_ADDED = re.compile(r"[新净再]增|新(?:发展|扩|拓展)")  # to what there is already

_LEVEL = re.compile(r"(?:面积|人数|户数|规模|里程|容量|数量)$")


def _same_measure(a: Any, b: Any) -> bool:
    """Whether measures agree; a report tells of flows and totals of the year in the same words.

    What there is in all is never what the year has added; animals kept are not those sold.
    """
    if ("存栏" in a.phrase) != ("存栏" in b.phrase):
        return False
    if {a.measure, b.measure} == {"flow", "stock"}:
        stock, flow = (a, b) if a.measure == "stock" else (b, a)
        if _ADDED.search(flow.phrase) and _LEVEL.search(stock.phrase):
            return bool(_ADDED.search(stock.phrase))
        return not _IN_ALL.search(stock.phrase) or bool(_IN_ALL.search(flow.phrase))
    return a.measure == b.measure or {a.measure, b.measure} <= {"flow", "stock", ""}


# --- years ----------------------------------------------------------------------------------


def compare_target_years(
    documents: pd.DataFrame, tasks: pd.DataFrame, quantities: pd.DataFrame
) -> pd.DataFrame:
    """Every target of a county's plan beside that of the year before.

    Returns
    -------
    DataFrame
        One row per pair of targets, and per target without one: doc_id (this year's plan),
        before_doc_id, state (raised, lowered, same, recast: the form of the number differs; new,
        dropped), change (this year's number over last year's, less one; empty where there is
        none), and indicator, text, sentence, value_low, value_high, bound, unit, measure,
        quantity_id, task_id of this year's target, and of last year's with ``before_``. Raised
        and lowered speak of the number: to lower a limit (bound le) is to ask for more.
    """
    targets = prepare_targets(quantities, tasks, documents)
    rows: list[dict[str, Any]] = []
    for before, now in successive_plans(documents):
        old, new = (targets[targets["doc_id"].eq(d)].reset_index(drop=True) for d in (before, now))
        pairs = pair_targets(old, new)
        ids = {"doc_id": now, "before_doc_id": before}
        for i, j in zip(pairs["left"], pairs["right"], strict=True):
            rows.append(ids | _move(old.loc[i], new.loc[j]) | _cite(new.loc[j], old.loc[i]))
        for j in new.index.difference(pairs["right"]):
            rows.append(ids | {"state": "new"} | _cite(new.loc[j], None))
        for i in old.index.difference(pairs["left"]):
            rows.append(ids | {"state": "dropped"} | _cite(None, old.loc[i]))
    columns = ["doc_id", "before_doc_id", "state", "change"]
    columns += _CITED + [f"before_{c}" for c in _CITED]
    texts = dict.fromkeys(["quantity_id", "before_quantity_id"], "object")
    table = pd.DataFrame(rows, columns=columns).astype(texts)
    order = table["quantity_id"].fillna(table["before_quantity_id"])
    return table.iloc[order.argsort(kind="stable")].reset_index(drop=True)


def _move(old: pd.Series, new: pd.Series) -> dict[str, Any]:
    """How this year's number stands to last year's, in base units."""
    ends = ("value_base_low", "value_base_high")
    steps = [new[end] - old[end] for end in ends]
    change = new[ends[0]] / old[ends[0]] - 1 if old[ends[0]] else np.nan
    if not any(steps):
        return {"state": "same", "change": 0.0}
    if min(steps) >= 0:
        return {"state": "raised", "change": change}
    return {"state": "lowered" if max(steps) <= 0 else "recast", "change": change}


def _cite(new: pd.Series | None, old: pd.Series | None) -> dict[str, Any]:
    cells = {c: new[c] for c in _CITED} if new is not None else {}
    return cells | ({f"before_{c}": old[c] for c in _CITED} if old is not None else {})


# --- levels ---------------------------------------------------------------------------------


def compare_levels(
    documents: pd.DataFrame, tasks: pd.DataFrame, quantities: pd.DataFrame
) -> pd.DataFrame:
    """Every target of a plan above beside those of the counties under it, of the same year.

    Parameters
    ----------
    documents, tasks, quantities
        Tables with the plans of all levels (`load.tables` with the scope ``all``).

    Returns
    -------
    DataFrame
        One row per target above and county's target that counts the same thing (one with empty
        cells for a target that no county takes up): indicator, above_quantity_id, above_doc_id,
        above_text, above_sentence, above_low, doc_id, quantity_id, text, sentence, value_low
        (both in the base unit), n_counties (with such a target), n_plans (counties of this place
        with a plan), total (sum of the counties' numbers, where the measure may be added), and
        beyond: whether the county asks for more than the target above (for rates), or the
        counties together do (for sums; a sum of some counties is a least).
    """
    plans = documents[documents["kind"].eq("plan")]
    targets = prepare_targets(quantities, tasks, plans)
    targets = targets.assign(title="")  # tasks of two levels are titled apart
    rows: list[dict[str, Any]] = []
    for above, under in _places(plans):
        own = targets[targets["doc_id"].eq(above)].reset_index(drop=True)
        found: dict[int, list[pd.Series]] = {k: [] for k in own.index}
        for doc_id in under:
            theirs = targets[targets["doc_id"].eq(doc_id)].reset_index(drop=True)
            for i, j in pair_targets(own, theirs)[["left", "right"]].to_numpy():
                found[i].append(theirs.loc[j])
        for k, below in found.items():
            rows += _stack(own.loc[k], below, len(under))
    return pd.DataFrame(rows, columns=_LEVEL_COLUMNS)


_LEVEL_COLUMNS = [
    "indicator", "above_doc_id", "above_quantity_id", "above_text", "above_sentence", "above_low",
    "measure", "bound", "doc_id", "quantity_id", "text", "sentence", "value_low", "n_counties",
    "n_plans", "total", "beyond",
]  # fmt: skip


def _places(documents: pd.DataFrame) -> Iterator[tuple[str, list[str]]]:
    """Yield each plan above counties, and the counties' plans of its place and year."""
    counties = documents[documents["level"].eq("county")]
    for plan in documents[documents["level"].ne("county")].sort_values("doc_id").itertuples():
        same = counties["year"].eq(plan.year) & counties["province"].eq(plan.province)
        if plan.level == "city":
            same &= counties["city"].eq(plan.city)
        yield plan.doc_id, sorted(counties.loc[same, "doc_id"])


def _stack(above: pd.Series, below: Iterable[pd.Series], n_plans: int) -> list[dict[str, Any]]:
    """Rows of one target above."""
    below = list(below)
    adds = above["measure"] in ADDITIVE and "%" not in above["unit"]
    values = [t["value_base_low"] for t in below]
    total = sum(values) if adds and below else np.nan
    cells = {
        "indicator": above["indicator"],
        "above_doc_id": above["doc_id"],
        "above_quantity_id": above["quantity_id"],
        "above_text": above["text"],
        "above_sentence": above["sentence"],
        "above_low": above["value_base_low"],
        "measure": above["measure"],
        "bound": above["bound"],
        "n_counties": len(below),
        "n_plans": n_plans,
        "total": total,
    }
    rows = []
    for target in below:
        own = total if adds else target["value_base_low"]
        more = (
            own < above["value_base_low"]
            if above["bound"] == "le"
            else own > above["value_base_low"]
        )
        cited = {c: target[c] for c in ("doc_id", "quantity_id", "text", "sentence")}
        rows.append(cells | cited | {"value_low": target["value_base_low"], "beyond": bool(more)})
    return rows or [cells]
