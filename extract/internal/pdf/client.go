package pdf

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"image"
	"os"
	"runtime"
	"sync"
	"time"

	"heji/extract/internal/limits"
	"heji/extract/internal/worker"
	"heji/form"
	"heji/layout"
)

// readyTime is for loading, which may have to compile PDFium first, on a slow machine
// that is busy with other things.
const readyTime = 3 * time.Minute

// Options say how an Engine works. The zero Options are the defaults.
type Options struct {
	Workers  int    // documents open at a time; 0 for one a core
	CacheDir string // for compiled code, created with mode 0700; "" for the user's cache folder
	Limits   limits.Limits
}

// Engine keeps the child processes. It may be used from several goroutines.
type Engine struct {
	limits             limits.Limits
	readers, witnesses *worker.Pool
}

// New makes an Engine. Processes start when first needed.
func New(o Options) *Engine {
	if l, err := o.Limits.Filled(); err == nil {
		o.Limits = l
	} else {
		o.Limits = limits.Default
	}
	memory, answer := uint64(o.Limits.WorkerBytes), o.Limits.AnswerBytes
	if o.Workers <= 0 {
		o.Workers = runtime.NumCPU()
	}
	if o.CacheDir == "" {
		o.CacheDir = defaultCacheDir()
	}
	var fonts, caches []string
	if font, ok := Font(); ok {
		fonts = []string{font}
	}
	if o.CacheDir != "" && os.MkdirAll(o.CacheDir, 0o700) == nil {
		caches = []string{o.CacheDir}
	}
	return &Engine{
		limits: o.Limits,
		readers: worker.NewPool(worker.Spec{
			Kind:    kindReader,
			Env:     []string{cacheVar + "=" + o.CacheDir, o.Limits.Env()},
			Read:    fonts,
			Write:   caches,
			Memory:  memory,
			Answer:  answer,
			Recycle: 1500, // calls: some 300 documents
		}, o.Workers),
		witnesses: worker.NewPool(worker.Spec{Kind: kindWitness, Memory: memory, Answer: answer, Recycle: 300}, o.Workers),
	}
}

// Close ends the processes. Documents should be closed before.
func (e *Engine) Close() {
	e.readers.Close()
	e.witnesses.Close()
}

// held is the document that a child keeps open when it is given back: it is often asked
// for again at once, to look at figures that break a rule.
type held struct {
	sha256 [sha256.Size]byte
	pages  int
}

// A document stays open in the child that read it up to this size: the memory of an
// idle child is not to be that of a large one.
const (
	heldBytes = 4 << 20
	heldPages = 20
)

// Document is an open PDF. It holds a child process until Close, and serves one
// call at a time; its methods may be called from several goroutines.
type Document struct {
	mu      sync.Mutex
	engine  *Engine
	data    []byte
	sum     [sha256.Size]byte
	pages   int
	process *worker.Process // nil after a death, until the next call
	spent   time.Duration
}

// Open reads a PDF's structure. The error is a *form.Error where the file is at
// fault: encrypted, damaged, no-pages, too-large, not-a-document, timeout, crashed.
func (e *Engine) Open(ctx context.Context, data []byte) (*Document, error) {
	if len(data) == 0 {
		return nil, &form.Error{Code: form.NotADocument, Message: "The file is empty; ask for it again."}
	}
	d := &Document{engine: e, data: data, sum: sha256.Sum256(data)}
	err := d.retry(func() error { return d.connect(ctx) })
	if err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

// Pages is the number of pages.
func (d *Document) Pages() int { return d.pages }

// Close gives the child process back. It may be called again.
func (d *Document) Close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.process == nil {
		return
	}
	if len(d.data) <= heldBytes && d.pages <= heldPages {
		d.process.Held = held{d.sum, d.pages}
	} else {
		var done nothing
		// A child that cannot even close is found dead by the pool.
		_ = d.process.Call(context.Background(), "close", nothing{}, &done, d.engine.limits.PageTime)
	}
	d.release()
}

func (d *Document) release() {
	if d.process != nil {
		d.engine.readers.Put(d.process)
		d.process = nil
	}
}

// Page reads the characters, lines and pictures of a page, numbered from 1.
func (d *Document) Page(ctx context.Context, number int) (Page, error) {
	var p Page
	err := d.call(ctx, "page", number, pageRequest{number}, &p)
	return p, err
}

// Raster is a page as an image.
type Raster struct {
	Image  image.Image // *image.RGBA on white where colour was asked for and there is any, or else *image.Gray
	DPI    int         // may be less than asked for, on a large page
	Failed bool        // there is a picture on the page, and it came out blank or nearly black: do not take it for an empty form
}

