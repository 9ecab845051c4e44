package example;

import org.prodconstructs.ImageRepository;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.constructs.Construct;

/** Deployed first: images exist before services do. */
final class RegistryStack extends Stack {
    private final ImageRepository web;
    private final ImageRepository api;

    RegistryStack(final Construct scope, final String id, final StackProps props) {
        super(scope, id, props);
        web = new ImageRepository(this, "Web");
        api = ImageRepository.Builder.create(this, "Api").keepImages(20).build();
    }

    ImageRepository web() {
        return web;
    }

    ImageRepository api() {
        return api;
    }
}
