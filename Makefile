# make demo    install what is missing, build, read the samples, show what was found
# make test    install what is missing, vet, run every test
# make build   bin/heji
# make lint    golangci-lint at the version below

# Released linters only: an unpinned one turns a green tree red overnight.
GOLANGCI := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

.PHONY: build demo test lint install install-test

build:
	go build -o bin/heji ./cmd/heji

install:
	@scripts/install.sh

install-test:
	@scripts/install.sh test

# The last command shows that what was read is in the database, as SQL.
demo: install build
	@bin/heji import samples || test $$? -eq 4
	@bin/heji check samples; s=$$?; test $$s -eq 0 -o $$s -eq 3 -o $$s -eq 4
	@bin/heji db psql -c "$(DEMO_QUERY)"

test: install-test
	go vet ./...
	@scripts/test.sh

lint:
	go run $(GOLANGCI) run
