package pdf

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/structs"

	"heji/extract/internal/grid"
	"heji/form"
	"heji/layout"
)

const (
	thin      = 3.0   // points; a filled shape no wider is a line
	shortest  = 2.0   // points; a line no longer is a dot
	maxPoints = 20000 // of one path; more is a drawing
)

// drawing is what a page's objects show beside text.
type drawing struct {
	segments []grid.Segment
	dots     []layout.Box // filled shapes as small as those that dotted lines are drawn by
	images   []Image
	objects  int

	texts     []textObject
	invisible int  // text objects drawn without ink
	pale      int  // text objects drawn in white
	covered   int  // text objects with something solid painted over them
	doubtful  bool // some text may not be seen: cut off, or in a layer that may be off
}

// textObject is a text object met on the walk.
type textObject struct {
	ref     references.FPDF_PAGEOBJECT
	bounds  layout.Box // as displayed
	covered bool
}

// maxTexts is for how many text objects of a page it is asked whether anything
// hides them.
const maxTexts = 5000

func layoutBox(width, height float64) layout.Box { return layout.Box{X1: width, Y1: height} }

// drawing walks through the page's objects, into form XObjects.
func (c *child) drawing(page requests.Page, display matrix, paper layout.Box) (*drawing, error) {
	d := &drawing{}
	count, err := c.instance.FPDFPage_CountObjects(&requests.FPDFPage_CountObjects{Page: page})
	if err != nil {
		return nil, err
	}
	for i := range count.Count {
		o, err := c.instance.FPDFPage_GetObject(&requests.FPDFPage_GetObject{Page: page, Index: i})
		if err != nil {
			return nil, err
		}
		if err := c.object(d, o.PageObject, display, paper, 0); err != nil {
			return nil, err
		}
	}
	for _, line := range dotted(d.dots) {
		d.add(line, min(line.Width(), line.Height()), paper)
	}
	return d, nil
}

// dotted are the lines that dots make, each drawn as a shape of its own: at least leastDots
// in a row, no farther apart than a dot and a half are wide.
func dotted(dots []layout.Box) (lines []layout.Box) {
	const leastDots = 8
	level := slices.Clone(dots)
	slices.SortFunc(level, func(a, b layout.Box) int { return cmp.Or(cmp.Compare(a.Y0, b.Y0), cmp.Compare(a.X0, b.X0)) })
	upright := slices.Clone(dots)
	slices.SortFunc(upright, func(a, b layout.Box) int { return cmp.Or(cmp.Compare(a.X0, b.X0), cmp.Compare(a.Y0, b.Y0)) })
	runs := func(sorted []layout.Box, next func(last, b layout.Box) bool) {
		for i := 0; i < len(sorted); {
			line, n := sorted[i], 1
			for i+n < len(sorted) && next(sorted[i+n-1], sorted[i+n]) {
				line = line.Union(sorted[i+n])
				n++
			}
			if n >= leastDots {
				lines = append(lines, line)
			}
			i += n
		}
	}
	const hair = 0.1 // points
	runs(level, func(last, b layout.Box) bool { return b.Y0-last.Y0 < hair && b.X0-last.X1 < 1.5*last.Width() })
	runs(upright, func(last, b layout.Box) bool { return b.X0-last.X0 < hair && b.Y0-last.Y1 < 1.5*last.Height() })
	return lines
}

