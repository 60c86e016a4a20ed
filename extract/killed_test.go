package extract

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// What a document says does not depend on what becomes of the processes that read it.
func TestAKilledReaderChangesNothing(t *testing.T) {
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("the children of a process cannot be listed here")
	}
	for file, kills := range map[string]int{"01-consistent.text.pdf": 10, "05-consistent.scan.pdf": 3} {
		data, err := os.ReadFile(filepath.Join("../samples", file))
		if err != nil {
			t.Fatal(err)
		}
		r, err := Open(Options{Jobs: 1})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = r.Close() })
		read := func() ([]byte, time.Duration) {
			began := time.Now()
			doc, err := r.Extract(t.Context(), file, data)
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			b, err := json.Marshal(doc)
			if err != nil {
				t.Fatal(err)
			}
			return b, time.Since(began)
		}
		read() // which starts the processes
		undisturbed, took := read()
		for i := range kills {
			after := took * time.Duration(i) / time.Duration(kills)
			killed := make(chan struct{})
			time.AfterFunc(after, func() { killAll(t); close(killed) })
			if got, _ := read(); !bytes.Equal(got, undisturbed) {
				t.Errorf("%s is read another way when its readers are killed after %v", file, after)
			}
			// At most once a reading, for two deaths are an error: one that comes when the
			// reading is over would count for the next.
			select {
			case <-killed:
			default:
				<-killed
				read()
			}
		}
	}
}

// killAll kills every child of this process.
func killAll(t *testing.T) {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, s := range stats {
		stat, err := os.ReadFile(s)
		if err != nil {
			continue // it has ended
		}
		var state string
		var parent int
		_, err = fmt.Sscan(string(stat[bytes.LastIndexByte(stat, ')')+1:]), &state, &parent)
		if pid, e := strconv.Atoi(filepath.Base(filepath.Dir(s))); err == nil && e == nil && parent == os.Getpid() {
			if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
				t.Log(err)
			}
		}
	}
}
