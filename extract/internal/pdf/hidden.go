package pdf

import (
	"math"

	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"

	"heji/layout"
)

// hidden flags a character that leaves no ink. It asks only on pages that are
// known to have such text.
func (c *child) hidden(ch *Char, text references.FPDF_TEXTPAGE, index int, drawn *drawing) error {
	if drawn.invisible > 0 {
		c.handles++
		if o, err := c.instance.FPDFText_GetTextObject(&requests.FPDFText_GetTextObject{TextPage: text, Index: index}); err == nil {
			mode, err := c.instance.FPDFTextObj_GetTextRenderMode(&requests.FPDFTextObj_GetTextRenderMode{PageObject: o.TextObject})
			if err != nil {
				return err
			}
			if noInk(mode.TextRenderMode) {
				ch.Flags |= Invisible
			}
		}
	}
	if drawn.pale > 0 {
		if r, err := c.instance.FPDFText_GetFillColor(&requests.FPDFText_GetFillColor{TextPage: text, Index: index}); err == nil && white(r.R, r.G, r.B, r.A) {
			ch.Flags |= Pale
		}
	}
	return nil
}

// onPage leaves out the characters that lie off the page, and cuts no others.
func onPage(chars []Char, width, height float64) []Char {
	kept := chars[:0]
	for _, ch := range chars {
		x, y := ch.center()
		if x >= 0 && x <= width && y >= 0 && y <= height {
			kept = append(kept, ch)
		}
	}
	return kept
}

// center is the middle of the ink, or for a blank a place within the line.
func (ch Char) center() (x, y float64) {
	if !ch.noBox() {
		return (ch.Box.X0 + ch.Box.X1) / 2, (ch.Box.Y0 + ch.Box.Y1) / 2
	}
	along, up := 0.15*ch.Wide, 0.3*ch.Size
	switch ch.Turn {
	case 1:
		return ch.X + up, ch.Y + along
	case 2:
		return ch.X - along, ch.Y + up
	case 3:
		return ch.X - up, ch.Y - along
	}
	return ch.X + along, ch.Y - up
}

func (ch Char) noBox() bool { return ch.Box.Width() <= 0 || ch.Box.Height() <= 0 }

// Characters count as one printed twice when they are this near, and as printed
// over each other when they share this much of the smaller one's ink.
const (
	twice      = 0.15 // of an em
	overprints = 0.5
)

// mark drops the second of two equal characters in one place and flags different
// characters in one place.
func mark(chars []Char) []Char {
	cells := map[[2]int][]int{} // indexes into kept, by square of the page
	const side = 6.0            // points
	kept := make([]Char, 0, len(chars))
next:
	for _, ch := range chars {
		if ch.noBox() || isSpace(ch.Text) {
			kept = append(kept, ch)
			continue
		}
		x, y := ch.center()
		cx, cy := int(x/side), int(y/side)
		reach := min(4, 1+int(ch.Size/side)/2)
		for i := cx - reach; i <= cx+reach; i++ {
			for j := cy - reach; j <= cy+reach; j++ {
				for _, k := range cells[[2]int{i, j}] {
					o := &kept[k]
					if o.Text == ch.Text && math.Abs(o.X-ch.X) <= twice*ch.Wide && math.Abs(o.Y-ch.Y) <= twice*ch.Size {
						o.Flags |= Doubled
						continue next
					}
					if overlap(o.Box, ch.Box) {
						o.Flags |= Overlaps
						ch.Flags |= Overlaps
					}
				}
			}
		}
		cells[[2]int{cx, cy}] = append(cells[[2]int{cx, cy}], len(kept))
		kept = append(kept, ch)
	}
	return kept
}

func overlap(a, b layout.Box) bool {
	smaller := min(a.Width()*a.Height(), b.Width()*b.Height())
	return common(a, b) > overprints*smaller
}

func isSpace(s string) bool {
	switch s {
	case " ", "\u00a0", "\u3000", "\t", "\n", "\r", "\u2002", "\u2003", "\u2009", "\u200b", "\ufeff":
		return true
	}
	return false
}
