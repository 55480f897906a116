//! The object types, as one table.

use crate::http::error::ApiError;
use axum::http::StatusCode;

/// An object type of the CRM and everything that is particular to it.
#[derive(Debug)]
pub(crate) struct Kind {
    /// `0-3`
    pub(crate) id: &'static str,
    /// `deals`
    pub(crate) name: &'static str,
    /// `deal`
    pub(crate) singular: &'static str,
    /// The property that says when the record last changed.
    pub(crate) modified: &'static str,
    /// The properties that are answered when none are asked for.
    pub(crate) defaults: &'static [&'static str],
    /// Where the keyword `query` of a search looks.
    pub(crate) searchable: &'static [&'static str],
    /// Properties that every record carries with the same value; answered on create, and when asked for.
    pub(crate) constants: &'static [(&'static str, &'static str)],
    /// Computed properties that an update answers whether or not they changed.
    pub(crate) echoed: &'static [&'static str],
    /// The id of the first record.
    pub(crate) first_id: i64,
}

impl Kind {
    /// Finds a type by its plural or singular name or its id.
    pub(crate) fn find(text: &str) -> Result<&'static Self, ApiError> {
        KINDS.iter().find(|kind| [kind.id, kind.name, kind.singular].contains(&text)).ok_or_else(|| {
            ApiError::uncategorized(
                StatusCode::BAD_REQUEST,
                format!("Unable to infer object type from: {text}"),
            )
        })
    }

    pub(crate) fn constant(&self, property: &str) -> Option<&'static str> {
        self.constants.iter().find(|(name, _)| *name == property).map(|(_, value)| *value)
    }

    /// Scopes of which one is enough to read records. The order is that of HubSpot's error.
    pub(crate) fn read_scopes(&self) -> Vec<String> {
        let name = self.name;
        vec![
            format!("crm.schemas.{name}.read"),
            format!("crm.objects.{name}.sensitive.read.v2"),
            format!("crm.objects.{name}.read"),
            format!("crm.objects.{name}.highly_sensitive.read.v2"),
        ]
    }

    /// Scopes of which one is enough to write records.
    pub(crate) fn write_scopes(&self) -> Vec<String> {
        let name = self.name;
        vec![
            format!("crm.objects.{name}.sensitive.write.v2"),
            format!("crm.objects.{name}.write"),
            format!("crm.objects.{name}.highly_sensitive.write.v2"),
        ]
    }

    /// Scopes of which one is enough to change property definitions.
    pub(crate) fn schema_scopes(&self) -> Vec<String> {
        vec![format!("crm.schemas.{}.write", self.name)]
    }
}

/// The record's origin, the same for everything that is written through the API.
const SOURCE: [(&str, &str); 3] = [
    ("hs_object_source", "INTEGRATION"),
    ("hs_object_source_id", "18221010"),
    ("hs_object_source_label", "INTEGRATION"),
];

pub(crate) static KINDS: [Kind; 3] = [
    Kind {
        id: "0-1",
        name: "contacts",
        singular: "contact",
        modified: "lastmodifieddate",
        defaults: &["createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"],
        searchable: &["firstname", "lastname", "email", "phone", "company"],
        constants: &[
            SOURCE[0],
            SOURCE[1],
            SOURCE[2],
            ("hs_associated_target_accounts", "0"),
            ("hs_currently_enrolled_in_prospecting_agent", "false"),
            ("hs_is_contact", "true"),
            ("hs_is_unworked", "true"),
            ("hs_membership_has_accessed_private_content", "0"),
            ("hs_pipeline", "contacts-lifecycle-pipeline"),
            ("hs_prospecting_agent_actively_enrolled_count", "0"),
            ("hs_prospecting_agent_total_enrolled_count", "0"),
            ("hs_registered_member", "0"),
            ("hs_sequences_actively_enrolled_count", "0"),
            ("num_notes", "0"),
        ],
        echoed: &[
            "createdate",
            "hs_is_unworked",
            "hs_object_id",
            "hs_object_source",
            "hs_object_source_id",
            "hs_object_source_label",
            "hs_pipeline",
            "hs_v2_date_entered_current_stage",
            "hs_v2_time_in_current_stage",
            "lastmodifieddate",
            "lifecyclestage",
            "notes_last_updated",
        ],
        first_id: 734_931_097_788,
    },
    Kind {
        id: "0-3",
        name: "deals",
        singular: "deal",
        modified: "hs_lastmodifieddate",
        defaults: &[
            "amount",
            "closedate",
            "createdate",
            "dealname",
            "dealstage",
            "hs_lastmodifieddate",
            "hs_object_id",
            "pipeline",
        ],
        searchable: &["dealname", "pipeline", "dealstage", "description", "dealtype"],
        constants: &[
            SOURCE[0],
            SOURCE[1],
            SOURCE[2],
            ("hs_has_last_conversation_follow_ups", "false"),
            ("hs_has_last_meeting_followups", "false"),
            ("hs_is_deal_split", "false"),
            ("hs_num_associated_active_deal_registrations", "0"),
            ("hs_num_associated_deal_registrations", "0"),
            ("hs_num_associated_deal_splits", "0"),
            ("hs_num_of_associated_line_items", "0"),
            ("hs_num_target_accounts", "0"),
            ("hs_number_of_call_engagements", "0"),
            ("hs_number_of_inbound_calls", "0"),
            ("hs_number_of_outbound_calls", "0"),
            ("hs_number_of_overdue_tasks", "0"),
            ("num_notes", "0"),
        ],
        echoed: &[
            "amount_in_home_currency",
            "createdate",
            "days_to_close",
            "hs_actual_duration",
            "hs_closed_amount",
            "hs_closed_amount_in_home_currency",
            "hs_closed_deal_close_date",
            "hs_closed_deal_create_date",
            "hs_closed_won_count",
            "hs_days_to_close_raw",
            "hs_deal_stage_probability",
            "hs_deal_stage_probability_shadow",
            "hs_forecast_amount",
            "hs_is_closed",
            "hs_is_closed_count",
            "hs_is_closed_won",
            "hs_is_open_count",
            "hs_lastmodifieddate",
            "hs_object_id",
            "hs_object_source",
            "hs_object_source_id",
            "hs_object_source_label",
            "hs_open_amount_in_home_currency",
            "hs_open_deal_create_date",
            "hs_projected_amount",
            "hs_projected_amount_in_home_currency",
            "hs_v2_date_entered_current_stage",
            "hs_v2_time_in_current_stage",
            "hs_weighted_pipeline_in_company_currency",
            "pipeline",
        ],
        first_id: 493_561_802_994,
    },
    Kind {
        id: "0-2",
        name: "companies",
        singular: "company",
        modified: "hs_lastmodifieddate",
        defaults: &["createdate", "domain", "hs_lastmodifieddate", "hs_object_id", "name"],
        searchable: &["name", "domain", "phone", "website"],
        constants: &[SOURCE[0], SOURCE[1], SOURCE[2], ("num_notes", "0")],
        echoed: &[
            "createdate",
            "hs_lastmodifieddate",
            "hs_object_id",
            "hs_object_source",
            "hs_object_source_id",
            "hs_object_source_label",
        ],
        first_id: 320_114_905_310,
    },
];
