"""Two years of an invented county, a report of its results, and an invented city above counties.

The facts below are the expected answers: plans and reports are only their sentences in order.
"""

# ruff: noqa: E501
from __future__ import annotations

from pathlib import Path

# Last year's title | text || this year's title | text || state of the task || states of targets.
# A task is new where the left is empty and dropped where the right is; `+` parts two tasks.
# A target: last year's words > this year's words: state.
TASKS = """
培育工业企业|新增规模以上工业企业12家。||培育工业企业|新增规模以上工业企业15家。||kept||12家>15家 raised
壮大科技企业|新增高新技术企业20家,科技型中小企业入库60家。||壮大科技企业|新增高新技术企业18家,科技型中小企业入库80家。||kept||20家>18家 lowered; 60家>80家 raised
推动技术改造|实施技改项目50项,完成投资30亿元。||推动企业技术改造|实施技术改造项目50项以上,完成技改投资36亿元。||kept||50项>50项以上 same; 30亿元>36亿元 raised
建设高标准农田|新建高标准农田3万亩。||建设高标准农田|新建高标准农田3万亩。||same words||3万亩>3万亩 same
守牢粮食安全|粮食总产量稳定在8亿斤以上。||守牢粮食安全底线|粮食总产量稳定在8.2亿斤以上。||kept||8亿斤以上>8.2亿斤以上 raised
开展植树造林|完成造林5000亩。||开展植树造林|完成造林3000亩。||kept||5000亩>3000亩 lowered
改造老旧小区|改造老旧小区20个,惠及居民3000户。||改造老旧小区|改造老旧小区12个,惠及居民2600户。||kept||20个>12个 lowered; 3000户>2600户 lowered
促进就业创业|城镇新增就业5000人,发放创业担保贷款8000万元。||促进就业创业|城镇新增就业5000人,发放创业担保贷款1亿元。||kept||5000人>5000人 same; 8000万元>1亿元 raised
完善养老服务|新增护理型床位200张。||完善养老服务|新增护理型床位200张。||same words||200张>200张 same
扩大学前教育供给|新建幼儿园3所,新增学位900个。||办好学前教育|新建幼儿园4所,新增学位1200个。||kept||3所>4所 raised; 900个>1200个 raised
改善空气质量|空气质量优良天数比例达到78%。||改善空气质量|空气质量优良天数比例达到80%以上。||kept||78%>80%以上 raised
控制能耗水耗|万元地区生产总值用水量下降4%。||控制能耗水耗|万元地区生产总值用水量下降4%。||same words||4%>4% same
稳定外贸外资|进出口总额增长6%,实际使用外资2000万美元。||稳定外贸外资|进出口总额增长5%,实际使用外资2500万美元。||kept||6%>5% lowered; 2000万美元>2500万美元 raised
激发消费活力|社会消费品零售总额增长8%,举办促消费活动30场。||激发消费活力|社会消费品零售总额增长8%左右,举办促消费活动40场。||kept||8%>8%左右 same; 30场>40场 raised
建设农村公路|新建改建农村公路60公里。||建设四好农村路|新建改建农村公路80公里。||kept||60公里>80公里 raised
建设城市公园|新建口袋公园5处。||建设城市公园|新建口袋公园5处。||same words||5处>5处 same
培训职业技能|开展补贴性职业技能培训3000人次。||提升职业技能|开展补贴性职业技能培训2500人次以上。||kept||3000人次>2500人次以上 lowered
推进城乡供水|新增农村集中供水人口1.2万人。||推进城乡供水|农村自来水普及率达到98%。||kept||1.2万人> dropped; >98% new
抓好招商引资和项目建设|新签约亿元以上项目40个,实施省市重点项目25个,完成投资120亿元。||抓好招商引资|新签约亿元以上项目45个。+推进重点项目|实施省市重点项目25个,完成投资130亿元。||split||40个>45个 raised; 25个>25个 same; 120亿元>130亿元 raised
提升医疗卫生服务|新建公办标准化村卫生室10处。||提升医疗卫生服务|新建公办标准化村卫生室15处,引进医疗卫生人才30名。||kept||10处>15处 raised; >30名 new
治理河湖水体|整治入河排污口30个。+推进污水治理|完成农村生活污水治理村庄40个。||统筹河湖水体和污水治理|整治入河排污口30个,完成农村生活污水治理村庄50个。||merged||30个>30个 same; 40个>50个 raised
发展设施农业|新建日光温室200座。||||dropped||200座> dropped
开展文化惠民|送戏下乡300场,新建文化广场6处。||||dropped||300场> dropped; 6处> dropped
推广电子政务|政务服务事项网办率达到90%以上。||||dropped||90%以上> dropped
规范物业管理|创建红色物业小区20个。||||dropped||20个> dropped
消除安全隐患|更换老化燃气管网15公里。||||dropped||15公里> dropped
||布局充电设施|新建公共充电桩300个。||new||>300个 new
||发展低空经济|开通无人机配送航线5条。||new||>5条 new
||建设算力设施|新建5G基站120个。||new||>120个 new
||发展海洋牧场|投放人工鱼礁8万立方米。||new||>8万立方米 new
||培育农业品牌|新增绿色食品认证12个。||new||>12个 new
||推进垃圾分类|生活垃圾回收利用率达到38%以上。||new||>38%以上 new
培育文化品牌|举办群众文化活动120场,新建村史馆6处。||做强文化品牌|举办群众性文化活动150场以上,新建村史馆6处。||kept||120场>150场以上 raised; 6处>6处 same
推进生态养殖|新建标准化养殖场15个,畜禽粪污综合利用率达到88%。||发展绿色生态养殖|新(改、扩)建标准化养殖场不少于10个,畜禽粪污综合利用率稳定在90%以上。||kept||15个>不少于10个 lowered; 88%>90%以上 raised
加强水利建设|治理中小河流18公里,除险加固小型水库4座。||完善水利基础设施|完成中小河流治理20公里,除险加固小型水库4座。||kept||18公里>20公里 raised; 4座>4座 same
保障住房供应|筹集保障性租赁住房600套。||增加住房供给|筹集建设保障性租赁住房400套。||kept||600套>400套 lowered
优化医疗服务|家庭医生签约率达到45%以上,创建甲级乡镇卫生院2家。||优化医疗服务|家庭医生签约率达到45%以上,创建甲级乡镇卫生院2家。||same words||45%以上>45%以上 same; 2家>2家 same
做实信访工作|信访事项及时受理率达到100%。||做实信访工作|信访事项及时受理率达到100%。||same words||100%>100% same
壮大村集体经济|年收入20万元以上的村达到60%。||壮大村级集体经济|年收入20万元以上的村占比达到65%。||kept||60%>65% raised
推进能源转型|新增光伏装机5万千瓦,煤炭消费总量控制在120万吨以内。||加快能源绿色转型|新增光伏发电装机容量8万千瓦,煤炭消费总量控制在115万吨以内。||kept||5万千瓦>8万千瓦 raised; 控制在120万吨以内>控制在115万吨以内 lowered
提升旅游品质|接待游客300万人次,旅游总收入达到20亿元。||提升旅游品质|接待游客330万人次,实现旅游总收入22亿元左右。||kept||300万人次>330万人次 raised; 20亿元>22亿元左右 raised
抓好人才引进和科技平台|引进博士研究生12名,新建院士工作站1家。||集聚高层次人才|引进博士研究生15名。+建设科创平台|新建院士工作站2家。||split||12名>15名 raised; 1家>2家 raised
整治城乡环境|拆除违法建设3万平方米。+清理乱堆乱放|打造美丽庭院1000户。||整治提升城乡人居环境|拆除违法建设2万平方米,打造美丽庭院1200户。||merged||3万平方米>2万平方米 lowered; 1000户>1200户 raised
推广节水灌溉|新增高效节水灌溉面积1.5万亩。||||dropped||1.5万亩> dropped
完善殡葬设施|新建公益性公墓8处。||||dropped||8处> dropped
||建设智慧停车|新增智慧停车泊位2000个。||new||>2000个 new
||发展夜间经济|打造夜间消费街区3条。||new||>3条 new
||救助困难群众|发放临时救助资金不低于500万元。||new||>不低于500万元 new
"""

