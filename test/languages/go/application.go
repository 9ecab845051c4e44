package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscertificatemanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/org/prod-constructs-go/prodconstructs"
)

const certificate = "arn:aws:acm:eu-central-1:111111111111:certificate/11111111-2222-3333-4444-555555555555"

// Application is what a release replaces, and who is told how it does.
type Application struct {
	awscdk.Stack
	Api     prodconstructs.ProductionWebService
	Routing prodconstructs.AlertRouting
}

func NewApplication(scope constructs.Construct, id string, props *awscdk.StackProps, images *Registry, foundation *Foundation) *Application {
	stack := awscdk.NewStack(scope, jsii.String(id), props)
	loadBalancer := prodconstructs.NewSecureLoadBalancer(stack, jsii.String("Balancer"), &prodconstructs.SecureLoadBalancerProps{
		Network: foundation.Network,
		Domains: &[]prodconstructs.Domain{
			prodconstructs.Domain_Of(jsii.String("shop.example.com"), &prodconstructs.DomainProps{
				Certificate: awscertificatemanager.Certificate_FromCertificateArn(stack, jsii.String("Certificate"), jsii.String(certificate)),
			}),
		},
		TlsPolicy: prodconstructs.TlsPolicy_TLS_1_3,
		ResponseHeaders: &prodconstructs.ResponseHeaders{
			HstsMaxAge: awscdk.Duration_Days(jsii.Number(365)),
			Cors: &prodconstructs.CorsProps{
				AllowOrigins: jsii.Strings("https://shop.example.com"),
				AllowMethods: jsii.Strings("PUT"),
			},
		},
	})
	web := prodconstructs.NewProductionWebService(stack, jsii.String("Web"), &prodconstructs.ProductionWebServiceProps{
		Network:      foundation.Network,
		LoadBalancer: loadBalancer,
		Route:        prodconstructs.Route_Path(jsii.String("/*")),
		Image: prodconstructs.ServiceImage_FromRepository(images.Web, &prodconstructs.DeclaredImageProps{
			Tag: jsii.String("1.4.2"),
		}),
		Port: jsii.Number(3000),
		Rollout: prodconstructs.Rollout_Steps(jsii.Numbers[float64](10, 50, 100), &prodconstructs.StepsProps{
			StepBakeTime: awscdk.Duration_Minutes(jsii.Number(5)),
		}),
		SmokeTest: prodconstructs.SmokeTest_Http(jsii.String("/"), &prodconstructs.SmokeTestProps{
			VerifyFor: awscdk.Duration_Minutes(jsii.Number(3)),
		}),
	})
	api := prodconstructs.NewProductionWebService(stack, jsii.String("Api"), &prodconstructs.ProductionWebServiceProps{
		Network:         foundation.Network,
		LoadBalancer:    loadBalancer,
		Route:           prodconstructs.Route_Path(jsii.String("/api/*")),
		Image:           prodconstructs.ServiceImage_Released(images.Api, nil),
		Port:            jsii.Number(4000),
		Environment:     &map[string]*string{"NODE_ENV": jsii.String("production"), "LOG_LEVEL": jsii.String("info")},
		Secrets:         &[]prodconstructs.ServiceSecret{prodconstructs.ServiceSecret_Generated(jsii.String("JWT_SECRET"), nil)},
		BackingServices: &[]prodconstructs.IBackingService{foundation.Database},
		HealthCheck: &prodconstructs.WebHealthCheck{
			Path:     jsii.String("/ready"),
			Interval: awscdk.Duration_Seconds(jsii.Number(30)),
		},
		Rollout: prodconstructs.Rollout_BlueGreen(&prodconstructs.BlueGreenProps{
			BakeTime: awscdk.Duration_Minutes(jsii.Number(30)),
		}),
		SmokeTest: prodconstructs.SmokeTest_All(&[]prodconstructs.SmokeTest{
			prodconstructs.SmokeTest_Http(jsii.String("/health"), nil),
			prodconstructs.SmokeTest_Http(jsii.String("/api/items"), &prodconstructs.SmokeTestProps{ExpectedStatus: jsii.Number(401)}),
		}),
		Scaling: prodconstructs.ServiceScaling_TargetTracking(&prodconstructs.TargetTrackingProps{
			MinTasks:          jsii.Number(2),
			MaxTasks:          jsii.Number(10),
			RequestsPerMinute: jsii.Number(600),
		}),
	})

	slack := prodconstructs.AlertChannel_Slack(&prodconstructs.SlackChannelProps{
		WorkspaceId: jsii.String("T012ABCDEFG"),
		ChannelId:   jsii.String("C012ABCDEFG"),
	})
	onCall := prodconstructs.AlertChannel_Email(jsii.String("on-call@example.com"))
	routing := prodconstructs.NewAlertRouting(stack, jsii.String("Alerts"), &prodconstructs.AlertRoutingProps{
		OnCritical: &[]prodconstructs.AlertChannel{onCall},
		OnError:    &[]prodconstructs.AlertChannel{onCall, slack},
		OnWarning:  &[]prodconstructs.AlertChannel{slack},
	})
	signals := prodconstructs.NewGoldenSignalAlarms(stack, jsii.String("Signals"), &prodconstructs.GoldenSignalAlarmsProps{
		Services:     &[]prodconstructs.IMonitoredService{web, api},
		Databases:    &[]prodconstructs.IMonitoredDatabase{foundation.Database},
		AlertRouting: routing,
		Objectives:   &[]prodconstructs.ServiceObjective{prodconstructs.ServiceObjective_Availability(jsii.Number(99.9), nil)},
		Overrides: &[]prodconstructs.AlarmOverride{
			prodconstructs.AlarmOverride_Of(jsii.String("Api/service-cpu"), &prodconstructs.AlarmOverrideProps{
				WarningThreshold: jsii.Number(75), ErrorThreshold: jsii.Number(90),
			}),
		},
		Dashboard: jsii.Bool(false),
	})
	created := prodconstructs.NewLogMetric(stack, jsii.String("ItemsCreated"), &prodconstructs.LogMetricProps{
		LogGroup: api.LogGroup(),
		Pattern:  awslogs.FilterPattern_StringValue(jsii.String("$.event"), jsii.String("="), jsii.String("item.created")),
	})
	prodconstructs.NewOperationsDashboard(stack, jsii.String("Dashboard"), &prodconstructs.OperationsDashboardProps{
		Signals:  signals,
		Business: &[]awscloudwatch.IMetric{created.Metric(nil)},
	})
	return &Application{Stack: stack, Api: api, Routing: routing}
}
