//! Writes the seeds of a target to a folder: `seeds connector|document FOLDER`.

use std::fs;
use std::path::Path;

use typed_connector_fuzz::seeds;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let usage = "usage: seeds connector|document FOLDER";
    let (target, folder) = (std::env::args().nth(1).ok_or(usage)?, std::env::args().nth(2).ok_or(usage)?);
    let seeds = match target.as_str() {
        "connector" => seeds::connectors(),
        "document" => seeds::documents(),
        _ => return Err(usage.into()),
    };
    fs::create_dir_all(&folder)?;
    for (name, input) in &seeds {
        fs::write(Path::new(&folder).join(name), input)?;
    }
    println!("{} seeds", seeds.len());
    Ok(())
}
