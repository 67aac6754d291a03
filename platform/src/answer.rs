//! What another server answers over HTTP: read up to a bound, and why it was not.

use reqwest::{Error, Response};

/// Why there is no answer to be read.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// The connection broke, or it took too long.
    #[error("{0}")]
    Broken(String),
    /// It has more bytes than this.
    #[error("an answer of more than {0} bytes")]
    TooLong(usize),
}

/// The body, of `bytes_max` at most.
///
/// # Errors
/// See [`AnswerError`].
pub async fn read(mut response: Response, bytes_max: usize) -> Result<Vec<u8>, AnswerError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| AnswerError::Broken(why(error)))? {
        if body.len() + chunk.len() > bytes_max {
            return Err(AnswerError::TooLong(bytes_max));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// An error with its causes, and without the address, in which there may be a signature or a secret.
#[must_use]
pub fn why(error: Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(error) = cause {
        text += &format!(": {error}");
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_longer_than_its_bound_is_not_read() {
        let response = || Response::from(axum::http::Response::new("12345"));
        assert_eq!(read(response(), 5).await.unwrap(), b"12345");
        assert!(matches!(read(response(), 4).await, Err(AnswerError::TooLong(4))));
    }
}
