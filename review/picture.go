package review

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sync/singleflight"

	"heji/form"
	"heji/layout"
	"heji/load"
)

// pageDPI is the resolution at which pages are shown: a stroke of a small character
// is two pixels then, and a page is drawn in a moment. The script has it too.
const pageDPI = 200

// mostPictures is how many pages are kept drawn, at some 300 KB each.
const mostPictures = 100

// mostOriginal is the largest original that is read, in bytes.
const mostOriginal = 50 << 20

// pictureCache keeps the pages drawn last, as PNG.
type pictureCache struct {
	Options
	flight singleflight.Group
	mu     sync.Mutex
	kept   map[string][]byte
	order  []string // oldest first
}

func newPictureCache(o Options) *pictureCache {
	return &pictureCache{Options: o, kept: map[string][]byte{}}
}

// page is a page of a document as PNG.
func (c *pictureCache) page(ctx context.Context, document string, number int) ([]byte, error) {
	key := fmt.Sprintf("%s %d", document, number)
	c.mu.Lock()
	data := c.kept[key]
	c.mu.Unlock()
	if data != nil {
		return data, nil
	}
	// Drawn once however many ask, and for the others even if the first goes away.
	v, err, _ := c.flight.Do(key, func() (any, error) {
		data, err := c.draw(context.WithoutCancel(ctx), document, number)
		if err != nil {
			return nil, err
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.kept[key] = data
		if c.order = append(c.order, key); len(c.order) > mostPictures {
			delete(c.kept, c.order[0])
			c.order = c.order[1:]
		}
		return data, nil
	})
	if err != nil {
		return nil, err
	}
	return v.([]byte), nil
}

func (c *pictureCache) draw(ctx context.Context, document string, number int) ([]byte, error) {
	original, err := c.original(ctx, document)
	if err != nil {
		return nil, err
	}
	img, err := c.Pictures.Picture(ctx, original, number, pageDPI)
	if form.CodeOf(err) != "" {
		return nil, fail(http.StatusNotFound, "这一页没有图像", "there is no picture of this page: "+err.Error())
	}
	if err != nil {
		return nil, err
	}
	return encoded(img)
}

func encoded(img image.Image) ([]byte, error) {
	var b bytes.Buffer
	err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, img)
	return b.Bytes(), err
}

// original is the document's bytes, from where its names say or from the folders of
// originals. What is there now is not always what was read: only the hash decides.
func (c *pictureCache) original(ctx context.Context, document string) ([]byte, error) {
	names, err := c.Store.DocumentNames(ctx, document)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		places := []string{name}
		for _, dir := range c.Originals {
			if filepath.IsLocal(name) {
				places = append(places, filepath.Join(dir, name))
			}
			places = append(places, filepath.Join(dir, filepath.Base(name)))
		}
		for _, place := range places {
			if data := readIf(place, document); data != nil {
				return data, nil
			}
		}
	}
	return nil, fail(http.StatusNotFound,
		"找不到原件，或原件已被改动；请用 heji serve --originals 指出原件所在的文件夹",
		"the original is not where it was, or it was changed since; name its folder with heji serve --originals")
}

