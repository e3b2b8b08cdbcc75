//! Plots as SVG: lines over a grid, named at their ends.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 400.0;
/// Room for the figures on the left and the names on the right.
const LEFT: f64 = 52.0;
const RIGHT: f64 = 190.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 44.0;
const COLOURS: [&str; 8] =
    ["#0b6e4f", "#c44536", "#3d5a80", "#e09f3e", "#7b2d8b", "#6c757d", "#2a9d8f", "#8d5524"];

/// A line: its name and its points.
type Line = (String, Vec<(f64, f64)>);

/// Plots by the names of their files.
#[derive(Default)]
pub struct Plots(BTreeMap<&'static str, (String, [&'static str; 2], Vec<Line>)>);

impl Plots {
    /// Adds a line to a plot. `axes` name what goes to the right and up.
    pub fn add(
        &mut self,
        file: &'static str,
        title: &str,
        axes: [&'static str; 2],
        name: &str,
        points: Vec<(f64, f64)>,
    ) {
        let plot = self.0.entry(file).or_insert_with(|| (title.to_owned(), axes, Vec::new()));
        plot.2.push((name.to_owned(), points));
    }

    /// Writes each plot into a folder; the files' names.
    pub fn write(&self, folder: &Path) -> Vec<String> {
        let files = self.0.iter().map(|(file, (title, axes, lines))| {
            let name = format!("sis-{file}.svg");
            std::fs::write(folder.join(&name), svg(title, *axes, lines)).unwrap();
            name
        });
        files.collect()
    }
}

fn svg(title: &str, [right, up]: [&str; 2], lines: &[Line]) -> String {
    let points = || lines.iter().flat_map(|(_, points)| points);
    let most_x = points().map(|point| point.0).fold(0.0, f64::max);
    let most_y = (points().map(|point| point.1).fold(0.0, f64::max) * 10.0).ceil() / 10.0;
    let x = |value: f64| LEFT + value / most_x * (WIDTH - LEFT - RIGHT);
    let y = |value: f64| HEIGHT - BOTTOM - value / most_y * (HEIGHT - TOP - BOTTOM);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" \
         font-size=\"12\">\n<title>{title}</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n\
         <text x=\"{LEFT}\" y=\"22\" font-size=\"15\">{title}</text>\n"
    );
    for step in 0..=4 {
        let (value, place) = (most_y * f64::from(step) / 4.0, y(most_y * f64::from(step) / 4.0));
        let end = WIDTH - RIGHT;
        let text = place + 4.0;
        writeln!(out, "<path d=\"M{LEFT} {place:.1}H{end}\" stroke=\"#ddd\"/><text x=\"{:.0}\" y=\"{text:.1}\" text-anchor=\"end\" fill=\"#555\">{value:.2}</text>", LEFT - 6.0).unwrap();
        let (value, place) = (most_x * f64::from(step) / 4.0, x(most_x * f64::from(step) / 4.0));
        let digits = usize::from(most_x <= 1.0) * 2;
        writeln!(
            out,
            "<text x=\"{place:.1}\" y=\"{:.0}\" text-anchor=\"middle\" fill=\"#555\">{value:.digits$}</text>",
            HEIGHT - BOTTOM + 18.0
        )
        .unwrap();
    }
    writeln!(out, "<text x=\"{:.0}\" y=\"{:.0}\" text-anchor=\"end\" fill=\"#555\">{right}</text><text x=\"{LEFT}\" y=\"{:.0}\" fill=\"#555\">{up}</text>", WIDTH - RIGHT, HEIGHT - 8.0, TOP - 4.0).unwrap();
    let mut named: Vec<(f64, &str, &str)> = Vec::new();
    for ((name, points), colour) in lines.iter().zip(COLOURS.iter().cycle()) {
        let path: Vec<String> =
            points.iter().map(|point| format!("{:.1} {:.1}", x(point.0), y(point.1))).collect();
        let width = if name == "ours" { 3.0 } else { 1.5 };
        writeln!(
            out,
            "<path d=\"M{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\"/>",
            path.join("L")
        )
        .unwrap();
        named.push((points.last().map_or(0.0, |point| y(point.1)), name, colour));
    }
    // Names keep their distance.
    named.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut least = TOP;
    for (place, name, colour) in named {
        let at = place.max(least).min(HEIGHT - 6.0);
        least = at + 15.0;
        writeln!(
            out,
            "<text x=\"{:.0}\" y=\"{:.1}\" fill=\"{colour}\">{name}</text>",
            WIDTH - RIGHT + 8.0,
            at + 4.0
        )
        .unwrap();
    }
    out + "</svg>\n"
}
