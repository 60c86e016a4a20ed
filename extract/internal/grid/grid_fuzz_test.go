package grid

import (
	"testing"
)

// Any lines give tables whose cells lie within their rows and columns, each slot
// covered at most once.
func FuzzTables(f *testing.F) {
	f.Add([]byte{0, 0, 100, 0, 0, 50, 100, 50, 0, 0, 0, 50, 100, 0, 100, 50})
	f.Add([]byte{0, 0, 90, 0, 0, 20, 90, 20, 0, 40, 90, 40, 0, 0, 0, 40, 45, 0, 45, 20, 90, 0, 90, 40})
	f.Fuzz(func(t *testing.T, data []byte) {
		var segments []Segment
		for i := 0; i+3 < len(data) && len(segments) < 100; i += 4 {
			s := Segment{X0: float64(data[i]) * 2, Y0: float64(data[i+1]) * 3, X1: float64(data[i+2]) * 2, Y1: float64(data[i+3]) * 3}
			if data[i]&1 == 0 { // as lines are: level or upright
				s.Y1 = s.Y0
			} else {
				s.X1 = s.X0
			}
			segments = append(segments, s)
		}
		for _, table := range Tables(segments, Tolerance) {
			taken := map[[2]int]bool{}
			for _, c := range table.Cells {
				if c.Row < 0 || c.Col < 0 || c.RowSpan < 1 || c.ColSpan < 1 || c.Row+c.RowSpan > table.Rows || c.Col+c.ColSpan > table.Cols {
					t.Fatalf("a cell outside its table of %d × %d: %+v", table.Rows, table.Cols, c)
				}
				for row := c.Row; row < c.Row+c.RowSpan; row++ {
					for col := c.Col; col < c.Col+c.ColSpan; col++ {
						if taken[[2]int{row, col}] {
							t.Fatalf("two cells in row %d, column %d", row, col)
						}
						taken[[2]int{row, col}] = true
					}
				}
			}
		}
	})
}
