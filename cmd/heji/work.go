package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/spf13/cobra"

	"heji/batch"
	"heji/extract"
	"heji/form"
	"heji/load"
)

// worked is what the flags of work ask for.
type worked struct {
	metrics string
	timeout time.Duration
	drain   bool
}

func (p *program) workCommand() *cobra.Command {
	var w worked
	cmd := &cobra.Command{
		Use:   "work",
		Short: "Read the documents that heji submit queued",
		Long: `Takes documents from the queue, reads, audits and loads them, until it is
interrupted; the documents in hand are then finished. Any number of machines may
work on one database. A document in the hands of a worker that died is taken
over by another after --timeout; one that took two workers down with it is set
aside as crashed. A file that is not there, or an engine that is not installed,
is tried again later, by whichever worker comes first.`,
		Args: cobra.NoArgs,
		PreRunE: func(*cobra.Command, []string) error {
			if w.timeout < time.Second {
				return fmt.Errorf("--timeout is at least 1s, not %v", w.timeout)
			}
			return nil
		},
		RunE: p.does(func(ctx context.Context, _ []string) (int, error) { return p.work(ctx, w) }),
	}
	flags := cmd.Flags()
	flags.StringVar(&w.metrics, "metrics", "", "serve Prometheus /metrics and /healthz on this `address`, such as :9090")
	flags.DurationVar(&w.timeout, "timeout", 15*time.Minute, "how long a document may take")
	flags.BoolVar(&w.drain, "drain", false, "end when the queue is empty, with status 4 where some documents could not be read")
	p.limitFlags(cmd)
	return cmd
}

