package raster

import (
	"image"
	"image/color"
	"math"
	"math/rand"
	"slices"
	"testing"

	"heji/extract/internal/grid"
	"heji/layout"
)

// Pages of random tables, printed and worn in every way, give their cells again,
// and know which of them hold print.
func TestPrepare(t *testing.T) {
	tests := []struct {
		name string
		seed int64
		dpi  float64
		s    style
		w    worn
	}{
		{"clean", 1, 200, style{width: 0.6}, worn{}},
		{"hair lines", 2, 300, style{width: 0.25}, worn{skew: 0.4}},
		{"bold lines", 3, 200, style{width: 1.5}, worn{skew: -0.6}},
		{"turned", 4, 200, style{width: 0.7}, worn{skew: 3.3}},
		{"far turned", 5, 150, style{width: 0.8}, worn{skew: -8.2}},
		{"150 dpi", 6, 150, style{width: 0.7}, worn{skew: 1.1}},
		{"fax", 8, 200, style{width: 0.7}, worn{skew: -0.7, noise: 20, specks: 300, fax: true}},
		{"broken lines", 9, 200, style{width: 0.7}, worn{skew: 0.5, breaks: 40, gapSize: 2, fax: true}},
		{"torn lines", 19, 200, style{width: 0.7}, worn{skew: 0.3, breaks: 180, gapSize: 5, fax: true}},
		{"dots of a pixel", 20, 200, style{width: 0.36, dash: 0.4, gap: 0.9}, worn{noise: 3}},
		{"noise and shade", 10, 200, style{width: 0.7}, worn{skew: -1.3, noise: 12, shade: 0.35, specks: 300}},
		{"bent", 11, 200, style{width: 0.7}, worn{bend: 2}},
		{"faint", 12, 200, style{width: 0.4, gray: 120}, worn{skew: 0.9, noise: 5}},
		{"double lines", 13, 200, style{width: 0.5, double: true}, worn{skew: -0.4}},
		{"dotted lines", 15, 200, style{width: 0.8, dash: 1, gap: 1.2}, worn{skew: 0.3}},
		{"dashed lines cut by a page break", 16, 200, style{width: 0.8, dash: 3, gap: 2, openTop: true}, worn{}},
		{"gray lines", 17, 200, style{width: 0.7, pale: 222}, worn{skew: 0.4, noise: 4}},
		{"gray lines, 300 dpi", 18, 300, style{width: 0.5, pale: 215}, worn{skew: -0.8, noise: 6}},
		{"no side lines", 14, 200, style{width: 0.7, openSide: true}, worn{skew: 0.5}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			rows, cols := formEdges(rand.New(rand.NewSource(test.seed)), 20)
			test.s.text, test.s.pad = 10, 3
			p := newPage(test.seed, test.dpi, rows, cols, test.s, 8)
			page, err := Prepare(p.wear(test.w), test.dpi)
			if err != nil {
				t.Fatal(err)
			}
			if d := p.compare(page); d != "" {
				t.Error(d)
			}
			if test.w.bend == 0 && math.Abs(page.Skew-test.w.skew) > 0.05 {
				t.Errorf("skew %.3f, want %.3f", page.Skew, test.w.skew)
			}
		})
	}
}

func TestPrepareRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		w, h int
		dpi  float64
	}{
		"too large":           {8000, 5001, 300},
		"too small":           {10, 3000, 300},
		"no resolution":       {1000, 1000, 0},
		"not a number":        {1000, 1000, math.NaN()},
		"absurd resolution":   {1000, 1000, 1e9},
		"nothing of an image": {0, 0, 300},
	} {
		if _, err := Prepare(image.NewGray(image.Rect(0, 0, test.w, test.h)), test.dpi); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// Pages with nothing to find: no error, no lines, no turn.
func TestPrepareEmpty(t *testing.T) {
	rng := rand.New(rand.NewSource(1))
	for name, fill := range map[string]func() uint8{
		"white": func() uint8 { return 255 },
		"black": func() uint8 { return 0 },
		"noise": func() uint8 { return uint8(230 + rng.Intn(25)) },
	} {
		g := image.NewGray(image.Rect(0, 0, 600, 800))
		for i := range g.Pix {
			g.Pix[i] = fill()
		}
		p, err := Prepare(g, 100)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if len(p.Segments) != 0 || p.Skew != 0 {
			t.Errorf("%s: %d lines, skew %g", name, len(p.Segments), p.Skew)
		}
	}
}

// The smallest pictures allowed go through every step.
func TestPrepareTiny(t *testing.T) {
	for _, size := range [][2]int{{4, 4}, {4, 300}, {300, 4}, {7, 9}} {
		g := blank(size[0], size[1])
		blot(g, 1, 1, size[0]-2, 1)
		p, err := Prepare(g, 36)
		if err != nil {
			t.Fatal(err)
		}
		Ink(p.Crop(layout.Box{X1: 5, Y1: 5}), p.DPI)
		TextLines(p.Text, p.DPI)
		Quarter(p.Text, p.DPI)
	}
}

func TestDisplayed(t *testing.T) {
	rows, cols := []float64{100, 130, 160, 700}, []float64{60, 200, 500}
	p := newPage(1, 150, rows, cols, style{width: 0.8, text: 10, pad: 3}, 0)
	const skew = 2.0
	g := turn{across: -skew, down: -skew}.apply(p.img)
	page, err := Prepare(g, 150)
	if err != nil {
		t.Fatal(err)
	}
	// The corner of the table lies on the worn page where turning puts it.
	k := 72.0 / 150
	sin, cos := math.Sincos(skew * math.Pi / 180)
	x, y := cols[0]-float64(p.img.Rect.Dx())*k/2, rows[0]-float64(p.img.Rect.Dy())*k/2
	wantX := x*cos - y*sin + float64(g.Rect.Dx())*k/2
	wantY := x*sin + y*cos + float64(g.Rect.Dy())*k/2
	left, top := math.Inf(1), math.Inf(1)
	for _, s := range page.Segments {
		left, top = min(left, s.X0), min(top, s.Y0)
	}
	got := page.Displayed(layout.Box{X0: left, Y0: top, X1: left + 0.01, Y1: top + 0.01})
	if math.Abs(got.X0-wantX) > 1.2 || math.Abs(got.Y0-wantY) > 1.2 {
		t.Errorf("corner at %.1f, %.1f; want %.1f, %.1f", got.X0, got.Y0, wantX, wantY)
	}
	if b := page.Displayed(layout.Box{}); !b.IsZero() {
		t.Errorf("an unknown place became %v", b)
	}
}

func TestSkew(t *testing.T) {
	rows, cols := formEdges(rand.New(rand.NewSource(7)), 20)
	p := newPage(7, 200, rows, cols, style{width: 0.7, text: 10, pad: 3}, 5)
	for _, want := range []float64{-9.5, -2.5, -0.13, 0, 0.07, 0.5, 1.73, 6} {
		if got := Skew(Rotate(p.img, want), 200); math.Abs(got-want) > 0.05 {
			t.Errorf("turned by %g: found %.3f", want, got)
		}
	}
}

func TestRotateQuarters(t *testing.T) {
	g := image.NewGray(image.Rect(0, 0, 3, 2))
	copy(g.Pix, []uint8{1, 2, 3, 4, 5, 6})
	for degrees, want := range map[float64][]uint8{
		0:   {1, 2, 3, 4, 5, 6},
		90:  {4, 1, 5, 2, 6, 3},
		180: {6, 5, 4, 3, 2, 1},
		270: {3, 6, 2, 5, 1, 4},
		-90: {3, 6, 2, 5, 1, 4},
	} {
		if got := Rotate(g, degrees); string(got.Pix) != string(want) {
			t.Errorf("%g: %v, want %v", degrees, got.Pix, want)
		}
	}
}

func TestQuarter(t *testing.T) {
	rows, cols := []float64{70, 200, 400, 700}, []float64{45, 150, 550}
	p := newPage(3, 200, rows, cols, style{width: 0.7, text: 10, pad: 4}, 0)
	for _, c := range p.cells {
		p.fill(c.Box, style{text: 10, pad: 4})
	}
	page, err := Prepare(p.img, 200)
	if err != nil {
		t.Fatal(err)
	}
	for degrees, want := range map[float64]int{0: 0, 90: 90, 180: 0, 270: 90} {
		if got := Quarter(Rotate(page.Text, degrees), page.DPI); got != want {
			t.Errorf("turned by %g: %d, want %d", degrees, got, want)
		}
	}
}

// stamp draws a red ring of 40 mm with a star's worth of ink in it, as
// transparent as ink is.
func stamp(img *image.RGBA, cx, cy int, dpi float64, ink color.RGBA) {
	mm := dpi / 25.4
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			d := math.Hypot(float64(x-cx), float64(y-cy)) / mm
			if d > 18.5 && d < 20 || d < 4 {
				c := img.RGBAAt(x, y)
				mul := func(a, b uint8) uint8 { return uint8(int(a) * int(b) / 255) }
				img.SetRGBA(x, y, color.RGBA{mul(c.R, ink.R), mul(c.G, ink.G), mul(c.B, ink.B), 255})
			}
		}
	}
}

