-- A stall is noted when the disk takes no new page, so the note must need none: half of each page is left free for it,
-- and no index has to take it up. There is a row for each execution under way, few enough to be read through.
drop index execution_watches_stalled;
alter table execution_watches set (fillfactor = 50);
