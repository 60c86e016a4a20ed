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
	Box  layout.Box // points of the page as displayed
	Scan bool       `json:",omitempty"` // the page was read from its picture
	Turn int        `json:",omitempty"` // quarters, clockwise, by which that was turned to be read
}

// Look reads places of a PDF from their pixels, whatever its characters say: a
// figure that breaks a rule is looked at before the form is accused of it. The
// cells are in the order of the places; one that shows nothing has no ink, and
// one on a page that cannot be drawn has a doubt.
func (r *Reader) Look(ctx context.Context, data []byte, places []Place) ([]layout.Cell, error) {
	cells := make([]layout.Cell, len(places))
	kind, err := kindOf("page.txt", data) // what has no picture of its own is text
	if err != nil || kind != pdfFile && kind != imageFile {
		for i := range cells {
			cells[i].Doubt = layout.Illegible // a document without pixels
		}
		return cells, nil
	}
	byPage := map[int][]int{}
	for i, p := range places {
		byPage[p.Page] = append(byPage[p.Page], i)
	}
	// Scanned pages come first: drawing them opens the document by itself, and whoever
	// held one reader open and waited for a second would wait for others that do so too.
	var doc *pdf.Document
	for _, scans := range [2]bool{true, false} {
		for _, n := range pagesOf(places) {
			at := byPage[n]
			if scan := places[at[0]].Scan || kind == imageFile; scan != scans {
				continue
			}
			var views []view
			if scans {
				views, err = r.scanViews(ctx, data, places, at)
			} else {
				if doc == nil {
					if doc, err = r.pdf.Open(ctx, data); err != nil {
						return nil, err
					}
					defer doc.Close()
				}
				views, err = drawnViews(ctx, doc, n, places, at)
			}
			if err == nil {
				err = r.readViews(ctx, views, places, cells, at)
			}
			if err != nil {
				return nil, fmt.Errorf("page %d: %w", n, err)
			}
		}
	}
	return cells, nil
}

// readViews reads those of the places, all on one page, whose indexes are given, each in
// its view.
func (r *Reader) readViews(ctx context.Context, views []view, places []Place, cells []layout.Cell, at []int) error {
	var asked []ocr.Crop
	var inked []int
	for k, i := range at {
		cells[i] = layout.Cell{RowSpan: 1, ColSpan: 1, Box: places[i].Box}
		v := views[k]
		if v.picture.DPI == 0 {
			cells[i].Doubt = layout.Illegible
			continue
		}
		box := withinRules(v.picture, v.box)
		if v.picture.Crossed(box) {
			// What a mark in colour lies across may be corrected: no look makes that sure.
			cells[i].Ink, cells[i].Doubt = true, layout.Illegible
			continue
		}
		crop := v.picture.Crop(box)
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

// view is a cleaned picture and where on it a place is, in points of the picture. A
// place that cannot be drawn has the zero view.
type view struct {
	picture raster.Page
	box     layout.Box
}

// anew is the resolution at which a scan is looked at again. Scanners have no such
// setting: at the scan's own the same pixels would be read in the same way.
const anew = 250

// scanViews shows the places, all on one page, on its picture, cleaned and levelled as
// it was to be read.
func (r *Reader) scanViews(ctx context.Context, data []byte, places []Place, at []int) ([]view, error) {
	views := make([]view, len(at))
	first := places[at[0]]
	img, err := r.Picture(ctx, data, first.Page, anew)
	if err != nil {
		return nil, err
	}
	width, height := float64(img.Bounds().Dx())*72/anew, float64(img.Bounds().Dy())*72/anew
	if first.Turn != 0 {
		img = turnedImage(img, first.Turn)
	}
	picture, err := raster.Prepare(img, anew)
	if err != nil {
		return views, nil // too large to look at
	}
	for k, i := range at {
		views[k] = view{picture, picture.Level(places[i].Box.Turned(width, height, first.Turn))}
	}
	return views, nil
}

// drawnViews shows each of the places on a page that was not scanned: cut out where
// that is enough, or on the page as a whole.
func drawnViews(ctx context.Context, doc *pdf.Document, page int, places []Place, at []int) ([]view, error) {
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
			b := boxes[k]
			views[k] = view{picture, layout.Box{X0: b.X0 - c.X, Y0: b.Y0 - c.Y, X1: b.X1 - c.X, Y1: b.Y1 - c.Y}}
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
		views[k] = view{picture, boxes[k]}
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
