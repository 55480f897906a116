//! Names of actions, as a person would have chosen them.

use std::fmt::Write as _;

use typed_connector_import::{Input, Options, import};

/// The names that the operations of a document get. Each is method, path and, where there is one, `operationId`; `[]` behind the
/// method says that it answers a list.
fn names(title: &str, operations: &[&str]) -> Vec<String> {
    let mut paths = String::new();
    for operation in operations {
        let words: Vec<&str> = operation.split(' ').collect();
        let (method, lists) = (words[0].trim_end_matches("[]"), words[0].ends_with("[]"));
        let id = words.get(2).map(|id| format!("operationId: '{id}', ")).unwrap_or_default();
        let schema = match lists {
            true => "{ type: object, properties: { results: { type: array, items: { type: string } } } }",
            false => "{ type: object, properties: { name: { type: string } } }",
        };
        let method = method.to_lowercase();
        writeln!(
            paths,
            "  {}:\n    {method}: {{ {id}responses: {{ '200': {{ description: ok, content: {{ application/json: {{ schema: {schema} }} }} }} }} }}",
            words[1]
        )
        .expect("a string");
    }
    // Several methods of one path are one entry.
    let mut merged: Vec<(String, Vec<String>)> = Vec::new();
    let mut lines = paths.lines();
    while let (Some(path), Some(operation)) = (lines.next(), lines.next()) {
        match merged.iter_mut().find(|(known, _)| known == path) {
            Some((_, operations)) => operations.push(operation.to_owned()),
            None => merged.push((path.to_owned(), vec![operation.to_owned()])),
        }
    }
    let paths: Vec<String> =
        merged.into_iter().map(|(path, operations)| format!("{path}\n{}\n", operations.join("\n"))).collect();
    let paths = paths.concat();
    let text = format!(
        "openapi: 3.1.0\ninfo: {{ title: '{title}', version: '1' }}\nservers: [{{ url: 'https://x.example' }}]\npaths:\n{paths}"
    );
    let input = Input { name: "document.yaml".to_owned(), bytes: text.clone().into_bytes() };
    let imported =
        import(&[input], &Options::default()).unwrap_or_else(|problems| panic!("{problems}\n{text}"));
    assert!(imported.problems.is_none(), "{:?}\n{text}", imported.problems);
    let mut named = Vec::new();
    for (file, text) in &imported.files {
        let json: serde_json::Value = serde_json::from_str(text).expect("JSON");
        for (name, action) in json["actions"].as_object().into_iter().flatten() {
            let module = file.trim_end_matches(".json");
            named.push((action["http"].as_str().expect("text").to_owned(), format!("{module}.{name}")));
        }
    }
    let find = |operation: &&str| {
        let words: Vec<&str> = operation.split(' ').collect();
        let http = format!("{} {}", words[0].trim_end_matches("[]"), words[1]);
        let found = named.iter().find(|(known, _)| *known == http);
        found.map_or_else(|| format!("no {http} in {named:?}"), |(_, name)| name.clone())
    };
    operations.iter().map(find).collect()
}

#[track_caller]
fn check(title: &str, cases: &[(&str, &str)]) {
    let operations: Vec<&str> = cases.iter().map(|(operation, _)| *operation).collect();
    let expected: Vec<&str> = cases.iter().map(|(_, name)| *name).collect();
    assert_eq!(names(title, &operations), expected);
}

#[test]
fn records_by_their_paths() {
    check(
        "Deals",
        &[
            ("GET[] /crm/objects/2026-03/0-3", "deals.list"),
            ("POST /crm/objects/2026-03/0-3", "deals.create"),
            ("GET /crm/objects/2026-03/0-3/{dealId}", "deals.get"),
            ("PATCH /crm/objects/2026-03/0-3/{dealId}", "deals.update"),
            ("DELETE /crm/objects/2026-03/0-3/{dealId}", "deals.delete"),
            (
                "POST /crm/objects/2026-03/0-3/search post-/crm/objects/2026-03/0-3/search_doSearch",
                "deals.search",
            ),
            ("POST /crm/objects/2026-03/0-3/batch/read", "deals.batch_read"),
            ("POST /crm/objects/2026-03/0-3/batch/upsert", "deals.batch_upsert"),
            ("POST /crm/objects/2026-03/0-3/merge", "deals.merge"),
            ("POST /crm/objects/2026-03/0-3/gdpr-delete", "deals.gdpr_delete"),
        ],
    );
}

#[test]
fn things_within_things() {
    check(
        "Pipelines",
        &[
            ("GET[] /crm/pipelines/v3/{objectType}", "pipelines.list"),
            ("GET /crm/pipelines/v3/{objectType}/{pipelineId}", "pipelines.get"),
            ("PATCH /crm/pipelines/v3/{objectType}/{pipelineId}", "pipelines.update"),
            ("PUT /crm/pipelines/v3/{objectType}/{pipelineId}", "pipelines.replace"),
            ("GET[] /crm/pipelines/v3/{objectType}/{pipelineId}/stages", "pipelines.list_stages"),
            ("POST /crm/pipelines/v3/{objectType}/{pipelineId}/stages", "pipelines.create_stage"),
            ("GET /crm/pipelines/v3/{objectType}/{pipelineId}/stages/{stageId}", "pipelines.get_stage"),
            (
                "POST /crm/pipelines/v3/{objectType}/{pipelineId}/stages/batch/read",
                "pipelines.batch_read_stages",
            ),
            ("GET[] /crm/pipelines/v3/{objectType}/{pipelineId}/audit", "pipelines.list_audit"),
        ],
    );
}

