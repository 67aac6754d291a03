//! Thousands of students of a school: players that report, quizzes, portfolios, open pages.
//!
//! A [`site`] is started, or named, and gets a [`population`] by bulk SQL, with access tokens made from the key folder. A
//! [`run`] then asks for [`requests`] in an open [`load`]: each has its moment, and its latency counts from that moment on,
//! whether a connection was free then or not. Open pages are [`streams`]. At the end the server is killed in the middle of the
//! work, and what it acknowledged is looked for in Postgres. The [`report`] has the figures, [`bench`] holds them against the
//! bars.

pub mod bench;
mod load;
mod population;
pub mod report;
mod requests;
pub mod run;
mod site;
mod streams;
