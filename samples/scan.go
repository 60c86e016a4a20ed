package samples

import (
	"bytes"
	"compress/zlib"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"math/rand/v2"

	"golang.org/x/image/draw"
	"golang.org/x/image/math/f64"
)

// Scan is what a copier, a stamp or a fax does to a page. The zero Scan but for
// DPI and Quality is a perfect gray one.
type Scan struct {
	Seed    int64   `json:"seed"`
	DPI     int     `json:"dpi"`
	Skew    float64 `json:"skew"`              // degrees, clockwise positive
	Noise   float64 `json:"noise,omitempty"`   // standard deviation in gray levels of 255
	Blur    float64 `json:"blur,omitempty"`    // standard deviation in points
	Light   float64 `json:"light,omitempty"`   // share of light lost at the darkest corner
	Fade    float64 `json:"fade,omitempty"`    // share of the ink's darkness lost
	Seal    bool    `json:"seal,omitempty"`    // with a red seal at the foot, in colour
	Stamps  []Stamp `json:"stamps,omitempty"`  // red seals on the first page, in colour
	Salt    float64 `json:"salt,omitempty"`    // share of pixels turned black or white
	Motion  float64 `json:"motion,omitempty"`  // points by which everything is smeared along the rows
	Curl    float64 `json:"curl,omitempty"`    // points by which lines across are bent
	Narrow  float64 `json:"narrow,omitempty"`  // share by which the top is narrower than the foot, as a camera sees it
	Copies  int     `json:"copies,omitempty"`  // times that it was copied too light before
	Stripes int     `json:"stripes,omitempty"` // lines down the page that dust on the glass leaves
	Turn    int     `json:"turn,omitempty"`    // 90, 180 or 270 degrees clockwise, as the sheet was fed
	Layer   string  `json:"layer,omitempty"`   // over or under: text of another reader, full of mistakes, that nobody sees
	Fax     bool    `json:"fax,omitempty"`     // black and white, with breaks and specks
	Quality int     `json:"quality,omitempty"` // of the JPEG
}

// Stamp is a red seal over what is printed.
type Stamp struct {
	Oval bool   `json:"oval,omitempty"` // else round
	Over string `json:"over"`           // numbers or text
}

// DrawScan draws a scan of the kinds that archives hold.
func DrawScan(seed int64, i int) Scan {
	r := source(^seed, i)
	s := Scan{Seed: r.Int64(), DPI: pick(r, 150, 200, 200, 300), Skew: math.Round((6*r.Float64()-3)*100) / 100,
		Noise: pick(r, 2.0, 4, 7, 10), Blur: pick(r, 0, 0.1, 0.2, 0.3), Light: pick(r, 0, 0, 0.1, 0.25), Fade: pick(r, 0, 0.1, 0.3),
		Seal: chance(r, 30), Quality: 40 + r.IntN(51)}
	if chance(r, 40) {
		s.Skew /= 4
	}
	if !s.Seal && chance(r, 25) {
		s.Fax, s.DPI = true, pick(r, 200, 200, 300)
	}
	return s
}

// ScanPDF draws the form, spoils its pages and binds the images to a PDF that
// has no text but what Layer says.
func (b *Browser) ScanPDF(ctx context.Context, f Form, s Scan) ([]byte, error) {
	p, err := b.Print(ctx, f, s)
	if err != nil {
		return nil, err
	}
	return p.Scan(s)
}

// Scan spoils the print as s says and binds the images to a PDF. The print must
// have been made for a scan of the same DPI with the same seal at the foot.
func (p Print) Scan(s Scan) ([]byte, error) {
	var images []pageImage
	for i, page := range p.pages {
		if i == 0 && len(s.Stamps) > 0 {
			page = p.stamp(page, s)
		}
		img, err := s.spoil(page, i)
		if err != nil {
			return nil, fmt.Errorf("page %d: %w", i+1, err)
		}
		if s.Layer != "" {
			img.text, img.under = wrongText(source(s.Seed, 1000+i), p.lines[i]), s.Layer == "under"
		}
		images = append(images, img)
	}
	return imagePDF(images), nil
}

// spoil turns a clean page into what the scanner hands over.
func (s Scan) spoil(page image.Image, number int) (pageImage, error) {
	r := source(s.Seed, number)
	rgb := s.lean(rotate(page, s.Skew))
	if s.Seal || len(s.Stamps) > 0 {
		wearSeal(rgb, r)
	}
	planes := s.planes(rgb)
	light := s.lamp(r, rgb.Rect.Dx(), rgb.Rect.Dy())
	noise := make([]float32, rgb.Rect.Dx()*rgb.Rect.Dy())
	var grains [1 << 14]float32 // drawing from a table is several times as fast
	for i := range grains {
		grains[i] = float32(r.NormFloat64() * s.Noise)
	}
	for i := range noise {
		noise[i] = grains[r.Uint32()%uint32(len(grains))]
	}
	for _, p := range planes {
		p.curl(s.Curl * float64(s.DPI) / 72)
		for range s.Copies {
			p.copied(s.DPI)
		}
		p.smear(s.Motion * float64(s.DPI) / 72)
		p.blur(s.Blur * float64(s.DPI) / 72)
		for i := range p.pix {
			v := 255 - (255-p.pix[i])*float32(1-s.Fade)
			p.pix[i] = v*light(i) + noise[i]
		}
	}
	s.stripe(planes, r)
	s.salt(planes, r)
	for _, p := range planes {
		p.turn(s.Turn)
	}
	if s.Fax {
		return s.fax(planes[0], r)
	}
	return s.jpeg(planes)
}

