"""The one exception of the package: what is wrong, where, and what to do about it."""

from __future__ import annotations

from functools import partial
from pathlib import Path


class PlanError(Exception):
    """Input that cannot be used, told in one line to the person who has to fix it.

    Parameters
    ----------
    problem
        What is wrong.
    remedy
        What to do about it.
    file, line, task
        Where it is, as far as that is known; lines count from 1.
    """

    def __init__(
        self,
        problem: str,
        remedy: str,
        *,
        file: str | Path | None = None,
        line: int | None = None,
        task: str | None = None,
    ) -> None:
        self.problem, self.remedy = problem, remedy
        self.file, self.line, self.task = file, line, task
        place = str(file) if file is not None else ""
        if line is not None:
            place += f":{line}"
        if task is not None:
            place += f" [{task}]"
        super().__init__(f"{place + ': ' if place else ''}{problem}; {remedy}")

    def __reduce__(self) -> tuple[object, tuple[()]]:
        """Tell pickle how to make the error again, so that it comes whole out of a worker."""
        place = {"file": self.file, "line": self.line, "task": self.task}
        return partial(PlanError, self.problem, self.remedy, **place), ()

    def at(self, file: str | Path, line: int) -> PlanError:
        """Return the same error with the place that its finder did not know."""
        return PlanError(self.problem, self.remedy, file=file, line=line, task=self.task)
