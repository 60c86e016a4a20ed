package raster

import (
	"cmp"
	"image"
	"math"
	"slices"

	"heji/extract/internal/grid"
)

// Lengths that tell a ruling line from a stroke, in millimetres.
const (
	maxThick   = 1.1 // no ruling line is thicker
	minRun     = 3.2 // a piece of one, unbroken but for dots and touching print
	tearGap    = 0.5 // where ink did not take
	dotGap     = 1.0 // between dots or dashes
	touchGap   = 2.6 // of print or a crossing line that hides the line
	breakGap   = 1.2 // a line that stops so long and goes on was always whole
	lostGap    = 15  // the same, if both ends hang in the air
	strokeLong = 6   // a piece this long is no stroke of a character
	reach      = 1.3 // an end this near another line was meant to touch it
	longLine   = 12  // lines from here on need one neighbour
	shortAcr   = 5   // shorter ones across need a line at both ends
	shortDown  = 4.4 // lines down may be as short as a row
	loneLine   = 40  // no print is so long
	clearWidth = 0.8 // paper beside a line
	doubleGap  = 0.4 // between the two of a double line
)

// Lines finds the ruling lines of a level page, in points. It follows them
// through gaps, specks, crossing print and a slight bend; dotted, dashed and
// double lines count as lines. Strokes of characters do not: a line is long, thin,
// has paper beside it, and ends on other lines unless it is longer than print.
func Lines(g *image.Gray, dpi float64) []grid.Segment { return findRules(g, dpi).segments() }

// ruling is the lines found on a page that was shrunken by factor.
type ruling struct {
	factor       int
	dpi          float64 // of the shrunken page
	ink          []uint8
	closedAcross []uint8 // ink with double lines across made one
	closedDown   []uint8 // the same for lines down, on the transposed page
	w, h         int
	across, down []line // down's lines are on the transposed page
}

// line is a ruling line seen along itself.
type line struct {
	from, to  int     // first and last pixel along
	at        float64 // mean place across
	thickness float64 // pixels
	pieces    []piece
}

