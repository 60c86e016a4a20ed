package parse

import (
	"fmt"
	"regexp"
	"strings"

	"heji/form"
	"heji/layout"
)

// notAForm says what a document without a self-evaluation form looks like.
func notAForm(doc layout.Document) error {
	seen := "it holds no table with indicators, weights and scores"
	for _, b := range flow(doc) {
		text := clean(b.whole())
		if text == "" || len([]rune(text)) > 40 {
			continue
		}
		if kind := lookalike(text); kind != "" {
			seen = "it looks like " + kind
			break
		}
		if isTitle(b.whole()) {
			seen = "its title is one, but no indicator row with a number was found: it may be a blank template"
			if digitsLost(doc) {
				seen = "its title is one and its tables are filled in, but no digit is in them: they were lost when the file was made; get the original"
			}
			if figuresOutside(doc) {
				seen = "its title is one, but its figures stand outside ruled tables, and columns without lines are not read: get the original with its lines, or its Word or Excel file"
			}
			break
		}
	}
	return &form.Error{
		Code:    form.NotAForm,
		Message: fmt.Sprintf("no performance self-evaluation form (绩效自评表) was found: %s; run heji layout to see what was read", seen),
	}
}

// digitsLost reports whether the tables hold signs and units of figures, and not one
// figure: a host took the digits out.
func digitsLost(doc layout.Document) bool {
	units, figures := 0, 0
	for _, page := range doc.Pages {
		for _, t := range page.Tables {
			for _, c := range t.Cells {
				switch text := c.Flat(); {
				case isFigure(text) || isSigned(text):
					figures++
				case unitAlone.MatchString(layout.Squeeze(text)):
					units++
				}
			}
		}
	}
	return units > 2 && figures <= units/4
}

// unitAlone is what is left of a figure without its digits: ≥%, 万元, 年月.
var unitAlone = regexp.MustCompile(`^(?:[≥≤=<>＞＜]|不低于|不超过)?[.,]*(?:[%％个次人户台套份项件场万元亿]|平方米|公里|人次|年月.*)(?:以上|以内)?$`)

// figuresOutside reports whether many lines outside tables end in figures.
func figuresOutside(doc layout.Document) bool {
	const many = 5
	n := 0
	for _, page := range doc.Pages {
		for _, l := range page.Lines {
			if words := strings.Fields(l.Text); len(words) > 1 && isNumber(words[len(words)-1]) {
				n++
			}
		}
	}
	return n >= many
}

func lookalike(title string) string {
	for _, k := range otherKinds {
		if strings.Contains(title, k.word) {
			return k.kind
		}
	}
	return ""
}

// pageProblems are the problems of the form's own pages.
func pageProblems(doc layout.Document, page int) []form.Problem {
	var out []form.Problem
	for _, p := range doc.Pages {
		if p.Number != page {
			continue
		}
		for _, q := range p.Problems {
			out = append(out, form.Problem{Where: fmt.Sprintf("page %d", page), Code: q.Code, Message: q.Message, MessageZH: q.MessageZH, Page: page, Box: q.Box})
		}
	}
	return out
}
