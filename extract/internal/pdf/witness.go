package pdf

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"runtime/debug"
	"strings"
	"time"
	"unicode"

	second "github.com/ledongthuc/pdf"
	"golang.org/x/text/unicode/norm"

	"heji/extract/internal/worker"
	"heji/layout"
)

type witnessRequest struct {
	Data  []byte
	Pages int
}

// Load is the file, for worker.Freight.
func (q *witnessRequest) Load() *[]byte { return &q.Data }

// Testimony is what the second reader says of a page.
type Testimony struct {
	Text string // "" where there is none or it cannot be read
	// Empty says that the page's content was read and holds nothing that could be
	// printed. A page on which the first reader finds nothing is blank only then.
	Empty bool
}

type witnessAnswer struct{ Pages []Testimony }

// witnessService reads with ledongthuc/pdf. Endless recursion there must end the
// process before it has eaten the machine's memory.
func witnessService() (worker.Serve, error) {
	debug.SetMaxStack(128 << 20)
	debug.SetGCPercent(400) // nothing is held from one document to the next
	return worker.Methods(map[string]func(worker.Message) (worker.Message, error){
		"read": worker.On(func(q witnessRequest) (witnessAnswer, error) { return testify(q), nil }),
	}), nil
}

// testify is what can be said of each page.
func testify(q witnessRequest) (a witnessAnswer) {
	a.Pages = make([]Testimony, q.Pages)
	defer func() { _ = recover() }() // the pages read so far stand
	r, err := second.NewReader(bytes.NewReader(q.Data), int64(len(q.Data)))
	if err != nil {
		return a
	}
	for i := range q.Pages { // never its own count, which a file can make endless
		a.Pages[i] = Testimony{onePage(r, i+1), emptyPage(r, i+1)}
	}
	return a
}

func onePage(r *second.Reader, number int) (text string) {
	defer func() {
		if recover() != nil {
			text = ""
		}
	}()
	page := r.Page(number)
	if page.V.IsNull() {
		return ""
	}
	return transcribe(page)
}

// mostEmpty is more than a blank page's content ever is, in bytes: some save and
// restore the state, or mark where a paragraph would be.
const mostEmpty = 4096

// paints matches an operator that leaves ink, or may.
var paints = regexp.MustCompile(`(?:^|[\s\])>])(?:Tj|TJ|'|"|f|F|f\*|B|B\*|b|b\*|S|s|sh|Do|BI)(?:\s|$)`)

// emptyPage reports whether a page's content can be unpacked and paints nothing.
func emptyPage(r *second.Reader, number int) (empty bool) {
	defer func() {
		if recover() != nil {
			empty = false
		}
	}()
	content := r.Page(number).V.Key("Contents")
	streams := []second.Value{content}
	if content.Kind() == second.Array {
		streams = streams[:0]
		for i := range min(content.Len(), 1000) {
			streams = append(streams, content.Index(i))
		}
	}
	var all []byte
	for _, s := range streams {
		if s.Kind() == second.Null {
			continue
		}
		data, err := io.ReadAll(io.LimitReader(s.Reader(), mostEmpty+1))
		if err != nil {
			return false
		}
		if all = append(append(all, data...), '\n'); len(all) > mostEmpty {
			return false
		}
	}
	return !paints.Match(all)
}

// witnessTime is how long the second reader may work on a document, of its own time.
// Five hundred pages take it some three seconds; what takes longer has no end.
const witnessTime = 10 * time.Second

// Witness is what the second reader says of each of the document's pages, in order. A
// file that kills it twice, or that it does not come to an end with, it has no opinion
// of: that is the file's doing, and the same on every machine.
func (e *Engine) Witness(ctx context.Context, data []byte, pages int) ([]Testimony, error) {
	var a witnessAnswer
	err := e.witnesses.Ask(ctx, "read", &witnessRequest{data, min(pages, e.limits.Pages)}, &a, witnessTime)
	if errors.Is(err, worker.ErrDied) || errors.Is(err, worker.ErrTimeout) {
		return nil, nil
	}
	return a.Pages, err
}

// Opinion is how the second reader's account of a page compares with the first's.
type Opinion struct {
	Agreement float64 // share of the Chinese characters that both have, 0 to 1
	Heard     bool    // it agrees well enough for its figures to count

	allFigures   bool // every figure character occurs as often in both
	first, other map[string]int
}

// heardAt is the agreement from which the second reader is believed. Below it, it
// has misread a font or lost a part of the page, silently.
const heardAt = 0.98

// Compare weighs the second reader's text of a page against the first's characters.
// A page with fewer than ten Chinese characters says nothing.
func Compare(chars []Char, text string) Opinion {
	var b strings.Builder
	for i, ch := range chars {
		if i > 0 && (ch.Flags&SpaceGap != 0 || broken(chars[i-1], ch)) {
			b.WriteByte('\n')
		}
		b.WriteString(ch.Text)
	}
	first, other := norm.NFKC.String(b.String()), norm.NFKC.String(layout.Ideographs(text))
	o := Opinion{first: figures(first), other: figures(other)}
	han := func(r rune) bool { return unicode.Is(unicode.Han, r) }
	both, most := shared(counts(first, han), counts(other, han))
	if most < 10 {
		return o
	}
	o.Agreement = float64(both) / float64(most)
	o.Heard = o.Agreement >= heardAt
	figure := func(r rune) bool { return r >= '0' && r <= '9' || r == '.' || r == '%' || r == '-' }
	both, most = shared(counts(first, figure), counts(other, figure))
	o.allFigures = both == most
	return o
}

// Confirms reports whether the second reader also read every number in the text.
// It is false for a text without numbers, and where the reader was not heard.
func (o Opinion) Confirms(text string) bool {
	if !o.Heard {
		return false
	}
	in := figures(norm.NFKC.String(text))
	for token := range in {
		if !o.allFigures && o.other[token] < max(o.first[token], in[token]) {
			return false
		}
	}
	return len(in) > 0
}

func (o Opinion) String() string {
	return fmt.Sprintf("agreement %.3f, heard %t, all figures %t", o.Agreement, o.Heard, o.allFigures)
}

// broken reports whether b does not follow a on the same line.
func broken(a, b Char) bool {
	dx, dy := b.X-a.X, b.Y-a.Y
	em := max(a.Size, a.Wide, 1)
	return dx*dx+dy*dy > 4*em*em
}

// figures counts the numbers in a text, as printed.
func figures(s string) map[string]int {
	n := map[string]int{}
	for _, token := range strings.FieldsFunc(s, func(r rune) bool {
		return (r < '0' || r > '9') && r != '.' && r != ','
	}) {
		if token = strings.Trim(token, ".,"); token != "" {
			n[token]++
		}
	}
	return n
}

func counts(s string, wanted func(rune) bool) map[rune]int {
	n := map[rune]int{}
	for _, r := range s {
		if wanted(r) {
			n[r]++
		}
	}
	return n
}

// shared is how many of the counted things both have, and how many the richer has.
func shared(a, b map[rune]int) (both, most int) {
	na, nb := 0, 0
	for r, n := range a {
		na += n
		both += min(n, b[r])
	}
	for _, n := range b {
		nb += n
	}
	return both, max(na, nb)
}
