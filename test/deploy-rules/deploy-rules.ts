import { ALARM_RULES } from './alarm-rules';
import { ALERT_RULES } from './alert-rules';
import { LOG_RULES } from './log-rules';
import { NETWORK_RULES } from './network-rules';
import { ROLLOUT_RULES } from './rollout-rules';
import { SERVICE_RULES } from './service-rules';
import { STORE_RULES } from './store-rules';
import type { DeployRule, TemplateJson } from './template-json';

/** What AWS enforces, or punishes, and no validator of templates sees. Each rule that is found is added here. */
export const DEPLOY_RULES: DeployRule[] = [...NETWORK_RULES, ...LOG_RULES, ...SERVICE_RULES, ...ROLLOUT_RULES, ...STORE_RULES, ...ALERT_RULES, ...ALARM_RULES];

/** What a template breaks, as `rule: where`. */
export function brokenRules(template: TemplateJson): string[] {
  return DEPLOY_RULES.flatMap(({ id, check }) => check(template).map((violation) => `${id}: ${violation}`));
}
