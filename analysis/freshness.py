"""What is as it was when it was made last, so that a second run makes only what changed.

A result is known by the bytes of all it is made of, the package's own code among them, and by its
own bytes: no clock is asked, and a result that was touched is made again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from analysis.files import write_atomically
from analysis.paths import MEMORY, ROOT

_CODE = (ROOT / "analysis", ROOT / "requirements.lock")
_SUFFIXES = {".py", ".csv", ".txt", ".lock", ".ipynb", ".json", ".md"}


class Memory:
    """Digests of results and of what they were made from, by the name of the result."""

    def __init__(self, known: dict[str, list[str]]) -> None:
        self.known = known

    def holds(self, name: str, sources: Iterable[Path], results: Iterable[Path]) -> bool:
        """Say whether the results are there, unchanged, and made from these very sources."""
        return self.known.get(name) == _digests(sources, results)

    def keep(self, name: str, sources: Iterable[Path], results: Iterable[Path]) -> None:
        """Note that the results have just been made from the sources."""
        self.known[name] = _digests(sources, results)


@contextmanager
def remember(path: Path = MEMORY) -> Iterator[Memory]:
    """Open the memory of this working copy, and write it back at the end."""
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        known = {}  # nothing is known: all is made again
    memory = Memory(known)
    yield memory
    text = json.dumps(memory.known, ensure_ascii=False, indent=0, sort_keys=True)
    write_atomically(path, text.encode())


def _digests(sources: Iterable[Path], results: Iterable[Path]) -> list[str]:
    return [_digest([*sources, *_CODE]), _digest(results)]


def _digest(paths: Iterable[Path]) -> str:
    """Digest of files by place and content; of folders by the files of text and code in them."""
    total = hashlib.sha256()
    for path in sorted(_files(paths)):
        total.update(f"{path.relative_to(ROOT) if path.is_relative_to(ROOT) else path}\0".encode())
        total.update(_content(path, path.stat().st_mtime_ns, path.stat().st_size))
    return total.hexdigest()


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from (p for p in path.rglob("*") if p.suffix in _SUFFIXES and p.is_file())
        elif path.is_file():
            yield path


@cache
def _content(path: Path, _time: int, _size: int) -> bytes:
    """Digest of one file, read once however many results are made from it."""
    return hashlib.sha256(path.read_bytes()).digest()
