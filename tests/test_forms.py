"""Forms of number that other plans hold: one sentence a line, written before it was read.

Behind the sentence stands each number, in text order, parted by ``;``::

    value, unit, bound, kind, measure, due, what the indicator must hold

A range is written 3~5; a ``-`` is not asked; a sentence without a number holds none.
"""

# ruff: noqa: E501
import time

import pytest
from conftest import read_figures

from analysis.reading.numbers import read_numbers
from analysis.reading.numerals import Value, evaluate, match_numeral
from analysis.text import fold_width

SENTENCES = """
年内打造样板庭院三十余户。|30,户,ge,target,flow,年内
整修水毁道路二三十处。|20~30,处,range,target,flow,
选派科技特派员七八十名。|70~80,名,range,target,flow,
新增停车泊位一千二百余个。|1200,个,ge,target,flow,
完成贷款投放十几亿元。|1000000000,元,ge,target,flow,
接待游客四百五十万六千人次。|4506000,人次,eq,target,-,
建成高标准农田8万4千亩。|84000,亩,eq,target,flow,
发放补贴1亿2000万元。|120000000,元,eq,target,flow,
完成植树5万3000株。|53000,株,eq,target,flow,
安排专项资金叁佰伍拾万元。|3500000,元,eq,target,flow,
新建公厕贰拾座。|20,座,eq,target,flow,
卅里铺新建桥梁2座。|2,座,eq,target,flow,
农村卫生厕所普及率百分之九十二点五。|92.5,%,eq,target,share,
力争四分之三的村集体收入达标。|75,%,eq,target,share,
六成以上的社区建成食堂。|60,%,ge,target,share,
近七成企业完成改造。|70,%,approx,target,share,
产品合格率稳定在百分之98以上。|98,%,ge,target,share,
孕产妇死亡率控制在万分之一以内。|0.01,%,le,target,-,
人口自然增长率控制在千分之五以内。|5,‰,le,target,-,
地方财政收入增长1倍以上。|1,倍,ge,target,growth,
新能源汽车销量增长一倍。|1,倍,eq,target,growth,
存贷比提高到75%，比年初提高2个百分点。|75,%,eq,target,share, ; 2,个百分点,eq,target,growth,
单位GDP二氧化碳排放下降率≥4%。|4,%,ge,target,growth,
用水普及率＞99%。|99,%,ge,target,share,
万元工业增加值能耗≤0.5吨标准煤。|0.5,吨标准煤,le,target,intensity,
工业增加值增速不低于-1.5%。|-1.5,%,ge,target,growth,
计量误差控制在±0.5%以内。|-0.5~0.5,%,-,target,-,
新增就业4 500人。|4500,人,eq,target,flow,
新改建农村公路1，250公里。|1250,公里,eq,target,flow,
引进外资12,000万美元。|120000000,美元,eq,target,flow,
计划投资(亿元):12.6。|1260000000,元,eq,-,-,
惠及2.3万农村人口。|23000,,eq,target,flow,
带动3000户脱贫家庭增收，帮助1.5万名劳动力就业。|3000,户,eq,target,flow, ; 15000,名,eq,target,flow,
养老保险参保人数达到42.6万。|426000,,eq,target,stock,
失业保险和工伤保险参保人数分别达到8.5万和9.2万。|85000,,eq,target,stock, ; 92000,,eq,target,stock,
争取专项债券资金5亿。|500000000,元,eq,target,flow,
低保标准提高到每人每月760元。|760,元,eq,target,intensity,
特困供养标准达到1200元/人·月。|1200,元/人·月,eq,target,intensity,
城镇老旧小区改造补助标准为300元/平方米。|300,元/平方米,eq,-,-,
公共建筑能耗控制在80千瓦时/平方米·年以内。|80,千瓦时/平方米·年,le,target,intensity,
细颗粒物年均浓度降到38微克每立方米以下。|38,微克/立方米,le,target,intensity,
总磷浓度不高于0.2mg/L。|0.2,mg/L,le,target,-,
污水处理厂新增处理能力2万吨/日。|20000,吨/日,eq,target,flow,
泵站设计流量达到20立方米/秒。|20,立方米/秒,eq,target,stock,
每千人口床位数达到7.2张。|7.2,张,eq,target,intensity,
每万人发明专利拥有量18件以上。|18,件,ge,target,intensity,
人均公园绿地面积达到15㎡。|15,㎡,eq,target,intensity,
新建充换电站功率60MW。|60,MW,eq,target,-,
建成120MW/240MWh共享储能项目2个。|120,MW,eq,attribute,, ; 240,MWh,eq,attribute,, ; 2,个,eq,target,flow,
建设1.2万吨/年废塑料循环利用项目1个。|12000,吨/年,eq,attribute,, ; 1,个,eq,target,flow,
算力规模突破800P。|800,P,ge,target,stock,
室温不低于18℃。|18,℃,ge,target,-,
港口吞吐量突破50万TEU。|500000,TEU,ge,target,stock,
义务教育巩固率保持99%~100%。|99~100,%,range,target,share,
新建幼儿园3—4所。|3~4,所,range,target,flow,
GDP增速保持在5%到6%之间。|5~6,%,range,target,growth,
每月开展2、3次联合执法。|2~3,次,range,target,-,
平均通勤时间控制在35分钟以内。|35,分钟,le,target,-,
劳动年龄人口平均受教育年限达到11.3年。|11.3,年,eq,target,-,
项目建设周期缩短3个月。|3,个月,eq,target,-,
企业开办时间由2个工作日压缩到0.5个工作日。|2,个工作日,eq,attribute,, ; 0.5,个工作日,eq,target,-,
年产30万吨特种钢项目竣工。|300000,吨,eq,attribute,,
推动华恒公司15万吨不锈钢生产线投产。|150000,吨,eq,attribute,,
释放先进产能200万吨。|2000000,吨,eq,-,-,
淘汰落后水泥产能60万吨。|600000,吨,eq,target,flow,
化学需氧量、氨氮排放总量分别削减120吨、18吨。|120,吨,eq,target,flow,,化学需氧量排放总量 ; 18,吨,eq,target,flow,,氨氮排放总量
二氧化硫、氮氧化物和挥发性有机物排放量分别下降3%、5%和4%。|3,%,eq,target,growth,,二氧化硫 ; 5,%,eq,target,growth,,氮氧化物 ; 4,%,eq,target,growth,,挥发性有机物
城区、乡镇和农村污水处理率分别达到98%、80%、40%。|98,%,eq,target,share,,城区 ; 80,%,eq,target,share,,乡镇 ; 40,%,eq,target,share,,农村
可吸入颗粒物和二氧化氮浓度分别不高于65和30微克/立方米。|65,微克/立方米,le,target,intensity, ; 30,微克/立方米,le,target,intensity,
禁止新建30万千瓦以下煤电机组。|300000,千瓦,le,attribute,,
不再新增每小时10蒸吨以下燃煤锅炉。|10,蒸吨,le,attribute,,
三年内建成绿色矿山20家。|20,家,eq,target,flow,三年内
5年内实现营业收入100亿元。|10000000000,元,eq,target,stock,5年内
到2027年，旅游总收入突破80亿元。|8000000000,元,ge,target,stock,到2027年
二季度开工12个、三季度开工8个。|12,个,eq,target,flow,二季度 ; 8,个,eq,target,flow,三季度
每年培育新型职业农民300人。|300,人,eq,target,flow,
每季度召开调度会1次。|1,次,eq,target,flow,
增长8%以上、力争10%。|8,%,ge,target,growth, ; 10,%,eq,target,growth,
固定资产投资增长9%、力争达到11%以上。|9,%,eq,target,growth, ; 11,%,ge,target,growth,
优良天数达到300天以上。|300,天,ge,target,stock,
全年接待游客1500万人次。|15000000,人次,eq,target,stock,全年
开工建设总投资36亿元的2批次15个重点工程。|3600000000,元,eq,attribute,, ; 2,批次,eq,target,flow, ; 15,个,eq,target,flow,
按照一类300元、二类200元每人每月发放护理补贴。|300,元,eq,target,intensity, ; 200,元,eq,target,intensity,
收入比缩小到1.9以内。|1.9,,le,target,intensity,
绿色食品原料基地1个，出栏肉牛3.5万头只。|1,个,eq,target,-, ; 35000,头只,eq,target,stock,
上千名志愿者参与服务。|1000,名,ge,-,-,
培育过千亿产业集群1个。|1,个,eq,target,flow,
组织近百名企业家外出考察。|100,名,approx,target,flow,
实施“百千万”工程，打造“三个十”品牌。|
力争综合实力进入全国百强，排名前移2位。|
坚持“两个毫不动摇”，落实三项制度改革。|
建设10千伏线路25公里、35千伏变电站2座。|25,公里,eq,target,flow, ; 2,座,eq,target,flow,
开展“5·19”旅游日活动3场。|3,场,eq,target,flow,
G30高速公路改造18公里。|18,公里,eq,target,flow,
推进“1+3+N”体系建设。|
床位使用率达到85.5%，医护比达到1:1.3。|85.5,%,eq,target,share,
新生儿死亡率控制在3‰以下。|3,‰,le,target,-,
工业用水重复利用率由88%提高到91%以上。|88,%,eq,attribute,, ; 91,%,ge,target,share,
化肥农药施用量减少一半。|50,%,eq,target,growth,
上半年完成60%，全年完成100%。|60,%,eq,target,share,上半年 ; 100,%,eq,target,share,全年
投资3600万元新建5.2公里景观大道。|36000000,元,eq,-,-, ; 5.2,公里,eq,-,-,
培训农民8000人(次)。|8000,人,eq,target,flow,
原则上不超过3次。|3,次,le,target,-,
至少有5个项目列入省级盘子。|5,个,ge,target,flow,
群众满意度得分不低于95分。|95,分,ge,target,-,
城乡居民基本医保财政补助标准提高30元。|30,元,eq,target,-,
打造“一村一品”示范村镇八个。|8,个,eq,target,flow,
新建日间照料中心十五六个。|15~16,个,range,target,flow,
培训乡村医生一千五百多人次。|1500,人次,ge,target,flow,
吸纳就业1.2万多人。|12000,人,ge,target,flow,
力争签约项目数百个。|
发展会员几十家。|
打通断头路两三条。|2~3,条,range,target,flow,
清淤沟渠六百余公里。|600,公里,ge,target,flow,
种植油茶两万三千亩。|23000,亩,eq,target,flow,
投入资金一亿二千万元。|120000000,元,eq,target,flow,
完成工业投资一百零八亿元。|10800000000,元,eq,target,flow,
建成标准厂房12.5万㎡。|125000,㎡,eq,target,flow,
新增库容350万m³。|3500000,m³,eq,target,flow,
回收废旧农膜1800t。|1800,t,eq,target,flow,
年节电320万kWh。|3200000,kWh,eq,target,-,
铺设天然气管道45km。|45,km,eq,target,flow,
昼间噪声不超过55dB(A)。|55,dB(A),le,target,-,
湿地面积稳定在2300hm²。|2300,hm²,eq,target,stock,
完成造林3万亩(2000公顷)。|30000,亩,eq,target,flow, ; 2000,公顷,eq,target,-,
新建冷库3座(库容1.2万立方米)。|3,座,eq,target,flow, ; 12000,立方米,eq,-,-,
农村公路列养率100%、优良中等路率达到90%。|100,%,eq,target,share, ; 90,%,eq,target,share,
实现规上工业总产值1.5万亿元。|1500000000000,元,eq,target,stock,
社会消费品零售总额突破200亿。|20000000000,元,ge,target,stock,
减少贫困人口5600。|5600,,eq,target,flow,
惠及群众10万余人。|100000,人,ge,target,-,
服务老年人2万人以上，满意率98%以上。|20000,人,ge,target,flow, ; 98,%,ge,target,share,
粮食单产提高到每亩450公斤。|450,公斤,eq,target,intensity,
森林火灾受害率控制在0.9‰以内。|0.9,‰,le,target,share,
亿元GDP生产安全事故死亡率下降10%。|10,%,eq,target,growth,
单位面积粮食产量提高1.5%。|1.5,%,eq,target,growth,
服务业增加值占GDP比重达到52%、提高1个百分点。|52,%,eq,target,share, ; 1,个百分点,eq,target,growth,
城镇登记失业率低于4.5%。|4.5,%,le,target,share,
居民消费价格涨幅3%左右。|3,%,approx,target,growth,
完成税收收入12.8亿元，同比增长6.5%。|1280000000,元,eq,target,-, ; 6.5,%,eq,target,growth,
市场主体总量达6.8万户，每万人拥有市场主体850户。|68000,户,eq,target,stock, ; 850,户,eq,target,intensity,
财政投入不低于500万元/年。|5000000,元/年,ge,target,-,
建设期为2年半。|2.5,年,eq,-,-,
办理时限压缩至7个工作日以内。|7,个工作日,le,target,-,
应急响应时间缩短到15分钟。|15,分钟,eq,target,-,
从50%提高至65%。|50,%,eq,attribute,, ; 65,%,eq,target,share,
保有量由1200辆增至2000辆。|1200,辆,eq,attribute,, ; 2000,辆,eq,target,stock,
截至目前已建成45座，年内再建20座。|45,座,eq,attribute,, ; 20,座,eq,target,flow,年内
确保完成8亿元、力争完成10亿元。|800000000,元,eq,target,flow, ; 1000000000,元,eq,target,flow,
总投资5.6亿元、占地320亩的物流园开工建设。|560000000,元,eq,attribute,, ; 320,亩,eq,attribute,,
为70岁以上老人发放津贴1200人次。|70,岁,ge,attribute,, ; 1200,人次,eq,target,flow,
对18家重点企业开展帮扶。|18,家,eq,-,-,
镇、村两级各建成服务站2个。|2,个,eq,target,flow,
新建小学、初中各2所。|2,所,eq,target,flow,
建成“口袋公园”12个，其中主城区8个。|12,个,eq,target,flow, ; 8,个,eq,target,flow,
落实“六稳”“六保”，推进“三去一降一补”。|
深化“最多跑一次”改革，打造“15分钟医保服务圈”。|
创建国家5A级旅游景区，新评3A级景区4家。|4,家,eq,target,flow,
推广IPv6部署，新建5G基站260座。|260,座,eq,target,flow,
S308线改建22公里，X201线修复9公里。|22,公里,eq,target,flow, ; 9,公里,eq,target,flow,
实施第三批试点，完成一期工程投资2亿元。|200000000,元,eq,target,flow,
12月底前完成清洁取暖改造1.1万户。|11000,户,eq,target,flow,12月底前
4月至9月开展专项检查6次。|6,次,eq,target,flow,
国庆节前开放公园3个。|3,个,eq,target,flow,国庆节前
规模以上工业企业R&D经费支出占比达到2.1%。|2.1,%,eq,target,share,
千人以上企业工会组建率达到100%。|100,%,eq,target,share,
实现“一户一码”，登记率不低于九成。|90,%,ge,target,share,
年用水量10万立方米以上企业全部安装远传水表。|100000,立方米,ge,attribute,,
改造6蒸吨/小时以上燃气锅炉15台。|6,蒸吨/小时,ge,attribute,, ; 15,台,eq,target,flow,
完成清产核资单位二百零五个。|205,个,eq,target,flow,
实有人口登记率、出租房屋登记率均达到98%以上。|98,%,ge,target,share,
投资强度不低于300万元/亩。|3000000,元/亩,ge,target,intensity,
亩均税收25万元以上。|250000,元,ge,target,intensity,
人口密度不超过1.2万人/平方公里。|12000,人/平方公里,le,target,intensity,
燃气普及率98.6 %。|98.6,%,eq,target,share,
建设高标准农田(含高效节水灌溉1.5万亩)6万亩。|15000,亩,eq,-,-, ; 60000,亩,eq,target,flow,
建成10个5亿元以上产业园。|10,个,eq,target,flow, ; 500000000,元,ge,attribute,,
支持3至5家企业上市(挂牌)。|3~5,家,range,target,flow,
招商引资到位资金增长15%—20%。|15~20,%,range,target,growth,
第一产业增加值增长4%，三次产业比例调整为20:35:45。|4,%,eq,target,growth,
耕地保有量不少于58.6万亩。|586000,亩,ge,target,stock,
建制村通客车率100%，通双车道率70%。|100,%,eq,target,share, ; 70,%,eq,target,share,
发行地方政府债券8.35亿元。|835000000,元,eq,target,flow,
建成数字乡村示范点一十二个。|12,个,eq,target,flow,
完成技术合同成交额1.36亿元。|136000000,元,eq,target,-,
新增城镇绿道2.5千米。|2.5,千米,eq,-,-,
城市建成区绿化覆盖率达到41.5％以上。|41.5,%,ge,target,share,
生活垃圾回收利用率提升至３５％。|35,%,eq,target,share,
水土保持率≧72%。|72,%,ge,target,share,
碳排放强度下降率大于等于3.5%。|3.5,%,ge,target,growth,
农产品抽检不合格率小于2%。|2,%,le,target,share,
创业担保贷款余额1亿3000万元。|130000000,元,eq,target,stock,
受益群众5万6千余人。|56000,人,ge,target,-,
农机总动力达到48.6万kW。|486000,kW,eq,target,stock,
建成光伏电站30MWp。|
新增绿电交易1.5亿度。|150000000,度,eq,target,flow,
供热能力提高300万㎡。|3000000,㎡,eq,target,-,
垃圾焚烧发电厂日处理能力达到800吨/日。|800,吨/日,eq,-,-,
建设1座500吨/天的污水处理站。|1,座,eq,target,flow, ; 500,吨/天,eq,attribute,,
改造10吨/小时燃煤锅炉6台。|10,吨/小时,eq,attribute,, ; 6,台,eq,target,flow,
规划建设床位500张、护理床位不少于50%。|500,张,eq,target,flow, ; 50,%,ge,target,share,
每百名老人拥有养老床位4张。|4,张,eq,target,intensity,
每个行政村配备1名专干。|1,名,eq,target,intensity,
千人拥有执业护士3.8名。|3.8,名,eq,target,intensity,
户均增收3000元以上。|3000,元,ge,target,intensity,
亩均增产20公斤。|20,公斤,eq,target,intensity,
建立健全“三级书记抓振兴”机制，打造“一带三区”。|
推进“十百千”工程，实施五大行动。|
开展第二轮第五批督察。|
“七一”前完成表彰。|
学习贯彻党的二十届三中全会精神。|
八一路、二环路改造工程开工。|
支持一汽、三一等龙头企业。|
一季度实现开门红，四季度冲刺全年。|
九成新设备占比超过三分之二。|66.6666667,%,ge,target,share,
由原来的5天压缩至1天以内。|5,天,eq,attribute,, ; 1,天,le,target,-,
从2022年的3.2%下降到2.5%以内。|3.2,%,eq,attribute,, ; 2.5,%,le,target,-,
2025年达到120家、2026年达到150家。|120,家,eq,target,stock,2025年 ; 150,家,eq,target,stock,2026年
实现增加值68.5亿元、增速9%。|6850000000,元,eq,target,stock, ; 9,%,eq,target,growth,
年内新开工项目不少于25个、竣工项目不少于18个。|25,个,ge,target,flow,年内 ; 18,个,ge,target,flow,年内
力争创成国家级园区1家、省级园区2家以上。|1,家,eq,target,flow, ; 2,家,ge,target,flow,
建成投用中小学5所(含改扩建2所)。|5,所,eq,target,flow, ; 2,所,eq,target,flow,
其中，省级3个、市级7个。|3,个,eq,target,-, ; 7,个,eq,target,-,
机关事业单位节水型单位建成率80%，公共机构能耗下降2%。|80,%,eq,target,share, ; 2,%,eq,target,growth,
城乡低保平均标准分别提高5%、8%。|5,%,eq,target,growth, ; 8,%,eq,target,growth,
水稻、油菜、蔬菜种植面积分别稳定在12万亩、8万亩、5万亩以上。|120000,亩,ge,target,stock,,水稻种植面积 ; 80000,亩,ge,target,stock,,油菜种植面积 ; 50000,亩,ge,target,stock,,蔬菜种植面积
新建5G基站、充电桩、换电站分别为120个、300个、2座。|120,个,eq,target,flow,,基站 ; 300,个,eq,target,flow,,充电桩 ; 2,座,eq,target,flow,,换电站
开展“我为群众办实事”活动10余场次。|10,场次,ge,target,flow,
全市1200余名河长巡河3万次。|1200,名,ge,-,-, ; 30000,次,eq,target,flow,
用地保障率100%，供地率75%，处置闲置土地300亩。|100,%,eq,target,share, ; 75,%,eq,target,share, ; 300,亩,eq,target,flow,
完成12345件次工单办理。|12345,件次,eq,target,flow,
补助标准由每人每年610元提高到640元。|610,元,eq,attribute,, ; 640,元,eq,target,intensity,
对规上企业首次上规的奖励10万元。|100000,元,eq,-,-,
每年安排不低于2000万元专项资金。|20000000,元,ge,-,-,
2000亩以上连片基地达到5个。|2000,亩,ge,attribute,, ; 5,个,eq,target,stock,
工业用地亩均投资强度350万元/亩以上。|3500000,元/亩,ge,target,intensity,
水库蓄水位控制在156.5米以下。|156.5,米,le,target,-,
PM2.5浓度同比改善5%。|5,%,eq,target,growth,
森林蓄积量达到320万立方米。|3200000,立方米,eq,target,stock,
二手房交易面积8万平方米，商品房去化周期18个月以内。|80000,平方米,eq,target,-, ; 18,个月,le,target,-,
R&D投入强度提高0.2个百分点。|0.2,个百分点,eq,target,growth,
绿色贷款增速高于各项贷款平均增速5个百分点。|5,个百分点,eq,target,growth,
守住30万亩耕地红线。|300000,亩,eq,target,stock,
做好省两会、县三会期间信访稳定。|
全部乡镇建成消防站。|
推动研发投入翻两番。|
全年减碳CO2超5000吨。|5000,吨,ge,target,flow,全年
S226线大修15公里、大桥2座。|15,公里,eq,target,flow, ; 2,座,eq,target,flow,
建设3台15兆瓦机组。|3,台,eq,target,flow, ; 15,兆瓦,eq,attribute,,
总投资920万元8.2公里防洪堤工程完工。|9200000,元,eq,-,-, ; 8.2,公里,eq,-,-,
9:00—17:00接待窗口12个。|12,个,eq,-,-,
新建万兆园区3个，千兆用户占比达到35%。|3,个,eq,target,flow, ; 35,%,eq,target,share,
为18周岁以下未成年人体检3万人次。|18,周岁,le,attribute,, ; 30000,人次,eq,target,flow,
新增产能2000台/年。|2000,台/年,eq,target,flow,
一季度开工8个，上半年开工15个，全年开工30个。|8,个,eq,target,flow,一季度 ; 15,个,eq,target,flow,上半年 ; 30,个,eq,target,flow,全年
新增规上企业15家，环比增长20%。|15,家,eq,target,flow, ; 20,%,eq,target,growth,
安置帮教衔接率达100%，重新犯罪率控制在1‰以下。|100,%,eq,target,share, ; 1,‰,le,target,share,
建立10亿元规模的产业基金。|1000000000,元,eq,attribute,,
推动百亿级企业实现零的突破。|
年内引进十亿级项目1个、五亿级项目2个。|1,个,eq,target,flow,年内 ; 2,个,eq,target,flow,年内
打造“三区三园”，建设“两中心一基地”。|
建成全长6.8公里的滨河步道。|6.8,公里,eq,-,-,
新建改建“四好农村路”60.5公里。|60.5,公里,eq,target,flow,
争取到位资金1200余万元。|12000000,元,ge,target,flow,
湿地保护率不低于55%，自然岸线保有率35%以上。|55,%,ge,target,share, ; 35,%,ge,target,share,
年均PM10浓度下降到60μg/m3以下。|60,μg/m3,le,target,intensity,
出水COD浓度不高于30mg/L。|30,mg/L,le,target,intensity,
新增绿色建筑面积15万平米。|150000,平米,eq,target,flow,
建成区路网密度达到8公里/平方公里。|8,公里/平方公里,eq,target,intensity,
万元GDP用水量降至42立方米。|42,立方米,eq,target,intensity,
城乡居民养老保险基础养老金每人每月提高5元。|5,元,eq,target,intensity,
全县常住人口城镇化率58.6%，户籍人口城镇化率46%。|58.6,%,eq,target,share, ; 46,%,eq,target,share,
工业技改投资增速不低于全省平均水平。|
完成20个以上村庄规划编制。|20,个,ge,target,flow,
土地流转率提高三至五个百分点。|3~5,个百分点,range,target,growth,
新增发明专利授权量百余件。|100,件,ge,target,flow,
支持合作社、家庭农场各十家。|10,家,eq,target,flow,
抓好3个国家级、5个省级园区提质升级。|3,个,eq,target,flow, ; 5,个,eq,target,flow,
组织全县近1.2万名党员轮训。|12000,名,approx,target,flow,
确保粮食播种面积稳定在45万亩、产量18万吨以上。|450000,亩,eq,target,stock, ; 180000,吨,ge,target,stock,
新增贷款30亿元，不良率降至2%以内。|3000000000,元,eq,target,flow, ; 2,%,le,target,share,
蓝天保卫战优良天数比率达到86.5%，同比提高0.8个百分点。|86.5,%,eq,target,share, ; 0.8,个百分点,eq,target,growth,
实现外贸进出口6亿美元、增长10%。|600000000,美元,eq,target,stock, ; 10,%,eq,target,growth,
力争R&D经费支出达20亿。|2000000000,元,eq,target,stock,
城区公交车新能源化率100%，新购公交50辆。|100,%,eq,target,share, ; 50,辆,eq,target,flow,
医保基金监管“双随机”检查覆盖率不低于10%。|10,%,ge,target,share,
整村推进厕改1.5万户、清理“三堆”8000余处。|15000,户,eq,target,flow, ; 8000,处,ge,target,flow,
"""

