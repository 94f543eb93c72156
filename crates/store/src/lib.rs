//! Durable stores for huaweicloud-partner: the write journal and workflow records on SQLite and PostgreSQL, rate limits of a fleet on Redis, and the bulk runner.
