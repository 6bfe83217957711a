alter table execution_watches reset (fillfactor);
create index execution_watches_stalled on execution_watches (stalled_at) where stalled_at is not null;
