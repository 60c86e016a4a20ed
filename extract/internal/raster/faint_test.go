package raster

import "testing"

// Print in light gray throughout becomes black, and the paper stays white; where some of it is black
// nothing changes, nor on a page with a few gray marks.
func TestWithFullInk(t *testing.T) {
	for _, c := range []struct {
		name         string
		marks        int   // of 20 × 4 pixels
		first, other uint8 // levels of the first half and of the rest
		want         uint8 // of the rest
	}{
		{"faint", 100, 170, 170, 40},
		{"black and gray", 100, 0, 170, 170},
		{"nearly empty", 1, 170, 170, 170},
	} {
		g := blank(1000, 1000)
		for i := range c.marks {
			level := c.first
			if i >= c.marks/2 {
				level = c.other
			}
			for y := range 4 {
				for x := range 20 {
					g.Pix[(20+i/10*30+y)*g.Stride+30+i%10*90+x] = level
				}
			}
		}
		g = withFullInk(g)
		last := c.marks - 1
		if got := g.Pix[(20+last/10*30)*g.Stride+30+last%10*90]; got != c.want || g.Pix[5] != 255 {
			t.Errorf("%s: level %d, want %d; paper %d", c.name, got, c.want, g.Pix[5])
		}
	}
}
