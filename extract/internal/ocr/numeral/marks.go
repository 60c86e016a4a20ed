package numeral

import (
	"image"
	"slices"
)

// Mark is a printed mark: the connected pieces of ink that stand above each
// other, such as a digit, a point, or the two parts of ≥. Boxes are in pixels,
// from the top left of the picture.
type Mark struct {
	Box   image.Rectangle
	parts []part
}

// part is a connected piece of ink.
type part struct {
	box  image.Rectangle
	area int
}

// inkLevel is the darkness at which a pixel of a line is ink; the line's contrast
// is full.
const inkLevel = 140

// Marks are the marks of a line of print from left to right. The line's contrast
// must be full: its darkest ink near black. Specks far smaller than a point are
// left out.
func Marks(g *image.Gray) []Mark {
	parts := partsOf(g)
	h := 0
	for _, p := range parts {
		h = max(h, p.box.Dy())
	}
	parts = slices.DeleteFunc(parts, func(p part) bool {
		return p.box.Dx()*16 < h && p.box.Dy()*16 < h || p.area < 3
	})
	slices.SortFunc(parts, func(a, b part) int { return a.box.Min.X - b.box.Min.X })
	var marks []Mark
	for _, p := range parts {
		if n := len(marks) - 1; n >= 0 {
			last := &marks[n]
			shared := min(last.Box.Max.X, p.box.Max.X) - p.box.Min.X
			if shared*3 > min(p.box.Dx(), last.Box.Dx()) {
				last.Box = last.Box.Union(p.box)
				last.parts = append(last.parts, p)
				continue
			}
		}
		marks = append(marks, Mark{p.box, []part{p}})
	}
	return marks
}

// Join is several marks taken for one.
func Join(marks ...Mark) Mark {
	var whole Mark
	for _, m := range marks {
		whole.Box = whole.Box.Union(m.Box)
		whole.parts = append(whole.parts, m.parts...)
	}
	return whole
}

// partsOf finds the connected pieces of ink (eight neighbours).
func partsOf(g *image.Gray) []part {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	seen := make([]bool, w*h)
	ink := func(x, y int) bool {
		return g.Pix[g.PixOffset(g.Rect.Min.X+x, g.Rect.Min.Y+y)] < inkLevel
	}
	var parts []part
	var stack []int
	for i := range seen {
		if seen[i] || !ink(i%w, i/w) {
			continue
		}
		p := part{box: image.Rect(i%w, i/w, i%w+1, i/w+1)}
		seen[i] = true
		stack = append(stack[:0], i)
		for len(stack) > 0 {
			j := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			x, y := j%w, j/w
			p.area++
			p.box.Min.X, p.box.Min.Y = min(p.box.Min.X, x), min(p.box.Min.Y, y)
			p.box.Max.X, p.box.Max.Y = max(p.box.Max.X, x+1), max(p.box.Max.Y, y+1)
			for yy := max(0, y-1); yy <= min(h-1, y+1); yy++ {
				for xx := max(0, x-1); xx <= min(w-1, x+1); xx++ {
					if k := yy*w + xx; !seen[k] && ink(xx, yy) {
						seen[k] = true
						stack = append(stack, k)
					}
				}
			}
		}
		parts = append(parts, p)
	}
	return parts
}

// Dash reads a line that is nothing but a level stroke, or two one after the
// other: the sign that there is no figure. Tesseract takes it for 一, for a minus,
// for letters where a fax broke it, or for nothing. The second result is false for
// anything else.
func Dash(marks []Mark, dpi float64) (string, bool) {
	if len(marks) == 0 {
		return "", false
	}
	var all image.Rectangle
	area, across, reach := 0, 0, 0
	for _, m := range marks {
		all = all.Union(m.Box)
		across += max(0, m.Box.Max.X-max(m.Box.Min.X, reach))
		reach = max(reach, m.Box.Max.X)
		for _, p := range m.parts {
			area += p.area
		}
	}
	millimetre := dpi / 25.4
	width, height := float64(all.Dx())/millimetre, float64(all.Dy())/millimetre
	switch {
	case all.Dx() < 2*all.Dy() || height > 0.9,
		across*10 < all.Dx()*6, // dots in a row
		area*10 < all.Dx()*all.Dy()*3:
		return "", false
	}
	switch { // an em is 3.2 to 5.6 mm in print of 9 to 16 points
	case width < 0.8:
		return "", false // a point
	case width < 2.2:
		return "-", true
	case width < 5.7:
		return "—", true
	case width < 14:
		return "——", true
	}
	return "", false // a line to write on
}

