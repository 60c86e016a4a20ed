package ocr

import (
	"strings"
	"testing"

	"heji/extract/internal/ocr/lstm"
)

// Brackets and colons are as wide as the room between their neighbours says. The steps
// are those of lines of Noto Serif CJK at 200 dpi.
func TestWidths(t *testing.T) {
	for _, test := range []struct {
		symbols string
		steps   []int
		want    string
	}{
		{"门〈单位)整体支出", []int{40, 54, 57, 69, 78, 85, 96, 104, 114}, "门（单位）整体支出"},
		{"门《单位)整体支出", []int{37, 50, 54, 65, 73, 80, 89, 97, 106}, "门（单位）整体支出"},
		{"依《办法》执行", []int{2, 14, 18, 29, 38, 46, 57}, "依《办法》执行"},
		{"门(单位)整体支出", []int{35, 44, 46, 55, 62, 65, 74, 81, 91}, "门(单位)整体支出"},
		{"预算执行率〈10分)", []int{2, 12, 21, 30, 41, 54, 59, 62, 66, 76}, "预算执行率（10分）"},
		{"预算执行率(10分)", []int{2, 11, 19, 27, 36, 45, 47, 50, 54, 62}, "预算执行率(10分)"},
		{"权重(分)", []int{3, 11, 20, 22, 31}, "权重(分)"},
		{"其中:中央补助", []int{2, 14, 24, 31, 39, 48, 58}, "其中：中央补助"},
		{"其中：中央补助", []int{2, 13, 21, 25, 33, 42, 51}, "其中:中央补助"},
		{"(5)", []int{2, 5, 8}, "(5)"},
	} {
		var symbols []lstm.Symbol
		for i, c := range strings.Split(test.symbols, "") {
			symbols = append(symbols, lstm.Symbol{Char: c, Share: 1, Step: test.steps[i]})
		}
		if got := widths(test.symbols, symbols); got != test.want {
			t.Errorf("%s: %s, want %s", test.symbols, got, test.want)
		}
	}
}
