import { campaignConfig, createAddressPolicy } from '@outrider/shared';
import { expect, it } from 'vitest';
import { createSeedJudge } from './judge-seed.js';

it('a seed with a port that is not allowed is told a setting that keeps those that are', () => {
  const policy = createAddressPolicy({ allowPrivateNetworks: false, allowedPorts: [8080] });
  const judge = createSeedJudge(campaignConfig.parse({}).scope, policy);
  expect(judge('http://example.org:8080/')).toMatchObject({ ok: true });
  expect(judge('http://example.org:25/')).toMatchObject({
    code: 'blocked_port',
    message: expect.stringMatching(/ with the setting OUTRIDER_ALLOWED_PORTS=8080,25$/),
  });
});
