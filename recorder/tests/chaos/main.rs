//! Recordings of whole classes while recorders, the media server and the store are killed, frozen and cut off at random
//! moments: each ends as a valid video that lacks no more than promised.
//!
//! `CHAOS_RUNS` (3) and `CHAOS_SEED` (1) are how many, and the first one's; what fails names its seed.

mod class;
mod faults;
mod judge;
mod medium;
mod node;
#[path = "../worker/school.rs"]
#[expect(dead_code, reason = "what other tests look at")]
mod school;
#[path = "../capture/stage.rs"]
#[expect(dead_code, reason = "what other tests do")]
mod stage;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt as _;
use lectern_testing::azurite::Azurite;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use tokio::sync::Semaphore;

use class::Class;

/// At once: each has a media server, publishers and two recorders.
const AT_ONCE: usize = 3;

/// Not a test: the media server of the others, in a process of its own.
#[test]
#[ignore = "the media server of the other tests"]
fn media_server() {
    stage::serve();
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_dies_hangs_or_is_cut_off_a_class_becomes_a_video() {
    let number = |name| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let (runs, first) = (number("CHAOS_RUNS").unwrap_or(3), number("CHAOS_SEED").unwrap_or(1));
    let azurite = Arc::new(tokio::task::spawn_blocking(Azurite::start).await.unwrap());
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let classes = (0..runs).map(|run| {
        let (azurite, places, seed) = (Arc::clone(&azurite), Arc::clone(&places), first.wrapping_add(run));
        tokio::spawn(async move {
            let _place = places.acquire_owned().await.unwrap();
            let taught = AssertUnwindSafe(teach(seed, &azurite)).catch_unwind().await;
            taught.map_err(|_| format!("CHAOS_SEED={seed} CHAOS_RUNS=1"))
        })
    });
    let mut failed = Vec::new();
    for class in classes.collect::<Vec<_>>() {
        failed.extend(class.await.unwrap().err());
    }
    assert!(failed.is_empty(), "again: {failed:#?}");
}

async fn teach(seed: u64, azurite: &Azurite) {
    let mut random = StdRng::seed_from_u64(seed);
    let mut class = Class::begin(seed, azurite).await;
    faults::inject(&mut class, &mut random).await;
    let ended = class.end().await;
    println!("seed {seed}: {:?}", class.log);
    judge::judge(&class, &ended).await;
}
