package example;

import org.prodconstructs.DeclaredImageProps;
import org.prodconstructs.ImageRepository;
import org.prodconstructs.ProductionWebService;
import org.prodconstructs.SecureVpc;
import org.prodconstructs.ServiceImage;
import software.amazon.awscdk.App;
import software.amazon.awscdk.Environment;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.amazon.awscdk.services.certificatemanager.Certificate;

public final class Main {
    public static void main(final String[] args) {
        var props = StackProps.builder()
                .env(Environment.builder().account("111111111111").region("eu-central-1").build())
                .build();
        var app = new App();
        var registry = new Stack(app, "registry", props);
        var images = new ImageRepository(registry, "Images");

        var stack = new Stack(app, "application", props);
        var network = new SecureVpc(stack, "Network");
        ProductionWebService.Builder.create(stack, "Web")
                .network(network)
                .image(ServiceImage.fromRepository(images, DeclaredImageProps.builder().tag("1.4.2").build()))
                .certificate(Certificate.fromCertificateArn(stack, "Certificate",
                        "arn:aws:acm:eu-central-1:111111111111:certificate/11111111-2222-3333-4444-555555555555"))
                .port(Integer.parseInt(System.getenv().getOrDefault("PORT", "8080")))
                .build();
        app.synth();
    }
}
