//! When all schemas are read: what is the same becomes one, what has no end gets one, and everything its name and place.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use typed_connector_specs::text::RESERVED_TYPES;

use crate::cx::Cx;
use crate::text;
use crate::types::{Def, Shape, Types, named_in};

/// What was decided about the types.
#[derive(Debug, Default)]
pub(crate) struct Settled {
    /// For each type the one that stands for it.
    pub(crate) class: Vec<usize>,
    /// Final names, by class.
    pub(crate) names: HashMap<usize, String>,
    /// The module of each class; `None` for what several modules share.
    pub(crate) place: BTreeMap<usize, Option<String>>,
    /// Classes that are only ever sent, and so need no place to be read into.
    pub(crate) inputs: HashSet<usize>,
}

/// The shapes of a module that are sent and that are answered, and the names that its actions take.
#[derive(Debug, Default)]
pub(crate) struct Use {
    pub(crate) sent: Vec<Shape>,
    pub(crate) answered: Vec<Shape>,
    pub(crate) actions: HashSet<String>,
}

pub(crate) fn settle(cx: &mut Cx<'_>, uses: &BTreeMap<String, Use>, taken: &HashSet<String>) -> Settled {
    aliases(cx);
    unions(cx);
    share_choices(&mut cx.types);
    share_alternatives(&mut cx.types);
    let class = classes(&cx.types);
    let mut settled = Settled { class, ..Settled::default() };
    merge_texts(cx, &settled);
    let mut modules: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    let (mut read, mut sent) = (HashSet::new(), HashSet::new());
    for (module, used) in uses {
        for (shapes, found) in [(&used.sent, &mut sent), (&used.answered, &mut read)] {
            for id in cx.types.reached(shapes) {
                let id = settled.class[id];
                if !matches!(cx.types.list[id].def, Def::Alias(_) | Def::Pending) {
                    modules.entry(id).or_default().insert(module);
                    found.insert(id);
                }
            }
        }
    }
    endless(cx, &settled, modules.keys().copied());
    settled.inputs = inputs(&cx.types, &settled, &sent, &read);
    for (id, modules) in &modules {
        let mut modules = modules.iter();
        let place = match (modules.next(), modules.next()) {
            (Some(only), None) => Some((*only).to_owned()),
            _ => None,
        };
        settled.place.insert(*id, place);
    }
    name(cx, &mut settled, uses, taken);
    settled
}

/// A name that leads to itself, through lists and maps alone, has no value that could be written down.
fn aliases(cx: &mut Cx<'_>) {
    let mut done = vec![false; cx.types.list.len()];
    for start in 0..cx.types.list.len() {
        let (mut at, mut path) = (start, HashSet::new());
        while !done[at] {
            let Def::Alias(shape) = &cx.types.list[at].def else { break };
            let mut named = Vec::new();
            named_in(shape, &mut named);
            let Some(next) = named.first().copied() else { break };
            if !path.insert(at) {
                let (span, operation) =
                    (cx.types.list[at].schema.span.first(), cx.types.list[at].operation.clone());
                let before = std::mem::replace(&mut cx.operation, operation);
                cx.json(span, "a type that is a list or a map of itself");
                cx.operation = before;
                cx.types.list[at].def = Def::Alias(Shape::Json);
                break;
            }
            at = next;
        }
        for id in path {
            done[id] = true;
        }
        done[start] = true;
    }
}

/// A union holds objects; what else alternatives turned out to be is any JSON.
fn unions(cx: &mut Cx<'_>) {
    for id in 0..cx.types.list.len() {
        let Def::Union { tag, variants } = &cx.types.list[id].def else { continue };
        let objects = variants.iter().all(|(_, shape)| cx.types.object(shape).is_some());
        let told = variants.iter().all(|(value, shape)| holds_tag(cx, tag.as_deref(), value, shape));
        if !objects || !told || variants.is_empty() {
            let (span, operation) =
                (cx.types.list[id].schema.span.first(), cx.types.list[id].operation.clone());
            let before = std::mem::replace(&mut cx.operation, operation);
            cx.json(
                span,
                match objects {
                    true => "one of several types whose `discriminator` cannot have the values that tell them apart",
                    false => "one of several types that are not all objects",
                },
            );
            cx.operation = before;
            cx.types.list[id].def = Def::Alias(Shape::Json);
        }
    }
}

