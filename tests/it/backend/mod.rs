//! The backend: the real client against the real server over the real PostgreSQL.

mod cluster;
mod proxy;
mod tills;

mod api;
mod bad_input;
mod corrections;
mod database;
mod described;
mod faults;
mod menu_back;
