//! As much of the Table service's REST interface as the trail needs:
//! <https://learn.microsoft.com/rest/api/storageservices/table-service-rest-api>.
//!
//! Two traps: an Int64 travels as a text (there is none in our rows), and a batch is answered with 202 whatever became of it –
//! the failure is inside, and then nothing of the batch was done.

use std::fmt;
use std::time::Duration;

use reqwest::{Method, Response, StatusCode, Url};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

use super::rows::Row;
use crate::answer::{self, why};
use crate::azure::{Authorization, AzureAccount, Credential, http_client};

const VERSION: &str = "2020-12-06";
/// RFC 1123, as `x-ms-date` wants it.
const DATE: &[BorrowedFormatItem<'_>] =
    format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");
const JSON: &str = "application/json;odata=nometadata";
const BATCH: &str = "batch_lectern";
const CHANGES: &str = "changeset_lectern";
/// An answer beyond this is not read.
const ANSWER_BYTES_MAX: usize = 8 << 20;
/// Of an answer that is an error, for the log.
const REASON_LENGTH_MAX: usize = 300;

/// Why the table did not do it.
#[derive(Debug, thiserror::Error)]
pub(super) enum TableError {
    /// It cannot be reached, did not answer in time, is busy, or does not know us. Try again.
    #[error("the table is not available: {0}")]
    Unavailable(String),
    /// There is no such table.
    #[error("there is no table")]
    NoTable,
    /// It will never do this.
    #[error("the table refuses: {0}")]
    Refused(String),
}

/// One table.
pub(super) struct Tables {
    http: reqwest::Client,
    credential: Credential,
    account: String,
    service: String,
    table: String,
}

impl fmt::Debug for Tables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tables").field("service", &self.service).field("table", &self.table).finish_non_exhaustive()
    }
}

/// Rows, and where to go on.
pub(super) struct Answer {
    pub(super) rows: Vec<Value>,
    pub(super) next_row: Option<String>,
}

impl Tables {
    pub(super) fn new(azure: &AzureAccount, table: &str, answer: Duration) -> Result<Self, String> {
        Ok(Self {
            http: http_client(answer)?,
            credential: azure.credential(answer)?,
            account: azure.account.clone(),
            service: azure.service("table"),
            table: table.to_owned(),
        })
    }

    /// Makes the table, or finds it made.
    pub(super) async fn create(&self) -> Result<(), TableError> {
        let body = json!({ "TableName": self.table }).to_string();
        let response = self.send(Method::POST, "Tables", &[], "application/json", body).await?;
        match response.status() {
            status if status.is_success() || status == StatusCode::CONFLICT => Ok(()),
            _ => Err(failed(response).await),
        }
    }

    /// Inserts or replaces rows of one partition: all of them, or none.
    pub(super) async fn write(&self, rows: &[Row]) -> Result<(), TableError> {
        let content_type = format!("multipart/mixed; boundary={BATCH}");
        let response = self.send(Method::POST, "$batch", &[], &content_type, self.batch(rows)).await?;
        if response.status() != StatusCode::ACCEPTED {
            return Err(failed(response).await);
        }
        read_batch(&text(response).await?, rows.len())
    }

    pub(super) async fn read(&self, filter: &str, limit: usize) -> Result<Answer, TableError> {
        let query = [("$filter", filter), ("$top", &limit.to_string())];
        let response = self.send(Method::GET, &format!("{}()", self.table), &query, "", String::new()).await?;
        if !response.status().is_success() {
            return Err(failed(response).await);
        }
        let header = response.headers().get("x-ms-continuation-NextRowKey");
        let next_row = header.and_then(|value| value.to_str().ok()).map(str::to_owned);
        let odd = || TableError::Unavailable("an answer that is none".to_owned());
        let mut answer: Value = serde_json::from_str(&text(response).await?).map_err(|_| odd())?;
        match answer["value"].take() {
            Value::Array(rows) => Ok(Answer { rows, next_row }),
            _ => Err(odd()),
        }
    }

    fn batch(&self, rows: &[Row]) -> String {
        let mut body = format!("--{BATCH}\r\nContent-Type: multipart/mixed; boundary={CHANGES}\r\n\r\n");
        for row in rows {
            let address = format!("{}/{}{}", self.service, self.table, row.address());
            body += &format!(
                "--{CHANGES}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n\
                 PUT {address} HTTP/1.1\r\nContent-Type: application/json\r\nAccept: {JSON}\r\n\
                 DataServiceVersion: 3.0;\r\n\r\n{}\r\n",
                row.json()
            );
        }
        body + &format!("--{CHANGES}--\r\n--{BATCH}--\r\n")
    }

