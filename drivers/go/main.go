// Command driver is the SDK driver for the Go SDK: docs/sdk-driver-protocol.md.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
)

// errInput is input that no harness may send: the driver ends with status 2.
// Its text never quotes the line, which may hold a secret.
var errInput = errors.New("standard input")

type request struct {
	ID          json.RawMessage `json:"id"`
	Command     string          `json:"command"`
	Endpoint    string          `json:"endpoint"`
	Action      string          `json:"action"`
	Version     string          `json:"version"`
	Params      map[string]any  `json:"params"`
	Credentials credentials     `json:"credentials"`
	TimeoutS    float64         `json:"timeout_s"`
}

type credentials struct {
	AccessKeyID     *string `json:"access_key_id"`
	AccessKeySecret *string `json:"access_key_secret"`
	SecurityToken   *string `json:"security_token"`
}

type startAnswer struct {
	ID       json.RawMessage `json:"id"`
	Driver   string          `json:"driver"`
	SDK      library         `json:"sdk"`
	Core     library         `json:"core"`
	Language string          `json:"language"`
	Runtime  string          `json:"runtime"`
}

type callAnswer struct {
	ID          json.RawMessage   `json:"id"`
	Outcome     string            `json:"outcome"`
	Status      *int64            `json:"status"`
	Code        *string           `json:"code"`
	Message     *string           `json:"message"`
	RequestID   *string           `json:"request_id"`
	Body        map[string]any    `json:"body"`
	Exception   *string           `json:"exception"`
	Bases       []string          `json:"exception_bases,omitempty"`
	Unsupported *unsupportedError `json:"unsupported,omitempty"`
}

type modelAnswer struct {
	ID     json.RawMessage `json:"id"`
	Fields []modelField    `json:"fields"`
}

type stopAnswer struct {
	ID json.RawMessage `json:"id"`
}

func main() {
	out := os.Stdout
	os.Stdout = os.Stderr // standard output is the protocol's: what a library prints goes to standard error
	if err := serve(os.Stdin, out); err != nil {
		fmt.Fprintln(os.Stderr, err)
		if errors.Is(err, errInput) {
			os.Exit(2)
		}
		os.Exit(1)
	}
}

// serve answers requests until `stop` or the end of the input.
func serve(in io.Reader, out io.Writer) error {
	lines := bufio.NewReader(in)
	answers := json.NewEncoder(out)
	answers.SetEscapeHTML(false)
	for {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 {
			return nil
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		asked, err := parse(line)
		if err != nil {
			return err
		}
		answer, err := answer(asked)
		if err != nil {
			return err
		}
		if err := answers.Encode(answer); err != nil {
			return err
		}
		if asked.Command == "stop" {
			return nil
		}
	}
}

func parse(line []byte) (request, error) {
	var asked request
	if !json.Valid(line) || !bytes.HasPrefix(bytes.TrimLeft(line, " \t\r\n"), []byte("{")) {
		return asked, fmt.Errorf("%w: a line is not a JSON object", errInput)
	}
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.UseNumber() // a float would change long integers
	if err := decoder.Decode(&asked); err != nil {
		return asked, fmt.Errorf("%w: a field of a request has the wrong type", errInput)
	}
	return asked, nil
}

func answer(asked request) (any, error) {
	switch asked.Command {
	case "start":
		return startAnswer{asked.ID, "go", sdkLibrary(), coreLibrary(), "Go", runtime.Version()}, nil
	case "call":
		done := call(asked)
		done.ID = asked.ID
		return done, nil
	case "model":
		return modelAnswer{asked.ID, requestFields(asked.Action)}, nil
	case "stop":
		return stopAnswer{asked.ID}, nil
	}
	return nil, fmt.Errorf("%w: a line has an unknown command", errInput)
}
