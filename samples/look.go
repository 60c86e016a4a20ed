package samples

import "math/rand/v2"

// Look is how a form is laid out and worded; nothing in it changes a figure.
type Look struct {
	Landscape   bool    `json:"landscape,omitempty"`
	Font        string  `json:"font"`
	Size        float64 `json:"size"`   // points
	Border      float64 `json:"border"` // points
	RowHeight   float64 `json:"row_height"`
	Sections    string  `json:"sections"`               // above: a row over its leaves; below: a 小计 row under them; none: a level-1 column only
	TwoWeights  bool    `json:"two_weights,omitempty"`  // 参考分值 and 设定分值
	TwoHeads    bool    `json:"two_heads,omitempty"`    // those two under one 指标分值
	Side        string  `json:"side,omitempty"`         // the cell that runs down the left of all indicators
	OneTable    bool    `json:"one_table,omitempty"`    // header and indicators in one grid
	RepeatHead  bool    `json:"repeat_head,omitempty"`  // column heads again on every page
	NewPage     bool    `json:"new_page,omitempty"`     // indicators begin a page
	CutMerged   bool    `json:"cut_merged,omitempty"`   // a page may end inside merged cells
	PageNumbers bool    `json:"page_numbers,omitempty"` // — 1 — at the foot
	Shade       bool    `json:"shade,omitempty"`        // label cells are light gray
	NumberRight bool    `json:"number_right,omitempty"` // figures stand at the right of their cells
	Cut         int     `json:"cut,omitempty"`          // names lose what is beyond so many characters
	Unit        string  `json:"unit"`                   // 万元 or 元
	UnitPlace   string  `json:"unit_place"`             // label, title or cell
	Scale       int     `json:"scale"`                  // decimals of amounts
	Rounded     bool    `json:"rounded,omitempty"`      // amounts were rounded one by one from finer ones
	Grouped     bool    `json:"grouped,omitempty"`      // 1,586.78
	Trim        bool    `json:"trim,omitempty"`         // 1540.3, not 1540.30
	NoteUnit    string  `json:"note_unit"`              // of the amounts in sentences
	NoteTrim    bool    `json:"note_trim,omitempty"`
	Zero        string  `json:"zero"`               // how a zero amount is printed; "" leaves the cell empty
	WeightScale int     `json:"weight_scale"`       // decimals of assigned weights; -1: as many as needed
	ScoreScale  int     `json:"score_scale"`        // decimals of scores; -1: as many as needed
	Dash        string  `json:"dash"`               // in cells that have nothing to say
	Boxes       bool    `json:"boxes,omitempty"`    // the grade is ticked, not written
	NoTotal     bool    `json:"no_total,omitempty"` // the total weight is not printed
	Length      int     `json:"length"`             // of the narratives, 0 to 3
	Leaves      float64 `json:"leaves"`             // share of the framework's indicators that are printed
	People      int     `json:"people"`             // evaluators named at the foot
	Ruling      string  `json:"ruling,omitempty"`   // dotted, dashed, open: no line at the sides, gaps: lines missing here and there, none
	Ink         string  `json:"ink,omitempty"`      // of the lines; "" for black
	Words       Words   `json:"words"`

	Project *ProjectLook `json:"project,omitempty"` // nil for a department's form
}

// Words are the labels, which differ from place to place.
type Words struct {
	Title      string `json:"title"`
	UnitName   string `json:"unit_name"`
	Head       string `json:"head"`
	Phone      string `json:"phone"`
	Carried    string `json:"carried_over"`
	Initial    string `json:"initial_budget"`
	Adjustment string `json:"budget_adjustment"`
	Other      string `json:"other_adjustment"`
	Executed   string `json:"executed"`
	Balance    string `json:"year_end_balance"`
	Functions  string `json:"functions"`
	Staffing   string `json:"staffing"`
	Note       string `json:"execution_note"`
	Analysis   string `json:"analysis"`
	Score      string `json:"score"`
	Weight     string `json:"weight"`
	Reasoning  string `json:"reasoning"`
	Total      string `json:"total"`
	Grade      string `json:"grade"`
}

