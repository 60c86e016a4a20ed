package extract

import (
	"context"
	"fmt"
	"slices"

	"heji/extract/internal/ocr"
	"heji/extract/internal/raster"
	"heji/layout"
)

// Place is a place on a page.
type Place struct {
	Page int        // 1-based
	Box  layout.Box // points
}

// Look reads places of a PDF from their pixels, whatever its characters say: a
// figure that breaks a rule is looked at before the form is accused of it. The
// cells are in the order of the places; one that shows nothing has no ink, and
// one on a page that cannot be drawn has a doubt.
func (r *Reader) Look(ctx context.Context, data []byte, places []Place) ([]layout.Cell, error) {
	cells := make([]layout.Cell, len(places))
	if k, err := kindOf("", data); err != nil || k != pdfFile {
		for i := range cells {
			cells[i].Doubt = layout.Illegible // a document without pixels
		}
		return cells, nil
	}
	doc, err := r.pdf.Open(ctx, data)
	if err != nil {
		return nil, err
	}
	defer doc.Close()
	for _, n := range pagesOf(places) {
		shot, err := doc.Render(ctx, n, usual, true)
		if err != nil {
			return nil, fmt.Errorf("page %d: %w", n, err)
		}
		picture, err := raster.Drawn(shot.Image, float64(shot.DPI))
		var asked []ocr.Crop
		var at []int
		for i, p := range places {
			if p.Page != n {
				continue
			}
			cells[i] = layout.Cell{RowSpan: 1, ColSpan: 1, Box: p.Box}
			if err != nil || shot.Failed {
				cells[i].Doubt = layout.Illegible
				continue
			}
			crop := picture.Crop(p.Box)
			if cells[i].Ink = raster.Ink(crop, picture.DPI); cells[i].Ink {
				asked, at = append(asked, ocr.NewCrop(crop, picture.DPI)), append(at, i)
			}
		}
		readings, err := r.ocr.Cells(ctx, asked)
		if err != nil {
			return nil, fmt.Errorf("page %d: %w", n, err)
		}
		for k, read := range readings {
			setCell(&cells[at[k]], read)
		}
	}
	return cells, nil
}

func pagesOf(places []Place) []int {
	var pages []int
	for _, p := range places {
		if !slices.Contains(pages, p.Page) {
			pages = append(pages, p.Page)
		}
	}
	slices.Sort(pages)
	return pages
}
