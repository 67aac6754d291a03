//! What becomes of files by themselves. Every node does so, none in another's way.
//!
//! * A blob, or a folder of blobs, that nothing refers to any more is deleted, and again when its upload address has become void; while the store is
//!   away it is tried again.
//! * A file that was announced and never confirmed is let go of after a day.
//! * A file that was confirmed is looked at once more when its upload address has become void: Azure would have taken something
//!   else in its place until then. What is no longer what was announced is let go of.

use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use lectern_platform::blobs::{BlobError, BlobKey, Blobs, Confirmed, LIST_MAX, confirm};

use super::material::upload;
use super::sweep_store::Doomed;
use super::{material_store, sweep_store as store};
use crate::database::Database;

/// How long a blob outlives its file.
const PERIOD: Duration = Duration::from_secs(1);
/// Files and blobs of one round; more come with the next.
const ROUND_MAX: i64 = 50;
/// Blobs of a folder that are deleted at once.
const AT_ONCE: usize = 16;

/// Sweeps for ever: to be spawned.
pub(crate) async fn run(database: Database, blobs: Arc<dyn Blobs>) {
    loop {
        if let Err(error) = sweep(&database, &*blobs).await {
            tracing::warn!(%error, "files are not swept for now");
        }
        tokio::time::sleep(PERIOD).await;
    }
}

async fn sweep(database: &Database, blobs: &dyn Blobs) -> Result<(), sqlx::Error> {
    let primary = database.primary();
    database.bounded(store::delete_forgotten(primary, ROUND_MAX)).await?;
    settle(database, blobs).await?;
    for Doomed { blob, is_folder } in database.bounded(store::take_doomed(primary, ROUND_MAX)).await? {
        let Some(key) = key(&blob) else { continue };
        let deletion =
            if is_folder { delete_below(blobs, &key).await } else { blobs.delete(&key).await.map(|()| true) };
        match deletion {
            Ok(true) => database.bounded(store::deleted(primary, &blob)).await?,
            Ok(false) => database.bounded(store::go_on(primary, &blob)).await?,
            Err(error) => tracing::debug!(%error, blob, "a blob is deleted later"),
        }
    }
    Ok(())
}

/// Deletes a part of a folder, so that others have their turn; whether it was the last.
async fn delete_below(blobs: &dyn Blobs, folder: &BlobKey) -> Result<bool, BlobError> {
    let found = blobs.list(folder, None).await?;
    let was_all = found.len() < LIST_MAX;
    let deletions = found.into_iter().map(|found| async move { blobs.delete(&found.key).await });
    stream::iter(deletions).buffer_unordered(AT_ONCE).try_collect::<()>().await?;
    Ok(was_all)
}

async fn settle(database: &Database, blobs: &dyn Blobs) -> Result<(), sqlx::Error> {
    let primary = database.primary();
    for file in database.bounded(store::unsettled(primary, ROUND_MAX)).await? {
        let Some(key) = key(&file.blob) else { continue };
        match confirm(blobs, &key, &upload(&file.content_type, file.bytes)).await {
            Ok(Confirmed::Good(info)) if info.bytes == file.bytes.unsigned_abs() => {
                database.bounded(store::settle(primary, file.id)).await?;
            }
            Ok(_) => {
                tracing::warn!(material = %file.id, "a file was replaced after it was confirmed, and is let go of");
                database.bounded(material_store::delete(primary, file.id)).await?;
            }
            // The store is away: the others would wait for it in vain, too.
            Err(_) => return Ok(()),
        }
    }
    Ok(())
}

fn key(blob: &str) -> Option<BlobKey> {
    let key = blob.parse().ok();
    if key.is_none() {
        tracing::error!(blob, "no name of a blob");
    }
    key
}
