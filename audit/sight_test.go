package audit

import (
	"slices"
	"testing"

	"heji/form"
	"heji/layout"
)

// A digit of a narrative that only one reader saw accuses nobody: where a number read
// like it would be right the rule is silent, and what is far from right is not.
func TestANumberThatOneReaderSaw(t *testing.T) {
	header := "field initial_budget 1540.30 万元\nfield executed 1586.78 万元\nfield year_end_balance 15.06 万元\n"
	for _, c := range []struct {
		name, note, other string
		want              []form.Verdict
		silent            bool
		third             string
	}{
		{"a digit away from the header", "年初预算1548.30万元。", "年初预算。", nil, true, ""},
		{"the other reader saw it too", "年初预算1548.30万元。", "年初预算1548.30万元,", []form.Verdict{form.ByForm}, false, ""},
		{"far from the header", "年初预算1926.75万元。", "年初预算。", []form.Verdict{form.ByForm}, false, ""},
		{"far from the header, and its name was seen once", "年初预算1926.75万元。", "", []form.Verdict{form.Undecided}, false, ""},
		{"a part is a digit away from the sum", "决算金额1586.78万元,包括基本支出902.01万元和项目支出634.77万元。", "决算金额1586.78万元,包括基本支出902.01万元和项目支出", nil, true, ""},
		{"no part is", "决算金额1586.78万元,包括基本支出902.01万元和项目支出638.29万元。", "决算金额1586.78万元,包括基本支出902.0]万元和项目支出638.29万元", []form.Verdict{form.ByForm}, false, ""},
		{"a third reading has the header's", "年初预算1548.30万元。", "年初预算1548.30万元,", nil, true, "年初预算1540.30万元。"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := readForm(t, header+"note execution_note "+c.note)
			g := f.Field("execution_note")
			g.Reader, g.Doubt = layout.ByOCR, layout.Disagree
			if c.other != "" {
				g.Alternatives = []layout.Reading{{Text: c.other, Reader: layout.ByOCR}}
			}
			if c.third != "" {
				g.Alternatives = append(g.Alternatives, layout.Reading{Text: c.third, Reader: layout.ByOCR})
			}
			j := Judge(&f)
			var got []form.Verdict
			for _, d := range j.Discrepancies {
				got = append(got, d.Verdict)
			}
			silent := slices.ContainsFunc(j.Identities, func(id Identity) bool {
				return id.State == Unchecked && id.Why != "" && id.Where == "fields.execution_note"
			})
			if !slices.Equal(got, c.want) || silent != c.silent {
				t.Errorf("%v, silent %t, want %v, %t: %+v", got, silent, c.want, c.silent, j.Identities)
			}
			if c.silent && !slices.Contains(j.Weighed, "fields.execution_note") {
				t.Error("it is not looked at again")
			}
		})
	}
}

// A text of a scan that begins with the whole may have lost the whole's first digits.
func TestANarrativeThatBeginsWithItsWhole(t *testing.T) {
	f := readForm(t, "note execution_note 10元,包括设备材料费4389837.96元和人工服务费8942262.50元。")
	if found := Check(&f); len(found) != 1 {
		t.Errorf("of a text layer: %+v", found)
	}
	f.Field("execution_note").Reader = layout.ByOCR
	if found := Check(&f); len(found) != 0 {
		t.Errorf("of pixels: %+v", found)
	}
}
