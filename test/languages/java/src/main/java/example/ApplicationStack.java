package example;

import java.util.List;
import java.util.Map;
import org.prodconstructs.AlarmOverride;
import org.prodconstructs.AlarmOverrideProps;
import org.prodconstructs.AlertChannel;
import org.prodconstructs.AlertRouting;
import org.prodconstructs.BlueGreenProps;
import org.prodconstructs.CorsProps;
import org.prodconstructs.DeclaredImageProps;
import org.prodconstructs.Domain;
import org.prodconstructs.DomainProps;
import org.prodconstructs.GoldenSignalAlarms;
import org.prodconstructs.LogMetric;
import org.prodconstructs.OperationsDashboard;
import org.prodconstructs.ProductionWebService;
import org.prodconstructs.ResponseHeaders;
import org.prodconstructs.Rollout;
import org.prodconstructs.Route;
import org.prodconstructs.SecureLoadBalancer;
import org.prodconstructs.ServiceImage;
import org.prodconstructs.ServiceObjective;
import org.prodconstructs.ServiceScaling;
import org.prodconstructs.ServiceSecret;
import org.prodconstructs.SlackChannelProps;
import org.prodconstructs.SmokeTest;
import org.prodconstructs.SmokeTestProps;
import org.prodconstructs.StepsProps;
import org.prodconstructs.TargetTrackingProps;
import org.prodconstructs.TlsPolicy;
import org.prodconstructs.WebHealthCheck;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.amazon.awscdk.services.certificatemanager.Certificate;
import software.amazon.awscdk.services.logs.FilterPattern;
import software.constructs.Construct;

/** What a release replaces, and who is told how it does. */
final class ApplicationStack extends Stack {
    private static final String CERTIFICATE =
            "arn:aws:acm:eu-central-1:111111111111:certificate/11111111-2222-3333-4444-555555555555";

    private final ProductionWebService api;
    private final AlertRouting routing;

    ApplicationStack(final Construct scope, final String id, final StackProps props, final RegistryStack images,
            final FoundationStack foundation) {
        super(scope, id, props);
        var network = foundation.network();
        var loadBalancer = SecureLoadBalancer.Builder.create(this, "Balancer")
                .network(network)
                .domains(List.of(Domain.of("shop.example.com", DomainProps.builder()
                        .certificate(Certificate.fromCertificateArn(this, "Certificate", CERTIFICATE))
                        .build())))
                .tlsPolicy(TlsPolicy.TLS_1_3)
                .responseHeaders(ResponseHeaders.builder()
                        .hstsMaxAge(Duration.days(365))
                        .cors(CorsProps.builder()
                                .allowOrigins(List.of("https://shop.example.com"))
                                .allowMethods(List.of("PUT"))
                                .build())
                        .build())
                .build();
        var web = ProductionWebService.Builder.create(this, "Web")
                .network(network)
                .loadBalancer(loadBalancer)
                .route(Route.path("/*"))
                .image(ServiceImage.fromRepository(images.web(), DeclaredImageProps.builder().tag("1.4.2").build()))
                .port(3000)
                .rollout(Rollout.steps(List.of(10, 50, 100),
                        StepsProps.builder().stepBakeTime(Duration.minutes(5)).build()))
                .smokeTest(SmokeTest.http("/", SmokeTestProps.builder().verifyFor(Duration.minutes(3)).build()))
                .build();
        api = ProductionWebService.Builder.create(this, "Api")
                .network(network)
                .loadBalancer(loadBalancer)
                .route(Route.path("/api/*"))
                .image(ServiceImage.released(images.api()))
                .port(4000)
                .environment(Map.of("NODE_ENV", "production", "LOG_LEVEL", "info"))
                .secrets(List.of(ServiceSecret.generated("JWT_SECRET")))
                .backingServices(List.of(foundation.database()))
                .healthCheck(WebHealthCheck.builder().path("/ready").interval(Duration.seconds(30)).build())
                .rollout(Rollout.blueGreen(BlueGreenProps.builder().bakeTime(Duration.minutes(30)).build()))
                .smokeTest(SmokeTest.all(List.of(
                        SmokeTest.http("/health"),
                        SmokeTest.http("/api/items", SmokeTestProps.builder().expectedStatus(401).build()))))
                .scaling(ServiceScaling.targetTracking(TargetTrackingProps.builder()
                        .minTasks(2)
                        .maxTasks(10)
                        .requestsPerMinute(600)
                        .build()))
                .build();

        var slack = AlertChannel.slack(SlackChannelProps.builder()
                .workspaceId("T012ABCDEFG")
                .channelId("C012ABCDEFG")
                .build());
        var onCall = AlertChannel.email("on-call@example.com");
        routing = AlertRouting.Builder.create(this, "Alerts")
                .onCritical(List.of(onCall))
                .onError(List.of(onCall, slack))
                .onWarning(List.of(slack))
                .build();
        var signals = GoldenSignalAlarms.Builder.create(this, "Signals")
                .services(List.of(web, api))
                .databases(List.of(foundation.database()))
                .alertRouting(routing)
                .objectives(List.of(ServiceObjective.availability(99.9)))
                .overrides(List.of(AlarmOverride.of("Api/service-cpu",
                        AlarmOverrideProps.builder().warningThreshold(75).errorThreshold(90).build())))
                .dashboard(false)
                .build();
        var created = LogMetric.Builder.create(this, "ItemsCreated")
                .logGroup(api.getLogGroup())
                .pattern(FilterPattern.stringValue("$.event", "=", "item.created"))
                .build();
        OperationsDashboard.Builder.create(this, "Dashboard")
                .signals(signals)
                .business(List.of(created.metric()))
                .build();
    }

    ProductionWebService api() {
        return api;
    }

    AlertRouting routing() {
        return routing;
    }
}
