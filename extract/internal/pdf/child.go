package pdf

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/klippa-app/go-pdfium"
	pdfium_errors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"heji/extract/internal/limits"
	"heji/extract/internal/worker"
	"heji/form"
)

// The two kinds of child process.
const (
	kindReader  = "pdf"
	kindWitness = "pdf2"
)

// cacheVar names the folder for compiled code in a child's environment.
const cacheVar = "HEJI_PDF_CACHE"

// Services are what the child processes of this package do, for worker.Main.
func Services() map[string]worker.Service {
	return map[string]worker.Service{kindReader: readerService, kindWitness: witnessService}
}

type (
	openRequest  struct{ Data []byte }
	openAnswer   struct{ Pages int }
	pageRequest  struct{ Number int }
	imageRequest struct {
		Number, DPI   int
		Color         bool
		Width, Height int // pixels, in place of DPI; 0 for by DPI
	}
	nothing struct{}
)

// Load is the file, for worker.Freight.
func (q *openRequest) Load() *[]byte { return &q.Data }

// readerService loads PDFium. From the cache that takes a tenth of a second; the
// first time on a machine, some seconds of compiling.
func readerService() (worker.Serve, error) {
	c, err := startChild(os.Getenv(cacheVar), limits.OfProcess())
	if err != nil {
		return nil, err
	}
	return worker.Methods(map[string]func(worker.Message) (worker.Message, error){
		"ready":    worker.On(func(nothing) (nothing, error) { return nothing{}, nil }),
		"open":     worker.On(guarded(c, c.open)),
		"page":     worker.On(guarded(c, c.page)),
		"image":    worker.On(c.released(guarded(c, c.image))),
		"cutouts":  worker.On(guarded(c, c.cutouts)),
		"annotate": worker.On(guarded(c, c.annotate)),
		"close":    worker.On(func(nothing) (nothing, error) { c.drop(); c.data = nil; return nothing{}, nil }),
	}), nil
}

// child holds PDFium and at most one open document.
type child struct {
	limits limits.Limits
	pool   pdfium.Pool
	face   *face // nil without a Chinese font on this machine
	data   []byte

	// The instance is one sandbox. It is thrown away with its document, and after
	// any error: a trap leaves its memory in an unknown state.
	instance pdfium.Pdfium
	document references.FPDF_DOCUMENT
	pages    map[int]*openPage
	handles  int           // objects go-pdfium keeps a record of until the instance ends
	held     *atomic.Int64 // bytes of the instance's memory
}

// maxHandles is when a document is opened anew, to be rid of the records.
const maxHandles = 200000

// mostHeld is what PDFium may hold, in bytes, when the picture of a page has been handed
// over: reading that takes seconds and much memory elsewhere, and opening the document
// anew for the next page some hundredths of a second.
const mostHeld = 96 << 20

func startChild(cacheDir string, l limits.Limits) (*child, error) {
	font, _ := Font()
	held := new(atomic.Int64)
	start := func(config wazero.RuntimeConfig) (pdfium.Pool, error) {
		return webassembly.Init(webassembly.Config{
			Context:       experimental.WithMemoryAllocator(context.Background(), allocator(l.EngineBytes, held)),
			MaxTotal:      1,
			FSConfig:      wazero.NewFSConfig().WithFSMount(fontFS(font), "/"),
			RuntimeConfig: config,
			Stdout:        io.Discard,
			Stderr:        io.Discard,
		})
	}
	config := wazero.NewRuntimeConfigCompiler().
		WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling)
	cached := config
	if cache := compilationCache(cacheDir); cache != nil {
		cached = config.WithCompilationCache(cache)
	}
	pool, err := start(cached)
	if err != nil && cached != config { // where the cache cannot be written every start compiles anew
		pool, err = start(config)
	}
	if err != nil {
		return nil, fmt.Errorf("load PDFium: %w", err)
	}
	return &child{limits: l, pool: pool, face: openFace(font), held: held}, nil
}

// compilationCache is the cache in a folder, or nil where there can be none. What lies there is run as native code: nobody
// else may write to it.
func compilationCache(dir string) wazero.CompilationCache {
	if dir == "" || os.MkdirAll(dir, 0o700) != nil || os.Chmod(dir, 0o700) != nil {
		return nil
	}
	cache, err := wazero.NewCompilationCacheWithDir(dir)
	if err != nil {
		return nil
	}
	return cache
}

