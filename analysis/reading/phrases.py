"""The indicator of a number: the noun phrase that it counts, with the qualifiers that define it."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from analysis.reading.context import (
    GRADE,
    Context,
    cue_pattern,
    cue_words,
    find_cue,
    find_end,
    remember,
)

# A bare year counts only where a clause opens with it (2023年,新建…; not 2023年度项目).
_DATE = (
    r"(?:到|至|截至)20\d{2}年(?:\d{1,2}月)?(?:[底末])?(?:之?前)?"
    r"|20\d{2}年(?:\d{1,2}月)?[底末](?:之?前)?|(?<![^,。;:、])(?:力争|计划)?20\d{2}年(?!度)"
    r"|到?(?:今|本|明)?年[底末](?:之?前)?|(?<!毕业)(?<!\d)年度?内|全年|今年|当年|本年度?|[上下]半年"
    r"|(?:未来)?(?:\d{1,2}|[一二两三四五六七八九十])(?:年|个月)(?:时间)?(?:之?内|以内)"
    r"|\d{1,2}月(?:(?:底|末|份)?之?前|\d{1,2}日之?前)|第?[一二三四]季度末?(?:之?前)?|[春秋]季开学前"
    r"|(?:元旦|春节|清明|五一|端午|中秋|国庆|汛期|主汛期|采暖季|供暖季)节?(?:到来|来临)?之?前"
    r"|[“\"]?十[一二三四五六七八九]五[”\"]?(?:规划)?(?:期?末|期间)"
)
_DUE = re.compile(_DATE)
_YEARLY = re.compile(r"(?<![业本\d])年度(?!内)")


@lru_cache(maxsize=4)  # asked for every number of a sentence in turn
def _dates(sentence: str) -> list[tuple[int, int, str]]:
    """Words of time in a sentence: start, end, and what they say without 力争."""
    return [(*m.span(), m[0].removeprefix("力争")) for m in _DUE.finditer(sentence)]


def find_deadline(sentence: str, place: int, left: str) -> str:
    """Words of time that govern a number; empty where there are none.

    Parameters
    ----------
    sentence, place
        Width-folded sentence, and where in it the number starts.
    left
        Words that lead up to the number in its clause: 年度 there comes before any date.
    """
    if yearly := _YEARLY.search(left):
        return yearly[0]
    for _, end, said in reversed(_dates(sentence)):
        if end <= place and not _is_closed(sentence, end, place):
            return said
    return ""


def _is_closed(text: str, start: int, end: int) -> bool:
    """Whether a bracket open at a place closes before another: what it says stays inside."""
    closing, opening = text.find(")", start, end), text.find("(", start, end)
    return closing >= 0 and not 0 <= opening < closing


def match_date(text: str) -> re.Match[str] | None:
    """Words of time that open a text."""
    return _DUE.match(text)


# 普及率, 参与率, 中和: part of a word
_LIST_MARK = re.compile(
    r"、|以及|(?<![普涉波遍顾])及(?!格|时)|(?<!参)与|(?<![中共饱缓温平祥])和(?![谐解])"
)
# 市定, 省下达: who set a number is no part of what it counts
_SET_BY = re.compile(r"^[国省市区县](?:定|下达)(?:的)?")
_TAIL = re.compile(r"^大关$|(?<=..)完毕$|(?<=..)建设任务$|(?<=...)任务$|(?:工作)$|[”“’‘\s]+$")
_PER = re.compile(r"(?<=.)(?:每[人户亩年月日天])+$")  # 标准提高到每人每月: behind the level
_AGAINST = re.compile(
    r"^(?:较|比)(?:(?:上一?年|去年|往年|年初|年底)(?:同期|末)?|(?:法定|规定|承诺)(?:时限|时间|期限)?)"
)
_OWN_HEAD = re.compile(r"[数量率额]$")
# 来我区投资…, 在…中全面应用: where a thing goes is no part of what it is
_WHERE = re.compile(r"(?<=..)(?:[来在到于][我本全]?[国省市区县].*|扎根.*|在[^、]*[中上内里].*)$")
_SUBJECT = re.compile(
    r"^([^,。;、]{2,12}?(?:产业|行业|服务业|制造业|园区|集群|开发区)|(?:粮食|蔬菜|畜牧|水产|茶叶|水果)(?=生产))"
)
# 比2018年, 较上年: what a change is measured against
_COMPARED = re.compile(r"[比较](?:20\d{2}年|上一?年|去年|往年|年初|年底|基准年)(?:同期|末|底)?$")
_LONGEST_TOPIC = 60  # characters
_SHORT = 5  # characters; a shorter indicator says too little in a table
_LONGEST_LIST = 4  # numbers back to one of the same unit
_LONG_NAME = 6  # characters of a thing that needs no owner
_LONG_LIST = 14  # characters; a longer list of examples before 等 is left out of an indicator


@lru_cache(maxsize=64)  # the rules ask for the same words several times a number
def strip_left(left: str) -> tuple[str, str]:
    """Split the words before a number into an act that defines the thing, and the noun phrase.

    Times, hopes (力争) and light verbs (实施) fall away in front; linking verbs (达到) behind.
    """
    text = left.strip().lstrip("的")
    act = ""
    if text[:1] in _OURS and (m := _our_verb().match(text)):
        text = text[m.end() :]
    while m := _match_opening(text):
        act = m[0] if m[0] in cue_words("act") else act
        text = _SET_BY.sub("", text[m.end() :].lstrip(" 、了的"))
    return act, _strip_link(_PER.sub("", text).rstrip("的"))


def _strip_link(text: str) -> str:
    """Words without the verbs behind them that tie them to a number (达到)."""
    while word := find_end(text, "link"):
        text = text.removesuffix(word).rstrip(" 了")
    return text


_OURS = frozenset("全我本")


@cache
def _our_verb() -> re.Pattern[str]:
    """The place that a plan speaks of, before a verb: 全市新增."""
    return cue_pattern(r"^[全我本][国省市区县](?={words})", "hope", "light_verb", "act")


def _match_opening(text: str) -> re.Match[str] | None:
    """Word at the front of a text that says when or how, or a verb that is no part of the noun."""
    m = (
        match_date(text)
        or cue_pattern(r"^(?:{words})", "time", "lead_in").match(text)
        or _adverb().match(text)
        or _manner().match(text)
    )
    if m:
        return m
    m = cue_pattern(
        r"^(?:{words})(?!率|度|性|(?<=建成)区(?!级)|(?<=开发)区)", "hope", "light_verb", "act"
    ).match(text)
    if m is None or m[0] in cue_words("hope"):
        return m
    rest = text[m.end() :]
    if not rest or rest[0] in "的率额度面" or _compound_head().match(rest):
        return None
    return m


@cache
def _adverb() -> re.Pattern[str]:
    verbs = "|".join(map(re.escape, cue_words("adverb", "hope", "light_verb", "act")))
    return cue_pattern(rf"^(?:{{words}})(?={verbs})", "adverb")


@cache
def _manner() -> re.Pattern[str]:
    """How or to what end a thing is done, up to the verb: 按照群众意愿改造."""
    verbs = "|".join(w for w in cue_words("light_verb", "act") if len(w) > 1)
    return cue_pattern(rf"^(?:{{words}})[^、的]{{2,12}}?(?={verbs})", "manner")


@cache
def _compound_head() -> re.Pattern[str]:
    return cue_pattern(r"^(?:{words})", "compound_head")


@remember
def noun_phrase(context: Context) -> str:
    """The noun phrase that a number counts, without what carries over from other clauses."""
    act, left = strip_left(context.left)
    if context.noun and context.left.endswith(left + "达"):
        left += "达"  # 建成宏达60万吨热轧产能: before a noun 达 closes a name
    noun = _WHERE.sub("", _strip_tail(context.noun))
    if match_date(noun):
        noun = ""  # 培训500人年底前结业
    if context.number.unit == "元" and (paid := _paid_for(context)):
        return _PAID_BY.sub("", left) + paid
    if noun and context.left.strip() == "的" and context.prefix:
        return strip_left(context.prefix)[1] + "的" + noun  # 总投资90亿元的3批次重点项目
    if noun and not (left and _says_what_is_done(noun, left)):
        left = _verb_inside().sub(r"\1", left)
        if "、" in left or "等" in left:
            left = ""  # the things counted, by name
        elif context.number.unit != "%":
            left = find_cue(r"({words})$", left, "reach") or left  # 管网覆盖6个乡镇: 覆盖乡镇
        return (left or _keep_act(act)) + noun.removeprefix("的")
    if context.group > 1:
        return _share_heads(left, context.group, context.place_in_group)
    listed, _, after = left.rpartition("等")
    if len(listed) >= _LONG_LIST and len(after) >= 4:
        left = after
    if context.prefix and context.left:
        # the thing was described by an earlier number: 500万元以上工业技改项目100个
        described = strip_left(context.prefix)[1]
        size = read_size(context.previous) if context.previous else ""  # 过10亿元企业9家
        return ("" if size in described else size) + described + left
    return _keep_act(act) + left


@cache
def _verb_inside() -> re.Pattern[str]:
    """Verb between where each is and what is counted: 每个乡镇至少建成2处公园."""
    hopes = "|".join(map(re.escape, cue_words("hope")))
    return cue_pattern(rf"^(每.+?)(?:{hopes})*(?:{{words}})$", "act", "light_verb")


@cache
def _finished() -> re.Pattern[str]:
    verbs = "|".join(map(re.escape, cue_words("act", "light_verb")))
    return cue_pattern(rf"(?:{{words}})+(?:{verbs})", "hope", "adverb")


def _says_what_is_done(noun: str, left: str) -> bool:
    """Whether words behind a number name nothing: 10件全部完成, 财力5000万元支持乡村振兴."""
    spent = find_cue(r"^({words})..", noun, "spending") and left not in cue_words("generic")
    return bool(spent or _finished().fullmatch(noun))


def _strip_tail(noun: str) -> str:
    stripped = _TAIL.sub("", noun)
    return noun.strip() if stripped.count("“") > stripped.count("”") else stripped


def _keep_act(act: str) -> str:
    return act if act and act not in cue_words("light_verb") else ""


def _share_heads(left: str, group: int, place: int) -> str:
    """Noun of one number of a group: part of the list, with the head that all of it shares."""
    left, _, tail = left.partition("分别")
    parts = [p for p in _LIST_MARK.split(left) if p]
    if len(parts) < group:
        return left + tail
    first, parts = "".join(parts[: len(parts) - group]), parts[-group:]
    parts[-1] = _COMPARED.sub("", parts[-1])  # 粉尘排放量比2018年分别下降
    part, last = parts[place], parts[-1]
    if place == group - 1:
        return part + tail
    level = find_cue(r"^({words})", last, "place_kind")
    if level and part in cue_words("place_kind"):  # 乡镇、行政村快递服务覆盖率
        return first + part + last.removeprefix(level) + tail
    if (m := _shared_head().search(last)) and not _counted_itself().search(part):
        return first + part + m[0] + tail  # 烟尘、粉尘排放量
    if tail and (_OWN_HEAD.search(part) or _counted_itself().search(part)):
        return first + part + tail
    head = find_cue(r"({words})$", last, "shared_head")
    stem = last.removesuffix(head)
    if stem[-2:] == part[-2:] or len(stem) <= len(part) + 2:
        return first + part + head + tail
    return (first + part + last[min(len(part), 2) :] if len(part) > 1 else part + last[2:]) + tail


@cache
def _shared_head() -> re.Pattern[str]:
    """Head of a list with the words that go with it (排放总量, 平均浓度), behind a noun of two."""
    return cue_pattern(
        r"(?<=..)(?:年均|日均|月均|平均|累计|综合|有效|新增)?(?:排放|产生|使用|消费|消耗|利用|处理|播种|种植|养殖)"
        r"(?:{words}|浓度|量|强度)$|(?<=..)(?:年均|日均|月均|平均)(?:{words}|浓度|量)$",
        "shared_head",
    )


@cache
def _counted_itself() -> re.Pattern[str]:
    """A part of a list with a head of its own (粮食产量, 游客); 化学需氧量 is but a substance."""
    return cue_pattern(r"(?:{words}|浓度|排放量|使用量|消费量|[客人户]|人次)$", "shared_head")


def _topic(context: Context) -> str:
    """What the sentence speaks of before this clause; nothing where that is too long to be one."""
    topic = _find_topic(context)
    return topic if len(topic) <= _LONGEST_TOPIC else ""


@remember
def _find_topic(context: Context) -> str:
    """An earlier number's noun, or an object; a headless measure is that of the trade spoken of."""
    previous = context.previous
    if noun_phrase(context) in cue_words("yearly_total") and (trade := _find_trade(context)):
        return trade
    if previous is not None and (previous.number.unit != "元" or _is_told_of(context, previous)):
        return read_indicator(previous)
    if m := _SUBJECT.match(context.before[0] if context.before else ""):
        return m[1]
    if previous is not None:
        return read_indicator(previous)
    for clause in reversed(context.before):
        _, phrase = strip_left(_POINT.sub("", clause))
        if 2 < len(phrase) <= 30:
            return phrase
    return ""


