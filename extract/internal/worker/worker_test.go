package worker

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"heji/form"
)

func TestMain(m *testing.M) {
	Main(map[string]Service{"test": testService, "broken": brokenService})
	os.Exit(m.Run())
}

func testService() (Serve, error) {
	return Methods(map[string]func(Message) (Message, error){
		"double": On(func(s string) (string, error) { return s + s, nil }),
		"pid":    On(func(string) (int, error) { return os.Getpid(), nil }),
		"env":    On(func(name string) (string, error) { return os.Getenv(name), nil }),
		"read":   On(func(file string) (string, error) { b, err := os.ReadFile(file); return string(b), err }),
		"write":  On(func(file string) (string, error) { return "", os.WriteFile(file, []byte("1"), 0o600) }),
		"dial": On(func(address string) (string, error) {
			conn, err := net.DialTimeout("tcp", address, time.Second)
			if err == nil {
				_ = conn.Close()
			}
			return "", err
		}),
		"run": On(func(program string) (string, error) { return "", exec.Command(program).Run() }),
		"signal": On(func(pid string) (string, error) {
			n, err := strconv.Atoi(pid)
			if err != nil {
				return "", err
			}
			return "", syscall.Kill(n, 0)
		}),
		"turn": On(func(p parcel) (parcel, error) { slices.Reverse(p.Goods); p.Label += "!"; return p, nil }),
		"refuse": On(func(string) (string, error) {
			return "", &form.Error{Code: form.Encrypted, Message: "needs a password"}
		}),
		"die": On(func(string) (string, error) { fmt.Fprintln(os.Stderr, "ouch"); os.Exit(7); return "", nil }),
		"die once": On(func(dir string) (string, error) {
			if err := os.Mkdir(filepath.Join(dir, "died"), 0o700); err == nil {
				os.Exit(7)
			}
			return "alive", nil
		}),
		"hang": On(func(string) (string, error) { time.Sleep(time.Hour); return "", nil }),
		"eat": On(func(string) (int, error) {
			var kept [][]byte
			for {
				b := make([]byte, 64<<20)
				for i := range b {
					b[i] = 1
				}
				kept = append(kept, b)
				if len(kept) > 1000 {
					return len(kept), nil
				}
			}
		}),
	}), nil
}

func brokenService() (Serve, error) {
	return nil, &form.Error{Code: form.OCRUnavailable, Message: "install it"}
}

func open(t *testing.T, spec Spec, size int) *Pool {
	t.Helper()
	pool := NewPool(spec, size)
	t.Cleanup(pool.Close)
	return pool
}

func call[A any](t *testing.T, pool *Pool, method, req string, deadline time.Duration) (A, error) {
	t.Helper()
	var a A
	p, err := pool.Get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Put(p)
	err = p.Call(t.Context(), method, req, &a, deadline)
	return a, err
}

func TestCallAnswers(t *testing.T) {
	pool := open(t, Spec{Kind: "test"}, 1)
	big := strings.Repeat("合", 1<<20)
	for _, s := range []string{"", "a", big} {
		got, err := call[string](t, pool, "double", s, time.Minute)
		if err != nil || got != s+s {
			t.Errorf("double of %d bytes: %d bytes, %v", len(s), len(got), err)
		}
	}
}

func TestErrorsKeepTheirCode(t *testing.T) {
	pool := open(t, Spec{Kind: "test"}, 1)
	if _, err := call[string](t, pool, "refuse", "", time.Minute); form.CodeOf(err) != form.Encrypted {
		t.Errorf("got %v, want the code %s", err, form.Encrypted)
	}
	if _, err := call[string](t, pool, "nothing", "", time.Minute); err == nil {
		t.Error("an unknown method must be an error")
	}
	broken := open(t, Spec{Kind: "broken"}, 1)
	if _, err := call[string](t, broken, "x", "", time.Minute); form.CodeOf(err) != form.OCRUnavailable {
		t.Errorf("got %v, want the code %s", err, form.OCRUnavailable)
	}
}

func TestADeadChildIsReplaced(t *testing.T) {
	pool := open(t, Spec{Kind: "test"}, 1)
	_, err := call[string](t, pool, "die", "", time.Minute)
	if !errors.Is(err, ErrDied) || !strings.Contains(err.Error(), "ouch") {
		t.Errorf("got %v, want ErrDied with what the child said", err)
	}
	if got, err := call[string](t, pool, "double", "a", time.Minute); err != nil || got != "aa" {
		t.Errorf("after a death: %q, %v", got, err)
	}
}

// A death costs an answer nothing, two are an error.
func TestAskedAgain(t *testing.T) {
	dir := t.TempDir()
	pool := open(t, Spec{Kind: "test", Write: []string{dir}}, 1)
	var s string
	if err := pool.Ask(t.Context(), "die once", dir, &s, time.Minute); err != nil || s != "alive" {
		t.Errorf("after one death: %q, %v", s, err)
	}
	err := pool.Ask(t.Context(), "die", "", &s, time.Minute)
	if err = Coded(err, "It died.", "It hung."); form.CodeOf(err) != form.Crashed || !strings.HasSuffix(err.Error(), "It died.") {
		t.Errorf("after two deaths: %v", err)
	}
}

