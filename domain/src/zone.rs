//! Civil days: what people mean by a day where they live.

use jiff::{Timestamp as Instant, tz::TimeZone};

use crate::{FieldError, Timestamp, Window};

/// A time zone of the IANA database.
#[derive(Clone, Debug)]
pub struct Zone(TimeZone);

/// A day of a calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// Its date: `2026-11-23`.
    pub date: String,
    /// From its first moment to that of the next day: 23, 24 or 25 hours, or what else the zone makes of it.
    pub window: Window,
}

impl Zone {
    /// UTC.
    pub const UTC: Self = Self(TimeZone::UTC);

    /// Reads an IANA name such as `Europe/Berlin`. The error is about the field `zone`.
    pub fn parse(name: &str) -> Result<Self, FieldError> {
        TimeZone::get(name.trim()).map(Self).map_err(|_| FieldError::new("zone", words::FIELD_ZONE_WRONG))
    }

    /// Its name, as the database writes it.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The days up to and with that of `last`, where the last one ends; oldest first, `count` of them. A day that the zone left
    /// out (Samoa had no 30 December 2011) is none. Fewer when the calendar ends.
    pub fn days(&self, last: Timestamp, count: u16) -> Vec<Day> {
        let mut days = Vec::with_capacity(usize::from(count));
        let mut to = last;
        let mut inside = last;
        while days.len() < usize::from(count) {
            let Some((date, from)) = self.day_of(inside) else { break };
            days.push(Day { date, window: Window::new(from, to) });
            to = from;
            inside = Timestamp(from.0.saturating_sub(1));
        }
        days.reverse();
        days
    }

    /// The date of a moment, and the first moment that has it.
    fn day_of(&self, at: Timestamp) -> Option<(String, Timestamp)> {
        let start =
            Instant::from_millisecond(at.0).ok()?.to_zoned_datetime(self.0.clone()).start_of_day().ok()?;
        // Where midnight came twice, the day began with the first; never later than the moment itself.
        Some((start.date().to_string(), Timestamp(start.timestamp().as_millisecond()).min(at)))
    }

    /// The moment at which clocks in this zone show a civil time. One that a change of summer time leaves out is the moment as far after the
    /// change, one that comes twice the first.
    pub(crate) fn moment(&self, civil: jiff::civil::DateTime) -> Option<Timestamp> {
        let instant = self.0.to_ambiguous_timestamp(civil).compatible().ok()?;
        Some(Timestamp(instant.as_millisecond()))
    }

    pub(crate) fn into_rules(self) -> TimeZone {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse_time;

    /// The last days up to a moment, as dates with their minutes.
    fn days(zone: &str, last: &str, count: u16) -> Vec<(String, u64)> {
        let last = parse_time(last, Timestamp(0)).unwrap();
        let days = Zone::parse(zone).unwrap().days(last, count);
        assert!(days.windows(2).all(|pair| pair[0].window.to == pair[1].window.from));
        days.into_iter().map(|day| (day.date, day.window.length_ms() / 60_000)).collect()
    }

    #[test]
    fn days_are_as_long_as_the_zone_makes_them() {
        for (zone, last, lengths) in [
            ("UTC", "2026-03-30T00:00:00Z", [1_440, 1_440, 0]),
            ("Europe/Berlin", "2026-03-30T06:00:00+02:00", [1_440, 1_380, 360]),
            ("Europe/Berlin", "2026-10-26T06:00:00+01:00", [1_440, 1_500, 360]),
            ("Australia/Lord_Howe", "2026-10-05T01:00:00+11:00", [1_440, 1_410, 60]),
            ("Australia/Lord_Howe", "2026-04-06T01:00:00+10:30", [1_440, 1_470, 60]),
            // Summer time begins at midnight: the day has no first hour.
            ("America/Sao_Paulo", "2018-11-05T01:00:00-02:00", [1_440, 1_380, 60]),
            // It ends at midnight, when the last hour of the day comes again; or after it, when midnight itself does.
            ("America/Sao_Paulo", "2018-02-18T01:00:00-03:00", [1_440, 1_500, 60]),
            ("America/Havana", "2018-11-05T01:00:00-05:00", [1_440, 1_500, 60]),
        ] {
            let found: Vec<u64> = days(zone, last, 3).into_iter().map(|(_, minutes)| minutes).collect();
            assert_eq!(found, lengths, "{zone} {last}");
        }
    }

    #[test]
    fn a_day_that_never_was_is_left_out() {
        let dates: Vec<String> =
            days("Pacific/Apia", "2012-01-01T00:00:00Z", 3).into_iter().map(|(date, _)| date).collect();
        assert_eq!(dates, ["2011-12-29", "2011-12-31", "2012-01-01"]);
    }

    #[test]
    fn ten_years_of_days_are_whole() {
        let days = days("Europe/Berlin", "2026-11-23T12:00:00Z", 3_660);
        assert_eq!((days.len(), days[0].0.as_str()), (3_660, "2016-11-16"));
    }

    #[test]
    fn places_that_do_not_exist_are_refused() {
        for name in ["", "Mars/Olympus", "../etc/passwd", "Europe/Berlin\0"] {
            assert_eq!(Zone::parse(name).unwrap_err().field, "zone", "{name:?}");
        }
        assert_eq!(Zone::parse(" europe/berlin ").unwrap().name(), "Europe/Berlin");
    }
}
