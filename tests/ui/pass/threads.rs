//! Clients, actions and streams go to other threads.

use typed_connector::{Error, ItemStream};

#[typed_connector::connector("hubspot")]
pub mod hubspot {}

fn goes<T: Send>(_: &T) {}
fn is_shared<T: Send + Sync + Clone + 'static>(_: &T) {}

fn main() {
    let client = hubspot::Client::builder().access_token("t").build().unwrap();
    is_shared(&client);
    let action = hubspot::deals::Search::new();
    is_shared(&action);
    goes(&client.execute(hubspot::deals::Get::new(1)));
    let stream: ItemStream<hubspot::deals::Deal> = client.stream(action);
    goes(&stream);
    fn error<T: std::error::Error + Send + Sync + 'static>() {}
    error::<Error>();
    error::<typed_connector::auth::AuthError>();
}
