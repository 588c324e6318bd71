"""Figures of a plan as typed records: invented sentences against what the codebook says of them.

The tables below are written as a reader labels. A line at the margin is a sentence; each line
under it is one figure, in text order::

    text | value unit | bound | kind and measure | indicator | due

A range is written 3~5; a unit that is left out, ∅. What stands in brackets in the indicator must be
there, the rest may be; two brackets are two pieces. A due of - says that there is none; a due left
out is not tested. A line with ``!`` marks fields that are known to be read wrongly, and why: the
test fails as soon as they are read rightly, and the line goes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pandas as pd
import pytest
from conftest import read_figures
from walk import walk

from analysis.text import fold_width

FIELDS = ("value", "bound", "kind", "measure", "indicator", "due")

# The hard cases of the codebook, in counties that do not exist.
GUIDE = """
新增市级以上研发平台7家。
    7家|7 家|eq|target flow|新增[市级以上研发平台]|-
引进各类人才1800人以上。
    1800人以上|1800 人|ge|target flow|引进[各类人才]
完成技改投资不少于9000万元。
    不少于9000万元|90000000 元|ge|target flow|[技改投资]
年内认定2—4家县级众创空间。
    2—4家|2~4 家|range|target flow|认定[县级众创空间]|年内
蔬菜种植面积稳定在8.45万亩以上。
    8.45万亩以上|84500 亩|ge|target stock|[蔬菜种植面积]
用水总量控制在6000万立方米之内。
    控制在6000万立方米之内|60000000 立方米|le|target stock|[用水总量]
村级光伏电站和农村充电站数量达到35座和28座。
    35座|35 座|eq|target stock|[村级光伏电站]数量
    28座|28 座|eq|target stock|[农村充电站]数量
乡镇、行政村快递服务覆盖率分别达到100%、92%。
    100%|100 %|eq|target share|[乡镇快递服务覆盖率]
    92%|92 %|eq|target share|[行政村快递服务覆盖率]
小麦、大豆产量分别稳定在31万吨、4.5万吨以上。
    31万吨|310000 吨|ge|target stock|[小麦产量]
    4.5万吨以上|45000 吨|ge|target stock|[大豆产量]
小学、初中、高中随迁子女入学率分别达到100%、98%和95%。
    100%|100 %|eq|target share|[小学随迁子女入学率]
    98%|98 %|eq|target share|[初中随迁子女入学率]
    95%|95 %|eq|target share|[高中随迁子女入学率]
依照居民意愿更新加装电梯86部。
    86部|86 部|eq|target flow|更新加装[电梯]|-
围绕主导产业培育农业龙头企业5家。
    5家|5 家|eq|target flow|培育[农业龙头企业]|-
年成交额过百万元的直播企业新增6家。
    6家|6 家|eq|target flow|年成交额过百万元的[直播企业]新增|-
引进项目60个，其中20亿元以上4个，超50亿元的1个。
    60个|60 个|eq|target flow|引进[项目]|-
    20亿元以上|2000000000 元|ge|attribute|引进[项目]|-
    4个|4 个|eq|target flow|引进[20亿元以上项目]|-
    超50亿元|5000000000 元|ge|attribute|引进20亿元以上[项目]|-
    1个|1 个|eq|target flow|引进[超50亿元项目]|-
年税收亿元以上楼宇2栋、千万元以上11栋。
    2栋|2 栋|eq|target stock|年税收[亿元以上楼宇]|-
    11栋|11 栋|eq|target stock|年税收[千万元以上楼宇]|-
去年全县接待游客480万人次，今年力争达到530万人次。
    480万人次|4800000 人次|eq|attribute|全县[接待游客]|-
    530万人次|5300000 人次|eq|target stock|全县[接待游客]|今年
上年新建公园3处，今年再建5处。
    3处|3 处|eq|attribute|[新建公园]|-
    5处|5 处|eq|target flow|[再建公园]|今年
安排财力5000万元支持乡村振兴。
    5000万元|50000000 元|eq|target flow|安排[财力]
推进生活垃圾分类，无害化处理率达到100%。
    100%|100 %|eq|target share|[生活垃圾分类无害化处理率]
社区托育站：3月底前新建成2家；9月底前完成7家建设任务。
    2家|2 家|eq|target flow|[社区托育站]新建成|3月底前
    7家|7 家|eq|target flow|[社区托育站建设任务]|9月底前
优化调整公交线路20条。
    20条|20 条|eq|target flow|优化调整[公交线路]
新建学校3所，完成投资5亿元。
    3所|3 所|eq|target flow|新建[学校]|-
    5亿元|500000000 元|eq|target flow|[学校完成投资]|-
接待游客、门票收入分别增长11%、16%。
    11%|11 %|eq|target growth|接待[游客]增长|-
    16%|16 %|eq|target growth|[门票收入]增长|-
提高孤儿生活补贴标准，每人每月增加80元，达到1450元。
    80元|80 元|eq|target intensity|提高[孤儿生活补贴标准每人每月]增加|-
    1450元|1450 元|eq|target intensity|提高[孤儿生活补贴标准每人每月]增加|-
新增国家级绿色车间2家、省级5家，市级9家。
    2家|2 家|eq|target flow|新增国家级[绿色车间]|-
    5家|5 家|eq|target flow|新增[省级绿色车间]|-
    9家|9 家|eq|target flow|新增[市级绿色车间]|-
农村清洁取暖率、卫生厕所普及率分别达到96%、91%以上。
    96%|96 %|ge|target share|[农村清洁取暖率]|-
    91%以上|91 %|ge|target share|[卫生厕所普及率]|-
实现生产总值380亿元，同比增长7%，人均突破6万元。
    380亿元|38000000000 元|eq|target stock|[生产总值]|-
    7%|7 %|eq|target growth|生产总值同比[增长]|-
    突破6万元|60000 元|ge|target intensity|[人均生产总值]|-
