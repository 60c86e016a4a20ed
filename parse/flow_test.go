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

// The name of a section whose rows a page break parts is set in the middle of its cell, on the
// second page; the paper of that page lay four points further right in the scanner.
func TestJoinedInScans(t *testing.T) {
	edges := func(off float64) []float64 { return []float64{off, 50 + off, 120 + off, 220 + off, 260 + off, 300 + off, 340 + off} }
	for columns, want := range map[int]string{6: "效益指标", 5: ""} {
		from := layout.Table{Rows: 2, Cols: 6, OpenBottom: true, ColEdges: edges(0), Box: layout.Box{X1: 340}, Cells: []layout.Cell{
			printedCell(0, 0, 1, "产出指标", 0, 50), printedCell(0, 2, 1, "甲", 120, 220), printedCell(0, 3, 1, "10", 220, 260),
			printedCell(1, 0, 1, "", 0, 50), printedCell(1, 2, 1, "乙", 120, 220), printedCell(1, 3, 1, "5", 220, 260)}}
		to := layout.Table{Rows: 2, Cols: columns, OpenTop: true, ColEdges: edges(4)[:columns+1], Box: layout.Box{X0: 4, X1: 344}, Cells: []layout.Cell{
			printedCell(0, 0, 2, "效益指标", 4, 54), printedCell(0, 2, 1, "丙", 124, 224), printedCell(0, 3, 1, "5", 224, 264)}}
		pages := joined([]layout.Page{{Tables: []layout.Table{from}}, {Tables: []layout.Table{to}}})
		if got := pages[0].Tables[0].Cells[3].Flat(); got != want {
			t.Errorf("%d columns: %q, want %q", columns, got, want)
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
	for _, side := range sideBySide(rowsOf(1, 0, table, sidesOf(table))) {
		for _, b := range blocksOf(1, side) {
			var texts []string
			for _, c := range b.row.printed() {
				texts = append(texts, c.text())
			}
			got = append(got, texts)
		}
	}
	want := [][]string{{"项目名称", "路灯"}, {"主管部门", "城管局"}, {"资金", "预算数"}, {"总额", "12"}, {"三级指标"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want - got +\n%s", diff)
	}
}

// Columns that were printed on a page of their own go beside the rows that they belong to,
// and keep their page; a table that only begins at the same height does not.
func TestSpread(t *testing.T) {
	texts := [][]string{{"项目名称", "路灯", ""}, {"一级指标", "三级指标", "分值"}, {"产出", "维护路灯", "50"}, {"效益", "出行便利", "40"}, {"满意", "市民满意", "10"}, {"合计", "", "100"}}
	right := []string{"2021", "得分", "48", "40", "9", "97"}
	page := func(number int, rows [][]string) layout.Page {
		table := layout.Table{Rows: len(rows), Cols: len(rows[0]), Box: layout.Box{X1: float64(50 * len(rows[0])), Y1: float64(10 * len(rows))}}
		for i := range len(rows) + 1 {
			table.RowEdges = append(table.RowEdges, float64(i*10+i*i))
		}
		for i := range len(rows[0]) + 1 {
			table.ColEdges = append(table.ColEdges, float64(50*i))
		}
		for r, row := range rows {
			for c, text := range row {
				table.Cells = append(table.Cells, printedCell(r, c, 1, text, float64(50*c), float64(50*c+50)))
			}
		}
		return layout.Page{Number: number, Width: 200, Height: 200, Tables: []layout.Table{table}}
	}
	narrow := func(head string) [][]string {
		var rows [][]string
		for _, text := range right {
			if text == "得分" {
				text = head
			}
			rows = append(rows, []string{text})
		}
		return rows
	}
	for head, pages := range map[string][]int{"得分": {1, 1, 1, 1, 1, 1}, "二级指标": {1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2}} {
		blocks := flow(layout.Document{Pages: []layout.Page{page(1, texts), page(2, narrow(head))}})
		var got []int
		for _, b := range blocks {
			got = append(got, b.page)
		}
		if diff := cmp.Diff(pages, got); diff != "" {
			t.Errorf("%s: want - got +\n%s", head, diff)
		}
	}
	other := page(2, narrow("得分"))
	other.Lines = []layout.Line{{Reading: layout.Reading{Text: "项目支出绩效自评表"}}}
	if n := len(flow(layout.Document{Pages: []layout.Page{page(1, texts), other}})); n != len(texts)+len(right)+1 {
		t.Errorf("beside a page with a title of its own: %d blocks", n)
	}
	third := flow(layout.Document{Pages: []layout.Page{page(1, texts), page(2, narrow("得分"))}})[2].row.printed()
	if last := third[len(third)-1]; last.text() != "48" || last.page != 2 || last.Row != 2 || last.left != 1 {
		t.Errorf("beside 维护路灯 stands %q of page %d, row %d, at %g", last.text(), last.page, last.Row, last.left)
	}
}

// Two tables of a scan that a lost line parts have the same columns, though the upper one
// has lost its last; those of a text page are two.
func TestPartsOfOne(t *testing.T) {
	table := func(y float64, edges ...float64) layout.Table {
		return layout.Table{Rows: 2, Cols: len(edges) - 1, ColEdges: edges, Box: layout.Box{X0: edges[0], Y0: y, X1: edges[len(edges)-1], Y1: y + 30}}
	}
	page := layout.Page{Source: layout.Scan, Tables: []layout.Table{
		table(50, 56, 130, 200, 330, 430), table(90, 56, 130, 200, 330, 431, 500), table(400, 56, 130, 200, 330, 430)}}
	if diff := cmp.Diff([]span{{56, 500}, {56, 500}, {}}, partsOfOne(page), cmp.AllowUnexported(span{})); diff != "" {
		t.Errorf("want - got +\n%s", diff)
	}
	page.Source = layout.TextLayer
	if diff := cmp.Diff(make([]span, 3), partsOfOne(page), cmp.AllowUnexported(span{})); diff != "" {
		t.Errorf("want - got +\n%s", diff)
	}
}

// TestWideHeads is a head that stands over two columns and was put in the right one of them.
func TestWideHeads(t *testing.T) {
	cell := func(row, col int, text string, x0, x1 float64) layout.Cell {
		return layout.Cell{Row: row, Col: col, RowSpan: 1, ColSpan: 1, Box: layout.Box{X0: x0, X1: x1, Y0: float64(row) * 20, Y1: float64(row)*20 + 20},
			Reading: layout.Reading{Text: text}}
	}
	table := layout.Table{Rows: 2, Cols: 3, Aligned: true, ColEdges: []float64{0, 100, 200, 300}, Cells: []layout.Cell{
		cell(0, 0, "三级指标", 0, 100), cell(0, 1, "", 100, 110), cell(0, 2, "年初目标值（A）实际完成值（B）", 110, 300),
		cell(1, 0, "修剪草坪", 0, 100), cell(1, 1, "≥12次", 100, 200), cell(1, 2, "12次", 200, 300),
	}}
	got := withWideHeads(table)
	if len(got.Cells) != 5 || got.Cells[1].Col != 1 || got.Cells[1].ColSpan != 2 {
		t.Errorf("got %+v", got.Cells)
	}
}
