package form

import (
	"bytes"
	"encoding/json"
	"testing"
)

// A record that was read and written again is the same when it is read.
func FuzzRecord(f *testing.F) {
	f.Add([]byte(`{"schema":"heji/1","document":{"name":"a"},"form":null,"error":{"code":"damaged","message":"m"}}`))
	f.Add([]byte(`{"schema":"heji/1","form":{"ordinal":1},"fields":{"executed":{"text":"1,586.78","value":"1586.78","state":"read"}},"indicators":[{"kind":"leaf","weight":{"text":"3","value":"3"}}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var r Record
		if json.Unmarshal(data, &r) != nil {
			return
		}
		first, err := json.Marshal(r)
		if err != nil {
			return
		}
		var again Record
		if err := json.Unmarshal(first, &again); err != nil {
			t.Fatalf("what was written is not read: %v\n%s", err, first)
		}
		second, err := json.Marshal(again)
		if err != nil || !bytes.Equal(first, second) {
			t.Fatalf("written again it differs: %v\n%s\n%s", err, first, second)
		}
	})
}
