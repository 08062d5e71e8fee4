//! `progress check`.

use trueline_kit::{Context, Error};
use trueline_plan_files::{Files, Lists, compare, files_of, missing_history};

use crate::report::Basis;
use crate::shrink;

/// Reports everything that is not true; with a base, what made the plan smaller.
pub(crate) fn check(ctx: &mut Context, base: Option<&str>) -> Result<(), Error> {
    let base = base.map(|base| ctx.trust(base)).transpose()?;
    let ctx: &Context = ctx;
    let files = Files::read(ctx)?;
    let (plan, findings) = files.join();
    ctx.report_all(findings);
    let (basis, findings) = Basis::read(ctx, &plan, Lists::All)?;
    ctx.report_all(findings);
    if let Some(cause) = &basis.evidence.unknown {
        ctx.failed(&missing_history(cause));
    }
    ctx.report_all(files.check(&plan, &basis.evidence));
    ctx.report_all(files_of(ctx, &files, &plan));
    if let Some(base) = &base {
        ctx.report_all(compare(ctx, &files, &plan, base)?);
        shrink::compare(ctx, &files, &plan, &basis, base)?;
    }
    ctx.complete_check();
    Ok(())
}
