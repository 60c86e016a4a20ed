package parse

import (
	"path/filepath"
	"testing"

	"golang.org/x/tools/txtar"
)

// FuzzParse draws pages of any content: whatever stands in which cell, parsing ends and
// does not panic.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		f.Fatal("no cases", err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, part := range archive.Files {
			if part.Name == "pages" {
				f.Add(string(part.Data))
			}
		}
	}
	f.Fuzz(func(t *testing.T, pages string) {
		const longest = 1 << 13
		if len(pages) <= longest {
			_, _ = Parse(draw(t, pages))
		}
	})
}
