// Does one thing that the library refuses, by number.
package main

import (
	"os"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscertificatemanager"
	"github.com/aws/jsii-runtime-go"
	"github.com/org/prod-constructs-go/prodconstructs"
)

const certificate = "arn:aws:acm:eu-central-1:111111111111:certificate/11111111-2222-3333-4444-555555555555"

func main() {
	defer jsii.Close()

	app := awscdk.NewApp(nil)
	props := &awscdk.StackProps{
		Env: &awscdk.Environment{Account: jsii.String("111111111111"), Region: jsii.String("eu-central-1")},
	}
	images := prodconstructs.NewImageRepository(awscdk.NewStack(app, jsii.String("registry"), props), jsii.String("Images"), nil)
	stack := awscdk.NewStack(app, jsii.String("application"), props)
	network := prodconstructs.NewSecureVpc(stack, jsii.String("Network"), nil)
	web := &prodconstructs.ProductionWebServiceProps{
		Network:     network,
		Image:       prodconstructs.ServiceImage_FromRepository(images, &prodconstructs.DeclaredImageProps{Tag: jsii.String("1.4.2")}),
		Certificate: awscertificatemanager.Certificate_FromCertificateArn(stack, jsii.String("Certificate"), jsii.String(certificate)),
	}

	switch os.Args[1] {
	case "1":
		web.Port = jsii.Number(70000)
		prodconstructs.NewProductionWebService(stack, jsii.String("Web"), web)
	case "2":
		web.Rollout = prodconstructs.Rollout_Steps(jsii.Numbers[float64](50, 10, 100), nil)
		prodconstructs.NewProductionWebService(stack, jsii.String("Web"), web)
	case "3":
		prodconstructs.NewHardenedPostgres(stack, jsii.String("Database"), &prodconstructs.HardenedPostgresProps{
			Network: network,
			Backup: prodconstructs.BackupPolicy_Daily(&prodconstructs.BackupPolicyProps{
				Retention: awscdk.Duration_Days(jsii.Number(40)),
			}),
		})
	case "4":
		prodconstructs.NewSecureVpc(stack, jsii.String("Second"), &prodconstructs.SecureVpcProps{
			AvailabilityZoneCount: jsii.Number(1),
			Plan: prodconstructs.SubnetPlan_Blocks(&prodconstructs.SubnetPlanBlocks{
				Cidr:              jsii.String("10.1.0.0/16"),
				PublicBlocks:      jsii.Strings("10.2.1.0/24"),
				ApplicationBlocks: jsii.Strings("10.1.16.0/20"),
			}),
		})
	case "5":
		prodconstructs.NewSecureLoadBalancer(stack, jsii.String("Balancer"), &prodconstructs.SecureLoadBalancerProps{
			Network:   network,
			PlainHttp: &prodconstructs.Waiver{Reason: jsii.String("for now")},
		})
	}
}
