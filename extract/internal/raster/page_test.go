package raster

import (
	"image"
	"image/color"
	"math"
	"math/rand"
	"slices"
	"strconv"
	"testing"

	"heji/extract/internal/grid"
	"heji/layout"
)

// printed is a page drawn for a test: a table whose cells are known, filled with
// made-up characters of strokes, which are harder on a line finder than real ones.
type printed struct {
	dpi        float64
	img        *image.Gray
	rng        *rand.Rand
	rows, cols []float64     // edges, points
	cells      []layout.Cell // Ink says whether print was put in
	gray       uint8         // of the ink
}

// style is how a page's lines are drawn.
type style struct {
	width    float64 // points
	dash     float64 // length of a dash, points; 0 for a full line
	gap      float64
	double   bool
	openSide bool // no lines at the left and right
	openTop  bool // cut by the end of the page before
	gray     uint8
	pale     uint8   // how light the lines are; 0 as the print
	text     float64 // size of print, points
	pad      float64 // from a line to print, points
}

func newPage(seed int64, dpi float64, rows, cols []float64, s style, merges int) *printed {
	p := &printed{dpi: dpi, rng: rand.New(rand.NewSource(seed)), rows: rows, cols: cols, gray: s.gray}
	p.img = image.NewGray(image.Rect(0, 0, int(595*dpi/72), int(842*dpi/72)))
	for i := range p.img.Pix {
		p.img.Pix[i] = 255
	}
	p.tile(merges)
	for _, c := range p.cells {
		p.border(c, s)
	}
	for i := range p.cells {
		if c := &p.cells[i]; p.rng.Intn(6) > 0 {
			c.Ink = p.fill(c.Box, s)
		}
	}
	return p
}

// tile covers the grid with cells, some of them merged.
func (p *printed) tile(merges int) {
	nr, nc := len(p.rows)-1, len(p.cols)-1
	taken := make([]bool, nr*nc)
	claim := func(r, c, rs, cs int) {
		for i := r; i < r+rs; i++ {
			for j := c; j < c+cs; j++ {
				if taken[i*nc+j] {
					return
				}
			}
		}
		for i := r; i < r+rs; i++ {
			for j := c; j < c+cs; j++ {
				taken[i*nc+j] = true
			}
		}
		p.cells = append(p.cells, layout.Cell{Row: r, Col: c, RowSpan: rs, ColSpan: cs,
			Box: layout.Box{X0: p.cols[c], Y0: p.rows[r], X1: p.cols[c+cs], Y1: p.rows[r+rs]}})
	}
	for range merges {
		r, c := p.rng.Intn(nr), p.rng.Intn(nc)
		if p.rng.Intn(2) == 0 {
			claim(r, c, 1+p.rng.Intn(min(6, nr-r)), 1)
		} else {
			claim(r, c, 1, 1+p.rng.Intn(min(4, nc-c)))
		}
	}
	for r := range nr {
		for c := range nc {
			claim(r, c, 1, 1)
		}
	}
	slices.SortFunc(p.cells, func(a, b layout.Cell) int { return (a.Row-b.Row)*1000 + a.Col - b.Col })
}

func (p *printed) border(c layout.Cell, s style) {
	b := c.Box
	last, bottom := len(p.cols)-1, len(p.rows)-1
	for _, d := range []float64{-1, 1} {
		if !s.double && d > 0 {
			break
		}
		off := d * (s.width/2 + 0.35)
		if !s.double {
			off = 0
		}
		if c.Row > 0 || !s.openTop {
			p.rule(b.X0, b.Y0+off, b.X1, b.Y0+off, s)
		}
		if !(s.openSide && c.Col == 0) {
			p.rule(b.X0+off, b.Y0, b.X0+off, b.Y1, s)
		}
		if c.Col+c.ColSpan == last && !s.openSide {
			p.rule(b.X1+off, b.Y0, b.X1+off, b.Y1, s)
		}
		if c.Row+c.RowSpan == bottom {
			p.rule(b.X0, b.Y1+off, b.X1, b.Y1+off, s)
		}
	}
}

// rule draws a line between two points, in points.
func (p *printed) rule(x0, y0, x1, y1 float64, s style) {
	ink := p.gray
	if s.pale > 0 {
		p.gray = s.pale
	}
	defer func() { p.gray = ink }()
	length := max(x1-x0, y1-y0)
	dx, dy := (x1-x0)/length, (y1-y0)/length
	step := length
	if s.dash > 0 {
		step = s.dash + s.gap
	}
	for t := 0.0; t < length; t += step {
		end := length
		if s.dash > 0 {
			end = min(length, t+s.dash)
		}
		w := s.width / 2
		p.rect(x0+dx*t-dy*w, y0+dy*t-dx*w, x0+dx*end+dy*w, y0+dy*end+dx*w)
	}
}

