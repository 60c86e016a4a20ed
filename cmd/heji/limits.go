package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"heji/extract"
)

// limitFlags gives a command that reads documents the flags for what one may take.
func (p *program) limitFlags(cmd *cobra.Command) {
	flags, l := cmd.Flags(), &p.limits
	*l = extract.DefaultLimits
	flags.Var((*size)(&l.FileBytes), "max-file", "largest file that is read, at most 50MB")
	flags.IntVar(&l.Pages, "max-pages", l.Pages, "most `pages` of a PDF")
	flags.IntVar(&l.PagePixels, "max-pixels", l.PagePixels, "most `pixels` of a page or a picture file, at most 40 million")
	flags.IntVar(&l.PageObjects, "max-objects", l.PageObjects, "most drawn `objects` on a PDF's page")
	flags.IntVar(&l.Nesting, "max-nesting", l.Nesting, "drawings within drawings on a PDF's page, how `deep`")
	flags.Var((*size)(&l.UnpackedBytes), "max-unpacked", "what a Word or Excel file may unpack to")
	flags.Var((*size)(&l.EngineBytes), "max-pdf-memory", "memory for a PDF's pages and all that is unpacked for them")
	flags.Var((*size)(&l.WorkerBytes), "max-reader-memory", "address space of a reader process, at least 2GB")
	flags.Var((*size)(&l.AnswerBytes), "max-answer", "what a reader process may answer of one page")
	flags.DurationVar(&l.PageTime, "page-time", l.PageTime, "`time` for one step on a page")
	flags.DurationVar(&l.DocumentTime, "document-time", l.DocumentTime, "`time` for all steps on a document")
	before := cmd.PreRunE
	cmd.PreRunE = func(cmd *cobra.Command, args []string) error {
		if _, err := l.Filled(); err != nil {
			return err
		}
		if before != nil {
			return before(cmd, args)
		}
		return nil
	}
}

// size is a number of bytes as a flag: 1500, 64KB, 50MB or 3GB.
type size int64

var sizeUnits = []struct {
	suffix string
	bytes  int64
}{{"GB", 1 << 30}, {"MB", 1 << 20}, {"KB", 1 << 10}}

func (s *size) String() string {
	for _, u := range sizeUnits {
		if n := int64(*s); n >= u.bytes && n%u.bytes == 0 {
			return strconv.FormatInt(n/u.bytes, 10) + u.suffix
		}
	}
	return strconv.FormatInt(int64(*s), 10)
}

func (s *size) Set(text string) error {
	factor := int64(1)
	number := strings.ToUpper(text)
	for _, u := range sizeUnits {
		if short, ok := strings.CutSuffix(number, u.suffix); ok {
			number, factor = short, u.bytes
			break
		}
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n <= 0 || n > (1<<62)/factor {
		return fmt.Errorf("%q is no size; write it as 1500, 64KB, 50MB or 3GB", text)
	}
	*s = size(n * factor)
	return nil
}

func (s *size) Type() string { return "size" }
