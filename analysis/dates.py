"""Words of time in a sentence: when a figure is due."""

from __future__ import annotations

import re

# A bare year counts only where a clause opens with it (2023年,新建…; not 2023年度项目).
_DATE = (
    r"(?:到|至|截至)20\d{2}年(?:\d{1,2}月)?(?:[底末])?(?:之?前)?"
    r"|20\d{2}年(?:\d{1,2}月)?[底末](?:之?前)?|(?<![^,。;:])(?:力争|计划)?20\d{2}年(?!度)"
    r"|到?(?:今|本|明)?年[底末](?:之?前)?|(?<!毕业)(?<!\d)年度?内|全年|今年|当年|本年度?|[上下]半年"
    r"|\d{1,2}月(?:(?:底|末|份)?之?前|\d{1,2}日之?前)|第?[一二三四]季度末?(?:之?前)?|[春秋]季开学前"
    r"|(?:元旦|春节|清明|五一|端午|中秋|国庆|汛期|主汛期|采暖季|供暖季)节?(?:到来|来临)?之?前"
    r"|[“\"]?十[一二三四五六七八九]五[”\"]?(?:规划)?(?:期?末|期间)"
)
_DUE = re.compile(_DATE)
_YEARLY = re.compile(r"(?<![业本\d])年度(?!内)")


def find_due(folded: str, start: int, end: int, left: str) -> str:
    """Words of time that govern a number; empty where there are none.

    Parameters
    ----------
    folded, start, end
        Width-folded text; where the sentence starts, and where the number does.
    left
        Words that lead up to the number in its clause: 年度 there comes before any date.
    """
    if yearly := _YEARLY.search(left):
        return yearly[0]
    found = [m[0] for m in _DUE.finditer(folded, start, end)]
    return found[-1].removeprefix("力争") if found else ""


def match_date(text: str) -> re.Match[str] | None:
    """Words of time that open a text."""
    return _DUE.match(text)
