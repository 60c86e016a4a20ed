package load

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/cockroachdb/apd/v3"
	"github.com/jackc/pgx/v5"
	"golang.org/x/text/width"

	"heji/form"
)

// similar is from which share of common numbers on two forms are linked. A form
// and its scan have 0.8 and more in common, two forms of different units up to 0.4,
// for the weights of a framework are the same on all.
const similar = 0.6

// mostTwins bounds with how many older forms one is compared: a form that was
// scanned a hundred times is linked to the first few.
const mostTwins = 8

// unitKey is the unit's name as the fingerprint has it, or "".
func unitKey(f *form.Form) string {
	name := unitName(f)
	if name == nil {
		return ""
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, width.Fold.String(*name))
}

// numbersOf are the numbers on the form, sorted, 3.00 the same as 3. What was read
// in doubt is among them: it is the likelier to differ.
func numbersOf(f *form.Form) []string {
	var out []string
	for _, figure := range f.Figures() {
		if figure.Value == nil {
			continue
		}
		d, _ := new(apd.Decimal).Reduce(figure.Value.Decimal())
		out = append(out, d.String())
	}
	slices.Sort(out)
	return out
}

// distinctive are the numbers that few forms share, sorted: of four figures and
// more, and no year.
func distinctive(f *form.Form) []string {
	var out []string
	for _, figure := range f.Figures() {
		if figure.Value == nil {
			continue
		}
		d, _ := new(apd.Decimal).Reduce(figure.Value.Decimal())
		if n := d.NumDigits(); n >= 5 && n <= maxDigits || n == 4 && d.Exponent < 0 {
			out = append(out, d.String())
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// fingerprint is null for a form of nobody, or without numbers.
func fingerprint(f *form.Form) *string {
	unit, numbers := unitKey(f), numbersOf(f)
	if unit == "" || len(numbers) == 0 {
		return nil
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%d\n%s\n%s", unit, f.Year, f.Kind, strings.Join(numbers, "\n")))
	text := hex.EncodeToString(sum[:])
	return &text
}

// mostLocks is how many of a form's numbers are locked.
const mostLocks = 8

// lockTwins makes transactions with forms of the same numbers wait for each other,
// so that of two scans stored at once the later sees the earlier.
func lockTwins(ctx context.Context, tx pgx.Tx, records []form.Record) error {
	var keys []string
	for _, r := range records {
		numbers := distinctive(r.Form)
		keys = append(keys, numbers[:min(len(numbers), mostLocks)]...)
	}
	for i := range keys {
		keys[i] = "number " + keys[i]
	}
	return lock(ctx, tx, keys...)
}

// linkTwins links a form to those in other documents that have nearly the same
// numbers.
func linkTwins(b *pgx.Batch, id int64, r form.Record) {
	numbers := distinctive(r.Form)
	if len(numbers) == 0 {
		return
	}
	b.Queue(`
		WITH mine AS (SELECT id, document, kind FROM forms WHERE id = $1),
		others AS (
			SELECT g.id FROM forms g, mine
			WHERE g.numbers && $4::text[] AND g.kind = mine.kind AND g.document <> mine.document AND g.id < mine.id
			ORDER BY cardinality(ARRAY(SELECT unnest(g.numbers) INTERSECT SELECT unnest($4::text[]))) DESC, g.id LIMIT $2),
		counts AS (
			SELECT form_id, value, count(*) AS n FROM figures
			WHERE value IS NOT NULL AND (form_id = $1 OR form_id IN (SELECT id FROM others)) GROUP BY form_id, value),
		shares AS (
			SELECT o.id,
			       (SELECT sum(least(a.n, b.n)) FROM counts a JOIN counts b USING (value) WHERE a.form_id = $1 AND b.form_id = o.id) AS common,
			       (SELECT sum(n) FROM counts WHERE form_id = $1) AS mine, (SELECT sum(n) FROM counts WHERE form_id = o.id) AS other
			FROM others o)
		INSERT INTO near_duplicates (form_id, other_id, similarity)
		SELECT $1, id, round(common / (mine + other - common), 3) FROM shares WHERE common / (mine + other - common) >= $3::numeric`,
		id, mostTwins, fmt.Sprint(similar), numbers)
}
