package main

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"heji/load"
)

func (p *program) failedCommand() *cobra.Command {
	var code string
	cmd := &cobra.Command{
		Use:   "failed [BATCH]",
		Short: "List the documents that were not read, by cause and stage",
		Long: `Lists the documents that were refused (the document is at fault) or failed (the
machine is, or the file was not there), by cause and by the stage at which they
stopped: find, extract or understand.

Without BATCH, those of every batch that no later batch made good.`,
		Args: batchNumber,
		RunE: p.does(func(ctx context.Context, args []string) (int, error) {
			return couldNotRunUnless(p.failed(ctx, numberOf(args), code))
		}),
	}
	cmd.Flags().StringVar(&code, "code", "", "only this `cause`, such as timeout")
	cmd.Flags().BoolVar(&p.asJSON, "json", false, "one object per line, for programs")
	return cmd
}

// batchNumber is the usage of the commands that take a batch or none.
func batchNumber(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return fmt.Errorf("%s takes one BATCH, a number", cmd.CommandPath())
	}
	if len(args) == 1 {
		if n, err := strconv.ParseInt(args[0], 10, 64); err != nil || n < 1 {
			return fmt.Errorf("a BATCH is a number, not %q", args[0])
		}
	}
	return nil
}

// numberOf is the batch that was given, or 0. That it is a number was checked.
func numberOf(args []string) int64 {
	if len(args) == 0 {
		return 0
	}
	n, _ := strconv.ParseInt(args[0], 10, 64)
	return n
}

func (p *program) failed(ctx context.Context, number int64, code string) error {
	store, err := p.openStore(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	n, heading := 0, ""
	err = store.Unread(ctx, number, code, func(u load.Unread) error {
		n++
		if p.asJSON {
			line, err := jsonLine(struct {
				Batch   int64  `json:"batch"`
				Name    string `json:"name"`
				Outcome string `json:"outcome"`
				Stage   string `json:"stage"`
				Code    string `json:"code"`
				Message string `json:"message"`
			}{u.Batch, u.Name, u.Outcome, u.Stage, u.Code, u.Message})
			if err != nil {
				return err
			}
			return p.print(line)
		}
		text := ""
		if h := fmt.Sprintf("%s, %s, %s", u.Code, u.Outcome, u.Stage); h != heading {
			heading, text = h, p.paint()(red, h)+"\n"
		}
		return p.print(text + fmt.Sprintf("  %s (%d)\n    %s\n", printable(u.Name), u.Batch, printable(u.Message)))
	})
	if err == nil && n == 0 && !p.asJSON {
		err = p.print(p.words().noneFailed + "\n")
	}
	return err
}
