package worker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"heji/form"
)

var (
	// ErrDied says that the child ended in the middle of a call.
	ErrDied = errors.New("worker process died")
	// ErrTimeout says that a call outlived its deadline and the child was killed.
	ErrTimeout = errors.New("worker process killed at its deadline")
	// ErrClosed says that the pool no longer gives processes.
	ErrClosed = errors.New("worker pool is closed")
)

// Spec says how to start one kind of child.
type Spec struct {
	Kind    string
	Env     []string // added to a small environment of our own; nothing else is passed on
	Memory  uint64   // address space in bytes, 0 for no limit
	Answer  int64    // bytes of one answer, 0 for as many as a message may have
	Read    []string // files and folders that it may read
	Write   []string // folders that it may write to
	Recycle int      // calls after which a child is replaced, 0 for never
}

// Pool keeps up to a number of children of one kind and hands each to one
// caller at a time. Children start when first needed.
type Pool struct {
	spec  Spec
	slots chan *Process // nil: a slot whose process is yet to start
	done  chan struct{}
	once  sync.Once
}

// NewPool makes a pool of at most size children.
func NewPool(spec Spec, size int) *Pool {
	p := &Pool{spec: spec, slots: make(chan *Process, size), done: make(chan struct{})}
	for range size {
		p.slots <- nil
	}
	return p
}

// Get waits for a free child and starts it if need be. The caller gives it back
// with Put, also after an error in a call.
func (p *Pool) Get(ctx context.Context) (*Process, error) {
	select {
	case <-p.done:
		return nil, ErrClosed
	default:
	}
	select {
	case <-p.done:
		return nil, ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	case process := <-p.slots:
		if process != nil && !process.gone() {
			return process, nil
		}
		process, err := start(p.spec)
		if err != nil {
			p.slots <- nil
			return nil, fmt.Errorf("start %s worker: %w", p.spec.Kind, err)
		}
		return process, nil
	}
}

// Holding is Get, with a free child whose Held satisfies wanted before any other.
func (p *Pool) Holding(ctx context.Context, wanted func(held any) bool) (*Process, error) {
	for range cap(p.slots) {
		select {
		case process := <-p.slots:
			if process != nil && wanted(process.Held) && !process.gone() {
				return process, nil
			}
			p.slots <- process // there is room: it was taken from here
		default:
		}
	}
	select {
	case <-p.done:
		p.drain() // what was put back here may have missed it
	default:
	}
	return p.Get(ctx)
}

// Ask is Get, Call and Put, and once more where the child died: that may have been for
// another's sake, and an answer must not depend on it.
func (p *Pool) Ask(ctx context.Context, method string, req, ans any, deadline time.Duration) error {
	ask := func() error {
		process, err := p.Get(ctx)
		if err != nil {
			return err
		}
		defer p.Put(process)
		return process.Call(ctx, method, req, ans, deadline)
	}
	err := ask()
	if errors.Is(err, ErrDied) {
		err = ask()
	}
	return err
}

// Coded gives the death of a child and its deadline their codes, each with a sentence.
func Coded(err error, crashed, timeout string) error {
	switch {
	case errors.Is(err, ErrDied):
		return &form.Error{Code: form.Crashed, Message: crashed, Err: err}
	case errors.Is(err, ErrTimeout):
		return &form.Error{Code: form.Timeout, Message: timeout, Err: err}
	}
	return err
}

// Put gives a child back. A dead or worn child is replaced at the next Get.
func (p *Pool) Put(process *Process) {
	worn := p.spec.Recycle > 0 && process.calls >= p.spec.Recycle
	if worn || process.dead {
		process.kill()
		process = nil
	}
	p.slots <- process
	select {
	case <-p.done:
		p.drain()
	default:
	}
}

// Close ends the children that are free now, and the others as they are put back.
func (p *Pool) Close() {
	p.once.Do(func() { close(p.done) })
	p.drain()
}

func (p *Pool) drain() {
	for {
		select {
		case process := <-p.slots:
			if process != nil {
				process.kill()
			}
		default:
			return
		}
	}
}

// Process is a running child, used by one caller at a time.
type Process struct {
	Held any           // what the caller before left in it, for Holding
	Took time.Duration // what the last answer took of its deadline

	cmd      *exec.Cmd
	requests *os.File
	answers  *os.File
	stderr   *tail
	most     int64 // bytes of an answer
	calls    int
	dead     bool
	kill     func() // ends the process group and frees what the process held; may be called again
}

func start(spec Spec) (*Process, error) {
	// A child that never came to Main would start children as its parent did, and they
	// theirs, until the machine stands still.
	if os.Getenv(kindVar) != "" {
		return nil, errors.New("a worker starts no workers: call RunWorker first in main, and in TestMain")
	}
	self, err := executable()
	if err != nil {
		return nil, err
	}
	childIn, requests, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	answers, childOut, err := os.Pipe()
	if err != nil {
		_ = childIn.Close()
		_ = requests.Close()
		return nil, err
	}
	p := &Process{requests: requests, answers: answers, stderr: &tail{}, most: maxFrame}
	if spec.Answer > 0 {
		p.most = min(spec.Answer, maxFrame)
	}
	p.cmd = exec.Command(self)
	p.cmd.Env = environment(spec)
	p.cmd.ExtraFiles = []*os.File{childIn, childOut}
	p.cmd.Stderr = p.stderr
	p.cmd.WaitDelay = time.Second
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	err = p.cmd.Start()
	_ = childIn.Close()
	_ = childOut.Close()
	if err != nil {
		_ = requests.Close()
		_ = answers.Close()
		return nil, err
	}
	p.kill = sync.OnceFunc(func() {
		_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
		_ = p.cmd.Wait() // how it ended was asked for by the kill
		_ = requests.Close()
		_ = answers.Close()
	})
	return p, nil
}

