// Package numeral reads printed numbers by the shapes of their marks.
//
// It exists to be a second witness. It shares nothing with Tesseract, neither
// program nor training, so where both read the same number it is almost surely
// what is printed. It knows digits and the few marks beside them, in any upright
// print, and has no opinion of anything else: of a word, of digits that touch, of
// a digit broken in two. It costs well under a millisecond.
//
//	text, confidence := numeral.Read(line)
//
// A line is cut into marks (see Marks). Each is shrunk to a small picture and, with
// its height and its place on the line, shown to a net of one hidden layer whose
// weights lie in weights.bin. The program in train made them, from the fonts of a
// Debian machine, spoiled in the ways that scanners spoil print.
package numeral

import (
	_ "embed"
	"encoding/binary"
	"image"
	"math"
	"slices"
	"strings"

	"heji/extract/internal/raster"
)

// Classes are the marks that the net tells apart, by number. The last is for
// whatever is none of the others.
const Classes = "0123456789.,-%≥≤><=/()¥~?"

// A mark's features: its picture, then its size and place.
const (
	across   = 14
	down     = 20
	places   = 5
	Features = across*down + places
	Hidden   = 72
)

// classes are the Classes, one by one.
var classes = []rune(Classes)

const other = '?'

//go:embed weights.bin
var weightsFile []byte

// Net is the net's weights: a hidden layer of rectified units, then one unit a
// class.
type Net struct {
	In     [Features][Hidden]float32
	InBias [Hidden]float32
	Out    [][Hidden]float32 // by class
	Bias   []float32
}

var trained = load(weightsFile)

// load reads weights as little-endian float32 of bfloat16 precision: the upper
// half of each is kept.
func load(b []byte) *Net {
	n := &Net{Out: make([][Hidden]float32, len(classes)), Bias: make([]float32, len(classes))}
	for _, v := range n.values() {
		if len(b) < 2 {
			return nil
		}
		*v = math.Float32frombits(uint32(binary.LittleEndian.Uint16(b)) << 16)
		b = b[2:]
	}
	return n
}

// Bytes are the weights as weights.bin holds them.
func (n *Net) Bytes() []byte {
	var b []byte
	for _, v := range n.values() {
		b = binary.LittleEndian.AppendUint16(b, uint16((math.Float32bits(*v)+0x8000)>>16))
	}
	return b
}

// values are all weights, in the order of the file.
func (n *Net) values() []*float32 {
	var all []*float32
	for i := range n.InBias {
		for j := range n.In {
			all = append(all, &n.In[j][i])
		}
		all = append(all, &n.InBias[i])
	}
	for i := range n.Out {
		for j := range n.Out[i] {
			all = append(all, &n.Out[i][j])
		}
		all = append(all, &n.Bias[i])
	}
	return all
}

// Forward gives the hidden layer and the share of belief in each class.
func (n *Net) Forward(x *[Features]float32, hidden *[Hidden]float32, shares []float32) {
	*hidden = n.InBias
	for j, v := range x {
		if v == 0 { // most of a mark's picture is paper
			continue
		}
		w := &n.In[j]
		for i := range hidden {
			hidden[i] += w[i] * v
		}
	}
	for i, v := range hidden {
		hidden[i] = max(0, v)
	}
	most := float32(math.Inf(-1))
	for k := range n.Out {
		sum := n.Bias[k]
		for i, v := range hidden {
			sum += n.Out[k][i] * v
		}
		shares[k] = sum
		most = max(most, sum)
	}
	var total float32
	for k, v := range shares {
		shares[k] = float32(math.Exp(float64(v - most)))
		total += shares[k]
	}
	for k := range shares {
		shares[k] /= total
	}
}

// sure is the belief below which a mark is not read.
const sure = 0.8

// Read reads a line of print of full contrast as a number. The confidence is the
// least of its marks', 0 to 1. The text is "" when any mark is not surely one of
// a number's.
func Read(g *image.Gray, marks []Mark) (text string, confidence float64) {
	if len(marks) > 24 {
		return "", 0
	}
	confidence = 1
	var b strings.Builder
	for _, r := range classify(g, marks) {
		if r.class == other {
			return "", 0
		}
		b.WriteRune(r.class)
		confidence = min(confidence, r.belief)
	}
	return b.String(), confidence
}

// Figures are the numbers among the marks of a line of words, left to right: runs
// of digits with the marks of a number that stand between and before them. A run
// with a Han character's stroke at its end is among them, so that figures confirm
// what another reader read and prove nothing by themselves. From is where the first of
// them begins, in pixels.
func Figures(g *image.Gray, marks []Mark) (runs []string, from int) {
	if len(marks) > 300 {
		return nil, 0
	}
	var run []rune
	start := 0
	end := func() {
		if s := strings.TrimRight(string(run), ".,-=<>≥≤~/("); strings.ContainsAny(s, "0123456789") {
			if runs == nil {
				from = start
			}
			runs = append(runs, s)
		}
		run = run[:0]
	}
	for _, r := range classify(g, marks) {
		switch {
		case r.class == other || r.class == '(' || r.class == ')':
			end()
		case r.class == '≥' || r.class == '≤':
			end()
			run, start = append(run, r.class), r.left
		default:
			if len(run) == 0 {
				start = r.left
			}
			run = append(run, r.class)
		}
	}
	end()
	return runs, from
}

