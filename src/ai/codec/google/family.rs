//! What is known of a model by its id.

/// Gemini 3 Pro and its successors, which cannot stop thinking and know two levels.
pub(super) fn is_gemini_3_pro(id: &str) -> bool {
    is_gemini_3(id, "-pro")
}

/// Gemini 3 Flash and its successors.
pub(super) fn is_gemini_3_flash(id: &str) -> bool {
    is_gemini_3(id, "-flash")
}

fn is_gemini_3(id: &str, size: &str) -> bool {
    let id = id.to_lowercase();
    id.split("gemini-3").skip(1).any(|rest| {
        let minor = rest.strip_prefix('.').map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
        let has_minor = minor.is_some_and(|minor| minor.len() + 1 < rest.len() && minor.starts_with(size));
        has_minor || rest.starts_with(size)
    })
}

/// Gemma 4.
pub(super) fn is_gemma_4(id: &str) -> bool {
    let id = id.to_lowercase();
    id.contains("gemma4") || id.contains("gemma-4")
}

/// Models of others that Google serves, which want calls and results to carry ids.
pub(super) fn wants_call_ids(id: &str) -> bool {
    id.starts_with("claude-") || id.starts_with("gpt-oss-")
}

/// Whether a tool's result may hold images: since Gemini 3.
pub(super) fn takes_images_in_results(id: &str) -> bool {
    let id = id.to_lowercase();
    let Some(rest) = id.strip_prefix("gemini") else { return true };
    let version = rest.strip_prefix("-live-").or_else(|| rest.strip_prefix('-')).unwrap_or_default();
    let digits = version.find(|c: char| !c.is_ascii_digit()).unwrap_or(version.len());
    let major = version.split_at_checked(digits).and_then(|(major, _)| major.parse::<u64>().ok());
    major.is_none_or(|major| major >= 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_are_told_by_id() {
        for id in
            ["gemini-3-pro-preview", "models/Gemini-3.1-Pro", "gemini-3.10-pro-x", "gemini-3.gemini-3-pro"]
        {
            assert!(is_gemini_3_pro(id), "{id}");
        }
        for id in ["gemini-3.-pro", "gemini-3x-pro", "gemini-2.5-pro", "gemini-3-flash", "gemini-3.1"] {
            assert!(!is_gemini_3_pro(id), "{id}");
        }
        assert!(
            is_gemini_3_flash("gemini-3-flash-lite") && is_gemma_4("Gemma4-27b") && is_gemma_4("gemma-4-x")
        );
        for (id, takes) in [
            ("gemini-2.5-flash", false),
            ("gemini-live-2.5-flash", false),
            ("gemini-3-pro", true),
            ("gemini-flash-latest", true),
            ("claude-sonnet-4-5", true),
        ] {
            assert_eq!(takes_images_in_results(id), takes, "{id}");
        }
    }
}