// executable is the running program itself, also when its file was replaced
// since it started.
func executable() (string, error) {
	if _, err := os.Stat("/proc/self/exe"); err == nil {
		return "/proc/self/exe", nil
	}
	return os.Executable()
}

// environment is all that a child sees: what finds programs, data and caches,
// and nothing that holds a password, such as DATABASE_URL.
func environment(spec Spec) []string {
	env := []string{
		"LANG=C.UTF-8",
		"GOMAXPROCS=2", // one for the engine, one to notice a closed pipe
		"GOTRACEBACK=single",
		"GOMEMLIMIT=192MiB", // of what Go looks after: near it, thrown away memory is given back at once
		"MALLOC_ARENA_MAX=1",
		"OMP_THREAD_LIMIT=1",
		kindVar + "=" + spec.Kind,
		memoryVar + "=" + strconv.FormatUint(spec.Memory, 10),
		readVar + "=" + strings.Join(spec.Read, string(filepath.ListSeparator)),
		writeVar + "=" + strings.Join(spec.Write, string(filepath.ListSeparator)),
	}
	for _, name := range []string{"PATH", "HOME", "XDG_CACHE_HOME", "TESSDATA_PREFIX"} {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return append(env, spec.Env...)
}

// gone reports whether the child ended while nobody asked it anything. It says nothing
// unasked, so that whatever comes of its pipe is the end.
func (p *Process) gone() bool {
	conn, err := p.answers.SyscallConn()
	if err != nil {
		p.kill()
		return true
	}
	n := 0
	failed := conn.Control(func(fd uintptr) {
		n, err = unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
	})
	if n == 0 && failed == nil {
		return false
	}
	p.kill()
	return true
}

// Call sends one request and waits for its answer, for at most the deadline, which is
// of the child's own work where the system tells that: how busy the machine is with
// other things changes no answer.
// Req and answer are gob values; answer is a pointer. The error is what the
// child's service returned, with a *form.Error's code and message kept; or it
// wraps ErrTimeout, ErrDied or the context's error, and then the child is gone.
func (p *Process) Call(ctx context.Context, method string, req, ans any, deadline time.Duration) error {
	m, err := pack(req)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if p.dead {
		return fmt.Errorf("%s: %w", method, ErrDied)
	}
	p.calls++
	p.Took = 0
	if err := errors.Join(p.requests.SetWriteDeadline(time.Time{}), p.answers.SetReadDeadline(time.Time{})); err != nil {
		return err
	}
	interrupt := func() {
		_ = p.requests.SetWriteDeadline(time.Unix(1, 0))
		_ = p.answers.SetReadDeadline(time.Unix(1, 0))
	}
	stop := context.AfterFunc(ctx, interrupt)
	defer stop()
	began := p.clock()
	defer p.after(began, deadline, interrupt)()
	head, reply, err := p.exchange(method, m)
	if err != nil {
		p.dead = true
		p.kill()
		switch {
		case errors.Is(err, errTooLong):
			return &form.Error{Code: form.TooLarge, Err: err,
				Message: "A page of the document gives more to read than any form; print the file to a new PDF and try that."}
		case ctx.Err() != nil:
			return fmt.Errorf("%s: %w", method, ctx.Err())
		case errors.Is(err, os.ErrDeadlineExceeded):
			return fmt.Errorf("%s: %w after %s", method, ErrTimeout, deadline)
		}
		return fmt.Errorf("%s: %w: %s%s", method, ErrDied, p.cmd.ProcessState, p.stderr.last())
	}
	p.Took = p.clock() - began
	var a outcome
	if err := Decode(head, &a); err != nil {
		return err
	}
	if err := a.err(); err != nil {
		return err
	}
	return reply.unpack(ans)
}

// patience is how many times its deadline a call may take by the clock: a child that
// sleeps for good does no work. It is much, for a machine may be busy with much else.
const patience = 20

// program is when this process began.
var program = time.Now()

// clock is the time by which the child's deadlines are: what it has worked so far, or
// where that is not known, the time of day.
func (p *Process) clock() time.Duration {
	if worked, ok := processorTime(p.cmd.Process.Pid); ok {
		return worked
	}
	return time.Since(program)
}

// after calls late when the deadline has passed since began, unless stop was called before.
func (p *Process) after(began, deadline time.Duration, late func()) (stop func()) {
	done, ended := make(chan struct{}), make(chan struct{})
	last := time.Now().Add(patience * deadline)
	go func() {
		defer close(ended)
		for left := deadline; left > 0 && time.Now().Before(last); left = deadline - (p.clock() - began) {
			select {
			case <-done:
				return
			case <-time.After(min(max(left/2, 10*time.Millisecond), time.Until(last))): // it works on two processors at most
			}
		}
		late()
	}()
	return func() { close(done); <-ended }
}

func (p *Process) exchange(method string, m Message) (head []byte, answer Message, err error) {
	if err := writeMessage(p.requests, []byte(method), m); err != nil {
		return nil, answer, err
	}
	return readMessage(p.answers, p.most)
}

// tail keeps the end of what a child printed, for the message when it dies.
type tail struct {
	mu sync.Mutex
	b  []byte
}

const tailSize = 4 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.b = append(t.b, p...)
	if len(t.b) > tailSize {
		t.b = t.b[len(t.b)-tailSize:]
	}
	return len(p), nil
}

// last is the first kept line that is not blank, quoted so that an engine's
// output cannot forge ours.
func (t *tail) last() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	for line := range bytes.Lines(t.b) {
		if line = bytes.TrimSpace(line); len(line) > 0 {
			return fmt.Sprintf(": %.200q", line)
		}
	}
	return ""
}
