"""Figures: complete, repeatable, legible in grey, and never with a missing or overlapping word."""

import codecs
import hashlib
import io
import itertools
import json
import re
import string
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import matplotlib.image
import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.text import Text
from PIL import Image
from walk import walk

from analysis import freshness, load
from analysis.__main__ import main
from analysis.charts import chart, pack, style
from analysis.errors import PlanError
from analysis.lexicon import theme_names
from analysis.selection import Selection, read_selected, select
from analysis.study import REPOSITORY
from analysis.wording import LANGUAGES, texts

NAMES = sorted(
    name
    for name, entry in pack.PACK.items()
    if entry.has_data(load.table("documents", scope=load.ALL))
)
CHEAP = "01-target-profile"
GREY = (0.299, 0.587, 0.114)


@dataclass
class Looked:
    """What is seen of a figure when it is drawn: words, their contrast in grey, its legends."""

    sizes: dict[str, float]
    overlaps: list[tuple[str, str]]
    contrast: dict[str, float]
    alike: list[tuple[str, str]]


def look(figure: Figure) -> Looked:
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    picture = np.asarray(canvas.buffer_rgba())[..., :3] / 255
    grey = luminance(picture @ np.array(GREY))
    words = [(text, text.get_window_extent()) for text in drawn_words(figure)]
    point = figure.dpi / 72
    overlaps = [
        (a.get_text(), b.get_text())
        for (a, x), (b, y) in itertools.combinations(words, 2)
        if not (a.get_rotation() % 90 or b.get_rotation() % 90)
        and min(x.x1, y.x1) - max(x.x0, y.x0) > point
        and min(x.y1, y.y1) - max(x.y0, y.y0) > 1.5 * point
    ]
    contrast = {}
    for text, box in words:
        rows = slice(max(int(len(grey) - box.y1), 0), int(len(grey) - box.y0) + 1)
        patch = grey[rows, max(int(box.x0), 0) : int(box.x1) + 1]
        contrast[text.get_text()] = (patch.max() + 0.05) / (patch.min() + 0.05)
    sizes = {t.get_text(): t.get_fontsize() for t, _ in words}
    return Looked(sizes, overlaps, contrast, alike_in_grey(figure))


def drawn_words(figure: Figure) -> list[Text]:
    """Texts on the page: of the labels of an axis, only those within its ends."""
    beyond = set()
    for axes in figure.axes:
        for axis, place in ((axes.xaxis, 0), (axes.yaxis, 1)):
            low, high = sorted(axis.get_view_interval())
            for label in (*axis.get_majorticklabels(), *axis.get_minorticklabels()):
                within = low <= label.get_position()[place] <= high
                if not (within and axes.axison and axis.get_visible()):
                    beyond.add(label)
            if not axes.axison:
                beyond.add(axis.label)
    return [
        text
        for text in figure.findobj(Text)
        if text.get_visible() and text.get_text().strip() and text not in beyond
    ]


def luminance(grey: np.ndarray) -> np.ndarray:
    """Relative luminance of grey values in sRGB (WCAG 2.2)."""
    return np.where(grey <= 0.04045, grey / 12.92, ((grey + 0.055) / 1.055) ** 2.4)


def alike_in_grey(figure: Figure) -> list[tuple[str, str]]:
    """Entries of a legend that only their colour tells apart, where grey print does not."""
    found = []
    for legend in figure.findobj(Legend):
        entries = [
            (text.get_text(), sign_of(handle), float(np.dot(to_rgb(colour_of(handle)), GREY)))
            for text, handle in zip(legend.get_texts(), legend.legend_handles, strict=True)
        ]
        found += [
            (a[0], b[0])
            for a, b in itertools.combinations(entries, 2)
            if a[1] == b[1] and abs(a[2] - b[2]) < 0.08
        ]
    return found


