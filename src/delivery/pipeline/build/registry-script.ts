/**
 * Shell of the registries: it writes one file for each tool into a folder that only the build can read.
 *
 * Checks use the files in place. Image builds hand each over as a secret of BuildKit that has the name of the file.
 * Commands find a token in a variable, which they unset.
 */

/** Folder of the files. */
export const REGISTRIES = '/tmp/registries';

/** Runs lines in the folder, without leaving a file readable for others. */
function inFolder(lines: string[]): string {
  return [`( set -euo pipefail; umask 077; mkdir -p ${REGISTRIES}; cd ${REGISTRIES}`, ...lines, ')'].join('\n');
}

/** Text in single quotes of the shell. */
export function quoted(text: string): string {
  return `'${text.replace(/'/g, "'\\''")}'`;
}

/** Names of the variables of the shell that a registry asks for. */
export interface SignIn {
  /** Variable with the address. */
  readonly url: string;
  /** Variable with the password or token. */
  readonly password: string;
}

/** File for npm and pnpm, and one for yarn. Registries of scopes come after the one for all packages. */
export function npmFiles({ url, password }: SignIn, scope?: string): string[] {
  const registry = scope === undefined ? 'registry' : `${scope}:registry`;
  const yarn =
    scope === undefined
      ? [`printf 'npmRegistryServer: "%s"\\nnpmAuthToken: "%s"\\n' "$${url}" "$${password}" >> yarnrc.yml`]
      : [
        "grep -qs '^npmScopes:' yarnrc.yml || echo 'npmScopes:' >> yarnrc.yml",
        `printf '  ${scope.slice(1)}:\\n    npmRegistryServer: "%s"\\n    npmAuthToken: "%s"\\n' \
"$${url}" "$${password}" >> yarnrc.yml`,
      ];
  return [
    inFolder([
      `printf '%s=%s\\n//%s:_authToken=%s\\n' '${registry}' "$${url}" "\${${url}#https://}" "$${password}" >> npmrc`,
      ...yarn,
    ]),
    `export NPM_CONFIG_USERCONFIG=${REGISTRIES}/npmrc`,
    `cp ${REGISTRIES}/yarnrc.yml "$HOME/.yarnrc.yml"`,
  ];
}

/** File for pip, and one for uv. */
export function pypiFiles({ url, password }: SignIn, username: string): string[] {
  return [
    inFolder([
      `user="$(jq -rn --arg text ${quoted(username)} '$text | @uri')"`,
      `secret="$(printf '%s' "$${password}" | jq -Rrs '@uri')"`,
      `printf '[global]\\nindex-url = https://%s:%s@%s\\n' "$user" "$secret" "\${${url}#https://}" > pip.conf`,
      `host="\${${url}#https://}"`,
      `printf 'machine %s\\nlogin %s\\npassword %s\\n' "\${host%%/*}" ${quoted(username)} "$${password}" > netrc`,
    ]),
    `export PIP_CONFIG_FILE=${REGISTRIES}/pip.conf NETRC=${REGISTRIES}/netrc UV_DEFAULT_INDEX="$${url}"`,
  ];
}

/** File for Maven, and one for Gradle. */
export function mavenFiles({ url, password }: SignIn, username: string, serverId: string): string[] {
  return [
    inFolder([
      `user="$(jq -rn --arg text ${quoted(username)} '$text | @html')"`,
      `secret="$(printf '%s' "$${password}" | jq -Rrs '@html')"`,
      `address="$(printf '%s' "$${url}" | jq -Rrs '@html')"`,
      `cat > settings.xml <<END
<settings>
  <servers><server><id>${serverId}</id><username>$user</username><password>$secret</password></server></servers>
  <mirrors><mirror><id>${serverId}</id><mirrorOf>*</mirrorOf><url>$address</url></mirror></mirrors>
</settings>
END`,
      `printf '%s=%s\\n' ${serverId}Url "$${url}" ${serverId}Username ${quoted(username)} \
${serverId}Password "\${${password}//\\\\/\\\\\\\\}" > gradle.properties`,
    ]),
    'mkdir -p "$HOME/.m2" "$HOME/.gradle"',
    `cp ${REGISTRIES}/settings.xml "$HOME/.m2/settings.xml"`,
    `cp ${REGISTRIES}/gradle.properties "$HOME/.gradle/gradle.properties"`,
  ];
}
