//! The recorder: takes jobs from the control API, watches the class as one more viewer of the media server, and stores what
//! was seen and heard as HLS.

#![forbid(unsafe_code)]

mod backoff;
pub mod capture;
