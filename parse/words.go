package parse

import "regexp"

// role is what a column of the indicator table holds.
type role int

const (
	noRole role = iota
	level1
	level2
	level3
	nature
	unit
	referenceWeight
	weight
	target
	adjustedTarget
	actual
	coefficient
	analysis
	note
	score
	reviewScore
	core
	serial
	sectionWeight // beside the names of level 1, of which they are, and not beside the rows'
	sectionScore
	groupWeight // the same of level 2
	groupScore
)

// numeric reports whether the column holds points: a number, a dash or nothing.
func (r role) numeric() bool {
	switch r {
	case referenceWeight, weight, score, reviewScore, coefficient, serial, sectionWeight, sectionScore, groupWeight, groupScore:
		return true
	}
	return false
}

// headWords are the column heads of indicator tables, as clean leaves them.
var headWords = map[role][]string{
	level1:          {"一级指标", "一级", "指标类别"},
	level2:          {"二级指标", "二级"},
	level3:          {"三级指标", "三级", "指标名称", "指标内容", "绩效指标", "评价指标", "考核指标", "具体指标", "指标"},
	nature:          {"指标性质", "指标类型", "指标方向", "性质", "比较符", "指标符号", "符号", "计算符号", "运算符号"},
	unit:            {"单位", "度量单位", "计量单位", "指标单位"},
	referenceWeight: {"参考分值", "标准分值", "参考分"},
	weight:          {"分值", "设定分值", "指标分值", "权重", "分值权重", "权重分值", "指标权重", "满分", "标准分", "分数", "设定分", "权重分"},
	target:          {"年度指标值", "绩效目标", "指标值", "目标值", "年初目标值", "预期指标值", "年度目标值", "绩效目标值", "预期目标值", "年初设定目标值", "年度绩效指标值", "年度指标", "计划指标值", "年初指标值", "预期值", "绩效指标值", "目标", "采购需求值", "服务承诺值", "需求值", "承诺值"},
	adjustedTarget:  {"调整后指标值", "调整指标值", "年中调整指标值", "年中调整", "调整后目标值", "年中调整值", "调整值", "调整后年度指标值", "年中调整目标值", "中期调整指标值"},
	actual:          {"实际完成值", "年终完成值", "年末完成值", "实际完成指标", "年度实际完成值", "全年完成指标值", "全年实际值", "完成值", "全年完成值", "实际完成情况", "实际完成指标值", "完成情况", "全年实际完成值", "实际值", "完成指标值", "全年完成情况", "年度完成情况", "实际完成", "指标完成情况", "全年完成", "全年数", "全年实际", "全年完成数", "全年完成指标", "实际", "履约值", "实际提供值", "业绩值", "年末实际值"},
	coefficient:     {"得分系数", "系数"},
	analysis:        {"计算分析情况", "评价标准及依据", "评分依据及分析", "完成情况及分析", "评分依据和分析", "分析说明", "评分理由", "自评分析", "得分依据", "评分标准及依据", "评价标准", "评分标准", "计算公式", "指标说明", "评分说明", "计算分析", "得分说明", "分析情况", "评价说明", "自评说明", "得分理由", "指标解释", "评分依据", "评价情况", "自评情况", "情况说明", "评价分析", "得分分析", "评分分析", "考评分析"},
	note:            {"说明", "偏差原因分析及改进措施", "偏差原因分析", "未完成原因分析", "备注", "偏差原因", "未完成原因", "偏差原因及改进措施", "原因分析", "扣分原因", "未完成原因及拟采取的改进措施", "未完成原因和改进措施", "改进措施", "原因分析及改进措施", "扣分原因及改进措施"},
	score:           {"得分", "指标得分", "自评得分数", "评价得分", "自评得分", "自评分", "实际得分", "自评分数", "评分", "自评分值", "评价分值", "单位自评分", "考评得分", "单位自评得分"},
	reviewScore:     {"复核分", "复核得分", "复评得分", "财政复核得分", "复评分", "财政复核分", "复核分值", "主管部门复核得分", "主管部门评分", "主管部门评价得分", "财政评分", "财政评价得分", "部门评分", "部门评价得分", "核定得分", "审核得分", "专家评分", "评价组评分", "抽评得分", "核定分"},
	core:            {"核心指标", "是否核心指标"},
	serial:          {"序号"},
}

