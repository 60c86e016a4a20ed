package raster

import "image"

// How print that is faint throughout is told, in gray levels and shares.
const (
	faintInk   = 215   // what is darker is print or a line
	faintLeast = 0.003 // of the page that must be, for its level to say anything
	faintCore  = 0.1   // of it that is the middle of strokes, and not their edges
	faintLevel = 120   // print whose middle is lighter is faint
	faintRough = 1.4   // the roughness of paper from which on its grain would become ink, too
	fullInk    = 40    // what it becomes
)

// withFullInk is a page whose faint print became black, and all else darker by as much: a copy of a
// copy, a dry cartridge. Where lines are as light as print, strokes look like lines that were drawn
// in gray. A page with black print on it is given back as it is.
func withFullInk(g *image.Gray) *image.Gray {
	var counts [256]int
	w, h := g.Rect.Dx(), g.Rect.Dy()
	for y := range h {
		for _, v := range g.Pix[y*g.Stride : y*g.Stride+w] {
			counts[v]++
		}
	}
	inked := 0
	for _, n := range counts[:faintInk] {
		inked += n
	}
	if float64(inked) < faintLeast*float64(w*h) {
		return g
	}
	core := percentile(counts[:faintInk], faintCore)
	if core <= faintLevel {
		return g
	}
	var darker [256]uint8
	for v := range darker {
		darker[v] = uint8(max(0, 255-(255-v)*(255-fullInk)/(255-core)))
	}
	out := image.NewGray(g.Rect)
	for y := range h {
		row := out.Pix[y*out.Stride:][:w]
		for x, v := range g.Pix[y*g.Stride : y*g.Stride+w] {
			row[x] = darker[v]
		}
	}
	return out
}