func coloured(g *image.Gray) *image.RGBA {
	out := image.NewRGBA(g.Rect)
	for i, v := range g.Pix {
		copy(out.Pix[4*i:], []uint8{v, v, v, 255})
	}
	return out
}

func TestRemoveSeal(t *testing.T) {
	const dpi = 150
	rows, cols := formEdges(rand.New(rand.NewSource(21)), 20)
	p := newPage(21, dpi, rows, cols, style{width: 0.8, text: 10, pad: 3}, 4)
	for name, ink := range map[string]color.RGBA{
		"red":      {220, 60, 60, 255},
		"dark red": {165, 20, 35, 255},
		"pale red": {240, 150, 150, 255},
		"blue":     {70, 90, 210, 255},
	} {
		img := coloured(p.img)
		stamp(img, 600, 800, dpi, ink)
		gray, seals := RemoveSeal(img, dpi)
		if len(seals) != 1 {
			t.Errorf("%s: %d seals", name, len(seals))
			continue
		}
		wrong := 0
		for i, v := range p.img.Pix {
			if (v < 128) != (gray.Pix[i] < 128) {
				wrong++
			}
		}
		if wrong > 0 {
			t.Errorf("%s: %d pixels not as before the seal", name, wrong)
		}
	}
}

// Figures in red or blue are figures.
func TestRemoveSealKeepsColouredPrint(t *testing.T) {
	const dpi = 150
	p := newPage(5, dpi, []float64{100, 140, 180, 300}, []float64{60, 200, 320, 500}, style{width: 0.8, text: 11, pad: 3}, 0)
	for _, ink := range []color.RGBA{{210, 30, 30, 255}, {40, 50, 180, 255}} {
		img := image.NewRGBA(p.img.Rect)
		for i, v := range p.img.Pix {
			c := ink
			if v == 255 {
				c = color.RGBA{255, 255, 255, 255}
			}
			copy(img.Pix[4*i:], []uint8{c.R, c.G, c.B, 255})
		}
		gray, seals := RemoveSeal(img, dpi)
		for i, v := range p.img.Pix {
			if v < 128 && gray.Pix[i] > 180 {
				t.Fatalf("ink %v was lost (seals: %v)", ink, seals)
			}
		}
	}
}

func TestRowReaders(t *testing.T) {
	r := image.Rect(2, 3, 12, 9)
	rgba := image.NewRGBA(r)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			rgba.SetRGBA(x, y, color.RGBA{uint8(x * 20), uint8(x * 20), uint8(x * 20), 255})
		}
	}
	want, _ := RemoveSeal(rgba, 100)
	others := map[string]interface {
		image.Image
		Set(x, y int, c color.Color)
	}{
		"nrgba":    image.NewNRGBA(r),
		"gray":     image.NewGray(r),
		"gray16":   image.NewGray16(r),
		"rgba64":   image.NewRGBA64(r),
		"paletted": image.NewPaletted(r, grays()),
	}
	for name, img := range others {
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				img.Set(x, y, rgba.At(x, y))
			}
		}
		got, _ := RemoveSeal(img, 100)
		for i := range want.Pix {
			if d := int(got.Pix[i]) - int(want.Pix[i]); d < -1 || d > 1 {
				t.Errorf("%s: pixel %d is %d, want %d", name, i, got.Pix[i], want.Pix[i])
				break
			}
		}
	}
	glass := image.NewNRGBA(r) // transparent black shows paper
	if got, _ := RemoveSeal(glass, 100); got.Pix[0] != 255 {
		t.Errorf("transparent is %d", got.Pix[0])
	}
}