// defaultCacheDir is the user's own, or "" where there is none.
func defaultCacheDir() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "heji", "wazero")
}

// guarded throws the instance away after an error or a panic, and turns a panic
// of go-pdfium into an error.
func guarded[Q, A any](c *child, serve func(Q) (A, error)) func(Q) (A, error) {
	return func(q Q) (answer A, err error) {
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("panic: %v", p)
			}
			if err != nil {
				c.drop()
				err = asFormError(err)
			}
		}()
		return serve(q)
	}
}

// released throws the instance away when it holds much after a picture was made.
func (c *child) released(serve func(imageRequest) (imageAnswer, error)) func(imageRequest) (imageAnswer, error) {
	return func(q imageRequest) (imageAnswer, error) {
		a, err := serve(q)
		if c.held.Load() > mostHeld {
			c.drop()
		}
		return a, err
	}
}

// asFormError gives an error that a document caused its code.
func asFormError(err error) error {
	switch {
	case form.CodeOf(err) != "":
		return err
	case strings.Contains(err.Error(), "wasm error"), strings.Contains(err.Error(), "could not allocate"),
		strings.Contains(err.Error(), "exit_code"), strings.Contains(err.Error(), "too large"):
		return &form.Error{Code: form.TooLarge, Err: err,
			Message: "A page needs more memory than a form ever does; print the file to a new PDF and try that."}
	}
	return &form.Error{Code: form.Damaged, Err: err,
		Message: "The PDF has a page that cannot be read; open it in a viewer, save it again or scan it, and try that."}
}

func (c *child) open(q openRequest) (openAnswer, error) {
	c.drop()
	c.data = q.Data
	if err := c.load(); err != nil {
		return openAnswer{}, err
	}
	count, err := c.instance.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: c.document})
	switch {
	case err != nil:
		return openAnswer{}, err
	case count.PageCount <= 0:
		return openAnswer{}, &form.Error{Code: form.NoPages,
			Message: "The PDF has no pages; ask for the file again."}
	case count.PageCount > c.limits.Pages:
		return openAnswer{}, &form.Error{Code: form.TooLarge,
			Message: fmt.Sprintf("The PDF has %d pages and at most %d are read; split it and try the parts.", count.PageCount, c.limits.Pages)}
	}
	return openAnswer{count.PageCount}, nil
}

// ready sees to it that the document is open, anew where too much is held of it.
func (c *child) ready() error {
	if c.handles > maxHandles {
		c.drop()
	}
	return c.load()
}

// load makes an instance and opens the document in it.
func (c *child) load() error {
	if c.instance != nil {
		return nil
	}
	if c.data == nil {
		return errors.New("no document is open")
	}
	instance, err := c.pool.GetInstance(30 * time.Second)
	if err != nil {
		return fmt.Errorf("PDFium instance: %w", err)
	}
	c.instance, c.handles, c.pages = instance, 0, map[int]*openPage{}
	document, err := instance.OpenDocument(&requests.OpenDocument{File: &c.data})
	if err != nil {
		return openError(err, c.data)
	}
	c.document = document.Document
	return nil
}

func openError(err error, data []byte) error {
	switch {
	case errors.Is(err, pdfium_errors.ErrPassword), errors.Is(err, pdfium_errors.ErrSecurity):
		return &form.Error{Code: form.Encrypted, Err: err,
			Message: "The PDF needs a password; remove the password in a PDF program and try again."}
	case !bytes.Contains(data[:min(1024, len(data))], []byte("%PDF-")):
		return &form.Error{Code: form.NotADocument, Err: err,
			Message: "The file is called PDF and is none; ask for the file again."}
	}
	return &form.Error{Code: form.Damaged, Err: err,
		Message: "The PDF is damaged and could not be repaired; ask for the file again."}
}

// drop ends the instance, and with it all that PDFium holds of the document.
func (c *child) drop() {
	if c.instance == nil {
		return
	}
	instance := c.instance
	c.instance, c.document = nil, ""
	defer func() { _ = recover() }() // ending it after a trap may panic; the memory is gone either way
	_ = instance.Kill()              // Close would first have PDFium free, one by one, what goes as a whole
}

// openPage is a page whose content PDFium has parsed, which is much of the work on it.
type openPage struct {
	ref   references.FPDF_PAGE
	light bool // it holds no pictures, and little else
}