// rect inks a rectangle given in points, at least a pixel wide.
func (p *printed) rect(x0, y0, x1, y1 float64) {
	k := p.dpi / 72
	a, b := int(math.Round(x0*k)), int(math.Round(y0*k))
	c, d := max(a+1, int(math.Round(x1*k))), max(b+1, int(math.Round(y1*k)))
	r := image.Rect(a, b, c, d).Intersect(p.img.Rect)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			p.img.SetGray(x, y, color.Gray{Y: p.gray})
		}
	}
}

// fill prints characters into a box: in a small one a line in the middle, in a
// large one often as many lines as it takes.
func (p *printed) fill(b layout.Box, s style) bool {
	cols := int((b.Width() - 2*s.pad) / s.text)
	lines := int((b.Height() - 2*s.pad + 0.4*s.text) / (s.text * 1.4))
	if cols < 1 || lines < 1 {
		return false
	}
	n := 1 + p.rng.Intn(cols)
	x, y := (b.X0+b.X1-float64(n)*s.text)/2, (b.Y0+b.Y1-s.text)/2
	if lines > 1 && p.rng.Intn(2) == 0 {
		x, y = b.X0+s.pad, b.Y0+s.pad
		n = cols
	} else {
		lines = 1
	}
	for l := range lines {
		for i := range n {
			p.character(x+float64(i)*s.text, y+float64(l)*1.4*s.text, s.text)
		}
	}
	return true
}

// character draws strokes in a square of the given size.
func (p *printed) character(x, y, size float64) {
	t := max(0.7, size*0.08)
	in := size * 0.08
	for range 2 + p.rng.Intn(5) {
		a := in + p.rng.Float64()*(size-2*in)
		from := in
		to := size - in
		if p.rng.Intn(2) == 0 {
			to -= p.rng.Float64() * size / 2
		}
		if p.rng.Intn(2) == 0 {
			p.rect(x+from, y+a, x+to, y+a+t)
		} else {
			p.rect(x+a, y+from, x+a+t, y+to)
		}
	}
}

// worn is how a page suffers between printer and us.
type worn struct {
	skew    float64 // degrees
	noise   float64 // deviation of gray
	shade   float64 // how much darker the paper is at one side
	specks  int
	breaks  int     // gaps in the ink, each about as long as
	gapSize float64 // points
	bend    float64 // points by which lines sag in the middle of the page
	fax     bool    // black and white only
}

// wear turns the page into what a scanner would give.
func (p *printed) wear(w worn) *image.Gray {
	g := level0(p.img)
	k := p.dpi / 72
	for range w.breaks {
		// Along lines only, where they hurt.
		x, y := p.cols[p.rng.Intn(len(p.cols))], 60+p.rng.Float64()*700
		wide, high := 4.0, w.gapSize
		if p.rng.Intn(2) == 0 {
			x, y = 40+p.rng.Float64()*500, p.rows[p.rng.Intn(len(p.rows))]
			wide, high = high, wide
		}
		r := image.Rect(int((x-wide/2)*k), int((y-high/2)*k), int((x+wide/2)*k), int((y+high/2)*k)).Intersect(g.Rect)
		for yy := r.Min.Y; yy < r.Max.Y; yy++ {
			for xx := r.Min.X; xx < r.Max.X; xx++ {
				g.SetGray(xx, yy, color.Gray{Y: 255})
			}
		}
	}
	if w.bend != 0 {
		bent := level0(g)
		for x := range g.Rect.Dx() {
			d := int(math.Round(w.bend * k * math.Sin(math.Pi*float64(x)/float64(g.Rect.Dx()))))
			for y := range g.Rect.Dy() {
				v := uint8(255)
				if yy := y - d; yy >= 0 && yy < g.Rect.Dy() {
					v = g.Pix[yy*g.Stride+x]
				}
				bent.Pix[y*bent.Stride+x] = v
			}
		}
		g = bent
	}
	if w.skew != 0 {
		g = Rotate(g, w.skew)
	}
	gw := g.Rect.Dx()
	for i, v := range g.Pix {
		f := float64(v) * (1 - w.shade*float64(i%gw)/float64(gw))
		if w.noise > 0 {
			f += p.rng.NormFloat64()*w.noise - w.noise
		}
		g.Pix[i] = uint8(max(0, min(255, f)))
	}
	for range w.specks {
		x, y := p.rng.Intn(gw), p.rng.Intn(g.Rect.Dy())
		g.SetGray(x, y, color.Gray{Y: uint8(p.rng.Intn(100))})
		if p.rng.Intn(3) == 0 {
			g.SetGray(x+1, y, color.Gray{Y: 60})
		}
	}
	if w.fax {
		for i, v := range g.Pix {
			g.Pix[i] = 0
			if v > 140 {
				g.Pix[i] = 255
			}
		}
	}
	return g
}

