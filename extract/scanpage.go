package extract

import (
	"context"
	"errors"
	"fmt"
	"image"
	"math"
	"slices"
	"strings"

	"heji/extract/internal/grid"
	"heji/extract/internal/ocr"
	"heji/extract/internal/pdf"
	"heji/extract/internal/raster"
	"heji/form"
	"heji/layout"
)

// Resolutions of the picture that is read, in dots per inch. Below coarsest the
// strokes of a Chinese character run together; above finest there is nothing more
// to see.
const (
	coarsest = 100
	usual    = 300
)

// scanPDFPage reads a page from its pixels.
func (r *Reader) scanPDFPage(ctx context.Context, doc *pdf.Document, p pdf.Page) (layout.Page, error) {
	dpi := sourceDPI(p)
	shot, resolution, err := r.shoot(ctx, doc, p, dpi)
	if err != nil {
		return layout.Page{}, err
	}
	page := layout.Page{Number: p.Number, Width: p.Width, Height: p.Height, Source: layout.Scan}
	if shot.Failed {
		page.Problems = append(page.Problems, layout.Problem{Code: "page-unreadable", Page: p.Number,
			Message:   "the page holds a picture that comes out blank or black; look at the original",
			MessageZH: "此页中有图片显示为空白或全黑；请看原件"})
	}
	if dpi > 0 && dpi < coarsest {
		page.Problems = append(page.Problems, layout.Problem{Code: "resolution-low", Page: p.Number,
			Message:   fmt.Sprintf("the page was scanned at %.0f dpi, too coarse to read figures by; scan it again at 200 dpi or more", dpi),
			MessageZH: fmt.Sprintf("此页的扫描分辨率为 %.0f dpi，过低，难以识读数字；请以 200 dpi 以上重新扫描", dpi)})
	}
	err = r.readPicture(ctx, &page, shot.Image, resolution)
	return page, err
}

// shoot draws a scanned page at the resolution of its picture, and where the picture
// is the whole page, on just its pixels: drawn on one pixel more, each is spread over
// two, and a speck looks like a point.
func (r *Reader) shoot(ctx context.Context, doc *pdf.Document, p pdf.Page, dpi float64) (pdf.Raster, float64, error) {
	if w, h := wholePicture(p); w > 0 && renderDPI(dpi) == int(math.Round(dpi)) {
		shot, err := doc.RenderPixels(ctx, p.Number, renderDPI(dpi), w, h)
		if err == nil && raster.NearlyBilevel(shot.Image) {
			// PDFium rounds a picture's place outwards, and by a hair of rounding that is a
			// row, or a column, more than the picture has. Less the last one, it has its own.
			for _, less := range [2][2]int{{0, 1}, {1, 0}} {
				exact, err := doc.RenderPixels(ctx, p.Number, renderDPI(dpi), w-less[0], h-less[1])
				if err != nil || raster.Bilevel(exact.Image) {
					return exact, dpi, err
				}
			}
		}
		return shot, dpi, err
	}
	shot, err := doc.Render(ctx, p.Number, renderDPI(dpi), true)
	return shot, float64(shot.DPI), err
}

// wholePicture is the size in pixels of the picture that covers the whole page, as
// displayed; 0 where there is none, or where its pixels are not square.
func wholePicture(p pdf.Page) (width, height int) {
	const off = 1 // points
	for _, i := range p.Images {
		b, w, h := i.Box, i.PixelWidth, i.PixelHeight
		if (b.Width() > b.Height()) != (w > h) {
			w, h = h, w // on its side
		}
		whole := math.Abs(b.X0) < off && math.Abs(b.Y0) < off && math.Abs(b.X1-p.Width) < off && math.Abs(b.Y1-p.Height) < off
		if whole && h > 0 && math.Abs(float64(w)*p.Height/(float64(h)*p.Width)-1) < 1/float64(max(w, h)) {
			return w, h
		}
	}
	return 0, 0
}

// sourceDPI is the resolution of the largest picture on the page; 0 when there is
// none.
func sourceDPI(p pdf.Page) float64 {
	dpi, most := 0.0, 0.0
	for _, i := range p.Images {
		if area := i.Box.Width() * i.Box.Height(); area > most {
			most, dpi = area, i.DPI()
		}
	}
	return dpi
}

// renderDPI is the resolution to draw a scan at: its own, so that no pixel is
// invented or lost, within what the page can be read at.
func renderDPI(source float64) int {
	if source == 0 || math.Round(source) < 150 || source > 400 {
		return usual
	}
	return int(math.Round(source))
}

// readImage reads an image file, page by page.
func (r *Reader) readImage(ctx context.Context, sha256 string, data []byte) ([]layout.Page, error) {
	var pages []layout.Page
	for n, of := 1, 1; n <= of; n++ {
		shown, err := r.picture(ctx, data, n)
		if err != nil {
			return nil, err
		}
		of = shown.pages
		page, err := r.resumed(ctx, sha256, n, of, func() (layout.Page, error) {
			size := shown.img.Bounds().Size()
			page := layout.Page{Number: n, Source: layout.Scan, Width: float64(size.X) * 72 / shown.dpi, Height: float64(size.Y) * 72 / shown.dpi}
			err := r.readPicture(ctx, &page, shown.img, shown.dpi)
			return page, err
		})
		if err != nil {
			return nil, err
		}
		pages = append(pages, page)
	}
	return pages, nil
}

