"""
The resources of core.py written with CDK's L2s, resource for resource as near as they get. What L2s don't have
(the shift between target groups, its alarms, the firewall, the capacity of schedules) is written with L1s and escape hatches.
"""

import os
from typing import Optional

from aws_cdk import App, Aws, CfnCondition, Duration, Environment, Fn, RemovalPolicy, Stack
from aws_cdk import aws_applicationautoscaling as scaling
from aws_cdk import aws_backup as backup
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_rds as rds
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sns as sns
from aws_cdk import aws_ssm as ssm
from aws_cdk import aws_wafv2 as wafv2
from constructs import Construct

HOOK = os.environ["ROLLOUT_HOOK"]
CERTIFICATE = "arn:aws:acm:eu-central-1:111111111111:certificate/11111111-2222-3333-4444-555555555555"
WORLD = "0.0.0.0/0"
PUBLIC = ["10.0.1.0/24", "10.0.2.0/24"]
APPLICATION = ["10.0.16.0/20", "10.0.32.0/20"]
DATA = ["10.0.3.0/24", "10.0.4.0/24"]


def encrypted_logs(scope: Construct, id: str, days: logs.RetentionDays, name: Optional[str] = None) -> logs.LogGroup:
    key = kms.Key(scope, f"{id}Key", enable_key_rotation=True)
    key.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[iam.ServicePrincipal("logs.eu-central-1.amazonaws.com")],
            actions=["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
            resources=["*"],
            conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:eu-central-1:{Aws.ACCOUNT_ID}:log-group:{name or '*'}"}},
        )
    )
    return logs.LogGroup(scope, id, log_group_name=name, retention=days, encryption_key=key)


class RegistryStack(Stack):
    def __init__(self, scope: Construct, id: str, *, env: Environment) -> None:
        super().__init__(scope, id, env=env)
        self.web = self.repository("Web", 10)
        self.api = self.repository("Api", 20)

    def repository(self, id: str, kept: int) -> ecr.Repository:
        repository = ecr.Repository(
            self,
            id,
            encryption=ecr.RepositoryEncryption.KMS,
            encryption_key=kms.Key(self, f"{id}Key", enable_key_rotation=True),
            image_scan_on_push=True,
            image_tag_mutability=ecr.TagMutability.IMMUTABLE_WITH_EXCLUSION,
            image_tag_mutability_exclusion_filters=[ecr.ImageTagMutabilityExclusionFilter.wildcard("latest")],
            removal_policy=RemovalPolicy.RETAIN,
        )
        repository.add_lifecycle_rule(tag_status=ecr.TagStatus.UNTAGGED, max_image_age=Duration.days(30))
        repository.add_lifecycle_rule(tag_pattern_list=["live-*", "v*", "*.*.*"], max_image_count=1000, rule_priority=2)
        repository.add_lifecycle_rule(tag_status=ecr.TagStatus.ANY, max_image_count=kept)
        for track in ["staging", "production"]:
            ssm.StringParameter(
                self, f"{id}Released{track}", parameter_name=f"/registry-{id.lower()}/released/{track}", string_value="none"
            )
        return repository


