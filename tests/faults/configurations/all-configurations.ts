import { BROKEN_DATABASE } from './broken-database.js';
import { BROKEN_NETWORK } from './broken-network.js';
import { BROKEN_QUEUE } from './broken-queue.js';
import { BROKEN_TARGET } from './broken-target.js';
import type { Configuration } from './configuration.js';
import { DYING_API } from './dying-api.js';
import { DYING_API_OF_TWO } from './dying-api-of-two.js';
import { DYING_SITEMAP_READER } from './dying-sitemap-reader.js';
import { DYING_WORKERS } from './dying-workers.js';
import { RANDOM_COMMANDS } from './random-commands.js';
import { ROLLING_DEPLOY } from './rolling-deploy.js';
import { SEVERAL_HOSTS } from './several-hosts.js';
import { SLEEPING_WORKERS } from './sleeping-workers.js';

/** Every fault that is made here, in the order of the table. */
export const CONFIGURATIONS: readonly Configuration[] = [
  ...DYING_WORKERS,
  DYING_SITEMAP_READER,
  ...SLEEPING_WORKERS,
  ...DYING_API,
  DYING_API_OF_TWO,
  ...BROKEN_DATABASE,
  ...BROKEN_QUEUE,
  ...BROKEN_NETWORK,
  ...SEVERAL_HOSTS,
  ...BROKEN_TARGET,
  ...ROLLING_DEPLOY,
  ...RANDOM_COMMANDS,
].sort((a, b) => a.fault.localeCompare(b.fault));
