package raster

import (
	"math"
	"slices"
)

// piece is an unbroken part of a line: centre[i] is where it lies at from+i.
type piece struct {
	from, to  int
	centre    []float32
	thickness float64
	share     float64 // of columns that show ink
	alone     bool    // paper lies on both sides of it
	clear     bool    // all along
	dotted    bool
	torn      bool     // it is many pieces with paper between them
	holes     [][2]int // where that is wider than the tears of a whole line
}

func (p piece) length() int { return p.to - p.from + 1 }

func (p piece) mean() float64 {
	var sum float64
	for _, c := range p.centre {
		sum += float64(c)
	}
	return sum / float64(len(p.centre))
}

// near is where p lies at its first or last n pixels.
func (p piece) near(end bool, n int) float64 {
	n = min(n, len(p.centre))
	part := p.centre[:n]
	if end {
		part = p.centre[len(p.centre)-n:]
	}
	var sum float64
	for _, c := range part {
		sum += float64(c)
	}
	return sum / float64(n)
}

// pieces finds the unbroken parts of lines across; torn is whether those that tore into many pieces
// are looked for, too.
func pieces(ink []uint8, w, h int, dpi float64, torn bool) []piece {
	if w < 3 || h < 3 {
		return nil
	}
	thick := heights(ink, w, h)
	limit := uint8(min(254, pixels(maxThick, dpi)+1))
	bars(thick, w, h, limit, dpi)
	found := piecesOf(thick, w, h, limit, dpi, torn)
	if doubles(ink, thick, w, h, limit, dpi) {
		for _, p := range piecesOf(thick, w, h, limit, dpi, torn) {
			if !p.covered(found, dpi) {
				found = append(found, p)
			}
		}
	}
	return found
}

func piecesOf(thick []uint8, w, h int, limit uint8, dpi float64, torn bool) []piece {
	var found []piece
	for i, runs := range thinRuns(thick, w, h, limit, dpi, torn) {
		for _, blob := range overlapping(runs) {
			rough := outline(blob)
			if i == inPieces {
				rough = rough.bare(thick, w, h, limit, dpi)
			}
			p, ok := rough.measure(thick, w, h, limit, dpi)
			switch {
			case i == inPieces && p.torn:
				p.dotted = false
				found = append(found, p)
			case i == inPieces:
			case ok && p.dotted == (i == 1):
				p.torn = false
				found = append(found, p)
			case !ok && i == 0:
				found = append(found, rough.between(thick, w, h, limit, dpi)...)
			}
		}
	}
	return slices.DeleteFunc(found, func(p piece) bool { return !p.alone && !hasTwin(p, found, dpi) })
}

// hasTwin reports whether beside p, which has paper on one side only, another
// piece runs along all of it: a double line.
func hasTwin(p piece, all []piece, dpi float64) bool {
	for _, o := range all {
		overlap := min(p.to, o.to) - max(p.from, o.from)
		if d := math.Abs(o.mean() - p.mean()); d > 0.5 && d <= 2*dpi/25.4 && overlap*10 >= 8*max(p.length(), o.length()) {
			return true
		}
	}
	return false
}

// inPieces is the third of thinRuns: lines that tore into pieces.
const inPieces = 2

// filled is ink that fill put where there was paper.
const filled = 2

// covered reports whether other pieces run beside p, or on it, along half of it.
func (p piece) covered(all []piece, dpi float64) bool {
	n := 0
	for _, o := range all {
		if math.Abs(o.mean()-p.mean()) <= 2*dpi/25.4 {
			n += max(0, min(p.to, o.to)-max(p.from, o.from))
		}
	}
	return n*2 >= p.length()
}

// fill inks paper of up to gap rows between ink above and below, in place: of a
// double line it makes one thick line.
func fill(ink []uint8, w, h, gap int) []uint8 {
	last := make([]int, w) // the last row of ink above
	for x := range last {
		last[x] = -gap - 2
	}
	for y := range h {
		for x, v := range ink[y*w : (y+1)*w] {
			if v == 0 {
				continue
			}
			if d := y - last[x]; d > 1 && d <= gap+1 {
				for yy := last[x] + 1; yy < y; yy++ {
					ink[yy*w+x] = filled
				}
			}
			last[x] = y
		}
	}
	return ink
}

// heights says for each pixel of ink how long the ink runs there up and down, up
// to 255; 0 for paper.
func heights(ink []uint8, w, h int) []uint8 {
	out := make([]uint8, w*h)
	copy(out, ink[:w])
	for y := 1; y < h; y++ {
		up, row, in := out[(y-1)*w:y*w], out[y*w:(y+1)*w], ink[y*w:(y+1)*w]
		for x, v := range in {
			if v != 0 {
				row[x] = up[x] + 1
				if row[x] == 0 {
					row[x] = 255
				}
			}
		}
	}
	for y := h - 2; y >= 0; y-- {
		row, low := out[y*w:(y+1)*w], out[(y+1)*w:(y+2)*w]
		for x, v := range row {
			if v != 0 && low[x] > v {
				row[x] = low[x]
			}
		}
	}
	return out
}

