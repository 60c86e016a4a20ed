// Command accuracy reads documents whose contents are known and says how much of
// them was read right, by kind of document.
//
//	go run ./samples/generate -n 4 -kind mix -degrade all -out DIR
//	go run ./cmd/accuracy [-baseline] [-notes] DIR
//
// Every PDF in DIR lies beside a truth: name.pdf or name.text.pdf beside
// name.truth.json. What stands after the first - of the name, such as skew-3 in
// 000001-skew-3.pdf, is the kind. With -baseline the same pages are also read by
// Tesseract as they are (tesseract -l chi_sim+eng --psm 3 on the page at 300 dpi).
//
// The table counts, for each kind: documents and pages; numbers right; numbers
// wrong or unread and flagged, and not flagged; names and texts right; character
// errors of narratives; planted discrepancies found, and false ones; flags a
// document; CPU seconds a page, of heji and its workers together. Each number that is
// wrong with nobody told is listed at the end, with its document and place.
//
// Two more tables say how well the verdicts tell the form's faults from our
// misreadings, by kind of document and by rule: planted faults told as the form's,
// left undecided, explained away as misread or missed; reports that are not so; and
// of the numbers that were read as other numbers, those that take part in an
// equation and those for which the right number is offered with the verdict misread.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"heji/batch"
	"heji/extract"
	"heji/form"
	"heji/samples"
)

func main() {
	extract.RunWorker()
	baseline := flag.Bool("baseline", false, "read the same pages with Tesseract alone, too")
	notes := flag.Bool("notes", false, "print every difference on standard error")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: accuracy [-baseline] [-notes] DIR")
		os.Exit(2)
	}
	if err := run(context.Background(), flag.Arg(0), *baseline, *notes); err != nil {
		fmt.Fprintln(os.Stderr, "accuracy:", err)
		os.Exit(1)
	}
}

// measure is what was found for one kind of document.
type measure struct {
	tally     samples.Tally
	documents int
	refused   int
	pages     int
	cpu       time.Duration
	judged    judged
	silent    []string // numbers wrong with nobody told

	baselineNumbers, baselineFound int
	baselineCPU                    time.Duration
}

func (m measure) add(o measure) measure {
	m.tally = m.tally.Add(o.tally)
	m.documents += o.documents
	m.refused += o.refused
	m.pages += o.pages
	m.cpu += o.cpu
	m.judged.merge(o.judged)
	m.silent = append(m.silent, o.silent...)
	m.baselineNumbers += o.baselineNumbers
	m.baselineFound += o.baselineFound
	m.baselineCPU += o.baselineCPU
	return m
}

func run(ctx context.Context, dir string, baseline, notes bool) error {
	kinds, err := documents(dir)
	if err != nil {
		return err
	}
	var names []string
	for name := range kinds {
		names = append(names, name)
	}
	slices.Sort(names)
	var all measure
	verdicts := map[string]judged{}
	fmt.Println(heading(baseline))
	for _, name := range names {
		m, err := read(ctx, name, kinds[name], baseline, notes)
		if err != nil {
			return err
		}
		all = all.add(m)
		verdicts[name] = m.judged
		fmt.Println(m.line(name, baseline))
	}
	fmt.Println(all.line("**all**", baseline))
	writeVerdicts(os.Stdout, names, verdicts)
	writeSilent(os.Stdout, all.silent)
	return nil
}

// writeSilent lists the numbers that are wrong with nobody told, as far as there is
// room.
func writeSilent(w io.Writer, silent []string) {
	if len(silent) == 0 {
		return
	}
	fmt.Fprint(w, "\nNumbers wrong without a flag:\n\n")
	const room = 100
	for i, s := range silent {
		if i == room {
			fmt.Fprintf(w, "- and %d more\n", len(silent)-room)
			return
		}
		fmt.Fprintln(w, "-", s)
	}
}

// documents are the PDFs that have a truth, by kind.
func documents(dir string) (map[string][]string, error) {
	truths, err := filepath.Glob(filepath.Join(dir, "*.truth.json"))
	if err != nil {
		return nil, err
	}
	kinds := map[string][]string{}
	for _, truth := range truths {
		stem := strings.TrimSuffix(truth, ".truth.json")
		files, err := filepath.Glob(stem + ".*pdf")
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			kind := strings.Trim(strings.TrimSuffix(strings.TrimPrefix(file, stem), "pdf"), ".")
			if _, after, ok := strings.Cut(filepath.Base(stem), "-"); ok && kind == "" {
				kind = after
			}
			if kind == "" {
				kind = "text"
			}
			kinds[kind] = append(kinds[kind], file)
		}
	}
	if len(kinds) == 0 {
		return nil, fmt.Errorf("%s holds no PDF with a truth beside it", dir)
	}
	return kinds, nil
}

