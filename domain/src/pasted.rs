//! What people paste where a URL is asked for: a command line of `curl` says how to ask as well, and a URL may say who asks.

use crate::{Fields, Target};

mod curl;
mod words;

/// The most bytes of a command line that is read.
const LIMIT: usize = 64 * 1_024;

/// The fields of a form after what was pasted into `url` was read, and what has to be said about that: each part of a command
/// line that was left out, by its name. User and password of a URL have fields of their own, if its kind has them. Anything else stays as
/// it is.
pub fn pasted(mut fields: Fields) -> (Fields, Vec<String>) {
    let url = fields.iter().rev().find(|(name, _)| name == "url").map(|(_, value)| value.trim());
    if let Some((url, user, password)) = url.and_then(Target::login_of) {
        let apart = [
            ("url", url),
            ("http.auth", "basic".to_owned()),
            ("http.auth.basic.user", user),
            ("http.auth.basic.password", password),
        ];
        // The last of a name counts, and nothing keeps what was typed.
        fields.retain(|(name, _)| apart.iter().all(|(own, _)| own != name));
        fields.extend(apart.map(|(name, value)| (name.to_owned(), value)));
        return (fields, Vec::new());
    }
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
    fn user_and_password_of_a_target_get_their_fields() {
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let typed = vec![
            field("url", " postgres://ann:my%20canary@DB.example/shop "),
            field("name", "Shop"),
            field("http.auth", "none"),
            field("http.auth.basic.password", "•••"),
        ];
        let (fields, remarks) = pasted(typed);
        assert_eq!(
            fields,
            [
                field("name", "Shop"),
                field("url", "postgres://DB.example/shop"),
                field("http.auth", "basic"),
                field("http.auth.basic.user", "ann"),
                field("http.auth.basic.password", "my canary"),
            ]
        );
        assert_eq!((pasted(fields.clone()), remarks), ((fields, vec![]), vec![]), "once is enough");
        for refused in ["https://ann:canary@a.example/", "tcp://ann:canary@a.example:1"] {
            assert_eq!(read(refused).0, [field("url", refused)], "what takes none is left to be refused");
        }
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
