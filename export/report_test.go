package export_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"heji/export"
	"heji/form"
)

func TestReport(t *testing.T) {
	var b bytes.Buffer
	err := export.WriteReport(&b, form.Report{
		Documents: 1201, Failed: 1, Forms: 1200, Contradictory: 30, Doubtful: 2,
		MoneyYuan: form.MustAmount("12345678.90"),
		Rules:     []form.ReportShare{{Name: "score-total", ByForm: 1200, Undecided: 1}},
		Units:     []form.ReportShare{{Name: "<script>alert(1)</script>", Forms: 4, Contradictory: 2, ByForm: 3}},
		Money: []form.ReportFinding{{Document: "a&b.pdf", Page: 2, Unit: "甲单位", Year: 2021, Rule: "funds-balance", Verdict: form.ByForm,
			Printed: "5.00", Computed: "4.00", Difference: "1.00", MessageZH: "不等", Picture: []byte("PNG")}},
		Failures: []form.ReportFailure{{Document: "c.pdf", Code: "damaged", Message: "the file is damaged"}},
		Screens:  []form.ReportScreen{{Name: "steady-score", Count: 1234, Found: []form.CrossFinding{{Unit: "乙<单位", Document: "d.pdf", Other: "e.pdf", Compared: 5, MessageZH: "历年均为 95"}}}},
		Compared: "2022-03-01",
	}, export.About{Made: time.Date(2022, 3, 1, 9, 0, 0, 0, time.UTC), Rules: map[string]string{"score-total": "总分等于各行之和"}})
	if err != nil {
		t.Fatal(err)
	}
	page := b.String()
	for _, want := range []string{"1,200", "（2.5%）", "1,234.56 万元", "a&amp;b.pdf 第 2 页", "表格有误", "1,201", "（2／4 份有误）", "2022-03-01 09:00", `width="340"`, `width="2"`,
		"总分等于各行之和", "历年得分一成不变", "1,234 处", "d.pdf ↔ e.pdf", `src="data:image/png;base64,UE5H"`, "文件已损坏"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s in the report", want)
		}
	}
	for _, never := range []string{"<script", "http:", "https:", "ZgotmplZ"} {
		if strings.Contains(page, never) {
			t.Errorf("%s in the report", never)
		}
	}
	if err := balanced(page); err != nil {
		t.Error(err)
	}
}

// balanced reads the page as XML that forgives what HTML allows.
func balanced(page string) error {
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}
