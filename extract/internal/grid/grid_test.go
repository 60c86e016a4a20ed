package grid

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"heji/layout"
)

// outline writes a table as its size and its cells, "r,c" or "r,c+rowspan,colspan".
func outline(t layout.Table) string {
	parts := []string{fmt.Sprintf("%dx%d", t.Rows, t.Cols)}
	if t.OpenTop {
		parts[0] += " open-top"
	}
	if t.OpenBottom {
		parts[0] += " open-bottom"
	}
	for _, c := range t.Cells {
		s := fmt.Sprintf("%d,%d", c.Row, c.Col)
		if c.RowSpan > 1 || c.ColSpan > 1 {
			s += fmt.Sprintf("+%d,%d", c.RowSpan, c.ColSpan)
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, " ")
}

// h and v draw lines; at is y for h and x for v.
func h(at, from, to float64) Segment { return Segment{from, at, to, at, 0.5} }
func v(at, from, to float64) Segment { return Segment{at, from, at, to, 0.5} }

func TestTables(t *testing.T) {
	frame := func(x0, y0, x1, y1 float64) []Segment {
		return []Segment{h(y0, x0, x1), h(y1, x0, x1), v(x0, y0, y1), v(x1, y0, y1)}
	}
	simple := func(x, y float64) []Segment { // 2 × 2 cells of 100 × 20
		return append(frame(x, y, x+200, y+40), h(y+20, x, x+200), v(x+100, y, y+40))
	}
	tests := []struct {
		name     string
		segments []Segment
		want     []string
	}{
		{"nothing", nil, nil},
		{"a frame is no table", frame(50, 50, 500, 700), nil},
		{"an underline is no table", []Segment{h(100, 50, 200)}, nil},
		{"two rows", append(frame(50, 50, 250, 90), h(70, 50, 250)), []string{"2x1 0,0 1,0"}},
		{"two by two", simple(50, 50), []string{"2x2 0,0 0,1 1,0 1,1"}},
		{"two tables", append(simple(50, 300), simple(50, 50)...), []string{"2x2 0,0 0,1 1,0 1,1", "2x2 0,0 0,1 1,0 1,1"}},
		{"a frame around a table", append(frame(20, 20, 500, 700), simple(50, 50)...), []string{"2x2 0,0 0,1 1,0 1,1"}},
		{"a box to tick in a cell", append(simple(50, 50), append(frame(60, 55, 68, 63), h(59, 60, 68))...), []string{"2x2 0,0 0,1 1,0 1,1"}},
		{"a double frame", append(simple(50, 50), frame(48, 48, 252, 92)...), []string{"2x2 0,0 0,1 1,0 1,1"}},
		{"an underline that touches the border", append(simple(50, 50), h(83, 50, 90)), []string{"2x2 0,0 0,1 1,0 1,1"}},
		{"filled rectangles", []Segment{
			{50, 50, 250, 51, 0}, {50, 89, 250, 90, 0}, {50, 50, 51, 90, 0}, {249, 50, 250, 90, 0}, {149, 50, 152, 90, 0},
		}, []string{"1x2 0,0 0,1"}},
		{"merged head and left column", append(frame(50, 50, 350, 110),
			h(70, 150, 350), h(90, 150, 350), v(150, 50, 110), v(250, 70, 110)),
			[]string{"3x3 0,0+3,1 0,1+1,2 1,1 1,2 2,1 2,2"}},
		{"left column cut by the end of the page", []Segment{
			h(50, 50, 350), h(70, 100, 350), h(90, 100, 350), v(50, 50, 90), v(100, 50, 90), v(350, 50, 90),
		}, []string{"2x2 open-bottom 0,0+2,1 0,1 1,1"}},
		{"left column that runs over the whole page", []Segment{
			h(50, 100, 350), h(70, 100, 350), h(90, 100, 350), v(50, 50, 90), v(100, 50, 90), v(350, 50, 90),
		}, []string{"2x2 open-top open-bottom 0,0+2,1 0,1 1,1"}},
		{"first row without a line above", []Segment{
			h(70, 50, 350), h(90, 50, 350), v(50, 50, 90), v(100, 50, 70), v(200, 50, 70), v(250, 70, 90), v(350, 50, 90),
		}, []string{"2x4 open-top 0,0 0,1 0,2+1,2 1,0+1,3 1,3"}},
		{"no side lines", []Segment{
			h(50, 50, 350), h(70, 50, 350), h(90, 50, 350), v(150, 50, 90), v(250, 50, 70),
		}, []string{"2x3 0,0 0,1 0,2 1,0 1,1+1,2"}},
		{"no side lines, full-width rows", []Segment{
			h(50, 50, 350), h(70, 50, 350), h(90, 50, 350), h(160, 50, 350), v(150, 50, 90),
		}, []string{"3x2 0,0 0,1 1,0 1,1 2,0+1,2"}},
		{"a notch at the corner is not a cell", []Segment{
			h(50, 50, 150), h(70, 50, 350), h(90, 50, 350), v(50, 50, 90), v(150, 50, 90), v(350, 70, 90),
		}, []string{"2x2 0,0 1,0 1,1"}},
		{"a tenth of a line lost", append(frame(50, 50, 250, 90), h(70, 50, 250), v(150, 50, 66), v(150, 70, 86)), []string{"2x2 0,0 0,1 1,0 1,1"}},
		{"a region that is no rectangle is split", append(frame(50, 50, 350, 90), // the wall right of 0,0 is lost
			h(70, 50, 150), v(150, 70, 90), v(250, 50, 90), h(70, 250, 350)),
			[]string{"2x3 0,0+1,2 0,2 1,0 1,1 1,2"}},
		{"overshooting lines", append(simple(50, 50), h(70, 44, 256), v(150, 46, 95)), []string{"2x2 0,0 0,1 1,0 1,1"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, table := range Tables(test.segments, Tolerance) {
				got = append(got, outline(table))
			}
			if d := cmp.Diff(test.want, got); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

// drawn is a random table: sizes, and the cells that tile it.
type drawn struct {
	rows, cols []float64 // edges
	cells      []block
}

// table draws a grid and merges random blocks of slots, then drops edges that no
// cell ends at, since a reader of the print cannot know of them.
func table(t *rapid.T) drawn {
	edges := func(label string, start, low, high float64) []float64 {
		n := rapid.IntRange(1, 9).Draw(t, label)
		e := []float64{start}
		for range n {
			e = append(e, e[len(e)-1]+rapid.Float64Range(low, high).Draw(t, label+" size"))
		}
		return e
	}
	d := drawn{rows: edges("rows", 60, 11, 60), cols: edges("cols", 40, 12, 90)}
	nr, nc := len(d.rows)-1, len(d.cols)-1
	taken := make([]bool, nr*nc)
	claim := func(b block) {
		for r := b.r0; r < b.r1; r++ {
			for c := b.c0; c < b.c1; c++ {
				if taken[r*nc+c] {
					return
				}
			}
		}
		for r := b.r0; r < b.r1; r++ {
			for c := b.c0; c < b.c1; c++ {
				taken[r*nc+c] = true
			}
		}
		d.cells = append(d.cells, b)
	}
	for range rapid.IntRange(0, 6).Draw(t, "merges") {
		r := rapid.IntRange(0, nr-1).Draw(t, "r")
		c := rapid.IntRange(0, nc-1).Draw(t, "c")
		claim(block{r, c, rapid.IntRange(r+1, nr).Draw(t, "r1"), rapid.IntRange(c+1, nc).Draw(t, "c1")})
	}
	for r := range nr {
		for c := range nc {
			claim(block{r, c, r + 1, c + 1})
		}
	}
	usedR, usedC := make([]bool, nr+1), make([]bool, nc+1)
	for _, b := range d.cells {
		usedR[b.r0], usedR[b.r1], usedC[b.c0], usedC[b.c1] = true, true, true, true
	}
	var newR, newC []int
	d.rows, newR = keep(d.rows, usedR)
	d.cols, newC = keep(d.cols, usedC)
	for i, b := range d.cells {
		d.cells[i] = block{newR[b.r0], newC[b.c0], newR[b.r1], newC[b.c1]}
	}
	slices.SortFunc(d.cells, func(a, b block) int { return (a.r0-b.r0)*100 + a.c0 - b.c0 })
	return d
}

func keep(edges []float64, used []bool) (kept []float64, index []int) {
	index = make([]int, len(edges))
	for i, e := range edges {
		index[i] = len(kept)
		if used[i] {
			kept = append(kept, e)
		}
	}
	return kept, index
}

// print draws the borders of every cell as a careless program would: in pieces,
// twice, jittered and in no order.
func (d drawn) print(rng *rand.Rand) []Segment {
	const jitter = 0.6
	near := func(v float64) float64 { return v + (rng.Float64()*2-1)*jitter }
	var s []Segment
	line := func(at, from, to float64, horizontal bool) {
		for from < to {
			end := min(to, from+20+rng.Float64()*200)
			if to-end < 5 {
				end = to
			}
			y, x0, x1 := near(at), near(from), near(end)
			if horizontal {
				s = append(s, h(y, x0, x1))
			} else {
				s = append(s, v(y, x0, x1))
			}
			from = end
		}
	}
	for _, b := range d.cells {
		x0, x1, y0, y1 := d.cols[b.c0], d.cols[b.c1], d.rows[b.r0], d.rows[b.r1]
		line(y0, x0, x1, true)
		line(y1, x0, x1, true)
		line(x0, y0, y1, false)
		line(x1, y0, y1, false)
	}
	rng.Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
	return s
}

func TestRandomGrid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := table(t)
		if len(d.cells) < 2 || d.cols[len(d.cols)-1]-d.cols[0] < minWidth+2 || d.rows[len(d.rows)-1]-d.rows[0] < minHeight+2 {
			t.Skip("no table")
		}
		tables := Tables(d.print(rand.New(rand.NewSource(rapid.Int64().Draw(t, "seed")))), Tolerance)
		if len(tables) != 1 {
			t.Fatalf("%d tables", len(tables))
		}
		got := tables[0]
		if got.OpenTop || got.OpenBottom || got.Rows != len(d.rows)-1 || got.Cols != len(d.cols)-1 {
			t.Fatalf("got %s", outline(got))
		}
		var cells []block
		for _, c := range got.Cells {
			cells = append(cells, block{c.Row, c.Col, c.Row + c.RowSpan, c.Col + c.ColSpan})
		}
		if !slices.Equal(cells, d.cells) {
			t.Fatalf("got %v, want %v", cells, d.cells)
		}
		for i, e := range got.RowEdges {
			if e < d.rows[i]-1 || e > d.rows[i]+1 {
				t.Fatalf("row edge %d at %.2f, want %.2f", i, e, d.rows[i])
			}
		}
	})
}

// Cells never overlap and never leave the table, whatever is drawn.
func TestAnySegments(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		segments := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Segment {
			at, from := rapid.Float64Range(0, 120).Draw(t, "at"), rapid.Float64Range(0, 120).Draw(t, "from")
			to := from + rapid.Float64Range(0, 120).Draw(t, "length")
			if rapid.Bool().Draw(t, "horizontal") {
				return h(at, from, to)
			}
			return v(at, from, to)
		}), 0, 40).Draw(t, "segments")
		for _, table := range Tables(segments, Tolerance) {
			taken := map[[2]int]bool{}
			for _, c := range table.Cells {
				if c.Row < 0 || c.Col < 0 || c.Row+c.RowSpan > table.Rows || c.Col+c.ColSpan > table.Cols {
					t.Fatalf("cell %+v outside %dx%d", c, table.Rows, table.Cols)
				}
				for r := c.Row; r < c.Row+c.RowSpan; r++ {
					for k := c.Col; k < c.Col+c.ColSpan; k++ {
						if taken[[2]int{r, k}] {
							t.Fatalf("slot %d,%d covered twice", r, k)
						}
						taken[[2]int{r, k}] = true
					}
				}
			}
		}
	})
}