_POINT = re.compile(r"^\s*(?:\d{1,2}[.、]|[一二三四五六七八九十]{1,2}[是要])\s*")  # 一是抓投资:


def _is_told_of(context: Context, previous: Context) -> bool:
    """Whether a number is the change of a total in the clause before (贷款余额312亿元,增长9%)."""
    clause = context.before[-1] if context.before else ""
    is_change = context.number.unit == "%" and noun_phrase(context) in cue_words("rising")
    is_total = bool(find_cue(r"({words})$", noun_phrase(previous), "yearly_total", "stock"))
    return is_change and is_total and clause.endswith(previous.clause)


def _find_trade(context: Context) -> str:
    """Trade that the sentence or the task begins with, where a clause of its own sums it up."""
    if not cue_pattern(r"^\s*(?:{words})", "hope", "time").match(context.clause):
        return ""
    first = [context.before[0] if context.before else "", context.opening]
    praise = cue_pattern(r"^(?:{words})+", "promote", "light_verb", "hope")
    found = (_SUBJECT.match(praise.sub("", clause.strip())) for clause in first)
    return next((m[1] for m in found if m), "")


def read_indicator(context: Context) -> str:
    """Indicator of a number: what it counts, with the words that it needs to stand in a table."""
    phrase = _read_phrase(context)
    if phrase and len(phrase) < _SHORT:
        phrase = _lengthen(context, phrase)
    return _drop_odd_marks(phrase)


