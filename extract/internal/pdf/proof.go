package pdf

import (
	"image"
	"math"
	"slices"
	"unicode"

	"golang.org/x/image/draw"
	"golang.org/x/text/width"

	"heji/extract/internal/ocr/numeral"
)

// A text layer says which character each glyph is, and the file alone decides what
// it says: a font whose table of characters is wrong, shifted by one or mixed up on
// purpose gives text that is plausible and is not what is printed. So every page's
// characters are held against its pixels:
//
//	render the page → each figure to the numeral net, some Han characters to the
//	same characters of a font of this machine → which ones look like another
//
// One glyph may be misjudged; a font's figure that is misjudged wherever it stands
// is not what the file says.

// How large a page is drawn for that.
const (
	leastProofDPI = 125 // shows a figure of 9 points some ten pixels high, which the numeral net needs to be sure of most
	mostProofDPI  = 250
	usualHeight   = 8.0 // of a Chinese character of 9 points, in points
)

// proofDPI is the resolution at which the page's characters are large enough to be told: sheets
// that were fitted to the page's width are printed in 5 points.
func proofDPI(chars []Char) int {
	var heights []float64
	for _, ch := range chars {
		if ch.Flags&unseenText == 0 && !ch.noBox() && unicode.Is(unicode.Han, []rune(ch.Text)[0]) {
			heights = append(heights, ch.Box.Height())
		}
	}
	if len(heights) == 0 {
		return leastProofDPI
	}
	slices.Sort(heights)
	return min(mostProofDPI, max(leastProofDPI, int(leastProofDPI*usualHeight/heights[len(heights)/2])))
}

// mostFigures bounds the work on one page. A form has some hundreds.
const mostFigures = 3000

// prove flags the figures whose pixels look like another figure (Unlike) or are what
// the file says (Proven), and says in English and Chinese why the page's text as a
// whole is not to be believed, or "".
func prove(chars []Char, a imageAnswer, face *face) (why, whyZH string) {
	if unlike, seen := proveFigures(chars, a); unlike >= 3 || unlike*5 > seen {
		return "its figures do not look like what the file says they are", "所见数字的字形与文件所载不符"
	}
	unlike, seen := proveHan(chars, a, face)
	switch {
	case unlike >= 4 && unlike*3 > seen:
		return "its characters do not look like what the file says they are", "所见文字的字形与文件所载不符"
	case seen == 0 && unnamed(chars):
		return "the file does not say which characters it shows", "文件未载明所显示的是哪些字"
	case seen > 0 && unlike*10 <= seen:
		acquit(chars)
	}
	return "", ""
}

// acquit clears the characters of which the file does not say what they are, and
// PDFium's guess is seen to be right.
func acquit(chars []Char) {
	for i := range chars {
		if !isFigure(chars[i].Text) || chars[i].Flags&Proven != 0 {
			chars[i].Flags &^= MapError
		}
	}
}

// unnamed reports whether the file is silent about a third of its characters, or about
// some of a page on which it names no Chinese one.
func unnamed(chars []Char) bool {
	silent, bad, han, all := 0, 0, 0, 0
	for _, ch := range chars {
		if ch.Flags&(Invisible|Field) != 0 || isSpace(ch.Text) {
			continue
		}
		all++
		if ch.Flags&(MapError|BadCode) != 0 {
			silent++
		}
		if ch.Flags&BadCode != 0 {
			bad++
		}
		if unicode.Is(unicode.Han, []rune(ch.Text)[0]) {
			han++
		}
	}
	return silent*3 > all || han == 0 && bad > 4
}

// proveFigures gives each figure to the numeral net. Unlike are those of a kind, such
// as all that the file calls 3, of which more look like another figure than like
// this; seen are those on which the net has an opinion.
func proveFigures(chars []Char, a imageAnswer) (unlike, seen int) {
	type vote struct{ all, like, unlike []int }
	votes := map[byte]*vote{}
	asked := 0
	for i, ch := range chars {
		d, ok := figureOf(ch)
		if !ok {
			continue
		}
		if asked++; asked > mostFigures {
			break
		}
		v := votes[d]
		if v == nil {
			v = &vote{}
			votes[d] = v
		}
		v.all = append(v.all, i)
		g := a.glyph(ch)
		if g == nil {
			continue
		}
		text, _ := numeral.Read(g, numeral.Marks(g))
		if len(text) != 1 || text[0] < '0' || text[0] > '9' {
			continue // dirt, a neighbour, or a print that the net does not know
		}
		if text[0] == d {
			v.like = append(v.like, i)
		} else {
			v.unlike = append(v.unlike, i)
		}
	}
	for _, v := range votes {
		seen += len(v.like) + len(v.unlike)
		if len(v.like) > 1 && len(v.unlike) == 0 {
			v.like = v.all // also those that are blurred: their like have been seen
		}
		for _, i := range v.like {
			chars[i].Flags |= Proven
		}
		if len(v.unlike) > 1 || len(v.like) == 0 {
			for _, i := range v.unlike {
				chars[i].Flags |= Unlike
			}
		}
		if len(v.unlike) > len(v.like) {
			unlike += len(v.unlike)
		}
	}
	return unlike, seen
}

// figureOf is the digit that a character that is seen claims to be.
func figureOf(ch Char) (digit byte, ok bool) {
	if ch.Flags&(unseenText|Field|Overlaps) != 0 || ch.noBox() || !isFigure(ch.Text) {
		return 0, false
	}
	return width.Narrow.String(ch.Text)[0], true
}

// isFigure reports whether the character is a digit, of either width.
func isFigure(s string) bool {
	s = width.Narrow.String(s)
	return len(s) == 1 && s[0] >= '0' && s[0] <= '9'
}

