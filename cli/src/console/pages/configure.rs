//! The dialog: which app asks for access, and whose accounts.

use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, html};
use secrecy::SecretString;
use typed_connector::auth::Profiles;

use super::access::{fields, made, of_provider, problems, trouble};
use super::{Page, go};
use crate::auth::kept_token;
use crate::auth::target::DEFAULT;
use crate::configured::{self, Access, Configured, Mode, Status};
use crate::console::app::{App, Known, Shared, Source};
use crate::console::form::{Marks, Pairs, Problem};
use crate::console::trouble::{Trouble, sentence, told};

pub(in crate::console) async fn show(
    State(app): State<Shared>,
    Path(connector): Path<String>,
) -> Result<Response, Trouble> {
    let known = app.connector(&connector)?;
    let choices = choices(&app, &known).await?;
    let mut pairs = known.provider().map(|provider| of_provider(&app, &provider)).unwrap_or_default();
    let chosen = match known.configured.as_ref().map(|configured| &configured.access) {
        Some(Access::Profile { name, mode }) => {
            pairs.set("mode", mode_word(*mode));
            access_word(name)
        }
        Some(Access::Token) => "token".to_owned(),
        Some(Access::Open) => "open".to_owned(),
        None => match choices.connected(&app, &known).await? {
            Some((name, mode)) => {
                pairs.set("mode", mode_word(mode));
                access_word(name)
            }
            None => choices.first_choice(&known),
        },
    };
    pairs.set("access", chosen);
    // A second profile needs a name of its own.
    if choices.custom.iter().any(|name| name == "default") {
        pairs.set("profile_name", "");
    }
    Ok(page(&app, &known, &choices, &pairs, &[]))
}

pub(in crate::console) async fn save(
    State(app): State<Shared>,
    Path(connector): Path<String>,
    pairs: Pairs,
) -> Result<Response, Trouble> {
    let known = app.connector(&connector)?;
    let access = match chosen(&app, &known, &pairs).await? {
        Ok(access) => access,
        Err(problems) => {
            let choices = choices(&app, &known).await?;
            return Ok(page(&app, &known, &choices, &pairs, &problems));
        }
    };
    // What was enabled stays so only as it was enabled; what was disabled, however it is authorized.
    let status = match &known.configured {
        Some(before) if before.status == Status::Disabled || before.access == access => before.status,
        _ => Status::Saved,
    };
    let folder = match &known.source {
        Source::Folder(folder) => Some(folder.clone()),
        Source::Shipped => None,
    };
    configured::put(&app.home, Configured { connector: known.name().to_owned(), folder, access, status })?;
    Ok(go(&format!("{}?done=configured", known.address())))
}

/// What the form says, with what it needs being made; or what is wrong with it.
async fn chosen(app: &App, known: &Known, pairs: &Pairs) -> Result<Result<Access, Vec<Problem>>, Trouble> {
    let wrong = |at: &str, text: &str| Ok(Err(vec![Problem::new(at, text)]));
    let mode = match pairs.text("mode") {
        Some("users") => Mode::Users,
        _ => Mode::PreAuthorized,
    };
    let auth = &known.connector.model().auth;
    match pairs.text("access") {
        Some("open") if is_open(known) => Ok(Ok(Access::Open)),
        Some("token") if auth.bearer.is_some() || auth.api_key.is_some() => {
            let kept = kept_token::get(&app.store, known.name()).await?.is_some();
            match pairs.given("token") {
                Some(token) => {
                    kept_token::keep(&app.store, known.name(), &SecretString::from(token)).await?;
                }
                None if kept => {}
                None => return wrong("token", "The token is empty."),
            }
            Ok(Ok(Access::Token))
        }
        Some(access) => {
            let Some(profiles) = app.profiles(known) else {
                return wrong(ACCESS, "Choose how calls are authorized.");
            };
            if access == "new" {
                let name = pairs.given("profile_name").unwrap_or_default();
                let profile = made(pairs, profiles.provider());
                return match profiles.create(name, &profile).await {
                    Ok(()) => Ok(Ok(Access::Profile { name: name.to_owned(), mode })),
                    Err(error) => match problems(&error, pairs) {
                        Some(list) => Ok(Err(list)),
                        None => Err(error.into()),
                    },
                };
            }
            let Some(name) = access.strip_prefix("profile:") else {
                return wrong(ACCESS, "Choose which app asks for access.");
            };
            match profiles.get(name).await {
                Ok(_) => Ok(Ok(Access::Profile { name: name.to_owned(), mode })),
                Err(error) => wrong(ACCESS, &sentence(&told(&error))),
            }
        }
        None => wrong(ACCESS, "Choose which app asks for access."),
    }
}

