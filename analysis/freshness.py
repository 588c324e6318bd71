"""What is as it was when it was made last, so that a second run makes only what changed.

A result is known by the bytes of all it is made of, the package's own code and the packages
installed among them, and by its own bytes: no clock is asked, and a result that was touched is made
again.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib import metadata
from pathlib import Path

from analysis.files import write_atomically
from analysis.study import ROOT, current

_CODE = (ROOT / "analysis", ROOT / "requirements.lock")
_CACHES = {"__pycache__", ".ipynb_checkpoints"}


class Memory:
    """Digests of results and of what they were made from, by the name of the result.

    Without a memory (None) nothing is known and nothing is kept.
    """

    def __init__(self, known: dict[str, list[str]] | None) -> None:
        self.known = known
        self._asked: dict[str, str] = {}

    def holds(self, name: str, sources: Iterable[Path], results: Iterable[Path]) -> bool:
        """Say whether the results are there, unchanged, and made from these very sources."""
        if self.known is None:
            return False
        # Kept from here: a source may be edited while the result is being made.
        self._asked[name] = _digest([*sources, *_CODE]) + _environment()
        return self.known.get(name) == [self._asked[name], _digest(results)]

    def keep(self, name: str, results: Iterable[Path]) -> None:
        """Note that the results have been made from the sources that `holds` was asked about."""
        if self.known is not None:
            self.known[name] = [self._asked[name], _digest(results)]


@contextmanager
def remember(*, only_changed: bool = True) -> Iterator[Memory]:
    """Open the memory of this working copy, and write it back at the end.

    Where more than changes is wanted, the memory is left alone.
    """
    if not only_changed:
        yield Memory(None)
        return
    try:
        known = json.loads(current().memory.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        known = {}  # nothing is known: all is made again
    known = known if isinstance(known, dict) else {}
    yield Memory(known)
    text = json.dumps(known, ensure_ascii=False, indent=0, sort_keys=True)
    write_atomically(current().memory, text.encode())


def make_once(
    name: str,
    make: Callable[[], object],
    *,
    sources: Sequence[Path],
    results: Sequence[Path],
    only_changed: bool,
    is_there: bool = True,
) -> bool:
    """Make a result, unless only changes are wanted, it is there and unchanged; say if made."""
    with remember(only_changed=only_changed) as memory:
        if memory.holds(name, sources, results) and is_there:
            return False
        make()
        memory.keep(name, results)
    return True


@cache
def _environment() -> str:
    """Digest of the interpreter and of the packages that are installed."""
    packages = sorted(f"{d.name}=={d.version}" for d in metadata.distributions())
    text = "\n".join([sys.version, *packages])
    return hashlib.sha256(text.encode()).hexdigest()


def _digest(paths: Iterable[Path]) -> str:
    """Digest of files, and of all files in folders, by place and content."""
    total = hashlib.sha256()
    for path in sorted(_files(paths)):
        total.update(f"{path.relative_to(ROOT) if path.is_relative_to(ROOT) else path}\0".encode())
        total.update(_content(path, path.stat().st_mtime_ns, path.stat().st_size))
    return total.hexdigest()


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            found = (p for p in path.rglob("*") if not _CACHES.intersection(p.parts))
            yield from (p for p in found if p.is_file())
        elif path.is_file():
            yield path


@cache
def _content(path: Path, _time: int, _size: int) -> bytes:
    """Digest of one file, read once however many results are made from it."""
    return hashlib.sha256(path.read_bytes()).digest()
