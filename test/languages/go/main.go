package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
)

func main() {
	defer jsii.Close()

	app := awscdk.NewApp(nil)
	props := &awscdk.StackProps{
		Env: &awscdk.Environment{Account: jsii.String("111111111111"), Region: jsii.String("eu-central-1")},
	}
	images := NewRegistry(app, "registry", props)
	foundation := NewFoundation(app, "foundation", props)
	application := NewApplication(app, "application", props, images, foundation)
	NewDelivery(app, "delivery", props, images, foundation, application)
	app.Synth(nil)
}
