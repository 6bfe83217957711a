update campaign_errors set error_type = 'http' where error_type = 'blocked';
alter table campaign_errors drop constraint campaign_errors_error_type_check;
alter table campaign_errors add constraint campaign_errors_error_type_check check (error_type in
  ('network', 'timeout', 'http', 'parsing', 'validation', 'robot_blocked', 'limit', 'internal'));
