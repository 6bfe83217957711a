/** What both `pg.Client` and BullMQ's pool take. Times are milliseconds. */
export interface PostgresClientOptions {
  readonly connectionString: string;
  readonly options?: string;
  readonly application_name: string;
  readonly connectionTimeoutMillis: number;
  readonly query_timeout: number;
  readonly keepAlive: boolean;
  readonly keepAliveInitialDelayMillis: number;
}

const OPTIONS_PARAMETER = /([?&])options=([^&]*)(&|$)/;

/**
 * Connection options for `pg`. `options` is moved out of the URL: what the URL says overrides what is
 * given beside it, and BullMQ adds its `search_path` to the one beside it, so it would be lost.
 */
export function postgresClientOptions(url: string, applicationName: string): PostgresClientOptions {
  const found = OPTIONS_PARAMETER.exec(url)?.[2];
  const connectionString =
    found === undefined
      ? url
      : url.replace(OPTIONS_PARAMETER, (_, before: string, __, after: string) =>
          after === '&' ? before : '',
        );
  return {
    connectionString,
    ...(found === undefined ? {} : { options: decodeURIComponent(found.replaceAll('+', ' ')) }),
    application_name: applicationName,
    connectionTimeoutMillis: 5_000,
    query_timeout: 10_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  };
}