// Equals reports whether a line is two level strokes of one length, one above the
// other. The strokes of 二 differ.
func Equals(marks []Mark) bool {
	if len(marks) != 1 || len(marks[0].parts) != 2 {
		return false
	}
	a, b := marks[0].parts[0], marks[0].parts[1]
	if a.box.Min.Y > b.box.Min.Y {
		a, b = b, a
	}
	off := func(x, y int) bool { return max(x-y, y-x)*10 > marks[0].Box.Dx() && max(x-y, y-x) > 1 }
	for _, p := range []part{a, b} {
		if p.box.Dx() < 3*p.box.Dy() || p.area*10 < p.box.Dx()*p.box.Dy()*6 {
			return false
		}
	}
	gap := b.box.Min.Y - a.box.Max.Y
	return !off(a.box.Min.X, b.box.Min.X) && !off(a.box.Max.X, b.box.Max.X) && gap > 0 && gap*2 < marks[0].Box.Dx()
}

// Rings reports whether a line is the two rings of a % whose stroke was too thin to be seen: the first
// above and the second below, to its right, alike and each about half of it.
func Rings(marks []Mark) bool {
	if len(marks) != 2 {
		return false
	}
	a, b := marks[0].Box, marks[1].Box
	all := a.Union(b)
	half := func(r image.Rectangle) bool {
		return r.Dy()*10 >= all.Dy()*3 && r.Dy()*10 <= all.Dy()*6 && r.Dx()*10 >= r.Dy()*5 && r.Dx() <= r.Dy()*13/10
	}
	return half(a) && half(b) && a.Min.Y == all.Min.Y && b.Max.Y == all.Max.Y && b.Min.Y-a.Min.Y >= a.Dy() &&
		a.Min.X < b.Min.X && a.Max.X < b.Max.X && all.Dx()*10 >= all.Dy()*5 && all.Dx() <= all.Dy()
}

// Slash reports whether a line is a single slanting stroke, which Tesseract may
// take for a 1.
func Slash(g *image.Gray, marks []Mark) bool {
	if len(marks) != 1 || len(marks[0].parts) != 1 {
		return false
	}
	b := marks[0].Box
	if b.Dx()*4 < b.Dy() || b.Dx() > b.Dy()*3/2 || b.Dy() < 8 {
		return false
	}
	// Every row holds one short run, and the runs move left from top to bottom.
	const steps = 5
	last := 0
	for i := range steps {
		y := b.Min.Y + (2*i+1)*b.Dy()/(2*steps)
		x0, x1 := -1, -1
		for x := b.Min.X; x < b.Max.X; x++ {
			if g.Pix[g.PixOffset(g.Rect.Min.X+x, g.Rect.Min.Y+y)] < inkLevel {
				if x0 < 0 {
					x0 = x
				}
				x1 = x
			}
		}
		middle := x0 + x1
		if x0 < 0 || (x1-x0+1)*5 > b.Dx()*3 || i > 0 && middle >= last {
			return false
		}
		last = middle
	}
	return true
}

// End is what stands at an end of a line of print.
type End int

const (
	Unknown End = iota // nothing, or ink that might be anything
	Tall               // a mark nearly as high as a digit
	Small              // a mark that is neither that nor a minus
	Level              // a level stroke at the height of a minus
)

// Denies reports whether the ink at the line's end cannot be the character. Only
// small characters can be denied: what is tall may be one of many.
func (e End) Denies(char rune) bool {
	switch char {
	case '-', '—', '–', '_':
		return e == Tall || e == Small
	case '“', '”', '"', '\'', '‘', '’', '，', '。', ',', '.', '、':
		return e == Tall
	}
	return false
}

// Ends are what the marks of a line begin and end with.
func Ends(marks []Mark) (first, last End) {
	if len(marks) == 0 {
		return Unknown, Unknown
	}
	band := BandOf(marks)
	return endOf(marks[0], band), endOf(marks[len(marks)-1], band)
}

func endOf(m Mark, band Band) End {
	height := band.Bottom - band.Top
	w, h := float32(m.Box.Dx()), float32(m.Box.Dy())
	middle := (float32(m.Box.Min.Y+m.Box.Max.Y)/2 - band.Top) / height
	switch {
	case h >= 0.6*height:
		return Tall
	case w >= 1.6*h && w >= 0.25*height && middle > 0.25 && middle < 0.75:
		return Level
	}
	return Small
}

// Narrow reports whether no mark is as wide as a Han character, so that the line
// is likely a number.
func Narrow(marks []Mark) bool {
	if len(marks) == 0 || len(marks) > 24 {
		return false
	}
	heights := make([]int, len(marks))
	for i, m := range marks {
		heights[i] = m.Box.Dy()
	}
	slices.Sort(heights)
	h := heights[len(heights)*3/4] // the highest may have a neighbour's dirt on it
	return !slices.ContainsFunc(marks, func(m Mark) bool {
		return m.Box.Dx()*100 > h*85 && m.Box.Dx() < 3*m.Box.Dy()
	})
}
