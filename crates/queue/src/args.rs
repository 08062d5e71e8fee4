//! The command line.

use clap::{Args, Subcommand, ValueEnum};

/// The commands of `queue`.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the items with their states
    List(Filter),
    /// List what can be begun now, in the order to take it
    Ready(Ready),
    /// Name the one item to take
    Next(Next),
    /// Say where an item stands, and what is in its way
    Why {
        /// The item
        id: String,
    },
    /// Show all that is known about an item
    Show {
        /// The item
        id: String,
    },
    /// Add an item at the end of the queue
    Add(Add),
    /// Change fields of an item
    ///
    /// FIELD=VALUE sets a field, FIELD= removes it, FIELD+=VALUE adds to a list, FIELD-=VALUE takes
    /// from it. A list is set with commas between its elements.
    Set {
        /// The item
        id: String,
        /// FIELD=VALUE, FIELD=, FIELD+=VALUE or FIELD-=VALUE
        #[arg(required = true, allow_hyphen_values = true)]
        changes: Vec<String>,
    },
    /// Take an item: of any number of callers exactly one gets it
    Claim(Claim),
    /// Give a claimed item back
    Release(Release),
    /// Set an item to done, if its evidence is as its tier asks
    Done {
        /// The item
        id: String,
        /// File that shows it is done (may be given several times)
        #[arg(long, value_name = "PATH", num_args = 1..)]
        evidence: Vec<String>,
    },
    /// Set an item to blocked, and say by what
    Block {
        /// The item
        id: String,
        /// What is in the way
        #[arg(long)]
        reason: String,
    },
    /// Set an item's status as a review decides, if report, checks and acceptance agree with it
    ApplyReview(crate::apply_review::Args),
    /// Give an item another id, in queue and plan
    Renumber {
        /// The id it has
        old: String,
        /// The id it gets
        new: String,
    },
    /// Propose items from what a run report or review leaves open
    FollowUp(crate::follow_up::Args),
    /// Import items from another tracker; every record is accounted for
    Import(crate::import::Args),
    /// Add what only the plan has, and take out copies that contradict it
    Sync {
        /// Say what would change, and write nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Say what is known about claims and lines, and what does not fit
    Doctor,
    /// Merge three versions of a JSONL file by id and field (what git calls)
    Merge(crate::merge::Args),
    /// Make git merge the queue by id and field, in this clone
    InstallMergeDriver(crate::merge::InstallArgs),
    /// Check plan and queue; with NAME and a command, run it and record the outcome
    ///
    /// Without arguments: everything that is not true about plan and queue. `queue check NAME --
    /// COMMAND…` runs the command in the root (0 is pass, 75 is blocked, anything else is fail),
    /// keeps its output as a log and writes the check's file.
    Check(Check),
}

/// Which items to list.
#[derive(Debug, Default, Args)]
pub struct Filter {
    /// Only items in this state (may be given several times)
    #[arg(long, value_enum)]
    pub state: Vec<StateName>,
    /// Only items of this phase
    #[arg(long)]
    pub phase: Option<String>,
    /// Only items of this owner
    #[arg(long)]
    pub owner: Option<String>,
}

/// A state, stored or computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StateName {
    /// Not begun, nothing in the way.
    Ready,
    /// Not begun, something in the way.
    Waiting,
    /// Being worked on.
    Doing,
    /// In review.
    Review,
    /// Blocked.
    Blocked,
    /// Done.
    Done,
    /// Put off.
    Deferred,
}

impl StateName {
    /// The name in outputs.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            StateName::Ready => "ready",
            StateName::Waiting => "waiting",
            StateName::Doing => "doing",
            StateName::Review => "review",
            StateName::Blocked => "blocked",
            StateName::Done => "done",
            StateName::Deferred => "deferred",
        }
    }
}

/// What counts as ready.
#[derive(Debug, Default, Args)]
pub struct Ready {
    /// An item waits until the phases before its own are complete
    #[arg(long)]
    pub gate_phases: bool,
    /// At most this many
    #[arg(long)]
    pub limit: Option<usize>,
}

