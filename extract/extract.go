// Package extract reads what is printed where: it turns a PDF, an image or a
// transcript into a layout.Document.
package extract

import (
	"context"
	"errors"

	"heji/layout"
)

// Version names the reader. It changes when the same file may read differently,
// so that what an older reader stored can be told apart and replaced.
const Version = "1"

// Options says how a Reader works. The zero Options are the defaults.
type Options struct {
	Jobs     int    // worker processes of each kind; 0 for one a core
	CacheDir string // for compiled code; "" for the user's cache folder
}

// Reader holds the worker processes. It may be used from several goroutines.
type Reader struct{}

// RunWorker turns the process into a worker when its parent asked for one, and
// then does not return. It is the first thing main and TestMain call.
func RunWorker() {}

// Open makes a Reader. Workers start when first needed.
func Open(Options) (*Reader, error) { return &Reader{}, nil }

// Close ends the worker processes.
func (r *Reader) Close() error { return nil }

// Extract reads one document. The error is a *form.Error where the document is
// at fault.
func (r *Reader) Extract(ctx context.Context, name string, data []byte) (layout.Document, error) {
	return layout.Document{}, errors.New("not written yet")
}
