package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"heji/batch"
)

// progress shows on standard error how far a batch is: a bar on a terminal, and
// otherwise one line per document, for logs.
type progress struct {
	words *words
	bars  *mpb.Progress // nil without a terminal
	bar   *mpb.Bar
	line  func(batch.Result)

	mu    sync.Mutex
	name  string // the document begun last
	pages int
	tally tally
	done  int // documents
	total int // 0 while it is not known
	marks []mark
}

// mark is how many documents were done at a time.
type mark struct {
	at   time.Time
	done int
}

// newProgress counts the documents in the background where there is a bar to
// show how many are left; count may be nil where they cannot be counted.
func (p *program) newProgress(count func() int) *progress {
	g := &progress{words: p.words()}
	if columns(p.stderr) == 0 { // a bar needs room
		g.line = func(r batch.Result) { fmt.Fprintln(p.stderr, progressLine(g.words, r)) }
		return g
	}
	g.line = g.add
	g.bars = mpb.New(mpb.WithOutput(p.stderr), mpb.WithWidth(16))
	g.bar = g.bars.AddBar(0,
		mpb.PrependDecorators(decor.CountersNoUnit("%d/%d ")),
		mpb.AppendDecorators(decor.Any(func(decor.Statistics) string { return " " + g.text(time.Now()) })),
		mpb.BarRemoveOnComplete(),
	)
	if count != nil {
		bar := g.bar // which end takes away
		go func() {
			n := count()
			bar.SetTotal(int64(n), false)
			g.mu.Lock()
			defer g.mu.Unlock()
			g.total = n
		}()
	}
	return g
}

// add counts a result.
func (g *progress) add(r batch.Result) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.tally.add(r)
	g.pages += r.Document.Pages
}

// recent is over which time the rate is taken: a batch that goes on first runs
// through what was read before, which says nothing of the rest.
const recent = time.Minute

// text is what stands behind the bar: rate, time left, pages, discrepancies, failures,
// and the document begun last.
func (g *progress) text(now time.Time) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	if n := len(g.marks); n == 0 || now.Sub(g.marks[n-1].at) >= time.Second {
		g.marks = append(g.marks, mark{now, g.done})
	}
	for len(g.marks) > 2 && now.Sub(g.marks[1].at) > recent {
		g.marks = g.marks[1:]
	}
	var parts []string
	first := g.marks[0]
	if took := now.Sub(first.at).Seconds(); took >= 1 && g.done > first.done {
		rate := float64(g.done-first.done) / took
		parts = append(parts, fmt.Sprintf(g.words.rate, rate))
		if g.total > 0 {
			left := time.Duration(float64(max(g.total-g.done, 0)) / rate * float64(time.Second))
			parts = append(parts, fmt.Sprintf(g.words.left, left.Round(time.Second)))
		}
	}
	parts = append(parts, fmt.Sprintf(g.words.sofar, g.pages, g.tally.discrepancies, g.tally.unread))
	return strings.Join(append(parts, wide.Truncate(g.name, 40, "…")), "  ")
}

// event is batch's Progress.
func (g *progress) event(e batch.Event) {
	if g.bar == nil {
		return
	}
	if e.Done {
		g.bar.Increment() // outside the lock, which the bar waits for when it is drawn
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if e.Done {
		g.done++
	} else {
		g.name = printable(e.Name)
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