/// The control of how calls are authorized.
const ACCESS: &str = "access";

/// What there is to choose from.
struct Choices {
    /// The operator's profile: whether it is there, or what is wrong with it.
    system: Result<bool, String>,
    custom: Vec<String>,
    has_token: bool,
}

async fn choices(app: &App, known: &Known) -> Result<Choices, Trouble> {
    let has_token = kept_token::get(&app.store, known.name()).await?.is_some();
    let Some(profiles) = app.profiles(known) else {
        return Ok(Choices { system: Ok(false), custom: Vec::new(), has_token });
    };
    let system = profiles.system();
    // The list needs a sound one of the operator's.
    let custom = match &system {
        Ok(_) => profiles
            .list()
            .await?
            .into_iter()
            .map(|one| one.name)
            .filter(|name| name != Profiles::SYSTEM)
            .collect(),
        Err(_) => Vec::new(),
    };
    let system = system.map(|found| found.is_some()).map_err(|error| sentence(&told(&error)));
    Ok(Choices { system, custom, has_token })
}

impl Choices {
    /// The profile that connections were made with already, and whose they are.
    async fn connected(&self, app: &App, known: &Known) -> Result<Option<(&str, Mode)>, Trouble> {
        let system = matches!(self.system, Ok(true)).then_some(Profiles::SYSTEM);
        for name in system.into_iter().chain(self.custom.iter().map(String::as_str)) {
            let Ok(profile) = app.profile(known, name).await else { continue };
            let connections = app.connections(known, profile.client_id()).await?;
            if !connections.is_empty() {
                let for_all = connections.iter().any(|one| one.key == DEFAULT);
                return Ok(Some((name, if for_all { Mode::PreAuthorized } else { Mode::Users })));
            }
        }
        Ok(None)
    }

    fn first_choice(&self, known: &Known) -> String {
        let auth = &known.connector.model().auth;
        match (auth.oauth2.is_some(), &self.system, self.custom.first()) {
            (true, Ok(true), _) => access_word(Profiles::SYSTEM),
            (true, _, Some(first)) => access_word(first),
            (true, _, None) => "new".to_owned(),
            (false, _, _) if is_open(known) => "open".to_owned(),
            (false, _, _) => "token".to_owned(),
        }
    }
}

fn access_word(profile: &str) -> String {
    format!("profile:{profile}")
}

const fn mode_word(mode: Mode) -> &'static str {
    match mode {
        Mode::PreAuthorized => "pre",
        Mode::Users => "users",
    }
}

fn is_open(known: &Known) -> bool {
    let auth = &known.connector.model().auth;
    auth.oauth2.is_none() && auth.bearer.is_none() && auth.api_key.is_none()
}

/// One choice of several.
pub(super) fn option(name: &str, value: &str, chosen: bool, label: &Markup, text: &Markup) -> Markup {
    html! {
        label.option {
            input type="radio" name=(name) value=(value) checked[chosen];
            span { (label) }
            small { (text) }
        }
    }
}

fn page(app: &App, known: &Known, choices: &Choices, pairs: &Pairs, problems: &[Problem]) -> Response {
    let title = known.title();
    let heading = format!("Configure {title}");
    let content = html! {
        div.head {
            h1 { (heading) }
            p.lead { "Everything can be changed later. Secrets are sealed on this machine and never shown." }
        }
        form.card.stack method="post" action={ (known.address()) "/configure" } {
            (app.guard.field())
            (trouble(problems))
            (apps(app, known, choices, pairs, &Marks(problems)))
            @if known.provider().is_some() { (modes(pairs)) }
            div.row { button.main { "Save" } a.button href=(known.address()) { "Cancel" } }
        }
    };
    Page::of(known, heading.clone(), content).refused(!problems.is_empty()).show(app)
}

