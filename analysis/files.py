"""Writing files so that a reader finds the old one or the new one, never half of one."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path


def write_atomically(path: Path, data: bytes) -> Path:
    """Write one file beside its place and move it in; returns the path."""
    write_together(path.parent, {path.name: data})
    return path


def write_together(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write several files of a folder: all of them are moved in, or none.

    They are written to a folder beside it first. Where a move fails, the files that had moved are
    put back as they were.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as name:
        staged = Path(name)
        for file, data in files.items():
            (staged / file).write_bytes(data)
        old: dict[str, bytes | None] = {}
        try:
            for file in sorted(files):
                place = folder / file
                old[file] = place.read_bytes() if place.is_file() else None
                os.replace(staged / file, place)
        except OSError:
            _put_back(folder, old)
            raise


def _put_back(folder: Path, old: Mapping[str, bytes | None]) -> None:
    for file, data in old.items():
        if data is None:
            (folder / file).unlink(missing_ok=True)
        else:
            (folder / file).write_bytes(data)
