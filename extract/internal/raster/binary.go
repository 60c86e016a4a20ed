package raster

import (
	"image"
	"slices"
)

// Otsu is the gray value that best divides ink from paper: ink is below it. On a
// page of one tone it is 128.
func Otsu(g *image.Gray) uint8 {
	var counts [256]int
	w, h := g.Rect.Dx(), g.Rect.Dy()
	step := 1
	if w*h > 2_000_000 {
		step = 2
	}
	for y := 0; y < h; y += step {
		for _, v := range g.Pix[y*g.Stride : y*g.Stride+w] {
			counts[v]++
		}
	}
	return otsu(counts[:])
}

func otsu(counts []int) uint8 {
	var total, sum float64
	for v, n := range counts {
		total += float64(n)
		sum += float64(v * n)
	}
	best, first, last := 0.0, -1, -1
	var below, belowSum float64
	for v, n := range counts {
		below += float64(n)
		belowSum += float64(v * n)
		above := total - below
		if below == 0 || above == 0 {
			continue
		}
		d := belowSum/below - (sum-belowSum)/above
		if s := below * above * d * d; s > best*(1+1e-9) {
			best, first, last = s, v, v
		} else if s >= best*(1-1e-9) {
			last = v
		}
	}
	if first < 0 {
		return 128
	}
	// Where no value lies between ink and paper, the middle of the gap.
	return uint8((first+last)/2 + 1)
}

// Flatten makes the paper white everywhere: each pixel is divided by the paper's
// brightness around it. Shaded cells and the shadow of the binding go with that.
// Ink stays as dark as it was beside its paper. The result is a new image with
// its origin at 0, 0.
func Flatten(g *image.Gray, dpi float64) *image.Gray {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	out := image.NewGray(image.Rect(0, 0, w, h))
	if bilevel(g) {
		for y := range h {
			copy(out.Pix[y*w:(y+1)*w], g.Pix[y*g.Stride:y*g.Stride+w])
		}
		return out
	}
	block := max(8, pixels(3, dpi))
	paper, bw, bh := paperOf(g, block)
	scale := make([]uint32, 256) // 16.16 of 255 over paper
	for v := range scale {
		scale[v] = uint32(255.0 * 65536 * 1.02 / float64(max(v, 40)))
	}
	line := make([]uint16, bw) // the paper on this row at block centres, 8.8
	for y := range h {
		y0, y1, fy := between(y, block, bh)
		for i := range line {
			line[i] = uint16(int(paper[y0*bw+i])*(256-fy) + int(paper[y1*bw+i])*fy)
		}
		src, dst := g.Pix[y*g.Stride:y*g.Stride+w], out.Pix[y*w:(y+1)*w]
		for x0 := 0; x0 < w; x0 += 8 { // paper changes slowly: one value for 8 pixels
			a, b, fx := between(min(x0+4, w-1), block, bw)
			v := (uint32(line[a])*uint32(256-fx) + uint32(line[b])*uint32(fx)) >> 16
			s := scale[min(v, 255)]
			for x := x0; x < min(x0+8, w); x++ {
				dst[x] = uint8(min((uint32(src[x])*s)>>16, 255))
			}
		}
	}
	return out
}

// between is the blocks whose centres lie to either side of v, and how far it is
// from the first to the second, of 256.
func between(v, block, n int) (first, second, share int) {
	d := v - block/2
	if d < 0 {
		return 0, 0, 0
	}
	first = min(d/block, n-1)
	return first, min(first+1, n-1), (d - d/block*block) * 256 / block
}

// bilevel reports whether the image holds only black and white, as a fax does.
func bilevel(g *image.Gray) bool {
	for y := range g.Rect.Dy() {
		for _, v := range g.Pix[y*g.Stride : y*g.Stride+g.Rect.Dx()] {
			if v != 0 && v != 255 {
				return false
			}
		}
	}
	return true
}

// Bilevel reports whether a gray picture holds only black and white, as a fax does.
func Bilevel(img image.Image) bool {
	g, ok := img.(*image.Gray)
	return ok && bilevel(g)
}

