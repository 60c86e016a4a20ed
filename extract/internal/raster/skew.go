package raster

import (
	"image"
	"math"
)

// MaxSkew is the largest turn that Skew looks for, in degrees.
const MaxSkew = 10

// Skew is how far the page is turned, in degrees, clockwise positive: Rotate by
// its negative makes its lines level. It is 0 where nothing on the page says
// which way is level.
func Skew(g *image.Gray, dpi float64) float64 {
	across, _ := slants(g, dpi)
	return across
}

// slants is how far the lines across the page and those down it are turned. They
// differ where the paper was drawn through the scanner unevenly. Down is across
// where the page has no clear lines down.
func slants(g *image.Gray, dpi float64) (across, down float64) {
	f := max(1, int(dpi/140))
	small := g
	if f > 1 {
		small = shrink(g, f, boxMean)
	}
	w, h := small.Rect.Dx(), small.Rect.Dy()
	// A line that is thin beside the shrunken pixel is faint: more than Otsu's
	// share of its gray still counts.
	ink := inkOf(small, uint8(min(215, int(Otsu(small))+30)))
	across, peak := slant(edgesOf(ink, w, h), w, h)
	if peak < 1.35 {
		across = 0
	}
	turned, peakDown := slant(edgesOf(transpose(ink, w, h), h, w), h, w)
	// Down the page a clockwise turn leans the other way. Print makes no straight
	// edges that way, only ruling lines do, and those must stand out clearly.
	down = -turned
	switch {
	case peakDown < 1.8 || peak >= 1.35 && math.Abs(down-across) > 1:
		down = across
	case peak < 1.35:
		across = down
	}
	return across, down
}

// point is an edge pixel.
type point struct{ x, y float32 }

// edgesOf is the pixels of ink with paper above: the upper edges of strokes,
// which on a line of text or a ruling line lie on one height.
func edgesOf(ink []uint8, w, h int) []point {
	var edges []point
	for y := 1; y < h; y++ {
		up, row := ink[(y-1)*w:y*w], ink[y*w:(y+1)*w]
		for x, v := range row {
			if v != 0 && up[x] == 0 {
				edges = append(edges, point{float32(x), float32(y)})
			}
		}
	}
	// A page of dirt has no need of all of it.
	if n := len(edges) / 120_000; n > 0 {
		kept := edges[:0]
		for i := 0; i < len(edges); i += n + 1 {
			kept = append(kept, edges[i])
		}
		edges = kept
	}
	return edges
}

// slant is the angle, in degrees, at which the edges gather on the fewest rows,
// and how many times as much they gather there as at other angles.
func slant(edges []point, w, h int) (degrees, peak float64) {
	if len(edges) < 200 {
		return 0, 0
	}
	margin := int(float64(w)*math.Tan(MaxSkew*1.1*math.Pi/180)) + 2
	bins := make([]float32, h+2*margin+4)
	// Sharpness is the sum of squares of how many edges fall on each row when the
	// page is sheared by the angle; an edge is shared by the two rows it lies
	// between, so that the score is smooth.
	sharpness := func(degrees float64, width float32) float64 {
		clear(bins)
		t := float32(math.Tan(degrees * math.Pi / 180))
		base := float32(margin) + 1
		for _, e := range edges {
			v := (e.y - e.x*t + base) / width
			if v < 0 {
				continue
			}
			i := int(v)
			if i+1 >= len(bins) {
				continue
			}
			f := v - float32(i)
			bins[i] += 1 - f
			bins[i+1] += f
		}
		var sum float64
		for _, n := range bins {
			sum += float64(n) * float64(n)
		}
		return sum
	}
	search := func(from, to, step float64, width float32) (best, score, mean float64) {
		score = -1
		n := 0
		for i := 0; from+float64(i)*step <= to+1e-9; i++ {
			d := from + float64(i)*step
			s := sharpness(d, width)
			mean += s
			n++
			if s > score {
				best, score = d, s
			}
		}
		return best, score, mean / float64(n)
	}
	all := edges
	if n := len(edges) / 25_000; n > 0 { // the coarse search has no need of all
		edges = nil
		for i := 0; i < len(all); i += n + 1 {
			edges = append(edges, all[i])
		}
	}
	coarse, score, mean := search(-MaxSkew, MaxSkew, 0.2, 3)
	peak = score / mean
	edges = all
	fine, _, _ := search(coarse-0.2, coarse+0.2, 0.04, 1)
	// The top of a parabola through the neighbours of the best.
	const step = 0.02
	a, b, c := sharpness(fine-step, 1), sharpness(fine, 1), sharpness(fine+step, 1)
	if d := a - 2*b + c; d < 0 {
		fine += step * max(-1, min(1, (a-c)/2/d))
	}
	return fine, peak
}