// work takes documents until it is interrupted or, drained, the queue is empty. Drained it says so where some
// could not be read.
func (p *program) work(ctx context.Context, w worked) (int, error) {
	store, err := p.openQueue(ctx)
	if err != nil {
		return couldNotRun, err
	}
	defer store.Close()
	jobs := cmp.Or(p.jobs, runtime.GOMAXPROCS(0))
	spare(jobs)
	reader, err := extract.Open(extract.Options{Jobs: jobs, Kept: store.Pages(extract.Version), Limits: p.limits})
	if err != nil {
		return couldNotRun, err
	}
	defer func() { _ = reader.Close() }() // nothing was written

	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	m := newMetrics(store)
	if w.metrics != "" {
		server, err := m.serve(w.metrics)
		if err != nil {
			return couldNotRun, err
		}
		defer func() { _ = server.Close() }()
	}
	if w.drain {
		go drained(ctx, store, func() { stop(nil) })
	}
	p.note(p.words().working, jobs)
	told := make(chan string) // to the one goroutine that prints
	printed := make(chan struct{})
	go func() {
		defer close(printed)
		for line := range told {
			fmt.Fprintln(p.stderr, line)
		}
	}()
	err = batch.Work(ctx, store.Pool(), reader, batch.Working{
		Jobs: jobs, Timeout: w.timeout, Log: slog.New(slog.NewTextHandler(p.stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
		Save: func(ctx context.Context, job batch.Job, r batch.Result, done func(context.Context, pgx.Tx) error) error {
			saved, err := savedOf(r, load.Entry{Batch: job.Batch, Path: form.PathOf(job.Path)})
			if err != nil {
				return err
			}
			saved.Also = done
			_, err = store.Save(ctx, saved)
			return err
		},
		Told: func(r batch.Result, took time.Duration) {
			m.add(r, took)
			told <- progressLine(p.words(), r)
		},
	})
	close(told)
	<-printed
	if err == nil && w.drain && m.unread() > 0 {
		return unreadable, nil
	}
	return couldNotRunUnless(err)
}

// drained calls stop when no job waits or runs.
func drained(ctx context.Context, store *load.Store, stop func()) {
	for {
		counts, err := store.Jobs(ctx, batch.JobKind)
		if err == nil && counts["available"]+counts["running"]+counts["retryable"]+counts["scheduled"]+counts["pending"] == 0 {
			stop()
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Second):
		}
	}
}

// metrics are what a worker counts, in the text format of Prometheus
// (https://prometheus.io/docs/instrumenting/exposition_formats/).
type metrics struct {
	store *load.Store

	mu                          sync.Mutex
	documents                   map[string]int // by the code of the error, "" for those that were read
	pages, forms, discrepancies int
	buckets                     []int // documents by how long they took: one count a limit and one for the rest
	seconds                     float64
}

// limits are the upper ends of the histogram's buckets, in seconds.
var limits = []float64{0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900}

// unread is how many documents could not be read so far.
func (m *metrics) unread() (n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for code, count := range m.documents {
		if code != "" {
			n += count
		}
	}
	return n
}

func newMetrics(store *load.Store) *metrics {
	return &metrics{store: store, documents: map[string]int{"": 0}, buckets: make([]int, len(limits)+1)}
}

func (m *metrics) add(r batch.Result, took time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	code := ""
	if r.Err != nil {
		code = string(r.Err.Code)
	}
	m.documents[code]++
	m.pages += r.Document.Pages
	m.forms += len(r.Forms)
	for _, f := range r.Forms {
		m.discrepancies += len(f.Discrepancies)
	}
	i, _ := slices.BinarySearch(limits, took.Seconds())
	m.buckets[i]++
	m.seconds += took.Seconds()
}

// text is all of it. The queue is counted when it is asked for; where the database
// is gone, the rest is told without it.
func (m *metrics) text(ctx context.Context) string {
	jobs, err := m.store.Jobs(ctx, batch.JobKind)
	m.mu.Lock()
	defer m.mu.Unlock()
	var b strings.Builder
	family := func(name, kind, help string) { fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind) }
	counter := func(name, help string, n int) {
		family(name, "counter", help)
		fmt.Fprintf(&b, "%s %d\n", name, n)
	}
	family("heji_documents_total", "counter", "Documents done, by the code of their error; it is empty for those that were read.")
	for _, code := range slices.Sorted(maps.Keys(m.documents)) {
		fmt.Fprintf(&b, "heji_documents_total{error=%q} %d\n", code, m.documents[code])
	}
	counter("heji_pages_total", "Pages read.", m.pages)
	counter("heji_forms_total", "Forms found.", m.forms)
	counter("heji_discrepancies_total", "Discrepancies found.", m.discrepancies)
	family("heji_document_seconds", "histogram", "Time from taking a document up to its being stored.")
	n := 0
	for i, limit := range limits {
		n += m.buckets[i]
		fmt.Fprintf(&b, "heji_document_seconds_bucket{le=\"%g\"} %d\n", limit, n)
	}
	n += m.buckets[len(limits)]
	fmt.Fprintf(&b, "heji_document_seconds_bucket{le=\"+Inf\"} %d\nheji_document_seconds_sum %g\nheji_document_seconds_count %d\n", n, m.seconds, n)
	if err == nil {
		family("heji_queue_jobs", "gauge", "Jobs in the queue by state; the same on every worker.")
		for _, state := range []string{"available", "running", "retryable", "scheduled", "completed", "discarded"} {
			fmt.Fprintf(&b, "heji_queue_jobs{state=%q} %d\n", state, jobs[state])
		}
	}
	return b.String()
}

// serve answers on the address until the server is closed.
func (m *metrics) serve(address string) (*http.Server, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("serve the metrics: %w; give --metrics another address", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
		defer cancel()
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		_, _ = io.WriteString(w, m.text(ctx))
	})
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
		defer cancel()
		if err := m.store.Ping(ctx); err != nil {
			http.Error(w, "the database does not answer", http.StatusServiceUnavailable)
			return
		}
		_, _ = fmt.Fprintln(w, "ok")
	})
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			slog.Error("the metrics are no longer served", "error", err)
		}
	}()
	return server, nil
}
