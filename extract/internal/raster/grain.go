package raster

import (
	"image"
	"math"
	"slices"
)

// A page is grainy where the noise of its paper has a standard deviation above
// grainy, in gray levels. JPEG and good sensors stay below 1; where white paper is cut
// off at 255, half of the noise is not seen.
const grainy = 2

// degrain smooths the grain of a bad sensor, or of a film, out of a page whose
// strokes stand far above it, in place: a bilateral filter over five by five pixels,
// C. Tomasi and R. Manduchi, "Bilateral filtering for gray and color images", 1998.
// Pixels that differ by much more than the grain take no part in each other's mean,
// so that edges of strokes stay. A page without grain is left as it is.
func degrain(g *image.Gray) {
	sigma := grain(g)
	if sigma < grainy {
		return
	}
	const reach = 2
	width := max(40, 3*sigma) // gray levels; noise that was cut off is wider than it seems
	w, h, stride := g.Rect.Dx(), g.Rect.Dy(), g.Stride
	// A neighbour's weight by its difference in level plus 255, as 16-bit fixed point.
	type neighbour struct {
		offset int
		weight [511]uint32
	}
	var neighbours []neighbour
	for dy := -reach; dy <= reach; dy++ {
		for dx := -reach; dx <= reach; dx++ {
			n := neighbour{offset: dy*stride + dx}
			for i := range n.weight {
				d := float64(i - 255)
				n.weight[i] = uint32(65535 * math.Exp(-float64(dx*dx+dy*dy)/2-d*d/(2*width*width)))
			}
			neighbours = append(neighbours, n)
		}
	}
	from := slices.Clone(g.Pix)
	for y := reach; y < h-reach; y++ {
		for i := y*stride + reach; i < y*stride+w-reach; i++ {
			v := 255 - int(from[i])
			var sum, total uint32 // at most 25 × 65535 × 255, which fits
			for k := range neighbours {
				n := &neighbours[k]
				u := from[i+n.offset]
				weight := n.weight[int(u)+v]
				sum += weight * uint32(u)
				total += weight
			}
			g.Pix[i] = uint8((sum + total/2) / total)
		}
	}
}

// grain is the standard deviation of a page's noise, in gray levels, from the
// differences of differences of neighbouring pixels: J. Immerkær, "Fast noise
// variance estimation", 1996, with their median for their mean, for print is no noise.
func grain(g *image.Gray) float64 {
	var counts [2048]int
	total := 0
	for y := 1; y < g.Rect.Dy()-1; y += 3 {
		up, row, low := g.Pix[(y-1)*g.Stride:], g.Pix[y*g.Stride:], g.Pix[(y+1)*g.Stride:]
		for x := 1; x < g.Rect.Dx()-1; x++ {
			d := int(up[x-1]) + int(up[x+1]) + int(low[x-1]) + int(low[x+1]) + 4*int(row[x]) -
				2*(int(up[x])+int(low[x])+int(row[x-1])+int(row[x+1]))
			counts[abs(d)]++
			total++
		}
	}
	left := total / 2
	for d, n := range counts {
		if left < n {
			return float64(d) / (6 * 0.6745)
		}
		left -= n
	}
	return 0
}
