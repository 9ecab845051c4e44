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
  'The setup creates another user with a secret of its own. '
  + 'The former one keeps its password, so tasks that run keep their way in.';

export const FORMER_OWNER =
  'The setup creates another owner with a secret of its own, and gives it the tables: each is locked for a moment. '
  + 'Deploy it without a release under way, whose migration signs in as the former owner.';

export const LOCK =
  'Without `immutableAfter` whoever may change the vault can lift it. With it, nobody can from the lock\'s date on: '
  + 'not the team, not AWS. Try it with short retentions first.';

export const STORAGE =
  'Storage never shrinks: leave it, or restore into a smaller server. Raise it alone: if anything else of the '
  + 'deployment fails, the rollback fails as well ([storage](database.md#storage)).';

export const SCHEDULE =
  'The way back leaves the capacity of that moment: take it by day, '
  + 'or [set the maximum by hand](database.md#scale-by-the-clock).';

export const VAULT =
  'The former vault keeps its recovery points until they expire. '
  + 'Leave the name then: the former one is taken until its vault is deleted.';

export const UNSAVED =
  'Take a snapshot first, or plan backups of your own for the server. The way back needs another `vaultName` '
  + '([a database that keeps snapshots again](database.md#change-it-later)).';
