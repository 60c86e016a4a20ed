package export

import (
	"errors"
	"fmt"
	"io"
	"math/big"
	"reflect"
	"strings"
	"time"

	"github.com/cockroachdb/apd/v3"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"

	"heji/form"
)

// A column of Parquet has one scale for all its numbers. 38 digits are what
// DuckDB, Spark and Arrow read; ten of them after the point are more than forms
// print. What does not fit is null, and stands in the column of printed text.
const (
	parquetPrecision = 38
	parquetScale     = 10
	decimalBytes     = 16
)

// rows are written in groups, so that a reader can skip, and held until a group
// is full: this many times a row is the memory that an export takes.
const rowsPerGroup = 20_000

type parquetWriter struct {
	out     io.Writer
	file    *parquet.Writer //nolint:staticcheck // the one writer for a schema that is made at run time
	columns []Column
	row     parquet.Row
}

// NewParquet writes one table as Parquet, compressed with Zstandard: text as
// UTF-8 strings, integers of 64 bits, amounts as decimal(38,10), all of which
// may be null. A number that this cannot hold exactly is null.
func NewParquet(w io.Writer) Writer { return &parquetWriter{out: w} }

func (w *parquetWriter) Table(t Table) error {
	if w.file != nil {
		return errors.New("a Parquet file holds one table")
	}
	w.columns = t.Columns
	w.file = parquet.NewWriter(w.out, parquetSchema(t),
		parquet.Compression(&zstd.Codec{}), parquet.MaxRowsPerRowGroup(rowsPerGroup), parquet.CreatedBy("heji", "", ""))
	return nil
}

// parquetSchema has the columns in their order, which a parquet.Group would put
// in that of their names.
func parquetSchema(t Table) *parquet.Schema {
	var fields []reflect.StructField
	for i, c := range t.Columns {
		field := reflect.StructField{Name: fmt.Sprintf("C%d", i), Type: reflect.TypeFor[*string]()}
		options := ""
		switch c.Type {
		case Integer:
			field.Type = reflect.TypeFor[*int64]()
		case Decimal:
			field.Type = reflect.TypeFor[*[decimalBytes]byte]()
			options = fmt.Sprintf(",decimal(%d:%d)", parquetScale, parquetPrecision)
		case Time:
			field.Type = reflect.TypeFor[*int64]()
			options = ",timestamp(microsecond:utc)"
		}
		field.Tag = reflect.StructTag(fmt.Sprintf(`parquet:"%s,optional%s"`, c.Name, options))
		fields = append(fields, field)
	}
	return parquet.NewSchema(t.Name, parquet.SchemaOf(reflect.New(reflect.StructOf(fields)).Interface()))
}

func (w *parquetWriter) Row(values []any) error {
	w.row = w.row[:0]
	for i, v := range values {
		value, level := parquetValue(v), 1
		if value.IsNull() {
			level = 0
		}
		w.row = append(w.row, value.Level(0, level, i))
	}
	_, err := w.file.WriteRows([]parquet.Row{w.row})
	return err
}

func parquetValue(v any) parquet.Value {
	switch v := v.(type) {
	case string:
		return parquet.ByteArrayValue([]byte(strings.ToValidUTF8(v, "\uFFFD")))
	case int64:
		return parquet.Int64Value(v)
	case time.Time:
		return parquet.Int64Value(v.UnixMicro())
	case form.Amount:
		if b, ok := fixed(v); ok {
			return parquet.FixedLenByteArrayValue(b)
		}
	}
	return parquet.NullValue()
}

// fixed is the amount times ten to the power of parquetScale as a big-endian
// number in two's complement, as the format wants it.
func fixed(a form.Amount) (b []byte, ok bool) {
	d := a.Decimal()
	shift := int64(d.Exponent) + parquetScale
	if shift > parquetPrecision || shift < -parquetPrecision {
		return nil, false
	}
	n := new(apd.BigInt).Set(&d.Coeff).MathBigInt()
	power := new(big.Int).Exp(big.NewInt(10), big.NewInt(max(shift, -shift)), nil)
	if shift >= 0 {
		n.Mul(n, power)
	} else {
		var rest big.Int
		if n.QuoRem(n, power, &rest); rest.Sign() != 0 {
			return nil, false
		}
	}
	if n.Cmp(new(big.Int).Exp(big.NewInt(10), big.NewInt(parquetPrecision), nil)) >= 0 {
		return nil, false
	}
	if d.Negative && n.Sign() != 0 {
		n.Sub(new(big.Int).Lsh(big.NewInt(1), 8*decimalBytes), n)
	}
	return n.FillBytes(make([]byte, decimalBytes)), true
}

func (w *parquetWriter) Close() error {
	if w.file == nil {
		return nil
	}
	return w.file.Close()
}
