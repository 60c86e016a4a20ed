package raster

import (
	"image"
	"math"
	"slices"

	"heji/layout"
)

// Margin is the white border of a crop, in pixels; Tesseract misreads print that
// touches the picture's edge.
const Margin = 10

// inkLevel is the brightness below which a pixel of a cleaned page is certainly
// ink, on paper of 255. Faint print is lighter than half.
const inkLevel = 170

// Crop is the inside of a cell with a white margin around it. box is in points of
// the page that g shows. What remains of the cell's borders is erased: dirt that
// clings to the edge of the crop and reaches no further in than a line is thick.
// Print that crosses the edge stays. A box that holds no pixel gives a crop of
// margins alone.
func Crop(g *image.Gray, box layout.Box, dpi float64) *image.Gray {
	r := inPixels(box, dpi).Intersect(g.Rect)
	w, h := r.Dx(), r.Dy()
	out := image.NewGray(image.Rect(0, 0, w+2*Margin, h+2*Margin))
	for i := range out.Pix {
		out.Pix[i] = 255
	}
	for y := range h {
		src := g.Pix[g.PixOffset(r.Min.X, r.Min.Y+y):]
		copy(out.Pix[(Margin+y)*out.Stride+Margin:], src[:w])
	}
	eraseBorders(out, dpi)
	return out
}

// inPixels are the whole pixels of a box in points.
func inPixels(box layout.Box, dpi float64) image.Rectangle {
	s := dpi / 72
	return image.Rect(int(math.Ceil(box.X0*s)), int(math.Ceil(box.Y0*s)), int(box.X1*s), int(box.Y1*s))
}

// eraseBorders erases components at the edge of a crop that are remains of a
// line: within a line's thickness of the edge, all of them.
func eraseBorders(g *image.Gray, dpi float64) {
	const faint = 225 // a line's fringe goes with it
	w, h := g.Rect.Dx(), g.Rect.Dy()
	inside := g.Rect.Inset(Margin)
	depth := pixels(1.0, dpi)
	found, runs := labelled(inkOf(g, faint), w, h)
	drop := make([]bool, len(found))
	for i, c := range found {
		b := c.bounds
		left, top := b.Min.X-inside.Min.X, b.Min.Y-inside.Min.Y
		right, bottom := inside.Max.X-b.Max.X, inside.Max.Y-b.Max.Y
		const touch = 2
		thinAcross := b.Dy() <= depth && (top <= touch || bottom <= touch)
		thinDown := b.Dx() <= depth && (left <= touch || right <= touch)
		// A corner: both ways, along the edges.
		drop[i] = thinAcross || thinDown
	}
	dropLonely(found, drop, dpi)
	for _, r := range runs {
		if drop[r.label] {
			row := g.Pix[r.y*g.Stride:]
			for x := r.x0; x < r.x1; x++ {
				row[x] = 255
			}
		}
	}
}

// dropLonely marks those specks as dirt that stand further from any print than the points
// and commas of print do. A crop without print keeps them: they may be all of it.
func dropLonely(found []component, drop []bool, dpi float64) {
	const away = 0.9 // of a line's height
	print, speck := pixels(1.5, dpi), pixels(0.7, dpi)
	var kept []image.Rectangle // print, and what is near it, in turn
	var heights, specks []int
	for i, c := range found {
		switch b := c.bounds; {
		case drop[i]:
		case b.Dx() <= speck && b.Dy() <= speck:
			specks = append(specks, i)
		default:
			kept = append(kept, b)
			if b.Dy() >= print {
				heights = append(heights, b.Dy())
			}
		}
	}
	if len(heights) == 0 || len(specks) > 200 {
		return
	}
	slices.Sort(heights)
	reach := int(away * float64(heights[len(heights)/2]))
	for i := 0; i < len(kept); i++ {
		near := kept[i].Inset(-reach)
		specks = slices.DeleteFunc(specks, func(s int) bool {
			if !found[s].bounds.Overlaps(near) {
				return false
			}
			kept = append(kept, found[s].bounds)
			return true
		})
	}
	for _, s := range specks {
		drop[s] = true
	}
}

