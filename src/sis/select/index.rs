//! The lessons in memory, found by their words (BM25 over weighted fields), by the words they have helped for, and by
//! their likeness to another text.

use std::collections::{HashMap, HashSet};

use super::super::text::terms;
use super::super::{Lesson, Scope};

const K1: f32 = 1.2;
const B: f32 = 0.75;
/// Lessons that are assumed beside the known ones, so that a word is not taken for common in a store of three.
const BACKGROUND: f32 = 50.0;
/// The words of a prompt that are looked up, the rarest first.
const MOST_TERMS: usize = 48;
/// What a learned word counts beside a word of the lesson.
const LEARNED: f32 = 1.5;

/// What a lesson is found by.
#[derive(Debug)]
struct Slot {
    lesson: Lesson,
    terms: Vec<(u32, f32)>,
    /// The words of its text alone, for likeness.
    said: HashSet<u32>,
    length: f32,
    embedding: Option<Vec<f32>>,
}

/// A lesson that has to do with a prompt.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hit {
    pub slot: u32,
    /// Comparable within one search alone.
    pub score: f32,
    /// How much of the rarer words of the shorter text the two share, 0 to 1.
    pub relevance: f32,
}

/// Lessons and their words.
#[derive(Debug, Default)]
pub(crate) struct Index {
    slots: Vec<Option<Slot>>,
    by_id: HashMap<i64, u32>,
    by_key: HashMap<Scope, HashMap<String, i64>>,
    vocabulary: HashMap<Box<str>, u32>,
    postings: Vec<Vec<(u32, f32)>>,
    learned: HashMap<u32, HashMap<u32, f32>>,
    length: f64,
    /// How many lessons have learned words.
    taught: usize,
    /// When the luck of lessons was found to have changed, by lesson.
    changes: HashMap<i64, i64>,
}

impl Index {
    /// For how many lessons the luck has changed after a time.
    pub(crate) fn changed_after(&self, time: i64) -> u32 {
        let later = self.changes.values().filter(|at| **at > time).count();
        u32::try_from(later).unwrap_or(u32::MAX)
    }

    /// How many lessons there are, retired ones included.
    pub(crate) fn len(&self) -> usize {
        self.by_id.len()
    }

    pub(crate) fn slot(&self, slot: u32) -> Option<&Lesson> {
        self.slots.get(slot as usize)?.as_ref().map(|slot| &slot.lesson)
    }

    pub(crate) fn get(&self, id: i64) -> Option<&Lesson> {
        self.slot(*self.by_id.get(&id)?)
    }

    pub(crate) fn lessons(&self) -> impl Iterator<Item = &Lesson> {
        self.slots.iter().flatten().map(|slot| &slot.lesson)
    }

    /// Takes a lesson in, in the place of what was known of it.
    pub(crate) fn put(&mut self, lesson: Lesson) {
        if lesson.belief.changed_at > 0 {
            self.changes.insert(lesson.id, lesson.belief.changed_at);
        } else {
            self.changes.remove(&lesson.id);
        }
        if let Some(&at) = self.by_id.get(&lesson.id) {
            if let Some(slot) = self.slots.get_mut(at as usize).and_then(Option::as_mut)
                && same_words(&slot.lesson, &lesson)
            {
                let before = std::mem::replace(&mut slot.lesson.triggers, lesson.triggers.clone());
                slot.lesson = lesson;
                self.taught -= usize::from(!before.is_empty());
                self.relearn(at, before.keys());
                return;
            }
            self.remove(at);
        }
        let at = u32::try_from(self.slots.len()).unwrap_or(u32::MAX);
        let (terms, said) = self.words(&lesson);
        let length: f32 = terms.iter().map(|(_, weight)| weight).sum();
        for (term, weight) in &terms {
            if let Some(posting) = self.postings.get_mut(*term as usize) {
                posting.push((at, *weight));
            }
        }
        self.length += f64::from(length);
        self.by_id.insert(lesson.id, at);
        self.by_key.entry(lesson.scope.clone()).or_default().insert(lesson.normalized.clone(), lesson.id);
        self.slots.push(Some(Slot { lesson, terms, said, length, embedding: None }));
        self.relearn(at, std::iter::empty());
    }

