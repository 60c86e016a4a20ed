package parse

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"heji/layout"
)

func printedCell(row, col, rows int, text string, x0, x1 float64) layout.Cell {
	return layout.Cell{Row: row, Col: col, RowSpan: rows, ColSpan: 1, Ink: text != "", Box: layout.Box{X0: x0, X1: x1, Y1: 10},
		Reading: layout.Reading{Text: text, Reader: layout.ByTextLayer}}
}

// A page break cuts a name in two, and the rest stands at the top of the next page. A
// name of its own there is none's rest.
func TestJoined(t *testing.T) {
	for rest, want := range map[string][]string{
		"度指标":   {"服务对象满意度指标", ""},
		"（10分）": {"服务对象满意（10分）", ""},
		"效益指标":  {"服务对象满意", "效益指标"},
	} {
		name := "服务对象满意"
		if rest == "效益指标" {
			name += "度指标"
			want[0] = name
		}
		pages := joined([]layout.Page{
			{Tables: []layout.Table{{Rows: 1, Cols: 1, Cells: []layout.Cell{printedCell(0, 0, 1, name, 0, 50)}}}},
			{Tables: []layout.Table{{Rows: 1, Cols: 1, OpenTop: true, Cells: []layout.Cell{printedCell(0, 0, 1, rest, 0, 50)}}}},
		})
		got := []string{pages[0].Tables[0].Cells[0].Flat(), pages[1].Tables[0].Cells[0].Flat()}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: want - got +\n%s", rest, diff)
		}
	}
}

// A narrow empty cell beside two rows is the gutter between two tables.
func TestSideBySide(t *testing.T) {
	table := layout.Table{Rows: 3, Cols: 5, ColEdges: []float64{0, 100, 200, 205, 300, 400}, Cells: []layout.Cell{
		printedCell(0, 0, 1, "项目名称", 0, 100), printedCell(0, 1, 1, "路灯", 100, 200), printedCell(0, 2, 2, "", 200, 205), printedCell(0, 3, 1, "资金", 205, 300), printedCell(0, 4, 1, "预算数", 300, 400),
		printedCell(1, 0, 1, "主管部门", 0, 100), printedCell(1, 1, 1, "城管局", 100, 200), printedCell(1, 3, 1, "总额", 205, 300), printedCell(1, 4, 1, "12", 300, 400),
		printedCell(2, 0, 1, "三级指标", 0, 100),
	}}
	var got [][]string
	for _, b := range rowsOf(1, 0, table, sidesOf(table)) {
		var texts []string
		for _, c := range b.row.printed() {
			texts = append(texts, c.text())
		}
		got = append(got, texts)
	}
	want := [][]string{{"项目名称", "路灯"}, {"主管部门", "城管局"}, {"资金", "预算数"}, {"总额", "12"}, {"三级指标"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want - got +\n%s", diff)
	}
}
