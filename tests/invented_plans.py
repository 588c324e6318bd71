"""Plans of full length that nobody issued, for studies made by a test.

Run as a script, it writes one plan: ``python tests/invented_plans.py COUNTY YEAR FILE``.
"""

import random
import sys
from pathlib import Path

SECTIONS = {
    "加快产业转型升级": (
        "企业",
        ["培育壮大工业企业", "推动技术改造", "发展数字经济", "建设产业园区"],
    ),
    "全力扩大内需消费": (
        "项目",
        ["抓好重点项目建设", "激发消费活力", "拓宽融资渠道", "完善交通网络"],
    ),
    "深化改革扩大开放": ("事项", ["优化营商环境", "推进国企改革", "稳定外贸外资", "开展招商引资"]),
    "推进乡村全面振兴": (
        "村庄",
        ["守牢粮食安全", "建设高标准农田", "整治人居环境", "壮大特色农业"],
    ),
    "推动绿色低碳发展": ("点位", ["改善空气质量", "治理河湖水体", "开展植树造林", "推广清洁能源"]),
    "提升城市功能品质": ("小区", ["改造老旧小区", "完善地下管网", "增加公园绿地", "规范物业管理"]),
    "增进民生福祉": ("学校", ["促进就业创业", "办好人民教育", "建设健康县城", "完善养老服务"]),
    "统筹发展和安全底线": (
        "隐患",
        ["抓实安全生产", "防范金融风险", "强化应急救援", "维护社会稳定"],
    ),
}
OFFICES = [
    "发展和改革局",
    "工业和信息化局",
    "财政局",
    "商务局",
    "农业农村局",
    "自然资源局",
    "交通运输局",
    "教育局",
    "民政局",
    "卫生健康局",
    "人力资源和社会保障局",
    "市场监督管理局",
    "水利局",
    "应急管理局",
]
# Targets that a lexicon of indicators may know, with their usual range.
TARGETS = [
    ("新增规上工业企业{}家", 8, 40), ("新增高新技术企业{}家", 5, 30),
    ("实施技改项目{}项", 20, 90),
    ("完成固定资产投资{}亿元", 30, 200), ("新建高标准农田{}万亩", 1, 9),
    ("完成造林{}亩", 300, 2000),
    ("改造老旧小区{}个", 5, 60), ("城镇新增就业{}人", 2000, 9000), ("新建公园{}处", 2, 12),
    ("空气质量优良天数比例达到{}%", 65, 90), ("培训各类人员{}人次", 300, 3000),
    ("新建幼儿园{}所", 1, 9), ("社会消费品零售总额增长{}%", 5, 12), ("新建改建道路{}公里", 10, 80),
]  # fmt: skip
WORK = [
    "健全部门会商机制,定期调度工作进展",
    "完善政策措施,强化要素保障",
    "坚持问题导向,补齐短板弱项",
    "加强宣传引导,营造良好氛围",
    "创新服务方式,提高办事效率",
    "压实各方责任,形成工作合力",
    "深入开展调查研究,摸清基本情况",
    "推广先进经验,打造示范样板",
    "突出重点领域,分类精准施策",
    "建立工作清单,逐项对账销号",
]
WHERE = [
    "城区",
    "重点镇街",
    "开发区",
    "产业园",
    "沿河地带",
    "山区乡镇",
    "交通沿线",
    "老城片区",
    "高新片区",
    "示范村",
]
HEAD = """{county}人民政府办公室
关于印发{county}{year}年重点工作任务的通知
{short}政办发〔{year}〕{number}号
各乡镇人民政府,县政府各部门:
《{county}{year}年重点工作任务》已经县政府同意,现印发给你们,请认真贯彻执行。
{county}人民政府办公室
{year}年3月{day}日
{county}{year}年重点工作任务
为做好全年工作,制定重点工作任务如下。
"""


def write_plan(county: str, year: int, *, seed: int = 0, a_section: int = 8) -> str:
    """Text of a plan: header, eight sections of `a_section` tasks, a clause to each task."""
    dice = random.Random(f"{county}{year}{seed}")
    given = {"county": county, "year": year, "short": county[0]}
    lines = [HEAD.format(number=dice.randint(2, 30), day=dice.randint(1, 28), **given)]
    number = 0
    for place, (heading, (thing, titles)) in enumerate(SECTIONS.items()):
        lines.append(f"{'一二三四五六七八'[place]}、{heading}\n")
        for i in range(a_section):
            number += 1
            lines.append(f"{number}. {_write_task(dice, thing, titles[i % len(titles)], i)}\n")
    return "".join(lines)


def _write_task(dice: random.Random, thing: str, title: str, turn: int) -> str:
    where = dice.choice(WHERE)
    words = [f"在{where}{dice.choice(WORK)}", f"新增示范{thing}{dice.randint(2, 40)}个"]
    for form, low, high in dice.sample(TARGETS, k=dice.choice((0, 1, 1, 2))):
        words.append(f"年内{form.format(dice.randint(low, high))}")
    words.append(dice.choice(WORK))
    lead, *support = dice.sample(OFFICES, k=dice.choice((1, 2, 3)))
    clause = f"县{lead}牵头" + (f",{'、'.join(f'县{s}' for s in support)}配合" if support else "")
    head = title if turn < 4 else f"{title}{dice.choice(['行动', '工程', '试点'])}"
    return f"{head}。{','.join(words)}。({clause})"


if __name__ == "__main__":
    Path(sys.argv[3]).write_text(write_plan(sys.argv[1], int(sys.argv[2])), encoding="utf-8")
