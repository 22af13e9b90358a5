-- A role and a database for Engage, run once as a superuser: psql -v password="'...'" -f deploy/postgresql.sql
-- Engage uses no extensions. It owns its tables, for `engage migrate` makes and changes them.
CREATE ROLE engage LOGIN PASSWORD :password;
CREATE DATABASE engage OWNER engage ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE engage FROM PUBLIC;
