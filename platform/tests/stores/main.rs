//! What the stores promise, claim by claim, on every implementation, and how they bear the loss of what they stand on.

mod audit;
mod blobs;
mod cache;
