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

func fillModel(model reflect.Value, params map[string]any, prefix string) error {
	fields := map[string]reflect.Value{}
	for _, field := range reflect.VisibleFields(model.Type()) {
		fields[wireName(field)] = model.FieldByIndex(field.Index)
	}
	for _, name := range slices.Sorted(maps.Keys(params)) {
		field, found := fields[name]
		if !found {
			return &unsupportedError{prefix + name, "unknown"}
		}
		if err := fill(field, params[name], prefix+name); err != nil {
			return err
		}
	}
	return nil
}

// fill sets a field of the model. A value that a typed caller would write otherwise is converted: a number for text,
// digits for a number. Anything else that the type cannot hold is refused.
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
		return fillList(field, value, path)
	case reflect.Struct:
		if members, is := value.(map[string]any); is {
			return fillModel(field, members, path+".")
		}
		return &unsupportedError{path, "type"}
	case reflect.Map, reflect.Interface:
		if given := reflect.ValueOf(value); given.Type().AssignableTo(field.Type()) {
			field.Set(given)
			return nil
		}
		return &unsupportedError{path, "type"}
	}
	return fillScalar(field, value, path)
}

func fillList(field reflect.Value, value any, path string) error {
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
}

func fillScalar(field reflect.Value, value any, path string) error {
	refused := &unsupportedError{path, "type"}
	written, is := scalarText(value)
	if !is {
		return refused
	}
	switch {
	case field.Kind() == reflect.String:
		field.SetString(written)
	case field.Kind() == reflect.Bool:
		if written != "true" && written != "false" {
			return refused
		}
		field.SetBool(written == "true")
	case field.CanInt():
		parsed, err := strconv.ParseInt(written, 10, field.Type().Bits())
		// "007" is no number that a caller can hand over: it would arrive as 7.
		if err != nil || strconv.FormatInt(parsed, 10) != written {
			return refused
		}
		field.SetInt(parsed)
	case field.CanFloat():
		parsed, err := strconv.ParseFloat(written, field.Type().Bits())
		if err != nil || strconv.FormatFloat(parsed, 'f', -1, field.Type().Bits()) != written {
			return refused
		}
		field.SetFloat(parsed)
	default:
		return refused
	}
	return nil
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

func structFields(declared reflect.Type, prefix string) []modelField {
	listed := []modelField{}
	for _, field := range reflect.VisibleFields(declared) {
		var required *bool
		if field.Tag.Get("require") == "true" {
			required = new(bool)
			*required = true
		}
		listed = append(listed, typeFields(field.Type, prefix+wireName(field), required)...)
	}
	return listed
}

func typeFields(declared reflect.Type, path string, required *bool) []modelField {
	switch declared.Kind() {
	case reflect.Pointer:
		return typeFields(declared.Elem(), path, required)
	case reflect.Slice:
		return typeFields(declared.Elem(), path+"[]", required)
	case reflect.Struct:
		return structFields(declared, path+".")
	}
	return []modelField{{path, jsonType(declared), required}}
}

func jsonType(declared reflect.Type) *string {
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

func wireName(field reflect.StructField) string {
	name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
	return name
}
