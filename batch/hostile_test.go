package batch_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"heji/batch"
	"heji/form"
)

// hostile are files made to end a reader, and those of the shared collection, where it
// is at hand, that come nearest to it.
func hostile(t *testing.T, dir string) []string {
	t.Helper()
	whole, err := os.ReadFile("../samples/01-consistent.text.pdf")
	if err != nil {
		t.Fatal(err)
	}
	page := func(resources, content string) string {
		return fmt.Sprintf("%%PDF-1.4\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj\n"+
			"3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<%s>>>> endobj\n"+
			"4 0 obj <</Length %d>> stream\n%s\nendstream endobj\ntrailer <</Root 1 0 R>>\n%%%%EOF\n", resources, len(content), content)
	}
	var bomb bytes.Buffer
	z := zip.NewWriter(&bomb)
	w, err := z.Create("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write([]byte(strings.Repeat("<w:p>", 20<<20)))
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	var paths []string
	for name, data := range map[string]string{
		"cut.pdf":     string(whole[:len(whole)/2]),
		"nested.pdf":  page("", strings.Repeat("q ", 1<<20)),
		"itself.pdf":  page("/XObject<</X 4 0 R>>", strings.Repeat("/X Do ", 1000)),
		"objects.pdf": page("", strings.Repeat("0 0 m 9 9 l S ", 110_000)),
		"bomb.docx":   bomb.String(),
		"noise.jpg":   "\xff\xd8\xff\xe0" + strings.Repeat("\xff\xc0\x00\x11", 1000),
		"empty.pdf":   "",
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	shared, _ := filepath.Glob("../../shared/nasty/sec-*self.pdf")
	return append(paths, shared...)
}

// What stands beside a document in a batch changes nothing about it.
func TestHostileNeighbours(t *testing.T) {
	good := []string{"../samples/01-consistent.text.pdf", "../samples/02-section-score.text.pdf", "../samples/04-three-pages.text.pdf"}
	bad := hostile(t, t.TempDir())
	read := func(paths []string) map[string]string {
		r := open(t)
		records := map[string]string{}
		process := func(ctx context.Context, s batch.Source) batch.Result { return batch.Process(ctx, r, s) }
		err := batch.Run(t.Context(), batch.Sources(t.Context(), paths, nil, nil), process, batch.Options{Jobs: 2}, func(r batch.Result) error {
			for _, f := range r.Forms {
				b, err := json.Marshal(struct {
					Form          *form.Form
					Discrepancies []form.Discrepancy
				}{&f.Form, f.Discrepancies})
				if err != nil {
					return err
				}
				records[r.Document.Name] += string(b)
			}
			if r.Err != nil && (r.Err.Message == "" || strings.Contains(r.Err.Message, "goroutine")) {
				t.Errorf("%s: refused without a sentence: %v", r.Document.Name, r.Err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return records
	}
	var mixed []string
	for i, b := range bad {
		mixed = append(mixed, b)
		if i < len(good) {
			mixed = append(mixed, good[i])
		}
	}
	alone, among := read(good), read(mixed)
	if len(alone) != len(good) {
		t.Fatalf("%d of %d forms were read", len(alone), len(good))
	}
	for name, record := range alone {
		if among[name] != record {
			t.Errorf("%s is read another way among hostile files:\n%s\nand alone\n%s", name, among[name], record)
		}
	}
	for name := range among {
		if alone[name] == "" {
			t.Errorf("%s gave a form", name)
		}
	}
}