class FoundationStack(Stack):
    def __init__(self, scope: Construct, id: str, *, env: Environment) -> None:
        super().__init__(scope, id, env=env)
        self.create_network()
        self.create_acls()
        self.create_flow_log()
        self.create_database()
        self.create_rotation()
        self.create_events()
        self.create_backups()

    def create_network(self) -> None:
        self.vpc = ec2.Vpc(
            self,
            "Vpc",
            ip_addresses=ec2.IpAddresses.cidr("10.0.0.0/16"),
            availability_zones=["eu-central-1a", "eu-central-1b"],
            restrict_default_security_group=False,
            subnet_configuration=[
                ec2.SubnetConfiguration(name="application", subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS, cidr_mask=20),
                ec2.SubnetConfiguration(name="public", subnet_type=ec2.SubnetType.PUBLIC, cidr_mask=24, map_public_ip_on_launch=False),
                ec2.SubnetConfiguration(name="data", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=24),
            ],
        )
        for tier, blocks in {"public": PUBLIC, "application": APPLICATION, "data": DATA}.items():
            for subnet, block in zip(self.vpc.select_subnets(subnet_group_name=tier).subnets, blocks):
                resource = subnet.node.default_child
                assert isinstance(resource, ec2.CfnSubnet)
                resource.cidr_block = block
        for name, service in {"S3": ec2.GatewayVpcEndpointAwsService.S3, "DynamoDb": ec2.GatewayVpcEndpointAwsService.DYNAMODB}.items():
            self.vpc.add_gateway_endpoint(name, service=service, subnets=[ec2.SubnetSelection(subnet_group_name="application")])

    def create_acls(self) -> None:
        into, out = ec2.TrafficDirection.INGRESS, ec2.TrafficDirection.EGRESS
        path_mtu = ec2.AclTraffic.icmp(type=3, code=4)

        def tcp(first: int, last: int) -> ec2.AclTraffic:
            return ec2.AclTraffic.tcp_port_range(first, last)

        entries: dict[str, list[tuple[ec2.TrafficDirection, str, ec2.AclTraffic]]] = {
            "public": [
                *[(into, WORLD, tcp(first, last)) for first, last in [(80, 80), (443, 443), (1024, 3388), (3390, 65535)]],
                *[(into, block, tcp(0, 65535)) for block in APPLICATION],
                (out, WORLD, tcp(0, 65535)),
                (into, WORLD, path_mtu),
                (out, WORLD, path_mtu),
            ],
            "application": [
                *[(into, block, tcp(0, 65535)) for block in PUBLIC + APPLICATION],
                (into, WORLD, tcp(32768, 60999)),
                (out, WORLD, tcp(0, 65535)),
                (into, WORLD, path_mtu),
                (out, WORLD, path_mtu),
            ],
            "data": [
                *[(into, block, tcp(1024, 65535)) for block in DATA],
                *[(out, block, tcp(1024, 65535)) for block in APPLICATION + DATA],
                *[(into, block, tcp(port, port)) for port in (5432, 3306, 6379) for block in APPLICATION],
                (into, "10.0.0.0/16", path_mtu),
                (out, "10.0.0.0/16", path_mtu),
            ],
        }
        for tier, rules in entries.items():
            acl = ec2.NetworkAcl(self, f"{tier}Acl", vpc=self.vpc, subnet_selection=ec2.SubnetSelection(subnet_group_name=tier))
            for index, (direction, cidr, traffic) in enumerate(rules):
                acl.add_entry(
                    f"Entry{index}",
                    rule_number=100 + index,
                    direction=direction,
                    cidr=ec2.AclCidr.ipv4(cidr),
                    traffic=traffic,
                    rule_action=ec2.Action.ALLOW,
                )

    def create_flow_log(self) -> None:
        self.vpc.add_flow_log(
            "FlowLog",
            destination=ec2.FlowLogDestination.to_cloud_watch_logs(encrypted_logs(self, "FlowLogs", logs.RetentionDays.ONE_MONTH)),
            traffic_type=ec2.FlowLogTrafficType.ALL,
        )

    def create_database(self) -> None:
        self.key = kms.Key(self, "DatabaseKey", enable_key_rotation=True)
        self.database_group = ec2.SecurityGroup(self, "DatabaseGroup", vpc=self.vpc, allow_all_outbound=False)
        self.parameters = rds.ParameterGroup(
            self,
            "Parameters",
            engine=rds.DatabaseInstanceEngine.postgres(version=rds.PostgresEngineVersion.VER_15),
            parameters={
                "rds.force_ssl": "1",
                "rds.accepted_password_auth_method": "scram",
                "password_encryption": "scram-sha-256",
                "shared_preload_libraries": "pg_stat_statements,pgaudit",
                "pgaudit.log": "ddl,role",
                "log_connections": "1",
                "log_disconnections": "1",
                "log_lock_waits": "1",
                "log_temp_files": "0",
                "idle_in_transaction_session_timeout": "300000",
                "log_min_duration_statement": "-1",
                "log_statement": "none",
                "log_min_error_statement": "panic",
                "log_error_verbosity": "terse",
                "work_mem": "8192",
            },
        )
        identifier = "foundation-database"
        server_logs = [
            logs.LogGroup(
                self, f"{log}Logs", log_group_name=f"/aws/rds/instance/{identifier}/{log}", retention=logs.RetentionDays.ONE_WEEK, encryption_key=self.key
            )
            for log in ["postgresql", "upgrade"]
        ]
        self.key.grant_encrypt_decrypt(iam.ServicePrincipal("logs.eu-central-1.amazonaws.com"))
        self.master = rds.DatabaseSecret(self, "Master", username="dbadmin", encryption_key=self.key)
        self.database = rds.DatabaseInstance(
            self,
            "Database",
            engine=rds.DatabaseInstanceEngine.postgres(version=rds.PostgresEngineVersion.VER_15),
            instance_identifier=identifier,
            instance_type=ec2.InstanceType.of(ec2.InstanceClass.T4G, ec2.InstanceSize.MEDIUM),
            credentials=rds.Credentials.from_secret(self.master),
            database_name="shop",
            vpc=self.vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_group_name="data"),
            security_groups=[self.database_group],
            parameter_group=self.parameters,
            multi_az=True,
            allocated_storage=100,
            max_allocated_storage=200,
            storage_type=rds.StorageType.GP3,
            storage_encrypted=True,
            storage_encryption_key=self.key,
            backup_retention=Duration.days(7),
            preferred_backup_window="02:00-03:00",
            preferred_maintenance_window="sun:05:30-sun:06:30",
            delete_automated_backups=False,
            deletion_protection=True,
            removal_policy=RemovalPolicy.RETAIN,
            copy_tags_to_snapshot=True,
            iam_authentication=True,
            monitoring_interval=Duration.seconds(60),
            enable_performance_insights=True,
            performance_insight_encryption_key=self.key,
            cloudwatch_logs_exports=["postgresql", "upgrade"],
            ca_certificate=rds.CaCertificate.RDS_CA_RSA2048_G1,
        )
        for group in server_logs:
            self.database.node.add_dependency(group)

    def create_rotation(self) -> None:
        self.application_user = rds.DatabaseSecret(
            self, "ApplicationUser", username="application", encryption_key=self.key, master_secret=self.master
        )
        self.application_user.attach(self.database)
        group = ec2.SecurityGroup(self, "RotationGroup", vpc=self.vpc, allow_all_outbound=False)
        group.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(443))
        self.database.connections.allow_from(group, ec2.Port.tcp(5432))
        subnets = ec2.SubnetSelection(subnet_group_name="application")
        for secret, rotation in {
            self.master: secretsmanager.HostedRotation.postgre_sql_single_user(
                function_name="foundation-master", vpc=self.vpc, vpc_subnets=subnets, security_groups=[group]
            ),
            self.application_user: secretsmanager.HostedRotation.postgre_sql_multi_user(
                function_name="foundation-application", vpc=self.vpc, vpc_subnets=subnets, security_groups=[group], master_secret=self.master
            ),
        }.items():
            secret.add_rotation_schedule(
                "Rotation", hosted_rotation=rotation, automatically_after=Duration.days(30), rotate_immediately_on_update=False
            )
            secret.deny_account_root_delete()

    def create_events(self) -> None:
        topic = sns.Topic(self, "Events", master_key=self.key, enforce_ssl=True)
        topic.grant_publish(iam.ServicePrincipal("events.rds.amazonaws.com"))
        for source, ids, categories in [
            ("db-instance", [self.database.instance_identifier], ["availability", "configuration change", "deletion", "failover", "failure", "low storage", "maintenance", "recovery"]),
            ("db-security-group", None, ["configuration change", "failure"]),
            ("db-parameter-group", [self.parameters.bind_to_instance().parameter_group_name], ["configuration change"]),
        ]:
            rds.CfnEventSubscription(
                self, f"{source}Events", sns_topic_arn=topic.topic_arn, enabled=True, source_type=source, source_ids=ids, event_categories=categories
            )

    def create_backups(self) -> None:
        vault = backup.BackupVault(self, "Vault", encryption_key=self.key, removal_policy=RemovalPolicy.RETAIN)
        plan = backup.BackupPlan(self, "Plan", backup_vault=vault)
        plan.add_rule(
            backup.BackupPlanRule(
                rule_name="Daily",
                schedule_expression=events.Schedule.cron(hour="3", minute="0"),
                start_window=Duration.hours(1),
                completion_window=Duration.hours(6),
                delete_after=Duration.days(30),
            )
        )
        plan.add_selection("Database", resources=[backup.BackupResource.from_rds_database_instance(self.database)])


