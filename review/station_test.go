package review_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"sync"
	"testing"

	"heji/audit"
	"heji/batch"
	"heji/extract"
	"heji/form"
	"heji/layout"
	"heji/load"
	"heji/load/loadtest"
	"heji/review"
)

func TestMain(m *testing.M) {
	extract.RunWorker()
	status := m.Run()
	if reader.value != nil {
		if err := reader.value.Close(); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	closeBrowser()
	os.Exit(status)
}

const password = "a long enough one"

// What takes long is done once for all tests: the reader is started, a sample read,
// a password hashed, and Chromium started.
var (
	reader once[*extract.Reader]
	hashed once[string]
	read   = samplesRead{results: map[string]batch.Result{}}
)

// once is a value that is made when it is first asked for.
type once[T any] struct {
	sync.Mutex
	value T
}

func (o *once[T]) get(t *testing.T, make func() (T, error)) T {
	t.Helper()
	o.Lock()
	defer o.Unlock()
	if !reflect.ValueOf(&o.value).Elem().IsZero() {
		return o.value
	}
	var err error
	if o.value, err = make(); err != nil {
		t.Fatal(err)
	}
	return o.value
}

type samplesRead struct {
	sync.Mutex
	results map[string]batch.Result
}

func (s *samplesRead) get(t *testing.T, path string) batch.Result {
	s.Lock()
	defer s.Unlock()
	r, ok := s.results[path]
	if !ok {
		r = batch.Process(t.Context(), pictures(t), batch.Source{Name: path})
		s.results[path] = r
	}
	return r
}

func pictures(t *testing.T) *extract.Reader {
	t.Helper()
	return reader.get(t, func() (*extract.Reader, error) { return extract.Open(extract.Options{Jobs: 1}) })
}

// station is a review station with samples loaded and a user of every role.
type station struct {
	*httptest.Server
	handler   *review.Server
	store     *load.Store
	documents map[string]string // hash by the sample's path
}

func open(t *testing.T, samples ...string) *station {
	t.Helper()
	t.Parallel()
	ctx := t.Context()
	store, err := load.Open(ctx, loadtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	if _, _, err := store.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	s := &station{store: store, documents: map[string]string{}}
	for _, name := range samples {
		s.documents[name] = s.load(t, sample(name), "1", nil)
	}
	hash := hashed.get(t, func() (string, error) { return review.HashPassword(password) })
	for _, role := range []string{"reader", "reviewer", "admin"} {
		if err := store.AddUser(ctx, load.User{Name: role, Role: role, PasswordHash: hash}); err != nil {
			t.Fatal(err)
		}
	}
	uploads := t.TempDir()
	handler, err := review.New(review.Options{
		Store: store, Pictures: pictures(t), Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
		Import: func(_ context.Context, name string, data []byte) error {
			path := filepath.Join(uploads, name)
			if err := os.WriteFile(path, data, 0o600); err != nil {
				return err
			}
			s.load(t, path, "1", nil)
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.handler, s.Server = handler, httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return s
}

func sample(name string) string { return filepath.Join("..", "samples", name) }

// load reads a document and stores it as if by the reader of the version, after a
// change to its first form.
func (s *station) load(t *testing.T, path, version string, change func(*form.Form)) (hash string) {
	t.Helper()
	r := read.get(t, path)
	if change != nil {
		r.Forms = slices.Clone(r.Forms)
		f := &r.Forms[0]
		f.Form = review.Clone(f.Form)
		change(&f.Form)
		f.Discrepancies = audit.Check(&f.Form)
	}
	if _, err := s.store.Save(t.Context(), load.Saved{Document: r.Document, Reader: version, Records: r.Records()}); err != nil {
		t.Fatal(err)
	}
	return r.Document.SHA256
}

// misread makes of a figure one that was read from pixels, and wrongly, with the
// right reading as the other one. It says what is printed.
func misread(t *testing.T, where string, printed *string) func(*form.Form) {
	return func(f *form.Form) {
		for path, g := range f.Figures() {
			if path != where {
				continue
			}
			*printed = g.Text
			wrong := form.MustAmount("9" + g.Value.String())
			g.Alternatives = []layout.Reading{{Text: g.Text, Confidence: 0.7, By: "test"}}
			g.Text, g.Value, g.Reader, g.Confidence, g.Agreed, g.Doubt = wrong.String(), &wrong, layout.ByOCR, 0.8, 0, layout.Disagree
			return
		}
		t.Fatalf("there is no %s", where)
	}
}
