package extract

import (
	"image"
	"math"
)

// A page that moved while it was scanned is smeared along its rows, or columns: each
// pixel is the mean of so many neighbours as it moved. Such a mean loses the waves that
// fit into it a whole number of times, and no print does, so that the spectrum tells how
// far. It is estimated from the correlation of the slopes over a window of lags, after
// Blackman and Tukey. A ruling line so many pixels thick lacks the same waves; it is the
// same some lines further, so that their difference is without it. Dots of a line are not the
// same there, and lack them in the difference alone: a smear is in both.
const (
	leastSmear    = 5   // pixels: below it only one wave is lost, which print may lack too
	mostSmear     = 12  // pixels
	smearDepth    = 0.8 // how far below its neighbours each lost wave must be, as a logarithm of power
	smearLags     = 64
	smearSampling = 16   // one line in so many is looked at
	smearApart    = 6    // lines from there to the one that is taken off it, with all that runs across both
	smearNoise    = 0.03 // power of the noise against that of the print, for the Wiener filter
	smearReach    = 32   // pixels on each side that the filter takes in
)

// unsmeared is a picture with such a smear undone; one without it is returned as it is.
func unsmeared(img image.Image) image.Image {
	if n := smearOf(img, false); n > 0 {
		return sharpened(img, n)
	}
	if n := smearOf(img, true); n > 0 {
		return turnedImage(sharpened(turnedImage(img, 1), n), 3)
	}
	return img
}

// smearOf is by how many pixels a picture is smeared along its rows, or down its
// columns; 0 where it is not.
func smearOf(img image.Image, down bool) int {
	n := smearIn(img, down, smearApart)
	if n > 0 && (smearIn(img, down, 0) != n || crisp(img, down, n)) {
		return 0
	}
	return n
}

// crisp reports whether a picture has edges that none has which was smeared by n pixels:
// there two neighbours differ by an nth of black and white at most. Lines of dots that are
// all alike lack the waves of a smear, and have such edges.
func crisp(img image.Image, down bool, n int) bool {
	const (
		grain = 25   // gray levels that noise and JPEG add
		slack = 1.5  // times what two neighbours may differ by
		share = 0.02 // of what differs more than grain
	)
	pix, channels, lines, length, along, across := linesOf(img, down)
	most := int(slack*255/float64(n)) + grain
	edges, steep := 0, 0
	for line := 0; line < lines; line += smearSampling {
		at := line*across + channels/2
		for range length - 1 {
			slope := absolute(int(pix[at+along]) - int(pix[at]))
			if slope > grain {
				edges++
			}
			if slope > most {
				steep++
			}
			at += along
		}
	}
	return float64(steep) > share*float64(edges)
}

func absolute(n int) int { return max(n, -n) }

// smearIn is smearOf by the lines as they are, or without what is the same on the line so
// far below.
func smearIn(img image.Image, down bool, apart int) int {
	pix, channels, lines, length, along, across := linesOf(img, down)
	if pix == nil {
		return 0
	}
	if length < 8*smearLags || lines < smearSampling {
		return 0
	}
	var correlation [smearLags]float64
	slopes := make([]float32, length-1)
	for line := 0; line+apart < lines; line += smearSampling {
		at := line*across + channels/2 // of colours, green
		below := at + apart*across
		flat := true
		for i := range slopes {
			slope := int(pix[at+along]) - int(pix[at])
			if apart > 0 {
				slope -= int(pix[below+along]) - int(pix[below])
			}
			slopes[i] = float32(slope)
			flat = flat && slopes[i] == 0
			at, below = at+along, below+along
		}
		if flat {
			continue
		}
		rest := slopes[:len(slopes)-smearLags]
		for lag := range correlation {
			sum := float32(0)
			later := slopes[lag:][:len(rest)]
			for i, v := range rest {
				sum += v * later[i]
			}
			correlation[lag] += float64(sum)
		}
	}
	if correlation[0] <= 0 {
		return 0
	}
	best, depth := 0, smearDepth
	for n := leastSmear; n <= mostSmear; n++ {
		least := math.Inf(1)
		for k := 1; 2*k < n; k++ {
			before := logPower(&correlation, (float64(k)-0.5)/float64(n))
			after := logPower(&correlation, min((float64(k)+0.5)/float64(n), 0.5))
			least = min(least, (before+after)/2-logPower(&correlation, float64(k)/float64(n)))
		}
		if least > depth {
			best, depth = n, least
		}
	}
	return best
}

