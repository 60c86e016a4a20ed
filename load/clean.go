package load

import (
	"bytes"
	"strings"
)

// clean is s as PostgreSQL can hold it. A text layer may yield NUL and halves
// of characters, and a database in UTF-8 refuses the whole row for either. NUL
// is dropped, because nothing is printed there; what is no UTF-8 becomes U+FFFD.
func clean(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}

// cleanJSON drops the escape \u0000 from JSON text, for the same reason. The
// encoder has already replaced what is no UTF-8.
func cleanJSON(data []byte) []byte {
	if !bytes.Contains(data, []byte(`\u0000`)) {
		return data
	}
	out := make([]byte, 0, len(data))
	for i := 0; i < len(data); i++ {
		if data[i] == '\\' && bytes.HasPrefix(data[i:], []byte(`\u0000`)) {
			i += len(`\u0000`) - 1
			continue
		}
		out = append(out, data[i])
		if data[i] == '\\' { // the next byte is escaped: in \\u0000 no NUL is meant
			i++
			out = append(out, data[i])
		}
	}
	return out
}

// orNull is clean, with "" as SQL's null.
func orNull[T ~string](s T) *string {
	t := clean(string(s))
	if t == "" {
		return nil
	}
	return &t
}
