package parse

import (
	"testing"

	"heji/layout"
)

// The unit of amounts stands in a line above the table, under several names.
func TestUnitLine(t *testing.T) {
	for text, want := range map[string]string{"单位：万元": "万元", "计量单位:元": "元", "（金额单位：亿元）": "亿元", "货币单位：人民币万元": "万元", "单位：个": ""} {
		var r reader
		r.readLine(1, layout.Line{Reading: layout.Reading{Text: text, Reader: layout.ByTextLayer}})
		if r.sheet.Unit != want {
			t.Errorf("%s: %q, want %q", text, r.sheet.Unit, want)
		}
	}
}

// A grade below a table without lines around it stands beside its label.
func TestGradeLine(t *testing.T) {
	for text, want := range map[string]string{"评价等次 优": "优", "自评等级：良": "良", "评价等次 ☑优□良 □中 □差": "☑优□良 □中 □差", "评价等次 由主管部门填写": "", "单位名称 优": ""} {
		_, grade, ok := gradeLine(text)
		if (want != "") != ok || ok && grade != want {
			t.Errorf("%s: %q %v, want %q", text, grade, ok, want)
		}
	}
}

// 20.00 is no year, and a row with it no heads.
func TestAYearAmongHeads(t *testing.T) {
	for text, want := range map[string]bool{"20.00": true, "2023年": false, "2023年度预算数": false, "20": true, "得分": false} {
		if got := hasDigit(withoutYear(text)); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}
