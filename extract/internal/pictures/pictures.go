// Package pictures decodes files that are pictures: PNG, JPEG, and TIFF of one page or many, as
// scanners and fax machines write them.
package pictures

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/draw"
	_ "image/jpeg" // decoders of image.Decode
	_ "image/png"
	"math"

	xdraw "golang.org/x/image/draw"

	"heji/form"
)

// Page is a page of a picture file as a viewer shows it: turned as the file says that it was
// taken, with square pixels.
type Page struct {
	Width, Height int     // pixels
	Colour        bool    // four bytes a pixel, red, green, blue and opaque; else one
	Pix           []byte  // rows from the top, without gaps
	DPI           float64 // pixels an inch, as the file says where that makes a page of it, or 0
	Pages         int     // pages that the file has
}

// Load is the pixels, for worker.Freight.
func (p *Page) Load() *[]byte { return &p.Pix }

// Decode decodes a page, numbered from 1, of at most so many pixels, of a file of at most so
// many pages. The error is a *form.Error with damaged or too-large.
func Decode(data []byte, number, mostPixels, mostPages int) (Page, error) {
	f := file{data: data, pages: 1}
	if order := byteOrder(data); order != nil {
		pages := directories(data, order)
		if len(pages) > mostPages {
			return Page{}, &form.Error{Code: form.TooLarge, Message: fmt.Sprintf("the picture file has more than %d pages, the most that are read; split it", mostPages)}
		}
		if len(pages) < number {
			return Page{}, damaged(errors.New("no such page"))
		}
		f.pages = len(pages)
		f.tags = readDirectory(data, order, pages[number-1])
		f.data = startingAt(data, order, pages[number-1])
		f.density = f.tags.density()
	} else {
		f.density, f.tags = densityOf(data)
	}
	img, err := f.decode(mostPixels)
	if err != nil {
		return Page{}, err
	}
	img = squared(turned(img, f.tags.number(tagOrientation)), &f.density, mostPixels)
	p := packed(img)
	p.Pages, p.DPI = f.pages, f.density.plausible(p.Width, p.Height)
	return p, nil
}

// file is a page of a picture file to be decoded.
type file struct {
	data    []byte
	pages   int
	tags    directory
	density density
}

func (f *file) decode(most int) (image.Image, error) {
	width, height := f.tags.number(tagWidth), f.tags.number(tagHeight)
	jpegs := f.tags.number(tagCompression) == compressionJPEG
	if !jpegs {
		config, _, err := image.DecodeConfig(bytes.NewReader(f.data))
		if err != nil {
			return nil, damaged(err)
		}
		width, height = config.Width, config.Height
	}
	if width <= 0 || height <= 0 || width > most/height {
		return nil, &form.Error{Code: form.TooLarge, Message: fmt.Sprintf(
			"the picture has %d × %d pixels and at most %d are read; scan the page at 300 dpi", width, height, most)}
	}
	var img image.Image
	var err error
	if jpegs {
		img, err = f.tags.jpegs(f.data, width, height)
	} else {
		img, _, err = image.Decode(bytes.NewReader(f.data))
	}
	if err != nil {
		return nil, damaged(err)
	}
	if b := img.Bounds(); b.Dx() != width || b.Dy() != height {
		return nil, damaged(errors.New("the picture is not of the size that it says"))
	}
	return img, nil
}

func damaged(err error) error {
	return &form.Error{Code: form.Damaged, Message: "the picture cannot be decoded; scan or export it again", Err: err}
}

// turned is img as it is displayed by the Exif orientation, 1 to 8 (CIPA DC-008, 4.6.4).
func turned(img image.Image, orientation int) image.Image {
	if orientation < 2 || orientation > 8 {
		return img
	}
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	at := func(x, y int) (int, int) { // where a pixel goes
		switch orientation {
		case 2:
			return w - 1 - x, y
		case 3:
			return w - 1 - x, h - 1 - y
		case 4:
			return x, h - 1 - y
		case 5:
			return y, x
		case 6:
			return h - 1 - y, x
		case 7:
			return h - 1 - y, w - 1 - x
		default:
			return y, w - 1 - x
		}
	}
	size := image.Pt(w, h)
	if orientation >= 5 {
		size = image.Pt(h, w)
	}
	if gray, ok := img.(*image.Gray); ok {
		out := image.NewGray(image.Rectangle{Max: size})
		for y := range h {
			for x := range w {
				i, j := at(x, y)
				out.Pix[j*out.Stride+i] = gray.Pix[y*gray.Stride+x]
			}
		}
		return out
	}
	from := rgba(img)
	out := image.NewRGBA(image.Rectangle{Max: size})
	for y := range h {
		for x := range w {
			i, j := at(x, y)
			copy(out.Pix[j*out.Stride+4*i:][:4], from.Pix[y*from.Stride+4*x:][:4])
		}
	}
	return out
}

// squared is img with square pixels: a fax has 204 × 98 or 204 × 196 of them on an inch. The
// density is that of the result.
func squared(img image.Image, d *density, most int) image.Image {
	if d.turned {
		d.x, d.y = d.y, d.x
	}
	fine := math.Max(d.x, d.y)
	if d.x <= 0 || d.y <= 0 || math.Min(d.x, d.y) > 0.98*fine || math.Min(d.x, d.y) < 0.25*fine {
		return img
	}
	b := img.Bounds()
	r := image.Rect(0, 0, int(math.Round(float64(b.Dx())*fine/d.x)), int(math.Round(float64(b.Dy())*fine/d.y)))
	if r.Dx() > most/r.Dy() {
		return img
	}
	d.x, d.y = fine, fine
	if _, ok := img.(*image.Gray); ok {
		out := image.NewGray(r)
		xdraw.BiLinear.Scale(out, r, img, b, draw.Src, nil)
		return out
	}
	out := image.NewRGBA(r)
	xdraw.BiLinear.Scale(out, r, img, b, draw.Src, nil)
	return out
}

func rgba(img image.Image) *image.RGBA {
	b := img.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(out, out.Rect, img, b.Min, draw.Src)
	return out
}

func packed(img image.Image) Page {
	b := img.Bounds()
	p := Page{Width: b.Dx(), Height: b.Dy()}
	if gray, ok := img.(*image.Gray); ok && gray.Stride == p.Width {
		p.Pix = gray.Pix
		return p
	}
	p.Pix, p.Colour = rgba(img).Pix, true
	return p
}
