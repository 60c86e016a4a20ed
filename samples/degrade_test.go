package samples

import (
	"bytes"
	"image"
	"image/color"
	"os"
	"slices"
	"strings"
	"testing"

	"heji/form"
)

func TestDegradations(t *testing.T) {
	f := GenerateProject(1, 0)
	var names []string
	for _, d := range Degradations() {
		if slices.Contains(names, d.Name) {
			t.Error("twice:", d.Name)
		}
		names = append(names, d.Name)
		a, s := d.Apply(f, 1, 0)
		b, again := d.Apply(f, 1, 0)
		if a.HTML() != b.HTML() || s.Seed != again.Seed || s.Skew != again.Skew {
			t.Error("not the same twice:", d.Name)
		}
		if s.DPI == 0 || (!s.Fax && s.Quality == 0) {
			t.Errorf("%s: %+v", d.Name, s)
		}
		if d.Ruling != "" && !strings.Contains(a.HTML(), map[string]string{"gaps": ` gap"`, "open": "border-left: hidden"}[d.Ruling]) {
			t.Errorf("%s does not show", d.Name)
		}
	}
	list, err := os.ReadFile("README")
	if err != nil || !strings.Contains(string(list), "spoiled in 51 ways") || len(names) != 51 {
		t.Errorf("README does not say that there are %d degradations (%v)", len(names), err)
	}
}

// A page with a black corner at the top left shows which way it was turned.
func TestTurn(t *testing.T) {
	for degrees, want := range map[int]image.Point{0: {0, 0}, 90: {1, 0}, 180: {1, 1}, 270: {0, 1}} {
		p := &plane{4, 6, make([]float32, 24)}
		p.pix[0] = 7
		p.turn(degrees)
		x, y := want.X*(p.w-1), want.Y*(p.h-1)
		if p.pix[y*p.w+x] != 7 {
			t.Errorf("turned by %d: %v", degrees, p)
		}
	}
}

func TestSpoil(t *testing.T) {
	page := image.NewRGBA(image.Rect(0, 0, 120, 160))
	for i := range page.Pix {
		page.Pix[i] = 255
	}
	seal := image.NewRGBA(image.Rect(0, 0, 30, 30))
	for y := range 30 {
		for x := range 30 {
			seal.SetRGBA(x, y, color.RGBA{216, 35, 42, 255})
		}
	}
	p := Print{pages: []image.Image{page}, seals: []*image.RGBA{seal, seal}, pixels: 72.0 / 96,
		lines: [][]textLine{{{"1586.78", 60, 60, 100, 74}, {"绩效自评表 2022 中文", 20, 20, 140, 34}}}}
	for _, s := range []Scan{{DPI: 72, Quality: 80, Turn: 90}, {DPI: 72, Quality: 80, Salt: 0.01, Stripes: 2},
		{DPI: 72, Quality: 80, Stamps: []Stamp{{Over: "numbers"}}}, {DPI: 72, Fax: true}, {DPI: 72, Quality: 80, Layer: "over"}, {DPI: 72, Quality: 80, Layer: "under"}} {
		pdf, err := p.Scan(s)
		if err != nil {
			t.Fatal(err)
		}
		again, err := p.Scan(s)
		if err != nil || !bytes.Equal(pdf, again) {
			t.Errorf("%+v is not the same twice (%v)", s, err)
		}
		if got, want := bytes.Contains(pdf, []byte("/DeviceRGB")), s.Stamps != nil; got != want {
			t.Errorf("%+v: in colour %t", s, got)
		}
		if got, want := bytes.Contains(pdf, []byte("/UniGB-UCS2-H")), s.Layer != ""; got != want {
			t.Errorf("%+v: has text %t", s, got)
		}
		if got, want := bytes.Contains(pdf, []byte("3 Tr")), s.Layer == "over"; got != want {
			t.Errorf("%+v: has invisible text %t", s, got)
		}
		if s.Turn == 90 && !bytes.Contains(pdf, []byte("/MediaBox [ 0 0 160.00 120.00 ]")) {
			t.Errorf("not on its side: %.300q", pdf)
		}
	}
	if page.Pix[page.PixOffset(60, 60)+1] != 255 {
		t.Error("the seal was pressed on the clean page")
	}
}

