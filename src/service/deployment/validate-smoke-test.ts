import { Duration, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { checkDuration, checkWholeNumber } from '../../validation/checks';
import { checkRules } from '../../validation/rules';
import { checkNothingSecret, checkNothingSecretIn } from '../container/validate-environment';
import type { SmokeCommand, SmokeRequest } from './smoke-test-binding';

/** Smoke test with its defaults, before it is checked. */
interface UncheckedTest {
  readonly requests: SmokeRequest[];
  readonly commands: SmokeCommand[];
  readonly verifySeconds: number;
  readonly attempts: number;
  readonly roundSeconds: number;
}

const MAX_SECONDS_OF_A_ROUND = 600;
/** A function has 4 KB for its environment variables. The rest of the plan needs some of it. */
const MAX_CHARACTERS = 3500;
/** Environment variable with the address of a new task. */
const URL_VARIABLE = 'SMOKE_TEST_URL';

/** Refuses a smoke test that the hook can't run, and secrets among the variables of its command. */
export function checkTest(
  scope: IConstruct,
  test: UncheckedTest,
  notSecret: { readonly [variable: string]: string },
): void {
  const { requests, commands, roundSeconds } = test;
  checkRules(scope, [
    {
      condition: requests.length + commands.length === 0,
      prop: 'smokeTest',
      problem: 'has no request and no command',
      fix: "name one: SmokeTest.http('/health')",
    },
    {
      condition: commands.length > 1,
      prop: 'smokeTest',
      problem: `has ${commands.length} commands, and each would need a separate task`,
      fix: 'run them one after the other in one script',
    },
  ]);
  requests.forEach((request) => checkRequest(scope, request));
  commands.forEach((command) => checkCommand(scope, command, notSecret));
  checkRounds(scope, test);
  const { length } = JSON.stringify([requests, commands]);
  checkRules(scope, [
    {
      condition: roundSeconds > MAX_SECONDS_OF_A_ROUND,
      prop: 'smokeTest',
      problem:
        `has timeouts of ${roundSeconds} seconds in all, and a round may take ${MAX_SECONDS_OF_A_ROUND} seconds, ` +
        'because a function ends after 15 minutes',
      fix: 'use fewer requests, or shorten the timeouts',
    },
    {
      condition: length > MAX_CHARACTERS,
      prop: 'smokeTest',
      problem:
        `has ${length} characters of requests, command and variables, and ${MAX_CHARACTERS} fit into the ` +
        'environment variables of a function',
      fix: 'put the command into a script of the image, or use fewer requests',
    },
  ]);
}

function checkRounds(scope: IConstruct, { verifySeconds, attempts }: UncheckedTest): void {
  checkDuration(scope, 'smokeTest.verifyFor', Duration.seconds(verifySeconds), {
    min: Duration.minutes(0),
    max: Duration.hours(1),
    whole: 'seconds',
    fix: 'give Duration.minutes(2) to Duration.minutes(5)',
  });
  checkWholeNumber(scope, 'smokeTest.attempts', attempts, {
    min: 1,
    max: 10,
    unit: 'rounds',
    fix: 'give 2 or 3',
  });
}

function checkCommand(
  scope: IConstruct,
  { command, environment, timeoutSeconds }: SmokeCommand,
  notSecret: { readonly [variable: string]: string },
): void {
  checkRules(scope, [
    {
      condition: !Token.isUnresolved(command) && (command.length === 0 || command.some((word) => word === '')),
      prop: 'smokeTest.command',
      value: command,
      expected: 'a program and its arguments, none of them empty',
      fix: "name them word by word: ['npm', 'run', 'test:smoke']",
    },
    {
      condition: Object.hasOwn(environment, URL_VARIABLE),
      prop: `smokeTest.environment.${URL_VARIABLE}`,
      problem: 'is set for you, to the address of a task of the new version',
      fix: 'use another name',
    },
  ]);
  checkDuration(scope, 'smokeTest.timeout', Duration.seconds(timeoutSeconds), {
    min: Duration.minutes(1),
    max: Duration.hours(1),
    whole: 'seconds',
    fix: 'give Duration.minutes(10), and run longer tests before the release',
  });
  checkNothingSecret(scope, { prop: 'smokeTest.environment', environment, notSecret });
  checkNothingSecretIn(scope, { prop: 'smokeTest.command', command, notSecret });
}

function checkRequest(scope: IConstruct, { path, status, timeoutMs, host }: SmokeRequest): void {
  checkRules(scope, [
    {
      condition: !/^\/[\x21-\x7e]*$/.test(path),
      prop: 'smokeTest.path',
      value: path,
      expected: 'a path that begins with /, without spaces, encoded',
      fix: "write it as in a request: '/health?full=1'",
    },
    {
      condition: host !== undefined && !/^[A-Za-z0-9.-]+(:\d+)?$/.test(host),
      prop: 'smokeTest.host',
      value: host,
      expected: 'a host name, with or without a port',
      fix: "write it as 'www.example.com'",
    },
  ]);
  checkWholeNumber(scope, 'smokeTest.expectedStatus', status, {
    min: 100,
    max: 599,
    fix: 'give the status that the application answers with',
  });
  checkDuration(scope, 'smokeTest.timeout', Duration.millis(timeoutMs), {
    min: Duration.seconds(1),
    max: Duration.minutes(1),
    fix: 'give Duration.seconds(5)',
  });
}
