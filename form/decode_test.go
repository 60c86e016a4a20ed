package form

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"heji/layout"
)

// A record that is read and written again is the same, byte for byte.
func TestRecordRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first, err := drawRecord(t).MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		var r Record
		if err := json.Unmarshal(first, &r); err != nil {
			t.Fatal(err)
		}
		second, err := r.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first, second) {
			t.Fatalf("written %s\nagain %s", first, second)
		}
	})
}

func drawRecord(t *rapid.T) Record {
	text := func(name string) string {
		return rapid.SampledFrom([]string{"", "过程", "≥95%", "1,586.78", "a<b&c"}).Draw(t, name)
	}
	figure := func(name string) *Figure {
		if rapid.Bool().Draw(t, name+" is there") {
			return nil
		}
		f := &Figure{Label: text("label"), Text: text("text"), Unit: text("unit"), State: Read, Comparator: text("comparator"),
			Page: rapid.IntRange(0, 3).Draw(t, "page"), Confidence: rapid.Float64Range(0, 1).Draw(t, "confidence"), Reader: layout.ByOCR,
			Agreed: rapid.IntRange(0, 2).Draw(t, "agreed"), Doubt: text("doubt")}
		if rapid.Bool().Draw(t, "a number") {
			a := MustAmount(fmt.Sprintf("%d.%02d", rapid.IntRange(-99, 99).Draw(t, "whole"), rapid.IntRange(0, 99).Draw(t, "decimals")))
			f.Value, f.Box = &a, layout.Box{X0: 1.25, Y0: 2, X1: 3, Y1: 4.5}
			f.Alternatives = []layout.Reading{{Text: text("alternative"), Confidence: 0.5, By: text("by")}}
		}
		return f
	}
	d := Document{Name: text("name"), SHA256: "00", Bytes: 7, Pages: 1}
	if rapid.Bool().Draw(t, "could not be read") {
		return Record{Document: d, Err: &Error{Code: Damaged, Message: text("message")}}
	}
	f := &Form{Ordinal: 1, Pages: []int{1, 2}, Kind: Department, Title: text("title"), Year: rapid.IntRange(0, 2030).Draw(t, "year"), Unit: text("unit"),
		Total: Total{figure("total weight"), figure("total score")}, Grade: figure("grade"), Evaluators: []Evaluator{{Name: text("evaluator")}},
		Problems: []Problem{{Where: "page 1", Code: "illegible", Page: 1}}}
	for i, key := range []string{"zeta", "alpha", "executed"} {
		if g := figure(key); g != nil {
			f.Fields = append(f.Fields, Field{Key: key, Figure: *g})
			f.OtherFields = append(f.OtherFields, *g)
			f.Funds = append(f.Funds, Fund{"total", text("source"), g, figure("budget"), nil, figure("weight"), figure("rate"), nil})
			f.Indicators = append(f.Indicators, Indicator{Kind: Leaf, Level1: text("level"), Canonical: text("canonical"), ReferenceWeight: g,
				ReviewScore: figure("review"), Core: fmt.Sprint(i)})
		}
	}
	return Record{Document: d, Form: f, Discrepancies: []Discrepancy{{Rule: "grade", Where: "grade", Verdict: ByForm,
		From: []Operand{{"total.score", "90"}}, ConsequenceOf: &Finding{"score-total", "total.score"}}}}
}

// Each code has a sentence in Chinese.
func TestErrorsInChinese(t *testing.T) {
	for _, c := range []Code{NotFound, NotADocument, Damaged, Encrypted, TooLarge, Timeout, NoPages, NotAForm, OCRUnavailable, Crashed} {
		if e := (&Error{Code: c, Message: "in English"}); e.MessageZH() == e.Message {
			t.Errorf("%s has no sentence in Chinese", c)
		}
	}
}
