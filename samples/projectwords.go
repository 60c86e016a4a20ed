package samples

// sign is how a target binds.
type sign int

const (
	inWords sign = iota // it is no number
	atLeast
	atMost
	exactly
)

// A metric is an indicator that a project may have.
type metric struct {
	level2, name, unit string
	sign               sign
	from, to           int // of the target
	words              [2]string
	cost               bool // bounded by the budget
}

type project struct {
	name, department string
	goal, outcome    string
	metrics          []metric // by level-2 name, in the order of the framework
}

func projects() []project {
	words := func(level2, name, target string) metric {
		return metric{level2: level2, name: name, words: [2]string{target, target}}
	}
	least := func(level2, name, unit string, from, to int) metric {
		return metric{level2: level2, name: name, unit: unit, sign: atLeast, from: from, to: to}
	}
	cost := metric{level2: "成本指标", name: "项目总成本", unit: "万元", sign: atMost, cost: true}
	pleased := func(name string) metric { return least("服务对象满意度指标", name, "%", 85, 98) }
	return []project{
		{"乡镇图书流通点补助", "文化和旅游局", "在乡镇新设流通点，配齐书架和图书，按季轮换，使群众就近借阅。", "流通点均已开放，图书按季轮换，借阅人次比上年增加。",
			[]metric{least("数量指标", "新设流通点", "个", 3, 40), least("数量指标", "配送图书", "册", 600, 9000), least("质量指标", "图书编目合格率", "%", 90, 100),
				least("时效指标", "按期开放率", "%", 90, 100), cost, words("经济效益指标", "减轻群众购书负担", "有所减轻"), least("社会效益指标", "借阅人次", "人次", 900, 12000),
				words("生态效益指标", "旧书回收利用", "明显"), words("可持续影响指标", "流通制度健全性", "健全"), pleased("读者满意度")}},
		{"小型水库安全监测", "水利局", "为小型水库安装雨量和水位监测设备，数据按时上传，汛前完成调试。", "监测设备全部安装到位，数据上传稳定，汛期预警及时。",
			[]metric{least("数量指标", "安装监测点", "处", 5, 60), least("数量指标", "培训管护人员", "人次", 20, 200), least("质量指标", "设备验收合格率", "%", 95, 100),
				{level2: "时效指标", name: "汛前完工率", unit: "%", sign: exactly, from: 100, to: 100}, cost, words("经济效益指标", "减少灾害损失", "有效减少"),
				words("社会效益指标", "防洪保障能力", "提升"), least("生态效益指标", "库区水质达标率", "%", 85, 100), words("可持续影响指标", "管护长效机制", "建立"), pleased("受益群众满意度")}},
		{"农田土壤检测与配方施肥", "农业农村局", "采集土样并检测，将配方建议送到农户，示范推广配方施肥。", "土样检测按计划完成，配方建议卡发放到户，示范田亩均用肥减少。",
			[]metric{least("数量指标", "检测土样", "个", 80, 900), least("数量指标", "示范面积", "亩", 200, 5000), least("质量指标", "检测数据准确率", "%", 95, 100),
				words("时效指标", "检测报告送达时间", "秋播之前"), cost, least("经济效益指标", "亩均节约成本", "元", 15, 80), least("社会效益指标", "技术普及率", "%", 70, 95),
				least("生态效益指标", "化肥减量", "%", 5, 15), words("可持续影响指标", "耕地质量", "逐步提高"), pleased("农户满意度")}},
		{"县乡公路水毁修复", "交通运输局", "修复汛期损毁的路基路面和边沟，恢复县乡公路正常通行。", "水毁路段全部修复，公路恢复通行，安全设施同步完善。",
			[]metric{least("数量指标", "修复里程", "公里", 5, 120), least("数量指标", "清理边沟", "公里", 8, 90), {level2: "质量指标", name: "工程验收合格率", unit: "%", sign: exactly, from: 100, to: 100},
				least("时效指标", "按期完工率", "%", 90, 100), cost, words("经济效益指标", "降低运输成本", "有所降低"), least("社会效益指标", "受益群众", "人", 800, 20000),
				words("生态效益指标", "沿线水土保持", "良好"), least("可持续影响指标", "设计使用年限", "年", 5, 15), pleased("沿线群众满意度")}},
		{"残疾人辅助器具适配", "残疾人联合会", "为有需求的残疾人评估并适配辅助器具，开展使用指导和回访。", "辅助器具适配到位，使用指导和回访全部完成。",
			[]metric{least("数量指标", "适配人数", "人", 30, 400), least("数量指标", "上门评估", "次", 30, 420), least("质量指标", "适配合格率", "%", 90, 100), least("时效指标", "配发及时率", "%", 90, 100),
				{level2: "成本指标", name: "人均适配费用", unit: "元", sign: atMost, from: 800, to: 3000}, words("经济效益指标", "减轻家庭负担", "有效"), least("社会效益指标", "政策知晓率", "%", 80, 95),
				words("生态效益指标", "器具回收再利用", "规范"), words("可持续影响指标", "服务机制持续性", "持续"), pleased("服务对象满意度"), pleased("家属满意度")}},
		{"城区绿地养护购买服务", "住房和城乡建设局", "对城区绿地实行分级养护，及时补栽修剪，保持园容整洁。", "绿地养护达到合同要求，补栽修剪及时，园容保持整洁。",
			[]metric{least("数量指标", "养护面积", "万平方米", 8, 90), least("数量指标", "补栽苗木", "株", 100, 4000), least("质量指标", "苗木成活率", "%", 85, 98), least("时效指标", "问题整改及时率", "%", 90, 100),
				cost, words("经济效益指标", "提升周边商业环境", "提升"), words("社会效益指标", "改善居民休闲条件", "明显改善"), least("生态效益指标", "绿化覆盖率", "%", 30, 45),
				words("可持续影响指标", "养护标准化", "形成标准"), pleased("居民满意度")}},
	}
}
