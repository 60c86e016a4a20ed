// Command train makes the weights of package numeral:
//
//	go run ./extract/internal/ocr/numeral/train -out extract/internal/ocr/numeral/weights.bin FONT…
//
// The committed weights were made before signs that stand alone were among the
// lessons, and before uming and ukai could be opened; they are still to be made again.
// The typefaces for it are in Debian's packages fonts-noto-cjk, fonts-arphic-*,
// fonts-wqy-*, fonts-droid-fallback, fonts-dejavu and fonts-liberation:
//
//	cd /usr/share/fonts && echo opentype/noto/Noto{Sans,Serif}CJK-{Regular,Bold}.ttc \
//	truetype/arphic*/*.tt[fc] truetype/wqy/wqy-{zenhei,microhei}.ttc \
//	truetype/droid/DroidSansFallbackFull.ttf truetype/dejavu/DejaVu{Sans,SansMono,Serif}.ttf \
//	truetype/liberation/Liberation{Sans,Serif,Mono}-Regular.ttf
//
// It draws numbers, and as counter-examples words, in every font given, spoils
// them as scanners do, cuts them into marks as numeral.Read will, and teaches the
// net which mark is which. The same fonts and seed give the same weights.
package main

import (
	"encoding/binary"
	"flag"
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"

	"golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/f64"
	"golang.org/x/image/math/fixed"

	"heji/extract/internal/ocr/numeral"
)

func main() {
	out := flag.String("out", "weights.bin", "file to write")
	lines := flag.Int("lines", 60000, "lines of print to learn from")
	rounds := flag.Int("rounds", 8, "times to go through them")
	seed := flag.Uint64("seed", 1, "of all that is random")
	flag.Parse()
	if err := run(*out, flag.Args(), *lines, *rounds, *seed); err != nil {
		fmt.Fprintln(os.Stderr, "train:", err)
		os.Exit(1)
	}
}

func run(out string, files []string, lines, rounds int, seed uint64) error {
	r := rand.New(rand.NewPCG(seed, 1))
	fonts, err := openFonts(files)
	if err != nil {
		return err
	}
	var lessons []lesson
	for range lines {
		lessons = append(lessons, draft(r, fonts)...)
	}
	fmt.Printf("%d fonts, %d marks\n", len(fonts), len(lessons))
	held := lessons[:len(lessons)/20]
	net := learn(r, lessons[len(held):], held, rounds)
	return os.WriteFile(out, net.Bytes(), 0o644)
}

// openFonts opens font files, each font of a collection, and Go's own fonts.
func openFonts(files []string) ([]*sfnt.Font, error) {
	var fonts []*sfnt.Font
	add := func(data []byte) error {
		c, err := opentype.ParseCollection(aligned(data))
		if err != nil {
			return err
		}
		// The fonts of a collection share their digits but for a few: two are enough.
		for i := range min(c.NumFonts(), 2) {
			f, err := c.Font(i * (c.NumFonts() - 1))
			if err != nil {
				return err
			}
			fonts = append(fonts, f)
		}
		return nil
	}
	for _, data := range [][]byte{goregular.TTF, gobold.TTF, gomono.TTF} {
		if err := add(data); err != nil {
			return nil, err
		}
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if err := add(data); err != nil { // some collections are not to Go's liking
			fmt.Fprintf(os.Stderr, "train: %s left out: %v\n", name, err)
		}
	}
	return fonts, nil
}

// aligned is the first font of a collection with its tables at multiples of four
// bytes, as Go's reader of fonts wants them: some of Debian's collections do not care.
// Anything else is as it was.
func aligned(data []byte) []byte {
	if len(data) < 16 || string(data[:4]) != "ttcf" {
		return data
	}
	word := func(at int) int { return int(binary.BigEndian.Uint32(data[at:])) }
	start := word(12)
	n := int(binary.BigEndian.Uint16(data[start+4:]))
	odd := false
	for i := range n {
		odd = odd || word(start+12+16*i+8)%4 != 0
	}
	if !odd {
		return data
	}
	out := slices.Clone(data[start : start+12+16*n])
	for i := range n {
		entry := 12 + 16*i
		from, size := word(start+entry+8), word(start+entry+12)
		binary.BigEndian.PutUint32(out[entry+8:], uint32(len(out)))
		out = append(out, data[from:from+size]...)
		out = append(out, make([]byte, -len(out)&3)...)
	}
	return out
}

// lesson is a mark's features and its class.
type lesson struct {
	x     [numeral.Features]float32
	class int
}

var classes = []rune(numeral.Classes)

func classOf(r rune) int {
	for i, c := range classes {
		if c == r {
			return i
		}
	}
	return len(classes) - 1
}

