"""From responsibility clauses to bodies: who is named, in which role, for which function.

The judgements stand in ``analysis/lexicon``. ``departments.csv`` knows functions by name: a
pattern stands for the whole name without blanks, brackets and 和, 与, 及, and a place may stand
before it; ``{place}`` in a pattern is a place or nothing, ``forms.csv`` explains ``{office}`` and
the like, ``not_places.csv`` lists words that no place is called. ``body_types.csv`` knows kinds of
body by their last words; those keep their own name. ``roles.csv`` knows words that give a role.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

import pandas as pd

from analysis.errors import shorten
from analysis.lexicon import read_lexicon
from analysis.reading.intake import fold_characters
from analysis.schema import ASSIGNMENTS, REPORT


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
_NOISE = re.compile(rf"\s+|{_BRACKET}|[▲△★☆]")
_INNER = rf"(?:[^()]|{_BRACKET})*"
_CLAUSE = re.compile(rf"\s*(?:[(\[【〔]({_INNER}?)[)\]】〕]|({_INNER}))[\s。;]*")
# 列第一位的为牵头单位, 首位单位为牵头单位, 逗号前的单位为牵头单位
_FIRST = r"(?:首位|首列|首个|居首|第一(?:位|个|名)?|最前|前面|前列)"
_FIRST_LEADS = (
    rf"(?:[列排](?:名|序|位)?(?:在)?)?{_FIRST}[^,;。)]{{0,12}}(?:牵头|主办|主责|汇总)[^,;。)]*"
)
_BEFORE_COMMA = r"(?:逗号|分号)之?前[^,;。)]{0,12}(?:牵头|主办|主责)[^,;。)]*"
_RULE = re.compile(rf"(?P<first>{_FIRST_LEADS})|(?P<comma>{_BEFORE_COMMA})")
# A note about other tasks in a clause: 以下各项工作均需各县区落实,不再列出
_NOTE = rf"(?:以下|下列|上述)(?:[^。;()]|{_BRACKET})*?(?:均|不再|下同)(?:[^。;()]|{_BRACKET})*"
# 等 closes a list, but not in 高等学校; what follows is filler unless it names bodies of its own.
_OPEN = re.compile(r"(?<![高中初平优])等(?![级教学])")
_FILLER = re.compile(
    r"\s*(?:[\d一二三四五六七八九十多]+个?)?(?:[省市县区旗州]?直属?|有关|相关|成员|职能|责任|配合)*"
    r"(?:部门|单位|机构|机关|镇|乡|街道?|局|园区|企业|(?:群团|社会)?组织|人民团体|院校|和)*\s*"
)
_JOINER = re.compile(r"以及|及|和(?!平)|与|暨|会同|/|\s+")  # 和平 is a common name of a place
_AND = re.compile(r"[与及]|和(?!平|[省县区旗]|市(?![场容政]))")  # 和 ends names of places too
# 各县、区人民政府 and 市、县两级成员单位 are each one name.
_JOINT = (
    r"各(?:[^,;。:()、\s]{1,3}、)+[^,;。:()、\s]{0,3}(?:人民政府|政府|管委会|办事处)(?:\([^()]*\))?"
    r"|(?:[省市县区乡镇村]、)+[省市县区乡镇村][两三四]级"
)
_READABLE = re.compile(r"[▲△★☆]?[一-鿿㐀-䶿\U00020000-\U000323afA-Za-z0-9()·“”‘’、,/\s]{2,50}")
_OFFICE = re.compile(
    r".{2,}(?:局|委|委员会|办|办公室|中心|公司|[分支]行|大队|支队|联合会|[法检察]院)"
)
# Persons, dates and telephone numbers stand in clauses, and are no bodies.
_PERSON = re.compile(
    r".*(?:[省市县区州镇乡旗盟]长|局长|主任|书记|常委|部长|主席|秘书长|调研员|政委|同志)[^局委办会]{0,4}"
    r"|[一-鿿](?:某{1,2}|××?|XX?)"
)
_RANK = re.compile(r".*(?:常委|副?书记|副?[省市县区州旗盟镇乡]长|副?主席)")
_DATE = (
    r"(?:20\d\d年[底末初中]*(?:之?前|以前)|(?:20\d\d年)?(?:\d{1,2}月(?:份|\d{1,2}日)?|[上下]半年|年|第?[一二三四1-4]季度|[上中下]旬)"
    r"[底末初中旬]*(?:之?前|以前)?)"
)
_FACT = re.compile(
    rf"(?:{_DATE}|20\d\d年)(?:完成|前|底|[-至]{_DATE})*|全年|常年|(?:持续|长期|常态化)(?:推进)?|[\d\s.-]{{5,}}|无|/|-"
)


_FACT_LABEL = re.compile("备注|说明|目标|进度|电话|手机|传真|邮箱")


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


@lru_cache(maxsize=4096)
def _role_of(phrase: str) -> str:
    """Role of the first word of ``roles.csv`` in a label or verb; responsible without one."""
    return next((role for w, role in _role_words().items() if w in phrase), "responsible")


@cache
def _label() -> str:
    """Pattern of a label: a word of ``roles.csv`` and what may stand around it, before a colon."""
    words = "|".join(_role_words())
    core = (
        r"[^\s,;。:、()\[\]【】〔〕]{0,6}?"
        rf"(?:(?:{words})(?:[省市县区旗]级?)?)+(?:单位|部门|机构|主体|科室|股室|要求|节点|安排|及|人)*"
    )
    is_said = r"(?:为|是)(?=[省市县区州旗各][^,;。:]{2,}[局委办会院部处站所队社室厅镇乡街])"
    return rf"(?:{core}\s*(?::|{is_said})|[【\[〔]{core}[】\]〕]\s*:?)"


@cache
def _token() -> re.Pattern[str]:
    """Labels (牵头单位:), verbs (共同负责), ways of sharing, marks, and names: all the rest."""
    doing = "|".join(w for w, role in _role_words().items() if role != "none")
    label = _label()
    bare = rf"(?:{doing})+(?:单位|部门)(?=\s|[省市县区旗各])"
    verb = (
        rf"(?:{_MANNER}*(?:{doing}))+(?:(?:工作|抓总|到位)?(?=[,;、。()\s]|$)"
        r"|(?<=牵头|负责|配合)(?!部门|单位|领导|人|机构|小组|的|:))"
    )
    share = rf"(?:{_SHARE}|{_FIRST_LEADS}|{_BEFORE_COMMA}|下同)(?=[,;。)]|$)"
    rule = rf"\([^()]*(?:{_FIRST_LEADS}|{_BEFORE_COMMA})[^()]*\)"
    verb, share = (rf"(?:{p}|\({p}\))" for p in (verb, share))
    share = rf"(?:{rule}|{share}|{_NOTE})"
    return re.compile(
        rf"(?P<label>{label}|{bare})|(?P<verb>{verb})|(?P<share>{share})|(?P<joint>(?:{_JOINT})(?:(?!{verb})[^,;。:()、\s])*)"
        r"|(?P<stop>[,;。])|(?P<pause>[、\s]|以及|及|并?由|会同)"
        rf"|(?P<name>(?:(?!{verb}|{share}|\s*{label}|\s+{bare})(?:[^,;、。():]|{_BRACKET}))+)"
        r"|(?P<colon>:)|(?P<other>.)",
        re.DOTALL,
    )


def read_clause(pieces: Sequence[str], *, rule: str = "") -> tuple[list[Body], list[str]]:
    """Bodies named in the clauses of one task, in order, and what could not be read of them.

    The words of the clause give the role: 牵头 and 牵头单位 lead, 配合 and 参与单位 support,
    负责, 责任单位 and a bare list responsible. Responsible means that nobody is singled out as
    lead, so beside a lead it turns into support. A verb of lead or support outranks the label
    before it, 负责 does not; a verb reaches back to the last verb or label, a verb of support
    only to the last comma. ▲ marks the lead. `rule` is what the plan says once for all its
    clauses: the "first" body leads, or those before the first "comma"; a note in the clause says
    the same of it alone. 等 leaves the whole list of its role open. Persons, dates and telephone
    numbers are no bodies; a body that is named twice counts once. Brackets around the clause may
    be missing.
    """
    found: list[tuple[_Mention, str]] = []
    unread: list[str] = []
    for piece in pieces:
        folded = _fold(piece)
        if len(piece) > _LONGEST:
            unread.append(f"a clause of {len(piece)} characters: {shorten(piece)!r}")
            continue
        groups = list(_read_groups(piece, folded, unread))
        found += [pair for group in groups for pair in _assign(group)]
        if said := _RULE.search(folded):
            rule = said.lastgroup or ""
    clear = [(m, r) for m, r in found if _READABLE.fullmatch(_fold(m.name)) or is_known(m.name)]
    unread += [f"{m.name[:40]!r} reads like no name" for m, r in found if (m, r) not in clear]
    if not found and not unread:
        unread.append(f"no body in the clause {shorten(''.join(pieces))!r}")
    return _finish(clear, rule), unread


_LONGEST = 1000  # characters of a clause; the longest of real plans has about 400


def _finish(found: list[tuple[_Mention, str]], rule: str) -> list[Body]:
    """Bodies with the roles that a mark, a rule, or a lead beside them gives."""
    starred = {m.name for m, _ in found if m.name[0] in "▲△★☆"}
    pairs = [(m, "lead" if m.name in starred else role) for m, role in found]
    if all(role == "responsible" for _, role in pairs) and rule and pairs:
        last = pairs[0][0].stretch if rule == "comma" else -1
        pairs = [
            (m, "lead" if i == 0 or m.stretch == last else role)
            for i, (m, role) in enumerate(pairs)
        ]
    if any(role == "lead" for _, role in pairs):
        pairs = [(m, "support" if role == "responsible" else role) for m, role in pairs]
    left_open = {role for m, role in pairs if m.open_list}
    named: dict[str, Body] = {}
    for m, role in pairs:
        name = m.name.lstrip("▲△★☆ ")
        named.setdefault(name, Body(name, role, role in left_open))
    return list(named.values())


_SIGNS = "◎●■◆▶※"  # of a list, before a label in a line of its own
_PLAIN_MARKS = str.maketrans("〈〉\n" + _SIGNS, "() " + " " * len(_SIGNS))


@lru_cache(maxsize=4096)  # the names of a plan come again and again
def _fold(clause: str) -> str:
    """A clause with plain characters, each at its place; 〈〉 are brackets there."""
    return fold_characters(clause).translate(_PLAIN_MARKS)


def _assign(group: _Group) -> Iterator[tuple[_Mention, str]]:
    """Yield the bodies of a group with their roles; none for persons and dates."""
    by_label, by_verb = _role_of(group.label), _role_of(group.verb)
    if not group.verb or (by_verb == "responsible" and by_label != "none"):
        by_verb = by_label
    is_near = by_verb == "support" or by_label == "none"
    for mention in group.mentions:
        is_reached = not is_near or mention.stretch == group.mentions[-1].stretch
        role = by_verb if is_reached else by_label
        plain = _fold(mention.name).strip()
        if _RANK.fullmatch(plain) or (
            (_FACT.fullmatch(plain) or _PERSON.fullmatch(plain)) and not is_known(mention.name)
        ):
            continue
        if role == "none" and is_known(mention.name):
            role = "responsible"  # a body after the name of a person
        if role != "none":
            yield mention, role


def _read_groups(clause: str, folded: str, unread: list[str]) -> Iterator[_Group]:
    """Yield the stretches of a clause that end at a verb, before a label, or at the end."""
    if not (inner := _CLAUSE.fullmatch(folded)):
        unread.append(f"unmatched bracket in {shorten(clause)!r}")
        return
    label, mentions, stretch, waiting = "", list[_Mention](), 0, True
    for m in _token().finditer(folded, *inner.span(inner.lastindex or 0)):
        if m.lastgroup in {"name", "joint"}:
            named = clause[m.start() : m.end()]
            names = ((named, False),) if m.lastgroup == "joint" else _split_names(named)
            mentions += [_Mention(n, is_open, stretch) for n, is_open in names]
            waiting = waiting and not mentions
        elif m.lastgroup == "stop":
            stretch += 1
        elif m.lastgroup == "other":
            unread.append(f"cannot read {m[0]!r} in {shorten(clause)!r}")
        elif m.lastgroup in {"label", "verb", "colon"}:
            is_label = m.lastgroup != "verb"
            word = m[0]
            if m.lastgroup == "colon":  # what stands before it is a label with none of the words
                word = mentions.pop().name if mentions else ""
                if word not in {"单位", "部门"}:
                    if not _FACT_LABEL.search(word):
                        unread.append(f"cannot read {word + m[0]!r} in {shorten(clause)!r}")
                    word = "时间"  # what follows is no body
            if waiting and _role_of(label or word) != "none" and (label or not is_label):
                unread.append(f"no body beside {m[0]!r} in {shorten(clause)!r}")
            yield _Group(label, mentions, "" if is_label else word)
            label, mentions, waiting = (word, [], True) if is_label else (label, [], waiting)
    if waiting and _role_of(label) != "none":
        unread.append(f"no body in the clause {shorten(clause)!r}")
    yield _Group(label, mentions, "")


@lru_cache(maxsize=4096)  # each clause is read under several rules
def _split_names(text: str) -> tuple[tuple[str, bool], ...]:
    """Names in a stretch without marks; true where 等 leaves their list open."""
    return tuple(_cut_names(text))


def _cut_names(text: str) -> Iterator[tuple[str, bool]]:
    masked = re.sub(_BRACKET, lambda m: "·" * len(m[0]), _fold(text))
    etc = _OPEN.search(masked)
    end = etc.start() if etc else len(text)
    start = 0
    for joiner in _JOINER.finditer(masked, 0, end):
        left, right = text[start : joiner.start()], text[joiner.end() : end]
        if is_body(left) and is_body(right.split()[0] if right.split() else right):
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
    return _NOISE.sub("", _fold(name))


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


# What is built is no body: 新建中心学校, 建设县医院, 改造提升乡镇卫生院.
_BUILDS = re.compile(
    r".{0,4}(?:[新改扩迁续兴修筹]建|建成|(?:开工|启动)建设|建设(?=[县区市州镇乡]))"
    r"|(?:改造|提升|完善|推进|加快|实施|开展)(?=.{4})"
)


def is_known(name: str) -> bool:
    """Whether the lexicon knows the function or the kind of a body of this name."""
    return _find_department(name) is not None and not _BUILDS.match(name)


def is_body(name: str) -> bool:
    """Whether a piece of a clause is the whole name of a body, known or not."""
    if is_known(name):
        return True
    return not _BUILDS.match(name) and _OFFICE.fullmatch(strip_place(_plain(name))) is not None


def resolve_name(name: str) -> Department:
    """Department and kind of body behind a name as written.

    A name that the lexicon does not know stays its own department, without its place, and counts
    as an office of the government.
    """
    return _find_department(name) or Department(strip_place(_plain(name)), "department")


def read_assignments(
    clauses: Mapping[str, Sequence[str]], *, rule: str = ""
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Bodies of all clauses, and a report of what could not be read of them.

    Parameters
    ----------
    clauses
        Clauses of each task by task_id; a task without one is missing or has none.
    rule
        What the plan says once for all its clauses (`read_clause`).

    Returns
    -------
    tuple of DataFrame
        One row per body named in a clause, as `schema.ASSIGNMENTS` declares it; one row per
        stretch that could not be read, as `schema.REPORT` declares it.
    """
    rows, unread = [], []
    for task_id, pieces in clauses.items():
        bodies, problems = read_clause(pieces, rule=rule) if pieces else ([], [])
        rows += [
            (task_id, position, body.name, *resolve_name(body.name), body.role, body.open_list)
            for position, body in enumerate(bodies, 1)
        ]
        unread += [("unread_clause", task_id, problem, "fix the clause") for problem in problems]
    return (
        pd.DataFrame(rows, columns=ASSIGNMENTS.names).astype(ASSIGNMENTS.dtypes),
        pd.DataFrame(unread, columns=REPORT.names).astype(REPORT.dtypes),
    )


