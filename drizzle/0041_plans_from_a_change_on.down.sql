alter table crawler_schedules drop column planned_from;
alter table crawler_instances drop column browser_trouble;
