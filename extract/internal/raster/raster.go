// Package raster cleans the picture of a page and finds its ruling lines.
//
// A form reaches us as a scan: tilted, unevenly lit, specked, faxed, with a red
// seal across its figures. Prepare brings it to what an OCR engine reads best, a
// gray page with black ink on white paper and level lines, and says where lines
// are ruled, so that package grid can tell the cells. In order:
//
//	Gray     one channel; the seal's colour dropped, the ink beneath it kept
//	unstripe, unspeck, mendTears   what scanners and telephone lines add or lose
//	Flatten  paper to white everywhere
//	clearSurround  what lies around the paper
//	clearShowThrough  what shines through from the back
//	withFullInk    faint print made black
//	Despeckle
//	Skew     how far the page is turned; Rotate turns it back
//	Lines    ruling lines, as segments in points
//	keystone where lines fan out, as on a photograph, the page levelled by them
//	erase    the lines taken out, so that cells hold nothing but print
//
// Crop, Ink and TextLines then look into one cell. No step decides what a mark
// means. Where a step must choose between losing ink and keeping dirt it keeps
// the dirt: a speck read as a mark is a question for a person, a decimal point
// lost is a wrong number.
package raster

import (
	"fmt"
	"image"
	"math"

	"heji/extract/internal/grid"
	"heji/layout"
)

// MaxPixels is the size of the largest picture that Prepare takes: an A3 page at
// 400 dpi and some more.
const MaxPixels = 40_000_000

// minSkew is the smallest turn worth undoing, in degrees: turning blurs, and
// less than this moves the end of a line by less than its thickness.
const minSkew = 0.04

// Page is a cleaned page. Its pixels and Segments are level: they lie on the page
// after it was turned back by Skew. Displayed maps a box on it to the page as the
// reader's eye sees it.
type Page struct {
	Gray     *image.Gray    // cleaned: paper 255, ink dark
	Text     *image.Gray    // Gray without its ruling lines
	DPI      float64        // of Gray and Text
	Skew     float64        // degrees by which the page was turned back, clockwise positive as it lay
	Segments []grid.Segment // ruling lines, in points of the level page
	Seals    []layout.Box   // where coloured seals were dropped, in points of the page as displayed

	marks *image.Gray // coloured ink, 0 on 255, on the level page; nil where there is none
	bare  *image.Gray // Text without it

	stripes []grid.Segment // lines that a scanner drew over the page, in points of the level page
	lifted  []layout.Box   // the same of those that were taken out before it was level, of the page as displayed

	width, height float64 // of the page as displayed, points
	turn          turn
}

// Prepare cleans a picture of a page. dpi is its resolution; where that is not
// known, GuessDPI says what it would be on A4 paper. A picture above MaxPixels or
// smaller than a tenth of an inch is refused.
func Prepare(img image.Image, dpi float64) (Page, error) {
	if err := checkSize(img.Bounds(), dpi); err != nil {
		return Page{}, err
	}
	b := img.Bounds()
	p := Page{
		DPI:    dpi,
		width:  float64(b.Dx()) * 72 / dpi,
		height: float64(b.Dy()) * 72 / dpi,
	}
	gray, seals, marks := colours(img, dpi)
	for _, s := range seals {
		p.Seals = append(p.Seals, points(s, dpi))
	}
	if dpi >= 450 { // more than OCR needs, and slow
		f := int(dpi / 225)
		gray, p.DPI = shrink(gray, f, boxMean), dpi/float64(f)
		if marks != nil {
			marks = shrink(marks, f, boxMean)
		}
	}
	degrain(gray)
	lifted := unstripe(gray, p.DPI)
	noisy := unspeck(gray, p.DPI)
	if bilevel(gray) {
		mendTears(gray, p.DPI)
	} else {
		clearFolds(gray, p.DPI)
	}
	gray = Flatten(gray, p.DPI)
	clearSurround(gray, p.DPI)
	if !bilevel(gray) {
		clearShowThrough(gray, p.DPI)
		if roughness(gray) < faintRough {
			gray = withFullInk(gray)
		}
	}
	despeckle(gray, p.DPI, noisy || bilevel(gray))
	across, down := slants(gray, p.DPI)
	if math.Abs(across) >= minSkew || math.Abs(down) >= minSkew {
		p.turn = turn{across: across, down: down}
	}
	r := p.level(gray, marks)
	for range fanTries {
		better, ok := p.turn.keystone(r, gray.Rect, p.Gray.Rect)
		if !ok {
			break
		}
		p.turn = better
		r = p.level(gray, marks)
	}
	p.Segments, p.stripes = r.divided()
	for _, s := range lifted {
		p.lifted = append(p.lifted, points(s, p.DPI))
	}
	p.Text = r.erase(p.Gray)
	if marks != nil {
		p.bare = withoutMarks(p.Text, p.marks)
	}
	return p, nil
}