// headParts say what a head is about that no list has, by a word in it; the first
// that is found counts.
var headParts = []struct {
	role  role
	words *regexp.Regexp
}{
	{level1, regexp.MustCompile(`一级`)},
	{level2, regexp.MustCompile(`二级`)},
	{level3, regexp.MustCompile(`三级`)},
	{note, regexp.MustCompile(`偏差|差异|未完成|未达|原因|改进|整改|扣分|失分|减分`)},
	{coefficient, regexp.MustCompile(`系数|得分率`)},
	{reviewScore, regexp.MustCompile(`(?:复核|复评|核定|审核|财政|主管|评审|专家|第三方|考核组|评价组|抽查|核查).*(?:分|评价)|复评|复核|核定|审定|抽评`)},
	{analysis, regexp.MustCompile(`标准[^分值]*$|依据|说明|分析|公式|办法|方法|解释|细则|规则|内涵`)},
	{weight, regexp.MustCompile(`应得|满分|标准分|基准分`)},
	{score, regexp.MustCompile(`得分|自评分|评分$|打分|实得`)},
	{weight, regexp.MustCompile(`分值|权重|权[值数]|比重|配分|赋分`)},
	{adjustedTarget, regexp.MustCompile(`调整.*(?:值|指标|目标)`)},
	{target, regexp.MustCompile(`(?:计划|预期|目标|应)完成|^(?:本年|年初|年度)?(?:计划|预期|目标|预定|设定)(?:指标)?[值数量]?$`)},
	{actual, regexp.MustCompile(`完成值|实际值|实际完成|完成情况|完成数|实现值|完成指标|达成|实现情况|实际情况|完成结果|实际数|实绩`)},
	{target, regexp.MustCompile(`指标值|目标值|预期值|计划值|标准值|标杆值|年度指标|目标$|预期指标|计划指标`)},
	{core, regexp.MustCompile(`核心`)},
	{unit, regexp.MustCompile(`(?:计量|度量|指标|计算|数量)单位`)},
	{nature, regexp.MustCompile(`性质|符号|方向`)},
}

// otherYears are words of heads over another year's figures, which stand beside this
// year's and are called the same.
var otherYears = regexp.MustCompile(`上年(?:[^结度]|度[^结])|上年$|上一年|去年|往年|历史|前[一两三二]年|近三年`)

