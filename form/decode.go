package form

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"heji/layout"
)

// UnmarshalJSON reads what MarshalJSON writes: a record that was written again is
// the same, byte for byte. What the record does not tell (which reader an alternative
// came from, a place beyond hundredths of a point) is not there.
func (r *Record) UnmarshalJSON(data []byte) error {
	var v struct {
		Schema   string
		Document Document
		Form     *struct {
			Ordinal int
			Pages   []int
			Kind    Kind
			Title   string
			Year    *int
			Unit    *string
		}
		Error         *Error
		Fields        fields
		OtherFields   []Figure `json:"other_fields"`
		Funds         []Fund
		Indicators    []Indicator
		Total         Total
		Grade         *Figure
		Evaluators    []Evaluator
		Problems      []Problem
		Discrepancies []Discrepancy
	}
	if err := json.Unmarshal(data, &v); err != nil {
		return fmt.Errorf("record: %w", err)
	}
	if v.Schema != Schema {
		return fmt.Errorf("record: its schema is %q, and this heji reads %s", v.Schema, Schema)
	}
	*r = Record{Document: v.Document, Err: v.Error}
	if v.Form == nil {
		return nil
	}
	r.Discrepancies = v.Discrepancies
	r.Form = &Form{Ordinal: v.Form.Ordinal, Pages: v.Form.Pages, Kind: v.Form.Kind, Title: v.Form.Title, Year: orZero(v.Form.Year), Unit: orZero(v.Form.Unit),
		Fields: v.Fields, OtherFields: v.OtherFields, Funds: v.Funds, Indicators: v.Indicators, Total: v.Total, Grade: v.Grade,
		Evaluators: v.Evaluators, Problems: v.Problems}
	return nil
}

// UnmarshalJSON keeps the members in their order.
func (fs *fields) UnmarshalJSON(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return errors.New("fields: not an object")
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return fmt.Errorf("fields: %w", err)
		}
		f := Field{Key: fmt.Sprint(key)}
		if err := d.Decode(&f.Figure); err != nil {
			return fmt.Errorf("fields.%s: %w", f.Key, err)
		}
		*fs = append(*fs, f)
	}
	return nil
}

// UnmarshalJSON reads the contract's FIGURE.
func (f *Figure) UnmarshalJSON(data []byte) error {
	var v struct {
		Label        *string
		Text         string
		Value        *Amount
		Unit         *string
		State        State
		Comparator   string
		Page         int
		Box          layout.Box
		Confidence   float64
		Reader       layout.Reader
		Alternatives []layout.Reading
		Agreed       int
		Doubt        string
		SettledBy    *Finding `json:"settled_by"`
	}
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	*f = Figure{Label: orZero(v.Label), Text: v.Text, Value: v.Value, Unit: orZero(v.Unit), State: v.State, Comparator: v.Comparator,
		Page: v.Page, Box: v.Box, Confidence: v.Confidence, Reader: v.Reader, Alternatives: v.Alternatives, Agreed: v.Agreed, Doubt: v.Doubt, SettledBy: v.SettledBy}
	return nil
}

// UnmarshalJSON reads the contract's INDICATOR.
func (i *Indicator) UnmarshalJSON(data []byte) error {
	var v struct {
		Kind            IndicatorKind
		Level1          string
		Level2          string
		Level3          string
		Canonical       *string
		CanonicalBy     float64 `json:"canonical_confidence"`
		Nature          string
		ReferenceWeight *Figure `json:"reference_weight"`
		Weight          *Figure
		Target          *Figure
		AdjustedTarget  *Figure `json:"adjusted_target"`
		Actual          *Figure
		Coefficient     *Figure
		Analysis        *Figure
		Note            *Figure
		Score           *Figure
		ReviewScore     *Figure `json:"review_score"`
		Core            string
	}
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	*i = Indicator{v.Kind, v.Level1, v.Level2, v.Level3, orZero(v.Canonical), v.CanonicalBy, v.Nature, v.ReferenceWeight, v.Weight,
		v.Target, v.AdjustedTarget, v.Actual, v.Coefficient, v.Analysis, v.Note, v.Score, v.ReviewScore, v.Core}
	return nil
}

func orZero[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
