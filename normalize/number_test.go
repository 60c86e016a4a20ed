package normalize

import (
	"strings"
	"testing"

	"heji/form"
	"heji/layout"
)

func TestParse(t *testing.T) {
	for _, c := range []struct{ text, value, unit, comparator string }{
		{"1,586.78", "1586.78", "", ""},
		{"1540.30", "1540.30", "", ""},
		{"50,000.00", "50000.00", "", ""},
		{"3.00", "3.00", "", ""},
		{"16", "16", "", ""},
		{"0", "0", "", ""},
		{"0.0900000762939453", "0.0900000762939453", "", ""}, // a float that leaked
		{"95%", "95", "%", ""},
		{"９５．５％", "95.5", "%", ""},
		{"95. 10%", "95.10", "%", ""},
		{"100 %", "100", "%", ""},
		{"100百分比", "100", "%", ""},
		{"≥90%", "90", "%", ">="},
		{"≧50个", "50", "个", ">="},
		{"═100%", "100", "%", "="},
		{"=42个", "42", "个", "="},
		{"不低于95%", "95", "%", ">="},
		{"95%以上", "95", "%", ">="},
		{"5万以下", "5", "万", "<="},
		{"1540.3万元", "1540.3", "万元", ""},
		{"1600元/亩", "1600", "元/亩", ""},
		{"25TB", "25", "TB", ""},
		{"-13.27", "-13.27", "", ""},
		{"△13.27", "-13.27", "", ""},
		{"(1.20)", "-1.20", "", ""},
		{"负3", "-3", "", ""},
		{"¥1,000.00", "1000.00", "", ""},
		{"300 公里", "300", "公里", ""}, {"1 0 0", "100", "", ""}, {"1,586.\n78", "1586.78", "", ""},
	} {
		n, ok := Parse(c.text)
		if !ok || n.Value.String() != c.value || n.Unit != c.unit || n.Comparator != c.comparator {
			t.Errorf("Parse(%q) = %s %q %q, %v; want %s %q %q", c.text, n.Value, n.Unit, n.Comparator, ok, c.value, c.unit, c.comparator)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, text := range []string{
		"", "7,00.0,77", "7.50.", "1,23", "1234,567", "95.", ".5", "1O.5", "l6", "3.0O", "16 16 16a1",
		"2022年8月10日", "12-3", "—", "优", "(3)", "1..5", "1.2.3", "--5", "2)符合部门", "%、%", "１,２３４,５", "100 100", "5 5", "10 9.50",
	} {
		if n, ok := Parse(text); ok {
			t.Errorf("Parse(%q) = %s %q: want no number", text, n.Value, n.Unit)
		}
	}
	if n, ok := Parse("0-10%"); ok || n.Comparator != "range" {
		t.Errorf("Parse(0-10%%) = %v, %v: want a range and no number", n, ok)
	}
}

func TestStates(t *testing.T) {
	sheet := form.Sheet{
		Fields: []form.Field{
			{Key: "carried_over", Figure: form.Figure{Label: "上年结转金额 (万元)", Text: "1,020.73"}},
			{Key: "initial_budget", Figure: form.Figure{Label: "年初预算金额（元）", Text: ""}},
			{Key: "budget_adjustment", Figure: form.Figure{Text: "——"}},
			{Key: "other_adjustment", Figure: form.Figure{Doubt: "illegible"}},
			{Key: "executed", Figure: form.Figure{Text: "7,00.0,77"}},
			{Key: "year_end_balance", Figure: form.Figure{Text: "5.2亿"}},
			{Key: "phone", Figure: form.Figure{Text: "2638304"}},
		},
		Indicators: []form.Indicator{{Kind: form.Leaf, Level2: "预算执行", Level3: "“三公经费”", Weight: &form.Figure{Text: "3个"}}},
	}
	f := Normalize(sheet)
	for _, c := range []struct {
		key, value, unit string
		state            form.State
	}{
		{"carried_over", "1020.73", "万元", form.Read},
		{"initial_budget", "", "", form.Blank},
		{"budget_adjustment", "", "", form.None},
		{"other_adjustment", "", "", form.Unread},
		{"executed", "", "", form.Read},
		{"year_end_balance", "5.2", "亿元", form.Read},
		{"phone", "", "", form.Read},
	} {
		g := f.Field(c.key)
		value := ""
		if g.Value != nil {
			value = g.Value.String()
		}
		if value != c.value || g.Unit != c.unit || g.State != c.state {
			t.Errorf("%s: %q %q %s, want %q %q %s", c.key, value, g.Unit, g.State, c.value, c.unit, c.state)
		}
	}
	if got := f.Indicators[0].Canonical; got != "“三公经费”控制率" {
		t.Errorf("canonical %q", got)
	}
	var codes []string
	for _, p := range f.Problems {
		codes = append(codes, p.Where+" "+p.Code)
	}
	want := "fields.other_adjustment illegible|fields.executed not-a-number|indicators[0].weight not-a-number"
	if got := strings.Join(codes, "|"); got != want {
		t.Errorf("problems %s, want %s", got, want)
	}
}

// A unit that pixels blurred is the form's; one that differs is doubted.
func TestUnitsOfLabelsReadFromPixels(t *testing.T) {
	var sheet form.Sheet
	for key, label := range map[string]string{"carried_over": "上年结转金额(万才)", "initial_budget": "年初预算金额(万元)", "executed": "预算执行金额(元)", "year_end_balance": "年末结余金额"} {
		sheet.Fields = append(sheet.Fields, form.Field{Key: key, Figure: form.Figure{Label: label, Text: "1.00", Reader: layout.ByOCR}})
	}
	f := Normalize(sheet)
	for key, want := range map[string]string{"carried_over": "万元", "initial_budget": "万元", "executed": "元", "year_end_balance": "万元"} {
		if got := f.Field(key).Unit; got != want {
			t.Errorf("%s in %q, want %q", key, got, want)
		}
	}
	if len(f.Problems) != 1 || f.Problems[0].Where != "fields.executed" || f.Problems[0].Code != UnitInDoubt {
		t.Errorf("problems %+v", f.Problems)
	}
}

// A rate takes its unit from its head, and a blank its reader from the page.
func TestWhatTheFormSaysElsewhere(t *testing.T) {
	f := Normalize(form.Sheet{Funds: []form.Fund{{
		Rate:   &form.Figure{Label: "执行率（%）", Text: "98.5", Page: 1, Reader: layout.ByTextLayer},
		Budget: &form.Figure{Label: "全年预算数", Text: "", Page: 1}}}})
	if g := f.Funds[0].Rate; g.Unit != "%" {
		t.Errorf("98.5 under 执行率（%%） has the unit %q", g.Unit)
	}
	if g := f.Funds[0].Budget; g.Reader != layout.ByTextLayer || g.State != form.Blank {
		t.Errorf("a blank was read by %q, state %s", g.Reader, g.State)
	}
}

// 2793调 is 2793亩 misread: nothing is counted in 调.
func TestUnitsOfCountsReadFromPixels(t *testing.T) {
	for text, want := range map[string]string{"2793调": UnitInDoubt, "2793亩": "", "116公申": UnitInDoubt, "116公里": "", "95%": "", "12人次": "", "3眼": "",
		"委?次": layout.Unconfirmed, "115.489件": layout.Unconfirmed, "115.489吨": "", "1.000公里": layout.Unconfirmed, "1.600元": layout.Unconfirmed, "1.600元/人": layout.Unconfirmed, "115,489件": "", "4.029米": layout.Unconfirmed, "4.029万元": "",
		"-91.1%": layout.Unconfirmed, "48元，": layout.Unconfirmed, "-]1%": layout.Unconfirmed, "8.]万元": layout.Unconfirmed, "262.3%": layout.Unconfirmed, "120%": "", "≥3类，5项": ""} {
		f := Normalize(form.Sheet{Indicators: []form.Indicator{{Kind: form.Leaf, Actual: &form.Figure{Text: text, Reader: layout.ByOCR}}}})
		if got := f.Indicators[0].Actual.Doubt; got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// What was achieved has a number where its target has one and both have its unit: 工册 was 1册.
func TestLostDigits(t *testing.T) {
	for text, doubted := range map[string]bool{"工册": true, "1册": false, "册": false, "已全部印发册": false, "每户一册": false} {
		f := Normalize(form.Sheet{Indicators: []form.Indicator{{Kind: form.Leaf, Target: &form.Figure{Text: "≥1册", Reader: layout.ByOCR},
			Actual: &form.Figure{Text: text, Reader: layout.ByOCR}}}})
		if got := f.Indicators[0].Actual.Doubt != ""; got != doubted || got != (len(f.Problems) > 0) {
			t.Errorf("%s: doubted %v, problems %v", text, got, f.Problems)
		}
	}
}

// What is left of a reading without the specks at its ends is the number, in doubt.
func TestSpecksBesideNumbers(t *testing.T) {
	for text, want := range map[string]string{"，6": "6", "*11": "11", "，9.86": "9.86", "4，": "4", "4.": "", "7.57，17.00": "", "o15": "", "00": ""} {
		g := &form.Figure{Text: text, Reader: layout.ByOCR}
		got := ""
		if f := Normalize(form.Sheet{Indicators: []form.Indicator{{Kind: form.Leaf, Score: g}}}).Indicators[0].Score; f.Value != nil {
			if got = f.Value.String(); f.Doubt != layout.Unconfirmed {
				t.Errorf("%s: %q", text, f.Doubt)
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// A speck before a figure is no minus: the figure stays unread.
func TestADoubtedMinusIsNoValue(t *testing.T) {
	f := Normalize(form.Sheet{Indicators: []form.Indicator{{Kind: form.Leaf,
		Score:       &form.Figure{Text: "-5.20", Reader: layout.ByOCR, Doubt: layout.Unconfirmed},
		ReviewScore: &form.Figure{Text: "-5.20", Reader: layout.ByOCR, Agreed: 1},
		Weight:      &form.Figure{Text: "-5.20", Reader: layout.ByOCR, Agreed: 1}}}})
	if row := f.Indicators[0]; row.Score.Value != nil || row.ReviewScore.Value == nil || row.Weight.Value != nil {
		t.Errorf("score %v, review score %v, weight %v", row.Score.Value, row.ReviewScore.Value, row.Weight.Value)
	}
}

// What differs from a number among its readings is a doubt only if it is one too.
func TestReadingsThatAreNoNumbers(t *testing.T) {
	doubt := func(text string, agreed int, others ...string) string {
		g := &form.Figure{Text: text, Reader: layout.ByOCR, Agreed: agreed, Doubt: layout.Disagree}
		for _, o := range others {
			g.Alternatives = append(g.Alternatives, layout.Reading{Text: o, Reader: layout.ByOCR})
		}
		return Normalize(form.Sheet{Indicators: []form.Indicator{{Kind: form.Leaf, Score: g}}}).Indicators[0].Score.Doubt
	}
	for _, c := range []struct {
		name, got, want string
	}{
		{"a ratio and a word", doubt("5.5", 2, "3:5", "习"), ""},
		{"a comma that groups nothing", doubt("12.00", 3, "12,00"), ""},
		{"another number", doubt("5.5", 2, "55"), layout.Disagree},
		{"one kind of reader may be alone", doubt("5.5", 1, "3:5"), layout.Disagree},
	} {
		if c.got != c.want {
			t.Errorf("%s: doubt %q, want %q", c.name, c.got, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"1,586.78", "≥90.5%", "95%以上", "△13.27", "(1.20)", "0-10%", "1540.3万元"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, ok := Parse(s)
		if !ok {
			return
		}
		again, ok := Parse(n.Value.String())
		if !ok || again.Value.String() != n.Value.String() {
			t.Errorf("%q reads as %s, which does not read as itself", s, n.Value)
		}
	})
}
