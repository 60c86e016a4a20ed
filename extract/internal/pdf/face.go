package pdf

import (
	"image"
	"image/color"
	"image/draw"
	"io"
	"os"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// face draws single characters of this machine's Chinese font, to hold those of a
// PDF against.
type face struct {
	font   *sfnt.Font
	face   font.Face
	buffer sfnt.Buffer
	shapes map[rune]*shape // nil for a character that it does not have
}

// mostShapes is far more than the different characters of any archive's forms.
const mostShapes = 10000

// openFace reads the font's directory; glyphs are read as they are asked for. It is
// nil where there is no font, and nothing is then held against it.
func openFace(file string) *face {
	if file == "" {
		return nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil
	}
	parsed, err := parseFont(f)
	if err != nil {
		_ = f.Close()
		return nil
	}
	drawn, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: 28, DPI: 72})
	if err != nil {
		_ = f.Close()
		return nil
	}
	return &face{font: parsed, face: drawn, shapes: map[rune]*shape{}} // the file stays open as long as the process
}

func parseFont(r io.ReaderAt) (*sfnt.Font, error) {
	collection, err := sfnt.ParseCollectionReaderAt(r) // a single font is a collection of one
	if err != nil {
		return nil, err
	}
	return collection.Font(0)
}

// shape is a character's; ok is false where the font does not have it.
func (f *face) shape(r rune) (s shape, ok bool) {
	if known, asked := f.shapes[r]; asked {
		if known == nil {
			return shape{}, false
		}
		return *known, true
	}
	if len(f.shapes) >= mostShapes {
		clear(f.shapes)
	}
	f.shapes[r] = nil
	if index, err := f.font.GlyphIndex(&f.buffer, r); err != nil || index == 0 {
		return shape{}, false
	}
	box, mask, at, _, ok := f.face.Glyph(fixed.P(4, 32), r)
	if !ok {
		return shape{}, false
	}
	g := image.NewGray(image.Rect(0, 0, 48, 48))
	draw.Draw(g, g.Rect, image.White, image.Point{}, draw.Src)
	draw.DrawMask(g, box, image.NewUniform(color.Black), image.Point{}, mask, at, draw.Over)
	s, ok = shapeOf(g)
	if ok {
		f.shapes[r] = &s
	}
	return s, ok
}