func TestWrongText(t *testing.T) {
	lines := []textLine{{Text: "0123456789 0123456789"}, {Text: "  "}}
	got := wrongText(source(1, 1), lines)
	if len(got) != 1 || got[0].Text == lines[0].Text || len(got[0].Text) != len(lines[0].Text) {
		t.Errorf("%+v", got)
	}
}

// invented is a form as data, with the things that such data have: merges as
// null, points in names, lost texts.
const invented = `{"title":"[岚溪]项目支出绩效自评表","year":2022,"kind":"项目支出绩效自评表","unit":"万元",
"header":{"项目名称":"巡河设备","主管部门":"岚溪市水利局","项目负责人":"[姓名]"},
"narrative":{"预期目标":"配齐设备","实际完成情况":"已配齐"},
"funds":{"columns":["资金项","年初预算数","全年预算数","全年执行数","分值","执行率","得分"],
 "rows":[["年度资金总额","30","30","27","10","90%","9"],["其中:本年财政拨款","30","30","27","—","—","—"],["其他资金","","","","","",""]]},
"columns":["一级指标","二级指标","三级指标","年度指标值","实际完成值","分值","得分","偏差原因分析及改进措施"],
"rows":[["产出指标(50分)","数量指标","购置设备","≥6台(源文误为26台)","6台","25","25",""],[null,null,"培训","≥[?]次","4次","25","25",""],
 ["效益指标(40分)","社会效益指标","[截断]","[截断]","[截断]","[40]","[39]",""],["满意度指标","[截断]","[截断]","","","","",""]],
"total":"98","total_row":["总分","","","","","100","98","优"],"grade":"优"}`

func TestTypeset(t *testing.T) {
	p, err := ReadPublished([]byte(invented))
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range []bool{false, true} {
		l := ProjectLooks()[0]
		l.Project, l.OneTable = nil, one
		f := Typeset(p, l)
		for _, g := range f.grids() {
			if err := rectangle(g); err != nil {
				t.Error(err)
			}
		}
		truth := f.Truth()
		var rows []string
		for _, x := range truth.Indicators {
			rows = append(rows, string(x.Kind)+" "+x.Level1+"/"+x.Level2+"/"+x.Level3+" "+x.Target+" "+x.Weight+" "+x.Score)
		}
		want := []string{"section 产出指标//  50 ", "leaf 产出指标/数量指标/购置设备 ≥6台 25 25", "leaf 产出指标/数量指标/培训 ≥3次 25 25",
			"section 效益指标//  40 ", "leaf 效益指标/社会效益指标/其余指标  40 39"}
		if !slices.Equal(rows, want) {
			t.Errorf("rows\n%s\nwant\n%s", strings.Join(rows, "\n"), strings.Join(want, "\n"))
		}
		if truth.Title != "岚溪项目支出绩效自评表" || truth.Total != (Total{"100", "98"}) || truth.Grade != "优" || !truth.Unchecked ||
			truth.Funds[1].Source != "fiscal" || truth.Funds[0].Rate != "90%" || truth.Fields["project_head"] != "某某" {
			t.Errorf("%+v", truth)
		}
	}
	if _, err := ReadPublished([]byte(`{"header":[]}`)); err == nil {
		t.Error("a list was taken for labels")
	}
}

func TestCompareProject(t *testing.T) {
	truth := GenerateProject(1, 0).Truth()
	truth.Unchecked = true
	record := form.Record{Form: &form.Form{}}
	tally, notes := Compare(truth, record)
	if tally.Right != 0 || tally.Unflagged != tally.Numbers || tally.Numbers < 30 || len(notes) == 0 {
		t.Errorf("%+v", tally)
	}
	annex := AnnexTruth{Forms: []Truth{truth, truth}}
	if both, _ := CompareAnnex(annex, []form.Record{record}); both.Numbers != 2*tally.Numbers {
		t.Errorf("%+v", both)
	}
}

