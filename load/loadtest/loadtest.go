// Package loadtest gives a test an empty database of its own, on a real
// PostgreSQL.
//
// A package that uses it starts with
//
//	func TestMain(m *testing.M) { os.Exit(loadtest.Main(m)) }
//
// and each test asks for URL. The server is a private cluster made for the test
// process and removed after it, or, where HEJI_TEST_DATABASE_URL is set, the
// server which that names, on which the tests may create databases.
package loadtest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
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
	stop  func()
	count atomic.Int64
}

// Main runs the tests and then removes the server that they started.
func Main(m *testing.M) int {
	defer func() {
		if server.stop != nil {
			server.stop()
		}
	}()
	return m.Run()
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
	// Not t.TempDir, which goes away with the first test that asked.
	dir, err := os.MkdirTemp("", "heji-test-")
	if err != nil {
		server.err = err
		return
	}
	// The server may run as another user than the tests, who must get in.
	if err := os.Chmod(dir, 0o755); err != nil {
		server.err = err
		return
	}
	local := load.Local{Dir: filepath.Join(dir, "pg")}
	server.stop = func() {
		_ = local.Stop(context.Background()) // the directory goes in any case
		_ = os.RemoveAll(dir)
	}
	server.url, server.err = local.Start(context.Background())
	if server.err == nil {
		server.err = hurry(server.url)
	}
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
