//! Channels against local doubles of their services that answer everything real ones do, and mail against a real server.

// The attribute tells clippy that the helpers too are tests.
#[cfg(test)]
mod it {
    mod answers;
    mod double;
    mod egress;
    mod mail;
    mod payloads;
    mod samples;
    mod secrets;
    mod settings;
    mod smtp;
    mod texts;
}