func grays() color.Palette {
	p := make(color.Palette, 256)
	for i := range p {
		p[i] = color.Gray{Y: uint8(i)}
	}
	return p
}

// blank is a white picture; blot inks a part of it.
func blank(w, h int) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, w, h))
	for i := range g.Pix {
		g.Pix[i] = 255
	}
	return g
}

func blot(g *image.Gray, x, y, w, h int) {
	for yy := y; yy < y+h; yy++ {
		for xx := x; xx < x+w; xx++ {
			g.SetGray(xx, yy, color.Gray{})
		}
	}
}

func TestDespeckle(t *testing.T) {
	g := blank(400, 300)
	blot(g, 100, 100, 20, 30) // a digit
	blot(g, 124, 127, 3, 3)   // the decimal point beside it
	blot(g, 130, 100, 20, 30)
	blot(g, 300, 200, 2, 2) // dirt far from all print
	blot(g, 50, 250, 1, 1)
	Despeckle(g, 200)
	for _, test := range []struct {
		x, y int
		want uint8
		what string
	}{{110, 110, 0, "digit"}, {125, 128, 0, "decimal point"}, {300, 200, 255, "dirt"}, {50, 250, 255, "speck"}} {
		if got := g.GrayAt(test.x, test.y).Y; got != test.want {
			t.Errorf("%s is %d", test.what, got)
		}
	}
}

