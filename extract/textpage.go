package extract

import (
	"strings"

	"heji/extract/internal/grid"
	"heji/extract/internal/pdf"
	"heji/layout"
)

// textPage lays a page's characters into the cells that its vector lines rule.
// What stands outside tables becomes lines. Suspects are the cells that should be
// read from the pixels, as table and cell index.
func textPage(p pdf.Page, second string) (page layout.Page, suspects [][2]int) {
	page = layout.Page{Number: p.Number, Width: p.Width, Height: p.Height, Source: layout.TextLayer}
	page.Tables = grid.Tables(p.Segments, grid.Tolerance)
	opinion := pdf.Compare(p.Chars, second)
	chars := visible(p.Chars)
	var typed []layout.Table
	if len(page.Tables) == 0 {
		typed, chars = typedTables(&page, chars, opinion)
	}
	if len(page.Tables) == 0 && typed == nil {
		page.Tables = alignedTables(&page, wordsOf(chars), p.Segments)
	}
	boxes := make([]layout.Box, len(page.Tables))
	for i := range page.Tables {
		boxes[i] = page.Tables[i].Box
		cells := page.Tables[i].Cells
		for j := range cells {
			if fillCell(&cells[j], chars, opinion); cells[j].Doubt != "" || overPicture(cells[j], p.Images) {
				suspects = append(suspects, [2]int{i, j})
			}
		}
	}
	for _, l := range pdf.Lines(pdf.Outside(chars, boxes)) {
		line := layout.Line{Box: l.Box, Reading: textReading(l.Text)}
		if !trusted(l.Chars) {
			line.Doubt = layout.Distrusted
		}
		page.Lines = append(page.Lines, line)
	}
	for _, t := range typed {
		for j, c := range t.Cells {
			if c.Doubt != "" {
				suspects = append(suspects, [2]int{len(page.Tables), j})
			}
		}
		page.Tables = append(page.Tables, t)
	}
	return page, suspects
}

// visible are the characters that leave ink. What is there and cannot be seen is
// an OCR layer, or meant to deceive.
func visible(chars []pdf.Char) []pdf.Char {
	var out []pdf.Char
	for _, c := range chars {
		if c.Flags&(pdf.Invisible|pdf.Pale|pdf.Hidden) == 0 {
			out = append(out, c)
		}
	}
	return out
}

func fillCell(c *layout.Cell, chars []pdf.Char, opinion pdf.Opinion) {
	readCell(c, pdf.Within(chars, c.Box), opinion)
}

// readCell makes a cell's text of the characters in it.
func readCell(c *layout.Cell, in []pdf.Char, opinion pdf.Opinion) {
	c.Reading = textReading(pdf.Text(in, layout.Box{}))
	c.Ink = c.Text != ""
	if !trusted(in) {
		c.Doubt = layout.Distrusted
		return
	}
	if opinion.Confirms(c.Flat()) {
		c.Others = []layout.Reading{{Text: c.Text, Reader: layout.ByTextLayer, Confidence: 1, By: "ledongthuc/pdf"}}
	}
}

func textReading(text string) layout.Reading {
	return layout.Reading{Text: strings.TrimSpace(text), Reader: layout.ByTextLayer, Confidence: 1, By: "pdfium"}
}

// trusted reports whether at least 98 % of the characters have nothing suspicious
// about them. The codes of a subset font that does not say which characters they
// are give right text and wrong text alike.
func trusted(chars []pdf.Char) bool {
	bad := 0
	for _, c := range chars {
		if c.Flags&pdf.Suspicious != 0 {
			bad++
		}
	}
	return bad*50 <= len(chars)
}

// overPicture reports whether a cell without characters lies on a picture, which
// may hold what is printed in it.
func overPicture(c layout.Cell, images []pdf.Image) bool {
	if c.Ink {
		return false
	}
	for _, i := range images {
		if overlap(c.Box, i.Box) > 0.5*c.Box.Width()*c.Box.Height() {
			return true
		}
	}
	return false
}

// overlap is the common area of two boxes, in square points.
func overlap(a, b layout.Box) float64 {
	w := min(a.X1, b.X1) - max(a.X0, b.X0)
	h := min(a.Y1, b.Y1) - max(a.Y0, b.Y0)
	return max(w, 0) * max(h, 0)
}

// scanned reports whether a page must be read from its pixels: it has next to no
// visible characters, or a picture covers most of it and what is over the picture
// is an invisible text layer.
func scanned(p pdf.Page) bool {
	seen := 0
	for _, c := range visible(p.Chars) {
		if strings.TrimSpace(c.Text) != "" {
			seen++
		}
	}
	covered := 0.0
	for _, i := range p.Images {
		covered += overlap(i.Box, layout.Box{X1: p.Width, Y1: p.Height})
	}
	picture := covered > 0.5*p.Width*p.Height
	switch {
	case seen == 0:
		return p.Objects > 0
	case picture:
		return len(grid.Tables(p.Segments, grid.Tolerance)) == 0
	}
	return false
}

// sameText compares readings without white space and widths.
func sameText(a, b string) bool { return layout.Squeeze(a) == layout.Squeeze(b) }
