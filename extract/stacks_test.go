package extract

import (
	"fmt"
	"strings"
	"testing"

	"heji/extract/internal/pdf"
	"heji/layout"
)

// Where the cells of a row agree how many rows stand in it, each line is one. A name that is
// wrapped beside them reaches down; where the names do not agree nothing is split, and the
// figures are doubted.
func TestSplitStacks(t *testing.T) {
	for _, c := range []struct{ name, row, want string }{
		{"rows in one", "产出|数量指标|架桥座数/修路里程|≥4座/≥9公里|50/40|50/36.5", "产出2 数量指标2 架桥座数 ≥4座 50 50; 修路里程 ≥9公里 40 36.5"},
		{"a name of a level that is wrapped", "满意|服务对象满意度/指标|甲满意/乙满意|≥90%/≥85%|5/5|5/4", "满意2 服务对象满意度指标2 甲满意 ≥90% 5 5; 乙满意 ≥85% 5 4"},
		{"a text among targets", "效益|可持续|制度建设/使用年限|健全/≥8年|5/5|5/4", "效益2 可持续2 制度建设 健全 5 5; 使用年限 ≥8年 5 4"},
		{"names that are more", "产出|数量指标|架桥/座数/修路里程|≥4座/≥9公里|50/40|50/36.5", "产出 数量指标 架桥座数修路里程 ≥4座≥9公里? 5040? 5036.5?"},
		{"a figure for both", "产出|数量指标|架桥座数/修路里程|≥9|50/40|50/36.5", "产出2 数量指标2 架桥座数 ≥9?2 50 50; 修路里程 40 36.5"},
		{"a wrapped name alone", "产出|数量指标|架桥座数及修路的总/里程|≥9公里|50|36.5", "产出 数量指标 架桥座数及修路的总里程 ≥9公里 50 36.5"},
	} {
		table := layout.Table{Rows: 1, RowEdges: []float64{0, 60}, ColEdges: []float64{0}}
		var chars []pdf.Char
		for i, text := range strings.Split(c.row, "|") {
			box := layout.Box{X0: float64(i * 100), Y0: 0, X1: float64(i*100 + 100), Y1: 60}
			lines := strings.Split(text, "/")
			for k, l := range lines {
				for n, r := range []rune(l) {
					x, y := box.X0+6+float64(11*n), 20+float64(k)*12
					chars = append(chars, pdf.Char{Text: string(r), X: x, Y: y, Size: 11, Wide: 11, Box: layout.Box{X0: x, Y0: y - 8, X1: x + 10, Y1: y}})
				}
			}
			table.Cells = append(table.Cells, layout.Cell{Col: i, RowSpan: 1, ColSpan: 1, Box: box, Ink: true,
				Reading: layout.Reading{Text: strings.Join(lines, "\n"), Reader: layout.ByTextLayer}})
			table.Cols, table.ColEdges = i+1, append(table.ColEdges, box.X1)
		}
		page := layout.Page{Number: 1, Tables: []layout.Table{table}}
		splitStacks(&page, chars)
		doubtGrid(&page)
		var got strings.Builder
		for i, cell := range page.Tables[0].Cells {
			switch {
			case i == 0:
			case cell.Row != page.Tables[0].Cells[i-1].Row:
				got.WriteString("; ")
			default:
				got.WriteString(" ")
			}
			got.WriteString(cell.Flat())
			if cell.Doubt != "" {
				got.WriteString("?")
			}
			if cell.RowSpan > 1 {
				fmt.Fprint(&got, cell.RowSpan)
			}
		}
		if got.String() != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got.String(), c.want)
		}
	}
}
