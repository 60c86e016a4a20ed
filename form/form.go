// Package form says what a performance self-evaluation form (绩效自评表) is:
// header fields, a funds table, indicator rows with weights and scores, totals, a
// grade, and what was found wrong with them. It is the vocabulary that every
// stage shares and holds no stage's work.
//
// The form's own words, translated once:
//
//	部门整体支出 DepartmentOverall    项目支出 Project
//	上年结转 CarriedOver             年初预算 InitialBudget
//	预算调整 BudgetAdjustment        全年预算数 Budget
//	执行数 Executed                  执行率 Rate
//	年末结余 YearEndBalance          一/二/三级指标 Level1/2/3
//	参考分值 ReferenceWeight         分值, 设定分值 Weight
//	年度指标值 Target                调整后指标值 AdjustedTarget
//	实际完成值 Actual
//	得分系数 Coefficient             计算分析情况 Analysis
//	得分 Score                       复核分 ReviewScore
//	综合得分 Total.Score             等次 Grade
//
// What is printed and what it means are kept apart: a Figure holds the printed
// text and, beside it, the value. Nothing overwrites the printed text.
package form

import (
	"fmt"
	"iter"

	"heji/layout"
)

// Kind is the family a form belongs to.
type Kind string

const (
	Department Kind = "department" // 部门整体支出
	Project    Kind = "project"    // 项目支出, transfer and special funds
)

// State says what stands in a figure's place.
type State string

const (
	Read   State = "read"
	Blank  State = "blank"     // nothing printed
	None   State = "none"      // —, /, 无 printed: the form says there is no such figure
	Unread State = "illegible" // ink, and no reading
)

// Figure is one printed thing: a number, a name or a narrative.
type Figure struct {
	Label        string  // as printed, with its unit; "" when the place has no label of its own
	Text         string  // as printed: trimmed, line breaks removed, nothing else changed
	Value        *Amount // nil unless Text is one number
	Unit         string  // printed in the cell or the label, or the form's, such as 万元 or %; "" where it has none
	State        State
	Comparator   string     // >=, <=, =, >, < or range, for a target or an actual that prints one
	Page         int        // 1-based
	Box          layout.Box // points
	Confidence   float64    // 0 to 1
	Reader       layout.Reader
	Alternatives []layout.Reading // other readings of the same ink that differ from Text, best first
	Agreed       int              // further independent readings of the same ink that say the same
	Doubt        string           // why the reading should not be relied on: a layout.Doubt code, or ""
	SettledBy    *Finding         // the equation that settled a doubt: any other reading would break it
}

// Field is a header field with its key from the contract, such as "executed".
type Field struct {
	Key string
	Figure
}

// Form is one self-evaluation form.
type Form struct {
	Ordinal     int   // 1-based, in the document
	Pages       []int // 1-based
	Kind        Kind
	Title       string
	Year        int      // 0 when not printed
	Unit        string   // of the amounts, where the form prints one for all: 万元, 元 or 亿元
	Fields      []Field  // with known keys, in printed order
	OtherFields []Figure // with labels the glossary does not have
	Funds       []Fund
	Indicators  []Indicator // in printed order, section rows among them
	Total       Total
	Grade       *Figure
	Evaluators  []Evaluator
	Problems    []Problem
}

// Sheet is a Form whose figures are as printed: Text and the place are set,
// Value, Unit and State are not. Parse makes it, normalize turns it into a Form.
type Sheet Form

// Fund is a row of the funds table.
type Fund struct {
	Source   string // total, fiscal, carryover, other, or the label itself
	Label    string
	Initial  *Figure
	Budget   *Figure
	Executed *Figure
	Weight   *Figure
	Rate     *Figure
	Score    *Figure
}

// IndicatorKind tells a leaf row from a printed subtotal row.
type IndicatorKind string

const (
	Section IndicatorKind = "section"
	Leaf    IndicatorKind = "leaf"
)

// Indicator is one indicator row. A nil Figure means that the form has no such
// column; a column that is there and empty is a Figure in state Blank.
type Indicator struct {
	Kind            IndicatorKind
	Level1          string
	Level2          string
	Level3          string
	Canonical       string  // the standard framework's full name, or ""
	CanonicalBy     float64 // how sure the match is, 0 to 1: 1 letter for letter, less for a name cut off or worded otherwise
	Nature          string
	ReferenceWeight *Figure
	Weight          *Figure
	Target          *Figure
	AdjustedTarget  *Figure // what the target became during the year, where the form prints both
	Actual          *Figure
	Coefficient     *Figure
	Analysis        *Figure
	Note            *Figure
	Score           *Figure
	ReviewScore     *Figure
	Core            string
}

// Name is the row's own printed name: the deepest level it has.
func (i Indicator) Name() string {
	for _, s := range []string{i.Level3, i.Level2, i.Level1} {
		if s != "" {
			return s
		}
	}
	return ""
}