_PAIRS = {"“": "”", "‘": "’", "(": ")", "《": "》"}
_MARKS = re.compile("[“”‘’()《》]")


def _drop_odd_marks(phrase: str) -> str:
    """A phrase without the quotation marks and brackets whose other half it does not hold."""
    for opening, closing in _PAIRS.items() if _MARKS.search(phrase) else ():
        if phrase.count(opening) != phrase.count(closing):
            phrase = phrase.replace(opening, "").replace(closing, "")
    return phrase.strip(" ,。;:、")


_EMPTY_VERBS = frozenset(
    ["完成", "实现", "实施", "推进", "推动", "抓好", "做好", "落实", "确保", "开展", "力争", "达成"]
)


# A sum that things must pass to be counted: 过亿元, 10亿元以上.
_PASSED = re.compile(r"(?:超过?|过|突破)?[\d.]*[十百千]*[万亿]元(?:级|及?以上)?的?")


@remember
def _lengthen(context: Context, phrase: str) -> str:
    """Give a short noun its verb, or the qualifiers of its twin (培训教师, 跨境电商进出口额)."""
    twin = context.previous if context.continues else None
    if phrase in cue_words("yearly_total") and twin is not None:
        m = _TRADERS.match(noun_phrase(twin))
        return m[1] + phrase if m else phrase
    if phrase[-1] in "额量率值度比" or phrase in cue_words("yearly_total", "stock"):
        return phrase
    verb = _verb_before(context) or (_verb_before(twin) if twin is not None else "")
    return phrase if not verb or verb in _EMPTY_VERBS or phrase.startswith(verb) else verb + phrase


