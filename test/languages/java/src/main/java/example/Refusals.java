package example;

import java.util.List;
import org.prodconstructs.BackupPolicy;
import org.prodconstructs.BackupPolicyProps;
import org.prodconstructs.DeclaredImageProps;
import org.prodconstructs.HardenedPostgres;
import org.prodconstructs.ImageRepository;
import org.prodconstructs.ProductionWebService;
import org.prodconstructs.Rollout;
import org.prodconstructs.SecureLoadBalancer;
import org.prodconstructs.SecureVpc;
import org.prodconstructs.ServiceImage;
import org.prodconstructs.SubnetPlan;
import org.prodconstructs.SubnetPlanBlocks;
import org.prodconstructs.Waiver;
import software.amazon.awscdk.App;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Environment;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.amazon.awscdk.services.certificatemanager.Certificate;

/** Does one thing that the library refuses, by number. */
public final class Refusals {
    private Refusals() {
    }

    public static void main(final String[] args) {
        var props = StackProps.builder()
                .env(Environment.builder().account("111111111111").region("eu-central-1").build())
                .build();
        var app = new App();
        var images = new ImageRepository(new Stack(app, "registry", props), "Images");
        var stack = new Stack(app, "application", props);
        var network = new SecureVpc(stack, "Network");
        var web = ProductionWebService.Builder.create(stack, "Web")
                .network(network)
                .image(ServiceImage.fromRepository(images, DeclaredImageProps.builder().tag("1.4.2").build()))
                .certificate(Certificate.fromCertificateArn(stack, "Certificate",
                        "arn:aws:acm:eu-central-1:111111111111:certificate/11111111-2222-3333-4444-555555555555"));

        switch (args[0]) {
            case "1" -> web.port(70000).build();
            case "2" -> web.rollout(Rollout.steps(List.of(50, 10, 100))).build();
            case "3" -> HardenedPostgres.Builder.create(stack, "Database")
                    .network(network)
                    .backup(BackupPolicy.daily(BackupPolicyProps.builder().retention(Duration.days(40)).build()))
                    .build();
            case "4" -> SecureVpc.Builder.create(stack, "Second")
                    .availabilityZoneCount(1)
                    .plan(SubnetPlan.blocks(SubnetPlanBlocks.builder()
                            .cidr("10.1.0.0/16")
                            .publicBlocks(List.of("10.2.1.0/24"))
                            .applicationBlocks(List.of("10.1.16.0/20"))
                            .build()))
                    .build();
            case "5" -> SecureLoadBalancer.Builder.create(stack, "Balancer")
                    .network(network)
                    .plainHttp(Waiver.builder().reason("for now").build())
                    .build();
            default -> { }
        }
    }
}
