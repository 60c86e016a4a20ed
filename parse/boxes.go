package parse

import (
	"cmp"
	"regexp"
	"strings"

	"heji/form"
	"heji/layout"
)

// The four grades, each with what a scan's box was read as, before it or behind it.
var (
	boxedBefore = regexp.MustCompile(`^(.?)优(.?)良(.?)中(.?)差$`)
	boxedBehind = regexp.MustCompile(`^优(.?)良(.?)中(.?)差(.)$`)
)

// ticked is 口优回良口中口差, as scans show boxes, with boxes: □优☑良□中□差, or 优□良☑中□差□. It is "" unless one
// mark alone is no empty box; of one that stands alone, 优良中国差, the others were not seen.
func ticked(text string) string {
	names := []string{"优", "良", "中", "差"}
	marks := boxedBefore.FindStringSubmatch(text)
	behind := marks == nil
	if behind {
		marks = boxedBehind.FindStringSubmatch(text)
	}
	if marks == nil {
		return ""
	}
	n := 0
	var b strings.Builder
	for i, m := range marks[1:] {
		box := "□"
		if m != "" && !strings.Contains("口囗□O0oD", m) {
			box = "☑"
			n++
		}
		if behind {
			b.WriteString(names[i] + box)
		} else {
			b.WriteString(box + names[i])
		}
	}
	if n != 1 {
		return ""
	}
	return b.String()
}

// choices are options with boxes as scans show them, 口新增性回延续性口一次性, and isBox one of the boxes.
var (
	choices = regexp.MustCompile(`^(?:[口囗□回国☑]\p{Han}{2,8}){2,}$`)
	isBox   = regexp.MustCompile(`[口囗□回国☑]\p{Han}{2}`)
)

// chosen is options with their boxes as boxes, of which exactly one is ticked: □新增性☑延续性□一次性; or "".
func chosen(text string) string {
	if !choices.MatchString(text) {
		return ""
	}
	n := 0
	text = isBox.ReplaceAllStringFunc(text, func(s string) string {
		box := []rune(s)
		if strings.ContainsRune("口囗□", box[0]) {
			return "□" + string(box[1:])
		}
		n++
		return "☑" + string(box[1:])
	})
	if n != 1 {
		return ""
	}
	return text
}

// settleBoxes reads the boxes of a scan's fields for what they are.
func (r *reader) settleBoxes() {
	settle := func(f *form.Figure) {
		if text := chosen(layout.Squeeze(f.Text)); text != "" && f.Reader == layout.ByOCR {
			meanInstead(f, text)
		}
	}
	for i := range r.sheet.Fields {
		settle(&r.sheet.Fields[i].Figure)
	}
	for i := range r.sheet.OtherFields {
		settle(&r.sheet.OtherFields[i])
	}
}

// meanInstead gives a figure of a scan the text that its reading stands for, in doubt, with the reading
// kept among the others.
func meanInstead(f *form.Figure, text string) {
	f.Alternatives = append([]layout.Reading{{Text: f.Text, Confidence: f.Confidence, Reader: f.Reader}}, f.Alternatives...)
	f.Text, f.Doubt = text, cmp.Or(f.Doubt, layout.Unconfirmed)
}
