"""The facts of a plan's header: title, document number, issuer and date, as the text prints them.

A fact may be missing; then it is empty. The number, title or date of a document that the plan
cites, or that a web page links to, is never taken for the plan's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from analysis.errors import PlanError
from analysis.reading.intake import PlanText
from analysis.reading.numerals import parse_chinese_number

_HAN = "[一-鿿]"
_BLANK = re.compile(r"\s+")
# 周政办字〔2023〕17号, with blanks, a 第 and other brackets as sites print them
NUMBER = re.compile(
    rf"(?<!{_HAN})({_HAN}(?:[^\S\n]?{_HAN}){{1,11}})\s*[〔\[(【]\s*((?:19|20)\d{{2}})\s*[〕\])】]"
    r"\s*(?:第\s*)?(\d{1,5})\s*号"
)
_NUMERAL = "[一二三四五六七八九十〇○零]"
_YEAR = rf"(?:(?:19|20)\d\d|[一二]{_NUMERAL}{{3}})"
_DATE = re.compile(
    rf"(?<!\d)({_YEAR})\s*年\s*(\d{{1,2}}|{_NUMERAL}{{1,3}})\s*月\s*(\d{{1,2}}|{_NUMERAL}{{1,3}})\s*日"
    r"|(?<!\d)((?:19|20)\d\d)([-./])(\d{1,2})\5(\d{1,2})(?!\d)"
)
_LABELS = {
    "doc_number": r"(?:发文)?(?:文件编号|发文字号|发文文号|公文文号|文件号|文号|字号)",
    "title": r"(?:标题|名称|文件名称|公文标题|信息名称)",
    "issuer": r"(?:发文机关|发文机构|发文单位|发布机构|发布机关|发布单位|制发机关|公开机构)",
    "issued_on": r"(?:成文|发文|印发|签发|制发|发布|公开|生成|公布)日期",
}
_RELATED = re.compile(r"(?:相关|链接|参考|解读|上一篇|下一篇|依据|附件|来源)[^:]{0,6}:?")
_NOTICE = re.compile(
    r"(?:关于|印发)[^。;]{2,200}?的?\s*(?:通\s*知|意\s*见|函|决\s*定|通\s*告|公\s*告)(?=\s|[(|]|$)"
)
_ADDRESS = re.compile(r"(?:各|省|市|县|区|州|旗|镇|[^\s:。]{2,24}(?:成员|有关)单位)[^。\n]{3,}:$")
_OFFICE = (
    rf"{_HAN}{{1,24}}?(?:办公[室厅]|人民政府|管委会|委员会|领导小组|指挥部|专班|工会|联合会|联席会议|[省市县区州旗]委"
    r"|党[组委]|工委|中心|公司|协会|[局委厅处办])"
)
_OFFICES = re.compile(rf"(?:{_OFFICE})(?:\s+(?:{_OFFICE}))*")
_PLAN = re.compile(
    r"[^。:;|]{4,80}(?:方案|任务|要点|计划|清单|分解表|分工表|一览表|安排|意见|行动|措施|举措|目标|工作|事项|项目|实事|规划|分解|分工|纲要|台账|表)"
    r"(?:\([^()]*\))?"
)


_HANDED_OUT = re.compile(r"现将《(.{4,80}?)》(?:\([^()]{2,20}\))?印发")


@dataclass(frozen=True)
class Line:
    """A line of the header that holds words: where it starts, and its words."""

    start: int
    words: str


def read_header(plan: PlanText, start: int, end: int, file: Path | None = None) -> dict[str, str]:
    """Title, document number, issuer and date of issue; empty where the text does not say.

    Parameters
    ----------
    plan
        The plan, folded for reading.
    start, end
        Where its first heading or task begins, and where its last one ends, in the folded form.
        Facts stand before; date and signature also behind.

    Raises
    ------
    PlanError
        The date of issue does not exist (2023年13月45日).
    """
    head = list(_lines(plan.folded, 0, start))
    tail = list(_lines(plan.folded, end, len(plan.folded)))
    facts = {name: _labelled(head, label) for name, label in _LABELS.items()}
    titled = _find_title(head)
    signed = _find_signature(head[titled[1] :] if titled else head) or _find_signature(tail)
    issuer = signed[0] if signed else ""
    title = _BLANK.sub("", titled[0]) if titled else ""
    opening = _issuer_above(head, titled[2]) if titled else ""
    issuer = issuer or opening or _issuer_in(title)
    if title and not _issuer_in(title) and re.match("关于|印发", title):
        title = _BLANK.sub("", opening or issuer) + title
    dated = (signed[1] if signed else "") or facts["issued_on"]
    return {
        "title": title or _BLANK.sub("", _without_bars(facts["title"])) or _plan_title(head),
        "doc_number": _find_number(head) or _number(facts["doc_number"]),
        "issuer": issuer or _without_bars(facts["issuer"]),
        "issued_on": read_date(dated, file) if _DATE.search(dated) else "",
    }


def _lines(folded: str, start: int, end: int) -> Iterator[Line]:
    for m in re.compile(r"\S(?:[^\n]*\S)?").finditer(folded, start, end):
        yield Line(m.start(), m[0])


def _spread(label: str) -> str:
    """The pattern of a label, with blanks between its letters."""
    return re.sub(f"({_HAN})(?={_HAN})", r"\1\\s*", label)


def _labelled(head: list[Line], label: str) -> str:
    """What stands behind a label of the page's own description; empty without it."""
    pattern = re.compile(
        rf"(?:^|[\s|:])(?:{_spread(label)})\s*[:|\t]\s*\|?\s*([^|\n\t]*?)\s*(?:[|\t]|$|\s{{2,}}|\s(?=\S{{2,6}}\s*:))"
    )
    for line in head:
        if (found := pattern.search(line.words)) and found[1] not in {"", "无", "/", "-"}:
            return found[1]
    return ""


