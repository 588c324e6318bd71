"""The labels of ``data/labels``: read, checked, found in the text, paired with numbers."""

from __future__ import annotations

import json
import math
import re
from collections import defaultdict
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis import load
from analysis.errors import PlanError
from analysis.schema import BOUNDS, KINDS, MEASURES
from analysis.study import LABELS
from analysis.text import split_sentences

CLOSE = 0.6  # overlap from which two wordings of an indicator count as the same
NONE = "none"  # stands for an empty measure or due where pairs are compared
SETS = ("agreed", "given", "first", "second")

_FIELDS = {
    "no": "task_no",
    "text": "text",
    "low": "value_low",
    "high": "value_high",
    "unit": "unit",
    "cmp": "bound",
    "kind": "kind",
    "measure": "measure",
    "indicator": "indicator",
}
_OPTIONAL = ("indicator_alt", "due")
_COMPARED = [*list(_FIELDS.values())[1:], "due"]


def read_labels(name: str = "agreed", *, folder: Path = LABELS) -> pd.DataFrame:
    """Return one set of labels for every plan that it covers.

    Parameters
    ----------
    name
        One of `SETS`; ``data/labels/codebook.md`` says how each came about.

    Returns
    -------
    DataFrame
        One row per labelled quantity, by plan and in text order: doc_id, task_id, then the columns
        of the table quantities, and indicator_alt, a second wording of the same indicator.

    Raises
    ------
    PlanError
        There is no such set, or a line does not keep to the codebook; all such lines are listed.
    """
    files = sorted((folder / name).glob("*.jsonl"))
    if not files:
        raise PlanError(f"no labels {name!r}", f"one of: {', '.join(SETS)}", file=folder)
    rows, problems = [], []
    for file in files:
        for line, text in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            row = _read_line(text)
            faults = _faults(row)
            problems += [f"{file.name}:{line}: {fault}" for fault in faults]
            if not faults:
                rows.append({"doc_id": file.stem, **row})
    if problems:
        raise PlanError("; ".join(problems), "label again by codebook.md", file=folder / name)
    frame = pd.DataFrame(rows)
    number = frame["no"].map("{:02d}".format)
    frame.insert(1, "task_id", frame["doc_id"] + "-" + number)
    frame = frame.rename(columns=_FIELDS)
    return frame.reindex(columns=["doc_id", "task_id", *_FIELDS.values(), *_OPTIONAL])


def _read_line(text: str) -> dict[str, Any]:
    try:
        row = json.loads(text)
    except json.JSONDecodeError:
        return {}
    return row if isinstance(row, dict) else {}


def _faults(row: dict[str, Any]) -> list[str]:
    """What is wrong with one label; nothing when it keeps to the codebook."""
    if not row:
        return ["not a JSON object"]
    if missing := [k for k in _FIELDS if k not in row]:
        return [f"no field {', '.join(missing)}"]
    faults = [f"unknown field {k}" for k in row if k not in {*_FIELDS, *_OPTIONAL}]
    numbers = {k: row[k] for k in ("no", "low", "high")}
    if wrong := {k: v for k, v in numbers.items() if not isinstance(v, int | float)}:
        return faults + [f"{k} {v!r} is no number" for k, v in wrong.items()]
    for key, values in (("cmp", BOUNDS), ("kind", KINDS), ("measure", (*MEASURES, None))):
        if row[key] not in values:
            faults.append(f"{key} {row[key]!r}")
    if (row["kind"] == "target") != (row["measure"] is not None):
        faults.append(f"measure {row['measure']!r} with kind {row['kind']!r}")
    if (row["cmp"] == "range") != (row["low"] < row["high"]):
        faults.append(f"cmp {row['cmp']!r} from {row['low']} to {row['high']}")
    return faults


def locate_labels(
    labels: pd.DataFrame, tasks: pd.DataFrame, documents: pd.DataFrame, *, raw: Path | None = None
) -> pd.DataFrame:
    """Find each label in its task.

    Returns
    -------
    DataFrame
        `labels` with char_start and char_end in the document's decoded text, and the sentence.

    Raises
    ------
    PlanError
        A label's text does not stand in its task, after the label before it.
    """
    texts = dict(task_texts(tasks, documents, raw))
    found, problems = [], []
    cursor: dict[str, int] = {}
    for label in labels.itertuples():
        start, text = texts.get(label.task_id, (0, ""))
        # a number that is not the tail of a longer one: 5家, not the end of 15家
        pattern = re.compile(r"(?<![\d.])" + re.escape(label.text))
        m = pattern.search(text, cursor.get(label.task_id, 0))
        if m is None:
            problems.append(f"{label.task_id} {label.text}")
            continue
        cursor[label.task_id] = m.end()
        sentence = next(text[a:b] for a, b in split_sentences(text) if a <= m.start() < b)
        found.append((start + m.start(), start + m.end(), sentence.strip()))
    if problems:
        raise PlanError(
            f"labels not found in their tasks: {'; '.join(problems)}",
            "`text` must be an exact piece of the task, and labels stand in text order",
        )
    spans = pd.DataFrame(found, columns=["char_start", "char_end", "sentence"])
    return labels.reset_index(drop=True).join(spans)


