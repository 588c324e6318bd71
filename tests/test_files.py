"""Word, Excel, PDF and web files: what is read out of them, and bad ones in one line."""

import io
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from analysis.errors import PlanError
from analysis.reading.documents import Source, make_document
from analysis.reading.intake import read_data, sniff
from analysis.reading.word import format_number

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
    "large page": (lambda: b"<html>" + b" " * 31_000_000, "this web page is too large"),
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
