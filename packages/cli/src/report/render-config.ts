import type { CampaignConfig } from '@outrider/shared';
import { printable } from '../display/printable.js';

/** A campaign's configuration as text: what stands alone first, then each group with its values. */
export function renderConfig(config: CampaignConfig): string {
  const entries = Object.entries(config);
  const single = entries.filter(([, value]) => !isGroup(value));
  const groups = entries.filter(([, value]) => isGroup(value));
  const lines = [
    ...single.map(([name, value]) => `  ${name}: ${valueText(value)}`),
    ...groups.flatMap(([name, group]) => [
      `  ${name}`,
      ...Object.entries(group).map(
        ([field, value]) => `    ${field}: ${value === null ? unsetText(name) : valueText(value)}`,
      ),
    ]),
  ];
  return ['Configuration', ...lines].join('\n');
}

function isGroup(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** What a field means that is not set: history follows the platform's settings, anything else is off. */
function unsetText(group: string): string {
  return group === 'history' ? 'as the platform has it' : 'none';
}

/** Lists and headers are written on one line, and `none` where there is nothing in them. */
function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : printable(value.join('  '));
  if (typeof value === 'object' && value !== null) {
    const pairs = Object.entries(value).map(([name, content]) => `${name}: ${String(content)}`);
    return pairs.length === 0 ? 'none' : printable(pairs.join('  '));
  }
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : printable(String(value));
}