// turn undoes a slant and, of a page that was photographed at an angle, that its lines
// fan out. The zero turn changes nothing.
type turn struct {
	across, down float64 // degrees at the page's middle, clockwise positive
	// By how much the rise of lines across changes from one to the next, a pixel down,
	// and that of lines down a pixel to the right.
	changeAcross, changeDown float64
}

func (t turn) fans() bool { return t.changeAcross != 0 || t.changeDown != 0 }

// source maps a place on the level page to the page as it lay, both as offsets
// from their centres.
func (t turn) source(x, y float64) (float64, float64) {
	sa, ca := math.Sincos(t.across * math.Pi / 180)
	sd, cd := math.Sincos(t.down * math.Pi / 180)
	if !t.fans() {
		return x*ca - y*sd, x*sa + y*cd
	}
	// Where the line across, and the line down, of this place cross the page's middle.
	det := ca*cd + sa*sd
	x0, y0 := x*det/cd, y*det/ca
	m, n := sa/ca+t.changeAcross*y0, -sd/cd+t.changeDown*x0
	sx := (x0 + n*y0) / (1 - n*m)
	return sx, y0 + m*sx
}

// level is the way back from source.
func (t turn) level(x, y float64) (float64, float64) {
	sa, ca := math.Sincos(t.across * math.Pi / 180)
	sd, cd := math.Sincos(t.down * math.Pi / 180)
	det := ca*cd + sa*sd
	y0 := (y - x*sa/ca) / (1 + t.changeAcross*x)
	x0 := (x + y*sd/cd) / (1 + t.changeDown*y)
	return x0 * cd / det, y0 * ca / det
}

// size is that of the level page of one of w by h, so that no corner is lost.
func (t turn) size(w, h int) (lw, lh int) {
	var right, low float64
	for _, c := range [4][2]float64{{-1, -1}, {1, -1}, {-1, 1}, {1, 1}} {
		x, y := t.level(c[0]*float64(w)/2, c[1]*float64(h)/2)
		right, low = max(right, math.Abs(x)), max(low, math.Abs(y))
	}
	const hair = 1e-6
	return int(math.Ceil(2*right - hair)), int(math.Ceil(2*low - hair))
}

// apply makes the level page of the page as it lay. The canvas grows so that no
// corner is lost; what lies outside the old page is white.
func (t turn) apply(g *image.Gray) *image.Gray {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	lw, lh := t.size(w, h)
	out := image.NewGray(image.Rect(0, 0, lw, lh))
	const one = 1 << 16
	kernel := catmullRom()
	part := lw // pixels in a row that are evenly far apart on the page as it lay
	if t.fans() {
		part = 32
	}
	fixed := func(v float64) int64 { return int64(math.Round(v * one)) }
	place := func(x, y int) (float64, float64) {
		sx, sy := t.source(float64(x)+0.5-float64(lw)/2, float64(y)+0.5-float64(lh)/2)
		return sx + float64(w)/2 - 0.5, sy + float64(h)/2 - 0.5
	}
	for y := range lh {
		px, py := place(0, y)
		for x := 0; x < lw; x += part {
			nx, ny := place(x+part, y)
			dx, dy := fixed((nx-px)/float64(part)), fixed((ny-py)/float64(part))
			resample(out.Pix[y*lw+x:y*lw+min(x+part, lw)], g, fixed(px), fixed(py), dx, dy, kernel)
			px, py = nx, ny
		}
	}
	return out
}

