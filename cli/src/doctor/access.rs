//! How the calls of a connector are authorized.

use typed_connector::dynamic::Connector;

use super::finding::Findings;
use super::profiles::{self, Usable};
use super::{Case, Here};
use crate::auth::target::provider;
use crate::run::access::Way;
use crate::told;

/// The way that calls take, where there is one.
pub(super) async fn way(case: &Case<'_>, connector: Connector, found: &mut Findings) -> Option<Way> {
    let way = match case.access.way(connector, case.spec).await {
        Ok(way) => way,
        Err(error) => {
            let text = told(&*error);
            let text = text.split("\nhelp: ").next().unwrap_or_default().to_owned();
            let console = "connector console".to_owned();
            let fix = match connector.meta().bearer {
                Some(title) => {
                    format!("export {}=…  # {title}, or {console}", case.access.token_variable(connector))
                }
                None => console,
            };
            found.warning("access", text, fix);
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
    profiles::look(case, connector, provider, here, wanted, found).await
}