肉羊存栏16万只、出栏21万只。
    16万只|160000 只|eq|target stock|[肉羊存栏]|-
    21万只|210000 只|eq|target stock|[肉羊出栏]|-
玉米播种面积40万亩，产量不少于2.4亿斤。
    40万亩|400000 亩|eq|target stock|[玉米播种面积]|-
    不少于2.4亿斤|240000000 斤|ge|target stock|[玉米产量]|-
实现旅游收入突破百亿元大关，税收增速保持在两位数以上。
    突破百亿元|10000000000 元|ge|target stock|[旅游收入]|-
进出口总额达到28亿元人民币。
    28亿元人民币|2800000000 元|eq|target stock|[进出口总额]|-
研发人员达到320人年，培训学员500人年底前结业。
    320人年|320 人年|eq|target stock|[研发人员]|-
    500人|500 人|eq|target flow|培训[学员]|-
实施水利项目14个，总投资9.5亿元，当年完成4亿元。
    14个|14 个|eq|target flow|[水利项目]|-
    9.5亿元|950000000 元|eq|attribute|[水利项目总投资]|-
    4亿元|400000000 元|eq|target flow|水利项目[投资]|当年
清洁能源装机规模达到80万千瓦，其中水电30万千瓦、光伏50万千瓦。
    80万千瓦|800000 千瓦|eq|target stock|[清洁能源装机规模]|-
    30万千瓦|300000 千瓦|eq|target stock|[水电]|-
    50万千瓦|500000 千瓦|eq|target stock|[光伏]|-
平均办件时间压缩至2天以内，较承诺时限缩短40%。
    2天以内|2 天|le|target intensity|平均[办件时间]|-
    40%|40 %|eq|target growth|平均办件时间较承诺时限[缩短]|-
限上商贸企业净增15户，总数达到90户。
    15户|15 户|eq|target flow|[限上商贸企业]净增|-
    90户|90 户|eq|target stock|[限上商贸企业总数]|-
改造老旧街区6个片区、3210户。
    6个|6 个|eq|target flow|[老旧街区]片区
    3210户|3210 户|eq|target flow|[老旧街区]片区
新建口袋公园5处、健身步道7条、立体停车楼2座。
    5处|5 处|eq|target flow|新建[口袋公园]
    7条|7 条|eq|target flow|新建[健身步道]
    2座|2 座|eq|target flow|新建[立体停车楼]
至少引育博士15名、硕士120名。
    15名|15 名|ge|target flow|引育[博士]
    120名|120 名|ge|target flow|引育[硕士]
办好8大类32项民生实事。
    8大类|8 大类|eq|target flow|办好[民生实事]
    32项|32 项|eq|target flow|办好[民生实事]
增加值占比提高4%以上(含4%)。
    4%以上|4 %|ge|target growth|[增加值占比]提高
招引2家以上投资30亿元以上的链主企业。
    2家以上|2 家|ge|target flow|招引投资30亿元以上的[链主企业]
    30亿元以上|3000000000 元|ge|attribute|招引[投资]链主企业
实施800万元以上工业技改项目60个。
    800万元以上|8000000 元|ge|attribute|实施[工业技改项目]投资
    60个|60 个|eq|target flow|800万元以上[工业技改项目]
推进总投资48亿元的抽水蓄能电站项目建设。
    48亿元|4800000000 元|eq|attribute|总投资[抽水蓄能电站项目]总投资建设
关停20万千瓦以下煤电机组2台。
    20万千瓦以下|200000 千瓦|le|attribute|关停[煤电机组]单机容量
    2台|2 台|eq|target flow|关停20万千瓦以下[煤电机组]
建设50MW/100MWh储能项目。
    50MW|50 MW|eq|attribute|建设/[储能项目]
    100MWh|100 MWh|eq|attribute|建设/[储能项目]
培育营业收入超20亿企业3家。
    超20亿|2000000000 元|ge|attribute|[营业收入]企业营业收入
    3家|3 家|eq|target flow|培育营业收入超20亿[企业]
聚焦28个重点外贸项目,落实包联制度。
    28个|28 个|eq|attribute|聚焦[重点外贸项目]
确保2个省控断面水质稳定达标。
    2个|2 个|eq|attribute|确保[省控断面]水质稳定达标
推动4个社区旧村改造。
    4个|4 个|eq|target flow|推动[社区旧村改造]
新建工业用地容积率1.2以上。
    1.2以上|1.2 ∅|ge|target intensity|新建[工业用地容积率]
人均公园绿地面积达到12.6平方米。
    12.6平方米|12.6 平方米|eq|target intensity|[人均公园绿地面积]
千人口托位数达到4.1个。
    4.1个|4.1 个|eq|target intensity|[千人口托位]数
万人有效发明专利拥有量达到9件。
    9件|9 件|eq|target intensity|[万人有效发明专利拥有量]
亩均税收达到18万元左右。
    18万元左右|180000 元|approx|target intensity|[亩均税收]
社会消费品零售总额同比增长7%。
    7%|7 %|eq|target growth|[社会消费品零售总额]同比增长
城镇化率提升1-2个百分点。
    1-2个百分点|1~2 个百分点|range|target growth|[城镇化率]提升
服务业增加值占比达到51%。
    51%|51 %|eq|target share|[服务业增加值占比]
为70%的乡镇卫生院配备中医馆。
    70%|70 %|eq|target share|[乡镇卫生院]配备中医馆
家电下乡让利2600余万元。
    2600余万元|26000000 元|ge|target flow|[家电下乡让利]
开展惠民演出1300余场、公益培训2.4万余人次。
    1300余场|1300 场|ge|target flow|[惠民演出]
    2.4万余人次|24000 人次|ge|target flow|[公益培训]
整修水渠、塘坝15条(座)。
    15条(座)|15 条|eq|target flow|整修[水渠、塘坝]
引入社会资本18亿资金。
    18亿|1800000000 元|eq|target flow|引入[社会资本]资金
