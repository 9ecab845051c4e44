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

	// Network
	network := prodconstructs.NewSecureVpc(stack, jsii.String("Network"), &prodconstructs.SecureVpcProps{
		AvailabilityZones: jsii.Strings("eu-central-1a", "eu-central-1b"),
		Plan:              prodconstructs.SubnetPlan_Sized(&prodconstructs.SubnetPlanSizes{Cidr: jsii.String("10.1.0.0/16")}),
	})

	// Database
	database := prodconstructs.NewHardenedPostgres(stack, jsii.String("Database"), &prodconstructs.HardenedPostgresProps{
		Network:      network,
		DatabaseName: jsii.String("shop"),
		Backup:       prodconstructs.BackupPolicy_Daily(&prodconstructs.BackupPolicyProps{Retention: awscdk.Duration_Days(jsii.Number(14))}),
		Parameters:   &map[string]*string{"work_mem": jsii.String("8192")},
	})

	// Service
	web := prodconstructs.NewProductionWebService(stack, jsii.String("Web"), &prodconstructs.ProductionWebServiceProps{
		Network: network,
		Image:   prodconstructs.ServiceImage_Released(images, nil),
		Certificate: awscertificatemanager.Certificate_FromCertificateArn(stack, jsii.String("Certificate"),
			jsii.String("arn:aws:acm:eu-central-1:111111111111:certificate/...")),
		Environment:     &map[string]*string{"LOG_LEVEL": jsii.String("info")},
		BackingServices: &[]prodconstructs.IBackingService{database},
		HealthCheck:     &prodconstructs.WebHealthCheck{Path: jsii.String("/ready")},
		SmokeTest:       prodconstructs.SmokeTest_Http(jsii.String("/health"), nil),
		Rollout: prodconstructs.Rollout_Steps(jsii.Numbers[float64](10, 50, 100), &prodconstructs.StepsProps{
			StepBakeTime: awscdk.Duration_Minutes(jsii.Number(5)),
		}),
		Scaling: prodconstructs.ServiceScaling_TargetTracking(&prodconstructs.TargetTrackingProps{MinTasks: jsii.Number(2), MaxTasks: jsii.Number(10)}),
	})

	// Signals
	onCall := prodconstructs.AlertChannel_Email(jsii.String("on-call@example.com"))
	routing := prodconstructs.NewAlertRouting(stack, jsii.String("Alerts"), &prodconstructs.AlertRoutingProps{
		OnCritical: &[]prodconstructs.AlertChannel{onCall},
		OnError:    &[]prodconstructs.AlertChannel{onCall},
		OnWarning:  &[]prodconstructs.AlertChannel{onCall},
	})
	prodconstructs.NewGoldenSignalAlarms(stack, jsii.String("Signals"), &prodconstructs.GoldenSignalAlarmsProps{
		Services:     &[]prodconstructs.IMonitoredService{web},
		Databases:    &[]prodconstructs.IMonitoredDatabase{database},
		AlertRouting: routing,
		Objectives:   &[]prodconstructs.ServiceObjective{prodconstructs.ServiceObjective_Availability(jsii.Number(99.9), nil)},
	})

	// Pipeline
	delivery := awscdk.NewStack(app, jsii.String("Delivery"), &awscdk.StackProps{Env: env})
	prodconstructs.NewBlueGreenPipeline(delivery, jsii.String("Pipeline"), &prodconstructs.BlueGreenPipelineProps{
		Source: prodconstructs.PipelineSource_CodeConnection(&prodconstructs.CodeConnectionProps{
			ConnectionArn: jsii.String("arn:aws:codeconnections:eu-central-1:111111111111:connection/11111111-2222-3333-4444-555555555555"),
			Repository:    jsii.String("org/shop"),
		}),
		Images: &[]prodconstructs.ImageBuild{
			prodconstructs.ImageBuild_Docker(&prodconstructs.DockerBuildProps{Repository: images}),
		},
		Stages: &[]prodconstructs.DeployStage{
			prodconstructs.DeployStage_Production(&prodconstructs.ProductionStageProps{
				Services: &[]prodconstructs.IReleasedService{web},
				Migrations: &[]prodconstructs.Migration{
					prodconstructs.Migration_Command(web, jsii.Strings("npm", "run", "migrate"), nil),
				},
				Snapshot: database,
			}),
		},
		AlertRouting: routing,
	})
	app.Synth(nil)
}
