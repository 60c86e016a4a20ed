package pictures

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"

	"heji/form"
)

// sheet is a page to be written to a TIFF: black but for one white pixel.
type sheet struct {
	w, h        int
	white       image.Point
	orientation uint32
	dpi         [2]uint32
	jpeg        bool // in strips of 8 rows
	reduced     bool
}

func (s sheet) gray(top, rows int) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, s.w, rows))
	for y := range 8 { // a block, so that a JPEG shows it
		for x := range 8 {
			if s.jpeg || x+y == 0 {
				g.SetGray(s.white.X+x, s.white.Y+y-top, color.Gray{Y: 255})
			}
		}
	}
	return g
}

// tiffOf writes pages as one file, as a scanner does.
func tiffOf(t *testing.T, sheets ...sheet) []byte {
	t.Helper()
	order := binary.LittleEndian
	out := []byte("II*\x00\x00\x00\x00\x00")
	link := 4 // where the next directory's place is to be written
	for _, s := range sheets {
		var offsets, counts []uint32
		rows := s.h
		if s.jpeg {
			rows = 8
		}
		for top := 0; top < s.h; top += rows {
			data := s.gray(top, min(rows, s.h-top)).Pix
			if s.jpeg {
				var b bytes.Buffer
				if err := jpeg.Encode(&b, s.gray(top, min(rows, s.h-top)), nil); err != nil {
					t.Fatal(err)
				}
				data = b.Bytes()
			}
			offsets, counts = append(offsets, uint32(len(out))), append(counts, uint32(len(data)))
			out = append(out, data...)
		}
		resolution := len(out)
		for _, n := range []uint32{s.dpi[0], 1, s.dpi[1], 1} {
			out = order.AppendUint32(out, n)
		}
		long := func(v []uint32) uint32 { // one number stands in the entry itself
			if len(v) == 1 {
				return v[0]
			}
			at := len(out)
			for _, n := range v {
				out = order.AppendUint32(out, n)
			}
			return uint32(at)
		}
		compression, subfile := uint32(1), uint32(0)
		if s.jpeg {
			compression = compressionJPEG
		}
		if s.reduced {
			subfile = 1
		}
		at, size := long(offsets), long(counts)
		entries := [][4]uint32{{tagSubfile, 4, 1, subfile}, {tagWidth, 4, 1, uint32(s.w)}, {tagHeight, 4, 1, uint32(s.h)}, {258, 3, 1, 8}, {tagCompression, 3, 1, compression},
			{tagPhotometric, 3, 1, 1}, {tagStripOffsets, 4, uint32(len(offsets)), at}, {tagOrientation, 3, 1, s.orientation},
			{277, 3, 1, 1}, {tagRowsPerStrip, 4, 1, uint32(rows)}, {tagStripCounts, 4, uint32(len(counts)), size},
			{tagXResolution, 5, 1, uint32(resolution)}, {tagYResolution, 5, 1, uint32(resolution + 8)}, {tagResolutionUnit, 3, 1, 2}}
		order.PutUint32(out[link:], uint32(len(out)))
		out = order.AppendUint16(out, uint16(len(entries)))
		for _, e := range entries {
			out = order.AppendUint16(order.AppendUint16(out, uint16(e[0])), uint16(e[1]))
			out = order.AppendUint32(order.AppendUint32(out, e[2]), e[3])
		}
		link = len(out)
		out = order.AppendUint32(out, 0)
	}
	return out
}

