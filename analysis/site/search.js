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
  t.figures.map(f => f.join(' ')).join(' ')].join('\n'));
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
  const words = fold(field('words').value).split(/\s+/).filter(Boolean);
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
