package extract

import (
	"cmp"
	"context"
	"image"
	"image/draw"
	"slices"
	"unicode"

	"heji/extract/internal/grid"
	"heji/extract/internal/ocr"
	"heji/extract/internal/raster"
	"heji/layout"
)

// unfit is the error of a picture that cannot be read, whoever reads it.
type unfit struct{ error }

// prepared is raster.Prepare, whose errors are the picture's own.
func prepared(img image.Image, dpi float64) (raster.Page, error) {
	picture, err := raster.Prepare(img, dpi)
	if err != nil {
		return picture, unfit{err}
	}
	return picture, nil
}

// upright prepares a picture so that it reads upright, and says by how many quarter
// turns clockwise it was turned for that. Which axis the lines of text run along is
// seen; which end is up is read: a few words, as they stand and on their head.
func (r *Reader) upright(ctx context.Context, img image.Image, dpi float64) (picture raster.Page, quarters int, err error) {
	img = unsmeared(unscreened(img))
	picture, err = prepared(img, dpi)
	if err != nil {
		return picture, 0, err
	}
	other, aside := img, picture // the picture turned by the quarter that is not taken
	if raster.Quarter(picture.Text, picture.DPI) == 90 {
		quarters = 1
		img = turnedImage(img, 1)
		if picture, err = prepared(img, dpi); err != nil {
			return picture, 0, err
		}
	}
	down, legible, err := r.upsideDown(ctx, picture)
	if err != nil {
		return picture, quarters, err
	}
	if legible < hardlyRead || legible == noWords && quarters == 1 { // by this quarter it is not read: by the other, then
		if quarters == 0 {
			other = turnedImage(img, 1)
			if aside, err = prepared(other, dpi); err != nil {
				return picture, quarters, err
			}
		}
		onSide, better, err := r.upsideDown(ctx, aside)
		if err != nil {
			return picture, quarters, err
		}
		if readsBetter(better, legible, quarters == 1) {
			picture, img, quarters, down = aside, other, 1-quarters, onSide
		}
	}
	if !down {
		return picture, quarters, err
	}
	picture, err = prepared(turnedImage(img, 2), dpi)
	return picture, quarters + 2, err
}

// readsBetter reports whether a page is taken by the other quarter, by how surely it is read so and by
// the one that its lines of print tell. A page that has no words when it is turned was upright; to be
// turned against its lines it must be read well.
func readsBetter(other, legible float64, turned bool) bool {
	switch {
	case other == noWords:
		return false
	case legible == noWords:
		return true
	}
	return other > legible+0.1 && (turned || other >= hardlyRead)
}

// How many words are read to see which end is up, and how sure reading must be for
// a page to be taken as upright without looking at its other end.
const (
	sampledWords = 8
	surelyRead   = 0.80
	hardlyRead   = 0.50
	noWords      = 2.0 // nothing to read
)

// upsideDown reads some words of the page as they stand, and if that goes badly, on
// their head, and says how sure the better of both is.
func (r *Reader) upsideDown(ctx context.Context, picture raster.Page) (down bool, legible float64, err error) {
	words := longWords(picture)
	if len(words) < 2 {
		return false, noWords, nil
	}
	standing, err := r.legibility(ctx, words, picture.DPI)
	if err != nil || standing >= surelyRead {
		return false, standing, err
	}
	for i, w := range words {
		words[i] = raster.Rotate(w, 180)
	}
	turned, err := r.legibility(ctx, words, picture.DPI)
	return turned > standing+0.1, max(standing, turned), err
}

// longWords are some of the longest lines of print in the page's cells, as crops, and
// those outside where the cells have few.
func longWords(picture raster.Page) []*image.Gray {
	const few = 4
	tables := grid.Tables(picture.Segments, grid.Tolerance)
	var boxes []layout.Box
	for _, t := range tables {
		for _, c := range t.Cells {
			boxes = append(boxes, c.Box)
		}
	}
	// The longest lines stand in the widest boxes.
	slices.SortStableFunc(boxes, func(a, b layout.Box) int { return cmp.Compare(b.Width(), a.Width()) })
	words := wordsIn(picture, boxes[:min(len(boxes), 3*sampledWords)])
	if len(words) < few {
		words = append(words, wordsIn(picture, linesOutside(picture, tables))...)
	}
	slices.SortStableFunc(words, func(a, b *image.Gray) int { return b.Rect.Dx() - a.Rect.Dx() })
	words = words[:min(len(words), sampledWords)]
	for i, w := range words {
		words[i] = firstPart(w)
	}
	return words
}

