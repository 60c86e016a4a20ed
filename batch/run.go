package batch

import (
	"context"
	"iter"
	"runtime"
	"sync"
)

// Options says how a batch is run. The zero Options are the defaults.
type Options struct {
	Jobs     int         // documents in hand at once; 0 for one a core
	Progress func(Event) // called for one event at a time; may be nil
}

// Event tells that work on a document began, or that it ended.
type Event struct {
	Name string
	Done bool
}

// waiting is how many finished results per job may wait for a slower document
// before them.
const waiting = 4

// Run processes the sources, several at once, and gives each result to sink in
// the order of the sources. Sink is called from one goroutine, Run's caller's.
//
// When ctx is cancelled no further document is begun; those in hand are
// finished and given to sink, and the error is the context's. An error of the
// sources ends the batch in the same way. When sink fails, its error ends the batch.
func Run(ctx context.Context, sources iter.Seq2[Source, error], process func(context.Context, Source) Result, o Options, sink func(Result) error) error {
	jobs := o.Jobs
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	tell := teller(o.Progress)
	stop, cancel := context.WithCancel(ctx)
	defer cancel()
	// What is in hand is finished, so it must not see the cancellation.
	unhurried := context.WithoutCancel(ctx)

	type ticket struct {
		src    Source
		result chan Result
	}
	queue := make(chan ticket)               // to the workers
	order := make(chan ticket, waiting*jobs) // the same tickets, to the sink

	var broken error // the end of the sources
	var all sync.WaitGroup
	all.Go(func() {
		defer close(order)
		defer close(queue)
		for src, err := range sources {
			if stop.Err() != nil {
				return
			}
			if err != nil {
				broken = err
				return
			}
			t := ticket{src, make(chan Result, 1)}
			select {
			case <-stop.Done():
				return
			case queue <- t:
			}
			order <- t // never blocks for good: the sink takes every ticket
		}
	})
	for range jobs {
		all.Go(func() {
			for t := range queue {
				tell(Event{Name: t.src.Name})
				t.result <- process(unhurried, t.src)
				tell(Event{Name: t.src.Name, Done: true})
			}
		})
	}

	var failed error
	for t := range order {
		r := <-t.result
		if failed == nil {
			if failed = sink(r); failed != nil {
				cancel()
			}
		}
	}
	all.Wait()
	switch {
	case failed != nil:
		return failed
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return broken
}

// teller makes progress safe to call from every worker.
func teller(progress func(Event)) func(Event) {
	if progress == nil {
		return func(Event) {}
	}
	var mu sync.Mutex
	return func(e Event) {
		mu.Lock()
		defer mu.Unlock()
		progress(e)
	}
}