// readIf is the file's bytes if they have the hash, or nil.
func readIf(path, hash string) []byte {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > mostOriginal {
		return nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != hash {
		return nil
	}
	return data
}

func (s *Server) page(w http.ResponseWriter, q *http.Request, v *visit) error {
	document := q.PathValue("document")
	number, err := strconv.Atoi(q.PathValue("page"))
	if err != nil || number < 1 || number > 10000 {
		return load.ErrNotStored
	}
	data, err := s.pictures.page(q.Context(), document, number)
	if err != nil {
		return err
	}
	if v.Role < Reviewer {
		forms, err := s.formsOf(q.Context(), document)
		if err != nil {
			return err
		}
		if data, err = masked(data, number, forms); err != nil {
			return err
		}
	}
	return sendPNG(w, data)
}

// formsOf are the forms of a document.
func (s *Server) formsOf(ctx context.Context, document string) ([]*load.StoredForm, error) {
	f, err := s.Store.StoredForm(ctx, document, 1)
	if err != nil {
		return nil, err
	}
	out := []*load.StoredForm{f}
	for n := 2; n <= f.Forms; n++ {
		f, err := s.Store.StoredForm(ctx, document, n)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// crop is the place of one figure, with a little of what is around it.
func (s *Server) crop(w http.ResponseWriter, q *http.Request, v *visit) error {
	f, err := s.stored(q)
	if err != nil {
		return err
	}
	where := q.FormValue("path")
	var g *form.Figure
	for path, figure := range f.Form.Figures() {
		if path == where {
			g = figure
		}
	}
	// What is around a figure may be a person's name, so a reader gets none.
	if g == nil || g.Page == 0 || g.Box.IsZero() || v.Role < Reviewer {
		return load.ErrNotStored
	}
	data, err := s.pictures.page(q.Context(), f.Document.SHA256, g.Page)
	if err != nil {
		return err
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return err
	}
	const air = 5 // points
	b := g.Box
	at := pixels(layout.Box{X0: b.X0 - air, Y0: b.Y0 - air, X1: b.X1 + air, Y1: b.Y1 + air}).Intersect(img.Bounds())
	if at.Empty() {
		return load.ErrNotStored
	}
	out := image.NewRGBA(image.Rect(0, 0, at.Dx(), at.Dy()))
	draw.Draw(out, out.Bounds(), img, at.Min, draw.Src)
	if data, err = encoded(out); err != nil {
		return err
	}
	return sendPNG(w, data)
}

func pixels(b layout.Box) image.Rectangle {
	const scale = pageDPI / 72.0
	return image.Rect(int(b.X0*scale), int(b.Y0*scale), int(b.X1*scale+1), int(b.Y1*scale+1))
}

func sendPNG(w http.ResponseWriter, data []byte) error {
	w.Header().Set("Content-Type", "image/png")
	_, _ = w.Write(data) // the other side has gone: there is no one to tell
	return nil
}

// masked paints over what a reader may not see on a page: figures that are people,
// everything under the last figure of a form, where people are named and signed, and
// whole pages that are no form's.
func masked(data []byte, number int, forms []*load.StoredForm) ([]byte, error) {
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	out := image.NewRGBA(img.Bounds())
	draw.Draw(out, out.Bounds(), img, image.Point{}, draw.Src)
	gray := image.NewUniform(color.Gray{Y: 0xbb})
	cover := func(b layout.Box) {
		draw.Draw(out, pixels(b).Intersect(out.Bounds()), gray, image.Point{}, draw.Src)
	}
	foot := 0.0
	for _, f := range forms {
		last := 0
		for where, g := range f.Form.Figures() {
			last = max(last, g.Page)
			if g.Page != number {
				continue
			}
			foot = max(foot, g.Box.Y1)
			if private(where, g) {
				cover(g.Box)
			}
		}
		if last > number { // the form goes on: nobody has signed yet
			foot = 1e4
		}
	}
	cover(layout.Box{Y0: foot + 2, X1: 1e4, Y1: 1e4})
	return encoded(out)
}

// private reports whether a figure is a person's name or telephone number.
func private(where string, g *form.Figure) bool {
	if !mayBePerson(where) {
		return false
	}
	if !strings.HasPrefix(where, "other_fields") {
		return true
	}
	for _, word := range []string{"人", "电话", "手机", "姓名", "组长", "成员", "签字", "签名"} {
		if strings.Contains(g.Label, word) {
			return true
		}
	}
	return false
}

// mayBePerson reports whether the path is of a place for a person's name or number,
// or of a field that heji does not know.
func mayBePerson(where string) bool {
	switch where {
	case "fields.phone", "fields.head", "fields.contact", "fields.project_head":
		return true
	}
	return strings.HasPrefix(where, "other_fields")
}
