package ocr

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"strconv"
	"strings"

	"github.com/otiai10/gosseract/v2"

	"heji/extract/internal/worker"
	"heji/form"
)

// kind is the name under which the program's worker dispatch knows the service.
const kind = "ocr"

// Services is what the program's worker dispatch needs to know of this package:
// it belongs in the map given to worker.Main.
func Services() map[string]worker.Service { return map[string]worker.Service{kind: serve} }

// serve reads pictures in a worker process. Languages load at the first picture
// that needs them.
func serve() (worker.Serve, error) {
	t := &tesseract{clients: map[string]*client{}}
	return worker.Methods(map[string]func([]byte) ([]byte, error){
		"cells": worker.On(func(crops []Crop) ([]Cell, error) {
			cells := make([]Cell, len(crops))
			for i, c := range crops {
				cell, err := readCell(t.read, c)
				if err != nil {
					return nil, err
				}
				cells[i] = cell
			}
			return cells, nil
		}),
		"recognise": worker.On(func(requests []Request) ([]Result, error) {
			results := make([]Result, len(requests))
			for i, q := range requests {
				result, err := t.read(q)
				if err != nil {
					return nil, err
				}
				results[i] = result
			}
			return results, nil
		}),
	}), nil
}

// Request is a picture to be read once.
type Request struct {
	Width, Height int
	Pix           []byte // gray, rows packed, 255 is paper
	Language      Language
	Segmentation  Segmentation
}

// Language is a set of Tesseract's trained data.
type Language string

const (
	Chinese Language = "chi_sim"
	English Language = "eng" // better at digits
)

// Segmentation is Tesseract's page segmentation mode.
type Segmentation int

const (
	Block Segmentation = 6  // some lines of text
	Line  Segmentation = 7  // one line
	Raw   Segmentation = 13 // one line, without Tesseract's own search for words
)

// Result is what was read in one picture.
type Result struct {
	Text       string // words joined by spaces, lines by "\n"
	Confidence float64
	Words      []Word
}

// Word is a word as Tesseract cuts them; in Chinese that means little.
type Word struct {
	Text       string
	Box        image.Rectangle // pixels of the request's picture
	Confidence float64         // 0 to 1
	Line       int
}

// NewRequest asks for one reading of a picture.
func NewRequest(g *image.Gray, language Language, segmentation Segmentation) Request {
	w, h, pix := packed(g)
	return Request{Width: w, Height: h, Pix: pix, Language: language, Segmentation: segmentation}
}

// packed is the picture's pixels without gaps between the rows.
func packed(g *image.Gray) (w, h int, pix []byte) {
	w, h = g.Rect.Dx(), g.Rect.Dy()
	if g.Stride == w && len(g.Pix) >= w*h {
		return w, h, g.Pix[:w*h]
	}
	pix = make([]byte, 0, w*h)
	for y := range h {
		pix = append(pix, g.Pix[y*g.Stride:y*g.Stride+w]...)
	}
	return w, h, pix
}

// tesseract holds one client a language, for the life of the process: a client
// made anew for each picture costs a tenth of a second. It is for one goroutine.
type tesseract struct{ clients map[string]*client }

type client struct {
	*gosseract.Client
	segmentation Segmentation
}

func (t *tesseract) read(q Request) (Result, error) {
	if q.Width <= 0 || q.Height <= 0 || len(q.Pix) != q.Width*q.Height {
		return Result{}, fmt.Errorf("a picture of %d × %d has %d pixels", q.Width, q.Height, len(q.Pix))
	}
	c, err := t.client(q.Language)
	if err != nil {
		return Result{}, err
	}
	if c.segmentation != q.Segmentation {
		// SetPageSegMode before the first recognition is lost; the variable is not.
		if err := c.SetVariable("tessedit_pageseg_mode", strconv.Itoa(int(q.Segmentation))); err != nil {
			return Result{}, err
		}
		c.segmentation = q.Segmentation
	}
	// We encode the picture ourselves: of a broken one a client that was used
	// before says that it is empty.
	var b bytes.Buffer
	fmt.Fprintf(&b, "P5 %d %d 255\n", q.Width, q.Height)
	b.Write(q.Pix)
	if err := c.SetImageFromBytes(b.Bytes()); err != nil {
		return Result{}, err
	}
	boxes, err := c.GetBoundingBoxesVerbose()
	if err != nil {
		return Result{}, unavailable(q.Language, err)
	}
	return resultOf(boxes), nil
}

func (t *tesseract) client(language Language) (*client, error) {
	if c, ok := t.clients[string(language)]; ok {
		return c, nil
	}
	c := &client{Client: gosseract.NewClient()}
	if err := c.SetLanguage(string(language)); err != nil {
		return nil, err
	}
	// Pictures reach us at the size of print at 300 dpi, whatever the scan's.
	if err := c.SetVariable("user_defined_dpi", "300"); err != nil {
		return nil, err
	}
	t.clients[string(language)] = c
	return c, nil
}

// unavailable is the error of a language that does not load.
func unavailable(language Language, err error) error {
	if !strings.Contains(err.Error(), "initialize TessBaseAPI") {
		return fmt.Errorf("tesseract %s: %w", language, err)
	}
	return &form.Error{
		Code:    form.OCRUnavailable,
		Message: fmt.Sprintf("Tesseract's data for %s cannot be loaded; install it (on Debian: apt install tesseract-ocr tesseract-ocr-chi-sim) or set TESSDATA_PREFIX to the folder that holds %s.traineddata", language, language),
		Err:     errors.Join(err),
	}
}

func resultOf(boxes []gosseract.BoundingBox) Result {
	var r Result
	var text strings.Builder
	line := -1
	for _, b := range boxes {
		word := strings.TrimSpace(b.Word)
		if word == "" {
			continue
		}
		at := b.BlockNum<<20 | b.ParNum<<10 | b.LineNum
		switch {
		case line < 0:
		case at != line:
			text.WriteByte('\n')
		default:
			text.WriteByte(' ')
		}
		line = at
		text.WriteString(word)
		confidence := min(max(b.Confidence/100, 0), 1)
		r.Words = append(r.Words, Word{Text: word, Box: b.Box, Confidence: confidence, Line: at})
		r.Confidence += confidence
	}
	if len(r.Words) > 0 {
		r.Confidence /= float64(len(r.Words))
	}
	r.Text = text.String()
	return r
}
