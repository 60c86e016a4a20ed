package samples

import (
	"math/rand/v2"
	"slices"
)

// ProjectLook is what a project form has that a department's has not. Nothing in
// it but the shares of points changes a figure.
type ProjectLook struct {
	Family          string            `json:"family"`
	Department      bool              `json:"department,omitempty"` // a flat list for a whole department
	Title           string            `json:"title"`                // PLACE, PROJECT and YEAR stand for what is drawn
	YearLine        bool              `json:"year_line,omitempty"`
	FormNumber      string            `json:"form_number,omitempty"` // at the left of the caption, such as 公开14表
	Header          [][]string        `json:"-"`                     // rows of keys
	Labels          map[string]string `json:"-"`                     // by key, and of goals
	Funds           string            `json:"funds"`                 // rows: a row a source; columns: a column a source; line: a total alone; none
	FundColumns     []string          `json:"-"`
	FundSide        string            `json:"fund_side,omitempty"` // label beside all rows of funds
	TotalFund       string            `json:"total_fund,omitempty"`
	Sources         []Source          `json:"-"`
	SourceMark      string            `json:"source_mark,omitempty"` // on source rows, where only the total has points: a dash, nothing, or repeat
	UnitAt          string            `json:"unit_at"`               // caption, funds or heads
	RateScale       int               `json:"rate_scale"`
	RateTrim        bool              `json:"rate_trim,omitempty"`
	RateSign        bool              `json:"rate_sign,omitempty"` // 98%, else 98 under a head that says %
	Goals           string            `json:"goals"`               // below: two labels over their values; beside: two rows; one: the goal alone
	Side            string            `json:"side,omitempty"`      // label beside all indicators
	Columns         []string          `json:"-"`                   // of the indicators, left to right
	Heads           map[string]string `json:"-"`
	TwoHeads        bool              `json:"two_heads,omitempty"` // target and actual under one head
	Sections        []Share           `json:"-"`
	ExecutionWeight points            `json:"execution_weight"`        // hundredths of a point
	ExecutionRow    string            `json:"execution_row,omitempty"` // level-2 name of an indicator row for the execution rate; the funds table has no points then
	Points          string            `json:"points,omitempty"`        // in names: level1 or both
	PointsMark      string            `json:"points_mark,omitempty"`
	TotalAt         string            `json:"total_at"`             // row, header or none
	TotalSign       string            `json:"total_sign,omitempty"` // behind a total in the header: 99分
	TotalWord       string            `json:"total_word,omitempty"`
	GradeAt         string            `json:"grade_at"` // end: of the total row; line: a row of its own; header; none
	AtLeast         string            `json:"at_least"` // ≥ or ≧
	Exactly         string            `json:"exactly"`  // =, ═ or nothing
	ActualUnit      bool              `json:"actual_unit,omitempty"`
	PercentWord     bool              `json:"percent_word,omitempty"` // 100百分比
	Qualitative     string            `json:"qualitative,omitempty"`  // in the column of signs
	NatureWords     bool              `json:"nature_words,omitempty"` // 定量指标 and not a sign
	Empty           int               `json:"empty,omitempty"`        // percent of level-2 names with nothing beside them
	Foot            string            `json:"foot,omitempty"`
}

// Source is a source of funds, by the contract's name or its own.
type Source struct {
	Source  string `json:"source"`
	Label   string `json:"label"`
	Percent int    `json:"percent,omitempty"` // of forms in which it gave something; the first always did
}

// Share is a level-1 name with its points, and the level-2 names it holds. The
// last takes what is left.
type Share struct {
	Name   string   `json:"name"`
	Weight points   `json:"weight,omitempty"`
	Holds  []string `json:"holds,omitempty"`
	Fixed  []string `json:"fixed,omitempty"` // rows without a level-2 name that every project has
}

