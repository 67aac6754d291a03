//! Maps by person that thousands are in, cheap to clone and to change after that.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How many parts a map has. A change after a clone copies one part.
const PARTS: usize = 64;

/// Text that is cheap to clone: a person's id or name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Str(Arc<str>);

impl Deref for Str {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Str {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Str {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl fmt::Debug for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Str {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Str {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Str;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_str<E>(self, text: &str) -> Result<Str, E> {
                Ok(text.into())
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// A map by person in [`PARTS`] parts, each shared until it is changed.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct PersonMap<V> {
    /// Empty as long as the map has never had anybody in it, else [`PARTS`].
    parts: Vec<Arc<BTreeMap<Str, V>>>,
    len: usize,
}

impl<V> Default for PersonMap<V> {
    fn default() -> Self {
        Self { parts: Vec::new(), len: 0 }
    }
}

impl<V: Clone> PersonMap<V> {
    /// Sets somebody's value, and gives the one before.
    pub(super) fn insert(&mut self, person: Str, value: V) -> Option<V> {
        if self.parts.is_empty() {
            self.parts = vec![Arc::default(); PARTS];
        }
        let before = Arc::make_mut(&mut self.parts[part_of(&person)]).insert(person, value);
        self.len += usize::from(before.is_none());
        before
    }

    /// Takes somebody out.
    pub(super) fn remove(&mut self, person: &str) -> Option<V> {
        let part = self.parts.get_mut(part_of(person))?;
        // Not copied when there is nothing to remove.
        part.get(person)?;
        self.len -= 1;
        Arc::make_mut(part).remove(person)
    }

    /// Somebody's value, to be changed.
    pub(super) fn get_mut(&mut self, person: &str) -> Option<&mut V> {
        let part = self.parts.get_mut(part_of(person))?;
        part.get(person)?;
        Arc::make_mut(part).get_mut(person)
    }
}

impl<V> PersonMap<V> {
    pub(super) fn get(&self, person: &str) -> Option<&V> {
        self.parts.get(part_of(person))?.get(person)
    }

    pub(super) fn contains(&self, person: &str) -> bool {
        self.get(person).is_some()
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Everybody, in an order that is the same wherever the same people are in the map.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Str, &V)> {
        self.parts.iter().flat_map(|part| part.iter())
    }
}

impl<V: fmt::Debug> fmt::Debug for PersonMap<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

/// FNV-1a: the same on every node, and spread well enough over parts. Who chooses their id to fill one part makes that part
/// a plain map, no more.
fn part_of(person: &str) -> usize {
    let hash = person
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    (hash ^ (hash >> 32)) as usize % PARTS
}

impl<V: Serialize> Serialize for PersonMap<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len))?;
        for (person, value) in self.iter() {
            map.serialize_entry(person, value)?;
        }
        map.end()
    }
}

impl<'de, V: Deserialize<'de> + Clone> Deserialize<'de> for PersonMap<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct People<V>(std::marker::PhantomData<V>);
        impl<'de, V: Deserialize<'de> + Clone> Visitor<'de> for People<V> {
            type Value = PersonMap<V>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map by person")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<PersonMap<V>, A::Error> {
                let mut map = PersonMap::default();
                while let Some((person, value)) = access.next_entry()? {
                    map.insert(person, value);
                }
                Ok(map)
            }
        }
        deserializer.deserialize_map(People(std::marker::PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(people: usize) -> PersonMap<usize> {
        let mut map = PersonMap::default();
        for number in 0..people {
            map.insert(format!("p{number}").as_str().into(), number);
        }
        map
    }

    #[test]
    fn it_is_a_map() {
        let mut map = filled(500);
        assert_eq!((map.len(), map.get("p77"), map.get("q")), (500, Some(&77), None));
        assert_eq!(map.insert("p77".into(), 1), Some(77));
        assert_eq!((map.remove("p77"), map.remove("p77"), map.len()), (Some(1), None, 499));
        *map.get_mut("p3").unwrap() = 9;
        assert_eq!((map.get("p3").copied(), map.contains("p4"), map.get_mut("p77").is_none()), (Some(9), true, true));
        assert_eq!(map.iter().count(), 499);
        let empty = PersonMap::<usize>::default();
        assert_eq!((empty.len(), empty.get("p"), empty.iter().count()), (0, None, 0));
    }

    #[test]
    fn a_change_of_a_clone_copies_one_part_and_leaves_the_other_alone() {
        let map = filled(5_000);
        let mut clone = map.clone();
        clone.insert("p9".into(), 0);
        assert_eq!((map.get("p9"), clone.get("p9")), (Some(&9), Some(&0)));
        let shared = map.parts.iter().zip(&clone.parts).filter(|(one, other)| Arc::ptr_eq(one, other)).count();
        assert_eq!(shared, PARTS - 1);
    }

    #[test]
    fn parts_are_of_about_one_size() {
        let sizes: Vec<usize> = filled(6_400).parts.iter().map(|part| part.len()).collect();
        assert!(sizes.iter().all(|size| (50..200).contains(size)), "{sizes:?}");
    }

    #[test]
    fn it_is_saved_alike_in_whatever_order_it_was_filled() {
        let map = filled(300);
        let mut backwards = PersonMap::default();
        for number in (0..300).rev() {
            backwards.insert(format!("p{number}").as_str().into(), number);
        }
        let saved = serde_json::to_string(&map).unwrap();
        assert_eq!(serde_json::to_string(&backwards).unwrap(), saved);
        assert_eq!(serde_json::from_str::<PersonMap<usize>>(&saved).unwrap(), map);
    }
}
