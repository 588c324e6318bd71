"""Speed of each stage, as characters per second and as a ratio to reading the bytes."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from analysis.reading.clauses import read_assignments
from analysis.reading.documents import make_document, read_sources
from analysis.reading.intake import fold_text, read_file
from analysis.reading.layout import read_layout
from analysis.reading.numbers import read_numbers
from analysis.reading.plan import read_plan
from analysis.reading.quantities import read_quantities


def measure(raw: Path, *, repeats: int = 5) -> pd.DataFrame:
    """Time every stage on the plans of ``raw``.

    Returns
    -------
    DataFrame
        One row per stage: seconds (fastest of `repeats`), characters per second, and the time as
        a multiple of reading the files' bytes. Ratios compare machines; seconds do not.
    """
    sources = [s for s in read_sources(raw) if s.kind == "plan"]
    paths = [raw / s.file for s in sources]
    texts = [read_file(p) for p in paths]
    folded = [fold_text(t) for t in texts]
    plans = [make_document(t, s) for t, s in zip(texts, sources, strict=True)]
    solid = [p.plan.solid for p in plans]
    words = [p.layout.words(p.doc_id) for p in plans]
    numbers = [read_numbers(s.folded)[0] for s in solid]
    readings = [
        ({(p.doc_id, n): t.readings for n, t in enumerate(p.layout.tasks)}, p.layout.rule)
        for p in plans
    ]
    stages: dict[str, Callable[[], object]] = {
        "read bytes": lambda: [p.read_bytes() for p in paths],
        "decode": lambda: [read_file(p) for p in paths],
        "fold": lambda: [fold_text(t) for t in texts],
        "cut into tasks": lambda: [read_layout(f) for f in folded],
        "name departments": lambda: [read_assignments(r, rule=rule) for r, rule in readings],
        "find numbers (lexer)": lambda: [read_numbers(s.folded) for s in solid],
        "type numbers": lambda: list(map(read_quantities, solid, words, numbers)),
        "read a plan, all stages": lambda: [read_plan(p) for p in plans],
    }
    n_chars = sum(map(len, texts))
    seconds = {name: min(time_runs(run, repeats)) for name, run in stages.items()}
    return pd.DataFrame(
        {
            "stage": list(seconds),
            "seconds": [round(s, 5) for s in seconds.values()],
            "chars_per_second": [round(n_chars / s) for s in seconds.values()],
            "times_reading": [round(s / seconds["read bytes"], 1) for s in seconds.values()],
        }
    )


def time_runs(
    run: Callable[[], object], repeats: int, *, clock: Callable[[], float] = time.perf_counter
) -> list[float]:
    """Seconds that each of some runs takes, by a clock of the wall or of the processor."""
    times = []
    for _ in range(repeats):
        start = clock()
        run()
        times.append(clock() - start)
    return times
