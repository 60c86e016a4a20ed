// Command nasty runs heji layout over a folder of awkward and hostile PDFs, one file a
// process, and says of each what came of it, how long it took and how much memory:
//
//	go build -o bin/heji ./cmd/heji
//	go run ./scripts/nasty -heji bin/heji FOLDER
//
// FOLDER holds the files and expected.json, from a file's name to the text that is on
// its pages, or null where there is none to expect. A number that heji reads without a
// doubt and that the expected text lacks is wrong; so is a document over the limits of
// time and memory. Exit status 1 when there are any.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/text/unicode/norm"

	"heji/layout"
)

func main() {
	heji := flag.String("heji", "bin/heji", "the program")
	seconds := flag.Int("seconds", 15, "what a file may take of the processors' time: the clock depends on what else runs")
	megabytes := flag.Int("memory", 700, "what heji and its readers may hold of memory together, in MB")
	only := flag.String("only", "", "run the files whose name begins so")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "nasty: give the folder of files, with its expected.json")
		os.Exit(2)
	}
	bad, err := run(*heji, flag.Arg(0), *only, time.Duration(*seconds)*time.Second, *megabytes)
	if err != nil {
		fmt.Fprintln(os.Stderr, "nasty:", err)
		os.Exit(1)
	}
	if bad > 0 {
		os.Exit(1)
	}
}

func run(heji, folder, only string, most time.Duration, megabytes int) (bad int, err error) {
	data, err := os.ReadFile(filepath.Join(folder, "expected.json"))
	if err != nil {
		return 0, err
	}
	var expected map[string]*string
	if err := json.Unmarshal(data, &expected); err != nil {
		return 0, err
	}
	fmt.Println("| file | outcome | CPU s | clock s | MB |")
	fmt.Println("|---|---|---|---|---|")
	counts := map[string]int{}
	for _, name := range slices.Sorted(maps.Keys(expected)) {
		if !strings.HasPrefix(name, only) {
			continue
		}
		r := layoutOf(heji, filepath.Join(folder, name), 4*most)
		kind, detail := r.judge(expected[name])
		if r.took > most {
			kind, detail = "over the limit", detail+", over the time"
		}
		if r.peak > megabytes {
			kind, detail = "over the limit", detail+", over the memory"
		}
		counts[kind]++
		if kind == wrong || kind == "over the limit" {
			bad++
		}
		fmt.Printf("| %s | %s%s | %.1f | %.1f | %d |\n", name, kind, detail, r.took.Seconds(), r.clock.Seconds(), r.peak)
	}
	fmt.Println()
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		fmt.Printf("%s: %d\n", kind, counts[kind])
	}
	return bad, nil
}

// outcome is what came of one file.
type outcome struct {
	out    []byte
	err    error
	took   time.Duration // of the processors, all its processes together
	clock  time.Duration
	peak   int // MB, of all its processes together
	panics bool
}

// layoutOf reads one file, for at most so long.
func layoutOf(heji, file string, most time.Duration) outcome {
	ctx, cancel := context.WithTimeout(context.Background(), most)
	defer cancel()
	cmd := exec.CommandContext(ctx, heji, "layout", "--json", "--jobs", "1", file)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 5 * time.Second
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return outcome{err: err}
	}
	done := make(chan struct{})
	watched := make(chan int)
	go func() { watched <- watch(cmd.Process.Pid, done) }()
	err := cmd.Wait()
	close(done)
	clock := time.Since(start)
	return outcome{out: out.Bytes(), err: err, clock: clock, took: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), peak: <-watched,
		panics: bytes.Contains(said.Bytes(), []byte("goroutine "))}
}

// watch is the most memory, in MB, that a process and its children hold together until
// done.
func watch(pid int, done <-chan struct{}) int {
	most := 0
	for {
		most = max(most, resident(pid))
		select {
		case <-done:
			return most
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func resident(pid int) int {
	kb := 0
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "VmRSS:" {
			kb, _ = strconv.Atoi(fields[1])
		}
	}
	total := kb / 1024
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, t := range threads {
		children, _ := os.ReadFile(t)
		for _, c := range strings.Fields(string(children)) {
			if id, err := strconv.Atoi(c); err == nil {
				total += resident(id)
			}
		}
	}
	return total
}

const wrong = "wrong"

// judge says what an outcome is worth.
func (o outcome) judge(expected *string) (kind, detail string) {
	var exit *exec.ExitError
	switch {
	case o.panics:
		return wrong, ": a panic reached the user"
	case o.err != nil && !errors.As(o.err, &exit):
		return wrong, ": " + o.err.Error()
	}
	var refusal struct {
		Error *struct{ Code string } `json:"error"`
	}
	var doc layout.Document
	if err := json.Unmarshal(o.out, &refusal); err == nil && refusal.Error != nil {
		return "refused", ": " + refusal.Error.Code
	}
	if err := json.Unmarshal(o.out, &doc); err != nil || len(doc.Pages) == 0 {
		return wrong, ": no record and no refusal"
	}
	sure, all, doubts := numbersOf(doc)
	because := ""
	if len(doubts) > 0 {
		because = ": " + strings.Join(slices.Sorted(maps.Keys(doubts)), ", ")
	}
	if expected == nil {
		return "read, nothing to hold it against", because
	}
	text := plain(*expected)
	var strange []string
	for _, n := range sure {
		if !strings.Contains(text, n) {
			strange = append(strange, n)
		}
	}
	missing := 0
	for _, n := range number.FindAllString(text, -1) {
		if !strings.Contains(all, n) {
			missing++
		}
	}
	switch {
	case len(strange) > 0:
		return wrong, fmt.Sprintf(": undoubted, and not in the text: %q%s", strange, because)
	case missing > 0 && len(doubts) == 0:
		return wrong, fmt.Sprintf(": %d numbers of the text are missing, and nothing says so", missing)
	case missing > 0:
		return "doubted", fmt.Sprintf(", %d numbers not read%s", missing, because)
	case len(doubts) > 0:
		return "doubted, the numbers right", because
	}
	return "right", ""
}

// numbersOf are the numbers that are read without a doubt, all that is read, and the
// codes of what is in doubt.
func numbersOf(doc layout.Document) (sure []string, all string, doubts map[string]bool) {
	doubts = map[string]bool{}
	add := func(text, doubt string) {
		text = plain(text)
		all += text + "\n"
		if doubt != "" {
			doubts[doubt] = true
			return
		}
		sure = append(sure, number.FindAllString(text, -1)...)
	}
	for _, page := range doc.Pages {
		for _, p := range page.Problems {
			doubts[p.Code] = true
		}
		for _, l := range page.Lines {
			add(l.Flat(), l.Doubt)
		}
		for _, t := range page.Tables {
			for _, c := range t.Cells {
				add(c.Flat(), c.Doubt)
			}
		}
	}
	return sure, all, doubts
}

var number = regexp.MustCompile(`[0-9]+(?:[.,][0-9]+)*`)

// plain is text without widths and white space.
func plain(s string) string { return strings.Join(strings.Fields(norm.NFKC.String(s)), "") }
