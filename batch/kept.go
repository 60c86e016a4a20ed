package batch

import (
	"context"
	"encoding/json"
	"fmt"

	"heji/extract"
	"heji/form"
	"heji/layout"
)

// Sight is what was seen where the pixels were looked at again.
type Sight struct {
	Place extract.Place `json:"place"`
	Cell  layout.Cell   `json:"cell"`
}

// witness remembers what its reader saw.
type witness struct {
	Reader
	sights []Sight
}

func (w *witness) Look(ctx context.Context, data []byte, places []extract.Place) ([]layout.Cell, error) {
	cells, err := w.Reader.Look(ctx, data, places)
	if err == nil {
		for i, c := range cells {
			w.sights = append(w.sights, Sight{places[i], c})
		}
	}
	return cells, err
}

// kept is what is stored of a reading.
type kept struct {
	Layout layout.Document `json:"layout"`
	Looks  []Sight         `json:"looks,omitempty"`
}

// Kept is all that the reader saw of the document, for Replay; nil when it saw
// nothing, or not all.
func (r Result) Kept() ([]byte, error) {
	if len(r.Layout.Pages) == 0 || r.Stage == Extract || r.Err != nil && r.Err.Code == form.Crashed {
		return nil, nil
	}
	data, err := json.Marshal(kept{r.Layout, r.Looks})
	if err != nil {
		return nil, fmt.Errorf("keep the pages of %s: %w", r.Document.Name, err)
	}
	return data, nil
}

// Replay understands anew what a reader saw, and reads nothing. Unseen is how many
// figures this version would look at again and the reader then did not; they count
// as having no witness.
func Replay(ctx context.Context, d form.Document, data []byte) (r Result, unseen int, err error) {
	r = Result{Document: d}
	var k kept
	if err := json.Unmarshal(data, &k); err != nil {
		return r, 0, fmt.Errorf("what was kept of %s cannot be read: %w; import the document again", d.Name, err)
	}
	r.Layout = k.Layout
	memory := &memory{seen: map[string]layout.Cell{}}
	for _, s := range k.Looks {
		memory.seen[placeKey(s.Place)] = s.Cell
	}
	r.process(ctx, memory, nil)
	return r, memory.unseen, nil
}

// memory is a reader that has only what was kept.
type memory struct {
	seen   map[string]layout.Cell
	unseen int
}

func (m *memory) MostBytes() int64 { return 0 }

func (m *memory) Extract(context.Context, string, []byte) (layout.Document, error) {
	return layout.Document{}, fmt.Errorf("a replay reads no document")
}

func (m *memory) Look(_ context.Context, _ []byte, places []extract.Place) ([]layout.Cell, error) {
	cells := make([]layout.Cell, len(places))
	for i, p := range places {
		c, ok := m.seen[placeKey(p)]
		if !ok {
			c.Doubt = layout.Illegible // which accuses nobody
			m.unseen++
		}
		cells[i] = c
	}
	return cells, nil
}

// placeKey is a place to the hundredth of a point, which is how it is kept.
func placeKey(p extract.Place) string {
	return fmt.Sprintf("%d %.2f %.2f %.2f %.2f", p.Page, p.Box.X0, p.Box.Y0, p.Box.X1, p.Box.Y1)
}