// A child that was killed while nobody used it is nobody's death.
func TestADeadIdleChildIsReplaced(t *testing.T) {
	pool := open(t, Spec{Kind: "test"}, 1)
	p, err := pool.Get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(p.cmd.Process.Pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	for !p.gone() {
		time.Sleep(time.Millisecond)
	}
	pool.Put(p)
	if got, err := call[string](t, pool, "double", "a", time.Minute); err != nil || got != "aa" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestAHangIsKilled(t *testing.T) {
	pool := open(t, Spec{Kind: "test"}, 1)
	if _, err := call[string](t, pool, "hang", "", 50*time.Millisecond); !errors.Is(err, ErrTimeout) {
		t.Errorf("got %v, want ErrTimeout", err)
	}
	p, err := pool.Get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Put(p)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	var s string
	if err := p.Call(ctx, "hang", "", &s, time.Minute); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	pool := open(t, Spec{Kind: "test", Memory: 2 << 30}, 1)
	if _, err := call[int](t, pool, "eat", "", time.Minute); !errors.Is(err, ErrDied) {
		t.Errorf("got %v, want ErrDied", err)
	}
}

func TestRecycle(t *testing.T) {
	pool := open(t, Spec{Kind: "test", Recycle: 2}, 1)
	var pids []int
	for range 3 {
		pid, err := call[int](t, pool, "pid", "", time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		pids = append(pids, pid)
	}
	if pids[0] != pids[1] || pids[1] == pids[2] {
		t.Errorf("pids %v: want the third call in a new process", pids)
	}
}

func TestSecretsAreNotPassedOn(t *testing.T) {
	t.Setenv("DATABASE_URL", "postgres://u:secret@h/d")
	pool := open(t, Spec{Kind: "test", Env: []string{"OWN=1"}}, 1)
	for name, want := range map[string]string{"DATABASE_URL": "", "OMP_THREAD_LIMIT": "1", "OWN": "1"} {
		if got, err := call[string](t, pool, "env", name, time.Minute); err != nil || got != want {
			t.Errorf("%s is %q in the child (%v), want %q", name, got, err, want)
		}
	}
}

// A program that forgets RunWorker starts one child, and that child starts none.
func TestWorkerStartsNoWorkers(t *testing.T) {
	t.Setenv(kindVar, "test")
	pool := open(t, Spec{Kind: "test"}, 1)
	if _, err := pool.Get(t.Context()); err == nil || !strings.Contains(err.Error(), "RunWorker") {
		t.Errorf("got %v, want a refusal", err)
	}
}

func TestCloseEndsChildren(t *testing.T) {
	pool := open(t, Spec{Kind: "test"}, 2)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if _, err := call[string](t, pool, "double", "a", time.Minute); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	pool.Close()
	if _, err := pool.Get(t.Context()); !errors.Is(err, ErrClosed) {
		t.Errorf("got %v, want ErrClosed", err)
	}
}

// A child sees its own files and nothing else of the machine.
func TestConfinement(t *testing.T) {
	files, calls := Confinement()
	here := t.TempDir()
	own, other := filepath.Join(here, "own"), filepath.Join(here, "other")
	for _, dir := range []string{own, other} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "secret"), []byte("42"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	pool := open(t, Spec{Kind: "test", Read: []string{filepath.Join(here, "nowhere")}, Write: []string{own}}, 1)
	for _, c := range []struct {
		method, request string
		needs           bool // the kernel has what refuses it
		allowed         bool
	}{
		{"read", filepath.Join(own, "secret"), true, true},
		{"write", filepath.Join(own, "new"), true, true},
		{"read", filepath.Join(other, "secret"), files, false},
		{"read", "/etc/passwd", files, false},
		{"read", filepath.Join(own, "..", "other", "secret"), files, false},
		{"write", filepath.Join(other, "new"), files, false},
		{"write", filepath.Join(os.TempDir(), "heji-confinement"), files, false},
		{"dial", listener.Addr().String(), calls, false},
		{"run", "/bin/true", calls, false},
		{"signal", strconv.Itoa(os.Getpid()), calls, false},
	} {
		if !c.needs {
			t.Logf("%s %s: this kernel cannot refuse it", c.method, c.request)
			continue
		}
		if _, err := call[string](t, pool, c.method, c.request, time.Minute); (err == nil) != c.allowed {
			t.Errorf("%s %s: %v, want allowed %t", c.method, c.request, err, c.allowed)
		}
	}
}

type parcel struct {
	Label string
	Goods []byte
}

func (p *parcel) Load() *[]byte { return &p.Goods }

// What has freight arrives whole, however much it is, and an answer over its limit is
// refused.
func TestFreight(t *testing.T) {
	pool := open(t, Spec{Kind: "test", Answer: 60 << 20}, 1)
	for _, n := range []int{0, 1, 50 << 20, 61 << 20} {
		goods := make([]byte, n)
		if n > 0 {
			goods[0] = 7
		}
		p, err := pool.Get(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var back parcel
		err = p.Call(t.Context(), "turn", &parcel{"box", goods}, &back, time.Minute)
		pool.Put(p)
		if n > 60<<20 {
			if form.CodeOf(err) != form.TooLarge {
				t.Errorf("%d bytes: %v", n, err)
			}
			continue
		}
		if err != nil || back.Label != "box!" || len(back.Goods) != n || n > 0 && back.Goods[n-1] != 7 {
			t.Errorf("%d bytes: %q, %d bytes, %v", n, back.Label, len(back.Goods), err)
		}
	}
}
