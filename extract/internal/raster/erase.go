package raster

import (
	"image"
	"math"
)

func abs(x int) int { return max(x, -x) }

// erase is the page without its ruling lines. Print that touches a line keeps
// the part of the line beneath it: a foot too many reads better than none.
func (r ruling) erase(g *image.Gray) *image.Gray {
	out := level0(g)
	dirty := make([]uint8, r.w*r.h) // what to erase, on the shrunken page
	turned := transpose(r.ink, r.w, r.h)
	r.mark(r.across, r.down, r.ink, r.w, r.h, func(x, y int) { dirty[y*r.w+x] = 1 })
	r.mark(r.down, r.across, turned, r.h, r.w, func(x, y int) { dirty[x*r.w+y] = 1 })
	f := r.factor
	for y := range r.h {
		for x, d := range dirty[y*r.w : (y+1)*r.w] {
			if d == 0 {
				continue
			}
			for dy := range f {
				row := out.Pix[(y*f+dy)*out.Stride+x*f:][:f]
				for i := range row {
					row[i] = 255
				}
			}
		}
	}
	return out
}

// mark calls dirty for each pixel that belongs to one of the lines.
func (r ruling) mark(lines, others []line, ink []uint8, w, h int, dirty func(x, y int)) {
	mm := r.dpi / 25.4
	for _, l := range lines {
		// Ink as high as this is the line's alone; what is higher is print on it.
		most := int(math.Ceil(l.thickness*1.6)) + 1
		crossing := make([]bool, w)
		for _, o := range others {
			if x := int(math.Round(o.place(int(l.at)))); l.at >= float64(o.from)-mm && l.at <= float64(o.to)+mm {
				half := int(o.thickness/2+0.2*mm) + 1
				for i := max(0, x-half); i <= min(w-1, x+half); i++ {
					crossing[i] = true
				}
			}
		}
		slack := max(1, int(0.25*mm))
		reach := max(slack, int(l.thickness/2)+1) // a double line has no ink at its middle
		for x := max(0, l.from-slack); x <= min(w-1, l.to+slack); x++ {
			y := int(math.Round(l.place(x)))
			for yy := max(0, y-reach); yy <= min(h-1, y+reach); yy++ {
				top, bottom, found := column(ink, w, h, x, yy, 0)
				if !found {
					continue
				}
				yy = bottom
				switch {
				case crossing[x]:
					top, bottom = max(top, y-most/2-1), min(bottom, y+most/2+1)
				case bottom-top+1 > most:
					continue
				}
				for i := max(0, top-1); i <= min(h-1, bottom+1); i++ {
					dirty(x, i)
				}
			}
		}
	}
}

// column is the ink that runs up and down from y, or from the nearest row within
// slack.
func column(ink []uint8, w, h, x, y, slack int) (top, bottom int, found bool) {
	for d := 0; d <= slack; d++ {
		for _, yy := range [2]int{y - d, y + d} {
			if yy < 0 || yy >= h || ink[yy*w+x] == 0 {
				continue
			}
			top, bottom = yy, yy
			for top > 0 && ink[(top-1)*w+x] != 0 {
				top--
			}
			for bottom < h-1 && ink[(bottom+1)*w+x] != 0 {
				bottom++
			}
			return top, bottom, true
		}
	}
	return 0, 0, false
}
