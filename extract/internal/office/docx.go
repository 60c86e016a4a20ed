package office

import (
	"strings"

	"heji/layout"
)

// readDocx reads the main part of a Word document. Heads, feet and notes are not
// the form's.
func readDocx(a archive) ([]layout.Page, error) {
	main, err := a.mainPart("word/document.xml")
	if err != nil {
		return nil, err
	}
	data, err := a.read(main)
	if err != nil {
		return nil, err
	}
	r := docx{walker: walk(data)}
	var blocks []block
	r.each(func(e element) { // document
		r.each(func(e element) {
			if e.Name.Local == "body" {
				blocks = r.blocks()
			}
		})
	})
	if err := r.failure(); err != nil {
		return nil, err
	}
	s := stack{by: "docx"}
	s.turn()
	for _, b := range blocks {
		switch {
		case b.section > 0 && b.section < len(r.sections) && r.sections[b.section]:
			// The next section goes on upon the same page.
		case b.turn:
			s.turn()
		case b.table == nil:
			s.addLines(b.passage)
		default:
			if cells := b.table.place(); len(cells) > 0 {
				s.addTable(lay(cells, s.by))
			}
		}
	}
	s.turn()
	switch {
	case len(s.pages) > 0:
		return s.pages, nil
	case r.pictures > 0:
		return nil, noPages("the Word document holds pictures and no text; save it as PDF and read that")
	}
	return nil, noPages("the Word document holds no text; check that it is the right file")
}

// docx reads the elements of a Word document, in the order they stand in it.
type docx struct {
	*walker
	para       *paragraph // being read
	fields     []field    // begun and not ended, outermost first
	cells      int        // read so far
	paragraphs int
	pictures   int
	sections   []bool // those that ended, and whether they began on the page before
}

// block is a part of the document's body, or of a cell.
type block struct {
	passage        // of a paragraph
	table   *table // or a table
	turn    bool   // or a new page
	section int    // and the new page begins where this section ends, counted from 1
}

// blocks reads what is below the element at hand.
func (r *docx) blocks() []block {
	var all []block
	r.each(func(e element) { all = append(all, r.block(e)...) })
	return all
}

func (r *docx) block(e element) []block {
	switch e.Name.Local {
	case "p":
		return r.paragraph()
	case "tbl":
		if t := r.table(); len(t.rows) > 0 {
			return []block{{table: &t}}
		}
	case "ins", "moveTo", "customXml", "sdt", "sdtContent":
		return r.blocks()
	case "AlternateContent":
		return r.alternatives(r.blocks)
	case "sectPr":
		r.section()
	}
	return nil // a paragraph's deleted copy, or nothing that is printed
}

// alternatives reads the first of the ways that something is written in: the
// others say the same again, for older programs.
func (r *docx) alternatives(read func() []block) []block {
	var all []block
	taken := false
	r.each(func(e element) {
		if (e.Name.Local == "Choice" || e.Name.Local == "Fallback") && !taken {
			taken = true
			all = read()
		}
	})
	return all
}

// paragraph is one that is being read.
type paragraph struct {
	run      run
	text     strings.Builder
	picture  bool
	doubt    string
	done     []block // before a page break inside it
	boxes    []block // in text boxes anchored in it
	turnNext bool    // a new page begins after it
	section  int     // that ends with it, counted from 1
}

// run says how a stretch of text is set.
type run struct {
	hidden bool
	struck bool
	raised bool
	font   string
}

func (r *docx) paragraph() []block {
	outer, fields := r.para, r.fields
	p := &paragraph{}
	r.para = p
	if outer != nil { // in a text box
		r.fields = nil
	}
	r.each(r.inline)
	r.para = outer
	if r.paragraphs++; r.paragraphs > maxCells {
		r.stop(tooLarge("the document holds more paragraphs than any form"))
	}
	if outer != nil {
		r.fields = fields
	}
	// A field's code does not go over a paragraph's end. One that seems to is
	// broken, and must not hide the rest of the document.
	for i, f := range r.fields {
		if !f.result {
			r.fields = r.fields[:i]
			break
		}
	}
	p.end()
	blocks := append(p.done, p.boxes...)
	if p.turnNext {
		blocks = append(blocks, block{turn: true})
	}
	if p.section > 0 {
		blocks = append(blocks, block{turn: true, section: p.section})
	}
	return blocks
}

// take is what was read of the paragraph so far.
func (p *paragraph) take() passage {
	got := passage{text: tidy(p.text.String()), picture: p.picture, doubt: p.doubt}
	if d := doubtOf(got.text); d != "" {
		got.doubt = d
	}
	p.text.Reset()
	p.picture, p.doubt = false, ""
	return got
}

