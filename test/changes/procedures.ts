/** Procedures of what AWS leaves no other way for, by the rule that finds it. A row may tell a better one. */
export const PROCEDURES: { readonly [rule: string]: string } = {
  'retained-name': 'What was retained keeps its name. Take it back by `cdk deploy --import-existing-resources`, or delete it first '
    + '([what is retained](operate.md#take-back-what-was-retained)).',
  'path-removed': 'What still uses it is cut: move it away first.',
  'executions-terminated': 'Stop releases first, and wait until none runs: '
    + '`aws stepfunctions list-executions --state-machine-arn MACHINE --status-filter RUNNING`.',
  'pipeline-executions-cancelled': 'Deploy while no execution runs or waits for an approval. Start a cancelled one anew '
    + '(`aws codepipeline start-pipeline-execution`).',
  'fewer-tasks-at-most': 'Compare with the largest number of tasks of the last weeks first (`RunningTaskCount`).',
  'tasks-end-by-schedule': 'Agree with those who use it at these hours. `nightPause` is for environments that nobody needs then.',
  'stricter-tls': 'Read in the access log first which clients connect by other versions and ciphers (`ssl_protocol`, `ssl_cipher`).',
  'default-certificate-exchanged': 'Let the new certificate cover all names of the former one, or leave the former one beside it '
    + '([domains](service.md#domains)).',
  'browsers-refuse-more': 'Try every page and caller with it in staging first.',
  'shorter-patience': 'Let it be longer than the slowest request and the longest silence of a connection.',
  'more-requests-blocked': 'Let rules count first, and read in the log whom they would block ([firewall](firewall.md)).',
  'firewall-before-what-runs': 'Let its rules count first, and read in the log whom they would block. After a rollback, give the resource its '
    + 'former firewall again: `aws wafv2 associate-web-acl --web-acl-arn FORMER --resource-arn RESOURCE`.',
  'firewall-taken-away': 'Requests are no longer filtered: put another filter before it first.',
  'endpoint-admits-less': 'Find the callers first (`vpcEndpointId` in CloudTrail), and name what they need in `trustedAccounts` or `openBuckets`.',
  'addresses-of-a-region': 'Ask AWS to raise the quota of Elastic IP addresses first.',
  'another-public-address': 'Tell partners that list your addresses. Where the network has a stack of its own, deploy it alone first, and the services '
    + 'when partners have listed the new address ([add a zone](network.md#add-a-zone)).',
  'namespace-replaced': 'Create a second cluster with the new name, and move services one by one.',
  'unique-service-connect-name': 'Move to [a second service](service.md#move-to-a-second-service) with another `discoveryName`, and then the callers '
    + '([discovery](service.md#discovery)).',
  'place-removed': 'Move everything out first.',
  'traffic-removed': 'Move clients to another address first.',
  'service-removed': 'Move clients to another service first.',
  'parts-of-a-path-changed': 'What still uses it is cut: move it away first.',
  'path-changed': 'Open connections are cut once, and clients connect anew: choose a quiet hour.',
  'database-restarts': 'Choose a quiet hour: clients connect anew after the restart.',
  'static-parameters': 'Choose a quiet hour: the server restarts.',
  'cache-ends-connections': 'Choose a quiet hour: clients connect anew.',
  'access-point-removed': 'Tasks of the released revision lose their files, and no new one of it starts: release right after the deployment '
    + '([files](service.md#share-files-between-tasks)).',
  'directory-of-another-user': 'Let a task of the former user give the directory to the new one first, or name another `directory` '
    + '([files](service.md#share-files-between-tasks)).',
  'cache-limits-lowered': 'Compare with the most of the last weeks first (`BytesUsedForCache`, `ElastiCacheProcessingUnits`).',
  'cache-events-end': 'Let nobody subscribe to these events first.',
  'cache-user-leaves-its-group': 'Let every service sign in as another user first ([users](cache.md#users)).',
  'cache-password-ends': 'Wait until no task runs with the password that goes ([passwords](cache.md#rotate-the-password)).',
  'cache-user-may-less': 'Let the application use no more than the new rights first. Add a second user with them, and move services one by one '
    + '([users](cache.md#users)).',
  'cache-replica-removed': 'Clients of the reader connect anew: choose a quiet hour.',
  'cache-full-otherwise': 'Look at `DatabaseMemoryUsagePercentage` first. What must not be dropped belongs into a cache of its own.',
  'cache-retention-shortened': 'Copy the snapshots that you want to keep first (`aws elasticache copy-snapshot`).',
  'retention-shortened': 'Export logs first (`aws logs create-export-task`), and take a snapshot of a database.',
  'data-deleted': 'Take a snapshot or a copy first.',
  'store-begins-anew': 'Copy what the former one holds to the new one before anybody uses it.',
  'store-made-again': 'Restore or copy what the former one holds before anybody uses the new one. One whose name is in the template is taken back by '
    + '`cdk deploy --import-existing-resources` ([what is retained](operate.md#take-back-what-was-retained)).',
  'data-kept-as-a-snapshot': 'The final snapshot remains and can be restored.',
  'zone-of-a-load-balancer-removed': 'Fewer zones: raise `minTasks` first, so that the tasks of the other zones carry all requests.',
  'certificate-removed': 'Leave a certificate on the load balancer that covers the same names, or move clients to another name first.',
  'named-by-another-stack': 'Where others no longer use it, deploy their stacks first (`cdk deploy --exclusively STACK`). '
    + 'Else deploy all stacks by one command (`cdk deploy --all`) at a quiet hour.',
  'calls-to-aws-cut': 'Deploy all stacks by one command (`cdk deploy --all`) at a quiet hour: no task starts in between.',
  'running-tasks-lose-permissions': 'Two deployments: grant the former beside the new one first, and take it away when the rollout has ended '
    + '([a change of what tasks may do](service.md#change-what-tasks-may-do)).',
  'outsiders-lose-permissions': 'Let nobody use what the role loses first (its last use stands in CloudTrail).',
  'trust-narrowed': 'Deploy the new subject, network or environment beside the former one first, move the jobs, then remove the former one. '
    + 'Where there is one value, make a second role, and move the jobs to it.',
  'sessions-end-sooner': 'Let the jobs ask for shorter sessions first (`role-duration-seconds`).',
  'role-of-others-removed': 'Give the jobs the ARN of another role first.',
  'user-reads-only': 'Bind the services that only read to a second user with `READ_ONLY` first. Leave this one until nobody writes as it '
    + '([users](database-users.md#let-a-user-write-no-more)).',
  'replication-begins-anew': 'Take a snapshot and copy it to the other region first (`aws rds copy-db-snapshot`).',
  'no-further-snapshots': 'Take a snapshot first, or plan backups of your own for the server.',
  'browsers-ask-for-https': 'Begin with a small `hstsMaxAge`, when every name that it covers answers HTTPS, and raise it by steps '
    + '([response headers](service.md#response-headers)).',
  'stricter-health-check': 'Compare with the slowest answer to the check first, then change it alone ([steps](service.md#change-the-health-check)).',
  'lower-limits': 'Let applications send and wait for less first.',
  'default-security-group-emptied': 'See what is in the group first ([the default security group](network.md#close-the-default-security-group)).',
  'reader-ends': 'Clients of the reader connect anew: choose a quiet hour.',
  'service-connect-name-removed': 'Move the callers to a second service first ([discovery](service.md#discovery)).',
  'name-ends': 'Keep the former name as a record of your own until nobody uses it.',
  'unique-allocation-of-a-nat-gateway': 'A gateway keeps its subnet and its address: build a second network ([network](network.md#change-it-later)).',
  'unique-attachment-of-an-internet-gateway': 'Build a second network, and move everything to it ([network](network.md#change-it-later)).',
  'subnet-group-of-one-vpc': 'A server stays in its VPC: restore it into a database in the other one ([recovery](recovery.md#restore-into-a-new-database)).',
  'subnet-of-a-server': 'Move the server out of the zone first ([fewer zones](database.md#fewer-availability-zones)).',
  'load-balancer-of-one-vpc': 'A load balancer stays in its VPC: build a second one in the other, and move the domain.',
  'lifetime-shortened': 'Copy first what is still needed and older than the new lifetime.',
  'immutable-lock-of-a-vault': 'Nobody lifts the lock from its date on. Before, within `immutableAfter`, it can still be changed.',
  'named-role-replaced': 'Let the others trust the new name beside the former one first (a role with the new name has to exist), or keep the name.',
  'unconfirmed-address-alone': 'Add the address beside what hears it now and deploy, open the link in its mail, then remove the other '
    + '([alerting](alerting.md#change-an-address)).',
  'tags-become-immutable': 'Let builds push a new tag each time first, or name those that move in `mutableTags`.',
  'images-no-longer-copied': 'Let nothing pull from the copies first. What was copied stays there.',
  'images-no-longer-admitted': 'Let nobody wait for these images first. What has arrived stays.',
  'no-further-copies': 'Copies that are there stay until they expire. Make one more first (`aws backup start-copy-job`), or plan copies of your own.',
  'pauses-when-idle': 'Let clients wait for a connection for 30 seconds first, or keep `minAcu` above 0.',
  'ipv6-ends': 'Take the name\'s AAAA records away first, and wait for their time to live.',
  'provider-removed': 'Give other roles a provider of their own stack first, or keep this one.',
  'unconfirmed-address': 'Add the new address beside the former one and deploy, open the link in each mail, then remove the former one '
    + '([alerting](alerting.md#change-an-address)).',
  'protected-load-balancer': 'Deploy `deletionProtection: false` first ([operate](operate.md)).',
  'protected-database': 'Deploy `deletionProtection: false` first ([operate](operate.md)).',
};

/** Names that a service asks for, and that what is kept outside the stack still has when the same is made again. */
export const KEPT_NAME = 'What was kept outside the stack keeps its name: `cdk import` it, or delete it, before the same is made again.';

/** Procedures of a row: its own, or those of the rules that speak. */
export function proceduresFor(rules: readonly string[]): string[] | undefined {
  const found = rules.map((rule) => PROCEDURES[rule]);
  return found.includes(undefined as unknown as string) ? undefined : [...new Set(found)];
}
