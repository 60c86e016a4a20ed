package form_test

import (
	"testing"
	"unicode/utf8"

	"heji/form"
)

func TestPathText(t *testing.T) {
	for _, path := range []string{"/forms/自评表.pdf", "a b%20c.pdf", "s3://forms/2021/", "/forms/\xd7\xd4\xc6\xc0\xb1\xed.pdf", "/\xff/100%/\n.pdf", "bytes://x", ""} {
		text := form.PathText(path)
		if !utf8.ValidString(text) || form.PathOf(text) != path {
			t.Errorf("%q is written %q and read %q", path, text, form.PathOf(text))
		}
		if utf8.ValidString(path) && path != "bytes://x" && text != path {
			t.Errorf("%q needs no escapes: %q", path, text)
		}
	}
}
