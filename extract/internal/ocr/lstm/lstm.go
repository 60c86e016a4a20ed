// Package lstm reads lines of print with Tesseract's trained data, without
// Tesseract.
//
//	m, err := lstm.Load("/usr/share/tesseract-ocr/5/tessdata/chi_sim.traineddata")
//	readings := m.Read(lines)
//
// A line's picture is brought to the height that the data was trained at, goes
// through the layers of the network (see layer), and comes out as shares of belief
// in each code for each step along the line, of which decode makes text. This is
// what Tesseract does for a line, without its search for lines and words, its
// second look at the picture's negative and its dictionary. Reading many lines side by side,
// it takes a fraction of the time; and it knows what else the line may say.
package lstm

import (
	"image"
	"math"
	"slices"

	"heji/extract/internal/raster"
)

// Reading is what a line says.
type Reading struct {
	Text       string
	Symbols    []Symbol
	Confidence float64 // the share of belief in this text as a whole, 0 to 1
	Others     []Other // other texts, the likeliest first
}

// Other is a text that the line may say instead.
type Other struct {
	Text       string
	Confidence float64
}

// Read reads pictures of one line of print each, black on white.
func (m *Model) Read(lines []*image.Gray) []Reading {
	planes := make([]plane, len(lines))
	for i, g := range lines {
		planes[i] = m.input(g)
	}
	readings := make([]Reading, len(lines))
	for i, steps := range m.beliefs(planes) {
		all := m.decode(steps)
		if len(all) == 0 {
			continue
		}
		r := &readings[i]
		r.Symbols, r.Confidence, r.Text = all[0].symbols, all[0].belief, textOf(all[0].symbols)
		for _, o := range all[1:] {
			if text := textOf(o.symbols); text != r.Text && !slices.ContainsFunc(r.Others, func(o Other) bool { return o.Text == text }) {
				r.Others = append(r.Others, Other{text, o.belief})
			}
		}
	}
	return readings
}

// widest is the longest picture that is read, in heights.
const widest = 120

// input is the picture, of full contrast, at the network's height. Its black is -1 and
// its white 1, where those are the usual valleys and peaks along its middle.
func (m *Model) input(g *image.Gray) plane {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	if w == 0 || h == 0 {
		return plane{0, m.height, 1, nil}
	}
	width := max(1, int(math.Round(float64(w)*float64(m.height)/float64(h))))
	width = min(width, widest*m.height)
	small := g
	if h != m.height {
		kernel := raster.Linear
		if h < m.height {
			kernel = raster.CatmullRom
		}
		small = raster.Resample(g, width, m.height, kernel)
	}
	black, white := extremes(small)
	contrast := max((white-black)/2, 1)
	p := plane{small.Rect.Dx(), m.height, 1, make([]uint8, small.Rect.Dx()*m.height)}
	for y := range p.h {
		row := small.Pix[small.PixOffset(small.Rect.Min.X, small.Rect.Min.Y+y):]
		for x := range p.w {
			v := (float64(row[x])-black)/contrast - 1
			p.v[y*p.w+x] = uint8(nothing + min(max(math.Round(v*128), -one), one))
		}
	}
	return p
}

// extremes are a quarter of the way up among the valleys of ink, and down among the
// peaks of paper, of the picture's middle row. Valleys of paper are noise: counted
// too, they make thin print look like none.
func extremes(g *image.Gray) (black, white float64) {
	const half = 128
	row := g.Pix[g.PixOffset(g.Rect.Min.X, g.Rect.Min.Y+g.Rect.Dy()/2):]
	row = row[:g.Rect.Dx()]
	var valleys, peaks []uint8
	for x := 1; x+1 < len(row); x++ {
		a, b, c := row[x-1], row[x], row[x+1]
		if b < half && (b < a && b <= c || b <= a && b < c) {
			valleys = append(valleys, b)
		}
		if b >= half && (b > a && b >= c || b >= a && b > c) {
			peaks = append(peaks, b)
		}
	}
	black, white = 0, 255
	if len(valleys) > 0 {
		slices.Sort(valleys)
		black = float64(valleys[len(valleys)/4])
	}
	if len(peaks) > 0 {
		slices.Sort(peaks)
		white = float64(peaks[len(peaks)*3/4])
	}
	return black, white
}
