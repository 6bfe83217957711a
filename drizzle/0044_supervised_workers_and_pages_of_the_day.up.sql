-- Whether a supervisor on the worker's machine asks whether it answers and starts it again when it does not: what there is
-- to do about a silent one depends on it. Workers of the version before say nothing, and count as unsupervised.
alter table crawler_instances add column supervised boolean default false not null;

-- Pages with an HTTP answer on the last day (UTC) on which the campaign had any: counted always, in the row that every batch
-- updates anyhow, so that a quota that is set at noon knows of the morning.
alter table campaign_metrics add column pages_day date, add column pages_of_day bigint default 0 not null;
