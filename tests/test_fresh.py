"""The committed tables, and the numbers of the charts, are what the code makes of the plans."""

from pathlib import Path

import pandas as pd
import pytest

from analysis import build
from analysis.charts import chart, pack
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


def test_the_numbers_of_the_charts_are_what_the_tables_give(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one language and without a picture; `test_figures` draws and compares the whole pack."""
    monkeypatch.setattr(chart.Chart, "settle", lambda _: None)
    save = chart.save_figure
    monkeypatch.setattr(chart, "save_figure", lambda *a, **k: save(*a, **{**k, "formats": ()}))
    pack.draw(folder=tmp_path, languages=["zh"], report=lambda _: None)
    names = sorted(path.name for path in tmp_path.glob("*.csv"))
    assert names == sorted(
        path.name for path in REPOSITORY.figures.glob("*.csv") if not path.stem.endswith("-en")
    )
    for name in names:
        committed, new = (pd.read_csv(f / name) for f in (REPOSITORY.figures, tmp_path))
        pd.testing.assert_frame_equal(committed, new, rtol=1e-6, obj=name)
