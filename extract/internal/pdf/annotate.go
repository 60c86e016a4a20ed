package pdf

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"strings"

	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/structs"

	"heji/layout"
)

// Mark is an outline on a page, with what it is about.
type Mark struct {
	Page   int        // 1-based
	Box    layout.Box // points from the top left as displayed; zero for a note in the page's corner
	Colour color.RGBA
	Title  string // the note's heading
	Text   string // the note, which a viewer shows on a click
	Label  string // printed beside the outline; of ASCII alone, for the font has no more
}

// What marks look like, in points.
const (
	markMargin = 1.5 // between the figure and its outline
	markBorder = 1.2
	labelSize  = 7
	noteSize   = 18
)

// Annotate is the PDF with the marks added as annotations. What was in the file
// stays as it was, byte for byte, and the marks follow it: a viewer can hide them,
// and a signature on the original still covers what it covered.
func (d *Document) Annotate(ctx context.Context, marks []Mark) ([]byte, error) {
	for _, m := range marks {
		if m.Page < 1 || m.Page > d.pages {
			return nil, fmt.Errorf("page %d of %d", m.Page, d.pages)
		}
	}
	var answer annotateAnswer
	err := d.call(ctx, "annotate", 1, annotateRequest{marks}, &answer)
	return answer.Data, err
}

type (
	annotateRequest struct{ Marks []Mark }
	annotateAnswer  struct{ Data []byte }
)

// annotate works on an instance of its own making: the marks must not be on the
// pages when these are read again.
func (c *child) annotate(q annotateRequest) (annotateAnswer, error) {
	c.drop()
	if err := c.load(); err != nil {
		return annotateAnswer{}, err
	}
	defer c.drop()
	for number, marks := range byPage(q.Marks) {
		if err := c.markPage(number, marks); err != nil {
			return annotateAnswer{}, fmt.Errorf("annotate page %d: %w", number, err)
		}
	}
	// Where PDFium had to repair the file, there is nothing sound to append to.
	for _, way := range []requests.SaveFlags{requests.SaveFlagIncremental, requests.SaveFlagNoIncremental} {
		var b bytes.Buffer
		if _, err := c.instance.FPDF_SaveAsCopy(&requests.FPDF_SaveAsCopy{Document: c.document, Flags: way, FileWriter: &b}); err != nil {
			return annotateAnswer{}, err
		}
		if c.opens(b.Bytes()) {
			return annotateAnswer{b.Bytes()}, nil
		}
	}
	return annotateAnswer{}, errors.New("the annotated file cannot be read back")
}

func byPage(marks []Mark) map[int][]Mark {
	pages := map[int][]Mark{}
	for _, m := range marks {
		pages[m.Page] = append(pages[m.Page], m)
	}
	return pages
}

// opens reports whether the file has as many pages as the document.
func (c *child) opens(data []byte) bool {
	pages := func(d references.FPDF_DOCUMENT) int {
		n, err := c.instance.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: d})
		if err != nil {
			return -1
		}
		return n.PageCount
	}
	opened, err := c.instance.OpenDocument(&requests.OpenDocument{File: &data})
	return err == nil && pages(opened.Document) == pages(c.document)
}

func (c *child) markPage(number int, marks []Mark) error {
	page, err := c.at(number)
	if err != nil {
		return err
	}
	width, height, err := c.size(page)
	if err != nil {
		return err
	}
	display, err := c.display(page, width, height)
	if err != nil {
		return err
	}
	place, ok := display.inverse()
	if !ok {
		return errors.New("the page is flat")
	}
	on, err := c.inked(page, width, height)
	if err != nil {
		return err
	}
	notes := 0
	for _, m := range marks {
		box, kind := m.Box, enums.FPDF_ANNOT_SUBTYPE_SQUARE
		if box.IsZero() {
			kind = enums.FPDF_ANNOT_SUBTYPE_TEXT
			box = layout.Box{X0: 12, Y0: 12 + float64(notes)*(noteSize+4)}
			box.X1, box.Y1 = box.X0+noteSize, box.Y0+noteSize
			notes++
		} else {
			box = layout.Box{X0: box.X0 - markMargin, Y0: box.Y0 - markMargin, X1: box.X1 + markMargin, Y1: box.Y1 + markMargin}
		}
		if err := c.annotation(page, kind, place.box(box.X0, box.Y0, box.X1, box.Y1), m, nil); err != nil {
			return err
		}
		if label := ascii(m.Label); label != "" && kind == enums.FPDF_ANNOT_SUBTYPE_SQUARE {
			if err := c.label(page, label, box, place, m, on); err != nil {
				return err
			}
		}
	}
	return nil
}

