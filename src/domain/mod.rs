//! What a till may do. Pure: no I/O, no clock, no random number, no float for money, no terminal,
//! no SQL. [`till::Till::decide`] turns a command into events or a refusal; [`till::Till::evolve`]
//! folds events into the state.

pub mod act;
pub mod barcode;
pub mod board;
pub mod catalogue;
pub mod command;
pub mod course;
pub mod customer;
pub mod day_sum;
mod decide;
pub mod enrolment;
pub mod event;
mod evolve;
pub mod explain;
pub mod floor;
pub mod ids;
pub mod kitchen;
pub mod late;
pub mod menu_change;
pub mod menu_check;
pub mod menu_file;
pub mod money;
pub mod order;
pub mod order_act;
pub mod order_type;
pub mod payment;
pub mod promotion;
pub mod quantity;
pub mod receipt_code;
mod recorded;
pub mod refund;
pub mod refusal;
pub mod rounding;
pub mod sale;
pub mod schedule;
pub mod search;
pub mod service;
pub mod settings;
pub mod shift;
pub mod span;
pub mod split;
pub mod spool;
pub mod staff;
pub mod stock;
pub mod tax;
pub mod tender;
pub mod text;
pub mod till;
pub mod time;
pub mod tip;
pub mod totals;
pub mod voucher;
pub mod work;

pub(crate) use decide::takes_money;
pub(crate) use evolve::taken;
