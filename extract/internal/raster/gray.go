package raster

import (
	"image"
	"image/color"
	"slices"
)

// RemoveSeal makes a picture gray and drops seals from it: the red (or blue) ink
// of a stamp goes, black print under it stays. It also says where they were, in
// pixels, for whoever reads there should be on guard.
//
// Only what has the size and shape of a seal is dropped. Figures printed in red
// or written in blue are ink like any other and stay.
func RemoveSeal(img image.Image, dpi float64) (*image.Gray, []image.Rectangle) {
	gray, seals, _ := colours(img, dpi)
	return gray, seals
}

// colours is RemoveSeal, and where other coloured ink lies: see colourMarks.
func colours(img image.Image, dpi float64) (_ *image.Gray, seals []image.Rectangle, marks *image.Gray) {
	if g, ok := img.(*image.Gray); ok {
		return level0(g), nil, nil
	}
	read := rowReader(img)
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	gray := image.NewGray(image.Rect(0, 0, w, h))
	cell := pixels(0.5, dpi)
	cw, ch := (w+cell-1)/cell, (h+cell-1)/cell
	red, blue := make([]uint16, cw*ch), make([]uint16, cw*ch)
	row := make([]byte, 3*w)
	coloured := false
	for y := range h {
		read(y, row)
		out := gray.Pix[y*gray.Stride : y*gray.Stride+w]
		cells := y / cell * cw
		for x := range out {
			r, g, b := row[3*x], row[3*x+1], row[3*x+2]
			out[x] = luminance(r, g, b)
			if r == g && g == b {
				continue
			}
			if int(r)-int(max(g, b)) > strong {
				red[cells+x/cell]++
				coloured = true
			} else if int(b)-int(max(r, g)) > strong {
				blue[cells+x/cell]++
				coloured = true
			}
		}
	}
	if !coloured {
		return gray, nil, nil
	}
	for _, ink := range []struct {
		counts  []uint16
		channel int
		minimum float64 // mm; signatures are blue, and wide
	}{{red, 0, 12}, {blue, 2, 22}} {
		for _, r := range findSeals(ink.counts, cw, ch, cell, ink.minimum, dpi) {
			r = r.Inset(-pixels(1.5, dpi)).Intersect(gray.Rect)
			lift(gray, read, r, ink.channel)
			seals = append(seals, r)
		}
	}
	return gray, seals, colourMarks(read, gray, seals, dpi)
}

// strong is by how much the seal's channel stands out of the others in a pixel
// that is certainly the seal's. JPEG's noise stays below.
const strong = 40

func luminance(r, g, b byte) byte {
	return byte((77*uint32(r) + 150*uint32(g) + 29*uint32(b) + 128) >> 8)
}

// level0 is g with its bounds moved to the origin and its rows packed.
func level0(g *image.Gray) *image.Gray {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	out := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		copy(out.Pix[y*w:(y+1)*w], g.Pix[y*g.Stride:y*g.Stride+w])
	}
	return out
}

// rowReader gives a function that reads row y, counted from the top, as red,
// green and blue bytes. Transparent pixels show white paper.
func rowReader(img image.Image) func(y int, rgb []byte) {
	b := img.Bounds()
	over := func(v, a byte) byte { return byte(min(255, uint32(v)+255-uint32(a))) } // v is premultiplied
	switch m := img.(type) {
	case *image.RGBA:
		return func(y int, rgb []byte) {
			src := m.Pix[y*m.Stride:]
			for x := range b.Dx() {
				s := src[4*x : 4*x+4 : 4*x+4]
				if s[3] == 255 {
					rgb[3*x], rgb[3*x+1], rgb[3*x+2] = s[0], s[1], s[2]
				} else {
					rgb[3*x], rgb[3*x+1], rgb[3*x+2] = over(s[0], s[3]), over(s[1], s[3]), over(s[2], s[3])
				}
			}
		}
	case *image.NRGBA:
		blend := func(v, a byte) byte { return byte((uint32(v)*uint32(a) + 255*(255-uint32(a)) + 127) / 255) }
		return func(y int, rgb []byte) {
			src := m.Pix[y*m.Stride:]
			for x := range b.Dx() {
				s := src[4*x : 4*x+4 : 4*x+4]
				if s[3] == 255 {
					rgb[3*x], rgb[3*x+1], rgb[3*x+2] = s[0], s[1], s[2]
				} else {
					rgb[3*x], rgb[3*x+1], rgb[3*x+2] = blend(s[0], s[3]), blend(s[1], s[3]), blend(s[2], s[3])
				}
			}
		}
	case *image.YCbCr:
		return func(y int, rgb []byte) {
			for x := range b.Dx() {
				c, l := m.COffset(b.Min.X+x, b.Min.Y+y), m.YOffset(b.Min.X+x, b.Min.Y+y)
				rgb[3*x], rgb[3*x+1], rgb[3*x+2] = color.YCbCrToRGB(m.Y[l], m.Cb[c], m.Cr[c])
			}
		}
	case *image.Paletted:
		palette := make([][3]byte, max(256, len(m.Palette)))
		for i, c := range m.Palette {
			r, g, b, a := c.RGBA()
			palette[i] = [3]byte{over(byte(r>>8), byte(a>>8)), over(byte(g>>8), byte(a>>8)), over(byte(b>>8), byte(a>>8))}
		}
		return func(y int, rgb []byte) {
			src := m.Pix[y*m.Stride:]
			for x := range b.Dx() {
				p := palette[src[x]]
				rgb[3*x], rgb[3*x+1], rgb[3*x+2] = p[0], p[1], p[2]
			}
		}
	}
	return func(y int, rgb []byte) {
		for x := range b.Dx() {
			r, g, bl, a := img.At(b.Min.X+x, b.Min.Y+y).RGBA()
			rgb[3*x], rgb[3*x+1], rgb[3*x+2] = over(byte(r>>8), byte(a>>8)), over(byte(g>>8), byte(a>>8)), over(byte(bl>>8), byte(a>>8))
		}
	}
}