// NearlyBilevel reports whether a gray picture is black and white but for a few
// pixels, as a fax is that was drawn at not quite its own size.
func NearlyBilevel(img image.Image) bool {
	g, ok := img.(*image.Gray)
	if !ok || bilevel(g) {
		return false
	}
	between := 0
	for y := range g.Rect.Dy() {
		for _, v := range g.Pix[y*g.Stride : y*g.Stride+g.Rect.Dx()] {
			if v > 0 && v < 255 {
				between++
			}
		}
	}
	return between*4 < g.Rect.Dx()*g.Rect.Dy()
}

// paperOf is the brightness of the paper in blocks of the page. A block that is
// nearly all ink takes its neighbours' paper.
func paperOf(g *image.Gray, block int) (paper []uint8, bw, bh int) {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	bw, bh = (w+block-1)/block, (h+block-1)/block
	raw := make([]uint8, bw*bh)
	var all [256]int
	for by := range bh {
		for bx := range bw {
			var counts [256]int
			for y := by * block; y < min(h, (by+1)*block); y += 2 {
				for _, v := range g.Pix[y*g.Stride+bx*block : y*g.Stride+min(w, (bx+1)*block)] {
					counts[v]++
				}
			}
			v := percentile(counts[:], 0.8)
			raw[by*bw+bx] = uint8(v)
			all[v]++
		}
	}
	known := shaded(raw, bw, bh, percentile(all[:], 0.7)*6/10)
	for again := true; again; {
		again = false
		next, now := slices.Clone(raw), slices.Clone(known)
		for i := range raw {
			if known[i] {
				continue
			}
			best := -1
			beside(i, bw, bh, func(k int) {
				if known[k] {
					best = max(best, int(raw[k]))
				}
			})
			if best >= 0 {
				next[i], now[i], again = uint8(best), true, true
			}
		}
		raw, known = next, now
	}
	// Smooth, so that a block's own print does not show.
	paper = make([]uint8, len(raw))
	for y := range bh {
		for x := range bw {
			sum, n := 0, 0
			for dy := max(0, y-1); dy <= min(bh-1, y+1); dy++ {
				for dx := max(0, x-1); dx <= min(bw-1, x+1); dx++ {
					sum += int(raw[dy*bw+dx])
					n++
				}
			}
			paper[y*bw+x] = uint8(sum / n)
		}
	}
	return paper, bw, bh
}

// shaded are the blocks that show paper: those no darker than dark, and from them on into
// the shadow of a binding those that are a little darker than their neighbours and not much
// darker than those next to these. What is printed or lies around the paper is darker at once.
func shaded(raw []uint8, bw, bh, dark int) []bool {
	const little, much, least = 75, 62, 45 // hundredths twice; a gray level
	known := make([]bool, len(raw))
	var next []int
	for i, v := range raw {
		if int(v) >= dark {
			known[i] = true
			next = append(next, i)
		}
	}
	for len(next) > 0 {
		i := next[len(next)-1]
		next = next[:len(next)-1]
		lightest := raw[i]
		beside(i, bw, bh, func(k int) {
			if known[k] {
				lightest = max(lightest, raw[k])
			}
		})
		beside(i, bw, bh, func(k int) {
			if v := int(raw[k]) * 100; !known[k] && raw[k] >= least && v >= int(raw[i])*little && v >= int(lightest)*much {
				known[k] = true
				next = append(next, k)
			}
		})
	}
	return known
}

// beside gives the blocks around one of a field.
func beside(i, bw, bh int, to func(k int)) {
	for y := max(0, i/bw-1); y <= min(bh-1, i/bw+1); y++ {
		for x := max(0, i%bw-1); x <= min(bw-1, i%bw+1); x++ {
			if k := y*bw + x; k != i {
				to(k)
			}
		}
	}
}

// inkOf is 1 where the pixel is darker than threshold.
func inkOf(g *image.Gray, threshold uint8) []uint8 {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	ink := make([]uint8, w*h)
	for y := range h {
		row := ink[y*w : (y+1)*w]
		for x, v := range g.Pix[y*g.Stride : y*g.Stride+w] {
			if v < threshold {
				row[x] = 1
			}
		}
	}
	return ink
}

// component is ink that hangs together, by sides or corners.
type component struct {
	bounds image.Rectangle
	area   int // pixels
	label  int // in the order of components, from 0
}

// components finds what hangs together in a mask of 0 and 1.
func components(mask []uint8, w, h int) []component {
	found, _ := labelled(mask, w, h)
	return found
}

// stretch is a run of ink in a row: x from x0 up to but not including x1.
type stretch struct{ y, x0, x1, label int }

