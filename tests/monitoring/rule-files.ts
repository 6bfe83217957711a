import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const ROOT = new URL('../../', import.meta.url);

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly description: string; readonly runbook: string };
}
export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}
export interface RuleFile<Rule> {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
}

/** The path of a file of the project, from its root. */
export const pathOf = (file: string): string => fileURLToPath(new URL(file, ROOT));
export const readText = (file: string): string => readFileSync(pathOf(file), 'utf8');
export const readYaml = (file: string): unknown => parse(readText(file));

export const ALERT_FILE = 'ops/prometheus/rules/alerts.yml';
export const RECORDING_FILE = 'ops/prometheus/rules/recordings.yml';

const rulesOf = <Rule>(file: string): Rule[] =>
  (readYaml(file) as RuleFile<Rule>).groups.flatMap(({ rules }) => rules);

export const alerts = rulesOf<AlertRule>(ALERT_FILE);
export const recordings = rulesOf<RecordingRule>(RECORDING_FILE);
