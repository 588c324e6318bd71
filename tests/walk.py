"""One test for a whole list of cases, which reports every fault and not the first alone."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from typing import Any

import pytest


def walk(names: str | tuple[str, ...], cases: Iterable[Any], **_: object) -> Callable[..., Any]:
    """Run a test for each case, as `pytest.mark.parametrize` does, but as one test.

    For tests that leave nothing behind: all cases share the same fixtures. Identifiers (``ids``)
    are not needed, for a fault is shown with its case.
    """
    keys = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
    rows = [_row(case, len(keys)) for case in cases]

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(test)

        @functools.wraps(test)
        def run(**fixtures: object) -> None:
            faults = []
            for row in rows:
                try:
                    test(**fixtures, **dict(zip(keys, row, strict=True)))
                except (Exception, pytest.fail.Exception) as error:
                    faults.append(f"{row!r}: {type(error).__name__} {error}"[:600])
            assert rows, "the list is empty"
            assert not faults, f"{len(faults)} of {len(rows)} cases\n" + "\n".join(faults)

        kept = [p for p in signature.parameters.values() if p.name not in keys]
        run.__signature__ = signature.replace(parameters=kept)  # type: ignore[attr-defined]
        return run

    return decorate


def _row(case: Any, n: int) -> tuple[Any, ...]:
    """Values of a case, be it a `pytest.param`, a row, or one value alone."""
    if hasattr(case, "marks"):
        return tuple(case.values)
    return tuple(case) if n > 1 else (case,)