def sign_of(handle: object) -> str:
    if isinstance(handle, Line2D):
        return f"{handle.get_marker()} {handle.get_linestyle()} {handle.get_fillstyle()}"
    return type(handle).__name__ + str(getattr(handle, "get_hatch", lambda: "")())


def colour_of(handle: object) -> object:
    return handle.get_color() if isinstance(handle, Line2D) else handle.get_facecolor()[:3]


@pytest.fixture(scope="module")
def seen() -> dict[str, Looked]:
    return {}


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory, seen: dict[str, Looked]) -> Path:
    """Draw the whole pack once, and look at each figure before it is thrown away."""
    folder = tmp_path_factory.mktemp("figures")
    with pytest.MonkeyPatch.context() as patch:
        look_on_saving(patch, seen)
        pack.draw(folder=folder, report=lambda _: None)
    return folder


def look_on_saving(patch: pytest.MonkeyPatch, seen: dict[str, Looked]) -> None:
    def save(figure: Figure, data: pd.DataFrame, name: str, **options: object) -> list[Path]:
        paths = write(figure, data, name, **options)
        seen[name] = look(figure)
        return paths

    write = chart.save_figure
    patch.setattr(chart, "save_figure", save)


BOTH = [name + suffix for name in NAMES for suffix in ("", "-en")]


@pytest.mark.slow
@walk("name", BOTH)
def test_the_committed_table_is_what_the_chart_draws(name: str, drawn: Path) -> None:
    committed, new = (pd.read_csv(f / f"{name}.csv") for f in (REPOSITORY.figures, drawn))
    pd.testing.assert_frame_equal(committed, new, rtol=1e-6)


@pytest.mark.slow
def test_the_committed_pictures_are_what_is_drawn(drawn: Path) -> None:
    """Byte by byte, where the packages are those of the lock: others draw other pixels."""
    pins = freshness._pins()
    names = {pin.partition("==")[0] for pin in pins}
    if not {f"{name}=={version(name)}" for name in names} <= set(pins):
        pytest.skip("other versions than those of requirements.lock")
    files = [f"{name}.{suffix}" for name in BOTH for suffix in ("png", "csv")]
    here, there = REPOSITORY.figures, drawn
    assert [f for f in files if (here / f).read_bytes() != (there / f).read_bytes()] == []


def test_a_fresh_clone_redraws_nothing() -> None:
    files = {name: pack._files(name, pack.Shape(), LANGUAGES, ["png"]) for name in NAMES}
    record = REPOSITORY.figures / freshness.RECORD
    known = freshness.Memory(json.loads(record.read_text(encoding="utf-8")))
    recipes = [pack._recipe(n, pack.Shape(), REPOSITORY.figures, files[n]) for n in NAMES]
    assert [recipe[0] for recipe in recipes if not known.is_current(*recipe)] == []


def test_there_are_no_other_files() -> None:
    held = {path.name for path in REPOSITORY.figures.iterdir()} - {"README.md", freshness.RECORD}
    held -= {name for name in held if name.endswith((".svg", ".pdf"))}  # for print, not committed
    assert held == {f"{name}.{suffix}" for name in BOTH for suffix in ("csv", "png")}


@walk("name", BOTH)
def test_it_fits_the_type_area(name: str) -> None:
    height, width = matplotlib.image.imread(REPOSITORY.figures / f"{name}.png").shape[:2]
    assert width / chart.SCREEN_DPI * 25.4 <= style.FULL_WIDTH + 0.5
    assert height / chart.SCREEN_DPI * 25.4 <= 200.5


@walk("name", BOTH)
def test_nothing_is_cut_off_at_the_edge(name: str) -> None:
    image = matplotlib.image.imread(REPOSITORY.figures / f"{name}.png")[..., :3].mean(axis=2)
    edges = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
    assert edges.min() > 0.98


def test_pictures_are_light() -> None:
    pictures = [REPOSITORY.figures / f"{name}.png" for name in BOTH]
    assert sum(path.stat().st_size for path in pictures) < 3_300_000