func TestTIFFOfManyPages(t *testing.T) {
	data := tiffOf(t,
		sheet{w: 1000, h: 700, white: image.Pt(3, 4), dpi: [2]uint32{200, 200}},
		sheet{w: 100, h: 70, reduced: true},
		sheet{w: 640, h: 640, white: image.Pt(8, 16), jpeg: true, dpi: [2]uint32{72, 72}},
		sheet{w: 800, h: 600, white: image.Pt(10, 0), orientation: 6, dpi: [2]uint32{200, 100}})
	for i, want := range []struct {
		w, h  int
		dpi   float64
		white image.Point
	}{
		{1000, 700, 200, image.Pt(3, 4)},
		{640, 640, 0, image.Pt(8, 16)}, // 72 is what is written where nothing is known
		{1200, 800, 200, image.Pt(1198, 10)},
	} {
		p, err := Decode(data, i+1, 1<<24, 10)
		if err != nil {
			t.Fatalf("page %d: %v", i+1, err)
		}
		if p.Pages != 3 || p.Width != want.w || p.Height != want.h || p.DPI != want.dpi || p.Colour {
			t.Errorf("page %d: %d pages, %d × %d at %v, colour %v", i+1, p.Pages, p.Width, p.Height, p.DPI, p.Colour)
		}
		if got := p.Pix[want.white.Y*p.Width+want.white.X]; got < 120 {
			t.Errorf("page %d: %v is %d", i+1, want.white, got)
		}
	}
	var coded *form.Error
	if _, err := Decode(data, 1, 1<<24, 2); !errors.As(err, &coded) || coded.Code != form.TooLarge {
		t.Errorf("of at most 2 pages: %v", err)
	}
	if _, err := Decode(data, 2, 1000, 10); !errors.As(err, &coded) || coded.Code != form.TooLarge {
		t.Errorf("of at most 1000 pixels: %v", err)
	}
	for cut := range len(data) { // what breaks off is refused, and ends nothing
		if p, err := Decode(data[:cut], 3, 1<<24, 10); err == nil && p.Pages == 3 && p.Width != 1200 {
			t.Errorf("cut at %d: %d × %d", cut, p.Width, p.Height)
		}
		if cut > 2000 {
			break
		}
	}
}

func TestDensity(t *testing.T) {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 1600, 1300))); err != nil {
		t.Fatal(err)
	}
	pHYs := func(perMetre uint32) []byte {
		chunk := append([]byte{0, 0, 0, 9}, "pHYs"...)
		chunk = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(chunk, perMetre), perMetre)
		return append(chunk, 1, 0, 0, 0, 0) // a metre, and a checksum that nobody looks at here
	}
	for _, c := range []struct {
		perMetre uint32
		want     float64
	}{{7874, 200}, {2835, 0}, {3780, 0}, {11811, 300}, {400_000, 0}} {
		data := append(append(append([]byte{}, b.Bytes()[:33]...), pHYs(c.perMetre)...), b.Bytes()[33:]...)
		d, _ := densityOf(data)
		if got := d.plausible(1600, 1300); got-c.want > 0.1 || c.want-got > 0.1 {
			t.Errorf("%d a metre: %v, want %v", c.perMetre, got, c.want)
		}
	}
	jfif := []byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x01\x00\xc8\x00\xc8\x00\x00\xff\xda")
	if d, _ := densityOf(jfif); d.x != 200 || d.y != 200 {
		t.Errorf("JFIF: %v", d)
	}
	exif := tiffOf(t, sheet{w: 1, h: 1, orientation: 8, dpi: [2]uint32{300, 300}})
	segment := append([]byte("Exif\x00\x00"), exif...)
	shot := append(binary.BigEndian.AppendUint16([]byte("\xff\xd8\xff\xe1"), uint16(len(segment)+2)), segment...)
	if d, tags := densityOf(append(shot, "\xff\xda"...)); d.x != 300 || !d.turned || tags.number(tagOrientation) != 8 {
		t.Errorf("Exif: %v", d)
	}
}

func TestTurned(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 3, 2))
	img.SetGray(0, 0, color.Gray{Y: 9}) // the stored corner, where Exif says it is displayed
	for orientation, want := range map[int]image.Point{1: {}, 2: {X: 2}, 3: {X: 2, Y: 1}, 4: {Y: 1}, 5: {}, 6: {X: 1}, 7: {X: 1, Y: 2}, 8: {Y: 2}} {
		for _, from := range []image.Image{img, rgba(img)} {
			got := turned(from, orientation)
			if r, _, _, _ := got.At(want.X, want.Y).RGBA(); r>>8 != 9 {
				t.Errorf("orientation %d: %v is not at %v", orientation, got.Bounds(), want)
			}
		}
	}
}
