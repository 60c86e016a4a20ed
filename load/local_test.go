package load

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
)

func TestLocal(t *testing.T) {
	ctx := t.Context()
	base, err := os.MkdirTemp("", "heji-local-") // t.TempDir's is closed to the server's own user
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(base, 0o755); err != nil {
		t.Fatal(err)
	}
	l := Local{Dir: filepath.Join(base, "new", "pg")}
	t.Cleanup(func() {
		if err := l.Stop(context.Background()); err != nil {
			t.Error(err)
		}
		_ = os.RemoveAll(base)
	})
	if err := l.Stop(ctx); err != nil {
		t.Errorf("stopping what was never made: %v", err)
	}

	// Two at once, in an empty place.
	var wg sync.WaitGroup
	urls := make([]string, 3)
	for i := range urls {
		wg.Go(func() {
			url, err := l.Start(ctx)
			if err != nil {
				t.Error(err)
			}
			urls[i] = url
		})
	}
	wg.Wait()
	if t.Failed() {
		return
	}
	url := urls[0]
	if urls[1] != url || urls[2] != url {
		t.Fatalf("different servers: %q", urls)
	}
	keep(t, url)

	c, err := l.cluster()
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{c.dir, c.data(), c.socket} {
		if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s: %v, mode %v", dir, err, info.Mode())
		}
	}

	pid := c.pid()
	if again, err := l.Start(ctx); err != nil || again != url || c.pid() != pid {
		t.Fatalf("started again: %q %v, pid %d then %d", again, err, pid, c.pid())
	}
	psql, err := l.Psql(ctx, "-Atc", "show listen_addresses; show server_encoding; select count(*) from documents")
	if err != nil {
		t.Fatal(err)
	}
	out, err := psql.CombinedOutput()
	if got, want := string(out), "\nUTF8\n0\n"; err != nil || got != want {
		t.Errorf("psql: %q %v, want %q", got, err, want)
	}

	// Killed without a chance to tidy up.
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Start(ctx); err != nil {
		t.Fatalf("after kill -9: %v", err)
	}
	keep(t, url)

	// Killed, and its number given to another program, as after a container's restart.
	if err := l.Stop(ctx); err != nil {
		t.Fatal(err)
	}
	stale := strconv.Itoa(os.Getpid()) + "\n" + c.data() + "\n0\n5432\n" + c.socket + "\n\n0 0\nready\n"
	if err := os.WriteFile(filepath.Join(c.data(), "postmaster.pid"), []byte(stale), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := l.Stop(ctx); err != nil {
		t.Errorf("stopping a stale server: %v", err)
	}
	if _, err := l.Start(ctx); err != nil {
		t.Fatalf("with another program's pid: %v", err)
	}

	if err := l.Stop(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(c.data(), "postmaster.pid")); err == nil {
		t.Error("it still runs")
	}
	if err := l.Stop(ctx); err != nil {
		t.Errorf("stopped twice: %v", err)
	}

	// Data of a version that no installed server reads.
	version := filepath.Join(c.data(), "PG_VERSION")
	if err := os.WriteFile(version, []byte("8\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Start(ctx); err == nil || !strings.Contains(err.Error(), "was made by PostgreSQL 8") {
		t.Errorf("old data: %v", err)
	}
}

// keep opens the database and sees that the tables are there.
func keep(t *testing.T, url string) {
	t.Helper()
	s, err := Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestSocketDir(t *testing.T) {
	short := "/var/lib/heji/postgres"
	if got := socketDir(short, 7); got != short+"/socket" {
		t.Errorf("%s", got)
	}
	for _, dir := range []string{"/home/" + strings.Repeat("x", 90), "/home/某人/data", "/home/a b", "/home/a,b"} {
		got := socketDir(dir, 7)
		if !strings.HasPrefix(got, "/tmp/heji-7-") || len(got) > maxSocketDir || got == socketDir(dir+"2", 7) {
			t.Errorf("%s: %s", dir, got)
		}
	}
}

func TestForeignSocketDirIsRefused(t *testing.T) {
	c := &cluster{uid: uint32(os.Getuid())}
	open := filepath.Join(t.TempDir(), "open")
	if err := os.Mkdir(open, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := c.ownDir(open); err != nil {
		t.Errorf("our own: %v", err)
	}
	if err := os.Chmod(open, 0o755); err != nil {
		t.Fatal(err)
	}
	link := open + "-link"
	if err := os.Symlink(open, link); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{open, link} {
		if c.ownDir(dir) == nil {
			t.Errorf("%s was accepted", dir)
		}
	}
}

func TestDecide(t *testing.T) {
	for _, c := range []struct {
		name   string
		before *reading
		now    reading
		want   Action
	}{
		{"new", nil, reading{reader: "v1"}, Inserted},
		{"same reader", &reading{reader: "v1"}, reading{reader: "v1"}, Unchanged},
		{"newer", &reading{reader: "v1.9"}, reading{reader: "v1.10"}, Replaced},
		{"older", &reading{reader: "v1.10"}, reading{reader: "v1.9"}, Unchanged},
		{"a patch more", &reading{reader: "v1"}, reading{reader: "v1.0.1"}, Replaced},
		{"leading zeros", &reading{reader: "2026.08"}, reading{reader: "2026.7"}, Unchanged},
		{"working tree", &reading{reader: "(devel)"}, reading{reader: "v1"}, Replaced},
		{"newer, but timed out", &reading{reader: "v1"}, reading{reader: "v2", code: "timeout"}, Unchanged},
		{"newer, and no form", &reading{reader: "v1"}, reading{reader: "v2", code: "not-a-form"}, Replaced},
		{"same failure", &reading{"v1", "damaged", "m"}, reading{"v2", "damaged", "m"}, Unchanged},
		{"other failure", &reading{"v1", "damaged", "m"}, reading{"v1", "timeout", "m"}, Replaced},
	} {
		if got := decide(c.before, c.now); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestCleanJSON(t *testing.T) {
	for in, want := range map[string]string{
		`{"a":"x\u0000y"}`:     `{"a":"xy"}`,
		`{"a":"x\\u0000y"}`:    `{"a":"x\\u0000y"}`,
		`{"a":"x\\\u0000\"y"}`: `{"a":"x\\\"y"}`,
		`{"a":"\u0001"}`:       `{"a":"\u0001"}`,
	} {
		if got := string(cleanJSON([]byte(in))); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}
