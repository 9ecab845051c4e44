/** Placeholder. */
export async function handler(): Promise<void> {
  await Promise.resolve();
}
