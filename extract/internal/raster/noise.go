package raster

import (
	"image"
	"math"
	"slices"
)

// How far a pixel must stand out of all of its neighbours to be a speck and no
// print, in gray levels.
const lone = 60

// unspeck takes lone black pixels off the paper and lone white ones out of the
// print, in place, as bad sensors and bad lines leave them. No print is a single
// pixel, but a dotted line may be of them: a pixel with others before and after it in
// a row stays.
//
// It reports whether there were so many that others are in pairs and threes.
func unspeck(g *image.Gray, dpi float64) (noisy bool) {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	near := pixels(1.2, dpi)
	all := lonePixels(g, true)
	lonely := make(map[image.Point]bool, len(all))
	for _, p := range all {
		lonely[p] = true
	}
	squareCentimetres := float64(w*h) / (dpi * dpi / 6.4516)
	dots := func(p image.Point) bool { return inRow(lonely, p, near) }
	if float64(len(all)) > dense*squareCentimetres {
		dots = longRows(all, w, h, pixels(6, dpi))
	}
	specks := slices.DeleteFunc(all, dots)
	for _, p := range specks {
		g.Pix[p.Y*g.Stride+p.X] = middle(g, p)
	}
	// White ones are filled only where there must be some: a lone white pixel may be
	// the inside of a small character.
	if float64(len(specks)) < squareCentimetres {
		return false
	}
	for _, p := range lonePixels(g, false) {
		g.Pix[p.Y*g.Stride+p.X] = middle(g, p)
	}
	return true
}

// lonePixels are the pixels that are darker, or else lighter, than all around them.
func lonePixels(g *image.Gray, dark bool) []image.Point {
	w, h, s := g.Rect.Dx(), g.Rect.Dy(), g.Stride
	var found []image.Point
	for y := 1; y < h-1; y++ {
		row := g.Pix[y*s : y*s+w]
		for x := 1; x < w-1; x++ {
			if dark {
				if t := int(row[x]) + lone; t > 255 || int(row[x-1]) < t || int(row[x+1]) < t {
					continue
				}
			} else if t := int(row[x]) - lone; t < 0 || int(row[x-1]) > t || int(row[x+1]) > t {
				continue
			}
			up, low := g.Pix[(y-1)*s+x-1:][:3], g.Pix[(y+1)*s+x-1:][:3]
			darkest, lightest := min(up[0], up[1], up[2], low[0], low[1], low[2]), max(up[0], up[1], up[2], low[0], low[1], low[2])
			if dark && int(darkest) >= int(row[x])+lone || !dark && int(lightest) <= int(row[x])-lone {
				found = append(found, image.Pt(x, y))
			}
		}
	}
	return found
}

// dense is how many lone pixels there are on a square centimetre where they are everywhere:
// chance puts each between two others then.
const dense = 20

// longRows tells the lone pixels that stand in one row, or column, with at least five others
// within reach: the dots of a line, among dense dirt.
func longRows(all []image.Point, w, h, reach int) func(image.Point) bool {
	const least = 6
	lonely := make([]bool, w*h)
	for _, p := range all {
		lonely[p.Y*w+p.X] = true
	}
	return func(p image.Point) bool {
		across, down := 0, 0
		for x := max(0, p.X-reach); x <= min(w-1, p.X+reach); x++ {
			if lonely[p.Y*w+x] {
				across++
			}
		}
		for y := max(0, p.Y-reach); y <= min(h-1, p.Y+reach); y++ {
			if lonely[y*w+p.X] {
				down++
			}
		}
		return across >= least || down >= least
	}
}

// inRow reports whether lone pixels follow within near on opposite sides of p.
func inRow(lonely map[image.Point]bool, p image.Point, near int) bool {
	found := func(dx, dy int) bool {
		for d := 2; d <= near; d++ {
			for off := -1; off <= 1; off++ {
				if lonely[image.Pt(p.X+d*dx+off*dy, p.Y+d*dy+off*dx)] {
					return true
				}
			}
		}
		return false
	}
	return found(1, 0) && found(-1, 0) || found(0, 1) && found(0, -1)
}

// middle is the mean of the four pixels beside p.
func middle(g *image.Gray, p image.Point) uint8 {
	i := p.Y*g.Stride + p.X
	return uint8((int(g.Pix[i-1]) + int(g.Pix[i+1]) + int(g.Pix[i-g.Stride]) + int(g.Pix[i+g.Stride])) / 4)
}

// mendTears closes the rows, and columns, of a black and white page that were lost
// on the line, in place: a stretch of paper one pixel wide that cuts through several
// strokes. Between the strokes of one character there is such paper too, but not
// further than the character.
func mendTears(g *image.Gray, dpi float64) {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	ink := inkOf(g, 128)
	long := pixels(6, dpi)
	tears(ink, w, h, long, func(x, y int) { g.Pix[y*g.Stride+x] = 0 })
	tears(transpose(ink, w, h), h, w, long, func(y, x int) { g.Pix[y*g.Stride+x] = 0 })
}

// tears calls mend for the paper of each torn row that lies between ink.
func tears(ink []uint8, w, h, long int, mend func(x, y int)) {
	const least = 4 // strokes' pixels cut
	for y := 1; y < h-1; y++ {
		up, row, low := ink[(y-1)*w:y*w], ink[y*w:(y+1)*w], ink[(y+1)*w:(y+2)*w]
		for x := 0; x < w; {
			if row[x] != 0 {
				x++
				continue
			}
			from, above, below, both := x, 0, 0, 0
			for ; x < w && row[x] == 0; x++ {
				above += int(up[x])
				below += int(low[x])
				both += int(up[x] & low[x])
			}
			if x-from < long || both < least || both*10 < 6*max(above, below) {
				continue
			}
			for i := from; i < x; i++ {
				if up[i]&low[i] != 0 {
					mend(i, y)
				}
			}
		}
	}
}

