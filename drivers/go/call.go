package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"reflect"
)

// call sends one request as a caller of the SDK does, and tells what the caller gets.
func call(serving sdkPackage, asked request) (done callAnswer) {
	// A panic of the SDK would end a caller's program; here it is a finding, and the next call goes on.
	defer func() {
		if thrown := recover(); thrown != nil {
			message, name := fmt.Sprint("panic: ", thrown), typeName(reflect.TypeOf(thrown))
			done = callAnswer{Outcome: "client_error", Message: &message, Exception: &name}
		}
	}()
	response, err := send(serving, asked)
	if err != nil {
		return failure(err)
	}
	return success(response)
}

func send(serving sdkPackage, asked request) (reflect.Value, error) {
	none := reflect.Value{}
	operation, found := findOperation(serving, asked.Action)
	if !found {
		return none, &unsupportedError{"Action", "action"}
	}
	request, err := buildRequest(operation.requestType(), asked.Params)
	if err != nil {
		return none, err
	}
	client, err := newClient(serving, asked)
	if err != nil {
		return none, err
	}
	return operation.call(client, request, int(asked.TimeoutS*1000))
}

func success(response reflect.Value) callAnswer {
	done := callAnswer{Outcome: "success"}
	if response.IsNil() {
		return done
	}
	// Releases before 2022 have no status in a response.
	done.Status = number(response.Elem(), "StatusCode")
	body := response.Elem().FieldByName("Body")
	if body.IsNil() {
		return done
	}
	done.RequestID = text(body.Elem(), "RequestId")
	done.Body, _ = returned(body).(map[string]any)
	return done
}

// failure tells of an error what its fields say. The SDKs have several types of errors, in packages that changed
// from release to release; all name their fields alike.
func failure(err error) callAnswer {
	message, name := err.Error(), typeName(reflect.TypeOf(err))
	done := callAnswer{Outcome: "client_error", Message: &message, Exception: &name}
	// A type has no base classes: what errors.As finds beside it is what it wraps.
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(inner) {
		done.Bases = append(done.Bases, typeName(reflect.TypeOf(inner)))
	}
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		done.Outcome = "timeout"
	}
	if refused, is := err.(*unsupportedError); is {
		*done.Exception = "Unsupported"
		done.Unsupported = refused
		return done
	}
	fields := reflect.Indirect(reflect.ValueOf(err))
	if fields.Kind() != reflect.Struct {
		return done
	}
	done.Code = text(fields, "Code")
	if message := text(fields, "Message"); message != nil {
		done.Message = message
	}
	// An error that was read from an answer has its status (0 stands for none), or the decoded answer, or both.
	if status := number(fields, "StatusCode"); status != nil && *status != 0 {
		done.Status = status
	}
	data := answerData(fields)
	done.RequestID = requestID(fields, data)
	if done.Status != nil || data != nil {
		done.Outcome = "service_error"
	}
	return done
}

// answerData is the decoded answer in an error: JSON text in some releases, a map in others.
func answerData(fields reflect.Value) map[string]any {
	field := fields.FieldByName("Data")
	if !field.IsValid() {
		return nil
	}
	var data map[string]any
	switch value := field.Interface().(type) {
	case map[string]any:
		data = value
	case *string:
		if value != nil && json.Unmarshal([]byte(*value), &data) != nil {
			return nil
		}
	}
	return data
}

// requestID is where a caller finds it: in a field of its own, or in the decoded answer.
func requestID(fields reflect.Value, data map[string]any) *string {
	if own := text(fields, "RequestId"); own != nil {
		return own
	}
	for _, name := range []string{"RequestId", "requestId"} {
		if value, is := data[name].(string); is {
			return &value
		}
	}
	return nil
}

func text(fields reflect.Value, name string) *string {
	if field := fields.FieldByName(name); field.IsValid() {
		if value, is := field.Interface().(*string); is {
			return value
		}
	}
	return nil
}

func number(fields reflect.Value, name string) *int64 {
	field := fields.FieldByName(name)
	if !field.IsValid() || field.Kind() != reflect.Pointer || field.IsNil() || !field.Elem().CanInt() {
		return nil
	}
	value := field.Elem().Int()
	return &value
}
