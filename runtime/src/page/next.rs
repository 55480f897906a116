//! What leads to the next page.

use super::link;
use crate::error::DecodeError;
use crate::meta::{NextPage, Pagination, Place};
use crate::pipeline::Answer;
use crate::value::{Format, Record, Slot, text};

/// Arguments of the next page's call, by index, the cursor first.
pub(crate) type Leads = Vec<(u16, String)>;

/// What leads to the next page; nothing on the last one. `found` is what the answer has where a cursor lies, `more` whether it says that
/// there are more pages, `last` its last element.
pub(super) fn leads(
    answer: &Answer,
    found: Option<String>,
    more: Option<bool>,
    last: Option<&dyn Record>,
) -> Result<Leads, DecodeError> {
    let Some(pagination) = answer.action().pagination.filter(|_| more != Some(false)) else {
        return Ok(Leads::new());
    };
    let cursor = match pagination.next {
        // Some write an empty one on the last page.
        NextPage::Cursor => match found.filter(|cursor| !cursor.is_empty()) {
            None if more == Some(true) => return Err(answer.unfit("it is not the last, and has no cursor")),
            cursor => cursor,
        },
        NextPage::Last(index) => match last {
            Some(last) => match last.value(index).and_then(Slot::datum) {
                Some(datum) => Some(text(&datum, &Format::PLAIN)),
                None => return Err(answer.unfit("nothing in its last element leads to the next page")),
            },
            None if more == Some(true) => return Err(answer.unfit("the page is empty and is not the last")),
            None => None,
        },
        NextPage::Link(relation, also) => return linked(answer, pagination, relation, also),
    };
    Ok(cursor.map(|cursor| (pagination.cursor, cursor)).into_iter().collect())
}

/// What the address of a link has. Nothing else of it is used: the next page is asked for where this one was.
fn linked(
    answer: &Answer,
    pagination: Pagination,
    relation: &str,
    also: &[u16],
) -> Result<Leads, DecodeError> {
    let Some(target) = link::target(answer.headers(), relation) else { return Ok(Leads::new()) };
    let mut names = Vec::new();
    let mut leads = Leads::new();
    for index in std::iter::once(pagination.cursor).chain(also.iter().copied()) {
        let mut parameters = answer.action().parameters.iter().filter(|taker| taker.place != Place::Header);
        let Some(taker) = parameters.find(|taker| taker.index == index) else { continue };
        names.push(format!("`{}`", taker.name));
        leads.extend(link::argument(&target, taker.name).map(|value| (index, value)));
    }
    match leads.is_empty() {
        true => Err(answer.unfit(&format!("its link to the next page has no {}", names.join(" and no ")))),
        false => Ok(leads),
    }
}
