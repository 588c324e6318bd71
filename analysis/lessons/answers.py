"""What an answer says in whatever form it is typed: a number, a letter, or names of counties."""

from __future__ import annotations

import ast
import math
import re
import unicodedata
from typing import Any

import pandas as pd

from analysis.errors import PlanError
from analysis.selection import find_plans

_QUOTES = "'\"“”‘’「」`"
_NUMBER = re.compile(
    r"(?:约|大约|about|=|≈|是|共)?\s*(?P<sign>[-+]|负)?(?P<part>百分之)?"
    r"(?:(?P<digits>\d+(?:\.\d+)?(?:e[-+]?\d+)?)(?P<groups>[百千万亿]*)"
    r"|(?P<words>[零〇一二两三四五六七八九十百千万亿]*)(?:点(?P<after>[零〇一二三四五六七八九]+))?)"
    r"\s*(?P<unit>[^\d零一二三四五六七八九万亿]*)"
)
_GROUPS = {"百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_ANSWER = re.compile(r"(?P<name>answer|mine)\s*=\s*(?P<given>.*?)\s*(?:\s#.*)?")


def read_number(answer: Any) -> float | None:
    """Number that an answer gives, or None where it gives none or more than one.

    Digits of any width, Chinese numerals, thousands marks, 万 and 亿, percent (a share of 1) and a
    unit behind it are understood: ``"33万吨"``, ``"330，000"``, ``"三十三万"``, ``"0.22个"``.
    """
    if isinstance(answer, bool):
        return None
    if isinstance(answer, tuple):  # 330,000 typed without quotes
        answer = ",".join([*map(str, answer[:1]), *(str(n).zfill(3) for n in answer[1:])])
    if not isinstance(answer, str):
        return float(answer) if _is_real(answer) else None
    words = _plain(answer).casefold().replace("−", "-").replace("–", "-")
    words = re.sub(r"(?<=\d)[ _](?=\d)|\s+(?=[万亿])", "", words)
    words = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", words)  # thousands, and else a decimal comma
    found = _NUMBER.fullmatch(re.sub(r"(?<=\d),(?=\d)", ".", words))
    if found is None:
        return None
    if found["digits"]:
        value = float(found["digits"]) * math.prod(_GROUPS[c] for c in found["groups"])
    elif found["words"] or found["after"]:
        from analysis.reading.numerals import parse_chinese_number  # most answers are in digits

        after = found["after"] or ""
        try:
            value = float(parse_chinese_number(found["words"] or "零"))
        except ValueError:
            return None
        value += sum(parse_chinese_number(c) / 10**n for n, c in enumerate(after, 1))
    else:
        return None
    share = 100 if found["part"] or found["unit"][:1] == "%" else 1
    return value / share * (-1 if found["sign"] in {"-", "负"} else 1)


def _is_real(answer: Any) -> bool:
    try:
        return abs(float(answer)) < float("inf")
    except (TypeError, ValueError, OverflowError):
        return False


def read_letter(answer: Any, offered: str) -> str | None:
    """Letter of those offered that an answer gives: B, “b”, (B)., 选B; None for any other."""
    found = set(re.findall(r"(?<![A-Z])[A-Z](?![A-Z])", _plain(str(answer)).upper()))
    return found.pop() if len(found) == 1 and found <= set(offered) else None


def read_counties(answer: Any, documents: pd.DataFrame) -> frozenset[str] | None:
    """Counties that an answer names by any of their names; None where a name is unknown."""
    given = answer if isinstance(answer, list | tuple | set | frozenset) else [answer]
    found: set[str] = set()
    for text in map(str, given):
        for name in filter(None, re.split(r"[\s,;、/&.]+", _plain(text))):
            plans = _find(name, documents)
            if plans is None:
                return None
            found |= plans
    return frozenset(found) if found else None


def _find(name: str, documents: pd.DataFrame) -> set[str] | None:
    if name.casefold() == "and":
        return set()
    try:
        ids = find_plans([name], documents)
    except PlanError:
        parts = re.split("[和与及]", name)
        if len(parts) == 1:
            return None
        found = [_find(part, documents) for part in parts if part]
        return None if None in found else set().union(*(f for f in found if f))
    return set(documents.loc[documents["doc_id"].isin(ids), "county"])


def _plain(text: str) -> str:
    """A text in plain width, without quotation marks and without stops at its end."""
    text = unicodedata.normalize("NFKC", text).translate(dict.fromkeys(map(ord, _QUOTES)))
    return text.strip().rstrip("。.!;、,").strip("()").strip()


def quote_answers(lines: list[str]) -> list[str]:
    """Lines of a cell in which what follows ``answer =`` is taken as it is typed.

    ``answer = B``, ``answer = 33万`` and ``answer = “B”`` are no Python; they become texts. What
    computes something stays, so that an answer can be worked out in its place.
    """
    return [_quote(line) for line in lines]


def _quote(line: str) -> str:
    found = _ANSWER.fullmatch(line.rstrip("\n"))
    if not found or not found["given"] or _is_code(found["given"]):
        return line
    return f"{found['name']} = {found['given'].strip(_QUOTES)!r}\n"


def _is_code(given: str) -> bool:
    try:
        tree = ast.parse(given, mode="eval").body
    except (SyntaxError, ValueError):
        return False
    return not isinstance(tree, ast.Name | ast.Tuple)
