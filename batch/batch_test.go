package batch

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"heji/extract"
	"heji/form"
	"heji/layout"
)

// reading stands for the first stage.
type reading func(ctx context.Context, name string, data []byte) (layout.Document, error)

func (f reading) Extract(ctx context.Context, name string, data []byte) (layout.Document, error) {
	return f(ctx, name, data)
}

func (f reading) MostBytes() int64 { return extract.DefaultLimits.FileBytes }

func (f reading) Look(context.Context, []byte, []extract.Place) ([]layout.Cell, error) {
	return nil, errors.New("nothing to look at")
}

func TestSources(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for _, name := range []string{
		"in/b.pdf", "in/a.PNG", "in/B/z.txt", "in/B/.hidden.pdf", "in/.git/x.pdf",
		"in/notes.odt", "in/.cache", "bare.odt", "only/notes.odt",
	} {
		write(t, name, "x")
	}
	write(t, "in/scan0001", "%PDF-1.4\n")
	if err := os.Symlink("b.pdf", "in/link.pdf"); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("in/B", "folder"); err != nil {
		t.Fatal(err)
	}

	for _, c := range []struct {
		name    string
		paths   []string
		stdin   string
		want    []string
		skipped []string
	}{
		{
			name:    "folder",
			paths:   []string{"in"},
			want:    []string{"in/B/z.txt", "in/a.PNG", "in/b.pdf", "in/scan0001"},
			skipped: []string{"in/link.pdf", "in/notes.odt"},
		},
		{
			name:  "by name, whatever it is",
			paths: []string{"bare.odt", "in/link.pdf", "in/B/.hidden.pdf", "folder"},
			want:  []string{"bare.odt", "in/link.pdf", "in/B/.hidden.pdf", "folder/z.txt"},
		},
		{
			name:  "list",
			paths: []string{"bare.odt", "-"},
			stdin: "in/b.pdf\r\n\nin/B\nno such\n",
			want:  []string{"bare.odt", "in/b.pdf", "in/B/z.txt", "no such not-found"},
		},
		{name: "empty list", paths: []string{"-"}, want: []string{"- not-found"}},
		{name: "nothing to read", paths: []string{"only"}, want: []string{"only not-found"}, skipped: []string{"only/notes.odt"}},
		{name: "missing", paths: []string{"gone.pdf", "in/b.pdf"}, want: []string{"gone.pdf not-found", "in/b.pdf"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got, skipped []string
			for s, err := range Sources(t.Context(), c.paths, strings.NewReader(c.stdin), func(p string) { skipped = append(skipped, p) }) {
				if err != nil {
					t.Fatal(err)
				}
				name := s.Name
				if s.Err != nil {
					name += " " + string(s.Err.Code)
				}
				got = append(got, name)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("sources (-want +got):\n%s", d)
			}
			if d := cmp.Diff(c.skipped, skipped); d != "" {
				t.Errorf("skipped (-want +got):\n%s", d)
			}
		})
	}
}

// TestSourcesAreLazy: a folder below is not opened before it is reached, so a
// large tree costs no memory and no wait.
func TestSourcesAreLazy(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "a/1.pdf", "")
	write(t, "b/2.pdf", "")
	for s, err := range Sources(t.Context(), []string{"a", "b"}, nil, nil) {
		if err != nil {
			t.Fatal(err)
		}
		if s.Name == "a/1.pdf" {
			write(t, "b/3.pdf", "")
		}
		if s.Name == "b/3.pdf" {
			return
		}
	}
	t.Error("a file made while the first was in hand was not found")
}

func TestReadRefuses(t *testing.T) {
	t.Chdir(t.TempDir())
	big, err := os.Create("big.pdf")
	if err != nil {
		t.Fatal(err)
	}
	if err := big.Truncate(1001); err != nil {
		t.Fatal(err)
	}
	if err := big.Close(); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo("pipe.pdf", 0o600); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]form.Code{
		"big.pdf":  form.TooLarge,
		"pipe.pdf": form.NotADocument,
		"gone.pdf": form.NotFound,
	} {
		if _, ferr := (Source{Name: name}).Read(t.Context(), 1000); ferr == nil || ferr.Code != want {
			t.Errorf("%s: got %v, want code %s", name, ferr, want)
		}
	}
}

