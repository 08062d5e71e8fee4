//! `build`: gathers the evidence of a run and writes the pack.

mod bundle;
mod diff;
mod gate;
mod gather;
mod handoff;
mod input;
mod list;
mod look;
mod nested;
mod outcome;
mod output;
mod pipeline;
mod scanner;
mod settings;
mod stamp;
mod tags;

pub(crate) use settings::Args;

use crate::report::pack_line;
use crate::zip::Level;
use gather::Gathered;
use settings::Settings;
use stamp::Stamp;
use std::io::Write;
use trueline_kit::{Context, Error, Format};

/// What every part of a build needs.
struct Job<'a> {
    ctx: &'a Context,
    settings: Settings,
    stamp: Stamp,
    logs: outcome::Logs,
}

pub(crate) fn run(args: Args, ctx: &Context) -> Result<(), Error> {
    let settings = Settings::read(args, ctx)?;
    let stamp = Stamp::read(ctx, &settings)?;
    let job = Job {
        ctx,
        settings,
        stamp,
        logs: outcome::Logs::default(),
    };
    let gate = gate::Gate::new(ctx);
    let Some(gathered) = gather::gather(&job, &gate)? else {
        return Ok(());
    };
    let target = output::Target::of(ctx, &job.settings, &job.stamp)?;
    target.holds_another(job.settings.run.as_deref())?;
    let Some(made) = write(&job, &gate, gathered, &target)? else {
        return refused(&gate);
    };
    let line = pack_line(target.shown(), &made);
    let shown = trueline_kit::escape::line(&line);
    if ctx.format() == Format::Human {
        let mut out = ctx.out();
        writeln!(out, "{shown}")?;
        return Ok(out.finish()?);
    }
    ctx.note(shown);
    Ok(())
}

/// Nothing was written. The findings say why, unless their level was lowered: that cannot open the gate.
fn refused(gate: &gate::Gate<'_>) -> Result<(), Error> {
    if gate.is_lowered() {
        return Err(
            Error::io("nothing was written: the findings keep the pack from being made")
                .hint("[levels] cannot change that; `[[allow]]` can, for one finding at a time"),
        );
    }
    gate.ctx().note("nothing was written");
    Ok(())
}

/// Writes the pack; `None` if the gate is closed.
fn write(
    job: &Job<'_>,
    gate: &gate::Gate<'_>,
    gathered: Gathered,
    target: &output::Target,
) -> Result<Option<String>, Error> {
    let Gathered {
        inputs,
        base: of,
        claims,
    } = gathered;
    let judge = || outcome::judge(job.ctx, &job.logs, claims.as_ref());
    if gate.is_closed() {
        // Everything is looked at, so that all findings are seen at once.
        pipeline::inspect(job, gate, &inputs)?;
        scanner::run(job, gate, &inputs)?;
        judge();
        return Ok(None);
    }
    scanner::run(job, gate, &inputs)?;
    let level = match job.settings.store {
        true => Level::Store,
        false => Level::Normal,
    };
    let settings = &job.settings;
    let base = job.stamp.folder(settings.kind, settings.run.as_deref());
    let mut file = target.create()?;
    // No more than this, as a series has its names once.
    let about = |input: &input::Input| 2 * input.path.len() as u64 + 150;
    let about: u64 = inputs.iter().map(about).sum();
    let list = |files: &mut dyn Iterator<Item = list::One<'_>>| {
        make_list(job, of.as_deref(), target, about, files)
    };
    let out = file.writer();
    let Some(zip) = pipeline::write(job, gate, out, &base, level, &inputs, &list)? else {
        judge();
        return Ok(None);
    };
    let outcomes = judge();
    // There may be a million, and the tag files take their turn in memory.
    drop(inputs);
    let id = tags::finish(job, of.as_deref(), &outcomes, zip, &base)?;
    file.commit()?;
    Ok(Some(id))
}

/// Writes pack.json: into memory, or where it may be too large for that into a file.
fn make_list(
    job: &Job<'_>,
    of: Option<&str>,
    target: &output::Target,
    about: u64,
    files: &mut dyn Iterator<Item = list::One<'_>>,
) -> Result<input::Origin, Error> {
    let list = list::List {
        version: trueline_core::artifact::Version::default(),
        kind: job.settings.kind,
        agent: job.settings.agent.as_deref(),
        tasks: &job.settings.tasks,
        commit: job.stamp.commit.as_deref(),
        base: of,
        files: list::Files::new(files),
    };
    let failed = |error: std::io::Error| Error::io(format!("pack.json cannot be written: {error}"));
    let bad = |error: serde_json::Error| failed(error.into());
    if about <= crate::zip::WHOLE {
        let mut bytes = Vec::new();
        list::write(&mut bytes, &list).map_err(bad)?;
        return Ok(input::Origin::Bytes(bytes));
    }
    let scratch = target.scratch()?;
    list::write(std::io::BufWriter::new(&scratch), &list).map_err(bad)?;
    let size = scratch.metadata().map_err(failed)?.len();
    Ok(input::Origin::Scratch(scratch.into(), size))
}
