//! From a checked model to the tables that the pipeline executes: those that `#[connector]` writes into a program.
//!
//! They live as long as the process, as generated ones do, so that all that works with tables works with these. What is the same
//! is kept once.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use typed_connector_specs::layout::{self, Key, Keys, PARAMETER};
use typed_connector_specs::model::{
    self, Action, Body, BodyEncoding, ClientCredentialsIn, FilterOperator, KeyPlace, Output, PathPiece,
    QueryStyle, TypeKind, TypeRef,
};

use crate::filter::Dialect;
use crate::meta::{
    ActionMeta, ApiVersion, BatchId, BatchMeta, BatchProperty, BatchTrace, BodyKind, Cap, ConnectorMeta,
    Effect, ErrorDetailMeta, ErrorMeta, Keyset, NextPage, OAuth2Meta, OptionsFrom, Pagination, Parameter,
    Piece, Place, Preset, RateLimitMeta, RetryMeta, TokenPlace,
};
use crate::value::{Field, Format, ListStyle, Node, Shape, Unit};
use crate::{batch::batch_shape, page::page_shape};

/// A connector's model and the tables that were made of it.
#[derive(Debug)]
pub(super) struct Tables {
    pub(super) model: &'static model::Connector,
    pub(super) meta: &'static ConnectorMeta,
    /// Of objects and inputs; the index is the type's.
    pub(super) shapes: Vec<Option<&'static Shape>>,
    /// Whether each field of an object may be absent; the index is the type's.
    pub(super) optional: Vec<Vec<bool>>,
    /// In the order of the files.
    pub(super) actions: Vec<ActionTable>,
}

#[derive(Debug)]
pub(super) struct ActionTable {
    pub(super) module: &'static model::Module,
    pub(super) model: &'static Action,
    pub(super) meta: &'static ActionMeta,
}

/// All that were made so far.
static MADE: Mutex<Vec<&'static Tables>> = Mutex::new(Vec::new());

impl Tables {
    /// The tables of a connector: those that are there where the same was loaded before, or new ones.
    pub(super) fn of(model: model::Connector) -> &'static Self {
        let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(tables) = made.iter().find(|tables| *tables.model == model) {
            return tables;
        }
        let tables = keep(make(keep(model)));
        made.push(tables);
        tables
    }

    pub(super) fn shape(&self, of: TypeRef) -> Option<&'static Shape> {
        self.shapes.get(of.0).copied().flatten()
    }
}

/// Keeps a value for the rest of the process.
fn keep<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

fn keep_all<T>(values: impl IntoIterator<Item = T>) -> &'static [T] {
    Box::leak(values.into_iter().collect::<Box<[T]>>())
}