新增充电桩 3560 个。
    3560 个|3560 个|eq|target flow|新增[充电桩]
新建两条绿道、一座水厂,购置三台检测设备。
    两条|2 条|eq|target flow|新建[绿道]
    一座|1 座|eq|target flow|[水厂]
    三台|3 台|eq|target flow|购置[检测设备]
争取政策性资金突破3亿元。
    突破3亿元|300000000 元|ge|target flow|争取[政策性资金]
力争限上商贸企业达到96家。
    96家|96 家|eq|target stock|[限上商贸企业]
新培育瞪羚企业达到8家。
    8家|8 家|eq|target flow|新培育[瞪羚企业]
全年粮食总产量4.2亿斤以上。
    4.2亿斤以上|420000000 斤|ge|target stock|[粮食总产量]|全年
外商直接到位资金1.2亿美元。
    1.2亿美元|120000000 美元|eq|target flow|[外商直接到位资金]
"""

# What is no quantity: dates, names, slogans, ordinals, labels, words. None may give a figure.
NOT_QUANTITIES = """
2024年是实施规划的关键一年,5月底前印发方案。
贯彻《关于2025年工作的若干意见》(东政发〔2023〕11号)。
加快5G网络建设,推进IPv6规模部署。
落实50条稳增长政策,推行“15分钟生活圈”。
开展十大扩需求行动、三年行动计划和十四条政策措施。
建立“1+1”机制,推进“四好农村路”和“一网通办”。
创建5A级景区和四星级酒店,打造国道309沿线风光。
实施一号改革工程,建设12英寸硅片产线。
申报第二批省级试点,实行一企一策,谋划一批好项目。
稳定达到Ⅴ类标准,执行三类标准,评为B类以上。
举办五人制足球赛,落实三孩政策。
加快110千伏变电站前期工作,治理PM2.5污染。
推进“十四五”规划,学习党的二十大精神。
建设二期工程,完成第三轮督察整改。
拨打12345热线,24小时值守。
围绕五大主导产业,建强三大载体。
争当世界500强合作伙伴,挺进全国百强县。
坚持一二三产融合,建设三甲医院。
推行一户一策、一人一档。
深化国企三项制度改革,招募三支一扶人员。
提供一条龙服务,凝聚一条心。
提升G312、S235和312国道沿线环境。
加快10万吨级码头前期工作。
落实10条硬措施、20条惠民措施。
深化“一窗通办”改革，推行“三个100”工程和“1+N”政策体系。
全市排名进入前三名，综合考核前移5位。
打造一支过硬队伍，建立一套机制，推进一件事改革，形成一个整体。
三次产业结构优化为12:38:50，县、乡、村三级联动。
"""

# Sentences as plans of other provinces write them.
PLANS = """
全年新增“四上”企业60家以上，其中规上工业企业25家、限上商贸企业20家。
    60家以上|60 家|ge|target flow|新增[“四上”企业]|全年
    25家|25 家|eq|target flow|[规上工业企业]|全年
    20家|20 家|eq|target flow|[限上商贸企业]|全年
力争一般公共预算收入突破45亿元、税占比稳定在80%以上。
    突破45亿元|4500000000 元|ge|target stock|[一般公共预算收入]
    80%以上|80 %|ge|target share|[税占比]
夏粮播种面积稳定在52.3万亩、总产量达4.5亿斤以上。
    52.3万亩|523000 亩|eq|target stock|[夏粮播种面积]
    4.5亿斤以上|450000000 斤|ge|target stock|夏粮[总产量]
建成高标准农田6.8万亩，粮食综合机械化率达96%。
    6.8万亩|68000 亩|eq|target flow|建成[高标准农田]
    96%|96 %|eq|target share|[粮食综合机械化率]
完成成片造林1200亩，林木覆盖率稳定在24.3%以上。
    1200亩|1200 亩|eq|target flow|[成片造林]
    24.3%以上|24.3 %|ge|target share|[林木覆盖率]
新开工亿元以上工业项目不少于40个，其中10亿元以上项目3个。
    不少于40个|40 个|ge|target flow|新开工[亿元以上工业项目]
    10亿元以上|1000000000 元|ge|attribute|10亿元以上[项目]投资
    3个|3 个|eq|target flow|[10亿元以上项目]
PM2.5平均浓度控制在33微克/立方米以下，优良天数比例达82%以上。
    控制在33微克/立方米以下|33 微克/立方米|le|target intensity|[PM2.5平均浓度]
    82%以上|82 %|ge|target share|[优良天数比例]
地表水Ⅱ类水体占比提高5个百分点。
    5个百分点|5 个百分点|eq|target growth|[地表水Ⅱ类水体占比]提高
万元GDP能耗下降3.2%，用水总量控制在4.2亿立方米以内。
    3.2%|3.2 %|eq|target growth|[万元GDP能耗]下降
    控制在4.2亿立方米以内|420000000 立方米|le|target stock|[用水总量]
新建改造农村公路85公里、桥梁12座。
    85公里|85 公里|eq|target flow|新建改造[农村公路]
    12座|12 座|eq|target flow|新建改造[桥梁]
招引总投资5000万元以上项目80个。
    5000万元以上|50000000 元|ge|attribute|[总投资]项目总投资
    80个|80 个|eq|target flow|招引总投资5000万元以上[项目]
实现外贸进出口总额12亿美元，实际使用外资8000万美元以上。
    12亿美元|1200000000 美元|eq|target stock|[外贸进出口总额]
    8000万美元以上|80000000 美元|ge|target flow|[实际使用外资]
推动永丰化工、大华机械等5家企业上市。
    5家|5 家|eq|target flow|推动[企业上市]
城镇新增就业6500人以上，城镇登记失业率控制在4%以内。
    6500人以上|6500 人|ge|target flow|[城镇新增就业]
    控制在4%以内|4 %|le|target share|[城镇登记失业率]
