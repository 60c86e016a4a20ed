package extract

import (
	"testing"

	"heji/layout"
)

// Where a quarter of a scanned page's numbers are in doubt all of them are, and the page
// says so; one doubt in five is a matter of its own cell.
func TestDoubtPoorPrint(t *testing.T) {
	for _, test := range []struct {
		doubts int
		poor   bool
	}{{0, false}, {2, false}, {3, true}, {12, true}} {
		page := layout.Page{Number: 1, Tables: []layout.Table{{Cells: make([]layout.Cell, 13)}}}
		cells := page.Tables[0].Cells
		for i := range cells {
			cells[i].Reading = layout.Reading{Text: "4.00", Reader: layout.ByOCR}
			if i < test.doubts {
				cells[i].Doubt = layout.Disagree
			}
		}
		cells[12].Text = "指标"
		doubtPoorPrint(&page)
		if got := cells[11].Doubt != ""; got != test.poor || len(page.Problems) > 0 != test.poor {
			t.Errorf("%d of 12 doubted: all %v, problems %v", test.doubts, got, page.Problems)
		}
		if cells[12].Doubt != "" {
			t.Error("words are doubted for the numbers")
		}
	}
}