fn texts(list: &'static [String]) -> &'static [&'static str] {
    keep_all(list.iter().map(String::as_str))
}

fn pairs(list: &'static [(String, String)]) -> &'static [(&'static str, &'static str)] {
    keep_all(list.iter().map(|(name, value)| (name.as_str(), value.as_str())))
}

fn make(model: &'static model::Connector) -> Tables {
    let shapes: Vec<_> = model.types.iter().map(|ty| type_shape(model, ty)).collect();
    let optional = model.types.iter().enumerate().map(|(index, ty)| match &ty.kind {
        TypeKind::Object(object) => {
            object.fields.iter().map(|field| !model.is_always_there(TypeRef(index), field)).collect()
        }
        _ => Vec::new(),
    });
    let optional = optional.collect();
    let mut actions = Vec::new();
    for module in &model.modules {
        for action in &module.actions {
            let meta = keep(action_meta(model, &shapes, module, action));
            actions.push(ActionTable { module, model: action, meta });
        }
    }
    Tables { model, meta: keep(connector_meta(model)), shapes, optional, actions }
}

/// One field of a shape.
struct Entry {
    field: &'static model::Field,
    encoding: model::Encoding,
    /// Whether it lies in the body; parameters of path, query and headers do not.
    in_tree: bool,
}

fn shape(
    connector: &'static model::Connector,
    name: &'static str,
    entries: &[Entry],
    at: &'static [String],
    clear: Option<&'static str>,
    required: &'static [u16],
) -> Shape {
    let fields = entries.iter().map(|Entry { field, encoding, .. }| Field {
        name: &field.key,
        format: format(field, *encoding),
        sensitive: field.sensitive,
        options: field.options_from.as_ref().and_then(|from| {
            let needs = connector.choices_need(from, &entries.iter().map(|entry| entry.field))?;
            let depends_on = needs.into_iter().map(|(argument, beside)| (narrow(argument), narrow(beside)));
            let depends_on = keep_all(depends_on);
            let (action, value, label) = (&from.action, &from.value, from.label.as_deref());
            Some(keep(OptionsFrom { action, value, label, depends_on }))
        }),
    });
    let in_tree = (0u16..).zip(entries).filter(|(_, entry)| entry.in_tree);
    let tree = nodes(&Keys::of(in_tree.map(|(index, entry)| (index, entry.field.path.as_slice())), at));
    Shape { name, fields: keep_all(fields), tree, required, clear }
}

fn nodes(keys: &Keys<'static>) -> &'static [Node] {
    keep_all(keys.keys.iter().map(|(key, value)| match value {
        Key::Field(index) => Node::Field(key, *index),
        Key::Group(group) if group.properties => Node::Properties(key, nodes(group)),
        Key::Group(group) => Node::Group(key, nodes(group)),
    }))
}

pub(super) fn format(field: &'static model::Field, encoding: model::Encoding) -> Format {
    let layout::Format { text, unit, separator, list } = field.format(encoding);
    let unit = match unit {
        layout::Unit::Iso => Unit::Iso,
        layout::Unit::Millis => Unit::Millis,
        layout::Unit::Seconds => Unit::Seconds,
    };
    let list = match list {
        None => ListStyle::Numbered,
        Some(model::QueryStyle::Repeat) => ListStyle::Repeat,
        Some(model::QueryStyle::Comma) => ListStyle::Comma,
        Some(model::QueryStyle::Brackets) => ListStyle::Brackets,
    };
    Format { text, unit, separator, list }
}

fn type_shape(connector: &'static model::Connector, ty: &'static model::Type) -> Option<&'static Shape> {
    match &ty.kind {
        TypeKind::Object(object) => {
            let entries: Vec<_> = object
                .fields
                .iter()
                .map(|field| Entry { field, encoding: object.encoding_of(field), in_tree: true })
                .collect();
            let required = (0u16..).zip(&object.fields).filter(|(_, field)| field.required);
            let required = keep_all(required.map(|(index, _)| index));
            Some(keep(shape(connector, &ty.ident, &entries, &object.at, object.clear.as_deref(), required)))
        }
        TypeKind::Input(input) => {
            let at = connector.properties_at(input);
            Some(keep(shape(connector, &ty.ident, &input_entries(input), at, input.clear.as_deref(), &[])))
        }
        TypeKind::Enum(_) | TypeKind::Id | TypeKind::Union(_) => None,
    }
}

fn input_entries(input: &'static model::Input) -> Vec<Entry> {
    let fields = input.fields.iter().zip(&input.encodings);
    fields.map(|(field, encoding)| Entry { field, encoding: *encoding, in_tree: true }).collect()
}

/// The table of all arguments; the tree of its keys is the body.
fn args_shape(connector: &'static model::Connector, action: &'static Action) -> Shape {
    let parameters = action.parameters.iter().map(|parameter| &parameter.field);
    let mut entries: Vec<_> =
        parameters.map(|field| Entry { field, encoding: PARAMETER, in_tree: false }).collect();
    let (mut at, mut clear) = (&[][..], None);
    match &action.body {
        Some(Body::Fields { input, .. }) => {
            entries.extend(input_entries(input));
            at = connector.properties_at(input);
            clear = input.clear.as_deref();
        }
        Some(Body::Whole { field, .. }) => {
            entries.push(Entry { field, encoding: model::Encoding::Json, in_tree: false });
        }
        None => {}
    }
    shape(connector, &action.ident, &entries, at, clear, &[])
}

/// The index of a field or argument. More than 10,000 of them are refused in `specs`, so that it fits.
fn narrow(index: usize) -> u16 {
    u16::try_from(index).unwrap_or(u16::MAX)
}

fn action_meta(
    connector: &'static model::Connector,
    shapes: &[Option<&'static Shape>],
    module: &'static model::Module,
    action: &'static Action,
) -> ActionMeta {
    let path = action.path.iter().map(|piece| match piece {
        PathPiece::Literal(text) => Piece::Literal(text),
        PathPiece::Base(index) => Piece::Base(*index),
        PathPiece::Parameter(index) => Piece::Argument(narrow(*index)),
    });
    let parameters = (0u16..).zip(&action.parameters).map(|(index, parameter)| Parameter {
        index,
        name: &parameter.field.wire_name,
        place: match parameter.place {
            model::Place::Path => Place::Path,
            model::Place::Query(QueryStyle::Repeat) => Place::Query,
            model::Place::Query(QueryStyle::Comma) => Place::QueryComma,
            model::Place::Query(QueryStyle::Brackets) => Place::QueryBrackets,
            model::Place::Header => Place::Header,
        },
    });
    let body_index = narrow(action.parameters.len());
    let body = match &action.body {
        None => BodyKind::None,
        Some(Body::Fields { encoding: BodyEncoding::Json, .. }) => BodyKind::Json,
        Some(Body::Fields { encoding: BodyEncoding::Form, .. }) => BodyKind::Form,
        Some(Body::Fields { encoding: BodyEncoding::Multipart, .. }) => BodyKind::Multipart,
        Some(Body::Whole { encoding: BodyEncoding::Raw, content_type, .. }) => {
            BodyKind::Raw(body_index, content_type.as_deref().unwrap_or("application/octet-stream"))
        }
        // Fields are never raw, which `specs` checks.
        Some(Body::Whole { .. } | Body::Fields { .. }) => BodyKind::Whole(body_index),
    };
    let presets = connector.presets(action).into_iter().filter_map(|(index, preset)| {
        let preset = match preset {
            layout::Preset::Json(json) => Preset::Json(keep(json.to_string())),
            layout::Preset::AllProperties(of) => Preset::AllProperties(shapes.get(of.0).copied().flatten()?),
            layout::Preset::Names(names) => Preset::Names(keep(names)),
        };
        Some((narrow(index), preset))
    });
    let scopes =
        |list: &'static [usize]| keep_all(list.iter().map(|scope| connector.scopes[*scope].name.as_str()));
    ActionMeta {
        name: keep(format!("{}.{}", module.name, action.name)),
        title: &action.title,
        method: &action.method,
        path: keep_all(path),
        effect: match action.effect {
            model::Effect::Read => Effect::Read,
            model::Effect::Create => Effect::Create,
            model::Effect::Update => Effect::Update,
            model::Effect::Delete => Effect::Delete,
        },
        idempotent: action.idempotent,
        idempotency_key: action.idempotency_key.as_deref(),
        shown_by: module.shows(action).map(|other| keep(format!("{}.{}", module.name, other.name)).as_str()),
        scopes: scopes(&action.scopes.all_of),
        any_scopes: scopes(&action.scopes.any_of),
        args: keep(args_shape(connector, action)),
        parameters: keep_all(parameters),
        body,
        raw: matches!(action.output, Output::Value(model::FieldType::Bytes)),
        bodiless: matches!(action.output, Output::Optional(_)),
        presets: keep_all(presets),
        rate_limit: action.rate_limit.as_deref(),
        confirm: action.confirm.as_deref(),
        pagination: pagination(action),
        batch: batch(action),
        answer: answer(action),
    }
}

/// Where a page or a batch holds its elements.
fn answer(action: &'static Action) -> Option<&'static Shape> {
    match &action.output {
        Output::Nothing | Output::Value(_) | Output::Optional(_) => None,
        // The whole answer is the list.
        Output::Page { pagination, .. } if pagination.items.is_empty() => None,
        Output::Page { pagination, .. } => {
            let cursor = match &pagination.next {
                Some(model::NextPage::Cursor(cursor)) => Some(cursor),
                _ => None,
            };
            let (total, more) = (pagination.total.as_ref(), pagination.more.as_ref());
            let fields = [(0, Some(&pagination.items)), (1, cursor), (2, total), (3, more)].into_iter();
            let paths = fields.filter_map(|(index, path)| Some((index, path?.as_slice())));
            Some(keep(page_shape(nodes(&Keys::of(paths, &[])))))
        }
        Output::Batch { batch, .. } => {
            let paths = [(0, batch.results.as_slice()), (1, batch.errors.as_slice())];
            Some(keep(batch_shape(nodes(&Keys::of(paths, &[])))))
        }
    }
}

fn index_of(action: &Action, name: &str) -> Option<u16> {
    action.arguments().position(|field| field.ident == name).and_then(|index| u16::try_from(index).ok())
}

fn pagination(action: &'static Action) -> Option<Pagination> {
    let Output::Page { pagination, .. } = &action.output else { return None };
    let index_of = |name: &String| index_of(action, name);
    let keyset = |keyset: &'static model::Keyset| {
        Some(Keyset {
            key: &keyset.key,
            filter: index_of(&keyset.filter)?,
            sort: index_of(&keyset.sort)?,
            select: keyset.select.as_ref().and_then(index_of),
        })
    };
    Some(Pagination {
        cursor: pagination.param.as_ref().and_then(index_of)?,
        next: match pagination.next.as_ref()? {
            model::NextPage::Cursor(_) => NextPage::Cursor,
            model::NextPage::Last(index) => NextPage::Last(narrow(*index)),
            model::NextPage::Link { relation, also } => {
                NextPage::Link(relation, keep_all(also.iter().filter_map(index_of)))
            }
        },
        limit: pagination.limit_param.as_ref().and_then(index_of),
        max_limit: pagination.max_limit,
        cap: pagination
            .cap
            .as_ref()
            .map(|cap| Cap { records: cap.records, keyset: cap.keyset.as_ref().and_then(keyset) }),
    })
}

fn batch(action: &'static Action) -> Option<BatchMeta> {
    let Output::Batch { item, batch } = &action.output else { return None };
    let index_of = |name: &String| index_of(action, name);
    let property = |property: &model::BatchProperty| match property {
        model::BatchProperty::Argument(name) => Some(BatchProperty::Argument(index_of(name)?)),
        model::BatchProperty::Input(index) => Some(BatchProperty::Input(narrow(*index))),
    };
    Some(BatchMeta {
        inputs: index_of(&batch.inputs)?,
        max: batch.max,
        results: item.is_some(),
        trace: batch.trace.as_ref().map(|trace| BatchTrace {
            input: narrow(trace.input),
            result: narrow(trace.result),
            error: &trace.error,
        }),
        id: batch.id.as_ref().map(|id| BatchId {
            input: narrow(id.input),
            result: narrow(id.result),
            error: id.error.as_deref(),
            property: id.property.as_ref().and_then(property),
            select: id.select.as_ref().and_then(index_of),
        }),
    })
}

fn connector_meta(connector: &'static model::Connector) -> ConnectorMeta {
    let versions = connector.api_versions.iter().flat_map(|versions| &versions.versions);
    let scope = |index: usize| connector.scopes[index].name.as_str();
    let version_header = connector.api_versions.as_ref().and_then(|versions| versions.header.as_deref());
    let model::Auth { bearer, api_key, .. } = &connector.auth;
    let bearer = bearer.as_ref().map(|bearer| &bearer.title).or(api_key.as_ref().map(|key| &key.title));
    ConnectorMeta {
        name: &connector.name,
        title: &connector.title,
        base_url: &connector.base_url,
        api_versions: keep_all(versions.map(|version| ApiVersion {
            name: &version.name,
            paths: texts(&version.paths),
            sunset: version.sunset.as_deref(),
        })),
        default_version: connector.api_versions.as_ref().map_or(0, |versions| versions.default),
        version_header,
        headers: pairs(&connector.headers),
        bearer: bearer.map(String::as_str),
        token: token_place(&connector.auth),
        oauth2: connector.auth.oauth2.as_ref().map(|oauth2| keep(oauth2_meta(oauth2))),
        scopes: keep_all(connector.needed_scopes(&BTreeSet::new()).into_iter().map(scope)),
        optional_scopes: &[],
        known_scopes: keep_all(connector.scopes.iter().map(|scope| scope.name.as_str())),
        errors: error_meta(&connector.errors),
        filters: connector.filters.as_ref().map(|filters| keep(dialect(filters))),
        rate_limits: keep_all(connector.rate_limits.iter().map(|limit| RateLimitMeta {
            name: &limit.name,
            requests: limit.requests,
            per_millis: limit.per_millis,
            every_action: limit.every_action,
            max_header: limit.max_header.as_deref(),
            remaining_header: limit.remaining_header.as_deref(),
            reset_header: limit.reset_header.as_deref(),
        })),
        retries: keep_all(connector.retries.iter().map(|rule| RetryMeta {
            status: rule.status,
            wait_millis: rule.wait_millis,
            needs_retry_after: rule.needs_retry_after,
            rate_limited: rule.rate_limited,
        })),
    }
}

/// Where the token travels: as OAuth has it, unless the API has keys alone.
fn token_place(auth: &'static model::Auth) -> TokenPlace {
    match auth {
        model::Auth { oauth2: None, bearer: None, api_key: Some(key) } => match &key.place {
            KeyPlace::Header(name) => TokenPlace::Header(name),
            KeyPlace::Query(name) => TokenPlace::Query(name),
            KeyPlace::Basic => TokenPlace::Basic,
        },
        _ => TokenPlace::Bearer,
    }
}

fn oauth2_meta(oauth2: &'static model::OAuth2) -> OAuth2Meta {
    OAuth2Meta {
        authorization_url: &oauth2.authorization_url,
        token_url: &oauth2.token_url,
        refresh_url: oauth2.refresh_url.as_deref(),
        introspection_url: oauth2.introspection_url.as_deref(),
        revocation_url: oauth2.revocation_url.as_deref(),
        scope_separator: &oauth2.scope_separator,
        credentials_in_body: oauth2.client_credentials_in == ClientCredentialsIn::Body,
        pkce: oauth2.pkce,
        authorize_params: pairs(&oauth2.authorize_params),
        dead_grant: texts(&oauth2.dead_grant),
        account_id_path: oauth2.account_id_path.as_deref(),
        granted_scopes_path: oauth2.granted_scopes_path.as_deref(),
        redirect_to_ip: oauth2.redirect_to_ip,
        sunset_urls: keep_all(
            oauth2
                .sunset_urls
                .iter()
                .map(|url| (url.prefix.as_str(), url.sunset.as_str(), url.replaced_by.as_str())),
        ),
    }
}

fn error_meta(errors: &'static model::ErrorMapping) -> ErrorMeta {
    ErrorMeta {
        message: errors.message.as_deref(),
        category: errors.category.as_deref(),
        sub_category: errors.sub_category.as_deref(),
        correlation_id: errors.correlation_id.as_deref(),
        correlation_header: errors.correlation_header.as_deref(),
        missing_scopes: texts(&errors.missing_scopes),
        details: errors.details.as_ref().map(|details| ErrorDetailMeta {
            at: &details.at,
            message: details.message.as_deref(),
            code: details.code.as_deref(),
            field: details.field.as_deref(),
        }),
    }
}

fn dialect(filters: &'static model::FilterDialect) -> Dialect {
    let mut operators = [""; FilterOperator::ALL.len()];
    for (place, name) in operators.iter_mut().zip(&filters.operators) {
        *place = name.as_deref().unwrap_or_default();
    }
    Dialect {
        filters: &filters.filters,
        property: &filters.property,
        operator: &filters.operator,
        value: &filters.value,
        high_value: &filters.high_value,
        values: &filters.values,
        operators,
        max_groups: filters.max_groups,
        max_filters_per_group: filters.max_filters_per_group,
        max_filters: filters.max_filters,
    }
}
