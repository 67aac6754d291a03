//! Thousands of participants in one room, over WebSockets: what a delivered message costs, how late it comes, how much
//! memory a socket takes, and whether everybody is told everything once.
//!
//! A [`run`] fills a [`classroom`] with [`member`]s, on one thread that looks at all sockets every two milliseconds. Each
//! speaks the server's [`dialect`] in WebSocket [`frame`]s. Chat messages are [`note`]s, which tell when they were sent; that
//! nobody misses one or gets it twice is known from them and, apart from that, from the server's own numbers ([`chain`]).
//! [`floor`] measures the bare loop that no server can beat, [`bench`] starts the servers itself and holds their figures
//! against the bars and against Socket.IO's.

pub mod bench;
pub mod chain;
pub mod classroom;
pub mod dialect;
pub mod floor;
pub mod frame;
pub mod interpreter;
pub mod ledger;
pub mod member;
pub mod note;
pub mod pulse;
pub mod report;
pub mod run;
pub(crate) mod site;
pub mod upgrade;