_TRADERS = re.compile(r"(.{2,8}?)(?:企业|产业|园区|市场主体|经营主体)$")


@remember
def _verb_before(context: Context) -> str:
    """Verb at the front of the words before a number, hopes and times left out."""
    text, verb = context.left.strip(), ""
    while m := _match_opening(text):
        verb = m[0] if m[0] in cue_words("act", "light_verb") else verb
        text = text[m.end() :].lstrip(" 、了的")
    return verb


@remember
def _read_phrase(context: Context) -> str:
    """Noun phrase of a number, completed from the sentence where it is generic."""
    if mean := _MEAN.match(context.left):  # 生产总值420亿元,人均突破8万元
        rising = cue_pattern(r"(?:同比)?(?:{words})$", "rising")
        return mean[1] + rising.sub("", _topic(context))
    phrase = noun_phrase(context)
    bare = _AGAINST.sub("", phrase)
    verbs = cue_words("act", "light_verb", "closing_act")
    if _ONLY_PER.fullmatch(phrase):  # 提高养老金标准,每人每月增加20元
        return _complete_phrase(context, phrase)
    if phrase in verbs and context.left.strip() != phrase and _is_object(context.left, phrase):
        return phrase
    if phrase and context.following:
        return phrase  # what the next number counts, described by this one
    if not phrase or bare in (*cue_words("generic", "rising"), *verbs):
        return _complete_phrase(context, phrase)
    if phrase.startswith("产业") and (trade := _find_trade(context)):
        return trade + phrase.removeprefix("产业")
    if phrase.endswith("率") and len(phrase) <= 6:
        return _complete_rate(context, phrase)
    if context.previous is not None and (context.continues or GRADE.fullmatch(phrase)):
        earlier = noun_phrase(context.previous)
        for grade in (GRADE, _PASSED):  # 省级文明村镇占比…、县级以上达到…
            if grade.fullmatch(phrase):
                whole = _read_phrase(context.previous)
                return grade.sub(phrase, whole, count=1) if grade.search(whole) else phrase + whole
        if not context.prefix:
            return _complete_head(earlier, phrase)
    return phrase