// A row that was lost is one row missing, and the rows below it are right.
func TestCompareLostRow(t *testing.T) {
	truth := Truth{Unchecked: true, Indicators: []Indicator{
		{Kind: "leaf", Level3: "预算完成率", Weight: "5", Score: "4"},
		{Kind: "leaf", Level3: "预算调整率", Weight: "6", Score: "6"},
		{Kind: "leaf", Level3: "结转结余率", Weight: "7", Score: "7"},
		{Kind: "leaf", Level3: "职工满意度", Weight: "7", Score: "6"},
	}}
	row := func(name, weight, score string) form.Indicator {
		return form.Indicator{Kind: "leaf", Level3: name, Weight: &form.Figure{Text: weight}, Score: &form.Figure{Text: score}}
	}
	record := form.Record{Form: &form.Form{Indicators: []form.Indicator{
		row("预算完成率", "5", "4"), row("结转结佘率", "7", "7"), row("职工满意度", "7", "8"),
	}}}
	tally, _ := Compare(truth, record)
	if tally.Numbers != 8 || tally.Right != 5 || tally.Unflagged != 3 {
		t.Errorf("%+v", tally)
	}
	record.Form.Problems = []form.Problem{{Where: "page 1", Code: "grid-in-doubt"}}
	if tally, _ := Compare(truth, record); tally.Flagged != 2 || tally.Unflagged != 1 {
		t.Errorf("with a line in doubt: %+v", tally)
	}
}

func TestAnnexHTML(t *testing.T) {
	a := MakeAnnex(3, 4, 6)
	page := a.HTML()
	if page != MakeAnnex(3, 4, 6).HTML() {
		t.Error("two makings of one annex differ")
	}
	if n := strings.Count(page, "<section class="); n != 10 {
		t.Errorf("%d parts, want 10", n)
	}
}

func TestRenderProject(t *testing.T) {
	b, err := OpenBrowser(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	pdf, truth, err := b.Annex(t.Context(), *small3())
	if err != nil {
		t.Fatal(err)
	}
	if len(truth.Forms) != 3 || truth.Forms[0].Pages[0] != 3 || countPages(pdf) < 6 {
		t.Errorf("%d pages, forms on %v", countPages(pdf), truth.Forms[0].Pages)
	}
	made := 0
	list := slices.DeleteFunc(Degradations(), func(d Degradation) bool {
		return !slices.Contains([]string{"plain-200", "seal-oval-numbers", "wrong-layer-over"}, d.Name)
	})
	err = b.Degrade(t.Context(), BuildProject(1, 1, ProjectLooks()[4]), list, func(d Degradation, f Form, s Scan, pdf []byte) error {
		made++
		if countPages(pdf) != 1 || bytes.Contains(pdf, []byte("3 Tr")) != (d.Name == "wrong-layer-over") {
			t.Errorf("%s: %d pages", d.Name, countPages(pdf))
		}
		return nil
	})
	if err != nil || made != len(list) {
		t.Errorf("%d scans, want %d (%v)", made, len(list), err)
	}
}

// What stands at the side of a page leans inwards towards its top.
func TestLean(t *testing.T) {
	page := image.NewRGBA(image.Rect(0, 0, 200, 300))
	for i := range page.Pix {
		page.Pix[i] = 255
	}
	for y := range 300 {
		for x := 20; x < 24; x++ {
			page.SetRGBA(x, y, color.RGBA{A: 255})
		}
	}
	seen := Scan{Narrow: 0.1}.lean(page)
	for y, want := range map[int]int{2: 29, 150: 25, 297: 21} {
		x := 0
		for x < 200 && seen.RGBAAt(x, y).R > 127 {
			x++
		}
		if x < want-1 || x > want+1 {
			t.Errorf("at %d the line is at %d, want %d", y, x, want)
		}
	}
}
