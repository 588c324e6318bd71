"""Work by batches: in this process, on the cores of this machine, or on a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from joblib import Parallel, cpu_count, delayed

from analysis import study


def run_batches(
    function: Callable[..., Any], batches: Sequence[Any], *, jobs: int = 0
) -> Iterator[Any]:
    """Yield what a function makes of each batch, in the order of the batches.

    Parameters
    ----------
    function
        Of a module, or a `partial` of one, so that a worker process finds it.
    jobs
        Processes; 0 for one per core. With one, or for one batch, no other process is started.
    """
    jobs = min(jobs or cpu_count(), len(batches))
    if jobs <= 1:
        yield from map(function, batches)
        return
    call = delayed(partial(_in_study, study.current().root, function))
    # few batches wait, so that memory does not grow with their number
    yield from Parallel(jobs, return_as="generator", batch_size=1)(map(call, batches))


def _in_study(root: Path, function: Callable[..., Any], batch: Any) -> Any:
    """Work in the study that is open where the work was handed out."""
    study.choose(root)
    return function(batch)