class ApplicationStack(Stack):
    def __init__(self, scope: Construct, id: str, *, images: RegistryStack, foundation: FoundationStack, env: Environment) -> None:
        super().__init__(scope, id, env=env)
        self.vpc = foundation.vpc
        self.create_load_balancer()
        self.create_firewall()
        self.service("Web", 3000, "/*", 2, ecs.ContainerImage.from_ecr_repository(images.web, "1.4.2"), bake=10, most=8)
        released = ssm.StringParameter.value_for_string_parameter(self, "/registry-api/released/production")
        nothing = CfnCondition(self, "NothingReleased", expression=Fn.condition_equals(released, "none"))
        image = ecs.ContainerImage.from_registry(f"{images.api.repository_uri}:{Fn.condition_if(nothing.logical_id, 'latest', released).to_string()}")
        api, container, execution_role, group, cluster = self.service("Api", 4000, "/api/*", 1, image, bake=30, most=10)
        self.give_database(foundation, container, execution_role, group)
        self.give_secret(container, execution_role)
        self.scale_on_requests(api, cluster)
        self.replace_tasks(api, cluster)

    def create_load_balancer(self) -> None:
        bucket = s3.Bucket(
            self,
            "Logs",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            versioned=True,
            lifecycle_rules=[s3.LifecycleRule(expiration=Duration.days(90), noncurrent_version_expiration=Duration.days(1))],
            removal_policy=RemovalPolicy.RETAIN,
        )
        self.balancer_group = ec2.SecurityGroup(self, "BalancerGroup", vpc=self.vpc, allow_all_outbound=False)
        self.load_balancer = elb.ApplicationLoadBalancer(
            self,
            "Balancer",
            vpc=self.vpc,
            internet_facing=True,
            vpc_subnets=ec2.SubnetSelection(subnet_group_name="public"),
            security_group=self.balancer_group,
            deletion_protection=True,
            drop_invalid_header_fields=True,
            desync_mitigation_mode=elb.DesyncMitigationMode.DEFENSIVE,
        )
        self.load_balancer.log_access_logs(bucket, "access")
        self.load_balancer.log_connection_logs(bucket, "connections")
        certificate = acm.Certificate.from_certificate_arn(self, "Certificate", CERTIFICATE)
        self.listener, self.test_listener = [
            self.load_balancer.add_listener(
                f"Listener{port}",
                port=port,
                protocol=elb.ApplicationProtocol.HTTPS,
                open=port == 443,
                certificates=[certificate],
                ssl_policy=elb.SslPolicy.TLS13_13,
                default_action=elb.ListenerAction.fixed_response(404, content_type="text/plain", message_body="Not found"),
            )
            for port in (443, 8443)
        ]
        for listener in (self.listener, self.test_listener):
            resource = listener.node.default_child
            assert isinstance(resource, elb.CfnListener)
            resource.listener_attributes = [
                elb.CfnListener.ListenerAttributeProperty(key=f"routing.http.response.{key}", value=value)
                for key, value in {
                    "strict_transport_security.header_value": "max-age=31536000",
                    "x_content_type_options.header_value": "nosniff",
                    "x_frame_options.header_value": "SAMEORIGIN",
                    "server.enabled": "false",
                    "access_control_allow_origin.header_value": "https://shop.example.com",
                    "access_control_allow_methods.header_value": "GET,HEAD,POST,PUT",
                }.items()
            ]
        self.load_balancer.add_redirect()

    def create_firewall(self) -> None:
        def visible(name: str) -> wafv2.CfnWebACL.VisibilityConfigProperty:
            return wafv2.CfnWebACL.VisibilityConfigProperty(metric_name=name, cloud_watch_metrics_enabled=True, sampled_requests_enabled=True)

        managed = ["AmazonIpReputationList", "AnonymousIpList", "CommonRuleSet", "KnownBadInputsRuleSet", "SQLiRuleSet", "LinuxRuleSet"]
        acl = wafv2.CfnWebACL(
            self,
            "WebAcl",
            scope="REGIONAL",
            default_action=wafv2.CfnWebACL.DefaultActionProperty(allow=wafv2.CfnWebACL.AllowActionProperty()),
            visibility_config=visible("WebAcl"),
            rules=[
                wafv2.CfnWebACL.RuleProperty(
                    name="Rate",
                    priority=len(managed),
                    action=wafv2.CfnWebACL.RuleActionProperty(block=wafv2.CfnWebACL.BlockActionProperty()),
                    statement=wafv2.CfnWebACL.StatementProperty(
                        rate_based_statement=wafv2.CfnWebACL.RateBasedStatementProperty(limit=1000, evaluation_window_sec=60, aggregate_key_type="IP")
                    ),
                    visibility_config=visible("Rate"),
                ),
                *[
                    wafv2.CfnWebACL.RuleProperty(
                        name=name,
                        priority=index,
                        override_action=wafv2.CfnWebACL.OverrideActionProperty(none={}),
                        statement=wafv2.CfnWebACL.StatementProperty(
                            managed_rule_group_statement=wafv2.CfnWebACL.ManagedRuleGroupStatementProperty(vendor_name="AWS", name=f"AWSManagedRules{name}")
                        ),
                        visibility_config=visible(name),
                    )
                    for index, name in enumerate(managed)
                ],
            ],
        )
        wafv2.CfnWebACLAssociation(self, "WebAclAssociation", web_acl_arn=acl.attr_arn, resource_arn=self.load_balancer.load_balancer_arn)
        group = encrypted_logs(self, "WebAclLogs", logs.RetentionDays.ONE_MONTH, "aws-waf-logs-application")
        wafv2.CfnLoggingConfiguration(
            self,
            "WebAclLogging",
            resource_arn=acl.attr_arn,
            log_destination_configs=[f"arn:aws:logs:eu-central-1:{Aws.ACCOUNT_ID}:log-group:{group.log_group_name}"],
            redacted_fields=[
                wafv2.CfnLoggingConfiguration.FieldToMatchProperty(single_header={"Name": header}) for header in ("authorization", "cookie")
            ],
        )

    def service(
        self, id: str, port: int, path: str, priority: int, image: ecs.ContainerImage, *, bake: int, most: int
    ) -> tuple[ecs.FargateService, ecs.ContainerDefinition, iam.Role, ec2.SecurityGroup, ecs.Cluster]:
        cluster = ecs.Cluster(self, f"{id}Cluster", vpc=self.vpc, container_insights_v2=ecs.ContainerInsights.ENHANCED)
        tasks = iam.ServicePrincipal("ecs-tasks.amazonaws.com")
        execution_role = iam.Role(self, f"{id}ExecutionRole", assumed_by=tasks)
        task = ecs.FargateTaskDefinition(
            self,
            f"{id}Task",
            cpu=512,
            memory_limit_mib=1024,
            execution_role=execution_role,
            task_role=iam.Role(self, f"{id}TaskRole", assumed_by=tasks),
        )
        linux = ecs.LinuxParameters(self, f"{id}Linux", init_process_enabled=True)
        linux.drop_capabilities(ecs.Capability.ALL)
        linux.add_tmpfs(ecs.Tmpfs(container_path="/tmp", size=64))
        container = task.add_container(
            id.lower(),
            image=image,
            user="1000:1000",
            readonly_root_filesystem=True,
            linux_parameters=linux,
            stop_timeout=Duration.seconds(30),
            port_mappings=[ecs.PortMapping(container_port=port)],
            environment={"LOG_LEVEL": "info"},
            logging=ecs.LogDriver.aws_logs(log_group=encrypted_logs(self, f"{id}Logs", logs.RetentionDays.ONE_MONTH), stream_prefix=id.lower()),
        )
        group = ec2.SecurityGroup(self, f"{id}Group", vpc=self.vpc, allow_all_outbound=False)
        group.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(443))
        self.balancer_group.connections.allow_to(group, ec2.Port.tcp(port), "Load balancer to target")
        groups = [self.target_group(f"{id}{colour}", port) for colour in ("Blue", "Green")]
        rules = [self.rule(f"{id}Rule{index}", listener, path, priority, groups) for index, listener in enumerate((self.listener, self.test_listener))]
        shift_role = self.shift_role(id, groups, rules)
        alarms = self.alarms(id, groups)
        service = ecs.FargateService(
            self,
            id,
            cluster=cluster,
            task_definition=task,
            security_groups=[group],
            vpc_subnets=ec2.SubnetSelection(subnet_group_name="application"),
            min_healthy_percent=100,
            max_healthy_percent=200,
            circuit_breaker=ecs.DeploymentCircuitBreaker(enable=True, rollback=True),
            health_check_grace_period=Duration.seconds(60),
            enable_ecs_managed_tags=True,
            propagate_tags=ecs.PropagatedTagSource.SERVICE,
        )
        service.attach_to_application_target_group(groups[0])
        count = service.auto_scale_task_count(min_capacity=2, max_capacity=most)
        count.scale_on_cpu_utilization("Cpu", target_utilization_percent=70, scale_in_cooldown=Duration.seconds(300), scale_out_cooldown=Duration.seconds(60))
        count.scale_on_memory_utilization("Memory", target_utilization_percent=80, scale_in_cooldown=Duration.seconds(300), scale_out_cooldown=Duration.seconds(60))
        hook, invoker = self.hook(id, port, group, cluster)
        resource = service.node.default_child
        assert isinstance(resource, ecs.CfnService)
        resource.add_property_override(
            "DeploymentConfiguration",
            {
                "Strategy": "BLUE_GREEN",
                "BakeTimeInMinutes": bake,
                "Alarms": {"AlarmNames": alarms, "Enable": True, "Rollback": True},
                "LifecycleHooks": [{"HookTargetArn": hook.function_arn, "RoleArn": invoker.role_arn, "LifecycleStages": ["POST_SCALE_UP"]}],
            },
        )
        resource.add_property_override(
            "LoadBalancers.0.AdvancedConfiguration",
            {
                "AlternateTargetGroupArn": groups[1].target_group_arn,
                "ProductionListenerRule": rules[0].listener_rule_arn,
                "TestListenerRule": rules[1].listener_rule_arn,
                "RoleArn": shift_role.role_arn,
            },
        )
        return service, container, execution_role, group, cluster

    def target_group(self, id: str, port: int) -> elb.ApplicationTargetGroup:
        return elb.ApplicationTargetGroup(
            self,
            id,
            vpc=self.vpc,
            target_type=elb.TargetType.IP,
            protocol=elb.ApplicationProtocol.HTTP,
            port=port,
            deregistration_delay=Duration.seconds(30),
            health_check=elb.HealthCheck(
                path="/ready",
                interval=Duration.seconds(30),
                timeout=Duration.seconds(5),
                healthy_threshold_count=2,
                unhealthy_threshold_count=3,
            ),
        )

    def rule(
        self, id: str, listener: elb.ApplicationListener, path: str, priority: int, groups: list[elb.ApplicationTargetGroup]
    ) -> elb.ApplicationListenerRule:
        return elb.ApplicationListenerRule(
            self,
            id,
            listener=listener,
            priority=priority,
            conditions=[elb.ListenerCondition.path_patterns([path])],
            action=elb.ListenerAction.weighted_forward(
                [elb.WeightedTargetGroup(target_group=group, weight=weight) for group, weight in zip(groups, (1, 0))]
            ),
        )

    def shift_role(self, id: str, groups: list[elb.ApplicationTargetGroup], rules: list[elb.ApplicationListenerRule]) -> iam.Role:
        role = iam.Role(self, f"{id}ShiftRole", assumed_by=iam.ServicePrincipal("ecs.amazonaws.com"))
        role.add_to_policy(
            iam.PolicyStatement(
                actions=["elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"],
                resources=[group.target_group_arn for group in groups],
            )
        )
        role.add_to_policy(
            iam.PolicyStatement(
                actions=["elasticloadbalancing:ModifyListener", "elasticloadbalancing:ModifyRule"],
                resources=[self.listener.listener_arn, self.test_listener.listener_arn, *[rule.listener_rule_arn for rule in rules]],
            )
        )
        describe = ["DescribeListeners", "DescribeRules", "DescribeTargetGroups", "DescribeTargetHealth"]
        role.add_to_policy(iam.PolicyStatement(actions=[f"elasticloadbalancing:{action}" for action in describe], resources=["*"]))
        return role

    def alarms(self, id: str, groups: list[elb.ApplicationTargetGroup]) -> list[str]:
        minute = Duration.minutes(1)

        def metric(group: elb.ApplicationTargetGroup, name: str, statistic: str) -> cloudwatch.Metric:
            dimensions = {"LoadBalancer": self.load_balancer.load_balancer_full_name, "TargetGroup": group.target_group_full_name}
            return cloudwatch.Metric(
                namespace="AWS/ApplicationELB", metric_name=name, dimensions_map=dimensions, statistic=statistic, period=minute
            )

        def alarm(kind: str, expression: cloudwatch.MathExpression, threshold: float, minutes: int, below: bool = False) -> str:
            comparison = cloudwatch.ComparisonOperator
            return cloudwatch.Alarm(
                self,
                f"{id}{kind}",
                alarm_name=f"application-{id.lower()}-{kind.lower()}",
                metric=expression,
                threshold=threshold,
                evaluation_periods=minutes,
                datapoints_to_alarm=minutes,
                comparison_operator=comparison.LESS_THAN_THRESHOLD if below else comparison.GREATER_THAN_THRESHOLD,
                treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            ).alarm_name

        shares = {
            f"share{index}": cloudwatch.MathExpression(
                expression=f"IF(FILL(a{index},0)>0,FILL(f{index},0)/FILL(a{index},0),0)",
                using_metrics={f"a{index}": metric(group, "RequestCount", "Sum"), f"f{index}": metric(group, "HTTPCode_Target_5XX_Count", "Sum")},
                period=minute,
            )
            for index, group in enumerate(groups)
        }
        slow = {f"group{index}": metric(group, "TargetResponseTime", "p90") for index, group in enumerate(groups)}
        sick = {
            f"group{index}": cloudwatch.MathExpression(
                expression=f"100*u{index}/(u{index}+h{index})",
                using_metrics={f"u{index}": metric(group, "UnHealthyHostCount", "Maximum"), f"h{index}": metric(group, "HealthyHostCount", "Minimum")},
                period=minute,
            )
            for index, group in enumerate(groups)
        }
        worst = "MAX([group0,group1])"
        return [
            alarm("SuccessRate", cloudwatch.MathExpression(expression="100*(1-MAX([share0,share1]))", using_metrics=dict(shares), period=minute), 99.5, 2, True),
            alarm("ResponseTime", cloudwatch.MathExpression(expression=worst, using_metrics=dict(slow), period=minute), 2, 3),
            alarm("UnhealthyTargets", cloudwatch.MathExpression(expression=worst, using_metrics=dict(sick), period=minute), 50, 3),
        ]

    def hook(self, id: str, port: int, group: ec2.SecurityGroup, cluster: ecs.Cluster) -> tuple[lambda_.Function, iam.Role]:
        hook_group = ec2.SecurityGroup(self, f"{id}HookGroup", vpc=self.vpc, allow_all_outbound=False)
        hook_group.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(443))
        hook_group.connections.allow_to(group, ec2.Port.tcp(port), "Verification of new versions")
        role = iam.Role(self, f"{id}HookRole", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        role.add_to_policy(
            iam.PolicyStatement(
                actions=["ecs:DescribeServiceDeployments", "ecs:DescribeServiceRevisions", "ecs:DescribeTasks", "ecs:ListTasks"],
                resources=["*"],
                conditions={"ArnEqualsIfExists": {"ecs:cluster": cluster.cluster_arn}},
            )
        )
        function = lambda_.Function(
            self,
            f"{id}Hook",
            runtime=lambda_.Runtime.NODEJS_22_X,
            architecture=lambda_.Architecture.ARM_64,
            handler="index.handler",
            code=lambda_.Code.from_asset(HOOK),
            role=role,
            vpc=self.vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_group_name="application"),
            security_groups=[hook_group],
            log_group=encrypted_logs(self, f"{id}HookLogs", logs.RetentionDays.ONE_MONTH),
            timeout=Duration.minutes(1),
            environment={"ROLLOUT_PLAN": f'{{"port":{port}}}'},
        )
        invoker = iam.Role(self, f"{id}HookInvoker", assumed_by=iam.ServicePrincipal("ecs.amazonaws.com"))
        function.grant_invoke(invoker)
        return function, invoker

    def give_database(self, foundation: FoundationStack, container: ecs.ContainerDefinition, role: iam.Role, group: ec2.SecurityGroup) -> None:
        database = foundation.database
        secret = secretsmanager.Secret.from_secret_complete_arn(self, "DatabaseSecret", foundation.application_user.secret_arn)
        for name, value in {"HOST": database.db_instance_endpoint_address, "PORT": "5432", "NAME": "shop", "SSL_MODE": "verify-full"}.items():
            container.add_environment(f"DB_{name}", value)
        for name, field in {"USER": "username", "PASSWORD": "password"}.items():
            container.add_secret(f"DB_{name}", ecs.Secret.from_secrets_manager(secret, field))
        role.add_to_policy(iam.PolicyStatement(actions=["kms:Decrypt"], resources=[foundation.key.key_arn]))
        database_group = ec2.SecurityGroup.from_security_group_id(self, "DatabaseGroup", foundation.database_group.security_group_id)
        group.connections.allow_to(database_group, ec2.Port.tcp(5432), "Database")

    def give_secret(self, container: ecs.ContainerDefinition, role: iam.Role) -> None:
        key = kms.Key(self, "SecretsKey", enable_key_rotation=True)
        secret = secretsmanager.Secret(
            self,
            "JwtSecret",
            encryption_key=key,
            generate_secret_string=secretsmanager.SecretStringGenerator(exclude_punctuation=True, password_length=64),
        )
        secret.grant_read(role)
        container.add_secret("JWT_SECRET", ecs.Secret.from_secrets_manager(secret))

    def scale_on_requests(self, service: ecs.FargateService, cluster: ecs.Cluster) -> None:
        scaling.CfnScalingPolicy(
            self,
            "ApiRequests",
            policy_name="application-api-requests",
            policy_type="TargetTrackingScaling",
            resource_id=f"service/{cluster.cluster_name}/{service.service_name}",
            scalable_dimension="ecs:service:DesiredCount",
            service_namespace="ecs",
            target_tracking_scaling_policy_configuration=scaling.CfnScalingPolicy.TargetTrackingScalingPolicyConfigurationProperty(
                target_value=600,
                scale_in_cooldown=300,
                scale_out_cooldown=60,
                predefined_metric_specification=scaling.CfnScalingPolicy.PredefinedMetricSpecificationProperty(
                    predefined_metric_type="ECSServiceAverageCPUUtilization"
                ),
            ),
        )

    def replace_tasks(self, service: ecs.FargateService, cluster: ecs.Cluster) -> None:
        role = iam.Role(self, "ReplacementRole", assumed_by=iam.ServicePrincipal("scheduler.amazonaws.com"))
        role.add_to_policy(iam.PolicyStatement(actions=["ecs:UpdateService"], resources=[service.service_arn]))
        scheduler.CfnSchedule(
            self,
            "Replacement",
            schedule_expression="rate(7 days)",
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn="arn:aws:scheduler:::aws-sdk:ecs:updateService",
                role_arn=role.role_arn,
                input=f'{{"Cluster":"{cluster.cluster_name}","Service":"{service.service_name}","ForceNewDeployment":true}}',
            ),
        )


app = App()
env = Environment(account="111111111111", region="eu-central-1")
images = RegistryStack(app, "registry", env=env)
foundation = FoundationStack(app, "foundation", env=env)
ApplicationStack(app, "application", images=images, foundation=foundation, env=env)
app.synth()
