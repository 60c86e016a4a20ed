// Package limits says how much one document may take of a reader. They are there for
// hostile and broken files: no form comes near. A file above one is refused with the
// code too-large or timeout and a sentence that says which.
package limits

import (
	"encoding/json"
	"fmt"
	"os"
	"time"
)

// Limits on one document. The zero of a field stands for its default.
type Limits struct {
	FileBytes     int64         // of the file
	Pages         int           // of a PDF
	PagePixels    int           // of a page as a picture, and of a picture file
	PageObjects   int           // drawn objects of a PDF's page
	Nesting       int           // drawings within drawings on a PDF's page
	UnpackedBytes int64         // of an Office file, unpacked
	EngineBytes   int64         // of memory that PDFium may use for a document, what it unpacks included
	WorkerBytes   int64         // of address space of a reader process
	AnswerBytes   int64         // of one answer of a reader process: a page, or its picture
	PageTime      time.Duration // for one step on a page
	DocumentTime  time.Duration // for all steps on a document
}

const mb = 1 << 20

// Default is what holds where nothing else is said.
var Default = Limits{
	FileBytes:     50 * mb,
	Pages:         500,
	PagePixels:    40_000_000,
	PageObjects:   100_000,
	Nesting:       12,
	UnpackedBytes: 64 * mb,
	EngineBytes:   384 * mb,
	WorkerBytes:   3072 * mb,
	AnswerBytes:   256 * mb,
	PageTime:      10 * time.Second,
	DocumentTime:  120 * time.Second,
}

// Filled is l with the defaults in its gaps. The error says which field is out of range.
func (l Limits) Filled() (Limits, error) {
	for _, f := range []struct {
		name        string
		value       *int64
		usual, most int64
		least       int64
	}{
		{"file size", &l.FileBytes, Default.FileBytes, Default.FileBytes, 1}, // files are read into memory whole
		{"unpacked size", &l.UnpackedBytes, Default.UnpackedBytes, 1024 * mb, 1},
		{"PDF memory", &l.EngineBytes, Default.EngineBytes, 1536 * mb, 32 * mb},
		{"reader memory", &l.WorkerBytes, Default.WorkerBytes, 1 << 40, 2048 * mb}, // the compiled PDFium alone takes much
		{"answer size", &l.AnswerBytes, Default.AnswerBytes, 1024 * mb, 1 * mb},
	} {
		if *f.value == 0 {
			*f.value = f.usual
		}
		if *f.value < f.least || *f.value > f.most {
			return l, fmt.Errorf("the limit of %s is from %d to %d bytes, not %d", f.name, f.least, f.most, *f.value)
		}
	}
	for _, f := range []struct {
		name        string
		value       *int
		usual, most int
	}{
		{"pages", &l.Pages, Default.Pages, 10_000},
		{"pixels a page", &l.PagePixels, Default.PagePixels, Default.PagePixels}, // as much as the cleaning of scans takes
		{"objects a page", &l.PageObjects, Default.PageObjects, 1_000_000},
		{"nesting", &l.Nesting, Default.Nesting, 100},
	} {
		if *f.value == 0 {
			*f.value = f.usual
		}
		if *f.value < 1 || *f.value > f.most {
			return l, fmt.Errorf("the limit of %s is from 1 to %d, not %d", f.name, f.most, *f.value)
		}
	}
	for _, f := range []struct {
		name  string
		value *time.Duration
		usual time.Duration
	}{
		{"time a page", &l.PageTime, Default.PageTime},
		{"time a document", &l.DocumentTime, Default.DocumentTime},
	} {
		if *f.value == 0 {
			*f.value = f.usual
		}
		if *f.value < 10*time.Millisecond || *f.value > 24*time.Hour {
			return l, fmt.Errorf("the limit of %s is from 10ms to 24h, not %s", f.name, *f.value)
		}
	}
	return l, nil
}

const variable = "HEJI_LIMITS"

// Env hands l to a child process.
func (l Limits) Env() string {
	b, err := json.Marshal(l)
	if err != nil {
		panic(err) // a struct of numbers
	}
	return variable + "=" + string(b)
}

// OfProcess are the limits that the parent of this process handed it.
func OfProcess() Limits {
	l := Limits{}
	if json.Unmarshal([]byte(os.Getenv(variable)), &l) != nil {
		return Default
	}
	if l, err := l.Filled(); err == nil {
		return l
	}
	return Default
}
