package main

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
)

// region is the one parameter that all requests have from their base: it travels like the others.
const region = "RegionId"

// wireFields are the fields that travel, by their names on the wire.
func wireFields(declared reflect.Type) []namedField {
	fields := []namedField{}
	own := false
	for _, field := range reflect.VisibleFields(declared) {
		if name := field.Tag.Get("name"); name != "" {
			fields = append(fields, namedField{name, field})
			own = own || name == region
		}
	}
	if field, found := declared.FieldByName(region); found && !own && field.Type.Kind() == reflect.String {
		fields = append(fields, namedField{region, field})
	}
	return fields
}

// answerFields are those of an answer; the others are of the response as such.
func answerFields(declared reflect.Type) []namedField {
	fields := []namedField{}
	for _, field := range reflect.VisibleFields(declared) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name != "" && field.IsExported() && len(field.Index) == 1 {
			fields = append(fields, namedField{name, field})
		}
	}
	return fields
}

// setText sets a field, and tells whether it could. The types of numbers and booleans are texts in this SDK; those inside
// a list or structure are texts alone.
func setText(field reflect.Value, written string) bool {
	if field.Kind() != reflect.String || !holds(field.Type(), written) {
		return false
	}
	field.SetString(written)
	return true
}

// holds tells whether a caller of the SDK's own constructors could have made a value: NewInteger takes an int.
func holds(declared reflect.Type, written string) bool {
	switch declared {
	case reflect.TypeFor[requests.Integer]():
		number, err := strconv.ParseInt(written, 10, 64)
		return err == nil && strconv.FormatInt(number, 10) == written
	case reflect.TypeFor[requests.Boolean]():
		return written == "true" || written == "false"
	case reflect.TypeFor[requests.Float]():
		return json.Valid([]byte(written))
	}
	return true
}

// requestFields lists the fields of an operation's request. It gives nil when there is no such operation.
func requestFields(serving sdkPackage, action string) []modelField {
	made := newRequest(serving, action)
	if made == nil {
		return nil
	}
	return structFields(reflect.TypeOf(made).Elem(), "")
}

func jsonType(declared reflect.Type, path string) *string {
	name := "string"
	switch declared {
	case reflect.TypeFor[requests.Integer]():
		name = "integer"
	case reflect.TypeFor[requests.Boolean]():
		name = "boolean"
	case reflect.TypeFor[requests.Float]():
		name = "number"
	default:
		if declared.Kind() == reflect.Map {
			name = "object"
		} else if declared.Kind() != reflect.String || inList(path) {
			return nil // inside lists and structures a text stands for numbers, too
		}
	}
	return &name
}

func inList(path string) bool {
	for _, letter := range path {
		if letter == '[' || letter == '.' {
			return true
		}
	}
	return false
}