新增养老床位300张，其中护理型床位占比达到60%。
    300张|300 张|eq|target flow|新增[养老床位]
    60%|60 %|eq|target share|[护理型床位占比]
生活污水治理率达到45%，较上年提升8个百分点。
    45%|45 %|eq|target share|[生活污水治理率]
    8个百分点|8 个百分点|eq|target growth|[生活污水治理率]较上年提升
建设养老服务指导中心1个、日间照料中心40个。
    1个|1 个|eq|target flow|[养老服务指导中心]
    40个|40 个|eq|target flow|[日间照料中心]
生猪出栏稳定在45万头以上，能繁母猪存栏保持在3.2万头左右。
    45万头以上|450000 头|ge|target stock|[生猪出栏]
    3.2万头左右|32000 头|approx|target stock|[能繁母猪存栏]
新增光伏装机容量15万千瓦，充电桩500台，换电站2座。
    15万千瓦|150000 千瓦|eq|target flow|新增[光伏装机容量]
    500台|500 台|eq|target flow|[充电桩]
    2座|2 座|eq|target flow|[换电站]
新建日处理能力5万吨的污水处理厂1座。
    5万吨|50000 吨|eq|attribute|[日处理能力][污水处理厂]日处理能力
    1座|1 座|eq|target flow|新建日处理能力5万吨的[污水处理厂]
实施技改项目120个，完成技改投资50亿元以上，增长12%。
    120个|120 个|eq|target flow|[技改项目]
    50亿元以上|5000000000 元|ge|target flow|[技改投资]
    12%|12 %|eq|target growth|[技改投资]增长
城镇和农村居民人均可支配收入分别增长6%和7%。
    6%|6 %|eq|target growth|[城镇][居民人均可支配收入]增长
    7%|7 %|eq|target growth|[农村居民人均可支配收入]增长
全县社会消费品零售总额增长8%左右、达到210亿元。
    8%左右|8 %|approx|target growth|全县[社会消费品零售总额]增长
    210亿元|21000000000 元|eq|target stock|全县[社会消费品零售总额]
启动总投资23.6亿元的生态修复工程，年内完成投资6亿元。
    23.6亿元|2360000000 元|eq|attribute|总投资[生态修复工程]总投资
    6亿元|600000000 元|eq|target flow|总投资[生态修复工程]完成[投资]|年内
新建2所公办幼儿园、1所九年一贯制学校，新增学位3600个。
    2所|2 所|eq|target flow|新建[公办幼儿园]
    1所|1 所|eq|target flow|[九年一贯制学校]
    3600个|3600 个|eq|target flow|新增[学位]
打造两个市级夜间经济示范街区。
    两个|2 个|eq|target flow|打造[市级夜间经济示范街区]
力争三季度末前完成三个老旧片区改造，惠及居民2100余户。
    三个|3 个|eq|target flow|[老旧片区改造]|三季度末前
    2100余户|2100 户|ge|target flow|惠及[居民]|三季度末前
常住人口城镇化率提高1.2个百分点、达到56.8%。
    1.2个百分点|1.2 个百分点|eq|target growth|[常住人口城镇化率]提高
    56.8%|56.8 %|eq|target share|[常住人口城镇化率]
整治农村黑臭水体23条，新建生态河道6条、15公里。
    23条|23 条|eq|target flow|整治[农村黑臭水体]
    6条|6 条|eq|target flow|新建[生态河道]
    15公里|15 公里|eq|target flow|新建[生态河道]
网络零售额突破20亿元，同比增长15%以上。
    突破20亿元|2000000000 元|ge|target stock|[网络零售额]
    15%以上|15 %|ge|target growth|[网络零售额]同比增长
流转土地1,200亩，发展设施农业3000亩。
    1,200亩|1200 亩|eq|target flow|流转[土地]
    3000亩|3000 亩|eq|target flow|发展[设施农业]
工业投资增速保持在5%-8%。
    5%-8%|5~8 %|range|target growth|[工业投资]增速
培育3至5家采摘园，生产有机肥2万—3万吨。
    3至5家|3~5 家|range|target flow|培育[采摘园]
    2万—3万吨|20000~30000 吨|range|target flow|生产[有机肥]
引进各类人才二十余名，开展培训十余场。
    二十余名|20 名|ge|target flow|引进[各类人才]
    十余场|10 场|ge|target flow|开展[培训]
签约项目30多个，新增种植面积近2000亩。
    30多个|30 个|ge|target flow|签约[项目]
    近2000亩|2000 亩|approx|target flow|新增[种植面积]
政务服务事项网办率不低于百分之九十五。
    不低于百分之九十五|95 %|ge|target share|[政务服务事项网办率]
新增220千伏变电站1座，建成10千伏线路45公里。
    1座|1 座|eq|target flow|新增[220千伏变电站]
    45公里|45 公里|eq|target flow|建成[10千伏线路]
打造“10分钟便民生活圈”20个。
    20个|20 个|eq|target flow|打造[“10分钟便民生活圈”]
企业开办时间压缩至0.5个工作日。
    0.5个工作日|0.5 个工作日|eq|target stock|[企业开办时间]
第二届菊花节接待游客30万人次，实现旅游收入1.5亿元。
    30万人次|300000 人次|eq|target flow|第二届菊花节接待[游客]
    1.5亿元|150000000 元|eq|target stock|[旅游收入]
生产安全事故起数和死亡人数分别下降5%和3%。
    5%|5 %|eq|target growth|[生产安全事故起数]下降
    3%|3 %|eq|target growth|[死亡人数]下降
规上工业企业总数突破200家，其中产值超10亿元企业5家。
    突破200家|200 家|ge|target stock|[规上工业企业]总数
    超10亿元|1000000000 元|ge|attribute|企业[产值]企业
    5家|5 家|eq|target stock|[产值超10亿元企业]
