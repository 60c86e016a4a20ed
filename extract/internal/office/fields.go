package office

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// field is one that is printed by computing it, such as a page number. Its code
// comes first and is not printed; then its result, as it was last computed.
type field struct {
	code   string
	result bool   // the result is being read
	start  int    // of the result, in the paragraph
	form   string // what a form field without a result shows: a box, or the choice made
}

// add goes on with the code. Only short ones say what is drawn.
func (f *field) add(code string) {
	if len(f.code) < 1000 {
		f.code += code
	}
}

const maxFields = 100 // in one another

func (r *docx) fieldChar(e element) {
	switch e.attr("fldCharType") {
	case "begin":
		f := field{}
		r.each(func(e element) { // ffData, where it is a form field
			if e.Name.Local == "ffData" {
				f.form = r.formField()
			}
		})
		if r.fields = append(r.fields, f); len(r.fields) > maxFields {
			r.stop(tooLarge("the document's fields are nested deeper than any form's"))
		}
	case "separate":
		if n := len(r.fields); n > 0 {
			r.fields[n-1].result, r.fields[n-1].start = true, r.para.text.Len()
		}
	case "end":
		n := len(r.fields)
		if n == 0 {
			return
		}
		f := r.fields[n-1]
		r.fields = r.fields[:n-1]
		switch {
		case f.form != "" && (!f.result || r.para.text.Len() == f.start):
			r.print(f.form)
		case !f.result && f.form == "":
			r.print(drawnBy(f.code))
		}
	}
}

// formField is what a field to be filled in shows, or "" for a text, whose
// result is in the document.
func (r *docx) formField() string {
	shown := ""
	r.each(func(e element) {
		switch e.Name.Local {
		case "checkBox":
			set, initially := "", false
			r.each(func(e element) {
				switch e.Name.Local {
				case "default":
					initially = e.on()
				case "checked":
					set = unticked
					if e.on() {
						set = ticked
					}
				}
			})
			switch shown = set; {
			case set == "" && initially:
				shown = ticked
			case set == "":
				shown = unticked
			}
		case "ddList":
			chosen, initially := -1, 0
			var entries []string
			r.each(func(e element) {
				n, err := strconv.Atoi(e.attr("val"))
				switch {
				case e.Name.Local == "listEntry":
					entries = append(entries, e.attr("val"))
				case err != nil:
				case e.Name.Local == "result":
					chosen = n
				case e.Name.Local == "default":
					initially = n
				}
			})
			if chosen < 0 {
				chosen = initially
			}
			if chosen >= 0 && chosen < len(entries) {
				shown = entries[chosen]
			}
		}
	})
	return shown
}

var (
	equation = regexp.MustCompile(`(?i)^\s*eq\s`)
	enclosed = regexp.MustCompile(`(?i)^\s*eq\s*\\o\s*(?:\\a[lcr]\s*)?\(\s*[□○◯☐]\s*[,，;；]\s*([^()]*?)\s*\)\s*$`)
)

// drawnBy is what a field without a result draws. Word's “enclose characters”
// makes a ticked box as an equation of a square over a tick; any other equation
// is ink that was not read.
func drawnBy(code string) string {
	if m := enclosed.FindStringSubmatch(strings.Map(visible, code)); m != nil {
		switch m[1] {
		case "√", "✓", "✔", "∨", "V", "v":
			return ticked
		}
		return m[1]
	}
	if equation.MatchString(code) {
		return string(unicode.ReplacementChar)
	}
	return ""
}
