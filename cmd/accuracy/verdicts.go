package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"heji/audit"
	"heji/form"
	"heji/samples"
)

// verdicts is how well the reports on some forms tell the form's faults from our
// misreadings. Faults that only follow from another planted one are not counted,
// and a report of one is never false.
type verdicts struct {
	faults    int // planted
	told      int // of them, reported as the form's
	doubted   int // reported as undecided
	explained int // reported as a misreading
	missed    int // not reported

	accused    int // reports that say the form is wrong
	slandered  int // of them, those that are not so
	unfounded  int // undecided reports of a rule that the form keeps
	misread    int // numbers read as another number than is printed
	checkable  int // of them, those that take part in an equation
	mended     int // of these, the right number is offered and the verdict is misread
	suggested  int // of these, the right number is offered and the verdict is undecided
	mismended  int // reports with the verdict misread whose repairs are not what is printed
	unreadable int // planted faults on a form that was refused
}

func (v verdicts) add(o verdicts) verdicts {
	v.faults += o.faults
	v.told += o.told
	v.doubted += o.doubted
	v.explained += o.explained
	v.missed += o.missed
	v.accused += o.accused
	v.slandered += o.slandered
	v.unfounded += o.unfounded
	v.misread += o.misread
	v.checkable += o.checkable
	v.mended += o.mended
	v.suggested += o.suggested
	v.mismended += o.mismended
	v.unreadable += o.unreadable
	return v
}

// judged is the verdicts on the forms of one kind of document.
type judged struct {
	all    verdicts
	byRule map[string]verdicts // faults and reports only
}

func (j *judged) add(rule string, v verdicts) {
	if j.byRule == nil {
		j.byRule = map[string]verdicts{}
	}
	j.byRule[rule] = j.byRule[rule].add(v)
	j.all = j.all.add(v)
}

func (j *judged) merge(o judged) {
	for rule, v := range o.byRule {
		if j.byRule == nil {
			j.byRule = map[string]verdicts{}
		}
		j.byRule[rule] = j.byRule[rule].add(v)
	}
	j.all = j.all.add(o.all)
}

// judge holds a record's reports against the truth. The notes name what is wrong.
func (j *judged) judge(truth samples.Truth, record form.Record) (notes []string) {
	note := func(text string, d any) { notes = append(notes, fmt.Sprintf("%s: %+v", text, d)) }
	if truth.Unchecked {
		return nil
	}
	if record.Form == nil {
		for _, d := range truth.Discrepancies {
			if !d.Consequence {
				j.add(d.Rule, verdicts{faults: 1, missed: 1, unreadable: 1})
			}
		}
		return nil
	}
	used := make([]bool, len(record.Discrepancies))
	for _, want := range truth.Discrepancies {
		i := reportOf(want, record, used)
		if i >= 0 {
			used[i] = true
		}
		v := verdicts{faults: 1}
		switch {
		case want.Consequence:
			v.faults = 0
		case i < 0:
			v.missed = 1
			note("missed", want)
		case record.Discrepancies[i].Verdict == form.ByForm:
			v.told = 1
		case record.Discrepancies[i].Verdict == form.Misread:
			v.explained = 1
			note("explained away", record.Discrepancies[i])
		default:
			v.doubted = 1
			note("undecided", record.Discrepancies[i])
		}
		if i >= 0 && record.Discrepancies[i].Verdict == form.ByForm {
			v.accused = 1
		}
		j.add(want.Rule, v)
	}
	for i, d := range record.Discrepancies {
		switch {
		case used[i] || d.Verdict == form.Misread:
		case d.Verdict == form.ByForm:
			note("false accusation", d)
			j.add(d.Rule, verdicts{accused: 1, slandered: 1})
		default:
			note("unfounded", d)
			j.add(d.Rule, verdicts{unfounded: 1})
		}
	}
	v, more := misreadings(truth, record)
	j.all = j.all.add(v)
	return append(notes, more...)
}

// reportOf is the index of the report of a fault, or -1: of the same rule and row
// with the same printed figure, or with another where that figure was misread. Such
// a one must not say that the form is wrong.
func reportOf(want samples.Discrepancy, record form.Record, used []bool) int {
	other := -1
	for i, got := range record.Discrepancies {
		if used[i] || got.Rule != want.Rule || !samples.InRow(want.Row, got.Where, record.Form) {
			continue
		}
		if samples.SameValue(got.Printed, want.Printed) {
			return i
		}
		if got.Verdict != form.ByForm {
			other = i
		}
	}
	return other
}