// stripe draws lines of one to three pixels from top to bottom, dark or light.
func (s Scan) stripe(planes []*plane, r *rand.Rand) {
	for range s.Stripes {
		x, wide, by := 1+r.IntN(planes[0].w-5), 1+r.IntN(3), float32(pick(r, -110, -70, 60))
		for _, p := range planes {
			for y := range p.h {
				for i := range wide {
					p.pix[y*p.w+x+i] += by
				}
			}
		}
	}
}

// salt turns single pixels black or white.
func (s Scan) salt(planes []*plane, r *rand.Rand) {
	for range int(s.Salt * float64(len(planes[0].pix))) {
		at, v := r.IntN(len(planes[0].pix)), float32(255*r.IntN(2))
		for _, p := range planes {
			p.pix[at] = v
		}
	}
}

// turn turns the plane clockwise by so many degrees, a multiple of 90.
func (p *plane) turn(degrees int) {
	for range degrees / 90 {
		out := make([]float32, len(p.pix))
		for y := range p.h {
			for x := range p.w {
				out[x*p.h+p.h-1-y] = p.pix[y*p.w+x]
			}
		}
		p.w, p.h, p.pix = p.h, p.w, out
	}
}

// rotate turns the page about its middle, clockwise for a positive angle, on
// white paper.
func rotate(page image.Image, degrees float64) *image.RGBA {
	b := page.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(out, out.Rect, image.White, image.Point{}, draw.Src)
	if degrees == 0 {
		draw.Draw(out, out.Rect, page, b.Min, draw.Over)
		return out
	}
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	x, y := float64(b.Dx())/2, float64(b.Dy())/2
	draw.ApproxBiLinear.Transform(out, f64.Aff3{cos, -sin, x - x*cos + y*sin, sin, cos, y - x*sin - y*cos}, page, b, draw.Over, nil)
	return out
}

// lean shows the page as a camera does that is held nearer to its foot, on white paper.
func (s Scan) lean(page *image.RGBA) *image.RGBA {
	if s.Narrow == 0 {
		return page
	}
	w, h := page.Rect.Dx(), page.Rect.Dy()
	out := image.NewRGBA(page.Rect)
	draw.Draw(out, out.Rect, image.White, image.Point{}, draw.Src)
	for y := range h {
		// What is farther away is smaller both ways: the depth is even along the paper.
		far := 1 - float64(y)/float64(h-1)
		size := 1 - s.Narrow*far
		from := float64(y) * (1 - s.Narrow*far/2) // rows crowd towards the top
		top := int(from)
		part := uint32(256 * (from - float64(top)))
		for x := range w {
			at := (float64(x)-float64(w)/2)/size + float64(w)/2
			left := int(math.Floor(at))
			if left < 0 || left >= w-1 || top >= h-1 {
				continue
			}
			beside := uint32(256 * (at - float64(left)))
			a, b := page.Pix[page.PixOffset(left, top):], page.Pix[page.PixOffset(left, top+1):]
			to := out.Pix[out.PixOffset(x, y):]
			for c := range 3 {
				up := uint32(a[c])*(256-beside) + uint32(a[4+c])*beside
				low := uint32(b[c])*(256-beside) + uint32(b[4+c])*beside
				to[c] = uint8((up*(256-part) + low*part) >> 16)
			}
		}
	}
	return out
}

// wearSeal lets the red ink lie unevenly.
func wearSeal(img *image.RGBA, r *rand.Rand) {
	const cells = 64
	var ink [(cells + 1) * (cells + 1)]float64
	for i := range ink {
		ink[i] = r.Float64()
	}
	w, h := img.Rect.Dx(), img.Rect.Dy()
	for y := range h {
		for x := range w {
			p := img.Pix[img.PixOffset(x, y):]
			if int(p[0])-int(p[1]) < 40 {
				continue
			}
			missing := 0.15 + 0.35*ink[y*cells/h*(cells+1)+x*cells/w] + 0.2*r.Float64()
			for c := range 3 {
				p[c] += uint8(missing * float64(255-p[c]))
			}
		}
	}
}

// A plane is one colour of a page, row by row, 0 to 255 and for a while beyond.
type plane struct {
	w, h int
	pix  []float32
}

// planes are red, green and blue where there is a seal, else gray alone.
func (s Scan) planes(img *image.RGBA) []*plane {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	n := 1
	if s.Seal || len(s.Stamps) > 0 {
		n = 3
	}
	out := make([]*plane, n)
	for c := range out {
		out[c] = &plane{w, h, make([]float32, w*h)}
	}
	for i := range w * h {
		p := img.Pix[4*i:]
		if n == 3 {
			out[0].pix[i], out[1].pix[i], out[2].pix[i] = float32(p[0]), float32(p[1]), float32(p[2])
		} else {
			out[0].pix[i] = 0.299*float32(p[0]) + 0.587*float32(p[1]) + 0.114*float32(p[2])
		}
	}
	return out
}