新入库重大项目100个，年度计划投资180亿元。
    100个|100 个|eq|target flow|新入库[重大项目]|-
    180亿元|18000000000 元|eq|target flow|重大项目[年度计划投资]|年度
设立总规模10亿元的产业发展基金，撬动社会资本30亿元。
    10亿元|1000000000 元|eq|attribute|总规模[产业发展基金]总规模
    30亿元|3000000000 元|eq|target flow|撬动[社会资本]
空气质量优良天数达到310天以上，PM10浓度不超过62微克/立方米。
    310天以上|310 天|ge|target stock|[空气质量优良天数]
    不超过62微克/立方米|62 微克/立方米|le|target intensity|[PM10浓度]
全面完成0.8万户“煤改气”，清洁取暖率达到90%。
    0.8万户|8000 户|eq|target flow|[“煤改气”]
    90%|90 %|eq|target share|[清洁取暖率]
每千人口执业(助理)医师数达3.2人。
    3.2人|3.2 人|eq|target intensity|[每千人口执业(助理)医师数]
铺设管网120千米。
    120千米|120 千米|eq|target flow|铺设[管网]
供水管网覆盖6个乡镇78个行政村。
    6个|6 个|eq|attribute|覆盖[乡镇]
    78个|78 个|eq|attribute|覆盖[行政村]
至少培育绿色工厂3家、绿色园区1个。
    3家|3 家|ge|target flow|培育[绿色工厂]
    1个|1 个|ge|target flow|培育[绿色园区]
2025年底前建成30个和美乡村；2024年先行启动8个。
    30个|30 个|eq|target flow|建成[和美乡村]|2025年底前
    8个|8 个|eq|target flow|先行启动[和美乡村]|2024年
9月底前完成河道清淤120公里。
    120公里|120 公里|eq|target flow|[河道清淤]|9月底前
第一季度开工率达50%，上半年开工率达80%。
    50%|50 %|eq|target share|[开工率]|第一季度
    80%|80 %|eq|target share|[开工率]|上半年
2024年，力争地区生产总值达到680亿元，增长6.5%左右。
    680亿元|68000000000 元|eq|target stock|[地区生产总值]|2024年
    6.5%左右|6.5 %|approx|target growth|[地区生产总值]增长|2024年
到2027年，千亿级产业集群达到2个。
    2个|2 个|eq|target stock|[千亿级产业集群]|到2027年
引进青年人才(含大学生)1500名，其中博士10名。
    1500名|1500 名|eq|target flow|引进[青年人才](含大学生)
    10名|10 名|eq|target flow|[博士]
推进市级重点项目(12个)建设。
    12个|12 个|eq|target flow|[市级重点项目]建设
支持年产20万吨碳酸锂项目达产达效。
    20万吨|200000 吨|eq|attribute|年产[碳酸锂项目]达产达效
围绕12条重点产业链，开展链主企业对接活动24场。
    12条|12 条|eq|attribute|围绕[重点产业链]
    24场|24 场|eq|target flow|[链主企业对接活动]
对20家重点用能企业实施节能监察。
    20家|20 家|eq|target flow|对[重点用能企业]实施[节能监察]
走访服务规上企业，帮助解决问题200个以上。
    200个以上|200 个|ge|target flow|帮助解决[问题]
严守耕地保有量95.2万亩底线，确保75.6万亩永久基本农田不减少。
    95.2万亩|952000 亩|eq|target stock|严守[耕地保有量]底线
    75.6万亩|756000 亩|eq|target stock|确保[永久基本农田]不减少
单位工业增加值能耗下降4%，亩均税收达到15万元/亩。
    4%|4 %|eq|target growth|[单位工业增加值能耗]下降
    15万元/亩|150000 元/亩|eq|target intensity|[亩均税收]
培训高素质农民1000人次、致富带头人200名。
    1000人次|1000 人次|eq|target flow|培训[高素质农民]
    200名|200 名|eq|target flow|培训[致富带头人]
公交站点500米覆盖率达到100%。
    500米|500 米|eq|attribute|[公交站点]覆盖率达到
    100%|100 %|eq|target share|[公交站点500米覆盖率]
推进300亩智慧农业产业园、5000平方米冷链仓储中心建设。
    300亩|300 亩|eq|attribute|推进[智慧农业产业园]
    5000平方米|5000 平方米|eq|attribute|[冷链仓储中心]建设
打造千亩示范片10个、万亩示范方2个。
    10个|10 个|eq|target flow|打造[千亩示范片]
    2个|2 个|eq|target flow|打造[万亩示范方]
投资1.2亿元，改建县人民医院门诊楼3.5万平方米。
    1.2亿元|120000000 元|eq|target flow|[投资]改建县人民医院门诊楼
    3.5万平方米|35000 平方米|eq|target flow|改建[县人民医院门诊楼]
压减煤炭消费5万吨标准煤，回收余热10万吉焦。
    5万吨标准煤|50000 吨标准煤|eq|target flow|压减[煤炭消费]
    10万吉焦|100000 吉焦|eq|target flow|回收[余热]
新增市场主体1.2万户以上，总量突破9万户。
    1.2万户以上|12000 户|ge|target flow|新增[市场主体]
    突破9万户|90000 户|ge|target stock|[市场主体总量]
政府投资项目审批时限压缩到80个工作日以内。
    80个工作日以内|80 个工作日|le|target stock|[政府投资项目审批时限]
栽植苗木2016株，出栏肉羊2020只，新打机井2015眼。
    2016株|2016 株|eq|target flow|栽植[苗木]
    2020只|2020 只|eq|target stock|出栏[肉羊]
    2015眼|2015 眼|eq|target flow|新打[机井]
配备AED500台，改造POS机30台。
    500台|500 台|eq|target flow|配备[AED]
    30台|30 台|eq|target flow|改造[POS机]
实施普通国道25公里、省道60公里、县道80公里提升工程。
    25公里|25 公里|eq|target flow|[普通国道]提升工程
    60公里|60 公里|eq|target flow|[省道]提升工程
    80公里|80 公里|eq|target flow|[县道]提升工程
