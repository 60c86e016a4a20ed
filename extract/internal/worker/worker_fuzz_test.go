package worker

import (
	"bytes"
	"testing"
)

// What a dying child leaves in its pipe is an error and never a panic, and what is
// written comes back as it was.
func FuzzFrame(f *testing.F) {
	head, err := Encode(outcome{Failed: true, Code: "damaged", Message: "m"})
	if err != nil {
		f.Fatal(err)
	}
	var written bytes.Buffer
	if err := writeMessage(&written, head, Message{Body: []byte{1, 2}, Freight: []byte("freight")}); err != nil {
		f.Fatal(err)
	}
	whole := written.Bytes()
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add([]byte("\x00\x00\x00\x05hello"))
	f.Add([]byte("\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if head, m, err := readMessage(bytes.NewReader(data), maxFrame); err == nil {
			var a outcome
			_ = Decode(head, &a) // only must not panic
			var p parcel
			_ = m.unpack(&p)
		}
		var a outcome
		_ = Decode(data, &a)
		var b bytes.Buffer
		if err := writeFrame(&b, data); err != nil {
			t.Fatal(err)
		}
		if got, err := readFrame(&b, maxFrame); err != nil || !bytes.Equal(got, data) {
			t.Fatalf("%d bytes came back as %d, %v", len(data), len(got), err)
		}
	})
}