// draft draws one line and gives its marks.
func draft(r *rand.Rand, fonts []*sfnt.Font) []lesson {
	f := fonts[r.IntN(len(fonts))]
	text := phrase(r)
	g, owners := typeset(r, f, text)
	if g == nil {
		return nil
	}
	g = spoil(r, g)
	marks := numeral.Marks(g)
	if len(marks) == 0 {
		return nil
	}
	band := numeral.BandOf(marks)
	// The rings of a % may stand clear of its stroke; together they are one mark.
	// So that nothing else is taken for one, other neighbours are shown joined too.
	for i := 0; i+1 < len(marks) && r.IntN(2) == 0; i++ {
		whole := numeral.Join(marks[i : i+2+r.IntN(min(2, len(marks)-i-1))]...)
		if whole.Box.Dx()*2 < 3*int(band.Bottom-band.Top) {
			marks = append(marks, whole)
		}
	}
	var lessons []lesson
	for _, m := range marks {
		class, ok := label(m.Box, owners)
		if !ok {
			continue
		}
		var l lesson
		numeral.Describe(g, m, band, &l.x)
		l.class = class
		lessons = append(lessons, l)
	}
	return lessons
}

// phrase is a number as forms print them, or now and then something else.
func phrase(r *rand.Rand) string {
	digits := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteByte(byte('0' + r.IntN(10)))
		}
		return b.String()
	}
	switch k := r.IntN(27); {
	case k == 24: // a column of comparators, or of units
		return pick(r, "≥", "≤", ">", "<", "=", "%")
	case k > 24:
		return pick(r, "≥", "≤", "≥", "≤", ">", "<", "=") + digits(1+r.IntN(4)) + pick(r, "", "."+digits(1)) + pick(r, "%", "", word(r))
	case k < 5:
		return digits(1 + r.IntN(2))
	case k < 10:
		return digits(1+r.IntN(4)) + "." + digits(1+r.IntN(2))
	case k < 13:
		s := digits(1+r.IntN(3)) + "," + digits(3)
		if r.IntN(2) == 0 {
			s += "," + digits(3)
		}
		return s + "." + digits(2)
	case k < 15:
		return pick(r, "≥", "≤", ">", "<", "=", "-", "¥", "~", "") + digits(1+r.IntN(3)) + pick(r, "%", "", "."+digits(1), "."+digits(2)+"%")
	case k == 15:
		return "(" + digits(1+r.IntN(2)) + "." + digits(2) + ")"
	case k == 16:
		return digits(1) + pick(r, "-", "/", "~", "=") + digits(2) + "%"
	case k == 17:
		return digits(7 + r.IntN(5))
	case k == 18:
		return word(r)
	case k < 22: // a sentence's figures
		return word(r) + pick(r, "≥", "≤", "≥", "≤", "", "") + digits(1+r.IntN(3)) + pick(r, "%", "%", "", "."+digits(2)) + pick(r, word(r), "")
	}
	return word(r) + digits(1+r.IntN(4)) + pick(r, "", "."+digits(2)) + word(r) + digits(1+r.IntN(3)) + word(r)
}

// word is Han characters or letters, without those that look like digits.
func word(r *rand.Rand) string {
	const han = "年度预算执行率完成情况资金总额分值得分优良中差个件次人以上下达产出效益满意指标财政拨款单位名称项目负责联系电话万亿元不低于的是在有和为对到大地方这我他们来时要就会可也发成经进着等部想作家种多能好生事其后面去过开行现只些所把两关点正己手明门身此如由本样"
	const latin = "ACEFGHJKLMNPRTUVWXYabcdefhkmnprtuvwxy"
	const marks = "：；、。，“”《》【】*#+&@"
	var b strings.Builder
	for range 1 + r.IntN(4) {
		set := []rune(han)
		switch r.IntN(6) {
		case 0:
			set = []rune(latin)
		case 1:
			set = []rune(marks)
		}
		b.WriteRune(set[r.IntN(len(set))])
	}
	return b.String()
}

func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

// owner is where a character's ink lies.
type owner struct {
	char rune
	box  image.Rectangle
}

