package ocr

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/otiai10/gosseract/v2"

	"heji/extract/internal/ocr/lstm"
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
	t := &tesseract{clients: map[string]*client{}, models: map[Language]*lstm.Model{}}
	return worker.Methods(map[string]func(worker.Message) (worker.Message, error){
		"cells": worker.On(func(crops []Crop) ([]Cell, error) { return readCells(t.readAll, crops) }),
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
	Least      float64   // the belief in the least sure Han character; 1 where there is none, and where only Tesseract could read
	Sure       float64   // the share of belief in the whole text; 0 where only Tesseract could read
	Others     []string  // other texts that are likely, the likeliest first
	Shares     []float64 // of belief, of each of Others
	Joined     int       // pairs of neighbouring characters of the text that stand in one word, by Chinese data
	Label      string    // the tidied text with the label of the vocabulary that it is but for a misread character
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
type tesseract struct {
	clients map[string]*client
	models  map[Language]*lstm.Model // nil where there is none that we can use ourselves
	lexicon lexicon
}

type client struct {
	*gosseract.Client
	segmentation Segmentation
}

// readAll reads pictures. Single lines are read together, with Tesseract's data and
// without Tesseract, unless the data is of a kind that only Tesseract can use.
func (t *tesseract) readAll(requests []Request) ([]Result, error) {
	results := make([]Result, len(requests))
	lines := map[Language][]int{}
	for i, q := range requests {
		if m := t.model(q.Language); q.Segmentation == Raw && m != nil && q.whole() {
			lines[q.Language] = append(lines[q.Language], i)
			continue
		}
		r, err := t.read(q)
		if err != nil {
			return nil, err
		}
		results[i] = r
	}
	for language, at := range lines {
		pictures := make([]*image.Gray, len(at))
		for k, i := range at {
			q := requests[i]
			pictures[k] = &image.Gray{Pix: q.Pix, Stride: q.Width, Rect: image.Rect(0, 0, q.Width, q.Height)}
		}
		for k, r := range t.model(language).Read(pictures) {
			r = t.lexicon.prefer(r)
			r.Text = widths(r.Text, r.Symbols)
			results[at[k]] = lineResult(r)
			if language == Chinese {
				results[at[k]].Joined = t.lexicon.joined(tidy(r.Text))
				results[at[k]].Label, _ = t.lexicon.label(tidy(r.Text))
			}
		}
	}
	return results, nil
}

// lineResult is a line's reading. Its confidence is the mean of its characters'.
func lineResult(r lstm.Reading) Result {
	out := Result{Text: r.Text, Sure: r.Confidence, Least: 1}
	n := 0
	for _, s := range r.Symbols {
		if isHan(s.Char) {
			out.Least = min(out.Least, s.Share)
		}
		if s.Char != " " {
			out.Confidence += s.Share
			n++
		}
	}
	if n > 0 {
		out.Confidence /= float64(n)
	}
	for _, o := range r.Others {
		if o.Confidence >= likely {
			out.Others, out.Shares = append(out.Others, o.Text), append(out.Shares, o.Confidence)
		}
	}
	return out
}

// likely is the share of belief above which another reading of a line is kept.
const likely = 0.02

// model is a language's trained data for our own use, loaded when first asked for.
func (t *tesseract) model(language Language) *lstm.Model {
	m, ok := t.models[language]
	if !ok {
		for _, folder := range dataFolders() {
			// What fails to load here is tried by Tesseract, which says what is wrong.
			if m, _ = lstm.Load(filepath.Join(folder, string(language)+".traineddata")); m != nil {
				break
			}
		}
		t.models[language] = m
		if m != nil && language == Chinese {
			t.lexicon = newLexicon(vocabulary, confusions, m.Words())
		}
	}
	return m
}

// dataFolders are where Tesseract's trained data may lie, likeliest first.
func dataFolders() []string {
	if folder := os.Getenv("TESSDATA_PREFIX"); folder != "" {
		return []string{folder}
	}
	var folders []string
	for _, pattern := range []string{"/usr/share/tesseract-ocr/*/tessdata", "/usr/share/tessdata", "/usr/local/share/tessdata", "/opt/homebrew/share/tessdata"} {
		found, _ := filepath.Glob(pattern)
		slices.Sort(found)
		slices.Reverse(found) // the newest
		folders = append(folders, found...)
	}
	return folders
}

// dataRoots are the folders that a worker must see to find the trained data.
func dataRoots() []string {
	roots := []string{"/usr/share/tesseract-ocr", "/usr/share/tessdata", "/usr/local/share/tessdata", "/opt/homebrew/share/tessdata"}
	if folder := os.Getenv("TESSDATA_PREFIX"); folder != "" {
		roots = append(roots, folder)
	}
	return roots
}

// whole reports whether the picture has as many pixels as it says.
func (q Request) whole() bool { return q.Width > 0 && q.Height > 0 && len(q.Pix) == q.Width*q.Height }

func (t *tesseract) read(q Request) (Result, error) {
	if !q.whole() {
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
	r := Result{Least: 1}
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