def _without_bars(words: str) -> str:
    return words.strip(" |")


def _number(words: str) -> str:
    found = NUMBER.search(words)
    return f"{_BLANK.sub('', found[1])}〔{found[2]}〕{int(found[3])}号" if found else ""


def _find_number(head: list[Line]) -> str:
    """The document number that opens a line, follows its label, or closes the title's line."""
    label = re.compile(rf"(?<!{_HAN})(?:{_spread(_LABELS['doc_number'])})\s+")
    for line in head:
        for named in label.finditer(line.words):
            if found := NUMBER.match(line.words, named.end()):
                return _number(found[0])
        if _RELATED.match(line.words):
            continue
        found = NUMBER.match(line.words)
        rest = line.words[found.end() :].strip() if found else ""
        if found and (len(rest) < 4 or re.match(rf"文?\s*{_OFFICE}|关于", rest)):
            return _number(found[0])
        closing = re.search(r"通\s*知\s*\(([^()]*号)\)$", line.words)
        if closing and _number(closing[1]):
            return _number(closing[1])
    return ""


def _find_title(head: list[Line]) -> tuple[str, int, int] | None:
    """Title of the notice, the line behind it, and the line that it begins in; None without one.

    Of several the one above the address counts, else the first that is no link to another document.
    """
    address = next((i for i, x in enumerate(head) if _ADDRESS.fullmatch(x.words)), len(head))
    found: tuple[str, int, int] | None = None
    i = 0
    while i < address:
        if _RELATED.match(head[i].words) or re.search(r"[|\t]", head[i].words.rstrip("| ")):
            i += 1
            continue
        block, used = _title_block([x.words.rstrip("| ") for x in head[i : min(i + 8, address)]])
        if used:
            found = (block, i + used, i)
            if address == len(head):
                return found
        i += used or 1
    return found


def _title_block(lines: list[str]) -> tuple[str, int]:
    """A notice's title that begins in the first of some lines, and how many lines it fills."""
    first = NUMBER.sub("", lines[0], count=1) if NUMBER.match(lines[0]) else lines[0]
    first = re.sub(rf"^(?:{_spread(_LABELS['title'])})\s*:\s*", "", first)
    begin = re.search("关于|印发", first)
    if not begin or (
        first[: begin.start()].strip() and not _OFFICES.fullmatch(first[: begin.start()].strip())
    ):
        return "", 0
    for used in range(1, len(lines) + 1):
        text = "\n".join([first, *lines[1:used]])
        if notice := _NOTICE.match(text, begin.start()):
            return text[: notice.end()], used
        if re.search("[。;]", text):
            break
    return "", 0


def _issuer_above(head: list[Line], at: int) -> str:
    """Office in the lines above a title; empty where there is none."""
    names: list[str] = []
    for line in reversed(head[:at]):
        if not _OFFICES.fullmatch(line.words) or line.words in names:
            break
        names.insert(0, line.words)
    return " ".join(names)


def _issuer_in(title: str) -> str:
    opening = re.match(rf"({_OFFICE})(?=关于|印发)", title)
    return opening[1] if opening else ""


def _find_signature(lines: list[Line]) -> tuple[str, str] | None:
    """Office and date of the first signature: a date in a line of its own or behind an office."""
    for i, line in enumerate(lines):
        found = _DATE.search(line.words)
        if not found or line.words[found.end() :].strip(" 印发)"):
            continue
        before = line.words[: found.start()].strip(" (")
        if before and not _OFFICES.fullmatch(before):
            continue
        names = [before] if before else []
        for above in reversed(lines[:i]):
            if before or not _OFFICES.fullmatch(above.words):
                break
            names.insert(0, above.words)
        return " ".join(_BLANK.sub(" ", n) for n in names), found[0]
    return None


def _plan_title(head: list[Line]) -> str:
    """The plan's own title: the last line over its first heading that reads like one.

    Without one, what a notice says that it hands out (现将《…》印发给你们).
    """
    words = [_BLANK.sub("", x.words).strip("#*") for x in head if not _RELATED.match(x.words)]
    titles = [title for title in words if _PLAN.fullmatch(title)]
    given = [found[1] for found in map(_HANDED_OUT.search, words) if found]
    return next(iter([*titles[::-1], *given]), "")


def read_date(words: str, file: Path | None = None) -> str:
    """The first date in some words, as 2024-03-05; empty without one.

    Raises
    ------
    PlanError
        There is no such day.
    """
    found = _DATE.search(words)
    if not found:
        return ""
    parts = [g for g in found.groups() if g and g not in "-./"]
    try:
        year, month, day = (_read_figure(p) for p in parts)
        return date(year, month, day).isoformat()
    except ValueError:
        raise PlanError(f"{found[0]} is no date", "fix the date of issue", file=file) from None


def _read_figure(figure: str) -> int:
    """Year, month or day in Arabic or Chinese numerals."""
    if figure.isascii():
        return int(figure)
    return parse_chinese_number(figure)
