// Command driver is the SDK driver for the Go SDK: docs/sdk-driver-protocol.md.
package main

import (
	"net/url"
	"reflect"
	"strings"
)

// packages.go, which install.sh writes, has the only packages of Alibaba Cloud that are imported: the configuration, the runtime
// options and the errors moved between packages from release to release, so their types are taken from the SDK's own
// signatures.

const driverName = "go"

// coreLibrary is the one that signs and sends: the SDK's client embeds its client.
func coreLibrary() library {
	core, _ := packages[0].client.Elem().FieldByName("Client")
	return libraryOf(core.Type)
}

// operation is a method of the SDK's client, such as CreateFlowLogWithOptions.
type operation struct {
	method reflect.Method
}

func findOperation(serving sdkPackage, action string) (operation, bool) {
	method, found := serving.client.MethodByName(action + "WithOptions")
	return operation{method}, found
}

// requestType is nil when the operation takes no parameters.
func (o operation) requestType() reflect.Type {
	if o.method.Type.NumIn() < 3 { // receiver and runtime options
		return nil
	}
	return o.method.Type.In(1).Elem()
}

// call sends one request. The request is invalid (the zero Value) when the operation takes none.
func (o operation) call(client, request reflect.Value, timeoutMS int) (reflect.Value, error) {
	arguments := []reflect.Value{client}
	if request.IsValid() {
		arguments = append(arguments, request)
	}
	options := reflect.New(o.method.Type.In(o.method.Type.NumIn() - 1).Elem())
	setOption(options, "ConnectTimeout", &timeoutMS)
	setOption(options, "ReadTimeout", &timeoutMS)
	retry := false
	setOption(options, "Autoretry", &retry)
	results := o.method.Func.Call(append(arguments, options))
	err, _ := results[1].Interface().(error)
	return results[0], err
}

func newClient(serving sdkPackage, asked request) (reflect.Value, error) {
	endpoint, err := url.Parse(asked.Endpoint)
	if err != nil {
		return reflect.Value{}, err
	}
	protocol := strings.ToUpper(endpoint.Scheme)
	create := reflect.ValueOf(serving.create)
	config := reflect.New(create.Type().In(0).Elem())
	setOption(config, "Endpoint", &endpoint.Host)
	setOption(config, "Protocol", &protocol)
	setOption(config, "AccessKeyId", asked.Credentials.AccessKeyID)
	setOption(config, "AccessKeySecret", asked.Credentials.AccessKeySecret)
	setOption(config, "SecurityToken", asked.Credentials.SecurityToken)
	results := create.Call([]reflect.Value{config})
	err, _ = results[1].Interface().(error)
	return results[0], err
}

func setOption(options reflect.Value, name string, value any) {
	options.Elem().FieldByName(name).Set(reflect.ValueOf(value))
}
