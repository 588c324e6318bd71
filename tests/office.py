"""LibreOffice for tests: a file as it saves it, and whether it has the part that a test needs."""

import shutil
import subprocess
from pathlib import Path

import pytest

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")


def _needs(part: str, library: str) -> pytest.MarkDecorator:
    there = SOFFICE is not None and any(Path(SOFFICE).resolve().parent.glob(f"*{library}*"))
    return pytest.mark.skipif(not there, reason=f"needs LibreOffice {part}")


needs_calc = _needs("Calc", "sclo")
needs_writer = _needs("Writer", "swlo")


def convert(to: str, folder: Path, file: Path, *more: Path) -> Path:
    """A file as LibreOffice saves it in another form; more files are saved beside it."""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [SOFFICE, profile, "--headless", "--convert-to", to, "--outdir", folder, file, *more]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    suffix = to.partition(":")[0]
    for each in (file, *more):  # a workbook gives a .csv for each of its sheets
        assert any(folder.glob(f"{each.stem}*.{suffix}")), f"LibreOffice made nothing of {each}"
    return folder / f"{file.stem}.{suffix}"
