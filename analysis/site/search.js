'use strict';
const {tasks, names, groups, same, words: say, near} = JSON.parse(document.getElementById('data').textContent);
const field = name => document.getElementById(name);
const PAGE = 50;
let shown = PAGE;

// One kind of bracket, quotation mark and dash, whichever is printed or typed.
const [PRINTED, TYPED] = ['〔〕【】“”「」『』—–―', '[][]""""""---'];
const plain = text => text.replace(new RegExp(`[${PRINTED}]`, 'g'), c => TYPED[PRINTED.indexOf(c)])
  .normalize('NFKC').toLowerCase();
// One width, one case, one kind of mark, no thousands marks; `places` leads each character back to the text.
function fold(text) {
  let out = '';
  const places = [];
  const chars = Array.from(text);
  let at = 0;
  chars.forEach((c, i) => {
    const mark = (c === ',' || c === '，') && /\p{Nd}/u.test(chars[i - 1] || '')
      && /^[\p{Nd}]{3}$/u.test(chars.slice(i + 1, i + 4).join('').normalize('NFKC'));
    if (!mark) for (const unit of plain(c)) {
      out += unit;
      for (let k = 0; k < unit.length; k++) places.push(at);
    }
    at += c.length;
  });
  places.push(at);
  return {out, places};
}
// The same without the places, for all tasks at once: thousands of them are folded in a moment.
const folded = text => plain(text.replace(/(?<=\p{Nd})[,，](?=\p{Nd}{3})/gu, ''));
for (const t of tasks) t.held = folded([t.title, t.text, t.clause, t.id, t.held].join('\n'));

const escaped = text => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const AROUND = /^[省市县区州旗]|[和与及]|(?:委员会|分局|中心|[局委办厅部处])$/g;
const OFFICE = /(?:委员会|分局|中心|[局委办厅部处])$/;
const SIGNS = [
  ['≥', /^(?:不低于|不少于|至少|>=|≥)(?=\d)|(?:及)?以上$/],
  ['≤', /^(?:不高于|不超过|至多|<=|≤)(?=\d)|(?:及)?(?:以内|以下)$/],
];
const shortened = word => Array.from(word, escaped).join('.{0,3}?');

// All that a word of a query stands for; the rules are those of analysis/explorer/search.py.
function forms(word) {
  const found = [word];
  for (const group of same) {
    const known = group.find(name => word.includes(name));
    if (known) for (const name of group) found.push(word.replaceAll(known, () => name));
  }
  if (/\d/.test(word)) {
    for (const [sign, bound] of SIGNS)
      if (bound.test(word)) found.push(sign + word.replace(new RegExp(bound, 'g'), ''));
  } else if (/[\u4e00-\u9fff]/.test(word)) {
    const chars = Array.from(word);
    for (let k = 2; k < chars.length - 1; k++)
      found.push(chars.slice(k).join('') + chars.slice(0, k).join(''));
    const stem = word.replace(AROUND, '');
    const core = Array.from(stem).length > 1 ? stem : word.replace(OFFICE, '');
    const ofBody = Array.from(core).length > 1 && (OFFICE.test(word) || chars.length === 2)
      && new RegExp('^' + shortened(core));
    const short = chars.length > 2 && new RegExp(shortened(word));
    for (const [name, group] of names) {
      if (group >= 0) {
        if (ofBody && ofBody.test(name.replace(AROUND, ''))) found.push(...groups[group]);
      } else if (short) {
        const span = name.match(short);
        if (span) found.push(span[0]);
      }
    }
  }
  return [...new Set(found)];
}
const asked = () => fold(field('words').value).out.split(/\s+/).filter(Boolean);
// A number in a form is no part of a longer one: 1700 is not in 17000.
const whole = form => (/^\d/.test(form) ? '(?<![\\d.])' : '') + escaped(form)
  + (/\d$/.test(form) ? '(?!\\d|\\.\\d)' : '');
const finder = word => new RegExp(forms(word).map(whole).join('|'), 'g');

