//! A crate of a user, outside of this workspace: what is written, edited and compiled.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Failure;

/// Stands in the program and in the spec; an edit puts another number there.
pub(super) const EDITED: &str = "1000000";

/// What the macros of a crate become.
pub(super) struct Expansion {
    pub(super) uses: usize,
    /// Seconds that the compiler spends on expanding all macros, the connector's above all.
    pub(super) seconds: f64,
    /// Lines of the crate afterwards, with what derives write, as the compiler prints them; without those of the program itself.
    pub(super) lines: usize,
}

/// A crate in a folder of its own.
pub(super) struct Project {
    folder: PathBuf,
    target: PathBuf,
    /// How many operations it uses.
    pub(super) uses: usize,
    main: String,
    /// The file that an edit of the spec is made in.
    spec: Option<(PathBuf, String)>,
    edits: u32,
}

impl Project {
    /// Writes a crate; `files` beside `Cargo.toml` and `src/main.rs`.
    pub(super) fn write(
        root: &Path,
        name: &str,
        manifest: &str,
        main: String,
        uses: usize,
        files: &[(String, String)],
    ) -> Result<Self, Failure> {
        let (folder, target) = (root.join(name), root.join("target"));
        std::fs::create_dir_all(folder.join("src"))?;
        let manifest =
            format!("[package]\nname = \"{name}\"\nedition = \"2024\"\n\n[workspace]\n\n{manifest}");
        write(&folder.join("Cargo.toml"), &manifest)?;
        write(&folder.join("src/main.rs"), &main)?;
        let mut spec = None;
        for (file, text) in files {
            let path = folder.join(file);
            write(&path, text)?;
            if text.contains(EDITED) {
                spec = Some((path, text.clone()));
            }
        }
        // All of a kind have the same dependencies, which are resolved and compiled once.
        let lock = root.join("Cargo.lock");
        if lock.exists() {
            std::fs::copy(&lock, folder.join("Cargo.lock"))?;
        }
        Ok(Self { folder, target, uses, main, spec, edits: 0 })
    }

    /// Compiles everything for the first time, and keeps what was resolved for the next of the kind.
    pub(super) fn prepare(&self) -> Result<(), Failure> {
        for what in ["check", "build"] {
            self.cargo(what, &[])?;
        }
        std::fs::copy(self.folder.join("Cargo.lock"), self.target.with_file_name("Cargo.lock"))?;
        Ok(())
    }

    /// Edits a number in the program.
    pub(super) fn edit_main(&mut self) -> Result<(), Failure> {
        self.edits += 1;
        let text = edited(&self.main, self.edits);
        write(&self.folder.join("src/main.rs"), &text)
    }

    /// Edits a text of the spec; `false` where there is none.
    pub(super) fn edit_spec(&mut self) -> Result<bool, Failure> {
        self.edits += 1;
        let Some((path, text)) = &self.spec else { return Ok(false) };
        write(path, &edited(text, self.edits))?;
        Ok(true)
    }