// How a stripe is told from a ruling line.
const (
	stripeBands = 16  // parts of the page that are looked at by themselves
	stripeLevel = 10  // gray levels by which paper is darker or lighter there
	stripeShare = 0.9 // of the parts that show it
	stripeWidth = 0.7 // millimetres at most
	ruledLevel  = 50  // gray levels by which a ruling line is darker than the stripe alone
	opaque      = 90  // paper as dark as this shows no print any more
)

// unstripe takes out, in place, the lines that dust on the scanner's glass or a worn
// drum draw from one edge of the page to the other. Ruling lines end at the margin:
// a page that has none there is left as it is. Print under a stripe is lightened
// as its paper is; where a stripe hides it, the pixels beside decide. It returns where they
// were, as pixels of the picture.
func unstripe(g *image.Gray, dpi float64) (stripes []image.Rectangle) {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	for _, s := range unstripeDown(g.Pix, w, h, g.Stride, dpi) {
		stripes = append(stripes, image.Rect(s[0], 0, s[1], h))
	}
	turned := transposeGray(g.Pix, w, h, g.Stride)
	if across := unstripeDown(turned, h, w, h, dpi); across != nil {
		for _, s := range across {
			stripes = append(stripes, image.Rect(0, s[0], w, s[1]))
		}
		back := transposeGray(turned, h, w, h)
		for y := range h {
			copy(g.Pix[y*g.Stride:y*g.Stride+w], back[y*w:(y+1)*w])
		}
	}
	return stripes
}

// unstripeDown takes out stripes that run down, and says from which column to which they did.
func unstripeDown(pix []uint8, w, h, stride int, dpi float64) (found [][2]int) {
	if w < 64 || h < 64 {
		return nil
	}
	level := make([][]uint8, stripeBands) // of the paper, by band and column
	for b := range level {
		level[b] = paperLevels(pix, w, stride, b*h/stripeBands, (b+1)*h/stripeBands)
	}
	edge := max(2, h/60)
	margins := [2][]uint8{paperLevels(pix, w, stride, 0, edge), paperLevels(pix, w, stride, h-edge, h)}
	reach := pixels(stripeWidth, dpi) + 2
	striped := make([]bool, w)
	for x := range w {
		n := 0
		for _, l := range level {
			if stands(l, x, reach) {
				n++
			}
		}
		striped[x] = float64(n) >= stripeShare*stripeBands && stands(margins[0], x, reach) && stands(margins[1], x, reach)
	}
	widest := pixels(stripeWidth, dpi)
	for x := 0; x < w; x++ {
		from := x
		for x < w && striped[x] {
			x++
		}
		if x == from || x-from > widest || from == 0 || x == w {
			continue
		}
		found = append(found, [2]int{from, x})
		// The stripe's own fringe belongs to it.
		for y := range h {
			b := min(y*stripeBands/h, stripeBands-1)
			row := pix[y*stride : y*stride+w]
			left, right := row[max(from-2, 0)], row[min(x+1, w-1)]
			for i := max(from-1, 0); i <= min(x, w-1); i++ {
				if int(level[b][i])+ruledLevel < int(min(margins[0][i], margins[1][i])) {
					continue // a ruling line under the stripe
				}
				row[i] = cleared(row[i], level[b][i], around(level[b], i, reach), left, right)
			}
		}
	}
	return found
}

// cleared is a pixel as it would be without the stripe over it, from how light paper
// is there and beside the stripe, and from the pixels to the left and right of it.
func cleared(v, under, beside, left, right uint8) uint8 {
	switch {
	case under >= beside:
		return v // light stripes harm nothing
	case under < opaque:
		return max(left, right)
	}
	return uint8(min(int(v)*int(beside)/int(max(under, 1)), 255))
}

// paperLevels is how light the paper is in each column between two rows: what three
// in ten of its pixels are lighter than.
func paperLevels(pix []uint8, w, stride, y0, y1 int) []uint8 {
	const step = 8 // gray levels that are counted as one
	counts := make([][256 / step]uint16, w)
	sums := make([][256 / step]uint32, w)
	for y := y0; y < y1; y++ {
		for x, v := range pix[y*stride : y*stride+w] {
			counts[x][v/step]++
			sums[x][v/step] += uint32(v)
		}
	}
	out := make([]uint8, w)
	for x := range out {
		left := (y1 - y0) * 3 / 10
		for v := 256/step - 1; v >= 0; v-- {
			n := int(counts[x][v])
			if n > 0 && left < n {
				out[x] = uint8(sums[x][v] / uint32(n))
				break
			}
			left -= n
		}
	}
	return out
}

// stands reports whether column x is darker or lighter than those around it.
func stands(level []uint8, x, reach int) bool {
	return math.Abs(float64(level[x])-float64(around(level, x, reach))) >= stripeLevel
}

// around is how light paper is to both sides of x, at reach.
func around(level []uint8, x, reach int) uint8 {
	a, b := level[max(x-reach, 0)], level[min(x+reach, len(level)-1)]
	return uint8((int(a) + int(b)) / 2)
}

func transposeGray(pix []uint8, w, h, stride int) []uint8 {
	if stride == w {
		return transpose(pix[:w*h], w, h)
	}
	packed := make([]uint8, 0, w*h)
	for y := range h {
		packed = append(packed, pix[y*stride:y*stride+w]...)
	}
	return transpose(packed, w, h)
}
