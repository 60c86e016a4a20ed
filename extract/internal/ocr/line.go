package ocr

import (
	"image"
	"slices"

	"heji/extract/internal/ocr/numeral"
	"heji/extract/internal/raster"
)

// piece is a line of print cut out of a crop, at the scan's resolution.
type piece struct {
	picture *image.Gray
	height  int // of the ink, in pixels
	dpi     float64
	line    int // of the crop, from the top
}

// pieces are the lines of print in a crop, top to bottom, of full contrast, and the
// parts of a line that stand far apart, left to right.
func pieces(c Crop) []piece {
	g := contrasted(c.gray())
	lines := raster.TextLines(g, c.DPI)
	if len(lines) == 0 { // ink too little or too faint to be called a line
		if r := darkest(g); !r.Empty() {
			lines = append(lines, r)
		}
	}
	lines = withoutDirt(g, lines, c.DPI)
	var found []piece
	for i, r := range lines {
		// The faint fringe of the print comes along, the next line's does not.
		air := max(2, r.Dy()/5)
		top, bottom := r.Min.Y-air, r.Max.Y+air
		if i > 0 {
			top = max(top, (lines[i-1].Max.Y+r.Min.Y)/2)
		}
		if i+1 < len(lines) {
			bottom = min(bottom, (r.Max.Y+lines[i+1].Min.Y)/2)
		}
		for _, part := range raster.Apart(g, r, c.DPI) {
			around := image.Rect(part.Min.X-air, top, part.Max.X+air, bottom).Intersect(g.Rect)
			if !around.Empty() {
				found = append(found, piece{g.SubImage(around).(*image.Gray), r.Dy(), c.DPI, i})
			}
		}
	}
	return found
}

// withoutDirt are the lines but for those beside lines of print that are lower than any
// character, unless one is as long as 一 and clear of the cell's edge: dirt on a ruling line.
func withoutDirt(g *image.Gray, lines []image.Rectangle, dpi float64) []image.Rectangle {
	edge := raster.Margin + int(0.8*dpi/25.4)
	height := 0
	for _, r := range lines {
		height = max(height, r.Dy())
	}
	return slices.DeleteFunc(lines, func(r image.Rectangle) bool {
		atEdge := r.Min.Y < edge || r.Max.Y > g.Rect.Max.Y-edge
		return r.Dy()*10 < height*4 && (atEdge || longestStroke(g, r)*10 < height*5)
	})
}

// longestStroke is the longest run of ink in a row of a line.
func longestStroke(g *image.Gray, r image.Rectangle) int {
	longest := 0
	for y := r.Min.Y; y < r.Max.Y; y++ {
		run := 0
		for x := r.Min.X; x < r.Max.X; x++ {
			if g.GrayAt(x, y).Y >= 170 {
				run = 0
				continue
			}
			run++
			longest = max(longest, run)
		}
	}
	return longest
}

// Figure reports whether a crop of one line is a number, by the shapes of its marks.
func Figure(c Crop) bool {
	found := pieces(c)
	if len(found) != 1 {
		return false
	}
	text, _ := numeral.Read(found[0].picture, numeral.Marks(found[0].picture))
	return isFigure(text)
}

// darkest is the box of what is darker than half in a picture.
func darkest(g *image.Gray) image.Rectangle {
	var box image.Rectangle
	for y := range g.Rect.Dy() {
		for x, v := range g.Pix[y*g.Stride : y*g.Stride+g.Rect.Dx()] {
			if v < 128 {
				box = box.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return box
}

// contrasted is the picture with its darkest ink black. Print that a scanner left
// gray would otherwise lose its thin strokes: 4 becomes 1.
func contrasted(g *image.Gray) *image.Gray {
	var counts [256]int
	for y := range g.Rect.Dy() {
		for _, v := range g.Pix[y*g.Stride : y*g.Stride+g.Rect.Dx()] {
			counts[v]++
		}
	}
	const few = 16 // pixels: less than a point has
	black, n := 0, 0
	for black < 150 && n < few {
		n += counts[black]
		black++
	}
	if black < 50 {
		return g
	}
	const white = 248
	var to [256]uint8
	for v := range to {
		to[v] = uint8(min(255, max(0, v-black)*255/(white-black)))
	}
	out := image.NewGray(image.Rect(0, 0, g.Rect.Dx(), g.Rect.Dy()))
	for y := range g.Rect.Dy() {
		for x, v := range g.Pix[y*g.Stride : y*g.Stride+g.Rect.Dx()] {
			out.Pix[y*out.Stride+x] = to[v]
		}
	}
	return out
}

// framed is the piece with so much white above and below it that its ink takes a
// given share of the height. Ink lower than print, such as a dash, is given the
// frame of print.
func (p piece) framed(fill float64) *image.Gray {
	ink := max(float64(p.height), p.dpi*0.08)
	h := int(ink/fill + 0.5)
	g := p.picture
	if cut := g.Rect.Dy() - h; cut > 0 { // no more air than asked for
		r := g.Rect
		r.Min.Y += cut / 2
		r.Max.Y -= cut - cut/2
		g = g.SubImage(r).(*image.Gray)
	}
	side := max(2, h/16) // wider, the white at the end of a line is read as a comma
	out := image.NewGray(image.Rect(0, 0, g.Rect.Dx()+2*side, h))
	for i := range out.Pix {
		out.Pix[i] = 255
	}
	top := (h - g.Rect.Dy()) / 2
	for y := range g.Rect.Dy() {
		src := g.Pix[g.PixOffset(g.Rect.Min.X, g.Rect.Min.Y+y):]
		copy(out.Pix[(y+top)*out.Stride+side:], src[:g.Rect.Dx()])
	}
	return out
}