# Results of last year's targets: the target's words | the sentence | the result's words | outcome.
# Without a sentence the report does not tell; a sentence without a target is told besides.
RESULTS = """
12家|全年新增规模以上工业企业14家。|14家|exceeded
20家|新增高新技术企业20家。|20家|reached
60家|科技型中小企业入库55家。|55家|missed
50项|实施技改项目52项。|52项|exceeded
30亿元|技改完成投资28.6亿元。|28.6亿元|missed
3万亩|新建高标准农田30000亩。|30000亩|reached
8亿斤以上|粮食总产量达到8.3亿斤。|8.3亿斤|exceeded
5000亩|完成造林5200亩。|5200亩|exceeded
20个|改造老旧小区20个。|20个|reached
3000户|改造惠及居民3100户。|3100户|exceeded
5000人|城镇新增就业5600人。|5600人|exceeded
8000万元|发放创业担保贷款0.75亿元。|0.75亿元|missed
200张|新增护理型床位超过200张。|超过200张|reached
3所|新建幼儿园3所。|3所|reached
900个|新增学位810个。|810个|missed
78%|空气质量优良天数比例为79.2%。|79.2%|exceeded
4%|1-9月,万元地区生产总值用水量下降4.5%。||not_mentioned
6%|进出口总额增长4.1%。|4.1%|missed
2000万美元|实际使用外资0.23亿美元。|0.23亿美元|exceeded
8%|社会消费品零售总额增长8%。|8%|reached
30场|上半年举办促消费活动35场。||not_mentioned
60公里|新建改建农村公路58公里。|58公里|missed
5处|新建口袋公园5处。|5处|reached
3000人次|开展补贴性职业技能培训0.32万人次。|0.32万人次|exceeded
1.2万人|新增农村集中供水人口12000人。|12000人|reached
40个|新签约亿元以上项目43个。|43个|exceeded
25个|||not_mentioned
120亿元|||not_mentioned
10处|新建公办标准化村卫生室10处。|10处|reached
30个|整治入河排污口30个。|30个|reached
40个|完成农村生活污水治理村庄36个。|36个|missed
200座|||not_mentioned
300场|送戏下乡300余场。|300余场|reached
6处|||not_mentioned
90%以上|政务服务事项网办率达到93%。|93%|exceeded
20个|||not_mentioned
15公里|更换老化燃气管网2025年计划20公里。||not_mentioned
|图书馆接待读者120万人次。|120万人次|unmatched
|获得省级以上荣誉9项。|9项|unmatched
|新增市场主体6000户。|6000户|unmatched
120场|全年举办各类群众文化活动135场次。|135场次|exceeded
6处|建成村史馆6处。|6处|reached
15个|新建标准化养殖场13个。|13个|missed
88%|畜禽粪污综合利用率达到91.2%。|91.2%|exceeded
18公里|治理中小河流18.6公里。|18.6公里|exceeded
4座|||not_mentioned
600套|筹集保障性租赁住房620套。|620套|exceeded
45%以上|家庭医生签约率48%。|48%|exceeded
2家|创建甲级乡镇卫生院1家。|1家|missed
60%|年收入20万元以上的村占比62.5%。|62.5%|exceeded
5万千瓦|前三季度新增光伏装机4.1万千瓦。||not_mentioned
控制在120万吨以内|煤炭消费总量118.5万吨。|118.5万吨|reached
300万人次|全年接待游客286万人次。|286万人次|missed
20亿元|实现旅游总收入19.8亿元。|19.8亿元|missed
12名|引进博士研究生14人。|14人|exceeded
1家|||not_mentioned
100%|||not_mentioned
3万平方米|拆除违法建设34000平方米。|34000平方米|exceeded
1000户|打造美丽庭院1000余户。|1000余户|reached
1.5万亩|新增高效节水灌溉面积15000亩。|15000亩|reached
8处|||not_mentioned
|完成招标采购项目56个。|56个|unmatched
|12345热线办结率达到99.2%。|99.2%|unmatched
"""

