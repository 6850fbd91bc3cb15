//! How the islands are built: in a folder of cargo's, so that nothing is ever written beside the sources, and with an
//! end to everything, because a build without the network must not wait for it.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, io, thread};

/// What is read, relative to the folder of the islands. New files of `src` are found by cargo, which watches folders.
const INPUTS: [&str; 4] = ["package.json", "package-lock.json", "vite.config.ts", "src"];

/// What builds, and how long we wait for it.
pub struct Tools<'a> {
    /// The command of Node's packages.
    pub npm: &'a str,
    /// For the installation and for the build, each.
    pub patience: Duration,
}

/// What a change of makes a new build.
pub fn inputs(islands: &Path) -> Vec<PathBuf> {
    INPUTS.iter().map(|name| islands.join(name)).collect()
}

/// The built files, or why there are none, in a sentence.
pub fn build(islands: &Path, work: &Path, tools: &Tools<'_>) -> Result<Vec<PathBuf>, String> {
    let dist = work.join("dist");
    copy_inputs(islands, work).map_err(|error| format!("the sources cannot be copied: {error}"))?;
    if !is_installed(work) {
        let words = [
            "ci",
            "--omit=dev",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--prefer-offline",
            "--fetch-retries=1",
            "--fetch-retry-mintimeout=1000",
            "--fetch-timeout=60000",
        ];
        run(
            Command::new(tools.npm).args(words).current_dir(work),
            tools.patience,
        )
        .map_err(|why| format!("npm ci: {why}"))?;
        fs::copy(work.join("package-lock.json"), installed(work))
            .map_err(|error| format!("npm ci left no folder: {error}"))?;
    }
    let build = [
        "exec",
        "--offline",
        "--",
        "vite",
        "build",
        "--outDir",
        "dist",
    ];
    run(
        Command::new(tools.npm).args(build).current_dir(work),
        tools.patience,
    )
    .map_err(|why| format!("vite build: {why}"))?;
    let mut files = Vec::new();
    for entry in fs::read_dir(&dist).map_err(|error| format!("vite build left nothing: {error}"))? {
        files.push(entry.map_err(|error| error.to_string())?.path());
    }
    files.sort();
    Ok(files)
}

/// The Rust source that embeds the files.
pub fn listing(files: &[PathBuf]) -> String {
    let mut text = "&[\n".to_owned();
    for file in files {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        // Writing to a text never fails.
        let _ = writeln!(
            text,
            "    ({name:?}, include_bytes!({:?})),",
            file.display().to_string()
        );
    }
    text + "]\n"
}

/// The lock file that `node_modules` came from: npm writes to its own copy, so that one says nothing.
fn installed(work: &Path) -> PathBuf {
    work.join("node_modules/.installed-lock.json")
}

fn is_installed(work: &Path) -> bool {
    let read = |path: PathBuf| fs::read(path).ok();
    let held = read(installed(work));
    held.is_some() && held == read(work.join("package-lock.json"))
}

fn copy_inputs(islands: &Path, work: &Path) -> io::Result<()> {
    fs::create_dir_all(work)?;
    // A source that was taken away must not be built any more.
    for folder in ["src", "dist"] {
        match fs::remove_dir_all(work.join(folder)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    for name in INPUTS {
        let (from, to) = (islands.join(name), work.join(name));
        if !from.is_dir() {
            fs::copy(from, to)?;
            continue;
        }
        fs::create_dir_all(&to)?;
        for entry in fs::read_dir(from)? {
            let entry = entry?;
            fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

/// Runs a command to its end, or to the end of our patience; the last lines it wrote say why it failed.
fn run(command: &mut Command, patience: Duration) -> Result<(), String> {
    let folder = command
        .get_current_dir()
        .unwrap_or(Path::new("."))
        .to_owned();
    let log = folder.join("build.log");
    let file = fs::File::create(&log).map_err(|error| error.to_string())?;
    let second = file.try_clone().map_err(|error| error.to_string())?;
    command.stdin(Stdio::null()).stdout(file).stderr(second);
    let name = Path::new(command.get_program())
        .file_name()
        .map(OsStr::to_owned);
    let name = name.unwrap_or_default().to_string_lossy().into_owned();
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(format!("{name} is not here"));
        }
        Err(error) => return Err(error.to_string()),
    };
    let end = Instant::now() + patience;
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(_)) => return Err(last_line(&log)),
            Ok(None) if Instant::now() < end => thread::sleep(Duration::from_millis(20)),
            Ok(None) => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("not done in {} s", patience.as_secs()));
            }
            Err(error) => return Err(error.to_string()),
        }
    }
}

/// The first line that speaks of an error, else the last one.
fn last_line(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    let told = lines().find(|line| line.to_lowercase().contains("error"));
    told.or(lines().next_back())
        .unwrap_or("it failed without a word")
        .chars()
        .take(200)
        .collect()
}
