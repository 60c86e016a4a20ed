// Package layout says what is printed where on a document's pages, before
// anything is understood: text lines, and tables of cells with their row and
// column spans.
//
// A text-layer PDF, a scan and a transcript all end in the same types, so that
// the stages after extract need not know where a page came from. Every piece of
// text keeps its box, the reader that read it, how sure that reader was, and the
// other readings of the same ink.
//
// Boxes are in points (1/72 inch) from the top left corner of the page as it is
// displayed, after the page's own rotation and crop. A transcript has no
// geometry: its boxes are zero and its cells are known by row and column alone.
package layout

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// Document is one file as it was read.
type Document struct {
	Name   string `json:"name"`   // as the user gave it
	SHA256 string `json:"sha256"` // of the file's bytes, lower-case hex
	Bytes  int64  `json:"bytes"`
	Pages  []Page `json:"pages"`
}

// Source is where a page's text was taken from.
type Source string

const (
	TextLayer  Source = "text-layer" // characters of the PDF
	Scan       Source = "scan"       // pixels, by OCR
	Mixed      Source = "mixed"      // both on one page
	Transcript Source = "transcript" // a text file made by another tool
)

// Page is one page as displayed.
type Page struct {
	Number   int       `json:"number"` // 1-based
	Width    float64   `json:"width"`  // points
	Height   float64   `json:"height"` // points
	Source   Source    `json:"source"`
	DPI      float64   `json:"dpi,omitempty"`  // of the pixels read, for scans
	Skew     float64   `json:"skew,omitempty"` // degrees by which the scan was turned back, clockwise positive
	Turn     int       `json:"turn,omitempty"` // quarter turns clockwise after which the page reads upright; rows and edges are of the upright page, boxes of the page as displayed
	Lines    []Line    `json:"lines"`          // text outside tables, in reading order
	Tables   []Table   `json:"tables"`         // top to bottom
	Problems []Problem `json:"problems,omitempty"`
}

// Line is a line of text outside any table.
type Line struct {
	Box Box `json:"box"`
	Reading
	Others []Reading `json:"others,omitempty"` // other readings of the same ink, best first
	Doubt  string    `json:"doubt,omitempty"`  // as Cell.Doubt
}

// Table is a grid of Rows × Cols slots covered by cells. A merged cell covers
// several slots; a slot no cell covers was not closed by ruling lines.
type Table struct {
	Box        Box       `json:"box"`
	Rows       int       `json:"rows"`
	Cols       int       `json:"cols"`
	RowEdges   []float64 `json:"row_edges,omitempty"` // y of the Rows+1 edges, points; nil without geometry
	ColEdges   []float64 `json:"col_edges,omitempty"` // x of the Cols+1 edges, points; nil without geometry
	OpenTop    bool      `json:"open_top,omitempty"`  // no ruling line above the first row: it may go on from the page before
	OpenBottom bool      `json:"open_bottom,omitempty"`
	Aligned    bool      `json:"aligned,omitempty"` // no lines rule it: rows and columns were told by how the print is aligned
	Cells      []Cell    `json:"cells"`             // by row, then column of the top left slot
}

// Cell is one cell of a table and what is printed in it.
type Cell struct {
	Row     int       `json:"row"` // of the top left slot, 0-based
	Col     int       `json:"col"`
	RowSpan int       `json:"row_span"` // at least 1
	ColSpan int       `json:"col_span"`
	Box     Box       `json:"box"`
	Reading           // the reading believed
	Ink     bool      `json:"ink"`              // something is printed, whether or not it was read
	Others  []Reading `json:"others,omitempty"` // other readings of the same ink, best first; those that agree with Text are kept too, as witnesses
	Doubt   string    `json:"doubt,omitempty"`  // a problem code when the reading should not be relied on; see the Doubt constants
}

// Why a cell's reading should not be relied on.
const (
	Illegible   = "illegible"           // ink, and no reading
	Disagree    = "readings-disagree"   // two readings of the same ink differ
	Unconfirmed = "reading-unconfirmed" // one reading, and nothing beside it to say that it is right
	Distrusted  = "text-layer-distrusted"
	Unlabelled  = "label-concluded"  // the label was not read; which figure this is follows from the others
	Concluded   = "column-concluded" // no head says what the column holds; its place among the others does
	Glued       = "cells-glued"      // one cell of a transcript held two and was cut
)

// GridInDoubt is the code of a page's problem where a ruling line seems to be lost,
// so that cells ran together and rows may be missing.
const GridInDoubt = "grid-in-doubt"

