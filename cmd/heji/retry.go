package main

import (
	"cmp"
	"context"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"heji/batch"
	"heji/extract"
	"heji/load"
)

func (p *program) retryCommand() *cobra.Command {
	var code string
	cmd := &cobra.Command{
		Use:   "retry [BATCH]",
		Short: "Read again the documents that failed, and no others",
		Long: `Reads again what heji failed lists as failed, from the paths where it was found; of a
folder that could not be opened, what is in it.
What was refused is the document's own fault and would be refused again, so it
is tried only when its cause is given with --code. A document's line in its
batch changes when it is read.

Exit status: 0 all were read, 4 some were not, 1 heji could not run, 2 wrong usage.`,
		Args: batchNumber,
		RunE: p.does(func(ctx context.Context, args []string) (int, error) {
			return p.retry(ctx, numberOf(args), code)
		}),
	}
	cmd.Flags().StringVar(&code, "code", "", "only this `cause`, such as timeout or encrypted")
	p.limitFlags(cmd)
	return cmd
}

func (p *program) retry(ctx context.Context, number int64, code string) (int, error) {
	store, err := p.openStore(ctx)
	if err != nil {
		return couldNotRun, err
	}
	defer store.Close()
	// Failures are few, so they are held: reading changes the list.
	var list []load.Unread
	entries := map[string][]load.Entry{}
	take := func(u load.Unread) {
		list = append(list, u)
		entries[u.Name] = append(entries[u.Name], load.Entry{Batch: u.Batch, Path: u.Path})
	}
	var folders []load.Unread
	err = store.Unread(ctx, number, code, func(u load.Unread) error {
		switch {
		case code == "" && u.Outcome != load.Failed:
		case isFolder(u.Path):
			folders = append(folders, u)
		default:
			take(u)
		}
		return nil
	})
	for _, u := range folders {
		below(ctx, u, take)
	}
	if err != nil {
		return couldNotRun, err
	}
	if len(list) == 0 {
		return couldNotRunUnless(p.print(p.words().noneFailed + "\n"))
	}
	slices.SortStableFunc(list, func(a, b load.Unread) int { return int(a.Batch - b.Batch) })
	sources := func(yield func(batch.Source, error) bool) {
		for _, u := range list {
			if !yield(batch.Source{Name: u.Name, Path: u.Path}, nil) {
				return
			}
		}
	}
	p.resumes = true
	p.kept = store.Pages(extract.Version)
	// Results come in the order of the list, so a name's entries are taken in turn.
	taken := map[string]int{}
	in := &importing{store: store, again: func(name string) load.Entry {
		slices.SortStableFunc(entries[name], func(a, b load.Entry) int { return int(a.Batch - b.Batch) })
		taken[name]++
		return entries[name][taken[name]-1]
	}}
	err = in.saving(ctx, func(sink sink) error {
		return p.readSources(ctx, sources, func() int { return len(list) }, batch.Process, sink)
	})
	// Only now, so that one who is interrupted finds the folder still to do.
	for _, u := range folders {
		if err == nil && entries[u.Name] == nil {
			err = store.Opened(ctx, u)
		}
	}
	return p.imported(in, err)
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// below takes the documents in a folder that could not be opened before, and what
// cannot be opened still.
func below(ctx context.Context, folder load.Unread, take func(load.Unread)) {
	for src, err := range batch.Sources(ctx, []string{folder.Path}, nil, nil) {
		if err != nil { // only buckets end so
			return
		}
		u := folder
		u.Path = cmp.Or(src.Path, src.Name)
		u.Name = folder.Name + strings.TrimPrefix(src.Name, folder.Path)
		take(u)
	}
}