COLUMNS = ("unit", "bound", "kind", "measure", "due")


def faults(sentence: str, wanted: str) -> list[str]:
    """What is read otherwise than `wanted` says."""
    rows = list(read_figures(sentence).itertuples())
    cells = [[c.strip() for c in w.split(",")] for w in wanted.split(" ; ") if w.strip()]
    if len(rows) != len(cells):
        return [f"{[r.text for r in rows]} for {len(cells)} numbers"]
    out = []
    for row, (value, *said) in zip(rows, cells, strict=True):
        low, _, high = value.partition("~")
        if (row.value_low, row.value_high) != pytest.approx((float(low), float(high or low))):
            out.append(f"{row.text}: {row.value_low:g}~{row.value_high:g} for {value}")
        said += [""] * (6 - len(said))
        out += [
            f"{row.text}: {name} {getattr(row, name)!r} for {want!r}"
            for name, want in zip(COLUMNS, said, strict=False)
            if want != "-" and getattr(row, name) != want
        ]
        if said[5] not in row.indicator:
            out.append(f"{row.text}: indicator {row.indicator!r} without {said[5]!r}")
    return out


def test_every_form_is_read_as_it_was_written() -> None:
    lines = (line.split("|", 1) for line in SENTENCES.strip().splitlines())
    found = {sentence: faults(sentence, wanted) for sentence, wanted in lines}
    assert {s: f for s, f in found.items() if f} == {}