// Ink reports whether anything is printed in a crop. Specks are not; a lone point
// or a dash is. In doubt it is ink: a mark taken for nothing would be a figure
// taken for a blank.
func Ink(crop *image.Gray, dpi float64) bool {
	const faint = 200
	w, h := crop.Rect.Dx(), crop.Rect.Dy()
	found, runs := labelled(inkOf(crop, faint), w, h)
	// Turning the page spreads a speck over several gray pixels, but adds no ink.
	weight := make([]float64, len(found))
	total := 0.0
	for _, r := range runs {
		for _, v := range crop.Pix[r.y*crop.Stride+r.x0 : r.y*crop.Stride+r.x1] {
			weight[r.label] += float64(255-v) / 255
		}
	}
	least := max(2.5, dpi*dpi/25.4/25.4*0.05) // pixels of 0.05 mm²: a small point
	for _, m := range weight {
		if m >= least {
			return true
		}
		if m >= 1 {
			total += m
		}
	}
	return total >= 12*least // much dirt may be faint print
}

// TextLines is the lines of print in a crop, top to bottom: the box of the ink of
// each. Lines are told apart by rows of paper between them; a mark much lower than
// a line, such as the dot of a broken character, belongs to the nearest.
func TextLines(crop *image.Gray, dpi float64) []image.Rectangle {
	w, h := crop.Rect.Dx(), crop.Rect.Dy()
	ink := inkOf(crop, inkLevel)
	inked := make([]bool, h)
	for y := range h {
		inked[y] = slices.Contains(ink[y*w:(y+1)*w], 1)
	}
	bands := mergeThin(bandsOf(inked), dpi)
	var lines []image.Rectangle
	for _, b := range bands {
		x0, x1 := w, 0
		for y := b[0]; y < b[1]; y++ {
			for x, v := range ink[y*w : (y+1)*w] {
				if v != 0 {
					x0, x1 = min(x0, x), max(x1, x+1)
				}
			}
		}
		if x1 > x0 {
			lines = append(lines, image.Rect(x0, b[0], x1, b[1]))
		}
	}
	return lines
}

// Apart is the parts of a line of print, left to right, where it has gaps as wide as
// three of its characters: texts of their own, of which only the gap makes one line. To
// a reader of lines such a gap is full of marks.
func Apart(crop *image.Gray, line image.Rectangle, dpi float64) []image.Rectangle {
	inked := make([]bool, line.Dx())
	for y := line.Min.Y; y < line.Max.Y; y++ {
		for i, v := range crop.Pix[y*crop.Stride+line.Min.X : y*crop.Stride+line.Max.X] {
			inked[i] = inked[i] || v < inkLevel
		}
	}
	gap := 3 * max(line.Dy(), pixels(3, dpi))
	speck := pixels(0.6, dpi) // no text is so narrow, though its last mark may be
	var parts []image.Rectangle
	for _, b := range bandsOf(inked) {
		r := image.Rect(line.Min.X+b[0], line.Min.Y, line.Min.X+b[1], line.Max.Y)
		n := len(parts) - 1
		if n < 0 || r.Min.X-parts[n].Max.X >= gap && r.Dx() > speck && parts[n].Dx() > speck {
			parts = append(parts, r)
			continue
		}
		parts[n].Max.X = r.Max.X
	}
	return parts
}

