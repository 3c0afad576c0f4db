//! Who may do what, and how they get in.

use std::sync::OnceLock;

use argon2::{Algorithm, Argon2, Params, Version, password_hash::PasswordHasher as _};
use domain::{
    Secret,
    access::{
        AccountChange, AccountId, AccountName, AccountRecords, Actor, NewAccount, NewSession, Reading, Role,
    },
};
use reqwest::{RequestBuilder, Response};
use sha2::{Digest as _, Sha256};

use crate::harness::{START, TestApp, breathe};

mod entering;
mod owing;
mod own;
mod routes;
mod set_up;
mod timing;

/// What everybody in these tests has.
const PASSWORD: &str = "correct horse battery";

/// Somebody with an account, in a browser that is signed in.
pub(crate) struct Person {
    pub(crate) id: AccountId,
    pub(crate) cookie: String,
}

fn actor() -> Actor {
    Actor { account: None, name: "tests".into(), address: String::new() }
}

/// Changes accounts as the command line does.
async fn apply(app: &TestApp, change: AccountChange) -> i64 {
    app.accounts.apply(&change, &actor(), START).await.unwrap().unwrap()
}

/// Makes an account, and a session whose secret is its name.
pub(crate) async fn person(app: &TestApp, name: &str, role: Role) -> Person {
    let password = Secret::new(password_hash());
    let account = NewAccount { name: AccountName::parse(name).unwrap(), role, password };
    let id = AccountId(apply(app, AccountChange::Create(account)).await);
    session(app, id, name).await;
    let person = Person { id, cookie: format!("sid={name}") };
    for _ in 0..2_000 {
        if get(app, &person.cookie, "/settings/account").await.status() == 200 {
            return person;
        }
        breathe().await;
    }
    panic!("the server never knew {name}");
}

async fn session(app: &TestApp, account: AccountId, secret: &str) {
    let hash = Sha256::digest(secret).into();
    let session = NewSession { hash, account, agent: "Tests".into(), address: "192.0.2.1".into() };
    apply(app, AccountChange::Begin(session)).await;
}

/// Of [`PASSWORD`], made once: argon2id with the least cost, which the server makes dearer at the first chance.
fn password_hash() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| {
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8, 1, 1, None).unwrap());
        argon2.hash_password(PASSWORD.as_bytes()).unwrap().to_string()
    })
}

async fn get(app: &TestApp, cookie: &str, path: &str) -> Response {
    app.stranger
        .get(app.url(path))
        .header("cookie", cookie)
        .header("accept", "text/html")
        .send()
        .await
        .unwrap()
}

/// A form as the client's script, or a program, sends it.
async fn post(app: &TestApp, cookie: &str, path: &str, fields: &[(&str, &str)]) -> Response {
    form(app, cookie, path, fields).send().await.unwrap()
}

/// A form as a browser without script sends it, from a page.
async fn submit(app: &TestApp, cookie: &str, page: &str, path: &str, fields: &[(&str, &str)]) -> Response {
    let request = form(app, cookie, path, fields).header("accept", "text/html");
    request.header("referer", app.url(page)).send().await.unwrap()
}

fn form(app: &TestApp, cookie: &str, path: &str, fields: &[(&str, &str)]) -> RequestBuilder {
    let body = serde_urlencoded::to_string(fields).unwrap();
    let request = app.stranger.post(app.url(path)).body(body).header("origin", app.url(""));
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    if cookie.is_empty() { request } else { request.header("cookie", cookie) }
}

/// The session that an answer begins.
fn cookie_of(reply: &Response) -> Option<String> {
    let cookie = reply.headers().get("set-cookie")?.to_str().unwrap();
    assert!(cookie.contains("; HttpOnly; SameSite=Lax"), "{cookie}");
    Some(cookie.split(';').next().unwrap().to_owned())
}

/// Signs in with name and password.
async fn sign_in(app: &TestApp, name: &str) -> String {
    let reply = post(app, "", "/api/sign_in", &[("name", name), ("password", PASSWORD)]).await;
    assert_eq!(reply.status(), 200);
    cookie_of(&reply).unwrap()
}
