//! What can be found out about a profile without asking the provider.

use secrecy::ExposeSecret as _;
use url::{Host, Url};

use super::{AuthError, AuthorizationProfile, SunsetUrl};

/// Parameters of the authorize link that the flow itself sets, and one that must not be in a link.
const RESERVED: [&str; 9] = [
    "client_id",
    "client_secret",
    "code_challenge",
    "code_challenge_method",
    "optional_scope",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
];

impl AuthorizationProfile {
    /// Checks everything that can be checked without the provider, and tells what will stop to work and what may be a mistake.
    ///
    /// # Errors
    /// [`AuthError::Profile`] with every problem.
    pub fn validate(&self) -> Result<Vec<String>, AuthError> {
        let mut problems = Vec::new();
        for (what, value) in
            [("client id", &*self.client_id), ("client secret", self.client_secret.expose_secret())]
        {
            if value.trim().is_empty() {
                problems.push(format!("the {what} is empty"));
            } else if value.trim() != value {
                problems.push(format!("the {what} has a blank or line break at its start or end"));
            }
        }
        problems.extend(self.callback_problem());
        problems.extend(
            self.endpoints().filter_map(|(what, url)| url_problem(what, url, "http on this machine").err()),
        );
        problems.extend(self.scope_problems());
        problems.extend(self.parameter_problems());
        if problems.is_empty() { Ok(self.warnings()) } else { Err(AuthError::Profile(problems)) }
    }

    /// Where secrets are sent, or a person is.
    pub(super) fn endpoints(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let provider = &self.provider;
        let optional = [
            ("refresh token URL", &provider.refresh_url),
            ("introspection URL", &provider.introspection_url),
            ("revocation URL", &provider.revocation_url),
        ];
        [("authorization URL", &*provider.authorization_url), ("token URL", &*provider.token_url)]
            .into_iter()
            .chain(optional.into_iter().filter_map(|(what, url)| Some((what, url.as_deref()?))))
    }

    fn callback_problem(&self) -> Option<String> {
        let shown = &self.redirect_uri;
        let is_ip = |url: &Url| matches!(url.host(), Some(Host::Ipv4(_) | Host::Ipv6(_)));
        if !self.provider.redirect_to_ip && Url::parse(shown).is_ok_and(|url| is_ip(&url)) {
            let title = &self.provider.title;
            return Some(format!(
                "the callback URL `{}` names an IP address, which {title} refuses; write `localhost`",
                without_user(shown)
            ));
        }
        url_problem("callback URL", shown, "http on localhost").err()
    }

    fn scopes_of_both_kinds(&self) -> impl Iterator<Item = &String> {
        self.provider.scopes.iter().chain(&self.optional_scopes)
    }

    /// Whether the spec knows it; one that tells of no scopes knows all.
    fn knows(&self, scope: &String) -> bool {
        let known = &self.provider.known_scopes;
        known.is_empty() || known.contains(scope) || scope == "oauth" || scope == "openid"
    }

    /// The known scope that is nearest, and how many letters it is away.
    fn nearest(&self, scope: &str) -> Option<(usize, &str)> {
        let plain = |scope: &str| scope.to_lowercase().replace(['_', '-', ':', '/'], ".");
        let distance = |known: &str| strsim::osa_distance(&plain(known), &plain(scope));
        self.provider.known_scopes.iter().map(|known| (distance(known), &**known)).min()
    }

    fn scope_problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        for scope in self.scopes_of_both_kinds() {
            if scope.is_empty() || scope.contains(|c: char| c.is_whitespace() || c.is_control()) {
                // RFC 6749 §3.3
                problems.push(format!("the scope `{}` is empty or holds a blank", scope.escape_debug()));
            } else if !self.knows(scope)
                && let Some((0 | 1, similar)) = self.nearest(scope)
            {
                problems.push(format!(
                    "unknown scope `{scope}`; did you mean `{similar}`? if it is right, add it to the spec's `scopes`"
                ));
            }
        }
        for scope in self.optional_scopes.iter().filter(|scope| self.provider.scopes.contains(scope)) {
            problems.push(format!("the scope `{scope}` is both required and optional"));
        }
        problems
    }

    fn parameter_problems(&self) -> impl Iterator<Item = String> {
        let names = self.provider.authorize_params.iter().map(|(name, _)| name);
        names.filter(|name| name.is_empty() || RESERVED.contains(&&***name)).map(|name| {
            format!(
                "`{name}` cannot be an extra parameter of the authorize link; the profile's fields set those"
            )
        })
    }

    fn warnings(&self) -> Vec<String> {
        let title = &self.provider.title;
        // The spec cannot know the scopes of all actions that there are.
        let unknown = self.scopes_of_both_kinds().filter(|scope| !self.knows(scope)).map(|scope| {
            let similar = self.nearest(scope).filter(|(distance, _)| *distance <= 3);
            let similar = similar.map_or(String::new(), |(_, similar)| format!("; did you mean `{similar}`?"));
            format!("the spec does not know the scope `{scope}`, and {title} refuses one that is misspelt{similar}")
        });
        unknown.chain(self.shut_off().iter().map(ToString::to_string)).collect()
    }

    /// The endpoints that the provider shuts off. [`validate`](Self::validate) warns of each with the same words, whatever day it is.
    #[must_use]
    pub fn shut_off(&self) -> Vec<ShutOff> {
        let shut = self.endpoints().filter_map(|(what, url)| {
            let plain = Url::parse(url).map_or_else(|_| url.to_owned(), String::from);
            let sunset = self.provider.sunset_urls.iter().find(|sunset| plain.starts_with(&sunset.prefix))?;
            Some(ShutOff { what, url: url.to_owned(), sunset: sunset.clone() })
        });
        shut.collect()
    }
}

