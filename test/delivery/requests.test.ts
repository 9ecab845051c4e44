import { allCalls, callNamed, errorsOf, isError } from '../catalogues/aws-models/models';
import { problemsOfDefinition } from '../catalogues/aws-models/state-machine';
import { callsOfTemplate, definitionsOf, problemsOfRequests } from '../catalogues/aws-models/templates';
import { templatesWithAllRequests } from '../fixtures/all-requests';

/* eslint-disable @typescript-eslint/no-explicit-any -- definitions are whatever the language has */

const task = (api: string, Parameters: object, further: object = {}) => ({ Type: 'Task', Resource: `arn:aws:states:::aws-sdk:${api}`, Parameters, End: true, ...further });
const machine = (state: object, ...others: object[]) => ({
  StartAt: 'State1',
  States: Object.fromEntries([state, ...others].map((one, index, all) => [`State${index + 1}`, index < all.length - 1 ? { ...one, End: undefined, Next: `State${index + 2}` } : one])),
});
const STOP = { ServiceDeploymentArn: 'arn', StopType: 'ROLLBACK' };
const DESCRIBED = task('backup:describeBackupJob', { BackupJobId: '1' }, { ResultPath: '$.job' });
const pass = (Parameters: object) => ({ Type: 'Pass', Parameters, End: true });
const asks = (condition: object) => ({ Type: 'Choice', Choices: [{ ...condition, Next: 'State1' }], Default: 'State1' });