def _is_object(left: str, phrase: str) -> bool:
    """Whether a verb that closes the words before a number is the object of a verb (开展培训)."""
    front = left.strip().removesuffix(phrase)
    return bool(find_cue(r"({words})$", front, "act", "light_verb"))


def _complete_phrase(context: Context, phrase: str) -> str:
    """Put the topic of the sentence before a phrase that says too little alone."""
    topic = _topic(context)
    passed = context.previous
    if not phrase and passed is not None and passed.following is context:
        act, noun = strip_left(topic)  # 亿元以上项目20个,其中10亿元以上3个
        passing = context.prefix.removeprefix(passed.prefix + passed.left)
        return _keep_act(act) + passing + _PASSED.sub("", noun)
    if phrase in cue_words("total") or phrase.endswith("任务"):
        # 新增市场主体…,总量突破…; 企业净增20户,总数…: all of them; 驿站新建成2家,…完成任务
        topic = strip_left(topic)[1]
        topic = topic.removesuffix(find_end(topic, "closing_act"))
    if not phrase and topic.endswith("总投资"):  # 总投资18.6亿元,当年完成10亿元: a part of it
        topic = topic.removesuffix("总投资") + "投资"
    if not phrase and find_cue(r"({words})$", context.left.strip(), "link"):
        # 增长8%、达到210亿元
        return cue_pattern(r"(?:{words})$", "rising").sub("", topic).rstrip("再又更")
    if phrase in cue_words(
        "act", "light_verb", "closing_act"
    ):  # one act takes the place of another
        act, noun = strip_left(topic)
        if act and noun and context.number.unit == "元":
            return noun + phrase  # 新建学校3所,完成投资5亿元
        if act and noun:
            return phrase + noun  # 新建20万亩、改造提升30万亩
        topic = cue_pattern(r"新?(?:{words})$", "act", "closing_act").sub(
            "", topic
        )  # 开工20个、竣工15个
    if phrase in cue_words("yearly_total", "shared_head"):
        topic = _twin_total().sub("", topic)  # 播种面积稳定在120万亩,产量达到9.6亿斤
    return topic if phrase and topic.endswith(phrase) else topic + phrase


