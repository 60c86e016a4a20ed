package audit

import (
	"slices"
	"testing"

	"heji/form"
	"heji/layout"
)

// money is an amount that a text layer says, in 万元.
func money(text string) *form.Figure {
	v := form.MustAmount(text)
	return &form.Figure{Text: text, Value: &v, Unit: "万元", State: form.Read, Reader: layout.ByTextLayer}
}

func sourcesOf(rows ...[3]string) form.Form {
	f := form.Form{Unit: "万元"}
	for _, r := range rows {
		fund := form.Fund{Source: r[0], Label: r[0], Budget: money(r[1]), Executed: money(r[2])}
		f.Funds = append(f.Funds, fund)
	}
	return f
}

// What a source is made of is not added up with it. Levels of government that no row sums
// up are sources, and are not left out because one other source is known.
func TestFundsTotal(t *testing.T) {
	for _, c := range []struct {
		name string
		form form.Form
		want []string // figures at which the rule is broken
	}{
		{"details that add up", sourcesOf([3]string{"total", "100.00", "90.00"}, [3]string{"各级财政资金", "60.00", "55.00"},
			[3]string{"中央财政", "20.00", "20.00"}, [3]string{"市县财政", "40.00", "35.00"}, [3]string{"other", "40.00", "35.00"}), nil},
		{"details, and a total that is wrong", sourcesOf([3]string{"total", "100.00", "91.00"}, [3]string{"各级财政资金", "60.00", "55.00"},
			[3]string{"中央财政", "20.00", "20.00"}, [3]string{"市县财政", "40.00", "35.00"}, [3]string{"other", "40.00", "35.00"}), []string{"funds[0].executed"}},
		{"levels of government side by side", sourcesOf([3]string{"total", "53.36", "50.00"}, [3]string{"中央", "44.10", "42.00"},
			[3]string{"县级", "5.25", "4.00"}, [3]string{"other", "4.01", "4.00"}), nil},
		{"levels of government, one wrong", sourcesOf([3]string{"total", "53.36", "50.00"}, [3]string{"中央", "44.10", "42.00"},
			[3]string{"县级", "6.25", "4.00"}, [3]string{"other", "4.01", "4.00"}), []string{"funds[0].budget"}},
		{"a fiscal appropriation with its levels", sourcesOf([3]string{"total", "90.00", "90.00"}, [3]string{"fiscal", "80.00", "80.00"},
			[3]string{"中央", "50.00", "50.00"}, [3]string{"省级", "30.00", "30.00"}, [3]string{"other", "10.00", "10.00"}), nil},
	} {
		if broken := brokenBy("funds-total", c.form); !slices.Equal(broken, c.want) {
			t.Errorf("%s: broken at %v, want %v", c.name, broken, c.want)
		}
	}
}

// brokenBy is where a form breaks a rule.
func brokenBy(rule string, f form.Form) (places []string) {
	for _, d := range Check(&f) {
		if d.Rule == rule {
			places = append(places, d.Where)
		}
	}
	return places
}

// A source's rate is held against its own amounts where the total's is that of its, and not where
// the form reckons rates in another way.
func TestSourceRates(t *testing.T) {
	rated := func(rates ...string) form.Form {
		f := sourcesOf([3]string{"total", "100.00", "90.00"}, [3]string{"fiscal", "80.00", "72.00"}, [3]string{"other", "20.00", "18.00"})
		for i, text := range rates {
			if v, err := form.NewAmount(text); err == nil {
				f.Funds[i].Rate = &form.Figure{Text: text + "%", Value: &v, Unit: "%", State: form.Read, Reader: layout.ByTextLayer}
			}
		}
		return f
	}
	for _, c := range []struct {
		name string
		form form.Form
		want []string
	}{
		{"all right", rated("90", "90", "90"), nil},
		{"a source's is wrong", rated("90", "72", "90"), []string{"funds[1].rate"}},
		{"sources have none", rated("90", "—", "—"), nil},
		{"shares of the whole", rated("95", "80", "20"), []string{"funds[0].rate"}},
	} {
		if broken := brokenBy("execution-rate", c.form); !slices.Equal(broken, c.want) {
			t.Errorf("%s: broken at %v, want %v", c.name, broken, c.want)
		}
	}
}

// Sources under names of their own are added up where another column shows that they are none of
// the fiscal appropriation's details.
func TestFundsTotalOfSourcesSideBySide(t *testing.T) {
	f := sourcesOf([3]string{"total", "28.43", "25.32"}, [3]string{"fiscal", "20.12", "19.84"},
		[3]string{"财政专户管理资金", "0.00", "0.00"}, [3]string{"单位资金", "8.31", "6.48"})
	found := Check(&f)
	if len(found) != 1 || found[0].Rule != "funds-total" || found[0].Computed != "26.32" {
		t.Errorf("%+v", found)
	}
}
