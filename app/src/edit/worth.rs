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
        return whole(
            view! { <p class="muted whole">"What a policy is worth can be told once it is saved, and for intervals only."</p> },
        );
    }
    whole(view! {
        <details class="fold whole">
            <summary>
                <Icon name="#i-chev" />
                "How fast, and how many false alarms"
            </summary>
            <table class="table fits">
                <caption class="note">
                    "False alarms are counted for a network that is bad for 9 s a day, and for 86 s, in bursts of 20 s."
                </caption>
                <thead>
                    <tr>
                        <th scope="col">"Preset"</th>
                        <th scope="col">"Tries"</th>
                        <th scope="col">"Down within"</th>
                        <th scope="col">"False alarms a year"</th>
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
            <td>{format!("{good} to {poor}")}</td>
        </tr>
    }
}

/// `3, 5 s apart; 2 good ones to be up again`.
fn tries(worth: &Worth) -> String {
    let apart = if worth.retries > 0 {
        format!(", {} apart", format::in_full(worth.retry_after))
    } else {
        String::new()
    };
    let again = match worth.successes {
        0 | 1 => String::new(),
        good => format!("; {good} good ones to be up again"),
    };
    format!("{}{apart}{again}", worth.retries.saturating_add(1))
}

/// As exact as such a number can be meant.
fn count(alarms: f64) -> String {
    if alarms >= 10.0 {
        format!("{alarms:.0}")
    } else if alarms >= 0.1 {
        format!("{alarms:.1}")
    } else {
        "under 0.1".into()
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
