/** The environment of this process, unchecked; `runService` checks it. Nothing else here reads `process.env`. */
export function readEnvironment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}
