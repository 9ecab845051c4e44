import type { IConstruct } from 'constructs';
import type { EnvironmentProfile } from '../../environment';
import { checkReason, repeatedIn } from '../../validation/checks';
import { checkRules } from '../../validation/rules';
import type { AlertChannel } from './channels/alert-channel';
import { Severity, SEVERITIES } from './severity';
import type { UnnotifiedAlerts } from './unnotified-alerts';

/** Channels by topic as the caller gave them, and the topics that notify no channel on purpose. */
interface GivenRouting {
  readonly given: ReadonlyMap<string, AlertChannel[] | undefined>;
  readonly unnotified: UnnotifiedAlerts[];
  readonly profile: EnvironmentProfile;
}

/** Topics that share the topic of warnings unless they have dedicated channels. */
const SHARED_WITH_WARNINGS = ['deployment', 'cost'];
const TOPICS: string[] = [...SEVERITIES, ...SHARED_WITH_WARNINGS];

/** Throws a PropError for invalid or repeated channels, and for a topic without a channel or a waiver. */
export function checkRouting(scope: IConstruct, routing: GivenRouting): void {
  routing.given.forEach((channels = [], topic) => checkChannels(scope, propOf(topic), channels));
  checkUnnotified(scope, routing.unnotified);
  checkRules(
    scope,
    SHARED_WITH_WARNINGS.map((topic) => ({
      condition: routing.given.get(topic)?.length === 0,
      prop: propOf(topic),
      value: [],
      expected: 'one or more channels',
      fix: `remove ${propOf(topic)} to notify the channels of warnings`,
    })),
  );
  TOPICS.forEach((topic) => checkNotified(scope, topic, routing));
}

function checkChannels(scope: IConstruct, prop: string, channels: AlertChannel[]): void {
  channels.forEach((channel) => channel._check(scope, prop));
  const identities = channels.map(({ _identity }) => _identity);
  const repeated = repeatedIn(identities);
  checkRules(scope, [
    {
      condition: repeated !== undefined,
      prop,
      value: repeated,
      expected: 'each channel once',
      fix: 'remove the second one, which would repeat every message',
    },
  ]);
}

function checkUnnotified(scope: IConstruct, unnotified: UnnotifiedAlerts[]): void {
  const topics = unnotified.map(({ _topic }) => _topic);
  const unknown = topics.find((topic) => !TOPICS.includes(topic));
  const repeated = repeatedIn(topics);
  checkRules(scope, [
    {
      condition: unknown !== undefined,
      prop: 'unnotified',
      value: unknown,
      expected: `one of ${TOPICS.join(', ')}`,
      fix: 'use UnnotifiedAlerts.severity(), deployments() or costs()',
    },
    {
      condition: repeated !== undefined,
      prop: `unnotified['${repeated}']`,
      problem: 'is listed twice',
      fix: 'keep one of the two, with its reason',
    },
  ]);
  unnotified.forEach(({ _topic, reason }) => checkReason(scope, `unnotified['${_topic}'].reason`, reason));
}

/** In production each topic has either channels or a waiver, elsewhere it may have neither. */
function checkNotified(scope: IConstruct, topic: string, { given, unnotified, profile }: GivenRouting): void {
  const hasChannels = (name: string): boolean => (given.get(name) ?? []).length > 0;
  const usesWarnings = SHARED_WITH_WARNINGS.includes(topic) && !hasChannels(topic);
  const deciding = usesWarnings ? Severity.WARNING : topic;
  const isWaived = unnotified.some(({ _topic }) => _topic === topic);
  checkRules(scope, [
    {
      condition: hasChannels(deciding) && isWaived,
      prop: `unnotified['${topic}']`,
      problem: `contradicts ${propOf(deciding)}, which has channels`,
      fix: `remove it, or remove ${propOf(deciding)}`,
    },
    {
      condition: !hasChannels(deciding) && !isWaived && profile.requireAlertChannels,
      prop: propOf(topic),
      value: given.get(topic),
      expected: `one or more channels in ${profile.name}${usesWarnings ? ', because warnings have none either' : ''}`,
      fix: `give an AlertChannel, or accept it by unnotified: [${factoryOf(topic)}]`,
    },
  ]);
}

function propOf(topic: string): string {
  return `on${topic[0].toUpperCase()}${topic.slice(1)}`;
}

function factoryOf(topic: string): string {
  return SHARED_WITH_WARNINGS.includes(topic)
    ? `UnnotifiedAlerts.${topic}s({ reason: '...' })`
    : `UnnotifiedAlerts.severity(Severity.${topic.toUpperCase()}, { reason: '...' })`;
}
