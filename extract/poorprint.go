package extract

import (
	"fmt"
	"regexp"
	"strings"

	"heji/layout"
)

// A page's print is poor where one in poorShare of its numbers or more is in doubt, and
// as many as fewestDoubts. On a good scan it is one in seven at most.
const (
	poorShare    = 4
	fewestDoubts = 3
)

// doubtPoorPrint puts a doubt on every figure of a scanned page whose print is poor, and
// a problem on the page. Two readers that agree are right as long as the ink is there.
// Where it is lost, as a fax loses the thin strokes of 4, both see the same 1; but then
// they disagree about many other numbers of the page.
func doubtPoorPrint(page *layout.Page) {
	numbers, doubted := 0, 0
	for _, t := range page.Tables {
		if t.Aligned { // its figures are doubted for their places
			continue
		}
		for _, c := range t.Cells {
			if c.Reader == layout.ByOCR && number.MatchString(c.Text) {
				numbers++
				if c.Doubt != "" {
					doubted++
				}
			}
		}
	}
	if doubted < fewestDoubts || doubted*poorShare < numbers {
		return
	}
	for i := range page.Tables {
		for j := range page.Tables[i].Cells {
			if c := &page.Tables[i].Cells[j]; c.Reader == layout.ByOCR && c.Doubt == "" && strings.ContainsAny(c.Text, "0123456789") {
				c.Doubt = layout.Unconfirmed
			}
		}
	}
	page.Problems = append(page.Problems, layout.Problem{
		Code: "resolution-low", Page: page.Number,
		Message:   fmt.Sprintf("readers differ on %d of %d numbers on the page: its print is too coarse or spoiled for any to be relied on; look at the page, or scan the original again at 300 dpi", doubted, numbers),
		MessageZH: fmt.Sprintf("此页 %[2]d 个数字中有 %[1]d 个识读不一，字迹过粗或已损，各数均不可尽信；请核对原件，或以 300 dpi 重新扫描", doubted, numbers),
	})
}

var number = regexp.MustCompile(`^[≥≤<>=]?-?[0-9][0-9.,]*[%‰]?$`)