目前30名驻村干部已到岗。
    30名|30 名|eq|attribute|[驻村干部]已到岗
落实24项重点任务。
    24项|24 项|eq|attribute|落实[重点任务]
新增停车泊位1500个、共享单车点位200处。
    1500个|1500 个|eq|target flow|新增[停车泊位]
    200处|200 处|eq|target flow|新增[共享单车点位]
为60岁以上老人免费体检5万人次。
    60岁以上|60 岁|ge|attribute|[老人]年龄免费体检
    5万人次|50000 人次|eq|target flow|为60岁以上[老人免费体检]
城乡低保标准提高到每人每月800元，惠及0.6万人。
    800元|800 元|eq|target intensity|[城乡低保标准]每人每月
    0.6万人|6000 人|eq|target flow|[惠及]城乡低保标准
道路总长36km，供水能力2万m³/d。
    36km|36 km|eq|target stock|[道路总长]
    2万m³/d|20000 m³/d|eq|target stock|[供水能力]
规上工业产值增长10%以上(力争12%)，利润增长15%。
    10%以上|10 %|ge|target growth|[规上工业产值]增长
    12%|12 %|eq|target growth|[规上工业产值]增长
    15%|15 %|eq|target growth|[利润]增长
引进外资项目5个(其中世界500强企业1个)。
    5个|5 个|eq|target flow|引进[外资项目]
    1个|1 个|eq|target flow|[世界500强企业]
用水总量不突破4.2亿立方米，增速不超3%。
    不突破4.2亿立方米|420000000 立方米|le|target stock|[用水总量]
    不超3%|3 %|le|target growth|[增速]用水总量
参训人员逾3000人，企业负担率未超过2%。
    逾3000人|3000 人|ge|target flow|[参训人员]
    未超过2%|2 %|le|target share|[企业负担率]
再生水利用率达到30%，并网光伏装机10万千瓦，共建联合实验室3家。
    30%|30 %|eq|target share|[再生水利用率]
    10万千瓦|100000 千瓦|eq|target flow|[并网光伏装机]
    3家|3 家|eq|target flow|[联合实验室]共建
集中供热面积达到500万平方米，基本医保参保率95%以上。
    500万平方米|5000000 平方米|eq|target stock|[集中供热面积]
    95%以上|95 %|ge|target share|[基本医保参保率]
培训补贴发放500万元，建设用地供应2000亩，改造资金3000万元。
    500万元|5000000 元|eq|target flow|[培训补贴]发放
    2000亩|2000 亩|eq|target flow|[建设用地]供应
    3000万元|30000000 元|eq|target flow|[改造资金]
推广水肥一体化10万亩、测土配方施肥60万亩次。
    10万亩|100000 亩|eq|target flow|推广[水肥一体化]
    60万亩次|600000 亩次|eq|target flow|推广[测土配方施肥]
省级文明村镇占比达到30%以上、县级以上达到70%以上。
    30%以上|30 %|ge|target share|[省级文明村镇占比]
    70%以上|70 %|ge|target share|[县级以上文明村镇占比]
投资2000万元以上的项目开工20个、竣工15个。
    2000万元以上|20000000 元|ge|attribute|投资[项目]投资开工
    20个|20 个|eq|target flow|投资2000万元以上的[项目开工]
    15个|15 个|eq|target flow|投资2000万元以上的[项目竣工]
企业数量由2022年的35家增加到60家。
    35家|35 家|eq|attribute|[企业数量]
    60家|60 家|eq|target stock|[企业数量]
新建农田50万亩(其中新建20万亩、改造提升30万亩)。
    50万亩|500000 亩|eq|target flow|新建[农田]
    20万亩|200000 亩|eq|target flow|新建[农田]
    30万亩|300000 亩|eq|target flow|改造提升[农田]
农业保险赔付率不低于65%，政府债务率控制在120%以下。
    不低于65%|65 %|ge|target share|[农业保险赔付率]
    控制在120%以下|120 %|le|target share|[政府债务率]
加快占地500亩的物流园、建筑面积6万平方米的市民中心建设。
    500亩|500 亩|eq|attribute|占地[物流园]占地
    6万平方米|60000 平方米|eq|attribute|[建筑面积][市民中心]建筑面积建设
支持华远公司年产3000台机器人项目扩能。
    3000台|3000 台|eq|attribute|华远公司年产[机器人项目]扩能
实施库容1200万立方米的水库除险加固。
    1200万立方米|12000000 立方米|eq|attribute|[库容][水库]除险加固
加强对12家高耗能企业的监测。
    12家|12 家|eq|attribute|加强对[高耗能企业]的监测
依托3个省级开发区承接产业转移。
    3个|3 个|eq|attribute|依托[省级开发区]承接产业转移
营业收入超过50亿元的企业达到4家。
    超过50亿元|5000000000 元|ge|attribute|[营业收入]企业达到
    4家|4 家|eq|target stock|营业收入超过50亿元的[企业]
单体投资5亿元以上的项目占比达到40%。
    5亿元以上|500000000 元|ge|attribute|单体[投资]项目占比达到
    40%|40 %|eq|target share|单体投资5亿元以上的[项目占比]
推进30兆瓦分散式风电和200兆瓦农光互补项目。
    30兆瓦|30 兆瓦|eq|attribute|推进[分散式风电]
    200兆瓦|200 兆瓦|eq|attribute|[农光互补项目]
新建500吨冷库10座。
    500吨|500 吨|eq|attribute|新建[冷库]
    10座|10 座|eq|target flow|新建500吨[冷库]
组织50人以上企业开展集体协商。
    50人以上|50 人|ge|attribute|组织[企业]开展集体协商
现有规上企业210家，新增25家。
    210家|210 家|eq|attribute|现有[规上企业]
    25家|25 家|eq|target flow|新增[规上企业]现有