/// For whom.
#[derive(Debug, Args)]
pub struct Next {
    /// Who asks: items that are another's are left out, those of its own come first
    #[arg(long)]
    pub owner: Option<String>,
    /// An item waits until the phases before its own are complete
    #[arg(long)]
    pub gate_phases: bool,
}

/// A new item.
#[derive(Debug, Args)]
pub struct Add {
    /// Its id
    pub id: String,
    /// Title; needed unless the plan has the item
    #[arg(long)]
    pub title: Option<String>,
    /// Who answers for it
    #[arg(long)]
    pub owner: Option<String>,
    /// Phase; only where the plan does not have the item
    #[arg(long)]
    pub phase: Option<String>,
    /// Weight within its phase; only where the plan does not have the item
    #[arg(long)]
    pub weight: Option<String>,
    /// Order among ready items: lower comes first
    #[arg(long)]
    pub priority: Option<u32>,
    /// Path that it changes (may be given several times)
    #[arg(long)]
    pub scope: Vec<String>,
    /// Item that has to be done before it (may be given several times)
    #[arg(long = "depends-on", value_name = "ID")]
    pub dependencies: Vec<String>,
    /// What has to be true for it to be done (may be given several times)
    #[arg(long = "exit", value_name = "TEXT")]
    pub exit_criteria: Vec<String>,
    /// Requirement that it serves (may be given several times)
    #[arg(long = "nt", value_name = "ID")]
    pub nt_refs: Vec<String>,
    /// Design that it implements (may be given several times)
    #[arg(long = "td", value_name = "ID")]
    pub td_refs: Vec<String>,
}

/// Who takes what.
#[derive(Debug, Args)]
pub struct Claim {
    /// The item
    pub id: String,
    /// Who takes it
    #[arg(long)]
    pub owner: String,
    /// How long the claim stands without being renewed: 90s, 30m, 2h, 1d
    #[arg(long, value_name = "TIME", value_parser = crate::claim::duration)]
    pub lease: Option<std::time::Duration>,
    /// Renew the owner's own claim
    #[arg(long)]
    pub renew: bool,
    /// Take over a claim that is over
    #[arg(long, conflicts_with = "renew")]
    pub take_over: bool,
}

/// Who gives what back.
#[derive(Debug, Args)]
pub struct Release {
    /// The item
    pub id: String,
    /// Who holds it
    #[arg(long)]
    pub owner: String,
    /// The status that it goes to, where it is `doing`
    #[arg(long, value_enum, default_value = "todo")]
    pub status: ReleaseTo,
}

/// Where a released item goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReleaseTo {
    /// Not begun.
    Todo,
    /// Waits for a review.
    Review,
    /// Cannot go on.
    Blocked,
}

impl ReleaseTo {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            ReleaseTo::Todo => "todo",
            ReleaseTo::Review => "review",
            ReleaseTo::Blocked => "blocked",
        }
    }
}

/// What to check.
#[derive(Debug, Args)]
pub struct Check {
    /// Name of the check to record
    #[arg(requires = "command")]
    pub name: Option<String>,
    /// Item that the recorded check speaks for (may be given several times)
    #[arg(long = "item", value_name = "ID", requires = "name")]
    pub items: Vec<String>,
    /// Run although tracked files differ from the commit; the outcome then names no commit, and
    /// shows nothing
    #[arg(long, requires = "name")]
    pub allow_dirty: bool,
    /// Take the place of a check of that name, whatever it ran and whichever items it speaks for
    #[arg(long, requires = "name")]
    pub replace: bool,
    /// Compare with this revision, and read trueline.toml from it
    #[arg(long, value_name = "REV", conflicts_with = "name")]
    pub base: Option<String>,
    /// The command to run
    #[arg(last = true, requires = "name")]
    pub command: Vec<String>,
}
