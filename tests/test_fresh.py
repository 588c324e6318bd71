"""The committed tables are what the code makes of the plans."""

from pathlib import Path

import pytest

from analysis import build
from analysis.study import REPOSITORY


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tables")
    build.write_tables(build.build_tables(REPOSITORY.raw), folder)
    return folder


def test_the_tables_are_what_the_plans_give(rebuilt: Path) -> None:
    names = sorted(p.name for p in rebuilt.iterdir())
    assert names == sorted(p.name for p in REPOSITORY.processed.iterdir())
    stale = [
        n for n in names if (rebuilt / n).read_bytes() != (REPOSITORY.processed / n).read_bytes()
    ]
    assert stale == []
