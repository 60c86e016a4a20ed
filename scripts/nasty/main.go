// Command nasty runs heji layout over a folder of awkward and hostile PDFs, one file a
// process, and says of each what came of it, how long it took and how much memory:
//
//	go build -o bin/heji ./cmd/heji
//	go run ./scripts/nasty -heji bin/heji FOLDER
//	go run ./scripts/nasty -heji bin/heji -page docs/broken-files.md FOLDER
//
// FOLDER holds the files and expected.json, from a file's name to the text that is on
// its pages, or null where there is none to expect. A number that heji reads without a
// doubt and that the expected text lacks is wrong; so is a document over the limits of
// time and memory. Exit status 1 when there are any. What a file is, and of which kind,
// FOLDER's README.md may tell, in tables below headings.
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
	page := flag.String("page", "", "write the answers, by kind, to this `file` too")
	only := flag.String("only", "", "run the files whose name begins so")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "nasty: give the folder of files, with its expected.json")
		os.Exit(2)
	}
	bad, answers, err := run(*heji, flag.Arg(0), *only, time.Duration(*seconds)*time.Second, *megabytes)
	if err == nil && *page != "" {
		err = os.WriteFile(*page, []byte(pageOf(answers, flag.Arg(0))), 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "nasty:", err)
		os.Exit(1)
	}
	if bad > 0 {
		os.Exit(1)
	}
}

// answer is what is said of one file.
type answer struct {
	name, kind, detail string
	outcome            outcome
}

func run(heji, folder, only string, most time.Duration, megabytes int) (bad int, answers []answer, err error) {
	data, err := os.ReadFile(filepath.Join(folder, "expected.json"))
	if err != nil {
		return 0, nil, err
	}
	var expected map[string]*string
	if err := json.Unmarshal(data, &expected); err != nil {
		return 0, nil, err
	}
	fmt.Println("| file | outcome | CPU s | clock s | MB | largest process MB |")
	fmt.Println("|---|---|---|---|---|---|")
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
		fmt.Printf("| %s | %s%s | %.1f | %.1f | %d | %d |\n", name, kind, detail, r.took.Seconds(), r.clock.Seconds(), r.peak, r.largest)
		answers = append(answers, answer{name, kind, detail, r})
	}
	fmt.Println()
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		fmt.Printf("%s: %d\n", kind, counts[kind])
	}
	return bad, answers, nil
}

// pageOf is the page of the documentation that holds the answers.
func pageOf(answers []answer, folder string) string {
	kinds, what := told(folder)
	counts, below := map[string]int{}, map[string][]answer{}
	var slowest time.Duration
	most, largest := 0, 0
	for _, a := range answers {
		counts[a.kind]++
		kind := kinds[a.name]
		if kind == "" {
			kind, _, _ = strings.Cut(a.name, "-")
		}
		below[kind] = append(below[kind], a)
		slowest, most, largest = max(slowest, a.outcome.took), max(most, a.outcome.peak), max(largest, a.outcome.largest)
	}
	var b strings.Builder
	fmt.Fprintf(&b, `# Broken and hostile files

What heji layout says of %d awkward, broken and hostile PDFs, by

    go run ./scripts/nasty -heji bin/heji -page docs/broken-files.md FOLDER

The files are made for the purpose and are no part of this repository; most are no performance forms. *right* is: every
number that is on the page was read, no other, and nothing is in doubt. *doubted* is: something is not relied on, with the
codes of why; a number that is read without a doubt and is not on the page would be *wrong*. *refused* is: an error, with its
code and a sentence. CPU is of heji and its readers together; so are the MB, in which what they share counts for each. The
largest process is one of them.

`, len(answers))
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(&b, "- %s: %d\n", kind, counts[kind])
	}
	fmt.Fprintf(&b, "\nThe most that any took: %.1f s, %d MB together, %d MB in one process.\n", slowest.Seconds(), most, largest)
	for _, kind := range slices.Sorted(maps.Keys(below)) {
		fmt.Fprintf(&b, "\n## %s\n\n| file | what it is | heji says | CPU s | MB | largest MB |\n|---|---|---|---|---|---|\n", kind)
		for _, a := range below[kind] {
			o := a.outcome
			fmt.Fprintf(&b, "| %s | %s | %s%s | %.1f | %d | %d |\n", a.name, what[a.name], a.kind, a.detail, o.took.Seconds(), o.peak, o.largest)
		}
	}
	return b.String()
}

// told is what the folder's README says of its files: the heading each stands below, and
// what it is.
func told(folder string) (kinds, what map[string]string) {
	kinds, what = map[string]string{}, map[string]string{}
	data, err := os.ReadFile(filepath.Join(folder, "README.md"))
	if err != nil {
		return kinds, what
	}
	heading := ""
	for line := range strings.Lines(string(data)) {
		if h, ok := strings.CutPrefix(line, "## "); ok {
			heading = strings.TrimSpace(h)
		}
		if cells := strings.Split(line, "|"); len(cells) > 3 && strings.HasPrefix(strings.TrimSpace(cells[1]), "`") {
			name := strings.Trim(strings.TrimSpace(cells[1]), "`")
			kinds[name], what[name] = heading, strings.TrimSpace(cells[2])
		}
	}
	return kinds, what
}

// outcome is what came of one file.
type outcome struct {
	out     []byte
	err     error
	took    time.Duration // of the processors, all its processes together
	clock   time.Duration
	peak    int // MB, of all its processes together
	largest int // MB, of the largest of them
	panics  bool
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
	watched := make(chan [2]int)
	go func() {
		sum, one := watch(cmd.Process.Pid, done)
		watched <- [2]int{sum, one}
	}()
	err := cmd.Wait()
	close(done)
	clock, held := time.Since(start), <-watched
	return outcome{out: out.Bytes(), err: err, clock: clock, took: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(),
		peak: held[0], largest: held[1], panics: bytes.Contains(said.Bytes(), []byte("goroutine "))}
}

// watch is the most memory, in MB, that a process and its children hold until done:
// together, and the largest of them.
func watch(pid int, done <-chan struct{}) (sum, largest int) {
	for {
		now, one := resident(pid)
		sum, largest = max(sum, now), max(largest, one)
		select {
		case <-done:
			return sum, largest
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// resident is what a process and its children hold now, in MB, and the most that one of
// them has held.
func resident(pid int) (sum, largest int) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, 0
	}
	for line := range strings.Lines(string(status)) {
		fields := strings.Fields(line)
		if len(fields) < 2 {
			continue
		}
		switch kb, _ := strconv.Atoi(fields[1]); fields[0] {
		case "VmRSS:":
			sum = kb / 1024
		case "VmHWM:":
			largest = kb / 1024
		}
	}
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, t := range threads {
		children, _ := os.ReadFile(t)
		for _, c := range strings.Fields(string(children)) {
			if id, err := strconv.Atoi(c); err == nil {
				s, l := resident(id)
				sum, largest = sum+s, max(largest, l)
			}
		}
	}
	return sum, largest
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
		return "doubted", fmt.Sprintf(", numbers not read: %d%s", missing, strings.Replace(because, ": ", "; ", 1))
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
