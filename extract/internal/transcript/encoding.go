package transcript

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	uni "golang.org/x/text/encoding/unicode"

	"heji/form"
)

// decode finds the file's encoding and gives its text, with "\n" between lines
// and without characters that show nothing.
//
// A byte order mark decides. Without one the text is UTF-8 where it is valid, and
// otherwise whichever of UTF-8 and GB18030 leaves fewer bytes unexplained: a
// file cut in the middle of a character is still what it was.
func decode(data []byte) (string, error) {
	if len(data) > 2*maxText { // UTF-16 takes up to twice the room
		return "", tooLarge()
	}
	text := decodeBytes(data)
	if len(text) > maxText {
		return "", tooLarge()
	}
	runes, strange := 0, 0
	for _, r := range text {
		runes++
		switch {
		case r == 0:
			return "", notText()
		case r == utf8.RuneError, unicode.Is(unicode.Cc, r) && !strings.ContainsRune("\t\n\v\f\r\u0085\u001a", r):
			strange++
		}
	}
	if strange > 4 && strange*50 > runes {
		return "", notText()
	}
	return plain.Replace(strings.Map(visible, text)), nil
}

func decodeBytes(data []byte) string {
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return strings.ToValidUTF8(string(data[3:]), "\uFFFD")
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		return through(uni.UTF16(uni.LittleEndian, uni.UseBOM), data)
	case utf8.Valid(data):
		return string(data)
	}
	asUTF8, asGB := strings.ToValidUTF8(string(data), "\uFFFD"), through(simplifiedchinese.GB18030, data)
	if strings.Count(asUTF8, "\uFFFD") <= strings.Count(asGB, "\uFFFD") {
		return asUTF8
	}
	return asGB
}

// through decodes; what cannot be becomes U+FFFD.
func through(e encoding.Encoding, data []byte) string {
	text, err := e.NewDecoder().Bytes(data)
	if err != nil {
		return string(text) + "\uFFFD"
	}
	return string(text)
}

// plain makes every line break a "\n".
var plain = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\v", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n")

// visible drops characters that show nothing and would make equal words differ;
// a space that does not break is a space.
func visible(r rune) rune {
	switch {
	case r == '\u00a0':
		return ' '
	case r == '\u200b', r == '\ufeff', r == '\u00ad', r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
		return -1
	case unicode.Is(unicode.Cc, r) && !strings.ContainsRune("\t\n\v\f\r\u0085", r):
		return -1
	}
	return r
}

func tooLarge() error {
	return &form.Error{Code: form.TooLarge, Message: "the transcript is over 4 MB of text; split it into one file a form and read those"}
}

func notText() error {
	return &form.Error{Code: form.NotADocument, Message: "the file is not text in UTF-8, UTF-16 or GB18030; give it the ending of what it is, or save it as UTF-8"}
}
