//! The address of the list: everything that it shows can be linked to. Read and written on the server only.

use domain::ListRequest;

/// What a query asks for.
pub fn read(query: &str) -> ListRequest {
    let pairs = form_urlencoded::parse(query.trim_start_matches('?').as_bytes());
    ListRequest::of_pairs(pairs.into_owned())
}

/// The query that asks for the same, without its question mark.
pub fn query(request: &ListRequest) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(request.pairs()).finish()
}

/// Where that is shown.
pub fn href(request: &ListRequest) -> String {
    match query(request) {
        query if query.is_empty() => "/".into(),
        query => format!("/?{query}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_and_written() {
        let query_of = |text| query(&read(text));
        assert_eq!(
            query_of("?q=a%26b&state=down&tag=prod&group=Home+lab&page=2"),
            "q=a%26b&state=down&tag=prod&group=Home+lab&page=2"
        );
        assert_eq!(query_of("deleted=5&undo=7&sort=place&page=1"), "");
        assert_eq!(href(&read("q=%3Cscript%3E")), "/?q=%3Cscript%3E");
        assert_eq!(href(&ListRequest::default()), "/");
    }
}