// A page is light up to so many objects, and so many light ones stay open.
const (
	lightObjects = 5000
	mostPages    = 6
)

// at is the page, whose number is 1-based. Pages stay open for a second look, but those
// that hold pictures only until another is asked for.
func (c *child) at(number int) (requests.Page, error) {
	p, open := c.pages[number]
	if !open {
		for n, other := range c.pages {
			if !other.light || len(c.pages) >= mostPages {
				delete(c.pages, n)
				if _, err := c.instance.FPDF_ClosePage(&requests.FPDF_ClosePage{Page: other.ref}); err != nil {
					return requests.Page{}, err
				}
			}
		}
		loaded, err := c.instance.FPDF_LoadPage(&requests.FPDF_LoadPage{Document: c.document, Index: number - 1})
		if err != nil {
			return requests.Page{}, err
		}
		p = &openPage{ref: loaded.Page}
		c.pages[number] = p
	}
	return requests.Page{ByReference: &p.ref}, nil
}

// size is the page as displayed, in points, if it is one that can be a form.
func (c *child) size(page requests.Page) (width, height float64, err error) {
	w, err := c.instance.FPDF_GetPageWidth(&requests.FPDF_GetPageWidth{Page: page})
	if err != nil {
		return 0, 0, err
	}
	h, err := c.instance.FPDF_GetPageHeight(&requests.FPDF_GetPageHeight{Page: page})
	if err != nil {
		return 0, 0, err
	}
	if !(min(w.Width, h.Height) >= minSide && max(w.Width, h.Height) <= maxSide) {
		return 0, 0, &form.Error{Code: form.TooLarge,
			Message: fmt.Sprintf("A page measures %.4g × %.4g points, which no form does; print the file to a new PDF and try that.", w.Width, h.Height)}
	}
	return w.Width, h.Height, nil
}

// display is the map from the page's own coordinates to points from the top left
// as displayed. PDFium knows it only in whole pixels, so it is asked at a thousand
// pixels a point.
func (c *child) display(page requests.Page, width, height float64) (matrix, error) {
	const fine = 1000
	var p [3][2]float64
	for i, q := range [3][2]float64{{0, 0}, {100, 0}, {0, 100}} {
		r, err := c.instance.FPDF_PageToDevice(&requests.FPDF_PageToDevice{
			Page: page, SizeX: int(width * fine), SizeY: int(height * fine), PageX: q[0], PageY: q[1],
		})
		if err != nil {
			return matrix{}, err
		}
		p[i] = [2]float64{float64(r.DeviceX) / fine, float64(r.DeviceY) / fine}
	}
	return matrix{
		(p[1][0] - p[0][0]) / 100, (p[1][1] - p[0][1]) / 100,
		(p[2][0] - p[0][0]) / 100, (p[2][1] - p[0][1]) / 100,
		p[0][0], p[0][1],
	}, nil
}

func (c *child) page(q pageRequest) (Page, error) {
	if err := c.ready(); err != nil {
		return Page{}, err
	}
	page, err := c.at(q.Number)
	if err != nil {
		return Page{}, err
	}
	width, height, err := c.size(page)
	if err != nil {
		return Page{}, err
	}
	display, err := c.display(page, width, height)
	if err != nil {
		return Page{}, err
	}
	p := Page{Number: q.Number, Width: width, Height: height}
	drawn, err := c.drawing(page, display, layoutBox(width, height))
	if err != nil {
		return Page{}, err
	}
	p.Segments, p.Images, p.Objects = drawn.segments, drawn.images, drawn.objects
	c.pages[q.Number].light = len(drawn.images) == 0 && drawn.objects <= lightObjects
	if p.Chars, err = c.chars(page, display, drawn); err != nil {
		return Page{}, err
	}
	dpi := proofDPI(p.Chars)
	if _, small := fit(width, height, dpi, c.limits.PagePixels); small && hasInk(p.Chars) {
		seen, err := c.image(imageRequest{Number: q.Number, DPI: dpi})
		if err != nil {
			return Page{}, err
		}
		seen.ink(p.Chars, drawn.doubtful || drawn.pale+drawn.covered > 0)
		p.False, p.FalseZH = prove(p.Chars, seen, c.face)
	}
	fields, err := c.fields(page, display)
	if err != nil {
		return Page{}, err
	}
	p.Chars = mark(onPage(append(p.Chars, fields...), width, height))
	return p, nil
}