// resample fills a row with what lies on g from px, py on, in steps of dx, dy, all in
// 65536ths of a pixel.
func resample(row []uint8, g *image.Gray, px, py, dx, dy int64, kernel *[64][4]int32) {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	for x := range row {
		ix, iy := int(px>>16), int(py>>16)
		if uint(ix-1) < uint(w-3) && uint(iy-1) < uint(h-3) {
			o := iy*g.Stride + ix
			a, b := g.Pix[o:o+2:o+2], g.Pix[o+g.Stride:o+g.Stride+2:o+g.Stride+2]
			if least := min(a[0], a[1], b[0], b[1]); least > 225 { // paper, as most of the page
				row[x] = least
			} else {
				row[x] = cubic(g.Pix[o-g.Stride-1:], g.Stride, &kernel[px&0xffff>>10], &kernel[py&0xffff>>10])
			}
		} else {
			row[x] = edgePixel(g, ix, iy)
		}
		px += dx
		py += dy
	}
}

// catmullRom is the weights, of 256, of the four pixels in a row around a place
// that lies so many 64ths beyond the second. Bilinear weights would be quicker and
// blur thin strokes, which at 200 dpi are two pixels wide.
func catmullRom() *[64][4]int32 {
	var k [64][4]int32
	for i := range k {
		t := (float64(i) + 0.5) / 64
		w := [4]float64{
			((-0.5*t+1)*t - 0.5) * t,
			(1.5*t-2.5)*t*t + 1,
			((-1.5*t+2)*t + 0.5) * t,
			(0.5*t - 0.5) * t * t,
		}
		for j, v := range w {
			k[i][j] = int32(math.Round(v * 256))
		}
		k[i][1] += 256 - k[i][0] - k[i][1] - k[i][2] - k[i][3]
	}
	return &k
}

// cubic is the 4 × 4 pixels from the start of pix, weighted.
func cubic(pix []uint8, stride int, kx, ky *[4]int32) uint8 {
	var sum int32
	for j, wy := range ky {
		p := pix[j*stride:][:4]
		sum += wy * (int32(p[0])*kx[0] + int32(p[1])*kx[1] + int32(p[2])*kx[2] + int32(p[3])*kx[3])
	}
	return uint8(min(max((sum+1<<15)>>16, 0), 255))
}

// edgePixel is the pixel at the very edge of the page, or white outside it.
func edgePixel(g *image.Gray, x, y int) uint8 {
	if uint(x) < uint(g.Rect.Dx()) && uint(y) < uint(g.Rect.Dy()) {
		return g.Pix[y*g.Stride+x]
	}
	return 255
}

// Rotate turns the image by degrees, clockwise positive, about its centre. Whole
// quarter turns are exact; for others the canvas grows so that no corner is lost,
// and is white where the image was not.
func Rotate(g *image.Gray, degrees float64) *image.Gray {
	switch math.Mod(math.Mod(degrees, 360)+360, 360) {
	case 0:
		return level0(g)
	case 90:
		return quarterTurn(g, 1)
	case 180:
		return quarterTurn(g, 2)
	case 270:
		return quarterTurn(g, 3)
	}
	q := math.Round(degrees / 90)
	if q != 0 {
		return Rotate(Rotate(g, q*90), degrees-q*90)
	}
	return turn{across: -degrees, down: -degrees}.apply(level0(g))
}

// quarterTurn turns by n times 90 degrees clockwise.
func quarterTurn(g *image.Gray, n int) *image.Gray {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	ow, oh := w, h
	if n%2 == 1 {
		ow, oh = h, w
	}
	out := image.NewGray(image.Rect(0, 0, ow, oh))
	for y := range h {
		for x, v := range g.Pix[y*g.Stride : y*g.Stride+w] {
			switch n {
			case 1:
				out.Pix[x*ow+h-1-y] = v
			case 2:
				out.Pix[(h-1-y)*ow+w-1-x] = v
			case 3:
				out.Pix[(w-1-x)*ow+y] = v
			}
		}
	}
	return out
}
