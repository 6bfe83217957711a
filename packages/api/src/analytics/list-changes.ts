import { listPageChanges, type PageChangeFilter, readExecution, type Slice, type Tx } from '@outrider/db';
import { OutriderError, type PageChange } from '@outrider/shared';

type Asked = Omit<PageChangeFilter, 'executionId' | 'sinceId'> & {
  readonly id: string;
  readonly since?: string | undefined;
};

/**
 * What became of pages since an earlier execution. Throws `not_found`, and `validation_failed` when none before it
 * is known (there was none, or it is not kept any more), or when the other is of another campaign.
 */
export async function listChanges(tx: Tx, { id, since, ...filter }: Asked): Promise<Slice<PageChange>> {
  const { campaignId, previousExecutionId } = await readExecution(tx, id);
  const sinceId = since ?? previousExecutionId;
  if (sinceId === null) throw refused('No earlier execution is known: name the one to compare with.');
  if (sinceId === id) throw refused('An execution is not compared with itself.');
  if (since !== undefined && (await readExecution(tx, since)).campaignId !== campaignId) {
    throw refused('It is an execution of another campaign.');
  }
  return listPageChanges(tx, { ...filter, executionId: id, sinceId });
}

function refused(message: string): OutriderError {
  return new OutriderError('validation_failed', message, {
    fields: [{ path: 'since', code: 'invalid', message }],
  });
}
