import { CfnResource, Validations } from 'aws-cdk-lib';
import { type CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import type { IConstruct } from 'constructs';
import { whenComplete } from '../validation/when-complete';

/** Association of a resource, or of a web ACL, in the app of a construct. */
export function associationOf(
  scope: IConstruct,
  of: { readonly resourceArn?: string; readonly webAclArn?: string },
): CfnWebACLAssociation | undefined {
  return associations(scope).find(
    ({ resourceArn, webAclArn }) => resourceArn === of.resourceArn || webAclArn === of.webAclArn,
  );
}

/** Warns at synthesis of a web ACL that nothing is associated with, whoever associates it. */
export function warnOfNoAssociation(webAcl: CfnWebACL): void {
  whenComplete(webAcl, () => {
    if (associationOf(webAcl, { webAclArn: webAcl.attrArn }) === undefined) {
      Validations.of(webAcl).addWarning(
        '@org/prod-constructs:unusedFirewall',
        'This firewall protects nothing. Give it to a SecureLoadBalancer or a ProductionWebService as the prop ' +
          'firewall, call associate() for another resource, or remove it. If another app associates it, acknowledge ' +
          'this warning.',
      );
    }
  });
}

/** Compares CloudFormation types, which are the same in every loaded copy of aws-cdk-lib. */
function associations(scope: IConstruct): CfnWebACLAssociation[] {
  return scope.node.root.node
    .findAll()
    .filter((construct) => CfnResource.isCfnResource(construct))
    .filter(({ cfnResourceType }) => cfnResourceType === CfnWebACLAssociation.CFN_RESOURCE_TYPE_NAME)
    .map((resource) => resource as CfnWebACLAssociation);
}
