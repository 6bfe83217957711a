import { Stack, Title } from '@mantine/core';
import { PageHead } from '../display/page-head.js';
import { Hosts } from './hosts.js';
import { Queue } from './queue.js';
import { Workers } from './workers.js';

/** Who works, who waits and why, and how the sites are treated. */
export function FleetPage() {
  return (
    <>
      <PageHead title="Fleet" />
      <Stack gap="xl">
        <section>
          <Title order={2} mb="sm">
            Workers
          </Title>
          <Workers />
        </section>
        <section>
          <Title order={2} mb="sm">
            Queue
          </Title>
          <Queue />
        </section>
        <section>
          <Title order={2} mb="sm">
            Hosts
          </Title>
          <Hosts />
        </section>
      </Stack>
    </>
  );
}
