package samples

import "math/rand/v2"

// A framework is an indicator tree of three levels, as the rules of 2013 name
// the indicators and as localities weigh them.
type framework []frameSection

type frameSection struct {
	name   string
	weight int // whole points; all sections of a framework make 100
	groups []frameGroup
}

type frameGroup struct {
	name   string
	leaves []string
}

func frameworks() []framework {
	return []framework{
		{
			{"投入", 16, []frameGroup{
				{"工作目标设定", []string{"工作规划合理性", "工作目标明确性"}},
				{"预算配置", []string{"在职人员控制率", "“三公经费”变动率", "重点支出安排率"}},
			}},
			{"过程", 42, []frameGroup{
				{"预算执行", []string{"预算完成率", "预算调整率", "支付进度率", "结转结余率", "公用经费控制率", "“三公经费”控制率", "政府采购执行率"}},
				{"预算管理", []string{"财务管理制度健全性", "资金使用合规性", "预决算信息公开性", "基础信息完善性"}},
				{"资产管理", []string{"资产管理制度健全性", "资产管理安全性", "固定资产利用率"}},
			}},
			{"产出", 22, []frameGroup{{"职责履行", []string{"实际完成情况", "质量达标情况", "重点工作完成情况"}}}},
			{"效果", 20, []frameGroup{{"履职效益", []string{"经济效益", "社会效益", "生态效益", "社会公众或服务对象满意度"}}}},
		},
		{
			{"投入", 15, []frameGroup{
				{"目标设定", []string{"绩效目标合理性", "绩效指标明确性"}},
				{"预算配置", []string{"在职人员控制率", "“三公经费”变动率"}},
			}},
			{"过程", 35, []frameGroup{
				{"预算执行", []string{"预算完成率", "预算调整率", "支付进度率", "结转结余率", "结转结余变动率"}},
				{"预算管理", []string{"管理制度健全性", "资金使用合规性", "预决算信息公开性"}},
				{"资产管理", []string{"资产管理安全性", "固定资产利用率"}},
			}},
			{"产出", 30, []frameGroup{{"职责履行", []string{"实际完成率", "完成及时率", "质量达标率", "重点工作办结率"}}}},
			{"效果", 20, []frameGroup{{"履职效益", []string{"社会效益", "可持续影响", "社会公众或服务对象满意度"}}}},
		},
		{
			{"部门管理", 40, []frameGroup{
				{"预算编制", []string{"绩效目标合理性", "预算编制完整性"}},
				{"预算执行", []string{"预算完成率", "预算调整率", "结转结余率", "“三公经费”控制率"}},
				{"财务管理", []string{"资金使用合规性", "政府采购执行率", "会计核算规范性"}},
			}},
			{"履职效能", 40, []frameGroup{
				{"数量指标", []string{"业务培训班次", "现场检查次数", "服务群众人次"}},
				{"质量指标", []string{"工作任务合格率", "群众事项办结率"}},
				{"时效指标", []string{"任务按期完成率"}},
			}},
			{"社会效应", 20, []frameGroup{
				{"社会效益", []string{"公共服务改善程度", "政策知晓率"}},
				{"满意度", []string{"服务对象满意度", "职工满意度"}},
			}},
		},
	}
}

// leaf is an indicator row before it is printed.
type leaf struct {
	group, name   string
	weight, score points
}

type section struct {
	name          string
	weight, score points // as printed on its row; the sums of the leaves unless planted
	leaves        []leaf
}

// drawSections prunes a framework, weighs its leaves and scores them: quality
// near 1 gives full marks, near 0 few.
func drawSections(r *rand.Rand, l Look, quality float64) []section {
	var out []section
	for _, fs := range frameworks()[r.IntN(len(frameworks()))] {
		s := section{name: fs.name, weight: points(fs.weight * 100)}
		for _, g := range fs.groups {
			kept := 0
			for i, name := range g.leaves {
				// A group that is printed keeps a row, and a section two.
				if r.Float64() < l.Leaves || (kept == 0 && i == len(g.leaves)-1) || (len(fs.groups) == 1 && i < 2) {
					s.leaves = append(s.leaves, leaf{group: g.name, name: name})
					kept++
				}
			}
		}
		weigh(r, s.leaves, s.weight)
		out = append(out, s)
	}
	step := points(5)
	if l.ScoreScale == 1 {
		step = 10
	}
	for i := range out {
		for j := range out[i].leaves {
			f := &out[i].leaves[j]
			f.score = f.weight
			if r.Float64() > quality {
				lost := points(r.Float64()*(1.1-quality)*float64(f.weight)) / step * step
				f.score -= min(max(step*2, lost), f.weight)
			}
		}
	}
	settle(out)
	return out
}

// weigh spreads a section's weight over its leaves in whole points, now and
// then in halves.
func weigh(r *rand.Rand, leaves []leaf, total points) {
	unit := points(100)
	if chance(r, 8) {
		unit = 50
	}
	n := points(len(leaves))
	base := max(unit, total/n*6/10/unit*unit)
	for i := range leaves {
		leaves[i].weight = base
	}
	for left := total - base*n; left > 0; left -= min(unit, left) {
		leaves[r.IntN(len(leaves))].weight += min(unit, left)
	}
}

// settle makes every section's score the sum of its leaves'.
func settle(sections []section) {
	for i := range sections {
		sections[i].score = 0
		for _, f := range sections[i].leaves {
			sections[i].score += f.score
		}
	}
}

func totalScore(sections []section) points {
	var sum points
	for _, s := range sections {
		sum += s.score
	}
	return sum
}

// gradeOf is the grade that a total earns.
func gradeOf(p points) string {
	switch {
	case p >= 9000:
		return "优"
	case p >= 8000:
		return "良"
	case p >= 6000:
		return "中"
	}
	return "差"
}