def _complete_head(earlier: str, phrase: str) -> str:
    """Put before a noun the qualifiers of its twin (区级人居环境示范片9个、示范村40个).

    A bare yearly total is one of its twin's thing (生猪存栏28万头、出栏45万头).
    """
    if phrase in cue_words("yearly_total", "stock") and (m := _twin_total().search(earlier)):
        return earlier[: m.start()] + phrase
    at = earlier.find(phrase[:2])
    return earlier[:at] + phrase if at > 1 and len(phrase) <= 5 else phrase


def _complete_rate(context: Context, rate: str) -> str:
    """Put before a bare rate what it is the rate of (…银企对接, 实现对接率100%)."""
    stem = rate.removesuffix("率")
    for clause in reversed(context.before):
        if clause.endswith(stem):
            return strip_left(clause)[1] + "率"
    if context.previous is None and context.before:
        thing = strip_left(context.before[-1])[1]
        if 4 <= len(thing) <= 20:
            return thing + rate
    return rate


@cache
def _twin_total() -> re.Pattern[str]:
    """Total or area that closes a noun phrase of three letters and more."""
    return cue_pattern(r"(?<=..)(?:{words}|(?:播种|种植|养殖)面积)$", "yearly_total", "stock")


_ONLY_PER = re.compile(r"(?:每[人户亩月年天日村班])+(?:再?(?:增加|提高|减少|达到?))?")
_MEAN = re.compile(r"^\s*([人户亩]均)(?:可?达到?|超过?|突破)?\s*$")

# --- what a number is counted by ----------------------------------------------------------------

_TIMES = "学年|学期|季度|小时|年|月|周|天|日"
_THINGS = (
    "常住人口|老年人口|户籍人口|人口|老年人|学生|床位|千瓦时|人|户|亩|公顷|平方公里|平方千米|平方米|立方米|公里|千米|"
    "公斤|斤|吨|元|度|车|床|生|镇街|乡镇|街道|行政村|自然村|村|镇|乡|社区|县|区|市|学校|校|班|企业|家|网格|单位|"
    "次|例|件|只|头|株|岗|项目|孩|辆|台|点"
)
_EACH = rf"每(?:[\d一二两三四五十百千万亿]*)(?:个|所|名|位|座)?(?:{_THINGS}|{_TIMES})"
_COUNTED_BY = re.compile(
    rf"(?:{_EACH})+"
    r"|(?:[十百千]?[万亿]元|百元|单位)(?:GDP|[一-鿿]{0,8}?(?:生产总值|增加值|产值|产品|面积|收入))"
    r"|(?<![\d.一二三四五六七八九十余多几])[百千万十]+(?:常住|户籍|老年)?(?:人口|人(?!次|以)|户)(?=[一-鿿])"
    r"|[人户亩地]均"
)
_FREQUENCY = re.compile(rf"(?:每(?:个)?(?:{_TIMES}))+")
_EACH_BEHIND = re.compile(rf"(?:、[^,;:]{{0,12}}?元)*((?:{_EACH})+)")


@remember
def read_per(context: Context) -> str:
    """What a number is counted by (每万人, 每亩, 万元GDP, 每年); nothing for a percentage."""
    if context.number.unit in {"%", "‰"} or context.number.unit.endswith("分点"):
        return ""
    behind = context.clause[context.number.end - context.start :]
    if context.number.unit == "元" and (m := _EACH_BEHIND.match(behind)):
        return m[1]
    step = context.previous if context.previous and context.previous.origin else None
    before = context.clause[: step.number.start - step.start] if step else ""  # 由每人每年610元
    for words in (context.left, noun_phrase(context), before):
        if found := list(_COUNTED_BY.finditer(words)):
            return found[-1][0]
    return ""


# 按照甲类260元、乙类180元每人每月给予补助: what is paid stands behind the last rate
_PAID = re.compile(
    rf"(?:、[^,;:]{{0,12}}?元)*(?:{_EACH})+的?(?:标准)?(?:给予|发放|予以|进行|实施)?([一-鿿]{{0,8}})"
)
_PAID_BY = re.compile("^(?:按照?|对)")


