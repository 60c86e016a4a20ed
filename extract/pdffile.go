package extract

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"heji/extract/internal/pdf"
	"heji/form"
	"heji/layout"
)

// readPDF reads every page of a PDF, each in the way that suits it. Sha256 is that of
// its bytes.
func (r *Reader) readPDF(ctx context.Context, sha256 string, data []byte) ([]layout.Page, error) {
	doc, err := r.pdf.Open(ctx, data)
	if err != nil {
		return nil, err
	}
	defer doc.Close()
	second, err := r.pdf.Witness(ctx, data, doc.Pages())
	if err != nil {
		return nil, err
	}
	pages := make([]layout.Page, 0, doc.Pages())
	nothing := true
	for n := 1; n <= doc.Pages(); n++ {
		var said pdf.Testimony
		if n <= len(second) {
			said = second[n-1]
		}
		page, err := r.readPage(ctx, doc, sha256, n, said)
		if err != nil {
			return nil, err
		}
		nothing = nothing && len(page.Lines) == 0 && len(page.Tables) == 0
		pages = append(pages, page)
	}
	if !ended(data) {
		if nothing {
			return nil, &form.Error{Code: form.Damaged, Message: "the PDF breaks off before its end and nothing in it can be read; copy it again from where it came from"}
		}
		pages[0].Problems = append(pages[0].Problems, layout.Problem{
			Code: string(form.Damaged), Page: 1,
			Message:   "the PDF breaks off before its end, and pages or figures may be missing; get the original file",
			MessageZH: "PDF 文件尾部残缺，可能缺页或缺少数字；请取得完整的原文件",
		})
	}
	return pages, nil
}

// ended reports whether the file has its end mark. A file that was cut off may
// still open, with pages missing.
func ended(data []byte) bool {
	return bytes.Contains(data[max(0, len(data)-4096):], []byte("%%EOF"))
}

func (r *Reader) readPage(ctx context.Context, doc *pdf.Document, sha256 string, n int, second pdf.Testimony) (layout.Page, error) {
	p, err := doc.Page(ctx, n)
	if err != nil {
		return layout.Page{}, fmt.Errorf("page %d: %w", n, err)
	}
	scan := func() (layout.Page, error) { return r.scanPDFPage(ctx, doc, p) }
	switch {
	case scanned(p):
		return r.resumed(ctx, sha256, n, doc.Pages(), scan)
	case p.False != "":
		page, err := r.resumed(ctx, sha256, n, doc.Pages(), scan)
		page.Problems = append(page.Problems, layout.Problem{Code: layout.Distrusted, Page: n,
			Message:   "the page's text layer is not used: " + p.False + "; the page was read from its pixels, look at it beside the record",
			MessageZH: "此页的文本层未予采用：" + p.FalseZH + "；已改按页面图像识读，请与原件对照"})
		return page, err
	}
	page, err := r.readTextPage(ctx, doc, sha256, p, second.Text)
	if p.Objects == 0 && len(p.Chars) == 0 && !second.Empty {
		page.Problems = append(page.Problems, layout.Problem{Code: "page-unreadable", Page: n,
			Message:   "the page comes out blank, and what the file holds for it cannot be read; look at the original, or print it to a new PDF",
			MessageZH: "此页显示为空白，文件中属于此页的内容无法读取；请看原件，或重新打印成 PDF"})
	}
	return page, err
}

func (r *Reader) readTextPage(ctx context.Context, doc *pdf.Document, sha256 string, p pdf.Page, second string) (layout.Page, error) {
	if turn := pdf.Turn(p.Chars); turn != 0 {
		turned := p.Turned(4 - turn)
		upright, _ := textPage(turned, second)
		splitStacks(&upright, turned.Chars)
		doubtGrid(&upright)
		upright.Width, upright.Height = p.Width, p.Height
		turnBack(&upright, 4-turn)
		return upright, nil
	}
	page, suspects := textPage(p, second)
	page.Problems = append(page.Problems, unreadPictures(page, p)...)
	for _, at := range unproven(page, p) {
		if !slices.Contains(suspects, at) {
			suspects = append(suspects, at)
		}
	}
	var err error
	if len(suspects) > 0 {
		page, err = r.resumed(ctx, sha256, p.Number, doc.Pages(), func() (layout.Page, error) { return r.readSuspects(ctx, doc, page, suspects) })
		if err != nil {
			return page, err
		}
	}
	splitStacks(&page, p.Chars)
	doubtGrid(&page)
	return page, nil
}
