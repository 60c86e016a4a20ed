package raster

import (
	"image"
	"testing"
)

// TestClearSurroundBars is a page at 100 dpi with a black bar along an edge, a sliver of paper beside it;
// a dark band under heads far from any edge, and a square in the page, are print. A hole in the
// margin goes.
func TestClearSurroundBars(t *testing.T) {
	for _, c := range []struct {
		name    string
		r       image.Rectangle
		cleared bool
	}{
		{"bar at the edge", image.Rect(0, 0, 827, 24), true},
		{"bar near the edge", image.Rect(795, 5, 815, 1160), true},
		{"band in the page", image.Rect(80, 200, 747, 230), false},
		{"hole", image.Rect(20, 500, 42, 522), true},
		{"square in the margin", image.Rect(20, 500, 41, 521), false},
		{"dense character", image.Rectangle{}, false},
		{"square in the page", image.Rect(400, 500, 422, 522), false},
	} {
		g := whitePage(827, 1169)
		if c.r.Empty() { // strokes three times as wide as the paper between them
			c.r = image.Rect(20, 300, 42, 324)
			for x := c.r.Min.X; x < c.r.Max.X; x += 4 {
				fillRect(g, image.Rect(x, 300, x+3, 324), 0)
			}
		} else if c.name == "hole" {
			m := c.r.Min.Add(c.r.Max).Div(2)
			for y := c.r.Min.Y; y < c.r.Max.Y; y++ {
				for x := c.r.Min.X; x < c.r.Max.X; x++ {
					if p := image.Pt(x, y).Sub(m); p.X*p.X+p.Y*p.Y <= 121 {
						fillRect(g, image.Rect(x, y, x+1, y+1), 20)
					}
				}
			}
		} else {
			fillRect(g, c.r, 20)
		}
		clearSurround(g, 100)
		dark := false
		for y := c.r.Min.Y; y < c.r.Max.Y; y++ {
			dark = dark || g.GrayAt((c.r.Min.X+c.r.Max.X)/2+1, y).Y < 255
		}
		if dark == c.cleared {
			t.Errorf("%s: dark %t", c.name, dark)
		}
	}
}
