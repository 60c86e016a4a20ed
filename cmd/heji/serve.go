package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"heji/batch"
	"heji/extract"
	"heji/load"
	"heji/review"
)

// serving are the flags of serve.
type serving struct {
	listen    string
	originals []string
	uploads   string
	cert, key string
	proxied   bool
}

func (p *program) serveCommand() *cobra.Command {
	var s serving
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Open the review station: look at forms beside their pages and correct readings",
		Long: `Serves the review station over HTTP: lists of what was found, and for each form a
page that shows it beside the original, asks about doubtful figures one at a time,
and runs the rules again with every answer. Programs find the same under /api/v1.

Nobody sees anything without signing in. Make the first user with

  heji user add NAME --role admin

Only this machine reaches the station unless --listen says otherwise, and then
it wants --cert and --key, or --behind-https where a proxy has them.`,
		Args: cobra.NoArgs,
		RunE: p.does(func(ctx context.Context, _ []string) (int, error) { return couldNotRunUnless(p.serve(ctx, s)) }),
	}
	flags := cmd.Flags()
	flags.StringVar(&s.listen, "listen", "127.0.0.1:8391", "`ADDRESS` to listen on")
	flags.StringSliceVar(&s.originals, "originals", nil, "`FOLDER` of originals that are not where they were imported from; may be repeated")
	flags.StringVar(&s.uploads, "uploads", "", "`FOLDER` to keep uploaded documents in (default in the user's data folder)")
	flags.StringVar(&s.cert, "cert", "", "`FILE` with the certificate for HTTPS")
	flags.StringVar(&s.key, "key", "", "`FILE` with its key")
	flags.BoolVar(&s.proxied, "behind-https", false, "a proxy before this server speaks HTTPS")
	return cmd
}

func (p *program) serve(ctx context.Context, s serving) error {
	if (s.cert == "") != (s.key == "") {
		return errors.New("--cert and --key go together; give both")
	}
	secure := s.cert != "" || s.proxied
	listener, err := net.Listen("tcp", s.listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w; choose another --listen", s.listen, err)
	}
	defer func() { _ = listener.Close() }()
	if !secure && !local(listener.Addr()) {
		return fmt.Errorf("%s can be reached by other machines, and passwords would go over the wire in clear; give --cert and --key, or --behind-https", s.listen)
	}
	store, err := p.openStore(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	users, err := store.Users(ctx)
	if err != nil {
		return err
	}
	if len(users) == 0 {
		p.note("nobody can sign in yet; make the first user with: heji user add NAME --role admin")
	}
	reader, err := extract.Open(extract.Options{Jobs: p.jobs})
	if err != nil {
		return err
	}
	defer func() { _ = reader.Close() }()
	uploads, err := uploadFolder(s.uploads)
	if err != nil {
		return err
	}
	language := p.lang
	if language == "" {
		language = "zh" // the forms are Chinese, and so are most who review them
	}
	station, err := review.New(review.Options{
		Store: store, Pictures: reader, Originals: s.originals, Secure: secure, Language: language,
		Import: importer(store, reader, uploads),
		Log:    slog.New(slog.NewTextHandler(p.stderr, nil)),
	})
	if err != nil {
		return err
	}
	scheme := "http"
	if s.cert != "" {
		scheme = "https"
	}
	p.note("the review station is at %s://%s/ (end with Ctrl-C)", scheme, listener.Addr())
	server := &http.Server{
		Handler: station, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 5 * time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
	}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		// What is in hand is finished; who only looks is not waited for.
		ending, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		stopped <- server.Shutdown(ending)
	}()
	if s.cert != "" {
		err = server.ServeTLS(listener, s.cert, s.key)
	} else {
		err = server.Serve(listener)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return <-stopped
	}
	return err
}

// local reports whether only this machine reaches the address.
func local(a net.Addr) bool {
	t, ok := a.(*net.TCPAddr)
	return ok && t.IP.IsLoopback()
}

func uploadFolder(given string) (string, error) {
	if given != "" {
		return filepath.Abs(given)
	}
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "heji", "uploads"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("find a folder for uploads: %w; name one with --uploads", err)
	}
	return filepath.Join(home, ".local", "share", "heji", "uploads"), nil
}

// importer keeps an uploaded document in a folder named by its hash, then reads and
// stores it as import does.
func importer(store *load.Store, reader *extract.Reader, uploads string) func(context.Context, string, []byte) error {
	return func(ctx context.Context, name string, data []byte) error {
		sum := sha256.Sum256(data)
		dir := filepath.Join(uploads, hex.EncodeToString(sum[:]))
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
		path := filepath.Join(dir, "document"+filepath.Ext(name))
		if base := filepath.Base(name); filepath.IsLocal(base) && base[0] != '.' && len(base) < 200 {
			path = filepath.Join(dir, base)
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			return err
		}
		r := batch.Process(ctx, reader, batch.Source{Name: path})
		_, err := store.Save(context.WithoutCancel(ctx), load.Saved{Document: r.Document, Reader: extract.Version, Records: r.Records()})
		return err
	}
}