def report_unknown(assignments: pd.DataFrame) -> pd.DataFrame:
    """One row per task and name that the lexicon does not know, as `schema.REPORT` declares it."""
    unknown = assignments.loc[~assignments["name"].map(is_known).astype(bool)]
    report = unknown.rename(columns={"task_id": "place", "name": "what"}).assign(
        kind="unknown_department",
        remedy="add a pattern for it to analysis/lexicon/departments.csv",
    )
    return report[REPORT.names].drop_duplicates(ignore_index=True).astype(REPORT.dtypes)


# --- where the clauses stand --------------------------------------------------------------------

_DUTY = re.compile(
    r"牵头|负责|配合|参与|参加|责任|主办|承办|协办|落实|[▲★△]|(?:单位|部门|领导)\s*:"
)
_OPENING, _CLOSING = "([【〔", ")]】〕"
_AT_END = re.compile(r"[\s。;]*(?:\n|\Z)")
_PLAIN_DUE = re.compile(rf"[(\[【〔](?:完成?时[限间]\s*:)?(?:于|在)?{_DATE}(?:完成)?[)\]】〕]")
_BODY_END = re.compile(
    r"[省市县区州旗各][^。:]{1,14}[局委办会院部处站所队社室厅馆校园镇乡村司行]|.{2,12}中心"
)
_BODY_WORD = re.compile(r"单位|部门|机构|主体|分工|牵头|责任|配合|负责|落实|承办|主办")