def test_faults_are_seen() -> None:
    assert faults("新增企业5家。", "5,家,eq,target,flow,") == []
    assert len(faults("新增企业5家。", "6,户,ge,attribute,stock,年内,项目")) == 7
    assert faults("新增企业5家。", "") == ["['5家'] for 0 numbers"]


# sentence: what each number counts, and what it is counted by
INDICATORS = {
    "3.新增国家高新技术企业45家。": ["新增国家高新技术企业|"],
    "(一)地区生产总值增长6%。": ["地区生产总值增长|"],
    "“十四五”末,每万人拥有充电桩20个。": ["每万人拥有充电桩|每万人"],
    "培训教师5000人次、村医100名。": ["培训教师|", "培训村医|"],
    "跨境电商企业突破10家、进出口额突破10亿元。": ["跨境电商企业|", "跨境电商进出口额|"],
    "5年内实现营业收入100亿元。": ["营业收入|"],
    "每年创建4个市级示范村。": ["创建市级示范村|每年"],
    "耕地地力保护补贴每亩120元。": ["耕地地力保护补贴|每亩"],
    "万元GDP能耗降到0.4吨标准煤以下。": ["万元GDP能耗|万元GDP"],
    "亩均税收25万元以上。": ["亩均税收|亩均"],
    "按照甲类260元、乙类180元每人每月补助。": ["甲类补助|每人每月", "乙类补助|每人每月"],
    "低保标准由每人每月700元提高到760元。": ["低保标准|", "低保标准|每人每月"],
    "烟尘、粉尘排放量比2018年分别下降11%、7%。": ["烟尘排放量下降|", "粉尘排放量下降|"],
    "二氧化氮和臭氧平均浓度分别不高于24和143微克/立方米。": [
        "二氧化氮平均浓度|", "臭氧平均浓度|",
    ],
    "建成宏达60万吨热轧产能。": ["宏达热轧产能|"],
    "全面释放金石80万吨冷轧、宏达60万吨热轧产能。": ["金石冷轧|", "宏达热轧产能|"],
    "关停单机容量30万千瓦以下煤电机组。": ["煤电机组单机容量|"],
    "营业收入过50亿元企业达到2家、过10亿元企业达到9家。": [
        "企业营业收入|", "营业收入过50亿元企业|", "企业营业收入|", "营业收入过10亿元企业|",
    ],
    "保障我县3个国控断面水质全部达标。": ["国控断面|"],
    "聚焦开发区36个重点工业项目。": ["开发区重点工业项目|"],
    "壮大陶瓷产业。推动釉料厂3万吨生产线投产达效,年内力争营收突破60亿元。": [
        "釉料厂生产线|", "陶瓷产业营收|",
    ],
    "围绕“1+N”体系,新建“口袋公园”5处。": ["新建“口袋公园”|"],
}  # fmt: skip


