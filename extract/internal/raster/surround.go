package raster

import (
	"bytes"
	"image"
)

const (
	surroundCell  = 0.5 // millimetres; what is thinner than three is no table top
	surroundLevel = 35  // gray levels by which they are darker than paper
	surroundMost  = 0.6 // share of the picture that they may take
	surroundFar   = 3   // cells beyond which the shadow of the paper's edge does not reach
	surroundNear  = 12  // millimetres from a picture's edge within which a bar along it lies
	surroundLong  = 0.5 // share of the edge that it is long
)

// clearSurround makes white, in place, what lies around the paper: the table top that a
// photograph shows, the black that a copier leaves where its lid was open. It is dark,
// wider than any line, and goes on to the picture's edge, or is a bar along it with a sliver of
// something light between, as of a picture that was turned a little; or it is a punched hole. Left
// in, it joins all lines of print beside it to one.
func clearSurround(g *image.Gray, dpi float64) {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	side := pixels(surroundCell, dpi)
	cw, ch := (w+side-1)/side, (h+side-1)/side
	mean := make([]uint8, cw*ch)
	var counts [256]int
	for cy := range ch {
		for cx := range cw {
			sum, n := 0, 0
			for y := cy * side; y < min(h, (cy+1)*side); y += 2 {
				row := g.Pix[y*g.Stride+cx*side : y*g.Stride+min(w, (cx+1)*side)]
				for _, v := range row {
					sum += int(v)
				}
				n += len(row)
			}
			mean[cy*cw+cx] = uint8(sum / n)
			counts[sum/n]++
		}
	}
	dark := make([]uint8, cw*ch)
	level := percentile(counts[:], 0.5) - surroundLevel
	for i, v := range mean {
		if int(v) < level {
			dark[i] = 1
		}
	}
	found := reached(cores(dark, cw, ch), cw, ch, func(cells image.Rectangle) bool { return isDisc(g, cells, side) })
	if found == nil || bytes.Count(found, []byte{1}) > int(surroundMost*float64(len(found))) {
		return
	}
	for range surroundFar {
		grown := dilate(found, cw, ch)
		for i, d := range dark {
			grown[i] &= d | found[i]
		}
		found = grown
	}
	for i, f := range dilate(found, cw, ch) {
		if f == 0 {
			continue
		}
		x0, y0 := i%cw*side, i/cw*side
		for y := y0; y < min(h, y0+side); y++ {
			row := g.Pix[y*g.Stride+x0 : y*g.Stride+min(w, x0+side)]
			for x := range row {
				row[x] = 255
			}
		}
	}
}

// cores are the cells that are dark with all around them, as far as those are on the
// picture.
func cores(dark []uint8, w, h int) []uint8 {
	out := make([]uint8, len(dark))
	for y := range h {
		for x := range w {
			core := uint8(1)
			for yy := max(0, y-1); yy <= min(h-1, y+1); yy++ {
				for xx := max(0, x-1); xx <= min(w-1, x+1); xx++ {
					core &= dark[yy*w+xx]
				}
			}
			out[y*w+x] = core
		}
	}
	return out
}

// reached are the cells of a mask that hang together with its edges, or lie along one near it; nil
// where there are none. The shadow of a fold, which runs from one edge to the other and lies on print, is not
// among them.
func reached(mask []uint8, w, h int, disc func(image.Rectangle) bool) []uint8 {
	out := make([]uint8, len(mask))
	seen := make([]uint8, len(mask))
	found := false
	around := func(x, y int) {
		if mask[y*w+x] == 0 || seen[y*w+x] != 0 {
			return
		}
		part := connected(mask, seen, x, y, w, h)
		if edge := x == 0 || y == 0 || x == w-1 || y == h-1; edge && isFold(part, w, h) || !edge && !isBar(part, w, h) && !isHole(part, w, h, disc) {
			return
		}
		for _, i := range part {
			out[i] = 1
		}
		found = true
	}
	for x := range w {
		around(x, 0)
		around(x, h-1)
	}
	for y := range h {
		around(0, y)
		around(w-1, y)
	}
	for y := range h {
		for x := range w {
			around(x, y)
		}
	}
	if !found {
		return nil
	}
	return out
}

