"""The chart pack: every finished chart by name, drawn from the tables of ``data/processed``."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from textwrap import shorten
from typing import Any, NamedTuple

import pandas as pd
from joblib import Parallel, delayed

from analysis import freshness, load
from analysis.charts import chart, style
from analysis.errors import PlanError
from analysis.files import write_atomically
from analysis.lexicon import read_rows
from analysis.selection import (
    BY_INDICATOR,
    BY_TASK,
    WHOLE,
    Selection,
    choose_plans,
    find_name,
    read_selected,
)
from analysis.study import LABELS, TEXTS, current
from analysis.wording import LANGUAGES, text_for

_TARGETS = ("documents", "tasks", "quantities", "comparisons")
_WORK = ("documents", "tasks", "assignments", "quantities")
# What pandas, numpy and matplotlib raise at a table of a shape that a chart did not expect.
_FAULTS = (ValueError, LookupError, TypeError, ArithmeticError, AttributeError)
_CLUSTERED = 60  # tasks; five a cluster, or resampling has nothing to draw


@dataclass(frozen=True)
class Entry:
    """A chart of the pack: what draws it, the tables that it takes, and what it can be cut to.

    `function` stands in a module of this room that is imported when it is called, since one chart
    needs few of the libraries of all. `by_theme` says what of the tables belongs to a theme where
    the chart can show one alone; `narrow` that it is legible at half the width; `least` is how
    many tasks it takes; `asks` names what says of all documents of the study whether they have
    what the chart shows.
    """

    function: str
    tables: tuple[str, ...]
    by_theme: str = ""
    narrow: bool = False
    least: int = 1
    asks: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def module(self) -> str:
        """Name of the module that draws it."""
        return f"{__package__}.{self.function.partition('.')[0]}"

    def draw(self, *tables: pd.DataFrame, **given: Any) -> tuple[chart.Chart, pd.DataFrame]:
        """The chart and the rows that it draws; what is given stands before `options`."""
        return _function(self.function)(*tables, **{**self.options, **given})

    def has_data(self, documents: pd.DataFrame) -> bool:
        """Whether documents have what the chart shows."""
        theme = [self.options["theme"]] if "theme" in self.options else []
        return not self.asks or _function(self.asks)(*theme, documents)


def _function(name: str) -> Callable[..., Any]:
    """A function of a module of this room: targets.draw_ladder."""
    module, _, function = name.partition(".")
    return getattr(import_module(f"{__package__}.{module}"), function)


class Shape(NamedTuple):
    """What of the plans a chart shows, how wide it is, whose colour stands out; if it is bare."""

    selection: Selection = WHOLE
    width: int = style.FULL_WIDTH
    focus: str = ""
    bare: bool = False

    @property
    def suffix(self) -> str:
        """End of the name of a file; empty for whole charts at full width."""
        wide = "" if self.width == style.FULL_WIDTH else f"_{self.width}mm"
        focus = f"_focus-{self.focus}" if self.focus else ""
        return f"{self.selection.suffix}{wide}{focus}{'_bare' if self.bare else ''}"


_LADDER = "targets.draw_ladder"


def _ladder(theme: str, *, page: int = 1) -> Entry:
    options = {"theme": theme, "page": page}
    return Entry(_LADDER, _TARGETS, narrow=True, asks="targets.has_ladder", options=options)


PACK: dict[str, Entry] = {
    "01-target-profile": Entry("overview.target_profile", _TARGETS[:3], BY_TASK, narrow=True),
    "02-theme-shares": Entry("themes.draw_shares", (*_WORK[:2], "themes")),
    "02-theme-accuracy": Entry("themes.draw_accuracy", (*_WORK[:2], "themes")),
    "02-distinctive-terms": Entry("themes.draw_terms", _WORK[:2]),
    "02-plan-distances": Entry("themes.draw_distances", _WORK[:2]),
    "02-cluster-tree": Entry("clusters.draw_tree", _WORK[:3], least=_CLUSTERED),
    "02-task-map": Entry("clusters.draw_map", _WORK[:2], least=_CLUSTERED),
    "02-portfolios": Entry("clusters.draw_portfolios", (*_WORK[:3], "themes"), least=_CLUSTERED),
    "03-ladder": Entry(_LADDER, _TARGETS, BY_INDICATOR, narrow=True),
    "03-ladder-innovation": _ladder("创新驱动"),
    "03-ladder-innovation-2": _ladder("创新驱动", page=2),
    "03-ladder-industry": _ladder("动能产业"),
    "03-ladder-demand": _ladder("扩大内需"),
    "03-ladder-green": _ladder("绿色低碳"),
    "03-ladder-green-2": _ladder("绿色低碳", page=2),
    "03-ladder-city": _ladder("城市区域"),
    "03-ladder-rural": _ladder("乡村振兴"),
    "03-ladder-reform": _ladder("改革开放"),
    "03-ladder-culture": _ladder("文化文明"),
    "03-ladder-prosperity": _ladder("共同富裕"),
    "03-ladder-prosperity-2": _ladder("共同富裕", page=2),
    "03-ladder-safety": _ladder("安全发展"),
    "03-coverage": Entry("coverage.draw_matrix", _TARGETS, BY_INDICATOR),
    "03-coverage-2": Entry("coverage.draw_matrix", _TARGETS, BY_INDICATOR, options={"page": 2}),
    "03-denominators": Entry("coverage.draw_order", ("documents", "comparisons"), BY_INDICATOR),
    "04-roles": Entry("workload.draw_roles", _WORK, BY_TASK),
    "04-rank-ranges": Entry("workload.draw_ranks", _WORK, BY_TASK),
    "04-department-themes": Entry("workload.draw_themes", _WORK[:3]),
    "04-concentration": Entry("workload.draw_concentration", _WORK[:3], BY_TASK),
    "04-network": Entry("network.draw_network", _WORK[:3], BY_TASK),
    "04-structure": Entry("network.draw_structure", _WORK[:3], BY_TASK),
    "05-shared-text": Entry("shared_text.shared_matrix", _WORK[:2]),
    "05-local-text": Entry("shared_text.local_share", _WORK[:2]),
    "05-same-sentences": Entry("shared_text.same_sentences", _TARGETS[:3], BY_TASK),
    "08-green-shares": Entry("green.draw_shares", (*_WORK[:2], "themes", "quantities")),
    "08-green-fields": Entry("green.draw_fields", (*_TARGETS[:3], "pledges")),
    "08-green-instruments": Entry("green.draw_instruments", (*_WORK[:2], "themes")),
    "09-years": Entry("years.draw_years", _TARGETS[:3], asks="years.has_years"),
    "09-results": Entry("years.draw_results", (), asks="years.has_results"),
}


def draw(
    names: Sequence[str] = (),
    *,
    selection: Selection = WHOLE,
    width: int = style.FULL_WIDTH,
    focus: str = "",
    bare: bool = False,
    folder: Path | None = None,
    languages: Sequence[str] = LANGUAGES,
    formats: Sequence[str] = chart.FORMATS,
    only_changed: bool = False,
    bundle: bool = False,
    jobs: int = 1,
    report: Callable[[str], None] = print,
) -> list[Path]:
    """Draw charts by name, or all that can show a selection, and return what was written.

    Parameters
    ----------
    names
        Charts of `PACK`; all if none.
    selection
        What of the plans to draw; it stands in the names of the files.
    width
        156 mm, the whole type area, or 75 mm for those that are legible so.
    focus, bare
        Id of the plan that has its colour while others are grey; whether to leave out title and
        sources, which are then written beside the chart as text.
    folder
        Where to write; ``figures/`` for whole figures, ``exports/`` for those of a selection.
    languages, formats
        Each chart is written in every one.
    only_changed
        Leave out charts whose data, code and files are as they were when drawn last.
    bundle
        Whether to put what is written into one ZIP as well, with a README and the words of each
        chart; the same charts give the same bytes.
    jobs
        Charts to draw at once.
    report
        Told what is being done, and which charts have nothing to show of the selection.

    Raises
    ------
    PlanError
        A name, language, format or part of the selection is unknown; a chart that was asked for
        by name cannot be drawn, or none of a selection can; the tables have not been built.
    """
    names = [_find_chart(name) for name in names]
    for given, known, what in (
        (languages, LANGUAGES, "language"),
        (formats, chart.FORMATS, "format"),
        ([width], (style.FULL_WIDTH, style.HALF_WIDTH), "width"),
    ):
        unknown = sorted(str(name) for name in set(given) - set(known))
        if unknown:
            listed = ", ".join(map(str, known))
            raise PlanError(f"no {what} {', '.join(unknown)}", f"one of: {listed}")
    if not languages or not formats:
        raise PlanError("no language or no format given", "leave the option out for all")
    shape = Shape(selection, width, focus, bare)
    folder = folder or (current().exports if shape.suffix else current().figures)
    if shape.suffix and folder.resolve() == current().figures:
        raise PlanError("a selection does not belong among the whole charts", "name another --out")
    wanted = _able(names, shape)
    made = {name: _files(name, shape, languages, formats) for name in wanted}
    is_committed = (tuple(languages), tuple(formats)) == (LANGUAGES, ("png",))
    record = folder / freshness.RECORD if is_committed and not shape.suffix else None
    with freshness.open_memory(only_changed=only_changed, path=record) as memory:
        wanted = [n for n in wanted if not memory.is_current(*_recipe(n, shape, folder, made[n]))]
        report(f"drawing {len(wanted)} charts")
        tasks = [delayed(_draw)(n, shape, folder, languages, formats) for n in wanted]
        parallel = Parallel(n_jobs=max(1, min(jobs, len(wanted))))
        results = dict(zip(wanted, parallel(tasks), strict=True))
        for name, result in results.items():
            if isinstance(result, Drawn):
                title, _, files, _ = _recipe(name, shape, folder, made[name])
                memory.record(title, files)
    refused = {name: r for name, r in results.items() if isinstance(r, PlanError)}
    for name, error in refused.items():
        if names or (shape.suffix and len(refused) == len(made)):
            raise error
        report(f"left out {name}: {error.problem}")
    if folder.resolve() == current().figures.resolve() and not shape.suffix:
        _remove_files(folder, refused)
        write_atomically(folder / "README.md", describe(folder).encode())
    drawn = {n: result for n, result in results.items() if isinstance(result, Drawn)}
    paths = [path for result in drawn.values() for path in result.paths]
    if bundle and paths:
        # among the whole charts of a study it would be taken for one of them
        place = current().exports if folder.resolve() == current().figures else folder
        paths.append(write_atomically(place / f"charts{shape.suffix}.zip", bundle_charts(drawn)))
    return paths


def _find_chart(name: str) -> str:
    """A chart by its name, or by the beginning of it with or without its number."""
    first = [n for n in PACK if n == name or not n.endswith("-2")]  # a second page in full only
    known = [(alias, n) for n in first for alias in (n, n.partition("-")[2])]
    return find_name(name, known, "chart")


def describe_charts(language: str = "zh") -> str:
    """Names of the charts with their captions, one a line."""
    return "\n".join(f"{name}  {caption(name, language)}" for name in PACK)


def _remove_files(folder: Path, names: Iterable[str]) -> None:
    """Remove the files of charts that can no longer be drawn."""
    for name in names:
        for file in _files(name, Shape(), LANGUAGES, chart.FORMATS):
            (folder / file).unlink(missing_ok=True)


def _able(names: Sequence[str], shape: Shape) -> list[str]:
    """Names of the charts that can show a selection.

    Raises
    ------
    PlanError
        One of those named cannot.
    """
    able, selection = list(PACK), shape.selection
    if selection.theme:
        able = [name for name in able if PACK[name].by_theme]
    if selection.indicator:
        able = ["03-ladder"]
    if shape.width != style.FULL_WIDTH:
        able = [name for name in able if PACK[name].narrow]
    documents = load.table("documents", scope=load.ALL)
    wanted = [n for n in able if (n in names or not names) and PACK[n].has_data(documents)]
    if unable := [name for name in names if name not in wanted]:
        able = [name for name in able if PACK[name].has_data(documents)]
        raise PlanError(
            f"{', '.join(unable)} cannot show such a selection", f"one of: {', '.join(able)}"
        )
    return wanted


class Drawn(NamedTuple):
    """Files of a chart in all languages, and title, subtitle and sources by the stem of a file."""

    paths: list[Path]
    words: dict[str, str]


def _draw(
    name: str,
    shape: Shape,
    folder: Path,
    languages: Sequence[str],
    formats: Sequence[str],
) -> Drawn | PlanError:
    """Draw one chart; what speaks against it is returned, so that the others are drawn.

    The last page that the pack has of a chart is followed by as many as it takes. That the
    package fails at plans of a shape that nobody thought of is told as such, too.
    """
    entry, drawn = PACK[name], Drawn([], {})
    documents = load.table("documents")
    selection = choose_plans(shape.selection, documents, own=shape.focus)
    whole = 0 if selection == shape.selection else len(documents)
    given, theme = {}, selection.theme
    if selection.topic and entry.function == _LADDER:
        given, theme = {"theme": selection.topic}, ""  # which is in the title
    try:
        tables = read_selected(entry.tables, selection, by_theme=entry.by_theme)
        if len(plans := load.read_plans(selection.counties).tasks) < entry.least:
            problem = f"{name} takes {entry.least} tasks or more, and there are {len(plans)}"
            raise PlanError(problem, "choose more counties")
        selected: dict[str, Any] = {"theme": theme, "selected": selection.counties, "whole": whole}
        pages = {}
        for language in languages:
            with style.drawing(width=shape.width, focus=shape.focus, bare=shape.bare, **selected):
                for page, (figure, data) in _turn_pages(
                    name, tables, {**given, "language": language}
                ):
                    figure.settle()
                    pages[page, language] = (figure, data)
    except PlanError as error:
        return error
    except _FAULTS as error:
        problem = f"a fault of this chart, {type(error).__name__}: {error}"
        return PlanError(shorten(problem, 150), "report it with the plans", task=name)
    for (page, language), (figure, data) in pages.items():
        stem = _stem(page, shape, language)
        dpi = chart.PRINT_DPI if shape.suffix else chart.SCREEN_DPI
        drawn.words[stem] = str(figure.get_label())
        drawn.paths.extend(
            chart.save_figure(
                figure, data, stem, folder=folder, formats=formats, dpi=dpi, language=language
            )
        )
        if shape.bare:
            told = f"{figure.get_label()}\n".encode()
            drawn.paths.append(write_atomically(folder / f"{stem}.txt", told))
    return drawn


def _turn_pages(
    name: str, tables: Sequence[pd.DataFrame], given: Mapping[str, Any]
) -> Iterator[tuple[str, tuple[chart.Chart, pd.DataFrame]]]:
    """Draw a chart, and the pages after it where the pack has none for them, by their names."""
    entry = PACK[name]
    first = entry.draw(*tables, **given)
    yield name, first
    base = name.removesuffix("-2")
    if name == base and f"{base}-2" in PACK:
        return
    page = 2 if name == base else 3
    while getattr(first[0], "pages", 1) >= page:
        yield f"{base}-{page}", entry.draw(*tables, **given, page=page)
        page += 1


def _stem(name: str, shape: Shape, language: str) -> str:
    return name + shape.suffix + ("" if language == "zh" else f"-{language}")


def _files(name: str, shape: Shape, languages: Sequence[str], formats: Sequence[str]) -> list[str]:
    stems = [_stem(name, shape, language) for language in languages]
    return [f"{stem}.{suffix}" for stem in stems for suffix in (*formats, "csv")]


def _recipe(
    name: str, shape: Shape, folder: Path, files: Sequence[str]
) -> tuple[str, list[Path], list[Path], list[str]]:
    """Name of a chart for `freshness`, the data that it is drawn from, its files and its code."""
    entry, study = PACK[name], current()
    tables = [study.processed / f"{t}.csv" for t in ("documents", *entry.tables)]
    data = [study.processed] if shape.selection.counties else tables
    kinds = sorted({file.rsplit(".", 1)[1] for file in files})
    title = f"{name} {shape.suffix} {' '.join(kinds)} {len(files)}"
    code = [entry.module, "analysis.selection"]
    return title, [*data, LABELS, study.raw], [folder / file for file in files], code


# --- captions -------------------------------------------------------------------------------


@cache
def captions() -> dict[str, dict[str, str]]:
    """What each chart of the pack shows, by name and language (``texts/captions.csv``)."""
    return {row["chart"]: row for row in read_rows(TEXTS / "captions.csv")}


def caption(name: str, language: str = "zh") -> str:
    """What a chart shows and how to read it."""
    return captions()[name][language]


def bundle_charts(drawn: Mapping[str, Drawn]) -> bytes:
    """Bytes of a ZIP of charts: their files, a README, and a table of words and checksums.

    Files have the date of the format's beginning, so that the same charts give the same bytes.
    """
    files = {path.name: path.read_bytes() for own in drawn.values() for path in own.paths}
    words = {stem: told for own in drawn.values() for stem, told in own.words.items()}
    listed = {
        stem: {
            "words": told.split("\n"),
            "files": {
                name: hashlib.sha256(data).hexdigest()
                for name, data in sorted(files.items())
                if name.rsplit(".", 1)[0] == stem
            },
        }
        for stem, told in sorted(words.items())
    }
    readme = ["# Charts · 图集", "", *(text_for("charts_bundle", one) for one in LANGUAGES)]
    for name in drawn:
        readme += ["", f"## {name}", "", caption(name), "", caption(name, "en")]
    files["README.md"] = ("\n".join(readme) + "\n").encode()
    files["metadata.json"] = f"{json.dumps(listed, ensure_ascii=False, indent=2)}\n".encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.external_attr, entry.create_system = 8, 0o644 << 16, 3
            packed.writestr(entry, data)
    return buffer.getvalue()


def describe(folder: Path | None = None) -> str:
    """Text of ``figures/README.md``: every figure drawn, with its captions and its files."""
    folder = folder or current().figures
    drawn = [name for name in PACK if (folder / f"{name}.csv").is_file()]
    lines = [
        "# Charts · 图集",
        "",
        f"{len(drawn)} charts, drawn from `data/processed/`, at most 156 mm wide (the type area of "
        "GB/T 9704), each as PNG with a CSV of exactly what is drawn. The title states a finding "
        "of the data, the last line names the plans with their document numbers. English: the same "
        "name with `-en`. `make figures` adds SVG and PDF for print; "
        "the command below each chart draws it again, with `--counties`, `--theme`, `--focus`, "
        "`--width 75`, `--bare` or `--zip` as one likes (`python -m analysis figures --help`).",
        "",
        f"共{len(drawn)}幅，由`data/processed/`中的表绘成，宽不超过156毫米（GB/T 9704版心），"
        "可直接插入公文；每幅附绘图数据（CSV）。英文版文件名以`-en`结尾。供印刷用的SVG和PDF由"
        "`make figures`生成；每幅图下的命令可重绘此图，并可加`--counties`、`--theme`、`--focus`、"
        "`--width 75`、`--bare`、`--zip`等选项（见`python -m analysis figures --help`）。",
    ]
    for name in drawn:
        links = [f"[{s}]({name}.{s})" for s in ("png", "csv")]
        english = [f"[{s}]({name}-en.{s})" for s in ("png", "csv")]
        lines += [
            "",
            f"## {name}",
            "",
            f"![{caption(name)}]({name}.png)",
            "",
            caption(name),
            "",
            caption(name, "en"),
            "",
            f"{' · '.join(links)} · English: {' · '.join(english)} · "
            f"`python -m analysis figures {name}`",
        ]
    return "\n".join(lines) + "\n"
