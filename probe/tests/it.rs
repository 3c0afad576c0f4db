//! The prober against local servers that misbehave.

// The attribute tells clippy that the helpers too are tests.
#[cfg(test)]
mod it {
    mod answers;
    mod broken;
    mod connections;
    mod http2;
    mod redirects;
    mod server;
    mod tls;
    mod verdict;
}
