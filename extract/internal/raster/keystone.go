package raster

import (
	"image"
	"math"
	"slices"
)

// How lines that fan out, as on a photograph taken at an angle, are told from level ones.
const (
	fanLine    = 18   // millimetres that a line is long whose slope is looked at
	fanLines   = 4    // lines that make a fan, at least
	fanDrift   = 0.7  // millimetres by which lines leave the level on their way
	fanMends   = 0.6  // share of that which undoing it must take away
	fanRounds  = 8    // of leaving out the lines that do not fit
	fanSteep   = 0.25 // slope above which nothing is believed
	fanOutlier = 2.5  // times the usual distance from the fan
	fanMost    = 0.3  // of the way to where lines meet that the page may reach to either side
	endsLeast  = 5    // lines across that end on one side, at least
	endsReach  = 60   // millimetres that these are apart
	endsNear   = 0.7  // and by which they may miss the side
	endsDiffer = 0.01 // by which the two sides may lean differently
	fanTries   = 2    // the second from lines that were too steep to be followed at first
)

// slope is a ruling line, or a piece of one, on the page as it lay: where it crosses the
// page's middle, from its centre, and by how much it rises or falls a pixel on its way.
type slope struct{ at, rise, length float64 }

// fan is lines of one direction that meet in a point far off the page: their rise
// changes evenly with the place where they cross the page's middle.
type fan struct{ rise, change float64 }

func (f fan) of(at float64) float64 { return f.rise + f.change*at }

// keystone is a better turn than t for a page whose lines, followed on the page levelled
// by t, are not level and fan out, and whether there is one. Lines across and lines down
// are each looked at by themselves: what fits neither stays as t has it.
func (t turn) keystone(r ruling, lay, level image.Rectangle) (turn, bool) {
	across := t.slopes(r, r.longAcross, level, false)
	down := t.slopes(r, r.longDown, level, true)
	mm := r.dpi * float64(r.factor) / 25.4
	a, okA := fitted(across, t.fanAcross(), mm)
	d, okD := fitted(down, t.fanDown(), mm)
	if len(down) < fanLines {
		d, okD = t.byEnds(r, level, mm)
	}
	if !okA && !okD {
		return t, false
	}
	out := turn{
		across: math.Atan(a.rise) * 180 / math.Pi, down: -math.Atan(d.rise) * 180 / math.Pi,
		changeAcross: a.change, changeDown: d.change,
	}
	// Where lines would all but meet on the page, they were no fan.
	if math.Abs(a.change)*float64(lay.Dx()) > 2*fanMost || math.Abs(d.change)*float64(lay.Dy()) > 2*fanMost {
		return t, false
	}
	return out, true
}

func (t turn) fanAcross() fan { return fan{math.Tan(t.across * math.Pi / 180), t.changeAcross} }

func (t turn) fanDown() fan { return fan{-math.Tan(t.down * math.Pi / 180), t.changeDown} }

// byEnds is how far lines down would lean on the page as it lay, of a table that has none: the ends
// of its lines across, on the left and on the right, stand below each other. It is what t says
// where they do, or say nothing.
func (t turn) byEnds(r ruling, level image.Rectangle, mm float64) (fan, bool) {
	known := t.fanDown()
	var rises []float64
	for _, end := range []func(line) int{line.begin, line.end} {
		var ends [][2]float64 // x and y on the page as it lay, from its centre
		for _, l := range r.across {
			f := float64(r.factor)
			at := float64(end(l))
			x, y := t.source((at+0.5)*f-float64(level.Dx())/2, (l.place(end(l))+0.5)*f-float64(level.Dy())/2)
			ends = append(ends, [2]float64{x, y})
		}
		if rise, ok := lean(ends, mm); ok {
			rises = append(rises, rise)
		}
	}
	switch {
	case len(rises) == 2 && math.Abs(rises[0]-rises[1]) > endsDiffer || len(rises) == 0:
		return known, false
	case len(rises) == 2:
		rises[0] = (rises[0] + rises[1]) / 2
	}
	return fan{rise: rises[0]}, math.Abs(rises[0]-known.rise)*endsReach*mm >= fanDrift*mm
}

