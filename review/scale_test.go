package review_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"heji/load"
	"heji/review"
)

// BenchmarkPages asks for pages of a large station, which HEJI_BENCH_DATABASE_URL
// names: a database into which some hundred forms were imported, and multiplied by
// testdata/multiply.sql.
func BenchmarkPages(b *testing.B) {
	database := os.Getenv("HEJI_BENCH_DATABASE_URL")
	if database == "" {
		b.Skip("HEJI_BENCH_DATABASE_URL names no database; fill one by heji import and review/testdata/multiply.sql")
	}
	store, err := load.Open(b.Context(), database)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(store.Close)
	if _, _, err := store.Migrate(b.Context()); err != nil {
		b.Fatal(err)
	}
	c, base := visitor(b, store)
	get := func(path string) error {
		resp, err := c.Get(base + path)
		if err != nil {
			return err
		}
		defer func() { _ = resp.Body.Close() }()
		if _, err := io.Copy(io.Discard, resp.Body); err != nil {
			return err
		}
		if resp.StatusCode != http.StatusOK {
			return fmt.Errorf("%s: %s", path, resp.Status)
		}
		return nil
	}
	paths := largePages(b, store)
	for _, path := range paths {
		b.Run(path, func(b *testing.B) {
			least := time.Hour
			for b.Loop() {
				began := time.Now()
				if err := get(path); err != nil {
					b.Fatal(err)
				}
				least = min(least, time.Since(began))
			}
			b.ReportMetric(float64(least.Microseconds())/1000, "least-ms") // of a machine that others use, too
		})
	}
	b.Run("fifty at once", func(b *testing.B) {
		for b.Loop() {
			var wait sync.WaitGroup
			for i := range 50 {
				wait.Go(func() {
					if err := get(paths[i%len(paths)]); err != nil {
						b.Error(err)
					}
				})
			}
			wait.Wait()
		}
	})
}

// visitor is a reviewer signed in to a station on the store.
func visitor(b *testing.B, store *load.Store) (c *http.Client, base string) {
	b.Helper()
	handler, err := review.New(review.Options{Store: store})
	if err != nil {
		b.Fatal(err)
	}
	server := httptest.NewServer(handler)
	b.Cleanup(server.Close)
	hash, err := review.HashPassword(password)
	if err != nil {
		b.Fatal(err)
	}
	user := fmt.Sprintf("bench%d", time.Now().UnixNano())
	if err := store.AddUser(b.Context(), load.User{Name: user, Role: "reviewer", PasswordHash: hash}); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := store.RemoveUser(context.Background(), user); err != nil {
			b.Error(err)
		}
	})
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.Fatal(err)
	}
	c = &http.Client{Jar: jar}
	resp, err := c.PostForm(server.URL+"/signin", url.Values{"name": {user}, "password": {password}})
	if err != nil {
		b.Fatal(err)
	}
	_ = resp.Body.Close()
	return c, server.URL
}

// largePages are lists under every filter, and a document page.
func largePages(b *testing.B, store *load.Store) []string {
	b.Helper()
	l, err := store.DiscrepancyList(b.Context(), load.ListFilter{})
	if err != nil || len(l.Rows) == 0 {
		b.Fatalf("%d discrepancies are stored (%v)", len(l.Rows), err)
	}
	groups, err := store.DoubtGroups(b.Context(), load.ListFilter{})
	if err != nil || len(groups.Rows) == 0 {
		b.Fatalf("%d groups (%v)", len(groups.Rows), err)
	}
	x := l.Rows[0]
	out := []string{
		fmt.Sprintf("/f/%s/%d", x.Document, x.Ordinal), "/", "/batches", "/corrections", "/groups",
		"/groups/sheet?text=" + url.QueryEscape(groups.Rows[0].Text),
		"/documents", "/documents?page=200", "/documents?batch=1", "/documents?unit=nothing+like+it",
	}
	// Every filter alone, at its first page and far on, and every two together.
	filters := []string{"status=open", "status=confirmed", "status=settled", "year=2021", "rule=score-total", "rule=funds-balance", "verdict=form", "verdict=undecided",
		"least=50", "batch=2", "document=" + x.Document, "unit=%E5%9B%BE%E4%B9%A6%E9%A6%86", "unit=%E5%8E%BF", "unit=nothing+like+it"}
	for _, list := range []string{"/forms", "/discrepancies"} {
		out = append(out, list, list+"?page=200")
		for i, one := range filters {
			out = append(out, list+"?"+one, list+"?"+one+"&page=200")
			for _, other := range filters[i+1:] {
				if name, _, _ := strings.Cut(one, "="); !strings.HasPrefix(other, name+"=") {
					out = append(out, list+"?"+one+"&"+other)
				}
			}
		}
	}
	return out
}
