"""The source list, the checks of raw files, and the facts of a header."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest
from conftest import BODY, HEADER, Raw
from walk import walk

from analysis.errors import PlanError
from analysis.reading.documents import (
    Document,
    Source,
    label_documents,
    make_document,
    read_sources,
)
from analysis.study import REPOSITORY, SOURCES_FILE

# Read off the raw files by eye.
SUBJECT = "深化新旧动能转换推动绿色低碳高质量发展2023年重点"
FACTS = {
    "zhoucun-2023": (
        "周政办字〔2023〕17号",
        f"周村区人民政府办公室关于印发周村区{SUBJECT}工作任务的通知",
        "周村区人民政府办公室",
        "2023-06-09",
    ),
    "tengzhou-2023": (
        "滕政办发〔2023〕30号",
        f"滕州市人民政府办公室关于印发《滕州市{SUBJECT}任务》的通知",
        "滕州市人民政府办公室",
        "2023-08-15",
    ),
    "zichuan-2023": (
        "川政办字〔2023〕22号",
        f"淄川区人民政府办公室关于印发淄川区{SUBJECT}工作任务的通知",
        "淄川区人民政府办公室",
        "2023-07-03",
    ),
    "chengyang-2023": (
        "青城政办发〔2023〕18号",
        f"青岛市城阳区人民政府办公室关于印发《青岛市城阳区{SUBJECT}工作任务》的通知",
        "青岛市城阳区人民政府办公室",
        "2023-04-27",
    ),
    "yanzhou-2023": (
        "济兖政办字〔2023〕24号",
        f"济宁市兖州区人民政府办公室关于印发济宁市兖州区{SUBJECT}工作任务的通知",
        "济宁市兖州区人民政府办公室",
        "2023-05-23",
    ),
}
PLACES = {
    "zhoucun-2023": ("周村区", "淄博市", "山东省"),
    "tengzhou-2023": ("滕州市", "枣庄市", "山东省"),
    "zichuan-2023": ("淄川区", "淄博市", "山东省"),
    "chengyang-2023": ("城阳区", "青岛市", "山东省"),
    "yanzhou-2023": ("兖州区", "济宁市", "山东省"),
}


def test_five_plans_are_listed(documents: dict[str, Document]) -> None:
    assert set(documents) == set(FACTS)
    found = {d: (x.source.county, x.source.city, x.source.province) for d, x in documents.items()}
    assert found == PLACES
    assert {x.source.year for x in documents.values()} == {"2023"}


@pytest.mark.parametrize("doc_id", FACTS)
def test_header_facts(doc_id: str, documents: dict[str, Document]) -> None:
    found = documents[doc_id]
    assert (found.doc_number, found.title, found.issuer, found.issued_on) == FACTS[doc_id]


@pytest.mark.parametrize("doc_id", FACTS)
def test_the_text_itself_holds_the_facts(doc_id: str) -> None:
    text = (REPOSITORY.raw / f"{doc_id}.txt").read_text(encoding="utf-8")
    number, title, issuer, _ = FACTS[doc_id]
    joined = "".join(text.split())
    assert number in text
    assert title.removeprefix(issuer) in joined
    assert issuer in text


def test_raw_files_are_as_listed() -> None:
    for source in read_sources(REPOSITORY.raw):
        data = (REPOSITORY.raw / source.file).read_bytes()
        assert hashlib.sha256(data).hexdigest() == source.sha256


# --- headers of invented plans ------------------------------------------------------------------

FOUND = {
    "title": "青山县人民政府办公室关于印发青山县2024年重点工作任务的通知",
    "doc_number": "青政办发〔2024〕5号",
    "issuer": "青山县人民政府办公室",
    "issued_on": "2024-03-08",
}


@walk(
    ("old", "new"),
    [
        ("", ""),
        ("\n", "\r\n"),
        ("\n", "\n\n"),
        ("〔2024〕", "[2024]"),
        ("〔2024〕", "（2024）"),
        ("〔2024〕", "［2024］"),
        ("青山县2024年重点工作任务的通知", "青山县2024年\n重点工作\n任务的通知"),
        ("2024年3月8日", " 2024年03月08日\u3000"),
        ("青山县人民政府办公室\n2024", "\u3000\u3000青山县人民政府办公室\u00a0\n2024"),
        ("2024年3月8日", "2024年3月8日\n(此件公开发布)"),
    ],
    ids=[
        "plain",
        "crlf",
        "blank lines",
        "[]",
        "（）",
        "［］",
        "title",
        "date",
        "signature",
        "note",
    ],
)
def test_headers_of_many_shapes(old: str, new: str) -> None:
    assert facts(HEADER.replace(old, new) if old else HEADER) == FOUND


def facts(header: str, body: str = BODY, **given: str) -> dict[str, str]:
    """Facts of a plan with this header."""
    document = make_document(header + body, replace(SOURCE, **given))
    return {name: getattr(document, name) for name in FOUND}


SOURCE = Source(
    *("qingshan-2024.txt", "", "plan", "qingshan-2024", "青山县", "云州市", "东江省", "2024"),
    *("", "", "", ""),
)

# One edit of the header each, and what changes in the facts that are found.
EDITS: list[tuple[str, str, dict[str, str]]] = [
    *(
        ("青政办发〔2024〕5号", number, {})
        for number in (
            "青政办发 〔2024〕5号",
            "青政办发〔2024〕 5号",
            "青政办发〔2024〕5 号",
            "青政办发[2024]第5号",
            "青政办发﹝2024﹞5号",
            "青政办发【2024】5号",
            "青政办发(2024)5号文",
            "发文字号: | 青政办发〔2024〕5号 | 有效性: | 有效 |",
            "文 号:青政办发〔2024〕5号  发布日期:2024-03-09",
            "发布机构 县政府办公室 文    号 青政办发〔2024〕5号",
        )
    ),
    ("青政办发〔2024〕5号\n", "", {"doc_number": ""}),
    ("青政办发〔2024〕5号\n", "相关文件:云政发〔2021〕9号\n", {"doc_number": ""}),
    ("青政办发〔2024〕5号", "青政办发20245", {"doc_number": ""}),
    ("为做好", "根据省政府意见(东政发〔2022〕18号),为做好", {}),
    *(
        ("2024年3月8日", day, {})
        for day in (
            "2024 年 3 月 8 日",
            "2024-03-08",
            "2024.3.8",
            "2024/3/8",
            "2024年3月8日印发",
            "二〇二四年三月八日",
            "二○二四年三月八日",
        )
    ),
    ("青山县人民政府办公室\n2024年3月8日", "青山县人民政府办公室2024年3月8日", {}),
    ("2024年3月8日\n", "", {"issued_on": ""}),
    *(
        (
            "关于印发青山县2024年重点工作任务的通知",
            title,
            {"title": "青山县人民政府办公室" + re.sub(r"\s", "", title)},
        )
        for title in (
            "关于做好2024年重点工作的通知",
            "关于分解落实2024年重点工作任务的通知",
            "关于对2024年重点工作进行责任分解的通知",
            "关于印发青山县2024年重点工作任务的函",
            "印发青山县2024年重点工作任务的通知",
            "关于印发2024年重点工作任务的\n通 知",
        )
    ),
    (
        "青山县人民政府办公室\n关于印发青山县2024年重点工作任务的通知\n",
        "",
        {"title": "青山县2024年重点工作任务"},
    ),
    (
        "青山县人民政府办公室\n关于印发青山县",
        "相关链接:云州市人民政府办公室关于印发云州市2023年任务的通知\n青山县人民政府办公室\n关于印发青山县",
        {},
    ),
    *(
        (
            "认真贯彻执行。\n青山县人民政府办公室",
            f"认真贯彻执行。\n{name}",
            {"issuer": re.sub(r"\s", " ", name)},
        )
        for name in (
            "中共青山县委 青山县人民政府",
            "青山县财政局\n青山县民政局",
            "青山县优化营商环境工作专班",
            "青山县总工会",
            "青山县总河长办公室",
            "青山县发展和改革局",
        )
    ),
]


def test_facts_of_headers_as_counties_and_sites_print_them() -> None:
    wrong = []
    for old, new, changes in EDITS:
        assert old in HEADER
        found = facts(HEADER.replace(old, new))
        if found != FOUND | changes:
            wrong.append((new, {k: v for k, v in found.items() if v != (FOUND | changes)[k]}))
    assert wrong == []


def test_facts_that_are_given_stand_before_those_of_the_text() -> None:
    given = {"doc_number": "青政办发〔2024〕6号", "title": "青山县任务"}
    assert facts(HEADER, **given) == FOUND | given
    document = make_document(HEADER + BODY, replace(SOURCE, **given))
    kinds = [kind for kind, _ in document.findings]
    assert kinds.count("header_fact") == 2


def test_a_date_that_does_not_exist_is_an_error() -> None:
    for day in ("2024年2月30日", "2024年13月5日"):
        with pytest.raises(PlanError, match="is no date; fix the date of issue"):
            facts(HEADER.replace("2024年3月8日", day))


def test_what_the_text_does_not_confirm_is_reported() -> None:
    source = replace(SOURCE, county="白河区", year="2025", issuer="青山县人民政府办公室")
    document = make_document(HEADER.replace("青政办发〔2024〕5号\n", "") + BODY, source)
    assert dict(document.findings) == {
        "missing_header_fact": "doc_number",
        "county_not_in_text": "白河区",
        "year_not_in_text": "2025",
        "unknown_county": "白河区 (云州市, 东江省), near 白河县",
    }


def test_labels_are_as_short_as_they_can_be() -> None:
    rows = [
        ("zhoucun-2024", "周村区", "淄博市", 2024, "周村区2024"),
        ("zhoucun-2025", "周村区", "淄博市", 2025, "周村区2025"),
        ("gulou_n-2024", "鼓楼区", "南州市", 2024, "鼓楼区（南州市）"),
        ("gulou_f-2024", "鼓楼区", "福港市", 2024, "鼓楼区（福港市）"),
        ("qingshan-2024", "青山县", "云州市", 2024, "青山县"),
        ("a-2024", "白河区", "云州市", 2024, "a-2024"),
        ("b-2024", "白河区", "云州市", 2024, "b-2024"),
    ]
    frame = pd.DataFrame(rows, columns=["doc_id", "county", "city", "year", "label"])
    report = ("zhoucun_report-2024", "周村区", "淄博市", 2024, "周村区2024报告")
    frame.loc[len(frame)] = report
    frame["kind"] = ["plan"] * len(rows) + ["report"]
    assert label_documents(frame).tolist() == frame["label"].tolist()


# --- the source list ----------------------------------------------------------------------------


def drop_folder(raw: Raw) -> None:
    for path in raw.folder.iterdir():
        path.unlink()
    raw.folder.rmdir()


def drop_list(raw: Raw) -> None:
    (raw.folder / SOURCES_FILE).unlink()


def drop_plan(raw: Raw) -> None:
    (raw.folder / raw.rows[0]["file"]).unlink()


def change_plan(raw: Raw) -> None:
    path = raw.folder / raw.rows[0]["file"]
    path.write_text(path.read_text(encoding="utf-8") + "。", encoding="utf-8")


def empty_plan(raw: Raw) -> None:
    (raw.folder / raw.rows[0]["file"]).write_bytes(b"\n")


def wrong_sha(raw: Raw) -> None:
    raw.rows[0]["sha256"] = "0" * 64
    raw.list()


def unlisted(raw: Raw) -> None:
    (raw.folder / "yunshui-2024.txt").write_text(HEADER, encoding="utf-8")


def twice(raw: Raw) -> None:
    raw.rows.append(raw.rows[0])
    raw.list()


def same_id(raw: Raw) -> None:
    raw.add(HEADER + BODY, file="other.txt")


def no_column(raw: Raw) -> None:
    path = raw.folder / SOURCES_FILE
    path.write_text(path.read_text(encoding="utf-8").replace("sha256", "hash", 1), encoding="utf-8")


def file_in_a_folder_below(raw: Raw) -> None:
    below = raw.folder / "more"
    below.mkdir()
    (below / "yunshui-2024.txt").write_text(HEADER, encoding="utf-8")


FAULTS = [
    (drop_folder, "raw", "no such folder", "--raw"),
    (drop_list, SOURCES_FILE, "no source list", "sha256"),
    (drop_plan, "qingshan-2024.txt", "listed but missing", "restore it"),
    (change_plan, "qingshan-2024.txt", "sha256 differs", "restore the file"),
    (empty_plan, "qingshan-2024.txt", "empty", "put the plan's text into it"),
    (wrong_sha, "qingshan-2024.txt", "sha256 differs", "list the new sha256"),
    (unlisted, "yunshui-2024.txt", "unlisted raw file", "add a row"),
    (twice, "qingshan-2024.txt", "file listed twice", "keep one row each"),
    (same_id, "qingshan-2024", "doc_id listed twice", "keep one row each"),
    (no_column, SOURCES_FILE, "columns missing: sha256", "add them"),
    (file_in_a_folder_below, "yunshui-2024.txt", "unlisted raw file", "add a row"),
]


@pytest.mark.parametrize(  # each spoils the folder
    ("spoil", "named", "problem", "remedy"), FAULTS, ids=lambda v: getattr(v, "__name__", "")
)
def test_a_fault_is_told_with_its_file_and_remedy(
    spoil: Callable[[Raw], None], named: str, problem: str, remedy: str, mini: Raw
) -> None:
    read_sources(mini.folder)  # nothing is wrong with it yet
    spoil(mini)
    with pytest.raises(PlanError) as caught:
        read_sources(mini.folder)
    message = str(caught.value)
    assert named in message
    assert problem in message
    assert remedy in message
    assert "\n" not in message


def test_all_offenders_are_named(mini: Raw) -> None:
    for name in ("b.txt", "a.txt"):
        (mini.folder / name).write_text("甲", encoding="utf-8")
    with pytest.raises(PlanError, match=r"unlisted raw file: a\.txt, b\.txt"):
        read_sources(mini.folder)


def test_hidden_files_are_left_alone(mini: Raw) -> None:
    (mini.folder / ".DS_Store").write_bytes(b"x")
    assert len(read_sources(mini.folder)) == 1


def test_a_list_that_excel_saved_is_read(mini: Raw) -> None:
    before = read_sources(mini.folder)
    path = mini.folder / SOURCES_FILE
    path.write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))
    assert read_sources(mini.folder) == before
    assert before[0].county == "青山县"
    mini.rows[0]["issued_on"] = "2024/3/8"
    lines = mini.list().read_text(encoding="utf-8") + ",,,,,,\n" * 3
    path.write_bytes(lines.replace("\n", "\r\n").encode("utf-8-sig"))
    assert read_sources(mini.folder)[0].issued_on == "2024-03-08"
