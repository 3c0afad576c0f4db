//! Cron expressions: reading them, and their civil times.
//!
//! The crate `cron` computes calendar fields; it is given civil time labelled UTC, because on its own it runs backwards in
//! a repeated hour. Which instants the civil times are is decided in [`super::Slots`].

use std::str::FromStr;

use ::cron::Schedule as Fields;
use jiff::tz::TimeZone;

use crate::{FieldError, Zone};

/// A cron expression in a time zone.
///
/// Six fields start with the second, and their weekdays are the crate's (1 to 7, 1 is Sunday); a seventh is the year. Five
/// fields have second 0 and Unix weekdays (0 to 7, 0 and 7 are Sunday). Names (`MON`, `JAN`) mean the same in both.
#[derive(Clone, Debug)]
pub struct Cron {
    expression: String,
    zone_name: String,
    pub(super) fields: Fields,
    pub(super) zone: TimeZone,
    /// Whether the hour field is `*`, so that a repeated hour fires twice.
    pub(super) every_hour: bool,
}

impl Cron {
    const LIMIT: usize = 200;

    /// Reads an expression and an IANA zone such as `Europe/Berlin`. The error is about the field `cron` or `zone`.
    pub fn parse(expression: &str, zone: &str) -> Result<Self, FieldError> {
        let expression = expression.split_whitespace().collect::<Vec<_>>().join(" ");
        let zone_name = zone.trim();
        let zone = Zone::parse(zone_name)?.into_rules();
        let fields = read(&expression).map_err(|problem| FieldError::new("cron", problem))?;
        let every_hour = expression.split(' ').rev().nth(hour_from_end(&expression)) == Some("*");
        Ok(Self { expression, zone_name: zone_name.to_owned(), fields, zone, every_hour })
    }

    /// The expression as it was given, with single spaces.
    pub fn expression(&self) -> &str {
        &self.expression
    }

    /// The zone's IANA name.
    pub fn zone(&self) -> &str {
        &self.zone_name
    }
}

impl PartialEq for Cron {
    fn eq(&self, other: &Self) -> bool {
        (&self.expression, &self.zone_name) == (&other.expression, &other.zone_name)
    }
}

impl Eq for Cron {}

/// The hour is the fourth field from the end, the fifth when a year follows.
fn hour_from_end(expression: &str) -> usize {
    if expression.split(' ').count() == 7 { 4 } else { 3 }
}

/// In Unix seconds.
const START_OF_2026: i64 = 1_767_225_600;

fn read(expression: &str) -> Result<Fields, String> {
    if expression.len() > Cron::LIMIT {
        return Err(words::field_cron_long(Cron::LIMIT));
    }
    let parts: Vec<&str> = expression.split(' ').collect();
    let full = match parts.as_slice() {
        [minute, hour, day, month, weekday] => {
            format!("0 {minute} {hour} {day} {month} {}", unix_weekdays(weekday)?)
        }
        [_, _, _, _, _, _] | [_, _, _, _, _, _, _] => expression.to_owned(),
        _ => return Err(words::FIELD_CRON_FIELDS.into()),
    };
    let fields = Fields::from_str(&full).map_err(|_| words::FIELD_CRON_WRONG.to_owned())?;
    // A year that was over before this program was written is as bad as the 30th of February.
    let recent = super::slots::civil_label(START_OF_2026).ok_or(words::FIELD_CRON_RANGE)?;
    if fields.after(&recent).next().is_none() {
        return Err(words::FIELD_CRON_NEVER.into());
    }
    Ok(fields)
}

/// Unix weekday numbers (0 to 7, 0 and 7 are Sunday) as the crate's (1 to 7, 1 is Sunday). Names stay. A step after a range
/// keeps its meaning, as the whole range moves by one.
fn unix_weekdays(field: &str) -> Result<String, String> {
    let parts: Result<Vec<String>, String> = field.split(',').map(unix_weekday_part).collect();
    Ok(parts?.join(","))
}

fn unix_weekday_part(part: &str) -> Result<String, String> {
    let (range, step) = match part.split_once('/') {
        Some((range, step)) => (range, Some(step)),
        None => (part, None),
    };
    let number = |text: &str| text.parse::<u8>().ok();
    let moved = match range.split_once('-') {
        _ if range == "*" || range == "?" => return Ok(part.to_owned()),
        Some((low, high)) => match (number(low), number(high)) {
            (Some(low), Some(high)) if low <= high && high <= 7 => return list(low, high, step),
            (None, None) => range.to_owned(),
            _ => return Err(words::FIELD_CRON_WEEKDAYS.into()),
        },
        None => match number(range) {
            Some(_) if step.is_some() => return Err(words::FIELD_CRON_STEP_RANGE.into()),
            Some(day) if day <= 7 => (day % 7 + 1).to_string(),
            Some(_) => return Err(words::FIELD_CRON_WEEKDAYS.into()),
            None => range.to_owned(),
        },
    };
    Ok(step.map_or(moved.clone(), |step| format!("{moved}/{step}")))
}

/// A range may wrap over Sunday when 7 is in it; so it becomes a list.
fn list(low: u8, high: u8, step: Option<&str>) -> Result<String, String> {
    let step = match step {
        None => 1,
        Some(text) => text.parse().ok().filter(|step| *step > 0).ok_or(words::FIELD_CRON_STEP)?,
    };
    let mut days: Vec<u8> = (low..=high).step_by(step).map(|day| day % 7 + 1).collect();
    days.sort_unstable();
    days.dedup();
    Ok(days.iter().map(u8::to_string).collect::<Vec<_>>().join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unix_weekdays_are_translated() {
        for (unix, crates) in [
            ("0", "1"),
            ("7", "1"),
            ("1", "2"),
            ("1-5", "2,3,4,5,6"),
            ("5-7", "1,6,7"),
            ("0-7", "1,2,3,4,5,6,7"),
            ("1-5/2", "2,4,6"),
            ("*", "*"),
            ("*/2", "*/2"),
            ("MON-FRI", "MON-FRI"),
            ("1,3,SAT", "2,4,SAT"),
        ] {
            assert_eq!(unix_weekdays(unix).unwrap(), crates, "{unix}");
        }
    }

    #[test]
    fn expressions_that_cannot_work_are_refused() {
        for (expression, zone, field) in [
            ("", "UTC", "cron"),
            ("* * *", "UTC", "cron"),
            ("61 * * * *", "UTC", "cron"),
            ("0 0 30 2 *", "UTC", "cron"),
            ("0 0 0 1 1 * 1999", "UTC", "cron"),
            ("0 0 * * 8", "UTC", "cron"),
            ("0 0 * * *", "Mars/Olympus", "zone"),
            (&"1,".repeat(200), "UTC", "cron"),
        ] {
            assert_eq!(Cron::parse(expression, zone).unwrap_err().field, field, "{expression}");
        }
    }
}
