package main

import (
	"fmt"
	"io"
	"sync/atomic"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"heji/batch"
)

// progress shows on standard error how far a batch is: a bar on a terminal, and
// otherwise one line per document, for logs.
type progress struct {
	bars *mpb.Progress // nil without a terminal
	bar  *mpb.Bar
	name atomic.Value // string: the document begun last
	line func(batch.Result)
}

// newProgress counts the documents in the background where there is a bar to
// show how many are left; count may be nil where they cannot be counted.
func (p *program) newProgress(count func() int) *progress {
	g := &progress{}
	g.name.Store("")
	if !isTerminal(p.stderr) {
		g.line = func(r batch.Result) { fmt.Fprintln(p.stderr, progressLine(p.words(), r)) }
		return g
	}
	g.line = func(batch.Result) {}
	g.bars = mpb.New(mpb.WithOutput(p.stderr), mpb.WithWidth(40))
	g.bar = g.bars.AddBar(0,
		mpb.PrependDecorators(decor.CountersNoUnit("%d/%d ")),
		mpb.AppendDecorators(decor.Any(func(decor.Statistics) string {
			return wide.Truncate(" "+g.name.Load().(string), 50, "…")
		})),
		mpb.BarRemoveOnComplete(),
	)
	if count != nil {
		bar := g.bar // which end takes away
		go func() { bar.SetTotal(int64(count()), false) }()
	}
	return g
}

// event is batch's Progress.
func (g *progress) event(e batch.Event) {
	switch {
	case g.bar == nil:
	case e.Done:
		g.bar.Increment()
	default:
		g.name.Store(printable(e.Name))
	}
}

// above is where results go while the bar is shown: it is drawn again below
// them.
func (g *progress) above(stdout io.Writer) io.Writer {
	if g.bars == nil {
		return stdout
	}
	return g.bars
}

// end takes the bar away.
func (g *progress) end() {
	if g.bar != nil {
		g.bar.Abort(true)
		g.bars.Wait()
		g.bar, g.bars = nil, nil
	}
}

// progressLine says what became of one document, of which forms were asked for
// or the pages alone.
func progressLine(w *words, r batch.Result) string {
	name := printable(r.Document.Name)
	if r.Err != nil {
		return name + ": " + string(r.Err.Code)
	}
	if r.Forms == nil {
		return name + ": " + fmt.Sprintf(w.pages, r.Document.Pages)
	}
	var t tally
	t.add(r)
	return name + ": " + fmt.Sprintf(w.oneLine, t.forms, t.discrepancies, t.problems)
}
