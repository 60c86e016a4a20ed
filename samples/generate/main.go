// Command generate writes made self-evaluation forms with their truth, for
// tests and for load:
//
//	go run ./samples/generate -n 1000 -seed 7 -out DIR -scan mix
//
// Each form is NNNNNN.pdf with NNNNNN.truth.json beside it. With -committed it
// writes the small set that lies in samples instead.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"sync"

	"heji/samples"
)

func main() {
	n := flag.Int("n", 10, "how many forms")
	from := flag.Int("from", 0, "number of the first form")
	seed := flag.Int64("seed", 1, "which series of forms")
	out := flag.String("out", "", "folder to write to")
	scan := flag.String("scan", "none", "none: text PDFs; all: scans; mix: half of each")
	committed := flag.Bool("committed", false, "write the set that is kept in samples")
	flag.Parse()
	if *out == "" || flag.NArg() > 0 || (*scan != "none" && *scan != "all" && *scan != "mix") {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *out, *seed, *from, *n, *scan, *committed); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out string, seed int64, from, n int, scan string, committed bool) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	browser, err := samples.OpenBrowser(ctx)
	if err != nil {
		return err
	}
	defer browser.Close()
	if committed {
		for _, s := range samples.Committed() {
			if err := writeSample(ctx, browser, out, s); err != nil {
				return fmt.Errorf("%s: %w", s.Name, err)
			}
		}
		return nil
	}
	return each(ctx, from, n, func(i int) error {
		s := samples.Series(seed, i, scan == "all" || (scan == "mix" && i%2 == 1))
		return writeSample(ctx, browser, out, s)
	})
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
	truth, err := s.Truth().JSON()
	if err != nil {
		return err
	}
	path := filepath.Join(folder, s.Name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, s.TruthName()), truth, 0o644)
}
