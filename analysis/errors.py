"""The one exception of the package: what is wrong, where, and what to do about it."""

from __future__ import annotations

import errno
import traceback
from functools import partial
from pathlib import Path
from typing import Any

_PACKAGE = Path(__file__).resolve().parent
LONGEST = 60  # characters of a text that a message quotes
_LONGEST = 280  # characters of a message without its place, unless the remedy is a long list


def shorten(text: str, longest: int = LONGEST) -> str:
    """A text in one line, cut where it is longer than a message can bear."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


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
        remedy = " ".join(remedy.split())
        problem = shorten(problem, max(LONGEST, _LONGEST - len(remedy)))
        self.problem, self.remedy = problem, remedy
        self.file, self.line, self.task = file, line, task
        self.place = str(file) if file is not None else ""
        if line is not None:
            self.place += f":{line}"
        if task is not None:
            self.place += f" [{task}]"
        super().__init__(f"{self.place + ': ' if self.place else ''}{problem}; {remedy}")

    def __reduce__(self) -> tuple[object, tuple[()]]:
        """Tell pickle how to make the error again, so that it comes whole out of a worker."""
        place: dict[str, Any] = {"file": self.file, "line": self.line, "task": self.task}
        return partial(PlanError, self.problem, self.remedy, **place), ()

    def at(self, file: str | Path, line: int) -> PlanError:
        """Return the same error with the place that its finder did not know."""
        return PlanError(self.problem, self.remedy, file=file, line=line, task=self.task)


_REMEDIES = {
    errno.ENOSPC: "free some room, and run the command again",
    errno.EFBIG: "free some room, and run the command again",
    errno.EDQUOT: "free some room, and run the command again",
    errno.EROFS: "choose a folder that can be written to",
}
_USUAL = "close it in other programs, or choose another folder"


def explain(error: Exception, file: str | Path | None = None) -> PlanError:
    """Tell any error in one line: of the package, of the system, or a fault of the program.

    Parameters
    ----------
    file
        What was being read or written, where the error itself does not say.
    """
    if isinstance(error, PlanError):
        return error
    if isinstance(error, OSError):
        place = error.filename2 or error.filename or file
        problem = error.strerror or type(error).__name__
        return PlanError(problem, _REMEDIES.get(error.errno or 0, _USUAL), file=place)
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if Path(f.filename).parent.is_relative_to(_PACKAGE)] or frames
    place = f" at {Path(own[-1].filename).name}:{own[-1].lineno}" if own else ""
    problem = f"the program failed ({type(error).__name__}{place}: {shorten(str(error))})"
    return PlanError(problem, "report this line together with the plan", file=file)
