// Command driver is the SDK driver for the first Go SDK: docs/sdk-driver-protocol.md.
package main

import (
	"net/url"
	"reflect"
	"time"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth"
	keys "github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
)

const driverName = "go-v1"

// coreLibrary is the same module: it has the client that signs and sends, and the requests of all products.
func coreLibrary() library {
	return libraryOf(reflect.TypeFor[sdk.Client]())
}

// newRequest makes the request of an operation as the SDK's own function does; nil when there is none.
func newRequest(serving sdkPackage, action string) any {
	_, sent := serving.client.MethodByName(action)
	if make, found := serving.makers[action]; found && sent {
		return make()
	}
	return nil
}

func newClient(serving sdkPackage, asked request) (reflect.Value, error) {
	config := sdk.NewConfig().WithAutoRetry(false)
	key, secret := textOf(asked.Credentials.AccessKeyID), textOf(asked.Credentials.AccessKeySecret)
	var credential auth.Credential = keys.NewAccessKeyCredential(key, secret)
	if token := textOf(asked.Credentials.SecurityToken); token != "" {
		credential = keys.NewStsTokenCredential(key, secret, token)
	}
	// The region is given in the request; a client without one of its own adds none but the name.
	arguments := []reflect.Value{reflect.ValueOf(""), reflect.ValueOf(config), reflect.ValueOf(&credential).Elem()}
	results := reflect.ValueOf(serving.create).Call(arguments)
	err, _ := results[1].Interface().(error)
	return results[0], err
}

// address tells a request where to go, and how long it may take.
func address(made requests.AcsRequest, asked request) error {
	endpoint, err := url.Parse(asked.Endpoint)
	if err != nil {
		return err
	}
	made.SetDomain(endpoint.Host)
	made.SetScheme(endpoint.Scheme)
	timeout := time.Duration(asked.TimeoutS * float64(time.Second))
	made.SetConnectTimeout(timeout)
	made.SetReadTimeout(timeout)
	return nil
}

func textOf(value *string) string {
	if value == nil {
		return ""
	}
	return *value
}
