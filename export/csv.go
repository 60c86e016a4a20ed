package export

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// byteOrderMark tells Excel that the file is UTF-8; without it Chinese is
// garbled on a double click.
const byteOrderMark = "\uFEFF"

type csvWriter struct {
	out     io.Writer
	csv     *csv.Writer
	columns []Column
	fields  []string
}

// NewCSV writes one table as comma-separated values: UTF-8 with a byte order
// mark, lines that end in CR LF, the columns' names in the first line. Text that
// a spreadsheet would take for a formula gets an apostrophe before it.
func NewCSV(w io.Writer) Writer {
	c := csv.NewWriter(w)
	c.UseCRLF = true
	return &csvWriter{out: w, csv: c}
}

func (w *csvWriter) Table(t Table) error {
	if w.columns != nil {
		return errors.New("a CSV file holds one table")
	}
	if _, err := io.WriteString(w.out, byteOrderMark); err != nil {
		return err
	}
	w.columns = t.Columns
	w.fields = make([]string, len(t.Columns))
	for i, c := range t.Columns {
		w.fields[i] = c.Name
	}
	return w.csv.Write(w.fields)
}

func (w *csvWriter) Row(values []any) error {
	for i, v := range values {
		w.fields[i] = plain(v)
		if w.columns[i].Type == Text {
			w.fields[i] = harmless(w.fields[i])
		}
	}
	return w.csv.Write(w.fields)
}

func (w *csvWriter) Close() error {
	w.csv.Flush()
	return w.csv.Error()
}

// harmless is text that no spreadsheet takes for a formula. OWASP names the
// characters; the full-width forms are folded to them by Excel in Chinese and
// Japanese. Blanks before them do not hide them. A number such as -3.50 is
// no formula and stays as it is.
func harmless(s string) string {
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, " \u3000\u00a0"))
	switch {
	case strings.HasPrefix(s, "\t"), strings.HasPrefix(s, "\r"), strings.HasPrefix(s, "\n"):
	case !strings.ContainsRune("=+-@\t\r\n＝＋－＠", first):
		return s
	case isNumber(s):
		return s
	}
	return "'" + s
}

// isNumber reports whether s is a sign, digits and at most one point.
func isNumber(s string) bool {
	digits, points := 0, 0
	for i, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r == '.':
			points++
		case i > 0 || r != '-' && r != '+':
			return false
		}
	}
	return digits > 0 && points <= 1
}
