// Package export writes tables of records for other programs and for people:
// CSV, Excel workbooks, Parquet and a report that is one HTML file.
//
// The writers know nothing of where rows come from. A table is announced, then
// its rows follow one by one; none is kept, so a million rows take no more
// memory than ten:
//
//	w := export.NewCSV(file)
//	err := w.Table(export.Table{Name: "funds", Columns: columns})
//	err = w.Row([]any{"甲/2021.pdf", int64(1), form.MustAmount("98.20"), nil})
//	err = w.Close()
//
// A number keeps the decimals it was printed with wherever the format can say
// so, and text stays text: a cell such as =1+1 is never a formula.
package export

import (
	"fmt"
	"time"

	"heji/form"
)

// Type is what the values of a column are, unless they are nil.
type Type string

const (
	Text    Type = "text"    // string
	Integer Type = "integer" // int64
	Decimal Type = "decimal" // form.Amount
	Time    Type = "time"    // time.Time
)

// Column is a column of a table. Name is for programs and Label for people.
type Column struct {
	Name  string
	Label string
	Type  Type
}

// Table is what a table is called and which columns it has. Notes names a column
// that says in sentences what is wrong with cells of its row, a line a cell, which
// begins with its column's name and a colon; or a single sentence; or is "".
type Table struct {
	Name    string
	Label   string
	Columns []Column
	Notes   string
}

// Writer writes tables, one after the other. CSV and Parquet hold one table.
type Writer interface {
	// Table begins a table.
	Table(Table) error
	// Row writes a row of it: one value a column, nil where there is none. It
	// does not keep the slice.
	Row([]any) error
	// Close ends what is written; it does not close what it is written to.
	Close() error
}

// plain is the value as text, such as 98.20 or 2021-03-01T08:00:00+08:00.
func plain(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case form.Amount:
		return v.String()
	case time.Time:
		return v.Format(time.RFC3339)
	}
	return fmt.Sprint(v)
}
