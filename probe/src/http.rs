//! The probe of `http` and `https` targets, over HTTP/1.1 or HTTP/2 as the plan says.
//!
//! - Up means that everything holds that is expected. A redirect whose own status is expected is the answer; any other redirect
//!   is followed, to `http` and `https` only.
//! - An answer is read to its end, because an answer that stops half-way is not up, but only its first MiB; and no further than its
//!   head when that decides that the target is down.
//! - The deadline holds for all of it, redirects included.
//! - Proxies of the environment play no part.
//!
//! A [`session`](self::session) asks one target again and again. Each time it [walks](self::walk) from the target's URL along
//! redirects; each step of the way is a [`hop`](self::hop) that is sent over a [`link`](self::link), a connection that the
//! session kept or one that was [dialled](self::dial) for it. What is seen on the way goes into the
//! [`trace`](crate::line::trace).

mod auth;
mod begin;
mod body;
mod cookies;
mod decode;
mod dial;
mod every;
mod hop;
mod link;
mod proxy;
mod redirect;
mod session;
mod socks;
mod verdict;
mod walk;

pub(crate) use self::{
    begin::{Called, call, upgrade},
    link::LinkError,
    session::HttpSession,
};
