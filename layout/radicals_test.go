package layout

import "testing"

func TestIdeographs(t *testing.T) {
	for in, want := range map[string]string{
		"满意度指标⼩计": "满意度指标小计", "⻘河县⼈⺠医院": "青河县人民医院", "2840⼾": "2840户", "公⾥": "公里", "平⽅⽶": "平方米", "项⽬名称": "项目名称",
		"≥１５ ㎡": "≥１５ ㎡", "": "", "⺮": "⺮",
	} {
		if got := Ideographs(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}