func TestInk(t *testing.T) {
	for name, test := range map[string]struct {
		x, y, w, h int
		want       bool
	}{
		"nothing":  {0, 0, 0, 0, false},
		"a speck":  {50, 20, 1, 2, false},
		"a point":  {50, 20, 3, 3, true},
		"a dash":   {50, 20, 14, 1, true},
		"a one":    {50, 20, 2, 18, true},
		"a border": {10, 10, 200, 2, false}, // what is left of the cell's upper line
	} {
		g := blank(200, 60)
		x, y := test.x, test.y
		if name == "a border" {
			x, y = 0, 0
		}
		blot(g, x, y, test.w, test.h)
		crop := Crop(g, layout.Box{X1: 72, Y1: 21.6}, 200)
		if got := Ink(crop, 200); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if Ink(Crop(blank(10, 10), layout.Box{X0: 50, Y0: 50, X1: 60, Y1: 60}, 200), 200) {
		t.Error("ink outside the page")
	}
}

func TestTextLines(t *testing.T) {
	g := blank(300, 200)
	blot(g, 20, 20, 25, 25) // a character
	blot(g, 60, 22, 20, 2)  // 三
	blot(g, 60, 31, 20, 2)
	blot(g, 60, 41, 20, 2)
	blot(g, 20, 60, 25, 25)
	if got := TextLines(g, 200); len(got) != 2 || got[0] != image.Rect(20, 20, 80, 45) || got[1] != image.Rect(20, 60, 45, 85) {
		t.Errorf("got %v", got)
	}
	g = blank(300, 100)
	blot(g, 60, 22, 20, 2) // 二 alone
	blot(g, 60, 38, 20, 2)
	if got := TextLines(g, 200); len(got) != 1 {
		t.Errorf("二 is %d lines", len(got))
	}
	if got := TextLines(blank(20, 20), 200); got != nil {
		t.Errorf("blank: %v", got)
	}
}

// Two texts far apart in one line of print are its parts; characters set apart and a
// speck are not.
func TestApart(t *testing.T) {
	g := blank(1200, 60)
	for i := range 8 {
		blot(g, 20+60*i, 10, 40, 40)
	}
	blot(g, 640, 30, 3, 3)
	for i := range 4 {
		blot(g, 900+50*i, 10, 40, 40)
	}
	want := []image.Rectangle{image.Rect(20, 10, 643, 50), image.Rect(900, 10, 1090, 50)}
	if got := Apart(g, image.Rect(20, 10, 1090, 50), 300); !slices.Equal(got, want) {
		t.Errorf("the parts are %v, want %v", got, want)
	}
}

func benchmarkPage(dpi float64) *image.Gray {
	rows, cols := formEdges(rand.New(rand.NewSource(3)), 18)
	p := newPage(3, dpi, rows, cols, style{width: 0.7, text: 10, pad: 2}, 6)
	return p.wear(worn{skew: 0.8, noise: 6})
}

func BenchmarkPrepare(b *testing.B) {
	g := benchmarkPage(300)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Prepare(g, 300); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLines(b *testing.B) {
	g := Flatten(benchmarkPage(300), 300)
	for b.Loop() {
		Lines(g, 300)
	}
}

func BenchmarkSkew(b *testing.B) {
	g := Flatten(benchmarkPage(300), 300)
	for b.Loop() {
		Skew(g, 300)
	}
}

func BenchmarkCrop(b *testing.B) {
	g := benchmarkPage(300)
	box := layout.Box{X0: 100, Y0: 100, X1: 200, Y1: 130}
	for b.Loop() {
		Ink(Crop(g, box, 300), 300)
	}
}

// A place given as the upright box around it is found again on the level page.
func TestLevel(t *testing.T) {
	for _, skew := range []turn{{}, {across: 2, down: 2}, {across: -1.5, down: -1.2}, {across: 0.4, down: 0.1}, {across: 1, down: -2, changeAcross: 3e-5, changeDown: -2e-5}} {
		page := Page{Gray: image.NewGray(image.Rect(0, 0, 2560, 3580)), DPI: 300, width: 595, height: 842, turn: skew}
		want := layout.Box{X0: 120, Y0: 300, X1: 420, Y1: 334}
		got := page.Level(page.Displayed(want))
		for _, d := range []float64{got.X0 - want.X0, got.Y0 - want.Y0, got.X1 - want.X1, got.Y1 - want.Y1} {
			if math.Abs(d) > 0.01 && !skew.fans() || math.Abs(d) > 0.5 {
				t.Errorf("turned by %v: %v became %v", skew, want, got)
				break
			}
		}
	}
}

// Heads at the end of a page: lines between them of five dashes, as short as print, below
// rows of one cell.
func TestPrepareShortDashes(t *testing.T) {
	s := style{width: 0.8, dash: 2, gap: 2, text: 10, pad: 3}
	rows, cols := []float64{70, 110, 150, 190, 210}, []float64{45, 120, 230, 330, 420, 550}
	p := newPage(21, 200, rows, cols, s, 0)
	white := color.Gray{255}
	for _, x := range cols[1:5] {
		for y := int(71 * 200 / 72); y < int(189*200/72); y++ {
			if at := float64(y) * 72 / 200; math.Abs(at-110) < 1 || math.Abs(at-150) < 1 {
				continue
			}
			for dx := -2; dx <= 2; dx++ {
				p.img.SetGray(int(x*200/72)+dx, y, white)
			}
		}
	}
	page, err := Prepare(p.wear(worn{}), 200)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range cols {
		if !slices.ContainsFunc(page.Segments, func(g grid.Segment) bool {
			return math.Abs(g.X0-x) < 2 && math.Abs(g.X1-x) < 2 && g.Y0 < 193 && g.Y1 > 207
		}) {
			t.Errorf("no line down at %g points between the heads", x)
		}
	}
}

// The shadow of a fold, darker in its middle, becomes paper, and the print on it stays; the table
// top below a sheet is left to clearSurround.
func TestClearFolds(t *testing.T) {
	const w, h = 400, 560
	g := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			v := uint8(245)
			if d := max(300-y, y-300); d < 12 {
				v = uint8(150 + 7*d)
			}
			if y > 530 {
				v = 60
			}
			if x > 150 && x < 250 && x%10 < 3 && y > 280 && y < 320 {
				v = 20
			}
			g.SetGray(x, y, color.Gray{Y: v})
		}
	}
	clearFolds(g, 72)
	if shadow, print, top := g.GrayAt(350, 300).Y, g.GrayAt(201, 300).Y, g.GrayAt(200, 550).Y; shadow < 240 || print > 60 || top > 70 {
		t.Errorf("shadow %d, print %d, table top %d", shadow, print, top)
	}
}