// belief is what a mark is taken for.
type belief struct {
	class  rune // other where nothing is sure
	belief float64
	left   int // where the mark begins, in pixels
}

// look is the net's room to work in.
type look struct {
	x      [Features]float32
	hidden [Hidden]float32
	shares []float32
}

// at is the share of belief in each class that the trained net gives a mark. The next look
// takes its place.
func (l *look) at(g *image.Gray, m Mark, band Band) []float32 {
	if l.shares == nil {
		l.shares = make([]float32, len(classes))
	}
	Describe(g, m, band, &l.x)
	trained.Forward(&l.x, &l.hidden, l.shares)
	return l.shares
}

func classify(g *image.Gray, marks []Mark) []belief {
	if trained == nil || len(marks) == 0 {
		return nil
	}
	var l look
	band := BandOf(marks)
	see := func(m Mark) belief {
		shares := l.at(g, m, band)
		best := 0
		for k, v := range shares {
			if v > shares[best] {
				best = k
			}
		}
		if shares[best] < sure {
			return belief{class: other}
		}
		return belief{class: classes[best], belief: float64(shares[best])}
	}
	var found []belief
	for i := 0; i < len(marks); i++ {
		left := marks[i].Box.Min.X
		b := see(marks[i])
		if i+1 < len(marks) && inPieces(marks[i], marks[i+1], band) && (b.class == other || see(marks[i+1]).class == other) {
			if p := see(Join(marks[i : i+2]...)); p.class >= '0' && p.class <= '9' {
				b = p
				i++
			}
		}
		// The rings of a % may stand clear of its stroke.
		for n := 2; b.class != '%' && n <= 3 && i+n <= len(marks); n++ {
			if all := Join(marks[i : i+n]...); float32(all.Box.Dx()) < 1.5*(band.Bottom-band.Top) {
				if p := see(all); p.class == '%' {
					b = p
					i += n - 1
				}
			}
		}
		b.left = left
		found = append(found, b)
	}
	return found
}

// Comparator is which of ≥ and ≤ the marks of a line before a place look more like, in
// pixels, and how much more, 1 for not at all.
func Comparator(g *image.Gray, marks []Mark, before int) (sign rune, odds float64) {
	n := 0
	for n < len(marks) && marks[n].Box.Min.X < before {
		n++
	}
	if trained == nil || n == 0 || n > 3 {
		return 0, 1
	}
	var l look
	shares := l.at(g, Join(marks[:n]...), BandOf(marks))
	more, less := float64(shares[slices.Index(classes, '≥')]), float64(shares[slices.Index(classes, '≤')])
	if less > more {
		return '≤', less / max(more, 1e-6)
	}
	return '≥', more / max(less, 1e-6)
}

// inPieces reports whether two marks may be one digit of which a thin stroke was lost: the
// 4 of brush typefaces. They stand nearer than digits do, and are no wider together than one.
func inPieces(a, b Mark, band Band) bool {
	height := band.Bottom - band.Top
	return float32(b.Box.Min.X-a.Box.Max.X) < height/10 && float32(b.Box.Max.X-a.Box.Min.X) < height*0.85
}

// Band is where a line's digits stand, in pixels.
type Band struct{ Top, Bottom float32 }

// BandOf finds the band of a line's tall marks. There must be a mark.
func BandOf(marks []Mark) Band {
	tallest := 0
	for _, m := range marks {
		tallest = max(tallest, m.Box.Dy())
	}
	var tops, bottoms []int
	for _, m := range marks {
		if m.Box.Dy()*10 >= tallest*6 {
			tops, bottoms = append(tops, m.Box.Min.Y), append(bottoms, m.Box.Max.Y)
		}
	}
	slices.Sort(tops)
	slices.Sort(bottoms)
	return Band{float32(tops[len(tops)/2]), float32(bottoms[len(bottoms)/2])}
}

// Describe writes a mark's features.
func Describe(g *image.Gray, m Mark, band Band, x *[Features]float32) {
	*x = [Features]float32{}
	w, h := m.Box.Dx(), m.Box.Dy()
	scale := min(float64(across)/float64(w), float64(down)/float64(h))
	sw, sh := max(1, int(math.Round(float64(w)*scale))), max(1, int(math.Round(float64(h)*scale)))
	whole := g.SubImage(m.Box.Add(g.Rect.Min)).(*image.Gray)
	small := raster.Resample(whole, min(sw, across), min(sh, down), raster.Linear)
	left, top := (across-small.Rect.Dx())/2, (down-small.Rect.Dy())/2
	for y := range small.Rect.Dy() {
		for i, v := range small.Pix[y*small.Stride : y*small.Stride+small.Rect.Dx()] {
			x[(top+y)*across+left+i] = float32(255-v) / 255
		}
	}
	height := max(1, band.Bottom-band.Top)
	p := x[across*down:]
	p[0] = float32(h) / height
	p[1] = float32(w) / height
	p[2] = (float32(m.Box.Min.Y) - band.Top) / height
	p[3] = (float32(m.Box.Max.Y) - band.Top) / height
	p[4] = float32(len(m.parts)-1) / 2
	for i := range p {
		p[i] = min(max(p[i], -2), 3)
	}
}
