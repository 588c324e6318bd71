"""Targets in words: what a plan pledges without a number (全覆盖, 清零, 翻一番)."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cache

import pandas as pd

from analysis.lexicon import read_lexicon
from analysis.reading.context import Context, read_contexts
from analysis.reading.intake import PlanText, Span
from analysis.reading.numbers import Number
from analysis.reading.phrases import find_deadline, read_indicator
from analysis.schema import PLEDGES

# A scheme is called after its aim (清零行动), and a stage or a plan is no pledge of its own.
_SCHEME = re.compile(r"[”’]?(?:专项|攻坚)?(?:行动|计划|工程|战役|机制|体系|要求|政策|清单|制度)")
# 完成上级下达的造林任务: what was set elsewhere stands inside the words
_SET = re.compile(
    r"^(?:完成|达到|控制在)(?:好|了)?(?:全年|年度|[国省市区县]定(?:我[省市区县])?|既定|预定|预期|各项|有关|相关|全部)*"
    r"(?:[一-鿿]{0,3}(?:上级|[国省市区县](?:级|里|政府)?)(?:下达|分解|确定|规定|要求|交办|核定)(?:我[省市区县])?的?)?"
)
_TOWARDS = re.compile(r"^[对把为](?=..)")
_AIM = re.compile(
    r"(?:[国省市区县]?下达|年度|建设|工作|改造|考核|控制|预期|约束性)*(?:任务|目标|指标|范围|要求)(?:以?内|之内)?$"
)


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((r["meaning"], re.compile(r["pattern"])) for r in read_lexicon("pledges"))


def find_pledges(folded: str) -> list[tuple[int, int, str]]:
    """Where a width-folded text pledges something in words: start, end and meaning, in text order.

    Of words that overlap, those that begin first stand, and of these the longest.
    """
    found = [
        (m.start(), m.end(), meaning)
        for meaning, pattern in _patterns()
        for m in pattern.finditer(folded)
        if not _SCHEME.match(folded, m.end())
    ]
    out: list[tuple[int, int, str]] = []
    for start, end, meaning in sorted(found, key=lambda f: (f[0], -f[1])):
        if not out or start >= out[-1][1]:
            out.append((start, end, meaning))
    return out


def read_pledges(plan: PlanText, words: dict[str, list[Span]]) -> pd.DataFrame:
    """One row per target in words in the tasks of a document, as `schema.PLEDGES` says.

    Parameters
    ----------
    plan
        The document, folded for reading.
    words
        Spans in its text of each task's own words, without number and clause.
    """
    found = find_pledges(plan.folded)
    starts = [start for start, _, _ in found]
    rows: list[dict[str, object]] = []
    for task_id, spans in words.items():
        here: list[dict[str, object]] = []
        for start, end in (tuple(map(plan.inside, span)) for span in spans):
            inside = found[bisect_left(starts, start) : bisect_left(starts, end)]
            if not inside:
                continue
            places = [Number(a, b, a, b, 0, 0, "", "eq", "") for a, b, _ in inside]
            contexts = read_contexts(plan.folded, start, end, places)
            here += (_record(plan, c, m) for c, (_, _, m) in zip(contexts, inside, strict=True))
        rows += (
            {"pledge_id": f"{task_id}-p{i}", "task_id": task_id} | row
            for i, row in enumerate(here, 1)
        )
    return pd.DataFrame(rows, columns=PLEDGES.names)


def _record(plan: PlanText, context: Context, meaning: str) -> dict[str, object]:
    """Columns of one target in words from its text and what is around it."""
    a, b = context.number.start, context.number.end
    begin, stop = context.sentence
    start, end = plan.span(a, b)
    return {
        "text": plan.text[start:end],
        "char_start": start,
        "char_end": end,
        "meaning": meaning,
        "indicator": _read_thing(plan.folded[a:b], meaning, context),
        "due": find_deadline(plan.folded[begin:stop], a - begin, context.left),
        "sentence": plan.text[slice(*plan.span(begin, stop))].strip(),
    }


def _read_thing(words: str, meaning: str, context: Context) -> str:
    """What a target in words speaks of: the noun before it, or inside it (完成…造林任务)."""
    inside = _AIM.sub("", _SET.sub("", words)) if meaning == "external" else ""
    if len(inside) > 1 and inside != words:
        return inside
    if not words.endswith(("完成", "实现")):
        context.right = ""  # what stands behind is what happens to it (全部纳入…范围)
    return _TOWARDS.sub("", read_indicator(context))
