"""A site from disk: notebooks, charts and a search over the tasks, without server or network.

Pages are small HTML of our own around what nbconvert gives, so that nothing is asked of another
host: no mathematics script, no fonts, no frameworks.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from pathlib import Path

import nbformat
from nbconvert import HTMLExporter
from pygments.formatters import HtmlFormatter

from analysis import notebooks
from analysis.charts import style
from analysis.charts.pack import PACK, caption
from analysis.errors import PlanError
from analysis.explorer.view import View, select_view
from analysis.files import write_together
from analysis.load import data_version, read_plans
from analysis.site.frame import both, page
from analysis.site.search import search_body
from analysis.study import current
from analysis.wording import LANGUAGES, text_for

_LINK = re.compile(r'(href="(?![a-z]+:)[^"#]*)\.ipynb(?=["#])')


def build(folder: Path | None = None, *, report: Callable[[str], None] = print) -> list[Path]:
    """Write the site and return its pages, the index first.

    Pages of an earlier build are replaced, and those of notebooks that are no more are removed
    from its folder ``notebooks``; nothing else is touched. Keys of lessons are left out.

    Raises
    ------
    PlanError
        The tables have not been built, or there are no charts.
    """
    folder = folder or current().site
    view = select_view(read_plans())
    report("writing the search over the tasks")
    pages = {"tasks.html": page(both("site_tasks"), search_body(view))}
    pages["figures.html"] = page(both("site_figures"), figures_body())
    pages["index.html"] = page(both("site_title"), index_body(view))
    shown = [path for path in notebooks.find() if not notebooks.is_key(path)]
    places = {path: Path("notebooks") / _place(path) for path in shown}
    for path, place in places.items():
        report(f"writing {path.stem}")
        up = "../" * (len(place.parts) - 1)
        pages[place.as_posix()] = page(path.stem, notebook_body(path), up=up)
    old = {p.relative_to(folder).as_posix() for p in (folder / "notebooks").rglob("*.html")}
    files: dict[str, bytes | None] = dict.fromkeys(sorted(old - set(pages)))
    files |= {f"figures/{p.name}": p.read_bytes() for p in _figure_files()}
    write_together(folder, files | {name: text.encode() for name, text in pages.items()})
    first = [folder / f"{name}.html" for name in ("index", "tasks", "figures")]
    return first + [folder / place for place in places.values()]


def _place(path: Path) -> Path:
    """Page of a notebook, in the folder of those pages."""
    return path.relative_to(current().notebooks).with_suffix(".html")


# --- pages ----------------------------------------------------------------------------------


def index_body(view: View) -> str:
    """HTML of what there is: counts, then notebooks and lessons with question and answer."""
    counts = {"plans": len(view.documents), "tasks": len(view.tasks), "figures": len(view.figures)}
    lines = "".join(f"<p>{escape(text_for('site_intro', w, **counts))}</p>" for w in LANGUAGES)
    places = {path.stem: _place(path) for path in notebooks.find()}
    groups = {"site_notebooks": "", "site_lessons": ""}
    for row in notebooks.index().itertuples():
        place = places[row.notebook]
        group = "site_lessons" if place.parts[0] == "lessons" else "site_notebooks"
        groups[group] += (
            f'<h3><a href="notebooks/{place.as_posix()}">{_plain(row.question)}</a></h3>'
            f'<p>{_plain(row.answer)}<br><span class="faint">{escape(row.notebook)}</span></p>'
        )
    listed = "".join(f"<h2>{both(key)}</h2>{items}" for key, items in groups.items() if items)
    keys = "".join(f'<p class="faint">{escape(text_for("site_keys", w))}</p>' for w in LANGUAGES)
    version = escape(both("site_version", version=data_version()))
    return (
        f"<h1>{both('site_title')}</h1>{lines}{listed}{keys if groups['site_lessons'] else ''}"
        f'<p class="faint">{version}<br>{escape(style.source_line(view.documents))}</p>'
    )


def _plain(markdown: str) -> str:
    """HTML of one paragraph: escaped, without the marks of code and emphasis."""
    return escape(re.sub(r"[`*]", "", markdown))


def figures_body() -> str:
    """HTML of the charts of the pack, each once in the language of a switch, with its data."""
    names = [name for name in PACK if _picture(name, "zh").is_file()]
    if not names:
        raise PlanError("no charts", "run `python -m analysis figures`", file=current().figures)
    switch = "".join(
        f'<input class="switch" type="radio" name="language" id="{w}"{" checked" * (w == "zh")}>'
        f'<label for="{w}">{escape(text_for("site_language", w))}</label>'
        for w in LANGUAGES
    )
    shown = "".join(
        f'<figure id="{escape(name)}">{_figure(name, "zh")}{_figure(name, "en")}</figure>'
        for name in names
    )
    lead = escape(both("site_figures_lead"))
    return f"<h1>{both('site_figures')}</h1><p>{lead}</p>{switch}{shown}"


def _picture(name: str, language: str) -> Path:
    return current().figures / f"{name}{'' if language == 'zh' else f'-{language}'}.png"


def _figure(name: str, language: str) -> str:
    """HTML of a chart in one language; where it is not drawn in it, the Chinese one stands in."""
    path = _picture(name, language)
    path = path if path.is_file() else _picture(name, "zh")
    text = escape(caption(name, language))
    beside = [path.with_suffix(f".{suffix}") for suffix in ("svg", "pdf", "csv")]
    links = " · ".join(
        f'<a href="figures/{escape(p.name)}">{p.suffix[1:].upper()}</a>'
        for p in beside
        if p.is_file()
    )
    return (
        f'<div class="{language}"><img src="figures/{escape(path.name)}" alt="{text}" '
        f'loading="lazy"><figcaption><p>{text}</p>'
        f'<p class="faint">{escape(path.stem)}: {links}</p></figcaption></div>'
    )


def _figure_files() -> list[Path]:
    kinds = {".png", ".svg", ".csv", ".pdf"}
    return sorted(p for p in current().figures.iterdir() if p.suffix in kinds)


def notebook_body(path: Path) -> str:
    """HTML of one notebook as it was run, its pictures inside it, its links to other pages."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":  # controls need a kernel
            cell.outputs = [o for o in cell.outputs if notebooks.WIDGET not in o.get("data", {})]
    exporter = HTMLExporter(template_name="basic", embed_images=True)
    body, _ = exporter.from_notebook_node(notebook, {"metadata": {"path": str(path.parent)}})
    colours = HtmlFormatter(style="friendly").get_style_defs(".highlight")
    return f"<style>{colours}</style>\n" + _LINK.sub(r"\1.html", body)
