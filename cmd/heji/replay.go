package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"heji/batch"
	"heji/load"
)

func (p *program) replayCommand() *cobra.Command {
	var apply bool
	cmd := &cobra.Command{
		Use:   "replay [BATCH]",
		Short: "Understand what was read anew, without reading it, and show what differs",
		Long: `Runs parse, normalize and audit again over the pages that were kept when the
documents were read, and shows what this version makes of them that differs from
what is stored. Nothing is read again and no file is needed. With --apply, what
differs is stored.

Exit status: 0 nothing differs or it was stored, 3 something differs, 1 heji
could not run, 2 wrong usage.`,
		Args: batchNumber,
		RunE: p.does(func(ctx context.Context, args []string) (int, error) {
			return p.replay(ctx, numberOf(args), apply)
		}),
	}
	cmd.Flags().BoolVar(&apply, "apply", false, "store what differs")
	return cmd
}

func (p *program) replay(ctx context.Context, number int64, apply bool) (int, error) {
	store, err := p.openStore(ctx)
	if err != nil {
		return couldNotRun, err
	}
	defer store.Close()
	documents, differ, unseen := 0, 0, 0
	err = store.Kept(ctx, number, func(k load.Kept) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		r, n, err := batch.Replay(ctx, k.Document, k.Layout)
		if err != nil {
			return err
		}
		documents, unseen = documents+1, unseen+n
		changes, err := changes(k, r)
		if err != nil || len(changes) == 0 {
			return err
		}
		differ++
		if err := p.print(changesText(p.paint()(bold, printable(k.Document.Name)), changes)); err != nil || !apply {
			return err
		}
		_, err = store.Save(context.WithoutCancel(ctx), load.Saved{Document: k.Document, Reader: k.Reader, Records: r.Records(), Replay: true})
		return err
	})
	if err != nil {
		return couldNotRun, err
	}
	text := fmt.Sprintf(p.words().replayed, documents, differ)
	if unseen > 0 {
		text += "\n" + fmt.Sprintf(p.words().unseen, unseen)
	}
	if err := p.print(text + "\n"); err != nil {
		return couldNotRun, err
	}
	if differ > 0 && !apply {
		p.note(p.words().notApplied)
		return discrepancies, nil
	}
	return done, nil
}

// change is a member of a record that is not as it was; "" is a member that is
// not there.
type change struct{ where, before, now string }

// changes are what differs between what is stored and what was made of it anew.
func changes(k load.Kept, r batch.Result) ([]change, error) {
	before, now := map[string]string{}, map[string]string{}
	for i, record := range k.Records {
		if err := members(before, i+1, record); err != nil {
			return nil, err
		}
	}
	if k.Err != nil {
		before["error"] = string(k.Err.Code)
	}
	if r.Err != nil {
		now["error"] = string(r.Err.Code)
	}
	for i, record := range r.Records() {
		if record.Form == nil {
			continue
		}
		line, err := record.MarshalJSON()
		if err != nil {
			return nil, err
		}
		if err := members(now, i+1, line); err != nil {
			return nil, err
		}
	}
	var out []change
	wheres := maps.Clone(before)
	maps.Copy(wheres, now)
	for _, where := range slices.Sorted(maps.Keys(wheres)) {
		if before[where] != now[where] {
			out = append(out, change{where, before[where], now[where]})
		}
	}
	return out, nil
}

// members adds a record's values by their paths, such as form 1 grade.text. The
// document itself is not among them: its name may have changed.
func members(into map[string]string, ordinal int, record []byte) error {
	d := json.NewDecoder(bytes.NewReader(record))
	d.UseNumber() // 3.00 is not 3
	var v map[string]any
	if err := d.Decode(&v); err != nil {
		return fmt.Errorf("a stored record is no JSON: %w", err)
	}
	delete(v, "document")
	flatten(into, fmt.Sprintf("form %d ", ordinal), v)
	return nil
}

func flatten(into map[string]string, path string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for key, member := range v {
			flatten(into, strings.TrimPrefix(path+"."+key, "."), member)
		}
	case []any:
		for i, member := range v {
			flatten(into, fmt.Sprintf("%s[%d]", path, i), member)
		}
	case nil:
		into[path] = "null"
	default:
		into[path] = fmt.Sprint(v)
	}
}

// mostChanges is how many changes of a document are printed.
const mostChanges = 20

func changesText(name string, changes []change) string {
	var b strings.Builder
	b.WriteString(name + "\n")
	for i, c := range changes {
		if i == mostChanges {
			fmt.Fprintf(&b, "  … %d more\n", len(changes)-i)
			break
		}
		where := strings.Replace(c.where, " .", " ", 1)
		fmt.Fprintf(&b, "  %s: %s → %s\n", printable(where), side(c.before), side(c.now))
	}
	return b.String()
}

func side(s string) string {
	if s == "" {
		return "–"
	}
	return wide.Truncate(printable(s), 60, "…")
}
