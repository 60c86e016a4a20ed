package samples

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// An office is a kind of unit with what it says of itself.
type office struct {
	name      string
	functions string
	work      []string // of which the analysis tells some
	thing     string   // what it counts
}

func places() []string {
	return []string{"岚溪市", "栖云县", "青梧市", "望澜县", "鹤汀县", "砚洲区", "棠泽县", "柏皋市", "枫渚县", "霁城区", "云门岭县", "白石渡市", "长桥坝区", "九里湾县"}
}

func offices() []office {
	return []office{
		{"图书馆", "负责图书文献的采购、编目、收藏和借阅；组织全民阅读活动；指导基层图书室建设；做好古籍和地方文献的保护与整理。",
			[]string{"延长开馆时间，周末和节假日照常开放", "在乡镇新设流通服务点，定期更换图书", "举办读书会和少儿故事会，参加的读者逐年增多", "完成一批地方文献的数字化，可在网上查阅"}, "读者"},
		{"水利服务中心", "承担小型水库、灌区和堤防的巡查养护；提供水旱灾害防御的技术支持；开展农村饮水工程的水质检测；组织节水宣传。",
			[]string{"汛前完成全部小型水库的检查，隐患逐项销号", "灌区渠道清淤后，末端用水时间明显缩短", "农村饮水工程按月检测，结果向用水户公开", "汛期实行双人值班，险情报告及时"}, "巡查"},
		{"档案馆", "接收、保管和利用本级各单位移交的档案；对机关档案工作进行业务指导；编辑地方史料；开展档案查询服务。",
			[]string{"库房恒湿设备更新后，档案保存条件得到改善", "完成年度接收计划，目录全部录入系统", "民生档案实现当日查询、当日出证", "对各单位档案人员进行了集中培训"}, "查档"},
		{"农业技术推广站", "引进、试验和推广农作物新品种、新技术；开展病虫害监测和防治指导；培训农民技术员；提供土壤检测服务。",
			[]string{"建成示范田，带动周边农户采用新品种", "病虫情报发布及时，统防统治面积继续扩大", "技术人员包村联户，田间指导次数超过计划", "土样检测结果送到农户手中，施肥更加合理"}, "农户"},
		{"公园管理处", "负责公园绿地、广场的日常养护和设施维修；维护游园秩序；组织花卉展览；管理公园内的经营服务。",
			[]string{"更换老化的座椅和照明，夜间游园更加安全", "绿地养护实行分级考核，枯死苗木及时补栽", "春秋两季花展期间秩序良好", "公共厕所全天开放，保洁次数增加"}, "游客"},
		{"市场监督检验所", "承担食品、计量器具和特种设备的检验检测；为监管部门提供技术依据；向企业提供检测咨询；受理消费者送检。",
			[]string{"全年检验任务按计划完成，报告差错率下降", "到农贸市场免费校准计量器具", "新增检测项目通过资质评审", "检验周期缩短，企业等待时间减少"}, "样品"},
		{"残疾人康复中心", "为残疾人提供康复评估、训练和辅助器具适配服务；培训社区康复员；开展预防残疾的宣传；承办康复救助项目。",
			[]string{"训练室改造完成，新增设备投入使用", "康复救助对象建立了一人一档", "上门服务覆盖到行动不便的老人", "与医院建立转介机制，评估更加规范"}, "服务对象"},
		{"公路养护中心", "负责县乡公路的日常养护、小修保养和水毁抢修；维护桥涵和交通标志；收集路况数据；保障冬季通行。",
			[]string{"完成年度小修保养任务，路面坑槽及时修补", "桥涵定期检查，病害分级处置", "除雪物资提前备足，主要路段当日恢复通行", "更新标志标线，事故多发路段增设护栏"}, "巡查"},
	}
}

func drawPerson(r *rand.Rand) string {
	return pick(r, "林", "陈", "周", "许", "何", "沈", "罗", "梁", "宋", "唐", "韩", "曹", "曾", "程", "蔡", "潘", "田", "董", "余", "叶") +
		pick(r, "志远", "晓梅", "建文", "雅琴", "国平", "海燕", "立新", "秋月", "明", "静", "伟民", "春华", "思齐", "桂芳", "磊", "红英", "永康", "玉兰")
}

// drawPhone invents a number in the range that films use.
func drawPhone(r *rand.Rand) string {
	number := fmt.Sprintf("555%04d", r.IntN(10000))
	if chance(r, 25) {
		return "0000-" + number
	}
	return number
}

