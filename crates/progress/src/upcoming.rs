//! What comes next: by due date, else what is ready.

use trueline_core::artifact::queue::Status;
use trueline_plan::{Item, Plan};

/// Items that are not done, with the days they are due, earliest first.
///
/// `until` is the last day that counts; without one all count. What is overdue counts.
pub(crate) fn due<'p, 'a>(plan: &'p Plan<'a>, until: Option<&str>) -> Vec<(&'p str, Item<'p, 'a>)> {
    let mut list: Vec<(&'p str, Item<'p, 'a>)> = plan
        .items()
        .filter(|item| item.status() != Status::Done && item.deferred().is_none())
        .filter_map(|item| {
            let phase = item.phase().and_then(|id| plan.phase(id));
            let of_phase = phase.and_then(|phase| phase.record.as_ref()?.due.as_ref());
            let day = item
                .due()
                .or(of_phase.map(trueline_core::scalar::Day::as_str))?;
            Some((day, item))
        })
        .filter(|(day, _)| until.is_none_or(|until| *day <= until))
        .collect();
    list.sort_by(|a, b| a.0.cmp(b.0).then(a.1.item_id().cmp(&b.1.item_id())));
    list
}

/// The day that lies a number of days after a time.
pub(crate) fn after(time: jiff::Timestamp, days: u64) -> Option<String> {
    let date = time.to_zoned(jiff::tz::TimeZone::UTC).date();
    let span = jiff::Span::new().try_days(i64::try_from(days).ok()?).ok()?;
    Some(date.checked_add(span).ok()?.to_string())
}

#[cfg(test)]
mod tests {
    use super::after;

    #[test]
    fn days_are_counted_in_utc() {
        let time = jiff::Timestamp::from_second(1_768_478_400).unwrap();
        assert_eq!(after(time, 7).as_deref(), Some("2026-01-22"));
        assert_eq!(after(time, u64::MAX), None);
    }
}