// level turns the page and its marks back as far as is known, and finds its ruling lines:
// what a stamp adds to them is none.
func (p *Page) level(gray, marks *image.Gray) ruling {
	p.Skew, p.Gray, p.marks = p.turn.across, gray, marks
	if p.turn != (turn{}) {
		p.Gray = p.turn.apply(gray)
		if marks != nil {
			p.marks = p.turn.apply(marks)
		}
	}
	if marks == nil {
		return findRules(withFullInk(p.Gray), p.DPI)
	}
	return findRules(withFullInk(withoutMarks(p.Gray, p.marks)), p.DPI)
}

// checkSize refuses what is no page, or too large to hold.
func checkSize(b image.Rectangle, dpi float64) error {
	switch {
	case !(dpi >= 36 && dpi <= 2400):
		return fmt.Errorf("resolution of %g dpi", dpi)
	case b.Dx() < int(dpi/10)+1 || b.Dy() < int(dpi/10)+1:
		return fmt.Errorf("picture of %d × %d pixels is too small", b.Dx(), b.Dy())
	case b.Dx()*b.Dy() > MaxPixels:
		return fmt.Errorf("picture of %d × %d pixels is above the limit of %d million", b.Dx(), b.Dy(), MaxPixels/1_000_000)
	}
	return nil
}

// Displayed maps a box on the level page to the page as displayed: the upright
// box around the turned one, cut off at the page's edges.
func (p Page) Displayed(box layout.Box) layout.Box {
	if box.IsZero() {
		return box
	}
	scale := p.DPI / 72
	w, h := p.width*scale, p.height*scale
	lw, lh := float64(p.Gray.Rect.Dx()), float64(p.Gray.Rect.Dy())
	out := layout.Box{X0: math.Inf(1), Y0: math.Inf(1), X1: math.Inf(-1), Y1: math.Inf(-1)}
	for _, c := range [][2]float64{{box.X0, box.Y0}, {box.X1, box.Y0}, {box.X0, box.Y1}, {box.X1, box.Y1}} {
		x, y := p.turn.source(c[0]*scale-lw/2, c[1]*scale-lh/2)
		x, y = (x+w/2)/scale, (y+h/2)/scale
		out.X0, out.X1 = min(out.X0, x), max(out.X1, x)
		out.Y0, out.Y1 = min(out.Y0, y), max(out.Y1, y)
	}
	out.X0, out.X1 = min(max(out.X0, 0), p.width), min(max(out.X1, 0), p.width)
	out.Y0, out.Y1 = min(max(out.Y0, 0), p.height), min(max(out.Y1, 0), p.height)
	return out
}

// Level maps the upright box around a turned one, as Displayed gives it, back to the
// level page. At the page's edges, where Displayed cuts, it is smaller than it was.
func (p Page) Level(box layout.Box) layout.Box {
	scale := p.DPI / 72
	cx, cy := p.turn.level(((box.X0+box.X1)-p.width)/2*scale, ((box.Y0+box.Y1)-p.height)/2*scale)
	// Around a box of w by h lies one of w·|xx| + h·|xy| by w·|yx| + h·|yy|, where a step to
	// the right goes xx, yx and one down xy, yy.
	at := func(dx, dy float64) (float64, float64) { return p.turn.source(cx+dx, cy+dy) }
	x, y := at(0, 0)
	xx, yx := at(1, 0)
	xy, yy := at(0, 1)
	xx, yx, xy, yy = math.Abs(xx-x), math.Abs(yx-y), math.Abs(xy-x), math.Abs(yy-y)
	det := xx*yy - xy*yx
	w := (box.Width()*yy - box.Height()*xy) / det
	h := (box.Height()*xx - box.Width()*yx) / det
	cx, cy = (cx+float64(p.Gray.Rect.Dx())/2)/scale, (cy+float64(p.Gray.Rect.Dy())/2)/scale
	return layout.Box{X0: cx - w/2, Y0: cy - h/2, X1: cx + w/2, Y1: cy + h/2}
}

// GuessDPI is the resolution of a picture that does not say it, if it shows a
// whole A4 page.
func GuessDPI(width, height int) float64 {
	return math.Round(float64(max(width, height)) / 11.69)
}

// pixels is a length in pixels of so many millimetres.
func pixels(mm, dpi float64) int { return max(1, int(math.Round(mm*dpi/25.4))) }

// points maps a rectangle of pixels to points.
func points(r image.Rectangle, dpi float64) layout.Box {
	s := 72 / dpi
	return layout.Box{X0: float64(r.Min.X) * s, Y0: float64(r.Min.Y) * s, X1: float64(r.Max.X) * s, Y1: float64(r.Max.Y) * s}
}
