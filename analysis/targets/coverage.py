"""What a plan says of an indicator, and what it leaves out: honest blanks with their evidence."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from analysis import load
from analysis.stats import likeness
from analysis.targets.compare import ONE_COUNTY
from analysis.targets.indicators import Indicator, find_pledge, read_indicators, split_id
from analysis.text import fold_width, split_sentences

# From what is known best to what is not there at all.
STATUSES = ("value", "other", "no_number", "uncertain", "absent")
_CLAUSE = re.compile(r"[^,;:。!?]+")
_OPENING = 6  # characters before a pledge that opens its clause (年底前基本完成…)
_ITEM = re.compile(r"[^、和与及]+|$")
_AGAINST = re.compile(r"(?:[高低快慢优]于|超过|同步于?|不及|落后)$")
_CHANGE = re.compile(r"增[速幅长]|提[高升]率|降幅|[下双]降|降低|减少|压减")
_COLUMNS = [
    "indicator_id", "doc_id", "status", "evidence", "quantity_id", "task_id", "sentence",
    "char_start", "char_end", "score", "reason", "note", "detail",
]  # fmt: skip


def read_sentences(tasks: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """One row per sentence of the tasks' texts; offsets cut it out of the decoded document.

    A task without a text says all in its title, which is its sentence then.
    """
    rows = []
    tasks = tasks.sort_values(["doc_id", "char_start"])
    for own in load.read_words(tasks, documents).itertuples():
        has_text = own.words[own.text_start - own.char_start :].strip()
        begin = own.text_start if has_text else own.title_start
        text = own.words[begin - own.char_start :]
        for a, b in split_sentences(fold_width(text)):
            sentence = text[a:b].strip()
            start = begin + text.find(sentence, a)
            if sentence:
                rows.append((own.task_id, own.doc_id, start, start + len(sentence), sentence))
    frame = pd.DataFrame(rows, columns=["task_id", "doc_id", "char_start", "char_end", "sentence"])
    frame = frame.astype({"char_start": "int64", "char_end": "int64"})  # of no sentence, too
    return frame.assign(folded=frame["sentence"].map(fold_width))


def read_coverage(
    comparisons: pd.DataFrame,
    quantities: pd.DataFrame,
    tasks: pd.DataFrame,
    documents: pd.DataFrame,
    *,
    floor: float = 0.45,
) -> pd.DataFrame:
    """Say for every indicator and plan what the plan states, with the sentence that shows it.

    ``value``: a figure of this indicator. ``other``: a figure that the gate refuses (`reason` and
    `detail` say why). ``no_number``: pledged in words (全覆盖). ``uncertain``: a second search,
    by keyword and by likeness, finds a sentence like it but no figure that matches. ``absent``:
    that search finds nothing; `score` is the cosine of the nearest clause, below `floor`.

    Returns
    -------
    DataFrame
        One row per indicator and plan; indicators that no plan states are left out. `evidence`
        is the number or the words of the pledge; ``char_start:char_end`` cut `sentence` out of
        the decoded document.
    """
    sentences = read_sentences(tasks, documents)
    stated = _stated(comparisons, quantities, sentences)
    plans = sorted(documents["doc_id"])
    ids = set(comparisons["indicator_id"]) | _without_level()
    cells = pd.MultiIndex.from_product([list(ids), plans], names=["indicator_id", "doc_id"])
    missing = cells.difference(pd.MultiIndex.from_frame(stated[["indicator_id", "doc_id"]]))
    searched = _search(missing.to_frame(index=False), sentences, floor)
    cover = pd.concat([stated, searched])[_COLUMNS]
    known = cover["status"].isin(STATUSES[:3]).groupby(cover["indicator_id"]).transform("any")
    return cover[known].sort_values(["indicator_id", "doc_id"], ignore_index=True)


def coverage_matrix(cover: pd.DataFrame, *, values: str = "status") -> pd.DataFrame:
    """Indicators in rows, plans in columns; cells hold one column of `read_coverage`."""
    return cover.pivot(index="indicator_id", columns="doc_id", values=values)


def _without_level() -> set[str]:
    return {i.indicator_id for i in read_indicators() if not i.by_level}


def _stated(
    comparisons: pd.DataFrame, quantities: pd.DataFrame, sentences: pd.DataFrame
) -> pd.DataFrame:
    """Cells for which there is a number: the one that stands, else the first refused one."""
    own = comparisons["comparable"] | comparisons["reason"].eq(ONE_COUNTY)
    rows = comparisons.assign(status=np.where(own, "value", "other"))
    rows = rows.merge(
        quantities[["quantity_id", "task_id", "text", "char_start"]], on="quantity_id"
    )
    keys = ["indicator_id", "doc_id", "status", "note", "char_start"]
    rows = rows.sort_values(keys, ascending=[True, True, False, True, True])
    rows = rows.drop_duplicates(["indicator_id", "doc_id"]).rename(columns={"text": "evidence"})
    rows = rows.rename(columns={"char_start": "place"}).astype({"place": "int64"})
    return pd.merge_asof(
        rows.sort_values("place"),
        sentences.sort_values("char_start"),
        left_on="place",
        right_on="char_start",
        by=["doc_id", "task_id"],
    ).assign(score=1.0)


# --- the second search ----------------------------------------------------------------------


def _search(cells: pd.DataFrame, sentences: pd.DataFrame, floor: float) -> pd.DataFrame:
    """Search the plans for indicators without a number: keyword and pledge, then similarity."""
    concepts = {i: split_id(i)[0] for i in cells["indicator_id"].unique()}
    nearest = _nearest({i.indicator_id: i for i in concepts.values()}, sentences)
    folded = sentences["folded"].tolist()
    by_plan = {d: rows.to_numpy() for d, rows in sentences.groupby("doc_id").groups.items()}
    hits: dict[tuple[str, str], tuple[int, str]] = {}
    rows = []
    for cell in cells.itertuples():
        concept = concepts[cell.indicator_id]
        key = (concept.indicator_id, cell.doc_id)
        if key not in hits:
            hits[key] = _keyword(concept, folded, by_plan.get(cell.doc_id, ()))
        row, pledge = hits[key]
        near, score = nearest.get(key, (-1, 0.0))
        if row < 0 and score >= floor:
            row = near
        status = "no_number" if pledge else "uncertain" if row >= 0 else "absent"
        rows.append((cell.indicator_id, cell.doc_id, status, pledge, row, score))
    columns = ["indicator_id", "doc_id", "status", "evidence", "row", "score"]
    found = pd.DataFrame(rows, columns=columns)
    place = sentences[["task_id", "sentence", "char_start", "char_end"]]
    return found.join(place, on="row").assign(reason="", note="", detail="", quantity_id=None)


def _keyword(concept: Indicator, folded: list[str], rows: np.ndarray) -> tuple[int, str]:
    """First sentence with the indicator's keywords, the first that pledges before the others.

    A pledge counts in the clause of the keyword, or where it opens the clause after it
    (加快5G基站建设,完成市下达的建设任务).
    """
    first = -1
    for row in rows:
        for hit in concept.keywords.finditer(folded[row]):
            first = row if first < 0 else first
            here = [m for m in _CLAUSE.finditer(folded[row]) if m.end() > hit.start()][:2]
            clauses = [m[0] for m in here]
            if not _speaks_of(concept, clauses[0], hit.start() - here[0].start()):
                continue
            opening = [find_pledge(clause) for clause in clauses]
            if opening[1:] and not 0 <= clauses[1].find(opening[1]) <= _OPENING:
                opening.pop()
            if pledge := next(filter(None, opening), ""):
                return int(row), pledge
    return int(first), ""


def _speaks_of(concept: Indicator, clause: str, place: int) -> bool:
    """Whether a pledge in a clause is one of this indicator, whose keyword stands at a place.

    What another indicator is measured against is no pledge (不低于GDP增速), nor is a change of it
    one of its level (投资增幅高于全市平均水平).
    """
    item = next(m[0] for m in _ITEM.finditer(clause) if m.end() > place)
    if concept.exclude is not None and concept.exclude.search(item):
        return False
    if _AGAINST.search(clause[:place]):
        return False
    return bool(_CHANGE.search(clause)) == (concept.measure == "growth")


def _nearest(
    concepts: dict[str, Indicator], sentences: pd.DataFrame
) -> dict[tuple[str, str], tuple[int, float]]:
    """Nearest sentence, by its best clause, to each indicator in each plan, and the cosine."""
    texts = [(i, t) for i, c in concepts.items() for t in (c.name.format(level=""), *c.aliases)]
    pieces = [(r, m[0]) for r, s in enumerate(sentences["folded"]) for m in _CLAUSE.finditer(s)]
    if not texts or not pieces:
        return {}
    cosine = likeness([t for _, t in texts], [piece for _, piece in pieces])
    frame = pd.DataFrame(
        {
            "concept": np.array([i for i, _ in texts], dtype=object)[cosine.row],
            "row": np.array([r for r, _ in pieces])[cosine.col],
            "score": cosine.data.round(4),
        }
    )
    frame["doc_id"] = sentences["doc_id"].to_numpy()[frame["row"]]
    frame = frame.sort_values(["score", "row"], ascending=[False, True])
    best = frame.drop_duplicates(["concept", "doc_id"])
    return {(b.concept, b.doc_id): (int(b.row), float(b.score)) for b in best.itertuples()}