// projectFamilies are the kinds of project form that are seen: one a pattern of
// rules, not one a place.
func projectFamilies() []ProjectLook {
	outputs := []string{"数量指标", "质量指标", "时效指标", "成本指标"}
	quick := []string{"数量指标", "质量指标", "时效指标"}
	benefits := []string{"经济效益指标", "社会效益指标", "生态效益指标", "可持续影响指标"}
	content := []string{"服务对象满意度指标"}
	labels := map[string]string{"project_name": "项目名称", "competent_department": "主管部门", "implementing_unit": "实施单位",
		"project_head": "项目负责人", "phone": "联系电话", "unit_name": "部门", "contact": "联系人", "fill_date": "填报日期",
		"expected_goal": "预期目标", "actual_outcome": "实际完成情况", "goals": "年度总体目标"}
	with := func(more ...string) map[string]string {
		m := map[string]string{}
		for k, v := range labels {
			m[k] = v
		}
		for i := 0; i < len(more); i += 2 {
			m[more[i]] = more[i+1]
		}
		return m
	}
	heads := map[string]string{"level1": "一级指标", "level2": "二级指标", "level3": "三级指标", "target": "年度指标值", "actual": "实际完成值",
		"weight": "分值", "score": "得分", "note": "偏差原因分析及改进措施", "initial": "年初预算数", "budget": "全年预算数", "executed": "全年执行数",
		"fund_weight": "分值", "rate": "执行率", "fund_score": "得分", "fund": ""}
	headed := func(more ...string) map[string]string {
		m := map[string]string{}
		for k, v := range heads {
			m[k] = v
		}
		for i := 0; i < len(more); i += 2 {
			m[more[i]] = more[i+1]
		}
		return m
	}
	usual := []Source{{"fiscal", "其中：当年财政拨款", 100}, {"carryover", "上年结转资金", 30}, {"other", "其他资金", 30}}
	standard := ProjectLook{
		Family: "standard", Title: "项目支出绩效自评表", YearLine: true, UnitAt: "funds", Labels: labels, Heads: heads,
		Header: [][]string{{"project_name"}, {"competent_department", "implementing_unit"}, {"project_head", "phone"}},
		Funds:  "rows", FundColumns: []string{"initial", "budget", "executed", "weight", "rate", "score"}, FundSide: "项目资金", TotalFund: "年度资金总额",
		Sources: usual, SourceMark: "—", RateScale: 2, RateTrim: true, RateSign: true, Goals: "below", Side: "绩效指标",
		Columns:  []string{"level1", "level2", "level3", "target", "actual", "weight", "score", "note"},
		Sections: []Share{{Name: "产出指标", Weight: 5000, Holds: outputs}, {Name: "效益指标", Weight: 3000, Holds: benefits}, {Name: "满意度指标", Holds: content}}, ExecutionWeight: 1000,
		TotalAt: "row", TotalWord: "总分", GradeAt: "none", AtLeast: "≥", Exactly: "=", ActualUnit: true, PointsMark: "（%s分）",
	}
	change := func(f func(*ProjectLook)) ProjectLook {
		p := standard
		f(&p)
		return p
	}
	return []ProjectLook{
		standard,
		change(func(p *ProjectLook) {
			p.Family, p.Points, p.PointsMark, p.Empty, p.PercentWord = "points in names", "level1", "(%s分)", 20, true
			p.Header = [][]string{{"project_name"}, {"competent_department", "implementing_unit"}}
			p.SourceMark = ""
		}),
		change(func(p *ProjectLook) {
			p.Family, p.Title, p.YearLine, p.FormNumber, p.UnitAt = "sign and unit columns", "YEAR年度项目支出绩效自评表", false, "公开14表", "caption"
			p.Columns = []string{"level1", "level2", "level3", "nature", "target", "unit", "actual", "weight", "score", "note"}
			p.Heads = headed("nature", "指标性质", "target", "指标值", "unit", "度量单位")
			p.AtLeast, p.Exactly, p.ActualUnit, p.Qualitative, p.GradeAt, p.Empty = "≧", "═", false, "", "end", 20
			p.Header = [][]string{{"unit_name"}, {"project_name"}, {"competent_department", "implementing_unit"}}
		}),
		change(func(p *ProjectLook) {
			p.Family, p.Title, p.FormNumber, p.Funds, p.ExecutionWeight, p.UnitAt = "exported, weights to 100", "部门预算项目支出绩效自评表（YEAR年度）", "", "none", 0, "none"
			p.YearLine, p.Goals, p.TotalWord = false, "beside", "合计"
			p.Labels = with("expected_goal", "项目年度目标", "actual_outcome", "年度目标完成情况")
			p.Columns = []string{"level1", "level2", "level3", "nature", "target", "unit", "actual", "weight", "score", "note"}
			p.Heads = headed("nature", "指标性质", "target", "指标值", "unit", "度量单位", "actual", "完成值", "weight", "权重", "note", "未完成原因分析")
			p.ActualUnit, p.Qualitative, p.Foot = false, "定性", "项目负责人：　　　　　　财务负责人：　　　　　　"
			p.Sections = []Share{{Name: "产出指标", Weight: 5000, Holds: outputs}, {Name: "效益指标", Weight: 4000, Holds: benefits}, {Name: "满意度指标", Holds: content}}
			p.Header = [][]string{{"project_name"}, {"competent_department", "implementing_unit"}}
		}),
		change(func(p *ProjectLook) {
			p.Family, p.Title, p.YearLine, p.Points, p.ExecutionWeight = "no points for execution", "PROJECT项目绩效目标自评表", true, "level1", 0
			p.Labels = with("total", "项目总得分", "competent_department", "主管部门", "专项实施期", "专项实施期", "expected_goal", "年度总体目标")
			p.Header = [][]string{{"total"}, {"project_name", "implementing_unit"}, {"competent_department", "专项实施期"}}
			p.TotalAt, p.TotalSign, p.Goals, p.Side, p.UnitAt = "header", "分", "one", "", "funds"
			p.FundColumns, p.SourceMark, p.TotalFund = []string{"budget", "executed", "rate"}, "repeat", "年度资金总额："
			p.Sources = []Source{{"其中：中央补助", "其中：中央补助", 100}, {"自治区补助", "自治区补助", 60}, {"市县资金", "市县资金", 40}}
			p.Columns = []string{"level1", "level2", "level3", "weight", "target", "actual", "score", "note"}
			p.Heads = headed("budget", "全年预算数（A）", "executed", "全年执行数（B）", "rate", "执行率（B/A）", "actual", "全年实际值", "note", "未完成原因及改进措施")
			p.RateScale, p.PointsMark = 1, "(%s分)"
			p.Sections = []Share{{Name: "产出指标", Weight: 4000, Holds: outputs}, {Name: "效益指标", Weight: 4000, Holds: benefits}, {Name: "满意度指标", Holds: content}}
		}),
		change(func(p *ProjectLook) {
			p.Family, p.Title, p.YearLine, p.Points, p.ExecutionWeight = "own score and review", "PLACE财政预算支出项目绩效目标自评表", true, "level1", 0
			p.Header = [][]string{{"fill_date", "total"}, {"project_name"}, {"competent_department", "implementing_unit"}, {"project_head", "项目属性"}}
			p.Labels = with("total", "自评总分", "competent_department", "项目主管单位", "implementing_unit", "项目实施单位", "项目属性", "项目属性", "expected_goal", "项目年度目标")
			p.TotalAt, p.Goals, p.Side, p.Funds, p.TotalFund, p.UnitAt = "header", "one", "", "columns", "项目资金", "heads"
			p.Sources = []Source{{"中央（万元）", "中央（万元）", 100}, {"省级（万元）", "省级（万元）", 60}, {"县级（万元）", "县级（万元）", 50}, {"other", "其他（万元）", 20}}
			p.FundColumns = []string{"budget", "executed", "rate"}
			p.Columns = []string{"level1", "level2", "level3", "target", "actual", "weight", "score", "review", "analysis"}
			p.Heads = headed("fund", "资金来源", "budget", "合计（万元）", "executed", "执行数（万元）", "target", "年初指标值", "actual", "年终完成值",
				"score", "自评分", "review", "复核分", "analysis", "评价标准及依据")
			p.Sections = []Share{{Name: "项目决策", Weight: 200, Fixed: []string{"决策依据"}}, {Name: "项目管理", Weight: 1300, Fixed: []string{"财务制度", "组织机构", "运行监管", "目标申报"}},
				{Name: "产出指标", Weight: 4000, Holds: outputs}, {Name: "效益指标", Weight: 2500, Holds: benefits}, {Name: "满意度指标", Holds: content}}
			p.PointsMark = "（%s分）"
		}),
		change(func(p *ProjectLook) {
			p.Family, p.Title, p.Department, p.YearLine = "flat list", "部门整体绩效自评表", true, true
			p.Header = [][]string{{"competent_department", "财政处室"}, {"total", "contact"}, {"phone"}}
			p.Labels = with("total", "自评总分（分）", "contact", "部门联系人", "财政处室", "财政处室", "expected_goal", "年初绩效目标", "actual_outcome", "全年目标实际完成情况")
			p.Funds, p.TotalFund, p.FundSide = "line", "部门预算", ""
			p.FundColumns = []string{"initial", "budget", "executed", "rate", "weight", "score"}
			p.Columns = []string{"level3", "unit", "nature", "target", "actual", "coefficient", "weight", "score", "core"}
			p.Heads = headed("budget", "全年（调整）预算数", "rate", "执行率（%）", "fund_weight", "执行率权重", "fund_score", "执行率得分（分）", "level3", "指标名称", "unit", "计量单位",
				"nature", "指标性质", "target", "年初指标值", "actual", "全年完成值", "coefficient", "得分系数（%）", "weight", "指标权重（分）", "score", "指标得分（分）", "core", "是否核心指标")
			p.NatureWords, p.TotalAt, p.Goals, p.Side, p.ActualUnit, p.UnitAt = true, "header", "beside", "", true, "caption"
		}),
		change(func(p *ProjectLook) {
			p.Family, p.Title, p.YearLine, p.ExecutionWeight = "transfer, no points", "PROJECT绩效自评表", true, 0
			p.Columns = []string{"level1", "level2", "level3", "target", "actual", "note"}
			p.FundColumns, p.TotalAt, p.SourceMark = []string{"budget", "executed", "rate"}, "none", "repeat"
			p.Labels = with("project_name", "转移支付名称", "competent_department", "地方主管部门", "implementing_unit", "资金使用单位", "expected_goal", "总体目标", "actual_outcome", "全年实际完成情况")
			p.Heads = headed("budget", "全年预算数（A）", "executed", "全年执行数（B）", "rate", "预算执行率（B/A）", "target", "指标值", "actual", "全年实际完成值", "note", "未完成原因和改进措施")
			p.Sources = []Source{{"其中：中央财政资金", "其中：中央财政资金", 100}, {"地方资金", "地方资金", 50}, {"other", "其他资金", 20}}
			p.TotalFund = "年度资金总额："
			p.Header = [][]string{{"project_name"}, {"competent_department", "implementing_unit"}}
		}),
		change(func(p *ProjectLook) {
			p.Family, p.Title, p.ExecutionWeight, p.Points = "execution 20", "YEAR年度PLACE项目支出绩效自评表", 2000, "both"
			p.YearLine, p.GradeAt, p.TotalWord, p.Side = false, "line", "自评总分", ""
			p.Labels = with("grade", "自评等级")
			p.Sections = []Share{{Name: "产出指标", Weight: 4000, Holds: outputs}, {Name: "效益指标", Weight: 3000, Holds: benefits}, {Name: "满意度指标", Holds: content}}
			p.TwoHeads = true
		}),
		change(func(p *ProjectLook) {
			p.Family, p.Title, p.GradeAt, p.SourceMark, p.TwoHeads = "cost apart", "项目支出绩效自评表", "header", "repeat", true
			p.Header = [][]string{{"project_name"}, {"competent_department", "implementing_unit"}, {"total", "grade"}}
			p.Labels = with("total", "综合得分", "grade", "评价等级")
			p.TotalAt = "header"
			p.Sources = usual[:1]
			p.Sections = []Share{{Name: "成本指标", Weight: 2000, Holds: []string{"成本指标"}}, {Name: "产出指标", Weight: 4000, Holds: quick}, {Name: "效益指标", Weight: 2000, Holds: benefits}, {Name: "满意度指标", Holds: content}}
		}),
	}
}