func BenchmarkTables(b *testing.B) {
	d := drawn{}
	for r := range 40 {
		d.rows = append(d.rows, 40+float64(r)*18)
		for c := 0; r < 39 && c < 7; c++ {
			d.cells = append(d.cells, block{r, c, r + 1, c + 1})
		}
	}
	for c := range 8 {
		d.cols = append(d.cols, 40+float64(c)*70)
	}
	segments := d.print(rand.New(rand.NewSource(1)))
	b.ReportAllocs()
	for b.Loop() {
		Tables(segments, Tolerance)
	}
}

// Two tables stand on one another, each without its outer lines: no line divides the last row of the
// one from the heads of the other, and the ends of their lines down do.
func TestTablesImpliedBorder(t *testing.T) {
	drawn := []Segment{
		{X0: 50, X1: 550, Y0: 100, Y1: 100}, {X0: 50, X1: 550, Y0: 200, Y1: 200}, {X0: 50, X1: 550, Y0: 240, Y1: 240},
		{X0: 150, X1: 150, Y0: 60, Y1: 160}, {X0: 350, X1: 350, Y0: 60, Y1: 160},
		{X0: 200, X1: 200, Y0: 163, Y1: 280}, {X0: 300, X1: 300, Y0: 163, Y1: 280}, {X0: 450, X1: 450, Y0: 163, Y1: 280},
	}
	tables := Tables(drawn, Tolerance)
	if len(tables) != 1 || tables[0].Rows != 5 {
		t.Fatalf("%d tables: %+v", len(tables), tables)
	}
	for _, c := range tables[0].Cells {
		if want := map[int]int{0: 3, 1: 3}[c.Row]; c.Row == 2 && c.RowSpan != 1 || want > 0 && c.Box.Y1 > 163 {
			t.Errorf("a cell goes over the border: %+v", c)
		}
	}
}
