package extract

import (
	"strings"
	"testing"

	"heji/extract/internal/pdf"
	"heji/layout"
)

// Lines made of characters rule tables: their cells are what stands between the bars, even
// where characters that are wider than two others move the bars, and two lines across, one
// below another, part two tables. A row that has no figure goes on with the one above, in doubt.
func TestTypedTables(t *testing.T) {
	const page = `
2023年度绩效自评表
+------------+------+
| 资金来源   | 预算 |
+------------+------+
| 资金总额   |   80 |
+------------+------+
+----------+----------+------+------+
| 三级指标 | 目标值   | 分值 | 得分 |
+----------+----------+------+------+
| 架桥     | ≥12座    |   50 | 50.0 |
| 通车率   | ≥90%     |   50 | 45.0 |
| （全年） |          |      |      |
| 合计                 |  100 | 95.0 |
+----------+----------+------+------+
填报人：甲`
	var chars []pdf.Char
	for i, line := range strings.Split(page, "\n") {
		x := 50.0
		for _, r := range line {
			wide := 5.0
			if r > 0x2E80 {
				wide = 10.3
			}
			c := pdf.Char{Text: string(r), X: x, Y: float64(20 * i), Size: 10, Wide: 10}
			if r != ' ' {
				c.Box = layout.Box{X0: x + 0.5, Y0: c.Y - 8, X1: x + wide - 0.5, Y1: c.Y + 1}
			}
			chars = append(chars, c)
			x += wide
		}
	}
	p := layout.Page{Number: 1}
	tables, rest := typedTables(&p, chars, pdf.Opinion{})
	var got strings.Builder
	for _, table := range tables {
		for _, c := range table.Cells {
			if c.Col == 0 {
				got.WriteString("\n")
			}
			got.WriteString(strings.Repeat("<", c.ColSpan-1) + c.Flat() + "|")
		}
		got.WriteString("\n")
	}
	const want = `
资金来源|预算|
资金总额|80|

三级指标|目标值|分值|得分|
架桥|≥12座|50|50.0|
通车率（全年）|≥90%|50|45.0|
<合计|100|95.0|
`
	if got.String() != want {
		t.Errorf("got %s want %s", got.String(), want)
	}
	if len(p.Problems) != 1 {
		t.Errorf("problems %v", p.Problems)
	}
	if lines := pdf.Lines(rest); len(lines) != 2 {
		t.Errorf("lines %v", lines)
	}
}
