//! Stands in a workspace of its own, since it needs progenitor: `helper DOCUMENT` tells what progenitor makes of it.
//!
//! A line for each operation: its function, and how many arguments it takes.

fn main() {
    let path = std::env::args().nth(1).expect("a document");
    let text = std::fs::read_to_string(path).expect("a document that can be read");
    let document = serde_json::from_str(&text).expect("an OpenAPI document");
    let tokens = progenitor_impl::Generator::default().generate_tokens(&document).expect("what it can do");
    let file: syn::File = syn::parse2(tokens).expect("Rust");
    let mut operations = Vec::new();
    for item in &file.items {
        let syn::Item::Impl(item) = item else { continue };
        if item.trait_.is_some() || !matches!(&*item.self_ty, syn::Type::Path(path) if path.path.is_ident("Client")) {
            continue;
        }
        for item in &item.items {
            if let syn::ImplItem::Fn(function) = item
                && function.sig.asyncness.is_some()
            {
                operations.push((function.sig.ident.to_string(), function.sig.inputs.len() - 1));
            }
        }
    }
    for (function, arguments) in operations {
        println!("{function} {arguments}");
    }
}