func TestProcess(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "a.pdf", "abc")
	fail := func(err error) reading {
		return func(context.Context, string, []byte) (layout.Document, error) { return layout.Document{}, err }
	}
	for _, c := range []struct {
		name    string
		extract reading
		want    form.Code
	}{
		{"document at fault", fail(fmt.Errorf("page 1: %w", &form.Error{Code: form.Encrypted, Message: "m"})), form.Encrypted},
		{"machine at fault", fail(errors.New("no space left")), form.Crashed},
		{"panic", func(context.Context, string, []byte) (layout.Document, error) { panic("index out of range") }, form.Crashed},
		{"nothing printed", fail(nil), form.NotAForm},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := Process(t.Context(), c.extract, Source{Name: "a.pdf"})
			if r.Err == nil || r.Err.Code != c.want {
				t.Fatalf("got %v, want code %s", r.Err, c.want)
			}
			records := r.Records()
			if len(records) != 1 || records[0].Err != r.Err || records[0].Form != nil {
				t.Errorf("records %+v, want one with the error", records)
			}
			want := form.Document{Name: "a.pdf", SHA256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", Bytes: 3}
			if d := cmp.Diff(want, r.Document); d != "" {
				t.Errorf("document (-want +got):\n%s", d)
			}
		})
	}
}

// TestRunOrder makes later documents finish first: the first waits for all the
// others that fit in the window.
func TestRunOrder(t *testing.T) {
	const n, jobs = 100, 2
	enough := make(chan struct{})
	var finished atomic.Int32
	process := func(_ context.Context, s Source) Result {
		if s.Name == "0" {
			<-enough
		} else if finished.Add(1) == waiting*jobs-1 {
			close(enough)
		}
		return Result{Document: form.Document{Name: s.Name}}
	}
	var began, done int
	progress := func(e Event) {
		if e.Done {
			done++
		} else {
			began++
		}
	}
	var got []string
	err := Run(t.Context(), numbers(n), process, Options{Jobs: jobs, Progress: progress}, func(r Result) error {
		got = append(got, r.Document.Name)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for s, err := range numbers(n) {
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, s.Name)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	if began != n || done != n {
		t.Errorf("%d began and %d done, want %d", began, done, n)
	}
}

// TestRunWindow: while the first document is in hand, only a few others are
// taken up, however many there are.
func TestRunWindow(t *testing.T) {
	const jobs = 2
	var taken, given atomic.Int32
	release := make(chan struct{})
	process := func(_ context.Context, s Source) Result {
		if s.Name == "0" {
			<-release
		}
		return Result{}
	}
	var most int32
	sources := func(yield func(Source, error) bool) {
		for s, err := range numbers(200) {
			n := taken.Add(1)
			most = max(most, n-given.Load())
			if n == waiting*jobs {
				close(release)
			}
			if !yield(s, err) {
				return
			}
		}
	}
	err := Run(t.Context(), sources, process, Options{Jobs: jobs}, func(Result) error { given.Add(1); return nil })
	if err != nil {
		t.Fatal(err)
	}
	if given.Load() != 200 {
		t.Errorf("%d of 200 results", given.Load())
	}
	// Those that wait, the one the sink waits for, the one on its way to the
	// window, and the one just taken.
	if limit := int32(waiting*jobs + 3); most > limit {
		t.Errorf("%d sources were taken and not given, want at most %d", most, limit)
	}
}

func TestRunCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	process := func(ctx context.Context, s Source) Result {
		if s.Name == "1" {
			cancel()
		}
		if ctx.Err() != nil {
			t.Errorf("document %s saw the cancellation", s.Name)
		}
		return Result{}
	}
	n := 0
	err := Run(ctx, numbers(1000), process, Options{Jobs: 2}, func(Result) error { n++; return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if n < 2 || n > 20 {
		t.Errorf("%d results after a cancel at the second document", n)
	}
}

func TestRunSinkFails(t *testing.T) {
	full := errors.New("disk full")
	n := 0
	err := Run(t.Context(), numbers(1000), func(context.Context, Source) Result { return Result{} }, Options{Jobs: 2},
		func(Result) error { n++; return full })
	if !errors.Is(err, full) || n != 1 {
		t.Errorf("got %v after %d results", err, n)
	}
}

// TestRunSourcesBreak: when the search for documents cannot go on, those found are
// finished and the batch is not.
func TestRunSourcesBreak(t *testing.T) {
	gone := errors.New("the bucket is gone")
	sources := func(yield func(Source, error) bool) {
		for s, err := range numbers(20) {
			if !yield(s, err) {
				return
			}
		}
		yield(Source{}, gone)
	}
	n := 0
	err := Run(t.Context(), sources, func(context.Context, Source) Result { return Result{} }, Options{Jobs: 2}, func(Result) error { n++; return nil })
	if !errors.Is(err, gone) || n != 20 {
		t.Errorf("got %v after %d results", err, n)
	}
}

func numbers(n int) iter.Seq2[Source, error] {
	return func(yield func(Source, error) bool) {
		for i := range n {
			if !yield(Source{Name: fmt.Sprint(i)}, nil) {
				return
			}
		}
	}
}

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
