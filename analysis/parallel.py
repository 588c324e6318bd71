"""Work by batches: in this process, on the cores of this machine, or on a cluster."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from joblib import Parallel, cpu_count, delayed

from analysis import study
from analysis.errors import PlanError, shorten


def run_batches(
    function: Callable[..., Any], batches: Sequence[Any], *, jobs: int = 0, cluster: str = ""
) -> Iterator[Any]:
    """Yield what a function makes of each batch, in the order of the batches.

    Parameters
    ----------
    function
        Of a module, or a `partial` of one, so that a worker process finds it.
    jobs
        Processes; 0 for one per core. With one, or for one batch, no other process is started.
    cluster
        Address of a Dask scheduler, whose workers do the work instead. The work of a worker that
        is lost is done again by another: it must leave the same behind.

    Raises
    ------
    PlanError
        There is no such cluster, or it cannot do the work.
    """
    call = partial(_in_study, study.current().root.resolve(), function)
    if cluster:
        yield from _run_on_cluster(call, batches, cluster)
        return
    jobs = min(jobs or cpu_count(), len(batches))
    if jobs <= 1:
        yield from map(function, batches)
        return
    # joblib starts a worker anew when its memory has grown, and warns of it: no fault of anyone
    warnings.filterwarnings("ignore", "A worker stopped while some jobs were given")
    # few batches wait, so that memory does not grow with their number
    run = Parallel(jobs, return_as="generator", batch_size=1)
    yield from run(map(delayed(call), batches))


def _run_on_cluster(
    call: Callable[[Any], Any], batches: Sequence[Any], address: str
) -> Iterator[Any]:
    try:
        from distributed import Client, KilledWorker
    except ModuleNotFoundError:
        problem = "work on a cluster needs the package distributed"
        raise PlanError(problem, "install it: pip install 'county-plans[cluster]'") from None
    try:
        client = Client(address, timeout="10s", set_as_default=False)
    except (OSError, ValueError) as error:
        problem = f"no cluster at {address} ({shorten(str(error))})"
        raise PlanError(problem, "give the address of a Dask scheduler") from None
    with client:
        try:
            for future in client.map(call, batches, pure=False):
                yield future.result()
        except KilledWorker as error:
            problem = f"the workers of the cluster fail ({shorten(str(error))})"
            raise PlanError(problem, "see their logs; most often memory is short") from None


def _in_study(root: Path, function: Callable[..., Any], batch: Any) -> Any:
    """Work in the study that is open where the work was handed out."""
    gc.set_threshold(100_000)  # reading makes many small objects and hardly a cycle of them
    study.choose(root)
    return function(batch)
