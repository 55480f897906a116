//! Selections of properties to which the client adds what it needs itself.

use crate::meta::{ActionMeta, Preset};
use crate::value::{Args, Datum, Format, text};

/// Adds a property to a selection; where nothing was selected, to what the spec selects then.
pub(super) fn also(action: &ActionMeta, args: &mut Args, select: u16, property: &str) {
    let preset = action.presets.iter().find(|(index, _)| *index == select).map(|(_, preset)| preset);
    let mut names: Vec<Datum> = match (args.get(select), preset) {
        (Some(Datum::List(names)), _) => names.clone(),
        (None, Some(Preset::AllProperties(shape))) => shape.property_names().map(Datum::Static).collect(),
        (None, Some(Preset::Names(names))) => names.split(',').map(Datum::Static).collect(),
        // The API chooses, or the selection is none that can be added to.
        _ => return,
    };
    if !names.iter().any(|name| text(name, &Format::PLAIN) == property) {
        names.push(Datum::Text(property.to_owned()));
        args.put(select, Some(Datum::List(names)));
    }
}
