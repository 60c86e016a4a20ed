// Package worker runs engines that may crash, hang or leak in child processes
// of the same binary, so that a bad page ends one child and not the batch.
//
// The parent starts itself again with HEJI_WORKER set to the kind of child. The
// first thing main (and TestMain) does is to call Main, which in a child serves
// requests until its pipe closes and never returns. Requests and answers are
// gob values in frames with a length prefix, on descriptors 3 and 4, so that
// nothing an engine prints can disturb them.
//
//	pool := worker.NewPool(worker.Spec{Kind: "ocr", Memory: 3 << 30}, 2)
//	p, err := pool.Get(ctx)
//	defer pool.Put(p)
//	err = p.Call(ctx, "read", request, &answer, 20*time.Second)
//
// A child may take so much memory, sees only the files that its Spec lists, and can
// reach neither the network nor other processes, as far as the kernel can see to
// that: see Confinement. It has no folder to write to but those of its Spec.
//
// A call that outlives its deadline or its context kills the child with its
// whole process group; the pool then starts another. The parent's death closes
// the pipe, and the child ends by itself.
package worker

import (
	"bytes"
	"encoding/binary"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"syscall"

	"heji/form"
)

const (
	kindVar   = "HEJI_WORKER"
	memoryVar = "HEJI_WORKER_MEMORY"
	readVar   = "HEJI_WORKER_READ"
	writeVar  = "HEJI_WORKER_WRITE"

	// maxFrame bounds any request or answer. A Spec's Answer is lower.
	maxFrame = 1 << 30
)

// Serve answers one request. Body is the gob of the request; the answer is a
// gob too: see Decode and Encode.
type Serve func(method string, body []byte) (answer []byte, err error)

// Service loads an engine in the child and gives the function that serves it.
type Service func() (Serve, error)

// Main turns the process into a worker when the environment says so, and then
// does not return. In any other process it returns at once.
func Main(services map[string]Service) {
	kind := os.Getenv(kindVar)
	if kind == "" {
		return
	}
	_ = os.Unsetenv(kindVar) // a worker's own children are not workers
	if err := limit(); err != nil {
		fmt.Fprintln(os.Stderr, "worker:", err)
		os.Exit(1)
	}
	if err := confine(filepath.SplitList(os.Getenv(readVar)), filepath.SplitList(os.Getenv(writeVar))); err != nil {
		fmt.Fprintln(os.Stderr, "worker:", err)
		os.Exit(1)
	}
	service, ok := services[kind]
	if !ok {
		fmt.Fprintf(os.Stderr, "worker: no service %q in this program\n", kind)
		os.Exit(1)
	}
	if err := run(service, os.NewFile(3, "requests"), os.NewFile(4, "answers")); err != nil {
		fmt.Fprintln(os.Stderr, "worker:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// Confinement says how far a child of this machine is shut in: whether it sees only
// its own files, and whether the network and other processes are out of its reach.
func Confinement() (files, calls bool) {
	abi, filtered := supported()
	return abi > 0, filtered
}

// limit lowers what the process may take: no core file, small files, and the
// address space its parent chose.
func limit() error {
	if err := setLimit(syscall.RLIMIT_CORE, 0); err != nil {
		return fmt.Errorf("limit core files: %w", err)
	}
	if err := setLimit(syscall.RLIMIT_FSIZE, 64<<20); err != nil {
		return fmt.Errorf("limit file size: %w", err)
	}
	memory, err := strconv.ParseUint(os.Getenv(memoryVar), 10, 64)
	if err != nil || memory == 0 {
		return nil
	}
	if err := setLimit(syscall.RLIMIT_AS, memory); err != nil {
		return fmt.Errorf("limit memory: %w", err)
	}
	return nil
}

func setLimit(resource int, most uint64) error {
	var now syscall.Rlimit
	if err := syscall.Getrlimit(resource, &now); err != nil {
		return err
	}
	most = min(most, now.Max)
	return syscall.Setrlimit(resource, &syscall.Rlimit{Cur: most, Max: most})
}

// run serves requests one after the other until the pipe closes. Requests are
// read beside the work, so that a closed pipe ends the process even while an
// engine runs.
func run(service Service, requests io.Reader, answers io.Writer) error {
	frames := make(chan []byte, 1)
	go func() {
		for {
			frame, err := readFrame(requests, maxFrame)
			if err != nil {
				os.Exit(0)
			}
			frames <- frame
		}
	}()
	serve, failed := service()
	for frame := range frames {
		var q request
		if err := Decode(frame, &q); err != nil {
			return err
		}
		var a answer
		err := failed
		if err == nil {
			a.Body, err = serve(q.Method, q.Body)
		}
		if err != nil {
			a = answer{Message: err.Error()}
			if e, ok := errors.AsType[*form.Error](err); ok {
				a.Code, a.Message = e.Code, e.Message
			}
			a.Failed = true
		}
		out, err := Encode(a)
		if err != nil {
			return err
		}
		if err := writeFrame(answers, out); err != nil {
			return err
		}
	}
	return nil
}

type request struct {
	Method string
	Body   []byte
}

type answer struct {
	Failed  bool
	Code    form.Code // set when the error was a *form.Error
	Message string
	Body    []byte
}

func (a answer) err() error {
	switch {
	case !a.Failed:
		return nil
	case a.Code != "":
		return &form.Error{Code: a.Code, Message: a.Message}
	}
	return errors.New(a.Message)
}

// Encode is the gob of v.
func Encode(v any) ([]byte, error) {
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(v); err != nil {
		return nil, fmt.Errorf("encode %T: %w", v, err)
	}
	return b.Bytes(), nil
}

// Decode reads what Encode wrote into the value that v points to.
func Decode(data []byte, v any) error {
	if err := gob.NewDecoder(bytes.NewReader(data)).Decode(v); err != nil {
		return fmt.Errorf("decode %T: %w", v, err)
	}
	return nil
}

// On is a Serve for one method whose request and answer have Go types.
func On[Q, A any](serve func(Q) (A, error)) func(body []byte) ([]byte, error) {
	return func(body []byte) ([]byte, error) {
		var q Q
		if err := Decode(body, &q); err != nil {
			return nil, err
		}
		a, err := serve(q)
		if err != nil {
			return nil, err
		}
		return Encode(a)
	}
}

// Methods is a Serve that finds the method by name.
func Methods(methods map[string]func(body []byte) ([]byte, error)) Serve {
	return func(method string, body []byte) ([]byte, error) {
		serve, ok := methods[method]
		if !ok {
			return nil, fmt.Errorf("no method %q", method)
		}
		return serve(body)
	}
}

func writeFrame(w io.Writer, body []byte) error {
	if len(body) > maxFrame {
		return fmt.Errorf("a message of %d bytes is over the limit of %d", len(body), maxFrame)
	}
	frame := binary.BigEndian.AppendUint32(make([]byte, 0, 4+len(body)), uint32(len(body)))
	_, err := w.Write(append(frame, body...))
	return err
}

// errTooLong says that a message is over its limit.
var errTooLong = errors.New("a message is too long")

func readFrame(r io.Reader, most int64) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(head[:])
	if int64(n) > most {
		return nil, fmt.Errorf("%w: %d bytes, and the limit is %d", errTooLong, n, most)
	}
	// Grow as bytes arrive: a lying length must not take the memory by itself.
	var b bytes.Buffer
	if _, err := io.CopyN(&b, r, int64(n)); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
