//! What every service's metrics do alike.

use prometheus::Registry;
use prometheus::core::Collector;

/// Registers a metric and gives it back, to be counted with.
///
/// # Errors
/// When the registry already holds one of that name and labels.
pub fn register<C: Collector + Clone + 'static>(registry: &Registry, metric: C) -> prometheus::Result<C> {
    registry.register(Box::new(metric.clone()))?;
    Ok(metric)
}
