import { API_BASE, type Route } from '@outrider/shared/contract';

export type ParamValue = string | number | boolean | undefined;
export type ParamValues = Readonly<Record<string, ParamValue>>;

/** The path and query of a route, percent-encoded. Values left undefined or empty are not sent. */
export function requestTarget(route: Pick<Route, 'path'>, params: ParamValues, query: ParamValues): string {
  const path = route.path.replace(/:(\w+)/g, (_, name: string) => {
    const value = params[name];
    if (value === undefined || value === '') throw new TypeError(`${route.path} needs the parameter ${name}`);
    return encodeURIComponent(String(value));
  });
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') search.set(name, String(value));
  }
  return search.size === 0 ? `${API_BASE}${path}` : `${API_BASE}${path}?${search}`;
}
