package review

import (
	"encoding/json"
	"io"
	"net/http"

	"heji/load"
)

func (s *Server) openAPI(w http.ResponseWriter, _ *http.Request, _ *visit) error {
	data, err := files.ReadFile("static/openapi.json")
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(data) // the other side has gone: there is no one to tell
	return nil
}

// answer is a page of a list for programs.
func answer[T any](w http.ResponseWriter, l load.List[T], err error) error {
	if err != nil {
		return err
	}
	if l.Rows == nil {
		l.Rows = []T{}
	}
	writeJSON(w, http.StatusOK, map[string]any{"rows": l.Rows, "count": l.Count, "page": l.Page, "pages": l.Pages()})
	return nil
}

func (s *Server) apiBatches(w http.ResponseWriter, q *http.Request, _ *visit) error {
	l, err := s.Store.BatchList(q.Context(), filterOf(q))
	return answer(w, l, err)
}

func (s *Server) apiDocuments(w http.ResponseWriter, q *http.Request, _ *visit) error {
	l, err := s.Store.Documents(q.Context(), filterOf(q))
	return answer(w, l, err)
}

func (s *Server) apiForms(w http.ResponseWriter, q *http.Request, _ *visit) error {
	if err := s.fresh(q.Context()); err != nil {
		return err
	}
	l, err := s.Store.Forms(q.Context(), filterOf(q))
	return answer(w, l, err)
}

func (s *Server) apiDiscrepancies(w http.ResponseWriter, q *http.Request, _ *visit) error {
	if err := s.fresh(q.Context()); err != nil {
		return err
	}
	l, err := s.Store.DiscrepancyList(q.Context(), filterOf(q))
	return answer(w, l, err)
}

func (s *Server) apiCorrections(w http.ResponseWriter, q *http.Request, v *visit) error {
	l, err := s.Store.CorrectionList(q.Context(), filterOf(q))
	if v.Role < Reviewer {
		for i := range l.Rows {
			hidden(&l.Rows[i])
		}
	}
	return answer(w, l, err)
}

// apiRecords are the document's records as they were read, as heji check --json has
// them. They hold people's names, so a reader does not get them.
func (s *Server) apiRecords(w http.ResponseWriter, q *http.Request, _ *visit) error {
	records := []json.RawMessage{}
	for record, err := range s.Store.DocumentRecords(q.Context(), q.PathValue("document")) {
		if err != nil {
			return err
		}
		records = append(records, record)
	}
	if len(records) == 0 {
		return load.ErrNotStored
	}
	writeJSON(w, http.StatusOK, map[string]any{"records": records})
	return nil
}

// apiForm is a form as it stands with its corrections.
func (s *Server) apiForm(w http.ResponseWriter, q *http.Request, v *visit) error {
	f, err := s.stored(q)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, standing(newDesk(f).ask(), v))
	return nil
}

func standing(d *desk, v *visit) map[string]any {
	figures := map[string]any{}
	for where, g := range d.Form.Figures() {
		c := *g
		if v.Role < Reviewer && private(where, g) {
			c.Text, c.Value, c.Alternatives = mask, nil, nil
		}
		figures[where] = c
	}
	discrepancies, settled, silent, questions := []any{}, []any{}, []any{}, []any{}
	for _, b := range d.Broken {
		discrepancies = append(discrepancies, map[string]any{"discrepancy": b.Discrepancy, "confirmed": b.Confirmed})
	}
	for _, x := range d.Settled {
		settled = append(settled, x)
	}
	for _, x := range d.Silent {
		silent = append(silent, x)
	}
	if v.Role >= Reviewer {
		for _, x := range d.Questions {
			questions = append(questions, map[string]any{"where": x.Where, "choices": append([]choice{}, x.Choices...)})
		}
	}
	corrections := append([]load.Correction{}, d.Stored.Corrections...)
	if v.Role < Reviewer {
		for i := range corrections {
			hidden(&corrections[i])
		}
	}
	return map[string]any{
		"document": d.Stored.Document, "ordinal": d.Form.Ordinal, "reader": d.Stored.Reader, "seen": d.Stored.Seen(),
		"figures": figures, "discrepancies": discrepancies, "settled": settled, "silent": silent,
		"corrections": corrections, "doubts": d.Doubts, "questions": questions,
	}
}

// apiCorrect appends a correction: {"where", "to", "reason", "seen"}, or takes the
// last one back: {"undo": true, "seen"}.
func (s *Server) apiCorrect(w http.ResponseWriter, q *http.Request, v *visit) error {
	f, err := s.stored(q)
	if err != nil {
		return err
	}
	var asked struct {
		Where  string `json:"where"`
		To     string `json:"to"`
		Reason string `json:"reason"`
		Undo   bool   `json:"undo"`
		Seen   *int64 `json:"seen"`
	}
	d := json.NewDecoder(io.LimitReader(q.Body, 64<<10))
	d.DisallowUnknownFields()
	if err := d.Decode(&asked); err != nil || asked.Seen == nil || asked.Undo == (asked.Where != "") {
		return fail(http.StatusBadRequest, "请求不合规定", `send {"where", "to", "reason", "seen"}, or {"undo": true, "seen"}`)
	}
	if asked.Undo {
		f, err = s.takeBack(q.Context(), f, v.User, *asked.Seen)
	} else {
		f, err = s.say(q.Context(), f, v.User, asked.Where, asked.To, asked.Reason, *asked.Seen)
	}
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusCreated, standing(newDesk(f).ask(), v))
	return nil
}

func (s *Server) apiImport(w http.ResponseWriter, q *http.Request, _ *visit) error {
	document, err := s.take(q)
	if err != nil {
		return err
	}
	d, err := s.imported(q.Context(), document)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusCreated, d)
	return nil
}