# The city's target | county A's | county B's | measure adds up | who goes beyond (A, B, sum, -).
CITY = """
新增规模以上工业企业100家。|新增规模以上工业企业60家。|新增规模以上工业企业55家。|adds|sum
新增高新技术企业200家。|新增高新技术企业80家。|新增高新技术企业90家。|adds|-
社会消费品零售总额增长7%。|社会消费品零售总额增长8%。|社会消费品零售总额增长7%。|rate|A
空气质量优良天数比例达到75%。|空气质量优良天数比例达到74%。|空气质量优良天数比例达到78%。|rate|B
完成造林8000亩。|完成造林3000亩。|完成造林5000亩。|adds|-
新建高标准农田6万亩。|新建高标准农田4万亩。|新建高标准农田3万亩。|adds|sum
城镇新增就业2万人。|城镇新增就业9000人。||adds|-
改造老旧小区50个。|改造老旧小区30个。|改造老旧小区25个。|adds|sum
进出口总额增长5%。||进出口总额增长9%。|rate|B
实际使用外资5000万美元。|实际使用外资2000万美元。|实际使用外资3000万美元。|adds|-
新建改建农村公路300公里。|新建改建农村公路120公里。|新建改建农村公路200公里。|adds|sum
新增护理型床位600张。|新增护理型床位400张。|新增护理型床位250张。|adds|sum
万元地区生产总值用水量下降3%。|万元地区生产总值用水量下降3%。|万元地区生产总值用水量下降3.5%。|rate|B
新建幼儿园20所。|新建幼儿园6所。|新建幼儿园5所。|adds|-
新建口袋公园40处。|新建口袋公园20处。|新建口袋公园25处。|adds|sum
送戏下乡2000场。|||adds|-
更换老化燃气管网200公里。|更换老化燃气管网90公里。|更换老化燃气管网60公里。|adds|-
生活垃圾回收利用率达到35%。|生活垃圾回收利用率达到38%。|生活垃圾回收利用率达到35%。|rate|A
新增绿色食品认证50个。|新增绿色食品认证20个。|新增绿色食品认证35个。|adds|sum
发放创业担保贷款5亿元。|发放创业担保贷款3亿元。|发放创业担保贷款1.5亿元。|adds|-
新增光伏装机20万千瓦。|新增光伏装机容量12万千瓦。|新增光伏发电装机6万千瓦。|adds|-
接待游客1000万人次以上。|接待游客600万人次。|全年接待游客450万人次。|adds|sum
畜禽粪污综合利用率达到90%。|畜禽粪污综合利用率达到92%以上。|畜禽粪污综合利用率稳定在90%。|rate|A
引进博士研究生60名。|引进博士研究生20名。||adds|-
创建甲级乡镇卫生院6家。|创建甲级乡镇卫生院4家。|创建甲级乡镇卫生院3家。|adds|sum
家庭医生签约率达到50%。||家庭医生签约率达到55%以上。|rate|B
治理中小河流80公里。|治理中小河流40公里。|完成中小河流治理35公里。|adds|-
筹集保障性租赁住房2000套。|筹集建设保障性租赁住房1200套。|筹集保障性租赁住房900套。|adds|sum
"""

