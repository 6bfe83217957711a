import { getRouteApi } from '@tanstack/react-router';
import { TextLink } from '../display/links.js';
import { EmptyNote } from '../display/notes.js';
import { PageHead } from '../display/page-head.js';
import { SubNav } from '../display/sub-nav.js';
import { useMay, useSession } from '../session/use-session.js';
import { AuditLog } from './audit-log.js';
import { Keys } from './keys.js';
import { Quotas } from './quotas.js';

const route = getRouteApi('/inside/settings');

/** What only administrators see: keys, quotas, who did what. */
export function SettingsPage() {
  const { part = 'keys' } = route.useSearch();
  const session = useSession();
  const mayAdminister = useMay('admin');
  if (session === undefined) return null;
  if (!mayAdminister) {
    return (
      <>
        <PageHead title="Settings" />
        <EmptyNote title="Only for administrators">
          You are signed in with “{session.keyName}”, which may act as {session.scope}. Keys, quotas and the
          audit log need a key with the scope admin.
        </EmptyNote>
      </>
    );
  }
  return (
    <>
      <PageHead title="Settings" />
      <SubNav label="Parts of the settings">
        <TextLink to="/settings" search={{ part: 'keys' }} data-status={part === 'keys' ? 'active' : 'other'}>
          API keys
        </TextLink>
        <TextLink
          to="/settings"
          search={{ part: 'quotas' }}
          data-status={part === 'quotas' ? 'active' : 'other'}
        >
          Quotas
        </TextLink>
        <TextLink
          to="/settings"
          search={{ part: 'audit' }}
          data-status={part === 'audit' ? 'active' : 'other'}
        >
          Audit log
        </TextLink>
      </SubNav>
      {part === 'keys' ? <Keys /> : null}
      {part === 'quotas' ? <Quotas /> : null}
      {part === 'audit' ? <AuditLog /> : null}
    </>
  );
}