// typeset draws the text at a size between small print at 150 dpi and a heading
// at 300, a little slanted and stretched. It gives nil when the font lacks a
// character.
func typeset(r *rand.Rand, f *sfnt.Font, text string) (*image.Gray, []owner) {
	size := math.Exp(math.Log(17) + r.Float64()*math.Log(70.0/17))
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return nil, nil
	}
	defer func() { _ = face.Close() }()
	var buffer sfnt.Buffer
	for _, c := range text {
		if i, err := f.GlyphIndex(&buffer, c); err != nil || i == 0 {
			return nil, nil
		}
	}
	width := font.MeasureString(face, text).Ceil() + int(2*size)
	height := int(2.2 * size)
	stretch, slant, turn := 0.85+0.35*r.Float64(), 0.0, (2*r.Float64()-1)*0.015
	if r.IntN(5) == 0 {
		slant = (2*r.Float64() - 1) * 0.2
	}
	spacing := fixed.Int26_6(0)
	if r.IntN(3) == 0 {
		spacing = fixed.Int26_6((r.Float64()*0.12 - 0.02) * size * 64)
	}
	// A point of the picture is found at m·point of the drawing.
	m := f64.Aff3{1 / stretch, slant, -slant * size * 1.5, turn, 1, 0}
	line := white(int(float64(width)*stretch)+8, height)
	var owners []owner
	at := fixed.P(int(size*0.8), int(size*1.5))
	for _, c := range text {
		one := white(width, height)
		d := font.Drawer{Dst: one, Src: image.Black, Face: face, Dot: at}
		d.DrawString(string(c))
		at = d.Dot
		at.X += spacing
		turned := white(line.Rect.Dx(), height)
		var box image.Rectangle
		for y := range height {
			for x := range turned.Rect.Dx() {
				v := sample(one, m[0]*float64(x)+m[1]*float64(y)+m[2], m[3]*float64(x)+m[4]*float64(y)+m[5])
				if v < 250 {
					i := line.PixOffset(x, y)
					line.Pix[i] = min(line.Pix[i], v)
				}
				if v < 140 {
					box = box.Union(image.Rect(x, y, x+1, y+1))
				}
			}
		}
		if !box.Empty() {
			owners = append(owners, owner{c, box})
		}
	}
	return line, owners
}

func white(w, h int) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, w, h))
	for i := range g.Pix {
		g.Pix[i] = 255
	}
	return g
}

func sample(g *image.Gray, x, y float64) uint8 {
	x0, y0 := int(math.Floor(x)), int(math.Floor(y))
	if x0 < 0 || y0 < 0 || x0+1 >= g.Rect.Dx() || y0+1 >= g.Rect.Dy() {
		return 255
	}
	fx, fy := x-float64(x0), y-float64(y0)
	at := func(x, y int) float64 { return float64(g.Pix[y*g.Stride+x]) }
	return uint8((at(x0, y0)*(1-fx)+at(x0+1, y0)*fx)*(1-fy) + (at(x0, y0+1)*(1-fx)+at(x0+1, y0+1)*fx)*fy)
}

// spoil does to a line what scanners do to it, and stretches its contrast again.
func spoil(r *rand.Rand, g *image.Gray) *image.Gray {
	if r.IntN(3) == 0 { // heavier or thinner ink
		g = spread(g, r.IntN(2) == 0, 0.3+0.7*r.Float64())
	}
	if r.IntN(4) > 0 {
		g = blur(g, 0.3+r.Float64())
	}
	noise, fade := r.Float64()*12, r.Float64()*0.35
	fax := r.IntN(3) == 0
	if fax {
		noise = r.Float64() * 30
	}
	level := 110 + r.Float64()*80
	for i, v := range g.Pix {
		f := 255 - (255-float64(v))*(1-fade) + r.NormFloat64()*noise
		if fax {
			if f < level {
				f = 0
			} else {
				f = 255
			}
		}
		if !fax && v > 253 && f > 235 { // paper was made white
			f = 255
		}
		g.Pix[i] = uint8(min(255, max(0, f)))
	}
	if !fax && r.IntN(3) == 0 { // scanned coarser and enlarged
		f := 0.6 + 0.4*r.Float64()
		small := white(max(1, int(float64(g.Rect.Dx())*f)), max(1, int(float64(g.Rect.Dy())*f)))
		draw.BiLinear.Scale(small, small.Rect, g, g.Rect, draw.Src, nil)
		draw.CatmullRom.Scale(g, g.Rect, small, small.Rect, draw.Src, nil)
	}
	black := uint8(255)
	for _, v := range g.Pix {
		black = min(black, v)
	}
	if black > 50 && black < 200 {
		for i, v := range g.Pix {
			g.Pix[i] = uint8(min(255, max(0, int(v)-int(black))*255/(248-int(black))))
		}
	}
	return g
}

// spread grows dark over light, or light over dark, by a part of a pixel.
func spread(g *image.Gray, dark bool, share float64) *image.Gray {
	out := image.NewGray(g.Rect)
	w, h := g.Rect.Dx(), g.Rect.Dy()
	for y := range h {
		for x := range w {
			v := g.Pix[y*w+x]
			e := v
			for _, d := range [][2]int{{1, 0}, {-1, 0}, {0, 1}, {0, -1}} {
				xx, yy := min(max(x+d[0], 0), w-1), min(max(y+d[1], 0), h-1)
				if n := g.Pix[yy*w+xx]; dark == (n < e) {
					e = n
				}
			}
			out.Pix[y*w+x] = uint8(float64(v)*(1-share) + float64(e)*share)
		}
	}
	return out
}

