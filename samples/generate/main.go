// Command generate writes made self-evaluation forms with their truth, for
// tests and for load:
//
//	go run ./samples/generate -n 1000 -seed 7 -out DIR -kind mix -scan mix
//	go run ./samples/generate -n 20 -out DIR -kind project -degrade all
//	go run ./samples/generate -n 40 -out DIR -kind mix -faults -degrade plain-200,fax
//	go run ./samples/generate -n 5 -out DIR -annex 6
//	go run ./samples/generate -form FILE.json -out DIR
//
// Each form is NNNNNN.pdf with NNNNNN.truth.json beside it. With -degrade there
// is NNNNNN-NAME.pdf for each degradation. With -annex each document holds so
// many forms among other pages. With -form a form that is written down as data is
// typeset, as text and as a scan at 200 dpi; its truth names no discrepancies.
// With -committed it writes the small set that lies in samples instead.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"heji/samples"
)

type options struct {
	n, from   int
	seed      int64
	out       string
	kind      string
	scan      string
	degrade   string
	faults    bool
	annex     int
	form      string
	committed bool
}

func main() {
	var o options
	flag.IntVar(&o.n, "n", 10, "how many documents")
	flag.IntVar(&o.from, "from", 0, "number of the first document")
	flag.Int64Var(&o.seed, "seed", 1, "which series of forms")
	flag.StringVar(&o.out, "out", "", "folder to write to")
	flag.StringVar(&o.kind, "kind", "department", "department, project, or mix: both in turn")
	flag.StringVar(&o.scan, "scan", "none", "none: text PDFs; all: scans; mix: half of each")
	flag.StringVar(&o.degrade, "degrade", "", "scan each form under these degradations, separated by commas, or all of them")
	flag.BoolVar(&o.faults, "faults", false, "each form breaks one rule, all of them in turn")
	flag.IntVar(&o.annex, "annex", 0, "put so many forms in each document, among other pages")
	flag.StringVar(&o.form, "form", "", "typeset the form in this JSON file")
	flag.BoolVar(&o.committed, "committed", false, "write the set that is kept in samples")
	flag.Parse()
	if o.out == "" || flag.NArg() > 0 || !slices.Contains([]string{"none", "all", "mix"}, o.scan) ||
		!slices.Contains([]string{"department", "project", "mix"}, o.kind) {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	degradations, err := named(o.degrade)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(o.out, 0o755); err != nil {
		return err
	}
	browser, err := samples.OpenBrowser(ctx)
	if err != nil {
		return err
	}
	defer browser.Close()
	switch {
	case o.committed:
		for _, s := range samples.Committed() {
			if err := writeSample(ctx, browser, o.out, s); err != nil {
				return fmt.Errorf("%s: %w", s.Name, err)
			}
		}
		return nil
	case o.form != "":
		return typeset(ctx, browser, o.out, o.form)
	}
	return each(ctx, o.from, o.n, func(i int) error {
		switch {
		case o.annex > 0:
			return writeAnnex(ctx, browser, o, i)
		case degradations != nil:
			return writeDegraded(ctx, browser, o, i, degradations)
		}
		return writeSample(ctx, browser, o.out, o.sample(i, o.scan == "all" || (o.scan == "mix" && i%2 == 1)))
	})
}

// sample is document i of the series.
func (o options) sample(i int, scanned bool) samples.Sample {
	s := samples.Series(o.seed, i, o.kind, scanned)
	if o.faults {
		if o.kind == "mix" {
			s.Form = samples.Faulty(o.seed, i/2, i%2 == 1)
		} else {
			s.Form = samples.Faulty(o.seed, i, o.kind == "project")
		}
	}
	return s
}

// named are the degradations of the names: all, some, or none for "".
func named(name string) ([]samples.Degradation, error) {
	if name == "" {
		return nil, nil
	}
	all := samples.Degradations()
	if name == "all" {
		return all, nil
	}
	var out []samples.Degradation
	for _, one := range strings.Split(name, ",") {
		i := slices.IndexFunc(all, func(d samples.Degradation) bool { return d.Name == one })
		if i < 0 {
			var names []string
			for _, d := range all {
				names = append(names, d.Name)
			}
			return nil, errors.New("no degradation " + one + "; there are all, " + strings.Join(names, ", "))
		}
		out = append(out, all[i])
	}
	return out, nil
}

// each calls do for n numbers on as many goroutines as there are cores and
// returns the first error.
func each(ctx context.Context, from, n int, do func(int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	numbers := make(chan int)
	var working sync.WaitGroup
	for range runtime.NumCPU() {
		working.Go(func() {
			for i := range numbers {
				if err := do(i); err != nil {
					cancel(fmt.Errorf("form %d: %w", i, err))
				}
			}
		})
	}
	for i := from; i < from+n && ctx.Err() == nil; i++ {
		select {
		case numbers <- i:
		case <-ctx.Done():
		}
	}
	close(numbers)
	working.Wait()
	return context.Cause(ctx)
}

func writeSample(ctx context.Context, b *samples.Browser, folder string, s samples.Sample) error {
	data, err := b.Make(ctx, s)
	if err != nil {
		return err
	}
	truth, err := s.TruthJSON()
	if err != nil {
		return err
	}
	path := filepath.Join(folder, s.Name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return write(path, data, filepath.Join(folder, s.TruthName()), truth)
}

// writeDegraded writes a form's scans, each with a truth of its own.
func writeDegraded(ctx context.Context, b *samples.Browser, o options, i int, list []samples.Degradation) error {
	f := o.sample(i, false).Form
	return b.Degrade(ctx, f, list, func(d samples.Degradation, f samples.Form, s samples.Scan, pdf []byte) error {
		t := f.Truth()
		t.Made.Scan = &s
		truth, err := t.JSON()
		if err != nil {
			return err
		}
		base := filepath.Join(o.out, fmt.Sprintf("%06d-%s", i, d.Name))
		return write(base+".pdf", pdf, base+".truth.json", truth)
	})
}

// writeAnnex writes a document of several forms among as many other parts, six at least.
func writeAnnex(ctx context.Context, b *samples.Browser, o options, i int) error {
	pdf, truth, err := b.Annex(ctx, samples.MakeAnnex(o.seed+int64(i), o.annex, max(6, o.annex)))
	if err != nil {
		return err
	}
	text, err := truth.JSON()
	if err != nil {
		return err
	}
	base := filepath.Join(o.out, fmt.Sprintf("%06d-annex", i))
	return write(base+".pdf", pdf, base+".truth.json", text)
}

// typeset lays out a form that is written down as data, as text and as a scan.
func typeset(ctx context.Context, b *samples.Browser, out, file string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	published, err := samples.ReadPublished(data)
	if err != nil {
		return err
	}
	look := samples.ProjectLooks()[0]
	look.Project = nil
	f := samples.Typeset(published, look)
	truth, err := f.Truth().JSON()
	if err != nil {
		return err
	}
	pdf, err := b.PDF(ctx, f)
	if err != nil {
		return err
	}
	scan, err := b.ScanPDF(ctx, f, samples.Scan{Seed: 1, DPI: 200, Skew: 0.7, Noise: 3, Blur: 0.1, Light: 0.1, Quality: 70})
	if err != nil {
		return err
	}
	base := filepath.Join(out, strings.TrimSuffix(filepath.Base(file), ".json"))
	if err := os.WriteFile(base+".scan.pdf", scan, 0o644); err != nil {
		return err
	}
	return write(base+".text.pdf", pdf, base+".truth.json", truth)
}

func write(path string, data []byte, truthPath string, truth []byte) error {
	if err := os.WriteFile(path, data, 0o644); err != nil {
		return err
	}
	return os.WriteFile(truthPath, truth, 0o644)
}
