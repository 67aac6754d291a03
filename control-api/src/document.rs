//! The OpenAPI document: what the handlers say, completed with what holds for all of them, and a page to browse it.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::http::header;
use axum::routing::get;
use lectern_platform::problem::PROBLEM_JSON;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{ContentBuilder, Object, OpenApi, Ref, RefOr, Response, Schema};

use crate::access::{Access, TABLE};
use crate::accounts::cookies;
use crate::server::{self, Api};

/// The page loads nothing from elsewhere, and runs nothing that is not its own.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
     img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The document as it is served.
static JSON: LazyLock<String> = LazyLock::new(|| server::openapi().unwrap_or_default());

/// `/openapi.json`, and `/v1/docs` to browse it.
pub(crate) fn routes() -> Router<Arc<Api>> {
    let file = |media_type: &'static str, text: &'static str| {
        get(move || async move {
            ([(header::CONTENT_TYPE, media_type), (header::CONTENT_SECURITY_POLICY, PAGE_POLICY)], text)
        })
    };
    Router::new()
        .route("/openapi.json", get(|| async { ([(header::CONTENT_TYPE, "application/json")], JSON.as_str()) }))
        .route("/v1/docs", file("text/html; charset=utf-8", include_str!("document/page.html")))
        .route("/v1/docs/page.js", file("text/javascript; charset=utf-8", include_str!("document/page.js")))
        .route("/v1/docs/page.css", file("text/css; charset=utf-8", include_str!("document/page.css")))
}

/// Adds to each operation its name, who may call it, and the problems that any may be answered with.
pub(crate) fn complete(document: &mut OpenApi) {
    let components = document.components.get_or_insert_default();
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer.clone()));
    components.add_security_scheme("node", SecurityScheme::Http(bearer));
    components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(cookies::ACCESS))));
    open_parts(&mut components.schemas);
    for (path, item) in &mut document.paths.paths {
        name_operations(path, item);
        let operations = [
            ("GET", &mut item.get),
            ("POST", &mut item.post),
            ("PUT", &mut item.put),
            ("PATCH", &mut item.patch),
            ("DELETE", &mut item.delete),
        ];
        for (method, operation) in operations {
            let listed = TABLE.iter().find(|(listed, at, _)| listed.as_str() == method && at == path);
            if let (Some(operation), Some((_, _, access))) = (operation, listed) {
                complete_operation(operation, method, path, *access);
            }
        }
    }
}

/// What is taken as a body has no further fields; where the same stands among those of an answer, it must not say so.
fn open_parts(schemas: &mut BTreeMap<String, RefOr<Schema>>) {
    let closed: BTreeMap<String, Object> = schemas
        .iter()
        .filter_map(|(name, schema)| match schema {
            RefOr::T(Schema::Object(object)) if object.additional_properties.is_some() => {
                let mut open = object.clone();
                open.additional_properties = None;
                Some((Ref::from_schema_name(name).ref_location, open))
            }
            _ => None,
        })
        .collect();
    for schema in schemas.values_mut() {
        let RefOr::T(Schema::AllOf(all)) = schema else { continue };
        for part in &mut all.items {
            if let RefOr::Ref(reference) = part
                && let Some(open) = closed.get(&reference.ref_location)
            {
                *part = RefOr::T(Schema::Object(open.clone()));
            }
        }
    }
}

fn complete_operation(operation: &mut Operation, method: &str, path: &str, access: Access) {
    let schemes: &[&str] = if access == Access::Node { &["node"] } else { &["bearer", "cookie"] };
    let schemes = schemes.iter().map(|name| SecurityRequirement::new(*name, Vec::<String>::new()));
    let nobody = (access == Access::Public).then(SecurityRequirement::default);
    operation.security = Some(schemes.chain(nobody).collect());
    let refusals = refusals(operation, method, path, access);
    let responses = &mut operation.responses.responses;
    for (status, description) in refusals {
        // What a handler says of its own goes before.
        responses.entry(status.to_owned()).or_insert_with(|| RefOr::T(Response::new(description)));
    }
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    for (status, response) in responses {
        if let RefOr::T(response) = response
            && status.starts_with(['4', '5'])
        {
            response.content.insert(PROBLEM_JSON.to_owned(), RefOr::T(content.clone()));
        }
    }
}

/// How an operation may be refused by what every request passes, and by what it takes. What else it refuses, its handler names.
fn refusals(operation: &Operation, method: &str, path: &str, access: Access) -> Vec<(&'static str, &'static str)> {
    let takes_body = operation.request_body.is_some();
    let is_query =
        |parameter: &RefOr<_>| matches!(parameter, RefOr::T(Parameter { parameter_in: ParameterIn::Query, .. }));
    let takes_query = operation.parameters.iter().flatten().any(is_query);
    let is_for_some = matches!(access, Access::Only(_));
    let all = [
        ("400", takes_body, "The body is not JSON, or did not arrive"),
        ("401", access != Access::Public, "Nobody is signed in, or not any more"),
        ("403", is_for_some || method != "GET", "The caller's role may not do this, or the page that calls"),
        ("404", path.contains('{'), "There is none, or it is not the caller's to know of"),
        ("413", takes_body, "The body is too large"),
        ("415", takes_body, "The body is not said to be JSON"),
        ("422", takes_body || takes_query, "Not valid: `errors` names each field at fault and what is allowed there"),
        ("429", true, "Too many requests; `Retry-After` says when to come back"),
        (
            "5XX",
            true,
            "What this needs is away (`503`, with `Retry-After`), it takes too long (`504`), or we are wrong (`500`)",
        ),
    ];
    all.into_iter().filter(|(_, may_be, _)| *may_be).map(|(status, _, description)| (status, description)).collect()
}

/// Names each operation by its method and path, `get_courses_id_lessons`: handlers of different areas share their names, and
/// no two operations of a document may.
fn name_operations(path: &str, item: &mut utoipa::openapi::PathItem) {
    let words: Vec<&str> = path
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| !matches!(*word, "" | "v1"))
        .collect();
    let operations = [
        ("get", &mut item.get),
        ("post", &mut item.post),
        ("put", &mut item.put),
        ("patch", &mut item.patch),
        ("delete", &mut item.delete),
    ];
    for (method, operation) in operations {
        if let Some(operation) = operation {
            operation.operation_id = Some(format!("{method}_{}", words.join("_")));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::path::{Path, PathBuf};

    fn sources(folder: &Path) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
    }

    /// Of two schemas with one name the document has one, and every reference means that one.
    #[test]
    fn each_schema_has_a_name_of_its_own() {
        let mut places = HashMap::new();
        for path in sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))) {
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            for item in
                text.split("#[derive(").skip(1).filter(|item| item.split(")]").next().unwrap().contains("ToSchema"))
            {
                let head = item.split(" {").next().unwrap();
                let keyword = if head.contains("struct ") { "struct " } else { "enum " };
                let name = head.split("schema(as = ").nth(1).or_else(|| head.split(keyword).nth(1)).unwrap();
                let name = name.split([')', '<', '(']).next().unwrap().to_owned();
                let other = places.insert(name.clone(), path.clone());
                assert_eq!(other, None, "{name} is in {} too", path.display());
            }
        }
        assert!(places.contains_key("LeaderboardPlace") && places.contains_key("Page"), "{places:?}");
    }
}
