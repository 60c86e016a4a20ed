package samples

import (
	"context"
	"fmt"
)

// Degradation is one way in which a form is hard to read, by a name that a
// report can use: how it was typeset, and how it was scanned.
type Degradation struct {
	Name   string
	Scan   Scan    // its Seed is left to Apply
	Font   string  // "" leaves the form's
	Size   float64 // points; 0 leaves the form's
	Border float64 // points; 0 leaves the form's
	Ruling string  // "" leaves the form's
	Ink    string  // of the lines, as CSS has it; "" leaves the form's
	Mix    bool    // everything is drawn anew for each form
}

// Degradations are the ways in which archived scans are hard to read, each
// alone on an otherwise plain gray scan at 200 dpi, and then any of them mixed.
func Degradations() []Degradation {
	plain := Scan{DPI: 200, Noise: 2, Blur: 0.1, Quality: 75}
	scan := func(name string, change func(*Scan)) Degradation {
		s := plain
		change(&s)
		return Degradation{Name: name, Scan: s}
	}
	dress := func(name string, change func(*Degradation)) Degradation {
		d := Degradation{Name: name, Scan: plain}
		change(&d)
		return d
	}
	out := []Degradation{
		scan("plain-200", func(*Scan) {}),
		scan("plain-300", func(s *Scan) { s.DPI = 300 }),
		scan("plain-150", func(s *Scan) { s.DPI = 150 }),
		scan("skew-0.5", func(s *Scan) { s.Skew = 0.5 }),
		scan("skew-1.5", func(s *Scan) { s.Skew = -1.5 }),
		scan("skew-3", func(s *Scan) { s.Skew = 3 }),
		scan("uneven-light", func(s *Scan) { s.Light = 0.4 }),
		scan("faded", func(s *Scan) { s.Fade = 0.45 }),
		scan("jpeg-90", func(s *Scan) { s.Quality = 90 }),
		scan("jpeg-60", func(s *Scan) { s.Quality = 60 }),
		scan("jpeg-40", func(s *Scan) { s.Quality = 40 }),
		scan("gaussian-noise", func(s *Scan) { s.Noise = 14 }),
		scan("salt-noise", func(s *Scan) { s.Salt = 0.004 }),
		scan("blur", func(s *Scan) { s.Blur = 0.4 }),
		scan("fax", func(s *Scan) { s.Fax, s.Noise = true, 12 }),
		scan("fax-300-skew", func(s *Scan) { s.Fax, s.DPI, s.Noise, s.Skew = true, 300, 12, 0.8 }),
		scan("seal-round-numbers", func(s *Scan) { s.Stamps = []Stamp{{Over: "numbers"}} }),
		scan("seal-oval-numbers", func(s *Scan) { s.Stamps = []Stamp{{Oval: true, Over: "numbers"}} }),
		scan("seals-text", func(s *Scan) { s.Stamps = []Stamp{{Over: "text"}, {Oval: true, Over: "text"}} }),
		scan("motion", func(s *Scan) { s.Motion = 1.8 }),
		scan("curl", func(s *Scan) { s.Curl = 3 }),
		scan("photocopy", func(s *Scan) { s.Copies = 2 }),
		scan("perspective", func(s *Scan) { s.Narrow = 0.025 }),
		scan("phone", func(s *Scan) { s.Narrow, s.Light, s.Blur, s.Skew, s.Quality = 0.02, 0.45, 0.2, 0.8, 60 }),
		scan("upside-down", func(s *Scan) { s.Turn = 180 }),
		scan("on-its-left", func(s *Scan) { s.Turn = 270 }),
		scan("on-its-right", func(s *Scan) { s.Turn = 90 }),
		scan("stripes", func(s *Scan) { s.Stripes = 6 }),
		scan("wrong-layer-over", func(s *Scan) { s.Layer = "over" }),
		scan("wrong-layer-under", func(s *Scan) { s.Layer = "under" }),
		dress("lines-thick", func(d *Degradation) { d.Border = 2.25 }),
		dress("lines-thin", func(d *Degradation) { d.Border = 0.3 }),
		dress("lines-dotted", func(d *Degradation) { d.Ruling, d.Border = "dotted", 0.75 }),
		dress("lines-dashed", func(d *Degradation) { d.Ruling, d.Border = "dashed", 0.75 }),
		dress("lines-missing", func(d *Degradation) { d.Ruling = "gaps" }),
		dress("lines-open-sides", func(d *Degradation) { d.Ruling = "open" }),
		dress("lines-gray", func(d *Degradation) { d.Ink = "#969696" }),
		dress("lines-faint", func(d *Degradation) { d.Ink, d.Border = "#c4c4c4", 0.5 }),
		dress("borderless", func(d *Degradation) { d.Ruling = "none" }),
		dress("size-9", func(d *Degradation) { d.Size = 9 }),
		dress("size-12", func(d *Degradation) { d.Size = 12 }),
	}
	for i, font := range Fonts {
		out = append(out, dress(fmt.Sprintf("font-%d", i+1), func(d *Degradation) { d.Font = font }))
	}
	return append(out, Degradation{Name: "mix", Mix: true})
}

