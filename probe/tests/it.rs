//! The prober against local servers that misbehave.

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
