package extract

import (
	"slices"

	"heji/extract/internal/pdf"
	"heji/layout"
)

// unproven are the cells of a text page, as table and cell index, that should be read
// from the pixels although none of their characters is suspicious: those in which a
// picture is pasted beside the characters, and on a page with characters that stand
// for nothing those whose figures were not seen to be what the file says.
func unproven(page layout.Page, p pdf.Page) [][2]int {
	strange := slices.ContainsFunc(p.Chars, func(c pdf.Char) bool { return c.Flags&pdf.BadCode != 0 })
	var found [][2]int
	for i, t := range page.Tables {
		for j, c := range t.Cells {
			if strange && !proven(p.Chars, c.Box) || pasted(c.Box, p) {
				found = append(found, [2]int{i, j})
			}
		}
	}
	return found
}

// proven reports whether every figure in the box was seen to be one.
func proven(chars []pdf.Char, box layout.Box) bool {
	return !slices.ContainsFunc(pdf.Within(chars, box), func(c pdf.Char) bool {
		return len(c.Text) == 1 && c.Text[0] >= '0' && c.Text[0] <= '9' && c.Flags&pdf.Proven == 0
	})
}

// pasted reports whether a picture lies in the cell, beside what characters it has:
// some programs paste what was filled in as pictures. A seal is larger than a cell, or
// lies over characters.
func pasted(cell layout.Box, p pdf.Page) bool {
	return slices.ContainsFunc(p.Images, func(i pdf.Image) bool {
		area := i.Box.Width() * i.Box.Height()
		return area > smallestPicture && overlap(cell, i.Box) > 0.9*area && len(pdf.Within(p.Chars, i.Box)) == 0
	})
}

// smallestPicture is what a single figure takes, in square points.
const smallestPicture = 20

// unreadPictures are the problems of pictures outside the tables that have the shape of
// a line of print, with no characters of their own.
func unreadPictures(page layout.Page, p pdf.Page) []layout.Problem {
	var problems []layout.Problem
	for _, i := range p.Images {
		b := i.Box
		inTable := slices.ContainsFunc(page.Tables, func(t layout.Table) bool { return overlap(t.Box, b) > 0 })
		if inTable || b.Height() < 6 || b.Height() > 40 || b.Width() < 3*b.Height() || len(pdf.Within(p.Chars, b)) > 0 {
			continue
		}
		problems = append(problems, layout.Problem{Code: "picture-unread", Page: p.Number, Box: b,
			Message:   "a picture the size of a line of print stands outside the tables and is not read; look at the page",
			MessageZH: "表格之外有一幅大小如一行文字的图片，未作识读；请核对原件"})
	}
	return problems
}