// piece is an unbroken part of a line: centre[i] is where it lies at from+i.
type piece struct {
	from, to  int
	centre    []float32
	thickness float64
	share     float64 // of columns that show ink
	alone     bool    // paper lies on both sides of it
	dotted    bool
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

// findRules finds pieces both ways, joins those of one line, and keeps the lines
// that hold together.
func findRules(g *image.Gray, dpi float64) ruling {
	r := ruling{factor: max(1, int(dpi/145)), dpi: dpi}
	small := g
	if r.factor > 1 {
		small = shrink(g, r.factor, boxDarkest)
		r.dpi = dpi / float64(r.factor)
	}
	r.w, r.h = small.Rect.Dx(), small.Rect.Dy()
	// Hair lines are lighter than print.
	r.ink = inkOf(small, uint8(max(140, min(200, int(Otsu(small))+45))))
	r.closedAcross = fill(slices.Clone(r.ink), r.w, r.h, pixels(doubleGap, r.dpi))
	r.closedDown = fill(transpose(r.ink, r.w, r.h), r.h, r.w, pixels(doubleGap, r.dpi))
	across := pieces(r.closedAcross, r.w, r.h, r.dpi)
	down := pieces(r.closedDown, r.h, r.w, r.dpi)
	r.across = joinPieces(across, down, r.dpi)
	r.down = joinPieces(down, across, r.dpi)
	r.verify()
	return r
}

// pieces finds the unbroken parts of lines across.
func pieces(ink []uint8, w, h int, dpi float64) []piece {
	if w < 3 || h < 3 {
		return nil
	}
	thick := heights(ink, w, h)
	limit := uint8(min(254, pixels(maxThick, dpi)+1))
	var found []piece
	for _, dotted := range [2]bool{false, true} {
		gap := tearGap
		if dotted {
			gap = dotGap
		}
		for _, blob := range overlapping(thinRuns(thick, w, h, limit, gap, dpi)) {
			if p, ok := asPiece(blob, thick, w, h, limit, dpi); ok && p.dotted == dotted {
				found = append(found, p)
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
					ink[yy*w+x] = 1
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

// thinRuns finds stretches of row after row where ink is thin, on the row or its
// neighbours, and goes on over gaps of so many millimetres and whatever crosses.
func thinRuns(thick []uint8, w, h int, limit uint8, gapSize, dpi float64) []stretch {
	shortest, gap, cross := pixels(minRun, dpi), pixels(gapSize, dpi), pixels(touchGap, dpi)
	const paper, print, thin = 0, 1, 2
	class := make([]uint8, w)
	var runs []stretch
	for y := 1; y < h-1; y++ {
		up, row, low := thick[(y-1)*w:y*w], thick[y*w:(y+1)*w], thick[(y+1)*w:(y+2)*w]
		any := false
		for x := range class {
			a, b, c := up[x]-1, row[x]-1, low[x]-1 // paper becomes 255
			switch {
			case a < limit || b < limit || c < limit:
				class[x], any = thin, true
			case row[x] != 0:
				class[x] = print
			default:
				class[x] = paper
			}
		}
		if !any {
			continue
		}
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
				if white > gap || x-last > cross {
					break
				}
			}
			if last-start+1 >= shortest {
				runs = append(runs, stretch{y: y, x0: start, x1: last + 1})
			}
			x = last
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

// asPiece measures a group of runs and says whether it looks like a line.
func asPiece(runs []stretch, thick []uint8, w, h int, limit uint8, dpi float64) (piece, bool) {
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
	return p.measure(thick, w, h, limit, dpi)
}

// measure fills in a piece whose centre is roughly known, and says whether it
// looks like a line.
func (p piece) measure(thick []uint8, w, h int, limit uint8, dpi float64) (piece, bool) {
	mm := dpi / 25.4
	course := slices.Clone(p.centre)
	smooth(course, pixels(1.5, dpi))
	beside := pixels(clearWidth, dpi)
	var inked, thin, above, below, both, gaps, white, dash, longest int
	var bend, sum float64
	for i, rough := range p.centre {
		x := p.from + i
		top, bottom, kind := extent(thick, w, h, x, int(math.Round(float64(rough))), limit)
		if kind == 0 {
			if white++; white == max(2, int(0.3*mm)) {
				gaps++
				dash = 0
			}
			continue
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
	p.share = float64(inked) / float64(len(p.centre))
	smooth(p.centre, pixels(1, dpi))
	// Strokes that happen to lie in a row do not lie straight. A line of dots or
	// dashes is half paper, but alone, and its gaps follow closer than characters.
	// Print that crosses a line all along would leave little of it thin.
	straight := math.Sqrt(bend/n) <= 0.6+0.08*mm
	p.dotted = p.share < 0.8 && p.share >= 0.3 && float64(both) >= 0.8*n &&
		gaps >= 5 && float64(len(p.centre)) <= 2.4*mm*float64(gaps+1) && float64(longest) <= 2.6*mm
	full := p.share >= 0.8 || p.dotted
	return p, straight && full && n >= 0.6*float64(inked) && float64(max(above, below)) >= 0.7*n
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

// joinPieces makes lines of pieces that go on from one another. Between merged
// cells a line rightly stops, but then it stops at a line of the other direction:
// a longer gap is closed only where both ends hang in the air, and not with a
// piece so short that it may be a stroke of a character that happens to lie there.
func joinPieces(along, other []piece, dpi float64) []line {
	mm := dpi / 25.4
	order := slices.Clone(along)
	slices.SortFunc(order, func(a, b piece) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.centre[0], b.centre[0]))
	})
	held := func(x int, y float64) bool { // a line of the other direction is here
		for _, o := range other {
			if y < float64(o.from)-reach*mm || y > float64(o.to)+reach*mm {
				continue
			}
			i := min(max(int(y)-o.from, 0), len(o.centre)-1)
			if math.Abs(float64(o.centre[i])-float64(x)) <= reach*mm {
				return true
			}
		}
		return false
	}
	var lines []line
	for _, p := range order {
		best, bestGap := -1, math.Inf(1)
		for i, l := range lines {
			last := l.pieces[len(l.pieces)-1]
			gap := float64(p.from - last.to)
			if gap > lostGap*mm || p.to <= l.to {
				continue
			}
			end, start := last.near(true, int(4*mm)), p.near(false, int(4*mm))
			if math.Abs(end-start) > 0.6*mm+0.01*max(gap, 0) || gap < -2*mm && math.Abs(end-start) > 0.4*mm {
				continue
			}
			if gap > breakGap*mm && (held(last.to, end) || held(p.from, start)) {
				continue
			}
			if shorter := min(last.length(), p.length()); gap > breakGap*mm && (float64(shorter) < strokeLong*mm || float64(shorter) < gap) {
				continue
			}
			if gap < bestGap {
				best, bestGap = i, gap
			}
		}
		if best < 0 {
			lines = append(lines, line{from: p.from, to: p.to, pieces: []piece{p}})
			continue
		}
		l := &lines[best]
		l.to = p.to
		l.pieces = append(l.pieces, p)
	}
	for i := range lines {
		l := &lines[i]
		var sum, thickness, weight float64
		for _, p := range l.pieces {
			n := float64(p.length())
			sum, thickness, weight = sum+p.mean()*n, thickness+p.thickness*n, weight+n
		}
		l.at, l.thickness = sum/weight, thickness/weight
	}
	return lines
}

// place is where l lies at x, by the nearest of its pieces.
func (l line) place(x int) float64 {
	best, distance := 0.0, math.MaxInt
	for _, p := range l.pieces {
		i := min(max(x, p.from), p.to)
		if d := abs(x - i); d < distance {
			best, distance = float64(p.centre[i-p.from]), d
		}
	}
	return best
}

func abs(x int) int { return max(x, -x) }

// verify keeps the lines that hold together, and draws their ends to the lines
// they were meant to touch. It starts from those too long to be print and adds
// what holds on to them, and so on: strokes of one character hold together too,
// but on nothing else.
func (r *ruling) verify() {
	var across, down []line
	grow := func(kept, rest, others []line, ink []uint8, w, h int, shortest float64, both bool) (_, _ []line, grown bool) {
		rest = slices.DeleteFunc(rest, func(l line) bool {
			ok := r.stands(l) || r.holds(l, others, ink, w, h, shortest, both)
			if ok {
				kept = append(kept, l)
				grown = true
			}
			return ok
		})
		return kept, rest, grown
	}
	settle := func() {
		restAcross, restDown := r.across, r.down
		across, down = nil, nil
		for more := true; more; {
			var a, b bool
			across, restAcross, a = grow(across, restAcross, down, r.closedAcross, r.w, r.h, shortAcr, true)
			down, restDown, b = grow(down, restDown, across, r.closedDown, r.h, r.w, shortDown, false)
			more = a || b
		}
		r.across, r.down = across, down
	}
	settle()
	r.trim(r.across, r.down, r.closedAcross, r.w, r.h)
	r.trim(r.down, r.across, r.closedDown, r.h, r.w)
	acrossCut := r.split(r.across, r.down, r.closedAcross, r.w, r.h)
	r.down = r.split(r.down, r.across, r.closedDown, r.h, r.w)
	r.across = acrossCut
	settle()
	near := int(math.Ceil(reach * r.dpi / 25.4))
	r.extend(r.across, r.down, near)
	r.extend(r.down, r.across, near)
}

// stands reports whether a line is one by its length alone.
func (r *ruling) stands(l line) bool {
	return float64(l.to-l.from+1) >= loneLine*r.dpi/25.4 && (l.full() || l.dotted())
}

// holds reports whether a line is one, from its length and from the lines of the
// other direction that it meets. It must run into one of them without a gap: a
// stroke of print keeps its distance.
func (r *ruling) holds(l line, others []line, ink []uint8, w, h int, shortest float64, both bool) bool {
	mm := r.dpi / 25.4
	near := int(math.Ceil(reach * mm))
	length := float64(l.to-l.from+1) / mm
	if length < shortest {
		return false
	}
	var first, last, contact, through bool
	for _, o := range others {
		x, ok := meet(l, o, near)
		if !ok {
			continue
		}
		first = first || abs(x-l.from) <= near
		last = last || abs(x-l.to) <= near
		before := x-l.from > near && !r.gapBeside(l, x, -1, ink, w, h)
		after := l.to-x > near && !r.gapBeside(l, x, 1, ink, w, h)
		contact = contact || l.dotted() || before || after
		through = through || before && after // as no stroke does
	}
	switch {
	case length >= longLine || through:
		return contact
	case both:
		return contact && first && last
	}
	return contact && (first || last)
}

// meet is where along l the line o of the other direction meets it, if both
// reach that place but for near.
func meet(l, o line, near int) (x int, ok bool) {
	x = int(math.Round(o.place(int(l.at))))
	if x < l.from-near || x > l.to+near {
		return 0, false
	}
	y := l.place(x)
	return x, y >= float64(o.from-near) && y <= float64(o.to+near)
}

// full reports whether l has ink all along.
func (l line) full() bool {
	var ink float64
	for _, p := range l.pieces {
		ink += p.share * float64(p.length())
	}
	return ink >= 0.93*float64(l.to-l.from+1)
}

// dotted reports whether l is mostly of dots or dashes.
func (l line) dotted() bool {
	n := 0
	for _, p := range l.pieces {
		if p.dotted {
			n += p.length()
		}
	}
	return 2*n > l.to-l.from+1
}

// trim takes from the ends of lines what may be a stroke of print: a short part
// beyond the last line crossed that touches neither that line nor the next.
func (r *ruling) trim(lines, others []line, ink []uint8, w, h int) {
	mm := r.dpi / 25.4
	near := int(math.Ceil(reach * mm))
	for i := range lines {
		l := &lines[i]
		first, last := l.to+1, l.from-1 // where lines cross that are not at its ends
		var held [2]bool
		for _, o := range others {
			x, ok := meet(*l, o, near)
			if !ok {
				continue
			}
			held[0] = held[0] || abs(x-l.from) <= near
			held[1] = held[1] || abs(x-l.to) <= near
			if x >= l.from && x <= l.to {
				first, last = min(first, x), max(last, x)
			}
		}
		if first > last {
			continue
		}
		long := int((strokeLong + 2) * mm)
		if !held[0] && first-l.from <= long && r.gapBeside(*l, first, -1, ink, w, h) {
			l.from = first
		}
		if !held[1] && l.to-last <= long && r.gapBeside(*l, last, 1, ink, w, h) {
			l.to = last
		}
	}
}

// split takes out of lines what lies between two neighbouring lines crossed and is
// not ruled: a line that stops at a merged cell and goes on behind it, with a
// stroke of print between that made it look whole.
func (r *ruling) split(lines, others []line, ink []uint8, w, h int) []line {
	mm := r.dpi / 25.4
	near := int(math.Ceil(reach * mm))
	var parts []line
	for _, l := range lines {
		crossed := []int{l.from, l.to}
		for _, o := range others {
			if x, ok := meet(l, o, near); ok && x > l.from && x < l.to {
				crossed = append(crossed, x)
			}
		}
		slices.Sort(crossed)
		part := l
		for i := 1; i < len(crossed); i++ {
			a, b := crossed[i-1], crossed[i]
			if b-a <= 2*near || r.ruled(l, a, b, i > 1, i < len(crossed)-1, ink, w, h) {
				continue
			}
			if part.to = a; part.to > part.from {
				parts = append(parts, part)
			}
			part = l
			part.from = b
		}
		if part.to > part.from {
			parts = append(parts, part)
		}
	}
	return parts
}

// ruled reports whether l has its ink between two places, and does not keep its
// distance from the lines that it crosses at both of them.
func (r *ruling) ruled(l line, a, b int, crossesA, crossesB bool, ink []uint8, w, h int) bool {
	n := 0
	for x := a; x <= b; x++ {
		if _, _, found := column(ink, w, h, x, int(math.Round(l.place(x))), 1); found {
			n++
		}
	}
	if l.dotted() {
		return n*100 >= 25*(b-a+1)
	}
	stroke := float64(b-a) <= (strokeLong+3)*r.dpi/25.4
	apart := stroke && crossesA && crossesB && r.gapBeside(l, a, 1, ink, w, h) && r.gapBeside(l, b, -1, ink, w, h)
	return n*100 >= 60*(b-a+1) && !apart
}

// gapBeside reports whether l has paper within 2 mm of x in the direction given.
func (r *ruling) gapBeside(l line, x, direction int, ink []uint8, w, h int) bool {
	mm := r.dpi / 25.4
	white := 0
	for d := 1; d <= int(2*mm); d++ {
		xx := x + d*direction
		if xx < 0 || xx >= w {
			return false
		}
		if _, _, found := column(ink, w, h, xx, int(math.Round(l.place(xx))), 1); found {
			white = 0
		} else if white++; float64(white) >= 0.3*mm {
			return true
		}
	}
	return false
}

// extend draws the ends of lines to others that they all but touch.
func (r *ruling) extend(lines, others []line, near int) {
	for i := range lines {
		l := &lines[i]
		from, to := l.from, l.to
		for _, o := range others {
			if x, ok := meet(*l, o, near); ok {
				from, to = min(from, x), max(to, x)
			}
		}
		l.from, l.to = from, to
	}
}

// segments is the lines in points.
func (r ruling) segments() []grid.Segment {
	s := 72 / r.dpi
	var out []grid.Segment
	for _, l := range r.across {
		y := (l.at + 0.5) * s
		out = append(out, grid.Segment{X0: float64(l.from) * s, Y0: y, X1: float64(l.to+1) * s, Y1: y, Thickness: l.thickness * s})
	}
	for _, l := range r.down {
		x := (l.at + 0.5) * s
		out = append(out, grid.Segment{X0: x, Y0: float64(l.from) * s, X1: x, Y1: float64(l.to+1) * s, Thickness: l.thickness * s})
	}
	return out
}

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
