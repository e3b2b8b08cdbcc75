//! Which value a scalar stands for: the core schema of YAML 1.2.

use saphyr_parser::{ScalarStyle, Tag};

use super::value::Yaml;

/// What stands for a byte order mark in a text: the parser takes none, JavaScript's does. No character at all.
pub(super) const MARK: &str = "\u{FDD0}";

/// The value of a scalar. A tag that does not fit its text makes it a string.
pub(super) fn resolve(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Yaml {
    let value = match (tag, style) {
        (None, ScalarStyle::Plain) => plain(text),
        (Some(tag), _) if tag.is_yaml_core_schema() => match tag.suffix.as_str() {
            "null" => null(text),
            "bool" => boolean(text),
            "int" => integer(text),
            "float" => float(text),
            _ => None,
        },
        _ => None,
    };
    value.unwrap_or_else(|| Yaml::String(text.replace(MARK, "\u{FEFF}")))
}

fn plain(text: &str) -> Option<Yaml> {
    null(text).or_else(|| boolean(text)).or_else(|| integer(text)).or_else(|| float(text))
}

fn null(text: &str) -> Option<Yaml> {
    matches!(text, "" | "~" | "null" | "Null" | "NULL").then_some(Yaml::Null)
}

fn boolean(text: &str) -> Option<Yaml> {
    match text {
        "true" | "True" | "TRUE" => Some(Yaml::Bool(true)),
        "false" | "False" | "FALSE" => Some(Yaml::Bool(false)),
        _ => None,
    }
}

fn integer(text: &str) -> Option<Yaml> {
    let value = if let Some(octal) = text.strip_prefix("0o") {
        in_radix(octal, 8)?
    } else if let Some(hex) = text.strip_prefix("0x") {
        in_radix(hex, 16)?
    } else if is_digits(unsigned(text)) {
        text.parse().ok()?
    } else {
        return None;
    };
    Some(Yaml::Number(value))
}

/// A whole number in a radix that is a power of two, exact as far as an `f64` is up to 128 bits.
fn in_radix(digits: &str, radix: u32) -> Option<f64> {
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "JavaScript's numbers are f64")]
    let exact = u128::from_str_radix(digits, radix).map(|value| value as f64);
    let digits = digits.chars().filter_map(|digit| digit.to_digit(radix));
    Some(exact.unwrap_or_else(|_| digits.fold(0.0, |sum, digit| sum * f64::from(radix) + f64::from(digit))))
}

fn float(text: &str) -> Option<Yaml> {
    let value = match (text, unsigned(text)) {
        (".nan" | ".NaN" | ".NAN", _) => f64::NAN,
        (_, ".inf" | ".Inf" | ".INF") if text.starts_with('-') => f64::NEG_INFINITY,
        (_, ".inf" | ".Inf" | ".INF") => f64::INFINITY,
        (_, digits) => {
            let (mantissa, exponent) = digits
                .split_once(['e', 'E'])
                .map_or((digits, None), |(mantissa, exponent)| (mantissa, Some(unsigned(exponent))));
            let (whole, fraction) = mantissa
                .split_once('.')
                .map_or((mantissa, None), |(whole, fraction)| (whole, Some(fraction)));
            let is_mantissa = match (whole, fraction) {
                ("", fraction) => fraction.is_some_and(is_digits),
                (whole, None) => is_digits(whole) && exponent.is_some(),
                (whole, Some(fraction)) => is_digits(whole) && (fraction.is_empty() || is_digits(fraction)),
            };
            if !is_mantissa || exponent.is_some_and(|exponent| !is_digits(exponent)) {
                return None;
            }
            text.parse().ok()?
        }
    };
    Some(Yaml::Number(value))
}

fn unsigned(text: &str) -> &str {
    text.strip_prefix(['-', '+']).unwrap_or(text)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
