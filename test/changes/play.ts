import { ENV } from '../fixtures/test-stack';
import { Account } from '../simulators/cloudformation/account';
import { type Change, described, type Outcome, type Status } from '../simulators/cloudformation/outcome';
import { RULES } from '../simulators/cloudformation/rules';
import type { Template } from '../simulators/cloudformation/template';
import { type Verdict, worst } from '../simulators/cloudformation/verdict';
import type { Deployable } from './site';

/** Verdicts that need a procedure. */
export const BAD: readonly Verdict[] = ['some affected', 'interruption', 'data at risk', 'refused by AWS'];

/** Elastic IP addresses that the page assumes. A second network of three zones needs more than the default quota. */
const RAISED_QUOTA = 100;

/** Judgement of one change, with a sentence for the page. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly says: string;
  /** Rules that found something bad, also where it is not the worst. */
  readonly rules: readonly string[];
}

/** Accounts' view of one app: a simulated region for each region that it uses. */
export class Cloud {
  /** A cloud in which an app runs. */
  public static with(app: readonly Deployable[]): Cloud {
    const cloud = new Cloud(new Map(), []);
    cloud.deploy(app).forEach((outcome) => {
      if (outcome.state.status !== 'CREATE_COMPLETE') {
        throw new Error(`the first deployment fails:\n${serious(outcome).join('\n')}`);
      }
    });
    cloud.release();
    return cloud;
  }

  private constructor(private readonly regions: Map<string, Account>, private apps: readonly Deployable[]) {}

  public copy(): Cloud {
    return new Cloud(new Map([...this.regions].map(([name, account]) => [name, account.copy()])), this.apps);
  }

  /** Deploys all stacks in order, up to one that fails. Stacks that the app no longer has stay, as they do with CDK. */
  public deploy(app: readonly Deployable[], options: Parameters<Account['deploy']>[2] = {}): Outcome[] {
    const outcomes: Outcome[] = [];
    for (const { stack, region, template } of app) {
      outcomes.push(this.region(region).deploy(stack, template, options));
      if (!outcomes.at(-1)!.state.status.match(/^(CREATE|UPDATE)_COMPLETE$/)) {
        break;
      }
    }
    this.apps = app;
    return outcomes;
  }

  /** Releases an image on each track that a service of the app reads. The next deployment reads it, so that tasks run. */
  public release(tag = 'live-1'): void {
    const readers = this.apps.flatMap(({ region, template }) => tracksIn(template).map((name) => ({ region, name })));
    readers.forEach(({ region, name }) => this.region(region).putParameter(name, tag));
    if (readers.length > 0) {
      this.deploy(this.apps);
    }
  }

  /** Deletes all stacks, the last one first. */
  public remove(): Outcome[] {
    return [...this.apps].reverse().map(({ stack, region }) => this.region(region).remove(stack));
  }

  /** Resources of a stack with their properties: what a rollback has to bring back. */
  public snapshot(stack: string): string {
    const all = [...this.regions.values()].flatMap(({ existing }) => existing.of().filter((resource) => resource.stack === stack));
    return JSON.stringify(all.map(({ logicalId, physicalId, properties }) => [logicalId, physicalId, properties]).sort());
  }

  public region(name: string): Account {
    if (!this.regions.has(name)) {
      this.regions.set(name, new Account({ ...ENV, region: name, addresses: RAISED_QUOTA }));
    }
    return this.regions.get(name)!;
  }
}

/** Judgement of what some operations did. */
export function judgementOf(outcomes: readonly Outcome[]): Judgement {
  const verdict = worst(outcomes.map((outcome) => outcome.verdict));
  const changes = outcomes.flatMap((outcome) => outcome.changes);
  const ends = outcomes.map(({ state }) => state.status);
  const says = verdict === 'in place' ? summary(changes) : `${statements(changes, verdict)}${leftovers(changes, verdict)}`;
  return {
    verdict,
    says: `${says}${endOf(ends)}`,
    rules: [...new Set(changes.flatMap(({ findings }) => findings.filter((one) => BAD.includes(one.verdict)).map(({ rule }) => rule)))],
  };
}

/** Names of the parameters of released images that a template reads. */
function tracksIn({ Parameters = {} }: Template): string[] {
  return Object.values(Parameters)
    .map(({ Default }) => String(Default))
    .filter((name) => name.includes('/released/'));
}

function serious(outcome: Outcome): string[] {
  return described(outcome).filter((line) => !/^in place/.test(line));
}

/** Types that change without notice, by what happens to them. */
function summary(changes: readonly Change[]): string {
  const parts = (['update', 'replace', 'create', 'delete', 'retain'] as const).flatMap((action) => {
    const types = [...new Set(changes.filter((change) => change.action === action).map(({ type }) => type.replace('AWS::', '')))].sort();
    const shown = types.slice(0, 3).map((type) => `\`${type}\``).join(', ');
    return types.length === 0 ? [] : [`${DONE[action]} ${shown}${types.length > 3 ? ` and ${types.length - 3} more types` : ''}`];
  });
  return parts.join('; ');
}

