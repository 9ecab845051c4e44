/** Reason of a waiver. */
export const REASON = 'reason that the team gives, long enough';

export const RESTART =
  'Any change of a parameter restarts PostgreSQL at once, replicas and readers included: choose a quiet hour, '
  + 'and change several together.';

export const REPLICAS_FIRST =
  'Two deployments: `replicaVersion` first, then `version` without `replicaVersion`. '
  + 'Each restarts the servers that it upgrades.';

export const RESTORE =
  'A server keeps it for life, and a new one is empty: [restore](database.md#restore-data) a snapshot under another '
  + 'construct id, stop writes, move the clients, then remove the former one.';

export const PORT =
  'Clients of the former port are cut: deploy the database and all services by one command (`cdk deploy --all`), '
  + 'at a quiet hour.';

export const UPGRADE =
  'Follow [the upgrade](database.md#upgrade-to-a-major-version): a snapshot first, a trial on a restored copy, '
  + 'replicas before the primary. No version goes back. Deploy it alone: if anything else fails after it, the rollback '
  + 'fails as well, and `aws cloudformation continue-update-rollback --resources-to-skip` of the server ends it.';

export const CREDENTIALS =
  'The setup refuses it, because it would lock out running tasks. '
  + '[A second user](database-users.md#switch-the-way-to-sign-in) moves the services one by one.';

export const FORMER_USER =
  'The setup creates another user, and gives another owner the tables. '
  + 'The former user stays, so tasks that run keep their way in.';

export const LOCK = 'A lock can only become stricter. Try it with short retentions first.';