// Reading is one reader's account of some ink.
type Reading struct {
	Text       string  `json:"text"` // lines joined by "\n"; "" when nothing was read
	Reader     Reader  `json:"reader,omitempty"`
	Confidence float64 `json:"confidence"`   // 0 to 1; 1 for a trusted text layer and for a transcript
	By         string  `json:"by,omitempty"` // the engine and its settings, such as "tesseract eng psm 7"
}

// SecondThought ends By where the reader took something else for what it saw.
const SecondThought = ", second"

// Reader is the kind of reader, as the record names it.
type Reader string

const (
	ByTextLayer  Reader = "text-layer"
	ByOCR        Reader = "ocr"
	ByTranscript Reader = "transcript"
	ByPerson     Reader = "person"
)

// Problem is something on a page that could not be read or relied on.
type Problem struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Page    int    `json:"page"`
	Box     Box    `json:"box"`

	MessageZH string `json:"message_zh,omitempty"` // the same in Chinese
}

// Box is a rectangle in points from the top left of the page as displayed.
// The zero Box means that the place is not known.
type Box struct{ X0, Y0, X1, Y1 float64 }

// IsZero reports whether the place is unknown.
func (b Box) IsZero() bool { return b == Box{} }

// Width and Height are in points.
func (b Box) Width() float64  { return b.X1 - b.X0 }
func (b Box) Height() float64 { return b.Y1 - b.Y0 }

// Contains reports whether the point lies in b.
func (b Box) Contains(x, y float64) bool {
	return x >= b.X0 && x <= b.X1 && y >= b.Y0 && y <= b.Y1
}

// Overlaps reports whether two boxes have more than an edge in common.
func (b Box) Overlaps(c Box) bool { return b.X0 < c.X1 && c.X0 < b.X1 && b.Y0 < c.Y1 && c.Y0 < b.Y1 }

// Union is the smallest box around both; a zero box adds nothing.
func (b Box) Union(c Box) Box {
	switch {
	case b.IsZero():
		return c
	case c.IsZero():
		return b
	}
	return Box{min(b.X0, c.X0), min(b.Y0, c.Y0), max(b.X1, c.X1), max(b.Y1, c.Y1)}
}

// Turned is the place of the box after its page, width by height points before, is
// turned clockwise by quarter turns.
func (b Box) Turned(width, height float64, quarters int) Box {
	if b.IsZero() {
		return b
	}
	switch quarters & 3 {
	case 1:
		return Box{height - b.Y1, b.X0, height - b.Y0, b.X1}
	case 2:
		return Box{width - b.X1, height - b.Y1, width - b.X0, height - b.Y0}
	case 3:
		return Box{b.Y0, width - b.X1, b.Y1, width - b.X0}
	}
	return b
}

// MarshalJSON writes [x0,y0,x1,y1] with two decimals, or null for an unknown place.
func (b Box) MarshalJSON() ([]byte, error) {
	if b.IsZero() {
		return []byte("null"), nil
	}
	return fmt.Appendf(nil, "[%.2f,%.2f,%.2f,%.2f]", b.X0, b.Y0, b.X1, b.Y1), nil
}

// UnmarshalJSON reads what MarshalJSON writes.
func (b *Box) UnmarshalJSON(data []byte) error {
	var v *[4]float64
	if err := json.Unmarshal(data, &v); err != nil {
		return fmt.Errorf("box: %w", err)
	}
	*b = Box{}
	if v != nil {
		*b = Box{v[0], v[1], v[2], v[3]}
	}
	return nil
}

// Flat is the text as one line: line breaks removed and the ends trimmed,
// nothing else changed. Chinese is set without spaces, so lines are joined
// without one.
func (r Reading) Flat() string {
	return strings.TrimSpace(lineBreaks.Replace(r.Text))
}

// lineBreaks is made once: making it costs more than most of its uses.
var lineBreaks = strings.NewReplacer("\r", "", "\n", "")

// Squeeze is text without white space and with full-width characters folded: what
// two readings are compared by, and what grammars of printed text are written for.
func Squeeze(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, width.Fold.String(text))
}

// InOrder is how many characters two readings have in common in the same order: the
// length of their longest common subsequence.
func InOrder(a, b []rune) int {
	line := make([]int, len(b)+1)
	for _, r := range a {
		diagonal := 0
		for j, q := range b {
			above := line[j+1]
			if r == q {
				line[j+1] = diagonal + 1
			} else {
				line[j+1] = max(line[j+1], line[j])
			}
			diagonal = above
		}
	}
	return line[len(b)]
}