    fn remove(&mut self, at: u32) {
        let Some(slot) = self.slots.get_mut(at as usize).and_then(Option::take) else { return };
        for (term, _) in &slot.terms {
            if let Some(posting) = self.postings.get_mut(*term as usize) {
                posting.retain(|(slot, _)| *slot != at);
            }
        }
        for word in slot.lesson.triggers.keys() {
            if let Some(learned) =
                self.vocabulary.get(word.as_str()).and_then(|term| self.learned.get_mut(term))
            {
                learned.remove(&at);
            }
        }
        self.length -= f64::from(slot.length);
        self.taught -= usize::from(!slot.lesson.triggers.is_empty());
        self.by_id.remove(&slot.lesson.id);
        if let Some(keys) = self.by_key.get_mut(&slot.lesson.scope) {
            keys.remove(&slot.lesson.normalized);
        }
    }

    /// Brings the learned words of a lesson up to date.
    fn relearn<'a>(&mut self, at: u32, before: impl Iterator<Item = &'a String>) {
        for word in before {
            if let Some(learned) =
                self.vocabulary.get(word.as_str()).and_then(|term| self.learned.get_mut(term))
            {
                learned.remove(&at);
            }
        }
        let words: Vec<_> = self.slot(at).into_iter().flat_map(|lesson| lesson.triggers.clone()).collect();
        self.taught += usize::from(!words.is_empty());
        for (word, weight) in words {
            let term = self.term(&word);
            self.learned.entry(term).or_default().insert(at, weight);
        }
    }

    fn term(&mut self, word: &str) -> u32 {
        if let Some(term) = self.vocabulary.get(word) {
            return *term;
        }
        let term = u32::try_from(self.postings.len()).unwrap_or(u32::MAX);
        self.vocabulary.insert(word.into(), term);
        self.postings.push(Vec::new());
        term
    }

    /// A lesson's words with the weights of their fields.
    fn words(&mut self, lesson: &Lesson) -> (Vec<(u32, f32)>, HashSet<u32>) {
        let mut counts: HashMap<u32, f32> = HashMap::new();
        let mut said = HashSet::new();
        for word in terms(&lesson.text) {
            let term = self.term(&word);
            said.insert(term);
            *counts.entry(term).or_default() += 1.0;
        }
        let told = [&lesson.context, &lesson.action, &lesson.outcome, &lesson.correction];
        let others = told.into_iter().flatten().map(|text| (text, 0.6));
        let marks = lesson.tags.iter().chain(&lesson.related_tools).map(|text| (text, 1.2));
        for (text, weight) in others.chain(marks) {
            for word in terms(text) {
                *counts.entry(self.term(&word)).or_default() += weight;
            }
        }
        (counts.into_iter().collect(), said)
    }

    fn rarity(&self, lessons: usize) -> f32 {
        let (all, having) = (count(self.len()) + BACKGROUND, count(lessons));
        (1.0 + (all - having + 0.5) / (having + 0.5)).ln()
    }

    /// The words of a query, the rarest first, each with its rarity; `None` for words that no lesson has.
    fn known(&self, query: &[String]) -> Vec<(Option<u32>, f32)> {
        let mut seen = HashSet::new();
        let mut known: Vec<_> = query
            .iter()
            .filter(|word| seen.insert(word.as_str()))
            .map(|word| {
                let term = self.vocabulary.get(word.as_str()).copied();
                let having = term.and_then(|term| self.postings.get(term as usize)).map_or(0, Vec::len);
                (term, self.rarity(having))
            })
            .collect();
        known.sort_by(|a, b| b.1.total_cmp(&a.1));
        // Words that no lesson has cost nothing to look up.
        let mut left = MOST_TERMS;
        known.retain(|(term, _)| {
            let kept = term.is_none() || left > 0;
            left -= usize::from(term.is_some() && left > 0);
            kept
        });
        known
    }

    /// The active lessons that have most to do with the words of a query, the best first.
    pub(crate) fn search(&self, query: &[String], most: usize) -> Vec<Hit> {
        let known = self.known(query);
        #[expect(clippy::cast_possible_truncation, reason = "a mean length")]
        let average = (self.length / f64::from(count(self.len().max(1)))) as f32;
        let mut scores = vec![0.0_f32; self.slots.len()];
        let mut shared = vec![(0.0_f32, 0_u16); self.slots.len()];
        for (term, rarity) in &known {
            let Some(term) = term else { continue };
            for (at, weight) in self.postings.get(*term as usize).into_iter().flatten() {
                let Some(Some(slot)) = self.slots.get(*at as usize) else { continue };
                let norm = K1 * (1.0 - B + B * slot.length / average.max(f32::MIN_POSITIVE));
                add(&mut scores, &mut shared, *at, rarity * weight * (K1 + 1.0) / (weight + norm), *rarity);
            }
            let Some(learned) = self.learned.get(term) else { continue };
            // A word that comes with every prompt tells nothing.
            let told = (count(self.taught) + 0.5) / (count(learned.len()) + 0.5);
            let rarity = rarity.min(told.ln());
            for (at, weight) in learned {
                let gain = LEARNED * rarity * weight.clamp(-1.0, 1.0);
                add(&mut scores, &mut shared, *at, gain, rarity * weight.clamp(0.0, 1.0));
            }
        }
        let mut hits: Vec<(u32, f32)> = (0_u32..)
            .zip(&scores)
            .filter(|(at, score)| **score > 0.0 && self.slot(*at).is_some_and(|lesson| lesson.is_active))
            .map(|(at, score)| (at, *score))
            .collect();
        let better = |a: &(u32, f32), b: &(u32, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
        if hits.len() > most {
            hits.select_nth_unstable_by(most, better);
            hits.truncate(most);
        }
        hits.sort_unstable_by(better);
        let asked: f32 = known.iter().map(|(_, rarity)| rarity).sum();
        hits.into_iter()
            .map(|(slot, score)| {
                let (mass, terms) = shared.get(slot as usize).copied().unwrap_or_default();
                let whole = asked.min(self.mass(slot)).max(f32::MIN_POSITIVE);
                // One shared word is a coincidence, unless there is no other to share.
                let alone = if terms < 2 && known.len() > 1 { 0.6 } else { 1.0 };
                Hit { slot, score, relevance: (alone * mass / whole).min(1.0) }
            })
            .collect()
    }

    /// The rarity of all words of a lesson's text.
    fn mass(&self, slot: u32) -> f32 {
        let Some(Some(slot)) = self.slots.get(slot as usize) else { return 0.0 };
        slot.said.iter().map(|term| self.rarity(self.postings.get(*term as usize).map_or(0, Vec::len))).sum()
    }

    /// The lesson of a scope that a key stands for.
    pub(crate) fn keyed(&self, scope: &Scope, key: &str) -> Option<i64> {
        self.by_key.get(scope)?.get(key).copied()
    }

    /// The lesson of a scope that says most nearly the same, if the two have at least a share of their words in common.
    pub(crate) fn nearest(&self, scope: &Scope, text: &str, least: f32) -> Option<i64> {
        let words: HashSet<String> = terms(text).into_iter().collect();
        let all = words.len();
        let mut known: Vec<u32> =
            words.iter().filter_map(|word| self.vocabulary.get(word.as_str())).copied().collect();
        let having = |term: u32| self.postings.get(term as usize).map_or(0, Vec::len);
        known.sort_unstable_by_key(|term| (having(*term), *term));
        // Whoever has that many words in common has one of the rarest among them.
        let rarest = known.iter().take_while({
            let mut passed = all - known.len();
            move |_| {
                passed += 1;
                count(all + 1 - passed) >= least * count(all)
            }
        });
        let near: HashSet<u32> = rarest
            .flat_map(|term| self.postings.get(*term as usize).into_iter().flatten())
            .map(|(at, _)| *at)
            .collect();
        near.into_iter()
            .filter_map(|at| {
                let slot =
                    self.slots.get(at as usize)?.as_ref().filter(|slot| slot.lesson.scope == *scope)?;
                let both = known.iter().filter(|term| slot.said.contains(term)).count();
                let share = count(both) / count((all + slot.said.len() - both).max(1));
                (share >= least).then_some((slot.lesson.id, share))
            })
            .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
            .map(|(id, _)| id)
    }

    /// How much two lessons say the same, 0 to 1.
    pub(crate) fn likeness(&self, a: u32, b: u32) -> f32 {
        let said = |slot: u32| self.slots.get(slot as usize).and_then(Option::as_ref).map(|slot| &slot.said);
        let (Some(a), Some(b)) = (said(a), said(b)) else { return 0.0 };
        let both = a.intersection(b).count();
        count(both) / count((a.len() + b.len() - both).max(1))
    }

    /// Gives a lesson its place among embeddings.
    pub(crate) fn embed(&mut self, id: i64, vector: &[f32]) {
        let Some(slot) = self.by_id.get(&id).and_then(|at| self.slots.get_mut(*at as usize)?.as_mut()) else {
            return;
        };
        slot.embedding = Some(unit(vector));
    }

    /// The active lessons without an embedding.
    pub(crate) fn unembedded(&self) -> impl Iterator<Item = (i64, &str)> {
        let slots = self.slots.iter().flatten();
        slots
            .filter(|slot| slot.embedding.is_none() && slot.lesson.is_active)
            .map(|slot| (slot.lesson.id, slot.lesson.text.as_str()))
    }

    /// The active lessons whose embeddings are nearest to one, the best first, with the cosine.
    pub(crate) fn nearby(&self, vector: &[f32], most: usize) -> Vec<(u32, f32)> {
        let vector = unit(vector);
        let mut near: Vec<(u32, f32)> = (0_u32..)
            .zip(&self.slots)
            .filter_map(|(at, slot)| {
                let slot = slot.as_ref().filter(|slot| slot.lesson.is_active)?;
                let other = slot.embedding.as_ref().filter(|other| other.len() == vector.len())?;
                Some((at, other.iter().zip(&vector).map(|(a, b)| a * b).sum()))
            })
            .collect();
        near.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        near.truncate(most);
        near
    }

    /// The words of a query that tell it from others, the rarest first.
    pub(crate) fn telling(&self, query: &[String], most: usize) -> Vec<String> {
        let mut seen = HashSet::new();
        let mut words: Vec<(f32, &String)> = query
            .iter()
            .filter(|word| seen.insert(word.as_str()) && word.chars().count() > 1)
            .map(|word| {
                let term = self.vocabulary.get(word.as_str());
                let having = term.and_then(|term| self.postings.get(*term as usize)).map_or(0, Vec::len);
                (self.rarity(having), word)
            })
            .collect();
        words.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
        words.into_iter().take(most).map(|(_, word)| word.clone()).collect()
    }
}

/// Whether two states of a lesson are found by the same words.
fn same_words(a: &Lesson, b: &Lesson) -> bool {
    a.text == b.text
        && a.normalized == b.normalized
        && a.scope == b.scope
        && (&a.context, &a.action, &a.outcome, &a.correction)
            == (&b.context, &b.action, &b.outcome, &b.correction)
        && a.tags == b.tags
        && a.related_tools == b.related_tools
}

fn add(scores: &mut [f32], shared: &mut [(f32, u16)], at: u32, gain: f32, mass: f32) {
    if let (Some(score), Some(shared)) = (scores.get_mut(at as usize), shared.get_mut(at as usize)) {
        *score += gain;
        *shared = (shared.0 + mass, shared.1.saturating_add(u16::from(mass > 0.0)));
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of lessons and words")]
fn count(count: usize) -> f32 {
    count as f32
}

fn unit(vector: &[f32]) -> Vec<f32> {
    let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
    vector.iter().map(|x| x / length).collect()
}
