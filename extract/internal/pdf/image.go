package pdf

import (
	"fmt"
	"image"
	"math"

	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/responses"

	"heji/form"
	"heji/layout"
)

// imageAnswer is a page as pixels, one byte each, or four with Color.
type imageAnswer struct {
	Pix                   []byte
	Stride, Width, Height int
	Color                 bool
	DPI                   int
	Failed                bool
}

// Load is the pixels, for worker.Freight.
func (a *imageAnswer) Load() *[]byte { return &a.Pix }

// image renders a page with its comments and form fields.
func (c *child) image(q imageRequest) (imageAnswer, error) {
	if err := c.ready(); err != nil {
		return imageAnswer{}, err
	}
	page, err := c.at(q.Number)
	if err != nil {
		return imageAnswer{}, err
	}
	width, height, err := c.size(page)
	if err != nil {
		return imageAnswer{}, err
	}
	dpi, ok := fit(width, height, q.DPI, c.limits.PagePixels)
	if !ok {
		return imageAnswer{}, &form.Error{Code: form.TooLarge,
			Message: fmt.Sprintf("A page measures %.4g × %.4g points, too large to read at %d dpi; print it smaller to a new PDF and try that.", width, height, minDPI)}
	}
	if a, ok := c.stored(page, q, width, height); ok {
		a.Failed = failed(a)
		return a, nil
	}
	format := requests.RenderImageFormatGrayscale
	if q.Color {
		format = requests.RenderImageFormatRGBA
	}
	result, cleanup, err := c.render(page, q, dpi, format)
	if err != nil {
		return imageAnswer{}, err
	}
	defer cleanup()
	a := imageAnswer{Width: result.Width, Height: result.Height, Color: q.Color, DPI: dpi}
	switch m := result.RenderedImage.(type) {
	case *image.Gray:
		a.Pix, a.Stride = m.Pix, m.Stride
	case *image.RGBA:
		a.Pix, a.Stride = m.Pix, m.Stride
		if result.HasTransparency {
			onWhite(a.Pix)
		}
	}
	pictures, err := c.hasPicture(page)
	if err != nil {
		return imageAnswer{}, err
	}
	a.Failed = pictures && failed(a)
	if a.Color && colourless(a) {
		return inGray(a), nil
	}
	// The pixels are PDFium's memory, which is about to be freed.
	a.Pix = append([]byte(nil), a.Pix...)
	return a, nil
}

// colourless reports whether every pixel of a picture in colours is gray. Most pages
// are, and take a quarter of the memory of each of the two processes when they are
// handed over so.
func colourless(a imageAnswer) bool {
	for y := range a.Height {
		row := a.Pix[y*a.Stride:][:4*a.Width]
		for x := 0; x < len(row); x += 4 {
			if row[x] != row[x+1] || row[x+1] != row[x+2] {
				return false
			}
		}
	}
	return true
}

// inGray is a colourless picture with one byte a pixel, in memory of its own.
func inGray(a imageAnswer) imageAnswer {
	pix := make([]byte, a.Width*a.Height)
	for y := range a.Height {
		row := a.Pix[y*a.Stride:]
		for x := range a.Width {
			pix[y*a.Width+x] = row[4*x]
		}
	}
	a.Pix, a.Stride, a.Color = pix, a.Width, false
	return a
}

// render draws the page at a resolution, or on so many pixels if the request says so
// and its proportions are the page's.
func (c *child) render(page requests.Page, q imageRequest, dpi int, format requests.RenderImageFormat) (responses.RenderPage, func(), error) {
	if q.Width > 0 && q.Height > 0 && q.Width*q.Height <= c.limits.PagePixels {
		r, err := c.instance.RenderPageInPixels(&requests.RenderPageInPixels{
			Page: page, Width: q.Width, Height: q.Height, RenderForm: true, Document: &c.document,
			RenderFlags: enums.FPDF_RENDER_FLAG_ANNOT, ImageFormat: format,
		})
		if err != nil {
			return responses.RenderPage{}, nil, err
		}
		return r.Result, r.Cleanup, nil
	}
	r, err := c.instance.RenderPageInDPI(&requests.RenderPageInDPI{
		Page: page, DPI: dpi, RenderForm: true, Document: &c.document,
		RenderFlags: enums.FPDF_RENDER_FLAG_ANNOT, ImageFormat: format,
	})
	if err != nil {
		return responses.RenderPage{}, nil, err
	}
	return r.Result, r.Cleanup, nil
}

// surround is how much of the page a cutout shows about its place, in points.
const surround = 6

type (
	cutoutRequest struct {
		Number, DPI int
		Boxes       []layout.Box
	}
	cutoutAnswer struct {
		Cutouts []cutout
		Refused bool // the places can only be judged with all of the page
	}
	cutout struct {
		Image imageAnswer
		X, Y  float64 // of its top left, points
	}
)