// glyph is what is seen in a character's place, upright, in full contrast with a
// white rim, dark on light even where it is printed in white; nil where it is too small, too pale
// or off the page.
func (a imageAnswer) glyph(ch Char) *image.Gray {
	scale := float64(a.DPI) / 72
	box := image.Rect(int(ch.Box.X0*scale)-1, int(ch.Box.Y0*scale)-1, int(math.Ceil(ch.Box.X1*scale))+1, int(math.Ceil(ch.Box.Y1*scale))+1).
		Intersect(image.Rect(0, 0, a.Width, a.Height))
	if box.Dx() < 3 || box.Dy() < 7 || box.Dx() > 200 || box.Dy() > 200 {
		return nil
	}
	low, high := 255, 0
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for _, v := range a.Pix[y*a.Stride+box.Min.X : y*a.Stride+box.Max.X] {
			low, high = min(low, int(v)), max(high, int(v))
		}
	}
	if high-low < 48 {
		return nil
	}
	g := image.NewGray(image.Rect(0, 0, box.Dx()+2, box.Dy()+2))
	for i := range g.Pix {
		g.Pix[i] = 255
	}
	for y := range box.Dy() {
		for x := range box.Dx() {
			v := int(a.Pix[(box.Min.Y+y)*a.Stride+box.Min.X+x])
			if ch.Flags&Reversed != 0 {
				v = low + high - v
			}
			g.Pix[(y+1)*g.Stride+x+1] = byte((v - low) * 255 / (high - low))
		}
	}
	for range ch.Turn {
		g = turnedBack(g)
	}
	return g
}

// turnedBack is g turned by a quarter, against the clock.
func turnedBack(g *image.Gray) *image.Gray {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	out := image.NewGray(image.Rect(0, 0, h, w))
	for y := range h {
		for x := range w {
			out.Pix[(w-1-x)*out.Stride+y] = g.Pix[y*g.Stride+x]
		}
	}
	return out
}

// How many different Han characters of a page are looked at, and how many of them
// may look more like one than it does itself.
const (
	mostHan  = 48
	leastHan = 8
	nearest  = 3
)

// proveHan holds some of the page's Han characters against a font of this machine.
// Print differs from font to font, so the question is not how like a glyph is to the
// character that it claims to be, but whether others of the page's characters are
// more like it. Seen is 0 where there are too few to say.
func proveHan(chars []Char, a imageAnswer, face *face) (unlike, seen int) {
	if face == nil {
		return 0, 0
	}
	type pair struct{ glyph, own shape }
	var pairs []pair
	done := map[rune]bool{}
	for _, i := range spread(chars) {
		r := []rune(chars[i].Text)[0]
		if done[r] {
			continue
		}
		done[r] = true
		own, ok := face.shape(r)
		if !ok {
			continue
		}
		g := a.glyph(chars[i])
		if g == nil {
			continue
		}
		s, ok := shapeOf(g)
		if !ok {
			continue
		}
		if pairs = append(pairs, pair{s, own}); len(pairs) == mostHan {
			break
		}
	}
	if len(pairs) < leastHan {
		return 0, 0
	}
	for i, p := range pairs {
		self, better := p.glyph.like(p.own), 0
		for j, o := range pairs {
			if i != j && p.glyph.like(o.own) > self {
				better++
			}
		}
		if better >= nearest {
			unlike++
		}
	}
	return unlike, len(pairs)
}

// spread are the indexes of Han characters that are seen, taken from all
// over the page.
func spread(chars []Char) []int {
	var all []int
	for i, ch := range chars {
		// PDFium has no Chinese font for what is recoded, and draws Western letters.
		if ch.Flags&(unseenText|Field|Overlaps|Recoded) == 0 && !ch.noBox() && unicode.Is(unicode.Han, []rune(ch.Text)[0]) {
			all = append(all, i)
		}
	}
	const step = 7
	var out []int
	for start := range step {
		for k := start; k < len(all); k += step {
			out = append(out, all[k])
		}
	}
	return out
}

// shape is a glyph's ink, blurred on a small square and levelled, so that the product
// of two shapes is how alike they are, at most 1.
type shape [side * side]float32

const side = 12

// shapeOf is the shape of dark ink on white. Flat characters such as 一 have none.
func shapeOf(g *image.Gray) (shape, bool) {
	var box image.Rectangle
	for y := range g.Rect.Dy() {
		for x := range g.Rect.Dx() {
			if g.Pix[y*g.Stride+x] < 128 {
				box = box.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	if box.Dx()*2 < box.Dy() || box.Dy()*2 < box.Dx() || min(box.Dx(), box.Dy()) < 6 {
		return shape{}, false
	}
	small := image.NewGray(image.Rect(0, 0, side, side))
	draw.CatmullRom.Scale(small, small.Rect, g, box, draw.Src, nil)
	var s shape
	var sum float32
	for y := range side {
		for x := range side {
			var v, n float32
			for dy := -1; dy <= 1; dy++ {
				for dx := -1; dx <= 1; dx++ {
					if p := image.Pt(x+dx, y+dy); p.In(small.Rect) {
						w := float32((2 - dx*dx) * (2 - dy*dy))
						v += w * float32(255-small.GrayAt(p.X, p.Y).Y)
						n += w
					}
				}
			}
			s[y*side+x] = v / n
			sum += v / n
		}
	}
	mean, square := sum/(side*side), float32(0)
	for i := range s {
		s[i] -= mean
		square += s[i] * s[i]
	}
	if square == 0 {
		return shape{}, false
	}
	for i := range s {
		s[i] /= float32(math.Sqrt(float64(square)))
	}
	return s, true
}

func (s *shape) like(o shape) float32 {
	var sum float32
	for i, v := range s {
		sum += v * o[i]
	}
	return sum
}