/// Which app asks for access, or which token is used.
fn apps(app: &App, known: &Known, choices: &Choices, pairs: &Pairs, marks: &Marks<'_>) -> Markup {
    let title = known.title();
    let auth = &known.connector.model().auth;
    let chosen = pairs.text("access").unwrap_or_default();
    let choice =
        |value: &str, label: &Markup, text: &Markup| option("access", value, chosen == value, label, text);
    let provider = known.provider();
    html! {
        fieldset #(ACCESS) aria-invalid=[marks.invalid(ACCESS)] aria-describedby=[marks.described(ACCESS, false)] {
            legend { "Authorization profile" }
            (marks.message(ACCESS, None))
            div.options {
                @if let Some(provider) = &provider {
                    @match &choices.system {
                        Ok(true) => {
                            (choice("profile:system", &html! { "System" }, &html! { "The app that whoever runs this machine has set up for everybody." }))
                        }
                        Ok(false) => {
                            label.option {
                                input type="radio" name="access" value="profile:system" disabled;
                                span { "System" }
                                small { "Not set up here. It is there when " code { (provider.variable("CLIENT_ID")) } ", " code { (provider.variable("CLIENT_SECRET")) } " and " code { (provider.variable("CALLBACK_URL")) } " are set where the console is started." }
                            }
                        }
                        Err(problem) => {
                            label.option {
                                input type="radio" name="access" value="profile:system" disabled;
                                span { "System" }
                                small { (problem) }
                            }
                        }
                    }
                    @for name in &choices.custom {
                        (choice(&access_word(name), &html! { "Custom: " (name) }, &html! { "An app of your own, kept here." }))
                    }
                    (choice("new", &html! { "New custom profile" }, &html! { "Enter the app that you registered with " (title) "." }))
                }
                @if let Some(bearer) = &auth.bearer {
                    (choice("token", &html! { (bearer.title) }, &html! { "One that you hold already, without any authorization by people." }))
                } @else if let Some(key) = &auth.api_key {
                    (choice("token", &html! { (key.title) }, &html! { "One that you hold already." }))
                }
                @if is_open(known) {
                    (choice("open", &html! { "None" }, &html! { (title) " answers everybody." }))
                }
            }
        }
        @if let Some(provider) = &provider {
            fieldset.group.when-new {
                legend { "New custom profile" }
                (fields(app, provider, pairs, false, marks))
            }
        }
        @if auth.bearer.is_some() || auth.api_key.is_some() {
            @let description = auth.bearer.as_ref().map_or_else(|| auth.api_key.as_ref().and_then(|key| key.description.as_deref()), |bearer| bearer.description.as_deref());
            fieldset.group.when-token {
                legend { "Token" }
                div.field {
                    label for="token" { "Token" }
                    input #token name="token" type="password" autocomplete="off" placeholder=[choices.has_token.then_some("kept")] aria-invalid=[marks.invalid("token")] aria-describedby=[marks.described("token", true)];
                    (marks.message("token", None))
                    div.help #token-help {
                        @if let Some(text) = description { (super::text::markdown(text)) }
                        p { @if choices.has_token { "One is kept sealed. Leave it empty to keep it." } @else { "It is kept sealed, and never shown." } }
                    }
                }
            }
        }
    }
}

/// Whose accounts.
fn modes(pairs: &Pairs) -> Markup {
    let users = pairs.text("mode") == Some("users");
    html! {
        fieldset.when-oauth {
            legend { "Who authorizes" }
            div.options {
                (option("mode", "pre", !users, &html! { "Pre-authorize the integration" }, &html! { "You connect one account now, and everybody uses it." }))
                (option("mode", "users", users, &html! { "Allow users to authorize" }, &html! { "Each user connects an account of their own, by a link." }))
            }
        }
    }
}