@walk("name", BOTH)
def test_the_ground_is_white(name: str) -> None:
    """A tint of one step in 255 is not seen on a screen, and is rastered in print."""
    shown = matplotlib.image.imread(REPOSITORY.figures / f"{name}.png")[..., :3]
    assert (shown[[0, 0, -1, -1], [0, -1, 0, -1]] == 1).all()


@pytest.mark.slow
@pytest.mark.usefixtures("drawn")
@walk("name", BOTH)
def test_it_is_legible_in_grey_print(name: str, seen: dict[str, Looked]) -> None:
    assert {text: c for text, c in seen[name].contrast.items() if c < 4.5} == {}  # WCAG 2.2, AA
    assert seen[name].alike == []
    assert min(seen[name].sizes.values()) >= 7.5


@pytest.mark.slow
@pytest.mark.usefixtures("drawn")
@walk("name", BOTH)
def test_no_words_overlap(name: str, seen: dict[str, Looked]) -> None:
    assert seen[name].overlaps == []


def test_the_looking_sees_what_is_wrong() -> None:
    figure = style.new_figure(60)
    figure.text(0.2, 0.5, "under", fontsize=9)
    figure.text(0.21, 0.5, "over", fontsize=5)
    figure.text(0.7, 0.5, "pale", color="#BBBBBB")
    handles = [Line2D([], [], color=c, label=c) for c in ("#3366CC", "#6F6F6F", "#000000")]
    figure.legend(handles=handles)
    found = look(figure)
    assert found.overlaps == [("under", "over")]
    assert [text for text, c in found.contrast.items() if c < 4.5] == ["pale"]
    assert found.alike == [("#3366CC", "#6F6F6F")]
    assert min(found.sizes.values()) == 5


@walk("name", NAMES)
def test_english_figures_draw_the_same_numbers(name: str) -> None:
    chinese, english = (pd.read_csv(REPOSITORY.figures / f"{name}{s}.csv") for s in ("", "-en"))
    assert chinese.shape == english.shape
    assert chinese.columns.is_unique
    assert english.columns.is_unique
    places = [n for n, kind in enumerate(chinese.dtypes) if pd.api.types.is_numeric_dtype(kind)]
    assert places
    pd.testing.assert_frame_equal(
        chinese.iloc[:, places], english.iloc[:, places].set_axis(chinese.columns[places], axis=1)
    )


@walk("name", NAMES)
def test_the_table_opens_in_excel_and_reads_in_its_language(name: str) -> None:
    for suffix, foreign in (("", r"[a-z]+_[a-z]+"), ("-en", r"[\u4e00-\u9fff]|[a-z]+_[a-z]+")):
        data = (REPOSITORY.figures / f"{name}{suffix}.csv").read_bytes()
        assert data.startswith(codecs.BOM_UTF8)
        heads = data.decode("utf-8-sig").splitlines()[0]
        assert not re.search(foreign, heads), heads
    counties = {"城阳区", "滕州市", "兖州区", "周村区", "淄川区"}
    chinese = pd.read_csv(REPOSITORY.figures / f"{name}.csv")
    if "县区" in chinese:
        assert set(chinese["县区"].dropna()) <= counties
        assert set(chinese["县区"].dropna())


@pytest.mark.slow
@walk("name", NAMES)
def test_pdfs_carry_their_font(name: str, drawn: Path) -> None:
    data = (drawn / f"{name}.pdf").read_bytes()
    assert b"/FontFile2" in data
    assert b"NotoSansSC" in data


def test_the_list_of_figures_is_true() -> None:
    text = (REPOSITORY.figures / "README.md").read_text(encoding="utf-8")
    assert text == pack.describe()
    assert list(pack.captions()) == list(pack.PACK)
    assert all(pack.caption(n, language) for n in NAMES for language in LANGUAGES)


