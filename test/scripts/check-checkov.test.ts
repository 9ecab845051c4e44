import { review } from '../../scripts/acknowledged-findings';
import { ACKNOWLEDGED, findingsIn } from '../../scripts/check-checkov';

const finding = { rule: 'CKV_AWS_18', description: 'logging', template: 'a.template.json', type: 'AWS::S3::Bucket', resource: 'WebLogsBucket' };
const acknowledgement = { rule: 'CKV_AWS_18', type: 'AWS::S3::Bucket', name: /LogsBucket/, reason: 'it holds logs' };

describe('The check by checkov', () => {
  test('leaves open what nothing acknowledges by rule, type and name', () => {
    const others = [{ ...finding, rule: 'CKV_AWS_19' }, { ...finding, type: 'AWS::SQS::Queue' }, { ...finding, resource: 'Files' }];
    expect(review([finding, ...others], [acknowledgement]).open).toEqual(others);
  });

  test('names an acknowledgement that nothing needs any more', () => {
    expect(review([finding], [acknowledgement]).unused).toEqual([]);
    expect(review([], [acknowledgement]).unused).toEqual([acknowledgement]);
  });

  test('reads type and logical id of a report, and refuses one in which something was not read', () => {
    const failed = { check_id: 'CKV_AWS_18', check_name: 'logging', file_path: '/out/a.template.json', resource: 'AWS::S3::Bucket.WebLogsBucket' };
    const report = (count: number, unread: number) => ({ results: { failed_checks: [failed] }, summary: { resource_count: count, parsing_errors: unread } });
    expect(findingsIn(report(3, 0))).toEqual([finding]);
    expect(() => findingsIn(report(3, 1))).toThrow('checkov has not read everything');
    expect(() => findingsIn(report(0, 0))).toThrow('checkov has not read everything');
    expect(() => findingsIn({})).toThrow('checkov has not read everything: "nothing"');
  });

  test('has a reason for every acknowledgement, and each once', () => {
    ACKNOWLEDGED.forEach(({ reason }) => expect(reason.length).toBeGreaterThan(20));
    const keys = ACKNOWLEDGED.map(({ rule, type, name }) => `${rule} ${type} ${name}`);
    expect(new Set(keys).size).toBe(keys.length);
  });
});
