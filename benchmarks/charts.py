"""CPU time of drawing charts by the command line, beside what it may take."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile

import pandas as pd

# What is drawn, and the seconds of CPU that it may take on a machine of 2025.
DRAWN = {
    "one chart, both languages, three formats": (["03-ladder", "--counties", "周村 滕州"], 2.5),
    "one theme with two counties": (["--counties", "周村 滕州", "--theme", "绿色"], 5.0),
    "all charts": ([], 90.0),
}


def measure() -> pd.DataFrame:
    """Draw in processes of their own, as a person does.

    Returns
    -------
    DataFrame
        One row per command: drawn, seconds (CPU, of the process and its children), allowed.
    """
    rows = []
    for drawn, (options, allowed) in DRAWN.items():
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "analysis", "figures", *options, "--out", folder]
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        rows.append((drawn, round(seconds, 1), allowed))
    return pd.DataFrame(rows, columns=["drawn", "cpu_seconds", "allowed"])
