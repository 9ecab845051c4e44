"""Does one thing that the library refuses, by number."""

import sys

from aws_cdk import App, Duration, Environment, Stack
from aws_cdk.aws_certificatemanager import Certificate
from org_prod_constructs import (
    BackupPolicy,
    HardenedPostgres,
    ImageRepository,
    ProductionWebService,
    Rollout,
    SecureLoadBalancer,
    SecureVpc,
    ServiceImage,
    SubnetPlan,
    Waiver,
)

env = Environment(account="111111111111", region="eu-central-1")
app = App()
images = ImageRepository(Stack(app, "registry", env=env), "Images")
stack = Stack(app, "application", env=env)
network = SecureVpc(stack, "Network")
image = ServiceImage.from_repository(images, tag="1.4.2")
certificate = Certificate.from_certificate_arn(
    stack,
    "Certificate",
    "arn:aws:acm:eu-central-1:111111111111:certificate/11111111-2222-3333-4444-555555555555",
)

match sys.argv[1]:
    case "1":
        ProductionWebService(stack, "Web", network=network, image=image, certificate=certificate, port=70000)
    case "2":
        ProductionWebService(
            stack, "Web", network=network, image=image, certificate=certificate, rollout=Rollout.steps([50, 10, 100])
        )
    case "3":
        HardenedPostgres(stack, "Database", network=network, backup=BackupPolicy.daily(retention=Duration.days(40)))
    case "4":
        SecureVpc(
            stack,
            "Second",
            availability_zone_count=1,
            plan=SubnetPlan.blocks(
                cidr="10.1.0.0/16", public_blocks=["10.2.1.0/24"], application_blocks=["10.1.16.0/20"]
            ),
        )
    case "5":
        SecureLoadBalancer(stack, "Balancer", network=network, plain_http=Waiver(reason="for now"))
