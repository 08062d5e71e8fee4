//! The live store of the repository at hand.

use trueline_kit::{Clock, Context, Error};
use trueline_lease::{Host, Options, Process, Session, Store, System, World};

use crate::args::store_error;

/// The real world, with the wall clock of the edge.
#[derive(Debug)]
struct Edge(Clock);

impl World for Edge {
    fn host(&self) -> Host {
        System.host()
    }

    fn now(&self) -> jiff::Timestamp {
        self.0.now()
    }

    fn uptime_ms(&self) -> Option<u64> {
        System.uptime_ms()
    }

    fn process(&self, pid: u32) -> Process {
        System.process(pid)
    }
}

/// Opens it; an error says why where there is no repository.
pub(crate) fn open(ctx: &Context) -> Result<Store, Error> {
    let git = ctx.git();
    Store::open(git.common_dir()?, options(ctx)).map_err(|e| store_error(&e))
}

/// Opens it to look only: works where the git folder cannot be written, and says so then.
pub(crate) fn open_to_look(ctx: &Context) -> Result<Store, Error> {
    let git = ctx.git();
    let opened = Store::open_to_look(git.common_dir()?, options(ctx));
    let store = opened.map_err(|e| store_error(&e))?;
    if store.is_look_only() {
        ctx.note(
            "the git folder cannot be written: locks are read without the mutex, and nothing that \
             is seen of other clones is remembered",
        );
    }
    Ok(store)
}

fn options(ctx: &Context) -> Options {
    Options {
        world: Box::new(Edge(ctx.clock())),
        ..Options::default()
    }
}

/// The session of a process named on the command line.
pub(crate) fn session(pid: Option<u32>) -> Result<Option<Session>, Error> {
    let Some(pid) = pid else {
        return Ok(None);
    };
    if let Some(session) = Session::of(&System, pid) {
        return Ok(Some(session));
    }
    Err(match System.process(pid) {
        Process::Gone => Error::usage(format!("--pid: there is no process {pid}")),
        _ => Error::usage(format!(
            "--pid: process {pid} cannot be watched on this system"
        ))
        .hint("leave --pid out: the lock then stands for its lease"),
    })
}
