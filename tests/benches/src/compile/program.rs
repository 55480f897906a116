//! The program around the operations, the same for both sides.

use super::project::EDITED;

/// Each operation, once, as `call` writes it of a client; all of them are reached from `main`, so that there is code for each.
pub(super) fn main(head: &str, client: &str, make: &str, calls: &[(String, String)]) -> String {
    let mut text = format!(
        "//! Written by the benchmark.\n\nuse std::future::Future;\nuse std::pin::Pin;\n\n{head}\n\n"
    );
    text.push_str(
        "/// A value from somewhere; the compiler does not know that there is none.\nfn any<T>() -> T {\n    std::process::exit(0)\n}\n\n",
    );
    text.push_str(&format!("fn edited() -> u32 {{\n    {EDITED}\n}}\n\n"));
    for (index, (client_of, call)) in calls.iter().enumerate() {
        let client = client.replace("{}", client_of);
        text.push_str(&format!(
            "async fn op_{index}_used(client: &{client}) {{\n    drop(client.{call}.await);\n}}\n\n"
        ));
    }
    text.push_str("#[tokio::main(flavor = \"current_thread\")]\nasync fn main() {\n    let mut all: Vec<Pin<Box<dyn Future<Output = ()>>>> = Vec::new();\n");
    let mut made = Vec::new();
    for (index, (client_of, _)) in calls.iter().enumerate() {
        let name = format!("client_{client_of}").replace(['{', '}'], "");
        if !made.contains(client_of) {
            let make = make.replace("{}", client_of);
            text.push_str(&format!("    let {name}: &'static _ = Box::leak(Box::new({make}));\n"));
            made.push(client_of.clone());
        }
        text.push_str(&format!("    all.push(Box::pin(op_{index}_used({name})));\n"));
    }
    text.push_str("    for one in all {\n        one.await;\n    }\n    println!(\"{}\", edited());\n}\n");
    text
}
