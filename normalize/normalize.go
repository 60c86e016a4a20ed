// Package normalize says what printed figures mean.
package normalize

import "heji/form"

// Normalize turns a sheet as printed into a form with values.
func Normalize(s form.Sheet) form.Form { return form.Form(s) }
