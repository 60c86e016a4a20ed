package raster

import (
	"image"
	"slices"

	"heji/extract/internal/grid"
	"heji/layout"
)

// Words is where print stands on a page without its ruling lines, in points: runs of
// characters that stand close together, one line high. Marks lower than a line, such as
// points and dashes, are given the height of the print beside them.
func (p Page) Words() []layout.Box {
	f := max(1, int(p.DPI/100))
	small := shrink(p.Text, f, boxDarkest)
	dpi := p.DPI / float64(f)
	w, h := small.Rect.Dx(), small.Rect.Dy()
	ink := inkOf(small, inkLevel)
	bare := slices.Clone(ink)
	smear(ink, w, h, pixels(0.8, dpi))
	var boxes []image.Rectangle
	for _, c := range components(ink, w, h) {
		boxes = append(boxes, c.bounds)
	}
	if len(boxes) > 20000 {
		return nil // dirt
	}
	height := usualHeight(boxes, dpi)
	boxes = lined(stacked(boxes, height), height)
	var words []layout.Box
	for _, b := range boxes {
		b.Max.X += paperAfter(bare, w, b, height)
		b.Min.X = max(0, b.Min.X-paperBefore(bare, w, b, height))
		words = append(words, points(b, dpi))
	}
	return words
}

// Gaps is the paper between the marks of a word, left to right, in points: what is wider than between
// the strokes of a character.
func (p Page) Gaps(word layout.Box) (found []grid.Gap) {
	const least = 0.25 // millimetres
	r := inPixels(word, p.DPI).Intersect(p.Text.Rect)
	white := -1 // where the paper begins
	for x := r.Min.X; x < r.Max.X; x++ {
		inked := false
		for y := r.Min.Y; y < r.Max.Y && !inked; y++ {
			inked = p.Text.Pix[y*p.Text.Stride+x] < inkLevel
		}
		switch {
		case !inked && white < 0:
			white = x
		case inked && white > r.Min.X && float64(x-white) >= least*p.DPI/25.4:
			found = append(found, grid.Gap{At: float64(white+x) / 2 * 72 / p.DPI, Width: float64(x-white) * 72 / p.DPI})
		}
		if inked {
			white = -1
		}
	}
	return found
}

// paperAfter is the paper that belongs to the mark that a word ends with: Chinese
// punctuation, such as ， and ；, has the width of a character and is printed in its left half.
func paperAfter(ink []uint8, w int, word image.Rectangle, height int) int {
	column := func(x int) (inked int) {
		for y := word.Min.Y; y < word.Max.Y; y++ {
			inked += int(ink[y*w+x])
		}
		return inked
	}
	end, inked := word.Max.X-1, 0
	for end > word.Min.X && column(end) == 0 {
		end--
	}
	x := end
	for ; x > word.Min.X; x-- {
		n := column(x)
		if n == 0 {
			break
		}
		inked = max(inked, n)
	}
	// Narrow, and lower than a digit. A 7 has no column with much ink; ； is two marks. A decimal
	// point is smaller than any of them.
	wide, high := end-x, unbroken(ink, w, image.Rect(x+1, word.Min.Y, end+1, word.Max.Y))
	if point := max(2, height/5); wide*20 > height*9 || inked*2 > height || high*2 > height || wide <= point && inked <= point && high <= point {
		return 0
	}
	return max(0, height*11/10-(end-x))
}

// unbroken is the most rows in a part of a page that have ink, one after the other.
func unbroken(ink []uint8, w int, part image.Rectangle) (most int) {
	rows := 0
	for y := part.Min.Y; y < part.Max.Y; y++ {
		if !slices.Contains(ink[y*w+part.Min.X:y*w+part.Max.X], 1) {
			rows = 0
			continue
		}
		rows++
		most = max(most, rows)
	}
	return most
}

// paperBefore is the paper that belongs to the bracket that a word begins with, which is
// printed in the right half of its width. It is narrow, and bent: its middle is left of both
// its ends.
func paperBefore(ink []uint8, w int, word image.Rectangle, height int) int {
	const least = 12 // pixels of height that show a bend
	if word.Dy() < least {
		return 0
	}
	start := word.Min.X
	inked := func(x int) bool {
		for y := word.Min.Y; y < word.Max.Y; y++ {
			if ink[y*w+x] != 0 {
				return true
			}
		}
		return false
	}
	for start < word.Max.X && !inked(start) {
		start++
	}
	end := start
	for end < word.Max.X && inked(end) {
		end++
	}
	wide := end - start
	if wide*20 > height*9 {
		return 0
	}
	leftmost := func(from, to int) int {
		left := end
		for y := word.Min.Y + from*word.Dy()/10; y < word.Min.Y+to*word.Dy()/10; y++ {
			for x := start; x < left; x++ {
				if ink[y*w+x] != 0 {
					left = x
				}
			}
		}
		return left
	}
	top, middle, bottom := leftmost(0, 2), leftmost(4, 6), leftmost(8, 10)
	if top == end || bottom == end || top <= middle || bottom <= middle {
		return 0
	}
	return max(0, height*11/10-wide)
}

