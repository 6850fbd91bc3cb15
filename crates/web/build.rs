//! Builds the islands, the scripts of the pages, and embeds them. Without Node the pages are plain, and complete.

#[path = "build/islands.rs"]
mod islands;

use std::path::PathBuf;
use std::time::Duration;
use std::{env, fs};

const TOOLS: islands::Tools<'_> = islands::Tools {
    npm: if cfg!(windows) { "npm.cmd" } else { "npm" },
    patience: Duration::from_secs(300),
};

fn main() {
    println!("cargo::rerun-if-env-changed=RUSTINE_ISLANDS");
    let folder = |name| env::var_os(name).map(PathBuf::from);
    let root = folder("CARGO_MANIFEST_DIR").expect("cargo names the folder of the crate");
    let out = folder("OUT_DIR").expect("cargo names a folder for what is built");
    for input in islands::inputs(&root.join("islands")) {
        println!("cargo::rerun-if-changed={}", input.display());
    }
    let wish = env::var("RUSTINE_ISLANDS").unwrap_or_default();
    let built = match wish.as_str() {
        "off" => Err("RUSTINE_ISLANDS=off".to_owned()),
        _ => islands::build(&root.join("islands"), &out.join("islands"), &TOOLS),
    };
    let files = built.unwrap_or_else(|why| {
        assert!(wish != "required", "the islands were not built: {why}");
        println!("cargo::warning=pages without scripts: {why}");
        Vec::new()
    });
    fs::write(out.join("islands.rs"), islands::listing(&files))
        .expect("cargo's folder can be written");
}
