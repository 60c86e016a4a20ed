# make demo    install what is missing, build, read the samples, show what was found
# make test    install what is missing, vet, run every test
# make build   bin/heji
# make accuracy  how much of scans of known truth is read right, by degradation
# make bench   how fast documents are read and loaded, beside pdftotext and COPY
# make faults  an import that is killed at random against one that is not
# make lint    golangci-lint at the version below

# Released linters only: an unpinned one turns a green tree red overnight.
GOLANGCI := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

.PHONY: accuracy bench faults build demo test lint install install-test

build:
	go build -o bin/heji ./cmd/heji

install:
	@scripts/install.sh

install-test:
	@scripts/install.sh test

# Status 3 is what check is for, and 4 is the sample that is no form.
demo: install build
	bin/heji import samples || test $$? -eq 4
	@echo
	bin/heji check samples 2>/dev/null || test $$? -eq 4 -o $$? -eq 3
	@echo
	bin/heji db psql -P pager=off -c "$(QUERY)"

QUERY := select unit_name, year, rule, verdict, printed, computed from discrepancy_view

test: install-test
	go vet ./...
	@scripts/test.sh

# Two forms under each degradation, some twenty minutes; FORMS=10 for a firmer figure.
FORMS := 2
accuracy:
	@scripts/install.sh accuracy
	@dir=$$(mktemp -d) && trap 'rm -rf "$$dir"' EXIT && \
	go run ./samples/generate -n $(FORMS) -seed 21 -kind mix -degrade all -out "$$dir" && \
	go run ./cmd/accuracy -baseline "$$dir"

lint:
	go run $(GOLANGCI) run

# Some minutes; DOCUMENTS=20000 for an hour.
DOCUMENTS := 1000
bench: install-test
	@scripts/bench.sh $(DOCUMENTS)
	@go test ./load -run xxx -bench Load -benchtime $(DOCUMENTS)x

faults: install-test
	@scripts/faults.sh

# A minute for each parser of ours; TIME=10s for a quick look.
TIME := 60s
.PHONY: fuzz vuln licences sbom soak
fuzz:
	@scripts/fuzz.sh $(TIME)

vuln:
	@scripts/vuln.sh

licences:
	scripts/licences.sh >docs/licences.md

# What the binary is made of, for programs: CycloneDX, on standard output. The libraries of
# the system that it loads (Tesseract, Leptonica) are no part of it: docs/licences.md has them.
CYCLONEDX := github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0
sbom: build
	@go run $(CYCLONEDX) bin -json -std -licenses -version "$$(git describe --always --dirty)" bin/heji

# Documents in a loop, one in ten of them hostile; NASTY=folder for such as are at hand,
# and MINUTES for an end before the last document.
soak: install
	@scripts/soak.sh $(DOCUMENTS) "$(NASTY)" $(MINUTES)