// fieldWords are the labels of header fields, by the contract's key.
var fieldWords = map[string][]string{
	"unit_name":            {"单位名称", "部门名称", "部门单位名称", "预算单位", "预算部门名称", "预算单位名称", "预算部门", "单位部门名称", "部门", "部门单位"},
	"reporting_unit":       {"填报单位", "填报部门", "填表单位", "自评单位", "填报单位公章", "申报单位", "评价单位", "被评价单位"},
	"head":                 {"单位负责人", "部门负责人", "单位负责人姓名", "主要负责人", "负责人", "单位主要负责人"},
	"phone":                {"单位联系电话", "联系电话", "电话", "联系人电话", "部门联系电话"},
	"carried_over":         {"上年结转金额", "上年结转", "上年结转资金", "上年结转结余", "年初结转", "上年结余", "上年结转结余金额", "年初结转结余", "上年结转数", "年初结转金额"},
	"initial_budget":       {"年初预算金额", "年初预算数", "年初预算", "年初预算资金", "年初预算安排", "年初部门预算", "年初预算总额"},
	"budget_adjustment":    {"预算调整金额", "预算调整", "预算调整数", "调整预算数", "预算追加调整", "预算调整资金", "年中预算调整", "预算追加金额", "追加预算金额"},
	"other_adjustment":     {"其他调整资金", "其他资金调整", "其他调整", "其他调整金额", "其他调整数"},
	"executed":             {"预算执行金额", "预算执行数", "全年执行数", "预算执行", "执行金额", "实际支出", "全年支出", "决算金额", "支出决算", "实际执行金额", "全年预算执行数", "实际支出金额", "决算支出数", "预算执行总额"},
	"year_end_balance":     {"年末结余金额", "年末结余", "年末结转结余", "年末结转", "年末结转结余金额", "年末结余资金", "期末结余", "结余金额", "年末结余数"},
	"functions":            {"单位职能概况", "部门职能概况", "单位职能", "部门职能", "主要职能", "单位职责", "部门职责", "职能概况", "单位概况", "部门概况", "主要职责", "部门主要职能", "部门主要职责"},
	"staffing":             {"单位人员情况", "人员情况", "人员编制情况", "部门人员情况", "人员概况", "编制及人员情况", "机构人员情况", "人员编制及在职情况"},
	"execution_note":       {"预算执行情况", "资金执行情况", "预算执行情况说明", "部门预算执行情况", "预算资金执行情况", "预算收支情况"},
	"analysis":             {"部门整体支出绩效评价分析", "绩效评价分析", "整体支出绩效评价分析", "绩效分析", "部门整体支出绩效分析", "部门整体绩效分析", "部门绩效分析", "绩效自评分析", "绩效情况分析", "绩效完成情况分析"},
	"other":                {"其他", "其他需要说明的问题", "其他说明", "其他需要说明的情况", "问题及建议", "存在问题及建议"},
	"project_name":         {"项目名称", "专项名称", "转移支付名称", "专项资金名称", "项目支出名称", "政策名称", "转移支付项目名称", "政策项目名称"},
	"competent_department": {"主管部门", "自治区主管部门", "市县主管部门", "省主管部门", "市级主管部门", "县级主管部门", "区级主管部门", "项目主管单位", "主管部门及代码", "主管单位", "项目主管部门", "地方主管部门", "省级主管部门", "中央主管部门", "预算主管部门"},
	"implementing_unit":    {"实施单位", "项目实施单位", "项目单位", "资金使用单位", "项目执行单位", "用款单位", "具体实施单位", "实施机构", "项目实施机构", "承担单位", "项目承担单位"},
	"project_head":         {"项目负责人", "项目负责人姓名"},
	"expected_goal":        {"预期目标", "年初绩效目标", "项目年度目标", "年度目标", "项目绩效目标", "年度绩效目标", "项目年度绩效目标", "年初设定目标", "年度预期目标", "年度总体目标", "总体目标", "年初预期目标", "预期绩效目标", "全年目标"},
	"actual_outcome":       {"实际完成情况", "全年目标实际完成情况", "年度目标完成情况", "年度目标实际完成情况", "目标实际完成", "绩效目标完成情况", "全年实际完成情况", "目标实际完成情况", "年度总体目标完成情况", "目标完成情况", "全年完成情况", "具体完成情况"},
	"contact":              {"联系人", "部门联系人", "单位联系人", "填报人", "填表人", "经办人", "项目联系人"},
	"fill_date":            {"填报日期", "填报时间", "填表日期", "填表时间", "日期"},
}

// fieldParts say what a label names that no list has, by how it ends.
var fieldParts = []struct {
	key   string
	words *regexp.Regexp
}{
	{"project_head", regexp.MustCompile(`^项目.{0,4}负责人$`)},
	{"implementing_unit", regexp.MustCompile(`(?:实施|承担|承办|执行|使用|建设)(?:单位|部门|主体)$`)},
	{"competent_department", regexp.MustCompile(`(?:主管|一级预算)(?:部门|单位)$`)},
	{"project_name", regexp.MustCompile(`^(?:专项|项目|政策|转移支付).{0,6}(?:名称|全称)$`)},
	{"unit_name", regexp.MustCompile(`^(?:.{0,3}预算)?(?:单位|部门).{0,4}(?:名称|全称)$`)},
	{"reporting_unit", regexp.MustCompile(`(?:填报|填表|自评)(?:单位|部门)$`)},
	{"expected_goal", regexp.MustCompile(`(?:年初|预期|设定|总体|年度|绩效|申报).{0,6}目标$`)},
	{"actual_outcome", regexp.MustCompile(`(?:完成|实现|达成)(?:情况)?$`)},
	{"fill_date", regexp.MustCompile(`(?:填报|填表|自评)(?:日期|时间)$`)},
}

