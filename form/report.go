package form

import "heji/layout"

// Report is what was found on the forms of an archive, in figures: made of the
// database and shown to people.
type Report struct {
	Documents     int64
	Failed        int64 // documents that could not be read
	Forms         int64
	Contradictory int64 // forms that contradict themselves
	Doubtful      int64 // other forms with a discrepancy
	Problems      int64
	MoneyYuan     Amount // by which funds do not add up on forms that are wrong, all together, in 元
	Rules         []ReportShare
	Units         []ReportShare // those with most contradictions
	Years         []ReportShare
	Money         []ReportFinding // funds that do not add up, the largest difference first
	Points        []ReportFinding // weights and scores that do not
	Screens       []ReportScreen  // what forms say against each other
	Compared      string          // when forms were last compared with each other, or ""
	Failures      []ReportFailure
}

// ReportShare is a rule's, unit's or year's part in the discrepancies. Forms and
// Contradictory are 0 for a rule.
type ReportShare struct {
	Name          string
	Forms         int64
	Contradictory int64
	ByForm        int64
	Misread       int64
	Undecided     int64
}

// ReportFinding is a discrepancy as a report shows it.
type ReportFinding struct {
	Document   string
	Page       int64 // 0 when not known
	Unit       string
	Year       int64 // 0 when not printed
	Rule       string
	Verdict    Verdict
	Printed    string
	Computed   string
	Difference string
	Message    string
	MessageZH  string

	SHA256  string     // of the document
	Paths   []string   // where the document was found
	Box     layout.Box // of the figure on the page
	Picture []byte     // the figure and what is around it, as PNG; nil where the page is not to be had
}

// ReportScreen is a comparison between forms, with how often it found something and the
// largest of that. A screen is no accusation: both forms may be right.
type ReportScreen struct {
	Name  string
	Count int64
	Found []CrossFinding
}

// CrossFinding is what a form says against others.
type CrossFinding struct {
	Screen    string
	Unit      string
	Year      int64  // 0 when not printed
	Document  string // of the form
	Other     string // document of a form that it is held against, or ""
	Compared  int64  // forms, units or years that it stands on
	Message   string
	MessageZH string
}

// ReportFailure is a document that could not be read.
type ReportFailure struct {
	Document string
	Code     string
	Message  string
}