// printing is where a page has print: a picture of it, one pixel a point.
type printing struct {
	width, height float64
	pixels        imageAnswer
	taken         []layout.Box // by labels
}

// inked draws the page to see where it has print.
func (c *child) inked(page requests.Page, width, height float64) (*printing, error) {
	dpi, ok := fit(width, height, 72, c.limits.PagePixels)
	if !ok || dpi != 72 {
		return &printing{width: width, height: height}, nil // a poster: labels stand above their outlines
	}
	result, cleanup, err := c.render(page, imageRequest{}, dpi, requests.RenderImageFormatGrayscale)
	if err != nil {
		return nil, err
	}
	defer cleanup()
	p := &printing{width: width, height: height}
	if m, ok := result.RenderedImage.(*image.Gray); ok {
		p.pixels = imageAnswer{Width: result.Width, Height: result.Height, Stride: m.Stride, Pix: append([]byte(nil), m.Pix...)}
	}
	return p, nil
}

// clearest is the first of some places on the page that has least print.
func (p *printing) clearest(places []layout.Box) layout.Box {
	best, least := places[0], -1
	for _, b := range places {
		if b.X0 < 0 || b.Y0 < 0 || b.X1 > p.width || b.Y1 > p.height {
			continue
		}
		ink := 0
		for y := int(b.Y0); y < min(int(b.Y1)+1, p.pixels.Height); y++ {
			for x := int(b.X0); x < min(int(b.X1)+1, p.pixels.Width); x++ {
				if p.pixels.Pix[y*p.pixels.Stride+x] < printed {
					ink++
				}
			}
		}
		for _, t := range p.taken {
			if b.Overlaps(t) {
				ink += p.pixels.Width * p.pixels.Height
			}
		}
		if least < 0 || ink < least {
			best, least = b, ink
		}
	}
	return best
}

// printed is how light a pixel of print is at most; a scan's paper is not quite white.
const printed = 0xb0

// labelPlaces are the places of a label about an outline, the best first: about it, in
// it beside the figure, and on the page's margins at its height.
func labelPlaces(o layout.Box, long, high, width float64) []layout.Box {
	middle := (o.Y0 + o.Y1 - high) / 2
	right := min(o.X1-long, width-long-2)
	var out []layout.Box
	for _, at := range [][2]float64{
		{max(right, 2), o.Y0 - high - 0.5}, {o.X1 + 2, middle}, {max(right, 2), o.Y1 + 0.5}, {o.X0 - long - 2, middle},
		{o.X1 - long - 2, middle}, {o.X0 + 2, middle}, {o.X1 - long - 2, o.Y1 - high - 1}, {o.X1 - long - 2, o.Y0 + 1},
		{width - long - 3, middle}, {3, middle}, {width - long - 3, middle + high}, {3, middle + high},
	} {
		out = append(out, layout.Box{X0: at[0], Y0: at[1], X1: at[0] + long, Y1: at[1] + high})
	}
	return out
}

