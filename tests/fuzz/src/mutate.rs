//! Changes to an input that keep it JSON, so that they get behind the parser.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::Value;
use typed_connector_specs::schema_files;

use crate::files::{join, split};
use crate::seeds::Seed;

/// Words that mean something, wherever they stand.
const WORDS: [&str; 34] = [
    "GET /things/{id}",
    "POST {+things}",
    "/a/b",
    "/0",
    "*",
    "self",
    "Self",
    "Other",
    "type",
    "a b",
    "ä",
    "",
    "/",
    "~1",
    "..",
    "Thing",
    "ThingId",
    "2027-03-31",
    "1s",
    "https://a.example",
    "{id}",
    "\u{1b}[31m",
    "\u{0}",
    "\u{202e}",
    "r#type",
    "createdAt",
    "created_at",
    "-x",
    "#/components/schemas/Shape",
    "#/components/schemas/Nobody",
    "#/paths",
    "#",
    "other.yaml#/X",
    "x_2",
];

/// Most values that are kept of one key.
const MAX_VALUES: usize = 60;

/// Longest value that is put somewhere else, as text.
const MAX_VALUE: usize = 1_500;

/// Knows which keys there are, and what stands behind them in the seeds.
pub struct Mutator {
    keys: Vec<String>,
    values: BTreeMap<String, Vec<Value>>,
    words: Vec<String>,
}

