package pictures

import (
	"bytes"
	"encoding/binary"
	"math"
)

// density is how many pixels a picture has on an inch, across and down as stored.
type density struct {
	x, y   float64
	turned bool // the picture is displayed on its side
}

// Resolutions that scanners have. 72 and 96 are what programs write that know of none.
const leastDPI, mostDPI = 100, 1200

// plausible is the density of a picture of so many pixels, where that makes a sheet of it that
// a scanner takes, up to A0; else 0.
func (d density) plausible(width, height int) float64 {
	long := float64(max(width, height))
	if d.x < leastDPI || d.x > mostDPI || math.Min(d.x, d.y) < 0.98*math.Max(d.x, d.y) || long/d.x < 3 || long/d.x > 48 {
		return 0
	}
	return d.x
}

// densityOf reads what a PNG (pHYs) or a JPEG (JFIF, Exif) says of its resolution, and the Exif
// directory of a JPEG.
func densityOf(data []byte) (density, directory) {
	if bytes.HasPrefix(data, []byte("\x89PNG")) {
		return densityOfPNG(data), nil
	}
	var d density
	var exif directory
	for rest := data[min(2, len(data)):]; len(rest) >= 4 && rest[0] == 0xFF && rest[1] >= 0xC0 && rest[1] != 0xDA; {
		size := int(binary.BigEndian.Uint16(rest[2:]))
		if size < 2 || size+2 > len(rest) {
			break
		}
		segment, marker := rest[4:size+2], rest[1]
		switch {
		case marker == 0xE0 && bytes.HasPrefix(segment, []byte("JFIF\x00")) && len(segment) >= 12 && d.x == 0:
			x, y := float64(binary.BigEndian.Uint16(segment[8:])), float64(binary.BigEndian.Uint16(segment[10:]))
			switch segment[7] {
			case 1:
				d.x, d.y = x, y
			case 2: // a centimetre
				d.x, d.y = x*2.54, y*2.54
			}
		case marker == 0xE1 && bytes.HasPrefix(segment, []byte("Exif\x00\x00")):
			inner := segment[6:]
			if order := byteOrder(inner); order != nil {
				if all := directories(inner, order); len(all) > 0 {
					exif = readDirectory(inner, order, all[0])
				}
			}
			if e := exif.density(); e.x >= leastDPI {
				d = e
			}
			d.turned = exif.number(tagOrientation) >= 5
		}
		rest = rest[size+2:]
	}
	return d, exif
}

func densityOfPNG(data []byte) density {
	for rest := data[8:]; len(rest) >= 12; {
		size := int(binary.BigEndian.Uint32(rest))
		name := string(rest[4:8])
		if size < 0 || size > len(rest)-12 || name == "IDAT" {
			break
		}
		if name == "pHYs" && size == 9 && rest[16] == 1 { // pixels a metre
			return density{x: float64(binary.BigEndian.Uint32(rest[8:])) * 0.0254, y: float64(binary.BigEndian.Uint32(rest[12:])) * 0.0254}
		}
		rest = rest[12+size:]
	}
	return density{}
}
