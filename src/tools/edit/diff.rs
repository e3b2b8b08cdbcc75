//! What a change did, line by line: the shortest script, of those the one that JavaScript's `diff` finds, so that hosts
//! see what they see with Pi.

/// How many steps a search may take. Beyond, the change is shown edit by edit: what Pi would need minutes for.
const BUDGET: usize = 1 << 25;

/// Lines that are the same, gone or new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Same(usize),
    Gone(usize),
    New(usize),
}

/// Lines of the old text that lines of the new one stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hunk {
    pub(super) old: (usize, usize),
    pub(super) new: (usize, usize),
}

/// How `old` became `new`; `hunks`, in order, say where they can differ at all.
pub(super) fn parts(
    old: &[&str],
    new: &[&str],
    hunks: impl FnOnce() -> Vec<Hunk>,
    cancelled: &dyn Fn() -> bool,
) -> Vec<Part> {
    let mut budget = BUDGET;
    if let Some(parts) = shortest(old, new, &mut budget, cancelled) {
        return parts;
    }
    let mut parts = Vec::new();
    let mut at = 0;
    for hunk in hunks() {
        let gone = old.get(hunk.old.0..hunk.old.1).unwrap_or_default();
        let came = new.get(hunk.new.0..hunk.new.1).unwrap_or_default();
        let head = gone.iter().zip(came).take_while(|(gone, came)| gone == came).count();
        let (gone, came) = (gone.get(head..).unwrap_or_default(), came.get(head..).unwrap_or_default());
        let tail = gone.iter().rev().zip(came.iter().rev()).take_while(|(gone, came)| gone == came).count();
        let gone = gone.get(..gone.len() - tail).unwrap_or_default();
        let came = came.get(..came.len() - tail).unwrap_or_default();
        push(&mut parts, Part::Same((hunk.old.0 + head).saturating_sub(at)));
        let mut budget = BUDGET / 16;
        let whole = || vec![Part::Gone(gone.len()), Part::New(came.len())];
        for part in shortest(gone, came, &mut budget, cancelled).unwrap_or_else(whole) {
            push(&mut parts, part);
        }
        at = hunk.old.1 - tail;
    }
    push(&mut parts, Part::Same(old.len().saturating_sub(at)));
    parts
}

fn push(parts: &mut Vec<Part>, part: Part) {
    match (parts.last_mut(), part) {
        (_, Part::Same(0) | Part::Gone(0) | Part::New(0)) => {}
        (Some(Part::Same(count)), Part::Same(more))
        | (Some(Part::Gone(count)), Part::Gone(more))
        | (Some(Part::New(count)), Part::New(more)) => *count += more,
        _ => parts.push(part),
    }
}

/// Myers' greedy search. Where adding and removing reach equally far, adding comes last.
fn shortest(
    old: &[&str],
    new: &[&str],
    budget: &mut usize,
    cancelled: &dyn Fn() -> bool,
) -> Option<Vec<Part>> {
    let reach = |mut old_at: usize, mut new_at: usize| {
        let from = old_at;
        while old_at < old.len() && old.get(old_at) == new.get(new_at) {
            old_at += 1;
            new_at += 1;
        }
        (old_at, new_at, old_at - from)
    };
    let (old_at, new_at, _) = reach(0, 0);
    let mut rounds: Vec<Round> = Vec::new();
    if old_at < old.len() || new_at < new.len() {
        // By diagonal (lines gone less lines new): the farthest line of the old text.
        let mut farthest = Diagonals::default();
        farthest.set(0, Some(old_at));
        let (mut low, mut high) = (isize::MIN, isize::MAX);
        'search: loop {
            let count = isize::try_from(rounds.len()).ok()? + 1;
            if cancelled() {
                return None;
            }
            let first = low.max(-count);
            let mut round = Round { first, removed: Vec::new() };
            let mut diagonal = first;
            while diagonal <= high.min(count) {
                *budget = budget.checked_sub(1)?;
                let removing = farthest.take(diagonal - 1).filter(|at| *at < old.len());
                let adding = farthest
                    .get(diagonal + 1)
                    .filter(|at| at.checked_add_signed(-diagonal - 1).is_some_and(|at| at < new.len()));
                let start = match (removing, adding) {
                    (None, None) => None,
                    (Some(before), Some(above)) if before < above => Some((above, false)),
                    (Some(before), _) => Some((before + 1, true)),
                    (None, Some(above)) => Some((above, false)),
                };
                round.removed.push(start.is_some_and(|(_, removed)| removed));
                let Some((start, _)) = start else {
                    farthest.set(diagonal, None);
                    diagonal += 2;
                    continue;
                };
                let (old_at, new_at, same) = reach(start, start.checked_add_signed(-diagonal)?);
                *budget = budget.checked_sub(same)?;
                if old_at >= old.len() && new_at >= new.len() {
                    rounds.push(round);
                    break 'search;
                }
                farthest.set(diagonal, Some(old_at));
                if old_at >= old.len() {
                    high = high.min(diagonal - 1);
                }
                if new_at >= new.len() {
                    low = low.max(diagonal + 1);
                }
                diagonal += 2;
            }
            rounds.push(round);
        }
    }
    let mut parts = Vec::new();
    let (mut old_at, mut new_at, same) = reach(0, 0);
    push(&mut parts, Part::Same(same));
    let end = isize::try_from(old.len()).ok()? - isize::try_from(new.len()).ok()?;
    for removed in steps(&rounds, end) {
        if removed {
            push(&mut parts, Part::Gone(1));
            old_at += 1;
        } else {
            push(&mut parts, Part::New(1));
            new_at += 1;
        }
        let same;
        (old_at, new_at, same) = reach(old_at, new_at);
        push(&mut parts, Part::Same(same));
    }
    Some(parts)
}

/// What one round decided, from its first diagonal on every second one: whether its last step removed a line.
struct Round {
    first: isize,
    removed: Vec<bool>,
}

/// The steps to a diagonal of the last round.
fn steps(rounds: &[Round], mut diagonal: isize) -> Vec<bool> {
    let mut steps: Vec<bool> = rounds
        .iter()
        .rev()
        .map(|round| {
            let at = usize::try_from((diagonal - round.first) / 2).unwrap_or_default();
            let removed = round.removed.get(at).copied().unwrap_or_default();
            diagonal += if removed { -1 } else { 1 };
            removed
        })
        .collect();
    steps.reverse();
    steps
}

/// Values by diagonal.
#[derive(Default)]
struct Diagonals {
    positive: Vec<Option<usize>>,
    negative: Vec<Option<usize>>,
}

impl Diagonals {
    fn slot(&mut self, diagonal: isize) -> Option<&mut Option<usize>> {
        let side = if diagonal < 0 { &mut self.negative } else { &mut self.positive };
        let at = diagonal.unsigned_abs();
        if side.len() <= at {
            side.resize(at + 1, None);
        }
        side.get_mut(at)
    }

    fn get(&mut self, diagonal: isize) -> Option<usize> {
        self.slot(diagonal).and_then(|slot| *slot)
    }

    fn take(&mut self, diagonal: isize) -> Option<usize> {
        self.slot(diagonal).and_then(Option::take)
    }

    fn set(&mut self, diagonal: isize, value: Option<usize>) {
        if let Some(slot) = self.slot(diagonal) {
            *slot = value;
        }
    }
}
