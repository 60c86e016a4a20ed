// Package loadtest gives a test an empty database of its own, on a real
// PostgreSQL.
//
// The server is a private cluster that the first test of a process starts and
// that goes when the process does, or, where HEJI_TEST_DATABASE_URL is set, the
// server which that names, on which the tests may create databases.
package loadtest

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"heji/load"
)

// server is the process's one server, started by the first test that asks.
var server struct {
	once  sync.Once
	url   string
	err   error
	count atomic.Int64
	alive io.Closer // held, and never closed: see cleanUpAfter
}

// URL is a new empty database, dropped when the test ends. It fails the test
// when no server can be had, and says how to get one.
func URL(t testing.TB) string {
	t.Helper()
	server.once.Do(start)
	if server.err != nil {
		t.Fatalf("these tests need PostgreSQL: %v", server.err)
	}
	name := fmt.Sprintf("heji_test_%d_%d_%d", os.Getpid(), time.Now().UnixNano(), server.count.Add(1))
	run(t, `CREATE DATABASE `+name)
	t.Cleanup(func() { run(t, `DROP DATABASE IF EXISTS `+name+` WITH (FORCE)`) })
	return inDatabase(server.url, name)
}

func start() {
	if url := os.Getenv("HEJI_TEST_DATABASE_URL"); url != "" {
		server.url = url
		return
	}
	server.url, server.err = private()
}

// private starts a cluster in a new directory, of which nothing is left when
// this process has ended.
func private() (url string, err error) {
	// Not t.TempDir, which goes away with the first test that asked.
	dir, err := os.MkdirTemp("", "heji-test-")
	if err != nil {
		return "", err
	}
	// The server may run as another user than the tests, who must get in.
	if err := os.Chmod(dir, 0o755); err != nil {
		return "", err
	}
	if err := cleanUpAfter(dir); err != nil {
		return "", err
	}
	url, err = load.Local{Dir: filepath.Join(dir, "pg")}.Start(context.Background())
	if err != nil {
		return "", err
	}
	return url, hurry(url)
}

// cleanUpAfter starts a shell that waits for this process to end, in whatever
// way, then stops the server and removes dir. A test that panics or runs out of
// time runs no cleanup of its own.
func cleanUpAfter(dir string) error {
	const script = `
		cat
		pid=$(head -n 1 "$0/pg/data/postmaster.pid") && kill -QUIT "$pid" && while kill -0 "$pid"; do sleep 0.1; done
		rm -rf "$0"`
	shell := exec.Command("/bin/sh", "-c", script, dir)
	shell.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // Ctrl-C is for the tests alone
	// Our end of this pipe is closed by the end of the process and nothing else;
	// left to itself, the garbage collector would close it too.
	pipe, err := shell.StdinPipe()
	if err != nil {
		return err
	}
	server.alive = pipe
	return shell.Start()
}

// hurry gives up what a database that lives for seconds does not need.
func hurry(url string) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	for _, sql := range []string{`ALTER SYSTEM SET fsync = off`, `SELECT pg_reload_conf()`} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

func run(t testing.TB, sql string) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, server.url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, sql); err != nil {
		t.Fatal(err)
	}
}

// inDatabase is the URL with another database.
func inDatabase(url, database string) string {
	scheme, rest, _ := strings.Cut(url, "://")
	before, query, _ := strings.Cut(rest, "?")
	host, _, _ := strings.Cut(before, "/")
	return scheme + "://" + host + "/" + database + "?" + query
}
