package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscertificatemanager"
	"github.com/aws/jsii-runtime-go"
	"github.com/org/prod-constructs-go/prodconstructs"
)

func main() {
	defer jsii.Close()

	app := awscdk.NewApp(nil)
	env := &awscdk.Environment{Account: jsii.String("111111111111"), Region: jsii.String("eu-central-1")}
	registry := awscdk.NewStack(app, jsii.String("Registry"), &awscdk.StackProps{Env: env})
	images := prodconstructs.NewImageRepository(registry, jsii.String("Images"), nil)

	stack := awscdk.NewStack(app, jsii.String("Shop"), &awscdk.StackProps{Env: env})
	web := prodconstructs.NewProductionWebService(stack, jsii.String("Web"), &prodconstructs.ProductionWebServiceProps{
		Network: prodconstructs.NewSecureVpc(stack, jsii.String("Network"), nil),
		Image:   prodconstructs.ServiceImage_Released(images, nil),
		Certificate: awscertificatemanager.Certificate_FromCertificateArn(stack, jsii.String("Certificate"),
			jsii.String("arn:aws:acm:eu-central-1:111111111111:certificate/...")),
	})
	prodconstructs.NewRelease(stack, jsii.String("Release"), &prodconstructs.ReleaseProps{
		StageName: jsii.String("production"),
		Services:  &[]prodconstructs.IReleasedService{web},
	})
	app.Synth(nil)
}
