package pictures

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"slices"

	_ "golang.org/x/image/tiff" // decoder of image.Decode
)

// Tags of TIFF 6.0 and of its Technical Note 2 (JPEG in TIFF).
const (
	tagSubfile        = 254
	tagWidth          = 256
	tagHeight         = 257
	tagCompression    = 259
	tagPhotometric    = 262
	tagStripOffsets   = 273
	tagOrientation    = 274
	tagRowsPerStrip   = 278
	tagStripCounts    = 279
	tagXResolution    = 282
	tagYResolution    = 283
	tagResolutionUnit = 296
	tagTileWidth      = 322
	tagTileHeight     = 323
	tagTileOffsets    = 324
	tagTileCounts     = 325
	tagJPEGTables     = 347

	compressionJPEG = 7
	photometricRGB  = 2
)

// directory holds the numbers of an image file directory, by tag. Of rationals it holds the
// numerator and the denominator, and of bytes the bytes.
type directory map[int][]uint32

func (d directory) number(tag int) int {
	if v := d[tag]; len(v) > 0 && v[0] < 1<<30 {
		return int(v[0])
	}
	return 0
}

func (d directory) density() density {
	ratio := func(tag int) float64 {
		if v := d[tag]; len(v) == 2 && v[1] != 0 {
			return float64(v[0]) / float64(v[1])
		}
		return 0
	}
	out := density{x: ratio(tagXResolution), y: ratio(tagYResolution), turned: d.number(tagOrientation) >= 5}
	switch d.number(tagResolutionUnit) {
	case 1: // of no unit
		return density{turned: out.turned}
	case 3: // a centimetre
		out.x, out.y = out.x*2.54, out.y*2.54
	}
	return out
}

// byteOrder is that of a TIFF, or nil for what is none.
func byteOrder(data []byte) binary.ByteOrder {
	switch {
	case bytes.HasPrefix(data, []byte("II*\x00")):
		return binary.LittleEndian
	case bytes.HasPrefix(data, []byte("MM\x00*")):
		return binary.BigEndian
	}
	return nil
}

// mostDirectories ends what goes on for ever.
const mostDirectories = 20_000

// directories are where the directories of a TIFF's pages begin. Reduced pictures of pages,
// which say so, are no pages.
func directories(data []byte, order binary.ByteOrder) []int {
	if len(data) < 8 {
		return nil
	}
	var out []int
	seen := map[int]bool{}
	for at := int(order.Uint32(data[4:])); at >= 8 && at+2 <= len(data) && !seen[at] && len(out) < mostDirectories; {
		seen[at] = true
		if !reduced(data, order, at) || len(out) == 0 {
			out = append(out, at)
		}
		next := at + 2 + 12*int(order.Uint16(data[at:]))
		if next+4 > len(data) {
			break
		}
		at = int(order.Uint32(data[next:]))
	}
	return out
}

// reduced reports whether a directory's picture is a small one of another page. The tag is
// the least and stands first.
func reduced(data []byte, order binary.ByteOrder, at int) bool {
	return at+14 <= len(data) && order.Uint16(data[at+2:]) == tagSubfile && order.Uint32(data[at+10:])&1 == 1
}

// startingAt is a TIFF whose first directory is the one at a place.
func startingAt(data []byte, order binary.ByteOrder, at int) []byte {
	if int(order.Uint32(data[4:])) == at {
		return data
	}
	out := slices.Clone(data)
	order.PutUint32(out[4:], uint32(at))
	return out
}

var (
	known = []int{tagSubfile, tagWidth, tagHeight, tagCompression, tagPhotometric, tagStripOffsets, tagOrientation, tagRowsPerStrip, tagStripCounts,
		tagXResolution, tagYResolution, tagResolutionUnit, tagTileWidth, tagTileHeight, tagTileOffsets, tagTileCounts, tagJPEGTables}

	sizes = map[uint16]int{1: 1, 3: 2, 4: 4, 5: 8, 7: 1} // bytes of BYTE, SHORT, LONG, RATIONAL, UNDEFINED
)

// mostValues is how many numbers of a tag are kept: strips or tiles of a page.
const mostValues = 1 << 20

