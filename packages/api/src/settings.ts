/** The environment of the API process: the only place that touches it. */
export function readEnvironment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}