/// Whether the field that tells types apart can be what tells this one: text, or a choice.
fn holds_tag(cx: &Cx<'_>, tag: Option<&str>, value: &str, shape: &Shape) -> bool {
    let Some(tag) = tag else { return true };
    let properties = cx.types.object(shape).unwrap_or_default();
    let Some(property) = properties.iter().find(|property| property.key == tag) else { return true };
    match cx.types.resolved(&property.shape) {
        Shape::Scalar("string") => property.constant.as_ref().is_none_or(|constant| constant == value),
        Shape::Named(id) => matches!(cx.types.list[id].def, Def::Enum(_)),
        _ => false,
    }
}

/// The same choices in fields of the same name are one type, named by the field.
fn share_choices(types: &mut Types<'_>) {
    let mut groups: BTreeMap<(String, Vec<String>), Vec<usize>> = BTreeMap::new();
    for (id, ty) in types.list.iter().enumerate() {
        if let (Def::Enum(values), Some(field)) = (&ty.def, &ty.field) {
            let mut values = values.clone();
            values.sort();
            groups.entry((text::snake(field), values)).or_default().push(id);
        }
    }
    let mut names: HashSet<String> =
        types.list.iter().filter(|ty| ty.field.is_none()).map(|ty| ty.wanted.clone()).collect();
    for ((field, _), ids) in groups {
        let owners: HashSet<_> = ids.iter().map(|id| &types.list[*id].wanted).collect();
        if owners.len() < 2 {
            continue;
        }
        let base = text::camel(&field);
        let name = [base.clone(), format!("{base}Value")].into_iter().find(|name| !names.contains(name));
        let Some(name) = name else { continue };
        names.insert(name.clone());
        for id in ids {
            if let Def::Enum(values) = &mut types.list[id].def {
                values.sort();
            }
            types.list[id].wanted.clone_from(&name);
        }
    }
}

/// The tag of a union, and the keys and types of its variants.
type Alternatives = (Option<String>, Vec<(String, String)>);

/// The same alternatives are one type wherever they stand: that which is declared, else one named by the field in which they
/// stand most often.
fn share_alternatives(types: &mut Types<'_>) {
    let mut groups: BTreeMap<Alternatives, Vec<usize>> = BTreeMap::new();
    for (id, ty) in types.list.iter().enumerate() {
        let Def::Union { tag, variants } = &ty.def else { continue };
        let target = |shape: &Shape| match types.resolved(shape) {
            Shape::Named(id) => types.list[id].wanted.clone(),
            other => format!("{other:?}"),
        };
        let mut variants: Vec<_> =
            variants.iter().map(|(value, shape)| (value.clone(), target(shape))).collect();
        if tag.is_some() {
            variants.sort();
        }
        groups.entry((tag.clone(), variants)).or_default().push(id);
    }
    let mut names: HashSet<String> = types.list.iter().map(|ty| ty.wanted.clone()).collect();
    for ids in groups.into_values() {
        let owners: BTreeSet<&str> = ids.iter().map(|id| types.list[*id].wanted.as_str()).collect();
        let declared = ids.iter().find(|id| types.list[**id].field.is_none());
        let name = match (declared, owners.first()) {
            _ if owners.len() < 2 => continue,
            (Some(declared), _) => types.list[*declared].wanted.clone(),
            (None, first) => {
                let mut fields: BTreeMap<String, usize> = BTreeMap::new();
                for field in ids.iter().filter_map(|id| types.list[*id].field.as_deref()) {
                    *fields.entry(text::camel(field)).or_default() += 1;
                }
                let most = fields.iter().max_by(|a, b| a.1.cmp(b.1).then_with(|| b.0.cmp(a.0)));
                let short = most.map(|(field, _)| field.clone()).filter(|name| !names.contains(name));
                short.or_else(|| first.map(|name| (*name).to_owned())).unwrap_or_default()
            }
        };
        names.insert(name.clone());
        let first = types.list[ids[0]].def.clone();
        for id in ids {
            if let (Def::Union { variants, tag: Some(_) }, Def::Union { variants: same, .. }) =
                (&mut types.list[id].def, &first)
            {
                // The order means nothing where a tag tells them apart.
                variants.sort_by_key(|(value, _)| same.iter().position(|(known, _)| known == value));
            }
            types.list[id].wanted.clone_from(&name);
        }
    }
}

/// Types of the same name that are the same all the way down. Descriptions do not count.
fn classes(types: &Types<'_>) -> Vec<usize> {
    let count = types.list.len();
    let mut class: Vec<usize> = vec![0; count];
    let mut known = 0;
    loop {
        let mut first: HashMap<String, usize> = HashMap::new();
        let next: Vec<usize> =
            (0..count).map(|id| *first.entry(signature(types, id, &class)).or_insert(id)).collect();
        class = next;
        if first.len() == known {
            return class;
        }
        known = first.len();
    }
}

