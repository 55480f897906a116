//! The blocks of a page that something is done with.

/// One of them.
#[derive(Debug)]
pub(crate) enum Block {
    /// A file to write: what stands behind the language is its path.
    File { path: String, text: String },
    /// What somebody types, and what is printed then.
    Console(Vec<Typed>),
}

/// A command, and what it prints as the page has it: `…` is anything in a line, or any number of lines.
#[derive(Debug)]
pub(crate) struct Typed {
    pub(crate) command: String,
    pub(crate) printed: Vec<String>,
}

pub(crate) fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else { continue };
        let inside: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        match info.split_once(' ') {
            Some((_, path)) => {
                blocks.push(Block::File { path: path.to_owned(), text: inside.join("\n") + "\n" });
            }
            None if info == "console" => blocks.push(Block::Console(typed(&inside))),
            None => {}
        }
    }
    blocks
}

fn typed(lines: &[&str]) -> Vec<Typed> {
    let mut all: Vec<Typed> = Vec::new();
    for line in lines {
        match (line.strip_prefix("$ "), all.last_mut()) {
            (Some(command), _) => all.push(Typed { command: command.to_owned(), printed: Vec::new() }),
            (None, Some(last)) => last.printed.push((*line).to_owned()),
            (None, None) => panic!("a console begins with what is typed, not with `{line}`"),
        }
    }
    all
}

/// Whether these lines are what the page promises.
pub(crate) fn keeps(promised: &[String], lines: &[&str]) -> bool {
    match (promised.split_first(), lines.split_first()) {
        (None, None) => true,
        (Some((first, rest)), _) if first == "…" => {
            (0..=lines.len()).any(|skipped| keeps(rest, &lines[skipped..]))
        }
        (Some((first, rest)), Some((line, others))) => like(first, line) && keeps(rest, others),
        _ => false,
    }
}

/// Whether a line is as promised; `…` is anything.
fn like(promised: &str, line: &str) -> bool {
    let Some((start, end)) = promised.split_once('…') else {
        return promised.trim_end() == line.trim_end();
    };
    line.strip_prefix(start).is_some_and(|rest| match end.trim_end() {
        "" => true,
        end => rest.char_indices().any(|(at, _)| like(end, &rest[at..])),
    })
}

#[test]
fn promises_are_kept_or_broken() {
    let kept = |promised: &str, text: &str| {
        let promised: Vec<_> = promised.lines().map(str::to_owned).collect();
        keeps(&promised, &text.lines().collect::<Vec<_>>())
    };
    assert!(kept("a\n…\nz", "a\nz") && kept("a\n…\nz", "a\nb\nc\nz") && kept("id …  x…", "id 7  xy"));
    assert!(
        !kept("a\n…\nz", "a\nb") && !kept("a", "a\nb") && !kept("a\nb", "a") && !kept("id … x", "id 7 y")
    );
}
