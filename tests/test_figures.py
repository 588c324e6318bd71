"""Figures: complete, repeatable, legible without colour, and never with a missing glyph."""

from pathlib import Path

import matplotlib.image
import numpy as np
import pandas as pd
import pytest

from analysis import figures, load
from analysis.errors import PlanError
from analysis.paths import FIGURES
from analysis.plots import style

NAMES = sorted(figures.PACK)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("figures")
    figures.draw(folder=folder, languages=("zh", "en"), formats=("png", "svg"), say=lambda _: None)
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_the_committed_figure_is_what_the_tables_give(name: str, drawn: Path) -> None:
    for suffix in ("csv", "svg", "png"):
        committed = (FIGURES / f"{name}.{suffix}").read_bytes()
        assert committed == (drawn / f"{name}.{suffix}").read_bytes(), suffix


@pytest.mark.parametrize("name", NAMES)
def test_it_fits_the_type_area(name: str, drawn: Path) -> None:
    for file in (f"{name}.png", f"{name}-en.png"):
        height, width = matplotlib.image.imread(drawn / file).shape[:2]
        assert width / 300 * 25.4 <= style.FULL_WIDTH + 0.5
        assert height / 300 * 25.4 <= 247


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_cut_off_at_the_edge(name: str, drawn: Path) -> None:
    for file in (f"{name}.png", f"{name}-en.png"):
        image = matplotlib.image.imread(drawn / file)[..., :3].mean(axis=2)
        edges = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
        assert edges.min() > 0.98, file


@pytest.mark.parametrize("name", NAMES)
def test_english_figures_draw_the_same_numbers(name: str, drawn: Path) -> None:
    chinese, english = (pd.read_csv(drawn / f"{name}{s}.csv") for s in ("", "-en"))
    numbers = chinese.select_dtypes("number")
    pd.testing.assert_frame_equal(numbers, english[numbers.columns])


def test_a_missing_glyph_is_an_error(tmp_path: Path) -> None:
    figure = style.new_figure(40)
    figure.text(0.5, 0.5, "\U00012000")  # a cuneiform sign
    with pytest.raises(PlanError, match="use a character"):
        style.save_figure(figure, pd.DataFrame({"a": [1]}), "glyph", folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_counties_stay_apart_in_grey() -> None:
    looks = style.county_looks(load.table("documents")["doc_id"])
    colours, markers = zip(*looks.values(), strict=True)
    assert len(set(markers)) == len(markers)
    channels = [[int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] for c in colours]
    grey = sorted(float(np.dot(c, (0.299, 0.587, 0.114))) for c in channels)
    assert min(np.diff(grey)) > 0.04
    assert max(grey) < 0.8, "too pale on white"


def test_every_string_exists_in_both_languages() -> None:
    for key, row in style.strings().items():
        assert row["zh"], key
        assert row["en"], key
        assert sorted(blanks(row["zh"])) == sorted(blanks(row["en"])), key


def blanks(text: str) -> set[str]:
    import string

    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_unknown_names_are_refused() -> None:
    with pytest.raises(PlanError, match="no figure nonsense"):
        figures.draw(["nonsense"], say=lambda _: None)
    with pytest.raises(PlanError, match="no language fr"):
        figures.draw(languages=["fr"], say=lambda _: None)
