package grid

import (
	"slices"
	"testing"

	"heji/layout"
)

// printed answers Restore with the boxes of print given.
func printed(ink ...layout.Box) func(layout.Box) Print {
	return func(cell layout.Box) Print {
		p := Print{Em: 10}
		for _, b := range ink {
			x0, x1, y0, y1 := max(b.X0, cell.X0), min(b.X1, cell.X1), max(b.Y0, cell.Y0), min(b.Y1, cell.Y1)
			if x0 < x1 && y0 < y1 {
				p.Across, p.Down = append(p.Across, [2]float64{x0, x1}), append(p.Down, [2]float64{y0, y1})
			}
		}
		slices.SortFunc(p.Across, func(a, b [2]float64) int { return int(a[0] - b[0]) })
		slices.SortFunc(p.Down, func(a, b [2]float64) int { return int(a[1] - b[1]) })
		return p
	}
}

func TestRestore(t *testing.T) {
	// Three rows of 20 points, columns of 100, 50 and 50.
	frame := []Segment{
		h(0, 0, 200), h(20, 0, 200), h(40, 0, 200), h(60, 0, 200),
		v(0, 0, 60), v(200, 0, 60), v(150, 0, 60),
	}
	word := func(x0, x1, y float64) layout.Box { return layout.Box{X0: x0, Y0: y + 5, X1: x1, Y1: y + 15} }
	lost := append(slices.Clone(frame), v(100, 0, 20), v(100, 40, 60)) // not beside the middle row
	all := append(slices.Clone(frame), v(100, 0, 60))
	tests := []struct {
		name   string
		drawn  []Segment
		ink    []layout.Box
		want   string
		unsure int
	}{
		{"each part stands in its own cell", lost, []layout.Box{word(30, 70, 20), word(120, 130, 20)}, "3 0,0 0,1 0,2 1,0 1,1 1,2 2,0 2,1 2,2", 0},
		{"print in one of the two", lost, []layout.Box{word(115, 135, 20)}, "3 0,0 0,1 0,2 1,0 1,1 1,2 2,0 2,1 2,2", 0},
		{"a merged cell has its print in the middle", lost, []layout.Box{word(55, 95, 20)}, "3 0,0 0,1 0,2 1,0+1,2 1,2 2,0 2,1 2,2", 0},
		{"print over the line", lost, []layout.Box{word(80, 120, 20)}, "3 0,0 0,1 0,2 1,0+1,2 1,2 2,0 2,1 2,2", 0},
		{"nothing printed", lost, nil, "3 0,0 0,1 0,2 1,0+1,2 1,2 2,0 2,1 2,2", 0},
		{"a line that nobody drew", frame,
			[]layout.Box{word(30, 70, 0), word(120, 130, 0), word(20, 80, 20), word(115, 135, 20), word(30, 70, 40), word(120, 130, 40)},
			"3 0,0 0,1 0,2 1,0 1,1 1,2 2,0 2,1 2,2", 0},
		{"words with a space between them in one row", frame, []layout.Box{word(30, 70, 0), word(120, 130, 0), word(20, 120, 20), word(60, 90, 40)},
			"2 0,0 0,1 1,0 1,1 2,0 2,1", 0},
		{"the row above has other columns", []Segment{h(0, 0, 200), h(20, 0, 200), h(40, 0, 200), h(60, 0, 200), v(0, 0, 60), v(200, 0, 60), v(75, 0, 20), v(150, 20, 60), v(100, 40, 60)},
			[]layout.Box{word(30, 60, 20), word(115, 135, 20)}, "4 0,0 0,1+1,3 1,0+1,2 1,2 1,3 2,0+1,2 2,2 2,3", 2},
		{"all lines drawn", all, []layout.Box{word(30, 70, 20), word(120, 130, 20)}, "3 0,0 0,1 0,2 1,0 1,1 1,2 2,0 2,1 2,2", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			table := Tables(test.drawn, Tolerance)[0]
			unsure := Restore(&table, test.drawn, printed(test.ink...))
			if s := outline(table); s != "3x"+test.want || len(unsure) != test.unsure {
				t.Errorf("cells %s with %d unsure, want %s with %d", s, len(unsure), test.want, test.unsure)
			}
		})
	}
}

func TestRestoreRows(t *testing.T) {
	drawn := []Segment{
		h(0, 0, 150), h(30, 0, 50), h(30, 100, 150), h(60, 0, 150),
		v(0, 0, 60), v(50, 0, 60), v(100, 0, 60), v(150, 0, 60),
	}
	cells := func(ink ...layout.Box) (int, int) {
		table := Tables(drawn, Tolerance)[0]
		unsure := Restore(&table, drawn, printed(ink...))
		return len(table.Cells), len(unsure)
	}
	if n, unsure := cells(layout.Box{X0: 70, Y0: 10, X1: 80, Y1: 20}, layout.Box{X0: 70, Y0: 40, X1: 80, Y1: 50}); n != 6 || unsure != 2 {
		t.Errorf("a number in the middle of each row: %d cells, %d unsure, want 6 and 2", n, unsure)
	}
	if n, _ := cells(layout.Box{X0: 60, Y0: 18, X1: 90, Y1: 28}, layout.Box{X0: 60, Y0: 32, X1: 90, Y1: 42}); n != 5 {
		t.Errorf("two lines of one text: %d cells, want 5", n)
	}
}
