// The line protocol of an SDK driver: docs/sdk-driver-protocol.md. The drivers of Go share it; each has the constant
// driverName, the list packages, and the functions coreLibrary, call and requestFields.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"regexp"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
)

// errInput is input that no harness may send: the driver ends with status 2.
// Its text never quotes the line, which may hold a secret.
var errInput = errors.New("standard input")

type request struct {
	ID          json.RawMessage `json:"id"`
	Command     string          `json:"command"`
	Endpoint    string          `json:"endpoint"`
	Product     string          `json:"product"`
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

// unsupportedError is a parameter that the SDK has no way to carry: nothing is sent.
type unsupportedError struct {
	Parameter string `json:"parameter"`
	Why       string `json:"why"`
}

func (e *unsupportedError) Error() string {
	return fmt.Sprintf("the SDK cannot carry %s: %s", e.Parameter, e.Why)
}

// sdkPackage is a package of the SDK and the product that it is for. The first of the list stands for the SDK.
type sdkPackage struct {
	product string
	version string
	client  reflect.Type          // of a pointer to it
	create  any                   // the function that makes a client
	makers  map[string]func() any // those that make a request, by operation, where the SDK has such
}

type library struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

type modelField struct {
	Path     string  `json:"path"`
	Type     *string `json:"type"`
	Required *bool   `json:"required"`
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
		return startAnswer{asked.ID, driverName, libraryOf(packages[0].client.Elem()), coreLibrary(), "Go", runtime.Version()}, nil
	case "call":
		serving, reason := find(asked)
		done := refused(reason)
		if reason == nil {
			done = call(serving, asked)
		}
		done.ID = asked.ID
		return done, nil
	case "model":
		serving, reason := find(asked)
		if reason != nil {
			return modelAnswer{asked.ID, nil}, nil
		}
		return modelAnswer{asked.ID, requestFields(serving, asked.Action)}, nil
	case "stop":
		return stopAnswer{asked.ID}, nil
	}
	return nil, fmt.Errorf("%w: a line has an unknown command", errInput)
}

// find gives the package for a request; that of the SDK where the request names no product. There may be none of the product,
// or none of this version of it.
func find(asked request) (sdkPackage, *unsupportedError) {
	reason := &unsupportedError{strings.TrimSpace(asked.Product + " " + asked.Version), "product"}
	for _, each := range packages {
		if asked.Product != "" && !strings.EqualFold(asked.Product, each.product) {
			continue
		}
		if asked.Version == "" || asked.Version == each.version {
			return each, nil
		}
		reason = &unsupportedError{"Version", "action"}
	}
	return sdkPackage{}, reason
}

// refused is the answer to a call that is not made.
func refused(reason *unsupportedError) callAnswer {
	if reason == nil {
		return callAnswer{}
	}
	message := reason.Error()
	return callAnswer{Outcome: "client_error", Message: &message, Unsupported: reason}
}

var majorSuffix = regexp.MustCompile(`/v\d+$`)

// libraryOf tells the module that a type was built from. The major version is left out of the name, so that releases
// can be compared by it.
func libraryOf(declared reflect.Type) library {
	build, _ := debug.ReadBuildInfo()
	for _, module := range build.Deps {
		if strings.HasPrefix(declared.PkgPath(), module.Path+"/") {
			name := majorSuffix.ReplaceAllString(module.Path, "")
			if module.Replace != nil {
				module = module.Replace
			}
			return library{name, strings.TrimPrefix(module.Version, "v")}
		}
	}
	panic("the build says nothing of " + declared.PkgPath())
}

func typeName(declared reflect.Type) string {
	if declared.Kind() == reflect.Pointer {
		declared = declared.Elem()
	}
	if declared.PkgPath() == "" {
		return declared.String()
	}
	return declared.PkgPath() + "." + declared.Name()
}

// scalarText is a text, a number or a boolean as it travels.
func scalarText(value any) (string, bool) {
	switch given := value.(type) {
	case string:
		return given, true
	case json.Number:
		return given.String(), true
	case bool:
		return strconv.FormatBool(given), true
	}
	return "", false
}
