drop table execution_structures;
drop index campaign_executions_unstructured;
alter table campaign_executions drop column structure_stored_at;
