import { AspectPriority, Aspects } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Runs a check of a construct at synthesis, when all others exist, whatever their order. */
export function whenComplete(construct: IConstruct, check: () => void): void {
  const visit = (node: IConstruct) => {
    if (node === construct) {
      check();
    }
  };
  Aspects.of(construct).add({ visit }, { priority: AspectPriority.READONLY });
}
