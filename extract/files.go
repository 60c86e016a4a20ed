package extract

import (
	"cmp"
	"context"
	"fmt"
	"image"
	"runtime/debug"

	"heji/extract/internal/limits"
	"heji/extract/internal/office"
	"heji/extract/internal/pictures"
	"heji/extract/internal/raster"
	"heji/extract/internal/transcript"
	"heji/extract/internal/worker"
	"heji/form"
	"heji/layout"
)

// Files that are no PDFs are unpacked and decoded in a worker process too: a zip or a
// picture that unpacks to more than there is memory ends that process alone.

const kindFiles = "files"

type fileRequest struct {
	Name   string
	Number int // of the page, of a picture
	Data   []byte
}

// Load is the file, for worker.Freight.
func (q *fileRequest) Load() *[]byte { return &q.Data }

// filesService reads files in a worker process.
func filesService() (worker.Serve, error) {
	debug.SetMaxStack(128 << 20)
	l := limits.OfProcess()
	return worker.Methods(map[string]func(worker.Message) (worker.Message, error){
		"office": worker.On(recovered(func(q fileRequest) ([]layout.Page, error) { return office.Read(q.Name, q.Data, l.UnpackedBytes) })),
		"text":   worker.On(recovered(func(q fileRequest) ([]layout.Page, error) { return transcript.Read(q.Name, q.Data) })),
		"image": worker.On(recovered(func(q fileRequest) (pictures.Page, error) {
			return pictures.Decode(q.Data, q.Number, l.PagePixels, l.Pages)
		})),
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
	return r.ask(ctx, method, &fileRequest{Name: name, Data: data}, answer)
}

func (r *Reader) ask(ctx context.Context, method string, q *fileRequest, answer any) error {
	err := r.files.Ask(ctx, method, q, answer, r.limits.PageTime)
	return worker.Coded(err,
		"reading the file ended the reading process twice, mostly for want of memory; save it smaller, or as a PDF, and try that",
		"the file takes too long to read; save it smaller, or as a PDF, and try that")
}

// picture is a page, numbered from 1, of an image file.
func (r *Reader) picture(ctx context.Context, data []byte, number int) (drawn, error) {
	var p pictures.Page
	if err := r.ask(ctx, "image", &fileRequest{Number: number, Data: data}, &p); err != nil {
		return drawn{}, err
	}
	d := drawn{dpi: cmp.Or(p.DPI, raster.GuessDPI(p.Width, p.Height)), pages: p.Pages}
	rect := image.Rect(0, 0, p.Width, p.Height)
	if p.Colour {
		d.img = &image.RGBA{Pix: p.Pix, Stride: 4 * p.Width, Rect: rect}
	} else {
		d.img = &image.Gray{Pix: p.Pix, Stride: p.Width, Rect: rect}
	}
	return d, nil
}

// drawn is a page of an image file. What does not say its resolution is taken to show a whole
// A4 page.
type drawn struct {
	img   image.Image
	dpi   float64
	pages int // of the file
}
