//! The codecs' own headers: what of them a file's decoder configuration is made from. No picture or sound is decoded here.

pub mod aac;
pub mod av1;
pub mod h264;
pub mod opus;
pub mod vp9;
