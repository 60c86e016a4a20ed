package raster

import (
	"bytes"
	"image"
	"slices"

	"heji/layout"
)

// How what was written or stamped in colour over black print is told, in colour levels
// and in millimetres.
const (
	markChroma = 16  // a pixel is coloured whose channels differ by this much
	markShare  = 22  // and by so many hundredths of how far it is from white: black print is not
	markBlack  = 110 // what is darker than this at a mark's edge is print
	markLight  = 170 // what is lighter is the wash of a marker, through which print is read
	washEdge   = 190 // its edges are darker than it, where JPEG blurs its colour
	markLeast  = 0.3 // square millimetres on a page: less is the noise of a camera
	markLine   = 7.0 // a straight stretch as long as this is a ruling line in colour
	glyphLeast = 1.3 // print is as high as this,
	glyphMost  = 8.0 // and no higher
)

// colourMarks is where coloured ink lies outside the seals, 0 on 255: ticks and signatures
// of a pen, a stamped date, red corrections. It is nil where a page has none to speak of.
func colourMarks(read func(int, []byte), gray *image.Gray, seals []image.Rectangle, dpi float64) *image.Gray {
	w, h := gray.Rect.Dx(), gray.Rect.Dy()
	mask := make([]uint8, w*h)
	row := make([]byte, 3*w)
	block := pixels(0.5, dpi)
	bw, bh := (w+block-1)/block, (h+block-1)/block
	washed := make([]int, bw*bh) // light coloured pixels
	for y := range h {
		read(y, row)
		for x, out := 0, mask[y*w:][:w]; x < w; x++ {
			r, g, b := int(row[3*x]), int(row[3*x+1]), int(row[3*x+2])
			low := min(r, g, b)
			chroma := max(r, g, b) - low
			switch {
			case chroma < markChroma || chroma*100 < markShare*(255-low):
			case gray.Pix[y*gray.Stride+x] < markLight:
				out[x] = 1
			default:
				washed[y/block*bw+x/block]++
			}
		}
	}
	for _, s := range seals { // what is left of them has their own way
		for by := s.Min.Y / block; by*block < s.Max.Y; by++ {
			clear(washed[by*bw+s.Min.X/block : by*bw+(s.Max.X+block-1)/block])
		}
	}
	if solid := bands(washed, bw, bh, block); solid != nil {
		unwash(gray, read, mask, solid, block)
	}
	for _, s := range seals {
		for y := s.Min.Y; y < s.Max.Y; y++ {
			clear(mask[y*w+s.Min.X : y*w+s.Max.X])
		}
	}
	dropLines(mask, w, h, pixels(markLine, dpi))
	if float64(bytes.Count(mask, []byte{1})) < markLeast*dpi*dpi/25.4/25.4 {
		return nil
	}
	marks := image.NewGray(image.Rect(0, 0, w, h))
	wide := dilate(mask, w, h)
	for y := range h {
		out := marks.Pix[y*marks.Stride:][:w]
		for x := range out {
			out[x] = 255
			if mask[y*w+x] != 0 || wide[y*w+x] != 0 && gray.Pix[y*gray.Stride+x] > markBlack {
				out[x] = 0
			}
		}
	}
	return marks
}

// bands are the blocks that a marker washed over, and nil where there are none. Its bands are
// some millimetres high and coloured nearly all over; what is stamped is not. Washed counts
// the light coloured pixels of each block.
func bands(washed []int, bw, bh, block int) []uint8 {
	const reach = 3 // blocks of half a millimetre
	solid := make([]uint8, len(washed))
	any := false
	for i, here := range washed {
		if here == 0 {
			continue
		}
		sum, n := 0, 0
		for y := max(0, i/bw-reach); y <= min(bh-1, i/bw+reach); y++ {
			for _, v := range washed[y*bw+max(0, i%bw-reach) : y*bw+min(bw-1, i%bw+reach)+1] {
				sum, n = sum+v, n+block*block
			}
		}
		if sum*100 >= n*45 {
			solid[i], any = 1, true
		}
	}
	if !any {
		return nil
	}
	return widened(solid, bw, bh, reach)
}

