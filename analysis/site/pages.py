"""A site from disk: notebooks, charts and a search over the tasks, without server or network.

Pages are small HTML of our own around what nbconvert gives, so that nothing is asked of another
host: no mathematics script, no fonts, no frameworks.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import nbformat
import pandas as pd
from nbconvert import HTMLExporter
from pygments.formatters import HtmlFormatter

from analysis import notebooks
from analysis.charts import style
from analysis.charts.pack import PACK, caption
from analysis.errors import PlanError
from analysis.explorer.view import View, select_view
from analysis.files import write_together
from analysis.load import cut_plans, data_version, read_plans
from analysis.office.profile import county_profile, profile_subtitle, profile_title, to_html
from analysis.selection import MOST
from analysis.site.frame import both, page
from analysis.site.lessons import fill_in
from analysis.site.search import search_body
from analysis.study import current
from analysis.wording import LANGUAGES, county_name, text_for

# The page of a notebook, with the code of each cell folded.
_FOLDED = """{%% extends "basic/index.html.j2" %%}
{%% block input %%}
<details class="code"><summary>%s</summary>{{ super() }}</details>
{%% endblock %%}"""
_HAN, _LATIN = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[A-Za-z]+")
_LINK = re.compile(r'(href="(?![a-z]+:)[^"#]*)\.ipynb(?=["#])')


def build(
    folder: Path | None = None, *, findings: str = "", report: Callable[[str], None] = print
) -> list[Path]:
    """Write the site and return its pages, the index first.

    Pages of an earlier build are replaced, and those of notebooks that are no more are removed
    from its folder ``notebooks``; nothing else is touched. Keys of lessons are left out.

    Parameters
    ----------
    folder
        Where the site goes; that of the study if none is given.
    findings
        What the plans show, as a Markdown list in Chinese, for the first page.

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
    pages["index.html"] = page(text_for("site_title"), index_body(view, findings))
    pages |= _profiles(view)
    shown = [path for path in notebooks.find() if not notebooks.is_key(path)]
    places = {path: Path("notebooks") / _place(path) for path in shown}
    for path, place in places.items():
        report(f"writing {notebooks.name_of(path)}")
        up = "../" * (len(place.parts) - 1)
        body, language = notebook_body(path)
        pages[place.as_posix()] = page(path.stem, body, up=up, language=language)
    old = {p.relative_to(folder).as_posix() for p in (folder / "notebooks").rglob("*.html")}
    files: dict[str, bytes | None] = dict.fromkeys(sorted(old - set(pages)))
    files |= {f"figures/{p.name}": p.read_bytes() for p in _figure_files()}
    files |= {f"files/{p.name}": p.read_bytes() for p in _downloads()}
    write_together(folder, files | {name: text.encode() for name, text in pages.items()})
    first = [folder / f"{name}.html" for name in ("index", "tasks", "figures")]
    return first + [folder / place for place in places.values()]


def _place(path: Path) -> Path:
    """Page of a notebook, in the folder of those pages."""
    return path.relative_to(current().notebooks).with_suffix(".html")


def _downloads() -> list[Path]:
    """Workbooks, and the tables as they are, for those who go on with the numbers."""
    books = sorted(current().workbooks.glob("*.xlsx"))
    return [*books, *sorted(current().processed.glob("*.csv"))]


# --- pages ----------------------------------------------------------------------------------


def index_body(view: View, findings: str = "") -> str:
    """HTML of the first page, in Chinese: search, charts, downloads, counties, findings, notebooks.

    What there is in English stands folded at its end.
    """
    counts: dict[str, Any] = {"plans": len(view.documents), "tasks": len(view.tasks)}
    counts["figures"] = len(view.figures)
    search = escape(text_for("site_tasks"))
    parts = [
        f"<h1>{text_for('site_title')}</h1><p>{escape(text_for('site_intro', **counts))}</p>",
        f'<h2>{search}</h2><form action="tasks.html"><input type="search" name="words" '
        f'aria-label="{search}" placeholder="{escape(text_for("site_search_example"))}">'
        f'<button type="submit">{text_for("site_go")}</button></form>',
        f"<h2>{text_for('site_findings')}</h2>{_findings(findings)}" if findings else "",
        f'<h2><a href="figures.html">{text_for("site_figures")}</a></h2>{_pictures()}',
        f"<h2>{text_for('site_downloads')}</h2>{_files()}",
        f"<h2>{text_for('site_counties')}</h2>{_counties(view)}",
    ]
    rows = notebooks.index()
    lessons = rows.get("notebook", pd.Series(dtype="str")).str.contains("/")  # there may be none
    for key, group in (("site_notebooks", rows[~lessons]), ("site_lessons", rows[lessons])):
        if len(group):
            parts.append(f"<h2>{text_for(key)}</h2>{_notebooks(group)}")
    if lessons.any():
        parts.append(f'<p class="faint">{escape(text_for("site_keys"))}</p>')
    version = escape(text_for("site_version", version=data_version()))
    parts.append(
        f'<p class="faint">{version}<br>{escape(style.source_line(view.documents))}</p>'
        f'<details lang="en"><summary>English</summary><p>'
        f"{escape(text_for('site_intro', 'en', **counts))}</p>{_notebooks(rows, 'en')}</details>"
    )
    return "".join(parts)


