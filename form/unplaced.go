package form

import (
	"fmt"
	"regexp"
	"strings"
)

// Unplaced is the sentence of a NumberUnplaced problem about texts of a row that became no figures of the record, in English
// and Chinese. Problem.Quoted reads their numbers back.
func Unplaced(texts []string) (en, zh string) {
	quoted, quotedZH := make([]string, len(texts)), make([]string, len(texts))
	for i, s := range texts {
		quoted[i], quotedZH[i] = fmt.Sprintf("%q", s), "“"+s+"”"
	}
	return fmt.Sprintf("%s printed here became no figure of the record; look at the page", strings.Join(quoted, ", ")),
		fmt.Sprintf("此处所印%s未归入任何一项；请核对原件", strings.Join(quotedZH, "、"))
}

// Quoted are the numbers, as printed, that the message quotes without words beside them: a record that was
// stored has them nowhere else.
func (p Problem) Quoted() []string {
	var out []string
	for _, m := range quotedNumber.FindAllStringSubmatch(p.Message, -1) {
		out = append(out, m[1])
	}
	return out
}

var quotedNumber = regexp.MustCompile(`"([0-9][0-9,.]*)(?:%|分)?"`)