def task_texts(
    tasks: pd.DataFrame, documents: pd.DataFrame, raw: Path | None = None
) -> Iterator[tuple[str, tuple[int, str]]]:
    """Yield task_id, and the start and text of the task without its responsibility clause."""
    words = load.read_words(tasks.sort_values("doc_id", kind="stable"), documents, raw=raw)
    for row in words.itertuples():
        yield row.task_id, (row.char_start, row.words)


def read_decisions() -> pd.DataFrame:
    """One row per field that was decided: doc_id, no, text, field, first, second, decision, reason.

    A cell is empty where the label's field is.
    """
    return pd.read_csv(LABELS / "decisions.csv", encoding="utf-8", keep_default_na=False)


def read_same_units() -> dict[str, str]:
    """Units that count as the same when a figure is compared with its label (名 and 人)."""
    frame = pd.read_csv(LABELS / "same_units.csv", encoding="utf-8")
    return dict(zip(frame["unit"], frame["same_as"], strict=True))


def read_first_counts() -> pd.DataFrame:
    """One row per label set and plan: the counts of the first measurement.

    It was made once, when the rules had seen two plans only (condition “tuned”) and nobody had
    looked at what they did on the other three (“held out”).
    """
    return pd.read_csv(LABELS / "first_measurement.csv", encoding="utf-8")


def read_conditions() -> dict[str, str]:
    """Whether the rules had seen a plan (“tuned”) or not (“held out”) at that time, by doc_id."""
    counts = read_first_counts()
    return dict(zip(counts["doc_id"], counts["condition"], strict=True))


def overlap(a: str, b: str) -> float:
    """Share of characters, 0 to 1, that two wordings have in common in the same order.

    The codebook defines agreement on an indicator by it, so it is not `stats.likeness`, which
    weighs runs of characters by how rare they are.

    Source: Ratcliff and Metzener 1988, "Pattern Matching: The Gestalt Approach"; `difflib`.
    """
    return SequenceMatcher(None, a, b, autojunk=False).ratio() if a or b else 0.0


def match_labels(found: pd.DataFrame, labels: pd.DataFrame) -> pd.DataFrame:
    """Pair numbers that were found with labels.

    A pair has the same task, the same values and the same unit (by ``same_units.csv``). Labels
    choose in text order, each row is used once; where several rows fit, the label takes the one
    of its own kind, then the one whose indicator is closest.

    Parameters
    ----------
    found
        The table quantities, or any table with task_id, text, values and unit.
    labels
        From `labels.read_labels`; rows of `found` in other plans are left out.

    Returns
    -------
    DataFrame
        One row per pair, per label that was missed and per row that no label asks for: doc_id,
        task_id, outcome (match, missed, extra); what was found, and under ``label_...`` what the
        label says; overlap, with the closer of the label's wordings; the sentence.
    """
    same = read_same_units()
    rows = found.reindex(columns=["task_id", *_COMPARED, "sentence"])
    rows = rows[rows["task_id"].str.rsplit("-", n=1).str[0].isin(labels["doc_id"].unique())]
    waiting: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in _records(rows):
        waiting[row["task_id"]].append(row)
    pairs = []
    for label in _records(labels):
        left = waiting[label["task_id"]]
        fits = [row for row in left if _same_figure(row, label, same)]
        if not fits:
            pairs.append(_pair({}, label, "missed"))
            continue
        best = max(fits, key=lambda row: (row["kind"] == label["kind"], _closest(row, label)))
        left.remove(best)
        pairs.append(_pair(best, label, "match"))
    pairs += [_pair(row, {}, "extra") for left in waiting.values() for row in left]
    frame = pd.DataFrame(pairs)
    for column in ("bound", "kind", "measure", "due"):
        for name in (column, f"label_{column}"):
            frame[name] = frame[name].replace("", None).fillna(NONE)
    return frame.sort_values("task_id", kind="stable", ignore_index=True)


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return frame.astype(object).where(frame.notna(), None).to_dict("records")


def _same_figure(row: dict[str, Any], label: dict[str, Any], same: dict[str, str]) -> bool:
    unit, other = row["unit"] or "", label["unit"] or ""
    return same.get(unit, unit) == same.get(other, other) and all(
        math.isclose(row[end], label[end], rel_tol=1e-6, abs_tol=1e-6)
        for end in ("value_low", "value_high")
    )


def _closest(row: dict[str, Any], label: dict[str, Any]) -> float:
    return max(overlap(w, row["indicator"] or "") for w in _wordings(label))


def _wordings(label: dict[str, Any]) -> list[str]:
    both = (label["indicator"], label.get("indicator_alt"))
    return [w for w in both if w is not None]


def _pair(row: dict[str, Any], label: dict[str, Any], outcome: str) -> dict[str, Any]:
    task_id = label.get("task_id") or row["task_id"]
    return {
        "doc_id": task_id.rpartition("-")[0],
        "task_id": task_id,
        "outcome": outcome,
        **{c: row.get(c) for c in _COMPARED},
        **{f"label_{c}": label.get(c) for c in _COMPARED},
        "overlap": _closest(row, label) if row and label else np.nan,
        "exact": bool(row and label) and row["indicator"] in _wordings(label),
        "sentence": label.get("sentence") or row.get("sentence"),
    }
