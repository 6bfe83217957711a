import { readText } from './rule-files.js';

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: unknown;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly {
    readonly datasource: unknown;
    readonly expr: string;
    readonly legendFormat: string;
  }[];
  readonly fieldConfig?: { readonly defaults: { readonly unit: string } };
}
interface Variable {
  readonly name: string;
  readonly type: string;
  readonly query: unknown;
  readonly datasource?: unknown;
  readonly definition?: string;
}
export interface Dashboard {
  readonly uid: string;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
  readonly annotations: { readonly list: readonly { readonly datasource: unknown; readonly expr: string }[] };
}

export const dashboard = JSON.parse(readText('ops/grafana/outrider.json')) as Dashboard;

/** Every query of the dashboard with the name of its panel, its variables put in as Grafana would. */
export function dashboardQueries(): { readonly title: string; readonly expr: string }[] {
  const ofPanels = dashboard.panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({ title, expr })),
  );
  const ofAnnotations = dashboard.annotations.list.map(({ expr }) => ({ title: 'annotations', expr }));
  return [...ofPanels, ...ofAnnotations].map(({ title, expr }) => ({
    title,
    expr: expr.replaceAll('$__rate_interval', '1m').replaceAll('$instance', '.*'),
  }));
}
