"""From responsibility clauses to bodies: who is named, in which role, for which function.

The judgements stand in ``analysis/lexicon``. ``departments.csv`` knows functions by name: a
pattern stands for the whole name without blanks, brackets and 和, 与, 及, and a place may stand
before it; ``{place}`` in a pattern is a place or nothing, ``forms.csv`` explains ``{office}`` and
the like, ``not_places.csv`` lists words that no place is called. ``body_types.csv`` knows kinds of
body by their last words; those keep their own name. ``roles.csv`` knows words that give a role.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import pandas as pd

from analysis.errors import PlanError
from analysis.lexicon import read_lexicon
from analysis.schema import ASSIGNMENTS, REPORT
from analysis.text import fold_width


class Body(NamedTuple):
    """A body as a clause names it; `open_list` where 等 leaves the list of its role open."""

    name: str
    role: str
    open_list: bool


class Department(NamedTuple):
    """The function behind a name, under one name for all counties, and the kind of body."""

    department: str
    body_type: str


# Words that say how a duty is carried out, and not whose it is.
_SHARE = r"(?:按照?|依照?|依据|根据)?(?:各自)?的?(?:职[责能](?:分工)?|分工)"
_MANNER = rf"(?:{_SHARE}|共同|分别|具体|组织(?=实施|落实|推进)|积极|密切|统筹|联合|各自|做好|抓好?)"
_BRACKET = r"\((?:[^()]|\([^()]*\))*\)"
_NOISE = re.compile(rf"\s+|{_BRACKET}")
_INNER = rf"(?:[^()]|{_BRACKET})*"
_CLAUSE = re.compile(rf"\s*(?:[(\[【〔]({_INNER}?)[)\]】〕]|({_INNER}))[\s。]*")
_FIRST_LEADS = r"[列排](?:名|在)?第一[^,;。)]*(?:牵头|主办|汇总)[^,;。)]*"  # 列第一位的为牵头单位
# 等 closes a list, but not in 高等学校; what follows is filler unless it names bodies of its own.
_OPEN = re.compile(r"(?<![高中初平优])等(?![级教学])")
_FILLER = re.compile(
    r"\s*(?:[\d一二三四五六七八九十多]+个?)?(?:[省市县区旗州]?直属?|有关|相关|成员|职能|责任|配合)*"
    r"(?:部门|单位|机构|机关|镇|乡|街道?|局|园区|企业|(?:群团|社会)?组织|人民团体|院校|和)*\s*"
)
_JOINER = re.compile(r"以及|及|和(?!平)|与|暨|会同|/|\s+")  # 和平 is a common name of a place
_AND = re.compile(r"[与及]|和(?!平|[省县区旗]|市(?![场容政]))")  # 和 ends names of places too
_READABLE = re.compile(r"[一-鿿A-Za-z0-9()·“”‘’、/\s]{2,50}")
_OFFICE = re.compile(
    r".{2,}(?:局|委|委员会|办|办公室|中心|公司|[分支]行|大队|支队|联合会|[法检察]院)"
)


class _Mention(NamedTuple):
    name: str
    open_list: bool
    stretch: int  # commas before it: a verb of support reaches back to the last one


class _Group(NamedTuple):
    label: str
    mentions: list[_Mention]
    verb: str


@cache
def _role_words() -> dict[str, str]:
    return {r["word"]: r["role"] for r in read_lexicon("roles")}


def _role_of(phrase: str) -> str:
    """Role of the first word of ``roles.csv`` in a label or verb; responsible without one."""
    return next((role for w, role in _role_words().items() if w in phrase), "responsible")


@cache
def _token() -> re.Pattern[str]:
    """Labels (牵头单位:), verbs (共同负责), ways of sharing, marks, and names: all the rest."""
    words = "|".join(_role_words())
    doing = "|".join(w for w, role in _role_words().items() if role != "none")
    label = (
        r"(?:主要|第一|直接|分管|联系|包保|完成|[省市县区旗]级?)*"
        rf"(?:(?:{words})(?:[省市县区旗]级?)?)+(?:单位|部门|机构|主体|人)*\s*:"
    )
    bare = rf"(?:{doing})+(?:单位|部门)(?=\s|[省市县区旗各])"
    verb = (
        rf"(?:{_MANNER}*(?:{doing}))+(?:(?:工作|抓总|到位)?(?=[,;、。()\s]|$)"
        r"|(?<=牵头|负责|配合)(?!部门|单位|领导|人|机构|小组|的|:))"
    )
    share = rf"(?:{_SHARE}|{_FIRST_LEADS}|下同)(?=[,;。)]|$)"
    verb, share = (rf"(?:{p}|\({p}\))" for p in (verb, share))
    return re.compile(
        rf"(?P<label>{label}|{bare})|(?P<verb>{verb})|(?P<share>{share})"
        r"|(?P<stop>[,;。])|(?P<pause>[、\s]|以及|及|并?由|会同)"
        rf"|(?P<name>(?:(?!{verb}|{share}|\s*{label}|\s+{bare})(?:[^,;、。():]|{_BRACKET}))+)"
        r"|(?P<other>.)",
        re.DOTALL,
    )


def split_clause(clause: str, *, task: str | None = None) -> list[Body]:
    """Bodies named in a responsibility clause, in order, each with its role.

    The words of the clause give the role: 牵头 and 牵头单位 lead, 配合 and 参与单位 support,
    负责, 责任单位 and a bare list responsible. Responsible means that nobody is singled out as
    lead, so beside a lead it turns into support. A verb of lead or support outranks the label
    before it, 负责 does not; a verb reaches back to the last verb or label, a verb of support
    only to the last comma. A note that the first of the list leads makes it lead. 等 leaves the
    whole list of its role open. Persons and dates are no bodies. Brackets around the
    clause may be missing, `task` is named in the error.

    Raises
    ------
    PlanError
        Brackets do not match, a label or verb has no body, or a stretch reads like no name.
    """
    found = [pair for group in _read_groups(clause, task) for pair in _assign(group)]
    for mention, _ in found:
        if not (_READABLE.fullmatch(fold_width(mention.name)) or is_known(mention.name)):
            raise PlanError(f"{mention.name!r} reads like no name", "mend the clause", task=task)
    if not found:
        raise PlanError(f"no body in the clause {clause!r}", "name one", task=task)
    if re.search(_FIRST_LEADS, fold_width(clause)) and all(r != "lead" for _, r in found):
        found[0] = (found[0][0], "lead")
    if any(role == "lead" for _, role in found):
        found = [(m, "support" if role == "responsible" else role) for m, role in found]
    left_open = {role for m, role in found if m.open_list}
    return [Body(m.name, role, role in left_open) for m, role in found]


def _assign(group: _Group) -> Iterator[tuple[_Mention, str]]:
    """Yield the bodies of a group with their roles; none for persons and dates."""
    by_label, by_verb = _role_of(group.label), _role_of(group.verb)
    if not group.verb or (by_verb == "responsible" and by_label != "none"):
        by_verb = by_label
    is_near = by_verb == "support" or by_label == "none"
    for mention in group.mentions:
        is_reached = not is_near or mention.stretch == group.mentions[-1].stretch
        role = by_verb if is_reached else by_label
        if role == "none" and is_known(mention.name):
            role = "responsible"  # a body after the name of a person
        if role != "none":
            yield mention, role


def _read_groups(clause: str, task: str | None) -> Iterator[_Group]:
    """Yield the stretches of a clause that end at a verb, before a label, or at the end."""
    folded = fold_width(clause)
    if not (inner := _CLAUSE.fullmatch(folded)):
        raise PlanError(f"unmatched bracket in {clause!r}", "mend the clause", task=task)
    label, mentions, stretch, waiting = "", [], 0, True
    for m in _token().finditer(folded, *inner.span(inner.lastindex or 0)):
        if m.lastgroup == "name":
            named = clause[m.start() : m.end()]
            mentions += [_Mention(n, is_open, stretch) for n, is_open in _split_names(named)]
            waiting = waiting and not mentions
        elif m.lastgroup == "stop":
            stretch += 1
        elif m.lastgroup == "other":
            raise PlanError(f"cannot read {m[0]!r} in {clause!r}", "mend the clause", task=task)
        elif m.lastgroup in {"label", "verb"}:
            is_label = m.lastgroup == "label"
            if waiting and (label or not is_label):
                raise PlanError(f"no body beside {m[0]!r}", "complete the clause", task=task)
            yield _Group(label, mentions, "" if is_label else m[0])
            label, mentions, waiting = (m[0], [], True) if is_label else (label, [], waiting)
    if waiting:
        raise PlanError(f"no body in the clause {clause!r}", "complete the clause", task=task)
    yield _Group(label, mentions, "")


def _split_names(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the names in a stretch without marks; true where 等 leaves their list open."""
    masked = re.sub(_BRACKET, lambda m: "·" * len(m[0]), fold_width(text))
    etc = _OPEN.search(masked)
    end = etc.start() if etc else len(text)
    start = 0
    for joiner in _JOINER.finditer(masked, 0, end):
        left, right = text[start : joiner.start()], text[joiner.end() : end]
        if is_body(left) and is_body(right):
            yield left.strip(), etc is not None
            start = joiner.end()
    if text[start:end].strip():
        yield text[start:end].strip(), etc is not None
    if etc and not _FILLER.fullmatch(masked, etc.end()):
        yield text[etc.end() :].strip(), True