# --- selections -----------------------------------------------------------------------------


def draw(folder: Path, *names: str, **chosen: object) -> list[str]:
    width = chosen.pop("width", style.FULL_WIDTH)
    paths = pack.draw(
        names,
        selection=select(**chosen),
        width=width,
        folder=folder,
        languages=["zh"],
        formats=["png"],
        report=lambda _: None,
    )
    return sorted(path.name for path in paths)


def test_counties_are_cut_and_keep_their_looks(tmp_path: Path) -> None:
    names = draw(tmp_path, "01-target-profile", counties=["淄川区", "zhoucun"])
    assert names == [f"01-target-profile_zhoucun-2023+zichuan-2023.{s}" for s in ("csv", "png")]
    data = pd.read_csv(tmp_path / names[0])
    assert data["县区"].tolist() == ["淄川区", "周村区"]  # by their shares
    assert data["计划编号"].tolist() == ["zichuan-2023", "zhoucun-2023"]
    every = style.county_looks(load.table("documents")["doc_id"])
    assert style.county_looks(["zichuan-2023"]) == {"zichuan-2023": every["zichuan-2023"]}


def test_a_theme_cuts_tasks(tmp_path: Path) -> None:
    names = draw(tmp_path, "01-target-profile", theme="绿色低碳")
    data = pd.read_csv(tmp_path / names[0])
    tasks = load.table("tasks").query("theme == '绿色低碳'")
    assert (
        data.set_index("计划编号")["任务数"].to_dict() == tasks.groupby("doc_id").size().to_dict()
    )
    quantities = load.table("quantities").query("kind == 'target'")
    assert data["数字目标数"].sum() == quantities["task_id"].isin(tasks["task_id"]).sum()


def test_a_theme_cuts_indicators(tmp_path: Path) -> None:
    names = draw(tmp_path, "03-coverage", theme="绿色低碳")
    assert pd.read_csv(tmp_path / names[0])["主题"].unique().tolist() == ["绿色低碳"]


def test_the_subtitle_tells_the_selection() -> None:
    figure = style.new_figure(60)
    with style.drawing(theme="绿色低碳", selected=("zhoucun-2023", "zichuan-2023")):
        style.frame(figure, "title", "subtitle", load.table("documents"))
    told = "".join(text.get_text() for text in figure.texts)
    assert "仅比较所选的2份计划" in told
    assert "仅“绿色低碳”主题" in told


def test_a_theme_cuts_ladders_by_indicator(tmp_path: Path) -> None:
    draw(tmp_path, "03-ladder", theme="绿色低碳")
    draw(tmp_path, "03-ladder-green")
    theme, whole = (tmp_path / f"03-ladder{s}.csv" for s in ("_绿色低碳", "-green"))
    assert theme.read_bytes() == whole.read_bytes()


def test_one_indicator(tmp_path: Path) -> None:
    names = draw(tmp_path, indicator="新增市级以上创新平台", width=75)
    assert names[1] == "03-ladder_innovation-platforms-new-city-up_75mm.png"
    assert pd.read_csv(tmp_path / names[0])["名称"].unique().tolist() == ["新增市级以上创新平台"]
    assert matplotlib.image.imread(tmp_path / names[1]).shape[1] == pytest.approx(
        75 / 25.4 * 300, abs=1
    )


@pytest.mark.slow
def test_figures_that_cannot_show_a_selection_are_left_out_or_refused(tmp_path: Path) -> None:
    said = []
    paths = pack.draw(
        selection=select(counties=["tengzhou", "zhoucun"], theme="黄河战略"),
        folder=tmp_path,
        languages=["zh"],
        formats=["png"],
        report=said.append,
    )
    assert any("03-ladder: no comparisons" in line for line in said)
    assert {path.name.split("_")[0] for path in paths} >= {"01-target-profile"}
    with pytest.raises(PlanError, match="no comparisons in this selection"):
        draw(tmp_path, "03-ladder", theme="组织实施")
    with pytest.raises(PlanError, match="02-task-map cannot show"):
        draw(tmp_path, "02-task-map", theme="绿色低碳")
    with pytest.raises(PlanError, match="04-network cannot show"):
        draw(tmp_path, "04-network", width=75)


