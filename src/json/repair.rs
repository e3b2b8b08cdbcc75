//! stub
pub fn repair_text(t: &str) -> String {
    t.to_owned()
}
