// Package batch puts the stages in order: it is the one place that knows that
// a document is extracted, then parsed, normalized and audited.
//
//	sources := batch.Sources(ctx, paths, os.Stdin, nil)
//	err := batch.Run(ctx, sources, process, batch.Options{}, sink)
//
// Process takes one document all the way. Run does so for many at once and
// hands the results on in the order of the sources, so that two runs over the
// same folder print the same thing. A document that cannot be read becomes a
// record with an error and the batch goes on; nothing about one document can
// end it.
//
// Memory does not grow with the batch: folders are walked, and buckets listed, as they are needed,
// and at most a few results per core wait for a slow document before them.
package batch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"heji/extract"
	"heji/form"
	"heji/layout"
	"heji/normalize"
	"heji/parse"
)

// Reader is the first stage; *extract.Reader is the one that reads real documents.
type Reader interface {
	// Extract says what is printed where. Its error is a *form.Error where the
	// document is at fault.
	Extract(ctx context.Context, name string, data []byte) (layout.Document, error)
	// Look reads places again, from their pixels.
	Look(ctx context.Context, data []byte, places []extract.Place) ([]layout.Cell, error)
	// MostBytes is the size of the largest document that it reads.
	MostBytes() int64
}

// Result is what became of one document.
type Result struct {
	Document form.Document
	Path     string          // where the document is, if that is not its name
	Layout   layout.Document // empty when Err is set before anything was extracted
	Forms    []Form          // none when Err is set
	Err      *form.Error     // why the document could not be read; its Err says what happened underneath
	Stage    Stage           // where it stopped; "" when it did not
	Looks    []Sight         // what was seen where the pixels were looked at again
	Known    bool            // it was read before and is not read again; Layout and Looks are empty
}

// Stage names the part of the way on which a document stopped.
type Stage string

const (
	Find       Stage = "find"       // the file was not there, or could not be opened
	Extract    Stage = "extract"    // what is printed could not be read
	Understand Stage = "understand" // no form was found in what is printed
)

// Form is one self-evaluation form and what is wrong with it.
type Form struct {
	Form          form.Form
	Discrepancies []form.Discrepancy
}

// Records are what is told of the document: one record a form, or one with the
// error.
func (r Result) Records() []form.Record {
	if r.Err != nil {
		return []form.Record{{Document: r.Document, Err: r.Err}}
	}
	records := make([]form.Record, len(r.Forms))
	for i := range r.Forms {
		records[i] = form.Record{
			Document:      r.Document,
			Form:          &r.Forms[i].Form,
			Discrepancies: r.Forms[i].Discrepancies,
		}
	}
	return records
}

// Process reads one document, finds its forms and checks them. Whatever goes
// wrong is in the result, for a bad document is a result and not a failure.
func Process(ctx context.Context, reader Reader, src Source) Result {
	r, data := extracted(ctx, reader, src)
	if r.Err != nil {
		return r
	}
	r.process(ctx, reader, data)
	return r
}

// ProcessNew is Process for a document that known does not know by its hash. Of
// one that it does, it gives what known says, with Known set, and nothing but the
// file's bytes is read.
func ProcessNew(ctx context.Context, reader Reader, src Source, known func(ctx context.Context, d form.Document) (*Result, error)) Result {
	r, data := opened(ctx, src, reader.MostBytes())
	if r.Err != nil {
		return r
	}
	before, err := known(ctx, r.Document)
	switch {
	case err != nil:
		r.Err = asFormError(err)
		r.Stage = Find
		return r
	case before != nil:
		before.Known = true
		return *before
	}
	if r.extract(ctx, reader, src, data); r.Err == nil {
		r.process(ctx, reader, data)
	}
	return r
}

// process is what comes after the first stage.
func (r *Result) process(ctx context.Context, reader Reader, data []byte) {
	seen := &witness{Reader: reader}
	if err := guard(func() error {
		if err := r.understand(); err != nil {
			return err
		}
		return r.confirm(ctx, seen, data)
	}); err != nil {
		r.Forms = nil
		r.Err = asFormError(err)
		r.Stage = Understand
	}
	r.Looks = seen.sights
}

// Layout is the first stage alone: it says what is printed where, and
// understands none of it.
func Layout(ctx context.Context, reader Reader, src Source) Result {
	r, _ := extracted(ctx, reader, src)
	return r
}

// extracted is the result of the first stage, with the document's bytes.
func extracted(ctx context.Context, reader Reader, src Source) (Result, []byte) {
	r, data := opened(ctx, src, reader.MostBytes())
	if r.Err == nil {
		r.extract(ctx, reader, src, data)
	}
	return r, data
}

// opened has the document's bytes and says what they are called.
func opened(ctx context.Context, src Source, most int64) (Result, []byte) {
	r := Result{Document: form.Document{Name: src.Name}, Path: src.Path}
	data, ferr := src.Read(ctx, most)
	if ferr != nil {
		r.Err, r.Stage = ferr, Find
		return r, nil
	}
	sum := sha256.Sum256(data)
	r.Document.SHA256 = hex.EncodeToString(sum[:])
	r.Document.Bytes = int64(len(data))
	return r, data
}

// extract is the first stage.
func (r *Result) extract(ctx context.Context, reader Reader, src Source, data []byte) {
	err := guard(func() (err error) {
		r.Layout, err = reader.Extract(ctx, src.Name, data)
		return err
	})
	r.Document.Pages = len(r.Layout.Pages)
	if err != nil {
		r.Err, r.Stage = asFormError(err), Extract
	}
}

// understand is parse and normalize, form by form.
func (r *Result) understand() error {
	sheets, err := parse.Parse(r.Layout)
	if err != nil {
		return err
	}
	for _, sheet := range sheets {
		r.Forms = append(r.Forms, Form{Form: normalize.Normalize(sheet)})
	}
	return nil
}

// guard turns a panic into an error: a document that trips over a mistake of
// ours must not take the rest of the batch with it.
func guard(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return f()
}

// asFormError keeps an error that names its code. Any other is a mistake of
// ours, or of the machine, that this document brought out.
func asFormError(err error) *form.Error {
	if e, ok := errors.AsType[*form.Error](err); ok {
		return e
	}
	return &form.Error{
		Code:    form.Crashed,
		Message: fmt.Sprintf("heji failed on this document (%v); run `heji doctor`, and if it finds nothing, report the document", err),
		Err:     err,
	}
}