# A place before a name that no row knows: rather too little is taken away than too much.
_BEFORE = re.compile(
    r"^(?:[^省市县区旗]{2,7}"
    r"(?:省|自治[州县]|(?<!超)市|县|旗|(?<![园范发能验税假景社小库片])区)(?![委管])(?=.{3}))*"
    r"(?:(?:省(?![际级])|市(?!场|容|民(?![政族宗])|政(?![府协法务]))|县(?![域级])"
    r"|区(?![域划块])|旗)(?!委))?"
)


@cache
def _functions() -> tuple[re.Pattern[str], dict[str, Department]]:
    """All rows of ``departments.csv`` as one pattern with a group for each row."""
    words = "|".join(r["pattern"] for r in read_lexicon("not_places"))
    letter = rf"(?:(?!{words})[^局委部办院各])"
    forms = {r["form"]: r["pattern"] for r in read_lexicon("forms")}
    forms["{place}"] = f"{letter}{{0,8}}?"
    rows = {f"row{i}": r for i, r in enumerate(read_lexicon("departments"))}
    alternatives = []
    for group, row in rows.items():
        pattern = row["pattern"]
        for form, meaning in forms.items():
            pattern = pattern.replace(form, meaning)
        alternatives.append(f"(?P<{group}>{pattern})")
    place = rf"(?:|{letter}{{0,20}}?[省市县区旗州盟]|{letter}{{2,4}}?|.{{0,9}}(?:开发|高新|新)区)"
    return (
        re.compile(f"{place}(?:{'|'.join(alternatives)})"),
        {group: Department(r["department"], r["body_type"]) for group, r in rows.items()},
    )


