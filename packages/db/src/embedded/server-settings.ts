import { availableMemory, sharedBuffers } from './shared-memory.js';

/** PostgreSQL settings by name, as in postgresql.conf. */
export type ServerSettings = Readonly<Record<string, string>>;

/**
 * Settings for one laptop that also runs the crawler: no replication (so the
 * least write-ahead log), and checkpoints far apart, since a crawl writes in bursts. `synchronous_commit`
 * stays on: a transaction that may lose its tail turns it off for itself.
 */
const laptopSettings: ServerSettings = {
  max_connections: '200',
  work_mem: '16MB',
  maintenance_work_mem: '128MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '2GB',
  min_wal_size: '160MB',
  checkpoint_timeout: '15min',
  // Pages go into the log whole at their first change after a checkpoint: a quarter of the log, for no time that could be measured.
  wal_compression: 'pglz',
  random_page_cost: '1.1',
  // Compiling a plan costs more than most of our short statements take.
  jit: 'off',
  // The frontier is updated row by row: clean up early and little by little, not late and all at once.
  autovacuum_naptime: '20s',
  autovacuum_vacuum_scale_factor: '0.05',
  // No plan hangs on the last tenth, and looking at samples of wide rows costs a second each time.
  autovacuum_analyze_scale_factor: '0.2',
  autovacuum_max_workers: '2',
  log_checkpoints: 'off',
  log_line_prefix: '%m [%p] %q%d %a ',
  log_timezone: 'UTC',
  TimeZone: 'UTC',
};

/**
 * The server's arguments: data directory, settings, and last what nobody may change, since the start, the
 * stop and the safety of the server rest on it. Reached over 127.0.0.1 only; no Unix socket, whose path
 * would have to fit into about 100 bytes.
 */
export function serverArguments(clusterDir: string, port: number, settings: ServerSettings): string[] {
  const fixed: ServerSettings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    logging_collector: 'off',
    log_destination: 'stderr',
    lc_messages: 'C',
  };
  const machine: ServerSettings = { shared_buffers: sharedBuffers(availableMemory()) };
  const all = { ...laptopSettings, ...machine, ...settings, ...fixed };
  return ['-D', clusterDir, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}
