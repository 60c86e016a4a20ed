package batch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"heji/extract"
)

// shelf keeps pages in memory, and cuts the reading short after so many.
type shelf struct {
	mu    sync.Mutex
	pages map[int][]byte
	asked []int
	after int
	cut   context.CancelFunc
}

func (s *shelf) Page(_ context.Context, _ string, n int) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, n)
	return s.pages[n], nil
}

func (s *shelf) Keep(_ context.Context, _ string, n int, page []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pages[n] != nil {
		return fmt.Errorf("page %d was read twice", n)
	}
	s.pages[n] = page
	if len(s.pages) == s.after {
		s.cut()
	}
	return nil
}

// TestResume: a document of scanned pages that was interrupted after two goes on
// with the third, and comes to what it would have come to.
func TestResume(t *testing.T) {
	data := scannedPDF(3)
	read := func(ctx context.Context, s *shelf) (Result, []byte) {
		reader, err := extract.Open(extract.Options{Jobs: 1, Kept: s})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = reader.Close() }()
		r := Result{}
		r.extract(ctx, reader, Source{Name: "a.pdf"}, data)
		kept, err := r.Kept()
		if err != nil {
			t.Fatal(err)
		}
		return r, kept
	}
	whole := &shelf{pages: map[int][]byte{}}
	r, want := read(t.Context(), whole)
	if r.Err != nil {
		t.Fatal(r.Err)
	}

	ctx, cancel := context.WithCancel(t.Context())
	s := &shelf{pages: map[int][]byte{}, after: 2, cut: cancel}
	if r, _ := read(ctx, s); r.Err == nil || !errors.Is(r.Err, context.Canceled) {
		t.Fatalf("interrupted after two pages: %v", r.Err)
	}
	if got := slices.Sorted(maps.Keys(s.pages)); !slices.Equal(got, []int{1, 2}) {
		t.Fatalf("kept pages %v, want 1 and 2", got)
	}
	s.asked, s.after = nil, 0
	r, got := read(t.Context(), s)
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	if !slices.Equal(s.asked, []int{1, 2, 3}) || len(s.pages) != 3 {
		t.Errorf("asked for pages %v and kept %d", s.asked, len(s.pages))
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("read in one go, and in two (-want +got):\n%s", d)
	}
}

// scannedPDF has pages that are pictures of a ruled table with a mark in each cell.
func scannedPDF(pages int) []byte {
	const w, h = 850, 1100 // 100 dpi
	pix := bytes.Repeat([]byte{255}, w*h)
	ink := func(x0, y0, x1, y1 int) {
		for y := y0; y < y1; y++ {
			for x := x0; x < x1; x++ {
				pix[y*w+x] = 0
			}
		}
	}
	for i := range 4 {
		ink(100, 200+100*i, 703, 203+100*i)
		ink(100+200*i, 200, 103+200*i, 503)
	}
	for row := range 3 {
		ink(190, 235+100*row, 194, 260+100*row) // a 1
		ink(390, 235+100*row, 394, 260+100*row)
	}
	var b bytes.Buffer
	var at []int
	object := func(format string, args ...any) {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n", len(at))
		fmt.Fprintf(&b, format, args...)
		b.WriteString("\nendobj\n")
	}
	b.WriteString("%PDF-1.4\n")
	object("<</Type/Catalog/Pages 2 0 R>>")
	kids := ""
	for i := range pages {
		kids += fmt.Sprintf("%d 0 R ", 5+i)
	}
	object("<</Type/Pages/Count %d/Kids[%s]>>", pages, kids)
	object("<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray/BitsPerComponent 8/Length %d>>\nstream\n%s\nendstream", w, h, len(pix), pix)
	content := "612 0 0 792 0 0 cm /I Do"
	object("<</Length %d>>\nstream\n%s\nendstream", len(content), content)
	for range pages {
		object("<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</XObject<</I 3 0 R>>>>>>")
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, offset := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, start)
	return b.Bytes()
}
