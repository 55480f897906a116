//! What leads to the next page.

use super::link;
use crate::error::DecodeError;
use crate::meta::{NextPage, Place};
use crate::pipeline::Answer;
use crate::value::{Format, Record, Slot, text};

/// The cursor of the next page, `None` on the last one. `found` is what the answer has where a cursor lies, `more` whether it says that
/// there are more pages, `last` its last element.
pub(super) fn cursor(
    answer: &Answer,
    found: Option<String>,
    more: Option<bool>,
    last: Option<&dyn Record>,
) -> Result<Option<String>, DecodeError> {
    let Some(pagination) = answer.action().pagination else { return Ok(found) };
    if more == Some(false) {
        return Ok(None);
    }
    match pagination.next {
        NextPage::Cursor => Ok(found),
        NextPage::Last(index) => {
            let Some(last) = last else {
                return match more {
                    Some(true) => Err(answer.unfit("the page is empty and is not the last")),
                    _ => Ok(None),
                };
            };
            match last.value(index).and_then(Slot::datum) {
                Some(datum) => Ok(Some(text(&datum, &Format::PLAIN))),
                None => Err(answer.unfit("nothing in its last element leads to the next page")),
            }
        }
        NextPage::Link(relation) => {
            let Some(target) = link::target(answer.headers(), relation) else { return Ok(None) };
            // Nothing else of the address is used: the next page is asked for where this one was.
            let parameters = &answer.action().parameters;
            let taker = parameters.iter().find(|parameter| parameter.index == pagination.cursor);
            let name = taker.filter(|taker| taker.place != Place::Header).map_or("", |taker| taker.name);
            match link::argument(&target, name) {
                Some(cursor) => Ok(Some(cursor)),
                None => Err(answer.unfit(&format!("its link to the next page has no `{name}`"))),
            }
        }
    }
}