@pytest.mark.slow
def test_half_the_width_stays_legible(tmp_path: Path, seen: dict[str, Looked]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        look_on_saving(patch, seen)
        paths = pack.draw(width=75, folder=tmp_path, formats=["png"], report=lambda _: None)
    drawn = [path for path in paths if path.suffix == ".png"]
    assert len(drawn) >= 20
    for path in drawn:
        image = matplotlib.image.imread(path)[..., :3].mean(axis=2)
        assert image.shape[1] == pytest.approx(75 / 25.4 * 300, abs=1)
        edges = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
        assert edges.min() > 0.98, path.name
        assert image.shape[0] <= 200.5 / 25.4 * 300, path.name
        assert seen[path.stem].overlaps == [], path.name
        assert min(seen[path.stem].sizes.values()) >= 7.5, path.name
    stems = {path.stem for path in drawn}
    assert {f"03-ladder-green-{page}_75mm" for page in (2, 3)} <= stems  # no page is left out


@pytest.mark.slow
@pytest.mark.parametrize("theme", theme_names())
def test_every_theme_gives_figures(theme: str, tmp_path: Path) -> None:
    assert draw(tmp_path, theme=theme)


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ({"counties": ["nowhere"]}, "no county nowhere; did you mean .*区"),
        ({"theme": "天气"}, "no theme 天气; did you mean "),
        ({"theme": "绿色低碳", "indicator": "新增市级以上创新平台"}, "belongs to 创新驱动"),
        ({"indicator": "创新平台数"}, "comparable indicator 创新平台数; did you mean .*platform"),
        ({"department": "气象站"}, "no department 气象站; did you mean "),
        ({"years": [2031]}, "no plan of 2031; years: 2023"),
    ],
)
def test_unknown_parts_are_refused(chosen: dict[str, object], told: str) -> None:
    with pytest.raises(PlanError, match=told):
        select(**chosen)


# --- style ----------------------------------------------------------------------------------


