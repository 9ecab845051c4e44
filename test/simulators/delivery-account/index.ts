import { callNamed, errorsOf } from '../../catalogues/aws-models/models';
import { misfitsOfValue } from '../../catalogues/aws-models/values';
import type { OwnFamily } from '../deployed-definition';
import { type Answers, AwsError } from '../state-machines';
import { ApplicationAutoScaling } from './autoscaling';
import { Backup } from './backup';
import { CloudFormation } from './cloudformation';
import { CloudWatch } from './cloudwatch';
import { Ecr } from './ecr';
import { Ecs } from './ecs';
import { Elb } from './elb';
import { Sns } from './sns';
import { Ssm } from './ssm';
import { States } from './states';
import type { Facts, Faults, Moment, World } from './world';

const NOTHING: () => unknown = () => undefined;

/**
 * As much of AWS as a release meets, with a state of its own, by service: revisions, deployments that take minutes,
 * alarms, a hook. Nothing is scripted by call: what goes wrong is a property of an image, an alarm or a moment.
 */
export class DeliveryAccount implements World {
  public readonly faults: Faults = {};
  public readonly ecr = new Ecr();
  public readonly ecs = new Ecs(this, this.ecr);
  public readonly ssm = new Ssm();
  public readonly sns = new Sns();
  public readonly cloudWatch = new CloudWatch(this, this.ecs);
  public readonly elb = new Elb(this, this.ecs);
  public readonly autoScaling = new ApplicationAutoScaling(this.ecs);
  public readonly backup = new Backup();
  public readonly states = new States();
  public readonly cloudFormation: CloudFormation;
  /** Every call that was made. */
  public readonly calls: Array<{ api: string; input: any; at: number }> = [];
  /** Runs before each answer, to do something at a certain moment. */
  public before: Moment = NOTHING;
  /** Runs before each answer with the name of the state that calls. */
  public atState: (state: string) => unknown = NOTHING;
  /** Runs once the release has ended. */
  public afterwards: () => unknown = NOTHING;
  /** What the service models of AWS say against requests, answers and errors. */
  public misfits: Set<string> = new Set();

  public constructor(public readonly facts: Facts[], recordNames: string[], datadog = false) {
    this.cloudFormation = new CloudFormation(this.ecs, datadog);
    recordNames.forEach((name) => { this.ssm.parameters[name] = ['none']; });
    facts.forEach((fact) => {
      this.ssm.parameters[fact.parameter] = ['none'];
      this.ecr.images[fact.repository] ??= {};
      const { arn } = this.cloudFormation.register(fact, 'none');
      this.ecs.services[fact.service] = { revision: arn, serving: arn, tasks: 0, group: 0, minCapacity: 0 };
      this.cloudFormation.stackStatus[fact.stack] = 'CREATE_COMPLETE';
    });
  }

  /** Task definitions that CloudFormation has registered for tasks that run once. */
  public declare(families: OwnFamily[]): this {
    families.forEach((family) => this.cloudFormation.register(family, 'none'));
    return this;
  }

  public push(tag: string): this {
    this.ecr.push(tag);
    return this;
  }

  /** All services run a version that was released before, from CloudFormation's revision. */
  public runs(tag: string): this {
    this.push(tag);
    this.facts.forEach((_, index) => this.runsOne(index, tag));
    return this;
  }

  public runsOne(index: number, tag: string): void {
    const fact = this.facts[index];
    this.ssm.parameters[fact.parameter].push(tag);
    const { arn } = this.cloudFormation.register(fact, tag);
    Object.assign(this.ecs.services[fact.service], { revision: arn, serving: arn, tasks: fact.minTasks, minCapacity: fact.minTasks });
  }

  /** Somebody registers another image, and updates the first service. */
  public byHand(tag: string): void {
    const [fact] = this.facts;
    const { arn } = this.cloudFormation.register(fact, tag);
    Object.assign(this.ecs.services[fact.service], { revision: arn, serving: arn });
  }

  /** The version that serves, of each service. */
  public get serving(): string[] {
    return this.facts.map(({ service }) => (this.ecs.services[service].tasks === 0 ? 'nothing' : this.ecs.tagOf(this.ecs.services[service].serving)));
  }

  public get released(): string[] {
    return this.facts.map(({ parameter }) => this.ssm.value(parameter));
  }

  public get latestTags(): string[] {
    return this.facts.map((fact) => this.ecs.tagOf(this.ecs.latest(fact).arn));
  }

  /** Answers each call by the service of its API. */
  public answers(): Answers {
    const answers = this.answersOfServices();
    return (...call) => this.heldAgainstModels(call[0], call[1], Promise.resolve().then(() => this.atState(call[2])).then(() => answers(...call)));
  }

  private answersOfServices(): Answers {
    const services: { [api: string]: object } = {
      ecs: this.ecs,
      ssm: this.ssm,
      ecr: this.ecr,
      sns: this.sns,
      sfn: this.states,
      backup: this.backup,
      cloudformation: this.cloudFormation,
      cloudwatch: this.cloudWatch,
      elasticloadbalancingv2: this.elb,
      applicationautoscaling: this.autoScaling,
    };
    return async (api, input, _state, now) => {
      this.ecs.passUntil(now);
      this.calls.push({ api, input, at: now });
      await this.before(api, input);
      const [name, call] = api.split(':');
      const service = services[name] as { [call: string]: ((input: any) => unknown) | undefined } | undefined;
      if (!service?.[call]) {
        throw new AwsError('Test.UnknownApi', api);
      }
      return JSON.parse(JSON.stringify(await service[call](input) ?? {}));
    };
  }

  /** Notes what no request, answer or error of AWS can be, so that neither a machine nor this account passes for more than it is. */
  private async heldAgainstModels(api: string, input: unknown, answered: unknown): Promise<unknown> {
    const call = callNamed(api);
    const note = (problem: string) => this.misfits.add(problem);
    if (call) {
      misfitsOfValue(call.service, call.input, input, `the request ${call.name}`).forEach(note);
    }
    try {
      const answer = await answered;
      if (call) {
        misfitsOfValue(call.service, call.output, answer, `the answer to ${call.name}`, true).forEach(note);
      }
      return answer;
    } catch (error) {
      const { name } = error as Error;
      // Any. stands for whatever error a call may have.
      if (!call || !(/^(States|Any)\./.test(name) || errorsOf(call).includes(name))) {
        note(`${api} has no error ${name}`);
      }
      throw error;
    }
  }
}
