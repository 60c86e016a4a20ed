package review

import (
	"strings"
	"testing"
)

func TestMarkChoices(t *testing.T) {
	for _, c := range []struct {
		name     string
		readings []string
		want     []string // what differs in [ ]
	}{
		{"alone", []string{"16.0"}, []string{"16.0"}},
		{"a digit", []string{"16.0", "18.0"}, []string{"1[6].0", "1[8].0"}},
		{"one more", []string{"3.0", "3.00"}, []string{"3.0", "3.0[0]"}},
		{"first of three", []string{"6", "8", "0"}, []string{"[6]", "[8]", "[0]"}},
		{"nothing read", []string{"", "5"}, []string{"", "[5]"}},
		{"long",
			[]string{"本年度批复的年初预算合计为620.77万元，全年实际执行644.82万元，其中项目支出216.2]万元。", "本年度批复的年初预算合计为620.77万元，全年实际执行644.82万元，其中项目支出216.21万元。"},
			[]string{"…项目支出216.2[]]万元。", "…项目支出216.2[1]万元。"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			choices := make([]choice, len(c.readings))
			for i, r := range c.readings {
				choices[i].Text = r
			}
			markChoices(choices)
			for i, got := range choices {
				var b strings.Builder
				for _, p := range got.Parts {
					if p.Differs {
						b.WriteString("[" + p.Text + "]")
					} else {
						b.WriteString(p.Text)
					}
				}
				if b.String() != c.want[i] {
					t.Errorf("reading %d is marked %q, want %q", i, b.String(), c.want[i])
				}
			}
		})
	}
}

func TestMoneyChart(t *testing.T) {
	if got := percentOf(963, 1000); got != "96.3%" {
		t.Errorf("963 of 1000 is %s", got)
	}
	if got := percentOf(1, 0); got != "" {
		t.Errorf("a part of nothing is %s", got)
	}
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 12345678: "12,345,678", -123: "-123", -1234: "-1,234"} {
		if got := grouped(n); got != want {
			t.Errorf("%d is written %s, want %s", n, got, want)
		}
	}
}