fn signature(types: &Types<'_>, id: usize, class: &[usize]) -> String {
    let ty = &types.list[id];
    let mut out = format!("{}|", ty.wanted);
    match &ty.def {
        Def::Pending => out.push_str("pending"),
        Def::Alias(shape) => shape_signature(types, shape, class, &mut out),
        Def::Enum(values) => out.push_str(&format!("{values:?}")),
        Def::Object(properties) => {
            let mut parts: Vec<String> = properties
                .iter()
                .map(|p| {
                    let mut part = format!(
                        "{}:{}{}{}{:?}{:?}",
                        p.key, p.required, p.read_only, p.nullable, p.constant, p.wire
                    );
                    shape_signature(types, &p.shape, class, &mut part);
                    part
                })
                .collect();
            parts.sort();
            out.push_str(&parts.join(";"));
        }
        Def::Union { tag, variants } => {
            out.push_str(&format!("{tag:?}"));
            for (value, shape) in variants {
                out.push_str(value);
                shape_signature(types, shape, class, &mut out);
            }
        }
    }
    out
}

fn shape_signature(types: &Types<'_>, shape: &Shape, class: &[usize], out: &mut String) {
    match types.resolved(shape) {
        Shape::Json => out.push_str("json"),
        Shape::Scalar(name) => out.push_str(name),
        Shape::Array(inner) => {
            out.push('[');
            shape_signature(types, &inner, class, out);
        }
        Shape::Map(inner) => {
            out.push('{');
            shape_signature(types, &inner, class, out);
        }
        // Before anything is known, types differ by their names alone.
        Shape::Named(id) => out.push_str(&format!("#{}{}", class[id], types.list[id].wanted)),
    }
}

/// What one copy says about itself holds for all.
fn merge_texts(cx: &mut Cx<'_>, settled: &Settled) {
    for id in 0..cx.types.list.len() {
        let first = settled.class[id];
        if first == id {
            continue;
        }
        let (title, description) = (cx.types.list[id].title.clone(), cx.types.list[id].description.clone());
        let kept = &mut cx.types.list[first];
        kept.title = kept.title.take().or(title);
        kept.description = kept.description.take().or(description);
        let Def::Object(from) = cx.types.list[id].def.clone() else { continue };
        if let Def::Object(properties) = &mut cx.types.list[first].def {
            for property in properties {
                if let Some(same) = from.iter().find(|same| same.key == property.key) {
                    property.description = property.description.take().or_else(|| same.description.clone());
                }
            }
        }
    }
}

/// The classes that fields of a class refer to in place: not through a list or a map.
fn in_place(types: &Types<'_>, settled: &Settled, id: usize, required: bool) -> Vec<(usize, usize)> {
    let Def::Object(properties) = &types.list[id].def else { return Vec::new() };
    let target = |(at, property): (usize, &crate::types::Property)| {
        if required && (!property.required || property.nullable) {
            return None;
        }
        match types.resolved(&property.shape) {
            Shape::Named(inner) => Some((at, settled.class[inner])),
            _ => None,
        }
    };
    properties.iter().enumerate().filter_map(target).collect()
}

/// An object that must hold itself has no value; the field that closes the circle becomes optional.
fn endless(cx: &mut Cx<'_>, settled: &Settled, ids: impl Iterator<Item = usize>) {
    let mut state: HashMap<usize, bool> = HashMap::new();
    let mut cut = Vec::new();
    for start in ids {
        if state.contains_key(&start) {
            continue;
        }
        state.insert(start, true);
        let mut stack = vec![(start, in_place(&cx.types, settled, start, true), 0)];
        while let Some((id, edges, next)) = stack.last_mut() {
            let Some((field, inner)) = edges.get(*next).copied() else {
                state.insert(*id, false);
                stack.pop();
                continue;
            };
            *next += 1;
            match state.get(&inner) {
                Some(true) => cut.push((*id, field)),
                Some(false) => {}
                None => {
                    state.insert(inner, true);
                    stack.push((inner, in_place(&cx.types, settled, inner, true), 0));
                }
            }
        }
    }
    for (id, field) in cut {
        let Def::Object(properties) = &mut cx.types.list[id].def else { continue };
        properties[field].required = false;
        let (span, message) = (
            properties[field].span,
            format!(
                "`{}` makes the type contain itself without end; it becomes optional",
                properties[field].key
            ),
        );
        cx.warn(span, message);
    }
}

