package ocr

import (
	"image"

	"heji/extract/internal/raster"
)

const (
	border    = 12  // pixels of white around print handed to Tesseract
	rawBorder = 3   // and where all that is handed over is taken for the line
	usual     = 300 // dpi at which Tesseract reads best
	maxSide   = 6000
)

// piece is a line of print cut out of a crop, at the scan's resolution.
type piece struct {
	picture *image.Gray
	height  int // of the ink, in pixels
	dpi     float64
}

// pieces are the lines of print in a crop, top to bottom, of full contrast.
func pieces(c Crop) []piece {
	g := contrasted(c.gray())
	lines := raster.TextLines(g, c.DPI)
	if len(lines) == 0 { // ink too little or too faint to be called a line
		if r := darkest(g); !r.Empty() {
			lines = append(lines, r)
		}
	}
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
		around := image.Rect(r.Min.X-air, top, r.Max.X+air, bottom).Intersect(g.Rect)
		if !around.Empty() {
			found = append(found, piece{g.SubImage(around).(*image.Gray), r.Dy(), c.DPI})
		}
	}
	return found
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

// sized is the piece at the size that Tesseract reads best, times factor, with
// a margin of white around it. Print of a common size comes to what it measures at 300 dpi;
// tiny and huge print is brought nearer to that.
func (p piece) sized(factor float64, margin int) *image.Gray {
	f := usual / p.dpi
	switch h := float64(p.height) * f; {
	case h < 24 && h > 6: // lower than a line's dash is not print
		f *= 24 / h
	case h > 72:
		f *= max(72/h, 0.4)
	}
	f *= factor
	f = min(f, maxSide/float64(max(p.picture.Rect.Dx(), p.picture.Rect.Dy(), 1)))
	g := p.picture
	if f < 0.97 || f > 1.03 {
		g = raster.Scale(g, f)
	}
	return padded(g, margin)
}

// padded is the picture with white around it.
func padded(g *image.Gray, margin int) *image.Gray {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	out := image.NewGray(image.Rect(0, 0, w+2*margin, h+2*margin))
	for i := range out.Pix {
		out.Pix[i] = 255
	}
	for y := range h {
		src := g.Pix[g.PixOffset(g.Rect.Min.X, g.Rect.Min.Y+y):]
		copy(out.Pix[(y+margin)*out.Stride+margin:], src[:w])
	}
	return out
}
