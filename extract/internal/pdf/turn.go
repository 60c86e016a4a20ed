package pdf

import (
	"heji/extract/internal/grid"
	"heji/layout"
)

// Turned is the page turned clockwise by quarter turns, with everything on it. A
// page whose text runs upward (Turn of its characters is 3) is turned by one.
func (p Page) Turned(quarters int) Page {
	t := p
	if quarters &= 3; quarters&1 == 1 {
		t.Width, t.Height = p.Height, p.Width
	}
	t.Chars = append([]Char(nil), p.Chars...)
	for i := range t.Chars {
		ch := &t.Chars[i]
		ch.Box = ch.Box.Turned(p.Width, p.Height, quarters)
		ch.X, ch.Y = turnPoint(ch.X, ch.Y, p.Width, p.Height, quarters)
		ch.Turn = (ch.Turn + quarters) & 3
	}
	t.Segments = append([]grid.Segment(nil), p.Segments...)
	for i, s := range t.Segments {
		b := layout.Box{X0: s.X0, Y0: s.Y0, X1: s.X1, Y1: s.Y1}.Turned(p.Width, p.Height, quarters)
		t.Segments[i] = grid.Segment{X0: b.X0, Y0: b.Y0, X1: b.X1, Y1: b.Y1, Thickness: s.Thickness}
	}
	t.Images = append([]Image(nil), p.Images...)
	for i := range t.Images {
		t.Images[i].Box = t.Images[i].Box.Turned(p.Width, p.Height, quarters)
	}
	return t
}

func turnPoint(x, y, width, height float64, quarters int) (float64, float64) {
	switch quarters & 3 {
	case 1:
		return height - y, x
	case 2:
		return width - x, height - y
	case 3:
		return y, width - x
	}
	return x, y
}