/// An endpoint of a profile that the provider shuts off.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ShutOff {
    /// Which one, for people: `token URL`.
    pub what: &'static str,
    /// Its address.
    pub url: String,
    /// The day, and what to use instead.
    pub sunset: SunsetUrl,
}

impl std::fmt::Display for ShutOff {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { what, url, sunset: SunsetUrl { sunset, replaced_by, .. } } = self;
        write!(f, "the {what} `{url}` is shut off on {sunset}; use {replaced_by}")
    }
}

/// What is wrong with an address that secrets, or a person with a code, are sent to.
fn url_problem(what: &str, text: &str, or: &str) -> Result<(), String> {
    let shown = without_user(text);
    let url = Url::parse(text).map_err(|error| format!("the {what} `{shown}` is no URL: {error}"))?;
    let problem = if !url.username().is_empty() || url.password().is_some() {
        "must not hold a user name or password".to_owned()
    } else if url.fragment().is_some() {
        "has a fragment, which RFC 6749 §3.1 forbids".to_owned()
    } else if !is_safe(&url) {
        format!("must be https, or {or}")
    } else {
        return Ok(());
    };
    Err(format!("the {what} `{shown}` {problem}"))
}

/// The address as it can be shown: a password can be in front of its host.
pub(super) fn without_user(url: &str) -> String {
    // As lenient as who reads it: `https:/me:…@host` and `https:\\me:…@host` are addresses too (WHATWG URL §4.4).
    let scheme = url.find(':').map_or(0, |at| at + 1);
    let start = url.len() - url[scheme..].trim_start_matches(['/', '\\']).len();
    let end = url[start..].find(['/', '\\', '?', '#']).map_or(url.len(), |at| start + at);
    match url[start..end].rfind('@') {
        Some(at) => format!("{}…{}", &url[..start], &url[start + at..]),
        None => url.to_owned(),
    }
}

/// Encrypted, or never leaving this machine.
pub(crate) fn is_safe(url: &Url) -> bool {
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && loopback)
}

#[cfg(test)]
mod tests {
    use super::super::Provider;
    use super::*;

    fn profile() -> AuthorizationProfile {
        let mut provider =
            Provider::new("acme", "https://acme.example/authorize", "https://acme.example/token");
        provider.title = "Acme".to_owned();
        provider.redirect_to_ip = false;
        provider.scopes = vec!["crm.objects.deals.read".to_owned()];
        provider.known_scopes =
            ["deals.read", "deals.write", "contacts.read"].map(|one| format!("crm.objects.{one}")).to_vec();
        provider.sunset_urls = vec![SunsetUrl {
            prefix: "https://acme.example/oauth/v1/".to_owned(),
            sunset: "2027-02-16".to_owned(),
            replaced_by: "https://acme.example/token".to_owned(),
        }];
        AuthorizationProfile::with_provider(provider, "id", "hush", "https://you.example/callback")
    }