// blur is a Gaussian of so many pixels, first along the rows, then down the columns.
func (p *plane) blur(sigma float64) {
	if sigma < 0.2 {
		return
	}
	reach := int(math.Ceil(2.5 * sigma))
	kernel := make([]float32, 2*reach+1)
	var sum float32
	for i := range kernel {
		d := float64(i - reach)
		kernel[i] = float32(math.Exp(-d * d / (2 * sigma * sigma)))
		sum += kernel[i]
	}
	for i := range kernel {
		kernel[i] /= sum
	}
	across := make([]float32, len(p.pix))
	for y := range p.h {
		row := p.pix[y*p.w : (y+1)*p.w]
		for k, weight := range kernel {
			accumulate(across[y*p.w:(y+1)*p.w], row, k-reach, weight)
		}
	}
	clear(p.pix)
	for y := range p.h {
		for k, weight := range kernel {
			from := min(max(y+k-reach, 0), p.h-1)
			accumulate(p.pix[y*p.w:(y+1)*p.w], across[from*p.w:(from+1)*p.w], 0, weight)
		}
	}
}

// accumulate adds row, moved left by so many pixels, to sum; what is beyond
// the row's ends is as its ends are.
func accumulate(sum, row []float32, by int, weight float32) {
	from, to := max(0, -by), min(len(row), len(row)-by)
	for i := range from {
		sum[i] += weight * row[0]
	}
	for i := from; i < to; i++ {
		sum[i] += weight * row[i+by]
	}
	for i := to; i < len(row); i++ {
		sum[i] += weight * row[len(row)-1]
	}
}

// lamp is how much light falls on each pixel: paper is never quite white, and
// one corner may lie in shadow.
func (s Scan) lamp(r *rand.Rand, w, h int) func(i int) float32 {
	left, top := chance(r, 50), chance(r, 50)
	return func(i int) float32 {
		x, y := float32(i%w)/float32(w), float32(i/w)/float32(h)
		if left {
			x = 1 - x
		}
		if top {
			y = 1 - y
		}
		return 0.965 * (1 - float32(s.Light)*(0.6*x*x+0.4*y*y))
	}
}

// jpeg encodes one plane as gray or three as colour.
func (s Scan) jpeg(planes []*plane) (pageImage, error) {
	w, h := planes[0].w, planes[0].h
	var img image.Image
	if len(planes) == 1 {
		gray := image.NewGray(image.Rect(0, 0, w, h))
		for i, v := range planes[0].pix {
			gray.Pix[i] = level(v)
		}
		img = gray
	} else {
		rgb := image.NewRGBA(image.Rect(0, 0, w, h))
		for i := range w * h {
			rgb.SetRGBA(i%w, i/w, color.RGBA{level(planes[0].pix[i]), level(planes[1].pix[i]), level(planes[2].pix[i]), 255})
		}
		img = rgb
	}
	var b bytes.Buffer
	err := jpeg.Encode(&b, img, &jpeg.Options{Quality: s.Quality})
	return pageImage{w: w, h: h, dpi: s.DPI, colours: len(planes), bits: 8, filter: "DCTDecode", data: b.Bytes()}, err
}

func level(v float32) uint8 { return uint8(min(max(v+0.5, 0), 255)) }

// fax makes the page black and white, loses bits of lines as a bad connection
// does, and adds specks.
func (s Scan) fax(p *plane, r *rand.Rand) (pageImage, error) {
	black := make([]bool, p.w*p.h)
	for i, v := range p.pix {
		black[i] = v < 150
	}
	for range p.h / 60 {
		y, x := r.IntN(p.h), r.IntN(p.w)
		for i := range r.IntN(p.w/6) + 1 {
			if x+i < p.w {
				black[y*p.w+x+i] = false
			}
		}
	}
	for range p.w / 60 {
		y, x := r.IntN(p.h), r.IntN(p.w)
		for i := range r.IntN(p.h/20) + 1 {
			if y+i < p.h {
				black[(y+i)*p.w+x] = false
			}
		}
	}
	for range p.w * p.h / 12000 {
		y, x := 1+r.IntN(p.h-2), 1+r.IntN(p.w-2)
		black[y*p.w+x] = true
		if chance(r, 40) {
			black[y*p.w+x+1], black[(y+1)*p.w+x] = true, true
		}
	}
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	row := make([]byte, (p.w+7)/8)
	for y := range p.h {
		clear(row)
		for x := range p.w {
			if !black[y*p.w+x] {
				row[x/8] |= 0x80 >> (x % 8)
			}
		}
		if _, err := z.Write(row); err != nil {
			return pageImage{}, err
		}
	}
	err := z.Close()
	return pageImage{w: p.w, h: p.h, dpi: s.DPI, colours: 1, bits: 1, filter: "FlateDecode", data: b.Bytes()}, err
}