// end puts by what was read of the paragraph so far.
func (p *paragraph) end() {
	if got := p.take(); !got.empty() {
		p.done = append(p.done, block{passage: got})
	}
}

func (p *paragraph) turn() {
	p.end()
	p.done = append(p.done, block{turn: true})
}

// inline reads an element in a paragraph, at any depth: what wraps text without
// saying anything about it, such as a link or an accepted insertion, is looked
// through.
func (r *docx) inline(e element) {
	p := r.para
	switch e.Name.Local {
	case "pPr":
		r.paragraphProperties()
	case "r":
		before := p.run
		p.run = run{}
		r.each(r.inline)
		p.run = before
	case "rPr":
		r.runProperties()
	case "t":
		r.print(r.text())
	case "tab", "ptab":
		r.print("\t")
	case "noBreakHyphen":
		r.print("-")
	case "cr":
		r.print("\n")
	case "br":
		if e.attr("type") == "page" {
			p.turn()
		} else {
			r.print("\n")
		}
	case "lastRenderedPageBreak":
		// It stands where the page ended when Word last saw it; a sentence is not
		// cut there.
		if strings.TrimSpace(p.text.String()) == "" {
			p.turn()
		} else {
			p.turnNext = true
		}
	case "sym":
		r.print(symbol(e.attr("font"), e.attr("char")))
	case "symEx":
		r.print(character(e.attr("char")))
	case "fldChar":
		r.fieldChar(e)
	case "instrText":
		if n := len(r.fields); n > 0 && !r.fields[n-1].result {
			r.fields[n-1].add(r.text())
		}
	case "sdt":
		r.control()
	case "AlternateContent":
		r.alternatives(func() []block { r.each(r.inline); return nil })
	case "txbxContent":
		boxes := r.blocks()
		p.boxes = append(p.boxes, boxes...)
	case "blip", "imagedata":
		if !r.unseen() {
			p.picture = true
			r.pictures++
		}
		r.each(r.inline)
	case "del", "moveFrom", "delText", "delInstrText", "rt", "rubyPr", "sdtPr", "tblPr", "sectPr":
		// Not printed, or said elsewhere.
	default:
		r.each(r.inline)
	}
}

// unseen reports whether text at this place is not printed.
func (r *docx) unseen() bool {
	for _, f := range r.fields {
		if !f.result {
			return true
		}
	}
	return r.para.run.hidden
}

// print adds text as its run sets it. Struck text is crossed out by whoever
// filled in the form: it is not what the form says, and the cell wants a look.
func (r *docx) print(s string) {
	p := r.para
	switch {
	case r.unseen() || s == "":
	case p.run.struck:
		if strings.TrimSpace(s) != "" {
			p.doubt = layout.Unconfirmed
		}
	case p.run.raised:
		p.text.WriteString(raise(s))
	default:
		p.text.WriteString(plain(p.run.font, s))
	}
}

func (r *docx) paragraphProperties() {
	p := r.para
	r.each(func(e element) {
		switch e.Name.Local {
		case "pageBreakBefore":
			if e.on() {
				p.turn()
			}
		case "sectPr":
			r.section()
			p.section = len(r.sections)
		}
	})
}

// section reads what a section is like. It is said at the section's end, and
// says how the section began.
func (r *docx) section() {
	samePage := false
	r.each(func(e element) {
		if e.Name.Local == "type" {
			kind := e.attr("val")
			samePage = kind == "continuous" || kind == "nextColumn"
		}
	})
	r.sections = append(r.sections, samePage)
}

func (r *docx) runProperties() {
	set := &r.para.run
	r.each(func(e element) {
		switch e.Name.Local {
		case "vanish":
			set.hidden = e.on()
		case "strike", "dstrike":
			set.struck = e.on()
		case "vertAlign":
			set.raised = e.attr("val") == "superscript"
		case "rFonts":
			set.font = e.attr("ascii")
			if set.font == "" {
				set.font = e.attr("hAnsi")
			}
		}
	})
}

// control reads a content control. A box to tick is printed as its state says,
// whatever sign its font shows for it.
func (r *docx) control() {
	box := ""
	r.each(func(e element) {
		switch {
		case e.Name.Local == "sdtPr":
			r.each(func(e element) {
				if e.Name.Local != "checkbox" {
					return
				}
				box = unticked
				r.each(func(e element) {
					if e.Name.Local == "checked" && e.on() {
						box = ticked
					}
				})
			})
		case e.Name.Local == "sdtContent" && box != "":
			r.print(box)
		default:
			r.each(r.inline)
		}
	})
}
