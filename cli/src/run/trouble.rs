//! Errors of calls: the exit code, and what helps.

use typed_connector::meta::Effect;
use typed_connector::{Error, Url};

use super::line::shell;
use crate::Failure;
use crate::auth::Advised;

/// The command line or an argument was wrong.
pub(crate) const MISUSE: u8 = 2;
/// A person has to authorize, or has refused to.
pub(crate) const NOT_AUTHORIZED: u8 = 3;
/// Some of what was asked for was not done.
pub(crate) const PARTLY: u8 = 4;
/// It may have been carried out: look before it is run again.
pub(crate) const UNKNOWN: u8 = 5;

/// An error with what helps; `words` name the connection in commands that are suggested.
pub(crate) fn advised(error: Failure, words: &str) -> Failure {
    let error = match error.downcast::<Error>() {
        Ok(error) => *error,
        Err(other) => return other,
    };
    if let Error::Authorization(error) = error {
        return crate::auth::advised(error, words);
    }
    let (code, help) = match &error {
        Error::InvalidArgument { .. } | Error::InvalidArguments { .. } => (MISUSE, None),
        Error::AuthorizationRequired(required) => {
            let command = format!("connect the account with `connector auth authorize {words}`");
            let help = match comes_back_here(&required.url) {
                true => command,
                false => format!("{command}, or open {}", required.url),
            };
            (NOT_AUTHORIZED, Some(help))
        }
        Error::MissingScopes(missing) => {
            let mut scopes = missing.granted.clone();
            scopes.extend(missing.missing.iter().chain(missing.one_of.first()).cloned());
            let scopes = shell(&scopes.join(","));
            let command = format!("connector auth authorize {words} --scopes {scopes}");
            (NOT_AUTHORIZED, Some(format!("grant what is missing with `{command}`")))
        }
        Error::Api(api) if api.status == 401 => {
            let help = "the API did not take the token; is it one of this account, and has it expired?";
            (NOT_AUTHORIZED, Some(help.to_owned()))
        }
        Error::Api(api) if !api.missing_scopes.is_empty() => {
            (NOT_AUTHORIZED, Some(format!("the token needs the scope {}", api.missing_scopes.join(" or "))))
        }
        Error::Api(api) if api.status == 429 => (1, Some("try again later".to_owned())),
        Error::Connect { .. } => (1, Some("is the address right, and the server there?".to_owned())),
        error if is_unknown(error) => (UNKNOWN, None),
        _ => (1, None),
    };
    Box::new(Advised { error: Box::new(error), code, help })
}

/// Whether a link leads back to this machine, where nobody listens any more when the command has ended.
fn comes_back_here(link: &str) -> bool {
    let callback = Url::parse(link).ok().and_then(|link| {
        let (_, callback) = link.query_pairs().find(|(key, _)| key == "redirect_uri")?;
        Url::parse(&callback).ok()
    });
    callback.is_some_and(|callback| matches!(callback.host_str(), Some("localhost" | "127.0.0.1" | "[::1]")))
}

/// Whether it may have been carried out.
pub(super) fn is_unknown(error: &Error) -> bool {
    match error {
        Error::OutcomeUnknown { .. } => true,
        Error::Decode(decode) => decode.effect != Effect::Read,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::comes_back_here;

    #[test]
    fn a_link_is_told_where_somebody_waits_at_its_end() {
        let link =
            |callback: &str| format!("https://app.example.com/authorize?state=s&redirect_uri={callback}");
        assert!(comes_back_here(&link("http%3A%2F%2Flocalhost%3A8765%2Fcallback")));
        assert!(!comes_back_here(&link("https%3A%2F%2Facme.example%2Fcallback")));
        assert!(!comes_back_here("https://app.example.com/authorize?request_uri=urn%3A1"));
    }
}