// readPicture finds the tables in a picture of the page and reads their cells and
// the lines around them.
func (r *Reader) readPicture(ctx context.Context, page *layout.Page, img image.Image, dpi float64) error {
	picture, quarters, err := r.upright(ctx, img, dpi)
	switch _, bad := errors.AsType[unfit](err); {
	case bad:
		return &form.Error{Code: form.TooLarge, Message: fmt.Sprintf("page %d cannot be read as a picture: %v; scan it again as A4 at 300 dpi", page.Number, err)}
	case err != nil:
		return err
	}
	page.DPI, page.Skew = picture.DPI, picture.Skew
	page.Tables = grid.Tables(picture.Segments, grid.Tolerance)
	unsure := restoreLines(page.Tables, picture)
	guessed := len(page.Tables) == 0
	if guessed {
		page.Tables = alignedTables(page, wordsSeen(picture), picture.Segments)
	}

	var asked []ocr.Crop
	var answer []func(ocr.Cell) // what to do with each reading
	ask := func(crop *image.Gray, f func(ocr.Cell)) {
		asked = append(asked, ocr.NewCrop(crop, picture.DPI))
		answer = append(answer, f)
	}
	for i := range page.Tables {
		cells := page.Tables[i].Cells
		for j := range cells {
			c := &cells[j]
			crop := picture.Crop(c.Box)
			if c.Ink = raster.Ink(crop, picture.DPI); c.Ink {
				crossed := picture.Crossed(c.Box)
				ask(crop, func(read ocr.Cell) {
					setCell(c, read)
					if crossed && c.Doubt == "" && strings.ContainsAny(c.Text, "0123456789") {
						c.Doubt = layout.Unconfirmed // it may have been corrected by hand
					}
				})
			}
		}
	}
	outside := linesOutside(picture, page.Tables)
	beside, unread := linesBeside(picture, page.Tables)
	lines := append(outside, beside...)
	page.Lines = make([]layout.Line, len(lines))
	for i, box := range lines {
		page.Lines[i].Box = box
		ask(picture.Crop(box), func(read ocr.Cell) {
			l := &page.Lines[i]
			l.Reading, l.Others, l.Doubt = read.Reading, read.Others, read.Doubt
		})
	}
	readings, err := r.ocr.Cells(ctx, asked)
	if err != nil {
		return fmt.Errorf("page %d: %w", page.Number, err)
	}
	for i, read := range readings {
		answer[i](read)
	}
	doubtBeside(page, page.Lines[len(outside):], unread)
	page.Lines = slices.DeleteFunc(page.Lines, func(l layout.Line) bool { return l.Text == "" && l.Doubt == "" })
	doubtGrid(page)
	doubtRestored(page, unsure)
	doubtCut(page, picture)
	if guessed {
		doubtPlaces(page)
	}
	doubtNoGrid(page)
	display(page, picture)
	turnBack(page, quarters)
	return nil
}

func setCell(c *layout.Cell, read ocr.Cell) {
	c.Reading, c.Others, c.Doubt = read.Reading, read.Others, read.Doubt
}

// linesOutside are the boxes of the lines of text above, between and below the
// tables, in points of the level page; texts far apart are a line each.
func linesOutside(p raster.Page, tables []layout.Table) []layout.Box {
	scale := 72 / p.DPI
	width, bottom := float64(p.Text.Rect.Dx())*scale, float64(p.Text.Rect.Dy())*scale
	var lines []layout.Box
	y := 0.0
	for _, t := range tables {
		lines = append(lines, printedLines(p, layout.Box{Y0: y, X1: width, Y1: t.Box.Y0 - 1})...)
		y = max(y, t.Box.Y1+1)
	}
	return append(lines, printedLines(p, layout.Box{Y0: y, X1: width, Y1: bottom})...)
}

