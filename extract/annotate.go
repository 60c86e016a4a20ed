package extract

import (
	"context"
	"image/color"

	"heji/extract/internal/pdf"
	"heji/form"
)

// Mark is a place to outline on a page, and what is to be said of it. A place
// without a box is a note in the page's corner.
type Mark struct {
	Place
	Colour      color.RGBA
	Title, Text string // of the note
	Label       string // printed beside the outline, in ASCII
}

// Annotate is the PDF with the marks as annotations, which any viewer shows and
// can hide; the original's bytes stay as they are. Only a PDF can be annotated.
func (r *Reader) Annotate(ctx context.Context, data []byte, marks []Mark) ([]byte, error) {
	if kind, err := kindOf("", data); err != nil || kind != pdfFile {
		return nil, &form.Error{Code: form.NotADocument, Message: "only a PDF can be annotated; print the document to a PDF and import that"}
	}
	doc, err := r.pdf.Open(ctx, data)
	if err != nil {
		return nil, err
	}
	defer doc.Close()
	var list []pdf.Mark
	for _, m := range marks {
		list = append(list, pdf.Mark{Page: m.Page, Box: m.Box, Colour: m.Colour, Title: m.Title, Text: m.Text, Label: m.Label})
	}
	return doc.Annotate(ctx, list)
}
