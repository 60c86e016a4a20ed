package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"heji/batch"
	"heji/extract"
	"heji/load"
)

func (p *program) importCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "import PATH…",
		Short: "Read, audit and load forms into PostgreSQL; safe to repeat",
		Long: `Reads and audits documents as check does and loads them into PostgreSQL, each
in one transaction. A document that is there already changes nothing, so an
import that was interrupted is simply run again.

The database is --db, or $DATABASE_URL, or else a private PostgreSQL that heji
makes and starts on this machine. Its tables are created or upgraded first.

Exit status: 0 done, 4 some documents could not be read, 1 heji could not run,
2 wrong usage.`,
		Args: somePath,
		RunE: p.does(p.importPaths),
	}
}

func (p *program) importPaths(ctx context.Context, paths []string) (int, error) {
	store, err := p.openStore(ctx)
	if err != nil {
		return couldNotRun, err
	}
	defer store.Close()

	var t tally
	actions := map[load.Action]int{}
	err = p.read(ctx, paths, batch.Process, func(r batch.Result, _ io.Writer) error {
		// An interrupt must not leave out what was read already.
		outcome, err := store.Save(context.WithoutCancel(ctx), load.Saved{
			Document: r.Document, Reader: extract.Version, Records: r.Records(),
		})
		if err != nil {
			return err
		}
		t.add(r)
		actions[outcome.Action]++
		return nil
	})
	if err != nil && !errors.Is(err, context.Canceled) {
		return couldNotRun, err
	}
	if e := p.print(importSummary(p.words(), &t, actions)); e != nil {
		return couldNotRun, e
	}
	switch {
	case err != nil:
		return couldNotRun, err
	case t.unread > 0:
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
