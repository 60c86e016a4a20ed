package form

// Explanation is what a code says to a person, and what the person can do about it,
// in English and Chinese.
type Explanation struct {
	Code     string
	Says, Do string

	SaysZH, DoZH string
}

// DocumentCodes explains why documents are not read.
var DocumentCodes = []Explanation{
	{"not-found", "The file is not there, or may not be opened.", "Look at the path and at who may read the file.",
		"找不到该文件，或无法打开", "请检查路径与权限"},
	{"not-a-document", "It is neither a PDF, a picture, a Word or Excel file, nor a transcript.", "Look whether it is the right file.",
		"该文件不是 PDF、图像、Word、Excel 或转录文本", "请核对文件"},
	{"damaged", "The file is damaged. Where only its end is missing, what is left is read, and the code stands at the page.", "Get the file again from where it came from.",
		"文件已损坏，无法读取或已残缺", "请重新取得一份"},
	{"encrypted", "The file wants a password.", "Take the password off and try again.",
		"文件有密码", "请解除密码后再试"},
	{"too-large", "The file, a picture in it or what it unpacks to is above a limit.", "Split it and try again.",
		"文件过大", "请拆分后再试"},
	{"timeout", "It took longer than a document may.", "Try it alone when the machine is idle; if it stays so, split it.",
		"读取超时", "请单独再试，仍不成则拆分文件"},
	{"no-pages", "There are no pages in the file.", "Get the file again from where it came from.",
		"文件中没有页面", "请重新取得一份"},
	{"not-a-form", "No performance self-evaluation form was found in it: it may be another paper, or a form whose lines could not be made out.", "See with `heji layout` what was read, and look whether it is the right file.",
		"未找到绩效自评表", "请核对文件"},
	{"ocr-unavailable", "The page is a picture, and character recognition is not to be had on this machine.", "Run `heji doctor` and do what it says.",
		"文字识别不可用", "请运行 heji doctor，按提示安装"},
	{"crashed", "The process that read the document ended unexpectedly. Nothing else suffered.", "Run `heji doctor`; if it finds nothing, report the document.",
		"处理该文件时出错", "请运行 heji doctor，若无异常则报告该文件"},
}

// PlaceCodes explains why a place on a page is not read, or not to be relied on.
var PlaceCodes = []Explanation{
	{"illegible", "Something is printed here and could not be read. It is not taken for a blank.", "Look at the page; type it in at the review station.",
		"有印迹而未能识读；不当作空白", "请核对原件，可在复核台填入"},
	{"readings-disagree", "Two readings of the same ink differ.", "Look at the page and choose one.",
		"两次识读结果不同", "请核对原件，选定其一"},
	{"reading-unconfirmed", "It was read once, and neither a second reader nor a sum bears it out.", "Look at the page.",
		"只有一次识读，没有旁证", "请核对原件"},
	{"text-layer-distrusted", "What the PDF says is printed here is not what is seen on the page, or its text cannot be trusted as a whole.", "Look at the page; what is seen counts.",
		"文本层不可信，与页面所见不符", "请核对原件，以所见为准"},
	{"label-concluded", "The label beside the figure was not read; which figure it is follows from the others.", "Look at the label on the page.",
		"标签未能识读，由其余各项推定", "请核对原件上的标签"},
	{"column-concluded", "No head says what the figure's column holds; its place among the others does.", "Look at the column's head on the page.",
		"该列没有可识别的表头，由其位置推定", "请核对原件上的表头"},
	{"cells-glued", "One cell holds what belongs in two: a transcript ran them together, or the form prints a pair there, and it was cut by what belongs in them or could not be.", "Compare with the original.",
		"一格之中有应属两格的内容：转录文本把两格并在一起，或表中本来如此；已按内容拆开，或未能拆开", "请核对原件"},
	{"not-a-number", "A number belongs here, and what is read is none.", "Look at the page: either it is misread, or the form prints it so.",
		"此处应为数字，而读出的不是", "请核对原件：或为误读，或表上如此"},
	{"unit-in-doubt", "The label names another unit than the form's other amounts, or a count is in a unit that nothing is counted in. One character lost from 万元 is a factor of ten thousand.", "Look at the unit on the page.",
		"金额单位与表内其余各项不同，可能漏读“万”字；或数量的单位不是计量单位", "请核对原件上的单位"},
	{"number-unplaced", "A number stands on the page that is in no figure of the record.", "Look where it belongs; a row or a cell may be missing.",
		"页面上有数字未归入任何一项", "请看它属于哪一项，可能缺行或缺格"},
	{"number-unlabelled", "A number is in the record under no known label.", "Look which label belongs to it.",
		"数字没有已知的标签", "请核对它的标签"},
	{"blank-among-figures", "A scan shows no weight or score where nearly all rows have one: faint print may be lost.", "Look whether the cell is blank on the page.",
		"同列各行均有分值或得分而此格为空，可能字迹过淡", "请核对此格是否确为空白"},
	{"column-twice", "Two columns have heads that say the same, and both have numbers; the first was taken.", "Look which of them is meant.",
		"有两列表头相同且均有数字，只采用了第一列", "请核对应取哪一列"},
	{"grid-in-doubt", "A ruling line seems to be lost: cells may have run together, or a row may be missing.", "Compare the rows with the page.",
		"似有表格线未能识别，单元格可能并连，或有缺行", "请与原件逐行核对"},
	{"page-unreadable", "The page comes out blank or black though it holds something.", "Look at the original, or print it to a new PDF.",
		"页面显示为空白或全黑，而文件中有内容", "请看原件，或重新打印成 PDF"},
	{"resolution-low", "The page was scanned too coarsely to read figures by.", "Scan it again at 200 dots an inch or more.",
		"扫描分辨率过低，数字难以识读", "请以 200 dpi 以上重新扫描"},
	{"picture-unread", "A picture the size of a line of print stands outside the tables and was not read.", "Look at the page.",
		"表格之外有一行大小的图片，未作识读", "请核对原件"},
}

// Explained is the explanation of a code, of a document or of a place.
func Explained(code string) (e Explanation, ok bool) {
	for _, list := range [][]Explanation{DocumentCodes, PlaceCodes} {
		for _, e := range list {
			if e.Code == code {
				return e, true
			}
		}
	}
	return Explanation{}, false
}