def _findings(markdown: str) -> str:
    """HTML of a Markdown list whose items link to their notebooks."""
    items = [escape(line[2:]) for line in markdown.splitlines() if line.startswith("- ")]
    linked = [
        re.sub(r"\[([^]]+)\]\(([^)]+)\.ipynb\)", r'<a href="\2.html">\1</a>', i) for i in items
    ]
    return "<ul>" + "".join(f"<li>{item}</li>" for item in linked) + "</ul>"


def _pictures() -> str:
    """The first chart of each subject, small, leading to its place among all charts."""
    names = {name[:2]: name for name in reversed(PACK) if _picture(name, "zh").is_file()}
    links = (
        f'<a href="figures.html#{escape(name)}"><img src="figures/{escape(name)}.png" '
        f'alt="{escape(caption(name, "zh"))}" loading="lazy"><br>'
        f'<span aria-hidden="true">{escape(caption(name, "zh"))}</span></a>'
        for name in (names[number] for number in sorted(names))
    )
    return f'<div class="pictures">{"".join(links)}</div>'


def _files() -> str:
    """Links to workbooks and tables."""
    books: list[str] = []
    tables: list[str] = []
    for path in _downloads():
        (books if path.suffix == ".xlsx" else tables).append(
            f'<a href="files/{escape(path.name)}" download>{escape(path.name)}</a>'
        )
    lines = [(text_for("site_books"), books), (text_for("site_tables"), tables)]
    return "".join(f"<p>{head}{'、'.join(links)}</p>" for head, links in lines if links)


def _counties(view: View) -> str:
    """A table of the plans: county, document number, tasks, and a link to them."""
    names, has_pages = county_name(view.documents), len(view.documents) <= MOST
    tasks = view.tasks["doc_id"].value_counts()
    targets = view.figures.loc[view.figures["kind"].eq("target"), "doc_id"].value_counts()
    heads = [text_for(f"site_{key}") for key in ("county", "number", "n_tasks", "n_targets")]
    rows = [
        f"<td>{_county(d.doc_id, names[d.doc_id], has_pages)}</td>"
        f"<td>{_number(d.doc_number, d.source_url)}</td>"
        f'<td><a href="tasks.html?county={escape(d.doc_id)}">{tasks.get(d.doc_id, 0)}</a></td>'
        f"<td>{targets.get(d.doc_id, 0)}</td>"
        for d in view.documents.sort_values("doc_id").itertuples()
    ]
    head = "".join(f'<th scope="col">{h}</th>' for h in heads)
    return f"<table><tr>{head}</tr>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"


def _number(number: str, address: str) -> str:
    """Number of a document, with a link to where it was published."""
    if not address.startswith(("http://", "https://")):
        return escape(number)
    return f'<a href="{escape(address)}">{escape(number)}</a>'


def _county(doc_id: str, name: str, has_page: bool) -> str:
    link = f'<a href="counties/{escape(doc_id)}.html">{escape(name)}</a>'
    return link if has_page else escape(name)


