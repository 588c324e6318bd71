"""Where everything lies: the one module that knows a folder.

A study is a folder with plans and all that is made of them. The repository is one, the five plans;
`python -m analysis new DIR` makes another.
"""

from __future__ import annotations

import os
import sysconfig
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from analysis.errors import PlanError

PACKAGE = Path(__file__).resolve().parent
SOURCES_FILE = "sources.csv"
POPULATION_FILE = "population.csv"
DATAPACKAGE_FILE = "datapackage.json"
# Where the package is installed and not checked out, the five plans lie among its data.
_CHECKOUT = PACKAGE.parent
_INSTALLED = Path(sysconfig.get_path("data")) / "share" / "county-plans"
ROOT = _CHECKOUT if (_CHECKOUT / "data" / "raw" / SOURCES_FILE).is_file() else _INSTALLED
LEXICON = PACKAGE / "lexicon"
TEXTS = PACKAGE / "texts"
# Accuracy was measured on the repository's own plans, whatever study is open.
LABELS = ROOT / "data" / "labels"
REFERENCE = ROOT / "data" / "reference"

_CHOSEN = "COUNTY_PLANS_STUDY"  # in the environment, so that worker processes know it too


@dataclass(frozen=True)
class Study:
    """The folders of a study, by what they hold."""

    root: Path

    @cached_property
    def raw(self) -> Path:
        """Plans exactly as obtained, and the list of their sources."""
        return self.root / "data" / "raw"

    @cached_property
    def processed(self) -> Path:
        """Tables, written by the build alone."""
        return self.root / "data" / "processed"

    @cached_property
    def lexicon(self) -> Path:
        """Judgements of the study's own, which are read after those of the package."""
        return self.root / "lexicon"

    @cached_property
    def notebooks(self) -> Path:
        """Notebooks, lessons among them."""
        return self.root / "notebooks"

    @cached_property
    def figures(self) -> Path:
        """Finished charts, each with the CSV that it draws."""
        return self.root / "figures"

    @cached_property
    def workbooks(self) -> Path:
        """Workbooks for the office."""
        return self.root / "workbooks"

    @cached_property
    def exports(self) -> Path:
        """Charts and tables of a selection."""
        return self.root / "exports"

    @cached_property
    def dataset(self) -> Path:
        """Tables, panel and dyads for other tools."""
        return self.exports / "tables"

    @cached_property
    def site(self) -> Path:
        """The static site."""
        return self.root / "site"

    @cached_property
    def memory(self) -> Path:
        """What was made last, and from what."""
        return self.root / ".made.json"


REPOSITORY = Study(ROOT)
# Files of an empty study, by the heads of their columns; rows follow as plans are added.
_POPULATION = "doc_id,population,year,basis,source,confidence\n"
_SOURCES = "file,sha256,kind,doc_id,county,city,province,year,issuer,doc_number,issued_on,note"
_SOURCES += ",source_url\n"


def is_study(folder: Path) -> bool:
    """Whether a folder is the root of a study."""
    return (folder / "data" / "raw" / SOURCES_FILE).is_file()


def make_study(root: Path) -> Study:
    """Make the folders of an empty study, and its lists of sources and of populations.

    Raises
    ------
    PlanError
        There is a study already, or the folder cannot be made.
    """
    made = Study(root)
    if is_study(root):
        raise PlanError("there is a study already", "name another folder", file=root)
    try:
        for folder in (made.raw, made.notebooks):
            folder.mkdir(parents=True, exist_ok=True)
        (made.raw / SOURCES_FILE).write_text(_SOURCES, encoding="utf-8")
        (made.raw / POPULATION_FILE).write_text(_POPULATION, encoding="utf-8")
    except OSError as error:
        raise PlanError(
            f"cannot be made: {error.strerror}", "name another folder", file=root
        ) from None
    return made


def is_repository() -> bool:
    """Whether the study that is open is the repository: what was measured on it holds for it."""
    return current().root.resolve() == ROOT


def current() -> Study:
    """Return the study chosen; else the one that the working folder lies in; else the repository.

    A notebook runs in its own folder, and so finds the study that it stands in.
    """
    if chosen := os.environ.get(_CHOSEN):
        return Study(Path(chosen))
    here = Path.cwd()
    return Study(next((folder for folder in (here, *here.parents) if is_study(folder)), ROOT))


def choose(root: Path | None) -> None:
    """Work in the study at `root` from now on, worker processes too; None forgets the choice."""
    if root is None:
        os.environ.pop(_CHOSEN, None)
    else:
        os.environ[_CHOSEN] = str(root.resolve())
