import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';

/** Days until the first of several certificates ends. ACM reports them twice a day. */
export function daysToExpiry(certificateArns: string[]): MathExpression {
  const ids = certificateArns.map((_, index) => `days${index}`);
  const period = Duration.days(1);
  return new MathExpression({
    // MIN of a single series is one number over all of its time (CloudWatch user guide, metric math).
    expression: ids.length === 1 ? ids[0] : `MIN([${ids.join(',')}])`,
    usingMetrics: Object.fromEntries(
      certificateArns.map((CertificateArn, index) => [
        ids[index],
        new Metric({
          namespace: 'AWS/CertificateManager',
          metricName: 'DaysToExpiry',
          dimensionsMap: { CertificateArn },
          statistic: Stats.MINIMUM,
          period,
        }),
      ]),
    ),
    period,
    label: 'Days to the end of a certificate',
  });
}
