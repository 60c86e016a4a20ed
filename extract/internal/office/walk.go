package office

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/net/html/charset"

	"heji/form"
)

// maxDepth is how deep elements may stand in one another. Word's own files stay
// below a hundred.
const maxDepth = 400

// walker goes through a part's elements, from outside in and from top to bottom,
// without keeping them.
type walker struct {
	d     *xml.Decoder
	depth int
	err   error // the first failure; everything after it is empty
}

type element struct{ xml.StartElement }

func walk(data []byte) *walker {
	d := xml.NewDecoder(bytes.NewReader(data))
	d.CharsetReader = charset.NewReaderLabel
	return &walker{d: d}
}

// each calls do for every child of the element at hand, or for the outermost
// one. What do leaves unread of a child is skipped. The element is used up then:
// it cannot be gone through twice.
func (w *walker) each(do func(element)) { w.children(do, nil) }

// text is the character data directly inside the element at hand.
func (w *walker) text() string {
	var b strings.Builder
	w.children(func(element) {}, func(s []byte) { b.Write(s) })
	return b.String()
}

func (w *walker) children(do func(element), text func([]byte)) {
	inside := w.depth
	for {
		switch t := w.next().(type) {
		case nil:
			return
		case xml.EndElement:
			if w.depth < inside {
				return
			}
		case xml.CharData:
			if text != nil && w.depth == inside {
				text(t)
			}
		case xml.StartElement:
			do(element{t})
			for w.depth > inside && w.next() != nil {
			}
		}
	}
}

// next is the next token, or nil at the end and after a failure.
func (w *walker) next() xml.Token {
	if w.err != nil {
		return nil
	}
	t, err := w.d.Token()
	if err != nil {
		w.err = err
		return nil
	}
	switch t.(type) {
	case xml.StartElement:
		if w.depth++; w.depth > maxDepth {
			w.err = tooLarge("the file's parts are nested deeper than any form's")
			return nil
		}
	case xml.EndElement:
		w.depth--
	}
	return t
}

// stop ends the walk with an error.
func (w *walker) stop(err error) {
	if w.err == nil {
		w.err = err
	}
}

// failure is why the walk ended early, as a *form.Error, or nil.
func (w *walker) failure() error {
	switch {
	case w.err == nil, errors.Is(w.err, io.EOF):
		return nil
	case form.CodeOf(w.err) != "":
		return w.err
	}
	return damaged(fmt.Errorf("xml: %w", w.err))
}

// attr is the value of an attribute, whatever its namespace.
func (e element) attr(name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// on reads an element that switches something on by being there, unless it says
// otherwise.
func (e element) on() bool {
	switch e.attr("val") {
	case "0", "false", "off", "none":
		return false
	}
	return true
}
