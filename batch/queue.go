package batch

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"heji/form"
)

// Job is a document that waits for a worker. Every worker must see it under Path.
type Job struct {
	SHA256 string `json:"sha256" river:"unique"`
	Name   string `json:"name"`
	Path   string `json:"path"` // as form.PathText writes it
	Batch  int64  `json:"batch"`
}

// JobKind is how the queue names documents.
const JobKind = "heji_document"

// Kind is for River.
func (Job) Kind() string { return JobKind }

// maxAttempts is how often broken infrastructure is tried: with the waits of
// retryPolicy, for more than an hour.
const maxAttempts = 9

// InsertOpts is for River: one job at a time for the same bytes.
func (Job) InsertOpts() river.InsertOpts {
	return river.InsertOpts{
		MaxAttempts: maxAttempts,
		UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
			rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable, rivertype.JobStateRunning, rivertype.JobStateScheduled,
		}},
	}
}

// MigrateQueue makes the queue's tables or brings them up to date. No other
// process may do so at the same time.
func MigrateQueue(ctx context.Context, pool *pgxpool.Pool) error {
	m, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err == nil {
		_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	}
	if err != nil {
		return fmt.Errorf("make the tables of the queue: %w", err)
	}
	return nil
}

// Submitter puts documents into the queue.
type Submitter struct{ client *river.Client[pgx.Tx] }

// NewSubmitter is one that works nothing itself.
func NewSubmitter(pool *pgxpool.Pool) (*Submitter, error) {
	c, err := river.NewClient(riverpgxv5.New(pool), &river.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, fmt.Errorf("open the queue: %w", err)
	}
	return &Submitter{c}, nil
}

// Insert queues the job in the transaction, unless one for the same bytes waits.
func (s *Submitter) Insert(ctx context.Context, tx pgx.Tx, job Job) error {
	_, err := s.client.InsertTx(ctx, tx, job, nil)
	return err
}

// Working says how a worker works.
type Working struct {
	Jobs    int           // documents in hand at once
	Timeout time.Duration // after which a document counts as stuck, and another worker takes it over
	Log     *slog.Logger
	// Save stores the result, and calls done in the same transaction. Its error is
	// the infrastructure's.
	Save func(ctx context.Context, job Job, r Result, done func(context.Context, pgx.Tx) error) error
	// Told is called after each document that was saved.
	Told func(r Result, took time.Duration)
}

// Work takes documents from the queue until ctx is cancelled; those in hand are
// finished. Only broken infrastructure is tried again: what a document comes to is
// a result, even when it could not be read.
func Work(ctx context.Context, pool *pgxpool.Pool, reader Reader, w Working) error {
	workers := river.NewWorkers()
	if err := river.AddWorkerSafely(workers, &worker{reader: reader, how: w}); err != nil {
		return fmt.Errorf("open the queue: %w", err)
	}
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{
		Queues:               map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: w.Jobs}},
		Workers:              workers,
		Logger:               w.Log,
		JobTimeout:           w.Timeout,
		RescueStuckJobsAfter: w.Timeout + time.Second,
		RetryPolicy:          retryPolicy{w.Timeout},
	})
	if err != nil {
		return fmt.Errorf("open the queue: %w", err)
	}
	// What is in hand is finished, so it must not see the cancellation.
	unhurried := context.WithoutCancel(ctx)
	if err := client.Start(unhurried); err != nil {
		return fmt.Errorf("start on the queue: %w", err)
	}
	<-ctx.Done()
	return client.Stop(unhurried)
}

// retryPolicy waits 20 seconds, then twice as long each time. A job that outlived its
// time is that of a worker that died, and has waited enough.
type retryPolicy struct{ timeout time.Duration }

func (p retryPolicy) NextRetry(job *rivertype.JobRow) time.Time {
	if job.AttemptedAt != nil && time.Since(*job.AttemptedAt) > p.timeout {
		return time.Now()
	}
	return time.Now().Add(20 * time.Second << min(len(job.Errors), maxAttempts))
}

type worker struct {
	river.WorkerDefaults[Job]
	how    Working
	reader Reader
}

// Work is for River. An error means: try again later.
func (w *worker) Work(ctx context.Context, job *river.Job[Job]) error {
	began := time.Now()
	r := w.result(ctx, job)
	if ctx.Err() != nil && r.Err != nil {
		r.Err = &form.Error{Code: form.Timeout, Err: r.Err,
			Message: fmt.Sprintf("the document took longer than %v; run heji retry, or give heji work a longer --timeout", w.how.Timeout)}
	}
	if infrastructure(r) && job.Attempt < maxAttempts {
		return r.Err
	}
	// The time limit is the document's: what came of it is stored in any case.
	ctx = context.WithoutCancel(ctx)
	err := w.how.Save(ctx, job.Args, r, func(ctx context.Context, tx pgx.Tx) error {
		_, err := river.JobCompleteTx[*riverpgxv5.Driver](ctx, tx, job)
		return err
	})
	if err == nil && w.how.Told != nil {
		w.how.Told(r, time.Since(began))
	}
	return err
}

// mostCrashes is how many workers a document may take down with it.
const mostCrashes = 2

func (w *worker) result(ctx context.Context, job *river.Job[Job]) Result {
	fail := func(code form.Code, message string) Result {
		return Result{
			Document: form.Document{Name: job.Args.Name, SHA256: job.Args.SHA256}, Stage: Find,
			Err: &form.Error{Code: code, Message: message},
		}
	}
	if crashes(job.Errors) >= mostCrashes {
		return fail(form.Crashed, "workers ended while they had this document in hand; look at it by itself with heji check, then run heji retry")
	}
	r := Process(ctx, w.reader, Source{Name: job.Args.Name, Path: form.PathOf(job.Args.Path)})
	switch {
	case r.Document.SHA256 == "":
		return fail(r.Err.Code, r.Err.Message)
	case r.Document.SHA256 != job.Args.SHA256:
		return fail(form.NotFound, "the file is not what it was when it was submitted; submit it again")
	}
	return r
}

// infrastructure reports whether this machine is at fault in a way that may pass:
// a folder that is not mounted, an engine that is not installed.
func infrastructure(r Result) bool {
	return r.Err != nil && (r.Err.Code == form.NotFound || r.Err.Code == form.OCRUnavailable)
}

// crashes counts the attempts that ended with the death of their worker, which
// River notes when it takes the job away from it.
func crashes(errors []rivertype.AttemptError) int {
	n := 0
	for _, e := range errors {
		if strings.Contains(e.Error, "Stuck job rescued") {
			n++
		}
	}
	return n
}
