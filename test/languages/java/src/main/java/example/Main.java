package example;

import software.amazon.awscdk.App;
import software.amazon.awscdk.Environment;
import software.amazon.awscdk.StackProps;

public final class Main {
    private Main() {
    }

    public static void main(final String[] args) {
        var app = new App();
        var props = StackProps.builder()
                .env(Environment.builder().account("111111111111").region("eu-central-1").build())
                .build();
        var images = new RegistryStack(app, "registry", props);
        var foundation = new FoundationStack(app, "foundation", props);
        var application = new ApplicationStack(app, "application", props, images, foundation);
        new DeliveryStack(app, "delivery", props, images, foundation, application);
        app.synth();
    }
}
