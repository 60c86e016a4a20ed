// Package ocr reads pictures of cells with Tesseract's trained data, in worker
// processes, and says how far each reading can be relied on. Lines are read many at
// a time by package lstm; whole pictures, and data of a kind that lstm does not
// know, by Tesseract itself.
//
//	engine := ocr.Open(jobs)
//	defer engine.Close()
//	cells, err := engine.Cells(ctx, crops)
//
// An OCR engine is sure of itself when it is wrong, so its confidence decides
// nothing here. What decides is whether independent witnesses agree: two sets of
// trained data, the same data with other margins, and the shapes of the marks
// themselves, which tell a dash from 一, ≥ from 2, and how many points a number
// has. A number that two readings agree on and whose shape fits is settled. Any
// other gets a Doubt, and all of its readings are kept, best first, for the
// arithmetic to choose from. See readCell.
package ocr

import (
	"context"
	"errors"
	"image"
	"sync"
	"time"

	"heji/extract/internal/worker"
	"heji/layout"
)

const (
	batchSize    = 32               // cells a call: enough to be read side by side
	batchTimeout = 2 * time.Minute  // a hundred times what they take
	recycle      = 5000 / batchSize // calls: Tesseract leaks a few kilobytes a cell
	memory       = 2 << 30          // address space of a worker
)

// Engine holds the worker processes. It may be used from several goroutines.
type Engine struct {
	pool *worker.Pool
	jobs int
}

// Open makes an Engine of at most jobs processes, which start when first needed.
func Open(jobs int) *Engine {
	jobs = max(jobs, 1)
	return &Engine{pool: worker.NewPool(worker.Spec{Kind: kind, Memory: memory, Recycle: recycle, Read: dataRoots()}, jobs), jobs: jobs}
}

// Close ends the worker processes.
func (e *Engine) Close() { e.pool.Close() }

// Crop is the picture of one cell, or of a line of text: gray, black on white
// paper, level, without ruling lines, with some white around it.
type Crop struct {
	Width, Height int
	Pix           []byte
	DPI           float64
}

// NewCrop is the crop that g shows at a resolution in dpi.
func NewCrop(g *image.Gray, dpi float64) Crop {
	w, h, pix := packed(g)
	return Crop{Width: w, Height: h, Pix: pix, DPI: dpi}
}

func (c Crop) gray() *image.Gray {
	return &image.Gray{Pix: c.Pix, Stride: c.Width, Rect: image.Rect(0, 0, c.Width, c.Height)}
}

// Cell is what was read in a crop. The fields are those of layout.Cell.
type Cell struct {
	layout.Reading
	Ink    bool
	Others []layout.Reading // other readings of the same ink, best first
	Doubt  string
}

// Cells reads crops, in their order, on all workers at once. The error is the
// context's, or a *form.Error: ocr-unavailable when Tesseract or its data is missing,
// crashed when the engine died twice of the same crops, timeout when it hung on them.
func (e *Engine) Cells(ctx context.Context, crops []Crop) ([]Cell, error) {
	cells := make([]Cell, len(crops))
	var group sync.WaitGroup
	errs := make([]error, e.jobs)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	starts := make(chan int)
	for i := range errs {
		group.Go(func() {
			for start := range starts {
				end := min(start+batchSize, len(crops))
				if errs[i] == nil {
					errs[i] = e.batch(ctx, crops[start:end], cells[start:end])
				}
				if errs[i] != nil {
					cancel()
				}
			}
		})
	}
	for start := 0; start < len(crops); start += batchSize {
		starts <- start
	}
	close(starts)
	group.Wait()
	return cells, firstCause(errs)
}

// firstCause is the error that came first: the others were cancelled by it.
func firstCause(errs []error) error {
	var first error
	for _, err := range errs {
		if first == nil || err != nil && errors.Is(first, context.Canceled) {
			first = err
		}
	}
	return first
}

// batch reads some crops in one call.
func (e *Engine) batch(ctx context.Context, crops []Crop, cells []Cell) error {
	var got []Cell
	err := e.pool.Ask(ctx, "cells", crops, &got, batchTimeout)
	if err == nil && len(got) != len(cells) {
		err = errors.New("ocr worker: an answer is missing")
	}
	copy(cells, got)
	return worker.Coded(err,
		"Reading the print of a page ended the reading process twice; scan the page again at 300 dpi and try that.",
		"The print of a page takes too long to read; scan the page again at 300 dpi and try that.")
}

// Recognise reads pictures once each, without any policy, for measuring and for
// finding out how a page lies. Deadline is for all of them.
func (e *Engine) Recognise(ctx context.Context, requests []Request, deadline time.Duration) ([]Result, error) {
	var results []Result
	err := e.pool.Ask(ctx, "recognise", requests, &results, deadline)
	return results, err
}
