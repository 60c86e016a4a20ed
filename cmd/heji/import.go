package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"heji/batch"
	"heji/extract"
	"heji/form"
	"heji/load"
)

func (p *program) importCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "import PATH…",
		Short: "Read, audit and load forms into PostgreSQL; safe to repeat",
		Long: `Reads and audits documents as check does and loads them into PostgreSQL, each
in one transaction. A document whose bytes this heji has read already is not
read again. An import that was interrupted or killed goes on when the same
command is run again. PATH is as for check; a bucket's address may also be one,
such as s3://forms/2021/ or azblob://forms/2021/, with the credentials in the
environment.

What was seen on the pages is kept, so that heji replay can understand it anew.
heji failed lists what was not read, and heji certificate proves that nothing
was left out.

The database is --db, or $DATABASE_URL, or else a private PostgreSQL that heji
makes and starts on this machine. Its tables are created or upgraded first.

Exit status: 0 done, 4 some documents could not be read, 1 heji could not run,
2 wrong usage.`,
		Args: somePath,
		RunE: p.does(p.importPaths),
	}
	p.limitFlags(cmd)
	return cmd
}

func (p *program) importPaths(ctx context.Context, paths []string) (int, error) {
	store, err := p.openStore(ctx)
	if err != nil {
		return couldNotRun, err
	}
	defer store.Close()

	id, resumed, err := store.Begin(ctx, paths, extract.Version)
	if err != nil {
		return couldNotRun, err
	}
	if resumed {
		p.note(p.words().goesOn, id)
	}
	p.resumes = true
	p.kept = store.Pages(extract.Version)
	in := &importing{store: store, batch: id}
	err = in.saving(ctx, func(sink sink) error { return p.read(ctx, paths, in.process, sink) })
	if err == nil {
		err = store.Finish(ctx, id)
	}
	return p.imported(in, err)
}

// importing is what an import has come to.
type importing struct {
	store   *load.Store
	batch   int64
	again   func(name string) load.Entry // for a retry: the line to which a document belongs
	tally   tally
	known   int // documents that were stored before
	actions map[load.Action]int
}

// process reads a document unless the database has it.
func (in *importing) process(ctx context.Context, reader batch.Reader, src batch.Source) batch.Result {
	return batch.ProcessNew(ctx, reader, src, func(ctx context.Context, d form.Document) (*batch.Result, error) {
		known, err := in.store.Note(ctx, d.SHA256, d.Name, extract.Version, load.Entry{Batch: in.batch, Path: cmp.Or(src.Path, src.Name)})
		if err != nil || known == nil {
			// A database that is gone says so when the result is saved.
			return nil, nil
		}
		d.Pages = known.Document.Pages
		r := &batch.Result{Document: d, Err: known.Err}
		for _, f := range known.Forms {
			r.Forms = append(r.Forms, batch.Form{
				Form: form.Form{Problems: make([]form.Problem, f.Problems)}, Discrepancies: f.Discrepancies,
			})
		}
		return r, nil
	})
}

// sink takes results in their order, as batch.Run gives them.
type sink func(batch.Result, io.Writer) error

// saving runs read with the sink of an import, and ends when all is stored.
func (in *importing) saving(ctx context.Context, read func(sink) error) error {
	// An interrupt must not leave out what was read already.
	saving := startSaving(context.WithoutCancel(ctx), in.store)
	err := read(func(r batch.Result, _ io.Writer) error {
		in.tally.add(r)
		if r.Known {
			in.known++
			return nil
		}
		entry := load.Entry{Batch: in.batch, Path: cmp.Or(r.Path, r.Document.Name)}
		if in.again != nil {
			entry = in.again(r.Document.Name)
		}
		saved, err := savedOf(r, entry)
		if err != nil {
			return err
		}
		return saving.add(saved)
	})
	if e := saving.end(); e != nil {
		err = e // which also ended the reading
	}
	in.actions = saving.outcomes
	in.actions[load.Unchanged] += in.known
	return err
}

// savedOf is what the database keeps of a result.
func savedOf(r batch.Result, entry load.Entry) (load.Saved, error) {
	pages, err := r.Kept()
	entry.Stage = string(r.Stage)
	return load.Saved{Document: r.Document, Reader: extract.Version, Records: r.Records(), Layout: pages, Entry: &entry}, err
}

// imported says what came of it.
func (p *program) imported(in *importing, err error) (int, error) {
	if err != nil && in.tally.documents == 0 {
		return couldNotRun, err
	}
	// What was stored before it ended is told too.
	if e := p.print(importSummary(p.words(), &in.tally, in.actions)); e != nil {
		return couldNotRun, e
	}
	if in.batch != 0 {
		if e := p.print(fmt.Sprintf(p.words().batch, in.batch) + "\n"); e != nil {
			return couldNotRun, e
		}
	}
	switch {
	case err != nil:
		return couldNotRun, err
	case in.tally.unread > 0:
		p.note(p.words().seeFailed)
		return unreadable, nil
	}
	return done, nil
}

func importSummary(w *words, t *tally, actions map[load.Action]int) string {
	var b strings.Builder
	b.WriteString(t.summary(w) + "\n")
	fmt.Fprintf(&b, w.stored+"\n", actions[load.Inserted], actions[load.Replaced], actions[load.Unchanged], actions[load.NotStored])
	if len(t.rules) == 0 {
		return b.String() + w.noneFound + "\n"
	}
	b.WriteString(w.byRule + "\n")
	var found []rule
	for r := range t.rules {
		found = append(found, r)
	}
	slices.SortFunc(found, func(a, b rule) int {
		return cmp.Or(cmp.Compare(t.rules[b], t.rules[a]), strings.Compare(a.name, b.name), cmp.Compare(a.verdict, b.verdict))
	})
	var rows [][]string
	for _, r := range found {
		rows = append(rows, []string{fmt.Sprint(t.rules[r]), r.name, cmp.Or(w.verdicts[r.verdict], string(r.verdict))})
	}
	b.WriteString(table([]column{{right: true}, {}, {}}, rows, 0))
	return b.String()
}

// databaseURL is the database asked for, or "" for the private one.
func (p *program) databaseURL() string {
	return cmp.Or(p.db, os.Getenv("DATABASE_URL"))
}

// startDatabase is the URL of the database asked for, or of the private one,
// which it starts.
func (p *program) startDatabase(ctx context.Context) (url string, err error) {
	if url := p.databaseURL(); url != "" {
		return url, nil
	}
	return load.Local{}.Start(ctx)
}

// openStore connects to the database and brings its tables up to date.
func (p *program) openStore(ctx context.Context) (*load.Store, error) {
	url, err := p.startDatabase(ctx)
	if err != nil {
		return nil, err
	}
	if p.databaseURL() == "" {
		place, err := load.Local{}.Place()
		if err != nil {
			return nil, err
		}
		p.note(p.words().database, printable(place))
	}
	store, err := load.Open(ctx, url)
	if err != nil {
		return nil, err
	}
	from, to, err := store.Migrate(ctx)
	if err != nil {
		store.Close()
		return nil, err
	}
	if from != to {
		p.note(p.words().tables, from, to)
	}
	return store, nil
}
