//! Who holds what, and are they still there: Trueline's leases.
//!
//! The live store (`<git common dir>/trueline/`) is shared by all worktrees of a clone. One mutex,
//! an operating-system lock, stands around scan, compare and publish; a fence counter that only
//! grows tells a late writer from the present holder; liveness is a pure function over values.
//! Nothing here prints or reads command lines.
//!
//! What it does not protect against: programs that change files without asking, file systems that
//! lie about locks (some network ones), and anyone who edits `.git` by hand.

mod acquire;
mod change;
mod claim;
mod error;
pub mod fault;
mod fence;
mod files;
mod host;
mod judge;
mod look;
mod mutex;
mod name;
mod observe;
mod record;
mod remote;
mod root;
mod store;

pub use acquire::{Answer, Conflict, Grant, Refusal, Request, Rules};
pub use change::{Archived, Proof, Recovery};
pub use claim::{Claim, ClaimHeld, Claimed, MAX_CLAIMS};
pub use error::Error;
pub use fence::{LEAP, PUBLISHED_CEILING};
pub use host::{Process, System, World, machine_hash, parse_stat, parse_uptime};
pub use judge::{Clock, DEFAULT_GRACE, Facts, Place, Reason, State, Tenure, Verdict, judge};
pub use look::{Candidate, DEFAULT_ORPHAN_TIMEOUT};
pub use mutex::DEFAULT_WAIT;
pub use record::{
    BadRecord, DEFAULT_LEASE_SECONDS, Host, LockId, MAX_FENCE, MAX_LEASE_SECONDS, MAX_RECORD_BYTES,
    MAX_REFS, MAX_SCOPES, MAX_TEXT, MIN_LEASE_SECONDS, Reading, Record, Session, VERSION,
    read_published,
};
pub use remote::{DEFAULT_REMOTE_WAIT, Entry, Joined, MAX_ENTRIES, MAX_TABLE_BYTES, Remote, Table};
pub use root::{TOP, scope_below, whole_path, whole_scope};
pub use store::{Blind, Held, MAX_LIVE, Options, Published, Snapshot, Source, Store};
pub use trueline_scope::OverlapKind;
