package load

import (
	"cmp"
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

// mostProbes is by how many of its numbers twins of a form are looked for: those with
// the most figures, which the fewest other forms have. Among a million forms there are
// thousands with a 96.35 in common, and a hundred with a 1064.91.
const mostProbes = 8

// twinKeys are what is locked of a form, so that transactions with forms of the same
// numbers wait for each other: the numbers by which twins are looked for.
func twinKeys(f *form.Form) []string {
	numbers := distinctive(f)
	slices.SortFunc(numbers, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	var keys []string
	for _, n := range numbers[:min(len(numbers), mostProbes)] {
		keys = append(keys, "number "+n)
	}
	return keys
}

// linkTwins links the forms to those in other documents that have nearly the same
// numbers. Candidates have one of a form's longest numbers; what they have in common
// is counted pair by pair, for the figures of a form lie together. That a candidate is
// older and of the same kind is put so that no index answers it: in a young database the
// planner takes those for short, and half of all forms are in them.
func linkTwins(b *pgx.Batch, ids []int64) {
	b.Queue(`
		INSERT INTO near_duplicates (form_id, other_id, similarity)
		SELECT f.id, o.id, round(s.common / (s.mine + s.other - s.common), 3)
		FROM forms f
		CROSS JOIN LATERAL (
			SELECT g.id FROM forms g
			WHERE g.numbers && ARRAY(SELECT n FROM unnest(f.numbers) n ORDER BY length(n) DESC, n COLLATE "C" LIMIT $4) AND g.kind || '' = f.kind AND g.document <> f.document AND g.id - f.id < 0
			ORDER BY cardinality(ARRAY(SELECT unnest(g.numbers) INTERSECT SELECT unnest(f.numbers))) DESC, g.id LIMIT $2
		) o
		CROSS JOIN LATERAL (
			SELECT sum(least(a.n, b.n)) FILTER (WHERE a.n IS NOT NULL AND b.n IS NOT NULL) AS common, sum(a.n) AS mine, sum(b.n) AS other
			FROM (SELECT value, count(*) AS n FROM figures WHERE form_id = f.id AND value IS NOT NULL GROUP BY value) a
			FULL JOIN (SELECT value, count(*) AS n FROM figures WHERE form_id = o.id AND value IS NOT NULL GROUP BY value) b USING (value)
		) s
		WHERE f.id = ANY ($1) AND cardinality(f.numbers) > 0 AND s.common / (s.mine + s.other - s.common) >= $3::numeric`,
		ids, mostTwins, fmt.Sprint(similar), mostProbes)
}
