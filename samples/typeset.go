package samples

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"heji/form"
)

// Published is a form written down as data: labels, columns and cells as
// printed, null where a cell is merged with the one above.
type Published struct {
	Title     string      `json:"title"`
	Year      int         `json:"year"`
	Kind      string      `json:"kind"`
	Unit      string      `json:"unit"`
	Header    orderedText `json:"header"`
	Narrative orderedText `json:"narrative"`
	Funds     struct {
		Columns []string    `json:"columns"`
		Rows    [][]*string `json:"rows"`
	} `json:"funds"`
	Columns     []string    `json:"columns"`
	Rows        [][]*string `json:"rows"`
	Total       *string     `json:"total"`
	TotalWeight *string     `json:"total_weight"`
	TotalRow    []string    `json:"total_row"`
	Grade       *string     `json:"grade"`
	Signature   struct {
		Footer string `json:"footer"`
	} `json:"signature_block"`
}

// orderedText is a JSON object of texts in the order in which it was written.
type orderedText []labelled

type labelled struct{ label, text string }

// UnmarshalJSON reads the members in order.
func (o *orderedText) UnmarshalJSON(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return errors.Join(fmt.Errorf("labels with their texts are no object: %.20q", data), err)
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		var text string
		if err := d.Decode(&text); err != nil {
			return fmt.Errorf("%v: %w", name, err)
		}
		*o = append(*o, labelled{fmt.Sprint(name), text})
	}
	return nil
}

// ReadPublished reads such data. What its maker wrote about a lost text, in
// square brackets or behind 误, is replaced by something that can be printed.
func ReadPublished(data []byte) (Published, error) {
	var p Published
	if err := json.Unmarshal(data, &p); err != nil {
		return p, fmt.Errorf("reading a published form: %w", err)
	}
	return p, nil
}

var (
	lost    = regexp.MustCompile(`^\[[^\]]*\]$`)
	doubted = regexp.MustCompile(`\[(\d*)\??\]`)
	remark  = regexp.MustCompile(`[(（][^()（）]*(误|丢失|源文|挤到)[^()（）]*[)）]`)
)

// printable is the text as it can be printed.
func printable(s string) string {
	switch s {
	case "[姓名]", "[单位/姓名]":
		return "某某"
	}
	if lost.MatchString(s) && !doubted.MatchString(s) || strings.HasPrefix(s, "源文") {
		return ""
	}
	s = doubted.ReplaceAllStringFunc(s, func(m string) string {
		if digits := strings.Trim(m, "[?]"); digits != "" {
			return digits
		}
		return "3"
	})
	return strings.TrimSpace(remark.ReplaceAllString(s, ""))
}

// keyOf is the contract's key for a label of the header or of a narrative.
func keyOf(label string) string {
	label, _, _ = strings.Cut(strings.NewReplacer("(", "（").Replace(label), "（")
	switch strings.TrimSpace(label) {
	case "项目名称":
		return "project_name"
	case "主管部门", "项目主管单位", "自治区主管部门":
		return "competent_department"
	case "实施单位", "项目实施单位":
		return "implementing_unit"
	case "项目负责人":
		return "project_head"
	case "填报日期":
		return "fill_date"
	case "联系电话":
		return "phone"
	case "部门":
		return "unit_name"
	case "部门联系人":
		return "contact"
	case "预期目标", "年初绩效目标", "项目年度目标", "年度总体目标":
		return "expected_goal"
	case "实际完成情况", "全年目标实际完成情况", "年度目标完成情况":
		return "actual_outcome"
	}
	return ""
}

// columnOf is the indicator table's column under a head.
func columnOf(head string) string {
	head, _, _ = strings.Cut(strings.NewReplacer("(", "（").Replace(head), "（")
	switch head {
	case "一级指标":
		return "level1"
	case "二级指标":
		return "level2"
	case "三级指标", "指标名称":
		return "level3"
	case "指标性质":
		return "nature"
	case "度量单位", "计量单位":
		return "unit"
	case "年度指标值", "指标值", "年初指标值":
		return "target"
	case "实际完成值", "完成值", "全年实际值", "年终完成值", "全年完成值":
		return "actual"
	case "得分系数":
		return "coefficient"
	case "分值", "权重", "指标权重":
		return "weight"
	case "得分", "自评分", "指标得分":
		return "score"
	case "复核分":
		return "review"
	case "评价标准及依据":
		return "analysis"
	case "是否核心指标":
		return "core"
	case "偏差原因分析及改进措施", "未完成原因及改进措施", "未完成原因分析":
		return "note"
	}
	return ""
}