@cache
def _label_line() -> re.Pattern[str]:
    """A label that opens a line or follows a sentence, and the rest of its line."""
    spaced = r"(?:牵头|责任|配合|协办|参与|主办)(?:单位|部门)[^\S\n]+(?=[^\s:]*[局委办会院镇街])"
    return re.compile(
        rf"(?:(?<=[。;!?)\]】〕”\n])|\A|(?<=,)(?=[^\s,;。:]{{2,8}}(?:单位|部门)\s*:))[^\S\n]*(?P<sign>[{_SIGNS}][^\S\n]*)?"
        rf"(?P<label>{_label()}|{spaced})[^\n]*"
    )


def opens_clause(words: str) -> bool:
    """Whether a line opens with a label, or with a bracket and words of duty."""
    return _label_line().match(words) is not None or (
        words[:1] in _OPENING and _DUTY.search(words) is not None
    )


def holds_label(words: str) -> bool:
    """Whether a line holds a label of a clause (牵头单位:), wherever it stands."""
    return _label_line().search(words) is not None


def names_bodies(text: str) -> bool:
    """Whether a text without brackets and labels is nothing but a list of bodies, some known."""
    names = [n for n in re.split(r"[、,;\s]+", text.strip("。;、, ")) if n]
    known = [is_known(n) for n in names]
    ends = [_BODY_END.fullmatch(n) is not None for n in names]
    return any(known) and all(a or b for a, b in zip(known, ends, strict=True))


