"""Word, Excel, PDF and web files: what is read out of them, and bad ones in one line."""

import io
import json
import re
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from office import convert, needs_writer
from openpyxl import Workbook

from analysis import load
from analysis.__main__ import main
from analysis.build import build_tables, register
from analysis.errors import PlanError
from analysis.reading.documents import Source, make_document, read_sources
from analysis.reading.intake import read_data, read_file, sniff
from analysis.reading.plan import read_plan
from analysis.reading.word import format_number
from analysis.study import REPOSITORY
from analysis.text import place_of

NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def docx(body: str, numbering: str = "", styles: str = "") -> bytes:
    """A Word file of a body's XML and the lists that it uses."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name, root, inner in (
            ("document", "document", f"<w:body>{body}</w:body>"),
            ("numbering", "numbering", numbering),
            ("styles", "styles", styles),
        ):
            text = f"<w:{root} {NAMESPACE}>{inner}</w:{root}>"
            package.writestr(f"word/{name}.xml", text)
    return buffer.getvalue()


def p(words: str, num: str = "", level: int = 0, style: str = "") -> str:
    number = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{num}"/></w:numPr>' if num else ""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{named}{number}</w:pPr><w:r><w:t>{words}</w:t></w:r></w:p>"


def level(at: int, form: str, text: str, start: int = 1) -> str:
    return (
        f'<w:lvl w:ilvl="{at}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def numbering(*levels: str, nums: str = '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'):
    return f'<w:abstractNum w:abstractNumId="0">{"".join(levels)}</w:abstractNum>{nums}'


def test_numbers_that_word_computes() -> None:
    lists = numbering(
        level(0, "chineseCountingThousand", "%1、"),
        level(1, "chineseCountingThousand", "（%2）"),
        level(2, "decimal", "%3."),
    )
    body = (
        p("产业", "1", 0) + p("工业", "1", 1) + p("培育。", "1", 2) + p("技改。", "1", 2)
        + p("农业", "1", 1) + p("种植。", "1", 2) + p("民生", "1", 0) + p("教育", "1", 1)
    )  # fmt: skip
    assert read_data(docx(body, lists)).splitlines() == [
        *("一、产业", "（一）工业", "1.培育。", "2.技改。"),
        *("（二）农业", "1.种植。", "二、民生", "（一）教育"),
    ]


def test_lists_that_begin_anew_and_numbers_of_styles() -> None:
    nums = (
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
        '<w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0">'
        '<w:startOverride w:val="1"/></w:lvlOverride></w:num>'
    )
    lists = numbering(level(0, "chineseCounting", "第%1条"), nums=nums)
    styles = (
        '<w:style w:styleId="A"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:styleId="B"><w:basedOn w:val="A"/></w:style>'
    )
    body = p("甲", style="B") + p("乙", "1") + p("丙", "2") + p("丁", "2") + p("戊", style="C")
    found = read_data(docx(body, lists, styles)).splitlines()
    assert found == ["第一条甲", "第二条乙", "第一条丙", "第二条丁", "戊"]


def test_forms_of_numbers() -> None:
    wanted = {
        (12, "chineseCounting"): "十二",
        (20, "chineseCountingThousand"): "二十",
        (105, "japaneseCounting"): "一百零五",
        (110, "chineseCounting"): "一百一十",
        (3, "decimalEnclosedCircle"): "③",
        (3, "decimalEnclosedParen"): "⑶",
        (2, "ideographTraditional"): "乙",
        (28, "upperLetter"): "BB",
        (9, "lowerRoman"): "ix",
        (7, "decimal"): "7",
        (7, "anotherForm"): "7",
    }
    assert {key: format_number(*key) for key in wanted} == wanted


def tc(words: str, merge: str = "") -> str:
    merged = {"": "", "restart": '<w:vMerge w:val="restart"/>', "on": "<w:vMerge/>"}[merge]
    return f"<w:tc><w:tcPr>{merged}</w:tcPr>{p(words)}</w:tc>"


def tr(*cells: str) -> str:
    return f"<w:tr>{''.join(cells)}</w:tr>"


def test_a_table_of_a_word_file_with_merged_cells() -> None:
    body = p("青山县2024年任务清单") + (
        "<w:tbl>"
        + tr(*map(tc, ("序号", "类别", "任务", "责任单位", "完成时限")))
        + tr(tc("1"), tc("产业", "restart"), tc("培育企业"), tc("县工信局", "restart"), tc("6月底"))
        + tr(tc("2"), tc("", "on"), tc("建设园区"), tc("", "on"), tc("9月底"))
        + "</w:tbl>"
    )
    text = read_data(docx(body))
    assert text.splitlines()[2:] == [
        "1\t产业\t培育企业\t县工信局\t6月底",
        "2\t产业\t建设园区\t县工信局\t9月底",
    ]
    source = Source("x", "", "plan", "x-2024", "青山县", "云州市", "东江省", "2024", "", "", "", "")
    document = make_document(docx(body), source)
    assert document.text_file == "texts/x-2024.txt"
    assert [t.readings for t in document.layout.tasks] == [["责任单位:县工信局"]] * 2
    assert [t.due for t in document.layout.tasks] == ["6月底", "9月底"]
    assert len(document.layout.headings) == 1


def test_deleted_hidden_and_boxed_words() -> None:
    body = (
        "<w:p><w:r><w:t>留</w:t></w:r><w:del><w:r><w:delText>删</w:delText></w:r></w:del>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐</w:t></w:r><w:ins><w:r><w:t>增</w:t></w:r></w:ins>"
        f"<w:r><w:pict><w:txbxContent>{p('框')}</w:txbxContent></w:pict></w:r></w:p>"
    )
    assert read_data(docx(body)) == "留增\n框\n"


PAGE = """<html><head><meta charset="gbk"><title>题</title><script>var a=1;</script></head><body>
<div class="nav"><a href="/">首页</a> | <a href="/a">政务公开</a></div>
<ul><li><a href="1">通知公告</a></li><li><a href="2">政策文件</a></li></ul>
<div class="article" id="zoom"><h1>青山县2024年重点工作</h1><!-- 注 -->
<p>一、产业</p><p>1.培育企业。<span>新增</span>企业
12家。(县工信局负责)</p><p>2.建设园区。<br>完成投资3亿元。(县园区管委会负责)</p>
<table><tr><th>序号</th><th>任务</th><th>责任单位</th></tr>
<tr><td>1</td><td>办好教育</td><td rowspan="2">县教育局</td></tr>
<tr><td>2</td><td>建设学校</td></tr></table></div>
<div class="share">分享到: <a href="x">微信</a></div><div class="footer">主办:县政府</div>
</body></html>"""


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_a_web_page(encoding: str) -> None:
    assert read_data(PAGE.encode(encoding)).splitlines() == [
        "青山县2024年重点工作",
        "一、产业",
        "1.培育企业。新增企业12家。(县工信局负责)",
        "2.建设园区。",
        "完成投资3亿元。(县园区管委会负责)",
        "序号\t任务\t责任单位",
        "1\t办好教育\t县教育局",
        "2\t建设学校\t县教育局",
    ]


def test_an_excel_file_with_merged_cells() -> None:
    book = Workbook()
    sheet = book.active
    for row in (
        ["青山县2024年任务台账"],
        ["序号", "任务", "责任单位", "完成时限"],
        [1, "培育企业", "县工信局", "6月底"],
        [2.0, "建设园区", None, "9月底"],
    ):
        sheet.append(row)
    sheet.merge_cells("A1:D1")
    sheet.merge_cells("C3:C4")
    book.create_sheet("隐").sheet_state = "hidden"
    buffer = io.BytesIO()
    book.save(buffer)
    assert read_data(buffer.getvalue()).splitlines() == [
        "青山县2024年任务台账",
        "序号\t任务\t责任单位\t完成时限",
        "1\t培育企业\t县工信局\t6月底",
        "2\t建设园区\t县工信局\t9月底",
    ]


def test_a_printed_page() -> None:
    import matplotlib.pyplot as plt

    from analysis.charts import style

    lines = [
        "一、产业",
        "1.培育企业。新增规上工业企业12家,完成技改投资3",
        "0亿元。(县工信局负责)",
        "2.建设园区。完成投资5亿元。(县园区管委会负责)",
        "- 1 -",
    ]
    with plt.rc_context({"pdf.fonttype": 42, "font.family": style.use_font()}):
        figure = plt.figure(figsize=(6, 4))
        for i, line in enumerate(lines):
            figure.text(0.1, 0.9 - 0.08 * i, line, fontsize=12)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="pdf", metadata={"CreationDate": None})
        plt.close(figure)
    assert read_data(buffer.getvalue()).splitlines()[:3] == [
        "一、产业",
        "1.培育企业。新增规上工业企业12家,完成技改投资30亿元。(县工信局负责)",
        "2.建设园区。完成投资5亿元。(县园区管委会负责)",
    ]


def bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b" " * 50_000_000)
    return buffer.getvalue()


BAD = {
    "damaged zip": (lambda: docx(p("甲"))[:-30], "damaged Office file"),
    "damaged part": (lambda: docx("<w:p>"), "this Word file is damaged"),
    "bomb": (bomb, "this Word file is too large"),
    "empty page": (lambda: b"<html><body><script>1</script></body></html>", "holds no words"),
    "damaged pdf": (lambda: b"%PDF-1.7\n" + bytes(range(256)), "this PDF file is damaged"),
    "large page": (lambda: b"<html>" + b" " * 20_000_000, "this web page is too large"),
    "long text": (lambda: "甲乙丙。\n".encode() * 500_000, "longer than 600,000 characters"),
    "huge text": (lambda: b"plan\n" * 20_000_000, "longer than 600,000 characters"),
    "long page": (lambda: b"<html><body>" + b"<p>plan one</p>" * 500_000, "longer than 600,000"),
    "old": (lambda: b"\xd0\xcf\x11\xe0" + bytes(100), "old or locked Office file"),
}


def test_bad_files_are_named_in_one_line() -> None:
    wrong = []
    for name, (make, problem) in BAD.items():
        with pytest.raises(PlanError) as caught:
            read_data(make(), Path("plan"))
        told = str(caught.value)
        if problem not in told or "\n" in told or "; " not in told:
            wrong.append((name, told))
    assert wrong == []


def test_kinds_are_told_by_bytes() -> None:
    assert sniff(docx(p("甲"))) == "docx"
    assert sniff("一、产业".encode()) == "text"
    assert sniff(b"\xef\xbb\xbf\r\n<!DOCTYPE html>") == "html"
    assert sniff(b"%PDF-1.4") == "pdf"


# --- LibreOffice --------------------------------------------------------------------------------


def rows(source: Source, file: Path) -> dict[str, list[list[object]]]:
    """Tasks, bodies and quantities that a file gives, without blanks."""
    tables = read_plan(make_document(file.read_bytes(), source, file))
    columns = {
        "tasks": ["task_no", "title", "text", "clause", "theme"],
        "assignments": ["task_id", "name", "department", "role"],
        "quantities": [
            "quantity_id", "text", "value_low", "value_high", "unit", "bound", "kind", "measure",
            "indicator", "due", "sentence",
        ],
    }  # fmt: skip
    found = {}
    for name, wanted in columns.items():
        frame = tables[name][wanted].astype(str).replace(r"\s", "", regex=True)
        found[name] = frame.to_numpy().tolist()
    return found


@pytest.mark.slow
@needs_writer
@pytest.mark.parametrize("form", ["pdf", "docx"])
def test_the_five_plans_printed_or_saved_give_the_same_rows(tmp_path: Path, form: str) -> None:
    different = []
    for source in read_sources(REPOSITORY.raw):
        if source.doc_id:
            plain = REPOSITORY.raw / source.file
            made = convert(form, tmp_path, plain)
            before, after = rows(source, plain), rows(source, made)
            different += [(made.name, name) for name in before if before[name] != after[name]]
    assert different == []


@pytest.mark.slow
@needs_writer
def test_old_files_are_converted_when_asked_and_locked_ones_are_named(tmp_path: Path) -> None:
    plan = tmp_path / "青山.txt"
    plan.write_bytes(PLAN.encode())
    place = {"county": "青山县", "city": "云水市", "province": "山东省"}
    for form in ("doc", "rtf"):
        old = convert(form, tmp_path, plan)
        raw = tmp_path / f"raw-{form}"
        with pytest.raises(PlanError, match="--convert"):
            register(old, "qingshan-2024", raw=raw, **place)
        assert not raw.exists()
        source = register(old, "qingshan-2024", raw=raw, convert=True, **place)
        assert source.file == "qingshan-2024.docx"
        assert source.note == f"converted from {old.name}"
        tasks = build_tables(raw, indicators=False)["tasks"]
        assert tasks["task_no"].tolist() == [1, 2]
    secret = json.dumps(
        {
            "EncryptFile": {"type": "boolean", "value": "true"},
            "DocumentOpenPassword": {"type": "string", "value": "a"},
        }
    )
    locked = convert(f"pdf:writer_pdf_Export:{secret}", tmp_path, plan)
    with pytest.raises(PlanError, match="locked by a password"):
        register(locked, "qingshan-2024", raw=tmp_path / "raw", **place)


@pytest.mark.slow
@needs_writer
def test_a_printed_table_with_rules_gives_a_task_a_row(tmp_path: Path) -> None:
    cells = [
        ("序号", "任务", "责任单位", "完成时限"),
        ("1", "新增规上工业企业12家。", "县工信局", "2024年6月底"),
        ("2", "新建农村公路35公里,完成投资2.4亿元。", "县交通运输局", "2024年12月底"),
    ]
    border = "".join(
        f'<w:{e} w:val="single" w:sz="8"/>'
        for e in ("top", "bottom", "left", "right", "insideH", "insideV")
    )
    table = "".join(
        "<w:tr>" + "".join(f"<w:tc>{p(cell)}</w:tc>" for cell in row) + "</w:tr>" for row in cells
    )
    ruled = f"<w:tblPr><w:tblBorders>{border}</w:tblBorders></w:tblPr>"
    body = f"{p('青山县2024年重点工作任务')}<w:tbl>{ruled}{table}</w:tbl>"
    word = tmp_path / "table.docx"
    word.write_bytes(docx(body))
    kinds = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default '
        'Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/><Override PartName='
        '"/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        'wordprocessingml.document.main+xml"/></Types>'
    )
    related = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships/officeDocument" Target="word/document.xml"/></Relationships>'
    )
    with zipfile.ZipFile(word, "a") as package:
        package.writestr("[Content_Types].xml", kinds)
        package.writestr("_rels/.rels", related)
    printed = convert("pdf", tmp_path, word)
    assert "1\t新增规上工业企业12家。\t县工信局\t2024年6月底" in read_file(printed).splitlines()


# --- many at once, and where a row stands -------------------------------------------------------

PLAN = """青山县2024年重点工作任务
一、产业
1.培育企业。新增规上工业企业12家。(县工业和信息化局负责)
2.修建道路。新建农村公路35公里。(县交通运输局负责)
"""


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_a_folder_is_added_by_its_table_and_each_file_has_its_answer(
    tmp_path: Path, suffix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, raw = tmp_path / "plans", tmp_path / "raw"
    folder.mkdir()
    (folder / "甲.txt").write_text(PLAN, encoding="utf-8")
    (folder / "乙.txt").write_text(PLAN.replace("青山", "绿水"), encoding="utf-8")
    (folder / "空.txt").write_text("\n", encoding="utf-8")
    unnamed = [f"无名{c}.txt" for c in "丁丙乙甲戊己"]
    for name in unnamed:
        (folder / name).write_text(PLAN, encoding="utf-8")
    ids = [
        ("甲.txt", "qingshan-2024", "青山县", "云水市", "山东省"),
        ("空.txt", "kong-2024", "空山县", "云水市", "山东省"),
        ("不在.txt", "buzai-2024", "不在县", "云水市", "山东省"),
        ("乙.txt", "lvshui-2024", "绿水县", "云水市", "山东省"),
    ]
    table = pd.DataFrame(ids, columns=["文件", "编号", "县区", "市", "省"])
    write = table.to_csv if suffix == "csv" else table.to_excel
    write(folder / f"ids.{suffix}", index=False)
    assert main(["add", str(folder), "--raw", str(raw)]) == 1
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "甲.txt: added"
    assert "空.txt" in told[1]
    assert "the file is empty" in told[1]
    assert "不在.txt" in told[2]
    assert "no such file" in told[2]
    assert told[3] == "乙.txt: added"
    assert all("not in the table of ids" in line for line in told[4:])
    assert [re.search(r"无名.\.txt", line)[0] for line in told[4:]] == sorted(unnamed)
    assert [s.doc_id for s in read_sources(raw)] == ["lvshui-2024", "qingshan-2024"]
    assert len(build_tables(raw, indicators=False)["tasks"]) == 4
    # The same with files and a table elsewhere; a table that is none is named.
    other = tmp_path / "other.csv"
    table[:1].assign(编号="qingshan-2025").to_csv(other, index=False)
    assert main(["add", str(folder / "甲.txt"), "--ids", str(other), "--raw", str(raw)]) == 0
    other.write_text("a,b\n1,2\n", encoding="utf-8")
    assert main(["add", str(folder), "--ids", str(other), "--raw", str(raw)]) == 1
    assert "the table lacks file, doc_id, county" in capsys.readouterr().err
    assert main(["add", str(folder / "甲.txt"), "--raw", str(raw)]) == 1
    assert "takes its file, its id and --county" in capsys.readouterr().err


def test_a_place_is_a_page_where_there_are_pages() -> None:
    text = "甲\n乙\f\n丙\n\f丁\n"
    found = {c: place_of(text, text.index(c)) for c in "甲乙丙丁"}
    assert found == {"甲": "page 1", "乙": "page 1-2", "丙": "page 2", "丁": "page 3"}
    assert place_of("甲\n乙\n", 2) == "line 2"


def test_a_trace_names_file_and_place() -> None:
    quantities = load.table("quantities").iloc[[0, -1]]
    traced = load.trace(quantities[["quantity_id"]])
    assert traced["source_file"].tolist() == ["chengyang-2023.txt", "zichuan-2023.txt"]
    for row, place in zip(quantities.itertuples(), traced["place"], strict=True):
        file = (
            REPOSITORY.raw / f"{row.quantity_id[: -len('-01-q1')].rpartition('-2023')[0]}-2023.txt"
        )
        lines = read_file(file).split("\n")
        assert row.text in lines[int(place.removeprefix("line ")) - 1]


def test_a_book_of_five_hundred_pages_is_refused(tmp_path: Path) -> None:
    import pypdfium2 as pdfium

    document = pdfium.PdfDocument.new()
    for _ in range(500):
        document.new_page(200, 200)
    document.save(tmp_path / "long.pdf")
    with pytest.raises(PlanError, match="this PDF file has 500 pages"):
        read_file(tmp_path / "long.pdf")
    (tmp_path / "large.pdf").write_bytes(b"%PDF-1.7\n" + bytes(100_000_000))
    with pytest.raises(PlanError, match="this PDF file is too large"):
        read_file(tmp_path / "large.pdf")
