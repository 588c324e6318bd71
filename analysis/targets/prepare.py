"""Targets made ready for comparing: their year, base values, dimension, and the words around."""

from __future__ import annotations

import re
from functools import cache

import pandas as pd

from analysis.lexicon import read_lexicon
from analysis.targets.indicators import unit_class
from analysis.text import fold_width

_PAUSE = re.compile(r"[,;:。!?\n]")
_LIST = re.compile(r"^\s*(?:、|以及|[和及与])")
_FIRMS = re.compile(r"主体|企业|商户|农场|首贷")


def prepare_targets(
    quantities: pd.DataFrame, tasks: pd.DataFrame, documents: pd.DataFrame
) -> pd.DataFrame:
    """One row per target in the order of the texts, with what comparing asks of it.

    Returns
    -------
    DataFrame
        Rows of `quantities` with doc_id, order, phrase, context (the sentence), statement and
        title folded, year (of the target), plan_year, dimension, is_total (a total of the year,
        whatever its measure is called) and base values that are never missing.
    """
    home = tasks[["task_id", "doc_id", "title"]].merge(
        documents[["doc_id", "year"]], on="doc_id", validate="many_to_one"
    )
    t = quantities[quantities["kind"] == "target"].merge(home, on="task_id", validate="many_to_one")
    t = t.sort_values(["doc_id", "char_start"], ignore_index=True)
    text = t[["indicator", "sentence", "title", "unit", "unit_base"]].astype(object)
    own = own_names(documents)
    phrase = pd.Series(
        [
            own[d].sub("", fold_width(p))
            for d, p in zip(t["doc_id"], text["indicator"], strict=True)
        ],
        dtype="object",
    )
    due = pd.to_numeric(t["due"].str.extract(r"(20\d{2})")[0]).astype("Int64")
    base = t["unit_base"].ne("")
    dimension = [unit_class(u, b) for u, b in zip(text["unit"], text["unit_base"], strict=True)]
    counts_firms = phrase.str.contains(_FIRMS) & pd.Series(dimension, dtype="object").eq(
        "households"
    )
    return t.assign(
        order=range(len(t)),
        statement=_read_statements(t),
        phrase=phrase,
        context=text["sentence"].map(fold_width),
        title=text["title"].map(fold_width),
        plan_year=t["year"],
        year=due.fillna(t["year"]),
        dimension=pd.Series(dimension, dtype="object").mask(counts_firms, "count"),
        is_total=phrase.map(is_yearly_total),
        value_base_low=t["value_base_low"].where(base, t["value_low"]),
        value_base_high=t["value_base_high"].where(base, t["value_high"]),
    )


def own_names(documents: pd.DataFrame) -> dict[str, re.Pattern[str]]:
    """What names the county or its city in each plan: 周村区, 淄博, 全区; but not in 枣庄市级."""
    found = {}
    for d in documents.itertuples():
        places = [n[:-1] for n in (d.county, getattr(d, "city", "")) if len(n) > 2]
        names = rf"(?:{'|'.join(map(re.escape, places)) or '(?!)'})(?:[市区县旗](?!级))?"
        found[d.doc_id] = re.compile(f"{names}|[全我本]{d.county[-1]}(?!级)")
    return found


@cache
def _totals() -> re.Pattern[str]:
    words = [r["word"] for r in read_lexicon("cues") if r["class"] == "yearly_total"]
    stocks = re.compile("能力|产能|余额|存栏|规模$")
    return re.compile("|".join(re.escape(w) for w in words if not stocks.search(w)) + "|减排")


def is_yearly_total(phrase: str) -> bool:
    """Whether a noun phrase names a total of the year (产值, 进出口额, 用水量): a flow by nature.

    The codebook calls some of them flow and some stock, after the verb; for comparing that makes
    no difference.
    """
    return bool(_totals().search(phrase))


def _read_statements(targets: pd.DataFrame) -> pd.Series:
    """Words of the clause that govern each target, folded, without the numbers of the clause.

    A target behind a list mark that has no verb of its own takes the words before the list; 其中
    takes those of the clause before.
    """
    sentences: dict[tuple[str, str], list[tuple[int, int, str]]] = {}
    columns = [targets[c].tolist() for c in ("task_id", "sentence", "char_start", "text")]
    for k, (task_id, sentence, start, text) in enumerate(zip(*columns, strict=True)):
        sentences.setdefault((task_id, sentence), []).append((k, int(start), fold_width(text)))
    out = [""] * len(targets)
    for (_, sentence), numbers in sentences.items():
        sentence = fold_width(sentence)
        before, end = "", 0
        for k, start, stop, following in _places(sentence, numbers):
            pause = max((m.end() for m in _PAUSE.finditer(sentence, 0, start)), default=0)
            own = sentence[max(pause, end) : start]
            tail = _PAUSE.split(sentence[stop:following])[0].split("、")[0]
            in_list = end > pause and bool(_LIST.match(own))
            if (in_list or "其中" in own) and not _verbs().search(own + tail):
                own = before + own
            before, end = own, stop
            out[k] = own + tail
    return pd.Series(out, index=targets.index, dtype="object")


def _places(sentence: str, numbers: list[tuple[int, int, str]]) -> list[tuple[int, int, int, int]]:
    """Row of each number, its start and end in its sentence, and the start of the next one.

    The first number is looked for where all others fall on their texts too.
    """
    first = numbers[0][1]
    texts = [(start - first, text) for _, start, text in numbers]
    at = sentence.find(texts[0][1])
    while at >= 0 and any(not sentence.startswith(t, at + shift) for shift, t in texts):
        at = sentence.find(texts[0][1], at + 1)
    at = max(at, 0)
    starts = [at + shift for shift, _ in texts]
    ends = [at + shift + len(t) for shift, t in texts]
    rows = [k for k, _, _ in numbers]
    return list(zip(rows, starts, ends, [*starts[1:], len(sentence)], strict=True))


@cache
def _verbs() -> re.Pattern[str]:
    words = [r["word"] for r in read_lexicon("cues") if r["class"] == "act" and len(r["word"]) > 1]
    return re.compile("|".join(map(re.escape, sorted(words, key=lambda w: (-len(w), w)))))