var inName = regexp.MustCompile(`^(.*?)[(（]([0-9.]+)分[)）]$`)

// Typeset lays a published form out in a look. Its truth does not say which
// rules the figures break.
func Typeset(p Published, l Look) Form {
	p.Title = strings.NewReplacer("[", "", "]", "").Replace(p.Title)
	t := Truth{Kind: form.Project, Title: p.Title, Year: p.Year, Unit: p.Unit, Fields: map[string]string{}, Other: map[string]string{},
		Evaluators: []Evaluator{}, Discrepancies: []Discrepancy{}, Unchecked: true, Made: Made{Look: l}}
	if strings.Contains(p.Kind, "部门整体") {
		t.Kind = form.Department
	}
	s := &sheet{right: "单位：" + p.Unit, foot: p.Signature.Footer}
	if !strings.Contains(p.Title, fmt.Sprint(p.Year)) {
		s.year = fmt.Sprintf("（%d年度）", p.Year)
	}
	bands := []band{p.headerBand(&t)}
	if len(p.Funds.Rows) > 0 {
		bands = append(bands, p.fundsBand(&t))
	}
	bands = append(bands, p.goalsBand(&t), p.indicatorBand(&t))
	for _, b := range bands {
		s.grids = append(s.grids, grid{widths: b.widths, body: append(b.head, b.rows...)})
	}
	if l.OneTable {
		s.grids = []grid{join(bands)}
	}
	return Form{truth: t, look: l, made: s}
}

func (p Published) headerBand(t *Truth) band {
	b := band{widths: []int{18, 32, 18, 32}}
	var row gridRow
	for i, h := range p.Header {
		text := printable(h.text)
		if strings.Contains(h.label, "总分") || strings.Contains(h.label, "总得分") {
			t.Total.Score = text
		} else if key := keyOf(h.label); key != "" {
			t.Fields[key] = text
		} else {
			t.Other[h.label] = text
		}
		long := len([]rune(text)) > 24
		if long && len(row) > 0 {
			row[1].cols = 3
			b.rows, row = append(b.rows, row), nil
		}
		row = append(row, label(h.label, 1), value(text, 1))
		switch {
		case len(row) == 4:
			b.rows, row = append(b.rows, row), nil
		case long || i == len(p.Header)-1:
			row[1].cols = 3
			b.rows, row = append(b.rows, row), nil
		}
	}
	return b
}

func (p Published) fundsBand(t *Truth) band {
	var b band
	var head gridRow
	measures := map[string]int{}
	for i, c := range p.Funds.Columns {
		width := 12
		name, _, _ := strings.Cut(strings.NewReplacer("(", "（").Replace(c), "（")
		switch name {
		case "资金项", "来源":
			width = 20
			if i == 0 && name == "资金项" {
				c = ""
			}
		case "年初预算数":
			measures["initial"] = i
		case "全年预算数", "全年", "合计":
			measures["budget"] = i
		case "全年执行数", "执行数":
			measures["executed"] = i
		case "分值", "执行率权重":
			measures["weight"] = i
		case "执行率":
			measures["rate"] = i
		case "得分", "执行率得分":
			measures["score"] = i
		}
		head = append(head, label(c, 1))
		b.widths = append(b.widths, width)
	}
	b.head = []gridRow{head}
	for _, row := range p.Funds.Rows {
		var cells gridRow
		text := make([]string, len(row))
		for i, s := range row {
			if s != nil {
				text[i] = printable(*s)
			}
			cells = append(cells, number(text[i], 1))
		}
		b.rows = append(b.rows, cells)
		get := func(m string) string {
			if i, has := measures[m]; has {
				return text[i]
			}
			return ""
		}
		f := Fund{Source: sourceOf(text[0]), Label: text[0], Initial: get("initial"), Budget: get("budget"), Executed: get("executed"),
			Weight: get("weight"), Rate: get("rate"), Score: get("score")}
		t.Funds = append(t.Funds, f)
		for i, c := range p.Funds.Columns {
			if i > 0 && !slices.Contains(values(measures), i) && p.Funds.Columns[0] == "来源" {
				source := c
				if strings.HasPrefix(c, "其他") {
					source = "other"
				}
				t.Funds = append(t.Funds, Fund{Source: source, Label: c, Budget: text[i]})
			}
		}
	}
	return b
}

