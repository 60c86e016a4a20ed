package review

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"heji/load"
)

// sheetSize is how many cells are looked over at once: as many as a window holds.
const sheetSize = 48

// sheet shows all the cells that were read as one doubtful value side by side. One
// that reads otherwise is seen at a glance among those that do not.
type sheet struct {
	Text      string
	Cells     []load.DoubtCell
	After     string     // the last cell shown, from which the next sheet goes on
	Confirmed []groupKey // what the sheet before this one confirmed
	Odd       []groupKey // what was picked out of it
	Stale     int        // cells of it that somebody else, or another reading, changed meanwhile
}

// groupKey names a figure of a form, or a correction of the form by its number.
type groupKey struct {
	Document string
	Ordinal  int
	Path     string // or the number
}

// String is the key as pages have it; it is read back by groupKeyOf.
func (k groupKey) String() string { return fmt.Sprintf("%s %d %s", k.Document, k.Ordinal, k.Path) }

func groupKeyOf(text string) (k groupKey, ok bool) {
	parts := strings.SplitN(text, " ", 3)
	if len(parts) != 3 {
		return k, false
	}
	n, err := strconv.Atoi(parts[1])
	return groupKey{parts[0], n, parts[2]}, err == nil
}

// keysOf are the keys that a page sends under a name, at most those of a sheet.
func keysOf(q *http.Request, name string) ([]groupKey, error) {
	var out []groupKey
	for _, text := range q.PostForm[name] {
		k, ok := groupKeyOf(text)
		if !ok || len(out) == sheetSize {
			return nil, fail(http.StatusBadRequest, "请求不完整；请刷新页面", "the request is not complete; load the page again")
		}
		out = append(out, k)
	}
	return out, nil
}

func (s *Server) groups(w http.ResponseWriter, q *http.Request, v *visit) error {
	f := filterOf(q)
	l, err := s.Store.DoubtGroups(q.Context(), f)
	if err != nil {
		return err
	}
	return s.render(w, http.StatusOK, "groups", page{Visit: v, Title: v.Words.Groups, Data: listingOf(q, f, l)})
}

func (s *Server) groupSheet(w http.ResponseWriter, q *http.Request, v *visit) error {
	return s.nextSheet(w, q, v, sheet{})
}

// nextSheet shows the cells after the last one shown, with what became of that sheet.
func (s *Server) nextSheet(w http.ResponseWriter, q *http.Request, v *visit, sh sheet) error {
	sh.Text = strings.TrimSpace(textOf(q.FormValue("text")))
	var form int64
	var position int
	if after := q.FormValue("after"); after != "" {
		if n, err := fmt.Sscanf(after, "%d.%d", &form, &position); n != 2 || err != nil {
			return fail(http.StatusBadRequest, "请求不完整；请刷新页面", "the request is not complete; load the page again")
		}
	}
	cells, err := s.Store.DoubtCells(q.Context(), sh.Text, form, position, sheetSize)
	if err != nil {
		return err
	}
	sh.Cells = cells
	if n := len(cells); n > 0 {
		sh.After = fmt.Sprintf("%d.%d", cells[n-1].FormID, cells[n-1].Position)
	}
	return s.render(w, http.StatusOK, "sheet", page{Visit: v, Title: v.Words.Groups, Data: sh})
}

// groupConfirm confirms the cells of a sheet but for those that were picked out.
func (s *Server) groupConfirm(w http.ResponseWriter, q *http.Request, v *visit) error {
	cells, err := keysOf(q, "cell")
	if err != nil {
		return err
	}
	odd, err := keysOf(q, "odd")
	if err != nil {
		return err
	}
	sh := sheet{Odd: odd}
	text := strings.TrimSpace(textOf(q.FormValue("text")))
	for _, k := range cells {
		if slices.Contains(odd, k) {
			continue
		}
		id, err := s.confirm(q.Context(), k, v.User, text)
		switch {
		case err == nil && id != 0:
			sh.Confirmed = append(sh.Confirmed, groupKey{k.Document, k.Ordinal, strconv.FormatInt(id, 10)})
		case err == nil || errors.Is(err, load.ErrStale) || errors.Is(err, load.ErrNotStored):
			sh.Stale++
		default:
			return err
		}
	}
	return s.nextSheet(w, q, v, sh)
}

// groupReason stands in the corrections that a sheet makes.
const groupReason = "group"

// confirm says that a figure, which is in doubt, is printed as it was read. The
// number is that of the correction, and 0 where the figure is no longer such a one.
func (s *Server) confirm(ctx context.Context, k groupKey, user, text string) (id int64, err error) {
	f, err := s.Store.StoredForm(ctx, k.Document, k.Ordinal)
	if err != nil {
		return 0, err
	}
	d := newDesk(f)
	g := d.figures[k.Path]
	if _, decided := d.corrected[k.Path]; g == nil || decided || !doubtful(g) || g.Text != text {
		return 0, nil
	}
	c, err := d.correction(user, k.Path, g.Text, groupReason)
	if err != nil {
		return 0, err
	}
	if f, err = s.Store.Correct(ctx, c, f.Seen(), stand); err != nil {
		return 0, err
	}
	return f.Seen(), nil
}

// groupUndo takes back what the last sheet confirmed.
func (s *Server) groupUndo(w http.ResponseWriter, q *http.Request, v *visit) error {
	made, err := keysOf(q, "made")
	if err != nil {
		return err
	}
	for _, k := range made {
		f, err := s.Store.StoredForm(q.Context(), k.Document, k.Ordinal)
		if err != nil {
			return err
		}
		for _, c := range load.InForce(f.Corrections) {
			if strconv.FormatInt(c.ID, 10) != k.Path || c.Reason != groupReason {
				continue
			}
			if _, err := s.Store.Correct(q.Context(), undoingOf(c, v.User), f.Seen(), stand); err != nil {
				return err
			}
		}
	}
	q.Form.Del("after") // from the first cell again
	return s.nextSheet(w, q, v, sheet{})
}
