package pdf

import (
	"math"
	"slices"

	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"

	"heji/layout"
)

// hidden flags a character that leaves no ink. It asks only on pages that are
// known to have such text.
func (c *child) hidden(ch *Char, text references.FPDF_TEXTPAGE, index int, display matrix, drawn *drawing) error {
	if drawn.pale > 0 {
		if r, err := c.instance.FPDFText_GetFillColor(&requests.FPDFText_GetFillColor{TextPage: text, Index: index}); err == nil && white(r.R, r.G, r.B, r.A) {
			ch.Flags |= Pale
		}
	}
	if drawn.invisible == 0 && drawn.covered == 0 {
		return nil
	}
	c.handles++
	o, err := c.instance.FPDFText_GetTextObject(&requests.FPDFText_GetTextObject{TextPage: text, Index: index})
	if err != nil {
		return nil // a character of no object has nothing to ask
	}
	mode, err := c.instance.FPDFTextObj_GetTextRenderMode(&requests.FPDFTextObj_GetTextRenderMode{PageObject: o.TextObject})
	if err != nil {
		return err
	}
	if noInk(mode.TextRenderMode) {
		ch.Flags |= Invisible
	}
	if drawn.covered > 0 && c.under(o.TextObject, text, ch.Box, display, drawn) {
		ch.Flags |= Hidden
	}
	return nil
}

// under reports whether the object is one that something was painted over. The
// same object has another handle here than on the walk, so it is known by its
// bounds and its text; what is typed over a covered amount is often as wide.
// Inside a form XObject the bounds are in the form's coordinates, and the
// character's own place must do.
func (c *child) under(ref references.FPDF_PAGEOBJECT, text references.FPDF_TEXTPAGE, box layout.Box, display matrix, drawn *drawing) bool {
	b, ok := c.bounds(ref, display)
	if !ok {
		return false
	}
	onPage := common(b, box) > 0
	for _, t := range drawn.texts {
		if !t.covered || onPage && !near(t.bounds, b) || !onPage && !overlap(t.bounds, box) {
			continue
		}
		if c.objectText(t.ref, text) == c.objectText(ref, text) {
			return true
		}
	}
	return false
}

func (c *child) objectText(ref references.FPDF_PAGEOBJECT, text references.FPDF_TEXTPAGE) string {
	t, err := c.instance.FPDFTextObj_GetText(&requests.FPDFTextObj_GetText{PageObject: ref, TextPage: text})
	if err != nil {
		return ""
	}
	return t.Text
}

func near(a, b layout.Box) bool {
	const little = 0.01
	return math.Abs(a.X0-b.X0) < little && math.Abs(a.Y0-b.Y0) < little &&
		math.Abs(a.X1-b.X1) < little && math.Abs(a.Y1-b.Y1) < little
}

// ink flags the characters that are not to be seen on the rendered page. It clears
// those in white that stand on a dark ground, and those that a shape should cover
// where there is ink all the same and no other character that it could be. Where the
// page gives no reason for doubt only figures are looked at: some fonts' blanks are
// called 0, and words may be blank only for want of a font on this machine.
func (a imageAnswer) ink(chars []Char, doubtful bool) {
	scale := float64(a.DPI) / 72
	for i := range chars {
		ch := &chars[i]
		if isSpace(ch.Text) || ch.Flags&(Field|Invisible) != 0 || ch.noBox() || !doubtful && !isFigure(ch.Text) {
			continue
		}
		x0, y0 := max(0, int(ch.Box.X0*scale)), max(0, int(ch.Box.Y0*scale))
		x1, y1 := min(a.Width, int(ch.Box.X1*scale)+1), min(a.Height, int(ch.Box.Y1*scale)+1)
		low, high, sum, n := 255, 0, 0, 0
		for y := y0; y < y1; y++ {
			for x := x0; x < x1; x++ {
				v := int(a.Pix[y*a.Stride+x])
				low, high = min(low, v), max(high, v)
				sum, n = sum+v, n+1
			}
		}
		switch {
		case n == 0 || low > 215 || high-low < 24 && low > 128:
			ch.Flags |= Hidden
		case ch.Flags&Hidden != 0 && !shadowed(chars, i):
			ch.Flags &^= Hidden
		case ch.Flags&Pale != 0 && (sum/n < 160 || high-low >= 24 && a.ground(x0, y0, x1, y1) < 160):
			ch.Flags = ch.Flags&^Pale | Reversed
		}
	}
}

// ground is how bright the page is around a character: a bold one leaves little of it within.
func (a imageAnswer) ground(x0, y0, x1, y1 int) int {
	const away = 2 // pixels
	sum, n := 0, 0
	for y := max(0, y0-away); y < min(a.Height, y1+away); y++ {
		for x := max(0, x0-away); x < min(a.Width, x1+away); x++ {
			if y < y0 || y >= y1 {
				sum, n = sum+int(a.Pix[y*a.Stride+x]), n+1
			}
		}
	}
	if n == 0 {
		return 255
	}
	return sum / n
}

// hasInk reports whether any of the characters could be seen.
func hasInk(chars []Char) bool {
	return slices.ContainsFunc(chars, func(ch Char) bool { return !isSpace(ch.Text) && !ch.noBox() && ch.Flags&Invisible == 0 })
}

// shadowed reports whether another character that is seen lies where the i-th does.
func shadowed(chars []Char, i int) bool {
	for k, o := range chars {
		if k != i && o.Flags&unseenText == 0 && common(o.Box, chars[i].Box) > 0 {
			return true
		}
	}
	return false
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
	// A point belongs to the line that it ends, however low its ink lies.
	if !ch.noBox() && (ch.Turn != 0 || ch.Text != "." && ch.Text != ",") {
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

// unseenText are the flags of characters that leave no ink.
const unseenText = Hidden | Invisible | Pale

// isLigature reports whether ch is the second half of the glyph of o: fonts draw
// the long Chinese dash —— and …… as one glyph, of which PDFium makes two characters
// in one place. Figures are never taken for one.
func isLigature(o, ch Char, next bool) bool {
	return next && (ch.Text == "—" || ch.Text == "…") && o.X == ch.X && o.Y == ch.Y
}

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
						if isLigature(*o, ch, k == len(kept)-1) {
							ch.X += ch.Wide // beside its first half
							kept = append(kept, ch)
							continue next
						}
						// The one is seen if the other is.
						o.Flags = (o.Flags|ch.Flags)&^unseenText | o.Flags&ch.Flags | Doubled
						continue next
					}
					if (o.Flags|ch.Flags)&unseenText == 0 && overlap(o.Box, ch.Box) {
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
