// The values that the drivers of Go set in a request, and read from an answer, by reflection. Each driver has the
// functions wireFields, answerFields, setText and jsonType, which say what is its SDK's own.
package main

import (
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// namedField is a field of a structure, and its name on the wire.
type namedField struct {
	name  string
	field reflect.StructField
}

// fillModel fills the SDK's request, or a structure inside it, as a caller would.
func fillModel(model reflect.Value, params map[string]any, prefix string) error {
	fields := map[string]reflect.StructField{}
	for _, each := range wireFields(model.Type()) {
		fields[each.name] = each.field
	}
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
	if written, is := scalarText(value); !is || !setText(field, written) {
		return &unsupportedError{path, "type"}
	}
	return nil
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

// structFields lists the fields of a request, in the order of the model.
func structFields(declared reflect.Type, prefix string) []modelField {
	listed := []modelField{}
	told := map[string]bool{}
	for _, each := range wireFields(declared) {
		path := foldedName(each.name)
		if told[path] {
			continue
		}
		told[path] = true
		var required *bool
		if each.field.Tag.Get("require") == "true" {
			required = new(bool)
			*required = true
		}
		listed = append(listed, typeFields(each.field.Type, prefix+path, required)...)
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
	return []modelField{{path, jsonType(declared, path), required}}
}

// returned is what the SDK returned, under its wire names, without what it left out. The models' own tags for JSON
// would leave out an empty list too, which a caller can tell from none.
func returned(value reflect.Value) any {
	switch value.Kind() {
	case reflect.Pointer, reflect.Interface:
		if value.IsNil() {
			return nil
		}
		return returned(value.Elem())
	case reflect.Struct:
		fields := map[string]any{}
		for _, each := range answerFields(value.Type()) {
			if member := returned(value.FieldByIndex(each.field.Index)); member != nil {
				fields[each.name] = member
			}
		}
		return fields
	case reflect.Slice:
		if value.IsNil() {
			return nil
		}
		items := []any{}
		for index := range value.Len() {
			items = append(items, returned(value.Index(index)))
		}
		return items
	case reflect.Map:
		if value.IsNil() {
			return nil
		}
	}
	return value.Interface()
}
