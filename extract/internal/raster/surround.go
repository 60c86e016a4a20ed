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
)

// clearSurround makes white, in place, what lies around the paper: the table top that a
// photograph shows, the black that a copier leaves where its lid was open. It is dark,
// wider than any line, and goes on to the picture's edge. Left in, it joins all lines of
// print beside it to one.
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
	found := reached(cores(dark, cw, ch), cw, ch)
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

// reached are the cells of a mask that hang together with its edges; nil where there are
// none.
func reached(mask []uint8, w, h int) []uint8 {
	out := make([]uint8, len(mask))
	var next []int
	visit := func(x, y int) {
		if i := y*w + x; x >= 0 && y >= 0 && x < w && y < h && mask[i] != 0 && out[i] == 0 {
			out[i] = 1
			next = append(next, i)
		}
	}
	for x := range w {
		visit(x, 0)
		visit(x, h-1)
	}
	for y := range h {
		visit(0, y)
		visit(w-1, y)
	}
	if next == nil {
		return nil
	}
	for len(next) > 0 {
		i := next[len(next)-1]
		next = next[:len(next)-1]
		x, y := i%w, i/w
		visit(x-1, y)
		visit(x+1, y)
		visit(x, y-1)
		visit(x, y+1)
	}
	return out
}