func readDirectory(data []byte, order binary.ByteOrder, at int) directory {
	out := directory{}
	for i := range int(order.Uint16(data[at:])) {
		e := at + 2 + 12*i
		if e+12 > len(data) {
			break
		}
		tag, kind, count := int(order.Uint16(data[e:])), order.Uint16(data[e+2:]), int(order.Uint32(data[e+4:]))
		size := sizes[kind]
		if size == 0 || count <= 0 || count > mostValues || out[tag] != nil || !slices.Contains(known, tag) {
			continue
		}
		value := data[e+8 : e+12]
		if size*count > 4 {
			from := int(order.Uint32(value))
			if from > len(data) || size*count > len(data)-from {
				continue
			}
			value = data[from:][:size*count]
		}
		var numbers []uint32
		for k := range count {
			switch size {
			case 1:
				numbers = append(numbers, uint32(value[k]))
			case 2:
				numbers = append(numbers, uint32(order.Uint16(value[2*k:])))
			case 4:
				numbers = append(numbers, order.Uint32(value[4*k:]))
			case 8:
				numbers = append(numbers, order.Uint32(value[8*k:]), order.Uint32(value[8*k+4:]))
			}
		}
		out[tag] = numbers
	}
	return out
}

// jpegs decodes a page of strips or tiles that are JPEGs, which golang.org/x/image/tiff does
// not: each is a JPEG whose tables may stand once for all (TIFF Technical Note 2).
func (d directory) jpegs(data []byte, width, height int) (image.Image, error) {
	offsets, counts := d[tagStripOffsets], d[tagStripCounts]
	w, h := width, d.number(tagRowsPerStrip)
	if tiles := d[tagTileOffsets]; len(tiles) > 0 {
		offsets, counts = tiles, d[tagTileCounts]
		w, h = d.number(tagTileWidth), d.number(tagTileHeight)
	}
	if h <= 0 || h > height {
		h = height
	}
	if len(offsets) == 0 || len(offsets) != len(counts) || w <= 0 {
		return nil, errors.New("tiff: no strips of the page")
	}
	across := (width + w - 1) / w
	if len(offsets) < across*((height+h-1)/h) {
		return nil, errors.New("tiff: strips of the page are missing")
	}
	var tables []byte
	for _, b := range d[tagJPEGTables] {
		tables = append(tables, byte(b))
	}
	var out draw.Image
	for i, from := range offsets {
		corner := image.Pt(i%across*w, i/across*h)
		if corner.Y >= height {
			break
		}
		if uint64(from)+uint64(counts[i]) > uint64(len(data)) || counts[i] < 4 {
			return nil, errors.New("tiff: a strip is not in the file")
		}
		part, err := strip(data[from:][:counts[i]], tables, w, h)
		if err != nil {
			return nil, err
		}
		if d.number(tagPhotometric) == photometricRGB {
			part = asRGB(part)
		}
		if out == nil {
			out = image.NewRGBA(image.Rect(0, 0, width, height))
			if _, ok := part.(*image.Gray); ok {
				out = image.NewGray(image.Rect(0, 0, width, height))
			}
		}
		draw.Draw(out, part.Bounds().Sub(part.Bounds().Min).Add(corner), part, part.Bounds().Min, draw.Src)
	}
	return out, nil
}

// strip decodes a JPEG, of at most so many pixels, whose tables stand elsewhere.
func strip(data, tables []byte, w, h int) (image.Image, error) {
	if len(tables) > 4 {
		data = slices.Concat(tables[:len(tables)-2], data[2:]) // without the end of one and the start of the other
	}
	config, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	if config.Width > w || config.Height > h {
		return nil, fmt.Errorf("tiff: a strip of %d × %d pixels where %d × %d fit", config.Width, config.Height, w, h)
	}
	return jpeg.Decode(bytes.NewReader(data))
}

// asRGB takes the three planes of a JPEG for red, green and blue, as a TIFF says that they are
// and the JPEG itself does not.
func asRGB(img image.Image) image.Image {
	from, ok := img.(*image.YCbCr)
	if !ok {
		return img
	}
	b := from.Bounds()
	out := image.NewRGBA(b)
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			i, c := out.PixOffset(x, y), from.COffset(x, y)
			out.Pix[i], out.Pix[i+1], out.Pix[i+2], out.Pix[i+3] = from.Y[from.YOffset(x, y)], from.Cb[c], from.Cr[c], 255
		}
	}
	return out
}