// form is the edges of a table like those of the forms: rows of the given least
// height, some higher, and columns of uneven width.
func formEdges(rng *rand.Rand, least float64) (rows, cols []float64) {
	rows, cols = []float64{70}, []float64{45}
	for y := 70.0; y < 760; {
		h := least
		switch rng.Intn(6) {
		case 0:
			h = least * 1.6
		case 1:
			h = least * (1 + 3*rng.Float64())
		}
		y += h
		rows = append(rows, y)
	}
	n := 2 + rng.Intn(6)
	weights, sum := make([]float64, n), 0.0
	for i := range weights {
		weights[i] = 0.4 + rng.Float64()
		sum += weights[i]
	}
	for _, w := range weights {
		cols = append(cols, cols[len(cols)-1]+w/sum*505)
	}
	return rows, cols
}

// drawnCells is the cells as they must be found: edges at which no cell ends are
// not printed, so rows and columns are numbered without them.
func (p *printed) drawnCells() []layout.Cell {
	rowUsed, colUsed := make([]bool, len(p.rows)), make([]bool, len(p.cols))
	for _, c := range p.cells {
		rowUsed[c.Row], rowUsed[c.Row+c.RowSpan] = true, true
		colUsed[c.Col], colUsed[c.Col+c.ColSpan] = true, true
	}
	number := func(used []bool) []int {
		n, out := 0, make([]int, len(used))
		for i, u := range used {
			out[i] = n
			if u {
				n++
			}
		}
		return out
	}
	r, c := number(rowUsed), number(colUsed)
	out := slices.Clone(p.cells)
	for i, x := range p.cells {
		out[i].Row, out[i].Col = r[x.Row], c[x.Col]
		out[i].RowSpan, out[i].ColSpan = r[x.Row+x.RowSpan]-r[x.Row], c[x.Col+x.ColSpan]-c[x.Col]
	}
	return out
}

// compare says how the tables found on a page differ from what was drawn, "" when
// they do not.
func (p *printed) compare(page Page) string {
	tables := grid.Tables(page.Segments, grid.Tolerance)
	if len(tables) != 1 {
		return "tables: " + strconv.Itoa(len(tables))
	}
	want, got := p.drawnCells(), tables[0].Cells
	if len(want) != len(got) {
		return "cells: " + strconv.Itoa(len(got)) + " for " + strconv.Itoa(len(want))
	}
	var wrong, ink int
	for i := range want {
		a, b := want[i], got[i]
		if a.Row != b.Row || a.Col != b.Col || a.RowSpan != b.RowSpan || a.ColSpan != b.ColSpan {
			wrong++
		}
		if Ink(page.Crop(b.Box), page.DPI) != a.Ink {
			ink++
		}
	}
	if wrong > 0 || ink > 0 {
		return strconv.Itoa(wrong) + " cells elsewhere, ink wrong in " + strconv.Itoa(ink)
	}
	return ""
}

// whitePage is a page of so many pixels with nothing on it.
func whitePage(w, h int) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, w, h))
	for i := range g.Pix {
		g.Pix[i] = 246
	}
	return g
}

func fillRect(g *image.Gray, r image.Rectangle, v uint8) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			g.SetGray(x, y, color.Gray{Y: v})
		}
	}
}

func TestUnspeck(t *testing.T) {
	g := whitePage(800, 800)
	fillRect(g, image.Rect(100, 100, 130, 103), 20) // a stroke
	fillRect(g, image.Rect(140, 100, 143, 103), 20) // a point
	g.SetGray(200, 200, color.Gray{Y: 10})          // a speck
	for x := 300; x < 340; x += 4 {
		g.SetGray(x, 300, color.Gray{Y: 10}) // a dotted line
	}
	g.SetGray(115, 101, color.Gray{Y: 255}) // a hole in the stroke
	for i := range 200 {
		g.SetGray(400+i%10*37, 400+i/10*19, color.Gray{Y: 10})
	}
	unspeck(g, 200)
	dark := func(x, y int) bool { return g.GrayAt(x, y).Y < 128 }
	if dark(200, 200) {
		t.Error("the speck stands")
	}
	if !dark(141, 101) || !dark(110, 101) {
		t.Error("a point or a stroke is gone")
	}
	if !dark(308, 300) {
		t.Error("a dot of a dotted line is gone")
	}
	if !dark(115, 101) {
		t.Error("the hole in the stroke is open")
	}
}

