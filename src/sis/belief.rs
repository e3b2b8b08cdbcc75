//! What outcomes say of a lesson's worth: a Beta distribution over how often it helps.

use fastrand::Rng;
use serde::{Deserialize, Serialize};

/// How many of the latest outcomes of a lesson count.
pub const WINDOW: usize = 200;
/// How much likelier a change in the middle must be than none before what came earlier counts for little (natural logarithm).
const CHANGED: f64 = 10.0;

/// How many outcomes there have to be on either side of a change: three failures of a lesson that nearly always helps are
/// bound to come at some time.
const ENOUGH: f64 = 12.0;

/// What counts of the outcomes before a change: it may have been chance.
const LEFT: f64 = 0.125;

/// What one outcome says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evidence {
    /// When it was known, in milliseconds since 1970.
    pub at: i64,
    /// How much of it is owed to the lesson; 1 for an outcome of the lesson alone.
    pub weight: f64,
    /// How good it was, 0 to 1.
    pub value: f64,
}

/// How often a lesson helps. A fold over its evidence: the same evidence gives the same belief in any order and however
/// often it is told.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Belief {
    /// Successes that were given beforehand: trust in the source, endorsements, repeated finds.
    pub prior_helped: f64,
    /// Failures that were given beforehand.
    pub prior_hurt: f64,
    /// Successes seen, as of `at`.
    pub helped: f64,
    /// Failures seen, as of `at`.
    pub hurt: f64,
    /// As of when they are counted, in milliseconds since 1970.
    pub at: i64,
    /// When its luck was found to have changed, 0 for never, in milliseconds since 1970.
    #[serde(default)]
    pub changed_at: i64,
    /// In what time half of what was seen is forgotten, in milliseconds; 0 for never.
    pub half_life: i64,
}

impl Belief {
    /// Takes `evidence`, the oldest first, in the place of what was seen before.
    pub fn fold(&mut self, evidence: &[Evidence], half_life: i64) {
        self.half_life = half_life;
        self.at = evidence.iter().map(|one| one.at).max().unwrap_or(self.at);
        (self.helped, self.hurt) = (0.0, 0.0);
        let begin = change(evidence);
        self.changed_at = evidence.get(begin).filter(|_| begin > 0).map_or(0, |one| one.at);
        for (at, one) in evidence.iter().enumerate() {
            let left = if at < begin { LEFT } else { 1.0 };
            let weight = one.weight * left * self.faded(one.at, self.at);
            self.helped += weight * one.value;
            self.hurt += weight * (1.0 - one.value);
        }
    }

    /// What of a count is left after some time.
    fn faded(&self, then: i64, now: i64) -> f64 {
        if self.half_life <= 0 {
            return 1.0;
        }
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of some years")]
        let halves = (now - then).max(0) as f64 / self.half_life as f64;
        (-halves).exp2()
    }

    /// The belief when the luck of several other lessons has changed since this one was last tried: half of what was seen
    /// is left for each of them but the first, for what changed theirs may have changed this one's.
    #[must_use]
    pub fn doubted(mut self, changes: u32) -> Self {
        let left = (-f64::from(changes.saturating_sub(1).min(6))).exp2();
        (self.helped, self.hurt) = (self.helped * left, self.hurt * left);
        self
    }

    /// The distribution's two counts.
    fn counts(&self, now: i64) -> (f64, f64) {
        let left = self.faded(self.at, now);
        let least = 0.05;
        ((self.prior_helped + self.helped * left).max(least), (self.prior_hurt + self.hurt * left).max(least))
    }

    /// How often the lesson is expected to help, 0 to 1.
    pub fn mean(&self, now: i64) -> f64 {
        let (helped, hurt) = self.counts(now);
        helped / (helped + hurt)
    }

    /// Draws how often it may help, 0 to 1.
    pub fn sample(&self, now: i64, random: &mut Rng) -> f64 {
        let (helped, hurt) = self.counts(now);
        let (helped, hurt) = (gamma(helped, random), gamma(hurt, random));
        if helped + hurt > 0.0 { helped / (helped + hurt) } else { 0.5 }
    }
}

