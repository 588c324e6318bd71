"""The search over the tasks: a page that holds them all, and the script that finds them."""

from __future__ import annotations

import json
from html import escape

from analysis.explorer.view import View
from analysis.lexicon import theme_names
from analysis.site.frame import both
from analysis.wording import county_name, note_words, text_for

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
    const home = put(item, 'p', [t.county, t.number, t.theme, ''].filter(Boolean).join(' · ')
      + ' · ', []);
    home.className = 'faint';
    put(home, 'a', t.id, []).href = '#' + t.id;
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
function go() {
  for (const old of document.querySelectorAll('.chosen')) old.classList.remove('chosen');
  const item = location.hash && document.getElementById(location.hash.slice(1));
  if (!item) return;
  item.classList.add('chosen');
  item.scrollIntoView();
}
addEventListener('hashchange', go);
show();
go();
"""


def search_body(view: View) -> str:
    """HTML of the search: its controls, all tasks as data, and the script that finds them."""
    names = county_name(view.documents)
    counties = [(doc_id, names[doc_id]) for doc_id in sorted(view.documents["doc_id"])]
    themes = [t for t in theme_names() if view.tasks["theme"].eq(t).any()]
    data = json.dumps(task_data(view), ensure_ascii=False, separators=(",", ":"))
    data = data.replace("<", "\\u003c")  # nothing in a text may end the element it stands in
    label = escape(both("site_search"))
    hidden = "".join(
        f'<span id="{key}" hidden>{text_for(f"explore_{key}")}</span>'
        for key in ("lead", "support")
    )
    return (
        f"<h1>{both('site_tasks')}</h1><noscript>{both('site_script')}</noscript>"
        f'<form id="form"><input id="words" type="search" placeholder="{label}" '
        f'aria-label="{label}" autofocus>{_select("county", counties)}'
        f"{_select('theme', [(t, t) for t in themes])}</form>"
        f'<p class="faint">{both("site_search_hint")}</p>'
        f'<p id="count" class="faint" aria-live="polite"></p>{hidden}'
        f'<ol id="found" class="found"></ol>'
        f'<script type="application/json" id="data">{data}</script>'
        f"<script>{_SCRIPT}</script>"
    )


def _select(name: str, options: list[tuple[str, str]]) -> str:
    label = escape(both(f"explore_{name}"))
    rows = "".join(f'<option value="{escape(v)}">{escape(text)}</option>' for v, text in options)
    return (
        f'<select id="{name}" aria-label="{label}"><option value="">{label}</option>{rows}</select>'
    )


def task_data(view: View) -> list[dict[str, object]]:
    """One entry per task, as the script reads it; figures are figure, phrase and time.

    A comparable figure with a note has it behind its phrase.
    """
    noted = view.comparisons[view.comparisons["note"] != ""].drop_duplicates("quantity_id")
    notes = {row.quantity_id: f"（{note_words(row)}）" for row in noted.itertuples()}
    told = view.figures["quantity_id"].map(notes).fillna("")
    cells = view.figures.assign(indicator=view.figures["indicator"] + told)
    cells = cells[["text", "indicator", "due"]]
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