将审批时限由10个工作日压缩至3个工作日。
    10个工作日|10 个工作日|eq|attribute|[审批时限]
    3个工作日|3 个工作日|eq|target stock|[审批时限]
项目达产后年产值达到20亿元。
    20亿元|2000000000 元|eq|attribute|项目达产后[年产值]
15个省重点项目完成投资80亿元。
    15个|15 个|eq|attribute|[省重点项目]完成投资
    80亿元|8000000000 元|eq|target flow|15个[省重点项目完成投资]
服务企业300家次。
    300家次|300 家次|eq|target flow|服务[企业]
创建1个国家级、3个省级农业产业强镇。
    1个|1 个|eq|target flow|创建[国家级农业产业强镇]
    3个|3 个|eq|target flow|创建[省级农业产业强镇]
新建日供水10万吨的水厂一座。
    10万吨|100000 吨|eq|attribute|[日供水][水厂]
    一座|1 座|eq|target flow|新建日供水10万吨的[水厂]
科技型中小企业入库1500家，高新技术企业总量突破80家，小微企业升规25家。
    1500家|1500 家|eq|target flow|[科技型中小企业]入库
    突破80家|80 家|ge|target stock|[高新技术企业]总量
    25家|25 家|eq|target flow|[小微企业升规]
入库企业达到80家。
    80家|80 家|eq|target stock|入库[企业]
亿元以上项目签约60个、开工45个、竣工投产30个。
    60个|60 个|eq|target flow|[亿元以上项目]签约
    45个|45 个|eq|target flow|[亿元以上项目]开工
    30个|30 个|eq|target flow|[亿元以上项目]竣工投产
净增规上工业企业20家，地区生产总值冲刺1500亿元、财政收入迈上100亿元台阶。
    20家|20 家|eq|target flow|净增[规上工业企业]
    1500亿元|150000000000 元|eq|target stock|[地区生产总值]
    100亿元|10000000000 元|eq|target stock|[财政收入]迈上台阶
居民消费价格涨幅控制在2%以内，厂房空置率压降10%以上。
    控制在2%以内|2 %|le|target growth|[居民消费价格]涨幅
    10%以上|10 %|ge|target growth|[厂房空置率]压降
关停35蒸吨/小时及以下燃煤锅炉12台，孕产妇死亡率控制在8/10万以下。
    35蒸吨/小时及以下|35 蒸吨/小时|le|attribute|关停[燃煤锅炉]
    12台|12 台|eq|target flow|关停35蒸吨/小时及以下[燃煤锅炉]
    控制在8/10万以下|8 /10万|le|target intensity|[孕产妇死亡率]
每个乡镇至少建成2处口袋公园，走访企业200家次。
    2处|2 处|ge|target intensity|[每个乡镇口袋公园]
    200家次|200 家次|eq|target flow|走访[企业]
创建国家级、省级绿色工厂各1家，完成年度投资计划的100%。
    1家|1 家|eq|target flow|创建[国家级、省级绿色工厂]
    100%|100 %|eq|target share|[年度投资计划]完成
打造一条精品旅游线路，建设一个智慧停车场、两个邻里中心。
    一条|1 条|eq|target flow|打造[精品旅游线路]
    一个|1 个|eq|target flow|建设[智慧停车场]
    两个|2 个|eq|target flow|[邻里中心]
投入5000万元实施雨污分流改造，推进总投资3亿元的物流园建设。
    5000万元|50000000 元|eq|target flow|[投入]实施雨污分流改造
    3亿元|300000000 元|eq|attribute|[总投资]物流园建设
引进投资超30亿元或3亿美元项目6个。
    超30亿元|3000000000 元|ge|attribute|引进[投资]项目
    3亿美元|300000000 美元|eq|attribute|[项目]引进投资
    6个|6 个|eq|target flow|引进投资超30亿元或3亿美元[项目]
城乡居民收入倍差缩小到1.68以内，审批时限压缩至2至3个工作日。
    1.68以内|1.68 ∅|le|target intensity|[城乡居民收入倍差]
    2至3个工作日|2~3 个工作日|range|target stock|[审批时限]
民生实事项目10件全部完成，茶叶从业人员近三万人。
    10件|10 件|eq|target flow|[民生实事项目]
    近三万人|30000 人|approx|target stock|[茶叶从业人员]
省级以上孵化器、众创空间分别达到3家和6家。
    3家|3 家|eq|target stock|[省级以上孵化器]
    6家|6 家|eq|target stock|省级以上[众创空间]