// cutouts renders places of a page as they come out when all of it is rendered.
// A page with pictures, comments or colours is refused: a seal that lies over a place
// is known as one only by its whole shape.
func (c *child) cutouts(q cutoutRequest) (cutoutAnswer, error) {
	if err := c.ready(); err != nil {
		return cutoutAnswer{}, err
	}
	page, err := c.at(q.Number)
	if err != nil {
		return cutoutAnswer{}, err
	}
	width, height, err := c.size(page)
	if err != nil {
		return cutoutAnswer{}, err
	}
	refused := cutoutAnswer{Refused: true}
	dpi, ok := fit(width, height, q.DPI, c.limits.PagePixels)
	if !ok || dpi != q.DPI {
		return refused, nil
	}
	if comments, err := c.instance.FPDFPage_GetAnnotCount(&requests.FPDFPage_GetAnnotCount{Page: page}); err != nil || comments.Count > 0 {
		return refused, err
	}
	if pictures, err := c.hasPicture(page); err != nil || pictures {
		return refused, err
	}
	scale := float64(dpi) / 72
	var answer cutoutAnswer
	area := 0.0
	for _, b := range q.Boxes {
		x0, y0 := math.Floor(max(0, b.X0-surround)*scale), math.Floor(max(0, b.Y0-surround)*scale)
		x1, y1 := math.Floor(min(width, b.X1+surround)*scale), math.Floor(min(height, b.Y1+surround)*scale)
		area += (x1 - x0) * (y1 - y0)
		if x1-x0 < 2 || y1-y0 < 2 || area > width*height*scale*scale {
			return refused, nil // no place, or no less work than the page
		}
		a, err := c.cut(page, dpi, image.Rect(int(x0), int(y0), int(x1), int(y1)))
		if err != nil {
			return cutoutAnswer{}, err
		}
		if !colourless(a) {
			return refused, nil
		}
		answer.Cutouts = append(answer.Cutouts, cutout{inGray(a), x0 / scale, y0 / scale})
	}
	return answer, nil
}

// cut renders a part of the page, in pixels of it.
func (c *child) cut(page requests.Page, dpi int, part image.Rectangle) (imageAnswer, error) {
	point := 72 / float64(dpi)
	r, err := c.instance.RenderPageInDPI(&requests.RenderPageInDPI{
		Page: page, DPI: dpi, ImageFormat: requests.RenderImageFormatRGBA,
		Crop: &requests.RenderPageCrop{
			X: float64(part.Min.X) * point, Y: float64(part.Min.Y) * point,
			Width: float64(part.Dx()) * point, Height: float64(part.Dy()) * point,
		},
	})
	if err != nil {
		return imageAnswer{}, err
	}
	defer r.Cleanup()
	m, ok := r.Result.RenderedImage.(*image.RGBA)
	if !ok {
		return imageAnswer{}, fmt.Errorf("a part of the page came out as %T", r.Result.RenderedImage)
	}
	a := imageAnswer{Width: m.Rect.Dx(), Height: m.Rect.Dy(), Color: true, DPI: dpi, Stride: m.Stride}
	a.Pix = append([]byte(nil), m.Pix...) // PDFium's memory, which is about to be freed
	if r.Result.HasTransparency {
		onWhite(a.Pix)
	}
	return a, nil
}

// hasPicture reports whether a picture is drawn on the page, or a form XObject,
// which may hold one.
func (c *child) hasPicture(page requests.Page) (bool, error) {
	count, err := c.instance.FPDFPage_CountObjects(&requests.FPDFPage_CountObjects{Page: page})
	if err != nil {
		return false, err
	}
	for i := range min(count.Count, c.limits.PageObjects) {
		c.handles++
		o, err := c.instance.FPDFPage_GetObject(&requests.FPDFPage_GetObject{Page: page, Index: i})
		if err != nil {
			return false, err
		}
		kind, err := c.instance.FPDFPageObj_GetType(&requests.FPDFPageObj_GetType{PageObject: o.PageObject})
		if err != nil {
			return false, err
		}
		if kind.Type == enums.FPDF_PAGEOBJ_IMAGE || kind.Type == enums.FPDF_PAGEOBJ_FORM {
			return true, nil
		}
	}
	return false, nil
}

// fit is the resolution, no finer than asked, at which the page has at most so many
// pixels; ok is false where that would be coarser than minDPI or than what was
// asked for.
func fit(width, height float64, dpi, pixels int) (fitting int, ok bool) {
	for fitting = dpi; width*height*float64(fitting*fitting)/(72*72) > float64(pixels); fitting -= 25 {
		if fitting-25 < minDPI {
			return 0, false
		}
	}
	return fitting, fitting > 0
}

// onWhite lays pixels of red, green, blue and opacity on white paper.
func onWhite(pix []byte) {
	for i := 0; i+3 < len(pix); i += 4 {
		opacity := uint32(pix[i+3])
		if opacity == 255 {
			continue
		}
		for k := range 3 {
			pix[i+k] = byte((uint32(pix[i+k])*opacity + 255*(255-opacity)) / 255)
		}
		pix[i+3] = 255
	}
}

// failed reports whether a page with a picture came out white, or mostly
// black: a picture that cannot be decoded gives either, and no error.
func failed(a imageAnswer) bool {
	step, at := 1, 0
	if a.Color {
		step, at = 4, 1 // green: a red seal is dark in it, as on paper
	}
	dark, all := 0, a.Width*a.Height
	for y := range a.Height {
		row := a.Pix[y*a.Stride : y*a.Stride+a.Width*step]
		for x := at; x < len(row); x += step {
			if row[x] < 128 {
				dark++
			}
		}
	}
	return float64(dark) < 0.0005*float64(all) || float64(dark) > 0.6*float64(all)
}
