//! The `counterflow` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    counterflow::cli::main()
}