#[test]
fn ids_that_say_more_than_the_path_and_ids_that_only_repeat_it() {
    check(
        "Blog posts API",
        &[
            ("GET[] /cms/v3/blogs/posts getPage", "blog_posts.list"),
            ("POST /cms/v3/blogs/posts/batch/archive archiveBatch", "blog_posts.batch_archive"),
            (
                "POST /cms/v3/blogs/posts/multi-language/attach-to-lang-group attachToLangGroup",
                "blog_posts.attach_to_lang_group",
            ),
            ("GET /cms/v3/blogs/posts/{id} get-/cms/v3/blogs/posts/{id}", "blog_posts.get"),
            ("POST /cms/v3/blogs/posts/{id}/draft/push-live pushLiveUsingPOST_1", "blog_posts.push_live"),
            (
                "GET[] /cms/v3/blogs/posts/{id}/revisions getPreviousVersions",
                "blog_posts.list_previous_versions",
            ),
            ("POST /cms/v3/blogs/posts/{id}/revisions/{revisionId}/restore", "blog_posts.restore_revision"),
        ],
    );
}

#[test]
fn what_is_done_is_told_from_what_is_named() {
    check(
        "Lists",
        &[
            ("PUT /crm/v3/lists/{listId}/memberships/add", "lists.add_memberships"),
            ("PUT /crm/v3/lists/{listId}/memberships/add-from/{sourceListId}", "lists.add_memberships_from"),
            ("PUT /crm/v3/lists/{listId}/memberships/add-and-remove", "lists.add_and_remove_memberships"),
            ("PUT /crm/v3/lists/{listId}/restore", "lists.restore"),
            ("DELETE /crm/v3/lists/{listId}/schedule-conversion", "lists.delete_schedule_conversion"),
            ("POST /crm/v3/lists/import-jobs", "lists.create_import_job"),
            ("POST /crm/v3/lists/import-from-url", "lists.import_from_url"),
            ("GET[] /crm/v3/lists/exports/latest", "lists.list_latest_exports"),
            ("GET /crm/v3/lists/by-name/{name}", "lists.get_by_name"),
        ],
    );
}

#[test]
fn any_object_beside_objects_of_one_kind() {
    check(
        "Companies",
        &[
            ("GET[] /crm/v3/objects/companies", "companies.list"),
            ("GET /crm/v3/objects/companies/{companyId}", "companies.get"),
            ("GET[] /crm/v3/objects/{objectType}", "companies.list_objects"),
            ("GET /crm/v3/objects/{objectType}/{objectId}", "companies.get_object"),
            ("POST /crm/v3/objects/{objectType}/batch/read", "companies.batch_read_objects"),
        ],
    );
    check(
        "Appointments",
        &[
            ("GET[] /crm/v3/objects/{objectType}", "appointments.list"),
            ("GET /crm/v3/objects/{objectType}/{objectId}", "appointments.get"),
            ("POST /crm/v3/objects/{objectType}/batch/read", "appointments.batch_read"),
        ],
    );
}

#[test]
fn versions_and_numbers_only_where_nothing_else_tells_them_apart() {
    check(
        "Contacts",
        &[
            ("GET /crm/v3/contacts/{id}", "contacts.get_v3"),
            ("GET /crm/2026-03/contacts/{id}", "contacts.get"),
            ("GET /crm/2026-03/contacts/{id}/notes/{noteId}", "contacts.get_note"),
            ("GET /crm/2026-03/contacts/{id}/notes/by-kind/{kind}/{number}", "contacts.get_by_kind"),
        ],
    );
}

#[test]
fn a_large_document_has_a_module_for_each_thing() {
    let mut operations = Vec::new();
    let things: Vec<String> = (0..30).map(|number| format!("thing{}", char::from(b'a' + number))).collect();
    for thing in &things[..26] {
        operations.push(format!("GET[] /v1/{thing}s"));
        operations.push(format!("GET /v1/{thing}s/{{id}}"));
        operations.push(format!("POST /v1/{thing}s"));
    }
    let operations: Vec<&str> = operations.iter().map(String::as_str).collect();
    let names = names("Everything", &operations);
    assert_eq!(names[..3], ["thingas.list", "thingas.get", "thingas.create"]);
    assert_eq!(names[75..], ["thingzs.list", "thingzs.get", "thingzs.create"]);
}

/// What an author has published as an example is not published once more: the specs' own check would refuse it.
#[test]
fn no_key_is_taken_over_in_a_title() {
    let key = format!("ghp_{}", "9f3Kq7Lm2Zt8Vb6Xw1Rc5Yd4Ng0Hj3Pk8Sa7Qe2");
    let operation = format!("summary: 'Get with {key}', responses: {{ '200': {{ description: ok }} }}");
    let text = format!(
        "openapi: 3.1.0\ninfo: {{ title: 'Notes {key}', version: '1' }}\nservers: [{{ url: 'https://x.example' }}]\npaths:\n  /notes:\n    get: {{ {operation} }}\n"
    );
    let input = Input { name: "document.yaml".to_owned(), bytes: text.into_bytes() };
    let imported = import(&[input], &Options::default()).unwrap_or_else(|problems| panic!("{problems}"));
    let files: Vec<_> = imported.files.into_iter().collect();
    let written = files.iter().map(|(_, text)| text.as_str()).collect::<String>();
    assert!(!written.contains("ghp_") && written.contains("Get with …"), "{written}");
    let sources = typed_connector_specs::Sources::in_memory(files).expect("files");
    if let Err(problems) = typed_connector_specs::load(&sources) {
        panic!("{problems}");
    }
}
