package export_test

import (
	"bytes"
	"io"
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
	"github.com/xuri/excelize/v2"

	"heji/export"
	"heji/form"
)

var table = export.Table{Name: "funds", Label: "资金", Columns: []export.Column{
	{Name: "document", Label: "文件名", Type: export.Text},
	{Name: "position", Label: "行", Type: export.Integer},
	{Name: "budget", Label: "全年预算数", Type: export.Decimal},
	{Name: "budget_text", Label: "全年预算数（原文）", Type: export.Text},
	{Name: "discrepancies", Label: "不符之处", Type: export.Text},
	{Name: "messages", Label: "不符说明", Type: export.Text},
}, Notes: "messages"}

func write(t *testing.T, w export.Writer, rows ...[]any) {
	t.Helper()
	if err := w.Table(table); err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if err := w.Row(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func rows() [][]any {
	return [][]any{
		{"=cmd|' /C calc'!A0", int64(0), form.MustAmount("1586.70"), "1,586.70", "budget:form", "budget: 应为 1,486.70\nrate: 别处"},
		{"甲\"乙\n丙", int64(1), form.MustAmount("-3.5"), "-3.5", nil, nil},
		{"丁", int64(2), nil, "", "rate:misread", nil},
		{"戊", int64(3), form.MustAmount("12345678901234567.89"), "12345678901234567.89", nil, nil},
	}
}

func TestCSV(t *testing.T) {
	var b bytes.Buffer
	write(t, export.NewCSV(&b), rows()...)
	want := "\uFEFFdocument,position,budget,budget_text,discrepancies,messages\r\n" +
		"'=cmd|' /C calc'!A0,0,1586.70,\"1,586.70\",budget:form,\"budget: 应为 1,486.70\r\nrate: 别处\"\r\n" +
		"\"甲\"\"乙\r\n丙\",1,-3.5,-3.5,,\r\n" +
		"丁,2,,,rate:misread,\r\n" +
		"戊,3,12345678901234567.89,12345678901234567.89,,\r\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}

func TestCSVHasNoFormulas(t *testing.T) {
	for text, want := range map[string]string{
		"=1+1": "'=1+1", "+1+1": "'+1+1", "-1-1": "'-1-1", "@sum": "'@sum", "\t=1": "'\t=1", "\r=1": "'=1",
		"＝1": "'＝1", "＋1": "'＋1", "－1": "'－1", "＠a": "'＠a", "  =1": "'  =1", "\u3000=1": "'\u3000=1",
		"-": "'-", "-1e5": "'-1e5", "--1": "'--1", "-1.2.3": "'-1.2.3",
		"-3.50": "-3.50", "+12": "+12", "—": "—", "1=1": "1=1", "": "", "≥95%": "≥95%", " 甲": " 甲",
	} {
		var b bytes.Buffer
		write(t, export.NewCSV(&b), []any{text, int64(0), nil, "x", nil, nil})
		_, line, _ := strings.Cut(b.String(), "\r\n")
		got := strings.ReplaceAll(strings.TrimSuffix(line, ",0,,x,,\r\n"), `"`, "")
		if got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

func TestXLSX(t *testing.T) {
	var b bytes.Buffer
	write(t, export.NewXLSX(&b), rows()...)
	f := workbook(t, &b)
	if diff := cmp.Diff([]string{"资金"}, f.GetSheetList()); diff != "" {
		t.Error(diff)
	}
	got, err := f.GetRows("资金")
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"文件名", "行", "全年预算数", "全年预算数（原文）", "不符之处", "不符说明"},
		{"=cmd|' /C calc'!A0", "0", "1,586.70", "1,586.70", "budget:form", "budget: 应为 1,486.70\nrate: 别处"},
		{"甲\"乙\n丙", "1", "-3.5", "-3.5"},
		{"丁", "2", "", "", "rate:misread"},
		{"戊", "3", "12345678901234567.89", "12345678901234567.89"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if width, err := f.GetColWidth("资金", "A"); err != nil || width != 34 {
		t.Errorf("column A is %v wide (%v)", width, err)
	}
	for cell, kind := range map[string]excelize.CellType{
		"A2": excelize.CellTypeInlineString, // and no formula
		"C2": excelize.CellTypeNumber,
		"C5": excelize.CellTypeInlineString, // more digits than a number holds
	} {
		if got, err := f.GetCellType("资金", cell); err != nil || got != kind && !(kind == excelize.CellTypeNumber && got == excelize.CellTypeUnset) {
			t.Errorf("%s is of type %v (%v), want %v", cell, got, err, kind)
		}
	}
	if formula, _ := f.GetCellFormula("资金", "A2"); formula != "" {
		t.Errorf("a formula: %s", formula)
	}
	for cell, colour := range map[string]string{"C2": "F8CBC6", "D2": "F8CBC6", "E2": "F8CBC6", "C3": "", "E4": "FFE0B2"} {
		if got := fill(t, f, cell); got != colour {
			t.Errorf("%s is coloured %q, want %q", cell, got, colour)
		}
	}
	notes, err := f.GetComments("资金")
	if err != nil || len(notes) != 1 || notes[0].Cell != "C2" || notes[0].Text != "“1,586.70”\n应为 1,486.70" {
		t.Errorf("the notes are %+v (%v)", notes, err)
	}
	if panes, err := f.GetPanes("资金"); err != nil || !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("the head is not frozen: %+v, %v", panes, err)
	}
}

// A table that begins ends the one before, and a workbook without rows is one.
func TestXLSXSheets(t *testing.T) {
	var b bytes.Buffer
	w := export.NewXLSX(&b)
	for _, label := range []string{"甲", "乙"} {
		second := table
		second.Label = label
		if err := w.Table(second); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f := workbook(t, &b)
	if diff := cmp.Diff([]string{"甲", "乙"}, f.GetSheetList()); diff != "" {
		t.Error(diff)
	}
	want := []excelize.DefinedName{
		{Name: "_xlnm.Print_Titles", RefersTo: "'甲'!$1:$1", Scope: "甲"},
		{Name: "_xlnm.Print_Titles", RefersTo: "'乙'!$1:$1", Scope: "乙"},
	}
	if diff := cmp.Diff(want, f.GetDefinedName()); diff != "" {
		t.Error(diff)
	}
}

// A sheet prints across the paper with its head on every page: on one page wide, or
// on as few as leave it legible, each with the columns that say whose row it is.
func TestXLSXPrint(t *testing.T) {
	narrow := []export.Column{{Name: "document", Label: "文件名", Type: export.Text}, {Name: "year", Label: "年度", Type: export.Integer}}
	texts := func(n int) []export.Column {
		columns := narrow
		for range n {
			columns = append(columns, export.Column{Name: "analysis", Label: "分析", Type: export.Text})
		}
		return columns
	}
	for _, c := range []struct {
		label        string
		columns      []export.Column
		paper, pages int
		titles       string
	}{
		{"窄", texts(2), 9, 1, "'窄'!$1:$1"},
		{"宽", texts(8), 8, 1, "'宽'!$1:$1"},
		{"很'宽", texts(12), 8, 2, "'很''宽'!$A:$B,'很''宽'!$1:$1"},
	} {
		t.Run(c.label, func(t *testing.T) {
			var b bytes.Buffer
			w := export.NewXLSX(&b)
			if err := w.Table(export.Table{Name: "x", Label: c.label, Columns: c.columns}); err != nil {
				t.Fatal(err)
			}
			row := make([]any, len(c.columns))
			row[0], row[2] = "甲.pdf", strings.Repeat("说明", 25) // 100 digits wide, in 40
			if err := w.Row(row); err != nil {
				t.Fatal(err)
			}
			row[2] = strings.Repeat("说明", 1000)
			if err := w.Row(row); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			f := workbook(t, &b)
			page, err := f.GetPageLayout(c.label)
			if err != nil {
				t.Fatal(err)
			}
			if *page.Orientation != "landscape" || *page.FitToWidth != c.pages || *page.FitToHeight != 0 || *page.Size != c.paper {
				t.Errorf("%s, %d by %d pages of paper %d", *page.Orientation, *page.FitToWidth, *page.FitToHeight, *page.Size)
			}
			if props, err := f.GetSheetProps(c.label); err != nil || props.FitToPage == nil || !*props.FitToPage {
				t.Errorf("it is not fitted to the page: %+v, %v", props, err)
			}
			if names := f.GetDefinedName(); len(names) != 1 || names[0].RefersTo != c.titles || names[0].Scope != c.label {
				t.Errorf("what is repeated is %+v", names)
			}
			for row, want := range map[int]float64{2: 45, 3: 180} {
				if height, err := f.GetRowHeight(c.label, row); err != nil || height != want {
					t.Errorf("row %d is %v high (%v), want %v", row, height, err, want)
				}
			}
		})
	}
}

func fill(t *testing.T, f *excelize.File, cell string) string {
	t.Helper()
	id, err := f.GetCellStyle("资金", cell)
	if err != nil {
		t.Fatal(err)
	}
	style, err := f.GetStyle(id)
	if err != nil {
		t.Fatal(err)
	}
	if len(style.Fill.Color) == 0 {
		return ""
	}
	return style.Fill.Color[0][max(0, len(style.Fill.Color[0])-6):]
}

func TestParquet(t *testing.T) {
	var b bytes.Buffer
	write(t, export.NewParquet(&b), append(rows(),
		[]any{"己", int64(4), form.MustAmount("0.00000000001"), "", nil, nil})...) // one decimal too many
	f, err := parquet.OpenFile(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	schema := f.Schema().String()
	for _, want := range []string{"optional binary document (STRING)", "optional int64 position", "DECIMAL(38,10)) "} {
		if !strings.Contains(strings.ReplaceAll(schema, "budget (DECIMAL(38,10));", "budget (DECIMAL(38,10)) ;"), want) {
			t.Errorf("no %q in %s", want, schema)
		}
	}
	r := parquet.NewReader(f)
	var got [][]string
	for {
		buffer := make([]parquet.Row, 1)
		n, err := r.ReadRows(buffer)
		if n == 0 {
			_ = err
			break
		}
		var row []string
		for i, v := range buffer[0] {
			switch {
			case v.IsNull():
				row = append(row, "null")
			case i == 2:
				row = append(row, decimal(v.ByteArray()))
			default:
				row = append(row, v.String())
			}
		}
		got = append(got, row)
	}
	want := [][]string{
		{"=cmd|' /C calc'!A0", "0", "15867000000000", "1,586.70", "budget:form", "budget: 应为 1,486.70\nrate: 别处"},
		{"甲\"乙\n丙", "1", "-35000000000", "-3.5", "null", "null"},
		{"丁", "2", "null", "", "rate:misread", "null"},
		{"戊", "3", "123456789012345678900000000", "12345678901234567.89", "null", "null"},
		{"己", "4", "null", "", "null", "null"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// decimal is a number in two's complement, without its point.
func decimal(b []byte) string {
	n := new(big.Int).SetBytes(b)
	if b[0]&0x80 != 0 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	return n.String()
}

// Each iteration is a row as wide as those of the indicators, a third of them numbers.
func BenchmarkXLSX(b *testing.B) {
	t, row := export.Table{Name: "indicators", Label: "指标"}, make([]any, 36)
	for i := range row {
		c := export.Column{Name: "level3", Label: "列", Type: export.Text}
		switch i % 3 {
		case 0:
			c.Name, c.Type, row[i] = "score", export.Decimal, form.MustAmount("12.50")
		case 1:
			row[i] = "年度预算执行"
		}
		t.Columns = append(t.Columns, c)
	}
	w := export.NewXLSX(io.Discard)
	if err := w.Table(t); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := w.Row(row); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
}

// workbook opens what was written; it is closed when the test ends.
func workbook(t *testing.T, b *bytes.Buffer) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(b)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}