@cache
def _kinds() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(r["pattern"]), r["body_type"]) for r in read_lexicon("body_types"))


def _plain(name: str) -> str:
    """The name without blanks and without what stands in brackets: 发改局(粮食局)."""
    return _NOISE.sub("", fold_width(name))


@cache
def _find_department(name: str) -> Department | None:
    """What the lexicon says of a name; None where it does not know it."""
    pattern, departments = _functions()
    if known := pattern.fullmatch(_AND.sub("", _plain(name))):
        return departments[known.lastgroup or ""]
    own = strip_place(_plain(name))
    for kind, body_type in _kinds():
        if m := kind.fullmatch(own):
            return Department(m[m.lastindex or 0], body_type)
    return None


def strip_place(name: str) -> str:
    """The name without the place or the level of government before it: 市市场监管局."""
    return _BEFORE.sub("", name) or name


def is_known(name: str) -> bool:
    """Whether the lexicon knows the function or the kind of a body of this name."""
    return _find_department(name) is not None


def is_body(name: str) -> bool:
    """Whether a piece of a clause is the whole name of a body, known or not."""
    return is_known(name) or _OFFICE.fullmatch(strip_place(_plain(name))) is not None


def resolve_name(name: str) -> Department:
    """Department and kind of body behind a name as written.

    A name that the lexicon does not know stays its own department, without its place, and counts
    as an office of the government.
    """
    return _find_department(name) or Department(strip_place(_plain(name)), "department")


def read_assignments(tasks: pd.DataFrame) -> pd.DataFrame:
    """One row per body named in a clause, as `schema.ASSIGNMENTS` declares it.

    Of `tasks`, only `task_id` and `clause` are read; a task without a clause gives no row.

    Raises
    ------
    PlanError
        A clause cannot be read; the error names the task.
    """
    with_clause = tasks[tasks["clause"].ne("")]
    rows = [
        (task, position, body.name, *resolve_name(body.name), body.role, body.open_list)
        for task, clause in zip(with_clause["task_id"], with_clause["clause"], strict=True)
        for position, body in enumerate(split_clause(clause, task=task), 1)
    ]
    return pd.DataFrame(rows, columns=ASSIGNMENTS.names).astype(ASSIGNMENTS.dtypes)


def report_unknown(assignments: pd.DataFrame) -> pd.DataFrame:
    """One row per task and name that the lexicon does not know, as `schema.REPORT` declares it."""
    unknown = assignments.loc[~assignments["name"].map(is_known).astype(bool)]
    report = unknown.rename(columns={"task_id": "place", "name": "what"}).assign(
        kind="unknown_department",
        remedy="add a pattern for it to analysis/lexicon/departments.csv",
    )
    return report[REPORT.names].drop_duplicates(ignore_index=True).astype(REPORT.dtypes)
