package pdf

import (
	"strings"
	"unicode/utf8"

	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"

	"heji/layout"
)

// maxAnnotations is how many comments and fields of a page are looked at.
const maxAnnotations = 1000

// Annotation flags that keep one from being seen.
const unseen = 1<<1 | 1<<5 // hidden, no view

// fields are the characters of filled form fields and of text typed over the page
// as a comment. The page's own text has neither. Their places are made up: the
// value is set from the left of its box, which is right enough to find its cell.
func (c *child) fields(page requests.Page, display matrix) ([]Char, error) {
	count, err := c.instance.FPDFPage_GetAnnotCount(&requests.FPDFPage_GetAnnotCount{Page: page})
	if err != nil {
		return nil, err
	}
	var chars []Char
	for i := range min(count.Count, maxAnnotations) {
		c.handles++
		a, err := c.instance.FPDFPage_GetAnnot(&requests.FPDFPage_GetAnnot{Page: page, Index: i})
		if err != nil {
			continue // not a dictionary: nothing that could be seen
		}
		chars = append(chars, c.field(a.Annotation, display)...)
		_, _ = c.instance.FPDFPage_CloseAnnot(&requests.FPDFPage_CloseAnnot{Annotation: a.Annotation})
	}
	return chars, nil
}

func (c *child) field(a references.FPDF_ANNOTATION, display matrix) []Char {
	kind, err := c.instance.FPDFAnnot_GetSubtype(&requests.FPDFAnnot_GetSubtype{Annotation: a})
	if err != nil {
		return nil
	}
	var text string
	switch kind.Subtype {
	case enums.FPDF_ANNOT_SUBTYPE_FREETEXT:
		text = c.entry(a, "Contents")
	case enums.FPDF_ANNOT_SUBTYPE_WIDGET:
		if c.entry(a, "FT") == "Btn" || c.entry(a, "AS") != "" { // a box to tick: V is its state's name
			return nil
		}
		text = c.entry(a, "V")
	}
	if text == "" {
		return nil
	}
	if f, err := c.instance.FPDFAnnot_GetFlags(&requests.FPDFAnnot_GetFlags{Annotation: a}); err == nil && f.Flags&unseen != 0 {
		return nil
	}
	r, err := c.instance.FPDFAnnot_GetRect(&requests.FPDFAnnot_GetRect{Annotation: a})
	if err != nil {
		return nil
	}
	b := display.box(float64(r.Rect.Left), float64(r.Rect.Bottom), float64(r.Rect.Right), float64(r.Rect.Top))
	if !finite(b.X0, b.Y0, b.X1, b.Y1) {
		return nil
	}
	return set(text, b)
}

func (c *child) entry(a references.FPDF_ANNOTATION, key string) string {
	v, err := c.instance.FPDFAnnot_GetStringValue(&requests.FPDFAnnot_GetStringValue{Annotation: a, Key: key})
	if err != nil {
		return ""
	}
	return v.Value
}

// set places the text's characters in the box, line by line from the top left, at
// a size at which all of it fits.
func set(text string, b layout.Box) []Char {
	text = strings.TrimRight(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text), "\n ")
	lines := strings.Split(text, "\n")
	widest := 1.0
	for _, line := range lines {
		widest = max(widest, ems(line))
	}
	size := min(b.Height()/float64(len(lines)), b.Width()/widest, 12)
	var chars []Char
	for i, line := range lines {
		x, y := b.X0, b.Y0+(float64(i)+0.5)*b.Height()/float64(len(lines))
		for _, r := range line {
			ch := Char{Text: string(r), X: x, Y: y + 0.35*size, Size: size, Wide: size, Flags: Field}
			wide := size * ems(ch.Text)
			ch.Box = layout.Box{X0: x, Y0: y - size/2, X1: x + wide, Y1: y + size/2}
			if badCode(r) {
				ch.Flags |= BadCode
			}
			x += wide
			chars = append(chars, ch)
		}
	}
	return chars
}

// ems is about how wide text is set: half an em for a Western character.
func ems(s string) float64 {
	half := 0
	for _, r := range s {
		if utf8.RuneLen(r) == 1 {
			half++
		} else {
			half += 2
		}
	}
	return float64(half) / 2
}
