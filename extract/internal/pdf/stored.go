package pdf

import (
	"math"

	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
)

// stored is the picture of a scanned page as it is stored, where the request asks for just
// its pixels and the page shows nothing else: drawn, a picture whose edges are off the
// page's by a hair has each of its pixels spread over two. ok is false where the page must
// be drawn: it has other objects that are seen, comments, or a picture that is turned,
// masked or comes out unlike what is drawn.
func (c *child) stored(page requests.Page, q imageRequest, width, height float64) (a imageAnswer, ok bool) {
	if q.Width <= 0 || q.Height <= 0 || q.Width*q.Height > c.limits.PagePixels {
		return a, false
	}
	if comments, err := c.instance.FPDFPage_GetAnnotCount(&requests.FPDFPage_GetAnnotCount{Page: page}); err != nil || comments.Count > 0 {
		return a, false
	}
	picture, ok := c.onlyPicture(page)
	if !ok {
		return a, false
	}
	place, err := c.instance.FPDFPageObj_GetMatrix(&requests.FPDFPageObj_GetMatrix{PageObject: picture})
	if err != nil {
		return a, false
	}
	display, err := c.display(page, width, height)
	if err != nil {
		return a, false
	}
	// Upright, from the unit square to the whole page: down on the page is less of y.
	const turn, edge = 0.001, 1
	m := fromPDFium(place.Matrix).after(display)
	x0, y1 := m.point(0, 0)
	x1, y0 := m.point(1, 1)
	whole := math.Abs(x0) < edge && math.Abs(y0) < edge && math.Abs(x1-width) < edge && math.Abs(y1-height) < edge
	if !whole || math.Abs(m.b) > turn*width || math.Abs(m.c) > turn*height || c.layered(picture) ||
		!most(c.shown(picture, display, layoutBox(width, height)), layoutBox(width, height)) {
		return a, false
	}
	if seen, err := c.instance.FPDFPageObj_HasTransparency(&requests.FPDFPageObj_HasTransparency{PageObject: picture}); err != nil || seen.HasTransparency {
		return a, false
	}
	a, ok = c.pixelsOf(picture)
	if !ok || a.Width != q.Width || a.Height != q.Height {
		return a, false
	}
	a.DPI = q.DPI
	return a, c.looksDrawn(page, a)
}

// onlyPicture is the picture of a page that shows nothing besides.
func (c *child) onlyPicture(page requests.Page) (picture references.FPDF_PAGEOBJECT, ok bool) {
	count, err := c.instance.FPDFPage_CountObjects(&requests.FPDFPage_CountObjects{Page: page})
	if err != nil || count.Count > c.limits.PageObjects {
		return "", false
	}
	for i := range count.Count {
		c.handles++
		o, err := c.instance.FPDFPage_GetObject(&requests.FPDFPage_GetObject{Page: page, Index: i})
		if err != nil {
			return "", false
		}
		kind, err := c.instance.FPDFPageObj_GetType(&requests.FPDFPageObj_GetType{PageObject: o.PageObject})
		switch {
		case err != nil:
			return "", false
		case kind.Type == enums.FPDF_PAGEOBJ_IMAGE && picture == "":
			picture = o.PageObject
		case kind.Type == enums.FPDF_PAGEOBJ_TEXT:
			mode, err := c.instance.FPDFTextObj_GetTextRenderMode(&requests.FPDFTextObj_GetTextRenderMode{PageObject: o.PageObject})
			if err != nil || !noInk(mode.TextRenderMode) {
				return "", false
			}
		default:
			return "", false
		}
	}
	return picture, picture != ""
}