describe('The check against the service models of AWS', () => {
  test.each<[string, object, string]>([
    ['a parameter that is misspelt', machine(task('ecs:stopServiceDeployment', { ...STOP, StopTyp: 'ABORT' })), 'StopServiceDeployment.StopTyp is no member'],
    ['a parameter in the case of the API', machine(task('ecs:updateService', { service: 'shop' })), 'UpdateService.service is no member'],
    ['a parameter within another that is misspelt', machine(task('ecs:listServiceDeployments', { Service: 'shop', CreatedAt: { From: 'now' } })), 'ListServiceDeployments.CreatedAt.From is no member'],
    ['a missing member', machine(task('ecs:stopServiceDeployment', { StopType: 'ROLLBACK' })), 'has no ServiceDeploymentArn, which'],
    ['a missing member within another', machine(task('cloudwatch:putMetricData', { Namespace: 'shop', MetricData: [{ Value: 1 }] })), 'PutMetricData.MetricData[] has no MetricName'],
    ['a value that is none of an enumeration', machine(task('ecs:stopServiceDeployment', { ...STOP, StopType: 'ROLL_BACK' })), 'StopType is one of'],
    ['a text for a number', machine(task('ecs:updateService', { Service: 'shop', DesiredCount: '2' })), 'UpdateService.DesiredCount is a integer'],
    ['a text for a list', machine(task('ecs:describeServices', { Services: 'shop' })), 'DescribeServices.Services is a list'],
    ['a text that is too long', machine(task('ssm:putParameter', { Name: 'x'.repeat(2049), Value: 'x' })), 'PutParameter.Name has the limits'],
    ['a text that breaks a pattern', machine(task('backup:startBackupJob', { BackupVaultName: 'a vault', ResourceArn: 'a', IamRoleArn: 'b' })), 'BackupVaultName has the limits'],
    ['a parameter that takes its value from elsewhere, misspelt', machine(task('ecs:updateService', { 'Servce.$': '$.service' })), 'UpdateService.Servce is no member'],
    ['a call that nobody knows', machine(task('ecs:updateServices', {})), 'which is not in the catalogue'],
    ['an error of another service', machine(task('ecs:updateService', { Service: 'shop' }, { Retry: [{ ErrorEquals: ['Ecr.ImageNotFoundException'] }] })), 'expects the error Ecr.ImageNotFoundException'],
    ['an error with the name that it has in the API', machine(task('ssm:getParameter', { Name: 'x' }, { Catch: [{ ErrorEquals: ['Ssm.ParameterNotFound'], Next: 'State1' }] })), 'expects the error Ssm.ParameterNotFound'],
    ['an error of the language that is none', machine(task('ssm:getParameter', { Name: 'x' }, { Retry: [{ ErrorEquals: ['States.All'] }] })), 'expects the error States.All'],
    ['an error that nothing within raises', machine({ Type: 'Parallel', Branches: [machine({ Type: 'Fail', Error: 'Release.Gate' })], Catch: [{ ErrorEquals: ['Release.Gates'], Next: 'State1' }], End: true }), 'expects the error Release.Gates'],
    ['a comparison with an error that no call has', machine(asks({ Variable: '$.failure.Error', StringEquals: 'Ecs.ServiceNotFound' })), 'which no call has'],
    ['a field that the answer lacks, in a selector', machine(task('backup:describeBackupJob', { BackupJobId: '1' }, { ResultSelector: { 'state.$': '$.Status' } })), 'reads $.Status'],
    ['a field that the answer lacks, states later', machine(DESCRIBED, pass({ 'reason.$': '$.job.StatusReason' })), 'reads $.job.StatusReason'],
    ['a field in the case of the API', machine(task('ecs:describeServices', { Services: ['a'] }, { ResultPath: '$.ecs' }), pass({ 'status.$': '$.ecs.services[0].status' })), 'reads $.ecs.services[0].status'],
    ['a field of each item, in a function', machine(task('ecs:describeServices', { Services: ['a'] }, { ResultPath: '$.ecs' }), pass({ 'any.$': "States.ArrayContains($.ecs.Services[*].State, 'ACTIVE')" })), 'reads $.ecs.Services[*].State'],
    ['a field in a filter', machine(task('ecs:describeServices', { Services: ['a'] }, { ResultPath: '$.ecs' }), pass({ 'all.$': "$.ecs.Services[?(@.State == 'ACTIVE')]" })), 'filters by @.State'],
    ['a question for a field that the answer lacks', machine(DESCRIBED, asks({ Variable: '$.job.StatusReason', IsPresent: true })), 'asks for $.job.StatusReason'],
    ['a comparison with a value that the field never has', machine(DESCRIBED, asks({ Variable: '$.job.State', StringEquals: 'SUCCESSFUL' })), "compares with 'SUCCESSFUL'"],
    ['a field within a branch, of what came before it', machine(DESCRIBED, { Type: 'Parallel', Branches: [machine(pass({ 'reason.$': '$.job.Reason' }))], End: true }), 'reads $.job.Reason'],
    ['a field of the items of a map', machine(task('ecs:listServiceDeployments', {}, { ResultPath: '$.all' }), { Type: 'Map', ItemsPath: '$.all.ServiceDeployments', ItemProcessor: machine(pass({ 'arn.$': '$.Arn' })), End: true }), 'reads $.Arn'],
    ['a field of the context that is none', machine(pass({ 'name.$': '$$.Execution.Title' })), 'reads $$.Execution.Title'],
    ['a path that no state wrote, below one that a state did', machine({ ...pass({ count: 1 }), ResultPath: '$.poll' }, pass({ 'polls.$': '$.poll.polls' })), 'reads $.poll.polls'],
    ['JSONata, which it can\'t read', machine({ ...pass({}), QueryLanguage: 'JSONata' }), 'is in JSONata'],
  ])('refuses %s', (_, definition, problem) => {
    expect(problemsOfDefinition(definition).join('\n')).toContain(problem);
  });

  test.each<[string, object]>([
    ['a member that the SDK fills in', machine(task('sfn:startExecution', { 'StateMachineArn': 'arn', 'Input.$': 'States.JsonToString($)' }))],
    ['names of abbreviations as Step Functions has them', machine(task('rds:modifyDBCluster', { DbClusterIdentifier: 'shop' }))],
    ['errors as Step Functions names them', machine(task('ssm:getParameter', { Name: 'x' }, { Catch: [{ ErrorEquals: ['Ssm.ParameterNotFoundException', 'Ssm.SsmException', 'States.TaskFailed'], Next: 'State1' }] }))],
    ['whatever the input has', machine(task('ecs:updateService', { 'Service.$': '$.service.name', 'DesiredCount.$': '$.tasks' }))],
    ['a part of an answer as a parameter', machine(
      task('ecs:describeTaskDefinition', { TaskDefinition: 'shop' }, { ResultPath: '$.work' }),
      task('ecs:registerTaskDefinition', { 'Family.$': '$.work.TaskDefinition.Family', 'ContainerDefinitions.$': '$.work.TaskDefinition.ContainerDefinitions' }),
    )],
    ['a field that is written beside an answer', machine(DESCRIBED, { ...pass({ done: true }), ResultPath: '$.job.own' }, pass({ 'done.$': '$.job.own.done', 'state.$': '$.job.State' }))],
    ['a custom error that a state within raises', machine({ Type: 'Parallel', Branches: [machine({ Type: 'Fail', Error: 'Release.Gate' })], Catch: [{ ErrorEquals: ['Release.Gate'], Next: 'State1' }], End: true })],
  ])('lets %s pass', (_, definition) => {
    expect(problemsOfDefinition(definition)).toEqual([]);
  });

  test('knows the errors of DB clusters, whose names in the API end in Fault', () => {
    expect(errorsOf(callNamed('rds:modifyDBCluster')!)).toEqual(expect.arrayContaining(['Rds.DbClusterNotFoundException', 'Rds.RdsException']));
    expect(errorsOf(callNamed('elasticloadbalancingv2:describeTargetHealth')!)).toContain('ElasticLoadBalancingV2.TargetGroupNotFoundException');
    expect(isError('Ecs.ServiceDeploymentNotFoundException')).toBe(true);
  });

  test.each<[string, string, object, string]>([
    ['a schedule', 'AWS::Scheduler::Schedule', { Target: { Arn: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':scheduler:::aws-sdk:ecs:updateService']] }, Input: '{"Service": "shop", "Force": true}' } }, 'UpdateService.Force is no member'],
    ['a step of an automation', 'AWS::SSM::Document', { DocumentType: 'Automation', Content: { mainSteps: [{ name: 'Start', action: 'aws:executeAwsApi', inputs: { Service: 'stepfunctions', Api: 'StartExecution', StateMachineArn: 'arn' } }] } }, 'StateMachineArn is no member'],
    ['a value that a step waits for', 'AWS::SSM::Document', { DocumentType: 'Automation', Content: { mainSteps: [{ name: 'Wait', action: 'aws:waitForAwsResourceProperty', inputs: { Service: 'stepfunctions', Api: 'DescribeExecution', executionArn: 'arn', PropertySelector: '$.status', DesiredValues: ['DONE'] } }] } }, '$.status is one of'],
  ])('refuses a wrong request of %s', (_, Type, Properties, problem) => {
    expect(problemsOfRequests({ Resources: { One: { Type, Properties } } }).join('\n')).toContain(problem);
  });
});