// ProjectLooks are one look for each family of project forms, otherwise plain.
func ProjectLooks() []Look {
	var out []Look
	for _, p := range projectFamilies() {
		l := Look{Font: "Noto Serif CJK SC", Size: 10, Border: 0.75, RowHeight: 20, Unit: "万元", Scale: 2, Zero: "", WeightScale: -1, ScoreScale: -1, Project: &p}
		out = append(out, l)
	}
	return out
}

// moveExecution makes one look in four, of those whose funds table has points for the
// execution rate, one that has them in an indicator row. It draws from a source of its
// own, so that the other forms of a series stay as they were.
func moveExecution(l *Look, r *rand.Rand) {
	p := l.Project
	if p.Funds != "rows" || p.ExecutionWeight == 0 || p.TwoHeads || !chance(r, 25) {
		return
	}
	p.ExecutionRow = pick(r, "预算执行率", "预算执行", "资金管理")
	p.FundColumns = slices.DeleteFunc(slices.Clone(p.FundColumns), func(c string) bool {
		return c == "weight" || c == "score" || c == "rate" && p.ExecutionRow != "资金管理"
	})
}

// drawProjectLook draws the letters and lines of a department's form and one of
// the families, with other words for the same thing.
func drawProjectLook(r *rand.Rand) Look {
	l := drawLook(r)
	l.Size = min(l.Size, 10.5)
	families := projectFamilies()
	p := families[r.IntN(len(families))]
	l.ScoreScale = pick(r, -1, -1, 2, 1)
	l.Zero = pick(r, "", "", "—", "0", "0.00")
	l.Rounded, l.Sections, l.NoteUnit, l.TwoWeights, l.Cut, l.Side = false, "", "", false, 0, ""
	if l.Scale == 4 {
		l.Scale = 3
	}
	if p.UnitAt == "heads" {
		l.Unit = "万元"
	}
	p.RateScale = pick(r, 2, 2, 1)
	p.RateTrim = chance(r, 60)
	if chance(r, 50) {
		p.AtLeast = pick(r, "≥", "≥", "≧")
	}
	if p.Points == "" && p.Family == "standard" && chance(r, 40) {
		p.Points = "level1"
	}
	if p.SourceMark == "—" {
		p.SourceMark = pick(r, "—", "—", "——", "-", "/", "")
	}
	words := map[string]string{}
	for k, v := range p.Heads {
		words[k] = v
	}
	if words["target"] == "年度指标值" {
		words["target"] = pick(r, "年度指标值", "年度指标值", "年初目标值", "指标值")
	}
	if words["actual"] == "实际完成值" {
		words["actual"] = pick(r, "实际完成值", "实际完成值", "全年完成值", "实际值")
	}
	if words["note"] == "偏差原因分析及改进措施" {
		words["note"] = pick(r, "偏差原因分析及改进措施", "偏差原因分析", "备注")
	}
	p.Heads = words
	if p.TotalAt == "row" && p.GradeAt == "none" && chance(r, 35) {
		p.GradeAt = "line"
		labels := map[string]string{"grade": pick(r, "自评等级", "评价等级", "评价结果等次")}
		for k, v := range p.Labels {
			labels[k] = v
		}
		p.Labels = labels
	}
	l.Project = &p
	return l
}
