package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/signal"

	"github.com/spf13/cobra"

	"heji/load"
)

func (p *program) migrateCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "migrate",
		Short: "Create or upgrade the tables",
		Args:  cobra.NoArgs,
		RunE:  p.does(p.migrate),
	}
}

func (p *program) migrate(ctx context.Context, _ []string) (int, error) {
	url, err := p.startDatabase(ctx)
	if err != nil {
		return couldNotRun, err
	}
	store, err := load.Open(ctx, url)
	if err != nil {
		return couldNotRun, err
	}
	defer store.Close()
	from, to, err := store.Migrate(ctx)
	if err != nil {
		return couldNotRun, err
	}
	text := fmt.Sprintf(p.words().upToDate, to)
	if from != to {
		text = fmt.Sprintf(p.words().tables, from, to)
	}
	return done, p.print(text + "\n")
}

func (p *program) dbCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "db",
		Short: "Ask, find or stop the database",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		&cobra.Command{
			Use:   "psql [ARGUMENT…]",
			Short: "Open psql on the database; arguments are psql's",
			Example: `  heji db psql
  heji db psql -c 'select * from discrepancy_view'
  heji --db postgres://me@host/forms db psql`,
			DisableFlagParsing: true,
			RunE:               p.does(p.psql),
		},
		&cobra.Command{
			Use:   "url",
			Short: "Start the database if need be, and print its URL",
			Args:  cobra.NoArgs,
			RunE: p.does(func(ctx context.Context, _ []string) (int, error) {
				url, err := p.startDatabase(ctx)
				if err != nil {
					return couldNotRun, err
				}
				return done, p.print(url + "\n")
			}),
		},
		&cobra.Command{
			Use:   "refresh",
			Short: "Look at the whole archive for what its forms say against each other",
			Long: `Compares forms with each other (a year's end with the next one's beginning, a unit
with its projects, texts and scores across units and years), counts by rule, unit
and indicator, and keeps the answers in cross_findings, rule_years, unit_years and
indicator_years. On a million forms it takes minutes; once a night is enough.`,
			Args: cobra.NoArgs,
			RunE: p.does(p.refresh),
		},
		&cobra.Command{
			Use:   "stop",
			Short: "Stop the private database",
			Args:  cobra.NoArgs,
			RunE: p.does(func(ctx context.Context, _ []string) (int, error) {
				return done, load.Local{}.Stop(ctx)
			}),
		},
	)
	return cmd
}

// refresh makes anew what only a look at the whole archive tells.
func (p *program) refresh(ctx context.Context, _ []string) (int, error) {
	store, err := p.openToRead(ctx)
	if err != nil {
		return couldNotRun, err
	}
	defer store.Close()
	n, err := store.Refresh(ctx)
	if err != nil {
		return couldNotRun, err
	}
	return done, p.print(fmt.Sprintf(p.words().refreshed, n) + "\n")
}

// psql runs it with the arguments as they are, and ends as it ends.
func (p *program) psql(ctx context.Context, args []string) (int, error) {
	var cmd *exec.Cmd
	// An interrupt is psql's, which takes it as the end of a query and not of
	// itself. It reaches heji too, which then does nothing, any number of times.
	ctx = context.WithoutCancel(ctx)
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	defer signal.Stop(interrupts)
	if u := p.databaseURL(); u != "" {
		cmd = psqlAt(ctx, u, args)
	} else {
		if _, err := p.startDatabase(ctx); err != nil {
			return couldNotRun, err
		}
		var err error
		if cmd, err = (load.Local{}).Psql(ctx, args...); err != nil {
			return couldNotRun, err
		}
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = p.stdin, p.stdout, p.stderr
	err := cmd.Run()
	if e, ok := errors.AsType[*exec.ExitError](err); ok && e.ExitCode() > 0 {
		return e.ExitCode(), nil // psql has said why
	}
	if errors.Is(err, exec.ErrNotFound) {
		return couldNotRun, errors.New("psql is not on this machine; install it with: apt-get install postgresql-client")
	}
	return couldNotRunUnless(err)
}

func couldNotRunUnless(err error) (int, error) {
	if err != nil {
		return couldNotRun, err
	}
	return done, nil
}

// psqlAt is psql connected to a URL. The password goes by the environment: the
// command line can be seen by every user of the machine.
func psqlAt(ctx context.Context, database string, args []string) *exec.Cmd {
	var password string
	if u, err := url.Parse(database); err == nil && u.User != nil {
		if pw, ok := u.User.Password(); ok {
			password = pw
			u.User = url.User(u.User.Username())
			database = u.String()
		}
	}
	cmd := exec.CommandContext(ctx, "psql", append([]string{"-d", database}, args...)...)
	if password != "" {
		cmd.Env = append(os.Environ(), "PGPASSWORD="+password)
	}
	return cmd
}
