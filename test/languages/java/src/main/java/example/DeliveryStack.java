package example;

import java.util.List;
import java.util.Map;
import org.prodconstructs.BlueGreenPipeline;
import org.prodconstructs.CodeConnectionProps;
import org.prodconstructs.DeployStage;
import org.prodconstructs.DockerBuildProps;
import org.prodconstructs.ImageBuild;
import org.prodconstructs.Migration;
import org.prodconstructs.MigrationOptions;
import org.prodconstructs.PipelineSource;
import org.prodconstructs.ProductionStageProps;
import org.prodconstructs.Waiver;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.constructs.Construct;

/** How a release of the API comes about; the website is another team's, which declares its image. */
final class DeliveryStack extends Stack {
    private static final String CONNECTION =
            "arn:aws:codeconnections:eu-central-1:111111111111:connection/11111111-2222-3333-4444-555555555555";

    DeliveryStack(final Construct scope, final String id, final StackProps props, final RegistryStack images,
            final FoundationStack foundation, final ApplicationStack application) {
        super(scope, id, props);
        var api = application.api();
        BlueGreenPipeline.Builder.create(this, "Pipeline")
                .source(PipelineSource.codeConnection(CodeConnectionProps.builder()
                        .connectionArn(CONNECTION)
                        .repository("org/shop")
                        .build()))
                .images(List.of(ImageBuild.docker(DockerBuildProps.builder()
                        .repository(images.api())
                        .directory("api")
                        .buildArguments(Map.of("NODE_VERSION", "24", "BASE", "alpine"))
                        .build())))
                .stages(List.of(DeployStage.production(ProductionStageProps.builder()
                        .services(List.of(api))
                        .migrations(List.of(Migration.command(api, List.of("npm", "run", "migration:run"),
                                MigrationOptions.builder()
                                        .plan(List.of("npm", "run", "migration:show"))
                                        .planInternetAccess(Waiver.builder()
                                                .reason("The image comes through the NAT gateway.")
                                                .build())
                                        .build())))
                        .snapshot(foundation.database())
                        .monitoringTime(Duration.minutes(30))
                        .build())))
                .alertRouting(application.routing())
                .build();
    }
}
