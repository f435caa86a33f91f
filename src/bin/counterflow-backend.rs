//! The `counterflow-backend` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    counterflow::backend::main()
}