/// Where the latest stretch of evidence begins that is of one kind: the split into two rates that explains the evidence
/// best, when it does so much better than one rate.
fn change(evidence: &[Evidence]) -> usize {
    let total: (f64, f64) = evidence.iter().fold((0.0, 0.0), add);
    let whole = likelihood(total);
    let mut before = (0.0, 0.0);
    let mut best = (CHANGED, 0);
    for (at, one) in evidence.iter().enumerate() {
        before = add(before, one);
        let after = (total.0 - before.0, total.1 - before.1);
        let gain = likelihood(before) + likelihood(after) - whole;
        if gain > best.0 && before.0 + before.1 >= ENOUGH && after.0 + after.1 >= ENOUGH {
            best = (gain, at + 1);
        }
    }
    best.1
}

fn add((helped, hurt): (f64, f64), one: &Evidence) -> (f64, f64) {
    (helped + one.weight * one.value, hurt + one.weight * (1.0 - one.value))
}

/// The logarithm of how likely counts are at their own rate.
fn likelihood((helped, hurt): (f64, f64)) -> f64 {
    let part = |count: f64| if count > 0.0 { count * (count / (helped + hurt)).ln() } else { 0.0 };
    part(helped) + part(hurt)
}

/// Draws from a gamma distribution (Marsaglia and Tsang).
fn gamma(shape: f64, random: &mut Rng) -> f64 {
    if shape < 1.0 {
        return gamma(shape + 1.0, random) * (1.0 - random.f64()).powf(1.0 / shape);
    }
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let x = (-2.0 * (1.0 - random.f64()).ln()).sqrt() * (std::f64::consts::TAU * random.f64()).cos();
        let v = (1.0 + c * x).powi(3);
        if v > 0.0 && (1.0 - random.f64()).ln() < 0.5 * x * x + d - d * v + d * v.ln() {
            return d * v;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400_000;

    fn believed(values: &[f64], half_life: i64) -> Belief {
        let evidence: Vec<_> = (0i64..)
            .zip(values)
            .map(|(at, value)| Evidence { at: at * DAY, weight: 1.0, value: *value })
            .collect();
        let mut belief = Belief { prior_helped: 1.0, prior_hurt: 1.0, ..Belief::default() };
        belief.fold(&evidence, half_life);
        belief
    }

    #[test]
    fn one_success_says_less_than_fifty() {
        let now = 50 * DAY;
        assert!((believed(&[1.0], 0).mean(now) - 2.0 / 3.0).abs() < 1e-9);
        assert!(believed(&[1.0; 50], 0).mean(now) > 0.98);
    }

    #[test]
    fn evidence_fades_to_what_was_thought_before() {
        let belief = believed(&[1.0; 10], 30 * DAY);
        let fresh = belief.mean(9 * DAY);
        let half = belief.mean(39 * DAY);
        assert!(fresh > 0.88 && half < fresh && half > 0.5, "{fresh} {half}");
        assert!((belief.mean(9 * DAY + 3000 * DAY) - 0.5).abs() < 1e-6);
        assert_eq!(belief.mean(39 * DAY).to_bits(), half.to_bits(), "asking does not age it");
    }

    #[test]
    fn a_change_of_luck_counts_from_where_it_changed() {
        let mut values = vec![1.0; 40];
        values.extend([0.0; 16]);
        assert!(believed(&values, 0).mean(56 * DAY) < 0.3);
        let mixed: Vec<f64> = (0..48).map(|at| f64::from(at % 2)).collect();
        let belief = believed(&mixed, 0);
        assert!(belief.helped + belief.hurt > 47.0, "nothing changed, so all of it counts");
    }

    #[test]
    fn samples_have_the_mean_and_spread_of_the_distribution() {
        let mut random = Rng::with_seed(7);
        for (helped, hurt) in [(0.5, 0.5), (2.0, 3.0), (40.0, 10.0)] {
            let belief = Belief { prior_helped: helped, prior_hurt: hurt, ..Belief::default() };
            let drawn: Vec<f64> = (0..20_000).map(|_| belief.sample(0, &mut random)).collect();
            let mean = drawn.iter().sum::<f64>() / 20_000.0;
            let spread = drawn.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 20_000.0;
            let sum = helped + hurt;
            assert!((mean - helped / sum).abs() < 0.01, "{mean}");
            assert!((spread - helped * hurt / (sum * sum * (sum + 1.0))).abs() < 0.004, "{spread}");
        }
    }
}