// linesBeside are the boxes of the lines of text to the left and right of tables, in points of the
// level page: what stands there is a note, or a column whose lines were not found. What is as wide
// as a column and taller than a line, since torn ruling lines join its rows, is besides unread; dirt,
// a fold and the remains of a seal are neither.
func linesBeside(p raster.Page, tables []layout.Table) (lines, unread []layout.Box) {
	const away, tallest, column = 3, 24, 80 // points
	width := float64(p.Text.Rect.Dx()) * 72 / p.DPI
	for _, t := range tables {
		left, right := layout.Box{X1: t.Box.X0 - away, Y0: t.Box.Y0, Y1: t.Box.Y1}, layout.Box{X0: t.Box.X1 + away, Y0: t.Box.Y0, X1: width, Y1: t.Box.Y1}
		for _, o := range tables {
			switch level := o.Box.Y0 < t.Box.Y1 && t.Box.Y0 < o.Box.Y1; {
			case level && o.Box.X0 >= t.Box.X1:
				right.X1 = min(right.X1, o.Box.X0-away)
			case level && o.Box.X1 <= t.Box.X0:
				left.X0 = max(left.X0, o.Box.X1+away) // was looked at from there
				left.X1 = left.X0
			}
		}
		for _, side := range []layout.Box{left, right} {
			if side.Width() <= tallest {
				continue
			}
			y := side.Y0
			for _, b := range printedLines(p, side) {
				if b.Height() <= tallest || b.Width() <= column {
					continue
				}
				unread = append(unread, b)
				lines = append(lines, printedLines(p, layout.Box{X0: side.X0, Y0: y, X1: side.X1, Y1: b.Y0})...)
				y = b.Y1
			}
			lines = append(lines, printedLines(p, layout.Box{X0: side.X0, Y0: y, X1: side.X1, Y1: side.Y1})...)
		}
	}
	return slices.DeleteFunc(lines, func(b layout.Box) bool { return b.Height() > tallest }), unread
}

// printedLines are the boxes of the lines of text in a part of the level page, in points.
func printedLines(p raster.Page, within layout.Box) (lines []layout.Box) {
	if within.Height() < 6 { // lower than any print
		return nil
	}
	const air = 2 // points around the ink
	scale := 72 / p.DPI
	width, bottom := float64(p.Text.Rect.Dx())*scale, float64(p.Text.Rect.Dy())*scale
	crop := p.Crop(within)
	margin := (crop.Rect.Dx() - int(within.Width()/scale)) / 2
	for _, l := range raster.TextLines(crop, p.DPI) {
		if l.Dy() < int(p.DPI/20) { // under 1.3 mm: dirt
			continue
		}
		for _, part := range raster.Apart(crop, l, p.DPI) {
			lines = append(lines, layout.Box{
				X0: max(0, within.X0+float64(part.Min.X-margin)*scale-air), Y0: max(0, within.Y0+float64(part.Min.Y-margin)*scale-air),
				X1: min(width, within.X0+float64(part.Max.X-margin)*scale+air), Y1: min(bottom, within.Y0+float64(part.Max.Y-margin)*scale+air),
			})
		}
	}
	return lines
}

// display maps every box from the level page to the page as displayed.
func display(page *layout.Page, picture raster.Page) {
	for i := range page.Tables {
		t := &page.Tables[i]
		t.Box = picture.Displayed(t.Box)
		for j := range t.Cells {
			t.Cells[j].Box = picture.Displayed(t.Cells[j].Box)
		}
	}
	for i := range page.Lines {
		page.Lines[i].Box = picture.Displayed(page.Lines[i].Box)
	}
	for i := range page.Problems {
		page.Problems[i].Box = picture.Displayed(page.Problems[i].Box)
	}
}

// readSuspects reads the cells of a text page whose characters cannot be trusted,
// or that hold a picture, from the page's pixels.
func (r *Reader) readSuspects(ctx context.Context, doc *pdf.Document, page layout.Page, suspects [][2]int) (layout.Page, error) {
	shot, err := doc.Render(ctx, page.Number, usual, true)
	if err != nil {
		return page, err
	}
	picture, err := raster.Prepare(shot.Image, float64(shot.DPI))
	if err != nil {
		return page, nil // too large to look at: the cells keep their doubt
	}
	var asked []ocr.Crop
	var cells []*layout.Cell
	for _, at := range suspects {
		c := &page.Tables[at[0]].Cells[at[1]]
		crop := picture.Crop(c.Box)
		ink := raster.Ink(crop, picture.DPI)
		if !ink && c.Text != "" && c.Doubt != "" {
			c.Reading, c.Ink, c.Doubt = layout.Reading{}, false, "" // characters that nobody sees
		}
		if ink {
			asked, cells = append(asked, ocr.NewCrop(crop, picture.DPI)), append(cells, c)
		}
	}
	readings, err := r.ocr.Cells(ctx, asked)
	if err != nil {
		return page, fmt.Errorf("page %d: %w", page.Number, err)
	}
	for i, read := range readings {
		page.Source = layout.Mixed
		settleSuspect(cells[i], read)
	}
	return page, nil
}

// settleSuspect weighs a doubtful text layer against the pixels. Where they agree
// the text is good; where they differ the pixels are what is printed, and both are
// kept.
func settleSuspect(c *layout.Cell, read ocr.Cell) {
	c.Ink = true
	layer := c.Reading
	if layer.Text == "" {
		setCell(c, read)
		return
	}
	if sameText(layer.Text, read.Text) {
		c.Doubt = ""
		c.Others = append([]layout.Reading{read.Reading}, c.Others...)
		return
	}
	c.Reading = read.Reading
	c.Others = append([]layout.Reading{layer}, read.Others...)
	c.Doubt = layout.Disagree
}
