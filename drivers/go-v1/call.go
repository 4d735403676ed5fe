package main

import (
	"errors"
	"fmt"
	"net"
	"reflect"

	sdkerrors "github.com/aliyun/alibaba-cloud-sdk-go/sdk/errors"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
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
	made := newRequest(serving, asked.Action)
	if made == nil {
		return none, &unsupportedError{"Action", "action"}
	}
	if err := fillModel(reflect.ValueOf(made).Elem(), asked.Params, ""); err != nil {
		return none, err
	}
	if err := address(made.(requests.AcsRequest), asked); err != nil {
		return none, err
	}
	client, err := newClient(serving, asked)
	if err != nil {
		return none, err
	}
	results := client.MethodByName(asked.Action).Call([]reflect.Value{reflect.ValueOf(made)})
	err, _ = results[1].Interface().(error)
	return results[0], err
}

// success tells what a caller can read: a field of a value's type is there with its zero when nothing came for it.
func success(response reflect.Value) callAnswer {
	done := callAnswer{Outcome: "success"}
	if answered, is := response.Interface().(interface{ GetHttpStatus() int }); is {
		status := int64(answered.GetHttpStatus())
		done.Status = &status
	}
	done.Body, _ = returned(response).(map[string]any)
	if id, is := done.Body["RequestId"].(string); is {
		done.RequestID = &id
	}
	return done
}

// failure tells of an error what its own methods say: a ServerError was read from an answer.
func failure(err error) callAnswer {
	message, name := err.Error(), typeName(reflect.TypeOf(err))
	done := callAnswer{Outcome: "client_error", Message: &message, Exception: &name}
	// A type has no base classes: what errors.As finds beside it is what it wraps.
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(inner) {
		done.Bases = append(done.Bases, typeName(reflect.TypeOf(inner)))
	}
	if refused, is := err.(*unsupportedError); is {
		*done.Exception = "Unsupported"
		done.Unsupported = refused
		return done
	}
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		done.Outcome = "timeout"
	}
	told, is := err.(sdkerrors.Error)
	if !is {
		return done
	}
	code, words := told.ErrorCode(), told.Message()
	done.Code, done.Message = &code, &words
	if code == sdkerrors.TimeoutErrorCode {
		done.Outcome = "timeout"
	}
	if refused, is := err.(*sdkerrors.ServerError); is {
		status, id := int64(refused.HttpStatus()), refused.RequestId()
		done.Outcome, done.Status, done.RequestID = "service_error", &status, &id
	}
	return done
}