// misreadings counts the numbers that were read as other numbers and what the
// reports make of them.
func misreadings(truth samples.Truth, record form.Record) (v verdicts, notes []string) {
	right := printedNumbers(truth, record.Form)
	inRule := map[string]bool{}
	for _, id := range audit.Identities(record.Form) {
		if id.State != audit.Unchecked {
			inRule[id.Where] = true
			for _, o := range id.From {
				inRule[o.Where] = true
			}
		}
	}
	offered := map[string]form.Verdict{}
	for _, d := range record.Discrepancies {
		wrong := d.Verdict == form.Misread
		for _, r := range d.Repairs {
			if want, ok := right[r.Where]; ok && samples.SameValue(want.String(), r.To) {
				wrong = false
				if offered[r.Where] != form.Misread {
					offered[r.Where] = d.Verdict
				}
			}
		}
		if wrong {
			v.mismended++
			notes = append(notes, fmt.Sprintf("mended wrongly: %+v", d))
		}
	}
	for where, g := range record.Form.Figures() {
		want, ok := right[where]
		if !ok || g.Value == nil || want.Cmp(*g.Value) == 0 {
			continue
		}
		v.misread++
		if !inRule[where] {
			continue
		}
		v.checkable++
		switch offered[where] {
		case form.Misread:
			v.mended++
		case form.Undecided:
			v.suggested++
			notes = append(notes, fmt.Sprintf("only suggested: %s is %s, read as %s", where, want, g.Text))
		default:
			notes = append(notes, fmt.Sprintf("not mended: %s is %s, read as %s (%s; %v)", where, want, g.Text, g.Doubt, g.Alternatives))
		}
	}
	return v, notes
}

// printedNumbers are the numbers that are printed, by their paths in the record.
// Rows count only where as many were read as there are.
func printedNumbers(t samples.Truth, f *form.Form) map[string]form.Amount {
	out := map[string]form.Amount{}
	add := func(where, text string) {
		text = strings.Trim(strings.ReplaceAll(text, ",", ""), "≥≤=><% ")
		if n, err := form.NewAmount(text); err == nil && text != "" {
			out[where] = n
		}
	}
	for key, text := range t.Fields {
		add("fields."+key, text)
	}
	if len(f.Funds) == len(t.Funds) {
		for i, row := range t.Funds {
			for member, text := range map[string]string{"initial": row.Initial, "budget": row.Budget, "executed": row.Executed,
				"weight": row.Weight, "rate": row.Rate, "score": row.Score} {
				add(fmt.Sprintf("funds[%d].%s", i, member), text)
			}
		}
	}
	if len(f.Indicators) == len(t.Indicators) {
		for i, row := range t.Indicators {
			for member, text := range map[string]string{"reference_weight": row.ReferenceWeight, "weight": row.Weight, "score": row.Score,
				"target": row.Target, "actual": row.Actual, "coefficient": row.Coefficient, "review_score": row.ReviewScore} {
				add(fmt.Sprintf("indicators[%d].%s", i, member), text)
			}
		}
	}
	add("total.weight", t.Total.Weight)
	add("total.score", t.Total.Score)
	return out
}

// undecidable are the rules whose breach is never said to be the form's, because
// places compute them in different ways.
var undecidable = []string{"indicator-rate", "indicator-score"}

// writeVerdicts prints the verdicts by degradation and by fault.
func writeVerdicts(out io.Writer, kinds []string, by map[string]judged) {
	var all judged
	const columns = " planted | told as the form's | undecided | explained away | missed | recall % | false: form | false: undecided | precision % |"
	const reading = " numbers misread | checkable | mended | suggested | mended % | mended wrongly |"
	_, _ = fmt.Fprintf(out, "\n| kind |%s%s\n|%s\n", columns, reading, strings.Repeat("---|", 16))
	for _, kind := range kinds {
		j := by[kind]
		all.merge(j)
		_, _ = fmt.Fprintf(out, "| %s |%s%s\n", kind, j.decidable().line(), j.all.readingLine())
	}
	_, _ = fmt.Fprintf(out, "| **all** |%s%s\n\n| fault |%s\n|%s\n", all.decidable().line(), all.all.readingLine(), columns, strings.Repeat("---|", 10))
	for _, r := range audit.Rules {
		v, ok := all.byRule[r.Name]
		if !ok {
			continue
		}
		name := r.Name
		if slices.Contains(undecidable, name) {
			name += " (undecided is right)"
		}
		_, _ = fmt.Fprintf(out, "| %s |%s\n", name, v.line())
	}
}

// decidable sums the rules that can accuse a form.
func (j judged) decidable() verdicts {
	var sum verdicts
	for rule, v := range j.byRule {
		if !slices.Contains(undecidable, rule) {
			sum = sum.add(v)
		} else {
			sum = sum.add(verdicts{unfounded: v.unfounded, accused: v.accused, slandered: v.slandered})
		}
	}
	return sum
}

func (v verdicts) line() string {
	return fmt.Sprintf(" %d | %d | %d | %d | %d | %s | %d | %d | %s |", v.faults, v.told, v.doubted, v.explained, v.missed,
		share(v.told, v.faults), v.slandered, v.unfounded, share(v.accused-v.slandered, v.accused))
}

func (v verdicts) readingLine() string {
	return fmt.Sprintf(" %d | %d | %d | %d | %s | %d |", v.misread, v.checkable, v.mended, v.suggested, share(v.mended, v.checkable), v.mismended)
}

// share is a percentage, or a dash where there is nothing to take it of.
func share(part, whole int) string {
	if whole == 0 {
		return "—"
	}
	return fmt.Sprintf("%.1f", percent(part, whole))
}
