package load_test

import (
	"strings"
	"testing"

	"heji/form"
	"heji/load"
)

// Pages stay until their document is stored, also where the machine failed, and are
// not given to another version.
func TestPagesInHand(t *testing.T) {
	store, conn := open(t)
	d := sample("pages")
	d.Document.Pages = 3
	pages := store.Pages(d.Reader)
	page := strings.Repeat("page", 1000)
	for range 2 {
		if err := pages.Keep(t.Context(), d.Document.SHA256, 2, []byte(page)); err != nil {
			t.Fatal(err)
		}
	}
	kept := func(p load.Pages, number int) string {
		t.Helper()
		data, err := p.Page(t.Context(), d.Document.SHA256, number)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	equal(t, kept(pages, 2) == page, true)
	equal(t, kept(pages, 1), "")
	equal(t, kept(store.Pages("v0"), 2), "")

	late := failed("pages", form.Timeout, "the document took longer than a second; run heji retry")
	late.Document.Pages = 3
	save(t, store, late, load.Inserted)
	equal(t, kept(pages, 2) == page, true)
	save(t, store, d, load.Replaced)
	equal(t, kept(pages, 2), "")
	equal(t, column(t, conn, `SELECT count(*)::text FROM pages_in_hand`), []string{"0"})
}
