// Command heji reads performance self-evaluation forms (绩效自评表), recomputes
// their totals, says whether the form or the reading is at fault where they
// differ, and loads the records into PostgreSQL.
//
//	heji check forms/                 what was read, and every discrepancy
//	heji check --json forms/ >out     one record per line, for programs
//	heji import forms/                the same, into PostgreSQL
//	heji db psql                      and ask it questions
//
// Results go to standard output and everything else to standard error. The
// exit status is 0 when all is well, 1 when heji could not run, 2 for wrong
// usage, 3 when check found discrepancies, and 4 when documents could not be
// read.
//
// This package wires the stages to flags and prints; what it prints is made by
// plain functions from values to text, so that it can be tested as text.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"heji/extract"
)

// The contract's exit statuses.
const (
	done          = 0
	couldNotRun   = 1
	wrongUsage    = 2
	discrepancies = 3
	unreadable    = 4
)

func main() {
	extract.RunWorker()
	os.Exit(run(os.Args[1:]))
}

// run is main with its status as a value.
func run(args []string) int {
	return (&program{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr}).run(args)
}

func (p *program) run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// The first interrupt lets the documents in hand finish; the second ends heji.
	context.AfterFunc(ctx, stop)

	root := p.root()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	switch {
	case err != nil: // our own errors are in p.err: what cobra returns is about the command line
		p.note("%s", printable(err.Error()))
		p.note("%s", p.words().seeHelp)
		return wrongUsage
	case errors.Is(p.err, context.Canceled):
		p.note("%s", p.words().interrupted)
		if p.resumes {
			p.note("%s", p.words().again)
		}
		return couldNotRun
	case p.err != nil:
		// Some libraries' messages have several lines.
		p.note("%s", printable(strings.Join(strings.Fields(p.err.Error()), " ")))
		return couldNotRun
	}
	return p.status
}

// program is the state of one run: the streams, the global flags and, in the
// end, the outcome.
type program struct {
	stdin           *os.File
	stdout, stderr  *os.File
	db, lang        string
	jobs            int
	noColor, asJSON bool
	limits          extract.Limits
	kept            extract.Kept // pages read before, for the commands that have a database; or nil
	resumes         bool         // the same command goes on where it was interrupted
	status          int
	err             error
}

func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "heji",
		Short:         "Reads performance self-evaluation forms (绩效自评表) and recomputes their totals",
		SilenceErrors: true,
		SilenceUsage:  true,
		// So that a flag before a command that takes none, such as
		// `heji --db URL db psql -c …`, is still heji's.
		TraverseChildren: true,
		Args:             cobra.NoArgs,
		PersistentPreRunE: func(*cobra.Command, []string) error {
			if p.lang != "" && p.lang != "en" && p.lang != "zh" {
				return fmt.Errorf("--lang is zh or en, not %q", p.lang)
			}
			if p.jobs < 0 {
				return fmt.Errorf("--jobs is a number of documents, not %d", p.jobs)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetHelpCommand(helpCommand(root))
	flags := root.PersistentFlags()
	flags.StringVar(&p.db, "db", "", "PostgreSQL `URL` (default $DATABASE_URL, or else a private database on this machine)")
	flags.IntVar(&p.jobs, "jobs", 0, "documents read at once (default one a core)")
	flags.StringVar(&p.lang, "lang", "", "language of what people read, `zh|en` (default by $LANG)")
	flags.BoolVar(&p.noColor, "no-color", false, "no colours (also $NO_COLOR)")
	root.AddCommand(
		p.checkCommand(), p.importCommand(), p.failedCommand(), p.retryCommand(), p.replayCommand(), p.certificateCommand(),
		p.submitCommand(), p.workCommand(),
		p.explainCommand(), p.evidenceCommand(), p.auditCommand(), p.exportCommand(), p.reportCommand(), p.layoutCommand(), p.rulesCommand(),
		p.serveCommand(), p.userCommand(),
		p.dbCommand(), p.migrateCommand(), p.doctorCommand(), p.versionCommand(),
	)
	return root
}

// helpCommand shows what a command does. Cobra's own takes a command that there is not for none.
func helpCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [command]",
		Short: "Help about any command",
		RunE: func(_ *cobra.Command, args []string) error {
			cmd, rest, err := root.Find(args)
			if err != nil {
				return err
			}
			if len(rest) > 0 {
				return fmt.Errorf("unknown command %q for %q", rest[0], cmd.CommandPath())
			}
			return cmd.Help()
		},
	}
}

// does makes a command's function from one that returns its status and its
// error, so that the only errors cobra sees are about usage.
func (p *program) does(f func(ctx context.Context, args []string) (int, error)) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		p.status, p.err = f(cmd.Context(), args)
		return nil
	}
}

// note prints a line for a person beside the results.
func (p *program) note(format string, args ...any) {
	fmt.Fprintf(p.stderr, "heji: "+format+"\n", args...)
}

// print writes results; when they cannot be written, heji could not run.
func (p *program) print(text string) error {
	if _, err := p.stdout.WriteString(text); err != nil {
		return fmt.Errorf("write the results: %w", err)
	}
	return nil
}
