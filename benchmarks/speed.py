"""Speed of each stage, as characters per second and as a ratio to reading the bytes."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from analysis.build import read_plan
from analysis.reading import clauses, layout, quantities
from analysis.reading.documents import read_document, read_sources
from analysis.reading.intake import fold_text
from analysis.reading.numbers import read_numbers
from analysis.text import read_text


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
    plans = [read_document(raw, s) for s in sources]
    texts = [p.text for p in plans]
    folded = [fold_text(t).solid for t in texts]
    segments = [layout.segment(t) for t in texts]
    sections = [layout.read_sections(p, s) for p, s in zip(plans, segments, strict=True)]
    rows = [layout.read_tasks(p, s, h) for p, s, h in zip(plans, segments, sections, strict=True)]
    numbers = [read_numbers(f.folded)[0] for f in folded]
    every = pd.concat(rows, ignore_index=True)
    stages: dict[str, Callable[[], object]] = {
        "read bytes": lambda: [p.read_bytes() for p in paths],
        "decode and fold": lambda: [fold_text(read_text(p)) for p in paths],
        "cut into tasks": lambda: [layout.segment(t) for t in texts],
        "name departments": lambda: clauses.read_assignments(every),
        "find numbers (lexer)": lambda: [read_numbers(f.folded) for f in folded],
        "type numbers": lambda: [
            quantities.read_quantities(f, layout.read_words(p.doc_id, s), n)
            for p, f, s, n in zip(plans, folded, segments, numbers, strict=True)
        ],
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
