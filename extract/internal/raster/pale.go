package raster

import (
	"image"
	"slices"
)

// How a line that is lighter than print is told from paper, in millimetres and gray
// levels.
const (
	paleAlong = 0.8 // half the stretch along a line over which its gray is averaged
	paleAside = 1.0 // where the paper to both sides is looked at
	paleLevel = 9   // gray levels by which a line is darker than that paper, at least
	paleNoise = 1.6 // the same, in mean differences between neighbouring pixels of paper
	paleRun   = 6   // a stretch this long is no accident
	paleTotal = 60  // so much of such stretches is worth a second look for lines
)

// pale is what stands out of the paper beside it and is lighter than ink: lines printed
// in gray or in colour, copied too light, or smeared. It is given for lines across the
// page and, on the transposed page, for lines down it; worth reports whether there is
// enough of either to be lines.
func pale(g *image.Gray, ink []uint8, dpi float64) (across, down []uint8, worth bool) {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	level := max(paleLevel, int(paleNoise*roughness(g)))
	bare := withoutInk(g, ink)
	across, a := paleAcross(bare, w, h, level, dpi)
	down, d := paleAcross(transpose(bare, w, h), h, w, level, dpi)
	return across, down, a+d >= pixels(paleTotal, dpi)
}

// withoutInk is the page's pixels with paper in place of ink and its fringe, so that
// print does not smear into the gray around it.
func withoutInk(g *image.Gray, ink []uint8) []uint8 {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	var counts [256]int
	out := make([]uint8, 0, w*h)
	for y := range h {
		out = append(out, g.Pix[y*g.Stride:y*g.Stride+w]...)
	}
	for i := 0; i < len(out); i += 7 {
		counts[out[i]]++
	}
	paper := uint8(percentile(counts[:], 0.5))
	const fringe = 2
	for y := range h {
		for x, v := range ink[y*w : (y+1)*w] {
			if v == 0 {
				continue
			}
			for yy := max(0, y-fringe); yy <= min(h-1, y+fringe); yy++ {
				row := out[yy*w:]
				for xx := max(0, x-fringe); xx <= min(w-1, x+fringe); xx++ {
					row[xx] = paper
				}
			}
		}
	}
	return out
}

// roughness is by how many gray levels the paper of a page differs from pixel to pixel.
func roughness(g *image.Gray) float64 {
	const paper = 200
	sum, n := 0, 1
	for y := 0; y < g.Rect.Dy(); y += 4 {
		row := g.Pix[y*g.Stride : y*g.Stride+g.Rect.Dx()]
		for x := 1; x < len(row); x++ {
			if a, b := row[x-1], row[x]; a > paper && b > paper {
				sum += abs(int(a) - int(b))
				n++
			}
		}
	}
	return float64(sum) / float64(n)
}

// paleAcross marks what is darker by level than what lies above and below it, when
// averaged along the row. Long is how many pixels of it are in long stretches.
func paleAcross(pix []uint8, w, h, level int, dpi float64) (mask []uint8, long int) {
	mask = make([]uint8, w*h)
	aside, run := pixels(paleAside, dpi), pixels(paleRun, dpi)
	if h <= 2*aside || w < 3 {
		return mask, 0
	}
	mean := averaged(pix, w, h, pixels(paleAlong, dpi))
	for y := aside; y < h-aside; y++ {
		up, row, low := mean[(y-aside)*w:][:w], mean[y*w:][:w], mean[(y+aside)*w:][:w]
		out := mask[y*w:][:w]
		stretch := 0
		for x, v := range row {
			if int(min(up[x], low[x]))-int(v) >= level {
				out[x] = 1
				stretch++
				continue
			}
			if stretch >= run {
				long += stretch
			}
			stretch = 0
		}
	}
	return mask, long
}

// averaged is each row's running mean over n pixels to both sides.
func averaged(pix []uint8, w, h, n int) []uint8 {
	out := make([]uint8, w*h)
	n = min(n, (w-1)/2)
	width := uint32(2*n + 1)
	share := (1<<16 + width/2) / width
	for y := range h {
		row, to := pix[y*w:][:w], out[y*w:][:w]
		sum := uint32(0)
		for _, v := range row[:2*n] {
			sum += uint32(v)
		}
		for x := n; x < w-n; x++ {
			sum += uint32(row[x+n])
			to[x] = uint8(min(sum*share>>16, 255))
			sum -= uint32(row[x-n])
		}
		for x := range n {
			to[x], to[w-1-x] = row[x], row[w-1-x]
		}
	}
	return out
}

// either is where one of two masks is set.
func either(a, b []uint8) []uint8 {
	out := slices.Clone(a)
	for i, v := range b {
		out[i] |= v
	}
	return out
}