func values(m map[string]int) []int {
	var out []int
	for _, v := range m {
		out = append(out, v)
	}
	return out
}

// sourceOf is the contract's name of a source, or the label itself.
func sourceOf(label string) string {
	switch strings.TrimPrefix(strings.ReplaceAll(label, "：", ":"), "其中:") {
	case "年度资金总额", "项目资金", "部门预算":
		return "total"
	case "当年财政拨款", "本年财政拨款", "财政拨款":
		return "fiscal"
	case "上年结转资金", "上年结转":
		return "carryover"
	case "其他资金":
		return "other"
	}
	return label
}

func (p Published) goalsBand(t *Truth) band {
	b := band{widths: []int{18, 82}}
	for _, n := range p.Narrative {
		text := printable(n.text)
		if key := keyOf(n.label); key != "" {
			t.Fields[key] = text
		} else {
			t.Other[n.label] = text
		}
		b.rows = append(b.rows, gridRow{label(n.label, 1), {text: text, class: "long"}})
	}
	return b
}

func (p Published) indicatorBand(t *Truth) band {
	var b band
	var head gridRow
	columns := make([]string, len(p.Columns))
	for i, h := range p.Columns {
		columns[i] = columnOf(h)
		head = append(head, label(h, 1))
		b.widths = append(b.widths, max(8, columnWidths()[columns[i]]))
	}
	b.head = []gridRow{head}
	rows := slices.DeleteFunc(slices.Clone(p.Rows), cutOff)
	one, two := "", ""
	for y, row := range rows {
		var cells gridRow
		var x Indicator
		x.Kind = form.Leaf
		points := ""
		for i, s := range row {
			if s == nil && i < 3 && y > 0 {
				continue // merged with the one above
			}
			text := ""
			if s != nil {
				text = printable(*s)
				if strings.HasPrefix(*s, "[截") && columns[i] == "level3" {
					text = "其余指标"
				}
				if *s == "[上页]" {
					text = map[string]string{"level1": "效益指标", "level2": "社会效益指标"}[columns[i]]
				}
			}
			n := 1
			for i < 3 && y+n < len(rows) && rows[y+n][i] == nil && (i == 0 || rows[y+n][0] == nil) {
				n++
			}
			cells = append(cells, gridCell{text: text, rows: n})
			switch columns[i] {
			case "level1":
				one, two = text, ""
				if m := inName.FindStringSubmatch(text); m != nil {
					one, points = m[1], m[2]
				}
			case "level2":
				two = text
			default:
				x.put(columns[i], text)
			}
		}
		b.rows = append(b.rows, cells)
		x.Level1, x.Level2 = one, two
		if points != "" {
			t.Indicators = append(t.Indicators, Indicator{Kind: form.Section, Level1: one, Weight: points})
		}
		if x.Level3 != "" {
			t.Indicators = append(t.Indicators, x)
		}
	}
	t.Indicators = splitPoints(t.Indicators)
	if len(p.TotalRow) == len(p.Columns) {
		p.totalRow(t, &b, columns)
	}
	return b
}

// cutOff reports whether the source ends before the row says what its points
// are for.
func cutOff(row []*string) bool {
	cut, known := false, false
	for i, s := range row {
		switch {
		case s == nil:
		case strings.HasPrefix(*s, "[截"):
			cut = true
		case i > 1 && strings.ContainsAny(*s, "0123456789"):
			known = true
		}
	}
	return cut && !known
}

func (p Published) totalRow(t *Truth, b *band, columns []string) {
	at := slices.Index(columns, "weight")
	row := gridRow{label(p.TotalRow[0], at)}
	for i := at; i < len(columns); i++ {
		row = append(row, number(p.TotalRow[i], 1))
		switch columns[i] {
		case "weight":
			t.Total.Weight = p.TotalRow[i]
		case "score":
			t.Total.Score = p.TotalRow[i]
		case "note":
			t.Grade = p.TotalRow[i]
		}
	}
	b.rows = append(b.rows, row)
}

// put sets the member of the column.
func (x *Indicator) put(column, text string) {
	at := map[string]*string{"level3": &x.Level3, "nature": &x.Nature, "unit": &x.Unit, "target": &x.Target, "actual": &x.Actual, "coefficient": &x.Coefficient,
		"weight": &x.Weight, "score": &x.Score, "review": &x.ReviewScore, "analysis": &x.Analysis, "note": &x.Note, "core": &x.Core}[column]
	if at != nil {
		*at = text
	}
}
