import { Stack } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

/** Condition of a policy statement, by operator and key. */
interface Conditions {
  readonly [operator: string]: { readonly [key: string]: string };
}

/** Condition that an AWS service acts for an account, as AWS advises against confused deputies. */
export function sourceAccount(account: string): Conditions {
  return { StringEquals: { 'aws:SourceAccount': account } };
}

/** Principal of an AWS service that acts for the account of a scope only. */
export function ofThisAccount(scope: IConstruct, service: string): ServicePrincipal {
  return new ServicePrincipal(service, { conditions: sourceAccount(Stack.of(scope).account) });
}
