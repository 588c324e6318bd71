"""What other tools find in a text; run by `peers` with the interpreter of ``.venv-peers``.

Imports the standard library and the tools alone. Reads {task_id: text} as JSON from standard input
and writes, per tool, its version, its seconds and its rows as JSON to standard output.
"""

import contextlib
import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from typing import Any

Row = dict[str, Any]
Extract = Callable[[str], Iterator[Row]]

# Recognizers-Text drops a whole text when it stumbles in it: every tool gets clauses.
_CLAUSE = re.compile(r"[，。；：！？;:!?\n]|,(?!\d{3}(?!\d))")
# The 28 most frequent units of the labels, longest first: better than a pattern written blind.
PLAIN_UNITS = (
    "个百分点|平方公里|MWh|平方米|立方米|人次|公顷|公里|千瓦"
    "|%|个|亩|人|件|元|台|吨|名|处|头|家|座|张|户|所|场|条|项"
)
_TIMES = {"": 1, "千": 10**3, "万": 10**4, "亿": 10**8, "千万": 10**7, "百万": 10**6}
_PLAIN = re.compile(
    r"(?P<low>\d+(?:\.\d+)?)(?:[-—–](?P<high>\d+(?:\.\d+)?))?(?P<times>千万|百万|[千万亿])?"
    rf"[余多]?\s*(?P<unit>{PLAIN_UNITS})"
)


def plain_regex(clause: str) -> Iterator[Row]:
    """One regular expression: Arabic numerals before one of 28 units."""
    for m in _PLAIN.finditer(clause):
        times = _TIMES[m["times"] or ""]
        low, high = float(m["low"]), float(m["high"] or m["low"])
        yield _row(m[0], low * times, high * times, m["unit"])


def recognizers_text() -> Extract:
    """Recognizers-Text, Chinese: currency, dimension and percentage."""
    from recognizers_number import NumberRecognizer
    from recognizers_number_with_unit import NumberWithUnitRecognizer
    from recognizers_text import Culture

    units, numbers = NumberWithUnitRecognizer(Culture.Chinese), NumberRecognizer(Culture.Chinese)
    models = (
        units.get_currency_model(),
        units.get_dimension_model(),
        numbers.get_percentage_model(),
    )

    def extract(clause: str) -> Iterator[Row]:
        seen: set[tuple[int, int]] = set()
        for model in models:
            for found in model.parse(clause):
                resolution, span = found.resolution or {}, (found.start, found.end)
                value = resolution.get("value")
                if value is None or span in seen:
                    continue  # a unit without a number, or a second reading of the same piece
                seen.add(span)
                percent = "Percentage point" if "百分点" in found.text else "Percentage"
                number = float(value.removesuffix("%"))
                yield _row(found.text, number, number, resolution.get("unit") or percent)

    return extract


def jionlp() -> Extract:
    """JioNLP `extract_money`: amounts of money alone."""
    import jionlp as tool

    def extract(clause: str) -> Iterator[Row]:
        for found in tool.ner.extract_money(clause, with_parsing=True):
            detail = found.get("detail") or {}
            number = detail.get("num")
            ends = number if isinstance(number, list) else [number, number]
            if None not in ends:
                low, high = map(float, ends)
                yield _row(found["text"], low, high, detail["case"])

    return extract


def _row(text: str, low: float, high: float, unit: str) -> Row:
    return {"text": text, "value_low": low, "value_high": high, "unit": unit}


def run(name: str, release: str, extract: Extract, texts: dict[str, str]) -> dict[str, Any]:
    """Rows and seconds of one tool; its first, warming run on some texts does not count."""
    for text in list(texts.values())[:5]:
        list(_read(extract, text))
    start = time.perf_counter()
    rows = [
        {"task_id": task_id, **row}
        for task_id, text in texts.items()
        for row in _read(extract, text)
    ]
    seconds = time.perf_counter() - start
    return {"tool": name, "version": release, "seconds": seconds, "rows": rows}


def _read(extract: Extract, text: str) -> Iterator[Row]:
    for clause in _CLAUSE.split(text):
        if clause:
            yield from extract(clause)


def main() -> None:
    """Run every tool on the texts of standard input."""
    texts = json.load(sys.stdin)
    with contextlib.redirect_stdout(sys.stderr):  # JioNLP greets on standard output
        results = [
            run(
                "Recognizers-Text",
                version("recognizers-text-number-with-unit"),
                recognizers_text(),
                texts,
            ),
            run("JioNLP extract_money", version("jionlp"), jionlp(), texts),
            run("one regex, 28 units", "", plain_regex, texts),
        ]
    json.dump(results, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()