def find_clauses(folded: str, start: int, end: int) -> list[tuple[int, int]]:
    """Spans of the responsibility clauses in the words of a task, in order.

    A clause stands in brackets of any kind, at the end or in the middle; in lines of its own, or
    behind a sentence, that open with labels; else it is a last sentence or line that holds nothing
    but known bodies and their duty.
    """
    found = list(_in_brackets(folded, start, end)) + list(_behind_labels(folded, start, end))
    if not found:
        found = list(_last_words(folded, start, end))
    merged: list[tuple[int, int]] = []
    for a, b in sorted(found):
        if merged and not folded[merged[-1][1] : a].strip(" \n。;"):
            merged[-1] = (merged[-1][0], max(b, merged[-1][1]))
        else:
            merged.append((a, b))
    return merged


def _in_brackets(folded: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for a, b in _bracket_pairs(folded, start, end):
        inner = folded[a + 1 : b - 1]
        is_last = _AT_END.match(folded, b, end) is not None or b == end
        if _PLAIN_DUE.fullmatch(folded, a, b) and _is_over(folded, start, a):
            yield a, b
        elif not _DUTY.search(inner):
            names = re.sub(r"等.*", "", inner)
            # behind no sentence, a bracket may explain it: 建成一站式场所(政务服务中心)
            is_own = is_last and re.match(r"[省市县区州旗]", names)
            if (is_own or _is_over(folded, start, a)) and names_bodies(names):
                yield a, b
        elif len(inner) <= _LONGEST:
            bodies, unread = read_clause([inner])
            is_clause = is_last or (not unread and all(is_body(x.name) for x in bodies))
            if is_clause and (bodies or unread) and _reads_as_duty(inner, bodies):
                yield a, b


def _is_over(folded: str, start: int, place: int) -> bool:
    """Whether a sentence, a clause or nothing stands before a place."""
    before = folded[max(start, place - 20) : place].rstrip()
    return not before or before[-1] in "。;!?”)]】〕"


def _reads_as_duty(inner: str, bodies: list[Body]) -> bool:
    """Whether words in brackets are a clause, and no remark on the sentence before."""
    if re.match(rf"\s*{_label()}", inner):
        return True
    return any(is_body(x.name) for x in bodies)


def _bracket_pairs(folded: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the spans of outermost brackets; one that is not closed holds nothing."""
    stack: list[tuple[str, int]] = []
    for m in re.compile(r"[()\[\]【】〔〕]").finditer(folded, start, end):
        if m[0] in _OPENING:
            stack.append((m[0], m.start()))
        elif stack and _OPENING.index(stack[-1][0]) == _CLOSING.index(m[0]):
            _, place = stack.pop()
            if not stack:
                yield place, m.end()
        elif len(stack) > 1 and _OPENING.index(stack[0][0]) == _CLOSING.index(m[0]):
            yield stack[0][1], m.end()
            stack.clear()


def _behind_labels(folded: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    at = start
    while label := _label_line().search(folded, at, end):
        a, b = label.start("sign" if label["sign"] else "label"), label.end()
        at = b
        rest = folded[label.end("label") : b]
        if "。" in rest.rstrip().rstrip("。") and not re.search(rf"。\s*{_label()}", rest):
            b = at = label.end("label") + rest.index("。") + 1
        lines = re.compile(r"\s*([^\n]+)")
        while (more := lines.match(folded, b, end)) and (
            names_bodies(more[1]) or (not rest.strip() and len(more[1]) < 80)
        ):
            b, rest = more.end(), more[1]
            at = b
        if _BODY_WORD.search(label["label"]) or _role_of(label["label"]) == "none":
            yield a, b


def _last_words(folded: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the last sentence or line where it holds nothing but known bodies and their duty."""
    words = folded[start:end].rstrip()
    stop = start + len(words)
    a = start + max(words.rstrip("。").rfind(sign) for sign in "。;!?\n") + 1
    last = folded[a:stop]
    if a == start or len(last) > 200:
        return
    if names_bodies(last):
        yield a, stop
    elif re.search(r"(?:牵头|负责|配合|参与|落实|协助)。?$", last):
        bodies, unread = read_clause([last.strip().rstrip("。")])
        is_sure = is_body if last.startswith("由") else is_known  # 由县林业发展中心牵头
        if bodies and not unread and all(is_sure(x.name) for x in bodies):
            yield a, stop


def find_rule(folded: str) -> str:
    """What the plan says once for all its clauses: "first" or "comma" leads; empty without it."""
    for said in _RULE.finditer(folded):
        around = folded[max(0, said.start() - 20) : said.end() + 12]
        if re.search(r"下同|以下|各项|所有|均|注:|说明|单位[中内]", around):
            return said.lastgroup or ""
    return ""


_DUE_LABEL = re.compile(
    r"(?:时限|时间|期限|节点|完成日期)(?:要求|安排|节点)*[】\]]?\s*:?\s*([^,;。\n()\[\]【】]{2,20})"
)
_DUE_PHRASE = re.compile(
    rf"(?:^|[,;(\[【〔\s])((?:{_DATE}|20\d\d年底?)(?:[-至]{_DATE})?|(?:长期|持续|常态化)推进|全年)"
    r"(?:完成)?(?=[,;)\]】〕。\s]|$)"
)


def read_due(clause: str) -> str:
    """Deadline that a clause gives (完成时限:12月底); empty without one."""
    folded = _fold(clause)
    found = _DUE_LABEL.search(folded) or _DUE_PHRASE.search(folded)
    return found[1].strip() if found else ""
