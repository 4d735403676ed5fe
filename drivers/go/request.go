package main

import (
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// buildRequest fills the SDK's request as a caller would. It gives the zero Value when the operation takes none.
func buildRequest(declared reflect.Type, params map[string]any) (reflect.Value, error) {
	if declared == nil {
		for _, name := range slices.Sorted(maps.Keys(params)) {
			return reflect.Value{}, &unsupportedError{name, "unknown"}
		}
		return reflect.Value{}, nil
	}
	request := reflect.New(declared)
	return request, fillModel(request.Elem(), params, "")
}

// wireFields are the fields of a model, by their names on the wire.
func wireFields(declared reflect.Type) []namedField {
	fields := []namedField{}
	for _, field := range reflect.VisibleFields(declared) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		fields = append(fields, namedField{name, field})
	}
	return fields
}

// answerFields are those of an answer: they have their names in the same way.
func answerFields(declared reflect.Type) []namedField {
	return wireFields(declared)
}

// setText sets a field of a plain type, and tells whether it could.
func setText(field reflect.Value, written string) bool {
	switch {
	case field.Kind() == reflect.String:
		field.SetString(written)
	case field.Kind() == reflect.Bool:
		if written != "true" && written != "false" {
			return false
		}
		field.SetBool(written == "true")
	case field.CanInt():
		parsed, err := strconv.ParseInt(written, 10, field.Type().Bits())
		// "007" is no number that a caller can hand over: it would arrive as 7.
		if err != nil || strconv.FormatInt(parsed, 10) != written {
			return false
		}
		field.SetInt(parsed)
	case field.CanFloat():
		parsed, err := strconv.ParseFloat(written, field.Type().Bits())
		if err != nil || strconv.FormatFloat(parsed, 'f', -1, field.Type().Bits()) != written {
			return false
		}
		field.SetFloat(parsed)
	default:
		return false
	}
	return true
}

// requestFields lists the fields of an operation's request, in the order of the model. It gives nil when there is no
// such operation.
func requestFields(serving sdkPackage, action string) []modelField {
	operation, found := findOperation(serving, action)
	if !found {
		return nil
	}
	declared := operation.requestType()
	if declared == nil {
		return []modelField{}
	}
	return structFields(declared, "")
}

func jsonType(declared reflect.Type, _ string) *string {
	var name string
	switch value := reflect.Zero(declared); {
	case declared.Kind() == reflect.String:
		name = "string"
	case declared.Kind() == reflect.Bool:
		name = "boolean"
	case declared.Kind() == reflect.Map:
		name = "object"
	case value.CanInt():
		name = "integer"
	case value.CanFloat():
		name = "number"
	default:
		return nil
	}
	return &name
}