// pixelsOf is a picture as it is stored, with one byte a pixel where it has no colours.
func (c *child) pixelsOf(picture references.FPDF_PAGEOBJECT) (a imageAnswer, ok bool) {
	b, err := c.instance.FPDFImageObj_GetBitmap(&requests.FPDFImageObj_GetBitmap{ImageObject: picture})
	if err != nil {
		return a, false
	}
	defer func() { _, _ = c.instance.FPDFBitmap_Destroy(&requests.FPDFBitmap_Destroy{Bitmap: b.Bitmap}) }()
	format, err1 := c.instance.FPDFBitmap_GetFormat(&requests.FPDFBitmap_GetFormat{Bitmap: b.Bitmap})
	w, err2 := c.instance.FPDFBitmap_GetWidth(&requests.FPDFBitmap_GetWidth{Bitmap: b.Bitmap})
	h, err3 := c.instance.FPDFBitmap_GetHeight(&requests.FPDFBitmap_GetHeight{Bitmap: b.Bitmap})
	stride, err4 := c.instance.FPDFBitmap_GetStride(&requests.FPDFBitmap_GetStride{Bitmap: b.Bitmap})
	buffer, err5 := c.instance.FPDFBitmap_GetBuffer(&requests.FPDFBitmap_GetBuffer{Bitmap: b.Bitmap})
	if err1 != nil || err2 != nil || err3 != nil || err4 != nil || err5 != nil {
		return a, false
	}
	a = imageAnswer{Width: w.Width, Height: h.Height}
	size := map[enums.FPDF_BITMAP_FORMAT]int{enums.FPDF_BITMAP_FORMAT_GRAY: 1, enums.FPDF_BITMAP_FORMAT_BGR: 3, enums.FPDF_BITMAP_FORMAT_BGRX: 4}[format.Format]
	if size == 0 || a.Width <= 0 || a.Height <= 0 || stride.Stride < a.Width*size || len(buffer.Buffer) < stride.Stride*a.Height {
		return a, false
	}
	if size == 1 {
		a.Stride = a.Width
		a.Pix = make([]byte, a.Width*a.Height)
		for y := range a.Height {
			copy(a.Pix[y*a.Stride:][:a.Width], buffer.Buffer[y*stride.Stride:])
		}
		return a, true
	}
	a.Stride, a.Color = 4*a.Width, true
	a.Pix = make([]byte, a.Stride*a.Height)
	for y := range a.Height {
		from, to := buffer.Buffer[y*stride.Stride:][:a.Width*size], a.Pix[y*a.Stride:]
		for x := range a.Width {
			to[4*x], to[4*x+1], to[4*x+2], to[4*x+3] = from[size*x+2], from[size*x+1], from[size*x], 255
		}
	}
	if colourless(a) {
		return inGray(a), true
	}
	return a, true
}

// looksDrawn reports whether a picture is what the page shows, by the means of coarse parts.
func (c *child) looksDrawn(page requests.Page, a imageAnswer) bool {
	const side, off = 48, 12 // parts along the longer side, and gray levels that they may differ by on average
	q := imageRequest{Width: side, Height: side * a.Height / a.Width}
	if a.Height > a.Width {
		q.Width, q.Height = side*a.Width/a.Height, side
	}
	if q.Width < 4 || q.Height < 4 {
		return false
	}
	drawn, cleanup, err := c.render(page, q, 0, requests.RenderImageFormatGrayscale)
	if err != nil {
		return false
	}
	defer cleanup()
	sum := 0
	for y := range q.Height {
		for x := range q.Width {
			v, _, _, _ := drawn.RenderedImage.At(x, y).RGBA()
			sum += absolute(int(v>>8) - a.mean(x*a.Width/q.Width, y*a.Height/q.Height, (x+1)*a.Width/q.Width, (y+1)*a.Height/q.Height))
		}
	}
	return sum <= off*q.Width*q.Height
}

// mean is how light a part of a picture is.
func (a imageAnswer) mean(x0, y0, x1, y1 int) int {
	step := 1
	if a.Color {
		step = 4
	}
	sum, n := 0, 0
	for y := y0; y < y1; y += 2 {
		row := a.Pix[y*a.Stride:]
		for x := x0; x < x1; x += 2 {
			if a.Color {
				sum += (30*int(row[step*x]) + 59*int(row[step*x+1]) + 11*int(row[step*x+2])) / 100
			} else {
				sum += int(row[x])
			}
			n++
		}
	}
	return sum / max(n, 1)
}

func absolute(n int) int { return max(n, -n) }
