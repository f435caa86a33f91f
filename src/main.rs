//! The `counterflow` command.

fn main() {}