impl Mutator {
    /// The one for these seeds, which are read once in a process.
    pub fn of(seeds: fn() -> Vec<Seed>) -> &'static Self {
        static ONE: OnceLock<Mutator> = OnceLock::new();
        ONE.get_or_init(|| Self::new(&seeds()))
    }

    /// One that knows these seeds.
    #[must_use]
    pub fn new(seeds: &[Seed]) -> Self {
        let mut mutator = Self {
            keys: Vec::new(),
            values: BTreeMap::new(),
            words: WORDS.iter().map(|word| (*word).to_owned()).collect(),
        };
        for (_, seed) in seeds {
            for (_, text) in split(seed) {
                if let Ok(tree) = serde_json::from_slice(text) {
                    mutator.learn(&tree);
                }
            }
        }
        for file in schema_files() {
            let schema: Value = serde_json::from_str(&file.text).unwrap_or_default();
            mutator.learn_schema(&schema);
        }
        mutator.words.sort();
        mutator.words.dedup();
        mutator.keys.extend(mutator.values.keys().cloned());
        mutator
    }

    fn learn(&mut self, tree: &Value) {
        match tree {
            Value::Object(map) => {
                for (key, value) in map {
                    let values = self.values.entry(key.clone()).or_default();
                    if values.len() < MAX_VALUES
                        && !values.contains(value)
                        && value.to_string().len() <= MAX_VALUE
                    {
                        values.push(value.clone());
                    }
                    self.learn(value);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.learn(item)),
            _ => {}
        }
    }

    fn learn_schema(&mut self, schema: &Value) {
        if let Some(Value::Object(properties)) = schema.get("properties") {
            for key in properties.keys() {
                self.values.entry(key.clone()).or_default();
            }
        }
        if let Some(Value::Array(words)) = schema.get("enum") {
            self.words.extend(words.iter().filter_map(Value::as_str).map(str::to_owned));
        }
        match schema {
            Value::Object(map) => map.values().for_each(|value| self.learn_schema(value)),
            Value::Array(items) => items.iter().for_each(|item| self.learn_schema(item)),
            _ => {}
        }
    }

    /// Changes some values of one file of an input; `None` where the file is no JSON.
    #[must_use]
    pub fn change(&self, input: &[u8], random: &mut Random) -> Option<Vec<u8>> {
        let files = split(input);
        let at = random.below(files.len());
        let mut tree: Value = serde_json::from_slice(files.get(at)?.1).ok()?;
        for _ in 0..=random.below(4) {
            self.step(&mut tree, random);
        }
        // Long lines are not shown in messages, so it has many short ones.
        let text =
            if random.below(8) == 0 { tree.to_string() } else { serde_json::to_string_pretty(&tree).ok()? };
        let changed = files.iter().enumerate();
        Some(join(
            changed.map(|(index, (name, old))| (*name, if index == at { text.as_bytes() } else { old })),
        ))
    }

    /// The same in libFuzzer's buffer, one time in three by libFuzzer's own changes to bytes. The new size comes back.
    pub fn change_in(
        &self,
        data: &mut [u8],
        size: usize,
        max_size: usize,
        seed: u32,
        bytes: fn(&mut [u8], usize, usize) -> usize,
    ) -> usize {
        let mut random = Random::new(u64::from(seed));
        let changed = if random.below(3) == 0 { None } else { self.change(&data[..size], &mut random) };
        match changed {
            Some(changed) if changed.len() <= max_size => {
                data[..changed.len()].copy_from_slice(&changed);
                changed.len()
            }
            _ => bytes(data, size, max_size),
        }
    }

    fn step(&self, tree: &mut Value, random: &mut Random) {
        let paths = pointers(tree);
        let (here, there) = (random.of(&paths).clone(), random.of(&paths).clone());
        let other = tree.pointer(&there).cloned().unwrap_or_default();
        let key = here.rsplit('/').next().unwrap_or_default().replace("~1", "/").replace("~0", "~");
        let Some(value) = tree.pointer_mut(&here) else { return };
        match random.below(9) {
            0 => *value = other,
            // What stands behind this key elsewhere.
            1 | 2 => *value = self.value_of(&key, random),
            3 => *value = random.of(&self.words).clone().into(),
            4 => self.insert(value, random),
            5 => match value {
                Value::Object(map) => drop(any_key(map, random).and_then(|key| map.remove(&key))),
                Value::Array(items) => drop(items.pop()),
                value => *value = Value::Null,
            },
            // Another name for the same.
            6 => {
                if let Value::Object(map) = value
                    && let Some(key) = any_key(map, random)
                {
                    let moved = map.remove(&key).unwrap_or_default();
                    let renamed = match random.below(3) {
                        0 => random.of(&self.words).clone(),
                        1 => random.of(&self.keys).clone(),
                        _ => format!("{key}s"),
                    };
                    map.insert(renamed, moved);
                }
            }
            7 => {
                if let Value::String(text) = value {
                    let at = text.char_indices().map(|(at, _)| at).nth(random.below(text.len() + 1));
                    let word = random.of(&self.words);
                    text.insert_str(at.unwrap_or(text.len()), word);
                } else {
                    *value = vec![other.clone(), other].into();
                }
            }
            _ => {
                let numbers = [0, 1, -1, 2, 64, 255, 65_536, i64::MAX, i64::MIN];
                *value = match random.below(4) {
                    0 => Value::Bool(random.below(2) == 0),
                    1 => 1.5e300.into(),
                    _ => (*random.of(&numbers)).into(),
                };
            }
        }
    }

    fn insert(&self, value: &mut Value, random: &mut Random) {
        let key = random.of(&self.keys).clone();
        let new = self.value_of(&key, random);
        match value {
            Value::Object(map) => drop(map.insert(key, new)),
            Value::Array(items) => items.push(new),
            value => {
                let old = std::mem::take(value);
                let key = if random.below(2) == 0 { "type".to_owned() } else { key };
                *value = Value::Object([(key, old)].into_iter().collect());
            }
        }
    }

    fn value_of(&self, key: &str, random: &mut Random) -> Value {
        match self.values.get(key).filter(|values| !values.is_empty()) {
            Some(values) => random.of(values).clone(),
            None => match random.below(3) {
                0 => Value::Bool(true),
                1 => Value::Object(serde_json::Map::new()),
                _ => random.of(&self.words).clone().into(),
            },
        }
    }
}

fn any_key(map: &serde_json::Map<String, Value>, random: &mut Random) -> Option<String> {
    map.keys().nth(random.below(map.len())).cloned()
}

/// JSON pointers of all values.
fn pointers(tree: &Value) -> Vec<String> {
    fn walk(value: &Value, at: &str, all: &mut Vec<String>) {
        all.push(at.to_owned());
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    walk(value, &format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), all);
                }
            }
            Value::Array(items) => {
                items
                    .iter()
                    .enumerate()
                    .for_each(|(index, value)| walk(value, &format!("{at}/{index}"), all));
            }
            _ => {}
        }
    }
    let mut all = Vec::new();
    walk(tree, "", &mut all);
    all
}

/// Numbers that follow from a seed, so that a finding can be repeated.
pub struct Random(u64);

impl Random {
    /// Those of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self((seed ^ 0x9E37_79B9_7F4A_7C15).wrapping_mul(0xBF58_476D_1CE4_E5B9) | 1)
    }

    /// A number below the limit; 0 where there is none.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 20).unwrap_or_default() % limit.max(1)
    }

    /// One of a list, which has some.
    pub(crate) fn of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }
}
