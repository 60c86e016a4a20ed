// Package pdf reads PDF pages: characters with their places, ruling lines,
// pictures, and the page as an image.
//
// The reader is PDFium, compiled to WebAssembly, in a child process with a cap on
// memory and a deadline, so that a hostile file meets a wall. A second, unrelated
// reader (ledongthuc/pdf) lives in children of its own; it is often wrong and
// sometimes dies, and is asked only to confirm: see Witness.
//
// Every place is in points from the top left of the page as displayed, after its
// rotation and crop. What is left to the caller is trust: a text layer may be
// present and false, so characters carry Flags that say what is suspicious.
//
//	engine := pdf.New(pdf.Options{})
//	defer engine.Close()
//	doc, err := engine.Open(ctx, data)
//	defer doc.Close()
//	page, err := doc.Page(ctx, 1)
//	text := pdf.Text(page.Chars, cell.Box)
//
// The program's main, and TestMain, must first hand the process to worker.Main
// with Services, since the children are the program itself.
package pdf

import (
	"heji/extract/internal/grid"
	"heji/layout"
)

// Limits beside those of package limits; no form comes near.
const (
	minSide  = 10    // points
	maxSide  = 14400 // points, the format's own limit
	maxChars = 200000
	minDPI   = 150 // a raster is not made coarser than this to fit its limit
)

// Page is what is on one page.
type Page struct {
	Number        int // 1-based
	Width, Height float64
	Chars         []Char         // in the order of the file
	Segments      []grid.Segment // horizontal and vertical lines drawn as vectors
	Images        []Image
	Objects       int    // drawn objects of all kinds, those inside form XObjects too
	False         string // why the characters are not what is printed; "" where nothing speaks against them
	FalseZH       string // the same in Chinese
}

// Char is one printed character.
type Char struct {
	Text  string     // one code point
	Box   layout.Box // around its ink; empty for a blank
	X, Y  float64    // where it starts on its baseline
	Size  float64    // the em, points across the line
	Wide  float64    // the em, points along the line; differs from Size for stretched type
	Turn  int        // quarter turns clockwise from upright in which it is set: 0 to 3
	Flags Flag
}

// Flag says what is special, and mostly what is suspicious, about a character.
type Flag uint16

const (
	MapError  Flag = 1 << iota // the file does not say which character it is; PDFium guessed
	BadCode                    // a control, private-use or replacement character, or an accented letter on a Chinese page
	Invisible                  // drawn without ink: an OCR layer under a scan
	Pale                       // drawn in white or transparent
	SpaceGap                   // PDFium sees a space before it that the file does not have
	Recoded                    // Chinese that the file has as Latin-1, decoded as GBK
	Field                      // from a form field or a comment; its place is approximate
	Doubled                    // drawn twice in one place, as fake bold is
	Overlaps                   // another character is printed over it
	Hidden                     // not to be seen: cut off, painted over, in a layer that is off, or an empty glyph
	Unlike                     // a figure that looks like another one; see prove
	Proven                     // a figure that looks like what the file says it is
	Reversed                   // in white, and seen on a dark ground
)

// Suspicious are the flags for which a character should be checked against its
// pixels before it is relied on. MapError alone is no proof: whole files of right
// characters have it.
const Suspicious = MapError | BadCode | Invisible | Pale | Recoded | Overlaps | Hidden | Unlike

// Image is a picture on the page.
type Image struct {
	Box                     layout.Box
	PixelWidth, PixelHeight int
	OverText                bool // painted over characters: what they say may not be what is seen
}

// DPI is the resolution at which the picture is shown, the lower of the two
// directions; 0 when not known. A picture turned by a quarter is no exception.
func (i Image) DPI() float64 {
	w, h := i.Box.Width(), i.Box.Height()
	pw, ph := float64(i.PixelWidth), float64(i.PixelHeight)
	if w <= 0 || h <= 0 || pw <= 0 || ph <= 0 {
		return 0
	}
	if (w > h) != (pw > ph) {
		pw, ph = ph, pw
	}
	return 72 * min(pw/w, ph/h)
}
