"""The indicator of a number: the noun phrase that it counts, with the qualifiers that define it."""

from __future__ import annotations

import re

from analysis import cues
from analysis.context import Context

_LIST_MARK = re.compile(r"、|以及|[和与及]")
# 市定, 省下达: who set a figure is no part of what it counts
_SET_BY = re.compile(r"^[国省市区县](?:定|下达)(?:的)?")
_TAIL = re.compile(r"(?:建设)?任务$|(?:工作)$|[”“’‘\s]+$")
# 来我区投资…, 在…中全面应用: where a thing goes is no part of what it is
_WHERE = re.compile(r"(?<=..)(?:[来在到于][我本全]?[国省市区县].*|扎根.*|在[^、]*[中上内里].*)$")
_SUBJECT = re.compile(r"^([^,。;、]{2,12}?(?:产业|行业|服务业|制造业|园区|集群|开发区))")
_LONG_LIST = 14  # characters; a longer list of examples before 等 is left out of an indicator


def strip_left(left: str) -> tuple[str, str]:
    """Split the words before a number into an act that defines the thing, and the noun phrase.

    Times, hopes (力争) and light verbs (实施) fall away in front; linking verbs (达到) behind.
    """
    text = left.strip()
    act = ""
    if m := cues.pattern(r"^[全我本][国省市区县](?={words})", "hope", "light_verb", "act").match(
        text
    ):
        text = text[m.end() :]
    while True:
        if m := cues.pattern(r"^(?:{words})", "time").match(text):
            text = text[m.end() :]
        elif m := cues.pattern(r"^(?:{words})(?!率|度|性)", "hope", "light_verb", "act").match(
            text
        ):
            rest = text[m.end() :]
            if not rest or rest[0] in "的率额度面":
                break
            act = m[0] if m[0] in cues.words("act") else act
            text = rest
        else:
            break
        text = _SET_BY.sub("", text.lstrip(" 、了的"))
    while m := cues.pattern(r"(?:{words})$", "link").search(text):
        text = text[: m.start()].rstrip(" 了")
    return act, text


def noun_phrase(context: Context) -> str:
    """The noun phrase that a number counts, without what carries over from other clauses."""
    act, left = strip_left(context.left)
    if noun := _WHERE.sub("", _TAIL.sub("", context.noun)):
        if "、" in left or "等" in left:
            left = ""  # the things counted, by name
        return (left or _keep_act(act)) + noun.removeprefix("的")
    if context.group > 1:
        return _share_heads(left, context.group, context.place_in_group)
    listed, _, after = left.rpartition("等")
    if len(listed) >= _LONG_LIST and len(after) >= 4:
        left = after
    if context.prefix and context.left:
        # the thing was described by an earlier number: 500万元以上工业技改项目100个
        return strip_left(context.prefix)[1] + left
    return _keep_act(act) + left


def _keep_act(act: str) -> str:
    return act if act and act not in cues.words("light_verb") else ""


def _share_heads(left: str, group: int, place: int) -> str:
    """Noun of one number of a group: part of the list, with the head that all of it shares."""
    parts = [p for p in _LIST_MARK.split(left) if p]
    if len(parts) < group:
        return left
    first, parts = "".join(parts[: len(parts) - group]), parts[-group:]
    part, last = parts[place], parts[-1]
    if place == group - 1:
        return part
    head = cues.find(r"({words})$", last, "shared_head")
    stem = last.removesuffix(head)
    if stem[-2:] == part[-2:] or len(stem) <= len(part) + 2:
        return first + part + head
    return first + part + last[min(len(part), 2) :] if len(part) > 1 else part + last[2:]


def _topic(context: Context) -> str:
    """What the sentence speaks of before this clause: an earlier number's noun, or an object."""
    previous = context.previous
    if previous is not None and previous.number.unit != "元":
        return read_indicator(previous)
    if m := _SUBJECT.match(context.before[0] if context.before else ""):
        return m[1]
    if previous is not None:
        return read_indicator(previous)
    for clause in reversed(context.before):
        _, phrase = strip_left(clause)
        if 2 < len(phrase) <= 30:
            return phrase
    return ""


def read_indicator(context: Context) -> str:
    """Indicator of a number: its noun phrase, completed from the sentence where it is generic."""
    phrase = noun_phrase(context)
    if not phrase or phrase in cues.words("generic", "act", "light_verb"):
        topic = _topic(context)
        return topic if phrase and topic.endswith(phrase) else topic + phrase
    if phrase.endswith("率") and len(phrase) <= 6:
        return _complete_rate(context, phrase)
    if context.previous is not None and context.continues and not context.prefix:
        return _complete_head(noun_phrase(context.previous), phrase)
    return phrase


def _complete_head(earlier: str, phrase: str) -> str:
    """Put before a noun the qualifiers of its twin (区级人居环境示范片9个、示范村40个)."""
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
