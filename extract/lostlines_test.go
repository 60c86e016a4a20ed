package extract

import (
	"testing"

	"heji/layout"
)

// Where a line between two rows is lost, two numbers stand in one cell; read
// together they would be another number, 33.
func TestDoubtGrid(t *testing.T) {
	cell := func(row, col, span int, text string) layout.Cell {
		return layout.Cell{Row: row, Col: col, RowSpan: span, ColSpan: 1, Ink: true,
			Reading: layout.Reading{Text: text, Reader: layout.ByOCR}}
	}
	for _, c := range []struct {
		name  string
		cells []layout.Cell
		want  int
	}{
		{"two numbers in a cell", []layout.Cell{cell(0, 0, 1, "3\n3")}, 1},
		{"two targets in a cell", []layout.Cell{cell(0, 0, 1, "438个\n0.6个百分点")}, 1},
		{"three of a row that lost its lines", []layout.Cell{cell(0, 0, 1, "347个\n10年\n1397万元")}, 1},
		{"a date that is wrapped", []layout.Cell{cell(0, 0, 1, "2023年\n10月底前")}, 0},
		{"a target that is wrapped", []layout.Cell{cell(0, 0, 1, "≥4108万\n元")}, 0},
		{"a range that is wrapped", []layout.Cell{cell(0, 0, 1, "90%-\n100%")}, 0},
		{"an amount that is wrapped", []layout.Cell{cell(0, 0, 1, "387664.\n62")}, 0},
		{"a number beside rows of numbers", []layout.Cell{cell(0, 0, 2, "4"), cell(0, 1, 1, "3"), cell(1, 1, 1, "5")}, 1},
		{"points of sections beside their names", []layout.Cell{cell(0, 0, 2, "50"), cell(0, 1, 2, "产出指标"), cell(0, 2, 1, "20"), cell(1, 2, 1, "30"),
			cell(2, 0, 2, "40"), cell(2, 1, 2, "效益指标"), cell(2, 2, 1, "20"), cell(3, 2, 1, "20")}, 0},
		{"a name over its rows", []layout.Cell{cell(0, 0, 2, "预算执行"), cell(0, 1, 1, "3"), cell(1, 1, 1, "5")}, 0},
		{"a name and a figure where the line between them stops", []layout.Cell{
			{Row: 1, Col: 0, RowSpan: 1, ColSpan: 2, Ink: true, Reading: layout.Reading{Text: "预算调整率6", Reader: layout.ByOCR}},
			cell(0, 0, 1, "预算完成率"), cell(0, 1, 1, "4"), cell(2, 0, 1, "结转结余率"), cell(2, 1, 1, "4")}, 1},
		{"a figure beside its label, above the heads of the indicators", []layout.Cell{
			{Row: 1, Col: 1, RowSpan: 1, ColSpan: 3, Ink: true, Reading: layout.Reading{Text: "94.97分", Reader: layout.ByOCR}},
			cell(0, 0, 1, "项目负责人"), cell(0, 1, 1, "某某"), cell(0, 2, 1, "联系电话"), cell(0, 3, 1, "1"), cell(1, 0, 1, "自评总分"),
			cell(2, 0, 1, "一级指标"), cell(2, 1, 1, "二级指标"), cell(2, 2, 1, "三级指标"), cell(2, 3, 1, "分值")}, 0},
		{"a goal beside what came of it", []layout.Cell{
			{Row: 1, Col: 1, RowSpan: 1, ColSpan: 2, Ink: true, Reading: layout.Reading{Text: "目标1：完成全年各项建设任务，保障资金安全、规范、高效使用，服务对象满意。", Reader: layout.ByOCR}},
			cell(0, 0, 1, "年初预算"), cell(0, 1, 1, "1"), cell(0, 2, 1, "2"), cell(1, 0, 1, "年度目标"), cell(1, 3, 1, "已全部完成"),
			cell(2, 0, 1, "一级指标"), cell(2, 1, 1, "二级指标"), cell(2, 2, 1, "三级指标"), cell(2, 3, 1, "分值")}, 0},
		{"reasons into which a score has run", []layout.Cell{
			{Row: 1, Col: 1, RowSpan: 1, ColSpan: 2, Ink: true, Reading: layout.Reading{Text: "因资金下达较晚，部分工作延后实施，下一步加强项目前期准备，加快执行进度。 5", Reader: layout.ByOCR}},
			cell(0, 0, 1, "完成率"), cell(0, 1, 1, "无"), cell(0, 2, 1, "2"), cell(1, 0, 1, "及时率"), cell(1, 3, 1, "已全部完成"),
			cell(2, 0, 1, "满意度"), cell(2, 1, 1, "无"), cell(2, 2, 1, "3"), cell(2, 3, 1, "4")}, 1},
		{"the heading of a section over its row", []layout.Cell{
			{Row: 1, Col: 0, RowSpan: 1, ColSpan: 2, Ink: true, Reading: layout.Reading{Text: "一、产出指标（50分）", Reader: layout.ByOCR}},
			cell(0, 0, 1, "三级指标"), cell(0, 1, 1, "分值"), cell(2, 0, 1, "结转结余率"), cell(2, 1, 1, "4")}, 0},
	} {
		page := layout.Page{Number: 1, Tables: []layout.Table{{Rows: 3, Cols: columns(c.cells), Cells: c.cells}}}
		doubtGrid(&page)
		if len(page.Problems) != c.want || (c.want > 0) != (page.Tables[0].Cells[0].Doubt != "") {
			t.Errorf("%s: %+v", c.name, page.Problems)
		}
	}
}