// blur is a Gaussian of standard deviation sigma pixels.
func blur(g *image.Gray, sigma float64) *image.Gray {
	const reach = 3
	var kernel [2*reach + 1]float64
	sum := 0.0
	for i := range kernel {
		kernel[i] = math.Exp(-float64((i-reach)*(i-reach)) / (2 * sigma * sigma))
		sum += kernel[i]
	}
	w, h := g.Rect.Dx(), g.Rect.Dy()
	for _, step := range []image.Point{{X: 1}, {Y: 1}} {
		out := image.NewGray(g.Rect)
		for y := range h {
			for x := range w {
				v := 0.0
				for i, k := range kernel {
					xx, yy := min(max(x+(i-reach)*step.X, 0), w-1), min(max(y+(i-reach)*step.Y, 0), h-1)
					v += k * float64(g.Pix[yy*w+xx])
				}
				out.Pix[y*w+x] = uint8(v/sum + 0.5)
			}
		}
		g = out
	}
	return g
}

// label says which class a mark is: that of the one character it covers, none for
// a mark that covers two or the part of one. The second result is false for a mark
// that teaches nothing: a sliver of a Han character may well look like a 1.
func label(box image.Rectangle, owners []owner) (int, bool) {
	none := len(classes) - 1
	var found []owner
	for _, o := range owners {
		if shared := o.box.Intersect(box); shared.Dx()*shared.Dy()*4 > o.box.Dx()*o.box.Dy() || shared.Dx()*2 > box.Dx() && !shared.Empty() {
			found = append(found, o)
		}
	}
	switch {
	case len(found) == 0:
		return 0, false // dirt: the reading is refused for its place or size, or not at all
	case len(found) > 1:
		return none, true
	}
	o := found[0]
	class := classOf(o.char)
	near := func(a, b int) bool { return max(a-b, b-a) <= max(2, o.box.Dy()/8) }
	whole := near(o.box.Min.X, box.Min.X) && near(o.box.Max.X, box.Max.X) && near(o.box.Min.Y, box.Min.Y) && near(o.box.Max.Y, box.Max.Y)
	switch {
	case class == none:
		return none, box.Dx()*3 > box.Dy() && box.Dy()*3 > o.box.Dy()
	case whole:
		return class, true
	}
	return none, box.Dx()*box.Dy()*10 < o.box.Dx()*o.box.Dy()*8 // a broken one
}

// learn trains a net by stochastic gradient descent with momentum.
func learn(r *rand.Rand, lessons, held []lesson, rounds int) *numeral.Net {
	net := &numeral.Net{Out: make([][numeral.Hidden]float32, len(classes)), Bias: make([]float32, len(classes))}
	for i := range numeral.Hidden {
		for j := range net.In {
			net.In[j][i] = float32(r.NormFloat64() * math.Sqrt(2.0/numeral.Features))
		}
	}
	for k := range net.Out {
		for i := range net.Out[k] {
			net.Out[k][i] = float32(r.NormFloat64() * math.Sqrt(1.0/numeral.Hidden))
		}
	}
	var hidden, back [numeral.Hidden]float32
	shares := make([]float32, len(classes))
	steps, total := 0, rounds*len(lessons)
	for round := range rounds {
		r.Shuffle(len(lessons), func(i, j int) { lessons[i], lessons[j] = lessons[j], lessons[i] })
		for i := range lessons {
			l := &lessons[i]
			rate := float32(0.012 * (1 - float64(steps)/float64(total)))
			steps++
			net.Forward(&l.x, &hidden, shares)
			if shares[l.class] > 0.999 {
				continue // known by heart
			}
			back = [numeral.Hidden]float32{}
			for k := range net.Out {
				d := shares[k]
				if k == l.class {
					d--
				}
				for j := range hidden {
					back[j] += d * net.Out[k][j]
					net.Out[k][j] -= rate * d * hidden[j]
				}
				net.Bias[k] -= rate * d
			}
			for j := range hidden {
				if hidden[j] == 0 {
					back[j] = 0
				}
				back[j] *= rate
				net.InBias[j] -= back[j]
			}
			for n, v := range l.x {
				if v == 0 {
					continue
				}
				w := &net.In[n]
				for j, d := range back {
					w[j] -= d * v
				}
			}
		}
		wrong, sureWrong := 0, 0
		for i := range held {
			net.Forward(&held[i].x, &hidden, shares)
			best := 0
			for k, v := range shares {
				if v > shares[best] {
					best = k
				}
			}
			if best != held[i].class {
				wrong++
				if shares[best] > 0.8 && best != len(classes)-1 {
					sureWrong++
				}
			}
		}
		fmt.Printf("round %d: %d of %d wrong, %d of them sure\n", round+1, wrong, len(held), sureWrong)
	}
	return net
}
