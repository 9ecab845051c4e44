package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/org/prod-constructs-go/prodconstructs"
)

// Registry is deployed first: images exist before services do.
type Registry struct {
	awscdk.Stack
	Web prodconstructs.ImageRepository
	Api prodconstructs.ImageRepository
}

func NewRegistry(scope constructs.Construct, id string, props *awscdk.StackProps) *Registry {
	stack := awscdk.NewStack(scope, jsii.String(id), props)
	return &Registry{
		Stack: stack,
		Web:   prodconstructs.NewImageRepository(stack, jsii.String("Web"), nil),
		Api: prodconstructs.NewImageRepository(stack, jsii.String("Api"), &prodconstructs.ImageRepositoryProps{
			KeepImages: jsii.Number(20),
		}),
	}
}