// logPower is the logarithm of a picture's power at a frequency, in waves a pixel, from
// the correlation of its slopes.
func logPower(correlation *[smearLags]float64, frequency float64) float64 {
	power := correlation[0]
	for lag := 1; lag < smearLags; lag++ {
		u := float64(lag) / smearLags
		window := 2 * (1 - u) * (1 - u) * (1 - u) // Parzen's
		if u < 0.5 {
			window = 1 - 6*u*u*(1-u)
		}
		power += 2 * correlation[lag] * window * math.Cos(2*math.Pi*frequency*float64(lag))
	}
	slope := 2 * math.Sin(math.Pi*frequency)
	return math.Log(max(power, 1e-9*correlation[0]) / (slope * slope))
}

// sharpened is a picture whose rows were smeared by n pixels, through a Wiener filter.
func sharpened(img image.Image, n int) image.Image {
	filter := wiener(n)
	src, stride, channels := pixelsOf(img)
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	out := make([]byte, len(src))
	row := make([]float32, w+2*smearReach)
	for y := range h {
		from, to := src[y*stride:], out[y*stride:]
		for c := range channels {
			for x := range row {
				row[x] = float32(from[min(max(x-smearReach, 0), w-1)*channels+c])
			}
			for x := range w {
				sum := float32(0)
				for i, f := range filter {
					sum += f * row[x+i]
				}
				to[x*channels+c] = uint8(min(max(sum+0.5, 0), 255))
			}
		}
	}
	if channels == 1 {
		return &image.Gray{Pix: out, Stride: stride, Rect: image.Rect(0, 0, w, h)}
	}
	return &image.RGBA{Pix: out, Stride: stride, Rect: image.Rect(0, 0, w, h)}
}

// wiener is the filter that undoes a mean over n pixels, as weights of the pixels from
// smearReach before to smearReach after.
func wiener(n int) []float32 {
	const size = 8 * smearReach // of the transform
	filter := make([]float32, 2*smearReach+1)
	for i := range filter {
		sum := 0.0
		for k := range size {
			re, im := 0.0, 0.0
			for j := range n {
				sin, cos := math.Sincos(2 * math.Pi * float64(k*(j-n/2)) / size)
				re, im = re+cos/float64(n), im-sin/float64(n)
			}
			sin, cos := math.Sincos(2 * math.Pi * float64(k*(smearReach-i)) / size)
			sum += (re*cos + im*sin) / (re*re + im*im + smearNoise)
		}
		filter[i] = float32(sum / size * (1 + smearNoise))
	}
	return filter
}

// linesOf is pixelsOf with how many lines a picture has, rows or columns, how long they are,
// and how many bytes it is along one from pixel to pixel, and across to the next.
func linesOf(img image.Image, down bool) (pix []byte, channels, lines, length, along, across int) {
	pix, across, channels = pixelsOf(img)
	lines, length, along = img.Bounds().Dy(), img.Bounds().Dx(), channels
	if down {
		lines, length, along, across = length, lines, across, along
	}
	return pix, channels, lines, length, along, across
}

// pixelsOf is the bytes of a picture in gray or in colours, from row to row and pixel to
// pixel; none for one of another kind.
func pixelsOf(img image.Image) (pix []byte, stride, channels int) {
	switch p := img.(type) {
	case *image.Gray:
		return p.Pix, p.Stride, 1
	case *image.RGBA:
		return p.Pix, p.Stride, 4
	}
	return nil, 0, 0
}
