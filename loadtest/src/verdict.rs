//! How figures stand against the bars that the project has set itself.

/// Lines for people, one for each figure.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    lines: String,
    missed: usize,
}

impl Verdict {
    /// A line without a figure.
    pub fn say(&mut self, text: &str) {
        self.lines += text;
        self.lines.push('\n');
    }

    /// A figure without a bar.
    pub fn show(&mut self, name: &str, value: f64) {
        self.say(&format!("         {name}: {value:.2}"));
    }

    /// A figure that may not be larger than the bar.
    pub fn at_most(&mut self, name: &str, value: f64, bar: f64) {
        self.judge(name, value, bar, value <= bar);
    }

    /// A figure that may not be smaller than the bar.
    pub fn at_least(&mut self, name: &str, value: f64, bar: f64) {
        self.judge(name, value, bar, value >= bar);
    }

    fn judge(&mut self, name: &str, value: f64, bar: f64, is_met: bool) {
        let word = if is_met { "ok    " } else { "MISSED" };
        self.missed += usize::from(!is_met);
        self.say(&format!("  {word} {name}: {value:.2} (bar {bar})"));
    }

    /// The lines.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.lines
    }

    /// How many bars were missed.
    #[must_use]
    pub fn missed(&self) -> usize {
        self.missed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_of_a_bar_are_told_apart_and_what_is_not_known_is_missed() {
        let mut verdict = Verdict::default();
        verdict.at_most("a", 12.0, 12.0);
        verdict.at_most("b", 12.01, 12.0);
        verdict.at_least("c", 3.0, 3.0);
        verdict.at_least("d", f64::NAN, 3.0);
        verdict.show("e", 1.0);
        let lines = "  ok     a: 12.00 (bar 12)\n  MISSED b: 12.01 (bar 12)\n  ok     c: 3.00 (bar 3)\n  \
                     MISSED d: NaN (bar 3)\n         e: 1.00\n";
        assert_eq!((verdict.text(), verdict.missed()), (lines, 2));
    }
}
