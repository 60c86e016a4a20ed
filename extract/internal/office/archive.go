package office

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"heji/form"
)

// What may be unpacked. Pictures are never unpacked, so they do not count.
const (
	maxEntries = 2000
	maxPart    = 32 << 20 // bytes of one entry
	maxTotal   = 64 << 20 // bytes of all entries read, where Read is not told
)

// archive is an Office file: named parts.
type archive struct {
	parts map[string]*zip.File // by lower-case name, without a leading slash
	left  *int64               // bytes that may still be unpacked
}

func open(data []byte) (archive, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return archive{}, damaged(err)
	}
	if len(z.File) > maxEntries {
		return archive{}, tooLarge(fmt.Sprintf("the file holds %d parts, more than any form", len(z.File)))
	}
	a := archive{parts: map[string]*zip.File{}, left: new(int64)}
	*a.left = maxTotal
	for _, f := range z.File {
		if name := partName(f.Name); a.parts[name] == nil {
			a.parts[name] = f
		}
	}
	return a, nil
}

// partName is how parts are looked up. Some writers use backslashes, and names
// differ in case from what refers to them.
func partName(s string) string {
	return strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(s, `\`, "/"), "/"))
}

func (a archive) has(name string) bool { return a.parts[partName(name)] != nil }

func (a archive) hasFolder(prefix string) bool {
	for name := range a.parts {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// read unpacks one part. A part that is not there is nil.
func (a archive) read(name string) ([]byte, error) {
	f := a.parts[partName(name)]
	if f == nil {
		return nil, nil
	}
	if f.Flags&1 != 0 {
		return nil, encrypted()
	}
	r, err := f.Open()
	if err != nil {
		return nil, damaged(fmt.Errorf("%s: %w", name, err))
	}
	limit := min(maxPart, *a.left)
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if closing := r.Close(); err == nil {
		err = closing
	}
	switch {
	case int64(len(data)) > limit:
		return nil, tooLarge("the file unpacks to more than any form")
	case err != nil:
		return nil, damaged(fmt.Errorf("%s: %w", name, err))
	}
	*a.left -= int64(len(data))
	return data, nil
}

// relation is one line of a part's .rels: what it refers to, and as what.
type relation struct{ kind, target string }

// relations are those of a part, by id; of the whole file for "".
func (a archive) relations(part string) (map[string]relation, error) {
	folder, file := path.Split(part)
	data, err := a.read(folder + "_rels/" + file + ".rels")
	if err != nil {
		return nil, err
	}
	found := map[string]relation{}
	w := walk(data)
	w.each(func(e element) {
		w.each(func(e element) {
			if e.Name.Local != "Relationship" || e.attr("TargetMode") == "External" {
				return
			}
			target := e.attr("Target")
			if !strings.HasPrefix(target, "/") {
				target = path.Join(folder, target)
			}
			// Only the last word of a type is the same in both flavours of the standard.
			found[e.attr("Id")] = relation{path.Base(e.attr("Type")), target}
		})
	})
	return found, w.failure()
}

// mainPart is the part that the file is about; usual is where it nearly always is.
func (a archive) mainPart(usual string) (string, error) {
	found, err := a.relations("")
	if err != nil && form.CodeOf(err) != form.Damaged {
		return "", err
	}
	for _, r := range found {
		if r.kind == "officeDocument" && a.has(r.target) {
			return r.target, nil
		}
	}
	if !a.has(usual) {
		return "", damaged(errors.New("no " + usual))
	}
	return usual, nil
}
