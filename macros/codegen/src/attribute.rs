//! The attribute's arguments and the module that it stands on.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Error, Ident, ItemMod, LitStr, Path, Result, Token};
use typed_connector_specs::text::nearest;

/// `#[connector("hubspot", extend = "specs/hubspot", scopes = ["…"], crate = "…")]`.
pub struct Attribute {
    /// Where the connector comes from.
    pub source: Source,
    /// A folder that adds to it.
    pub extend: Option<LitStr>,
    /// The scopes to request; all that the actions need where there is no such list.
    pub(crate) scopes: Option<Vec<LitStr>>,
    /// The scopes to request that a person may refuse.
    pub(crate) optional_scopes: Option<Vec<LitStr>>,
    /// Patterns of the actions to generate; all where there is no such list.
    pub(crate) only: Option<Vec<LitStr>>,
    /// The path of the runtime crate.
    pub(crate) krate: Path,
    /// What was not understood.
    pub(crate) mistakes: Option<Error>,
}

/// Where a connector comes from.
pub enum Source {
    /// A connector that is shipped with the crate.
    Shipped(LitStr),
    /// A folder.
    Folder(LitStr),
}

impl Source {
    /// Where its problems are shown.
    pub fn span(&self) -> Span {
        match self {
            Self::Shipped(literal) | Self::Folder(literal) => literal.span(),
        }
    }
}

enum Argument {
    Name(LitStr),
    Path(LitStr),
    Extend(LitStr),
    Scopes(Span, Vec<LitStr>),
    OptionalScopes(Span, Vec<LitStr>),
    Only(Span, Vec<LitStr>),
    Crate(LitStr),
}

impl Parse for Argument {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        if input.peek(LitStr) {
            return Ok(Self::Name(input.parse()?));
        }
        if input.peek(Token![crate]) {
            input.parse::<Token![crate]>()?;
            input.parse::<Token![=]>()?;
            return Ok(Self::Crate(input.parse()?));
        }
        let key: Ident = input.parse()?;
        if !input.peek(Token![=]) {
            return Err(Error::new(
                key.span(),
                format!("write the name in quotes: `#[connector(\"{key}\")]`"),
            ));
        }
        input.parse::<Token![=]>()?;
        match key.to_string().as_str() {
            "path" => Ok(Self::Path(input.parse()?)),
            "extend" => Ok(Self::Extend(input.parse()?)),
            "scopes" => Ok(Self::Scopes(key.span(), texts(&key, input)?)),
            "optional_scopes" => Ok(Self::OptionalScopes(key.span(), texts(&key, input)?)),
            "only" => Ok(Self::Only(key.span(), texts(&key, input)?)),
            other => Err(Error::new(key.span(), unknown(other))),
        }
    }
}

const ARGUMENTS: [&str; 6] = ["path", "extend", "scopes", "optional_scopes", "only", "crate"];

fn unknown(name: &str) -> String {
    let help = match nearest(name, ARGUMENTS) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the arguments are `{}`", ARGUMENTS.join("`, `")),
    };
    format!("unknown argument `{name}`; {help}")
}

/// `["…", "…"]`
fn texts(key: &Ident, input: ParseStream<'_>) -> Result<Vec<LitStr>> {
    if let Ok(one) = input.fork().parse::<LitStr>() {
        let message = format!("`{key}` is a list: `{key} = [{:?}]`", one.value());
        return Err(Error::new(one.span(), message));
    }
    let list;
    syn::bracketed!(list in input);
    Ok(Punctuated::<LitStr, Token![,]>::parse_terminated(&list)?.into_iter().collect())
}

