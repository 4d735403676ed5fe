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
	vpc "github.com/aliyun/alibaba-cloud-sdk-go/services/vpc"
)

const (
	driverName = "go-v1"
	ownProduct = "vpc"
	// apiVersion is the one that this SDK sends, whatever it is asked for.
	apiVersion = "2016-04-28"
)

func sdkLibrary() library {
	return libraryOf(reflect.TypeFor[vpc.Client]())
}

// coreLibrary is the same module: it has the client that signs and sends, and the requests of all products.
func coreLibrary() library {
	return libraryOf(reflect.TypeFor[sdk.Client]())
}

// newRequest makes the request of an operation as the SDK's own function does; nil when there is none.
func newRequest(action string) any {
	_, sent := reflect.TypeFor[*vpc.Client]().MethodByName(action)
	if make, found := makers[action]; found && sent {
		return make()
	}
	return nil
}

func newClient(asked request) (*vpc.Client, error) {
	config := sdk.NewConfig().WithAutoRetry(false)
	key, secret := textOf(asked.Credentials.AccessKeyID), textOf(asked.Credentials.AccessKeySecret)
	var credential auth.Credential = keys.NewAccessKeyCredential(key, secret)
	if token := textOf(asked.Credentials.SecurityToken); token != "" {
		credential = keys.NewStsTokenCredential(key, secret, token)
	}
	// The region is given in the request; a client without one of its own adds none but the name.
	return vpc.NewClientWithOptions("", config, credential)
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
