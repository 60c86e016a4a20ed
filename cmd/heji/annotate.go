package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image/color"
	"io"
	"os"
	"path/filepath"
	"strings"

	"heji/extract"
	"heji/form"
	"heji/load"
)

// markColours are those of the workbook, strong enough for a line.
var markColours = map[form.Verdict]color.RGBA{
	form.ByForm: {200, 30, 30, 255}, form.Misread: {214, 120, 0, 255}, form.Undecided: {150, 130, 0, 255},
}

// exportAnnotated writes the original PDFs with every discrepancy outlined. One
// whose file is gone, has changed or is no PDF is said and left out.
func (p *program) exportAnnotated(ctx context.Context, s *load.Snapshot, e exporting) (status int, err error) {
	reader, err := extract.Open(extract.Options{Jobs: 1})
	if err != nil {
		return couldNotRun, err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	written, left := map[string]bool{}, 0
	err = s.Annotated(ctx, func(d load.Annotated) error {
		data, err := annotated(ctx, reader, d, p.words())
		if err != nil && ctx.Err() != nil {
			return err
		}
		if err != nil {
			left++
			p.note("%s: %s", printable(d.Name), printable(err.Error()))
			return nil
		}
		name := e.out
		if !e.single() {
			name = filepath.Join(e.out, annotatedName(d, written))
		} else if len(written) > 0 {
			return errors.New("there is more than one document; give a folder with --out, or choose one with the filters")
		}
		written[name] = true
		return p.writeFile(name, func(w io.Writer) error { _, err := w.Write(data); return err })
	})
	if err != nil {
		return couldNotRun, err
	}
	p.note(p.words().annotated, len(written), left)
	if left > 0 {
		return unreadable, nil
	}
	return done, nil
}

// annotated is the document's file with its discrepancies marked.
func annotated(ctx context.Context, reader *extract.Reader, d load.Annotated, w *words) ([]byte, error) {
	data, err := original(d)
	if err != nil {
		return nil, err
	}
	var marks []extract.Mark
	for i, f := range d.Found {
		m := extract.Mark{Place: extract.Place{Page: f.Page, Box: f.Box}, Colour: markColours[f.Verdict],
			Title: fmt.Sprintf("%d · %s", i+1, f.Rule), Text: f.Message, Label: fmt.Sprintf("%d", i+1)}
		if w == &chinese {
			m.Text = f.MessageZH
		}
		if f.Computed != "" {
			m.Label += ": = " + f.Computed
		}
		marks = append(marks, m)
	}
	return reader.Annotate(ctx, data, marks)
}

// original is the file that was imported, and no other of its name.
func original(d load.Annotated) ([]byte, error) {
	for _, path := range append(d.Paths, d.Name) {
		data, err := os.ReadFile(form.PathOf(path))
		if err != nil {
			continue
		}
		if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) == d.SHA256 {
			return data, nil
		}
	}
	return nil, errors.New("the file is no longer where it was imported from, or has changed; put it back, or import it again from where it is now")
}

// annotatedName is the document's own name, with some of its hash where another
// document has the name, and _ for what would drive the terminal that lists it.
func annotatedName(d load.Annotated, taken map[string]bool) string {
	base := strings.TrimSuffix(filepath.Base(filepath.ToSlash(d.Name)), filepath.Ext(d.Name))
	base = strings.Map(func(r rune) rune {
		if unsafe(r) {
			return '_'
		}
		return r
	}, base)
	name := base + ".pdf"
	for path := range taken {
		if filepath.Base(path) == name {
			return base + "-" + d.SHA256[:8] + ".pdf"
		}
	}
	return name
}
