package raster

import (
	"bytes"
	"image"
)

// How the print on the back of thin paper is told, which shines through it, in gray
// levels of a flattened page and in millimetres.
const (
	ghostInk   = 110 // what is darker is print of this side
	ghostMid   = 144 // what is lighter than ink and darker than ghosts is from here
	ghostDark  = 200 // to here, and ghosts from here
	ghostPale  = 232 // where thin strokes of theirs are
	ghostLight = 244 // to here: what is lighter is the grain of paper
	ghostFar   = 1.3 // so far from ink no blur and no artefact of JPEG reaches
	ghostLine  = 4.0 // a stretch as long as this is a gray ruling line, and no print
)

// clearShowThrough lifts to white what shines through a flattened page from its back:
// its lines would rule the page a second time. A page has such ghosts where away from its
// ink there is much that is a little darker than paper, little that is between that and
// ink, and more than gray lines. A page that is pale altogether is left as it is.
func clearShowThrough(g *image.Gray, dpi float64) {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	ink := inkOf(g, ghostInk)
	n := bytes.Count(ink, []byte{1})
	if n*500 < w*h {
		return
	}
	counts := awayFrom(g, widened(ink, w, h, pixels(ghostFar, dpi)), pixels(ghostLine, dpi))
	between := func(low, high int) (sum int) {
		for _, n := range counts[low:high] {
			sum += max(0, n)
		}
		return sum
	}
	mid, ghosts, palest := between(ghostMid, ghostDark), between(ghostDark, ghostLight), between(ghostPale, ghostLight)
	share := 60 // in hundredths of the ghosts, what may be between: print may be of low toner
	if n*100 < w*h {
		share = 20 // but little ink may be a pale page's
	}
	smooth := palest*(ghostDark-ghostMid) < 4*mid*(ghostLight-ghostPale) // as blurred print is
	if ghosts*100 < n || mid*100 > share*ghosts || smooth {
		return
	}
	darkest, sum := ghostDark, 0
	if mid*10 < ghosts {
		for sum += max(0, counts[darkest]); sum*100 < ghosts; sum += max(0, counts[darkest]) {
			darkest++
		}
	} else {
		darkest = foot(counts[:ghostLight], ghostDark)
	}
	// Thick strokes and lines show darker than the thin ones that most are. The palest edge
	// of print's own strokes goes with them.
	darkest -= (255 - darkest) / 2
	for y := range h {
		row := g.Pix[y*g.Stride:][:w]
		for x, v := range row {
			if int(v) >= darkest {
				row[x] = 255
			}
		}
	}
}

// foot is the darkest level, from least on, where the peak of the counts begins: between it
// and the peak there are at least a quarter as many of each.
func foot(counts []int, least int) int {
	smooth := func(v int) int {
		sum := 0
		for _, n := range counts[max(0, v-2):min(len(counts), v+3)] {
			sum += n
		}
		return sum
	}
	peak := least
	for v := least; v < len(counts); v++ {
		if smooth(v) > smooth(peak) {
			peak = v
		}
	}
	for v := peak; v > least; v-- {
		if smooth(v)*4 < smooth(peak) {
			return v
		}
	}
	return least
}

// widened is a mask with all that is at most n pixels from it, across and down.
func widened(mask []uint8, w, h, n int) []uint8 {
	out := make([]uint8, w*h)
	last := make([]int, w) // the row of the last mark in each column, and one far above
	for x := range last {
		last[x] = -n - 1
	}
	// Down: from marks above, then from marks below.
	for y := range h {
		for x, v := range mask[y*w:][:w] {
			if v != 0 {
				last[x] = y
			}
			if y-last[x] <= n {
				out[y*w+x] = 1
			}
		}
	}
	for x := range last {
		last[x] = h + n
	}
	for y := h - 1; y >= 0; y-- {
		for x, v := range mask[y*w:][:w] {
			if v != 0 {
				last[x] = y
			}
			if last[x]-y <= n {
				out[y*w+x] = 1
			}
		}
	}
	for y := range h {
		row := out[y*w:][:w]
		reach := -1 // the last pixel that a mark before reaches
		for x := range row {
			if row[x] == 1 {
				if reach < x {
					for k := max(0, x-n, reach+1); k < x; k++ {
						row[k] |= 2
					}
				}
				reach = x + n
			} else if x <= reach {
				row[x] |= 2
			}
		}
	}
	return out
}

// awayFrom counts the gray levels of pixels outside the mask, without those of straight
// stretches as long as line, across or down.
func awayFrom(g *image.Gray, mask []uint8, line int) (counts [256]int) {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	const faint = 248
	down := make([]int, w) // faint pixels one below another, to the one at hand
	forget := func(x, y, dx, dy, n int) {
		for range n {
			if mask[y*w+x] == 0 {
				counts[g.Pix[y*g.Stride+x]]--
			}
			x, y = x-dx, y-dy
		}
	}
	for y := range h {
		row := g.Pix[y*g.Stride:][:w]
		across := 0
		for x, v := range row {
			if mask[y*w+x] == 0 {
				counts[v]++
			}
			if v < faint {
				across, down[x] = across+1, down[x]+1
				continue
			}
			if across >= line {
				forget(x-1, y, 1, 0, across)
			}
			if down[x] >= line {
				forget(x, y-1, 0, 1, down[x])
			}
			across, down[x] = 0, 0
		}
	}
	return counts
}
