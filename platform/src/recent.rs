//! A map that remembers what was used recently, and is bounded.
//!
//! Two generations: when the young one is full it becomes the old one, and what was old is forgotten. Every step takes constant
//! time, and what is in use is never forgotten.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

/// See the [module](self).
#[derive(Debug)]
pub struct Recent<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
    generation: usize,
}

impl<K: Hash + Eq, V> Recent<K, V> {
    /// Remembers at least `generation` entries, and at most twice as many.
    #[must_use]
    pub fn new(generation: usize) -> Self {
        Self { young: HashMap::new(), old: HashMap::new(), generation: generation.max(1) }
    }

    /// What is known of `key`, which is now used.
    pub fn get_mut<Q: Hash + Eq + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        if let Some((key, value)) = self.old.remove_entry(key) {
            self.insert(key, value);
        }
        self.young.get_mut(key)
    }

    /// Remembers an entry in place of what was known of its key.
    pub fn insert(&mut self, key: K, value: V) {
        if self.young.len() >= self.generation && !self.young.contains_key(&key) {
            self.old = std::mem::take(&mut self.young);
        }
        self.old.remove(&key);
        self.young.insert(key, value);
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_used_stays_and_the_number_is_bounded() {
        let mut recent = Recent::new(8);
        recent.insert(0, "used");
        for number in 1..100 {
            recent.insert(number, "new");
            assert_eq!(recent.get_mut(&0).map(|value| *value), Some("used"), "forgotten after {number}");
            assert_eq!(recent.get_mut(&number).map(|value| *value), Some("new"));
            assert!(recent.len() <= 16);
        }
        assert_eq!(recent.get_mut(&1), None);
        recent.insert(0, "changed");
        assert_eq!(recent.get_mut(&0).map(|value| *value), Some("changed"));
    }
}
