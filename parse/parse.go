// Package parse finds which cell is what.
package parse

import (
	"heji/form"
	"heji/layout"
)

// Parse finds the self-evaluation forms of a document.
func Parse(doc layout.Document) ([]form.Sheet, error) {
	return nil, &form.Error{Code: form.NotAForm, Message: "not written yet"}
}
