package form

import (
	"fmt"
	"strings"
)

// ReadAs is the sentence of a problem with a reading, in English and Chinese: what else
// readers saw in its place or, where others is empty, that nothing confirms it.
func ReadAs(text string, others []string) (en, zh string) {
	if len(others) == 0 {
		return fmt.Sprintf("read as %q with nothing to confirm it; look at the page", text),
			fmt.Sprintf("读作“%s”，无旁证；请核对原件", text)
	}
	quoted, quotedZH := make([]string, len(others)), make([]string, len(others))
	for i, o := range others {
		quoted[i], quotedZH[i] = fmt.Sprintf("%q", o), "“"+o+"”"
	}
	return fmt.Sprintf("read as %q, and also as %s; look at the page", text, strings.Join(quoted, " and ")),
		fmt.Sprintf("读作“%s”，也读作%s；请核对原件", text, strings.Join(quotedZH, "、"))
}
