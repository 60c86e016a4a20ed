package extract

import (
	"context"

	"heji/extract/internal/worker"
	"heji/layout"
)

// Kept remembers pages that took long to read, so that a document which was
// interrupted goes on at the page. It is keyed by the SHA-256 of the document's
// bytes, in hex, and the page's number, from 1; whoever makes it sees to it that
// pages of another Version are not given.
type Kept interface {
	// Page is what was kept of a page, or nil.
	Page(ctx context.Context, sha256 string, number int) ([]byte, error)
	// Keep keeps a page.
	Keep(ctx context.Context, sha256 string, number int, page []byte) error
}

// resumed is a page of a document of so many pages: as it was kept, or as read gives
// it, which is then kept. What goes wrong with the keeping costs no more than the
// keeping: whoever stores the document will meet the same trouble and say so.
func (r *Reader) resumed(ctx context.Context, sha256 string, number, pages int, read func() (layout.Page, error)) (layout.Page, error) {
	if r.kept == nil || pages < 2 { // one page is stored as soon as it is read
		return read()
	}
	var page layout.Page
	if packed, err := r.kept.Page(ctx, sha256, number); err == nil && packed != nil {
		if worker.Decode(packed, &page) == nil && page.Number == number {
			return page, nil
		}
	}
	page, err := read()
	if err != nil {
		return page, err
	}
	packed, err := worker.Encode(page)
	if err != nil {
		return page, err
	}
	_ = r.kept.Keep(ctx, sha256, number, packed)
	// So that a page is the same to the last byte whether it was kept or not: what is
	// empty and what is not there are one after packing.
	var same layout.Page
	err = worker.Decode(packed, &same)
	return same, err
}
