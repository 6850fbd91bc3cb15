//! What was measured: a line for each piece of work.

use serde_json::{Value, json};

/// What a figure is held against.
#[derive(Clone, Copy)]
pub enum Goal {
    /// At most so many times the floor.
    TimesFloor(f64),
    /// At most so much.
    AtMost(f64),
    /// Only reported.
    None,
}

/// One figure.
pub struct Line {
    /// The goal's id in the project's list, `P3` for example.
    pub id: &'static str,
    /// What was done, in words.
    pub work: String,
    /// How long it took, or how much it needed.
    pub value: f64,
    /// What the floor needed.
    pub floor: Option<f64>,
    /// `s`, `ms`, `MB`, `kB`, `KiB` or `x`.
    pub unit: &'static str,
    /// What is aimed at.
    pub goal: Goal,
}

impl Line {
    fn met(&self) -> Option<bool> {
        match (self.goal, self.floor) {
            (Goal::TimesFloor(times), Some(floor)) => Some(self.value <= times * floor),
            (Goal::AtMost(most), _) => Some(self.value <= most),
            _ => None,
        }
    }

    fn goal_text(&self) -> String {
        match self.goal {
            Goal::TimesFloor(times) => format!("<= {times:.1} x floor"),
            Goal::AtMost(most) => format!("<= {} {}", short(most), self.unit),
            Goal::None => "-".to_owned(),
        }
    }

    fn ratio(&self) -> Option<f64> {
        self.floor.map(|floor| self.value / floor)
    }

    fn json(&self) -> Value {
        json!({
            "id": self.id,
            "work": self.work,
            "value": self.value,
            "floor": self.floor,
            "unit": self.unit,
            "ratio": self.ratio(),
            "goal": self.goal_text(),
            "met": self.met(),
        })
    }
}

/// The lines so far, and the load of the machine.
pub struct Report {
    lines: Vec<Line>,
    load_before: String,
}

impl Report {
    pub fn new() -> Self {
        Self {
            lines: Vec::new(),
            load_before: load(),
        }
    }

    /// Adds a line, and shows it at once on standard error.
    pub fn add(&mut self, line: Line) {
        eprintln!("{}", text(&line));
        self.lines.push(line);
    }

    pub fn print(&self, as_json: bool) {
        if as_json {
            let lines: Vec<Value> = self.lines.iter().map(Line::json).collect();
            let document =
                json!({"load": {"before": self.load_before, "after": load()}, "lines": lines});
            println!("{document:#}");
            return;
        }
        println!("load {} before, {} after", self.load_before, load());
        println!(
            "{:<4} {:<52} {:>10} {:>10} {:>7} {:>16} met",
            "id", "work", "value", "floor", "ratio", "goal"
        );
        for line in &self.lines {
            println!("{}", text(line));
        }
    }
}

fn text(line: &Line) -> String {
    let or_dash = |number: Option<String>| number.unwrap_or_else(|| "-".to_owned());
    let met = line.met().map(|met| if met { "yes" } else { "no" });
    format!(
        "{:<4} {:<52} {:>7} {:<2} {:>10} {:>7} {:>16} {}",
        line.id,
        line.work,
        short(line.value),
        line.unit,
        or_dash(line.floor.map(short)),
        or_dash(line.ratio().map(|ratio| format!("{ratio:.1}x"))),
        line.goal_text(),
        met.unwrap_or("-"),
    )
}

fn short(number: f64) -> String {
    let digits = if number < 10.0 { 3 } else { 1 };
    format!("{number:.digits$}")
}

fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace()
        .next()
        .unwrap_or("unknown")
        .to_owned()
}

/// The middle of what was measured.
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}
