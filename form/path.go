package form

import (
	"net/url"
	"strings"
	"unicode/utf8"
)

// pathScheme begins the text of a path whose bytes are no text.
const pathScheme = "bytes://"

// PathText is a path as a database in UTF-8 can hold it: itself, or, where its bytes
// are no UTF-8, as those of names in GBK out of an archive that was made on Windows,
// with each of them escaped: bytes:///forms/%D7%D4%C6%C0.pdf. PathOf gives it back.
func PathText(path string) string {
	if utf8.ValidString(path) && !strings.HasPrefix(path, pathScheme) {
		return path
	}
	parts := strings.Split(path, "/")
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	return pathScheme + strings.Join(parts, "/")
}

// PathOf is the path that PathText made a text of.
func PathOf(text string) string {
	escaped, ok := strings.CutPrefix(text, pathScheme)
	if !ok {
		return text
	}
	path, err := url.PathUnescape(escaped)
	if err != nil {
		return text
	}
	return path
}