// findSeals finds seals among counted cells of the page: pieces of colour whose
// bounds overlap are one thing, and a thing is a seal when it is as large as one
// and about as wide as high.
func findSeals(counts []uint16, cw, ch, cell int, minimum, dpi float64) []image.Rectangle {
	mask := make([]uint8, len(counts))
	for i, n := range counts {
		if int(n)*8 >= cell*cell {
			mask[i] = 1
		}
	}
	mask = dilate(mask, cw, ch)
	var pieces []image.Rectangle
	for _, c := range components(mask, cw, ch) {
		pieces = append(pieces, c.bounds)
	}
	var seals []image.Rectangle
	page := image.Rect(0, 0, cw, ch)
	mm := dpi / 25.4 / float64(cell) // cells
	for _, p := range mergeOverlapping(pieces) {
		w, h := float64(p.Dx())/mm, float64(p.Dy())/mm
		long, short := max(w, h), min(w, h)
		aspect := 1.8
		if p.Inset(-int(5*mm)).Intersect(page) != p.Inset(-int(5*mm)) {
			aspect = 4 // across the edges of two sheets, or cut by the scanner
		}
		if long >= minimum && short >= minimum/2 && long <= 75 && long <= aspect*short {
			seals = append(seals, image.Rect(p.Min.X*cell, p.Min.Y*cell, p.Max.X*cell, p.Max.Y*cell))
		}
	}
	return seals
}

// dilate grows the mask by one cell each way.
func dilate(mask []uint8, w, h int) []uint8 {
	out := make([]uint8, len(mask))
	for y := range h {
		for x := range w {
			if mask[y*w+x] == 0 {
				continue
			}
			for dy := max(0, y-1); dy <= min(h-1, y+1); dy++ {
				for dx := max(0, x-1); dx <= min(w-1, x+1); dx++ {
					out[dy*w+dx] = 1
				}
			}
		}
	}
	return out
}

// mergeOverlapping unites rectangles until none overlap.
func mergeOverlapping(rects []image.Rectangle) []image.Rectangle {
	if len(rects) > 4000 {
		return nil // a photograph
	}
	for again := true; again; {
		again = false
		for i := 0; i < len(rects); i++ {
			for j := len(rects) - 1; j > i; j-- {
				if rects[i].Overlaps(rects[j]) {
					rects[i] = rects[i].Union(rects[j])
					rects = slices.Delete(rects, j, j+1)
					again = true
				}
			}
		}
	}
	return rects
}

// lift writes into gray, inside r, what the page would be without the seal. The
// seal's ink is transparent and takes nothing from its own channel that the
// paper does not, so that channel, stretched until the bare ink is as light as
// paper, shows the print beneath.
func lift(gray *image.Gray, read func(int, []byte), r image.Rectangle, channel int) {
	row := make([]byte, 3*gray.Rect.Dx())
	excess := func(x int) (own, over int) {
		p := row[3*x : 3*x+3]
		own = int(p[channel])
		return own, own - max(int(p[(channel+1)%3]), int(p[(channel+2)%3]))
	}
	var ink, paper [256]int
	for y := r.Min.Y; y < r.Max.Y; y++ {
		read(y, row)
		for x := r.Min.X; x < r.Max.X; x++ {
			own, over := excess(x)
			if over > strong {
				ink[own]++
			} else if over < 12 && own > 128 {
				paper[own]++
			}
		}
	}
	white, bare, dark := percentile(paper[:], 0.5), percentile(ink[:], 0.35), percentile(ink[:], 0.01)
	if white == 0 {
		white = 255
	}
	if bare == 0 || bare <= dark+20 {
		dark = 0
	}
	// The chroma of a JPEG is blurred, which lightens thin print under the seal:
	// where print is that light, it is brought down again.
	dark = min(dark, 110)
	if dark > bare*6/10 {
		dark = 0
	}
	for y := r.Min.Y; y < r.Max.Y; y++ {
		read(y, row)
		out := gray.Pix[y*gray.Stride : (y+1)*gray.Stride]
		for x := r.Min.X; x < r.Max.X; x++ {
			own, over := excess(x)
			if over <= 8 {
				continue
			}
			share := min(over-8, 24)
			lifted := min(white, max(0, own-dark/2)*white/max(1, bare-dark/2))
			out[x] = byte((int(out[x])*(24-share) + lifted*share) / 24)
		}
	}
}

// percentile is the value below which the share of all counted lies; 0 when
// nothing is counted.
func percentile(counts []int, share float64) int {
	total := 0
	for _, n := range counts {
		total += n
	}
	rest := int(float64(total) * share)
	for v, n := range counts {
		if n > 0 && rest < n {
			return v
		}
		rest -= n
	}
	return 0
}