// labelled is components together with the runs of ink that they are made of.
func labelled(mask []uint8, w, h int) ([]component, []stretch) {
	var runs []stretch
	var parent []int
	find := func(i int) int {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	above, aboveEnd := 0, 0
	for y := range h {
		start := len(runs)
		row := mask[y*w : (y+1)*w]
		a := above
		for x := 0; x < w; {
			if row[x] == 0 {
				x++
				continue
			}
			x0 := x
			for x < w && row[x] != 0 {
				x++
			}
			label := -1
			for a < aboveEnd && runs[a].x1 < x0 {
				a++
			}
			for i := a; i < aboveEnd && runs[i].x0 <= x; i++ {
				root := find(runs[i].label)
				switch {
				case label < 0:
					label = root
				case root != label:
					parent[max(root, label)] = min(root, label)
					label = min(root, label)
				}
			}
			if label < 0 {
				label = len(parent)
				parent = append(parent, label)
			}
			runs = append(runs, stretch{y, x0, x, label})
		}
		above, aboveEnd = start, len(runs)
	}
	index := make([]int, len(parent))
	for i := range index {
		index[i] = -1
	}
	var found []component
	for i := range runs {
		r := &runs[i]
		root := find(r.label)
		if index[root] < 0 {
			index[root] = len(found)
			found = append(found, component{label: len(found)})
		}
		r.label = index[root]
		c := &found[r.label]
		c.bounds = c.bounds.Union(image.Rect(r.x0, r.y, r.x1, r.y+1))
		c.area += r.x1 - r.x0
	}
	return found, runs
}

// Despeckle removes dirt in place. A speck of the size of a decimal point stays
// wherever other ink is near, since there it may be one, and where many of its kind
// are, since that may be a dotted line; dirt that is smaller than any point goes
// everywhere.
func Despeckle(g *image.Gray, dpi float64) { despeckle(g, dpi, bilevel(g)) }

// despeckle is Despeckle; with crumbs, marks too small for a point go that stand beside
// print, too.
func despeckle(g *image.Gray, dpi float64, crumbs bool) {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	threshold := Otsu(g)
	found, runs := labelled(inkOf(g, threshold), w, h)
	tiny := max(1, int(dpi*dpi/25.4/25.4*0.02)) // pixels of 0.02 mm²: 1 at 200 dpi, 2 at 300
	small := pixels(0.45, dpi)                  // the side of a point
	near := pixels(2.5, dpi)

	// Where ink of some size is, in coarse cells.
	cell := max(4, near/2)
	cw, ch := w/cell+1, h/cell+1
	large, points := make([]uint8, cw*ch), make([]uint16, cw*ch)
	isSmall := make([]bool, len(found))
	for i, c := range found {
		isSmall[i] = c.bounds.Dx() <= small && c.bounds.Dy() <= small
		if isSmall[i] && c.area > tiny {
			points[c.bounds.Min.Y/cell*cw+c.bounds.Min.X/cell]++
		}
	}
	for _, r := range runs {
		if !isSmall[r.label] {
			for x := r.x0 / cell; x <= (r.x1-1)/cell; x++ {
				large[r.y/cell*cw+x] = 1
			}
		}
	}
	drop := make([]bool, len(found))
	for i, c := range found {
		if !isSmall[i] {
			continue
		}
		x, y := c.bounds.Min.X/cell, c.bounds.Min.Y/cell
		beside, print := 0, false
		for dy := max(0, y-2); dy <= min(ch-1, y+2); dy++ {
			for dx := max(0, x-2); dx <= min(cw-1, x+2); dx++ {
				print = print || large[dy*cw+dx] != 0
				beside += int(points[dy*cw+dx])
			}
		}
		const row = 4 // points that are no accident
		drop[i] = c.area <= tiny || !print && beside < row
	}
	if crumbs {
		dropCrumbs(found, drop, w, h, dpi)
	}
	keepRows(found, isSmall, drop, dpi)
	keepStrokes(g, found, runs, drop, threshold, small)
	for _, r := range runs {
		if !drop[r.label] {
			continue
		}
		for y := max(0, r.y-1); y <= min(h-1, r.y+1); y++ { // with its fringe
			for x := max(0, r.x0-1); x < min(w, r.x1+1); x++ {
				if v := &g.Pix[y*g.Stride+x]; y == r.y && x >= r.x0 && x < r.x1 || *v >= threshold {
					*v = 255
				}
			}
		}
	}
}

// keepStrokes takes from the dirt what is the darkest of a stroke that is pale around it: thin
// print breaks into pieces at the threshold of a page that has black print too.
func keepStrokes(g *image.Gray, found []component, runs []stretch, drop []bool, threshold uint8, small int) {
	if !slices.Contains(drop, true) {
		return
	}
	const fringe = 1 // pixels around a speck that are half its
	w, h := g.Rect.Dx(), g.Rect.Dy()
	pale, paleRuns := labelled(inkOf(g, threshold+(255-threshold)/2), w, h)
	of := make([]int32, w*h) // the pale piece that a pixel is of, from 1
	for _, r := range paleRuns {
		for x := r.x0; x < r.x1; x++ {
			of[r.y*w+x] = int32(r.label) + 1
		}
	}
	for _, r := range runs {
		if !drop[r.label] {
			continue
		}
		if i := of[r.y*w+r.x0]; i > 0 {
			b := pale[i-1].bounds
			drop[r.label] = b.Dx() <= small+2*fringe && b.Dy() <= small+2*fringe
		}
	}
}

// keepRows takes from the dirt what stands in a row, across or down, with others of its
// size: the dots of a line. Dirt that lies about at random hardly ever does.
func keepRows(found []component, isSmall, drop []bool, dpi float64) {
	const (
		least = 10 // in a row
		long  = 10 // millimetres of a row to either side
	)
	span := pixels(long, dpi)
	for _, down := range []bool{false, true} {
		at := func(c component) (along, across int) {
			x, y := (c.bounds.Min.X+c.bounds.Max.X)/2, (c.bounds.Min.Y+c.bounds.Max.Y)/2
			if down {
				return y, x
			}
			return x, y
		}
		rows := map[int][]int{} // places along, by those across
		for i, c := range found {
			if isSmall[i] {
				a, b := at(c)
				rows[b] = append(rows[b], a)
			}
		}
		for _, r := range rows {
			slices.Sort(r)
		}
		for i, c := range found {
			if !isSmall[i] || !drop[i] {
				continue
			}
			a, b := at(c)
			n := 0
			for d := -1; d <= 1; d++ {
				r := rows[b+d]
				from, _ := slices.BinarySearch(r, a-span)
				to, _ := slices.BinarySearch(r, a+span+1)
				n += to - from
			}
			drop[i] = n < least
		}
	}
}

// crumb is the area, in square points, below which a mark on a black and white page is
// too small for the point of any print that can be read.
const crumb = 0.45

// dropCrumbs marks those pieces of ink as dirt that are too small for a point, unless
// they stand where one would: on the line, close between two characters. A crumb
// there stays for whoever reads to wonder at.
func dropCrumbs(found []component, drop []bool, w, h int, dpi float64) {
	limit := int(crumb * dpi * dpi / 72 / 72)
	low, high, close, level := pixels(1.2, dpi), pixels(7, dpi), pixels(0.8, dpi), pixels(0.35, dpi)
	cell := max(4, high/2)
	cw := w/cell + 1
	characters := map[int][]int{} // by the cells they reach into
	for i, c := range found {
		if c.bounds.Dy() < low || c.bounds.Dy() > high || c.bounds.Dx() > high {
			continue
		}
		for y := c.bounds.Min.Y / cell; y <= c.bounds.Max.Y/cell; y++ {
			for x := (c.bounds.Min.X - close) / cell; x <= (c.bounds.Max.X+close)/cell; x++ {
				characters[y*cw+x] = append(characters[y*cw+x], i)
			}
		}
	}
	for i, c := range found {
		if drop[i] || c.area > limit {
			continue
		}
		left, right := false, false
		for _, j := range characters[c.bounds.Min.Y/cell*cw+c.bounds.Min.X/cell] {
			o := found[j].bounds
			if abs(o.Max.Y-c.bounds.Max.Y) > level {
				continue
			}
			left = left || o.Max.X <= c.bounds.Min.X && c.bounds.Min.X-o.Max.X <= close
			right = right || o.Min.X >= c.bounds.Max.X && o.Min.X-c.bounds.Max.X <= close
		}
		drop[i] = !left || !right
	}
}
