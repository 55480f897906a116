//! Whether the spec itself is sound, and what the provider ends of it.

use jiff::Unit;
use jiff::civil::Date;
use typed_connector::dynamic::model::{Action, ApiVersion, Connector};
use typed_connector_specs::{Code, Diagnostics, Examined, Severity, examine};

use super::finding::{Findings, Level};
use crate::check;
use crate::run::access::Spec;
use crate::run::line::shell;

/// From so many days on before it ends, something is warned of.
pub(super) const NEAR_DAYS: i32 = 180;

/// The connector, where nothing is wrong with its spec.
pub(super) fn sound(spec: &Spec, found: &mut Findings) -> Option<Connector> {
    let sources = match check::sources(&spec.name, spec.extend.as_deref()) {
        Ok(sources) => sources,
        Err(problems) => {
            broken(spec, &problems, found);
            return None;
        }
    };
    let Examined { connector, problems, .. } = examine(&sources);
    if problems.errors() > 0 {
        broken(spec, &problems, found);
        return None;
    }
    // What has ended is told with what is to be done about it.
    let warnings: Vec<_> = problems.iter().filter(|problem| problem.code != Code::SunsetPassed).collect();
    let actions: usize = connector.modules.iter().map(|module| module.actions.len()).sum();
    let size =
        format!("{} in {}", check::count(actions, "action"), check::count(connector.modules.len(), "file"));
    match warnings.as_slice() {
        [] => found.ok("spec", format!("{size}, nothing is wrong with them")),
        [first, ..] => found.warning(
            "spec",
            format!("{size}; {}, the first: {}", check::count(warnings.len(), "warning"), first.message),
            check_command(spec),
        ),
    }
    Some(connector)
}

fn broken(spec: &Spec, problems: &Diagnostics, found: &mut Findings) {
    let errors: Vec<_> = problems.iter().filter(|problem| problem.severity() == Severity::Error).collect();
    let first = errors.first().map(|first| {
        let place = first.places().next().map(|place| format!("{}: ", place.start()));
        format!(", the first: {}{}", place.unwrap_or_default(), first.message)
    });
    let text = format!("{}{}", check::count(errors.len(), "error"), first.unwrap_or_default());
    found.problem("spec", text, check_command(spec));
}

fn check_command(spec: &Spec) -> String {
    format!("connector check {}", spec.words())
}

/// How bad an end on this day is, and how far away it is; none where the day is no date, which the checks of specs refuse.
pub(super) fn ends(day: &str, today: Date) -> Option<(Level, String)> {
    let day: Date = day.parse().ok()?;
    let days = today.until((Unit::Day, day)).ok()?.get_days();
    Some(match days {
        ..0 => (
            Level::Problem,
            format!("ended on {day}, {} ago", check::count(days.unsigned_abs() as usize, "day")),
        ),
        0 => (Level::Warning, format!("ends today, {day}")),
        1..=NEAR_DAYS => (
            Level::Warning,
            format!("ends on {day}, in {}", check::count(days.unsigned_abs() as usize, "day")),
        ),
        _ => (Level::Ok, format!("ends on {day}")),
    })
}

/// The API's version that is used: the spec's own, or the one that was chosen.
pub(super) fn version(
    connector: &Connector,
    spec: &Spec,
    chosen: Option<&str>,
    today: Date,
    found: &mut Findings,
) {
    let Some(versions) = &connector.api_versions else { return };
    let Some(used) = (match chosen {
        Some(chosen) => versions.versions.iter().find(|version| version.name == chosen),
        None => versions.versions.get(versions.default),
    }) else {
        let names: Vec<_> = versions.versions.iter().map(|version| version.name.as_str()).collect();
        let chosen = chosen.unwrap_or_default();
        found.problem(
            "version",
            format!("there is no API version `{chosen}`, but {}", names.join(", ")),
            format!(
                "connector doctor {} --api-version {}",
                spec.words(),
                shell(names.first().unwrap_or(&"VERSION"))
            ),
        );
        return;
    };
    let end = |version: &ApiVersion| ends(version.sunset.as_deref()?, today);
    let name = &used.name;
    match end(used) {
        None | Some((Level::Ok, _)) => {
            let own = end(used).map_or_else(|| "no end of it is known".to_owned(), |(_, text)| text);
            let others = versions.versions.iter().filter(|version| version.name != *name);
            let others: Vec<_> =
                others.filter_map(|version| Some(format!("{} {}", version.name, end(version)?.1))).collect();
            let others = if others.is_empty() { String::new() } else { format!(" ({})", others.join("; ")) };
            found.ok("version", format!("API version {name}: {own}{others}"));
        }
        Some((level, text)) => {
            // The one that lasts longest; no end is later than any.
            let later = versions.versions.iter().filter(|version| version.name != *name);
            let later = later.max_by_key(|version| (version.sunset.is_none(), version.sunset.clone()));
            let later = later.map_or("VERSION", |version| version.name.as_str());
            let fix = match chosen {
                Some(_) => format!("connector doctor {} --api-version {}", spec.words(), shell(later)),
                None => {
                    format!(
                        "connector check {}  # after `api_version.default` is `{later}` there",
                        spec.words()
                    )
                }
            };
            let text =
                format!("API version {name} {text}; `.api_version(\"{later}\")` in code chooses another");
            found.add(level, "version", text, Some(fix));
        }
    }
}

/// Actions that end, or should no longer be used.
pub(super) fn actions<'a>(
    spec: &Spec,
    actions: impl Iterator<Item = (&'a str, &'a Action)>,
    today: Date,
    found: &mut Findings,
) {
    for (name, action) in actions {
        let end = action.sunset.as_deref().and_then(|day| ends(day, today));
        let (level, text) = match (end, &action.deprecated) {
            (Some((Level::Ok, _)) | None, None) => continue,
            (Some((level, text)), None) => (level, text),
            (None, Some(why)) => (Level::Warning, format!("should no longer be used: {why}")),
            (Some((level, text)), Some(why)) => (level.max(Level::Warning), format!("{text}: {why}")),
        };
        let instead = action.replaced_by.as_ref();
        let help = instead.map(|instead| format!("; use `{instead}`")).unwrap_or_default();
        let shown = instead.map_or(name, String::as_str);
        let fix = format!("connector show {} {shown}", spec.words());
        found.add(level, "action", format!("`{name}` {text}{help}"), Some(fix));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_past_near_or_far() {
        let today = jiff::civil::date(2026, 11, 26);
        let told = |day| ends(day, today).expect("a date");
        assert_eq!(told("2026-11-25"), (Level::Problem, "ended on 2026-11-25, 1 day ago".to_owned()));
        assert_eq!(told("2026-11-26"), (Level::Warning, "ends today, 2026-11-26".to_owned()));
        assert_eq!(told("2027-02-16"), (Level::Warning, "ends on 2027-02-16, in 82 days".to_owned()));
        assert_eq!(told("2027-05-25").0, Level::Warning);
        assert_eq!(told("2027-05-26"), (Level::Ok, "ends on 2027-05-26".to_owned()));
        assert_eq!(ends("soon", today), None);
    }
}
