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
			text := e.text(p.words(), p.paint(), p.width())
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

	names map[string]string // what the form calls the places
}

func explanationOf(r form.Record) explanation {
	judged := audit.Judge(r.Form)
	e := explanation{Document: r.Document, Ordinal: r.Form.Ordinal, Identities: judged.Identities, Discrepancies: judged.Discrepancies, Unvouched: []string{}, names: names(r.Form)}
	for where, g := range r.Form.Figures() {
		if g.Value != nil && !judged.Vouched(where) {
			e.Unvouched = append(e.Unvouched, where)
		}
	}
	return e
}

// names are what a form calls the rows of its figures, by their paths: an indicator's
// name, a source of funds, the label of a field.
func names(f *form.Form) map[string]string {
	found := map[string]string{}
	for where, g := range f.Figures() {
		var i int
		name := g.Label
		switch list, rest, _ := strings.Cut(where, "["); list {
		case "indicators":
			if _, err := fmt.Sscanf(rest, "%d]", &i); err == nil && i < len(f.Indicators) {
				row := &f.Indicators[i]
				name = row.Name()
			}
		case "funds":
			if _, err := fmt.Sscanf(rest, "%d]", &i); err == nil && i < len(f.Funds) {
				name = f.Funds[i].Label
			}
		}
		found[where] = name
	}
	return found
}

func (e explanation) text(w *words, paint paint, width int) string {
	heads := [4]string{"broken", "not checkable", "holds", "nothing vouches for the reading of"}
	if w == &chinese {
		heads = [4]string{"不成立", "无法核对", "成立", "读数无旁证"}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s\n", paint(bold, printable(e.Document.Name)), fmt.Sprintf(w.formNumber, e.Ordinal))
	for i, s := range []audit.State{audit.Broken, audit.Unchecked, audit.Holds} {
		var rows [][]string
		for _, id := range e.Identities {
			if id.State == s {
				name := cut(printable(e.names[id.Where]), nameColumns, false)
				rows = append(rows, []string{gap + id.Rule, id.Where, name, printable(says(id, w))})
			}
		}
		lines := table(make([]column, 4), rows, 0)
		if s == audit.Broken {
			lines = e.broken(w, width)
		}
		if len(rows) > 0 {
			colour := map[audit.State]string{audit.Broken: red, audit.Unchecked: yellow, audit.Holds: green}[s]
			fmt.Fprintf(&b, "%s (%d)\n%s", paint(colour, heads[i]), len(rows), lines)
		}
	}
	if len(e.Unvouched) > 0 {
		fmt.Fprintf(&b, "%s (%d)\n%s", paint(yellow, heads[3]), len(e.Unvouched), hang(strings.Join(e.Unvouched, ", "), 2, width))
	}
	return b.String()
}

// broken are the equations that are, each with its sentence, verdict and repairs, and
// beneath it those that are broken only because of it.
func (e explanation) broken(w *words, width int) string {
	var b strings.Builder
	for _, d := range byCause(e.Discrepancies) {
		b.WriteString(hang(fmt.Sprintf("%s %s: %s [%s]", d.Rule, d.Where, printable(w.message(d.Discrepancy)), w.verdicts[d.Verdict]), 2, width))
		for _, r := range d.Repairs {
			b.WriteString(hang(w.repair(r), 4, width))
		}
		for _, o := range d.follow {
			b.WriteString(hang(fmt.Sprintf("%s %s %s: %s", w.follows(), o.Rule, o.Where, printable(w.message(o))), 4, width))
		}
	}
	return b.String()
}

// nameColumns is how wide the name of a row may be beside its equation.
const nameColumns = 24

// says is an identity's equation where it holds, and the reason where it was not
// checked.
func says(id audit.Identity, w *words) string {
	switch {
	case id.State == audit.Unchecked && w == &chinese:
		return id.WhyZH
	case id.State == audit.Unchecked:
		return id.Why
	case strings.ContainsAny(id.Equation, "≤→") && strings.Contains(id.Equation, id.Printed):
		return id.Equation
	case id.Equation == "" || id.Equation != id.Computed && id.Computed != "":
		return id.Printed + " ← " + strings.TrimPrefix(id.Equation+" = "+id.Computed, " = ")
	}
	return id.Printed + " ← " + id.Equation
}

// green is the colour of what holds.
const green = "32"
