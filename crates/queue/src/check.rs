//! `queue check`: everything that is not true about plan and queue.

use trueline_kit::{Context, Error};
use trueline_plan_files::{Evidence, Files, Lists, compare, files_of, missing_history};

use crate::args::Check;

pub(crate) fn check(ctx: &mut Context, options: &Check) -> Result<(), Error> {
    let base = options
        .base
        .as_deref()
        .map(|base| ctx.trust(base))
        .transpose()?;
    let ctx: &Context = ctx;
    let files = Files::read(ctx)?;
    let (plan, findings) = files.join();
    ctx.report_all(findings);
    let (evidence, findings) = Evidence::gather(ctx, &plan, Lists::All)?;
    ctx.report_all(findings);
    if let Some(cause) = &evidence.unknown {
        ctx.failed(&missing_history(cause));
    }
    ctx.report_all(files.check(&plan, &evidence));
    ctx.report_all(files_of(ctx, &files, &plan));
    ctx.report_all(crate::claim::expired(ctx, &files, &plan));
    if let Some(base) = &base {
        ctx.report_all(compare(ctx, &files, &plan, base)?);
    }
    for table in plan.queue().into_iter().chain(plan.plans()) {
        let counts = table.accounts();
        ctx.note(format!(
            "{}: {} items, {} blank, {} unusable",
            table.path(),
            counts.records,
            counts.blank,
            counts.bad
        ));
    }
    ctx.complete_check();
    Ok(())
}
