package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"heji/load"
	"heji/review"
)

func (p *program) userCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "user",
		Short: "Say who may sign in to the review station",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var role string
	add := &cobra.Command{
		Use:   "add NAME",
		Short: "Add a user; the password is asked for, or is the first line of standard input",
		Long: `Adds a user. A reader looks, and sees no names of persons and no telephone
numbers; a reviewer also corrects and uploads; an admin may do everything.`,
		Args: func(_ *cobra.Command, args []string) error {
			if _, ok := review.RoleOf(role); !ok {
				return fmt.Errorf("--role is reader, reviewer or admin, not %q", role)
			}
			return oneName(nil, args)
		},
		RunE: p.withStore(func(ctx context.Context, store *load.Store, args []string) error {
			hash, err := p.askPassword()
			if err != nil {
				return err
			}
			return store.AddUser(ctx, load.User{Name: args[0], Role: role, PasswordHash: hash})
		}),
	}
	add.Flags().StringVar(&role, "role", "reader", "`reader|reviewer|admin`")
	cmd.AddCommand(add,
		&cobra.Command{
			Use:   "password NAME",
			Short: "Change a password, and end the user's sessions and tokens",
			Args:  oneName,
			RunE: p.withStore(func(ctx context.Context, store *load.Store, args []string) error {
				hash, err := p.askPassword()
				if err != nil {
					return err
				}
				return store.SetPassword(ctx, args[0], hash)
			}),
		},
		&cobra.Command{
			Use:   "remove NAME",
			Short: "Remove a user; the user's corrections stay",
			Args:  oneName,
			RunE: p.withStore(func(ctx context.Context, store *load.Store, args []string) error {
				return store.RemoveUser(ctx, args[0])
			}),
		},
		&cobra.Command{
			Use:   "token NAME",
			Short: "Print a new token with which a program uses the API in a user's name",
			Args:  oneName,
			RunE: p.withStore(func(ctx context.Context, store *load.Store, args []string) error {
				token, hash := review.NewToken()
				if err := store.AddToken(ctx, hash, args[0]); err != nil {
					return err
				}
				return p.print(token + "\n")
			}),
		},
		&cobra.Command{
			Use:   "list",
			Short: "List the users",
			Args:  cobra.NoArgs,
			RunE: p.withStore(func(ctx context.Context, store *load.Store, _ []string) error {
				users, err := store.Users(ctx)
				if err != nil {
					return err
				}
				var rows [][]string
				for _, u := range users {
					rows = append(rows, []string{u.Name, u.Role})
				}
				return p.print(table([]column{{}, {}}, rows, 0))
			}),
		},
	)
	return cmd
}

func oneName(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return errors.New("give the NAME of one user")
	}
	return nil
}

// withStore makes a command's function from one that works on the database.
func (p *program) withStore(f func(context.Context, *load.Store, []string) error) func(*cobra.Command, []string) error {
	return p.does(func(ctx context.Context, args []string) (int, error) {
		store, err := p.openStore(ctx)
		if err != nil {
			return couldNotRun, err
		}
		defer store.Close()
		return couldNotRunUnless(f(ctx, store, args))
	})
}

// askPassword is the hash of a password, typed twice unseen, or from standard input.
func (p *program) askPassword() (string, error) {
	if !isTerminal(p.stdin) {
		line, err := bufio.NewReader(io.LimitReader(p.stdin, 4096)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", fmt.Errorf("read the password: %w", err)
		}
		return review.HashPassword(strings.TrimRight(line, "\r\n"))
	}
	var typed [2]string
	for i, prompt := range []string{"password: ", "once more: "} {
		fmt.Fprint(p.stderr, prompt)
		line, err := term.ReadPassword(int(p.stdin.Fd()))
		fmt.Fprintln(p.stderr)
		if err != nil {
			return "", fmt.Errorf("read the password: %w", err)
		}
		typed[i] = string(line)
	}
	if typed[0] != typed[1] {
		return "", errors.New("the two differ; run the command again")
	}
	return review.HashPassword(typed[0])
}