    fn problems(profile: &AuthorizationProfile) -> Vec<String> {
        match profile.validate() {
            Err(AuthError::Profile(problems)) => problems,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn callback_urls() {
        for good in [
            "https://you.example/callback",
            "https://you.example/callback?tenant=1",
            "http://localhost:8765/callback",
            "http://app.localhost/callback",
        ] {
            assert!(
                profile().with_callback_url(good).validate().is_ok_and(|warnings| warnings.is_empty()),
                "{good}"
            );
        }
        for (bad, words) in [
            ("http://you.example/callback", "must be https, or http on localhost"),
            ("http://127.0.0.1:8765/callback", "names an IP address, which Acme refuses; write `localhost`"),
            ("https://192.0.2.7/callback", "names an IP address"),
            ("http://[::1]:8765/callback", "names an IP address"),
            ("https://0x7f000001/callback", "names an IP address"),
            ("http://localhost.you.example/callback", "must be https"),
            ("urn:ietf:wg:oauth:2.0:oob", "must be https"),
            ("javascript:alert(1)", "must be https"),
            ("https://you.example/callback#done", "has a fragment"),
            (
                "https://me:hush@you.example/callback",
                "`https://…@you.example/callback` must not hold a user name or password",
            ),
            ("you.example/callback", "is no URL"),
            ("", "is no URL"),
        ] {
            let problems = problems(&profile().with_callback_url(bad));
            assert!(problems.len() == 1 && problems[0].contains(words), "{bad}: {problems:?}");
            assert!(!problems[0].contains("hush"), "{problems:?}");
            assert!(!format!("{:?}", profile().with_callback_url(bad)).contains("hush"), "{bad}");
        }
        let mut anywhere = profile().with_callback_url("http://127.0.0.1:8765/callback");
        anywhere.provider.redirect_to_ip = true;
        anywhere.validate().expect("a provider that takes them (RFC 8252 §7.3)");
    }

    #[test]
    fn every_endpoint_is_checked_and_all_problems_are_told_at_once() {
        let all = |url: &str| {
            let profile = profile().authorization_url(url).token_url(url).refresh_url(url);
            profile.introspection_url(url).revocation_url(url)
        };
        for url in [
            "http://acme.example/x",
            "https://me:hush@acme.example/x",
            "https:/me:hush@acme.example/x",
            "https:me:hush@acme.example/x",
            "https:\\\\me:hush@acme.example/x",
            "https://acme.example/x#y",
            "//acme",
            "ftp://localhost",
        ] {
            let problems = problems(&all(url).with_callback_url(url));
            let named = [
                "callback URL",
                "authorization URL",
                "token URL",
                "refresh token URL",
                "introspection URL",
                "revocation URL",
            ];
            assert_eq!(problems.len(), named.len(), "{problems:?}");
            for (problem, what) in problems.iter().zip(named) {
                assert!(
                    problem.starts_with(&format!("the {what} `")) && !problem.contains("hush"),
                    "{problem}"
                );
            }
        }
        all("http://localhost:1234/x").validate().expect("this machine");
    }

    #[test]
    fn credentials() {
        for (id, secret, expected) in [
            ("", "hush", "the client id is empty"),
            ("id", " ", "the client secret is empty"),
            ("id\n", "hush", "the client id has a blank or line break at its start or end"),
            ("id", " hush", "the client secret has a blank or line break at its start or end"),
        ] {
            let profile = profile().with_client_id(id).with_client_secret(secret.to_owned());
            assert_eq!(problems(&profile), [expected]);
        }
    }

    #[test]
    fn scopes() {
        for (slip, meant) in [
            ("crm.object.deals.read", "crm.objects.deals.read"),
            ("crm.objects.deals.raed", "crm.objects.deals.read"),
            ("CRM.Objects.Deals.Write", "crm.objects.deals.write"),
            ("crm_objects_contacts_read", "crm.objects.contacts.read"),
        ] {
            for profile in [profile().scopes([slip]), profile().optional_scopes([slip])] {
                let problems = problems(&profile);
                let wanted = format!("unknown scope `{slip}`; did you mean `{meant}`?");
                assert!(problems.len() == 1 && problems[0].starts_with(&wanted), "{problems:?}");
            }
        }
        // There are scopes that the spec does not know, and some are like those that it knows.
        for (other, similar) in [
            ("crm.objects.leads.read", "; did you mean `crm.objects.deals.read`?"),
            ("crm.objects.companies.read", ""),
            ("tickets", ""),
        ] {
            let warnings = profile().scopes([other]).validate().expect("it may be right");
            let wanted = format!(
                "the spec does not know the scope `{other}`, and Acme refuses one that is misspelt{similar}"
            );
            assert_eq!(warnings, [wanted]);
        }
        assert_eq!(profile().scopes(["oauth", "openid"]).validate().expect("sound"), Vec::<String>::new());
        assert_eq!(
            problems(&profile().optional_scopes(["crm.objects.deals.read"])),
            ["the scope `crm.objects.deals.read` is both required and optional"]
        );
        for bad in ["", "a b", "a\n"] {
            let problems = problems(&profile().scopes([bad]));
            assert!(
                problems.len() == 1 && problems[0].ends_with("is empty or holds a blank"),
                "{problems:?}"
            );
        }
    }

    #[test]
    fn extra_parameters_of_the_link() {
        let profile = profile().authorize_param("prompt", "none").authorize_param("access_type", "offline");
        let profile = profile.authorize_param("prompt", "consent").authorize_param("access_type", "");
        assert_eq!(profile.provider().authorize_params, [("prompt".to_owned(), "consent".to_owned())]);
        profile.validate().expect("sound");
        for name in RESERVED.iter().chain(&[""]) {
            let problems = problems(&profile.clone().authorize_param(*name, "x"));
            assert!(
                problems.len() == 1 && problems[0].contains("cannot be an extra parameter"),
                "{problems:?}"
            );
        }
    }

    #[test]
    fn what_will_be_shut_off() {
        for url in ["https://acme.example/oauth/v1/token", "HTTPS://ACME.example/oauth/v1/token"] {
            let warnings = profile().token_url(url).validate().expect("it works until then");
            assert_eq!(
                warnings,
                [format!("the token URL `{url}` is shut off on 2027-02-16; use https://acme.example/token")]
            );
        }
    }
}