def test_what_is_counted_and_by_what() -> None:
    found = {
        s: [f"{r.indicator}|{r.per}" for r in read_figures(s).itertuples()] for s in INDICATORS
    }
    assert {s: f for s, f in found.items() if f != INDICATORS[s]} == {}


# numeral: its value; None where it is not understood
VALUES = {
    "3万2000": 32000, "12万6千": 126000, "1千零50万": 10500000, "一万零一十六": 10016,
    "一万零十六": 10016, "伍佰": 500, "廿": 20, "卅五": 35, "叁百": 300, "零点五": 0.5,
    "一点二五万亿": 1.25e12, "二十万亿": 2e13, "10万万": 1e9, "四万万": 4e8, "两千三百五": 2350,
    "1,260万": 12600000, "12.67万": 126700, "4.78万亿": 4.78e12, "3 200": 3200, "99 . 2": 99.2,
    "99·2": 99.2, ".5": 0.5, "一百二十一": 121, "5亿1万4千6百": 500014600, "40k": 40000,
    "1亿3千多万": 130000000, "三十几万": 300000, "十余万": 100000, "3½": 3.5, "③": 3,
    "三百五十又3分之1": 350 + 1 / 3, "拾万零五十六": 100056, "两千万点五五四四": 20000000.5544,
    # what is not understood has no value, and no part of it has one
    "1.2.3": None, "1,26万": None, "3万5": None, "1.5万3千": None, "五一": None, "一二三": None,
    "2e5": None, "2^5": None, "3/2": None, "1:2.5": None, "八点三十": None, "Ⅲ": None,
    "1 2 3": None, "1" * 19: None, "一" * 500: None, "9" * 5000: None,
}  # fmt: skip


