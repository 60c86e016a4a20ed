package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"

	"github.com/spf13/cobra"

	"heji/batch"
	"heji/extract"
	"heji/form"
)

// somePath is the usage of the commands that read documents.
func somePath(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("%s needs a PATH: a file, a folder, a bucket's address, or - for a list of paths on standard input", cmd.CommandPath())
	}
	return nil
}

// read opens the reader, runs the documents behind the paths through one of
// batch's functions, and gives the results to sink in order. It shows progress
// and, in the end, says what was passed over.
func (p *program) read(ctx context.Context, paths []string, process process, sink func(batch.Result, io.Writer) error) error {
	var passed skips
	err := p.readSources(ctx, batch.Sources(ctx, paths, p.stdin, passed.add), counter(ctx, paths), process, sink)
	if passed.count > 0 {
		p.note(p.words().skipped, passed.count, printable(passed.example))
	}
	return err
}

// process is one of batch's functions for one document.
type process func(context.Context, batch.Reader, batch.Source) batch.Result

// readSources is read for documents that are known already; count may be nil.
func (p *program) readSources(ctx context.Context, sources iter.Seq2[batch.Source, error], count func() int, process process, sink func(batch.Result, io.Writer) error) (err error) {
	spare(cmp.Or(p.jobs, runtime.GOMAXPROCS(0)))
	reader, err := extract.Open(extract.Options{Jobs: p.jobs, Kept: p.kept, Limits: p.limits})
	if err != nil {
		return err
	}
	defer func() {
		if e := reader.Close(); err == nil {
			err = e
		}
	}()

	g := p.newProgress(count)
	defer g.end()
	out := io.Writer(p.stdout)
	if isTerminal(p.stdout) {
		out = g.above(out)
	}
	one := func(ctx context.Context, src batch.Source) batch.Result {
		return process(ctx, reader, src)
	}
	options := batch.Options{Jobs: p.jobs, Progress: g.event}
	err = batch.Run(ctx, sources, one, options, func(r batch.Result) error {
		if err := sink(r, out); err != nil {
			return err
		}
		g.line(r)
		return nil
	})
	g.end()
	return err
}

// spare sets how often what was thrown away is collected. What is held is little, a few
// documents a core, and what is thrown away is much: collecting at the default rate takes
// a quarter of the importer's time. Above what a page takes as a picture it is collected
// as often as need be, unless the user has set a limit of his own.
func spare(jobs int) {
	debug.SetGCPercent(300)
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(int64(jobs) * 160 << 20)
	}
}

// skips counts the files of folders that are no documents. It is filled by the
// one goroutine that walks, and read when that has ended.
type skips struct {
	count   int
	example string
}

func (s *skips) add(path string) {
	s.count++
	if s.example == "" {
		s.example = filepath.ToSlash(path)
	}
}

// counter counts the documents behind the paths, for the bar; nil when the paths
// come on standard input, which can be read only once.
func counter(ctx context.Context, paths []string) func() int {
	if slices.Contains(paths, "-") {
		return nil
	}
	return func() int {
		n := 0
		for _, err := range batch.Sources(ctx, paths, nil, nil) {
			if err != nil { // told by the one that reads them
				break
			}
			n++
		}
		return n
	}
}

// tally is what a run has come to.
type tally struct {
	documents, forms, unread, problems, discrepancies int

	rules map[rule]int
}

// rule is what discrepancies are counted by.
type rule struct {
	name    string
	verdict form.Verdict
}

func (t *tally) add(r batch.Result) {
	t.documents++
	if r.Err != nil {
		t.unread++
	}
	for _, f := range r.Forms {
		t.forms++
		t.problems += len(f.Form.Problems)
		t.discrepancies += len(f.Discrepancies)
		for _, d := range f.Discrepancies {
			if t.rules == nil {
				t.rules = map[rule]int{}
			}
			t.rules[rule{d.Rule, d.Verdict}]++
		}
	}
}

// summary is the line under the results.
func (t *tally) summary(w *words) string {
	return fmt.Sprintf(w.grand, t.documents, t.forms, t.discrepancies, t.problems, t.unread)
}
