import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { Waiver } from '../../../compliance';
import { checkReason } from '../../../validation/checks';
import { checkKind, checkKinds } from '../../../validation/kinds';
import { checkRules } from '../../../validation/rules';
import { AcceptedFinding } from './accepted-finding';
import { quoted } from './registry-script';
import { TRIVY_IMAGE, trivyImageRule } from './trivy-image';

/**
 * Treatment of findings for which no fixed version exists.
 *
 * @example
 *
 * ImageBuild.docker({ repository: apiImages, unfixedFindings: UnfixedFindings.stop() });
 */
export class UnfixedFindings {
  /** Every finding of severity HIGH or CRITICAL stops a build. Images with few packages can pass. */
  public static stop(): UnfixedFindings {
    return new UnfixedFindings('stop');
  }

  /**
   * Findings in the application's own packages stop a build, those in the base image do not.
   *
   * Images that are based on Debian always have some that nobody can fix. Reports show them.
   */
  public static stopInLibraries(): UnfixedFindings {
    return new UnfixedFindings('libraries');
  }

  /** No finding stops a build before a fixed version exists. Reports show them. */
  public static accept(waiver: Waiver): UnfixedFindings {
    return new UnfixedFindings('accept', waiver);
  }

  private constructor(
    private readonly treatment: string,
    private readonly waiver?: Waiver,
  ) {}

  /**
   * Checks the reason and returns the treatment as the scan reads it.
   * @internal
   */
  public _bind(scope: IConstruct, prop: string): string {
    if (this.treatment === 'accept') {
      checkReason(scope, `${prop}.reason`, this.waiver?.reason);
    }
    return this.treatment;
  }
}

/** Settings of the scan of an image. None is required. */
export interface ImageScanProps {
  /**
   * Image of Trivy, with its digest.
   * @default - version 0.74.0 from Amazon ECR Public
   */
  readonly trivyImage?: string;
  /**
   * Repository of Trivy's vulnerability database: `public.ecr.aws/aquasecurity/trivy-db:2`. It needs no user.
   * @default - the mirrors that Trivy knows
   */
  readonly trivyDatabase?: string;
  /**
   * Repository of Trivy's database of Java packages, which needs no user.
   * @default - the mirrors that Trivy knows
   */
  readonly trivyJavaDatabase?: string;
  /**
   * Findings of severity HIGH or CRITICAL that do not stop a build until a day.
   * @default - no accepted findings
   */
  readonly acceptedFindings?: AcceptedFinding[];
  /**
   * Treatment of findings for which no fixed version exists.
   * @default UnfixedFindings.stopInLibraries() - nobody can fix those of a base image
   */
  readonly unfixedFindings?: UnfixedFindings;
}

/** Repository of a registry with host and tag. */
const REPOSITORY = /^[\w.-]+(:\d+)?\/[\w./-]+:\w[\w.-]*$/;

/** Settings of a scan, checked. */
export interface ImageScanConfig {
  /** Variables of the scan. */
  readonly environment: { readonly [name: string]: string };
  /** Command that sets what may be too long for a variable of CodeBuild. */
  readonly commands: string[];
}

/** Checks the settings of a scan. */
export function bindScan(scope: IConstruct, prefix: string, props: ImageScanProps): ImageScanConfig {
  const { trivyImage = TRIVY_IMAGE, trivyDatabase, trivyJavaDatabase, acceptedFindings = [], unfixedFindings } = props;
  const prop = `${prefix}.acceptedFindings`;
  checkKinds(scope, { [prop]: acceptedFindings }, { [prop]: AcceptedFinding });
  checkKind(scope, `${prefix}.unfixedFindings`, unfixedFindings, UnfixedFindings);
  checkRules(scope, [
    trivyImageRule(`${prefix}.trivyImage`, trivyImage),
    ...Object.entries({ trivyDatabase, trivyJavaDatabase }).map(([name, value]) => ({
      condition: value !== undefined && !Token.isUnresolved(value) && !REPOSITORY.test(value),
      prop: `${prefix}.${name}`,
      value,
      expected: 'a repository with its host and tag',
      fix: "write it as 'public.ecr.aws/aquasecurity/trivy-db:2'",
    })),
  ]);
  const accepted = acceptedFindings.map((finding) => finding._bind(scope, prop));
  const treatment = unfixedFindings?._bind(scope, `${prefix}.unfixedFindings`);
  return {
    environment: {
      TRIVY_IMAGE: trivyImage,
      ...(trivyDatabase !== undefined && { TRIVY_DATABASE: trivyDatabase }),
      ...(trivyJavaDatabase !== undefined && { TRIVY_JAVA_DATABASE: trivyJavaDatabase }),
      ...(treatment !== undefined && { UNFIXED_FINDINGS: treatment }),
    },
    commands: accepted.length > 0 ? [`export ACCEPTED_FINDINGS=${quoted(JSON.stringify(accepted))}`] : [],
  };
}
