"""How the time of the heavy stages grows: the real tasks, enlarged to several sizes."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
import pandas as pd

from analysis.shared_text.counterparts import counterparts
from analysis.shared_text.runs import SHORTEST, compare_plans
from analysis.targets.compare import compare_targets
from analysis.themes.classify import assign_themes
from benchmarks.speed import time_runs

Tables = Mapping[str, pd.DataFrame]
TABLES = ("tasks", "documents", "assignments", "quantities")
STAGES: dict[str, Callable[[Tables], pd.DataFrame]] = {
    "find shared text, of one round": lambda t: compare_plans(t["disguised"], lengths=[SHORTEST]),
    "find shared text, of all rounds": lambda t: compare_plans(t["passages"], lengths=[SHORTEST]),
    "find counterparts": lambda t: counterparts(t["tasks"], t["documents"]),
    "compare targets": lambda t: compare_targets(t["quantities"], t["tasks"], t["documents"]),
    "sort into themes": lambda t: assign_themes(t["tasks"], t["documents"], t["assignments"]),
}
_IDS = ("doc_id", "task_id", "quantity_id")
_CLAUSE = re.compile(r"[^,;。，；]+[,;。，；]?")


def measure_growth(
    tables: Tables, *, sizes: Sequence[int] = (1_250, 5_000, 20_000), seed: int = 1
) -> pd.DataFrame:
    """Time every stage of `STAGES` on the tables enlarged to several sizes.

    Parameters
    ----------
    tables
        The tables of `TABLES` by name.
    sizes
        Tasks, the smallest first; the default takes about a minute.
    seed
        As `enlarge` takes it.

    Returns
    -------
    DataFrame
        One row per stage and size: stage, n_tasks, seconds (of the processor),
        milliseconds_per_task, ratio (of the time per task to that of the first size: 1 all the way
        is linear growth, the ratio of the sizes would be quadratic), per_doubling (times the
        seconds for twice the tasks, from the size before: 2 is linear, 4 quadratic).
    """
    rows = []
    for size in (sizes[0], *sizes):  # dictionaries and patterns are loaded once, before all sizes
        many = enlarge(tables, size, seed=seed)
        many |= {"passages": to_passages(many["tasks"]), "disguised": disguise(many["tasks"])}
        for stage, run in STAGES.items():
            seconds = time_runs(partial(run, many), 1, clock=time.process_time)[0]
            rows.append((stage, len(many["tasks"]), seconds))
    out = pd.DataFrame(rows[len(STAGES) :], columns=["stage", "n_tasks", "seconds"])
    out = out.sort_values("stage", key=lambda s: s.map(list(STAGES).index), kind="stable")
    out["milliseconds_per_task"] = 1000 * out["seconds"] / out["n_tasks"]
    each = out.groupby("stage")["milliseconds_per_task"]
    out["ratio"] = out["milliseconds_per_task"] / each.transform("first")
    last = out.groupby("stage")[["seconds", "n_tasks"]].shift()
    doublings = np.log2(out["n_tasks"] / last["n_tasks"])
    out["per_doubling"] = (out["seconds"] / last["seconds"]) ** (1 / doublings)
    digits = {"seconds": 2, "milliseconds_per_task": 3, "ratio": 2, "per_doubling": 2}
    return out.round(digits).reset_index(drop=True)


def enlarge(tables: Tables, size: int, *, seed: int = 1) -> dict[str, pd.DataFrame]:
    """Make a corpus of `size` tasks out of the real ones, to measure speed on.

    Every round copies the plans under new ids. Each copied task loses one clause in five and gains
    one of another task, so that no two are alike and the vocabulary keeps its shape; quantities and
    assignments are copied as they are. Cities stay those of the real plans: `assign_themes` trains
    one model a city, so that a corpus of more cities costs that much more.
    """
    rng = np.random.default_rng(seed)
    tasks = tables["tasks"]
    clauses = [_CLAUSE.findall(text) for text in tasks["text"]]
    copies: dict[str, list[pd.DataFrame]] = {name: [] for name in TABLES}
    for number in range(-(-size // len(tasks))):
        mixed = tasks.assign(text=_mix(clauses, rng))
        for name in TABLES:
            frame = mixed if name == "tasks" else tables[name]
            ids = {column: frame[column] + f"_{number}" for column in _IDS if column in frame}
            copies[name].append(frame.assign(**ids))
    many = {name: pd.concat(frames, ignore_index=True) for name, frames in copies.items()}
    many["tasks"] = many["tasks"].head(size)
    for name in TABLES[1:]:
        key = "doc_id" if name == "documents" else "task_id"
        own = many[name][key].isin(many["tasks"][key])
        many[name] = many[name][own].reset_index(drop=True)
    return many


def to_passages(tasks: pd.DataFrame) -> pd.DataFrame:
    """Passages, as `runs.read_passages` gives them, of tasks that stand in no file."""
    text = tasks["title"] + tasks["text"]
    end = text.str.len().groupby(tasks["doc_id"]).cumsum()
    place = {"char_start": end - text.str.len(), "char_end": end}
    return tasks[["task_id", "doc_id"]].assign(**place, text=text)


def disguise(tasks: pd.DataFrame) -> pd.DataFrame:
    """Passages of enlarged tasks in which every round has letters of its own.

    Plans of a round share with each other what they did, and nothing with those of other rounds.
    """
    passages = to_passages(tasks)
    numbers = passages["doc_id"].str.rsplit("_", n=1).str[1].astype(int)
    pairs = zip(passages["text"], numbers, strict=True)
    return passages.assign(text=[_turn(text, 97 * number) for text, number in pairs])


_HAN = range(0x4E00, 0x9FA6)


def _turn(text: str, steps: int) -> str:
    """Text with every Chinese character so many steps further on in their list."""
    turned = {o: _HAN[(o - _HAN[0] + steps) % len(_HAN)] for o in set(map(ord, text)) if o in _HAN}
    return text.translate(turned)


def _mix(clauses: list[list[str]], rng: np.random.Generator) -> list[str]:
    """Text of each task without a fifth of its clauses, and with one of any task at its end."""
    every = [clause for own in clauses for clause in own]
    guests = rng.integers(len(every), size=len(clauses))
    kept = [[c for c in own if rng.random() < 0.8] for own in clauses]
    return ["".join([*own, every[guest]]) for own, guest in zip(kept, guests, strict=True)]
