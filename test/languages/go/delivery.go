package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/org/prod-constructs-go/prodconstructs"
)

const connection = "arn:aws:codeconnections:eu-central-1:111111111111:connection/11111111-2222-3333-4444-555555555555"

// NewDelivery makes how a release of the API comes about; the website is another team's, which declares its image.
func NewDelivery(scope constructs.Construct, id string, props *awscdk.StackProps, images *Registry, foundation *Foundation, application *Application) awscdk.Stack {
	stack := awscdk.NewStack(scope, jsii.String(id), props)
	prodconstructs.NewBlueGreenPipeline(stack, jsii.String("Pipeline"), &prodconstructs.BlueGreenPipelineProps{
		Source: prodconstructs.PipelineSource_CodeConnection(&prodconstructs.CodeConnectionProps{
			ConnectionArn: jsii.String(connection),
			Repository:    jsii.String("org/shop"),
		}),
		Images: &[]prodconstructs.ImageBuild{
			prodconstructs.ImageBuild_Docker(&prodconstructs.DockerBuildProps{
				Repository:     images.Api,
				Directory:      jsii.String("api"),
				BuildArguments: &map[string]*string{"NODE_VERSION": jsii.String("24"), "BASE": jsii.String("alpine")},
			}),
		},
		Stages: &[]prodconstructs.DeployStage{
			prodconstructs.DeployStage_Production(&prodconstructs.ProductionStageProps{
				Services: &[]prodconstructs.IReleasedService{application.Api},
				Migrations: &[]prodconstructs.Migration{
					prodconstructs.Migration_Command(application.Api, jsii.Strings("npm", "run", "migration:run"), &prodconstructs.MigrationOptions{
						Plan:               jsii.Strings("npm", "run", "migration:show"),
						PlanInternetAccess: &prodconstructs.Waiver{Reason: jsii.String("The image comes through the NAT gateway.")},
					}),
				},
				Snapshot:       foundation.Database,
				MonitoringTime: awscdk.Duration_Minutes(jsii.Number(30)),
			}),
		},
		AlertRouting: application.Routing,
	})
	return stack
}