// doubles lets the two strokes of a double line be as thick as a line each: where paper
// between them was filled without a break, and longer than in any character, their ink
// counts as thin.
func doubles(ink, thick []uint8, w, h int, limit uint8, dpi float64) (any bool) {
	shortest, most := pixels(minRun, dpi), 2*int(limit)+pixels(doubleGap, dpi)
	for y := 1; y < h-1; y++ {
		up, row, low := ink[(y-1)*w:y*w], ink[y*w:(y+1)*w], ink[(y+1)*w:(y+2)*w]
		run := 0
		for x := 0; x <= w; x++ {
			if x < w && (row[x] == filled || up[x] == filled && row[x] != 0 || low[x] == filled && row[x] != 0) {
				run++
				continue
			}
			if run >= shortest {
				for i := x - run; i < x; i++ {
					any = asThin(thick, w, h, i, y, limit, most) || any
				}
			}
			run = 0
		}
	}
	return any
}

// bars lets lines thicker than any other count as thin where they are longer than any
// print: the two strokes of a double line, each as thick as a line may be, that ran
// together.
func bars(thick []uint8, w, h int, limit uint8, dpi float64) {
	long, cross := pixels(loneLine, dpi), pixels(touchGap, dpi)
	most := min(254, pixels(barThick, dpi))
	for y := 1; y < h-1; y++ {
		row := thick[y*w : (y+1)*w]
		for x := 0; x < w; x++ {
			if row[x] <= limit || int(row[x]) > most {
				continue
			}
			start, last := x, x
			for x++; x < w && x-last <= cross && row[x] > limit; x++ {
				if int(row[x]) <= most {
					last = x
				}
			}
			if last-start < long {
				continue
			}
			for i := start; i <= last; i++ {
				asThin(thick, w, h, i, y, limit, most)
			}
		}
	}
}

// asThin makes the ink up and down from a place count as no thicker than limit, unless
// there is more than most of it, and reports whether it was thicker.
func asThin(thick []uint8, w, h, x, y int, limit uint8, most int) bool {
	if n := int(thick[y*w+x]); n <= int(limit) || n > most {
		return false
	}
	for yy := y; yy >= 0 && thick[yy*w+x] != 0; yy-- {
		thick[yy*w+x] = limit
	}
	for yy := y + 1; yy < h && thick[yy*w+x] != 0; yy++ {
		thick[yy*w+x] = limit
	}
	return true
}

// thinRuns finds stretches of row after row where ink is thin, on the row or its
// neighbours, and goes on over gaps, the tears of a whole line, the wider ones of a
// dotted one and those of a line in pieces, and over whatever crosses.
func thinRuns(thick []uint8, w, h int, limit uint8, dpi float64, torn bool) (runs [3][]stretch) {
	shortest, cross := pixels(minRun, dpi), pixels(touchGap, dpi)
	gaps := []int{pixels(tearGap, dpi), pixels(dotGap, dpi), pixels(chainGap, dpi)}[:2+btoi(torn)]
	const paper, print, thin = 0, 1, 2
	class := make([]uint8, w)
	for y := 1; y < h-1; y++ {
		up, row, low := thick[(y-1)*w : y*w][:w], thick[y*w : (y+1)*w][:w], thick[(y+1)*w : (y+2)*w][:w]
		any := 0
		for x := range class {
			c := uint8(paper)
			if row[x] != 0 {
				c = print
			}
			if a, b, d := up[x]-1, row[x]-1, low[x]-1; min(a, b, d) < limit { // paper becomes 255
				c = thin
				any++
			}
			class[x] = c
		}
		if any*5 < shortest { // not even a line of dots
			continue
		}
		for i, gap := range gaps {
			for x := 0; x < w; x++ {
				if class[x] != thin {
					continue
				}
				start, last, white := x, x, 0
				for x++; x < w; x++ {
					if class[x] == thin {
						last, white = x, 0
						continue
					}
					if class[x] == paper {
						white++
					}
					if white > gap || x-last > max(gap, cross) {
						break
					}
				}
				if last-start+1 >= shortest {
					runs[i] = append(runs[i], stretch{y: y, x0: start, x1: last + 1})
				}
				x = last
			}
		}
	}
	return runs
}