// Spread says where in a crop there is print: the runs of columns and of rows that
// hold ink, in pixels from where the margin ends, and how high a line of print is.
// Specks are left out.
func Spread(crop *image.Gray, dpi float64) (across, down [][2]int, height int) {
	w, h := crop.Rect.Dx(), crop.Rect.Dy()
	columns, rows := make([]bool, w), make([]bool, h)
	least := pixels(0.45, dpi)
	for _, c := range components(inkOf(crop, inkLevel), w, h) {
		if c.bounds.Dx() < least && c.bounds.Dy() < least {
			continue
		}
		for x := c.bounds.Min.X; x < c.bounds.Max.X; x++ {
			columns[x] = true
		}
		for y := c.bounds.Min.Y; y < c.bounds.Max.Y; y++ {
			rows[y] = true
		}
	}
	bands := bandsOf(rows)
	for _, b := range mergeThin(slices.Clone(bands), dpi) {
		height = max(height, b[1]-b[0])
	}
	across, down = bandsOf(columns), bands
	for _, runs := range [][][2]int{across, down} {
		for i := range runs {
			runs[i][0] -= Margin
			runs[i][1] -= Margin
		}
	}
	return across, down, height
}

// bandsOf is the runs that are set.
func bandsOf(set []bool) [][2]int {
	var bands [][2]int
	for i := 0; i < len(set); i++ {
		if !set[i] {
			continue
		}
		start := i
		for i < len(set) && set[i] {
			i++
		}
		bands = append(bands, [2]int{start, i})
	}
	return bands
}

// mergeThin joins bands of rows that are parts of one line of characters: 二 and
// 三 have paper between their strokes. A band lower than 60 % of the highest, and
// nearer to a neighbour than two thirds of that height, is such a part.
func mergeThin(bands [][2]int, dpi float64) [][2]int {
	height := 0
	for _, b := range bands {
		height = max(height, b[1]-b[0])
	}
	// Where the cell holds nothing but 一 or 二, no band has a character's height.
	height = max(height, pixels(3, dpi))
	for i := 0; i+1 < len(bands); {
		a, b := bands[i], bands[i+1]
		gap := b[0] - a[1]
		low := min(a[1]-a[0], b[1]-b[0])*10 < height*6
		if low && gap*3 <= height*2 && (b[1]-a[0])*10 <= height*13 {
			bands[i] = [2]int{a[0], b[1]}
			bands = append(bands[:i+1], bands[i+2:]...)
			continue
		}
		i++
	}
	return bands
}

// Quarter tells how the print on a page runs: 0 where lines of text lie across
// it, 90 where they run up or down, so that the page must be turned by a quarter.
// Which of the two quarters, or 180 for 0, only reading can tell. g must be
// without its ruling lines, as Page.Text is.
func Quarter(g *image.Gray, dpi float64) int {
	const (
		leastLine = 5.0  // points: the height of print; thinner are strokes and what is left of ruling lines
		mostLine  = 30.0 // points: thicker are paragraphs, which grew together
		mostGrown = 4    // pixels
		enough    = 4    // of print one part in so many must be lines
	)
	f := max(1, int(dpi/75))
	small := shrink(g, f, boxMean)
	w, h := small.Rect.Dx(), small.Rect.Dy()
	point := dpi / float64(f) / 72
	ink := inkOf(small, uint8(min(215, int(Otsu(small))+30)))
	// Characters stand closer to their neighbours in the line than lines to each
	// other: grown a little, they join into bars that lie as the lines do. Of a copy
	// that lost its thin strokes they are pieces, which must be grown more.
	across, down := 0, 0
	for grown := 1; grown <= mostGrown; grown++ {
		ink = dilate(ink, w, h)
		across, down = 0, 0
		all := 0
		for _, c := range components(ink, w, h) {
			cw, ch := c.bounds.Dx(), c.bounds.Dy()
			all += c.area
			if thick := float64(min(cw, ch) - 2*grown); thick < leastLine*point || thick > mostLine*point {
				continue
			}
			switch {
			case cw >= 2*ch:
				across += c.area
			case ch >= 2*cw:
				down += c.area
			}
		}
		if enough*(across+down) >= all {
			break
		}
	}
	if 2*down > 3*across {
		return 90
	}
	return 0
}
