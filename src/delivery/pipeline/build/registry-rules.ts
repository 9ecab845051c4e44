import { Token } from 'aws-cdk-lib';
import type { Rule } from '../../../validation/rules';
import { type CodeArtifactRegistryProps, PackageFormat } from './build-registry-props';

/** Rules for a repository of CodeArtifact. */
export function codeArtifactRules(prop: string, props: CodeArtifactRegistryProps): Rule[] {
  const { domain, repository, packageFormat, domainOwner, scope, serverId = 'codeartifact' } = props;
  return [
    {
      condition: !/^[a-z][a-z0-9-]{0,48}[a-z0-9]$/.test(domain),
      prop: `${prop}.domain`,
      value: domain,
      expected: 'the name of a domain: 2 to 50 lower-case letters, digits and hyphens',
      fix: "write it as 'shop'",
    },
    {
      condition: !/^[A-Za-z0-9][A-Za-z0-9._-]{1,99}$/.test(repository),
      prop: `${prop}.repository`,
      value: repository,
      expected: 'the name of a repository of the domain',
      fix: "write it as 'packages'",
    },
    {
      condition: !Object.values(PackageFormat).includes(packageFormat),
      prop: `${prop}.packageFormat`,
      value: packageFormat,
      expected: Object.keys(PackageFormat).join(', '),
      fix: 'give a member of the enum',
    },
    {
      condition: domainOwner !== undefined && !Token.isUnresolved(domainOwner) && !/^\d{12}$/.test(domainOwner),
      prop: `${prop}.domainOwner`,
      value: domainOwner,
      expected: 'an account of 12 digits',
      fix: 'remove it for the account of the pipeline',
    },
    {
      condition: scope !== undefined && packageFormat !== PackageFormat.NPM,
      prop: `${prop}.scope`,
      problem: 'is not supported for this format: only npm has scopes',
      fix: 'remove scope',
    },
    scopeRule(prop, scope),
    serverRule(prop, serverId),
  ];
}

/** A scope is text of a shell and of two files. */
export function scopeRule(prop: string, scope: string | undefined): Rule {
  return {
    condition: scope !== undefined && !/^@[a-z0-9~-][a-z0-9._~-]*$/.test(scope),
    prop: `${prop}.scope`,
    value: scope,
    expected: 'a scope of npm',
    fix: "write it as '@org'",
  };
}

/** An id is the beginning of names of Gradle. */
export function serverRule(prop: string, serverId: string): Rule {
  return {
    condition: !/^[A-Za-z][A-Za-z0-9]*$/.test(serverId),
    prop: `${prop}.serverId`,
    value: serverId,
    expected: 'letters and digits, as Gradle wants them',
    fix: "write it as 'company'",
  };
}

/** An address may not have the token in it. */
export function urlRule(prop: string, url: string): Rule {
  return {
    condition: !/^https:\/\/[\w.:-]+(\/[\w.~%/-]*)?$/.test(url),
    prop: `${prop}.url`,
    value: url,
    expected: 'an address that begins with https://, without a user and a password',
    fix: "write it as 'https://packages.example.com/npm/'",
  };
}

/** A user is text of a shell and of several files. */
export function usernameRule(prop: string, username: string): Rule {
  return {
    condition: !/^[\w.@+=-]+$/.test(username),
    prop: `${prop}.username`,
    value: username,
    expected: 'a name of letters, digits and _ . @ + = -',
    fix: 'write it as the registry names the user',
  };
}

/** Docker signs in to a host. */
export function hostRule(prop: string, host: string): Rule {
  return {
    condition: !/^[a-z0-9.-]+(:\d+)?$/.test(host),
    prop: `${prop}.host`,
    value: host,
    expected: 'the host of a registry, without a scheme and a path',
    fix: "write it as 'ghcr.io'",
  };
}

/** A prefix is part of the ARNs that the builds may read. */
export function prefixRule(prop: string, prefix: string): Rule {
  return {
    condition: !/^[a-z0-9]+([._/-][a-z0-9]+)*$/.test(prefix),
    prop,
    value: prefix,
    expected: 'the prefix of a pull-through cache, without a slash at its end',
    fix: "write it as 'docker-hub'",
  };
}