// Total is what the form prints as its own sums; a nil Figure is not printed.
type Total struct {
	Weight *Figure `json:"weight"`
	Score  *Figure `json:"score"`
}

// Evaluator is a person named at the foot of the form.
type Evaluator struct {
	Name       string `json:"name"`
	Title      string `json:"title"`
	Department string `json:"department"`
	Phone      string `json:"phone"`
}

// Problem is a place that was not read or cannot be relied on. It is about our
// reading, never about the form.
type Problem struct {
	Where   string     `json:"where"` // a path into the record, or "page 2" for what belongs to no figure
	Code    string     `json:"code"`
	Message string     `json:"message"`
	Page    int        `json:"page"`
	Box     layout.Box `json:"box"`

	MessageZH string `json:"message_zh,omitempty"` // the same in Chinese
}

// Verdict says whether the form or the reading is at fault.
type Verdict string

const (
	ByForm    Verdict = "form"      // the form contradicts itself
	Misread   Verdict = "misread"   // a repair supported by other readings settles every rule
	Undecided Verdict = "undecided" // it cannot be told
)

// Discrepancy is a rule that the printed figures break.
type Discrepancy struct {
	Rule       string    `json:"rule"`
	Where      string    `json:"where"`   // the figure that is wrong if all others are right
	Printed    string    `json:"printed"` // decimal, or a grade
	Computed   string    `json:"computed"`
	Difference string    `json:"difference"` // printed − computed; "" where there is no such number
	Verdict    Verdict   `json:"verdict"`
	Message    string    `json:"message"`    // English, one sentence
	MessageZH  string    `json:"message_zh"` // Chinese, one sentence
	From       []Operand `json:"from"`       // what Computed was made of, and the printed figure itself is not among them
	Repairs    []Repair  `json:"repairs"`

	// Consequences are other discrepancies of the form that are there only because
	// this figure is wrong: their rules hold once it is what was computed.
	// ConsequenceOf is the way back.
	Consequences  []Finding `json:"consequences,omitempty"`
	ConsequenceOf *Finding  `json:"consequence_of,omitempty"`
}

// Finding names a discrepancy of the same form.
type Finding struct {
	Rule  string `json:"rule"`
	Where string `json:"where"`
}

// Operand is a figure that took part in a rule.
type Operand struct {
	Where string `json:"where"`
	Value string `json:"value"`
}

// Repair is a suggestion: another reading that would settle the rule. It is
// never applied.
type Repair struct {
	Where    string `json:"where"`
	From     string `json:"from"`
	To       string `json:"to"`
	Reason   string `json:"reason"`
	ReasonZH string `json:"reason_zh,omitempty"`
	Cost     string `json:"cost"` // decimal; lower is likelier
}

// Field is the header field with the key, or nil when the form has none.
func (f *Form) Field(key string) *Figure {
	for i := range f.Fields {
		if f.Fields[i].Key == key {
			return &f.Fields[i].Figure
		}
	}
	return nil
}

// Figures yields every figure of the form with its path into the record, in
// the record's order. The figures may be changed through the pointers.
func (f *Form) Figures() iter.Seq2[string, *Figure] {
	return func(yield func(string, *Figure) bool) {
		each := func(where string, figure *Figure) bool {
			return figure == nil || yield(where, figure)
		}
		for i := range f.Fields {
			if !each("fields."+f.Fields[i].Key, &f.Fields[i].Figure) {
				return
			}
		}
		for i := range f.OtherFields {
			if !each(fmt.Sprintf("other_fields[%d]", i), &f.OtherFields[i]) {
				return
			}
		}
		for i := range f.Funds {
			for name, figure := range f.Funds[i].figures() {
				if !each(fmt.Sprintf("funds[%d].%s", i, name), figure) {
					return
				}
			}
		}
		for i := range f.Indicators {
			for name, figure := range f.Indicators[i].figures() {
				if !each(fmt.Sprintf("indicators[%d].%s", i, name), figure) {
					return
				}
			}
		}
		_ = each("total.weight", f.Total.Weight) && each("total.score", f.Total.Score) && each("grade", f.Grade)
	}
}

func (f *Fund) figures() iter.Seq2[string, *Figure] {
	return func(yield func(string, *Figure) bool) {
		_ = yield("initial", f.Initial) && yield("budget", f.Budget) && yield("executed", f.Executed) &&
			yield("weight", f.Weight) && yield("rate", f.Rate) && yield("score", f.Score)
	}
}

func (i *Indicator) figures() iter.Seq2[string, *Figure] {
	return func(yield func(string, *Figure) bool) {
		_ = yield("reference_weight", i.ReferenceWeight) && yield("weight", i.Weight) && yield("target", i.Target) &&
			yield("adjusted_target", i.AdjustedTarget) && yield("actual", i.Actual) && yield("coefficient", i.Coefficient) && yield("analysis", i.Analysis) &&
			yield("note", i.Note) && yield("score", i.Score) && yield("review_score", i.ReviewScore)
	}
}
