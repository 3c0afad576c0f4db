//! What people paste where a URL is asked for: a command line of `curl` says how to ask as well.

use crate::Fields;

mod curl;
mod words;

/// The most bytes of a command line that is read.
const LIMIT: usize = 64 * 1_024;

/// The fields of a form after what was pasted into `url` was read, and what has to be said about that: each part of a command
/// line that was left out, by its name. What is no command line stays as it is.
pub fn pasted(mut fields: Fields) -> (Fields, Vec<String>) {
    let url = fields.iter().rev().find(|(name, _)| name == "url").map(|(_, value)| value.trim());
    let Some(line) = url.and_then(command) else { return (fields, Vec::new()) };
    let curl::Read { fields: read, remarks } = curl::read(line);
    fields.extend(read.into_iter().map(|(name, value)| (name.to_owned(), value)));
    (fields, remarks)
}

/// The arguments of `curl`, if that is what the text calls.
fn command(text: &str) -> Option<&str> {
    let text = text.strip_prefix('$').unwrap_or(text).trim_start();
    let rest = text.strip_prefix("curl").or_else(|| text.strip_prefix("curl.exe"))?;
    rest.starts_with(char::is_whitespace).then_some(rest).filter(|rest| rest.len() <= LIMIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str) -> (Fields, Vec<String>) {
        pasted(vec![("url".into(), url.into())])
    }

    #[test]
    fn only_a_command_line_is_read() {
        for text in ["https://a.example/", "a.example", "curl", "curly https://a", "ping a.example", ""] {
            assert_eq!(read(text), (vec![("url".into(), text.into())], vec![]), "{text}");
        }
        let (fields, remarks) = read(" $ curl  a.example ");
        let url = fields.iter().rev().find(|(name, _)| name == "url").unwrap();
        assert_eq!(url.1, "http://a.example");
        assert_eq!(remarks, Vec::<String>::new());
    }
}
