from aws_cdk import App, Duration, Environment, Stack
from aws_cdk.aws_certificatemanager import Certificate
from aws_cdk.aws_ec2 import InstanceClass, InstanceSize, InstanceType
from aws_cdk.aws_logs import FilterPattern
from aws_cdk.aws_rds import PostgresEngineVersion
from constructs import Construct
from org_prod_constructs import (
    AlarmOverride,
    AlertChannel,
    AlertRouting,
    BackupPolicy,
    BlueGreenPipeline,
    CorsProps,
    DeployStage,
    Domain,
    GoldenSignalAlarms,
    HardenedPostgres,
    ImageBuild,
    ImageRepository,
    LogMetric,
    Migration,
    OperationsDashboard,
    PipelineSource,
    PostgresCapacity,
    ProductionWebService,
    ResponseHeaders,
    Rollout,
    Route,
    SecureLoadBalancer,
    SecureVpc,
    ServiceImage,
    ServiceObjective,
    ServiceScaling,
    ServiceSecret,
    SmokeTest,
    SubnetPlan,
    TlsPolicy,
    Waiver,
    WebHealthCheck,
)

CERTIFICATE = "arn:aws:acm:eu-central-1:111111111111:certificate/11111111-2222-3333-4444-555555555555"
CONNECTION = "arn:aws:codeconnections:eu-central-1:111111111111:connection/11111111-2222-3333-4444-555555555555"


class RegistryStack(Stack):
    """Deployed first: images exist before services do."""

    def __init__(self, scope: Construct, id: str, *, env: Environment) -> None:
        super().__init__(scope, id, env=env)
        self.web = ImageRepository(self, "Web")
        self.api = ImageRepository(self, "Api", keep_images=20)


class FoundationStack(Stack):
    """What outlives every release: addresses and data."""

    def __init__(self, scope: Construct, id: str, *, env: Environment) -> None:
        super().__init__(scope, id, env=env)
        self.network = SecureVpc(
            self,
            "Network",
            availability_zones=["eu-central-1a", "eu-central-1b"],
            plan=SubnetPlan.blocks(
                cidr="10.0.0.0/16",
                public_blocks=["10.0.1.0/24", "10.0.2.0/24"],
                application_blocks=["10.0.16.0/20", "10.0.32.0/20"],
                data_blocks=["10.0.3.0/24", "10.0.4.0/24"],
            ),
        )
        self.database = HardenedPostgres(
            self,
            "Database",
            network=self.network,
            database_name="shop",
            capacity=PostgresCapacity.instance(
                version=PostgresEngineVersion.VER_15,
                instance_type=InstanceType.of(InstanceClass.T4G, InstanceSize.MEDIUM),
                storage_gib=100,
            ),
            backup=BackupPolicy.daily(window="02:00-03:00", retention=Duration.days(7)),
            parameters={"work_mem": "8192"},
        )


class ApplicationStack(Stack):
    """What a release replaces, and who is told how it does."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        images: RegistryStack,
        foundation: FoundationStack,
        env: Environment,
    ) -> None:
        super().__init__(scope, id, env=env)
        network = foundation.network
        load_balancer = SecureLoadBalancer(
            self,
            "Balancer",
            network=network,
            domains=[
                Domain.of(
                    "shop.example.com",
                    certificate=Certificate.from_certificate_arn(self, "Certificate", CERTIFICATE),
                ),
            ],
            tls_policy=TlsPolicy.TLS_1_3,
            response_headers=ResponseHeaders(
                hsts_max_age=Duration.days(365),
                cors=CorsProps(allow_origins=["https://shop.example.com"], allow_methods=["PUT"]),
            ),
        )
        web = ProductionWebService(
            self,
            "Web",
            network=network,
            load_balancer=load_balancer,
            route=Route.path("/*"),
            image=ServiceImage.from_repository(images.web, tag="1.4.2"),
            port=3000,
            rollout=Rollout.steps([10, 50, 100], step_bake_time=Duration.minutes(5)),
            smoke_test=SmokeTest.http("/", verify_for=Duration.minutes(3)),
        )
        self.api = ProductionWebService(
            self,
            "Api",
            network=network,
            load_balancer=load_balancer,
            route=Route.path("/api/*"),
            image=ServiceImage.released(images.api),
            port=4000,
            environment={"NODE_ENV": "production", "LOG_LEVEL": "info"},
            secrets=[ServiceSecret.generated("JWT_SECRET")],
            backing_services=[foundation.database],
            health_check=WebHealthCheck(path="/ready", interval=Duration.seconds(30)),
            rollout=Rollout.blue_green(bake_time=Duration.minutes(30)),
            smoke_test=SmokeTest.all([SmokeTest.http("/health"), SmokeTest.http("/api/items", expected_status=401)]),
            scaling=ServiceScaling.target_tracking(min_tasks=2, max_tasks=10, requests_per_minute=600),
        )

        slack = AlertChannel.slack(workspace_id="T012ABCDEFG", channel_id="C012ABCDEFG")
        on_call = AlertChannel.email("on-call@example.com")
        self.routing = AlertRouting(
            self, "Alerts", on_critical=[on_call], on_error=[on_call, slack], on_warning=[slack]
        )
        signals = GoldenSignalAlarms(
            self,
            "Signals",
            services=[web, self.api],
            databases=[foundation.database],
            alert_routing=self.routing,
            objectives=[ServiceObjective.availability(99.9)],
            overrides=[AlarmOverride.of("Api/service-cpu", warning_threshold=75, error_threshold=90)],
            dashboard=False,
        )
        created = LogMetric(
            self,
            "ItemsCreated",
            log_group=self.api.log_group,
            pattern=FilterPattern.string_value("$.event", "=", "item.created"),
        )
        OperationsDashboard(self, "Dashboard", signals=signals, business=[created.metric()])


class DeliveryStack(Stack):
    """How a release of the API comes about; the website is another team's, which declares its image."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        images: RegistryStack,
        foundation: FoundationStack,
        application: ApplicationStack,
        env: Environment,
    ) -> None:
        super().__init__(scope, id, env=env)
        BlueGreenPipeline(
            self,
            "Pipeline",
            source=PipelineSource.code_connection(connection_arn=CONNECTION, repository="org/shop"),
            images=[
                ImageBuild.docker(
                    repository=images.api, directory="api", build_arguments={"NODE_VERSION": "24", "BASE": "alpine"}
                )
            ],
            stages=[
                DeployStage.production(
                    services=[application.api],
                    migrations=[
                        Migration.command(
                            application.api,
                            ["npm", "run", "migration:run"],
                            plan=["npm", "run", "migration:show"],
                            plan_internet_access=Waiver(reason="The image comes through the NAT gateway."),
                        )
                    ],
                    snapshot=foundation.database,
                    monitoring_time=Duration.minutes(30),
                )
            ],
            alert_routing=application.routing,
        )


app = App()
env = Environment(account="111111111111", region="eu-central-1")
images = RegistryStack(app, "registry", env=env)
foundation = FoundationStack(app, "foundation", env=env)
application = ApplicationStack(app, "application", images=images, foundation=foundation, env=env)
DeliveryStack(app, "delivery", images=images, foundation=foundation, application=application, env=env)
app.synth()
