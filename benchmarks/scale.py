"""What a build of many plans takes: processor, memory and time, measured on copies of the plans."""

from __future__ import annotations

import csv
import hashlib
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import psutil

from analysis.reading.documents import Source, read_sources
from analysis.study import REFERENCE, SOURCES_FILE

COUNTRY = 14_000  # plans: every county of China in five years
_SAMPLE = 0.25  # seconds between two looks at the processes


def measure_scale(
    raw: Path, *, sizes: Sequence[int] = (500, 5_000), repeats: int = 3, jobs: int = 2
) -> pd.DataFrame:
    """Build studies of several sizes on `jobs` cores, and the smallest on one core, too.

    Returns
    -------
    DataFrame
        One row per number of plans and of jobs, medians of all runs: plans, jobs, cpu_seconds (of
        all processes), longest_seconds (processor of the main process and of the busiest worker:
        what the build takes on cores of its own), wall_seconds, peak_mb (all processes together,
        pages that they share counted once).
    """
    rows = []
    with TemporaryDirectory() as folder:
        for n in sizes:
            copies = copy_plans(raw, Path(folder) / f"raw-{n}", n)
            for workers in {1, jobs} if n == sizes[0] else {jobs}:
                runs = [run_build(copies, Path(folder) / "out", workers) for _ in range(repeats)]
                rows.append((n, workers, *np.median(runs, axis=0).round(1)))
    columns = ["plans", "jobs", "cpu_seconds", "longest_seconds", "wall_seconds", "peak_mb"]
    return pd.DataFrame(rows, columns=columns)


def describe_scale(measured: pd.DataFrame) -> str:
    """Say how processor and memory grow with the plans, and what the country would take."""
    most = measured["jobs"].max()
    many = measured[measured["jobs"].eq(most)].sort_values("plans")
    first, last = many.iloc[0], many.iloc[-1]
    growth = np.log(last["cpu_seconds"] / first["cpu_seconds"])
    growth /= np.log(last["plans"] / first["plans"])
    minutes = last["longest_seconds"] / 60 * (COUNTRY / last["plans"]) ** max(growth, 1)
    lines = [
        measured.to_string(index=False),
        f"processor time grows with the power {growth:.2f} of the plans",
        f"memory grows {last['peak_mb'] / first['peak_mb']:.2f} times",
        f"{COUNTRY:,} plans: {minutes:.1f} minutes on {most:.0f} cores",
    ]
    alone = measured[measured["jobs"].eq(1)]
    if len(alone) and most > 1:
        ratio = alone.iloc[0]["longest_seconds"] / first["longest_seconds"]
        lines.append(f"{most:.0f} cores are {ratio:.2f} times as fast as one")
    return "\n".join(lines)


def run_build(raw: Path, out: Path, jobs: int) -> tuple[float, float, float, float]:
    """Build once; returns the seconds of all processes, the longest, wall seconds, and MB."""
    command = [sys.executable, "-m", "analysis", "build", "--raw", str(raw), "--out", str(out)]
    start = time.perf_counter()
    build = psutil.Popen([*command, "--jobs", str(jobs)], stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)  # fmt: skip
    seconds: dict[int, float] = {}
    peak = 0
    while build.poll() is None:
        memory = 0
        try:
            for process in [build, *build.children(recursive=True)]:
                times = process.cpu_times()
                seconds[process.pid] = times.user + times.system
                memory += process.memory_full_info().pss
        except psutil.Error:
            continue  # one of them has just ended
        peak = max(peak, memory)
        time.sleep(_SAMPLE)
    if build.returncode:
        raise RuntimeError(f"the build of {raw} failed")
    own = seconds.pop(build.pid)
    longest = own + max(seconds.values(), default=0)
    return own + sum(seconds.values()), longest, time.perf_counter() - start, peak / 2**20


_YEARS = 5


def copy_plans(raw: Path, folder: Path, n: int) -> Path:
    """Write `n` copies of the plans of ``raw``, each under the name of a county of China.

    County, city and year are replaced in the text, too; five years of a county follow each other.

    Parameters
    ----------
    raw, folder
        Folder of the plans, and the folder to write to.
    n
        Copies, 14,890 at most: five of each county-level division.
    """
    folder.mkdir(parents=True, exist_ok=True)
    plans = [s for s in read_sources(raw) if s.kind == "plan"]
    texts = [(raw / s.file).read_text(encoding="utf-8") for s in plans]
    with (REFERENCE / "counties.csv").open(encoding="utf-8", newline="") as f:
        counties = [c for c in csv.DictReader(f) if c["city"] and len(c["county"]) > 2]
    np.random.default_rng(0).shuffle(counties)
    rows = []
    for k in range(n):
        place, year = counties[k // _YEARS % len(counties)], 2023 + k % _YEARS
        source, text = (kind[(k // _YEARS) % len(plans)] for kind in (plans, texts))
        for old, new in (("county", "county"), ("city", "city")):
            text = text.replace(getattr(source, old)[:-1], place[new][:-1])
        data = text.replace(source.year, str(year)).encode()
        doc_id = f"{_letters(k // _YEARS)}-{year}"
        (folder / f"{doc_id}.txt").write_bytes(data)
        own = {name: place[name] for name in ("county", "city", "province")}
        own |= {"doc_id": doc_id, "file": f"{doc_id}.txt", "year": str(year)}
        own |= dict.fromkeys(("issuer", "doc_number", "issued_on", "note"), "")
        rows.append(asdict(replace(source, sha256=hashlib.sha256(data).hexdigest(), **own)))
    with (folder / SOURCES_FILE).open("w", encoding="utf-8", newline="") as f:
        writer = csv.DictWriter(f, [field.name for field in fields(Source)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return folder


def _letters(number: int) -> str:
    """Four letters that stand for a number."""
    return "".join(chr(ord("a") + number // 26**place % 26) for place in (3, 2, 1, 0))
