import { EnvironmentProfile } from '../../src';
import { Cloud, type Judgement, judgementOf, judgementOfRetries } from './play';
import type { Remarks, Subject } from './row';
import { appOf, bothWays, once, plainApp, type Row } from './rows';
import { type Deployable, Site, type Surroundings } from './site';

type Judged = ReturnType<Row['judge']>;

/** Change around a construct, which every construct meets. */
interface Around {
  readonly what: string;
  readonly example: string;
  readonly remarks?: Remarks;
  readonly strict?: boolean;
  judge<Own>(subject: Subject<Own>): Judged;
}

const RENAMING = 'Logical ids and many names come from the path: keep construct ids for the life of a stack. '
  + '`cdk refactor --unstable=refactor` moves resources whose properties stay, and refuses those whose names change, such as databases.';

const AROUND: readonly Around[] = [
  { what: 'A tag on the app', example: 'added', strict: true, judge: surrounded({}, { tag: 'shop' }) },
  { what: 'A tag on the app', example: 'changed', strict: true, judge: surrounded({ tag: 'shop' }, { tag: 'store' }) },
  { what: 'A `cdk.Stage`', example: 'around the stack, whose name stays', strict: true, judge: surrounded({}, { stage: 'Production' }) },
  {
    what: 'A construct above', example: 'renamed', judge: surrounded({ above: 'Shop' }, { above: 'Store' }), remarks: { procedure: RENAMING },
  },
  { what: 'A second one', example: 'beside it, and removed', judge: surrounded({}, { copies: 2 }) },
  {
    what: 'Environment profile',
    example: 'development → staging',
    judge: surrounded({ profile: () => EnvironmentProfile.development() }, { profile: () => EnvironmentProfile.staging() }),
  },
  {
    what: 'Environment profile',
    example: 'staging → production',
    judge: surrounded({ profile: () => EnvironmentProfile.staging() }, { profile: () => EnvironmentProfile.production() }),
  },
  { what: 'Availability Zones of the network', example: '2 → 3', judge: surrounded({ zones: 2 }, { zones: 3 }) },
  {
    what: 'The construct',
    example: 'removed from the app',
    judge: (subject) => ({ there: judgementOf(Cloud.with(plainApp(subject)).deploy(withoutSubject(subject))) }),
    remarks: { procedure: 'Removing a construct ends what it does. In production what holds data is protected and kept ([operate](operate.md)).' },
  },
  {
    what: 'Its stacks',
    example: 'deleted',
    judge: (subject) => ({ there: judgementOf(Cloud.with(plainApp(subject)).remove()) }),
    remarks: {
      procedure: 'Follow [remove everything](operate.md#remove-everything): deploy with `deletionProtection: false` and `removalPolicy: DESTROY` first, '
        + 'and without `removalPolicy` and `Release.snapshot` of databases. Delete by hand what is kept.',
    },
  },
  {
    what: 'The construct',
    example: 'added to a running stack without a rollback; each new resource fails once, then a retry',
    strict: true,
    judge: (subject) => ({ there: judgementOfRetries(plainApp(subject), { rollback: false, from: beforeSubject(subject) }) }),
  },
  {
    what: 'The construct',
    example: 'added to a running stack with a rollback; each new resource fails once, then a retry',
    judge: (subject) => ({ there: judgementOfRetries(plainApp(subject), { from: beforeSubject(subject) }) }),
    remarks: {
      procedure: 'A database or load balancer that a rollback left is protected, and its names are taken: add one by `cdk deploy --no-rollback` '
        + '([operate](operate.md#add-a-database-or-a-load-balancer)), and free what is left.',
    },
  },
  { what: 'The same app', example: 'under a second stack name in the account', strict: true, judge: (subject) => ({ there: twice(subject) }) },
  {
    what: 'First deployment without a rollback',
    example: 'each resource fails once, then a retry',
    strict: true,
    judge: (subject) => ({ there: judgementOfRetries(plainApp(subject), { rollback: false }) }),
  },
  {
    what: 'First deployment with a rollback',
    example: 'each resource fails once, then a retry',
    judge: (subject) => ({ there: judgementOfRetries(plainApp(subject)) }),
    remarks: { procedure: 'Deploy [without a rollback](operate.md#deploy-for-the-first-time) the first time, and [free](operate.md#free-a-stack-that-was-rolled-back) a stack that is stuck.' },
  },
];

/** Rows of all changes around a construct. */
export function changesAround<Own>(subject: Subject<Own>): Row[] {
  return AROUND.map(({ what, example, remarks, strict, judge }) => {
    const key = `${what}: ${example}`.replace(/`/g, '');
    return {
      id: `${subject.name}, ${key}`,
      subject: subject.name,
      what,
      example,
      covers: [],
      remarks: { ...remarks, ...subject.around?.[what], ...subject.around?.[key] },
      general: true,
      strict,
      judge: once(() => judge(subject)),
    };
  });
}

function surrounded(before: Surroundings, after: Surroundings): Around['judge'] {
  return (subject) => bothWays(
    Object.keys(before).length === 0 ? plainApp(subject) : appOf(subject, before), appOf(subject, after),
  );
}

/** The same app before the subject and what it brings: the network stands in its stack, with what the stack shares. */
function beforeSubject<Own>(subject: Subject<Own>): Deployable[] {
  const app = plainApp(subject);
  const last = app[app.length - 1];
  const resources = Object.entries(last.template.Resources ?? {})
    .filter(([id]) => /^(Network|ProdConstructs|Custom)/.test(id));
  return [...app.slice(0, -1), { ...last, template: { Resources: Object.fromEntries(resources) } }];
}

/** The same app without the subject: what its props referred to stays. */
function withoutSubject<Own>(subject: Subject<Own>): Deployable[] {
  const site = new Site();
  if (subject.without) {
    subject.without(site);
    return site.synthesized();
  }
  subject.make(site, 'Subject', {});
  if (!site.scope.node.tryRemoveChild('Subject')) {
    throw new Error(`${subject.name} is nowhere below its scope: say by \`without\` what stands without it`);
  }
  const app = site.synthesized();
  app.forEach(({ stack, template: { Resources = {}, Parameters = {} } }) => {
    const known = ['AWS::', ...Object.keys(Resources), ...Object.keys(Parameters)];
    const dangling = [...JSON.stringify(Resources).matchAll(/"Ref":"([^"]+)"|"Fn::GetAtt":\["([^"]+)"/g)]
      .map(([, ref, attribute]) => ref ?? attribute)
      .filter((name) => !known.some((one) => one === name || (one === 'AWS::' && name.startsWith(one))));
    if (dangling.length > 0) {
      throw new Error(`${stack} still names ${dangling[0]}: say by \`without\` what stands without ${subject.name}`);
    }
  });
  return app;
}

/** A second deployment of the same code, all stacks under names of their own. */
function twice<Own>(subject: Subject<Own>): Judgement {
  const cloud = Cloud.with(plainApp(subject));
  return judgementOf(cloud.deploy(appOf(subject, { suffix: 'Copy' })));
}
