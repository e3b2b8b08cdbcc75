//! What lessons were found by so far: word overlap, the replaced system's formula, BM25 over bare words.

use std::collections::{HashMap, HashSet};

pub fn bare(text: &str) -> Vec<String> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// BM25 over words of any cut.
pub struct Bm25 {
    postings: HashMap<String, Vec<(usize, f64)>>,
    lengths: Vec<f64>,
    average: f64,
}

impl Bm25 {
    pub fn new(documents: &[Vec<String>]) -> Self {
        let mut postings: HashMap<String, Vec<(usize, f64)>> = HashMap::new();
        for (at, words) in documents.iter().enumerate() {
            let mut counts: HashMap<&String, f64> = HashMap::new();
            for word in words {
                *counts.entry(word).or_default() += 1.0;
            }
            for (word, count) in counts {
                postings.entry(word.clone()).or_default().push((at, count));
            }
        }
        let lengths: Vec<f64> = documents.iter().map(|words| words.len() as f64).collect();
        let average = lengths.iter().sum::<f64>() / lengths.len() as f64;
        Self { postings, lengths, average }
    }

    pub fn scores(&self, query: &[String]) -> Vec<f64> {
        let mut scores = vec![0.0; self.lengths.len()];
        for word in query.iter().collect::<HashSet<_>>() {
            let Some(posting) = self.postings.get(word) else { continue };
            let (all, having) = (self.lengths.len() as f64, posting.len() as f64);
            let rarity = (1.0 + (all - having + 0.5) / (having + 0.5)).ln();
            for (at, count) in posting {
                let norm = 1.2 * (0.25 + 0.75 * self.lengths[*at] / self.average);
                scores[*at] += rarity * count * 2.2 / (count + norm);
            }
        }
        scores
    }
}

pub fn jaccard(documents: &[Vec<String>], query: &[String]) -> Vec<f64> {
    let query: HashSet<&String> = query.iter().collect();
    let score = |words: &Vec<String>| {
        let words: HashSet<&String> = words.iter().collect();
        let both = words.intersection(&query).count();
        both as f64 / (words.len() + query.len() - both).max(1) as f64
    };
    documents.iter().map(score).collect()
}

/// The replaced system: `worth` holds confidence, days since last seen and occurrences.
pub fn replaced(documents: &[Vec<String>], worth: &[(f64, f64, f64)], query: &[String]) -> Vec<f64> {
    let query: HashSet<&String> = query.iter().filter(|word| word.len() >= 3).collect();
    let score = |(words, (confidence, days, occurrences)): (&Vec<String>, &(f64, f64, f64))| {
        let words: HashSet<&String> = words.iter().collect();
        let both = words.intersection(&query).count() as f64 / query.len().max(1) as f64;
        0.4 * confidence + 0.3 * both + 0.2 * (-days / 30.0).exp2() + 0.1 * (occurrences / 5.0).min(1.0)
    };
    documents.iter().zip(worth).map(score).collect()
}

/// The best places, the best first.
pub fn best(scores: &[f64], most: usize) -> Vec<usize> {
    let mut places: Vec<usize> = (0..scores.len()).collect();
    places.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]).then(a.cmp(b)));
    places.truncate(most);
    places
}