// overlapping groups runs of neighbouring rows that lie over each other.
func overlapping(runs []stretch) [][]stretch {
	parent := make([]int, len(runs))
	for i := range parent {
		parent[i] = i
	}
	find := func(i int) int {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	above := 0
	for i, r := range runs {
		for above < i && runs[above].y < r.y-1 {
			above++
		}
		for j := above; j < i && runs[j].y < r.y; j++ {
			if runs[j].x0 < r.x1 && r.x0 < runs[j].x1 {
				a, b := find(i), find(j)
				parent[max(a, b)] = min(a, b)
			}
		}
	}
	index := map[int]int{}
	var groups [][]stretch
	for i, r := range runs {
		root := find(i)
		n, ok := index[root]
		if !ok {
			n = len(groups)
			index[root] = n
			groups = append(groups, nil)
		}
		groups[n] = append(groups[n], r)
	}
	return groups
}

// outline is a group of runs as a piece that is yet to be measured.
func outline(runs []stretch) piece {
	x0, x1 := runs[0].x0, runs[0].x1
	for _, r := range runs {
		x0, x1 = min(x0, r.x0), max(x1, r.x1)
	}
	n := x1 - x0
	sum, count := make([]int32, n), make([]int32, n)
	for _, r := range runs {
		for x := r.x0 - x0; x < r.x1-x0; x++ {
			sum[x] += int32(r.y)
			count[x]++
		}
	}
	p := piece{from: x0, to: x1 - 1, centre: make([]float32, n)}
	for x := range sum {
		if count[x] > 0 {
			p.centre[x] = float32(sum[x]) / float32(count[x])
		}
	}
	return p
}

// between is the parts of what is no line that are one, between places where something
// crosses: a line down that ends on one across may have a stroke of print right below,
// and the two are not straight. A part has paper on both sides all along, and is level:
// the ring of a seal is neither.
func (p piece) between(thick []uint8, w, h int, limit uint8, dpi float64) (found []piece) {
	start := 0
	for i := 0; i <= len(p.centre); i++ {
		if i < len(p.centre) {
			if _, _, kind := extent(thick, w, h, p.from+i, int(math.Round(float64(p.centre[i]))), limit); kind != 1 {
				continue
			}
		}
		if part := (piece{from: p.from + start, to: p.from + i - 1}); part.length() >= pixels(shortAcr, dpi) && part.length() < p.length() {
			part.centre = slices.Clone(p.centre[start:i])
			if m, ok := part.measure(thick, w, h, limit, dpi); ok && m.clear && !m.dotted && m.level(dpi) {
				found = append(found, m)
			}
		}
		start = i + 1
	}
	return found
}

// bare is p from its first stretch of thin ink with paper on both sides to its last: what stands
// beside a torn line is print.
func (p piece) bare(thick []uint8, w, h int, limit uint8, dpi float64) piece {
	beside, least := pixels(clearWidth, dpi), pixels(1.5, dpi)
	first, last, run := -1, -1, 0
	for i, y := range p.centre {
		x := p.from + i
		top, bottom, kind := extent(thick, w, h, x, int(math.Round(float64(y))), limit)
		if kind != 2 || !isPaper(thick, w, h, x, top-beside, top-1) || !isPaper(thick, w, h, x, bottom+1, bottom+beside) {
			run = 0
			continue
		}
		if run++; run >= least {
			if first < 0 {
				first = i - run + 1
			}
			last = i
		}
	}
	if first < 0 {
		return piece{from: p.from, to: p.from, centre: p.centre[:1]}
	}
	return piece{from: p.from + first, to: p.from + last, centre: p.centre[first : last+1]}
}

// measure fills in a piece whose centre is roughly known, and says whether it
// looks like a line.
func (p piece) measure(thick []uint8, w, h int, limit uint8, dpi float64) (piece, bool) {
	mm := dpi / 25.4
	course := slices.Clone(p.centre)
	smooth(course, pixels(1.5, dpi))
	beside := pixels(clearWidth, dpi)
	var inked, thin, above, below, both, gaps, white, dash, longest, long int
	usual := int(2.6 * mm) // of a dash
	var bend, sum float64
	p.holes = nil
	for i, rough := range p.centre {
		x := p.from + i
		top, bottom, kind := extent(thick, w, h, x, int(math.Round(float64(rough))), limit)
		if kind == 0 {
			if white++; white == max(2, int(0.3*mm)) {
				gaps++
				if dash > usual {
					long += dash
				}
				dash = 0
			}
			continue
		}
		if float64(white) > breakGap*mm {
			p.holes = append(p.holes, [2]int{x - white, x - 1})
		}
		white = 0
		dash++
		longest = max(longest, dash)
		inked++
		if kind != 2 {
			continue
		}
		thin++
		sum += float64(bottom - top + 1)
		p.centre[i] = float32(top+bottom) / 2
		bend += math.Pow(float64(p.centre[i]-course[i]), 2)
		free := 0
		if isPaper(thick, w, h, x, top-beside, top-1) {
			above++
			free++
		}
		if isPaper(thick, w, h, x, bottom+1, bottom+beside) {
			below++
			free++
		}
		if free == 2 {
			both++
		}
	}
	if thin == 0 {
		return p, false
	}
	n := float64(thin)
	p.thickness = sum / n
	p.alone = float64(both) >= 0.5*n
	p.clear = float64(both) >= 0.9*n
	p.share = float64(inked) / float64(len(p.centre))
	smooth(p.centre, pixels(1, dpi))
	// Strokes that happen to lie in a row do not lie straight. A line of dots or
	// dashes is half paper, but alone, and its gaps follow closer than characters.
	// Print that crosses a line all along would leave little of it thin. Where lines
	// cross, the dashes of both sides meet and look like a longer one.
	straight := math.Sqrt(bend/n) <= 0.6+0.08*mm
	p.dotted = p.share < 0.8 && p.share >= 0.3 && float64(both) >= 0.8*n &&
		gaps >= 5 && float64(len(p.centre)) <= 2.4*mm*float64(gaps+1) && float64(longest) <= 5*mm && long*4 <= inked
	// Cells that each draw their own border in dashes make longer ones where two lie on each
	// other; all are thin, as no print's are.
	p.dotted = p.dotted || p.share < 0.8 && p.share >= 0.5 && n >= 0.98*float64(inked) && float64(both) >= 0.7*n &&
		gaps >= 10 && float64(len(p.centre)) <= 2.4*mm*float64(gaps+1) && float64(longest) <= 6*mm && long*5 <= inked*2
	// Fine dots that stand closer than any print does, all alone.
	crossed := n >= 0.85*float64(inked) && gaps >= 80 // by many lines
	p.dotted = p.dotted || p.share < 0.5 && p.share >= 0.15 && (crossed || n >= 0.95*float64(inked)) && float64(both) >= 0.95*n &&
		gaps >= 20 && float64(len(p.centre)) <= 1.2*mm*float64(gaps+1) && float64(longest) <= mm
	// Dots that meet in part of a line make it neither whole nor dotted; no print is so
	// long, so thin and so much by itself.
	p.dotted = p.dotted || p.share < 0.8 && p.share >= 0.5 && n >= 0.95*float64(inked) &&
		float64(both) >= 0.95*n && float64(len(p.centre)) >= loneLine*mm
	full := p.share >= 0.8 || p.dotted
	// A line across a page that a fax tore to pieces is longer than any print, thin and by itself.
	p.torn = straight && p.share >= 0.5 && n >= 0.97*float64(inked) && float64(both) >= 0.97*n &&
		gaps >= 4 && float64(len(p.centre)) >= loneLine*mm && float64(longest) >= minRun*mm
	return p, straight && full && n >= 0.6*float64(inked) && float64(max(above, below)) >= 0.7*n
}

// level reports whether p ends where it began.
func (p piece) level(dpi float64) bool {
	const drift = 0.12 // millimetres
	quarter := max(1, p.length()/4)
	return math.Abs(p.near(true, quarter)-p.near(false, quarter)) <= drift*dpi/25.4
}

// extent is the ink of a column at about y: its rows and whether it is thin (2),
// print (1) or absent (0).
func extent(thick []uint8, w, h, x, y int, limit uint8) (top, bottom, kind int) {
	for _, d := range [...]int{0, -1, 1, -2, 2} {
		yy := y + d
		if yy < 0 || yy >= h || thick[yy*w+x] == 0 {
			continue
		}
		if thick[yy*w+x] > limit {
			kind = max(kind, 1)
			continue
		}
		top, bottom = yy, yy
		for top > 0 && thick[(top-1)*w+x] != 0 {
			top--
		}
		for bottom < h-1 && thick[(bottom+1)*w+x] != 0 {
			bottom++
		}
		return top, bottom, 2
	}
	return 0, 0, kind
}

// isPaper reports whether a column has no ink from row y0 to y1.
func isPaper(thick []uint8, w, h, x, y0, y1 int) bool {
	for y := max(0, y0); y <= min(h-1, y1); y++ {
		if thick[y*w+x] != 0 {
			return false
		}
	}
	return true
}

// smooth replaces each value by the mean of those within n.
func smooth(v []float32, n int) {
	total := make([]float64, len(v)+1)
	for i, x := range v {
		total[i+1] = total[i] + float64(x)
	}
	for i := range v {
		a, b := max(0, i-n), min(len(v), i+n+1)
		v[i] = float32((total[b] - total[a]) / float64(b-a))
	}
}
