"""The search over tasks: by words, numbers, bodies under any name, indicators, county, number.

A word stands for itself and for the names that it shortens (发改局 for 区发展改革局, 高新企业 for
高新技术企业); all words of a query must find a task. The script of the site's page applies the same
rules to the same entries; a test compares both.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from functools import cache

import pandas as pd

from analysis.lexicon import read_lexicon
from analysis.load import Plans
from analysis.targets.indicators import indicator_name
from analysis.text import write_chinese_number
from analysis.wording import LANGUAGES, county_name, text_for, theme_name

_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3})")
# one kind of bracket, quotation mark and dash, whichever is printed or typed
_MARKS = str.maketrans("〔〕【】“”「」『』—–―", '[][]""""""---')
_SIGNS = (
    ("≥", re.compile(r"^(?:不低于|不少于|至少|>=|≥)(?=\d)|(?:及)?以上$")),
    ("≤", re.compile(r"^(?:不高于|不超过|至多|<=|≤)(?=\d)|(?:及)?(?:以内|以下)$")),
)
_AROUND = re.compile(r"^[省市县区州旗]|[和与及]|(?:委员会|分局|中心|[局委办厅部处])$")
_OFFICE = re.compile(r"(?:委员会|分局|中心|[局委办厅部处])$")
_DIGITS = frozenset("0123456789")
_GAP = 3  # characters of a name that a short form leaves out between two that it keeps


def fold(text: str) -> str:
    """Text as it is compared: one width, case and kind of mark, no thousands marks."""
    folded = unicodedata.normalize("NFKC", text.translate(_MARKS)).casefold()
    return _THOUSANDS.sub("", folded)


def search_entries(plans: Plans, comparisons: pd.DataFrame, *, words: bool = True) -> pd.Series:
    """What each task can be found by: one folded text per task, by task_id, in the tasks' order.

    Without `words`, only what is not in the task's own title, text and clause.
    """
    tasks = plans.tasks
    labels = {w: county_name(plans.documents, w) for w in LANGUAGES}
    found = comparisons["indicator_id"].unique()
    names = {w: {i: indicator_name(i, w) for i in found} for w in LANGUAGES}
    ids = comparisons["quantity_id"].str.rsplit("-", n=1).str[0]
    rows = plans.quantities
    signs = rows["bound"].map({"ge": "≥", "le": "≤"})
    told = pd.concat(
        [
            plans.assignments.set_index("task_id")["department"],
            pd.Series(_roles(plans.assignments), plans.assignments["task_id"]),
            rows.set_index("task_id")["indicator"],
            (signs + rows["text"].str.replace(" ", "")).set_axis(rows["task_id"]).dropna(),
            pd.Series(map(_number_forms, rows["value_low"], rows["unit"]), rows["task_id"]),
            *(comparisons["indicator_id"].map(names[w]).set_axis(ids) for w in LANGUAGES),
        ]
    )  # fmt: skip
    told = told[told.notna()].groupby(level=0).agg(lambda names: "\n".join(dict.fromkeys(names)))
    told = told.to_dict()
    homes = {
        d.doc_id: [d.doc_number, d.county, d.label, *(labels[w][d.doc_id] for w in LANGUAGES)]
        for d in plans.documents.itertuples()
    }
    themes = {t: [theme_name(t, w) for w in LANGUAGES] if t else [] for t in set(tasks["theme"])}
    held = []
    for task in tasks.itertuples():
        own = [task.title, task.text, task.clause, task.task_id] if words else []
        own += [f"第{task.task_no}项", *homes[task.doc_id], *themes[task.theme]]
        own.append(f"{write_chinese_number(task.section_no)}、{task.section_title}")
        held.append(fold("\n".join([*own, told.get(task.task_id, "")])))
    return pd.Series(held, pd.Index(tasks["task_id"], name="task_id"), dtype="str")


def _number_forms(value: float, unit: str) -> str | None:
    """A quantity as it may be typed: in digits, in 万 and 亿, in Chinese numerals."""
    if not 0 < value < 1e13 or (value % 1 and unit != "%"):
        return None
    forms = [f"{value:.15g}{unit}"]
    forms += [f"{value / k:.15g}{name}{unit}" for k, name in _LARGE if value >= k]
    if value % 1 == 0:
        words = write_chinese_number(int(value))
        forms.append(f"百分之{words}" if unit == "%" else f"{words}{unit}")
    return "\n".join(forms)


_LARGE = ((10_000, "万"), (100_000_000, "亿"))


def _roles(assignments: pd.DataFrame) -> list[str]:
    """牵头 or 配合 for each body, whatever word the clause has for it."""
    words = {False: text_for("explore_lead"), True: text_for("explore_support")}
    return assignments["role"].eq("support").map(words).tolist()


def search_names(plans: Plans, comparisons: pd.DataFrame) -> dict[str, list[str]]:
    """Names that a word may shorten, sorted; that of a body with all names of the department."""
    indicators = {fold(indicator_name(i)) for i in comparisons["indicator_id"].unique()}
    indicators |= {fold(phrase) for phrase in plans.quantities["indicator"] if phrase}
    known: dict[str, list[str]] = {name: [] for name in indicators}
    folded = plans.assignments["name"].map(fold)
    groups = folded.groupby(plans.assignments["department"]).agg(lambda n: sorted(set(n)))
    for department, names in groups.items():
        others = map(fold, _other_names().get(department, ()))
        known |= dict.fromkeys([*others, *names], names)
    known |= {fold(label): [] for label in plans.documents["label"]}
    return dict(sorted(known.items()))


@cache
def _other_names() -> dict[str, list[str]]:
    """Names of a department in other years and counties: 国土资源局 for 自然资源局."""
    return {
        r["department"]: r["also"].split("；")
        for r in read_lexicon("department_names")
        if r["also"]
    }


def forms(word: str, names: dict[str, list[str]]) -> list[str]:
    """All that a folded word of a query stands for, itself first.

    That is the names it shortens; other names of its thing (高企); a bound as a sign (95%以上,
    不低于95%: ≥95%); and its halves the other way round, since 老旧小区改造 is written
    改造老旧小区, too.
    """
    found = [word]
    for same in same_names():
        if known := next((name for name in same if name in word), ""):
            found += [word.replace(known, name) for name in same]
    if re.search(r"\d", word):
        found += [sign + p.sub("", word) for sign, p in _SIGNS if p.search(word)]
    elif re.search(r"[\u4e00-\u9fff]", word):
        found += [word[k:] + word[:k] for k in range(2, len(word) - 1)]
        core, short = _AROUND.sub("", word), _shortened(word)
        core = core if len(core) > 1 else _OFFICE.sub("", word)  # 市监局
        is_body = _OFFICE.search(word) or len(word) == 2  # 文旅
        of_body = _shortened(core) if len(core) > 1 and is_body else None
        for name, group in names.items():
            if group and of_body and of_body.match(_AROUND.sub("", name)):
                found += group
            elif not group and len(word) > 2 and (span := short.search(name)):
                found.append(span[0])
    return list(dict.fromkeys(found))


@cache
def same_names() -> tuple[tuple[str, ...], ...]:
    """Names of one thing that a word is searched by, the longest of each group first."""
    groups = (r["search"].split("；") for r in read_lexicon("synonyms") if r["search"])
    return tuple(tuple(sorted(map(fold, g), key=lambda n: (-len(n), n))) for g in groups)


def _shortened(word: str) -> re.Pattern[str]:
    return re.compile(f".{{0,{_GAP}}}?".join(map(re.escape, word)))


def find_tasks(entries: pd.Series, names: dict[str, list[str]], query: str) -> pd.Series:
    """Say of each entry whether every word of a query finds it; a query without words finds all."""
    found = pd.Series(True, index=entries.index)
    for word in fold(query).split():
        found &= entries.str.contains("|".join(map(_whole, forms(word, names))))
    return found


def _whole(form: str) -> str:
    """Pattern of a form; a number in it is no part of a longer one (1700 is not in 17000)."""
    begin = r"(?<![0-9.])" if form[:1] in _DIGITS else ""
    end = r"(?![0-9]|\.[0-9])" if form[-1:] in _DIGITS else ""
    return f"{begin}{re.escape(form)}{end}"


def propose(entries: pd.Series, names: dict[str, list[str]], query: str) -> dict[str, int]:
    """Names near to a query that found nothing, each with the number of tasks that it finds."""
    written = [name for name, group in names.items() if not group or name in group]
    near = [
        name
        for word in fold(query).split()
        for name in difflib.get_close_matches(word, written, n=5, cutoff=0.3)
    ]
    return {n: int(find_tasks(entries, names, n).sum()) for n in dict.fromkeys(near)}