// A text with its quantities and the words that were looked for marked.
function put(parent, tag, text, finders = [], spans = []) {
  const node = parent.appendChild(document.createElement(tag));
  const {out, places} = fold(text);
  const marks = spans.map(([start, end]) => [start, end, 'b']);
  for (const wanted of finders) for (const hit of out.matchAll(wanted))
    if (hit[0]) marks.push([places[hit.index], places[hit.index + hit[0].length], 'mark']);
  const edges = [...new Set([0, text.length, ...marks.flatMap(m => [m[0], m[1]])])]
    .sort((a, b) => a - b);
  for (let i = 0; i + 1 < edges.length; i++) {
    let home = node;
    for (const kind of ['b', 'mark'])
      if (marks.some(m => m[2] === kind && m[0] <= edges[i] && m[1] >= edges[i + 1]))
        home = home.appendChild(document.createElement(kind));
    home.append(text.slice(edges[i], edges[i + 1]));
  }
  return node;
}
function card(t, finders) {
  const item = document.createElement('li');
  item.id = t.id;
  const number = t.no + '. ', spans = t.figures.map(f => f.slice(3)).filter(s => s.length);
  const inTitle = spans.filter(s => s[0] < 0).map(s => s.map(p => p - t.head + number.length));
  put(item, 'h2', number + t.title, finders, inTitle);
  const home = put(item, 'p', [t.county, t.number, t.theme, ''].filter(Boolean).join(' · ')
    + ' · ', finders);
  home.className = 'faint';
  put(home, 'a', t.id).href = '#' + t.id;
  put(item, 'p', t.text, finders, spans.filter(s => s[0] >= 0));
  if (t.figures.length) {
    const table = item.appendChild(document.createElement('table'));
    for (const f of t.figures) {
      const row = table.appendChild(document.createElement('tr'));
      for (const cell of f.slice(0, 3)) put(row, 'td', cell, finders);
    }
  }
  for (const key of ['lead', 'support'])
    if (t[key]) put(item, 'p', say[key] + '：' + t[key], finders);
  if (t.clause) put(item, 'p', t.clause, finders).className = 'faint';
  return item;
}
const matches = (t, finders) => finders.every(f => t.held.search(f) >= 0);

// Names that share most pairs of characters with a query that found nothing.
function propose(query) {
  const pairs = text => new Set(Array.from(text, (c, i) => c + (text[i + 1] || '')).concat([...text]));
  const wanted = pairs(query);
  const scored = near.map(name => {
    const own = pairs(name);
    const both = [...own].filter(p => wanted.has(p)).length;
    return [2 * both / (own.size + wanted.size), name];
  }).filter(s => s[0] > 0.15).sort((a, b) => b[0] - a[0] || (a[1] < b[1] ? -1 : 1));
  return scored.slice(0, 5).map(s => s[1]);
}
function show() {
  const finders = asked().map(finder);
  const county = field('county').value, theme = field('theme').value;
  const found = tasks.filter(t => (!county || t.doc === county) && (!theme || t.theme === theme)
    && matches(t, finders));
  const chosen = tasks.find(t => t.id === decodeURIComponent(location.hash.slice(1)));
  const first = found.slice(0, shown);
  if (found.includes(chosen) && !first.includes(chosen)) first.unshift(chosen);
  const list = document.createDocumentFragment();
  for (const t of first) list.appendChild(card(t, finders));
  field('found').replaceChildren(list);
  field('count').textContent = found.length + ' / ' + tasks.length;
  field('more').hidden = found.length <= shown;
  field('more').textContent = say.more.replace('{n}', found.length - shown);
  const hints = field('near');
  hints.replaceChildren();
  if (!found.length && finders.length) {
    hints.append(say.none);
    for (const name of propose(asked().join(''))) {
      const hit = [finder(fold(name).out)];
      const button = hints.appendChild(document.createElement('button'));
      button.type = 'button';
      button.textContent = name + '（' + tasks.filter(t => matches(t, hit)).length + '）';
      button.addEventListener('click', () => { field('words').value = name; restart(); });
    }
  }
}
function restart() { shown = PAGE; show(); }
let waiting;
field('words').addEventListener('input', () => {
  clearTimeout(waiting);
  if (tasks.length < 2000) restart();
  else waiting = setTimeout(restart, 200);
});
for (const name of ['county', 'theme']) field(name).addEventListener('input', restart);
field('more').addEventListener('click', () => { shown += 4 * PAGE; show(); });
field('form').addEventListener('submit', event => event.preventDefault());
function go() {
  show();
  for (const old of document.querySelectorAll('.chosen')) old.classList.remove('chosen');
  const item = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!item) return;
  item.classList.add('chosen');
  item.scrollIntoView();
}
const given = new URLSearchParams(location.search);
for (const name of ['words', 'county', 'theme']) if (given.has(name)) field(name).value = given.get(name);
addEventListener('hashchange', go);
go();
