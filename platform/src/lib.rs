//! What every Lectern service needs once: configuration, tokens, health, metrics, logs, shutdown, problem+json.
