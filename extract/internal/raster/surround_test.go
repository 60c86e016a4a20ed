package raster

import (
	"image"
	"testing"
)

// TestClearSurroundBars is a page at 100 dpi with a black bar along an edge, a sliver of paper beside it;
// a dark band under heads far from any edge, and a hole near one, are print.
func TestClearSurroundBars(t *testing.T) {
	for _, c := range []struct {
		name    string
		r       image.Rectangle
		cleared bool
	}{
		{"bar at the edge", image.Rect(0, 0, 827, 24), true},
		{"bar near the edge", image.Rect(795, 5, 815, 1160), true},
		{"band in the page", image.Rect(80, 200, 747, 230), false},
		{"hole", image.Rect(20, 500, 42, 522), false},
	} {
		g := whitePage(827, 1169)
		fillRect(g, c.r, 20)
		clearSurround(g, 100)
		if at := g.GrayAt((c.r.Min.X+c.r.Max.X)/2, (c.r.Min.Y+c.r.Max.Y)/2).Y; (at == 255) != c.cleared {
			t.Errorf("%s: level %d", c.name, at)
		}
	}
}
