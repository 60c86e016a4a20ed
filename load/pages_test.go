package load_test

import (
	"fmt"
	"net/url"
	"os"
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

// A user who is locked out in mid-import is told so, with what to do next; what was
// stored stays, and saving goes on when he is let in again.
func TestLockedOut(t *testing.T) {
	_, conn := open(t)
	role := fmt.Sprintf("clerk_%d", os.Getpid())
	exec := func(sql string) {
		t.Helper()
		if _, err := conn.Exec(t.Context(), strings.ReplaceAll(sql, "clerk", role)); err != nil {
			t.Fatal(err)
		}
	}
	exec(`CREATE ROLE clerk LOGIN SUPERUSER`)
	defer exec(`DROP ROLE clerk`)
	u, err := url.Parse(conn.Config().ConnString())
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.User(role)
	clerk, err := load.Open(t.Context(), u.String())
	if err != nil {
		t.Fatal(err)
	}
	defer clerk.Close()
	save(t, clerk, sample("before"), load.Inserted)
	exec(`ALTER ROLE clerk NOLOGIN`)
	exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'clerk'`)
	_, err = clerk.Save(t.Context(), sample("after"))
	if err == nil || !strings.Contains(err.Error(), "lets in with --db") {
		t.Errorf("locked out: %v", err)
	}
	exec(`ALTER ROLE clerk LOGIN`)
	if outcomes, err := clerk.SaveAll(t.Context(), []load.Saved{sample("before"), sample("after"), sample("after")}); err != nil {
		t.Error(err)
	} else {
		equal(t, outcomes, []load.Outcome{{Action: load.Unchanged}, {Action: load.Inserted}, {Action: load.Unchanged}})
	}
}