    /// Forgets what the compiler has kept of this crate, so that all of it is compiled anew; dependencies stay compiled.
    pub(super) fn forget(&self) -> Result<(), Failure> {
        let of_crate = self.name().replace('-', "_") + "-";
        for entry in std::fs::read_dir(self.target.join("debug/incremental"))? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(&of_crate) {
                std::fs::remove_dir_all(entry.path())?;
            }
        }
        Ok(())
    }

    /// CPU seconds of `cargo check` or `cargo build`.
    pub(super) fn cost(&self, what: &str) -> Result<f64, Failure> {
        let before = children()?;
        self.cargo(what, &["-q"])?;
        Ok(children()? - before)
    }

    /// What its macros become.
    pub(super) fn expansion(&self) -> Result<Expansion, Failure> {
        let file = std::fs::File::options().append(true).open(self.folder.join("src/main.rs"))?;
        file.set_modified(std::time::SystemTime::now())?;
        let (_, told) = self.cargo("check", &["-vv"])?;
        // The compiler's own command, with its environment. `RUSTC_BOOTSTRAP` is for it alone: build scripts of dependencies look at
        // it, and everything would be compiled anew.
        let command = told
            .lines()
            .rev()
            .find_map(|line| line.trim_start().strip_prefix("Running `")?.strip_suffix('`'));
        let command = command.ok_or("cargo does not tell how it runs the compiler")?;
        let compile = |flag: &str| {
            let output = Command::new("sh")
                .args(["-c", &format!("RUSTC_BOOTSTRAP=1 {command} {flag}")])
                .current_dir(&self.folder)
                .output()?;
            match output.status.success() {
                true => Ok((String::from_utf8(output.stdout)?, String::from_utf8(output.stderr)?)),
                false => Err(Failure::from(String::from_utf8_lossy(&output.stderr).into_owned())),
            }
        };
        let mut seconds = f64::INFINITY;
        for _ in 0..3 {
            let (out, err) = compile("-Ztime-passes")?;
            // `time:   0.060; rss:   60MB ->  90MB ( +30MB)	macro_expand_crate`
            let line = err.lines().chain(out.lines()).find(|line| line.ends_with("macro_expand_crate"));
            let figure = line.and_then(|line| line.strip_prefix("time:")?.trim_start().split(';').next());
            seconds = seconds.min(figure.ok_or("the compiler tells no time for macros")?.parse()?);
        }
        let (text, _) = compile("-Zunpretty=expanded")?;
        let program = self.main.lines().filter(|line| !line.is_empty()).count();
        Ok(Expansion { uses: self.uses, seconds, lines: text.lines().count().saturating_sub(program) })
    }

    /// Runs cargo; what it prints comes back.
    pub(super) fn cargo(&self, what: &str, more: &[&str]) -> Result<(String, String), Failure> {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        // As in a shell of the user's: nothing of what cargo has set for this program. But for the toolchain, since rustup would look
        // for one in the folder of each dependency.
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("CARGO_") && text != "CARGO_HOME"
                || text.starts_with("RUST") && !["RUSTUP_HOME", "RUSTUP_TOOLCHAIN"].contains(&&*text)
            {
                cargo.env_remove(name);
            }
        }
        cargo.current_dir(&self.folder).env("CARGO_TARGET_DIR", &self.target).arg(what).args(more);
        let output = cargo.stdin(Stdio::null()).output()?;
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        match output.status.success() {
            true => Ok((out.into_owned(), err.into_owned())),
            false => Err(format!("cargo {what} failed in {}:\n{err}", self.folder.display()).into()),
        }
    }

    /// How many of the operations are in the program that was built.
    pub(super) fn built(&self) -> Result<usize, Failure> {
        let program = std::fs::read(self.target.join("debug").join(self.name()))?;
        let mut found = std::collections::BTreeSet::new();
        let (mark, mut at) = (b"op_", 0);
        while let Some(next) = program[at..].windows(mark.len()).position(|window| window == mark) {
            at += next + mark.len();
            let digits = program[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            if program[at + digits..].starts_with(b"_used") {
                found.insert(&program[at..at + digits]);
            }
        }
        Ok(found.len())
    }

    fn name(&self) -> String {
        self.folder.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }
}

fn edited(text: &str, edits: u32) -> String {
    text.replace(EDITED, &(1_000_000 + edits).to_string())
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    Ok(std::fs::write(path, text)?)
}

/// CPU seconds, user and kernel, of all processes that were started and waited for, and of theirs.
fn children() -> Result<f64, Failure> {
    // proc(5): fields 16 and 17 in clock ticks, which are hundredths of a second in all that Linux tells; the name in
    // parentheses may hold spaces.
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let fields = stat.rsplit(") ").next().unwrap_or_default().split(' ').skip(13);
    let ticks: Vec<f64> = fields.take(2).map(str::parse).collect::<Result<_, _>>()?;
    Ok(ticks.iter().sum::<f64>() / 100.0)
}
