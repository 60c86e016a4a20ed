package extract

import (
	"context"
	"fmt"
	"image"
	"math"
	"slices"

	"heji/extract/internal/ocr"
	"heji/extract/internal/pdf"
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
		var at []int
		for i, p := range places {
			if p.Page == n {
				at = append(at, i)
			}
		}
		if err := r.lookAt(ctx, doc, n, places, cells, at); err != nil {
			return nil, fmt.Errorf("page %d: %w", n, err)
		}
	}
	return cells, nil
}

// lookAt reads those of the places, all on one page, whose indexes are given.
func (r *Reader) lookAt(ctx context.Context, doc *pdf.Document, page int, places []Place, cells []layout.Cell, at []int) error {
	views, err := viewsOf(ctx, doc, page, places, at)
	if err != nil {
		return err
	}
	var asked []ocr.Crop
	var inked []int
	for k, i := range at {
		b := places[i].Box
		cells[i] = layout.Cell{RowSpan: 1, ColSpan: 1, Box: b}
		v := views[k]
		if v.picture.DPI == 0 {
			cells[i].Doubt = layout.Illegible
			continue
		}
		crop := v.picture.Crop(withinRules(v.picture, layout.Box{X0: b.X0 - v.x, Y0: b.Y0 - v.y, X1: b.X1 - v.x, Y1: b.Y1 - v.y}))
		if cells[i].Ink = raster.Ink(crop, v.picture.DPI); cells[i].Ink {
			asked, inked = append(asked, ocr.NewCrop(crop, v.picture.DPI)), append(inked, i)
		}
	}
	readings, err := r.ocr.Cells(ctx, asked)
	if err != nil {
		return err
	}
	for k, read := range readings {
		setCell(&cells[inked[k]], read)
	}
	return nil
}

// view is a cleaned picture that shows a place, and where on the page its top left is,
// in points. A place that cannot be drawn has the zero view.
type view struct {
	picture raster.Page
	x, y    float64
}

// viewsOf shows each of the places on the page: cut out where that is enough, or on
// the page as a whole.
func viewsOf(ctx context.Context, doc *pdf.Document, page int, places []Place, at []int) ([]view, error) {
	boxes := make([]layout.Box, len(at))
	for k, i := range at {
		boxes[k] = places[i].Box
	}
	views := make([]view, len(at))
	cutouts, err := doc.Cutouts(ctx, page, usual, boxes)
	if err != nil {
		return nil, err
	}
	for k, c := range cutouts {
		if picture, err := raster.Drawn(c.Image, usual); err == nil {
			views[k] = view{picture, c.X, c.Y}
		}
	}
	if cutouts != nil {
		return views, nil
	}
	shot, err := doc.Render(ctx, page, usual, true)
	if err != nil {
		return nil, err
	}
	picture, err := raster.Drawn(shot.Image, float64(shot.DPI))
	if err != nil || shot.Failed {
		return views, nil
	}
	for k := range views {
		views[k] = view{picture: picture}
	}
	return views, nil
}

// ruleReach is how far into a cell's box the ruling lines along its edges reach, in
// points: the box ends in the middle of a line.
const ruleReach = 2

// withinRules is a cell's box less the lines along its edges. A cutout shows too little
// of a line for it to be told from print by its length.
func withinRules(p raster.Page, box layout.Box) layout.Box {
	scale := p.DPI / 72
	r := image.Rect(int(math.Ceil(box.X0*scale)), int(math.Ceil(box.Y0*scale)), int(box.X1*scale), int(box.Y1*scale)).Intersect(p.Text.Rect)
	reach := int(ruleReach * scale)
	if r.Dx() < 3*reach || r.Dy() < 3*reach {
		return box
	}
	var top, bottom, left, right int
	for d := range reach {
		fringe := d + 2 // a line's edge is gray
		if dark(p.Text, image.Rect(r.Min.X, r.Min.Y+d, r.Max.X, r.Min.Y+d+1)) {
			top = fringe
		}
		if dark(p.Text, image.Rect(r.Min.X, r.Max.Y-d-1, r.Max.X, r.Max.Y-d)) {
			bottom = fringe
		}
		if dark(p.Text, image.Rect(r.Min.X+d, r.Min.Y, r.Min.X+d+1, r.Max.Y)) {
			left = fringe
		}
		if dark(p.Text, image.Rect(r.Max.X-d-1, r.Min.Y, r.Max.X-d, r.Max.Y)) {
			right = fringe
		}
	}
	return layout.Box{
		X0: box.X0 + float64(left)/scale, Y0: box.Y0 + float64(top)/scale,
		X1: box.X1 - float64(right)/scale, Y1: box.Y1 - float64(bottom)/scale,
	}
}

// dark reports whether a row or column of pixels is ink for most of its length, as no
// print is.
func dark(g *image.Gray, r image.Rectangle) bool {
	n := 0
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if g.GrayAt(x, y).Y < 170 {
				n++
			}
		}
	}
	return n*5 > 4*r.Dx()*r.Dy()
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
