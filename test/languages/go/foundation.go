package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsrds"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/org/prod-constructs-go/prodconstructs"
)

// Foundation is what outlives every release: addresses and data.
type Foundation struct {
	awscdk.Stack
	Network  prodconstructs.SecureVpc
	Database prodconstructs.HardenedPostgres
}

func NewFoundation(scope constructs.Construct, id string, props *awscdk.StackProps) *Foundation {
	stack := awscdk.NewStack(scope, jsii.String(id), props)
	network := prodconstructs.NewSecureVpc(stack, jsii.String("Network"), &prodconstructs.SecureVpcProps{
		AvailabilityZones: jsii.Strings("eu-central-1a", "eu-central-1b"),
		Plan: prodconstructs.SubnetPlan_Blocks(&prodconstructs.SubnetPlanBlocks{
			Cidr:              jsii.String("10.0.0.0/16"),
			PublicBlocks:      jsii.Strings("10.0.1.0/24", "10.0.2.0/24"),
			ApplicationBlocks: jsii.Strings("10.0.16.0/20", "10.0.32.0/20"),
			DataBlocks:        jsii.Strings("10.0.3.0/24", "10.0.4.0/24"),
		}),
	})
	database := prodconstructs.NewHardenedPostgres(stack, jsii.String("Database"), &prodconstructs.HardenedPostgresProps{
		Network:      network,
		DatabaseName: jsii.String("shop"),
		Capacity: prodconstructs.PostgresCapacity_Instance(&prodconstructs.PostgresInstanceProps{
			Version:      awsrds.PostgresEngineVersion_VER_15(),
			InstanceType: awsec2.InstanceType_Of(awsec2.InstanceClass_T4G, awsec2.InstanceSize_MEDIUM),
			StorageGiB:   jsii.Number(100),
		}),
		Backup: prodconstructs.BackupPolicy_Daily(&prodconstructs.BackupPolicyProps{
			Window:    jsii.String("02:00-03:00"),
			Retention: awscdk.Duration_Days(jsii.Number(7)),
		}),
		Parameters: &map[string]*string{"work_mem": jsii.String("8192")},
	})
	return &Foundation{Stack: stack, Network: network, Database: database}
}
