package example;

import java.util.List;
import java.util.Map;
import org.prodconstructs.BackupPolicy;
import org.prodconstructs.BackupPolicyProps;
import org.prodconstructs.HardenedPostgres;
import org.prodconstructs.PostgresCapacity;
import org.prodconstructs.PostgresInstanceProps;
import org.prodconstructs.SecureVpc;
import org.prodconstructs.SubnetPlan;
import org.prodconstructs.SubnetPlanBlocks;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.amazon.awscdk.services.ec2.InstanceClass;
import software.amazon.awscdk.services.ec2.InstanceSize;
import software.amazon.awscdk.services.ec2.InstanceType;
import software.amazon.awscdk.services.rds.PostgresEngineVersion;
import software.constructs.Construct;

/** What outlives every release: addresses and data. */
final class FoundationStack extends Stack {
    private final SecureVpc network;
    private final HardenedPostgres database;

    FoundationStack(final Construct scope, final String id, final StackProps props) {
        super(scope, id, props);
        network = SecureVpc.Builder.create(this, "Network")
                .availabilityZones(List.of("eu-central-1a", "eu-central-1b"))
                .plan(SubnetPlan.blocks(SubnetPlanBlocks.builder()
                        .cidr("10.0.0.0/16")
                        .publicBlocks(List.of("10.0.1.0/24", "10.0.2.0/24"))
                        .applicationBlocks(List.of("10.0.16.0/20", "10.0.32.0/20"))
                        .dataBlocks(List.of("10.0.3.0/24", "10.0.4.0/24"))
                        .build()))
                .build();
        database = HardenedPostgres.Builder.create(this, "Database")
                .network(network)
                .databaseName("shop")
                .capacity(PostgresCapacity.instance(PostgresInstanceProps.builder()
                        .version(PostgresEngineVersion.VER_15)
                        .instanceType(InstanceType.of(InstanceClass.T4G, InstanceSize.MEDIUM))
                        .storageGiB(100)
                        .build()))
                .backup(BackupPolicy.daily(BackupPolicyProps.builder()
                        .window("02:00-03:00")
                        .retention(Duration.days(7))
                        .build()))
                .parameters(Map.of("work_mem", "8192"))
                .build();
    }

    SecureVpc network() {
        return network;
    }

    HardenedPostgres database() {
        return database;
    }
}
