"""The account of every numeral: part of a quantity, or the reason why it is none."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from pathlib import Path

import pandas as pd

from analysis.errors import PlanError
from analysis.reading.documents import read_sources
from analysis.reading.layout import Segment, segment
from analysis.reading.numbers import Numeral, read_numbers
from analysis.reading.pledges import read_pledges
from analysis.reading.quantities import read_quantities
from analysis.schema import ACCOUNTS
from analysis.text import fold_width, read_text

_BLANK = re.compile(r"\s")
_NUMBERED = {"section": "section_number", "task_no": "task_number"}
_LEAD_IN = 2  # characters before the number of a heading: a bracket, a mark
_AROUND = 8  # characters of context on either side


def account_numerals(
    doc_id: str,
    text: str,
    numerals: list[Numeral],
    segments: list[Segment],
    quantities: pd.DataFrame,
    pledges: pd.DataFrame,
) -> pd.DataFrame:
    """One row per numeral of a document, in text order, as `schema.NUMERALS` declares it.

    A number with a unit outside the tasks' own words (in a heading or a clause) is no quantity of
    the table, so it counts as unexplained and the build reports it.
    """
    places = [n.start for n in numerals]
    tasks = _owners(places, _task_spans(doc_id, segments))
    figures = _owners(places, _spans_of(quantities, "quantity_id"))
    words = _owners(places, _spans_of(pledges, "pledge_id"))
    accounts = [
        _account(n.account, figure, pledge)
        for n, figure, pledge in zip(numerals, figures, words, strict=True)
    ]
    for s in segments:
        if s.kind in _NUMBERED:
            at = bisect_left(places, s.start)
            if at < len(places) and places[at] - s.start < _LEAD_IN:
                accounts[at] = _NUMBERED[s.kind]
    counted = [f if a == "quantity" else "" for f, a in zip(figures, accounts, strict=True)]
    return pd.DataFrame(
        {
            "doc_id": doc_id,
            "char_start": places,
            "char_end": [n.end for n in numerals],
            "text": [text[n.start : n.end] for n in numerals],
            "account": accounts,
            "quantity_id": counted,
            "task_id": tasks,
            "context": [
                _BLANK.sub(" ", text[max(0, n.start - _AROUND) : n.end + _AROUND]) for n in numerals
            ],
        }
    )


def _account(account: str, quantity_id: str, pledge_id: str) -> str:
    """Account of a numeral, given the quantity and the target in words that hold it, if any."""
    if account == "quantity":
        return account if quantity_id else "unexplained"
    return "pledge" if pledge_id else account


def _spans_of(frame: pd.DataFrame, key: str) -> list[tuple[str, int, int]]:
    return list(zip(frame[key], frame["char_start"], frame["char_end"], strict=True))


def _task_spans(doc_id: str, segments: list[Segment]) -> list[tuple[str, int, int]]:
    spans: dict[int, tuple[int, int]] = {}
    for s in segments:
        if s.kind in {"task_no", "title", "text", "clause"}:
            spans[s.number] = (spans.get(s.number, (s.start, 0))[0], s.end)
    return [(f"{doc_id}-{number:02d}", a, b) for number, (a, b) in spans.items()]


def _owners(places: list[int], spans: list[tuple[str, int, int]]) -> list[str]:
    """Name of the span, of spans that do not overlap, that holds each place; empty where none."""
    spans = sorted(spans, key=lambda span: span[1])
    starts = [start for _, start, _ in spans]
    owners = []
    for place in places:
        i = bisect_right(starts, place) - 1
        owners.append(spans[i][0] if i >= 0 and place < spans[i][2] else "")
    return owners


def summarise(numerals: pd.DataFrame) -> pd.DataFrame:
    """Count numerals by account and plan: one row per account, one column per plan."""
    table = pd.crosstab(numerals["account"], numerals["doc_id"])
    return table.assign(all=table.sum(axis=1)).sort_values("all", ascending=False, kind="stable")


def describe(raw: Path, plans: list[str], *, listed: str | None = None) -> str:
    """Account of the numerals of plans, as text to print.

    Parameters
    ----------
    raw
        Folder with ``sources.csv``.
    plans
        doc_ids of plans there, or paths of text files; every plan there if empty.
    listed
        An account whose numerals are printed one by one instead of the counts.

    Raises
    ------
    PlanError
        A plan is neither listed nor a file, or there is no such account.
    """
    if listed and listed not in ACCOUNTS:
        raise PlanError(f"no account {listed!r}", f"one of: {', '.join(ACCOUNTS)}")
    texts = _find_texts(raw, plans)
    frames = [_account_text(name, text) for name, text in texts.items()]
    numerals = pd.concat(frames, ignore_index=True)
    if listed:
        rows = numerals[numerals["account"].eq(listed)]
        return rows[["doc_id", "char_start", "text", "context"]].to_string(index=False)
    n = int(numerals["account"].eq("unexplained").sum())
    counts = summarise(numerals).to_string()
    return f"{counts}\n\n{len(numerals)} numerals, {n} unexplained"


def _find_texts(raw: Path, plans: list[str]) -> dict[str, str]:
    listed = {s.doc_id: raw / s.file for s in read_sources(raw) if s.kind == "plan"}
    paths = {name: listed.get(name, Path(name)) for name in plans} or listed
    missing = [name for name, path in paths.items() if not path.is_file()]
    if missing:
        raise PlanError(
            f"no such plan: {', '.join(missing)}", f"name a text file or {', '.join(listed)}"
        )
    return {path.stem: read_text(path) for path in paths.values()}


def _account_text(name: str, text: str) -> pd.DataFrame:
    folded = fold_width(text)
    segments = segment(text, name)
    numbers, numerals = read_numbers(folded)
    tasks = pd.DataFrame(_task_spans(name, segments), columns=["task_id", "char_start", "char_end"])
    clauses = {s.number: text[s.start : s.end] for s in segments if s.kind == "clause"}
    tasks["clause"] = (
        tasks["task_id"].str.rsplit("-", n=1).str[1].astype(int).map(clauses).fillna("")
    )
    figures = read_quantities(text, folded, tasks, numbers)
    words = read_pledges(text, folded, tasks)
    return account_numerals(name, text, numerals, segments, figures, words)
