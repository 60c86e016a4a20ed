package extract

import (
	"fmt"
	"image"
	"strings"

	"heji/extract/internal/raster"
	"heji/layout"
)

// Distances of print that a line cuts, in points.
const (
	besideCut = 1.6 // print on both sides of a line is as near to it as that
	clearOf   = 0.2 // of the line's own remains
	goesOn    = 4.5 // and goes on to there, as the remains of a line on the slant do not
	cutHeight = 1.8 // over so much of its height
)

// doubtCut puts a doubt on the figures of cells whose print goes on beyond the line between
// them: 10 | 0 was 100 under a stripe that looks like a line. Forms leave paper between
// print and ruling lines.
func doubtCut(page *layout.Page, picture raster.Page) {
	for i := range page.Tables {
		cells := page.Tables[i].Cells
		for j := range cells {
			for k := range cells {
				left, right := &cells[j], &cells[k]
				if right.Col != left.Col+left.ColSpan || right.Row != left.Row || right.RowSpan != left.RowSpan || left.Text == "" || right.Text == "" ||
					!strings.ContainsAny(left.Text+right.Text, "0123456789") || !cutBetween(picture, left.Box, right.Box) {
					continue
				}
				for _, c := range []*layout.Cell{left, right} {
					if c.Doubt == "" {
						c.Doubt = layout.Unconfirmed
					}
				}
				page.Problems = append(page.Problems, layout.Problem{
					Code: layout.GridInDoubt, Page: page.Number, Box: left.Box.Union(right.Box),
					Message:   fmt.Sprintf("a line seems to run through print: %q and %q may be one text; look at the page", left.Flat(), right.Flat()),
					MessageZH: fmt.Sprintf("似有线条穿过文字，“%s”与“%s”可能原为一处；请核对原件", left.Flat(), right.Flat()),
				})
			}
		}
	}
}

// cutBetween reports whether print stands close on both sides of the line between two cells,
// at the same heights.
func cutBetween(picture raster.Page, left, right layout.Box) bool {
	const ink = 170
	scale := picture.DPI / 72
	px := func(v float64) int { return int(v * scale) }
	g := picture.Text
	inked := func(x0, x1, y int) bool {
		for x := max(x0, 0); x <= min(x1, g.Rect.Dx()-1); x++ {
			if g.GrayAt(x, y).Y < ink {
				return true
			}
		}
		return false
	}
	rows, onLeft, onRight := 0, 0, 0
	area := image.Rect(0, px(max(left.Y0, right.Y0)+1), 1, px(min(left.Y1, right.Y1)-1)).Intersect(image.Rect(0, 0, 1, g.Rect.Dy()))
	for y := area.Min.Y; y < area.Max.Y; y++ {
		if inked(px(left.X1-besideCut), px(left.X1-clearOf), y) && inked(px(right.X0+clearOf), px(right.X0+besideCut), y) {
			rows++
			if inked(px(left.X1-goesOn), px(left.X1-besideCut), y) {
				onLeft++
			}
			if inked(px(right.X0+besideCut), px(right.X0+goesOn), y) {
				onRight++
			}
		}
	}
	return rows >= px(cutHeight) && min(onLeft, onRight) >= rows/3
}