/// Types that are only sent. A union is read and written, and an input cannot hold itself in place.
fn inputs(
    types: &Types<'_>,
    settled: &Settled,
    sent: &HashSet<usize>,
    read: &HashSet<usize>,
) -> HashSet<usize> {
    let mut objects: Vec<usize> = read.iter().copied().collect();
    let circular = circular(types, settled, sent);
    for &id in sent {
        match &types.list[id].def {
            Def::Union { .. } => objects.push(id),
            Def::Object(properties) if properties.iter().any(|p| p.nullable) || circular.contains(&id) => {
                objects.push(id);
            }
            _ => {}
        }
    }
    let shapes: Vec<Shape> = objects.into_iter().map(Shape::Named).collect();
    let objects: HashSet<usize> = types.reached(&shapes).into_iter().map(|id| settled.class[id]).collect();
    let is_object = |id: &usize| matches!(types.list[*id].def, Def::Object(_));
    sent.iter().copied().filter(|id| is_object(id) && !objects.contains(id)).collect()
}

/// The types that hold themselves in place, and those between two of them: what is left when types that hold nothing, and
/// types that nothing holds, are taken away again and again.
fn circular(types: &Types<'_>, settled: &Settled, ids: &HashSet<usize>) -> HashSet<usize> {
    let edges: Vec<(usize, usize)> = ids
        .iter()
        .flat_map(|&id| in_place(types, settled, id, false).into_iter().map(move |(_, inner)| (id, inner)))
        .collect();
    let mut left = ids.clone();
    for turned in [false, true] {
        let mut holders: HashMap<usize, Vec<usize>> = HashMap::new();
        let mut count: HashMap<usize, usize> = HashMap::new();
        for &(outer, inner) in
            edges.iter().filter(|(outer, inner)| left.contains(outer) && left.contains(inner))
        {
            let (from, to) = if turned { (inner, outer) } else { (outer, inner) };
            holders.entry(to).or_default().push(from);
            *count.entry(from).or_default() += 1;
        }
        let mut free: Vec<usize> = left.iter().copied().filter(|id| !count.contains_key(id)).collect();
        while let Some(id) = free.pop() {
            left.remove(&id);
            for holder in holders.get(&id).into_iter().flatten() {
                let open = count.entry(*holder).or_default();
                *open = open.saturating_sub(1);
                if *open == 0 {
                    free.push(*holder);
                }
            }
        }
    }
    left
}

/// Names are unique in the connector; of several that want the same, those of fewer modules take a longer one.
fn name(cx: &Cx<'_>, settled: &mut Settled, uses: &BTreeMap<String, Use>, by_hand: &HashSet<String>) {
    let mut wanted: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for id in settled.place.keys() {
        wanted.entry(cx.types.list[*id].wanted.as_str()).or_default().push(*id);
    }
    let mut used: HashSet<String> = RESERVED_TYPES.iter().map(|name| (*name).to_owned()).collect();
    used.extend(["Other", "Self"].map(str::to_owned));
    used.extend(by_hand.iter().cloned());
    let mut later = Vec::new();
    for (name, ids) in &wanted {
        // What is shared by several modules keeps the short name.
        let first = ids.iter().copied().min_by_key(|id| (settled.place[id].clone(), *id));
        for &id in ids {
            let taken = is_taken(name, settled.place.get(&id), uses);
            if Some(id) == first && !taken && used.insert((*name).to_owned()) {
                settled.names.insert(id, (*name).to_owned());
            } else {
                later.push(id);
            }
        }
    }
    for id in later {
        let (base, place) = (&cx.types.list[id].wanted, settled.place.get(&id));
        let module = place.and_then(Option::as_deref).map(text::camel).unwrap_or_default();
        let plain = if module.is_empty() || base.starts_with(&module) {
            format!("{base}Type")
        } else {
            format!("{module}{base}")
        };
        let numbered = (2..).map(|number| format!("{plain}{number}"));
        let free = std::iter::once(plain.clone()).chain(numbered).find(|name| {
            !used.contains(name) && !wanted.contains_key(name.as_str()) && !is_taken(name, place, uses)
        });
        let name = free.unwrap_or_default();
        used.insert(name.clone());
        settled.names.insert(id, name);
    }
}

/// Whether an action of the module has this name in Rust.
fn is_taken(name: &str, place: Option<&Option<String>>, uses: &BTreeMap<String, Use>) -> bool {
    match place.and_then(Option::as_deref) {
        Some(module) => uses.get(module).is_some_and(|used| used.actions.contains(name)),
        None => false,
    }
}
