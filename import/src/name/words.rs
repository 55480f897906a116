//! Words of paths and ids, sorted by what they do in a name.

/// Words that paths end with when they do something, instead of naming a thing.
#[rustfmt::skip]
const VERBS: &[&str] = &[
    "accept", "acknowledge", "activate", "add", "apply", "approve", "archive", "assign", "associate",
    "attach", "authorize", "batch", "block", "book", "calculate", "cancel", "capture", "change", "check",
    "clear", "clone", "close", "complete", "compute", "confirm", "convert", "copy", "create", "deactivate",
    "decline", "delete", "demote", "detach", "disable", "disassociate", "disconnect", "dismiss", "dispatch",
    "downgrade", "download", "duplicate", "enable", "end", "enroll", "estimate", "evaluate", "exchange",
    "execute", "export", "extract", "fetch", "finalize", "find", "finish", "flag", "follow", "fork",
    "forward", "gdpr", "generate", "get", "import", "ingest", "install", "introspect", "invalidate",
    "invite", "join", "leave", "link", "list", "lock", "login", "logout", "lookup", "mark", "merge",
    "migrate", "moderate", "move", "open", "pause", "pay", "pin", "ping", "preview", "process", "promote",
    "publish", "purge", "push", "query", "read", "reboot", "rebuild", "record", "redeem", "redo", "refresh",
    "refund", "register", "reindex", "reject", "release", "remove", "rename", "reopen", "reorder",
    "replace", "replay", "reply", "request", "rerun", "resend", "reset", "resize", "resolve", "restart",
    "restore", "resubscribe", "resume", "retry", "revert", "revoke", "rollback", "rotate", "run",
    "schedule", "search", "send", "set", "share", "sign", "simulate", "snooze", "star", "start", "stop",
    "submit", "subscribe", "suspend", "swap", "sync", "terminate", "test", "transfer", "translate",
    "trigger", "unarchive", "unassign", "unblock", "undo", "unenroll", "unfollow", "unlink", "unlock",
    "unpause", "unpin", "unpublish", "unregister", "unschedule", "unstar", "unsubscribe", "unsuspend",
    "update", "upgrade", "upload", "upsert", "validate", "verify", "void", "withdraw", "write",
];

/// Verbs that are things too, where the same path can be read.
#[rustfmt::skip]
const ALSO_THINGS: &[&str] = &[
    "batch", "block", "check", "copy", "export", "flag", "fork", "import", "link", "list",
    "lock", "mark", "move", "order", "process", "push", "query", "record", "refund", "release", "report",
    "request", "run", "schedule", "search", "set", "share", "sign", "star", "test", "transfer", "trigger",
];

/// What is done where something is only read.
const READS: &[&str] = &[
    "search",
    "find",
    "lookup",
    "export",
    "download",
    "preview",
    "validate",
    "verify",
    "query",
    "introspect",
];

/// What is done where something is deleted.
const DELETES: &[&str] = &[
    "archive",
    "cancel",
    "clear",
    "delete",
    "detach",
    "disassociate",
    "disconnect",
    "purge",
    "remove",
    "revoke",
    "unassign",
    "unlink",
    "unsubscribe",
];

/// Words that say which one of the thing before them.
const ADJECTIVES: &[&str] = &[
    "current", "latest", "earliest", "next", "previous", "recent", "simple", "default", "active", "deleted",
    "archived", "all", "me",
];

pub(super) const PREPOSITIONS: &[&str] =
    &["by", "to", "from", "into", "with", "for", "of", "in", "on", "at", "as", "between"];

/// Things of which everything is one.
const GENERIC: &[&str] = &["object", "record", "resource", "entity"];

/// What a record is found by, where it is not its id.
pub(super) const KEYS: &[&str] = &["name", "email", "slug", "key", "code", "username", "domain", "path"];

pub(super) fn is_verb(word: &str) -> bool {
    VERBS.binary_search(&word).is_ok()
}

pub(super) fn is_adjective(word: &str) -> bool {
    ADJECTIVES.contains(&word)
}

pub(super) fn is_preposition(word: &str) -> bool {
    PREPOSITIONS.contains(&word)
}

pub(super) fn is_generic(word: &str) -> bool {
    GENERIC.contains(&crate::text::singular(word).as_str())
}

/// Whether the last word of a path says what is done. What is read is mostly a thing, and so is what is deleted.
pub(super) fn says_what_is_done(method: &str, word: &str, can_be_read: bool) -> bool {
    let first = word.split('_').next().unwrap_or_default();
    let also_thing = ALSO_THINGS.contains(&first);
    match method {
        "GET" | "HEAD" => READS.contains(&word),
        "DELETE" => word.split('_').any(|word| DELETES.contains(&word)),
        // `import_jobs` are things, and `import_from_url` is none.
        _ if word.contains('_') => is_verb(first) && !(also_thing && crate::text::singular(word) != word),
        _ => is_verb(word) && !(can_be_read && also_thing),
    }
}

/// Whether a phrase says enough by itself: it does not end in a verb, in `from`, or in `and`.
pub(super) fn is_complete(phrase: &str) -> bool {
    let last = phrase.rsplit('_').next().unwrap_or_default();
    phrase.contains('_') && !is_verb(last) && !is_preposition(last) && !matches!(last, "and" | "or")
}

#[cfg(test)]
mod tests {
    #[test]
    fn verbs_are_sorted_for_the_search() {
        assert!(super::VERBS.is_sorted(), "{:?}", super::VERBS);
    }
}
