alter table campaign_metrics drop column pages_of_day, drop column pages_day;
alter table crawler_instances drop column supervised;