// connected is the cells of a mask that hang together with one, which it marks as seen.
func connected(mask, seen []uint8, x, y, w, h int) []int {
	var part []int
	visit := func(x, y int) {
		if i := y*w + x; x >= 0 && y >= 0 && x < w && y < h && mask[i] != 0 && seen[i] == 0 {
			seen[i] = 1
			part = append(part, i)
		}
	}
	visit(x, y)
	for k := 0; k < len(part); k++ {
		x, y := part[k]%w, part[k]/w
		visit(x-1, y)
		visit(x+1, y)
		visit(x, y-1)
		visit(x, y+1)
	}
	return part
}

// isBar reports whether cells lie all near one edge, along much of it.
func isBar(part []int, w, h int) bool {
	const near = int(surroundNear / surroundCell)
	left, right, top, bottom := extentOf(part, w, h)
	wide, high := float64(right-left+1) >= surroundLong*float64(w), float64(bottom-top+1) >= surroundLong*float64(h)
	return wide && (bottom < near || top >= h-near) || high && (right < near || left >= w-near)
}

// isHole reports whether cells are a punched hole: a disc in the margin.
func isHole(part []int, w, h int, disc func(image.Rectangle) bool) bool {
	const least, most, margin = int(2.5 / surroundCell), int(8 / surroundCell), int(25 / surroundCell)
	left, right, top, bottom := extentOf(part, w, h)
	wide, high := right-left+1, bottom-top+1
	return min(wide, high) >= least && max(wide, high) <= most && max(wide, high)*4 <= min(wide, high)*5 && len(part)*10 >= wide*high*6 &&
		(right < margin || left >= w-margin || bottom < margin || top >= h-margin) && disc(image.Rect(left, top, right+1, bottom+1))
}

// isDisc reports whether the black of some cells fills a circle, as no character does, and nothing
// beside it.
func isDisc(g *image.Gray, cells image.Rectangle, side int) bool {
	const black = 110
	within := image.Rect(cells.Min.X*side, cells.Min.Y*side, cells.Max.X*side, cells.Max.Y*side).Inset(-side).Intersect(g.Rect)
	dark := func(x, y int) bool { return g.Pix[y*g.Stride+x] <= black }
	var r image.Rectangle
	for y := within.Min.Y; y < within.Max.Y; y++ {
		for x := within.Min.X; x < within.Max.X; x++ {
			if dark(x, y) {
				r = r.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	if r.Empty() {
		return false
	}
	inside, filled, outside, stray := 0, 0, 1, 0
	rx, ry := float64(r.Dx())/2, float64(r.Dy())/2
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			dx, dy := (float64(x-r.Min.X)+0.5)/rx-1, (float64(y-r.Min.Y)+0.5)/ry-1
			switch off := dx*dx + dy*dy; {
			case off < 0.81:
				inside++
				filled += btoi(dark(x, y))
			case off > 1.21:
				outside++
				stray += btoi(dark(x, y))
			}
		}
	}
	return filled*100 >= inside*97 && stray*10 <= outside
}

// extentOf is the first and last column and row of cells.
func extentOf(part []int, w, h int) (left, right, top, bottom int) {
	left, top = w, h
	for _, i := range part {
		left, right, top, bottom = min(left, i%w), max(right, i%w), min(top, i/w), max(bottom, i/w)
	}
	return left, right, top, bottom
}

// isFold reports whether cells that reach from one edge to the opposite one are narrow at every
// edge: a table top, or the black around a copy, lies along one.
func isFold(part []int, w, h int) bool {
	const widest = int(12 / surroundCell) // cells
	var left, right, top, bottom int
	for _, i := range part {
		left += btoi(i%w == 0)
		right += btoi(i%w == w-1)
		top += btoi(i/w == 0)
		bottom += btoi(i/w == h-1)
	}
	across := left > 0 && right > 0 || top > 0 && bottom > 0
	return across && max(left, right, top, bottom) <= widest
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
