"""Invented damage to plans: every text is read with all promises kept, or refused in one line.

``python tests/fuzz.py --documents 10000 --seed 1`` prints what broke; ``make fuzz`` runs it. A
document is known by seed and number, so that ``--only N`` makes and reads it again.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import re
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from analysis import build, check, load
from analysis.errors import PlanError
from analysis.reading.documents import Source, make_document, read_sources
from analysis.reading.intake import read_file
from analysis.reading.plan import read_plan
from analysis.study import REPOSITORY

SLOW, HOPELESS = 2.0, 6.0  # seconds of CPU for a document of a plan's usual length
LONGEST_ERROR = 300  # characters, without the file's name
BATCH = 40  # documents that are built together

# --- plans to start from ------------------------------------------------------------------------

HEAD = (
    "青山县人民政府办公室\n关于印发2023年重点工作任务的通知\n青政办字〔2023〕9号\n"
    "各镇政府：\n青山县人民政府办公室\n2023年3月3日\n"
)
WORDS = (
    "新建学校3所，完成投资5亿元",
    "新增规上工业企业12家以上",
    "森林覆盖率达到36.5%",
    "建成高标准农田1.2万亩",
    "城镇新增就业8000人，城镇登记失业率控制在4.5%以内",
    "力争GDP增长6%左右",
    "实施“十百千”工程，培育“专精特新”企业20—30家",
    "改造老旧小区十二个、惠及居民3000余户",
    "实现村村通公交全覆盖",
    "6月底前完成80%，12月底前全部完成",
    "引进外资1.5亿美元",
    "贯彻“十四五”规划，推进312国道改扩建",
    "粮食总产量稳定在50万吨，单产提高2个百分点",
    "为民办好10件实事",
)
NUMBERS = (
    "3",
    "12",
    "\uff11\uff12",
    "0.5",
    "1,234",
    "三",
    "十二",
    "③",
    "廿",
    "叁拾",
    "百分之五",
    "10-5",
    "3—5",
    "2.5.1",
    "1/3",
    "九万里",
)
ODD = "０９ａ①⑳㈠½²Ⅳ廿壹萬零〇兩\u3000\u00a0\u200b\ufeff\u2028\r\t|%‰+-*=/\\'\"<>&()（）[]【】《》“”。，、；：！？.,;:!?…—～·#@\0\x07😀\U00020000\ue000é̀"  # noqa: E501
UNITS = (
    "1 ",
    "1\u3000",
    "道路1条",
    "1家、",
    "新增1家，",
    "达到5%，",
    "9",
    "一",
    "百",
    "市区",
    "村",
    "《",
    "(",
    "（县",
    "\n",
    "和",
    "1/",
    " ",
    "-",
    "1-",
    "1.",
    "1、",
    "一、",
    "（一）",
    "、县教育局",
    "|",
    "\t",
    "第",
    "年",
    "20",
    "2023年",
    "万",
    "以上",
    "不低于",
    "1:",
    "^",
    "“",
    "负责",
    "牵头",
    "配合",
    "等部门",
    "单位：",
    "提高",
    "全覆盖",
    "1个百分点",
    "个",
    "·",
    "附件",
    "\r",
    "。",
    "①",
    "壹",
    "\u200b",
    "1\n",
    "1. \n",
    "A",
    "/",
    "每",
    "其中",
    "同比",
    "分之",
    "十几",
    "几",
    "%",
    "万元",
    "平方米",
    "㎡",
    "建设",
    "推进",
    "完成率",
    ",",
    "；",
)


def invent(random: random.Random) -> str:
    """A plan in one of the usual styles, or in a table."""
    if random.random() < 0.15:
        rows = [
            f"| {i} | {random.choice(WORDS)} | {random.choice(WORDS)}。 | 县教育局 "
            f"| 县财政局、县发展改革局 | 2023年{random.randint(1, 12)}月底 |"
            for i in range(1, random.randint(2, 12))
        ]
        return HEAD + "\n".join(
            [
                "| 序号 | 工作任务 | 具体措施 | 牵头单位 | 责任单位 | 完成时限 |",
                "|---|---|---|---|---|---|",
                *rows,
            ]
        )
    heading = random.choice(("一、{}", "（一）{}", "第{}部分 ", "【{}】", ""))
    number = random.choice(("{}. ", "{}．", "{}、", "({}) ", "（{}）", "第{}条 ", "{}", "①"))
    clause = random.choice(
        (
            "（县教育局负责）",
            "(县教育局牵头，县财政局、县发展改革局等部门配合)",
            "责任单位：县教育局、县财政局",
            "",
            "\n（牵头单位：县教育局；配合单位：县财政局）",
        )
    )
    lines, n = [], 0
    for k in range(random.randint(1, 4)):
        if heading:
            lines.append(
                heading.replace("一", "一二三四"[k]).format(
                    "一二三四"[k] if "{}部分" in heading else "推进绿色低碳发展"
                )
            )
        for _ in range(random.randint(1, 5)):
            n += 1
            words = "；".join(random.choices(WORDS, k=random.randint(1, 3)))
            title = random.choice(("做好工作。", "加强管理。\n", "", "推进项目建设："))
            lines.append(f"{number.format(n)}{title}{words}。{clause}")
    return (
        HEAD
        + "\n".join(lines)
        + random.choice(("", "\n\n附件：1. 清单", "\n抄送：县委办公室。", "\n— 3 —"))
    )


def excerpt(random: random.Random, text: str) -> str:
    """Header and some lines of a plan; now and then the whole."""
    if random.random() < 0.04:
        return text
    lines = text.splitlines(keepends=True)
    first = random.randint(0, len(lines))
    return "".join(lines[:14] + lines[first : first + random.randint(5, 40)])


# --- damage -------------------------------------------------------------------------------------


def _place(random: random.Random, text: str) -> int:
    return random.randint(0, len(text))


def characters(r: random.Random, text: str) -> str:
    for _ in range(r.randint(1, 12)):
        i = _place(r, text)
        text = (
            text[:i]
            + r.choice(("", r.choice(ODD), r.choice(ODD) * 2))
            + text[i + r.randint(0, 2) :]
        )
    return text


def lines(r: random.Random, text: str) -> str:
    rows = text.splitlines(keepends=True)
    for _ in range(r.randint(1, 5)):
        i = r.randrange(len(rows)) if rows else 0
        match r.randrange(6):
            case 0:
                del rows[i : i + r.randint(1, 3)]
            case 1:
                rows[i:i] = rows[i : i + r.randint(1, 3)]
            case 2:
                rows[i : i + 2] = ["".join(x.rstrip("\n") for x in rows[i : i + 2]) + "\n"]
            case 3:
                rows.insert(
                    i,
                    r.choice(
                        (
                            "\n",
                            "\n" * 5,
                            "　　\n",
                            "- 3 -\n",
                            "3\n",
                            "| a | b |\n",
                            "2.\n",
                            "二、\n",
                            "7. 补充。\n",
                        )
                    ),
                )
            case 4:
                rows[i : i + 1] = [r.choice(ODD) + x for x in rows[i : i + 1]]
            case 5:
                rows[i : i + 1] = [
                    x[: len(x) // 2] + "\n" + x[len(x) // 2 :] for x in rows[i : i + 1]
                ]
    return "".join(rows)


def numbers(r: random.Random, text: str) -> str:
    return re.sub(
        r"\d+(?:\.\d+)?", lambda m: r.choice(NUMBERS) if r.random() < 0.15 else m[0], text
    )


def numbering(r: random.Random, text: str) -> str:
    """Other styles and other values of the numbers that open a line."""
    style = r.choice(
        (
            "{}. ",
            "{}、",
            "({})",
            "（{}）",
            "{}．",
            "{} ",
            "第{}条",
            "\u200b{}. ",
            "　{}．",
            "{}.",
            "{})",
        )
    )
    jump = r.choice((0, 0, 1, 7, 95, 995))
    share = r.choice((0.1, 1.0))

    def other(m: re.Match[str]) -> str:
        return style.format(int(m[1]) + jump) if r.random() < share else m[0]

    return re.sub(r"(?m)^[^\S\n]*(\d{1,4})[.．、]", other, text)


def brackets(r: random.Random, text: str) -> str:
    swap = dict(
        zip(
            "（）()【】“”",
            r.choice(('()（）[]""', "（（((【【““", "        ", "））))】】””")),
            strict=True,
        )
    )
    share = r.choice((0.05, 0.3, 1.0))
    return "".join(swap[c] if c in swap and r.random() < share else c for c in text)


def widths(r: random.Random, text: str) -> str:
    wide = {i: i + 0xFEE0 for i in range(0x21, 0x7F)} | {0x20: 0x3000}
    if r.random() < 0.5:
        return text.translate(wide)
    return text.translate({v: k for k, v in wide.items()})


def order(r: random.Random, text: str) -> str:
    rows = text.splitlines(keepends=True)
    i = r.randrange(len(rows) + 1)
    block = rows[i : i + r.randint(1, 20)]
    r.shuffle(block)
    return "".join(rows[:i] + block + rows[i + len(block) :])


def repeats(r: random.Random, text: str) -> str:
    i = _place(r, text)
    piece = text[i : i + r.randint(1, 40)]
    return text[:i] + piece * r.choice((2, 3, 20, 200)) + text[i:]


def runs(r: random.Random, text: str) -> str:
    i = _place(r, text)
    unit = "".join(r.choices(UNITS, k=r.choice((1, 1, 1, 2, 3))))
    return text[:i] + unit * r.choice((5, 50, 500, 3000 // len(unit) + 1)) + text[i:]


def line_ends(r: random.Random, text: str) -> str:
    return text.replace("\n", r.choice(("\r\n", "\r", "\n\n", "\u2028", "\x0b", "\n　　", " \n")))


def cut(r: random.Random, text: str) -> str:
    i, j = sorted((_place(r, text), _place(r, text)))
    return r.choice((text[:j], text[i:], text[:i] + text[j:]))


def dates(r: random.Random, text: str) -> str:
    made = r.choice(
        (
            "2023年13月45日",
            "二〇二三年三月三日",
            "2023-2-30",
            "2023年2月",
            "1年1月1日",
            "2023.3.3",
            "年月日",
        )
    )
    return re.sub(r"\d{4}年\d{1,2}月\d{1,2}日", made, text, count=r.choice((0, 1)))


DAMAGE: tuple[Callable[[random.Random, str], str], ...] = (
    characters,
    lines,
    numbers,
    numbering,
    brackets,
    widths,
    order,
    repeats,
    runs,
    line_ends,
    cut,
    dates,
)


def encode(r: random.Random, text: str) -> bytes:
    codec = r.choices(("utf-8", "utf-8-sig", "gb18030", "utf-16", "big5"), (88, 3, 4, 3, 2))[0]
    data = text.encode(
        codec,
        errors="replace"
        if codec == "big5"
        else "surrogatepass"
        if codec.startswith("utf")
        else "strict",
    )
    if r.random() < 0.02 and data:
        i = r.randrange(len(data))
        data = data[:i] + bytes([r.randrange(256)]) + data[i + r.randint(0, 3) :]
    return data


def document(seed: int, number: int, plans: list[str]) -> bytes:
    """Bytes of one damaged plan; the same seed and number give the same."""
    r = random.Random(f"{seed}-{number}")
    text = excerpt(r, r.choice(plans)) if r.random() < 0.5 else invent(r)
    for damage in r.choices(DAMAGE, k=r.choice((0, 1, 1, 1, 2, 3))):
        text = damage(r, text)
    return encode(r, text)


# --- reading ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Broken:
    """A promise that a document breaks."""

    number: int
    kind: str
    told: str


class _HopelessError(BaseException):
    pass


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    def stop(*_: object) -> None:
        raise _HopelessError

    signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def read_one(path: Path, number: int) -> tuple[dict[str, object] | None, Broken | None, str]:
    """Tables of a document, or what it breaks, or the error that refuses it."""
    data = path.read_bytes()
    doc_id = path.stem
    source = Source(
        path.name,
        hashlib.sha256(data).hexdigest(),
        "plan",
        doc_id,
        "青山县",
        "云州市",
        "东江省",
        doc_id[-4:],
        *[""] * 4,
    )
    start = time.process_time()
    try:
        with _limited(HOPELESS):
            tables, refused = read_plan(make_document(read_file(path), source)), ""
    except PlanError as error:
        tables, refused = None, str(error)
        told = refused.removeprefix(f"{path}: ")
        if len(told) > LONGEST_ERROR or len(told.splitlines()) != 1:
            return None, Broken(number, "long error", told[:200]), ""
    except _HopelessError:
        return None, Broken(number, "slow", _where(sys.exc_info()[2])), ""
    except Exception as error:
        return (
            None,
            Broken(number, type(error).__name__, f"{error!r:.100} {_where(error.__traceback__)}"),
            "",
        )
    if (used := time.process_time() - start) > SLOW:
        return None, Broken(number, "slow", f"{used:.1f} s, {len(data)} bytes"), ""
    return tables, None, refused


def _where(trace: object) -> str:
    own = [f for f in traceback.extract_tb(trace) if "analysis" in f.filename]
    return " < ".join(f"{Path(f.filename).name}:{f.lineno}" for f in own[:-4:-1])


def run(
    seed: int, documents: range, report: Callable[[str], None] = print
) -> tuple[Counter[str], list[Broken]]:
    """Read damaged plans; returns how many were read or refused and why, and what broke."""
    plans = [
        read_file(REPOSITORY.raw / s.file) for s in read_sources(REPOSITORY.raw) if s.kind == "plan"
    ]
    counts: Counter[str] = Counter()
    broken: list[Broken] = []
    for first in range(documents.start, documents.stop, BATCH):
        with tempfile.TemporaryDirectory() as name:
            found = _run_batch(
                Path(name), seed, range(first, min(first + BATCH, documents.stop)), plans, counts
            )
        for item in found:
            report(f"{item.number} {item.kind}: {item.told}")
        broken += found
    return counts, broken


def _run_batch(
    folder: Path, seed: int, numbers: range, plans: list[str], counts: Counter[str]
) -> list[Broken]:
    broken: list[Broken] = []
    read, places = {}, {}
    for i, number in enumerate(numbers):
        path = folder / f"fuzz-{2000 + i}.txt"
        path.write_bytes(document(seed, number, plans))
        tables, fault, refused = read_one(path, number)
        places[path.stem] = number
        if fault:
            broken.append(fault)
        elif tables is None:
            counts["refused: " + re.sub(r".*?: |[\d'’“”].*|;.*", "", refused)[:40]] += 1
        else:
            counts["read"] += 1
            read[path.stem] = tables
    if not read:
        return broken
    try:
        built = build._join(read, {})
    except PlanError:
        for doc_id in list(read):
            source = Source(f"{doc_id}.txt", *[""] * 11)
            if fault := build._find_fault(read[doc_id], folder, source):
                counts["refused: the schema"] += 1
                counts["read"] -= 1
                del read[doc_id]
        built = build._join(read, {})
    build.write_tables(built, folder / "out")
    frames = {name: load.table(name, folder=folder / "out") for name in built}
    texts = load.read_texts(frames["documents"], raw=folder)
    for told in check.find_faults(frames, texts):
        doc_id = re.search(r"fuzz-\d{4}", told)
        broken.append(Broken(places[doc_id[0]] if doc_id else -1, "promise", told))
    return broken


def main() -> int:
    """Run from the command line; 1 where a promise broke."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument(
        "--only", type=int, metavar="N", help="write document N to fuzz-2000.txt and read it"
    )
    options = parser.parse_args()
    if options.only is not None:
        plans = [
            read_file(REPOSITORY.raw / s.file)
            for s in read_sources(REPOSITORY.raw)
            if s.kind == "plan"
        ]
        Path("fuzz-2000.txt").write_bytes(document(options.seed, options.only, plans))
        print(read_one(Path("fuzz-2000.txt"), options.only)[1:])
        return 0
    counts, broken = run(
        options.seed,
        range(options.first, options.first + options.documents),
        lambda told: print(told[:300], flush=True),
    )
    for kind, n in counts.most_common():
        print(f"{n:6} {kind}")
    print(f"{len(broken)} broken: {dict(Counter(b.kind for b in broken))}")
    return bool(broken)


if __name__ == "__main__":
    sys.exit(main())