describe('The library', () => {
  const templates = templatesWithAllRequests();

  // The fields of an object are counted by a path that is not followed, and the marks of a release are absent in a task's own data.
  const NOT_FOLLOWED = /: (count fields reads \$\.work\.known\.all\[\*\]|may fields be lost\? reads \$\.(rollback|hotfix\.on)), /;

  test('makes no request, expects no error and reads no field that the service models of AWS lack', () => {
    const problems = Object.entries(templates).flatMap(([stack, template]) => problemsOfRequests(template).map((problem) => `${stack}/${problem}`));
    expect(problems.filter((problem) => !NOT_FOLLOWED.test(problem))).toEqual([]);
  });

  test('has the models of exactly the calls that it makes', () => {
    const made = Object.values(templates).flatMap(callsOfTemplate).map((api) => { const { service, name } = callNamed(api) ?? { service: 'unknown', name: api }; return `${service}:${name}`.toLowerCase(); });
    expect([...new Set(made)].sort()).toEqual(allCalls().map((api) => api.toLowerCase()).sort());
  });

  const { definition } = definitionsOf(templates['released/Application']).find(({ id }) => id.startsWith('ReleaseMachine'))!;

  // Each name is misspelt once: what is not found then, the check can't see.
  test('has each parameter and each error of a release checked', () => {
    const seen = { parameters: 0, errors: 0 };
    tasksOf(definition).forEach((state) => {
      const { Next: _next, Catch: _catch, ...alone } = state;
      const problemsOf = (changes: object) => problemsOfDefinition({ StartAt: 'State', States: { State: { ...alone, End: true, ...changes } } }).join('\n');
      Object.keys(state.Parameters).forEach((name) => {
        const { [name]: value, ...others } = state.Parameters;
        const misspelt = name.replace(/(\.\$)?$/, 'x$1');
        expect(problemsOf({ Parameters: { ...others, [misspelt]: value } })).toContain(`.${misspelt.replace('.$', '')} is no member`);
        seen.parameters += 1;
      });
      (state.Retry as any[] ?? []).forEach((retry) => retry.ErrorEquals.forEach((error: string) => {
        expect(problemsOf({ Retry: [{ ...retry, ErrorEquals: [`${error}x`] }] })).toContain(`expects the error ${error}x`);
        seen.errors += 1;
      }));
    });
    expect(seen.parameters).toBeGreaterThan(100);
    expect(seen.errors).toBeGreaterThan(50);
  });

  test('has each field checked that it reads from an answer', () => {
    const EVERY = 4;
    const text = JSON.stringify(definition);
    const paths = [...new Set(text.match(/(?<=["( ])\$(\.\w+|\[\d+\])*\.[A-Z]\w+(?=[",)])/g))].filter((path) => !/\.(Error|Cause)$/.test(path));
    expect(paths.length).toBeGreaterThan(40);
    // A quarter of them, because each takes the time of a whole definition.
    const blind = paths.filter((_, index) => index % EVERY === 0).filter((path) => problemsOfDefinition(JSON.parse(text.replaceAll(`${path}"`, `${path}x"`).replaceAll(`${path})`, `${path}x)`).replaceAll(`${path},`, `${path}x,`))).length === 0);
    expect(blind).toEqual([]);
  }, 120_000);
});

function tasksOf(chart: any): any[] {
  return Object.values<any>(chart.States).flatMap((state) => [
    ...state.Type === 'Task' ? [state] : [],
    ...[...state.Branches ?? [], ...state.ItemProcessor ? [state.ItemProcessor] : []].flatMap(tasksOf),
  ]);
}
