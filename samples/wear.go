package samples

import "math"

// smear drags each row by so many pixels, as a page does that moves under the lamp.
func (p *plane) smear(by float64) {
	n := int(math.Round(by))
	if n < 2 {
		return
	}
	dragged := make([]float32, len(p.pix))
	for y := range p.h {
		for k := range n {
			accumulate(dragged[y*p.w:(y+1)*p.w], p.pix[y*p.w:(y+1)*p.w], k-n/2, 1/float32(n))
		}
	}
	p.pix = dragged
}

// curl bends the page, so that its lines rise by so many pixels and fall again; at the
// foot half as much.
func (p *plane) curl(by float64) {
	if by == 0 {
		return
	}
	bent := make([]float32, len(p.pix))
	for y := range p.h {
		for x := range p.w {
			rise := by * math.Sin(0.3+2.6*float64(x)/float64(p.w)) * (1 - float64(y)/float64(2*p.h))
			from, share := math.Modf(float64(y) + rise)
			a, b := min(int(from), p.h-1), min(int(from)+1, p.h-1)
			bent[y*p.w+x] = p.pix[a*p.w+x]*float32(1-share) + p.pix[b*p.w+x]*float32(share)
		}
	}
	p.pix = bent
}

// copied is the page after it went through a copier that is set too light.
func (p *plane) copied(dpi int) {
	p.blur(0.25 * float64(dpi) / 72)
	for i, v := range p.pix {
		pale := 255 - (255-v)*0.85
		p.pix[i] = min(max((pale-140)*1.8+165, 0), 255)
	}
}
