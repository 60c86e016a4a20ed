package extract

import (
	"context"
	"image"

	"golang.org/x/image/draw"

	"heji/form"
)

// Picture draws a page, numbered from 1, of a PDF or of an image file as it is
// displayed, in colour. A point is dpi/72 pixels, so that a layout.Box times dpi/72
// is a place on it. A transcript has no picture: the error is a *form.Error with
// not-a-document.
func (r *Reader) Picture(ctx context.Context, data []byte, page, dpi int) (image.Image, error) {
	kind, err := kindOf("page.txt", data) // what has no picture of its own is text
	if err != nil {
		return nil, err
	}
	switch kind {
	case pdfFile:
		doc, err := r.pdf.Open(ctx, data)
		if err != nil {
			return nil, err
		}
		defer doc.Close()
		shot, err := doc.Render(ctx, page, dpi, true)
		if err != nil {
			return nil, err
		}
		return resampled(shot.Image, float64(shot.DPI), dpi), nil
	case imageFile:
		shown, err := r.picture(ctx, data, page)
		if err != nil {
			return nil, err
		}
		return resampled(shown.img, shown.dpi, dpi), nil
	}
	return nil, &form.Error{Code: form.NotADocument, Message: "a transcript has no picture; look at the document that it was made from"}
}

// resampled is img, which is at the resolution from, at the resolution to.
func resampled(img image.Image, from float64, to int) image.Image {
	if from == float64(to) || from <= 0 {
		return img
	}
	b := img.Bounds()
	scale := float64(to) / from
	out := image.NewRGBA(image.Rect(0, 0, int(float64(b.Dx())*scale+0.5), int(float64(b.Dy())*scale+0.5)))
	draw.ApproxBiLinear.Scale(out, out.Bounds(), img, b, draw.Src, nil)
	return out
}
