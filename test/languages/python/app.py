import os

from aws_cdk import App, Environment, Stack
from aws_cdk.aws_certificatemanager import Certificate
from org_prod_constructs import ImageRepository, ProductionWebService, SecureVpc, ServiceImage

env = Environment(account="111111111111", region="eu-central-1")
app = App()
registry = Stack(app, "registry", env=env)
images = ImageRepository(registry, "Images")

stack = Stack(app, "application", env=env)
network = SecureVpc(stack, "Network")
ProductionWebService(
    stack,
    "Web",
    network=network,
    image=ServiceImage.from_repository(images, tag="1.4.2"),
    certificate=Certificate.from_certificate_arn(
        stack, "Certificate", "arn:aws:acm:eu-central-1:111111111111:certificate/11111111-2222-3333-4444-555555555555"
    ),
    port=int(os.environ.get("PORT", "8080")),
)
app.synth()
