package audit

import (
	"fmt"
	"testing"
)

// A page of 200 figures, half of them in doubt with two other readings each, and
// three of them wrong.
func BenchmarkRepair(b *testing.B) {
	text := ""
	for s := range 5 {
		rows, sum, weights := "", 0, 0
		for r := range 13 {
			score, weight := 100+10*((r+s)%7), 200
			sum, weights = sum+score, weights+weight
			printed := fmt.Sprintf("%d.%02d", score/100, score%100)
			switch {
			case r == 3 && s < 3:
				printed = fmt.Sprintf("%d.%02d!%s", score/100+5, score%100, printed)
			case r%2 == 0:
				printed += fmt.Sprintf("!%d.%02d", score/100+7, score%100)
			}
			rows += fmt.Sprintf("leaf 节%d/甲/行%d 2 2 %s\n", s, r, printed)
		}
		text += fmt.Sprintf("section 节%d %d %d %d.%02d\n", s, weights/100, weights/100, sum/100, sum%100) + rows
	}
	f := readForm(b, text)
	n := 0
	for range f.Figures() {
		n++
	}
	b.ReportMetric(float64(n), "figures")
	for b.Loop() {
		found := Check(&f)
		if len(found) == 0 || found[0].Verdict == "" {
			b.Fatal("nothing found")
		}
	}
}

// The same page with nothing that settles it, so that the search ends at its bound.
func BenchmarkRepairInVain(b *testing.B) {
	text := ""
	for s := range 5 {
		text += fmt.Sprintf("section 节%d 40 40 39.99\n", s)
		for r := range 13 {
			text += fmt.Sprintf("leaf 节%d/甲/行%d 2 2 1.00!1.%d0\n", s, r, r%9+1)
		}
	}
	f := readForm(b, text)
	for b.Loop() {
		Check(&f)
	}
}