// Fonts are the families a form may be set in, all of them packaged by Debian
// (fonts-noto-cjk, -arphic-gbsn00lp, -arphic-gkai00mp, -arphic-uming, -arphic-ukai,
// -wqy-zenhei, -wqy-microhei, -droid-fallback). Those not installed fall back to
// whatever Chinese face the machine has.
var Fonts = []string{"Noto Serif CJK SC", "AR PL SungtiL GB", "Noto Sans CJK SC", "WenQuanYi Zen Hei",
	"AR PL KaitiM GB", "AR PL UMing CN", "AR PL UKai CN", "WenQuanYi Micro Hei", "Droid Sans Fallback"}

// drawLook draws a look of the kinds seen in published forms.
func drawLook(r *rand.Rand) Look {
	l := Look{
		Landscape:   chance(r, 15),
		Font:        pick(r, Fonts...),
		Size:        pick(r, 9.0, 9.5, 10, 10.5, 11, 12),
		Border:      pick(r, 0.5, 0.75, 1),
		RowHeight:   pick(r, 13.0, 16, 18, 20, 23),
		Sections:    pick(r, "above", "above", "below", "none"),
		TwoWeights:  chance(r, 55),
		TwoHeads:    chance(r, 60),
		OneTable:    chance(r, 40),
		RepeatHead:  chance(r, 35),
		NewPage:     chance(r, 20),
		CutMerged:   chance(r, 60),
		PageNumbers: chance(r, 35),
		Shade:       chance(r, 15),
		NumberRight: chance(r, 20),
		Unit:        pick(r, "万元", "万元", "万元", "万元", "元"),
		UnitPlace:   pick(r, "label", "label", "title", "cell"),
		Scale:       2,
		Grouped:     chance(r, 40),
		NoteTrim:    chance(r, 30),
		Zero:        pick(r, "0.00", "0.00", "0.00", "0", "—", ""),
		WeightScale: pick(r, -1, -1, 2),
		ScoreScale:  pick(r, 2, 2, -1, 1),
		Dash:        pick(r, "—", "——", "/", ""),
		Boxes:       chance(r, 8),
		NoTotal:     chance(r, 8),
		Length:      r.IntN(4),
		Leaves:      pick(r, 0.5, 0.75, 1),
		People:      r.IntN(5),
	}
	if chance(r, 60) {
		l.Side = pick(r, "绩效情况", "绩效指标", "指标完成情况")
	}
	if chance(r, 35) {
		l.Cut = 6 + r.IntN(3)
	}
	l.NoteUnit = l.Unit
	if l.Unit == "万元" {
		switch r.IntN(8) {
		case 0:
			l.Scale = 4
		case 1:
			l.Trim = true
		case 2:
			l.Rounded = true
		}
	} else if chance(r, 40) {
		l.NoteUnit = "万元"
	}
	l.Words = Words{
		Title:      pick(r, "部门整体支出绩效自评表", "部门整体支出绩效自评表", "部门（单位）整体支出绩效自评表", "部门整体支出绩效评价自评表"),
		UnitName:   pick(r, "单位名称", "单位名称", "部门名称", "填报单位"),
		Head:       pick(r, "单位负责人", "部门负责人"),
		Phone:      pick(r, "单位联系电话", "联系电话"),
		Carried:    pick(r, "上年结转金额", "上年结转", "上年结转资金"),
		Initial:    pick(r, "年初预算金额", "年初预算数", "年初预算"),
		Adjustment: pick(r, "预算调整金额", "预算调整数"),
		Other:      pick(r, "其他调整资金", "其他调整"),
		Executed:   pick(r, "预算执行金额", "全年执行数", "预算执行数"),
		Balance:    pick(r, "年末结余金额", "年末结余", "年末结余数"),
		Functions:  pick(r, "单位职能概况", "部门职能概况"),
		Staffing:   pick(r, "单位人员情况", "部门人员情况"),
		Note:       "预算执行情况",
		Analysis:   pick(r, "部门整体支出绩效评价分析", "部门整体支出绩效分析"),
		Score:      pick(r, "评价得分", "自评得分", "得分"),
		Weight:     pick(r, "分值", "权重分值", "指标分值"),
		Reasoning:  pick(r, "计算分析情况", "评分依据及分析", "完成情况及分析"),
		Total:      pick(r, "综合得分", "总分", "合计"),
		Grade:      pick(r, "评价结果等次", "评价等级", "自评等次"),
	}
	return l
}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

func chance(r *rand.Rand, percent int) bool { return r.IntN(100) < percent }