    async fn send(
        &self,
        method: Method,
        resource: &str,
        query: &[(&str, &str)],
        content_type: &str,
        body: String,
    ) -> Result<Response, TableError> {
        let unavailable = |error: String| TableError::Unavailable(error);
        let mut url = Url::parse(&format!("{}/{resource}", self.service)).map_err(|e| unavailable(e.to_string()))?;
        let date = OffsetDateTime::now_utc().format(DATE).map_err(|error| unavailable(error.to_string()))?;
        let authorization = self.credential.authorize_table(&self.account, url.path(), &date).await;
        let authorization = authorization.map_err(unavailable)?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let mut header = None;
        match authorization {
            Authorization::Header(text) => header = Some(text),
            Authorization::Query(pairs) => {
                url.query_pairs_mut().extend_pairs(pairs);
            }
        }
        let mut request = self.http.request(method, url);
        if let Some(header) = header {
            request = request.header("authorization", header);
        }
        if !content_type.is_empty() {
            request = request.header("content-type", content_type).body(body);
        }
        let request = request
            .header("accept", JSON)
            .header("dataserviceversion", "3.0;NetFx")
            .header("maxdataserviceversion", "3.0;NetFx")
            .header("x-ms-date", date)
            .header("x-ms-version", VERSION);
        request.send().await.map_err(|error| unavailable(why(error)))
    }
}

async fn text(response: Response) -> Result<String, TableError> {
    let bytes =
        answer::read(response, ANSWER_BYTES_MAX).await.map_err(|error| TableError::Unavailable(error.to_string()))?;
    String::from_utf8(bytes).map_err(|_| TableError::Unavailable("an answer that is no text".to_owned()))
}

async fn failed(response: Response) -> TableError {
    let status = response.status().as_u16();
    match text(response).await {
        Ok(text) => judge(status, &text),
        Err(error) => error,
    }
}

/// What a status means, alone or within a batch.
fn judge(status: u16, text: &str) -> TableError {
    let reason: String = format!("{status} {}", text.trim()).chars().take(REASON_LENGTH_MAX).collect();
    match status {
        404 if text.contains("TableNotFound") || text.contains("ResourceNotFound") => TableError::NoTable,
        // Wrong in the request itself; all else is the account, the network or the load, and may pass.
        400 | 413 | 414 => TableError::Refused(reason),
        _ => TableError::Unavailable(reason),
    }
}

/// Each part of the answer to a batch has the status line of its own. One failure stands for all.
fn read_batch(text: &str, rows: usize) -> Result<(), TableError> {
    let mut done = 0;
    for line in text.lines() {
        let Some(rest) = line.strip_prefix("HTTP/1.1 ") else { continue };
        match rest.get(..3).and_then(|status| status.parse::<u16>().ok()) {
            Some(200..=299) => done += 1,
            Some(status) => {
                let body = text.split("\r\n\r\n").last().unwrap_or_default();
                return Err(judge(status, body));
            }
            None => return Err(TableError::Unavailable("an answer that is none".to_owned())),
        }
    }
    if done == rows {
        return Ok(());
    }
    Err(TableError::Unavailable(format!("{done} of {rows} rows were answered for")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(parts: &[&str]) -> String {
        let part = |part: &&str| format!("--changesetresponse_1\r\nContent-Type: application/http\r\n\r\n{part}\r\n");
        parts.iter().map(part).collect::<String>() + "--changesetresponse_1--\r\n"
    }

    #[test]
    fn a_batch_is_done_when_each_row_was_answered_for() {
        let done = "HTTP/1.1 204 No Content\r\nETag: \"HTTP/1.1 500\"\r\n\r\n";
        assert!(read_batch(&answer(&[done, done]), 2).is_ok());
        assert!(matches!(read_batch(&answer(&[done]), 2), Err(TableError::Unavailable(_))));
        assert!(matches!(read_batch("", 1), Err(TableError::Unavailable(_))));
        assert!(matches!(read_batch("HTTP/1.1 2", 1), Err(TableError::Unavailable(_))));
        let inside = "HTTP/1.1 400 Bad Request\r\n\r\n{\"odata.error\":{\"code\":\"PropertyValueTooLarge\"}}";
        assert!(matches!(read_batch(&answer(&[inside]), 2), Err(TableError::Refused(_))));
        let busy = "HTTP/1.1 503 Server Busy\r\n\r\n{}";
        assert!(matches!(read_batch(&answer(&[busy]), 2), Err(TableError::Unavailable(_))));
        let missing = "HTTP/1.1 404 Not Found\r\n\r\n{\"odata.error\":{\"code\":\"TableNotFound\"}}";
        assert!(matches!(read_batch(&answer(&[missing]), 2), Err(TableError::NoTable)));
    }
}
