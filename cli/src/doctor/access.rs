//! How the calls of a connector are authorized.

use typed_connector::dynamic::Connector;

use super::connections::{self, Usable};
use super::finding::{Findings, Level};
use super::{Case, Here};
use crate::auth::target::provider;
use crate::configured::Status;
use crate::run::access::Way;
use crate::told;

/// The way that calls take, where there is one.
pub(super) async fn way(
    case: &Case<'_>,
    connector: Connector,
    here: &Here,
    found: &mut Findings,
) -> Option<Way> {
    let way = match case.access.way(connector, case.spec).await {
        Ok(way) => way,
        Err(error) => {
            let text = told(&*error);
            let text = text.split("\nhelp: ").next().unwrap_or_default().to_owned();
            let (level, fix) = none(case, connector, here);
            found.add(level, "access", text, Some(fix));
            return None;
        }
    };
    match &way {
        Way::Token { variable: Some(variable), .. } => {
            found.ok("access", format!("calls use the token in the environment variable `{variable}`"));
        }
        Way::Token { variable: None, .. } => found.ok("access", "calls use the token that is kept here"),
        Way::Open => found.ok("access", "calls are not authorized"),
        Way::Connection(of) => {
            found.ok("access", format!("calls use the connection `{}`", of.connection.escape_debug()));
        }
    }
    Some(way)
}

/// How bad it is that there is none, and what helps: something that was set up is missing, or nothing has been yet.
fn none(case: &Case<'_>, connector: Connector, here: &Here) -> (Level, String) {
    let meta = connector.meta();
    let configured = here.configured.iter().find(|one| one.connector == meta.name);
    let level = match configured {
        _ if case.access.names_a_variable() || case.access.connection().is_some() => Level::Problem,
        Some(configured) if configured.status != Status::Disabled => Level::Problem,
        _ => Level::Warning,
    };
    let fix = match (configured, meta.bearer) {
        (None, Some(title)) => format!("export {}=…  # {title}", case.access.token_variable(connector)),
        _ => "connector console".to_owned(),
    };
    (level, fix)
}

/// Profiles and connections, where the connector has OAuth 2.0; gives the connection that calls use, where it works.
pub(super) async fn look(
    case: &Case<'_>,
    connector: Connector,
    way: Option<&Way>,
    here: &Here,
    found: &mut Findings,
) -> Option<Usable> {
    let provider = provider(connector.model())?;
    let wanted = match way {
        Some(Way::Connection(of)) => Some(of),
        _ => None,
    };
    connections::look(case, connector, provider, here, wanted, found).await
}
