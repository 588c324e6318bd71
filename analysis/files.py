"""Writing files so that a reader finds the old ones or the new ones, never a mixture.

The way of SQLite's rollback journal: new files are staged inside the folder, the old ones are kept
beside them, and only then are the new ones moved in. Whatever interrupts the moves, a full disk, a
file that another program holds open, Ctrl-C, a kill, the old files are put back: at once where that
can be done, else by whoever opens the folder next (`settle`).
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows has no lock on folders
    fcntl = None  # type: ignore[assignment]

STAGING = ".staging"
# Inside the staging folder: the old files, once all are there, and their names.
_UNDO, _NAMES = "undo", "names.json"


def write_atomically(path: Path, data: bytes) -> Path:
    """Write one file beside its place and move it in; returns the path."""
    write_together(path.parent, {path.name: data})
    return path


def write_together(folder: Path, files: Mapping[str, bytes | None]) -> None:
    """Write several files of a folder, in order: all of them are moved in, or none.

    Parameters
    ----------
    folder
        Made where it is not there.
    files
        Contents by name, which may lead into folders below; None takes a file away.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder):
        _settle(folder)
        try:
            _stage(folder, files)
            for number, (name, data) in enumerate(files.items()):
                if data is None:
                    (folder / name).unlink(missing_ok=True)
                else:
                    (folder / name).parent.mkdir(parents=True, exist_ok=True)
                    os.replace(folder / STAGING / str(number), folder / name)
            # From here on the new files count.
            os.rename(folder / STAGING / _UNDO, folder / STAGING / "done")
        except BaseException:
            with suppress(OSError):  # else whoever comes next puts the old files back
                _settle(folder)
            raise
        shutil.rmtree(folder / STAGING, ignore_errors=True)


def settle(folder: Path) -> None:
    """Put the old files of a folder back where an earlier writer was killed between two moves."""
    if fcntl and (folder / STAGING / _UNDO).is_dir():
        with locked(folder):
            _settle(folder)


def _stage(folder: Path, files: Mapping[str, bytes | None]) -> None:
    """Write new files into the staging folder, and copy there the old ones of the same names."""
    staging = folder / STAGING
    kept = staging / "kept"
    kept.mkdir(parents=True)
    names = []
    for number, (name, data) in enumerate(files.items()):
        if data is not None:
            (staging / str(number)).write_bytes(data)
        if is_old := (folder / name).is_file():
            (kept / str(number)).write_bytes((folder / name).read_bytes())
        names.append((name, is_old))
    (kept / _NAMES).write_text(json.dumps(names), encoding="utf-8")
    os.rename(kept, staging / _UNDO)


def _settle(folder: Path) -> None:
    """Put the old files back if new ones were being moved in; sweep what a writer left."""
    staging = folder / STAGING
    if (undo := staging / _UNDO).is_dir():
        for number, (name, was_there) in enumerate(json.loads((undo / _NAMES).read_bytes())):
            place = folder / name
            if not was_there:
                place.unlink(missing_ok=True)
                continue
            old = (undo / str(number)).read_bytes()
            if not place.is_file() or place.read_bytes() != old:
                (staging / "back").write_bytes(old)
                os.replace(staging / "back", place)
        os.rename(undo, staging / "undone")
    if staging.exists():
        shutil.rmtree(staging)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other writers out of a folder, where the system can lock one; they wait."""
    if fcntl is None:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network drives lock nothing
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
