package pdf

import (
	"strings"
	"testing"

	"heji/extract/internal/limits"
	"heji/layout"
)

// set12 sets text from the left at a baseline: half an em for Western characters,
// with the narrow ink of figures, a whole one for Chinese.
func set12(x, y, size float64, text string) []Char {
	var chars []Char
	for _, r := range text {
		ch := Char{Text: string(r), X: x, Y: y, Size: size, Wide: size}
		advance := size * ems(ch.Text)
		if r != ' ' && r != '　' {
			ch.Box = layout.Box{X0: x + 0.05*size, Y0: y - 0.8*size, X1: x + advance - 0.1*size, Y1: y}
		}
		if r == '1' || r == '.' {
			ch.Box.X1 = x + 0.2*size
		}
		x += advance
		chars = append(chars, ch)
	}
	return chars
}

func join(parts ...[]Char) []Char {
	var all []Char
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// seen are characters before which PDFium sees a space.
func seen(chars []Char) []Char {
	chars[0].Flags |= SpaceGap
	return chars
}

func TestText(t *testing.T) {
	for _, c := range []struct {
		name  string
		chars []Char
		want  string
	}{
		{"nothing", nil, ""},
		{"figures with narrow ink", set12(0, 10, 10, "11.11%"), "11.11%"},
		{"two figures apart", join(set12(0, 10, 10, "10"), set12(20, 10, 10, "95.5")), "10 95.5"},
		{"controls", set12(0, 10, 10, "1\x1b\x002"), "1\ufffd\ufffd2"},
		{"figures set wide", join(set12(0, 10, 10, "1"), set12(10, 10, 10, "5"), set12(20, 10, 10, "."), set12(30, 10, 10, "8")), "15.8"},
		{"Chinese stretched to fill the line", join(set12(0, 10, 10, "合"), set12(17, 10, 10, "计")), "合计"},
		{"a space between sentences", join(set12(0, 10, 10, "建议。"), seen(set12(32.5, 10, 10, "一是"))), "建议。 一是"},
		{"sentences stretched to fill the line", join(set12(0, 10, 10, "建"), set12(12.5, 10, 10, "议"), set12(25, 10, 10, "。"), seen(set12(37.5, 10, 10, "一"))), "建议。一"},
		{"Chinese words apart", join(set12(0, 10, 10, "单位"), set12(60, 10, 10, "电话")), "单位 电话"},
		{"Chinese and figures close", join(set12(0, 10, 10, "共"), set12(12.5, 10, 10, "49"), set12(25, 10, 10, "人")), "共49人"},
		{"the file's own blanks", set12(0, 10, 10, " 12 人　男 "), "12 人　男"},
		{"lines in another order", join(set12(0, 24, 10, "下行"), set12(0, 10, 10, "上行")), "上行\n下行"},
		{"pieces of a line in another order", join(set12(20, 10, 10, "计"), set12(0, 10.3, 10, "合"), set12(10, 9.8, 10, "总")), "合总计"},
		{"raised figure", join(set12(0, 10, 10, "100m"), set12(20, 6, 6, "2"), set12(0, 24, 10, "下")), "100m2\n下"},
		{"small print between", join(set12(0, 10, 10, "甲"), set12(200, 16, 6, "注"), set12(0, 22, 10, "乙")), "甲\n注\n乙"},
		{"large and small on one baseline", join(set12(0, 10, 14, "得分"), set12(28, 10, 9, "95")), "得分95"},
		{"one character a line", join(set12(0, 10, 10, "绩"), set12(0, 22, 10, "效"), set12(0, 34, 10, "情"), set12(0, 46, 10, "况")), "绩\n效\n情\n况"},
		{"nothing that takes no room", join(set12(0, 10, 10, "12"), []Char{{Text: "\u200b", X: 10, Y: 10, Size: 10, Wide: 10}}), "12"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Text(c.chars, layout.Box{}); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
			p := Page{Width: 300, Height: 200, Chars: c.chars}
			for q := 1; q < 4; q++ {
				if got := Text(p.Turned(q).Chars, layout.Box{}); got != c.want {
					t.Errorf("turned by %d: %q, want %q", q, got, c.want)
				}
			}
		})
	}
}

func TestTextOfACell(t *testing.T) {
	chars := join(set12(0, 10, 10, "甲乙"), set12(50, 10, 10, "12.5"))
	if got := Text(chars, layout.Box{X0: 45, Y0: 0, X1: 90, Y1: 15}); got != "12.5" {
		t.Errorf("inside %q", got)
	}
	if got := Text(Outside(chars, []layout.Box{{X0: 45, Y0: 0, X1: 90, Y1: 15}}), layout.Box{}); got != "甲乙" {
		t.Errorf("outside %q", got)
	}
}

