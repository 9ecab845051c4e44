/** Reads a variable of the task. A missing one ends the start, so that the deployment fails with its name. */
export function variable(name: string): string {
  const value = process.env[name];
  if (!value) {
    throw new Error(`The environment variable ${name} is missing.`);
  }
  return value;
}
