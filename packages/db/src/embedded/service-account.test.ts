import { describe, expect, it } from 'vitest';
import { serviceAccount } from './service-account.js';

describe('serviceAccount', () => {
  it('takes the first account that exists', async () => {
    expect(await serviceAccount(['no-such-account', 'nobody', 'root'])).not.toEqual({ uid: 0, gid: 0 });
    expect(await serviceAccount(['root', 'nobody'])).toMatchObject({ uid: 0 });
  });
});
