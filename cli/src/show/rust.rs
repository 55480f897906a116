//! The struct of an action, taken out of what `#[connector]` generates.

use std::fmt;

use quote::quote;
use serde_json::{Value, json};
use syn::punctuated::Punctuated;
use syn::{Attribute, ImplItem, Item, ItemMod, Signature, Token, TraitItem, Visibility};
use typed_connector_codegen::Module as UserModule;
use typed_connector_specs::Lost;
use typed_connector_specs::model::{Action, Connector, Module};

use crate::Failure;

/// The struct of an action.
pub(super) struct Rust {
    path: String,
    methods: Vec<Method>,
    output: String,
}

struct Method {
    about: String,
    signature: String,
}

impl Rust {
    pub(super) fn of(connector: &Connector, module: &Module, action: &Action) -> Result<Self, Failure> {
        let attribute = typed_connector_codegen::Attribute::parse(quote!(path = "specs"))?;
        let user = UserModule::parse(quote!(
            pub mod generated {}
        ))?;
        let code = typed_connector_codegen::generate(connector.clone(), &Lost::default(), &attribute, &user);
        let file: syn::File = syn::parse2(code)?;
        let mut found = Self {
            path: format!("{}::{}", module.ident, action.ident),
            methods: Vec::new(),
            output: String::new(),
        };
        if let Some(items) = file.items.iter().find_map(|item| of_module(item, &module.ident)) {
            for item in items {
                found.take(item, &action.ident);
            }
        }
        Ok(found)
    }

    /// What an item says of the struct.
    fn take(&mut self, item: &Item, name: &str) {
        if let Item::Macro(call) = item {
            self.take_output(&call.mac, name);
        }
        let Item::Impl(block) = item else { return };
        if !matches!(&*block.self_ty, syn::Type::Path(path) if path.path.is_ident(name)) {
            return;
        }
        for item in &block.items {
            if let ImplItem::Fn(method) = item
                && block.trait_.is_none()
                && matches!(method.vis, Visibility::Public(_))
            {
                self.methods.push(Method { about: about(&method.attrs), signature: signature(&method.sig) });
            }
        }
    }

    /// `rt::action!(Create, Note, Create_META)` says what the action answers.
    fn take_output(&mut self, call: &syn::Macro, name: &str) {
        let is_of_actions = call.path.segments.last().is_some_and(|last| last.ident == "action");
        let parts = call.parse_body_with(Punctuated::<syn::Type, Token![,]>::parse_terminated);
        let Some(parts) = parts.ok().filter(|_| is_of_actions) else { return };
        let is_named = |ty: &syn::Type| matches!(ty, syn::Type::Path(path) if path.path.is_ident(name));
        if let [of, output, _] = parts.iter().collect::<Vec<_>>()[..]
            && is_named(of)
        {
            let shown = plain(&formatted(quote!(type X = #output;)));
            let shown = shown.trim_start_matches("type X = ").trim_end_matches(';');
            shown.clone_into(&mut self.output);
        }
    }

    pub(super) fn to_json(&self) -> Value {
        let methods =
            self.methods.iter().map(|one| json!({ "signature": one.signature, "about": one.about }));
        json!({ "path": self.path, "methods": methods.collect::<Vec<_>>(), "output": self.output })
    }
}

impl fmt::Display for Rust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "impl {} {{", self.path)?;
        for method in &self.methods {
            if !method.about.is_empty() {
                writeln!(f, "    /// {}", method.about)?;
            }
            for line in method.signature.lines() {
                writeln!(f, "    {line}")?;
            }
        }
        writeln!(f, "}}\n")?;
        write!(f, "client.execute({}::new(…)).await? is `{}`", self.path, self.output)
    }
}

fn of_module<'i>(item: &'i Item, name: &str) -> Option<&'i [Item]> {
    match item {
        Item::Mod(ItemMod { ident, content: Some((_, items)), .. }) if ident == name => Some(items),
        _ => None,
    }
}

/// The first line of a doc comment.
fn about(attributes: &[Attribute]) -> String {
    let first =
        attributes.iter().filter(|attribute| attribute.path().is_ident("doc")).find_map(|attribute| {
            let syn::Meta::NameValue(pair) = &attribute.meta else { return None };
            let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = &pair.value else {
                return None;
            };
            text.value().lines().next().map(|line| line.trim().to_owned())
        });
    first.unwrap_or_default().trim_end_matches(':').to_owned()
}

/// As rustfmt would write it.
fn signature(signature: &Signature) -> String {
    let mut signature = signature.clone();
    // That it is taken by value and changed is nobody's business outside.
    if let Some(syn::FnArg::Receiver(receiver)) = signature.inputs.first_mut() {
        receiver.mutability = None;
    }
    let declaration: TraitItem = syn::parse_quote!(#signature;);
    let text = plain(&formatted(quote!(trait X { #declaration })));
    let lines = text.lines().filter(|line| *line != "trait X {" && *line != "}");
    let lines: Vec<_> = lines.map(|line| line.strip_prefix("    ").unwrap_or(line)).collect();
    format!("pub {}", lines.join("\n"))
}

fn formatted(code: proc_macro2::TokenStream) -> String {
    syn::parse2(code).map(|file| prettyplease::unparse(&file)).unwrap_or_default().trim_end().to_owned()
}

/// Without the module through which generated code names everything.
fn plain(code: &str) -> String {
    code.replace("rt::", "").replace("super::shared::", "").replace("super::", "")
}
