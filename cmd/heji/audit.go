package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"heji/audit"
	"heji/form"
	"heji/load"
)

func (p *program) auditCommand() *cobra.Command {
	keep := false
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "Run the rules again over what is stored",
		Long: `Runs the rules over every stored form, without reading a document again: for a
new heji whose rules are others than those that the forms were imported with.
Prints what appeared (+) and what disappeared (−), and stores it, one document a
transaction; with --dry-run it stores nothing.

Exit status: 0 done, 1 heji could not run, 2 wrong usage.`,
		Example: "  heji audit --dry-run\n  heji audit",
		Args:    cobra.NoArgs,
		RunE: p.does(func(ctx context.Context, _ []string) (int, error) {
			return couldNotRunUnless(p.audit(ctx, keep))
		}),
	}
	cmd.Flags().BoolVar(&keep, "dry-run", false, "say what would change, and change nothing")
	return cmd
}

func (p *program) audit(ctx context.Context, keep bool) error {
	url, err := p.startDatabase(ctx)
	if err != nil {
		return err
	}
	store, err := load.Open(ctx, url)
	if err != nil {
		return err
	}
	defer store.Close()
	w := p.words()
	forms, changed, appeared, disappeared := 0, 0, 0, 0
	err = store.Reaudit(ctx, keep, audit.Check, func(r load.Reaudited) error {
		forms++
		if r.Changed {
			changed++
		}
		appeared += len(r.Appeared)
		disappeared += len(r.Disappeared)
		if len(r.Appeared)+len(r.Disappeared) == 0 {
			return nil
		}
		text := fmt.Sprintf("%s, %s\n", printable(filepath.ToSlash(r.Document.Name)), fmt.Sprintf(w.formNumber, r.Ordinal))
		for _, d := range r.Appeared {
			text += p.audited("+", red, d)
		}
		for _, d := range r.Disappeared {
			text += p.audited("−", green, d)
		}
		return p.print(text)
	})
	if err != nil {
		return err
	}
	line := "forms %d, changed %d, discrepancies appeared %d, disappeared %d\n"
	if w == &chinese {
		line = "自评表%d份，有变化%d份，新增不符%d处，消失%d处\n"
	}
	return p.print(fmt.Sprintf(line, forms, changed, appeared, disappeared))
}

func (p *program) audited(sign, colour string, d form.Discrepancy) string {
	return fmt.Sprintf("  %s %s\n", p.paint()(colour, sign+" "+d.Rule), printable(p.words().message(d)))
}