func drawEvaluators(r *rand.Rand, l Look) []Evaluator {
	out := []Evaluator{}
	for range l.People {
		e := Evaluator{Name: drawPerson(r), Title: pick(r, "主任", "副主任", "科长", "会计", "高级工程师", "助理馆员", "财务负责人", "办公室主任兼财务科科长"),
			Department: pick(r, "办公室", "财务科", "业务科", "综合股", "规划财务科"), Phone: drawPhone(r)}
		e.Title, e.Department = cut(e.Title, l.Cut), cut(e.Department, l.Cut)
		out = append(out, e)
	}
	return out
}

// cut keeps the first n characters, as a spreadsheet does at the column's edge;
// 0 keeps all.
func cut(s string, n int) string {
	if r := []rune(s); n > 0 && len(r) > n {
		return string(r[:n])
	}
	return s
}

// staff is the establishment and the people in post.
type staff struct{ posts, filled, careerPosts, careerFilled, retired int }

func drawStaff(r *rand.Rand) staff {
	s := staff{posts: 8 + r.IntN(50), careerPosts: 4 + r.IntN(40), retired: r.IntN(60)}
	s.filled = s.posts - r.IntN(1+s.posts/6)
	s.careerFilled = s.careerPosts - r.IntN(1+s.careerPosts/5)
	return s
}

func staffingText(year int, s staff) string {
	return fmt.Sprintf("截至%d年12月，核定行政编制%d名、实有在职%d人；核定事业编制%d名、实有在职%d人；另有退休人员%d名。",
		year, s.posts, s.filled, s.careerPosts, s.careerFilled, s.retired)
}

// analysisText tells of the year's work without any amount.
func analysisText(r *rand.Rand, o office, length int) string {
	said := []string{"一年来，各项工作按年度计划推进。"}
	for i, n := range r.Perm(len(o.work))[:1+length] {
		said = append(said, fmt.Sprintf("%s是%s。", []string{"一", "二", "三", "四"}[i], o.work[n]))
	}
	tail := []string{
		"经费支出坚持先审批后使用，重大开支由集体研究决定，票据和合同齐全。",
		"对照年初设定的绩效目标，多数指标达到预期，个别指标因受天气和工期影响略有延后，已列入下一年度计划。",
		"自评小组查阅了账目、合同和工作台账，并随机访问了" + o.thing + "相关人员，评价结果与实际情况基本一致。",
		"存在的不足主要是绩效指标量化程度还不够，基础数据的日常收集有待加强，今后将指定专人按季度汇总。",
		"资产管理做到账、卡、物相符，闲置设备在内部调剂使用，没有发生损失。",
		"信息公开方面，预算和决算均在规定时间内公布，接受社会监督，没有收到相关投诉。",
	}
	for range length {
		said = append(said, tail...)
	}
	said = append(said, tail[:1+r.IntN(len(tail))]...)
	return strings.Join(said[:min(len(said), 2+length*5)], "")
}

func otherText(r *rand.Rand, length int) string {
	all := []string{
		"建议进一步统一各类自评表的口径，减少重复填报。",
		"希望在年初下达目标时同步明确评分标准，便于日常对照检查。",
		"建议组织面向基层财务人员的培训，结合实例讲解指标的设定和打分。",
		"本表数据取自部门决算报表和业务台账，相关资料已归档备查。",
		"部分效益指标需要较长时间才能显现，建议允许跨年度评价。",
	}
	if length == 0 && chance(r, 50) {
		return "无"
	}
	return strings.Join(all[:min(len(all), 1+length+r.IntN(2))], "")
}

// reasonText is the analysis of a row that quotes no rate of the header.
func reasonText(r *rand.Rand, name string, full bool) string {
	if !full {
		return pick(r, "个别事项未按期完成，酌情扣分", "基础资料不够完整，扣分", "与计划相比略有差距", "个别环节有待改进")
	}
	switch {
	case strings.Contains(name, "满意"):
		return pick(r, "问卷结果良好，无有效投诉", "抽样访问反映良好")
	case strings.Contains(name, "控制") || strings.Contains(name, "变动") || strings.Contains(name, "调整") || strings.Contains(name, "结余"):
		return pick(r, "控制在目标以内", name+"≤10%", "符合规定要求", "控制在规定范围之内")
	case strings.HasSuffix(name, "率"):
		return pick(r, "达到年初设定的目标值", name+"≥95%", "符合规定要求", "完成情况符合预期")
	case strings.HasSuffix(name, "性"):
		return pick(r, "制度完备，执行到位", "符合相关规定", "经检查未发现问题", "资料齐全，程序规范")
	}
	return pick(r, "按计划全部完成", "均达到年度目标", "完成情况良好", "各项任务如期完成，成效明显")
}