def _paid_for(context: Context) -> str:
    """What is paid at a rate whose per stands behind it; empty where none does."""
    m = _PAID.match(context.clause[context.number.end - context.start :])
    return m[1] if m else ""


def is_frequency(per: str) -> bool:
    """Whether what a number is counted by is time alone: 每年创建4个 is no intensity."""
    return bool(_FREQUENCY.fullmatch(per))


# --- what an attribute describes ----------------------------------------------------------------

# What begins to say something of a thing that was named: …项目纳入名单, …断面水质达标
_SAID_OF_IT = re.compile(
    r"(?<=..)(?:纳入|达到|达产|投产|投用|达效|快建设|早|水质|各项|关停|扩能|新导入|领军作用|目标定位|落地|承接|除险|建设|等"
    r"|占比|动态|已|尽快|完成|全部|开工|实施|免费|开展|吸纳|率先|提质|提升工程|的)"
)


# Words before a number that name no owner of the thing behind it.
_NO_OWNER = re.compile(
    r"^(?:[对为把将]|[我本全][国省市区县])"
    r"|^.*(?:不再|禁止|严禁|停止|不得)(?:新建|审批|新增|建设|扩建|改建|批准|备案|核准)|^(?:全面|加快)?释放"
    rf"|(?:{_EACH})+$"
)


@remember
def read_described(context: Context) -> str:
    """Indicator of an attribute: the thing described, and what of it the number measures.

    招引投资30亿元以上的链主企业 gives 链主企业投资. What stands in words of its own before the
    number (建筑面积6万平方米) is read as that of a target.
    """
    noun, size = context.noun, read_size(context)
    if noun.startswith("则"):  # 未达到5%则…: a condition on what was said before
        return _topic(context)
    counted = context.following
    if not noun and size and counted and counted.left == "的" and counted.noun:
        return _head_of(counted.noun) + size
    if not noun or context.number.unit == "%" or context.origin:
        own, before = read_indicator(context), context.previous
        if before is not None and own in cue_words("size"):
            return read_indicator(before) + own  # 项目30个,总投资18.6亿元
        return own
    thing = _head_of(noun)
    watched = cue_pattern(r"^(?:{words})+", "scope", "existing")
    owner = _strip_link(strip_left(watched.sub("", context.left.strip()))[1]).removesuffix(size)
    if context.left.endswith(owner + "达"):
        owner += "达"
    owner = _NO_OWNER.sub("", owner.strip("的、 "))
    owner = find_cue(r"({words})$", owner, "reach") or owner  # 管网覆盖6个乡镇: 覆盖乡镇
    named = owner.endswith("公司") and len(thing) >= _LONG_NAME
    if (
        named
        or "、" in owner
        or "等" in owner
        or owner in cue_words("condition", "act", "light_verb")
    ):
        owner = ""  # the things counted, by name
    if size and len(thing) < 2:
        return read_indicator(context)
    return _drop_odd_marks(owner + thing.removesuffix(size) + size)


@remember
def read_size(context: Context) -> str:
    """What of a thing an attribute measures (投资, 单机容量); in a list, as the one before."""
    left = strip_left(context.left)[1] or context.left.strip()
    if size := find_cue(r"({words})$", left.rstrip("达到为超过共"), "size"):
        return size
    before, steps = context.previous, 0
    while before is not None and before.start == context.start and steps < _LONGEST_LIST:
        if before.number.unit == context.number.unit:
            return read_size(before) if before.noun else ""
        before, steps = before.previous, steps + 1
    return ""


def _head_of(noun: str) -> str:
    """The thing that words behind a number begin with, without what is said of it."""
    thing = noun.strip().removeprefix("的")
    listed = re.split(r"、(?=[^、]*$)|、", thing)[0]
    thing = listed if len(listed) >= 2 else thing
    if m := _SAID_OF_IT.search(thing):
        rest = thing[m.end() :]
        if not (m[0] == "建设" and re.match("用地|标准|资金", rest)):
            thing = thing[: m.start()]
    return _strip_link(_strip_tail(thing))
