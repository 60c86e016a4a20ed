package load

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// copyRows copies rows into a table. pgx's own CopyFrom asks the server for the
// types of the columns before each copy; these do not change, and with a dozen
// documents a transaction the asking takes as long as the copying.
func copyRows(ctx context.Context, tx pgx.Tx, e encoded) error {
	sql := fmt.Sprintf("COPY %s (%s) FROM STDIN (FORMAT binary)", e.table, strings.Join(e.columns, ", "))
	_, err := tx.Conn().PgConn().CopyFrom(ctx, bytes.NewReader(e.data), sql)
	return err
}

// encode makes the rows ready for copyRows, unless there was an error before.
func encode(m *pgtype.Map, table string, columns []string, types []uint32, rows [][]any, err error) encoded {
	e := encoded{table: table, columns: columns, err: err}
	if err == nil && len(rows) > 0 {
		e.data, e.err = binaryRows(m, types, rows)
	}
	return e
}

// typesOf keeps the types of columns by table: they are the same in every database
// that has these tables.
var typesOf sync.Map

func columnTypes(ctx context.Context, tx pgx.Tx, table string, columns []string) ([]uint32, error) {
	if known, ok := typesOf.Load(table); ok {
		return known.([]uint32), nil
	}
	rows, err := tx.Query(ctx, `
		SELECT a.atttypid FROM unnest($2::text[]) WITH ORDINALITY c (name, n)
		JOIN pg_attribute a ON a.attrelid = to_regclass($1) AND a.attname = c.name ORDER BY n`, table, columns)
	if err != nil {
		return nil, err
	}
	types, err := pgx.CollectRows(rows, pgx.RowTo[uint32])
	if err == nil && len(types) == len(columns) {
		typesOf.Store(table, types)
	}
	return types, err
}

// binaryRows are the rows as COPY … (FORMAT binary) takes them
// (https://www.postgresql.org/docs/current/sql-copy.html): a signature, flags, an
// extension of no length; a row is the count of its fields, a field its length, -1
// for null, and its bytes; and -1 ends it.
func binaryRows(m *pgtype.Map, types []uint32, rows [][]any) ([]byte, error) {
	data := append([]byte("PGCOPY\n\xff\r\n\x00"), make([]byte, 8)...)
	for _, row := range rows {
		if len(row) != len(types) {
			return nil, fmt.Errorf("a row has %d fields and the table %d columns", len(row), len(types))
		}
		data = binary.BigEndian.AppendUint16(data, uint16(len(row)))
		for i, field := range row {
			at := len(data)
			data = binary.BigEndian.AppendUint32(data, 0xffffffff)
			encoded, err := m.Encode(types[i], pgtype.BinaryFormatCode, field, data)
			if err != nil {
				return nil, fmt.Errorf("column %d: %w", i+1, err)
			}
			if encoded != nil {
				data = encoded
				binary.BigEndian.PutUint32(data[at:], uint32(len(data)-at-4))
			}
		}
	}
	return binary.BigEndian.AppendUint16(data, 0xffff), nil
}