OFFICES = ["工业和信息化局", "科技局", "农业农村局", "自然资源局", "住房城乡建设局", "民政局"]
WORK = ["健全会商机制,定期调度进展", "完善政策措施,强化要素保障", "加强宣传引导,营造良好氛围"]


def parse(text: str) -> list[list[str]]:
    """Cells of the facts, one list per line."""
    return [line.split("|") for line in text.strip().splitlines()]


def facts() -> list[dict[str, object]]:
    """Tasks of both years with the state of each and of its targets."""
    found = []
    for line in TASKS.strip().splitlines():
        old, new, state, targets = (
            line.split("||") if not line.startswith("||") else ("", *line[2:].split("||"))
        )
        if len([old, new, state, targets]) != 4:
            raise ValueError(line)
        moves = []
        for part in targets.split(";"):
            words, _, move = part.strip().rpartition(" ")
            before, _, now = words.partition(">")
            moves.append((before.strip(), now.strip(), move))
        split = lambda side: [t.split("|") for t in side.split("+")] if side else []  # noqa: E731
        found.append({"old": split(old), "new": split(new), "state": state, "targets": moves})
    return found


def plan(county: str, year: int, tasks: list[tuple[str, str]], *, form: str = "县") -> str:
    """Text of a plan with these tasks."""
    lines = [f"{county}{year}年重点工作任务", "", f"{county}人民政府办公室", f"{year}年2月8日", ""]
    heads = ["一、产业发展", "二、城乡建设", "三、民生保障"]
    size = -(-len(tasks) // len(heads))
    for n, (title, text) in enumerate(tasks, 1):
        if (n - 1) % size == 0:
            lines.append(heads[(n - 1) // size])
        body = OFFICES[n % len(OFFICES)]
        lines.append(f"{n}.{title}。{WORK[len(title) % len(WORK)]}。{text}({form}{body}负责)")
    return "\n".join(lines) + "\n"


def report(county: str, year: int) -> str:
    """Text of a report of results, by paragraphs."""
    sentences = [line[1] for line in parse(RESULTS) if line[1]]
    lines = [f"{county}{year}年重点工作任务完成情况", ""]
    lines += ["".join(sentences[k : k + 3]) for k in range(0, len(sentences), 3)]
    return "\n".join(lines) + "\n"


def write_years(folder: Path) -> dict[str, Path]:
    """Write both years' plans and the report; files by id."""
    known = facts()
    texts = {
        "qingshan-2024": plan("青山县", 2024, [t for f in known for t in f["old"]]),
        "qingshan-2025": plan("青山县", 2025, [t for f in known for t in f["new"]]),
        "qingshan_report-2024": report("青山县", 2024),
    }
    return write(folder, texts)


def write_levels(folder: Path) -> dict[str, Path]:
    """Write the city's plan and those of two of its counties; files by id."""
    rows = parse(CITY)
    texts = {}
    for k, (name, place, form) in enumerate(
        [("yunshui", "云水市", "市"), ("jiashan", "甲山县", "县"), ("yihe", "乙河县", "县")]
    ):
        tasks = [(f"工作{n}", row[k]) for n, row in enumerate(rows, 1) if row[k]]
        named = [(row_title(text), text) for _, text in tasks]
        texts[f"{name}-2024"] = plan(place, 2024, named, form=form)
    return write(folder, texts)


def row_title(text: str) -> str:
    """A title for a task of one sentence."""
    return f"抓好{text[2:6]}工作"


def write(folder: Path, texts: dict[str, str]) -> dict[str, Path]:
    """Write texts under their ids."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {}
    for doc_id, text in texts.items():
        files[doc_id] = folder / f"{doc_id}.txt"
        files[doc_id].write_text(text, encoding="utf-8")
    return files