"""


@dataclass
class Case:
    """A sentence, what a reader says of its figures, and the fields known to be read wrongly."""

    sentence: str
    figures: list[list[str]] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)


def read_cases(table: str) -> list[Case]:
    cases: list[Case] = []
    for line in table.strip().splitlines():
        if not line.startswith(" "):
            cases.append(Case(line))
        elif line.lstrip().startswith("!"):
            names, reason = line.lstrip(" !").split(": ", 1)
            cases[-1].faults |= dict.fromkeys(names.split(), reason)
        else:
            cases[-1].figures.append(line.strip().split("|"))
    return cases


def split_fields(tables: dict[str, str]) -> Iterator[object]:
    """Yield one parameter for each sentence and field, the known faults marked."""
    for name, table in tables.items():
        for case in read_cases(table):
            tested = list(FIELDS) if case.figures else ["value"]
            if not any(len(figure) == 6 for figure in case.figures):
                tested = [f for f in tested if f != "due"]
            if "value" in case.faults:
                tested = ["value"]  # the figures do not line up, so nothing else can be compared
            for one in tested:
                fault = case.faults.get(one)
                marks = [pytest.mark.xfail(strict=True, reason=fault)] if fault else []
                yield pytest.param(case, one, marks=marks, id=f"{name}-{case.sentence[:16]}-{one}")


def number(value: float) -> str:
    return f"{value:.12g}"


def told(frame: pd.DataFrame, name: str) -> list[str]:
    """A field of each figure as the tables above write it."""
    if name == "value":
        return [
            f"{r.text}|{number(r.value_low)}"
            f"{'' if r.value_low == r.value_high else '~' + number(r.value_high)}"
            f" {r.unit or '∅'}"
            for r in frame.itertuples()
        ]
    if name == "measure":
        return [m if isinstance(m, str) else "" for m in frame["measure"]]
    if name == "due":
        return [d or "-" for d in frame["due"]]
    return list(frame[name])


def expected(case: Case, name: str) -> list[str]:
    place = {"bound": 2, "kind": 3, "measure": 3, "due": 5}
    if name == "value":
        return [f"{f[0]}|{f[1]}" for f in case.figures]
    if name in {"kind", "measure"}:
        pairs = [f[3].partition(" ") for f in case.figures]
        return [p[0] if name == "kind" else p[2] for p in pairs]
    return [f[place[name]] for f in case.figures]


def agrees(indicator: str, wanted: str) -> bool:
    """Whether an indicator holds each bracketed piece and nothing that `wanted` does not."""
    pieces = re.findall(r"\[([^\]]+)\]", fold_width(wanted))
    allowed = set(re.sub(r"[\[\]]", "", fold_width(wanted)))
    return all(p in indicator for p in pieces) and set(indicator) <= allowed


def test_agrees_can_fail() -> None:
    assert agrees("新增绿色工厂", "新增[绿色工厂]")
    assert agrees("绿色工厂", "新增[绿色工厂]")
    assert not agrees("新增绿色园区", "新增[绿色工厂]")
    assert not agrees("其中绿色工厂", "新增[绿色工厂]")


@walk(
    ("case", "name"),
    list(split_fields({"guide": GUIDE, "none": NOT_QUANTITIES, "plans": PLANS})),
)
def test_a_sentence_is_read_as_a_reader_reads_it(case: Case, name: str) -> None:
    frame = read_figures(case.sentence)
    if name == "indicator":
        read = list(frame["indicator"])
        wanted = [f[4] for f in case.figures]
        assert len(read) == len(wanted)
        assert [i for i, w in zip(read, wanted, strict=True) if not agrees(i, w)] == []
    elif name == "due":
        wanted = [f[5] if len(f) == 6 else None for f in case.figures]
        read = told(frame, name)
        assert [r if w else None for r, w in zip(read, wanted, strict=True)] == wanted
    else:
        assert told(frame, name) == expected(case, name)


DUE = [
    ("年内新增绿色工厂3家。", ["年内"]),
    ("年底前新增绿色工厂3家。", ["年底前"]),
    ("年底新增绿色工厂3家。", ["年底"]),
    ("全年新增绿色工厂3家。", ["全年"]),
    ("今年新增绿色工厂3家。", ["今年"]),
    ("本年度新增绿色工厂3家。", ["本年度"]),
    ("上半年新增绿色工厂3家。", ["上半年"]),
    ("到2026年,绿色工厂达到30家。", ["到2026年"]),
    ("到2026年底,绿色工厂达到30家。", ["到2026年底"]),
    ("2024年底前,绿色工厂达到30家。", ["2024年底前"]),
    ("至2025年末,绿色工厂达到30家。", ["至2025年末"]),
    ("2024年,新增绿色工厂3家。", ["2024年"]),
    ("力争2024年新增绿色工厂3家。", ["2024年"]),
    ("6月底前新增绿色工厂3家。", ["6月底前"]),
    ("10月份前新增绿色工厂3家。", ["10月份前"]),
    ("三季度末新增绿色工厂3家。", ["三季度末"]),
    ("秋季开学前新建幼儿园2所。", ["秋季开学前"]),
    ("年度用水总量控制在5亿立方米以内。", ["年度"]),
    # the nearest before the figure; a later clause of the sentence keeps it
    ("年内新增绿色工厂3家,绿色园区1个。", ["年内", "年内"]),
    ("上半年开工12个,年底前竣工10个。", ["上半年", "年底前"]),
    ("年内新增绿色工厂3家。新增绿色园区1个。", ["年内", "-"]),
    ("新增绿色工厂3家,年底前全部授牌。", ["-"]),
    # a year that is part of a name, and words that hold 年
    ("推进2024年度重点项目30个。", ["-"]),
    ("新增2022年度入库企业30家。", ["-"]),
    ("年产值突破3亿元。", ["-"]),
    ("近年来培育企业30家。", ["-"]),
    ("毕业年度内高校毕业生就业300人。", ["-"]),
    # a description has no date of its own
    ("年内开工总投资3亿元的云水大道项目。", ["-"]),
    ("12月31日前新增绿色工厂3家。", ["12月31日前"]),
    ("一季度新增绿色工厂3家。", ["一季度"]),
    ("春节前新增绿色工厂3家。", ["春节前"]),
    ("“十四五”末绿色工厂达到30家。", ["“十四五”末"]),
]


@walk(("sentence", "due"), DUE)
def test_due(sentence: str, due: list[str]) -> None:
    assert told(read_figures(sentence), "due") == due


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("推进10个5000万元改造项目。", "attribute"),
        ("引进1亿元改造项目5个。", "attribute"),
        ("安排2000万元奖励资金。", "attribute"),
        ("安排3000万元改造老旧管网。", "target"),
        ("统筹资金2亿元建设高标准农田。", "target"),
    ],
)
def test_a_sum_is_spent_on_an_object_and_sizes_a_compound(sentence: str, kind: str) -> None:
    figures = read_figures(sentence)
    assert figures.loc[figures["unit"].eq("元"), "kind"].tolist() == [kind]


def test_of_several_clauses_before_a_rate_the_nearest_tells_of_what() -> None:
    figures = read_figures("加强队伍管理,推进适龄妇女健康体检,覆盖率达到90%。")
    assert figures["indicator"].tolist() == ["适龄妇女健康体检覆盖率"]
