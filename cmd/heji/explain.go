package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"heji/audit"
	"heji/batch"
	"heji/form"
	"heji/load"
)

func (p *program) explainCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "explain PATH|HASH",
		Short: "Show every equation of a form: which hold, which are broken, which could not be checked",
		Long: `Writes down the equations that the rules make of a form's figures.

PATH is a document, which is read. HASH is the beginning of the SHA-256 of a
stored one, which is not read again.

Exit status: 0 every equation holds or could not be checked, 3 some are broken,
4 the document could not be read, 1 heji could not run, 2 wrong usage.`,
		Example: "  heji explain 2021/form.pdf\n  heji explain 3f9a2c --json",
		Args:    cobra.ExactArgs(1),
		RunE:    p.does(p.explain),
	}
	cmd.Flags().BoolVar(&p.asJSON, "json", false, "one line a form, for programs")
	return cmd
}

// A beginning of a SHA-256 that is long enough not to be a file's name by chance.
var hashPrefix = regexp.MustCompile(`^[0-9a-f]{6,64}$`)

func (p *program) explain(ctx context.Context, args []string) (int, error) {
	status := done
	explainAll := func(records []form.Record, out io.Writer) error {
		for _, r := range records {
			if r.Form == nil {
				status = unreadable
				p.note("%s: %s", printable(r.Document.Name), printable(r.Err.Error()))
				continue
			}
			e := explanationOf(r)
			if len(e.Discrepancies) > 0 && status == done {
				status = discrepancies
			}
			text := e.text(p.words(), p.paint())
			if p.asJSON {
				line, err := jsonLine(e)
				if err != nil {
					return err
				}
				text = line
			}
			if _, err := io.WriteString(out, text); err != nil {
				return fmt.Errorf("write the results: %w", err)
			}
		}
		return nil
	}
	if _, err := os.Stat(args[0]); err != nil && hashPrefix.MatchString(args[0]) {
		records, err := p.stored(ctx, args[0])
		if err == nil {
			err = explainAll(records, p.stdout)
		}
		if err != nil {
			return couldNotRun, err
		}
		return status, nil
	}
	err := p.read(ctx, args, batch.Process, func(r batch.Result, out io.Writer) error { return explainAll(r.Records(), out) })
	if err != nil {
		return couldNotRun, err
	}
	return status, nil
}

// stored are the records of a stored document.
func (p *program) stored(ctx context.Context, hash string) ([]form.Record, error) {
	url, err := p.startDatabase(ctx)
	if err != nil {
		return nil, err
	}
	store, err := load.Open(ctx, url)
	if err != nil {
		return nil, err
	}
	defer store.Close()
	return store.StoredForms(ctx, hash)
}

// explanation is what heji explain tells of one form.
type explanation struct {
	Document      form.Document      `json:"document"`
	Ordinal       int                `json:"ordinal"`
	Identities    []audit.Identity   `json:"identities"`
	Discrepancies []form.Discrepancy `json:"discrepancies"`
	Unvouched     []string           `json:"unvouched"` // numbers whose reading nothing vouches for
}

func explanationOf(r form.Record) explanation {
	judged := audit.Judge(r.Form)
	e := explanation{Document: r.Document, Ordinal: r.Form.Ordinal, Identities: judged.Identities, Discrepancies: judged.Discrepancies, Unvouched: []string{}}
	for where, g := range r.Form.Figures() {
		if g.Value != nil && !judged.Vouched(where) {
			e.Unvouched = append(e.Unvouched, where)
		}
	}
	return e
}

func (e explanation) text(w *words, paint paint) string {
	heads := [4]string{"broken", "not checkable", "holds", "nothing vouches for the reading of"}
	if w == &chinese {
		heads = [4]string{"不成立", "无法核对", "成立", "读数无旁证"}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s\n", paint(bold, printable(e.Document.Name)), fmt.Sprintf(w.formNumber, e.Ordinal))
	for i, s := range []audit.State{audit.Broken, audit.Unchecked, audit.Holds} {
		n, lines := 0, ""
		for _, id := range e.Identities {
			if id.State == s {
				n++
				lines += line(id, w)
			}
		}
		if s == audit.Broken {
			lines = e.broken(w)
		}
		if n > 0 {
			colour := map[audit.State]string{audit.Broken: red, audit.Unchecked: yellow, audit.Holds: green}[s]
			fmt.Fprintf(&b, "%s (%d)\n%s", paint(colour, heads[i]), n, lines)
		}
	}
	if len(e.Unvouched) > 0 {
		fmt.Fprintf(&b, "%s (%d)\n  %s\n", paint(yellow, heads[3]), len(e.Unvouched), strings.Join(e.Unvouched, ", "))
	}
	return b.String()
}

// broken are the equations that are, each with its sentence, verdict and repairs, and
// beneath it those that are broken only because of it.
func (e explanation) broken(w *words) string {
	var b strings.Builder
	for _, d := range byCause(e.Discrepancies) {
		fmt.Fprintf(&b, "  %s %s: %s [%s]\n", d.Rule, d.Where, printable(w.message(d.Discrepancy)), w.verdicts[d.Verdict])
		for _, r := range d.Repairs {
			fmt.Fprintf(&b, "    %s\n", w.repair(r))
		}
		for _, o := range d.follow {
			fmt.Fprintf(&b, "    %s %s %s: %s\n", w.follows(), o.Rule, o.Where, printable(w.message(o)))
		}
	}
	return b.String()
}

// line is an identity: its equation where it holds, and the reason where it was not
// checked.
func line(id audit.Identity, w *words) string {
	if id.State == audit.Unchecked {
		why := id.Why
		if w == &chinese {
			why = id.WhyZH
		}
		return fmt.Sprintf("  %s %s: %s\n", id.Rule, id.Where, printable(why))
	}
	right := id.Equation
	if right == "" || right != id.Computed && id.Computed != "" && !strings.Contains(right, "≤") && !strings.Contains(right, "→") {
		right = strings.TrimPrefix(right+" = "+id.Computed, " = ")
	}
	return fmt.Sprintf("  %s %s: %s ← %s\n", id.Rule, id.Where, printable(id.Printed), printable(right))
}

// green is the colour of what holds.
const green = "32"
