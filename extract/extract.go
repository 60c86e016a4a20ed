// Package extract reads what is printed where: it turns a PDF, an image or a
// transcript into a layout.Document.
//
// The way is chosen page by page, and cell by cell where a page has both
// characters and pixels:
//
//	a PDF page with a text layer   characters and vector lines → grid → cells
//	a scan, or an image file       picture → level page → ruling lines → grid → cells → OCR
//	a Word or Excel file           its tables
//	a transcript                   another tool's tables, as they stand
//
// A text layer is believed where nothing about it is suspicious; a cell whose
// characters are, or that holds ink and no characters, is read from the pixels.
// Engines run in worker processes, so that a hostile or broken file costs a page
// and not the batch:
//
//	func main() { extract.RunWorker(); … }
//
//	r, err := extract.Open(extract.Options{})
//	defer r.Close()
//	doc, err := r.Extract(ctx, "form.pdf", data)
package extract

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"path"
	"runtime"
	"strings"

	"heji/extract/internal/limits"
	"heji/extract/internal/ocr"
	"heji/extract/internal/office"
	"heji/extract/internal/pdf"
	"heji/extract/internal/worker"
	"heji/form"
	"heji/layout"
)

// Version names the reader. It changes when the same file may read differently,
// so that what an older reader stored can be told apart and replaced.
const Version = "3"

// Options says how a Reader works. The zero Options are the defaults.
type Options struct {
	Jobs     int    // worker processes of each kind; 0 for one a core
	CacheDir string // for compiled code; "" for the user's cache folder
	Kept     Kept   // pages that were read before; nil to remember none
	Limits   Limits // on one document
}

// Limits say how much one document may take. The zero of a field is its default.
type Limits = limits.Limits

// DefaultLimits are the limits where nothing else is said.
var DefaultLimits = limits.Default

// Reader holds the worker processes. It may be used from several goroutines.
type Reader struct {
	pdf    *pdf.Engine
	ocr    *ocr.Engine
	files  *worker.Pool
	kept   Kept
	limits Limits
}

// RunWorker turns the process into a worker when its parent asked for one, and
// then does not return. It is the first thing main and TestMain call.
func RunWorker() {
	services := pdf.Services()
	maps.Copy(services, ocr.Services())
	services[kindFiles] = filesService
	worker.Main(services)
}

// Confinement says how far this machine's kernel shuts the worker processes in:
// whether they see only their own files (Landlock), and whether the network and other
// processes are out of their reach (seccomp).
func Confinement() (files, calls bool) { return worker.Confinement() }

// Open makes a Reader. Workers start when first needed. The error is about a limit that
// is out of range.
func Open(o Options) (*Reader, error) {
	if o.Jobs <= 0 {
		o.Jobs = runtime.GOMAXPROCS(0)
	}
	l, err := o.Limits.Filled()
	if err != nil {
		return nil, err
	}
	return &Reader{
		pdf: pdf.New(pdf.Options{Workers: o.Jobs, CacheDir: o.CacheDir, Limits: l}),
		ocr: ocr.Open(o.Jobs),
		files: worker.NewPool(worker.Spec{
			Kind: kindFiles, Env: []string{l.Env()}, Memory: uint64(l.WorkerBytes), Answer: l.AnswerBytes, Recycle: 300,
		}, o.Jobs),
		kept:   o.Kept,
		limits: l,
	}, nil
}

// MostBytes is the size of the largest document that is read.
func (r *Reader) MostBytes() int64 { return r.limits.FileBytes }

// Oversize is the refusal of a document that has so many bytes where at most so many
// are read.
func Oversize(bytes, most int64) *form.Error {
	return &form.Error{Code: form.TooLarge,
		Message: fmt.Sprintf("the file has %d bytes and at most %d are read; split it, or scan it with less detail", bytes, most)}
}

// Close ends the worker processes.
func (r *Reader) Close() error {
	r.pdf.Close()
	r.ocr.Close()
	r.files.Close()
	return nil
}

// Extract reads one document. Name is as the user gave it; its ending says what
// the user takes the file for. The error is a *form.Error where the document is at
// fault.
func (r *Reader) Extract(ctx context.Context, name string, data []byte) (layout.Document, error) {
	sum := sha256.Sum256(data)
	doc := layout.Document{Name: name, SHA256: hex.EncodeToString(sum[:]), Bytes: int64(len(data))}
	if doc.Bytes > r.limits.FileBytes {
		return doc, Oversize(doc.Bytes, r.limits.FileBytes)
	}
	kind, err := kindOf(name, data)
	if err != nil {
		return doc, err
	}
	switch kind {
	case pdfFile:
		doc.Pages, err = r.readPDF(ctx, doc.SHA256, data)
	case imageFile:
		doc.Pages, err = r.readImage(ctx, doc.SHA256, data)
	case officeFile:
		err = r.inWorker(ctx, "office", name, data, &doc.Pages)
	case textFile:
		err = r.inWorker(ctx, "text", name, data, &doc.Pages)
	}
	for i := range doc.Pages {
		if doc.Pages[i].Source == layout.Scan {
			doubtPoorPrint(&doc.Pages[i])
		}
	}
	return doc, err
}

// kind is what a file is, by its first bytes.
type kind int

const (
	pdfFile kind = iota + 1
	imageFile
	officeFile
	textFile
)

// kindOf trusts the content over the name, and says so where they disagree: a
// picture called .pdf is more often a mistake in the archive than a document.
func kindOf(name string, data []byte) (kind, error) {
	if len(data) == 0 {
		return 0, &form.Error{Code: form.NotADocument, Message: "the file is empty; copy it again from where it came from"}
	}
	ending := strings.ToLower(path.Ext(name))
	image := imageFormat(data)
	switch {
	case bytes.Contains(data[:min(len(data), 1024)], []byte("%PDF-")):
		return pdfFile, nil
	case ending == ".pdf" && image != "":
		return 0, &form.Error{Code: form.NotADocument,
			Message: fmt.Sprintf("the file is called .pdf and is a %s picture; rename it to .%s and read it again", image, imageEndings[image])}
	case image != "":
		return imageFile, nil
	case office.Looks(data):
		return officeFile, nil
	case ending == ".pdf":
		return 0, &form.Error{Code: form.NotADocument, Message: "the file is called .pdf and is none: it does not begin as one; get the original file"}
	case ending == ".txt", ending == ".md", ending == ".markdown":
		return textFile, nil
	}
	return 0, &form.Error{Code: form.NotADocument,
		Message: "the file is neither a PDF, a picture (PNG, JPEG, TIFF), a Word or Excel file (.docx, .xlsx) nor a transcript (.txt, .md); convert it to one of these"}
}

var imageEndings = map[string]string{"PNG": "png", "JPEG": "jpg", "TIFF": "tif"}

// imageFormat is PNG, JPEG, TIFF or "" by the file's first bytes.
func imageFormat(data []byte) string {
	for format, starts := range map[string][]string{
		"PNG": {"\x89PNG\r\n\x1a\n"}, "JPEG": {"\xff\xd8\xff"}, "TIFF": {"II*\x00", "MM\x00*"},
	} {
		for _, start := range starts {
			if bytes.HasPrefix(data, []byte(start)) {
				return format
			}
		}
	}
	return ""
}