// lean is by how much a side leans a pixel down, of which some of the places given are points: the
// slope of two of them far apart that most of the others are near.
func lean(places [][2]float64, mm float64) (rise float64, ok bool) {
	const most = 200 // places: no form has more rows
	places = places[:min(len(places), most)]
	best := endsLeast - 1
	for i, a := range places {
		for _, b := range places[:i] {
			if dy := math.Abs(a[1] - b[1]); dy < endsReach*mm || math.Abs(a[0]-b[0]) > fanSteep*dy {
				continue
			}
			slope, n := (a[0]-b[0])/(a[1]-b[1]), 0
			for _, p := range places {
				if math.Abs(p[0]-a[0]-slope*(p[1]-a[1])) <= endsNear*mm {
					n++
				}
			}
			if n > best {
				best, rise, ok = n, slope, true
			}
		}
	}
	return rise, ok
}

// slopes is how pieces of lines found on the level page lay on the page that it was made
// of.
func (t turn) slopes(r ruling, found []piece, level image.Rectangle, down bool) []slope {
	f := float64(r.factor)
	place := func(along, aside float64) (float64, float64) {
		x, y := (along+0.5)*f, (aside+0.5)*f
		if down {
			x, y = y, x
		}
		x, y = t.source(x-float64(level.Dx())/2, y-float64(level.Dy())/2)
		if down {
			return y, x
		}
		return x, y
	}
	var out []slope
	for _, p := range found {
		at, rise, off := p.straight()
		if off > 0.25*r.dpi/25.4 { // bent
			continue
		}
		half := float64(p.length()-1) / 2
		x0, y0 := place(float64(p.from), at-rise*half)
		x1, y1 := place(float64(p.to), at+rise*half)
		if x1 <= x0 {
			continue
		}
		s := slope{rise: (y1 - y0) / (x1 - x0), length: x1 - x0}
		if s.at = y0 - s.rise*x0; math.Abs(s.rise) <= fanSteep {
			out = append(out, s)
		}
	}
	return out
}

// straight is the line nearest to all of a piece: where its middle is, how much it rises
// a pixel, and how far the piece is off it.
func (p piece) straight() (at, rise, off float64) {
	n := float64(len(p.centre))
	at = p.mean()
	var sum, square float64
	for i, c := range p.centre {
		x := float64(i) - (n-1)/2
		sum += x * (float64(c) - at)
		square += x * x
	}
	rise = sum / max(square, 1)
	for i, c := range p.centre {
		off += math.Pow(float64(c)-at-rise*(float64(i)-(n-1)/2), 2)
	}
	return at, rise, math.Sqrt(off / n)
}

// fitted is the fan of the lines, and whether it takes away most of the distance, in
// pixels, by which they leave that which is known.
func fitted(lines []slope, known fan, mm float64) (fan, bool) {
	if len(lines) < fanLines {
		return known, false
	}
	before := drift(lines, known)
	if before < fanDrift*mm {
		return known, false
	}
	kept := lines
	best := known
	for range fanRounds {
		f, ok := leastSquares(kept)
		if !ok {
			return known, false
		}
		best = f
		var offs []float64
		for _, l := range lines {
			offs = append(offs, math.Abs(l.rise-f.of(l.at)))
		}
		sorted := slices.Clone(offs)
		slices.Sort(sorted)
		limit := max(fanOutlier*sorted[len(sorted)/2], 0.002)
		var next []slope
		for i, l := range lines {
			if offs[i] <= limit {
				next = append(next, l)
			}
		}
		if len(next) == len(kept) || len(next) < fanLines {
			break
		}
		kept = next
	}
	return best, drift(lines, best) <= (1-fanMends)*before
}

// drift is how far the lines leave the fan on their way, as long lines mostly do.
func drift(lines []slope, f fan) float64 {
	var sum, weight float64
	for _, l := range lines {
		sum += math.Abs(l.rise-f.of(l.at)) * l.length * l.length
		weight += l.length
	}
	return sum / weight
}

// leastSquares is the fan nearest to the lines. Lines that all cross the middle in about
// one place are parallel.
func leastSquares(lines []slope) (fan, bool) {
	var w, x, y, xx, xy float64
	for _, l := range lines {
		k := l.length * l.length
		w, x, y, xx, xy = w+k, x+k*l.at, y+k*l.rise, xx+k*l.at*l.at, xy+k*l.at*l.rise
	}
	if w == 0 {
		return fan{}, false
	}
	d := xx - x*x/w
	if d <= w { // within a pixel
		return fan{rise: y / w}, true
	}
	change := (xy - x*y/w) / d
	return fan{rise: (y - change*x) / w, change: change}, true
}

// longPieces are those whose slope says something.
func longPieces(found []piece, dpi float64) (long []piece) {
	for _, p := range found {
		if p.length() >= pixels(fanLine, dpi) && !p.dotted {
			long = append(long, p)
		}
	}
	return long
}