// totalWords begin the row that prints the form's own sums.
var totalWords = []string{"综合得分", "总分", "合计", "总计", "得分合计", "总得分", "评价总分", "自评总分", "自评得分合计", "自评总得分数", "自评分合计", "总分合计", "合计得分", "综合评分", "最终得分", "评价得分合计", "自评总得分", "项目总得分", "项目得分", "绩效自评总分", "自评综合得分", "项目自评总分", "部门自评总分", "绩效自评得分", "总评分", "综合总分"}

// subtotalWords stand in the level column of a section row.
var subtotalWords = []string{"小计", "分项小计", "小计得分", "合计小计", "分值小计"}

// gradeWords label the grade.
var gradeWords = []string{"评价结果等次", "评价等级", "评价等次", "等次", "等级", "自评等级", "自评等次", "绩效等级", "绩效等次", "评价结果", "自评结果等次", "自评结果", "评定等级", "绩效评价等级", "评价结果等级", "评分等级", "自评结论", "评价结论"}

// gradeNames are the grades as printed.
var gradeNames = []string{"优", "良", "中", "差", "优秀", "良好", "中等", "合格", "较差", "不合格", "一般"}

// personWords are the heads of the list of evaluators.
var personWords = map[person][]string{
	personName:       {"姓名"},
	personTitle:      {"职称职务", "职务职称", "职务", "职称"},
	personDepartment: {"科室", "单位", "部门", "工作单位", "所在单位", "所在科室", "科室单位", "单位科室", "所在部门", "单位及科室"},
	personPhone:      {"联系电话", "电话", "联系方式", "手机", "手机号码"},
}

// measure is a column of the funds table.
type measure int

const (
	initialBudget measure = iota + 1
	fullBudget
	executedAmount
	executionWeight
	executionRate
	executionScore
	otherMeasure // what the record has no place for: an adjustment, what is left
)

// measureWords are the heads of the funds table.
var measureWords = map[measure][]string{
	initialBudget:   {"年初预算数", "年初预算", "年初预算金额", "年初数", "年初预算安排"},
	fullBudget:      {"年度预算", "年度预算金额", "全年预算数", "全年预算", "调整后预算数", "全年调整预算数", "预算数", "调整预算数", "年度预算数", "预算安排数", "预算金额", "全年预算金额", "调整后预算"},
	executedAmount:  {"全年实际支出数", "实际支出金额", "全年执行数", "执行数", "全年支出数", "实际支出数", "实际执行数", "预算执行数", "执行金额", "实际支出", "支出数", "全年执行金额", "全年执行"},
	executionWeight: {"分值", "权重", "执行率权重", "执行率分值", "分值权重", "配分", "基准分", "分数"},
	executionRate:   {"执行率", "预算执行率", "执行率BA", "支出率", "资金执行率"},
	executionScore:  {"得分", "执行率得分", "自评得分", "执行得分", "自评", "打分", "实得", "得分值"},
}

