//! Weighs lessons by what came of them. All that is known of a lesson's worth is a fold over its settled injections and
//! its endorsements, so outcomes may come twice, late or corrected.

use std::collections::BTreeMap;

use super::belief::{Evidence, WINDOW};
use super::{Config, Endorser, Episode, Injection, Lesson, Outcome, Rows, Scope, Settled, SisError, credit};

const DAY: i64 = 86_400_000;
/// What trust in a lesson's source counts, in outcomes.
const TRUST: f64 = 2.0;
/// What a contradiction counts, in outcomes.
const CONTRADICTION: f64 = 4.0;
/// What an operator's endorsement counts beside one of the family.
const OPERATOR: f64 = 2.0;
/// From which rise of the valence on an outcome is a success.
const SUCCESS: f64 = 0.3;
/// How many words a lesson remembers to have helped for.
const WORDS: usize = 96;

/// Notes that lessons were shown.
pub(super) fn used(rows: &mut dyn Rows, episode: &Episode) -> Result<(), SisError> {
    for shown in &episode.shown {
        let Some(mut lesson) = rows.lesson(shown.lesson_id)? else { continue };
        lesson.last_used_at = lesson.last_used_at.max(Some(episode.finished_at));
        rows.update_lesson(&lesson)?;
    }
    Ok(())
}

/// Credits an outcome. The numbers of the lessons that it changed.
pub(super) fn settle(rows: &mut dyn Rows, outcome: &Outcome, config: &Config) -> Result<Vec<i64>, SisError> {
    let scope = Scope::Agent(config.agent.clone());
    let episode = rows
        .episode(&scope, &outcome.episode_id)?
        .ok_or_else(|| SisError::UnknownEpisode { id: outcome.episode_id.clone() })?;
    let mut changed = Vec::new();
    for mut injection in rows.shown_in(&scope, &outcome.episode_id)? {
        let Some(mut lesson) = rows.lesson(injection.lesson_id)? else { continue };
        let Some(shown) = episode.shown.iter().find(|shown| shown.lesson_id == lesson.id) else { continue };
        let credit = credit(outcome, &episode, shown, &lesson);
        let at = injection.settled.map_or(outcome.at, |settled| settled.at);
        let settled = Settled {
            at,
            pre_valence: episode.pre_valence,
            post_valence: episode.pre_valence + credit.delta,
            weight: credit.weight,
            value: credit.value(),
            contradicted: outcome.contradicted && credit.weight > 0.0,
        };
        if injection.settled == Some(settled) {
            continue;
        }
        injection.settled = Some(settled);
        rows.put_injection(&injection)?;
        weigh(rows, &mut lesson, config, outcome.at)?;
        rows.update_lesson(&lesson)?;
        changed.push(lesson.id);
    }
    Ok(changed)
}

/// Works out anew what is known of a lesson's worth.
pub(super) fn weigh(
    rows: &mut dyn Rows,
    lesson: &mut Lesson,
    config: &Config,
    now: i64,
) -> Result<(), SisError> {
    let (injections, endorsements) = if lesson.id == 0 {
        Default::default()
    } else {
        (rows.settled(lesson.id, WINDOW)?, rows.endorsements(lesson.id)?)
    };
    lesson.endorsed = [0.0; 2];
    let mut against = 0.0;
    for endorsement in &endorsements {
        #[expect(clippy::cast_precision_loss, reason = "days are small numbers")]
        let days = ((now - endorsement.endorsed_at).max(0) / DAY) as f64;
        let strength = endorsement.strength * (0.5 + 0.5 / (1.0 + days / 30.0));
        let [family, operator] = &mut lesson.endorsed;
        match endorsement.endorser_type {
            _ if strength < 0.0 => against -= OPERATOR * strength,
            Endorser::Family => *family += strength,
            Endorser::Operator => *operator += strength,
        }
    }
    let [family, operator] = lesson.endorsed;
    let found_again = f64::from(lesson.occurrences.max(1)).ln().min(TRUST);
    lesson.belief.prior_helped =
        TRUST * lesson.initial_confidence + found_again + family + OPERATOR * operator;
    lesson.belief.prior_hurt = TRUST * (1.0 - lesson.initial_confidence) + against;
    tally(lesson, &injections);
    let evidence: Vec<Evidence> = settled(&injections)
        .map(|settled| {
            let weight = if settled.contradicted { CONTRADICTION } else { settled.weight };
            Evidence { at: settled.at, weight, value: if settled.contradicted { 0.0 } else { settled.value } }
        })
        .collect();
    lesson.belief.fold(&evidence, i64::from(config.half_life_days) * DAY);
    lesson.triggers = triggers(&injections);
    lesson.confidence = lesson.belief.mean(now);
    lesson.updated_at = lesson.updated_at.max(now);
    Ok(())
}

fn settled(injections: &[Injection]) -> impl Iterator<Item = &Settled> {
    injections
        .iter()
        .filter_map(|injection| injection.settled.as_ref())
        .filter(|settled| settled.weight > 0.0)
}

/// What the published formula asks for.
fn tally(lesson: &mut Lesson, injections: &[Injection]) {
    let mut sum = 0.0;
    (lesson.injection_count, lesson.success_count, lesson.contradicted) = (0, 0, None);
    for settled in settled(injections) {
        let delta = settled.post_valence - settled.pre_valence;
        let success = u32::from(delta >= SUCCESS && !settled.contradicted);
        sum += delta;
        lesson.injection_count += 1;
        lesson.success_count += success;
        lesson.contradicted =
            if settled.contradicted { Some(0) } else { lesson.contradicted.map(|since| since + success) };
    }
    lesson.avg_valence_delta = sum / f64::from(lesson.injection_count.max(1));
}

/// For which words of prompts a lesson has helped: the mean of what came of it, shrunk where there were few.
fn triggers(injections: &[Injection]) -> BTreeMap<String, f32> {
    let mut sums: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for injection in injections {
        let Some(settled) = injection.settled.filter(|settled| settled.weight > 0.0) else { continue };
        for word in &injection.terms {
            let (sum, count) = sums.entry(word).or_default();
            *sum += settled.weight * (2.0 * settled.value - 1.0);
            *count += settled.weight;
        }
    }
    #[expect(clippy::cast_possible_truncation, reason = "from -1 to 1")]
    let mut words: Vec<(&str, f32)> =
        sums.into_iter().map(|(word, (sum, count))| (word, (sum / (count + 1.0)) as f32)).collect();
    words.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(b.0)));
    words.into_iter().take(WORDS).map(|(word, weight)| (word.to_owned(), weight)).collect()
}
