// Package samples makes performance self-evaluation forms (绩效自评表) whose
// truth is known: what is printed in every cell, and which rules the printed
// figures break.
//
//	f := samples.Generate(7, 0) // seed, number
//	f.HTML()                    // the page as an office program would lay it out
//	f.Truth()                   // what a reader has to find in it
//
// A Browser prints the HTML to a PDF with a text layer; Scan turns such a PDF
// into one of page images, as a copier, a stamp and a fax would leave it. Text
// and Markdown write the form as other OCR tools do. The program in
// samples/generate writes thousands of them; Committed is the small set that
// lies beside this file.
//
// Project forms and their relatives come from GenerateProject, several forms
// among other pages from MakeAnnex, and a form that is written down as data from
// Typeset. Degradations lists by name what makes a scan hard to read.
//
// Everything is invented: places, units, people, telephone numbers, sentences.
// The order of work is
//
//	look → figures → plants → sentences → Truth → HTML → PDF → scan
//
// The figures are drawn so that every identity holds, then a plant changes what
// is printed in one place and repairs whatever else would break with it, and
// only then are sentences written from the printed header. A discrepancy is thus
// either planted or, where that cannot be avoided, marked as the consequence of
// one.
package samples
