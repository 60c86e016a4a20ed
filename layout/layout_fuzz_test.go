package layout

import (
	"bytes"
	"encoding/json"
	"testing"
)

// A layout document that was read and written again is the same when it is read.
func FuzzDocument(f *testing.F) {
	f.Add([]byte(`{"name":"a","pages":[{"number":1,"lines":[{"box":[1,2,3,4],"text":"x"}],"tables":[{"rows":1,"cols":1,"cells":[{"row":0,"text":"1"}]}]}]}`))
	f.Add([]byte(`{"pages":[{"lines":[{"box":null}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var d Document
		if json.Unmarshal(data, &d) != nil {
			return
		}
		first, err := json.Marshal(d)
		if err != nil {
			return // numbers that JSON cannot hold
		}
		var again Document
		if err := json.Unmarshal(first, &again); err != nil {
			t.Fatalf("what was written is not read: %v", err)
		}
		second, err := json.Marshal(again)
		if err != nil || !bytes.Equal(first, second) {
			t.Fatalf("written again it differs: %s, %s, %v", first, second, err)
		}
	})
}
