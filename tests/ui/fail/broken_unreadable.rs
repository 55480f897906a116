//! Of files that are no JSON nothing is known but the words in them: code that uses what they would declare has no errors.

use typed_connector::connector;

#[connector(path = "../specs/broken/unclosed")]
pub mod unclosed {}

#[connector(path = "../specs/broken/settings")]
pub mod settings {}

async fn first(client: unclosed::Client) -> Option<String> {
    let note = client.execute(unclosed::notes::Get::new()).await.ok()?;
    let unclosed::notes::Note { text, word_count: Some(count), .. } = note else { return None };
    Some(format!("{text:?} {count}"))
}

async fn second(client: settings::Client) -> Option<String> {
    let note = client.execute(settings::notes::Get::new()).await.ok()?;
    let settings::notes::Note { text, word_count: Some(count), .. } = note else { return None };
    Some(format!("{text:?} {count}"))
}

fn main() {
    drop((first, second));
}