def test_a_missing_glyph_is_an_error(tmp_path: Path) -> None:
    figure = style.new_figure(40)
    figure.text(0.5, 0.5, "\U00012000")  # a cuneiform sign
    with pytest.raises(PlanError, match="use a character"):
        chart.save_figure(figure, pd.DataFrame({"a": [1]}), "glyph", folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_counties_stay_apart_in_grey() -> None:
    looks = style.county_looks(load.table("documents")["doc_id"])
    colours, markers = zip(*looks.values(), strict=True)
    assert len(set(markers)) == len(markers)
    grey = sorted(float(np.dot(to_rgb(c), GREY)) for c in colours)
    assert min(np.diff(grey)) > 0.04
    assert max(grey) < 0.8, "too pale on white"


def test_every_string_exists_in_both_languages() -> None:
    for key, row in texts().items():
        assert row["zh"], key
        assert row["en"], key
        assert sorted(blanks(row["zh"])) == sorted(blanks(row["en"])), key


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_what_charts_compute_from_the_same_tables_is_computed_once() -> None:
    asked = []

    @chart.once
    def count(table: pd.DataFrame, *, top: int) -> tuple[pd.DataFrame, int]:
        asked.append(top)
        return table.head(top), len(table)

    one, same = pd.DataFrame({"n": [1, 2]}), pd.DataFrame({"n": [1, 2]})
    first, n = count(one, top=1)
    first["n"] = 9  # a chart may change its copy
    assert count(one, top=1)[0]["n"].tolist() == [1]
    assert (n, asked) == (2, [1])
    count(one, top=2)
    count(same, top=2)
    assert asked == [1, 2, 2]


def test_a_chart_is_known_before_what_draws_it_is_imported() -> None:
    code = "import sys; from analysis.charts import pack; print('sklearn' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


def test_cells_of_few_columns_stay_narrow() -> None:
    for columns, wide in ((1, 4), (3, 4), (5, 5)):
        axes = style.new_figure(50).subplots()
        style.heat_map(pd.DataFrame([[1] * columns]), axes, cbar=False, annot=True)
        assert axes.get_xlim() == (0, wide)


def test_unknown_names_are_refused() -> None:
    with pytest.raises(PlanError, match="no chart nonsense"):
        pack.draw(["nonsense"], report=lambda _: None)
    with pytest.raises(PlanError, match="no language fr"):
        pack.draw(languages=["fr"], report=lambda _: None)
    with pytest.raises(PlanError, match="no language or no format"):
        pack.draw(formats=[], report=lambda _: None)
    with pytest.raises(PlanError, match="does not belong among the whole charts"):
        pack.draw(
            selection=Selection(theme="绿色低碳"), folder=REPOSITORY.figures, report=lambda _: None
        )
    with pytest.raises(PlanError, match="no width 90"):
        pack.draw(width=90, report=lambda _: None)


@pytest.mark.parametrize("theme", [None, "动能产业", "城市区域"])
def test_roles_are_not_cut_off(theme: str | None) -> None:
    selection = select(theme=theme or "")
    entry = pack.PACK["04-roles"]
    figure, data = entry.draw(*read_selected(entry.tables, selection, by_theme=entry.by_theme))
    low, high = next(axes.get_xlim() for axes in figure.axes if axes.patches)
    share = data[["lead", "joint", "support"]].mul(100 / data["n_clauses"], axis=0).fillna(0)
    assert -low > share["support"].max()
    assert high > (share["lead"] + share["joint"]).max()


def test_one_county_in_focus_and_a_chart_without_title(tmp_path: Path) -> None:
    documents = load.table("documents")
    with style.drawing(focus="zhoucun-2023"):
        looks = style.county_looks(documents["doc_id"])
    own = style.county_looks(documents["doc_id"])
    assert looks["zhoucun-2023"] == own["zhoucun-2023"]
    assert {look[0] for doc_id, look in looks.items() if doc_id != "zhoucun-2023"} == {"#A6A6A6"}
    paths = pack.draw(
        ["target-profile"], folder=tmp_path, languages=["zh"], formats=["svg"],
        focus="zhoucun-2023", bare=True, report=lambda _: None,
    )  # fmt: skip
    stem = "01-target-profile_focus-zhoucun-2023_bare"
    assert {p.name for p in paths} == {f"{stem}.svg", f"{stem}.csv", f"{stem}.txt"}
    told = (tmp_path / f"{stem}.txt").read_text(encoding="utf-8")
    assert "淄川区有62%的任务写明数字目标" in told
    assert "资料来源" in told


def test_what_goes_to_print_keeps_its_colours(tmp_path: Path) -> None:
    draw(tmp_path, CHEAP, counties=["周村", "滕州"])
    pack.draw([CHEAP], folder=tmp_path, formats=["png"], languages=["zh"], report=lambda _: None)
    modes = {}
    for path in tmp_path.glob("*.png"):
        with Image.open(path) as image:
            modes[path.stem] = image.mode
    assert modes == {CHEAP: "P", f"{CHEAP}_tengzhou-2023+zhoucun-2023": "RGBA"}


def test_few_colours_leave_pale_cells_their_own() -> None:
    """The mean of a pale cell and of the edges of letters is grey."""
    full = np.full((60, 60, 3), 255, dtype=np.uint8)
    full[:20] = pale = (233, 246, 229)
    full[20:40, ::2] = (223, 223, 223)  # what letters leave
    full[40:] = np.random.default_rng(0).integers(0, 255, (20, 60, 3))
    buffer = io.BytesIO()
    Image.fromarray(full).save(buffer, format="png", dpi=(150, 150))
    with Image.open(chart._reduce_colours(buffer, 32)) as few:
        assert few.convert("RGB").getpixel((5, 5)) == pale


def test_charts_in_one_zip(tmp_path: Path) -> None:
    """What was written and nothing else, the same bytes each time, with words and checksums."""
    bundles = []
    for run in ("first", "second"):
        paths = pack.draw(
            [CHEAP], selection=select(["周村", "滕州"]), folder=tmp_path / run, bundle=True,
            formats=["png"], report=lambda _: None,
        )  # fmt: skip
        assert paths[-1].name == "charts_tengzhou-2023+zhoucun-2023.zip"
        bundles.append(paths[-1].read_bytes())
    assert bundles[0] == bundles[1]
    with zipfile.ZipFile(io.BytesIO(bundles[0])) as packed:
        names = {path.name for path in paths[:-1]}
        assert set(packed.namelist()) == names | {"README.md", "metadata.json"}
        assert {entry.date_time for entry in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        listed = json.loads(packed.read("metadata.json"))
        for stem, told in listed.items():
            assert told["words"][-1].startswith("Sources" if stem.endswith("-en") else "资料来源")
            for name, checksum in told["files"].items():
                assert hashlib.sha256(packed.read(name)).hexdigest() == checksum
        assert {name for told in listed.values() for name in told["files"]} == names
        assert "62%" in " ".join(listed[f"{CHEAP}_tengzhou-2023+zhoucun-2023"]["words"])


def test_charts_of_some_years(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["figures", CHEAP, "--format", "png", "--language", "zh", "--out", str(tmp_path)]
    assert main([*command, "--years", "2023", "--counties", "周村"]) == 0
    assert (tmp_path / f"{CHEAP}_zhoucun-2023.png").is_file()
    assert main([*command, "--years", "2031"]) == 1
    assert "no plan of 2031; years: 2023" in capsys.readouterr().err
    assert main([*command, "--years", "23a"]) == 1
    assert "year 23a is no year" in capsys.readouterr().err


def test_the_map_shows_one_county_in_colour() -> None:
    tables = read_selected(pack.PACK["02-task-map"].tables, Selection())
    with style.drawing(focus="zhoucun-2023"):
        figure, data = pack.PACK["02-task-map"].draw(*tables)
    drawn = {}
    for marks in figure.axes[0].collections:
        colours = {tuple(colour) for colour in marks.get_facecolor().round(3).tolist()}
        drawn[len(marks.get_offsets())] = colours
    own = data["doc_id"].value_counts()["zhoucun-2023"]
    grey = tuple(round(value, 3) for value in (*to_rgb(style.OTHERS), 1.0))
    assert len(drawn) == 5
    assert len(drawn[own]) > 3
    assert grey not in drawn[own]
    assert all(colours == {grey} for n, colours in drawn.items() if n != own)
    labels = [text.get_text() for text in figure.axes[0].texts]
    assert len(labels) == data["cluster"].nunique()


@pytest.mark.parametrize(
    ("name", "chart"), [("03-cov", "03-coverage"), ("coverage", "03-coverage")]
)
def test_a_chart_is_found_by_the_beginning_of_its_name(name: str, chart: str) -> None:
    assert pack._find_chart(name) == chart


def test_the_lists_of_what_can_be_chosen(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["figures", "--list"]) == 0
    assert capsys.readouterr().out.startswith("01-target-profile  ")
    assert main(["themes"]) == 0
    assert "绿色低碳  " in capsys.readouterr().out
    assert main(["departments"]) == 0
    assert capsys.readouterr().out.splitlines()[0].startswith("发展改革局  ")
    assert main(["figures", "02"]) == 1
    assert "more than one chart 02" in capsys.readouterr().err
