package main

import (
	"encoding/json"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
)

// region is the one parameter that all requests have from their base: it travels like the others.
const region = "RegionId"

// fillModel fills the SDK's request, or a structure inside it, as a caller would.
func fillModel(model reflect.Value, params map[string]any, prefix string) error {
	fields := wireFields(model.Type())
	for _, name := range slices.Sorted(maps.Keys(params)) {
		if err := fillNamed(model, fields, name, params[name], prefix); err != nil {
			return err
		}
	}
	return nil
}

// fillNamed sets the field of a name. Where the SDK has fields such as `SystemDisk.Size` and `Filter.1.Key`, that is one for each
// member of an object, or of an item of a list.
func fillNamed(model reflect.Value, fields map[string]reflect.StructField, name string, value any, prefix string) error {
	if field, found := fields[name]; found {
		return fill(model.FieldByIndex(field.Index), value, prefix+name)
	}
	path := foldedName(name)
	refused := &unsupportedError{prefix + name, "unknown"}
	for other := range fields {
		if rest, is := strings.CutPrefix(foldedName(other), path); is && (rest == "" || rest[0] == '.' || rest[0] == '[') {
			// There are fields of what is inside, or of other items of the list.
			refused = &unsupportedError{prefix + path, "type"}
		}
	}
	inside := map[string]any{}
	switch given := value.(type) {
	case map[string]any:
		inside = given
	case []any:
		for index, item := range given {
			inside[strconv.Itoa(index+1)] = item
		}
	}
	if len(inside) == 0 || refused.Why == "unknown" {
		return refused
	}
	for _, member := range slices.Sorted(maps.Keys(inside)) {
		if err := fillNamed(model, fields, name+"."+member, inside[member], prefix); err != nil {
			return err
		}
	}
	return nil
}

var numbered = regexp.MustCompile(`\.[1-9][0-9]*(\.|$)`)

// foldedName is a name as a contract has it: `Filter[].Key` for `Filter.1.Key`.
func foldedName(name string) string {
	return numbered.ReplaceAllString(name, "[]$1")
}

// wireFields are the fields that travel, by their names on the wire.
func wireFields(declared reflect.Type) map[string]reflect.StructField {
	fields := map[string]reflect.StructField{}
	for _, field := range reflect.VisibleFields(declared) {
		if name := field.Tag.Get("name"); name != "" {
			fields[name] = field
		} else if field.Name == region && field.Type.Kind() == reflect.String && fields[region].Name == "" {
			fields[region] = field
		}
	}
	return fields
}

// fill sets a field. The types of numbers and booleans are texts in this SDK; those inside a list or structure are texts
// alone. What the type cannot hold is refused.
func fill(field reflect.Value, value any, path string) error {
	if value == nil {
		return nil
	}
	switch field.Kind() {
	case reflect.Pointer:
		target := reflect.New(field.Type().Elem())
		if err := fill(target.Elem(), value, path); err != nil {
			return err
		}
		field.Set(target)
		return nil
	case reflect.Slice:
		items, is := value.([]any)
		if !is {
			return &unsupportedError{path + "[]", "type"}
		}
		list := reflect.MakeSlice(field.Type(), len(items), len(items))
		for index, item := range items {
			if err := fill(list.Index(index), item, path+"[]"); err != nil {
				return err
			}
		}
		field.Set(list)
		return nil
	case reflect.Struct:
		members, is := value.(map[string]any)
		if !is {
			return &unsupportedError{path, "type"}
		}
		return fillModel(field, members, path+".")
	case reflect.Map, reflect.Interface:
		if given := reflect.ValueOf(value); given.Type().AssignableTo(field.Type()) {
			field.Set(given)
			return nil
		}
		return &unsupportedError{path, "type"}
	}
	written, is := scalarText(value)
	if !is || field.Kind() != reflect.String || !holds(field.Type(), written) {
		return &unsupportedError{path, "type"}
	}
	field.SetString(written)
	return nil
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

func structFields(declared reflect.Type, prefix string) []modelField {
	listed := []modelField{}
	fields := wireFields(declared)
	told := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		path := foldedName(name)
		if !told[path] {
			listed = append(listed, typeFields(fields[name].Type, prefix+path)...)
		}
		told[path] = true
	}
	return listed
}

func typeFields(declared reflect.Type, path string) []modelField {
	switch declared.Kind() {
	case reflect.Pointer:
		return typeFields(declared.Elem(), path)
	case reflect.Slice:
		return typeFields(declared.Elem(), path+"[]")
	case reflect.Struct:
		return structFields(declared, path+".")
	}
	return []modelField{{path, jsonType(declared, path), nil}}
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
