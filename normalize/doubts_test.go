package normalize

import (
	"strings"
	"testing"

	"heji/form"
	"heji/layout"
)

// A cell that holds several figures is told of as that, and one of a transcript that was
// cut as what it is.
func TestGluedIsSaid(t *testing.T) {
	for reader, want := range map[layout.Reader]string{layout.ByOCR: "in several rows", layout.ByTranscript: "a lost tab"} {
		en, zh := doubtMessages(&form.Figure{Text: "46", Reader: reader, Doubt: layout.Glued})
		if !strings.Contains(en, want) || zh == "" {
			t.Errorf("%s: %q, %q", reader, en, zh)
		}
	}
}
