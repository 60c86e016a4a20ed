package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"heji/batch"
	"heji/form"
	"heji/layout"
)

func TestPrintable(t *testing.T) {
	for in, want := range map[string]string{
		"年初预算 ≥90%":       "年初预算 ≥90%",
		"two\nlines":      "two lines",
		"\x1b[2Jgone":     `\u001b[2Jgone`,
		"c1 \u009b2J":     `c1 \u009b2J`,
		"fdp.\u202etxt":   `fdp.\u202etxt`,
		"bad \xff utf-8":  `bad \xff utf-8`,
		"replaced \ufffd": "replaced \ufffd",
		"tab\tbell\a":     `tab\u0009bell\u0007`,
	} {
		if got := printable(in); got != want {
			t.Errorf("printable(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestJSONLine(t *testing.T) {
	got, err := jsonLine(map[string]string{"a": "≥ <b> \u009b\u202e \x1b"})
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"a":"≥ <b> \u009b\u202e \u001b"}` + "\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTable(t *testing.T) {
	columns := []column{{least: 8}, {least: 6}, {right: true}}
	rows := [][]string{
		{"文件", "单位", "得分"},
		{"2021/统计局自评表.pdf", "某市统计局", "97.80"},
		{"a.pdf", "", "8"},
	}
	for _, c := range []struct {
		width int
		want  string
	}{
		{0, `
文件                   单位         得分
2021/统计局自评表.pdf  某市统计局  97.80
a.pdf                                  8
`},
		{30, `
文件         单位         得分
2021/统计…   某市统计局  97.80
a.pdf                        8
`},
		{10, `
文件      单位     得分
2021/统…  某市…   97.80
a.pdf                 8
`},
	} {
		if d := cmp.Diff(c.want[1:], table(columns, rows, c.width)); d != "" {
			t.Errorf("width %d (-want +got):\n%s", c.width, d)
		}
	}
}

func TestCutPath(t *testing.T) {
	for size, want := range map[int]string{30: "归档/2021/统计局.pdf", 20: "归档/2021/统计局.pdf", 13: "…1/统计局.pdf", 12: "…/统计局.pdf", 10: "… 计局.pdf"} {
		got := cut("归档/2021/统计局.pdf", size, true)
		if n := wide.StringWidth(got); got != want || n > size {
			t.Errorf("%d columns: %q, %d wide, want %q", size, got, n, want)
		}
	}
}

func TestDrawTable(t *testing.T) {
	cell := func(row, col, rows, cols int, text string) layout.Cell {
		return layout.Cell{Row: row, Col: col, RowSpan: rows, ColSpan: cols, Ink: true, Reading: layout.Reading{Text: text}}
	}
	odd := cell(2, 2, 1, 1, "l6.00")
	odd.Doubt = layout.Disagree
	table := layout.Table{Rows: 4, Cols: 3, Cells: []layout.Cell{
		cell(0, 0, 1, 3, "绩效自评表"),
		cell(1, 0, 3, 1, "投入"), cell(1, 1, 1, 1, "目标设定\n合理性"), cell(1, 2, 1, 1, "3.00"),
		cell(2, 1, 1, 1, "预算配置"), odd,
		cell(3, 1, 1, 1, ""), // ink and no reading; the slot beside it is not closed
		cell(9, 9, 1, 1, "outside"),
	}}
	want := `
  ┌──────────────────────────┐
  │ 绩效自评表               │
  ├──────┬──────────┬────────┤
  │ 投入 │ 目标设定 │ 3.00   │
  │      │ 合理性   │        │
  │      ├──────────┼────────┤
  │      │ 预算配置 │ l6.00? │
  │      ├──────────┼────────┘
  │      │ ▒        │
  └──────┴──────────┘
`
	if d := cmp.Diff(want[1:], drawTable(table, 80)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestDrawTableFits: a drawing never panics and never is wider than asked for
// where columns of two would do.
func TestDrawTableFits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		small := rapid.IntRange(-1, 6)
		table := layout.Table{Rows: small.Draw(t, "rows"), Cols: small.Draw(t, "cols")}
		for range rapid.IntRange(0, 8).Draw(t, "cells") {
			table.Cells = append(table.Cells, layout.Cell{
				Row: small.Draw(t, "row"), Col: small.Draw(t, "col"), RowSpan: small.Draw(t, "row span"), ColSpan: small.Draw(t, "col span"),
				Reading: layout.Reading{Text: rapid.StringOf(rapid.SampledFrom([]rune("a1 率预\n\r\t\x1b😀́"))).Draw(t, "text")},
			})
		}
		const width = 40
		for line := range strings.Lines(drawTable(table, width)) {
			if n := wide.StringWidth(strings.TrimSuffix(line, "\n")); n > width {
				t.Fatalf("%d columns wide: %q", n, line)
			}
		}
	})
}

// A sentence is broken where a person would break it, and nothing of it is lost.
func TestHang(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"a short one", "    a short one\n"},
		{"score-section: the score of section “产出” is printed as 16.0, but its rows add up", "    score-section: the score of section\n      “产出” is printed as 16.0, but its\n      rows add up\n"},
		{"rule: 一节的得分印为“16.0”，而其各行之和为3.7与7.0，合计不符。", "    rule: 一节的得分印为“16.0”，而其各行之\n      和为3.7与7.0，合计不符。\n"},
		{strings.Repeat("x", 50), "    " + strings.Repeat("x", 50) + "\n"}, // a path is not broken
	} {
		if diff := cmp.Diff(c.want, hang(c.text, 4, 44)); diff != "" {
			t.Error(diff)
		}
	}
	if got := hang("长"+strings.Repeat("长", 50), 2, 0); strings.Count(got, "\n") != 1 {
		t.Errorf("broken without a width: %q", got)
	}
}

// What is left of a text shows no number that it does not have.
func TestMiddle(t *testing.T) {
	for size, want := range map[int]string{
		26: "支出1216.57万元;请核对原件", 22: "支出1216.57万…核对原件", 14: "支出…原件", 12: "支出…原件",
	} {
		if got := middle("支出1216.57万元;请核对原件", size); got != want {
			t.Errorf("%d: %q, want %q", size, got, want)
		}
	}
}

// Of two long readings the difference is shown, with the number it is in.
func TestDiffering(t *testing.T) {
	for _, c := range []struct{ a, b, one, other string }{
		{"年度批复年初预算1620.77万元，全年执行", "年度批复年初预算1620.71万元，全年执行", "…预算1620.77万元，全年执行", "…预算1620.71万元，全年执行"},
		{"甲乙", "甲", "甲乙", "甲"},
		{"同", "同", "同", "同"},
		{"", "x", "", "x"},
		{"一年来各项工作按年度计划推进有序完成任务", "一年来各项工作按年废计划推进有序完成任务", "…年来各项工作按年度计划推进有序完成…", "…年来各项工作按年废计划推进有序完成…"},
	} {
		if one, other := differing(c.a, c.b); one != c.one || other != c.other {
			t.Errorf("%q and %q: %q, %q", c.a, c.b, one, other)
		}
	}
}

// In Chinese a problem has its Chinese sentence and the page's number in Chinese.
func TestProblemsInChinese(t *testing.T) {
	r := &report{words: &chinese, paint: func(_, s string) string { return s }}
	got := r.problems(&form.Form{Problems: []form.Problem{
		{Where: "page 2", Code: "grid-in-doubt", Page: 2, Message: "a line is missing", MessageZH: "似缺一条表格线"},
		{Where: "total.score", Code: "illegible", Page: 1, Message: "not read", MessageZH: "未能识读"},
	}})
	want := "    grid-in-doubt: 似缺一条表格线 (第2页)\n    illegible: 未能识读 (total.score, 第1页)\n"
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestReport(t *testing.T) {
	figure := func(text string, page int) *form.Figure {
		return &form.Figure{Text: text, State: form.Read, Page: page}
	}
	doubtful := figure("16.00", 1)
	doubtful.Doubt = layout.Disagree
	result := batch.Result{
		Document: form.Document{Name: "a\x1b.pdf"},
		Forms: []batch.Form{{
			Form: form.Form{
				Ordinal: 1, Kind: form.Department, Year: 2021,
				Fields:     []form.Field{{Key: "unit_name", Figure: *figure("某市统计局", 1)}},
				Indicators: []form.Indicator{{Kind: form.Section}, {Kind: form.Leaf, Score: figure("3.00", 2)}},
				Total:      form.Total{Score: doubtful},
				Grade:      figure("优", 2),
				Problems:   []form.Problem{{Where: "total.score", Code: layout.Disagree, Message: "16.00 or 15.00", Page: 1}},
			},
			Discrepancies: []form.Discrepancy{{
				Rule: "score-total", Where: "indicators[1].score", Printed: "3.00", Computed: "4.00", Difference: "-1.00",
				Verdict: form.ByForm, Message: "the score is not the sum", MessageZH: "得分不等于各项之和",
			}},
		}},
	}
	failed := batch.Result{
		Document: form.Document{Name: "b.pdf"},
		Err:      &form.Error{Code: form.Encrypted, Message: "it needs a password; save it without one"},
	}
	want := `
document     unit or project  year  rows   score  grade  problems  discrepancies
a\u001b.pdf  某市统计局       2021     1  16.00?  优            1              1
b.pdf                                                                  encrypted

Discrepancies
  a\u001b.pdf
    score-total: the score is not the sum
      printed 3.00 · computed 4.00 · difference -1.00 · indicators[1].score, page 2 · the form is wrong

Not read, or not to be relied on
  a\u001b.pdf
    readings-disagree: 16.00 or 15.00 (total.score, page 1)

Documents that could not be read
  b.pdf
    encrypted: it needs a password; save it without one

`
	var out strings.Builder
	r := &report{words: &english, paint: func(_, s string) string { return s }}
	for _, result := range []batch.Result{result, failed} {
		if err := r.add(result, &out); err != nil {
			t.Fatal(err)
		}
	}
	if out.Len() > 0 {
		t.Errorf("printed before the block was full: %q", out.String())
	}
	if d := cmp.Diff(want[1:], r.flush()); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if got := r.flush(); got != "" {
		t.Errorf("flushed twice: %q", got)
	}
	var several tally
	several.add(result)
	several.add(failed)
	if got, want := several.summary(&chinese), "文件2个，自评表1份，不符1处，存疑1处，未能读取文件1个"; got != want {
		t.Errorf("summary %s, want %s", got, want)
	}
}

func TestPsqlPassword(t *testing.T) {
	cmd := psqlAt(t.Context(), "postgres://me:s3cret%40@host:5433/forms?sslmode=require", []string{"-c", "select 1"})
	if line := strings.Join(cmd.Args, " "); line != "psql -d postgres://me@host:5433/forms?sslmode=require -c select 1" {
		t.Errorf("command line %s", line)
	}
	if last := cmd.Env[len(cmd.Env)-1]; last != "PGPASSWORD=s3cret@" {
		t.Errorf("environment ends in %s", last)
	}
}

func TestConfinementIsSaid(t *testing.T) {
	if f := confinement(true, true); f.err != nil {
		t.Errorf("all is there: %v", f.err)
	}
	f := confinement(false, true)
	if got := f.text(func(_, s string) string { return s }); !strings.Contains(got, "Landlock") || !strings.Contains(got, "container") || strings.Contains(got, "seccomp filters") {
		t.Errorf("without Landlock doctor says %q", got)
	}
}

func TestSizeFlag(t *testing.T) {
	for text, want := range map[string]int64{"1500": 1500, "64KB": 64 << 10, "50mb": 50 << 20, "3GB": 3 << 30} {
		var s size
		if err := s.Set(text); err != nil || int64(s) != want {
			t.Errorf("%s is %d, %v, want %d", text, s, err, want)
		}
		if s.String() != strings.ToUpper(text) {
			t.Errorf("%s is printed as %s", text, s.String())
		}
	}
	for _, text := range []string{"", "MB", "-1", "0", "1.5GB", "1TB", "9999999999GB"} {
		var s size
		if err := s.Set(text); err == nil {
			t.Errorf("%q is taken for %d", text, s)
		}
	}
}

// A form with doubts and no discrepancy has them on its page of evidence.
func TestEvidenceSaysWhatIsInDoubt(t *testing.T) {
	t.Setenv("LANG", "C.UTF-8")
	page := outputOf(t, []string{"evidence", "../../samples/05-consistent.scan.pdf", "--out", "-"})
	for _, want := range []string{"No discrepancies.", "Not read, or not to be relied on: ", "reading-unconfirmed"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}