// unwash makes paper of a marker's bands, and takes them out of the mask of marks: the edges
// of black print are tinted there.
func unwash(gray *image.Gray, read func(int, []byte), mask, solid []uint8, block int) {
	w, h := gray.Rect.Dx(), gray.Rect.Dy()
	bw := (w + block - 1) / block
	row := make([]byte, 3*w)
	for y := range h {
		blocks := solid[y/block*bw:][:bw]
		if !slices.ContainsFunc(blocks, func(v uint8) bool { return v != 0 }) {
			continue
		}
		read(y, row)
		for x := range w {
			if blocks[x/block] != 0 {
				v := max(row[3*x], row[3*x+1], row[3*x+2])
				if v >= washEdge {
					v = 255
				}
				gray.Pix[y*gray.Stride+x] = v
				mask[y*w+x] = 0
			}
		}
	}
}

// dropLines takes straight stretches of some length out of a mask, across and down.
func dropLines(mask []uint8, w, h, length int) {
	drop := func(first, step, count int) {
		run := 0
		for i := 0; i <= count; i++ {
			if i < count && mask[first+i*step] != 0 {
				run++
				continue
			}
			if run >= length {
				for k := i - run; k < i; k++ {
					mask[first+k*step] = 2
				}
			}
			run = 0
		}
	}
	for y := range h {
		drop(y*w, 1, w)
	}
	for x := range w {
		drop(x, w, h)
	}
	for i, v := range mask {
		if v == 2 {
			mask[i] = 0
		}
	}
}

// withoutMarks is the level page's print without what the marks cover.
func withoutMarks(text, marks *image.Gray) *image.Gray {
	out := image.NewGray(text.Rect)
	copy(out.Pix, text.Pix)
	for y := range text.Rect.Dy() {
		row := out.Pix[y*out.Stride:][:text.Rect.Dx()]
		for x, m := range marks.Pix[y*marks.Stride:][:len(row)] {
			if m < 128 {
				row[x] = 255
			}
		}
	}
	return out
}

// Crop is the inside of a cell whose box is in points of the level page, as grid
// gives it, without ruling lines and their remains. Where coloured ink lies beside black
// print or across it, it is the print alone: the mark is somebody's, and not the form's.
// What is written or printed in colour alone is kept.
func (p Page) Crop(box layout.Box) *image.Gray {
	whole := Crop(p.Text, box, p.DPI)
	if p.bare == nil || !p.marked(box) {
		return whole
	}
	bare := Crop(p.bare, box, p.DPI)
	if len(glyphs(bare, p.DPI)) == 0 {
		return whole
	}
	return bare
}

// Crossed reports whether a mark in colour lies across the black print of a cell, which
// may be a correction of it, or a scanner's stripe through the cell.
func (p Page) Crossed(box layout.Box) bool {
	if p.struck(box) {
		return true
	}
	if p.bare == nil || !p.marked(box) {
		return false
	}
	from := inPixels(box, p.DPI).Intersect(p.Text.Rect).Min.Sub(image.Pt(Margin, Margin))
	var print image.Rectangle
	for _, g := range glyphs(Crop(p.bare, box, p.DPI), p.DPI) {
		print = print.Union(g.Add(from))
	}
	return p.inked(print)
}

// marked reports whether coloured ink lies in the box.
func (p Page) marked(box layout.Box) bool { return p.inked(inPixels(box, p.DPI)) }

func (p Page) inked(r image.Rectangle) bool {
	r = r.Intersect(p.marks.Rect)
	least := int(0.1 * p.DPI * p.DPI / 25.4 / 25.4)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for _, m := range p.marks.Pix[y*p.marks.Stride+r.Min.X : y*p.marks.Stride+r.Max.X] {
			if m < 128 {
				if least--; least < 0 {
					return true
				}
			}
		}
	}
	return false
}

// glyphs are the pieces of ink in a crop that are as large as print.
func glyphs(g *image.Gray, dpi float64) []image.Rectangle {
	var found []image.Rectangle
	for _, c := range components(inkOf(g, 128), g.Rect.Dx(), g.Rect.Dy()) {
		if h := c.bounds.Dy(); h >= pixels(glyphLeast, dpi) && h <= pixels(glyphMost, dpi) {
			found = append(found, c.bounds)
		}
	}
	return found
}
