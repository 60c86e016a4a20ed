package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"heji/audit"
	"heji/extract"
)

func (p *program) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		RunE: p.does(func(context.Context, []string) (int, error) {
			return done, p.print(fmt.Sprintf("heji %s, reader %s, %s\n", version(), extract.Version, runtime.Version()))
		}),
	}
}

// version is what Go's tools recorded in the binary: a release's tag, or for a
// build from a working tree the commit where that is known.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}

func (p *program) rulesCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "rules",
		Short: "List the rules that check applies",
		Args:  cobra.NoArgs,
		RunE: p.does(func(context.Context, []string) (int, error) {
			var rows [][]string
			for _, r := range audit.Rules {
				doc := r.Doc
				if p.words() == &chinese {
					doc = r.DocZH
				}
				rows = append(rows, []string{r.Name, doc})
			}
			return done, p.print(table([]column{{}, {}}, rows, 0))
		}),
	}
}
