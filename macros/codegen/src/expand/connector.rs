//! The connector itself: marker type, client, tables.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;
use typed_connector_specs::model::{
    Auth, ClientCredentialsIn, Connector, FilterOperator, KeyPlace, RetryRule,
};

use super::table::option;
use super::{docs, ident, static_name};
use crate::plan::Plan;

pub(super) fn items(plan: &Plan<'_>) -> TokenStream {
    let Connector { title, description, .. } = plan.connector;
    let text = format!("The {title} connector; see the crate's documentation for how to use it");
    let doc = docs::doc(Some(&text), description.as_deref());
    let client_doc = docs::lines(&format!("Executes the actions of {title}."));
    let builder_doc = docs::lines(&format!("Settings of a [`Client`] of {title}."));
    let meta = meta(plan);
    // A module without a name has no actions.
    let modules = plan.connector.modules.iter().filter(|module| !module.actions.is_empty());
    let actions = modules.flat_map(|module| {
        let path = ident(&module.ident);
        module.actions.iter().map(move |action| {
            let meta = static_name(&action.ident, "META");
            quote!(&#path::#meta)
        })
    });
    let names = |scopes: &BTreeSet<usize>| -> Vec<_> {
        scopes.iter().map(|scope| &plan.connector.scopes[*scope].name).collect()
    };
    let (scopes, optional) = (names(&plan.requested), names(&plan.optional));
    quote! {
        #doc
        #[derive(rt::Debug, rt::Clone, rt::Copy, rt::PartialEq, rt::Eq)]
        #[allow(dead_code, unreachable_pub, clippy::all, clippy::pedantic)]
        pub struct Connector;

        #client_doc
        #[allow(dead_code, unreachable_pub)]
        pub type Client = rt::Client<Connector>;

        #builder_doc
        #[allow(dead_code, unreachable_pub)]
        pub type ClientBuilder = rt::ClientBuilder<Connector>;

        /// Every action, with what the pipeline executes.
        #[allow(dead_code, unreachable_pub)]
        pub static ACTIONS: &[&rt::ActionMeta] = &[#(#actions),*];

        /// The OAuth scopes that this connector requests.
        #[allow(dead_code, unreachable_pub)]
        pub const SCOPES: &[&rt::str] = &[#(#scopes),*];

        /// The OAuth scopes that it requests too, and that may be refused.
        #[allow(dead_code, unreachable_pub)]
        pub const OPTIONAL_SCOPES: &[&rt::str] = &[#(#optional),*];

        #[allow(clippy::all, clippy::pedantic)]
        impl rt::Connector for Connector {
            const META: &'static rt::ConnectorMeta = &CONNECTOR_META;
        }

        #[allow(clippy::all, clippy::pedantic)]
        static CONNECTOR_META: rt::ConnectorMeta = #meta;
    }
}

fn meta(plan: &Plan<'_>) -> TokenStream {
    let connector = plan.connector;
    let Connector { name, title, base_url, .. } = connector;
    let versions = connector.api_versions.iter().flat_map(|versions| &versions.versions).map(|version| {
        let (name, paths, sunset) = (&version.name, &version.paths, option(version.sunset.as_deref()));
        quote!(rt::ApiVersion { name: #name, paths: &[#(#paths),*], sunset: #sunset })
    });
    let known_scopes = connector.scopes.iter().map(|scope| &scope.name);
    let default_version = connector.api_versions.as_ref().map_or(0, |versions| versions.default);
    let version_header = connector.api_versions.as_ref().and_then(|versions| versions.header.as_deref());
    let version_header = option(version_header);
    let headers = connector.headers.iter().map(|(name, value)| quote!((#name, #value)));
    let Auth { bearer, api_key, .. } = &connector.auth;
    let bearer = bearer.as_ref().map(|bearer| &bearer.title).or(api_key.as_ref().map(|key| &key.title));
    let bearer = option(bearer);
    let (oauth2, errors, filters) = (oauth2(connector), errors(connector), filters(connector));
    let token = token_place(connector);
    let rate_limits = connector.rate_limits.iter().map(|limit| {
        let (name, per, every_action) = (&limit.name, limit.per_millis, limit.every_action);
        let requests = option(limit.requests);
        let max_header = option(limit.max_header.as_deref());
        let remaining_header = option(limit.remaining_header.as_deref());
        let reset_header = option(limit.reset_header.as_deref());
        quote! {
            rt::RateLimitMeta {
                name: #name,
                requests: #requests,
                per_millis: #per,
                every_action: #every_action,
                max_header: #max_header,
                remaining_header: #remaining_header,
                reset_header: #reset_header,
            }
        }
    });
    let retries = connector.retries.iter().map(|rule| {
        let RetryRule { status, wait_millis, needs_retry_after, rate_limited } = rule;
        quote! {
            rt::RetryMeta {
                status: #status,
                wait_millis: #wait_millis,
                needs_retry_after: #needs_retry_after,
                rate_limited: #rate_limited,
            }
        }
    });
    quote! {
        rt::ConnectorMeta {
            name: #name,
            title: #title,
            base_url: #base_url,
            api_versions: &[#(#versions),*],
            default_version: #default_version,
            version_header: #version_header,
            headers: &[#(#headers),*],
            bearer: #bearer,
            token: #token,
            oauth2: #oauth2,
            scopes: SCOPES,
            optional_scopes: OPTIONAL_SCOPES,
            known_scopes: &[#(#known_scopes),*],
            errors: #errors,
            filters: #filters,
            rate_limits: &[#(#rate_limits),*],
            retries: &[#(#retries),*],
        }
    }
}

/// Where the token travels: as OAuth has it, unless the API has keys alone.
fn token_place(connector: &Connector) -> TokenStream {
    match &connector.auth {
        Auth { oauth2: None, bearer: None, api_key: Some(key) } => match &key.place {
            KeyPlace::Header(name) => quote!(rt::TokenPlace::Header(#name)),
            KeyPlace::Query(name) => quote!(rt::TokenPlace::Query(#name)),
            KeyPlace::Basic => quote!(rt::TokenPlace::Basic),
        },
        _ => quote!(rt::TokenPlace::Bearer),
    }
}

fn oauth2(connector: &Connector) -> TokenStream {
    let Some(oauth2) = &connector.auth.oauth2 else { return quote!(rt::None) };
    let (authorization_url, token_url, pkce) = (&oauth2.authorization_url, &oauth2.token_url, oauth2.pkce);
    let refresh_url = option(oauth2.refresh_url.as_deref());
    let introspection_url = option(oauth2.introspection_url.as_deref());
    let revocation_url = option(oauth2.revocation_url.as_deref());
    let separator = &oauth2.scope_separator;
    let in_body = oauth2.client_credentials_in == ClientCredentialsIn::Body;
    let params = oauth2.authorize_params.iter().map(|(name, value)| quote!((#name, #value)));
    let dead_grant = &oauth2.dead_grant;
    let account_id_path = option(oauth2.account_id_path.as_deref());
    let granted_scopes_path = option(oauth2.granted_scopes_path.as_deref());
    let redirect_to_ip = oauth2.redirect_to_ip;
    let sunset_urls = oauth2.sunset_urls.iter().map(|url| {
        let (prefix, sunset, replaced_by) = (&url.prefix, &url.sunset, &url.replaced_by);
        quote!((#prefix, #sunset, #replaced_by))
    });
    quote! {
        rt::Some(&rt::OAuth2Meta {
            authorization_url: #authorization_url,
            token_url: #token_url,
            refresh_url: #refresh_url,
            introspection_url: #introspection_url,
            revocation_url: #revocation_url,
            scope_separator: #separator,
            credentials_in_body: #in_body,
            pkce: #pkce,
            authorize_params: &[#(#params),*],
            dead_grant: &[#(#dead_grant),*],
            account_id_path: #account_id_path,
            granted_scopes_path: #granted_scopes_path,
            redirect_to_ip: #redirect_to_ip,
            sunset_urls: &[#(#sunset_urls),*],
        })
    }
}

fn errors(connector: &Connector) -> TokenStream {
    let errors = &connector.errors;
    let message = option(errors.message.as_deref());
    let category = option(errors.category.as_deref());
    let sub_category = option(errors.sub_category.as_deref());
    let correlation_id = option(errors.correlation_id.as_deref());
    let correlation_header = option(errors.correlation_header.as_deref());
    let missing_scopes = &errors.missing_scopes;
    let details = match &errors.details {
        None => quote!(rt::None),
        Some(details) => {
            let at = &details.at;
            let message = option(details.message.as_deref());
            let (code, field) = (option(details.code.as_deref()), option(details.field.as_deref()));
            quote!(rt::Some(rt::ErrorDetailMeta { at: #at, message: #message, code: #code, field: #field }))
        }
    };
    quote! {
        rt::ErrorMeta {
            message: #message,
            category: #category,
            sub_category: #sub_category,
            correlation_id: #correlation_id,
            correlation_header: #correlation_header,
            missing_scopes: &[#(#missing_scopes),*],
            details: #details,
        }
    }
}

fn filters(connector: &Connector) -> TokenStream {
    let Some(dialect) = &connector.filters else { return quote!(rt::None) };
    let (filters, property, operator) = (&dialect.filters, &dialect.property, &dialect.operator);
    let (value, high_value, values) = (&dialect.value, &dialect.high_value, &dialect.values);
    let names = (0..FilterOperator::ALL.len())
        .map(|index| dialect.operators.get(index).cloned().flatten().unwrap_or_default());
    let max_groups = option(dialect.max_groups);
    let max_filters_per_group = option(dialect.max_filters_per_group);
    let max_filters = option(dialect.max_filters);
    quote! {
        rt::Some(&rt::Dialect {
            filters: #filters,
            property: #property,
            operator: #operator,
            value: #value,
            high_value: #high_value,
            values: #values,
            operators: [#(#names),*],
            max_groups: #max_groups,
            max_filters_per_group: #max_filters_per_group,
            max_filters: #max_filters,
        })
    }
}