def _profiles(view: View) -> dict[str, str]:
    """A page per county: where its plan stands among those of its year.

    Of a study of many plans there are none: `python -m analysis profile` writes any of them.
    """
    pages: dict[str, str] = {}
    for plan in view.documents.itertuples() if len(view.documents) <= MOST else ():
        same = view.documents["year"].eq(plan.year)
        whole = view.plans
        plans = cut_plans(view.documents[same], whole.tasks, whole.quantities, whole.assignments)
        title = profile_title(plans, plan.doc_id)
        body = to_html(county_profile(plans, plan.doc_id, years=view.plans))
        foot = f'<p class="faint">{escape(style.source_line(plans.documents))}</p>'
        name = f"counties/{plan.doc_id}.html"
        against = profile_subtitle(plans, plan.doc_id)
        below = f"<p>{escape(against)}</p>" if against else ""
        pages[name] = page(title, f"<h1>{escape(title)}</h1>{below}{body}{foot}", up="../")
    return pages


def _notebooks(rows: pd.DataFrame, language: str = "zh") -> str:
    """Notebooks with question and answer, in Chinese where a notebook has it, and else English."""
    places = {notebooks.name_of(path): _place(path).as_posix() for path in notebooks.find()}
    items = []
    for row in rows.to_dict("records"):
        keys = ("问题", "回答") if language == "zh" and row.get("问题") else ("question", "answer")
        question, answer = (_plain(row[key]) for key in keys)
        other = ' lang="en"' if language == "zh" and keys[0] == "question" else ""
        items.append(
            f'<h3{other}><a href="notebooks/{places[row["notebook"]]}">{question}</a></h3>'
            f'<p{other}>{answer}<br><span class="faint">{escape(row["notebook"])}</span></p>'
        )
    return "".join(items)


def _plain(markdown: str) -> str:
    """HTML of one paragraph: escaped, without the marks of code and emphasis."""
    return escape(re.sub(r"[`*]", "", markdown))


def figures_body() -> str:
    """HTML of the charts of the pack: a list of contents, then each once in either language."""
    names = [name for name in PACK if _picture(name, "zh").is_file()]
    if not names:
        raise PlanError("no charts", "run `python -m analysis figures`", file=current().figures)
    switch = "".join(
        f'<input class="switch" type="radio" name="language" id="{w}"{" checked" * (w == "zh")}>'
        f'<label for="{w}">{escape(text_for("site_language", w))}</label>'
        for w in LANGUAGES
    )
    contents = "".join(
        f'<li><a href="#{escape(name)}"><span class="zh">{escape(caption(name, "zh"))}</span>'
        f'<span class="en" lang="en">{escape(caption(name, "en"))}</span></a></li>'
        for name in names
    )
    shown = "".join(
        f'<figure id="{escape(name)}">{_figure(name, "zh")}{_figure(name, "en")}</figure>'
        for name in names
    )
    lead = escape(both("site_figures_lead"))
    return (
        f"<h1>{both('site_figures')}</h1><p>{lead}</p>{switch}"
        f'<ol class="contents">{contents}</ol>{shown}'
    )


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


def notebook_body(path: Path) -> tuple[str, str]:
    """HTML of one notebook as it was run, its pictures inside it, and the language of its prose.

    Links lead to other pages, code is folded, and a picture is described by the heading it
    stands under.
    """
    notebook = nbformat.read(path, as_version=4)
    heading, prose = path.stem, ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            prose += cell.source
            found = re.findall(r"^#+ (.+)$", cell.source, re.M)
            heading = _plain(found[-1]) if found else heading
        elif cell.cell_type == "code":  # controls need a kernel
            cell.outputs = [o for o in cell.outputs if notebooks.WIDGET not in o.get("data", {})]
            for output in cell.outputs:
                if "image/png" in output.get("data", {}):
                    output.metadata["image/png"] = {"alt": heading}
    language = "zh-CN" if 3 * len(_HAN.findall(prose)) > len(_LATIN.findall(prose)) else "en"
    script = ""
    if path.parent.name in LANGUAGES:
        notebook, script = fill_in(notebook, path)
        language = {"zh": "zh-CN", "en": "en"}[path.parent.name]
    folded = _FOLDED % text_for("site_code", language[:2])
    exporter = HTMLExporter(template_name="basic", embed_images=True, raw_template=folded)
    body, _ = exporter.from_notebook_node(notebook, {"metadata": {"path": str(path.parent)}})
    colours = HtmlFormatter(style="friendly").get_style_defs(".highlight")
    # Names of places as a browser reads them out of a link.
    body = re.sub(r'(?<= id=")[^"]*%[^"]*', lambda found: unquote(found[0]), body)
    return f"<style>{colours}</style>\n" + _LINK.sub(r"\1.html", body) + script, language
