package form

import (
	"bytes"
	"encoding/json"

	"heji/layout"
)

// Schema names the record's version; it is the first member of every record.
const Schema = "heji/1"

// Record is what heji tells other programs of one form, or of a document that
// could not be read (Form nil, Err set). The contract fixes its JSON.
type Record struct {
	Document      Document
	Form          *Form
	Discrepancies []Discrepancy
	Err           *Error
}

// Document identifies the file a record came from.
type Document struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
	Bytes  int64  `json:"bytes"`
	Pages  int    `json:"pages"`
}

// MarshalJSON writes the record as the contract has it, on one line.
func (r Record) MarshalJSON() ([]byte, error) {
	if r.Form == nil {
		return marshal(struct {
			Schema   string   `json:"schema"`
			Document Document `json:"document"`
			Form     *Form    `json:"form"`
			Error    *Error   `json:"error"`
		}{Schema, r.Document, nil, r.Err})
	}
	f := r.Form
	type head struct {
		Ordinal int     `json:"ordinal"`
		Pages   []int   `json:"pages"`
		Kind    Kind    `json:"kind"`
		Title   string  `json:"title"`
		Year    *int    `json:"year"`
		Unit    *string `json:"unit"`
	}
	return marshal(struct {
		Schema        string        `json:"schema"`
		Document      Document      `json:"document"`
		Form          head          `json:"form"`
		Fields        fields        `json:"fields"`
		OtherFields   []Figure      `json:"other_fields"`
		Funds         []Fund        `json:"funds"`
		Indicators    []Indicator   `json:"indicators"`
		Total         Total         `json:"total"`
		Grade         *Figure       `json:"grade"`
		Evaluators    []Evaluator   `json:"evaluators"`
		Problems      []Problem     `json:"problems"`
		Discrepancies []Discrepancy `json:"discrepancies"`
	}{
		Schema, r.Document,
		head{f.Ordinal, list(f.Pages), f.Kind, f.Title, nonZero(f.Year), nonZero(f.Unit)},
		f.Fields, list(f.OtherFields), list(f.Funds), list(f.Indicators), f.Total, f.Grade,
		list(f.Evaluators), list(f.Problems), list(r.Discrepancies),
	})
}

// fields is an object with one member a field, in printed order.
type fields []Field

func (fs fields) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, f := range fs {
		if i > 0 {
			b.WriteByte(',')
		}
		key, err := marshal(f.Key)
		if err != nil {
			return nil, err
		}
		value, err := marshal(f.Figure)
		if err != nil {
			return nil, err
		}
		b.Write(key)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// MarshalJSON writes the contract's FIGURE.
func (f Figure) MarshalJSON() ([]byte, error) {
	type alternative struct {
		Text       string  `json:"text"`
		Confidence float64 `json:"confidence"`
		By         string  `json:"by,omitempty"`
	}
	var alternatives []alternative
	for _, a := range f.Alternatives {
		alternatives = append(alternatives, alternative{a.Flat(), a.Confidence, a.By})
	}
	return marshal(struct {
		Label        *string       `json:"label"`
		Text         string        `json:"text"`
		Value        *Amount       `json:"value"`
		Unit         *string       `json:"unit"`
		State        State         `json:"state"`
		Comparator   string        `json:"comparator,omitempty"`
		Page         int           `json:"page"`
		Box          layout.Box    `json:"box"`
		Confidence   float64       `json:"confidence"`
		Reader       layout.Reader `json:"reader"`
		Alternatives []alternative `json:"alternatives"`
		Agreed       int           `json:"agreed,omitempty"`
		Doubt        string        `json:"doubt,omitempty"`
		SettledBy    *Finding      `json:"settled_by,omitempty"`
	}{nonZero(f.Label), f.Text, f.Value, nonZero(f.Unit), f.State, f.Comparator,
		f.Page, f.Box, f.Confidence, f.Reader, list(alternatives), f.Agreed, f.Doubt, f.SettledBy})
}

// MarshalJSON writes the contract's funds row.
func (f Fund) MarshalJSON() ([]byte, error) {
	return marshal(struct {
		Source   string  `json:"source"`
		Label    string  `json:"label"`
		Initial  *Figure `json:"initial,omitempty"`
		Budget   *Figure `json:"budget,omitempty"`
		Executed *Figure `json:"executed,omitempty"`
		Weight   *Figure `json:"weight,omitempty"`
		Rate     *Figure `json:"rate,omitempty"`
		Score    *Figure `json:"score,omitempty"`
	}(f))
}

// MarshalJSON writes the contract's INDICATOR.
func (i Indicator) MarshalJSON() ([]byte, error) {
	return marshal(struct {
		Kind            IndicatorKind `json:"kind"`
		Level1          string        `json:"level1,omitempty"`
		Level2          string        `json:"level2,omitempty"`
		Level3          string        `json:"level3,omitempty"`
		Canonical       *string       `json:"canonical"`
		CanonicalBy     float64       `json:"canonical_confidence,omitempty"`
		Nature          string        `json:"nature,omitempty"`
		ReferenceWeight *Figure       `json:"reference_weight,omitempty"`
		Weight          *Figure       `json:"weight,omitempty"`
		Target          *Figure       `json:"target,omitempty"`
		AdjustedTarget  *Figure       `json:"adjusted_target,omitempty"`
		Actual          *Figure       `json:"actual,omitempty"`
		Coefficient     *Figure       `json:"coefficient,omitempty"`
		Analysis        *Figure       `json:"analysis,omitempty"`
		Note            *Figure       `json:"note,omitempty"`
		Score           *Figure       `json:"score,omitempty"`
		ReviewScore     *Figure       `json:"review_score,omitempty"`
		Core            string        `json:"core,omitempty"`
	}{i.Kind, i.Level1, i.Level2, i.Level3, nonZero(i.Canonical), i.CanonicalBy, i.Nature, i.ReferenceWeight, i.Weight,
		i.Target, i.AdjustedTarget, i.Actual, i.Coefficient, i.Analysis, i.Note, i.Score, i.ReviewScore, i.Core})
}

// MarshalJSON writes empty lists as [], so that no reader needs to expect null.
func (d Discrepancy) MarshalJSON() ([]byte, error) {
	type plain Discrepancy
	d.From, d.Repairs = list(d.From), list(d.Repairs)
	return marshal(plain(d))
}

// marshal is json.Marshal without turning <, > and & into \u003c: the record is
// no HTML, and people read it.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// list makes nil an empty list, which JSON writes as [] and not as null.
func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

func nonZero[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}
