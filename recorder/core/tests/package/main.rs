//! Files that ffmpeg makes become what a recording is: frame by frame, at the same times, checked by the conformance check
//! and by ffmpeg.

mod containers;
mod damage;
mod files;
mod refusals;