// read reads the documents of one kind with worker processes of their own, so that
// their time can be told apart.
func read(ctx context.Context, kind string, files []string, baseline, notes bool) (m measure, err error) {
	before := cpu()
	reader, err := extract.Open(extract.Options{})
	if err != nil {
		return m, err
	}
	process := func(ctx context.Context, src batch.Source) batch.Result { return batch.Process(ctx, reader, src) }
	err = batch.Run(ctx, batch.Sources(ctx, files, nil, nil), process, batch.Options{}, func(r batch.Result) error {
		truth, err := truthOf(r.Document.Name)
		if err != nil {
			return err
		}
		records := r.Records()
		tally, differences := samples.CompareAnnex(truth, records)
		m.tally = m.tally.Add(tally)
		for i, t := range truth.Forms {
			var record form.Record
			if i < len(records) {
				record = records[i]
			}
			differences = append(differences, m.judged.judge(t, record)...)
		}
		m.documents++
		m.pages += r.Document.Pages
		if r.Err != nil {
			m.refused++
		}
		for _, d := range differences {
			if wrong, ok := strings.CutSuffix(d, "(flagged: false)"); ok && r.Err == nil {
				m.silent = append(m.silent, filepath.Base(r.Document.Name)+": "+strings.TrimSpace(wrong))
			}
			if notes {
				fmt.Fprintf(os.Stderr, "%s %s: %s\n", kind, filepath.Base(r.Document.Name), d)
			}
		}
		return nil
	})
	if e := reader.Close(); err == nil {
		err = e
	}
	m.cpu = cpu() - before
	if baseline && err == nil {
		err = m.readBaseline(ctx, files)
	}
	return m, err
}

// truthOf is what the document's forms hold: one form, or those of an annex.
func truthOf(file string) (samples.AnnexTruth, error) {
	var truth samples.AnnexTruth
	stem := strings.TrimSuffix(file, ".pdf")
	data, err := os.ReadFile(stem + ".truth.json")
	if err != nil {
		data, err = os.ReadFile(strings.TrimSuffix(stem, filepath.Ext(stem)) + ".truth.json")
	}
	if err != nil {
		return truth, err
	}
	if err := json.Unmarshal(data, &truth); err != nil || len(truth.Forms) > 0 {
		return truth, err
	}
	truth.Forms = make([]samples.Truth, 1)
	return truth, json.Unmarshal(data, &truth.Forms[0])
}

// cpu is the time that this process and the children it has waited for have taken.
func cpu() time.Duration {
	var all time.Duration
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if syscall.Getrusage(who, &u) == nil {
			all += time.Duration(u.Utime.Nano() + u.Stime.Nano())
		}
	}
	return all
}

// readBaseline reads the pages with Tesseract as a user without heji would, and
// counts the truth's numbers that occur in its text.
func (m *measure) readBaseline(ctx context.Context, files []string) error {
	dir, err := os.MkdirTemp("", "accuracy")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	for _, file := range files {
		truth, err := truthOf(file)
		if err != nil {
			return err
		}
		prefix := filepath.Join(dir, "page")
		if err := exec.CommandContext(ctx, "pdftoppm", "-r", "300", "-gray", "-png", file, prefix).Run(); err != nil {
			return fmt.Errorf("pdftoppm %s: %w", file, err)
		}
		pages, err := filepath.Glob(prefix + "*")
		if err != nil {
			return err
		}
		var text bytes.Buffer
		before := cpu()
		for _, page := range pages {
			c := exec.CommandContext(ctx, "tesseract", page, "-", "-l", "chi_sim+eng", "--psm", "3")
			c.Env = append(os.Environ(), "OMP_THREAD_LIMIT=1")
			c.Stdout = &text
			if err := c.Run(); err != nil {
				return fmt.Errorf("tesseract %s: %w", page, err)
			}
		}
		m.baselineCPU += cpu() - before
		for _, page := range pages {
			if err := os.Remove(page); err != nil {
				return err
			}
		}
		seen := map[string]int{}
		for _, word := range strings.FieldsFunc(text.String(), func(r rune) bool { return (r < '0' || r > '9') && r != '.' && r != ',' }) {
			seen[strings.Trim(word, ".,")]++
		}
		for _, t := range truth.Forms {
			for _, n := range numbers(t) {
				m.baselineNumbers++
				if seen[n] > 0 {
					seen[n]--
					m.baselineFound++
				}
			}
		}
	}
	return nil
}

// numbers are the figures of the truth that Compare counts, but for amounts in the
// header.
func numbers(t samples.Truth) []string {
	var out []string
	add := func(s string) {
		if strings.ContainsAny(s, "0123456789") {
			out = append(out, s)
		}
	}
	for _, row := range t.Indicators {
		if row.Kind == form.Leaf || row.Weight != "" {
			add(row.ReferenceWeight)
			add(row.Weight)
			add(row.Score)
		}
	}
	add(t.Total.Weight)
	add(t.Total.Score)
	return out
}

func heading(baseline bool) string {
	h := "| kind | documents | refused | pages | numbers | right % | flagged | **unflagged** | texts right % | narrative error % | planted | found | false | flags a document | CPU s a page |"
	if baseline {
		h += " Tesseract alone: numbers found % | its CPU s a page |"
	}
	return h + "\n|" + strings.Repeat("---|", strings.Count(h, "|")-1)
}

func (m measure) line(name string, baseline bool) string {
	t := m.tally
	s := fmt.Sprintf("| %s | %d | %d | %d | %d | %.2f | %d | %d | %.1f | %.1f | %d | %d | %d | %.1f | %.2f |", name, m.documents, m.refused, m.pages,
		t.Numbers, percent(t.Right, t.Numbers), t.Flagged, t.Unflagged, percent(t.TextsRight, t.Texts), percent(t.CharacterEdits, t.Characters),
		t.Planted, t.Found, t.False, float64(t.Problems)/float64(max(m.documents, 1)), m.cpu.Seconds()/float64(max(m.pages, 1)))
	if baseline {
		s += fmt.Sprintf(" %.1f | %.2f |", percent(m.baselineFound, m.baselineNumbers), m.baselineCPU.Seconds()/float64(max(m.pages, 1)))
	}
	return s
}

func percent(part, whole int) float64 { return 100 * float64(part) / float64(max(whole, 1)) }
