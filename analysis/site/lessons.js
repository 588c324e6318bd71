'use strict';
// Answers of a lesson, judged in the page; the rules are those of analysis/lessons/answers.py.
const exercises = JSON.parse(document.getElementById('exercises').textContent);

function fnv(text) {
  let found = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text))
    found = ((found ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  return found.toString(16).padStart(16, '0');
}

const plain = text => text.normalize('NFKC').replace(/['"“”‘’「」`]/g, '').trim()
  .replace(/[。.!;、,]+$/, '').replace(/^[()]+|[()]+$/g, '').trim();

const DIGITS = {零: 0, 〇: 0, 一: 1, 二: 2, 两: 2, 三: 3, 四: 4, 五: 5, 六: 6, 七: 7, 八: 8, 九: 9};
const PLACES = {十: 10, 百: 100, 千: 1000}, GROUPS = {百: 100, 千: 1000, 万: 1e4, 亿: 1e8};

// Value of a Chinese numeral, as `parse_chinese_number` of analysis/text.py has it.
function chineseNumber(text) {
  const chars = [...text];
  if (chars.length > 1 && chars.every(c => c in DIGITS))
    return Number(chars.map(c => DIGITS[c]).join(''));
  let total = 0, group = 0, digit = 0, place = 1;
  for (const c of chars) {
    if (c in DIGITS) {
      digit = DIGITS[c];
      if (!digit) place = 1;
    } else if (c in PLACES) {
      group += (digit || 1) * PLACES[c];
      digit = 0; place = PLACES[c];
    } else {
      const unit = GROUPS[c], closed = group + digit || (total ? 0 : 1);
      total = total < unit ? (total + closed) * unit : total + closed * unit;
      group = digit = 0; place = unit;
    }
  }
  return total + group + digit * (place > 10 ? Math.floor(place / 10) : 1);
}

const NUMBER = new RegExp('^(?:约|大约|about|=|≈|是|共)?\\s*([-+]|负)?(百分之)?'
  + '(?:(\\d+(?:\\.\\d+)?(?:e[-+]?\\d+)?)([百千万亿]*)'
  + '|([零〇一二两三四五六七八九十百千万亿]*)(?:点([零〇一二三四五六七八九]+))?)'
  + '\\s*([^\\d零一二三四五六七八九万亿]*)$', 'u');

function readNumber(text) {
  let words = plain(text).toLowerCase().replace(/[−–]/g, '-');
  words = words.replace(/(\d)[ _](?=\d)/g, '$1').replace(/\s+(?=[万亿])/g, '');
  words = words.replace(/(\d),(?=\d{3}(?!\d))/g, '$1').replace(/(\d),(?=\d)/g, '$1.');
  const found = words.match(NUMBER);
  if (!found) return null;
  const [, sign, part, digits, groups, whole, after, unit] = found;
  let value;
  if (digits) value = [...groups].reduce((n, c) => n * GROUPS[c], Number(digits));
  else if (whole || after)
    value = chineseNumber(whole || '零')
      + [...after || ''].reduce((sum, c, n) => sum + DIGITS[c] / 10 ** (n + 1), 0);
  else return null;
  return value / (part || unit.startsWith('%') ? 100 : 1) * (sign === '-' || sign === '负' ? -1 : 1);
}

function readLetter(text, offered) {
  const found = new Set(plain(text).toUpperCase().match(/(?<![A-Z])[A-Z](?![A-Z])/g));
  const [letter] = found;
  return found.size === 1 && offered.includes(letter) ? letter : null;
}

function findCounty(name, names) {
  const word = name.toLowerCase();
  if (word === 'and') return [];
  if (word in names) return [names[word]];
  const begun = new Set(Object.keys(names)
    .filter(n => /[\u4e00-\u9fff]/.test(word) && n.startsWith(word)).map(n => names[n]));
  if (begun.size === 1) return [...begun];
  const parts = name.split(/[和与及]/).filter(Boolean);
  if (parts.length < 2) return null;
  const found = parts.map(part => findCounty(part, names));
  return found.includes(null) ? null : found.flat();
}

function readCounties(text, names) {
  const found = plain(text).split(/[\s,;、/&.]+/).filter(Boolean).map(n => findCounty(n, names));
  return !found.length || found.includes(null) ? null : new Set(found.flat());
}

const BLANKS = '.?-_';

function judgeLetters(asked, text) {
  const signs = [...text.normalize('NFKC').replace(/[\s,;、'"“”]/g, '').toLowerCase()];
  const n = asked.right.length;
  if (signs.length !== n || signs.some(s => !(asked.letters + BLANKS).includes(s))) return 'form';
  if (signs.some(s => BLANKS.includes(s))) return 'part';
  const same = signs.filter((s, k) => fnv(`${asked.no}/${k}/${s}`) === asked.right[k]).length;
  if (asked.kind === 'readings') return same > asked.least ? null : '';
  const count = s => signs.filter(own => own === s).length;
  const chance = [...asked.letters].reduce((sum, s) => sum + asked.counts[s] * count(s), 0) / n / n;
  return (same / n - chance) / (1 - chance) >= asked.least ? null : '';
}

// Null when an answer is right, else the key of a hint.
function judge(asked, text) {
  if (asked.kind === 'number') {
    const value = readNumber(text);
    if (value === null) return 'form';
    const own = fnv(`${asked.no}/${Math.round(value / asked.step)}`);
    if (asked.right.includes(own)) return null;
    return Object.keys(asked.traps).find(key => asked.traps[key].includes(own)) || '';
  }
  if (asked.kind === 'choice') {
    const letter = readLetter(text, asked.letters);
    if (letter === null) return 'form';
    return fnv(`${asked.no}/${letter}`) === asked.right ? null : letter;
  }
  if (asked.kind === 'counties') {
    const given = readCounties(text, asked.names);
    if (given === null) return 'form';
    const own = [...given].map(name => fnv(`${asked.no}/${name}`));
    const hits = own.filter(h => asked.right.includes(h)).length;
    if (hits === own.length && hits === asked.right.length) return null;
    return hits === asked.right.length ? 'more' : hits === own.length ? 'fewer' : '';
  }
  return judgeLetters(asked, text);
}

const isAnswered = text => [...text.normalize('NFKC')].some(c => !(BLANKS + ' \t\n').includes(c));

function tell(no, text) {
  const asked = exercises[no];
  if (!isAnswered(text)) return [null, asked.says.open];
  const key = judge(asked, text);
  if (key === null) return [true, asked.says.right];
  return [false, asked.says.wrong.replace('{}', asked.hints[key] ?? asked.hints[''])];
}

for (const form of document.querySelectorAll('form.answer')) {
  form.addEventListener('submit', event => {
    event.preventDefault();
    const [right, message] = tell(form.dataset.no, form.elements.answer.value);
    const told = form.querySelector('output');
    told.textContent = message;
    told.className = right ? 'right' : 'wrong';
    if (right !== null)
      for (const after of document.querySelectorAll(`.after[data-no="${form.dataset.no}"]`))
        after.hidden = false;
  });
}
for (const choice of document.querySelectorAll('select.blank'))
  choice.addEventListener('change', () => {
    choice.closest('p').querySelector('output').textContent = choice.value;
  });