func columns(cells []layout.Cell) int {
	n := 0
	for _, c := range cells {
		n = max(n, c.Col+c.ColSpan)
	}
	return n
}

// A number that is too long for its narrow column is wrapped; two numbers one above the
// other leave room beside them.
func TestWrappedNumber(t *testing.T) {
	cell := func(col int, width float64, text string) layout.Cell {
		return layout.Cell{Col: col, RowSpan: 1, ColSpan: 1, Box: layout.Box{X0: 100, Y0: 0, X1: 100 + width, Y1: 40}, Ink: true,
			Reading: layout.Reading{Text: text, Reader: layout.ByTextLayer}}
	}
	for _, c := range []struct {
		name   string
		cell   layout.Cell
		beside string
		want   bool
	}{
		{"a rate breaks before its sign", cell(0, 48, "71.10\n%"), "10", true},
		{"an amount breaks among its decimals", cell(0, 58, "87604.0\n0"), "10", true},
		{"two amounts in a wide cell", cell(0, 90, "100\n200"), "10", false},
		{"two scores", cell(0, 30, "10\n10"), "5", false},
		{"numbers that make none together", cell(0, 36, "2.50\n3.00"), "10", false},
		{"two rows everywhere", cell(0, 36, "100\n200"), "5\n6", false},
	} {
		table := layout.Table{Rows: 1, Cols: 2, Cells: []layout.Cell{c.cell, cell(1, 40, c.beside)}}
		if got := wrapped(&table, c.cell); got != c.want {
			t.Errorf("%s: wrapped %v", c.name, got)
		}
	}
}

func TestDoubtNoGrid(t *testing.T) {
	row := layout.Line{Reading: layout.Reading{Text: "产出数量 10 9.50"}}
	prose := layout.Line{Reading: layout.Reading{Text: "共有人员36名"}}
	bare := layout.Page{Lines: []layout.Line{row, row, row, row}}
	if doubtNoGrid(&bare); len(bare.Problems) != 1 || bare.Problems[0].Code != layout.GridInDoubt {
		t.Errorf("rows of figures without a table: problems %v", bare.Problems)
	}
	cover := layout.Page{Lines: []layout.Line{prose, prose, prose, prose}}
	if doubtNoGrid(&cover); len(cover.Problems) != 0 {
		t.Errorf("prose: problems %v", cover.Problems)
	}
	ruled := layout.Page{Lines: bare.Lines, Tables: make([]layout.Table, 1)}
	if doubtNoGrid(&ruled); len(ruled.Problems) != 0 {
		t.Errorf("a page with a table: problems %v", ruled.Problems)
	}
}