impl Attribute {
    /// Reads the arguments; what cannot be understood of them is in `mistakes`.
    ///
    /// # Errors
    /// Where they do not tell which connector it is.
    pub fn parse(arguments: TokenStream) -> Result<Self> {
        let (arguments, mut mistakes) =
            Arguments::parse.parse2(arguments).map(|all| (all.list, all.mistakes))?;
        let (mut source, mut extend, mut scopes, mut only, mut krate) = (None, None, None, None, None);
        let mut optional_scopes = None;
        for argument in arguments {
            let kept = match argument {
                Argument::Name(literal) => once(&mut source, literal.span(), Source::Shipped(literal)),
                Argument::Path(literal) => once(&mut source, literal.span(), Source::Folder(literal)),
                Argument::Extend(literal) => once(&mut extend, literal.span(), literal),
                Argument::Scopes(span, list) => once(&mut scopes, span, list),
                Argument::OptionalScopes(span, list) => once(&mut optional_scopes, span, list),
                Argument::Only(span, list) => once(&mut only, span, list),
                Argument::Crate(literal) => {
                    literal.parse::<Path>().and_then(|path| once(&mut krate, literal.span(), path))
                }
            };
            add(&mut mistakes, kept.err());
        }
        let Some(source) = source else {
            let unknown = Error::new(
                Span::call_site(),
                "which connector? give the name of a shipped one, `#[connector(\"hubspot\")]`, \
                 or the folder of your own, `#[connector(path = \"specs/acme\")]`",
            );
            // Whoever got the arguments wrong has told it there.
            return Err(mistakes.unwrap_or(unknown));
        };
        Ok(Self {
            source,
            extend,
            scopes,
            optional_scopes,
            only,
            krate: krate.unwrap_or_else(|| syn::parse_quote!(::typed_connector)),
            mistakes,
        })
    }
}

/// All arguments, and what is wrong with those that are none: one mistake does not hide the others.
struct Arguments {
    list: Vec<Argument>,
    mistakes: Option<Error>,
}

impl Parse for Arguments {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let (mut list, mut mistakes) = (Vec::new(), None);
        while !input.is_empty() {
            match input.parse::<Argument>() {
                Ok(argument) => list.push(argument),
                Err(error) => {
                    add(&mut mistakes, Some(error));
                    while !input.is_empty() && !input.peek(Token![,]) {
                        input.parse::<TokenTree>()?;
                    }
                }
            }
            if input.is_empty() {
                break;
            }
            if input.peek(Token![,]) {
                input.parse::<Token![,]>()?;
            } else {
                add(&mut mistakes, Some(input.error("expected `,`")));
            }
        }
        Ok(Self { list, mistakes })
    }
}

/// Puts an error to others.
pub(crate) fn add(mistakes: &mut Option<Error>, error: Option<Error>) {
    match (mistakes, error) {
        (Some(others), Some(error)) => others.combine(error),
        (none, Some(error)) => *none = Some(error),
        (_, None) => {}
    }
}

fn once<T>(slot: &mut Option<T>, span: Span, value: T) -> Result<()> {
    if slot.is_some() {
        return Err(Error::new(
            span,
            "this argument was given already; one name or one `path`, and each other argument once",
        ));
    }
    *slot = Some(value);
    Ok(())
}

/// The inline module below the attribute.
pub struct Module {
    head: TokenStream,
    items: TokenStream,
    name: Ident,
}

impl Module {
    /// Reads the item below the attribute.
    ///
    /// # Errors
    /// What is no inline module.
    pub fn parse(item: TokenStream) -> Result<Self> {
        let advice = "`#[connector]` stands on an inline module: `pub mod hubspot {}`";
        let module: ItemMod = syn::parse2(item).map_err(|error| Error::new(error.span(), advice))?;
        let Some((_, items)) = &module.content else {
            return Err(Error::new_spanned(&module, advice));
        };
        let (attributes, visibility, name) = (&module.attrs, &module.vis, &module.ident);
        let unsafety = &module.unsafety;
        let documented = attributes.iter().any(|attribute| attribute.path().is_ident("doc"));
        let doc = (!documented).then(|| {
            let text = format!("The `{name}` connector, generated by `#[connector]`.");
            quote!(#[doc = #text])
        });
        let head = quote!(#(#attributes)* #doc #visibility #unsafety mod #name);
        let items = items.iter().map(ToTokens::to_token_stream).collect();
        Ok(Self { head, items, name: name.clone() })
    }

    /// Its name.
    pub(crate) fn name(&self) -> &Ident {
        &self.name
    }

    /// The module with its own items and these.
    #[must_use]
    pub fn with(&self, generated: &TokenStream) -> TokenStream {
        let (head, items) = (&self.head, &self.items);
        quote! {
            #head {
                #items
                #generated
            }
        }
    }
}
