# docker build -t heji .
# docker run --rm -v "$PWD:/forms:ro" heji check /forms

FROM golang:1.26-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends \
        libleptonica-dev libtesseract-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN go build -trimpath -o /heji ./cmd/heji

# The same Debian as above, so that the Tesseract library it was built with is
# the one it finds.
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends \
        fonts-arphic-gbsn00lp libtesseract5 postgresql-client \
        tesseract-ocr-chi-sim tesseract-ocr-eng \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 heji
COPY --from=build /heji /usr/local/bin/heji
USER heji
ENV LANG=C.UTF-8
# Tries what was installed, and compiles the PDF reader once, here, instead of in
# every new container.
RUN heji doctor
ENTRYPOINT ["heji"]
CMD ["--help"]