// wordsIn are the lines of print in boxes that are long enough to be words.
func wordsIn(picture raster.Page, boxes []layout.Box) []*image.Gray {
	var words []*image.Gray
	for _, b := range boxes {
		crop := picture.Crop(b)
		for _, l := range raster.TextLines(crop, picture.DPI) {
			if l.Dx() > 4*l.Dy() && l.Dy() > int(picture.DPI/20) && l.Dy() < int(picture.DPI/3) {
				words = append(words, crop.SubImage(l.Inset(-4).Intersect(crop.Rect)).(*image.Gray))
			}
		}
	}
	return words
}

// firstPart is the left end of a long line, enough to see whether it can be read.
func firstPart(w *image.Gray) *image.Gray {
	r := w.Rect
	r.Max.X = min(r.Max.X, r.Min.X+16*r.Dy())
	out := image.NewGray(image.Rect(0, 0, r.Dx(), r.Dy()))
	draw.Draw(out, out.Rect, w, r.Min, draw.Src)
	return out
}

// legibility is how sure Tesseract is of the Chinese it reads in the words, 0 to 1.
func (r *Reader) legibility(ctx context.Context, words []*image.Gray, dpi float64) (float64, error) {
	requests := make([]ocr.Crop, len(words))
	for i, w := range words {
		requests[i] = ocr.NewCrop(w, dpi)
	}
	cells, err := r.ocr.Cells(ctx, requests)
	if err != nil {
		return 0, err
	}
	sum, n := 0.0, 0
	for _, c := range cells {
		han := 0
		for _, ch := range c.Text {
			if unicode.Is(unicode.Han, ch) {
				han++
			}
		}
		if han >= 2 {
			sum += c.Confidence
		}
		n++
	}
	return sum / float64(max(n, 1)), nil
}

// turnedImage is the image turned clockwise by quarter turns.
func turnedImage(img image.Image, quarters int) image.Image {
	src, ok := img.(*image.RGBA)
	if !ok {
		src = image.NewRGBA(image.Rect(0, 0, img.Bounds().Dx(), img.Bounds().Dy()))
		draw.Draw(src, src.Rect, img, img.Bounds().Min, draw.Src)
	}
	w, h := src.Rect.Dx(), src.Rect.Dy()
	size := image.Rect(0, 0, w, h)
	if quarters&1 == 1 {
		size = image.Rect(0, 0, h, w)
	}
	out := image.NewRGBA(size)
	for y := range h {
		for x := range w {
			tx, ty := x, y
			switch quarters & 3 {
			case 1:
				tx, ty = h-1-y, x
			case 2:
				tx, ty = w-1-x, h-1-y
			case 3:
				tx, ty = y, w-1-x
			}
			copy(out.Pix[out.PixOffset(tx, ty):][:4], src.Pix[src.PixOffset(src.Rect.Min.X+x, src.Rect.Min.Y+y):][:4])
		}
	}
	return out
}

// turnBack maps the boxes of a page that was read after so many quarter turns to
// the page as displayed, width by height points.
func turnBack(page *layout.Page, quarters int) {
	if page.Turn = quarters & 3; page.Turn == 0 {
		return
	}
	// The upright page's own size.
	w, h := page.Width, page.Height
	if quarters&1 == 1 {
		w, h = h, w
	}
	back := func(b *layout.Box) { *b = b.Turned(w, h, 4-quarters) }
	for i := range page.Lines {
		back(&page.Lines[i].Box)
	}
	for i := range page.Tables {
		back(&page.Tables[i].Box)
		for j := range page.Tables[i].Cells {
			back(&page.Tables[i].Cells[j].Box)
		}
	}
	for i := range page.Problems {
		back(&page.Problems[i].Box)
	}
}
