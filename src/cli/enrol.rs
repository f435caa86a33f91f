//! `counterflow enrol`: makes a register and a backend known to each other.

use clap::Args;
use serde_json::json;

use crate::cli::backend::Machine;
use crate::cli::{Failure, Place, Result, print_json, say};
use crate::domain::enrolment::BackendAct;
use crate::domain::event::Event;
use crate::upload::World;
use crate::upload::client::{Answer, Server};
use crate::wire::enrolment::Enrol;

#[derive(Debug, Args)]
pub(super) struct EnrolArgs {
    /// The one-time code from the office
    code: String,
    /// The backend's address, like `https://shop.example.com`
    #[arg(long, value_name = "URL")]
    server: String,
}

pub(super) fn run(place: &Place, args: EnrolArgs) -> Result {
    let (mut store, machine, _lock) = Machine::open(place)?;
    let server = Server::new(&args.server, &place.config)?;
    let key = machine.key(&mut store, place.register)?;
    let mut enrol = Enrol {
        code: args.code,
        box_id: store.box_id(),
        register: place.register,
        public_key: key.public(),
        signature: String::new(),
    };
    enrol.signature = key.sign(&enrol.message());
    let enrolment = match server.enrol(&enrol) {
        Answer::Done(enrolment) => enrolment,
        Answer::Again { why, busy: false, .. } => return Err(Failure { code: 69, words: why }),
        Answer::Again { why, busy: true, .. } => return Err(Failure::temporary(why)),
        Answer::Refused(problem) if matches!(problem.status, 401 | 403 | 404 | 409) => {
            return Err(Failure { code: 77, words: format!("{}: ask the office for a new code", problem.detail) });
        }
        Answer::Refused(problem) => return Err(Failure { code: 76, words: problem.to_string() }),
        Answer::Unbelievable(why) => return Err(Failure { code: 76, words: why }),
    };
    if enrolment.server_keys.is_empty() {
        return Err(Failure { code: 76, words: "the server names no key to know it by".to_owned() });
    }
    let act = BackendAct::Enrolled { register: place.register, server: server.address(), enrolment: enrolment.clone() };
    let event = Event::Backend { act: Box::new(act) };
    store.commit(&[machine.record(event)], &[]).map_err(|e| Failure::io(e.to_string()))?;
    if place.json {
        return print_json(&json!({ "register": place.register, "server": server.address(), "enrolment": enrolment }));
    }
    say(&format!(
        "Register {} now reports to {} as {}, {}.",
        place.register,
        server.address(),
        enrolment.tenant_name,
        enrolment.store_name
    ));
    say("Closed shifts go there with `counterflow upload`; docs/upload.md says how to have it done each night.");
    Ok(())
}