// smear inks the paper of each row between ink that is at most gap apart.
func smear(ink []uint8, w, h, gap int) {
	for y := range h {
		row := ink[y*w : (y+1)*w]
		last := -gap - 2
		for x, v := range row {
			if v == 0 {
				continue
			}
			if x-last <= gap+1 {
				for i := max(last+1, 0); i < x; i++ {
					row[i] = 1
				}
			}
			last = x
		}
	}
}

// usualHeight is the height of most print that is no dirt, in pixels.
func usualHeight(boxes []image.Rectangle, dpi float64) int {
	var heights []int
	least := pixels(1.4, dpi)
	for _, b := range boxes {
		if h := b.Dy(); h >= least && h <= 6*least {
			for range max(1, b.Dx()/max(h, 1)) { // by its characters
				heights = append(heights, h)
			}
		}
	}
	if len(heights) == 0 {
		return 2 * least
	}
	slices.Sort(heights)
	return heights[len(heights)/2]
}

// stacked joins boxes one above the other that are one character, such as 二 and 言.
func stacked(boxes []image.Rectangle, height int) []image.Rectangle {
	slices.SortFunc(boxes, func(a, b image.Rectangle) int { return a.Min.Y - b.Min.Y })
	for i := 0; i < len(boxes); i++ {
		for j := i + 1; j < len(boxes) && boxes[j].Min.Y <= boxes[i].Max.Y+height/3; j++ {
			a, b := boxes[i], boxes[j]
			over := min(a.Max.X, b.Max.X) - max(a.Min.X, b.Min.X)
			if 2*over >= min(a.Dx(), b.Dx()) && max(a.Max.Y, b.Max.Y)-a.Min.Y <= height*5/4 {
				boxes[i] = a.Union(b)
				boxes = slices.Delete(boxes, j, j+1)
				j = i
			}
		}
	}
	return boxes
}

// endedBy is where the paper before a thin mark begins, such as ；, which some typefaces
// print in the middle of its width: at the end of the print that it stands behind.
func endedBy(mark image.Rectangle, boxes []image.Rectangle, height int) int {
	x := mark.Min.X
	for _, o := range boxes {
		beside := o.Max.X <= mark.Min.X && mark.Min.X-o.Max.X <= height*6/10 && o.Min.Y < mark.Max.Y && o.Max.Y > mark.Min.Y
		if beside && o.Dx() > height && o.Dy()*10 >= height*6 {
			x = min(x, o.Max.X)
		}
	}
	return x
}

// lined gives low marks the height of the line that they stand in, and drops those that
// stand in none and are too small for print.
func lined(boxes []image.Rectangle, height int) []image.Rectangle {
	var out []image.Rectangle
	for _, b := range boxes {
		if b.Dy()*10 >= height*6 {
			if b.Dx()*3 < height && b.Dy() < height {
				b.Min.X = endedBy(b, boxes, height)
			}
			out = append(out, b)
			continue
		}
		best, distance := image.Rectangle{}, height*3/2
		if b.Dx()*2 < height { // a point or a comma stands close to what it ends
			distance = height * 6 / 10
		}
		for _, o := range boxes {
			if o.Dy()*10 < height*6 || o.Dy() > 2*height || o.Min.Y-height/4 > b.Max.Y || o.Max.Y+height/4 < b.Min.Y {
				continue
			}
			d := max(o.Min.X-b.Max.X, b.Min.X-o.Max.X)
			if b.Dx()*2 < height && o.Max.X > b.Min.X {
				d += height * 3 / 10 // such a mark rather ends what is left of it
			}
			if d <= distance {
				best, distance = o, d
			}
		}
		switch {
		case !best.Empty():
			b.Min.Y, b.Max.Y = best.Min.Y, best.Max.Y
			if b.Dx()*2 < height && best.Max.X < b.Min.X {
				b.Min.X = best.Max.X // it ends what is left of it
			}
			out = append(out, b)
		case b.Dx()*2 >= height: // a dash in a cell of its own
			middle := (b.Min.Y + b.Max.Y) / 2
			b.Min.Y, b.Max.Y = middle-height/2, middle+height/2
			out = append(out, b)
		}
	}
	return out
}
