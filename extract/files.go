package extract

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/draw"
	_ "image/jpeg" // decoders for image files
	_ "image/png"
	"runtime/debug"

	_ "golang.org/x/image/tiff"

	"heji/extract/internal/limits"
	"heji/extract/internal/office"
	"heji/extract/internal/transcript"
	"heji/extract/internal/worker"
	"heji/form"
	"heji/layout"
)

// Files that are no PDFs are unpacked and decoded in a worker process too: a zip or a
// picture that unpacks to more than there is memory ends that process alone.

const kindFiles = "files"

type (
	fileRequest struct {
		Name string
		Data []byte
	}
	// pixels is a picture with a byte a pixel, or four with Colour.
	pixels struct {
		Width, Height int
		Colour        bool
		Pix           []byte
	}
)

// Load is the file, for worker.Freight.
func (q *fileRequest) Load() *[]byte { return &q.Data }

// Load is the pixels, for worker.Freight.
func (p *pixels) Load() *[]byte { return &p.Pix }

// filesService reads files in a worker process.
func filesService() (worker.Serve, error) {
	debug.SetMaxStack(128 << 20)
	l := limits.OfProcess()
	return worker.Methods(map[string]func(worker.Message) (worker.Message, error){
		"office": worker.On(recovered(func(q fileRequest) ([]layout.Page, error) { return office.Read(q.Name, q.Data, l.UnpackedBytes) })),
		"text":   worker.On(recovered(func(q fileRequest) ([]layout.Page, error) { return transcript.Read(q.Name, q.Data) })),
		"image":  worker.On(recovered(func(q fileRequest) (pixels, error) { return decodeImage(q.Data, l.PagePixels) })),
	}), nil
}

// recovered turns a panic of a parser into an error of the document.
func recovered[A any](read func(fileRequest) (A, error)) func(fileRequest) (A, error) {
	return func(q fileRequest) (a A, err error) {
		defer func() {
			if p := recover(); p != nil {
				err = &form.Error{Code: form.Crashed, Err: fmt.Errorf("panic: %v", p),
					Message: "reading the file ended in a fault of heji; save it anew, or as a PDF, and report this with the file"}
			}
		}()
		return read(q)
	}
}

// inWorker has a file read by a worker process.
func (r *Reader) inWorker(ctx context.Context, method, name string, data []byte, answer any) error {
	err := r.files.Ask(ctx, method, &fileRequest{name, data}, answer, r.limits.PageTime)
	return worker.Coded(err,
		"reading the file ended the reading process twice, mostly for want of memory; save it smaller, or as a PDF, and try that",
		"the file takes too long to read; save it smaller, or as a PDF, and try that")
}

// picture is an image file's picture.
func (r *Reader) picture(ctx context.Context, data []byte) (image.Image, error) {
	var p pixels
	if err := r.inWorker(ctx, "image", "", data, &p); err != nil {
		return nil, err
	}
	rect := image.Rect(0, 0, p.Width, p.Height)
	if p.Colour {
		return &image.RGBA{Pix: p.Pix, Stride: 4 * p.Width, Rect: rect}, nil
	}
	return &image.Gray{Pix: p.Pix, Stride: p.Width, Rect: rect}, nil
}

// decodeImage decodes a picture of at most so many pixels.
func decodeImage(data []byte, most int) (pixels, error) {
	config, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return pixels{}, damagedImage(err)
	}
	if config.Width <= 0 || config.Height <= 0 || config.Width > most/config.Height {
		return pixels{}, &form.Error{Code: form.TooLarge, Message: fmt.Sprintf(
			"the picture has %d × %d pixels and at most %d are read; scan the page at 300 dpi", config.Width, config.Height, most)}
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return pixels{}, damagedImage(err)
	}
	b := img.Bounds()
	if b.Dx() != config.Width || b.Dy() != config.Height {
		return pixels{}, damagedImage(errors.New("the picture is not of the size that it says"))
	}
	p := pixels{Width: b.Dx(), Height: b.Dy()}
	if gray, ok := img.(*image.Gray); ok && gray.Stride == p.Width {
		p.Pix = gray.Pix
		return p, nil
	}
	rgba := image.NewRGBA(image.Rect(0, 0, p.Width, p.Height))
	draw.Draw(rgba, rgba.Rect, img, b.Min, draw.Src)
	p.Pix, p.Colour = rgba.Pix, true
	return p, nil
}

func damagedImage(err error) error {
	return &form.Error{Code: form.Damaged, Message: "the picture cannot be decoded; scan or export it again", Err: err}
}
