package batch

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"heji/extract"
	"heji/form"
)

// Source is a document to read, or a path that turned out to be none.
type Source struct {
	Name string      // the path as the user gave it, or below the folder he gave
	Path string      // where the file is now, when that is not Name
	Err  *form.Error // why there is nothing to read
}

// Extensions are the file names that are read when a folder is given. A file
// given by its own name is read whatever it is called, and so is one in a
// folder that begins as a PDF does.
var Extensions = []string{".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".docx", ".xlsx", ".txt", ".md"}

// Sources finds the documents behind the paths a user gave: a file is one, a
// folder is searched with the folders in it, and "-" is a list of such paths on
// stdin, one a line. Names come sorted within each folder, and are looked up
// only as they are asked for. A bucket's address, such as s3://forms/2021/, is a
// folder, and so is file:///forms/2021.
//
// An error is the last that comes: a bucket that no longer answers may hold any
// number of others. A folder that cannot be opened is a Source with an Err.
//
// In a folder, hidden files and links are passed over, as are files that are no
// documents; each of the latter two is told to skipped, which may be nil. A link
// given by name is followed.
func Sources(ctx context.Context, paths []string, stdin io.Reader, skipped func(path string)) iter.Seq2[Source, error] {
	if skipped == nil {
		skipped = func(string) {}
	}
	return func(yield func(Source, error) bool) {
		w := walk{yield, skipped}
		for _, path := range paths {
			find := w.path
			if path == "-" {
				find = func(ctx context.Context, _ string) bool { return w.list(ctx, stdin) }
			}
			if !find(ctx, path) {
				return
			}
		}
	}
}

// walk hands sources to yield. Its methods report whether to go on.
type walk struct {
	yield   func(Source, error) bool
	skipped func(path string)
}

func (w walk) found(s Source) bool {
	if s.Path == "" && !utf8.ValidString(s.Name) {
		s.Name, s.Path = readable(s.Name), s.Name
	}
	return w.yield(s, nil)
}

// readable is a name that is no UTF-8 as a person can read it: as the Chinese Windows
// wrote it, unless it makes no sense so or would be taken for the name of another file.
// Folders above it may be in UTF-8, so each part is looked at by itself.
func readable(path string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if utf8.ValidString(part) {
			continue
		}
		name, err := simplifiedchinese.GB18030.NewDecoder().String(part)
		if err != nil || strings.ContainsRune(name, utf8.RuneError) {
			return escaped(path)
		}
		parts[i] = name
	}
	name := strings.Join(parts, "/")
	if _, err := os.Lstat(name); err == nil {
		return escaped(path)
	}
	return name
}

// escaped writes what is no UTF-8 as \xd7.
func escaped(s string) string {
	var b strings.Builder
	for i, r := range s {
		if r == utf8.RuneError && !strings.HasPrefix(s[i:], string(utf8.RuneError)) {
			fmt.Fprintf(&b, `\x%02x`, s[i])
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// end says that the search cannot go on.
func (w walk) end(err error) bool {
	w.yield(Source{}, err)
	return false
}

// list takes the paths on stdin.
func (w walk) list(ctx context.Context, stdin io.Reader) bool {
	found := false
	lines := bufio.NewScanner(stdin)
	for lines.Scan() {
		path := strings.TrimSuffix(lines.Text(), "\r")
		if path == "" {
			continue
		}
		found = true
		if !w.path(ctx, path) {
			return false
		}
	}
	if err := lines.Err(); err != nil {
		return w.fail("-", err, "the list of paths on standard input cannot be read (%v); give one path a line", err)
	}
	if !found {
		return w.fail("-", nil, "the list of paths on standard input is empty; give one path a line")
	}
	return true
}

// path takes a path that a user named.
func (w walk) path(ctx context.Context, path string) bool {
	path = strings.TrimPrefix(path, "file://")
	if p, ok := placeOf(path); ok {
		return w.bucket(ctx, p)
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return w.fail(path, err, "there is no such file or folder; check the path")
	case err != nil:
		return w.fail(path, err, "the path cannot be looked up (%v); check it and its permissions", reason(err))
	case !info.IsDir():
		return w.found(Source{Name: path})
	}
	found := false
	below := walk{func(s Source, err error) bool { found = true; return w.yield(s, err) }, w.skipped}
	if !below.folder(path) {
		return false
	}
	if !found {
		return w.fail(path, nil, "nothing to read in this folder; heji reads %s", strings.Join(Extensions, " "))
	}
	return true
}

// folder takes the documents in a folder and in the folders below it.
func (w walk) folder(dir string) bool {
	entries, err := os.ReadDir(dir) // sorted by name
	if err != nil {
		return w.fail(dir, err, "the folder cannot be opened (%v); check its permissions", reason(err))
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		path := filepath.Join(dir, e.Name())
		ok := true
		switch {
		case e.IsDir():
			ok = w.folder(path)
		case e.Type().IsRegular() && isDocument(path):
			ok = w.found(Source{Name: path})
		default:
			w.skipped(path)
		}
		if !ok {
			return false
		}
	}
	return true
}

func (w walk) fail(name string, err error, message string, args ...any) bool {
	return w.found(Source{Name: name, Err: &form.Error{Code: form.NotFound, Message: fmt.Sprintf(message, args...), Err: err}})
}

// isDocument goes by the name and, failing that, by the first bytes: archives
// hold PDFs without a name that says so.
func isDocument(path string) bool {
	if slices.Contains(Extensions, strings.ToLower(filepath.Ext(path))) {
		return true
	}
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }()
	head := make([]byte, len(pdfHead))
	_, err = io.ReadFull(f, head)
	return err == nil && string(head) == pdfHead
}

const pdfHead = "%PDF"

// Read takes the whole file into memory, once, so that what is checked is what
// is read. A file of more than so many bytes is refused.
func (s Source) Read(ctx context.Context, most int64) ([]byte, *form.Error) {
	if s.Err != nil {
		return nil, s.Err
	}
	path := strings.TrimPrefix(cmp.Or(s.Path, s.Name), "file://")
	if p, ok := placeOf(path); ok {
		return p.fetch(ctx, most)
	}
	// Asked before opening, for opening a named pipe would wait for its writer.
	info, err := os.Stat(path)
	if err != nil {
		return nil, unreadable(err)
	}
	if !info.Mode().IsRegular() {
		return nil, &form.Error{Code: form.NotADocument,
			Message: "this is not a regular file; save the document as one and give its path"}
	}
	if info.Size() > most {
		return nil, extract.Oversize(info.Size(), most)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, unreadable(err)
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return nil, unreadable(err)
	}
	if int64(len(data)) > most { // it grew
		return nil, extract.Oversize(int64(len(data)), most)
	}
	return data, nil
}

func unreadable(err error) *form.Error {
	return &form.Error{Code: form.NotFound, Err: err,
		Message: fmt.Sprintf("the file cannot be opened (%v); check the path and its permissions", reason(err))}
}

// reason is an error without the path, which is printed beside it anyway.
func reason(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}