func TestMark(t *testing.T) {
	dash := mark(join(set12(0, 10, 10, "—"), set12(0, 10, 10, "—")))
	if got := Text(dash, layout.Box{}); got != "——" {
		t.Errorf("a dash of two ems is %q", got)
	}
	bold := mark(join(set12(0, 10, 10, "11.5"), set12(0.3, 10, 10, "11.5")))
	if len(bold) != 4 || bold[0].Flags != Doubled {
		t.Errorf("fake bold: %d characters, %+v", len(bold), bold[0])
	}
	over := mark(join(set12(0, 10, 10, "88"), set12(0, 10, 10, "93")))
	if len(over) != 4 || over[0].Flags != Overlaps || over[3].Flags != Overlaps {
		t.Errorf("overtyped: %+v", over)
	}
	layer := set12(0, 10, 10, "88")
	for i := range layer {
		layer[i].Flags = Invisible
	}
	both := mark(join(layer, set12(0, 10, 10, "88")))
	if len(both) != 2 || both[0].Flags&Invisible != 0 {
		t.Errorf("a layer under the same text: %+v", both)
	}
}

func TestRecode(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"GBK", "Ä¿Â¼ 12.50 ÐÕÃû", "目录 12.50 姓名"},
		{"a soft hyphen as second byte", "¾-°ìÈËÐÕÃû", "经办人姓名"},
		{"units", "100m² ±5°C 3×4 ·", "100m² ±5°C 3×4 ·"},
		{"accents", "naïve café Zoë, déjà vu, à côté", "naïve café Zoë, déjà vu, à côté"},
		{"Chinese", "面积100m²", "面积100m²"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got strings.Builder
			for _, ch := range recode(set12(0, 10, 10, c.in)) {
				got.WriteString(ch.Text)
				if ch.Flags&Recoded != 0 && c.in == c.want {
					t.Errorf("%q was recoded", ch.Text)
				}
			}
			if got.String() != c.want {
				t.Errorf("%q, want %q", got.String(), c.want)
			}
		})
	}
}

func TestForeign(t *testing.T) {
	chars := foreign(set12(0, 10, 10, "部门整体支出绩效自评表填报单位公章预算执行情况ÿ12Ā"))
	n := 0
	for _, ch := range chars {
		if ch.Flags&BadCode != 0 {
			n++
		}
	}
	if n != 2 {
		t.Errorf("%d accented letters flagged, want 2", n)
	}
}

func TestOpinion(t *testing.T) {
	words := "部门整体支出绩效自评表填报单位"
	chars := join(set12(0, 10, 10, words), set12(0, 30, 10, "12.50"), set12(100, 30, 10, "12.50"), set12(200, 30, 10, "3"))
	for _, c := range []struct {
		name, text  string
		heard       bool
		yes, no     []string
		wantNothing bool
	}{
		{name: "the same", text: words + "\n12.50\n12.50\n3", heard: true, yes: []string{"12.50", "3", "共12.50元"}, no: []string{"", "单位"}},
		{name: "glued, but every figure is there", text: words + "12.5012.503", heard: true, yes: []string{"12.50", "3"}},
		{name: "one figure differs", text: words + "\n12.50\n12.60\n3", heard: true, yes: []string{"3"}, no: []string{"12.50"}},
		{name: "misread", text: "卩门整休支岀绩郊白评表\n12.50\n12.50\n3", no: []string{"12.50", "3"}},
		{name: "silent", text: "", no: []string{"12.50"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := Compare(chars, c.text)
			if o.Heard != c.heard {
				t.Errorf("%v", o)
			}
			for _, s := range c.yes {
				if !o.Confirms(s) {
					t.Errorf("%q is not confirmed", s)
				}
			}
			for _, s := range c.no {
				if o.Confirms(s) {
					t.Errorf("%q is confirmed", s)
				}
			}
		})
	}
}

func TestFit(t *testing.T) {
	for _, c := range []struct {
		width, height float64
		dpi, want     int
		ok            bool
	}{
		{595, 842, 300, 300, true},
		{2384, 3370, 300, 150, true}, // A0
		{14400, 14400, 300, 0, false},
		{595, 842, 72, 72, true},
	} {
		if dpi, ok := fit(c.width, c.height, c.dpi, limits.Default.PagePixels); dpi != c.want || ok != c.ok {
			t.Errorf("%g × %g at %d: %d %t, want %d %t", c.width, c.height, c.dpi, dpi, ok, c.want, c.ok)
		}
	}
}

// Dashes in neighbouring cells are dashes: their bytes in Western encoding would be
// rare Chinese characters in GBK.
func TestDashesAreNotRecoded(t *testing.T) {
	chars := set12(0, 10, 10, "资金———————————")
	if got := Text(recode(chars), layout.Box{}); got != "资金———————————" {
		t.Errorf("%q", got)
	}
	if got := Text(recode(set12(0, 10, 10, "Ä¿Â¼Ä¿Â¼Ä¿Â¼")), layout.Box{}); got != "目录目录目录" {
		t.Errorf("%q", got)
	}
}
