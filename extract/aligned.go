package extract

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"heji/extract/internal/grid"
	"heji/extract/internal/ocr"
	"heji/extract/internal/pdf"
	"heji/extract/internal/raster"
	"heji/layout"
)

// wordsOf is the characters as pieces of print, for tables that no lines rule. A
// Chinese character takes its whole em, whatever part of it is inked.
func wordsOf(chars []pdf.Char) []grid.Word {
	em := trueEm(chars)
	var words []grid.Word
	for _, c := range chars {
		if strings.TrimSpace(c.Text) == "" || c.Size <= 0 || c.Turn != 0 {
			continue
		}
		x0, x1 := c.Box.X0, c.Box.X1
		if ideograph(c) || x1 <= x0 {
			x0, x1 = c.X, c.X+em*c.Wide
		}
		const ascent = 0.86 // of an em above the baseline
		size := em * c.Size
		words = append(words, grid.Word{
			Box:    layout.Box{X0: x0, Y0: c.Y - ascent*size, X1: x1, Y1: c.Y + (1-ascent)*size},
			Figure: strings.ContainsAny(c.Text, "0123456789.,%-"),
			Open:   c.Text == "." || c.Text == ",",
		})
	}
	return words
}

func ideograph(c pdf.Char) bool {
	const first = 0x2E80
	for _, r := range c.Text {
		return r >= first
	}
	return false
}

// trueEm is how far Chinese characters stand apart, in the ems that the file gives
// them: fonts that are drawn character by character have an em of their own.
func trueEm(chars []pdf.Char) float64 {
	var steps []float64
	for i := 1; i < len(chars); i++ {
		a, b := chars[i-1], chars[i]
		step := b.X - a.X
		if ideograph(a) && ideograph(b) && math.Abs(a.Y-b.Y) < 1 && step > 0.2*a.Wide && step < 1.6*a.Wide {
			steps = append(steps, step/a.Wide)
		}
	}
	if len(steps) == 0 {
		return 1
	}
	slices.Sort(steps)
	return steps[len(steps)/2]
}

// wordsSeen is the print of a scan as pieces. Which of them are figures the shapes of
// their marks tell.
func wordsSeen(picture raster.Page) []grid.Word {
	var words []grid.Word
	for _, b := range picture.Words() {
		words = append(words, grid.Word{Box: b, Figure: ocr.Figure(ocr.NewCrop(picture.Crop(b), picture.DPI)), Gaps: picture.Gaps(b)})
	}
	return words
}

// doubtPlaces puts a doubt on the figures of tables that no lines rule: what was read
// may be right and stand in another row.
func doubtPlaces(page *layout.Page) {
	for i := range page.Tables {
		for j := range page.Tables[i].Cells {
			if c := &page.Tables[i].Cells[j]; c.Doubt == "" && strings.ContainsAny(c.Text, "0123456789") {
				c.Doubt = layout.Unconfirmed
			}
		}
	}
}

// alignedTables finds the tables of a page that no lines rule, and the problem that
// says so. Words are those outside the ruled tables.
func alignedTables(page *layout.Page, words []grid.Word, drawn []grid.Segment) []layout.Table {
	tables := grid.Align(words, drawn)
	if len(tables) == 0 {
		return nil
	}
	box := layout.Box{}
	for i := range tables {
		box = box.Union(tables[i].Box)
		tables[i].Aligned = true
	}
	page.Problems = append(page.Problems, layout.Problem{Code: layout.GridInDoubt, Page: page.Number, Box: box,
		Message:   fmt.Sprintf("no lines rule the %s on the page: rows and columns were told by how the print is aligned; look at the page beside the record", plural(len(tables), "table")),
		MessageZH: fmt.Sprintf("页面上有 %d 张表没有表格线，其行列按文字的对齐方式推定；请将识读结果与原件对照", len(tables))})
	return tables
}

func plural(n int, what string) string {
	if n == 1 {
		return what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
