package raster

import "image"

// Drawn is Prepare for a picture that was drawn from a page's text layer and
// vectors, and not scanned: it is level and even and has no specks, so only seals
// and ruling lines are taken out. Its boxes are those of the text layer.
func Drawn(img image.Image, dpi float64) (Page, error) {
	if err := checkSize(img.Bounds(), dpi); err != nil {
		return Page{}, err
	}
	b := img.Bounds()
	p := Page{DPI: dpi, width: float64(b.Dx()) * 72 / dpi, height: float64(b.Dy()) * 72 / dpi}
	gray, seals := RemoveSeal(img, dpi)
	for _, s := range seals {
		p.Seals = append(p.Seals, points(s, dpi))
	}
	p.Gray = gray
	r := findRules(p.Gray, p.DPI)
	p.Segments = r.segments()
	p.Text = r.erase(p.Gray)
	return p, nil
}