func TestUnstripe(t *testing.T) {
	g := whitePage(800, 1000)
	fillRect(g, image.Rect(100, 100, 700, 103), 20)
	fillRect(g, image.Rect(100, 100, 103, 900), 20) // a ruling line
	fillRect(g, image.Rect(400, 500, 440, 510), 20) // print
	for y := range 1000 {
		for x := 410; x < 412; x++ {
			g.Pix[y*g.Stride+x] = uint8(max(0, int(g.Pix[y*g.Stride+x])-110))
		}
		g.Pix[y*g.Stride+600] = 0
		g.Pix[y*g.Stride+101] = uint8(max(0, int(g.Pix[y*g.Stride+101])-110)) // along the ruling line
	}
	unstripe(g, 200)
	for _, p := range []image.Point{{410, 50}, {411, 300}, {600, 50}, {600, 700}} {
		if g.GrayAt(p.X, p.Y).Y < 220 {
			t.Errorf("the stripe stands at %v: %d", p, g.GrayAt(p.X, p.Y).Y)
		}
	}
	for _, p := range []image.Point{{101, 500}, {410, 505}, {600, 101}} {
		if g.GrayAt(p.X, p.Y).Y > 128 {
			t.Errorf("ink is gone at %v: %d", p, g.GrayAt(p.X, p.Y).Y)
		}
	}
}

func TestMendTears(t *testing.T) {
	g := whitePage(400, 200)
	for x := 50; x < 350; x += 20 {
		fillRect(g, image.Rect(x, 50, x+4, 80), 0) // strokes down
	}
	fillRect(g, image.Rect(40, 65, 360, 66), 255) // torn
	fillRect(g, image.Rect(50, 120, 70, 124), 0)  // two strokes of a character
	fillRect(g, image.Rect(50, 125, 70, 129), 0)  // with one row between
	fillRect(g, image.Rect(45, 110, 50, 140), 0)  // in its frame
	fillRect(g, image.Rect(70, 110, 75, 140), 0)
	for i, v := range g.Pix {
		if v != 0 {
			g.Pix[i] = 255
		}
	}
	mendTears(g, 200)
	if g.GrayAt(51, 65).Y != 0 {
		t.Error("the strokes are still torn")
	}
	if g.GrayAt(60, 124).Y == 0 {
		t.Error("two strokes have run together")
	}
}

func TestDespeckleCrumbs(t *testing.T) {
	g := whitePage(600, 400)
	for i := range g.Pix {
		g.Pix[i] = 255
	}
	for _, x := range []int{100, 124} {
		fillRect(g, image.Rect(x, 100, x+14, 124), 0) // two characters
	}
	crumbs := map[image.Point]bool{ // whether it stays
		{118, 122}: true,  // where a point would be
		{118, 104}: false, // too high for one
		{142, 122}: false, // after the last character
		{95, 110}:  false,
	}
	for p := range crumbs {
		fillRect(g, image.Rect(p.X, p.Y, p.X+1, p.Y+2), 0)
		g.SetGray(p.X+1, p.Y, color.Gray{})
	}
	Despeckle(g, 200)
	for p, stays := range crumbs {
		if got := g.GrayAt(p.X, p.Y).Y == 0; got != stays {
			t.Errorf("crumb at %v stays: %t, want %t", p, got, stays)
		}
	}
}

// A speck far from all print is dirt; one as near as a point is stays, and so does what is
// near that.
func TestCropDropsLonelySpecks(t *testing.T) {
	g := image.NewGray(image.Rect(0, 0, 300, 100))
	for i := range g.Pix {
		g.Pix[i] = 255
	}
	box := func(r image.Rectangle) {
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				g.SetGray(x, y, color.Gray{0})
			}
		}
	}
	box(image.Rect(100, 40, 110, 62)) // a digit
	box(image.Rect(114, 59, 117, 62)) // its point
	box(image.Rect(132, 59, 135, 62)) // near the point
	box(image.Rect(200, 50, 204, 54)) // far from all
	crop := Crop(g, layout.Box{X1: 300 * 72 / 200., Y1: 100 * 72 / 200.}, 200)
	for x, want := range map[int]bool{105: true, 115: true, 133: true, 202: false} {
		if got := crop.GrayAt(x+Margin, 61+Margin).Y == 0 || crop.GrayAt(x+Margin, 52+Margin).Y == 0; got != want {
			t.Errorf("ink at %d: %t", x, got)
		}
	}
}