/** How a deployment is tried whose resources fail in turn. */
interface Retries {
  /** @default true */
  readonly rollback?: boolean;
  /**
   * App that runs already.
   * @default - none: first deployments
   */
  readonly from?: readonly Deployable[];
}

/** Judgement of deployments in which each new resource failed once, and of the next attempts. */
export function judgementOfRetries(app: readonly Deployable[], { rollback = true, from }: Retries = {}): Judgement {
  const stacks = app.length;
  const { stack, region, template } = app[stacks - 1];
  const cloud = Cloud.with(from ?? app.slice(0, stacks - 1));
  const former = from?.find((one) => one.stack === stack && one.region === region)?.template.Resources ?? {};
  const isNew = (id: string) => former[id] === undefined;
  const attempts = cloud.region(region).eachFailure(stack, template, { rollback }, isNew);
  const ends = rollback ? ['ROLLBACK_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE'] : ['CREATE_FAILED', 'UPDATE_FAILED'];
  const stuck = attempts.filter(({ failed }) => !ends.includes(failed.state.status));
  const unrepeatable = attempts.filter(({ retried }) => !/^(CREATE|UPDATE)_COMPLETE$/.test(retried.state.status));
  if (attempts.length === 0) {
    return { verdict: 'nothing', says: '', rules: [] };
  }
  if (stuck.length + unrepeatable.length === 0) {
    const left = rollback ? 'everything is rolled back' : 'what succeeded stays';
    return { verdict: 'in place', says: `whichever resource fails, ${left} and the next attempt succeeds`, rules: [] };
  }
  const causes = [...new Set([
    ...stuck.flatMap(({ failed }) => failed.changes), ...unrepeatable.flatMap(({ retried }) => retried.changes),
  ].flatMap(({ logicalId, findings }) =>
    findings.filter(({ verdict }) => verdict === 'refused by AWS').map(({ says }) => `\`${readable(logicalId)}\`: ${readable(says)}`)))];
  return {
    verdict: 'refused by AWS',
    says: `after some failures ${unrepeatable.length > 0 ? 'the next attempt fails as well' : 'the rollback does not end'} (${few(causes, '; ')})`,
    rules: [],
  };
}

/** How operations end that neither succeed nor roll back. */
function endOf(ends: readonly Status[]): string {
  const rolledBack = ends.some((status) => status.endsWith('ROLLBACK_FAILED')) ? '; the rollback fails as well' : '';
  return ends.includes('DELETE_FAILED') ? '; the stack stays in `DELETE_FAILED`' : rolledBack;
}

/** Rules of services that refuse to delete something. */
const REFUSED_DELETIONS = new Set(RULES.deletions.map(({ id }) => id));

/** What a cleanup could not delete: the stack no longer knows it. */
function leftovers(changes: readonly Change[], verdict: Verdict): string {
  const left = changes.filter(({ action, findings }) => action === 'retain' && findings.some(({ rule }) => REFUSED_DELETIONS.has(rule)));
  const ids = few([...new Set(left.map(({ logicalId }) => `\`${readable(logicalId)}\``))]);
  return left.length > 0 && verdict !== 'nothing' ? `; the cleanup can not delete ${ids}, no stack knows it from then on: delete it by hand` : '';
}

const DONE = { update: 'changes', replace: 'replaces', create: 'adds', delete: 'removes', retain: 'keeps outside the stack' };

/** What rules say about the worst changes, each sentence once with the resources that it is about. */
function statements(changes: readonly Change[], verdict: Verdict): string {
  const about = new Map<string, string[]>();
  changes.forEach(({ logicalId, findings }) => findings.filter((one) => one.verdict === verdict).forEach(({ says }) => {
    const sentence = readable(says.replaceAll(logicalId, SUBJECT));
    about.set(sentence, [...about.get(sentence) ?? [], readable(logicalId)]);
  }));
  return few([...about].map(([sentence, ids]) => {
    const named = few([...new Set(ids)].map((id) => `\`${id}\``));
    return sentence.includes(SUBJECT) ? sentence.replace(SUBJECT, named).replaceAll(SUBJECT, 'it') : `${sentence} (${named})`;
  }), '; ');
}

/** Stands for a logical id in a sentence that several resources share. */
const SUBJECT = '⟨⟩';

function few(all: readonly string[], separator = ', '): string {
  return all.length > 3 ? `${all.slice(0, 2).join(separator)} and ${all.length - 2} more` : all.join(separator);
}

/** Text without the hashes of logical ids and the numbers of physical ones. */
function readable(text: string): string {
  return text.replace(/\b([A-Z][A-Za-z0-9]{2,}?)[0-9A-F]{8}\b/g, '$1').replace(/\b([a-z]+)-0{6,}\d+/g, '$1-…').replace(/\|/g, '\\|');
}