def test_a_numeral_is_worth_all_of_it_or_nothing() -> None:
    wrong = {}
    for numeral, value in VALUES.items():
        found = match_numeral(fold_width(numeral), 0)
        got = float(found.low) if isinstance(found, Value) else None
        reached = found is not None and (found.end == len(numeral) or len(numeral) > 100)
        if not reached or (got != pytest.approx(value) and got is not value):
            wrong[numeral[:20]] = (found and found.end, got)
    assert wrong == {}
    assert evaluate("两百三十") == 230


# What touches a numeral and is not understood: no number, and every run of it is named.
NAMED = ["投资3万5个项目", "建成10-5所学校", "安装2^5台", "清理1,26万处", "配备1.2.3套", "编制3Ⅲ项"]


def test_half_a_number_is_never_read() -> None:
    for text in NAMED:
        numbers, numerals = read_numbers(fold_width(text))
        assert [(text, n.low) for n in numbers] == []
        assert {n.account for n in numerals} <= {"unexplained", "class_label"}, text


GROWING = [
    "1", "一", "万", "零", "半", "1 ", "1\u3000", "1.", "1,", "1-", "1/", "1到", "1、", "一点",
    "分之一", "道路1条", "1家、", "新增1家、", "达到5%,", "和1家", "分别1家", "1月", "2023年", "A1",
    "A", "每", "每人5元", "5亿元的", "(1家)", "由1家到", "十几", "一条", "市区", "村", "《", "“",
    "(", "\n", "①", "新增企业5家，", "投资1亿元的项目1个、", "应", "完成", "全覆盖",
]  # fmt: skip


def test_cost_grows_with_the_text() -> None:
    """Four times the text may take six times as long, never sixteen as a quadratic rule would."""

    def cost(text: str) -> float:
        start = time.process_time()
        read_figures(text + "。")
        return time.process_time() - start

    read_figures("新增企业5家。")  # the patterns are compiled
    slow = {}
    for unit in GROWING:
        short, long = (unit * (n // len(unit)) for n in (1000, 4000))
        base, spent = cost(short), cost(long)
        if spent > 6 * base + 0.1 and (spent := cost(long)) > 6 * base + 0.1:
            slow[unit] = (round(base, 3), round(spent, 3))
    assert slow == {}