// Apply says how form i of seed's series looks and how it is scanned under the
// degradation.
func (d Degradation) Apply(f Form, seed int64, i int) (Form, Scan) {
	r := source(^seed, 1<<32+i)
	d.Scan.Seed = r.Int64()
	if d.Mix {
		d.Scan, d.Font, d.Size, d.Border, d.Ruling = DrawScan(seed, i), pick(r, Fonts...), pick(r, 9, 9.5, 10.5, 12), pick(r, 0.4, 0.75, 1.5), pick(r, "", "", "", "dotted", "gaps", "open")
		if !d.Scan.Fax && chance(r, 30) {
			d.Scan.Stamps = []Stamp{{Oval: chance(r, 50), Over: pick(r, "numbers", "text")}}
		}
		if chance(r, 10) {
			d.Scan.Turn = pick(r, 90, 180, 270)
		}
		if chance(r, 20) {
			d.Scan.Stripes = 1 + r.IntN(4)
		}
		if chance(r, 20) {
			d.Scan.Salt = 0.002
		}
		if d.Scan.Turn == 0 && chance(r, 15) {
			d.Scan.Layer = pick(r, "over", "under")
		}
	}
	return f.dressed(d), d.Scan
}

// dressed is the form typeset as the degradation says.
func (f Form) dressed(d Degradation) Form {
	if d.Font != "" {
		f.look.Font = d.Font
	}
	if d.Size > 0 {
		f.look.Size = d.Size
	}
	if d.Border > 0 {
		f.look.Border = d.Border
	}
	if d.Ink != "" {
		f.look.Ink = d.Ink
	}
	if d.Ruling != "" {
		f.look.Ruling = d.Ruling
	}
	f.truth.Made.Look = f.look
	return f
}

// Degrade makes the form's scans under each of the degradations and hands them
// to each, drawing the pages only once for those that look alike before they
// are scanned.
func (b *Browser) Degrade(ctx context.Context, f Form, list []Degradation, each func(d Degradation, f Form, s Scan, pdf []byte) error) error {
	type key struct {
		html string
		dpi  int
		seal bool
	}
	prints := map[key]Print{}
	for _, d := range list {
		form, s := d.Apply(f, f.truth.Made.Seed, f.truth.Made.I)
		k := key{form.HTML(), s.DPI, s.Seal}
		p, drawn := prints[k]
		var err error
		if !drawn {
			if p, err = b.Print(ctx, form, s); err != nil {
				return fmt.Errorf("%s: %w", d.Name, err)
			}
		}
		if err := b.cutSeals(ctx, &p, s); err != nil {
			return fmt.Errorf("%s: %w", d.Name, err)
		}
		prints[k] = p
		pdf, err := p.Scan(s)
		if err != nil {
			return fmt.Errorf("%s: %w", d.Name, err)
		}
		if err := each(d, form, s, pdf); err != nil {
			return fmt.Errorf("%s: %w", d.Name, err)
		}
	}
	return nil
}
