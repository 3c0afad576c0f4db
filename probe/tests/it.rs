//! The prober against local servers that misbehave.

// The attribute tells clippy that the helpers too are tests.
#[cfg(test)]
mod it {
    mod addresses;
    mod answers;
    mod bodies;
    mod broken;
    mod connections;
    mod dns;
    mod evidence;
    mod grpc;
    mod http2;
    mod leaks;
    mod names;
    mod options;
    mod phases;
    mod ping;
    mod policy;
    mod proxies;
    mod redirects;
    mod secrets;
    mod server;
    mod sign_in;
    mod talk;
    mod tcp;
    mod tls;
    mod tls_options;
    mod tls_targets;
    mod verdict;
    mod websocket;
}
