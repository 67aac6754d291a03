//! What a trait promises, claim by claim: async functions that are run on each of its implementations.

use tokio::task::JoinHandle;

/// Proves claims on a subject, all at once since some wait for seconds: `prove!((a, b): one_claim, another)` calls
/// `one_claim(a, b)`. Each gets clones, so what they keep in it must be apart.
///
/// # Panics
/// When one of them does, after all have ended.
#[macro_export]
macro_rules! prove {
    (@call $claim:ident ($($subject:ident),+)) => {
        $claim($($subject.clone()),+)
    };
    ($subjects:tt: $($claim:ident),+ $(,)?) => {
        $crate::claims::all_hold(vec![
            $((stringify!($claim), tokio::spawn($crate::prove!(@call $claim $subjects)))),+
        ]).await
    };
}

/// Waits for claims that are under way; see [`prove!`](crate::prove).
///
/// # Panics
/// When one of them has panicked; all those are named.
pub async fn all_hold(claims: Vec<(&'static str, JoinHandle<()>)>) {
    let mut broken = Vec::new();
    for (name, claim) in claims {
        if claim.await.is_err() {
            broken.push(name);
        }
    }
    assert!(broken.is_empty(), "broken: {broken:?}; see above");
}
