package samples

import (
	"bytes"
	"encoding/json"
	"slices"

	"heji/form"
	"heji/layout"
)

// Truth is what is printed on a form and what is wrong with it: the essentials
// of the record that heji makes of it. All figures are as printed.
type Truth struct {
	Kind          form.Kind         `json:"kind"`
	Title         string            `json:"title"`
	Year          int               `json:"year"`
	Unit          string            `json:"unit"`                   // of the header's amounts
	Fields        map[string]string `json:"fields"`                 // by the contract's keys; "" where the cell is empty
	Other         map[string]string `json:"other_fields,omitempty"` // by printed label: what the contract has no key for
	Funds         []Fund            `json:"funds,omitempty"`
	Indicators    []Indicator       `json:"indicators"`
	Total         Total             `json:"total"`
	Grade         string            `json:"grade"`                // 优, 良, 中 or 差
	GradeText     string            `json:"grade_text,omitempty"` // what is printed, where it is more than the grade
	Evaluators    []Evaluator       `json:"evaluators"`
	Discrepancies []Discrepancy     `json:"discrepancies"`
	Error         form.Code         `json:"error,omitempty"`     // where no form is to be found
	Pages         []int             `json:"pages,omitempty"`     // where a document holds more than the form
	Unchecked     bool              `json:"unchecked,omitempty"` // nobody has said which rules the figures break
	Made          Made              `json:"made"`
}

// Fund is a printed row of the funds table, or a column where the sources are
// columns. A member is "" where the form has no such column or the cell is empty.
type Fund struct {
	Source   string `json:"source"`
	Label    string `json:"label"`
	Initial  string `json:"initial,omitempty"`
	Budget   string `json:"budget,omitempty"`
	Executed string `json:"executed,omitempty"`
	Weight   string `json:"weight,omitempty"`
	Rate     string `json:"rate,omitempty"`
	Score    string `json:"score,omitempty"`
}

// Indicator is a printed indicator row. A member is "" where the form has no
// such column or the cell is empty.
type Indicator struct {
	Kind            form.IndicatorKind `json:"kind"`
	Level1          string             `json:"level1,omitempty"`
	Level2          string             `json:"level2,omitempty"`
	Level3          string             `json:"level3,omitempty"`
	Nature          string             `json:"nature,omitempty"`
	ReferenceWeight string             `json:"reference_weight,omitempty"`
	Weight          string             `json:"weight,omitempty"`
	Target          string             `json:"target,omitempty"`
	AdjustedTarget  string             `json:"adjusted_target,omitempty"`
	Unit            string             `json:"unit,omitempty"` // of the target, where it has a column
	Actual          string             `json:"actual,omitempty"`
	Coefficient     string             `json:"coefficient,omitempty"`
	Analysis        string             `json:"analysis,omitempty"`
	Note            string             `json:"note,omitempty"`
	Score           string             `json:"score,omitempty"`
	ReviewScore     string             `json:"review_score,omitempty"`
	Core            string             `json:"core,omitempty"`
}

// Total is the row of the form's own sums; Weight is "" where it is not printed.
type Total struct {
	Weight string `json:"weight"`
	Score  string `json:"score"`
}

// Evaluator is a person named at the foot of the form.
type Evaluator struct {
	Name       string `json:"name"`
	Title      string `json:"title"`
	Department string `json:"department"`
	Phone      string `json:"phone"`
}

// Discrepancy is a rule that the printed figures break. Row is the name of the
// indicator row, or "" where the rule is about the header or the total.
type Discrepancy struct {
	Rule     string `json:"rule"`
	Row      string `json:"row,omitempty"`
	Printed  string `json:"printed"`
	Computed string `json:"computed"`
	// Consequence marks a rule that breaks only because another planted figure
	// is wrong; a report may name it or leave it to the cause.
	Consequence bool `json:"consequence,omitempty"`
}

// Made says how the document was made, for whoever asks which kind is misread.
type Made struct {
	Seed int64 `json:"seed"`
	I    int   `json:"i"`
	Look Look  `json:"look"`
	Scan *Scan `json:"scan,omitempty"`
}

// Sheet is what reading the form's text without a mistake gives.
func (t Truth) Sheet() form.Sheet {
	figure := func(text string) *form.Figure {
		return &form.Figure{Text: text, Page: 1, Reader: layout.ByTextLayer, Confidence: 1}
	}
	optional := func(text string) *form.Figure {
		if text == "" {
			return nil
		}
		return figure(text)
	}
	s := form.Sheet{Kind: t.Kind, Title: t.Title, Year: t.Year, Unit: t.Unit}
	var keys []string
	for k := range t.Fields {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		s.Fields = append(s.Fields, form.Field{Key: k, Figure: *figure(t.Fields[k])})
	}
	for _, r := range t.Funds {
		s.Funds = append(s.Funds, form.Fund{Source: r.Source, Label: r.Label, Initial: optional(r.Initial), Budget: optional(r.Budget),
			Executed: optional(r.Executed), Weight: optional(r.Weight), Rate: optional(r.Rate), Score: optional(r.Score)})
	}
	for _, r := range t.Indicators {
		row := form.Indicator{Kind: r.Kind, Level1: r.Level1, Level2: r.Level2, Level3: r.Level3, Nature: r.Nature, Weight: figure(r.Weight), Score: figure(r.Score),
			ReferenceWeight: optional(r.ReferenceWeight), Analysis: optional(r.Analysis), Target: optional(r.Target), Actual: optional(r.Actual), Note: optional(r.Note)}
		if row.Target != nil {
			row.Target.Unit = r.Unit
		}
		s.Indicators = append(s.Indicators, row)
	}
	s.Total = form.Total{Weight: optional(t.Total.Weight), Score: optional(t.Total.Score)}
	text := t.Grade
	if t.GradeText != "" {
		text = t.GradeText
	}
	s.Grade = optional(text)
	return s
}

// JSON is the truth as it is written to a file: indented, ≥ left as ≥.
func (t Truth) JSON() ([]byte, error) { return indented(t) }

func indented(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	err := e.Encode(v)
	return b.Bytes(), err
}
