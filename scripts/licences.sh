#!/usr/bin/env bash
# Lists the modules that are built into heji with their licences, as
# docs/licences.md holds them.
#
#   scripts/licences.sh            prints the list
#   scripts/licences.sh check      says whether docs/licences.md is in step
set -euo pipefail
cd "$(dirname "$0")/.."

licence() { # of the module in folder $1
	local text
	text=$(find "$1" -maxdepth 1 -iregex '.*/\(un\)?licen[cs]e[^/]*\|.*/copying[^/]*' -type f | sort | head -1)
	[ -n "$text" ] || { echo unknown; return; }
	text=$(head -c 4000 "$text" | tr -s '\n\t ' ' ')
	case "$text" in
		*"Apache License"*) echo Apache-2.0 ;;
		*"Mozilla Public License"*) echo MPL-2.0 ;;
		*"Permission is hereby granted, free of charge"* | *"PERMISSION is hereby granted, free of charge"*) echo MIT ;;
		*"Redistribution and use in source and binary"*either*"name"* | *"Redistribution and use in source and binary"*"name of any author may not"*) echo BSD-3-Clause ;;
		*"Redistribution and use in source and binary"*) echo BSD-2-Clause ;;
		*"released into the public domain"*) echo Unlicense ;;
		*) echo unknown ;;
	esac
}

list() {
	cat <<-'HEAD'
		# Licences

		The modules that are built into `heji`, by `scripts/licences.sh`. Tesseract and Leptonica (Apache-2.0, BSD-2-Clause) are
		linked from the system; PDFium (Apache-2.0, BSD-3-Clause) comes compiled to WebAssembly in go-pdfium.

		| module | version | licence |
		|---|---|---|
	HEAD
	go list -deps -f '{{with .Module}}{{if .Version}}{{.Path}} {{.Version}} {{.Dir}}{{end}}{{end}}' ./cmd/heji | LC_ALL=C sort -u |
		while read -r module version folder; do
			echo "| $module | $version | $(licence "$folder") |"
		done
}

case "${1:-}" in
	check)
		if list | grep 'unknown |$'; then
			echo "the licence of a module is not known to scripts/licences.sh; read it and add it there" >&2
			exit 1
		fi
		list | diff docs/licences.md - || { echo "docs/licences.md is out of step; run scripts/licences.sh >docs/licences.md" >&2; exit 1; }
		;;
	*) list ;;
esac
