"""A site from disk: notebooks, figures and a search over the tasks, without server or network.

Pages are small HTML of our own around what nbconvert gives, so that nothing is asked of another
host: no mathematics script, no fonts, no frameworks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import escape
from pathlib import Path

import nbformat
from nbconvert import HTMLExporter
from pygments.formatters import HtmlFormatter

from analysis import figures, notebooks
from analysis.errors import PlanError
from analysis.explore_view import View, read_plans, select_view
from analysis.files import write_atomically, write_together
from analysis.paths import DATAPACKAGE_FILE, FIGURES, NOTEBOOKS, PROCESSED, ROOT
from analysis.plots import style
from analysis.plots.style import say

SITE = ROOT / "site"
WIDGET = "application/vnd.jupyter.widget-view+json"
_PAGES = (("index", "site_home"), ("tasks", "site_tasks"), ("figures", "site_figures"))
_LINK = re.compile(r'(href="(?![a-z]+:)[^"#]*)\.ipynb(?=["#])')

_CSS = """
body {margin: 0 auto; max-width: 60rem; padding: 0 1rem 4rem; color: #222; line-height: 1.6;
 font-family: "Noto Sans SC", "Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC",
 "Microsoft YaHei", sans-serif}
nav {border-bottom: 1px solid #bbb; padding: .8rem 0; margin-bottom: 1rem}
nav a {margin-right: 1.2rem} nav strong {margin-right: 1.6rem}
a {color: #12355b} h1 {font-size: 1.6rem; line-height: 1.3} h2 {font-size: 1.2rem}
img, svg {max-width: 100%; height: auto}
table {border-collapse: collapse; font-size: .85rem}
th, td {border: 1px solid #ddd; padding: .2rem .5rem; text-align: left; vertical-align: top}
th {background: #f3f3f3}
pre {background: #f6f6f6; padding: .6rem; overflow-x: auto; font-size: .85rem; line-height: 1.4}
.output pre {background: none; padding: 0 .6rem} .output {overflow-x: auto}
.prompt, .anchor-link {display: none}
figure {margin: 0 0 2.5rem} figcaption, .faint {color: #555; font-size: .9rem}
form {display: flex; flex-wrap: wrap; gap: .6rem; margin: 1rem 0}
input, select {font: inherit; padding: .3rem} input {flex: 1 1 18rem}
ol.found {list-style: none; padding: 0} ol.found > li {border-top: 1px solid #ddd; padding: .8rem 0}
ol.found h3 {margin: 0; font-size: 1.05rem} ol.found p {margin: .2rem 0}
mark {background: #ffe08a}
"""

_SCRIPT = """
'use strict';
const tasks = JSON.parse(document.getElementById('data').textContent);
const field = name => document.getElementById(name);
// Full-width forms count as half-width and case does not count; every character keeps its place.
const fold = text => Array.from(text, c => {
  const n = c.charCodeAt(0);
  const half = n > 0xff00 && n < 0xff5f ? String.fromCharCode(n - 0xfee0) : c;
  const low = half.toLowerCase();
  return low.length === c.length ? low : c;
}).join('');
for (const t of tasks) t.folded = fold([t.title, t.text, t.lead, t.support,
  t.figures.map(f => f.join(' ')).join(' ')].join('\\n'));
function put(parent, tag, text, words) {
  const node = parent.appendChild(document.createElement(tag));
  const folded = fold(text);
  let at = 0;
  while (at < text.length) {
    let next = -1, word = '';
    for (const w of words) {
      const k = folded.indexOf(w, at);
      if (k >= 0 && (next < 0 || k < next || (k === next && w.length > word.length))) {
        next = k; word = w;
      }
    }
    node.append(text.slice(at, next < 0 ? text.length : next));
    if (next < 0) break;
    node.appendChild(document.createElement('mark')).textContent =
      text.slice(next, next + word.length);
    at = next + word.length;
  }
  return node;
}
function show() {
  const words = fold(field('words').value).split(/\\s+/).filter(Boolean);
  const county = field('county').value, theme = field('theme').value;
  const found = tasks.filter(t => (!county || t.doc === county) && (!theme || t.theme === theme)
    && words.every(w => t.folded.includes(w)));
  const list = document.createDocumentFragment();
  for (const t of found) {
    const item = list.appendChild(document.createElement('li'));
    item.id = t.id;
    put(item, 'h3', t.no + '. ' + t.title, words);
    put(item, 'p', [t.county, t.number, t.theme].filter(Boolean).join(' · '), [])
      .className = 'faint';
    put(item, 'p', t.text, words);
    if (t.figures.length) {
      const table = item.appendChild(document.createElement('table'));
      for (const f of t.figures) {
        const row = table.appendChild(document.createElement('tr'));
        for (const cell of f) put(row, 'td', cell, words);
      }
    }
    for (const key of ['lead', 'support'])
      if (t[key]) put(item, 'p', field(key).textContent + ': ' + t[key], words);
  }
  field('found').replaceChildren(list);
  field('count').textContent = found.length + ' / ' + tasks.length;
}
for (const name of ['words', 'county', 'theme']) field(name).addEventListener('input', show);
field('form').addEventListener('submit', event => event.preventDefault());
show();
if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
"""


def build(folder: Path = SITE, *, report: Callable[[str], None] = print) -> list[Path]:
    """Write the site and return its pages, the index first.

    Pages of an earlier build are replaced; nothing else in the folder is touched.

    Raises
    ------
    PlanError
        The tables have not been built, or there are no figures.
    """
    view = select_view(read_plans())
    report("writing the search over the tasks")
    pages = {"tasks.html": _page(_both("site_tasks"), search_body(view))}
    pages["figures.html"] = _page(_both("site_figures"), figures_body())
    pages["index.html"] = _page(_both("site_title"), index_body(view))
    write_together(folder, {name: text.encode() for name, text in pages.items()})
    write_together(folder / "figures", {p.name: p.read_bytes() for p in _figure_files()})
    for path in notebooks.find():
        report(f"writing {path.stem}")
        place = (folder / "notebooks" / path.relative_to(NOTEBOOKS)).with_suffix(".html")
        up = "../" * (len(path.relative_to(NOTEBOOKS).parts))
        write_atomically(place, _page(path.stem, notebook_body(path), up=up).encode())
    shown = sorted((folder / "notebooks").rglob("*.html"))
    return [folder / "index.html", *(folder / n for n in pages if n != "index.html"), *shown]


def _both(key: str, **values: object) -> str:
    """Return a text in Chinese and in English: the site is one for both."""
    return " · ".join(say(key, language, **values) for language in style.LANGUAGES)


def _page(title: str, body: str, *, up: str = "") -> str:
    links = "".join(f'<a href="{up}{name}.html">{_both(key)}</a>' for name, key in _PAGES)
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_CSS}</style>\n</head>\n<body>\n"
        f"<nav>{links}</nav>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


# --- pages ----------------------------------------------------------------------------------


def index_body(view: View) -> str:
    """HTML of what there is: counts, and every notebook with its question and its answer."""
    package = json.loads((PROCESSED / DATAPACKAGE_FILE).read_text(encoding="utf-8"))
    counts = {"plans": len(view.documents), "tasks": len(view.tasks), "figures": len(view.figures)}
    intro = [say("site_intro", language, **counts) for language in style.LANGUAGES]
    places = {p.stem: p.relative_to(NOTEBOOKS).with_suffix(".html") for p in notebooks.find()}
    heads = notebooks.index()
    items = "".join(
        f'<h2><a href="notebooks/{places[row.notebook].as_posix()}">{_plain(row.question)}</a></h2>'
        f'<p>{_plain(row.answer)}</p><p class="faint">{escape(row.notebook)}</p>'
        for row in heads.itertuples()
    )
    lines = "".join(f"<p>{escape(line)}</p>" for line in intro)
    version = escape(_both("site_version", version=package["version"]))
    return (
        f"<h1>{_both('site_title')}</h1>{lines}{items}"
        f'<p class="faint">{version}<br>{escape(style.source_line(view.documents))}</p>'
    )


def _plain(markdown: str) -> str:
    """HTML of one paragraph: escaped, without the marks of code and emphasis."""
    return escape(re.sub(r"[`*]", "", markdown))


def figures_body() -> str:
    """HTML of all figures with what they show and the data that they draw."""
    parts = []
    for path in sorted(FIGURES.glob("*.png")):
        caption = _caption(path.stem)
        beside = [(s, path.with_suffix(f".{s}")) for s in ("svg", "csv", "pdf")]
        links = " · ".join(
            f'<a href="figures/{escape(p.name)}">{s}</a>' for s, p in beside if p.is_file()
        )
        parts.append(
            f'<figure id="{escape(path.stem)}"><img src="figures/{escape(path.name)}" '
            f'alt="{escape(caption)}" loading="lazy"><figcaption>{escape(caption)} '
            f"({escape(path.stem)}: {links})</figcaption></figure>"
        )
    if not parts:
        raise PlanError("no figures", "run `python -m analysis figures`", file=FIGURES)
    lead = escape(_both("site_figures_lead"))
    return f"<h1>{_both('site_figures')}</h1><p>{lead}</p>" + "".join(parts)


def _caption(name: str) -> str:
    """First line of the documentation of the function that draws a figure; else its name."""
    entry = figures.PACK.get(name) or figures.PACK.get(name.removesuffix("-en"))
    draw = next((part for part in entry or () if callable(part)), None)
    text = getattr(draw, "func", draw).__doc__ if draw else ""
    return (text or name).strip().split("\n", 1)[0]


def _figure_files() -> list[Path]:
    kinds = {".png", ".svg", ".csv", ".pdf"}
    return sorted(p for p in FIGURES.iterdir() if p.suffix in kinds)


def notebook_body(path: Path) -> str:
    """HTML of one notebook as it was run, its pictures inside it, its links to other pages."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":  # controls need a kernel
            cell.outputs = [o for o in cell.outputs if WIDGET not in o.get("data", {})]
    exporter = HTMLExporter(template_name="basic", embed_images=True)
    body, _ = exporter.from_notebook_node(notebook, {"metadata": {"path": str(path.parent)}})
    colours = HtmlFormatter(style="friendly").get_style_defs(".highlight")
    return f"<style>{colours}</style>\n" + _LINK.sub(r"\1.html", body)


def search_body(view: View) -> str:
    """HTML of the search: its controls, all tasks as data, and the script that finds them."""
    names = style.county_name(view.documents)
    counties = [(doc_id, names[doc_id]) for doc_id in sorted(view.documents["doc_id"])]
    themes = [t for t in style.theme_order() if view.tasks["theme"].eq(t).any()]
    data = json.dumps(task_data(view), ensure_ascii=False, separators=(",", ":"))
    data = data.replace("<", "\\u003c")  # nothing in a text may end the element it stands in
    label = escape(_both("site_search"))
    hidden = "".join(
        f'<span id="{key}" hidden>{say(f"explore_{key}")}</span>' for key in ("lead", "support")
    )
    return (
        f"<h1>{_both('site_tasks')}</h1><noscript>{_both('site_script')}</noscript>"
        f'<form id="form"><input id="words" type="search" placeholder="{label}" '
        f'aria-label="{label}" autofocus>{_select("county", counties)}'
        f"{_select('theme', [(t, t) for t in themes])}</form>"
        f'<p id="count" class="faint" aria-live="polite"></p>{hidden}<ol id="found" class="found">'
        f'</ol><script type="application/json" id="data">{data}</script>'
        f"<script>{_SCRIPT}</script>"
    )


def _select(name: str, options: list[tuple[str, str]]) -> str:
    label = escape(_both(f"explore_{name}"))
    rows = "".join(f'<option value="{escape(v)}">{escape(text)}</option>' for v, text in options)
    return (
        f'<select id="{name}" aria-label="{label}"><option value="">{label}</option>{rows}</select>'
    )


def task_data(view: View) -> list[dict[str, object]]:
    """One entry per task, as the script reads it; figures are figure, phrase and time."""
    cells = view.figures[["text", "indicator", "due"]].fillna("")
    found: dict[str, list[list[str]]] = {}
    for task_id, row in zip(view.figures["task_id"], cells.to_numpy().tolist(), strict=True):
        found.setdefault(task_id, []).append(row)
    columns = {
        "id": "task_id", "doc": "doc_id", "county": "county", "number": "doc_number",
        "no": "task_no", "theme": "theme", "title": "title", "text": "text", "lead": "lead",
        "support": "support",
    }  # fmt: skip
    rows = view.tasks[list(columns.values())].astype(object).where(view.tasks.notna(), "")
    return [
        dict(zip(columns, row, strict=True)) | {"figures": found.get(row[0], [])}
        for row in rows.itertuples(index=False)
    ]
