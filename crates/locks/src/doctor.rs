//! `locks doctor`: what is wrong with the lock files, and how to mend it.

use trueline_kit::{Context, Error};
use trueline_lease::State;

use crate::args::store_error;
use crate::list::{blind_finding, stale_finding};
use crate::{publish, store};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Set damaged live records aside, and remove published copies of locks that have ended
    #[arg(long, requires = "reason")]
    mend: bool,
    /// Why; kept with what is set aside
    #[arg(long)]
    reason: Option<String>,
}

pub(crate) fn run(args: &Args, ctx: &Context) -> Result<(), Error> {
    let store = if args.mend {
        store::open(ctx)?
    } else {
        store::open_to_look(ctx)?
    };
    let snapshot = store
        .list(&publish::read(ctx)?)
        .map_err(|e| store_error(&e))?;
    let reason = args.reason.as_deref().unwrap_or_default();
    for blind in &snapshot.blind {
        let name = blind.path.rsplit(['/', '\\']).next().unwrap_or_default();
        if args.mend && blind.live {
            store
                .discard(name, &blind.digest, reason)
                .map_err(|e| store_error(&e))?;
            ctx.note(format!("set the damaged live record {name} aside"));
            continue;
        }
        let help = if blind.live {
            "make sure that its holder is gone, then `locks doctor --mend --reason TEXT` sets it \
             aside in the archive"
        } else if blind.foreign {
            "ask its owner to acquire a lock with `locks acquire --owner … --task … --scope …`, \
             then remove this file"
        } else {
            "restore it with `git checkout`, or ask its owner to renew the lock; remove it only \
             when its owner is gone"
        };
        ctx.report(blind_finding(blind).help(help));
    }
    for (path, record) in &snapshot.ended {
        if args.mend {
            publish::remove_path(ctx, path)?;
            ctx.note(format!(
                "removed {path}: the lock {} has ended",
                record.lock_id
            ));
            continue;
        }
        let message = format!(
            "the lock {} of `{}` has ended",
            record.lock_id, record.owner
        );
        let at = trueline_core::Location::file(path.clone());
        ctx.report(trueline_core::Finding::new(
            &crate::rules::ENDED_LOCK,
            at,
            message,
        ));
    }
    for held in &snapshot.locks {
        if held.verdict.state != State::Active {
            ctx.report(stale_finding(held, ctx));
        }
    }
    ctx.complete_check();
    Ok(())
}
