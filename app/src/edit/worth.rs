//! What policies are worth, as a table beside the fields that make one.

use domain::Worth;
use leptos::prelude::*;

use crate::{
    format,
    ui::{Icon, Part, whole},
};

/// The presets and what is set now. Folded: it is for who wonders what to choose.
pub(super) fn table(worths: &[Worth]) -> Part {
    let rows: Vec<_> = worths.iter().map(row).collect();
    if rows.is_empty() {
        return whole(view! { <p class="muted whole">{words::WORTH_NOTHING}</p> });
    }
    whole(view! {
        <details class="fold whole">
            <summary>
                <Icon name="#i-chev" />
                {words::WORTH}
            </summary>
            <table class="table fits">
                <caption class="note">
                    {words::WORTH_CAPTION}
                </caption>
                <thead>
                    <tr>
                        <th scope="col">{words::WORTH_PRESET}</th>
                        <th scope="col">{words::WORTH_TRIES}</th>
                        <th scope="col">{words::WORTH_DOWN_WITHIN}</th>
                        <th scope="col">{words::WORTH_FALSE_ALARMS}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </details>
    })
}

fn row(worth: &Worth) -> impl IntoView + use<> {
    let [good, poor] = worth.false_alarms.map(count);
    view! {
        <tr>
            <th scope="row">{worth.name}</th>
            <td>{tries(worth)}</td>
            <td>{format::in_full(worth.worst_detection)}</td>
            <td>{words::worth_false_alarms_range(good, poor)}</td>
        </tr>
    }
}

/// `3, 5 s apart; 2 good ones to be up again`.
fn tries(worth: &Worth) -> String {
    let tries = match worth.retries {
        0 => "1".to_owned(),
        retries => words::worth_apart(retries.saturating_add(1), format::in_full(worth.retry_after)),
    };
    match worth.successes {
        0 | 1 => tries,
        good => format!("{tries}; {}", words::editor_says_good(good)),
    }
}

/// As exact as such a number can be meant.
fn count(alarms: f64) -> String {
    if alarms >= 10.0 {
        format!("{alarms:.0}")
    } else if alarms >= 0.1 {
        format!("{alarms:.1}")
    } else {
        words::WORTH_UNDER.into()
    }
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn alarms_are_rounded_as_they_are_meant() {
        assert_eq!([816.9, 4.13, 0.05].map(count), ["817", "4.1", "under 0.1"]);
    }
}