// measureParts say what a head of the funds table is about that no list has; the
// first that is found counts.
var measureParts = []struct {
	measure measure
	words   *regexp.Regexp
}{
	{otherMeasure, regexp.MustCompile(`调整(?:数|额|金额|情况)?$|追加(?:[^后]|$)|调[增减](?:[^后]|$)|增减|结余|结转|节余|剩余|未(?:支出|执行|使用|支付|拨付)|差[额异]|差数|概算|总投资|以前年度|历年`)},
	{executionWeight, regexp.MustCompile(`应得|满分|标准分|赋[值分]`)},
	{executionScore, regexp.MustCompile(`得分|评分`)},
	{executionWeight, regexp.MustCompile(`分值|权重|权[值数]|比重|满分|标准分|配分|基准分`)},
	{executionRate, regexp.MustCompile(`(?:执行|支出|使用|完成|支付|付款|拨付|结算|兑付|到位)率|[^分]率$|进度|比例|比率|占比|比$`)},
	{initialBudget, regexp.MustCompile(`年初(?:[^目指]|$)|期初|初始`)},
	{executedAmount, regexp.MustCompile(`执行数|支出数|实际支出|支出额|执行额|使用数|决算|支出金额|执行金额|支付|实际使用|已使用|实支|列支|支出$|拨付|开支|已执行|已支出|发生|实付|完成投资|投资完成[额数]|报账|结算[金数额]|支用`)},
	{fullBudget, regexp.MustCompile(`全年预算|[整加增减]后|调整.*预算|预算安排|预算总额|下达|计划数|到位|预算金额|预算数|批复|预算$|指标数|合同(?:金额|总?价|总?额)|中标|计划(?:投入|投资|安排|资金)|资金计划|投资计划|年度计划|指标金额|可用资金`)},
}

// sourceWords are the sources of funds, by the contract's name.
var sourceWords = map[string][]string{
	"total":     {"年度资金总额", "资金总额", "总额", "合计", "年度资金总计", "项目资金总额", "总计", "部门预算", "项目资金", "年度预算总额", "预算资金总额", "资金合计", "预算总额", "全年资金", "全部资金", "全部支出", "整体支出"},
	"fiscal":    {"财政拨款", "当年财政拨款", "本年财政拨款", "财政资金", "其中财政拨款", "其中当年财政拨款", "其中本年财政拨款", "财政拨款资金", "其中财政资金", "年度财政拨款", "一般公共预算拨款", "其中一般公共预算拨款"},
	"carryover": {"上年结转资金", "上年结转", "上年结转结余", "其中上年结转资金", "结转资金", "上年结余", "结转结余资金", "上年结转结余资金"},
	"other":     {"其他资金", "其他", "其他来源资金", "其中其他资金", "非财政资金", "自有资金"},
}

// sourceSigns are characters that a source of funds has in its name.
const sourceSigns = "资拨款结转中央省市县区级自筹债券其"

// titleWords make a line the title of a self-evaluation form.
var titleWords = []string{"绩效自评表", "目标自评表", "支出自评表", "项目自评表", "绩效目标自评表", "绩效目标完成情况自评表", "完成情况自评表", "绩效评价表", "自评表", "绩效自评结果表", "绩效自评情况表", "绩效自我评价表", "绩效自评打分表", "绩效评价自评表", "绩效自评评分表", "自评打分表", "自评评分表", "绩效自评价表", "自评价表", "绩效评分表", "自评指标评分表", "评价指标评分表", "自评指标打分表"}

// otherKinds are documents that look like these forms and are not.
var otherKinds = []struct{ word, kind string }{
	{"绩效目标申报表", "a target declaration (绩效目标申报表)"},
	{"绩效运行监控", "a monitoring table (绩效运行监控表)"},
	{"绩效监控", "a monitoring table (绩效监控表)"},
	{"绩效目标批复", "approved targets (绩效目标批复表)"},
	{"绩效目标审核", "a review of targets (绩效目标审核表)"},
	{"绩效评价指标体系", "a framework of indicators (绩效评价指标体系)"},
	{"预算总表", "a budget table (预算表)"},
	{"预算表", "a budget table (预算表)"},
	{"决算总表", "final accounts (决算表)"},
	{"决算表", "final accounts (决算表)"},
	{"绩效目标表", "a table of targets (绩效目标表)"},
	{"目标申报", "a target declaration (绩效目标申报表)"},
	{"绩效评价报告", "an evaluation report (绩效评价报告)"},
	{"自评报告", "a self-evaluation report (绩效自评报告)"},
	{"部门决算", "final accounts of a department (部门决算)"},
	{"决算公开", "final accounts of a department (部门决算)"},
	{"部门预算", "a department's budget (部门预算)"},
	{"预算公开", "a department's budget (部门预算)"},
}
