package raster

import (
	"image"
	"math"
)

// Kernel is how a pixel is made of those around its place, by their distance in
// pixels of the coarser picture.
type Kernel struct {
	reach float64
	at    func(distance float64) float64
}

// Linear averages where it shrinks; CatmullRom keeps edges sharp where it enlarges.
var (
	Linear     = Kernel{1, func(t float64) float64 { return 1 - t }}
	CatmullRom = Kernel{2, func(t float64) float64 {
		if t < 1 {
			return (1.5*t-2.5)*t*t + 1
		}
		return ((-0.5*t+2.5)*t-4)*t + 2
	}}
)

// taps are the pixels that one pixel is made of, and their shares.
type taps struct {
	from   int
	shares []float32
}

// tapsOf are the taps of each of so many pixels made of so many others, along one axis.
func (k Kernel) tapsOf(pixels, of int) []taps {
	scale := float64(of) / float64(pixels)
	wide := max(1, scale)
	reach := k.reach * wide
	all := make([]taps, pixels)
	room := make([]float32, 0, pixels*(int(2*reach)+2))
	for i := range all {
		centre := (float64(i)+0.5)*scale - 0.5
		from := max(0, int(math.Ceil(centre-reach)))
		start := len(room)
		total := 0.0
		for j := from; j < of && float64(j) < centre+reach; j++ {
			share := k.at(math.Abs(centre-float64(j)) / wide)
			room = append(room, float32(share))
			total += share
		}
		all[i] = taps{from, room[start:]}
		for j := range all[i].shares {
			all[i].shares[j] /= float32(total)
		}
	}
	return all
}

// Resample is the picture at another size in pixels, neither of them empty. Values are
// cut as if they had sixteen bits, so that paper which is nearly white comes out white.
func Resample(g *image.Gray, w, h int, k Kernel) *image.Gray {
	out := image.NewGray(image.Rect(0, 0, w, h))
	gw := g.Rect.Dx()
	across := k.tapsOf(w, gw)
	row := make([]float32, gw)
	for y, down := range k.tapsOf(h, g.Rect.Dy()) {
		clear(row)
		for i, share := range down.shares {
			src := g.Pix[g.PixOffset(g.Rect.Min.X, g.Rect.Min.Y+down.from+i):][:len(row)]
			for x, v := range src {
				row[x] += share * float32(v)
			}
		}
		dst := out.Pix[y*out.Stride:][:w]
		for x := range dst {
			t := &across[x]
			sum := float32(0)
			src := row[t.from:][:len(t.shares)]
			for i, share := range t.shares {
				sum += share * src[i]
			}
			dst[x] = uint8(min(max(sum*257+0.5, 0), 65535) / 256)
		}
	}
	return out
}
