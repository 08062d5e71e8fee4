//! The files of a repository's plan, read through the edge: what `queue` and `progress` share,
//! so that both see the same plan.
//!
//! [`Files::read`] reads them, [`Files::join`] joins them, [`Evidence::gather`] reads what
//! claims are checked against (recorded checks, indexes, check lists): that part asks git and
//! is only done by commands that check.

mod aliases;
mod checks;
mod compare;
mod evidence;
mod inputs;

use trueline_core::Finding;
use trueline_kit::{Artifact, Context, Error};
use trueline_plan::{Aliases, Input, Inputs, Options, Plan};

pub use aliases::of as aliases_of;
pub use checks::{Judged, has_git, judged, missing_history};
pub use compare::compare;
pub use evidence::{Evidence, Lists, files_of, sha256};
pub use inputs::{inputs_at, is_own};

/// Bytes of a file, and its path relative to the root.
#[derive(Debug, Clone)]
pub struct File {
    /// Path relative to the root.
    pub path: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl File {
    /// For the pure readers.
    pub fn input(&self) -> Input<'_> {
        Input {
            path: &self.path,
            bytes: &self.bytes,
        }
    }

    fn read(ctx: &Context, artifact: Artifact) -> Result<Option<File>, Error> {
        let path = ctx.config().path(artifact);
        Ok(ctx.read(path)?.map(|bytes| File {
            path: path.to_owned(),
            bytes,
        }))
    }
}

/// The files of the plan, and what foreign names in them mean.
#[derive(Debug, Clone)]
pub struct Files {
    /// Plan of record.
    pub por: Option<File>,
    /// The queue.
    pub queue: Option<File>,
    wbs: Option<File>,
    por_aliases: Aliases,
    wbs_aliases: Aliases,
    queue_aliases: Aliases,
    /// Choices.
    pub options: Options,
}

impl Files {
    /// Reads the files.
    ///
    /// # Errors
    /// A file that cannot be read; an alias in trueline.toml that means nothing; no plan and no
    /// queue at all.
    pub fn read(ctx: &Context) -> Result<Files, Error> {
        let files = Files {
            por: File::read(ctx, Artifact::Por)?,
            queue: File::read(ctx, Artifact::Queue)?,
            wbs: File::read(ctx, Artifact::Wbs)?,
            por_aliases: aliases::of(ctx, Artifact::Por)?,
            wbs_aliases: aliases::of(ctx, Artifact::Wbs)?,
            queue_aliases: aliases::of(ctx, Artifact::Queue)?,
            options: Options::default(),
        };
        if files.por.is_none() && files.queue.is_none() && files.wbs.is_none() {
            let (por, queue) = (Artifact::Por, Artifact::Queue);
            return Err(Error::io(format!(
                "there is no `{}` and no `{}`",
                ctx.config().path(por),
                ctx.config().path(queue)
            ))
            .hint("`queue add ID --title TITLE` begins a queue"));
        }
        Ok(files)
    }

    /// Foreign names in the queue.
    pub fn queue_aliases(&self) -> &Aliases {
        &self.queue_aliases
    }

    /// Foreign names in the plan of record.
    pub fn por_aliases(&self) -> &Aliases {
        &self.por_aliases
    }

    /// Path of the first plan that is there.
    pub fn plan_path(&self) -> Option<&str> {
        self.por
            .as_ref()
            .or(self.wbs.as_ref())
            .map(|file| file.path.as_str())
    }

    /// Joins them; gives the plan and the findings about reading and the graph.
    pub fn join(&self) -> (Plan<'_>, Vec<Finding>) {
        self.with_inputs(Plan::join)
    }

    /// Findings about what is planned and claimed.
    pub fn check<'a>(&'a self, plan: &Plan<'a>, evidence: &Evidence) -> Vec<Finding> {
        self.with_inputs(|inputs| plan.check(inputs, &evidence.claims()))
    }

    fn with_inputs<'a, T>(&'a self, run: impl FnOnce(&Inputs<'a, '_>) -> T) -> T {
        let extra: Vec<Input<'a>> = self.wbs.iter().map(File::input).collect();
        run(&Inputs {
            por: self.por.as_ref().map(File::input),
            extra: &extra,
            queue: self.queue.as_ref().map(File::input),
            por_aliases: &self.por_aliases,
            extra_aliases: &self.wbs_aliases,
            queue_aliases: &self.queue_aliases,
            options: self.options,
        })
    }
}
