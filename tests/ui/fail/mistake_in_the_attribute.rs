//! A mistake in the attribute is one error: what was meant is generated.

use typed_connector::connector;

#[connector("hubspt")]
pub mod misspelt {}

#[connector(path = "../specs/note")]
pub mod folder {}

#[connector("hubspot", scope = ["crm.objects.deals.read"])]
pub mod argument {}

#[connector("hubspot", scopes = ["crm.objects.deals.red"])]
pub mod scopes {}

#[connector("hubspot", scopes = ["crm.objects.deals.read"], optional_scopes = ["crm.objects.deals.read"])]
pub mod twice {}

#[connector("hubspot", only = ["deal.*"])]
pub mod only {}

async fn run(
    (a, b, c, d, e): (misspelt::Client, argument::Client, scopes::Client, twice::Client, only::Client),
    notes: folder::Client,
) {
    let _ = a.execute(misspelt::deals::Get::new(1)).await;
    let _ = b.execute(argument::deals::Delete::new(1)).await;
    let _ = c.execute(scopes::deals::Get::new(1)).await;
    let _ = d.execute(twice::deals::Get::new(1)).await;
    let _ = e.execute(only::deals::Get::new(1)).await;
    let _ = notes.execute(folder::notes::Create::new("milk")).await;
}

fn main() {}
