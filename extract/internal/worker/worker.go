// Package worker runs engines that may crash, hang or leak in child processes
// of the same binary, so that a bad page ends one child and not the batch.
//
// The parent starts itself again with HEJI_WORKER set to the kind of child. The
// first thing main (and TestMain) does is to call Main, which in a child serves
// requests until its pipe closes and never returns. Requests and answers are
// gob values in frames with a length prefix, on descriptors 3 and 4, so that
// nothing an engine prints can disturb them. Files and pictures go beside them as they
// are: see Freight.
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
	"slices"
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

	maxHead   = 64 << 10 // bytes of a message's head
	firstRead = 48 << 20 // bytes for which there is room at once: a page's picture in colours
)

// Serve answers one request.
type Serve func(method string, request Message) (answer Message, err error)

// Message is a value on its way: its gob, and its freight.
type Message struct{ Body, Freight []byte }

// Freight is a request or an answer with many bytes in it, such as a picture's. They
// travel as they are: gob would hold each of them four times over.
type Freight interface {
	// Load is where the bytes are.
	Load() *[]byte
}

// pack is the value that v points to, as a message.
func pack(v any) (Message, error) {
	var m Message
	if f, ok := v.(Freight); ok {
		m.Freight, *f.Load() = *f.Load(), nil
		defer func() { *f.Load() = m.Freight }()
	}
	var err error
	m.Body, err = Encode(v)
	return m, err
}

// unpack puts what pack made into the value that v points to.
func (m Message) unpack(v any) error {
	if err := Decode(m.Body, v); err != nil {
		return err
	}
	if f, ok := v.(Freight); ok {
		*f.Load() = m.Freight
	}
	return nil
}

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
	type request struct {
		method string
		Message
	}
	asked := make(chan request, 1)
	go func() {
		for {
			head, m, err := readMessage(requests, maxFrame)
			if err != nil {
				os.Exit(0)
			}
			asked <- request{string(head), m}
		}
	}()
	serve, failed := service()
	for q := range asked {
		var a outcome
		var m Message
		err := failed
		if err == nil {
			m, err = serve(q.method, q.Message)
		}
		if err != nil {
			a, m = outcome{Message: err.Error()}, Message{}
			if e, ok := errors.AsType[*form.Error](err); ok {
				a.Code, a.Message = e.Code, e.Message
			}
			a.Failed = true
		}
		head, err := Encode(a)
		if err != nil {
			return err
		}
		if err := writeMessage(answers, head, m); err != nil {
			return err
		}
	}
	return nil
}

// outcome is the head of an answer.
type outcome struct {
	Failed  bool
	Code    form.Code // set when the error was a *form.Error
	Message string
}

func (a outcome) err() error {
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
func On[Q, A any](serve func(Q) (A, error)) func(Message) (Message, error) {
	return func(m Message) (Message, error) {
		var q Q
		if err := m.unpack(&q); err != nil {
			return Message{}, err
		}
		a, err := serve(q)
		if err != nil {
			return Message{}, err
		}
		return pack(&a)
	}
}

// Methods is a Serve that finds the method by name.
func Methods(methods map[string]func(Message) (Message, error)) Serve {
	return func(method string, m Message) (Message, error) {
		serve, ok := methods[method]
		if !ok {
			return Message{}, fmt.Errorf("no method %q", method)
		}
		return serve(m)
	}
}

// writeMessage writes a message after its head: three frames.
func writeMessage(w io.Writer, head []byte, m Message) error {
	for _, part := range [][]byte{head, m.Body, m.Freight} {
		if err := writeFrame(w, part); err != nil {
			return err
		}
	}
	return nil
}

// readMessage reads a message of at most so many bytes, beside its head.
func readMessage(r io.Reader, most int64) (head []byte, m Message, err error) {
	if head, err = readFrame(r, maxHead); err != nil {
		return nil, m, err
	}
	if m.Body, err = readFrame(r, most); err != nil {
		return nil, m, err
	}
	m.Freight, err = readFrame(r, most-int64(len(m.Body)))
	return head, m, err
}

func writeFrame(w io.Writer, body []byte) error {
	if len(body) > maxFrame {
		return fmt.Errorf("a message of %d bytes is over the limit of %d", len(body), maxFrame)
	}
	if _, err := w.Write(binary.BigEndian.AppendUint32(nil, uint32(len(body)))); err != nil {
		return err
	}
	_, err := w.Write(body)
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
	// Large ones grow as bytes arrive: a lying length must not take the memory by itself.
	b := make([]byte, 0, min(n, firstRead))
	for len(b) < int(n) {
		b = slices.Grow(b, min(int(n)-len(b), max(len(b), 1)))
		got, err := io.ReadFull(r, b[len(b):min(cap(b), int(n))])
		b = b[:len(b)+got]
		if err != nil {
			return nil, err
		}
	}
	return b, nil
}
