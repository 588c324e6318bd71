"""The account of every numeral: part of a quantity, or the reason why it is none."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from analysis.errors import PlanError
from analysis.reading.documents import read_sources
from analysis.reading.intake import PlanText, fold_characters, fold_text, read_file
from analysis.reading.layout import Layout, read_layout
from analysis.reading.numbers import Numeral, read_numbers
from analysis.reading.numerals import NUMERAL
from analysis.reading.pledges import read_pledges
from analysis.reading.quantities import read_quantities
from analysis.schema import ACCOUNTS

_BLANK = re.compile(r"\s")
_AROUND = 8  # characters of context on either side


def account_numerals(
    doc_id: str,
    plan: PlanText,
    numerals: list[Numeral],
    layout: Layout,
    quantities: pd.DataFrame,
    pledges: pd.DataFrame,
) -> pd.DataFrame:
    """One row per numeral of a document, in text order, as `schema.NUMERALS` declares it.

    A number with a unit outside the tasks' own words (in a heading or a clause) is no quantity of
    the table, so it counts as unexplained and the build reports it.
    """
    found = [(*plan.span(n.start, n.end), n.account) for n in numerals]
    found = sorted(found + [(*span, "page_metadata") for span in _left_out(plan.text, found)])
    places = [start for start, _, _ in found]
    figures = _owners(places, _spans_of(quantities, "quantity_id"))
    promises = _owners(places, _spans_of(pledges, "pledge_id"))
    accounts = [
        _account(account, figure, pledge)
        for (_, _, account), figure, pledge in zip(found, figures, promises, strict=True)
    ]
    for account, inside in layout.numbers().items():
        counted = _owners(places, [(account, a, b) for a, b in inside])
        accounts = [new or old for new, old in zip(counted, accounts, strict=True)]
    kept = [f if a == "quantity" else "" for f, a in zip(figures, accounts, strict=True)]
    return pd.DataFrame(
        {
            "doc_id": doc_id,
            "char_start": places,
            "char_end": [end for _, end, _ in found],
            "text": [plan.text[start:end] for start, end, _ in found],
            "account": accounts,
            "quantity_id": kept,
            "task_id": _owners(places, layout.task_spans(doc_id)),
            "context": [
                _BLANK.sub(" ", plan.text[max(0, start - _AROUND) : end + _AROUND])
                for start, end, _ in found
            ],
        }
    )


def _left_out(text: str, found: list[tuple[int, int, str]]) -> Iterator[tuple[int, int]]:
    """Yield the spans of numerals that reading leaves out: page numbers and running heads."""
    known = {place for start, end, _ in found for place in range(start, end)}
    for m in NUMERAL.finditer(fold_characters(text)):
        left = [place for place in range(*m.span()) if place not in known]
        if left:
            yield left[0], left[-1] + 1


def _account(account: str, quantity_id: str, pledge_id: str) -> str:
    """Account of a numeral, given the quantity and the target in words that hold it, if any."""
    if account == "quantity":
        return account if quantity_id else "unexplained"
    return "pledge" if pledge_id else account


def _spans_of(frame: pd.DataFrame, key: str) -> list[tuple[str, int, int]]:
    return list(zip(frame[key], frame["char_start"], frame["char_end"], strict=True))


def _owners(places: list[int], spans: list[tuple[str, int, int]]) -> list[str]:
    """Name of the span, of spans that do not overlap, that holds each place; empty where none."""
    owners = [""] * len(places)
    for name, start, end in spans:
        first, last = bisect_left(places, start), bisect_left(places, end)
        owners[first:last] = [name] * (last - first)
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
    return {path.stem: read_file(path) for path in paths.values()}


def _account_text(name: str, text: str) -> pd.DataFrame:
    plan = fold_text(text).solid
    layout = read_layout(fold_text(text), name)
    numbers, numerals = read_numbers(plan.folded)
    own_words = layout.words(name)
    figures = read_quantities(plan, own_words, numbers)
    promises = read_pledges(plan, own_words)
    return account_numerals(name, plan, numerals, layout, figures, promises)