func (c *child) object(d *drawing, ref references.FPDF_PAGEOBJECT, place matrix, paper layout.Box, depth int) error {
	c.handles++
	if d.objects++; d.objects > c.limits.PageObjects {
		return &form.Error{Code: form.TooLarge,
			Message: fmt.Sprintf("A page has more than %d drawn objects, which no form does; print the file to a new PDF and try that.", c.limits.PageObjects)}
	}
	kind, err := c.instance.FPDFPageObj_GetType(&requests.FPDFPageObj_GetType{PageObject: ref})
	if err != nil {
		return err
	}
	switch kind.Type {
	case enums.FPDF_PAGEOBJ_PATH:
		return c.path(d, ref, place, paper)
	case enums.FPDF_PAGEOBJ_IMAGE:
		return c.picture(d, ref, place, paper)
	case enums.FPDF_PAGEOBJ_TEXT:
		return c.text(d, ref, place)
	case enums.FPDF_PAGEOBJ_FORM:
		if depth >= c.limits.Nesting {
			return &form.Error{Code: form.TooLarge,
				Message: fmt.Sprintf("A page has drawings within drawings, more than %d deep, which no form does; print the file to a new PDF and try that.", c.limits.Nesting)}
		}
		m, err := c.instance.FPDFPageObj_GetMatrix(&requests.FPDFPageObj_GetMatrix{PageObject: ref})
		if err != nil {
			return err
		}
		inner := fromPDFium(m.Matrix).after(place)
		count, err := c.instance.FPDFFormObj_CountObjects(&requests.FPDFFormObj_CountObjects{PageObject: ref})
		if err != nil {
			return err
		}
		for i := range count.Count {
			o, err := c.instance.FPDFFormObj_GetObject(&requests.FPDFFormObj_GetObject{PageObject: ref, Index: uint64(i)})
			if err != nil {
				return err
			}
			if err := c.object(d, o.PageObject, inner, paper, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

func fromPDFium(m structs.FPDF_FS_MATRIX) matrix {
	return matrix{float64(m.A), float64(m.B), float64(m.C), float64(m.D), float64(m.E), float64(m.F)}
}

// bounds is the object's box as displayed; ok is false where it has none.
func (c *child) bounds(ref references.FPDF_PAGEOBJECT, place matrix) (b layout.Box, ok bool) {
	r, err := c.instance.FPDFPageObj_GetBounds(&requests.FPDFPageObj_GetBounds{PageObject: ref})
	if err != nil {
		return layout.Box{}, false
	}
	b = place.box(float64(r.Left), float64(r.Bottom), float64(r.Right), float64(r.Top))
	return b, finite(b.X0, b.Y0, b.X1, b.Y1)
}

// text notes what kinds of hidden text a page has, so that characters need to be
// asked one by one only where there are any.
func (c *child) text(d *drawing, ref references.FPDF_PAGEOBJECT, place matrix) error {
	mode, err := c.instance.FPDFTextObj_GetTextRenderMode(&requests.FPDFTextObj_GetTextRenderMode{PageObject: ref})
	if err != nil {
		return err
	}
	if noInk(mode.TextRenderMode) {
		d.invisible++
	}
	if c.pale(ref, false) {
		d.pale++
	}
	if len(d.texts) >= maxTexts {
		return nil
	}
	if b, ok := c.bounds(ref, place); ok {
		d.texts = append(d.texts, textObject{ref: ref, bounds: b})
		d.doubtful = d.doubtful || !most(c.shown(ref, place, b), b) || c.layered(ref)
	}
	return nil
}

// shown is the part of an object's box that its clip leaves.
func (c *child) shown(ref references.FPDF_PAGEOBJECT, place matrix, b layout.Box) layout.Box {
	clip, err := c.instance.FPDFPageObj_GetClipPath(&requests.FPDFPageObj_GetClipPath{PageObject: ref})
	if err != nil {
		return b
	}
	paths, err := c.instance.FPDFClipPath_CountPaths(&requests.FPDFClipPath_CountPaths{ClipPath: clip.ClipPath})
	if err != nil {
		return b
	}
	for i := range paths.Count {
		count, err := c.instance.FPDFClipPath_CountPathSegments(&requests.FPDFClipPath_CountPathSegments{ClipPath: clip.ClipPath, PathIndex: i})
		if err != nil || count.Count < 1 || count.Count > 64 {
			continue
		}
		var corners []point
		for k := range count.Count {
			c.handles++
			s, err := c.instance.FPDFClipPath_GetPathSegment(&requests.FPDFClipPath_GetPathSegment{ClipPath: clip.ClipPath, PathIndex: i, SegmentIndex: k})
			if err != nil {
				return b
			}
			at, err := c.instance.FPDFPathSegment_GetPoint(&requests.FPDFPathSegment_GetPoint{PathSegment: s.PathSegment})
			if err != nil {
				return b
			}
			x, y := place.point(float64(at.X), float64(at.Y))
			corners = append(corners, point{x, y, false})
		}
		hole := around(corners)
		b = layout.Box{X0: max(b.X0, hole.X0), Y0: max(b.Y0, hole.Y0), X1: min(b.X1, hole.X1), Y1: min(b.Y1, hole.Y1)}
	}
	return b
}

// most reports whether part is nine tenths of whole.
func most(part, whole layout.Box) bool {
	return max(0, part.Width())*max(0, part.Height()) >= 0.9*whole.Width()*whole.Height()
}

// layered reports whether the object is in a layer, which a viewer may not show.
func (c *child) layered(ref references.FPDF_PAGEOBJECT) bool {
	marks, err := c.instance.FPDFPageObj_CountMarks(&requests.FPDFPageObj_CountMarks{PageObject: ref})
	if err != nil {
		return false
	}
	for i := range marks.Count {
		c.handles++
		m, err := c.instance.FPDFPageObj_GetMark(&requests.FPDFPageObj_GetMark{PageObject: ref, Index: uint64(i)})
		if err != nil {
			return false
		}
		name, err := c.instance.FPDFPageObjMark_GetName(&requests.FPDFPageObjMark_GetName{PageObjectMark: m.Mark})
		if err == nil && name.Name == "OC" {
			return true
		}
	}
	return false
}

// cover notes the text that a solid shape, painted now, hides.
func (c *child) cover(d *drawing, ref references.FPDF_PAGEOBJECT, place matrix, b layout.Box) {
	checked := false
	for i := range d.texts {
		t := &d.texts[i]
		if t.covered || !halfIn(t.bounds, b) {
			continue
		}
		if !checked { // seldom needed, so asked late
			r, err := c.instance.FPDFPageObj_HasTransparency(&requests.FPDFPageObj_HasTransparency{PageObject: ref})
			if err != nil || r.HasTransparency {
				return // a highlighter
			}
			b = c.shown(ref, place, b)
			checked = true
		}
		if halfIn(t.bounds, b) {
			t.covered = true
			d.covered++
		}
	}
}

func halfIn(a, b layout.Box) bool { return common(a, b) > 0.5*a.Width()*a.Height() }

func noInk(mode enums.FPDF_TEXT_RENDERMODE) bool {
	return mode == enums.FPDF_TEXTRENDERMODE_INVISIBLE || mode == enums.FPDF_TEXTRENDERMODE_CLIP
}

// pale reports whether an object is drawn in white or transparent. A pattern has
// no colour that can be asked for; it counts as ink.
func (c *child) pale(ref references.FPDF_PAGEOBJECT, stroke bool) bool {
	if stroke {
		r, err := c.instance.FPDFPageObj_GetStrokeColor(&requests.FPDFPageObj_GetStrokeColor{PageObject: ref})
		return err == nil && white(r.StrokeColor.R, r.StrokeColor.G, r.StrokeColor.B, r.StrokeColor.A)
	}
	r, err := c.instance.FPDFPageObj_GetFillColor(&requests.FPDFPageObj_GetFillColor{PageObject: ref})
	return err == nil && white(r.FillColor.R, r.FillColor.G, r.FillColor.B, r.FillColor.A)
}

func white(r, g, b, a uint) bool { return a < 16 || min(r, g, b) > 243 }

func (c *child) picture(d *drawing, ref references.FPDF_PAGEOBJECT, place matrix, paper layout.Box) error {
	b, ok := c.bounds(ref, place)
	if !ok || common(b, paper) == 0 {
		return nil
	}
	picture := Image{Box: b}
	if size, err := c.instance.FPDFImageObj_GetImagePixelSize(&requests.FPDFImageObj_GetImagePixelSize{ImageObject: ref}); err == nil {
		picture.PixelWidth, picture.PixelHeight = int(size.Width), int(size.Height)
	}
	// Some programs draw a line as a picture one pixel high.
	if min(picture.PixelWidth, picture.PixelHeight) == 1 && min(b.Width(), b.Height()) <= thin {
		d.add(b, min(b.Width(), b.Height()), paper)
		return nil
	}
	for _, t := range d.texts {
		if common(t.bounds, b) > 0 {
			picture.OverText = true
			break
		}
	}
	d.images = append(d.images, picture)
	return nil
}

// add keeps a box as the ruling line along its longer side, cut at the paper's edge.
func (d *drawing) add(b layout.Box, thickness float64, paper layout.Box) {
	s := grid.Segment{X0: b.X0, Y0: b.Y0, X1: b.X1, Y1: b.Y1, Thickness: thickness}
	if b.Width() >= b.Height() {
		s.Y0 = (b.Y0 + b.Y1) / 2
		s.Y1 = s.Y0
	} else {
		s.X0 = (b.X0 + b.X1) / 2
		s.X1 = s.X0
	}
	if s.X1 < paper.X0 || s.X0 > paper.X1 || s.Y1 < paper.Y0 || s.Y0 > paper.Y1 {
		return
	}
	s.X0, s.X1 = max(s.X0, paper.X0), min(s.X1, paper.X1)
	s.Y0, s.Y1 = max(s.Y0, paper.Y0), min(s.Y1, paper.Y1)
	if max(s.X1-s.X0, s.Y1-s.Y0) > shortest {
		d.segments = append(d.segments, s)
	}
}

// path takes the ruling lines out of a path: stroked lines and rectangles, thin
// filled shapes, and filled frames.
func (c *child) path(d *drawing, ref references.FPDF_PAGEOBJECT, place matrix, paper layout.Box) error {
	mode, err := c.instance.FPDFPath_GetDrawMode(&requests.FPDFPath_GetDrawMode{PageObject: ref})
	if err != nil {
		return err
	}
	filled := mode.FillMode != enums.FPDF_FILLMODE_NONE
	if !filled && !mode.Stroke {
		return nil
	}
	b, ok := c.bounds(ref, place)
	if ok && filled && max(b.Width(), b.Height()) <= shortest {
		d.dots = append(d.dots, b)
	}
	if !ok || max(b.Width(), b.Height()) <= shortest {
		return nil
	}
	if filled && min(b.Width(), b.Height()) > thin {
		c.cover(d, ref, place, b)
	}
	filled = filled && !c.pale(ref, false)
	stroked := mode.Stroke && !c.pale(ref, true)
	if !filled && !stroked {
		return nil
	}
	count, err := c.instance.FPDFPath_CountSegments(&requests.FPDFPath_CountSegments{PageObject: ref})
	if err != nil {
		return err
	}
	if count.Count > maxPoints {
		return nil
	}
	// Most rules are one thin filled rectangle: its box says it all.
	if filled && !stroked && count.Count <= 5 {
		if min(b.Width(), b.Height()) <= thin {
			d.add(b, min(b.Width(), b.Height()), paper)
		}
		return nil
	}
	m, err := c.instance.FPDFPageObj_GetMatrix(&requests.FPDFPageObj_GetMatrix{PageObject: ref})
	if err != nil {
		return err
	}
	onPaper := fromPDFium(m.Matrix).after(place)
	outline, err := c.outline(ref, count.Count, onPaper)
	if err != nil {
		return err
	}
	if stroked {
		width, err := c.instance.FPDFPageObj_GetStrokeWidth(&requests.FPDFPageObj_GetStrokeWidth{PageObject: ref})
		if err != nil {
			return err
		}
		thickness := float64(width.StrokeWidth) * onPaper.scale()
		for _, line := range strokes(outline) {
			d.add(line, thickness, paper)
		}
	}
	if filled {
		for _, line := range fills(outline) {
			d.add(line, min(line.Width(), line.Height()), paper)
		}
	}
	return nil
}

// subpath is a run of points joined by straight lines. A curve breaks it: broken
// is set where two neighbouring points are not so joined.
type subpath struct {
	points []point
	curved bool
}

type point struct {
	x, y   float64
	broken bool // the way from the point before is a curve
}

func (c *child) outline(ref references.FPDF_PAGEOBJECT, count int, place matrix) ([]subpath, error) {
	var outline []subpath
	bezier := 0
	for i := range count {
		c.handles++
		segment, err := c.instance.FPDFPath_GetPathSegment(&requests.FPDFPath_GetPathSegment{PageObject: ref, Index: i})
		if err != nil {
			return nil, err
		}
		kind, err := c.instance.FPDFPathSegment_GetType(&requests.FPDFPathSegment_GetType{PathSegment: segment.PathSegment})
		if err != nil {
			return nil, err
		}
		if kind.Type == enums.FPDF_SEGMENT_BEZIERTO {
			if bezier++; bezier%3 != 0 { // two control points, then the end
				continue
			}
		}
		at, err := c.instance.FPDFPathSegment_GetPoint(&requests.FPDFPathSegment_GetPoint{PathSegment: segment.PathSegment})
		if err != nil {
			return nil, err
		}
		x, y := place.point(float64(at.X), float64(at.Y))
		if !finite(x, y) {
			return nil, nil
		}
		curve := kind.Type == enums.FPDF_SEGMENT_BEZIERTO
		if kind.Type == enums.FPDF_SEGMENT_MOVETO || len(outline) == 0 {
			outline = append(outline, subpath{})
		}
		last := &outline[len(outline)-1]
		last.points = append(last.points, point{x, y, curve})
		last.curved = last.curved || curve
		closed, err := c.instance.FPDFPathSegment_GetClose(&requests.FPDFPathSegment_GetClose{PathSegment: segment.PathSegment})
		if err != nil {
			return nil, err
		}
		if closed.IsClose {
			first := last.points[0]
			last.points = append(last.points, point{first.x, first.y, false})
		}
	}
	return outline, nil
}

// straight is how far from level, in points, a drawn line may be.
const straight = 0.7

// strokes are the level and upright lines among those an outline draws, each as
// the box between its ends.
func strokes(outline []subpath) []layout.Box {
	var lines []layout.Box
	for _, s := range outline {
		for i := 1; i < len(s.points); i++ {
			p, q := s.points[i-1], s.points[i]
			dx, dy := math.Abs(p.x-q.x), math.Abs(p.y-q.y)
			if !q.broken && min(dx, dy) <= straight && max(dx, dy) > shortest {
				lines = append(lines, layout.Box{X0: min(p.x, q.x), Y0: min(p.y, q.y), X1: max(p.x, q.x), Y1: max(p.y, q.y)})
			}
		}
	}
	return lines
}

// fills are the lines that filled shapes make: each thin shape, and the four sides
// of a frame, which is a shape with a hole little smaller than itself.
func fills(outline []subpath) []layout.Box {
	var lines, shapes []layout.Box
	for _, s := range outline {
		if s.curved || len(s.points) < 3 {
			continue
		}
		b := around(s.points)
		switch {
		case min(b.Width(), b.Height()) <= thin:
			lines = append(lines, b)
		case len(s.points) <= 6:
			shapes = append(shapes, b)
		}
	}
	if len(shapes) > 64 {
		return lines
	}
	for i, outer := range shapes {
		for j, inner := range shapes {
			if i != j && frame(outer, inner) {
				lines = append(lines,
					layout.Box{X0: outer.X0, Y0: outer.Y0, X1: outer.X1, Y1: inner.Y0},
					layout.Box{X0: outer.X0, Y0: inner.Y1, X1: outer.X1, Y1: outer.Y1},
					layout.Box{X0: outer.X0, Y0: outer.Y0, X1: inner.X0, Y1: outer.Y1},
					layout.Box{X0: inner.X1, Y0: outer.Y0, X1: outer.X1, Y1: outer.Y1})
			}
		}
	}
	return lines
}

func around(points []point) layout.Box {
	b := layout.Box{X0: points[0].x, Y0: points[0].y, X1: points[0].x, Y1: points[0].y}
	for _, p := range points {
		b.X0, b.X1 = min(b.X0, p.x), max(b.X1, p.x)
		b.Y0, b.Y1 = min(b.Y0, p.y), max(b.Y1, p.y)
	}
	return b
}

func frame(outer, inner layout.Box) bool {
	for _, margin := range []float64{inner.X0 - outer.X0, inner.Y0 - outer.Y0, outer.X1 - inner.X1, outer.Y1 - inner.Y1} {
		if margin < 0 || margin > thin {
			return false
		}
	}
	return true
}
