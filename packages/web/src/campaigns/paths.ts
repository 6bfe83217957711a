/** What stands at a dotted path; undefined where there is nothing. */
export function valueAt(of: unknown, path: string): unknown {
  let value = of;
  for (const step of path.split('.')) {
    value = isGroup(value) ? value[step] : undefined;
  }
  return value;
}

/** Puts a value at a dotted path, making the groups on the way. */
export function placeAt(into: Record<string, unknown>, path: string, value: unknown): void {
  const steps = path.split('.');
  const last = steps.pop() ?? '';
  let group = into;
  for (const step of steps) {
    const inner = group[step];
    if (isGroup(inner)) group = inner;
    else {
      const made: Record<string, unknown> = {};
      group[step] = made;
      group = made;
    }
  }
  group[last] = value;
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