// annotation adds one, drawn by hand where draw is not nil and by the viewer
// otherwise.
func (c *child) annotation(page requests.Page, kind enums.FPDF_ANNOTATION_SUBTYPE, box layout.Box, m Mark, draw func(references.FPDF_ANNOTATION) error) error {
	made, err := c.instance.FPDFPage_CreateAnnot(&requests.FPDFPage_CreateAnnot{Page: page, Subtype: kind})
	if err != nil {
		return err
	}
	a := made.Annotation
	steps := []func() error{
		func() error {
			_, err := c.instance.FPDFAnnot_SetRect(&requests.FPDFAnnot_SetRect{Annotation: a,
				Rect: structs.FPDF_FS_RECTF{Left: float32(box.X0), Bottom: float32(box.Y0), Right: float32(box.X1), Top: float32(box.Y1)}})
			return err
		},
		func() error {
			_, err := c.instance.FPDFAnnot_SetFlags(&requests.FPDFAnnot_SetFlags{Annotation: a, Flags: enums.FPDF_ANNOT_FLAG_PRINT})
			return err
		},
	}
	if draw != nil {
		steps = append(steps, func() error { return draw(a) })
	} else {
		steps = append(steps,
			func() error {
				_, err := c.instance.FPDFAnnot_SetColor(&requests.FPDFAnnot_SetColor{Annotation: a, ColorType: enums.FPDFANNOT_COLORTYPE_Color,
					R: uint(m.Colour.R), G: uint(m.Colour.G), B: uint(m.Colour.B), A: 255})
				return err
			},
			func() error {
				_, err := c.instance.FPDFAnnot_SetBorder(&requests.FPDFAnnot_SetBorder{Annotation: a, BorderWidth: markBorder})
				return err
			},
			func() error { return c.note(a, "T", m.Title) },
			func() error { return c.note(a, "Contents", m.Text) },
		)
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	_, err = c.instance.FPDFPage_CloseAnnot(&requests.FPDFPage_CloseAnnot{Annotation: a})
	return err
}

func (c *child) note(a references.FPDF_ANNOTATION, key, value string) error {
	_, err := c.instance.FPDFAnnot_SetStringValue(&requests.FPDFAnnot_SetStringValue{Annotation: a, Key: key, Value: value})
	return err
}

// label prints a line beside the outline, upright as displayed, where nothing is printed.
func (c *child) label(page requests.Page, label string, outline layout.Box, place matrix, m Mark, on *printing) error {
	long := 0.56*labelSize*float64(len(label)) + 3 // a digit of Helvetica is 0.556 em wide
	box := on.clearest(labelPlaces(outline, long, labelSize+1.5, on.width))
	on.taken = append(on.taken, box)
	at := place.box(box.X0, box.Y0, box.X1, box.Y1)
	return c.annotation(page, enums.FPDF_ANNOT_SUBTYPE_STAMP, at, m, func(a references.FPDF_ANNOTATION) error {
		ground, err := c.instance.FPDFPageObj_CreateNewRect(&requests.FPDFPageObj_CreateNewRect{
			X: float32(at.X0), Y: float32(at.Y0), W: float32(at.X1 - at.X0), H: float32(at.Y1 - at.Y0)})
		if err != nil {
			return err
		}
		if err := c.fill(ground.PageObject, color.RGBA{255, 255, 255, 255}); err != nil {
			return err
		}
		if _, err := c.instance.FPDFPath_SetDrawMode(&requests.FPDFPath_SetDrawMode{PageObject: ground.PageObject, FillMode: enums.FPDF_FILLMODE_WINDING}); err != nil {
			return err
		}
		text, err := c.instance.FPDFPageObj_NewTextObj(&requests.FPDFPageObj_NewTextObj{Document: c.document, Font: "Helvetica-Bold", FontSize: labelSize})
		if err != nil {
			return err
		}
		if _, err := c.instance.FPDFText_SetText(&requests.FPDFText_SetText{PageObject: text.PageObject, Text: label}); err != nil {
			return err
		}
		if err := c.fill(text.PageObject, m.Colour); err != nil {
			return err
		}
		x, y := place.point(box.X0+1.5, box.Y1-2)
		if _, err := c.instance.FPDFPageObj_Transform(&requests.FPDFPageObj_Transform{PageObject: text.PageObject,
			Transform: structs.FPDF_FS_MATRIX{A: float32(place.a), B: float32(place.b), C: float32(-place.c), D: float32(-place.d), E: float32(x), F: float32(y)}}); err != nil {
			return err
		}
		for _, o := range []references.FPDF_PAGEOBJECT{ground.PageObject, text.PageObject} {
			if _, err := c.instance.FPDFAnnot_AppendObject(&requests.FPDFAnnot_AppendObject{Annotation: a, PageObject: o}); err != nil {
				return err
			}
		}
		return nil
	})
}

func (c *child) fill(o references.FPDF_PAGEOBJECT, k color.RGBA) error {
	_, err := c.instance.FPDFPageObj_SetFillColor(&requests.FPDFPageObj_SetFillColor{PageObject: o,
		FillColor: structs.FPDF_COLOR{R: uint(k.R), G: uint(k.G), B: uint(k.B), A: 255}})
	return err
}

// ascii is what the standard fonts have of a text.
func ascii(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return -1
		}
		return r
	}, s))
}

// inverse is the map back, and false where there is none.
func (m matrix) inverse() (matrix, bool) {
	det := m.a*m.d - m.b*m.c
	if det == 0 || !finite(1/det) {
		return matrix{}, false
	}
	return matrix{m.d / det, -m.b / det, -m.c / det, m.a / det, (m.c*m.f - m.d*m.e) / det, (m.b*m.e - m.a*m.f) / det}, true
}
