package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/spf13/cobra"

	"heji/batch"
	"heji/extract"
	"heji/form"
	"heji/load"
)

func (p *program) submitCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "submit PATH…",
		Short: "Queue documents for heji work, on any number of machines",
		Long: `Finds documents as import does, and puts those that are not in the database into
a queue in the same PostgreSQL, each once by its content. heji work, on this and
other machines, reads them; the files must be there under the same path. Safe to
repeat, and to interrupt.

Exit status: 0 done, 4 some files could not be opened, 1 heji could not run, 2
wrong usage.`,
		Args: somePath,
		RunE: p.does(p.submit),
	}
}

// openQueue connects to the database and brings its tables and the queue's up to
// date.
func (p *program) openQueue(ctx context.Context) (*load.Store, error) {
	store, err := p.openStore(ctx)
	if err != nil {
		return nil, err
	}
	if err := store.Alone(ctx, func() error { return batch.MigrateQueue(ctx, store.Pool()) }); err != nil {
		store.Close()
		return nil, err
	}
	return store, nil
}

func (p *program) submit(ctx context.Context, paths []string) (int, error) {
	store, err := p.openQueue(ctx)
	if err != nil {
		return couldNotRun, err
	}
	defer store.Close()
	queue, err := batch.NewSubmitter(store.Pool())
	if err != nil {
		return couldNotRun, err
	}
	id, resumed, err := store.Begin(ctx, paths, extract.Version)
	if err != nil {
		return couldNotRun, err
	}
	if resumed {
		p.note(p.words().goesOn, id)
	}
	p.resumes = true
	counts := map[string]int{}
	var passed skips
	for src, e := range batch.Sources(ctx, paths, p.stdin, passed.add) {
		if err = cmp.Or(ctx.Err(), e); err != nil {
			break
		}
		outcome, e := submitOne(ctx, store, queue, id, src)
		if err = e; err != nil {
			break
		}
		counts[outcome]++
	}
	if err == nil {
		err = store.Finish(ctx, id)
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		return couldNotRun, err
	}
	if passed.count > 0 {
		p.note(p.words().skipped, passed.count, printable(passed.example))
	}
	text := fmt.Sprintf(p.words().submitted, counts[load.Queued], counts[load.Duplicate], counts[load.Refused], counts[load.Failed])
	if e := p.print(text + "\n" + fmt.Sprintf(p.words().batch, id) + "\n"); e != nil {
		return couldNotRun, e
	}
	switch {
	case err != nil:
		return couldNotRun, err
	case counts[load.Failed] > 0:
		return unreadable, nil
	}
	return done, nil
}

func submitOne(ctx context.Context, store *load.Store, queue *batch.Submitter, id int64, src batch.Source) (outcome string, err error) {
	// What is begun is finished.
	ctx = context.WithoutCancel(ctx)
	path := load.Absolute(cmp.Or(src.Path, src.Name))
	data, ferr := src.Read(ctx, extract.DefaultLimits.FileBytes)
	if ferr != nil {
		r := batch.Result{Document: form.Document{Name: src.Name}, Err: ferr, Stage: batch.Find}
		saved, err := savedOf(r, load.Entry{Batch: id, Path: path})
		if err == nil {
			_, err = store.Save(ctx, saved)
		}
		return load.Failed, err
	}
	sum := sha256.Sum256(data)
	d := form.Document{Name: src.Name, SHA256: hex.EncodeToString(sum[:])}
	return store.Enqueue(ctx, d, extract.Version, load.Entry{Batch: id, Path: path}, func(ctx context.Context, tx pgx.Tx) error {
		return queue.Insert(ctx, tx, batch.Job{SHA256: d.SHA256, Name: d.Name, Path: form.PathText(path), Batch: id})
	})
}
