package samples

import (
	"context"
	"fmt"
	"html"
	"image"
	"math/rand/v2"
	"strings"

	"golang.org/x/image/draw"
)

// unit is the name on the form's seal.
func (f Form) unit() string {
	for _, key := range []string{"unit_name", "reporting_unit", "implementing_unit", "competent_department"} {
		if s := f.truth.Fields[key]; s != "" {
			return s
		}
	}
	return "某某单位"
}

const sealSide = 45.0 // millimetres, of the square that holds a seal

// cutSeals gives the print its seals where the scan wants them.
func (b *Browser) cutSeals(ctx context.Context, p *Print, s Scan) error {
	if len(s.Stamps) == 0 || p.seals != nil {
		return nil
	}
	seals, err := b.seals(ctx, p.unit, s.DPI)
	if err != nil {
		return fmt.Errorf("drawing seals: %w", err)
	}
	p.seals = seals
	return nil
}

// seals draws the unit's round seal and its oval one.
func (b *Browser) seals(ctx context.Context, unit string, dpi int) ([]*image.RGBA, error) {
	page := fmt.Sprintf(`<!doctype html><meta charset="utf-8"><style>body { margin: 0; background: #fff }
svg { position: absolute; top: 0; left: 0; width: %gmm; height: %gmm } svg + svg { left: %gmm }</style>%s%s`,
		sealSide, sealSide, sealSide, sealSVG(unit), ovalSVG(unit))
	var out []*image.RGBA
	err := b.show(ctx, page, func(ctx context.Context) error {
		for i := range 2 {
			img, err := shoot(ctx, float64(i)*sealSide, sealSide, sealSide, dpi)
			if err != nil {
				return err
			}
			seal := image.NewRGBA(img.Bounds())
			draw.Draw(seal, seal.Rect, img, img.Bounds().Min, draw.Src)
			out = append(out, seal)
		}
		return nil
	})
	return out, err
}

// ovalSVG draws the oval seal of an accounts office.
func ovalSVG(unit string) string {
	return fmt.Sprintf(`<svg viewBox="-50 -50 100 100" fill="#d8232a"><ellipse rx="47" ry="33" fill="none" stroke="#d8232a" stroke-width="2.2"/>`+
		`<path id="oval" d="M -36 8 A 37 24 0 1 1 36 8" fill="none"/><text font-family="Noto Serif CJK SC" font-weight="bold" font-size="8">`+
		`<textPath href="#oval" startOffset="50%%" text-anchor="middle" textLength="%d" lengthAdjust="spacing">%s</textPath></text>`+
		`<text y="8" font-family="Noto Serif CJK SC" font-size="9" text-anchor="middle">财务专用章</text></svg>`,
		min(90, 11*len([]rune(unit))), html.EscapeString(unit))
}

// stamp presses the scan's seals on a copy of the page, each over a figure or
// over some text.
func (p Print) stamp(page image.Image, s Scan) image.Image {
	r := source(s.Seed, 2000)
	out := image.NewRGBA(page.Bounds())
	draw.Draw(out, out.Rect, page, page.Bounds().Min, draw.Src)
	for _, stamp := range s.Stamps {
		seal := p.seals[0]
		if stamp.Oval {
			seal = p.seals[1]
		}
		x, y := p.target(r, stamp.Over)
		multiply(out, seal, image.Pt(int(x*p.pixels)-seal.Rect.Dx()/2, int(y*p.pixels)-seal.Rect.Dy()/2))
	}
	return out
}

// target is a place on the first page that a seal may fall on, in CSS pixels.
func (p Print) target(r *rand.Rand, over string) (x, y float64) {
	var places []textLine
	for _, l := range p.lines[0] {
		if (strings.Trim(l.Text, "0123456789.,%") == "") == (over == "numbers") {
			places = append(places, l)
		}
	}
	if len(places) == 0 {
		return 400, 500
	}
	l := places[r.IntN(len(places))]
	return (l.Left+l.Right)/2 + 60*r.Float64() - 30, (l.Top+l.Bottom)/2 + 60*r.Float64() - 30
}

// multiply lays ink over ink, as a stamp does.
func multiply(page, seal *image.RGBA, at image.Point) {
	for y := range seal.Rect.Dy() {
		for x := range seal.Rect.Dx() {
			to := image.Pt(at.X+x, at.Y+y)
			if !to.In(page.Rect) {
				continue
			}
			p, q := page.Pix[page.PixOffset(to.X, to.Y):], seal.Pix[seal.PixOffset(x, y):]
			for c := range 3 {
				p[c] = uint8(int(p[c]) * int(q[c]) / 255)
			}
		}
	}
}

// wrongText is what a hasty reader made of the lines: digits that look alike are
// taken for each other, and characters are swapped.
func wrongText(r *rand.Rand, lines []textLine) []textLine {
	alike := map[rune][]rune{'0': {'8', '6'}, '1': {'7'}, '2': {'7'}, '3': {'8', '5'}, '4': {'1'}, '5': {'6', '3'}, '6': {'0', '8'}, '7': {'1'}, '8': {'3', '0'}, '9': {'0', '4'}}
	out := []textLine{}
	for _, l := range lines {
		text := []rune(strings.TrimSpace(l.Text))
		for i, c := range text {
			if to := alike[c]; to != nil && chance(r, 30) {
				text[i] = pick(r, to...)
			} else if i > 0 && c > 0x7f && chance(r, 4) {
				text[i], text[i-1] = text[i-1], text[i]
			}
		}
		if len(text) > 0 {
			l.Text = string(text)
			out = append(out, l)
		}
	}
	return out
}
