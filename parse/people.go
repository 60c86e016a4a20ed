package parse

import (
	"fmt"

	"heji/form"
	"heji/layout"
)

// person is a column of the list of evaluators.
type person int

const (
	personName person = iota + 1
	personTitle
	personDepartment
	personPhone
)

// peopleColumns are the columns of the list of evaluators.
type peopleColumns map[person]cell

// readPeopleHeads reads 姓名 | 职称/职务 | 科室 | 联系电话. Where a scan's head of the names
// is not known for one, it is the one before three that are.
func (r *reader) readPeopleHeads(row row) bool {
	found := peopleColumns{}
	var before, first cell
	for _, c := range row.printed() {
		if p, ok := peoples.find(c.text()); ok {
			found[p] = c
			if first.empty() {
				first = before
			}
		}
		before = c
	}
	_, named := found[personName]
	if !named && len(found) == 3 && first.Reader == layout.ByOCR && first.RowSpan == 1 && !hasDigit(first.text()) {
		found[personName], named = first, true
	}
	if phone, ok := found[personPhone]; ok && !named && len(found) > 1 && phone.Reader == layout.ByOCR {
		r.sheet.Problems = append(r.sheet.Problems, form.Problem{Where: "evaluators[]", Code: form.NumberUnplaced, Page: phone.page, Box: phone.Box,
			Message:   "a list of people begins here, and the head of their names was not read: nobody on it is in the record; look at the page",
			MessageZH: "此处有人员名单，其姓名列的表头未能识读，名单所列人员均未录入；请核对原件"})
		r.people = found
		return true
	}
	if !named || len(found) < 2 {
		return false
	}
	r.people = found
	return true
}

// readPerson reads one evaluator.
func (r *reader) readPerson(row row) bool {
	found := map[person]cell{}
	for _, c := range row.own() {
		for p, head := range r.people {
			overlap := min(c.right, head.right) - max(c.left, head.left)
			if old, taken := found[p]; overlap > 0.5*min(c.right-c.left, head.right-head.left) && (!taken || old.empty()) {
				found[p] = c
			}
		}
	}
	if _, named := r.people[personName]; !named && hasDigit(found[personPhone].text()) {
		return true // it is said that they are lost
	}
	name, ok := found[personName]
	if !ok || name.empty() || hasDigit(name.text()) {
		return false
	}
	if _, isLabel := fields.in(name); isLabel {
		return false
	}
	for _, c := range found {
		r.placed = append(r.placed, c.of)
	}
	where := fmt.Sprintf("evaluators[%d].", len(r.sheet.Evaluators))
	for i, member := range []string{"name", "title", "department", "phone"} {
		if c := found[personName+person(i)]; c.Doubt != "" {
			r.sheet.Problems = append(r.sheet.Problems, doubt(where+member, c))
		}
	}
	r.sheet.Evaluators = append(r.sheet.Evaluators, form.Evaluator{
		Name: nameOf(name), Title: nameOf(found[personTitle]),
		Department: nameOf(found[personDepartment]), Phone: found[personPhone].text(),
	})
	return true
}
