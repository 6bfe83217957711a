-- Answers that are a challenge (captcha, cookie wall, bot defence) in place of the page.
alter table campaign_errors drop constraint campaign_errors_error_type_check;
alter table campaign_errors add constraint campaign_errors_error_type_check check (error_type in
  ('network', 'timeout', 'http', 'parsing', 'validation', 'robot_blocked', 'blocked', 'limit', 'internal'));
