// Command driver is the SDK driver for the Go SDK: docs/sdk-driver-protocol.md.
package main

import (
	"net/url"
	"reflect"
	"strings"

	// install.sh writes the major version of the release here. It is the only package of Alibaba Cloud that is
	// imported: the configuration, the runtime options and the errors moved between packages from release to release,
	// so their types are taken from the SDK's own signatures.
	vpc "github.com/alibabacloud-go/vpc-20160428/v7/client"
)

const (
	driverName = "go"
	ownProduct = "vpc"
	// apiVersion is the one that this SDK sends, whatever it is asked for.
	apiVersion = "2016-04-28"
)

func sdkLibrary() library {
	return libraryOf(reflect.TypeFor[vpc.Client]())
}

// coreLibrary is the one that signs and sends: the SDK's client embeds its client.
func coreLibrary() library {
	core, _ := reflect.TypeFor[vpc.Client]().FieldByName("Client")
	return libraryOf(core.Type)
}

// operation is a method of the SDK's client, such as CreateFlowLogWithOptions.
type operation struct {
	method reflect.Method
}

func findOperation(action string) (operation, bool) {
	method, found := reflect.TypeFor[*vpc.Client]().MethodByName(action + "WithOptions")
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
func (o operation) call(client *vpc.Client, request reflect.Value, timeoutMS int) (reflect.Value, error) {
	arguments := []reflect.Value{reflect.ValueOf(client)}
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

func newClient(asked request) (*vpc.Client, error) {
	endpoint, err := url.Parse(asked.Endpoint)
	if err != nil {
		return nil, err
	}
	protocol := strings.ToUpper(endpoint.Scheme)
	create := reflect.ValueOf(vpc.NewClient)
	config := reflect.New(create.Type().In(0).Elem())
	setOption(config, "Endpoint", &endpoint.Host)
	setOption(config, "Protocol", &protocol)
	setOption(config, "AccessKeyId", asked.Credentials.AccessKeyID)
	setOption(config, "AccessKeySecret", asked.Credentials.AccessKeySecret)
	setOption(config, "SecurityToken", asked.Credentials.SecurityToken)
	results := create.Call([]reflect.Value{config})
	err, _ = results[1].Interface().(error)
	return results[0].Interface().(*vpc.Client), err
}

func setOption(options reflect.Value, name string, value any) {
	options.Elem().FieldByName(name).Set(reflect.ValueOf(value))
}