// Render draws a page, numbered from 1, as displayed, with its form fields and
// comments.
func (d *Document) Render(ctx context.Context, number, dpi int, color bool) (Raster, error) {
	return d.raster(ctx, imageRequest{Number: number, DPI: dpi, Color: color})
}

// RenderPixels draws a page as Render does, in colour and on so many pixels, in the
// page's proportions: the picture of a scan comes out as it is stored, with no pixel
// spread over its neighbours. DPI is the nearest whole resolution.
func (d *Document) RenderPixels(ctx context.Context, number, dpi, width, height int) (Raster, error) {
	return d.raster(ctx, imageRequest{Number: number, DPI: dpi, Color: true, Width: width, Height: height})
}

// Cutout is a part of a page as an image.
type Cutout struct {
	Image *image.Gray
	X, Y  float64 // where its top left lies on the page, points
}

// Cutouts draws places of a page, numbered from 1, each with some of what is around it.
// They are nil, without an error, for a page that must be seen as a whole: see Render.
func (d *Document) Cutouts(ctx context.Context, number, dpi int, boxes []layout.Box) ([]Cutout, error) {
	var a cutoutAnswer
	if err := d.call(ctx, "cutouts", number, cutoutRequest{number, dpi, boxes}, &a); err != nil || a.Refused {
		return nil, err
	}
	cutouts := make([]Cutout, len(a.Cutouts))
	for i, c := range a.Cutouts {
		rect := image.Rect(0, 0, c.Image.Width, c.Image.Height)
		cutouts[i] = Cutout{&image.Gray{Pix: c.Image.Pix, Stride: c.Image.Stride, Rect: rect}, c.X, c.Y}
	}
	return cutouts, nil
}

func (d *Document) raster(ctx context.Context, q imageRequest) (Raster, error) {
	var a imageAnswer
	if err := d.call(ctx, "image", q.Number, q, &a); err != nil {
		return Raster{}, err
	}
	r := Raster{DPI: a.DPI, Failed: a.Failed}
	rect := image.Rect(0, 0, a.Width, a.Height)
	if a.Color {
		r.Image = &image.RGBA{Pix: a.Pix, Stride: a.Stride, Rect: rect}
	} else {
		r.Image = &image.Gray{Pix: a.Pix, Stride: a.Stride, Rect: rect}
	}
	return r, nil
}

// call asks the child, on a new one if the old one died.
func (d *Document) call(ctx context.Context, method string, number int, request, answer any) error {
	if number < 1 || number > d.pages {
		return fmt.Errorf("page %d of %d", number, d.pages)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	err := d.retry(func() error {
		if d.process == nil {
			if err := d.connect(ctx); err != nil {
				return err
			}
		}
		return d.timed(ctx, method, request, answer)
	})
	if err != nil {
		return fmt.Errorf("page %d: %w", number, err)
	}
	return nil
}

// connect takes a child and opens the document in it.
func (d *Document) connect(ctx context.Context) error {
	mine := func(value any) bool { h, ok := value.(held); return ok && h.sha256 == d.sum }
	process, err := d.engine.readers.Holding(ctx, mine)
	if err != nil {
		return err
	}
	d.process = process
	if mine(process.Held) {
		d.pages = process.Held.(held).pages
		process.Held = nil
		return nil
	}
	process.Held = nil
	var ready nothing
	if err := process.Call(ctx, "ready", nothing{}, &ready, readyTime); err != nil {
		return fmt.Errorf("start PDFium: %w", err)
	}
	var opened openAnswer
	if err := d.timed(ctx, "open", &openRequest{d.data}, &opened); err != nil {
		return err
	}
	d.pages = opened.Pages
	return nil
}

// timed is one call within the page's and the document's deadline.
func (d *Document) timed(ctx context.Context, method string, request, answer any) error {
	left := min(d.engine.limits.PageTime, d.engine.limits.DocumentTime-d.spent)
	if left <= 0 {
		return worker.ErrTimeout
	}
	err := d.process.Call(ctx, method, request, answer, left)
	d.spent += d.process.Took
	return err
}

// retry does it once more after the child died: it may have been the child's own
// trouble. Two deaths, and a deadline once, are the document's.
func (d *Document) retry(do func() error) error {
	err := do()
	if errors.Is(err, worker.ErrDied) {
		d.release()
		err = do()
	}
	for _, end := range []error{worker.ErrDied, worker.ErrTimeout, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, end) {
			d.release()
		}
	}
	return worker.Coded(err,
		"Reading the PDF ended the reading process twice; print the file to a new PDF and try that.",
		"The PDF takes too long to read; print the file to a new PDF and try that.")
}
