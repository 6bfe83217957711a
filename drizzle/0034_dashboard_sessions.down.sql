drop table sign_in_links, dashboard_sessions;
