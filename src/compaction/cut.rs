//! Where a session is cut: what comes before is summarised, the rest is kept.

/// What an entry means for a cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It says nothing to the model: a setting, a label.
    Aside,
    /// An earlier summary of what came before.
    Compaction,
    /// What the user says; it begins a turn.
    User,
    /// Another message that begins a turn: a command of the user, a summary of a branch, a message of an extension.
    Opening,
    /// A message inside a turn before which a cut may fall.
    Inner,
    /// A message that must not be parted from the one before it: a result from its call.
    Bound,
}

impl Kind {
    /// The kind with a number: its place among the variants. What has none is an aside.
    pub fn numbered(number: u8) -> Self {
        match number {
            1 => Self::Compaction,
            2 => Self::User,
            3 => Self::Opening,
            4 => Self::Inner,
            5 => Self::Bound,
            _ => Self::Aside,
        }
    }

    fn may_be_first(self) -> bool {
        matches!(self, Self::User | Self::Opening | Self::Inner)
    }

    fn begins_turn(self) -> bool {
        matches!(self, Self::User | Self::Opening)
    }
}

/// A cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// The first entry that is kept.
    pub first: usize,
    /// Where the turn begins that the cut goes through, if it goes through one.
    pub turn_start: Option<usize>,
}

/// The cut that keeps what the newest entries down to `reached` hold, or a little less where they begin with what must
/// not be parted from its call, or everything when `reached` is not given. `None` where no entry may come first.
///
/// Where nothing after `reached` may come first, as when the last result alone is too large, more is kept and not
/// nothing cut away.
pub fn find_cut(kinds: &[Kind], reached: Option<usize>) -> Option<Cut> {
    let possible = || kinds.iter().enumerate().filter(|(_, kind)| kind.may_be_first()).map(|(at, _)| at);
    let reached = reached.unwrap_or_default();
    let mut first =
        possible().find(|at| *at >= reached).or_else(|| possible().take_while(|at| *at < reached).last())?;
    let is_aside = |at: usize| kinds.get(at) == Some(&Kind::Aside);
    while first > 0 && is_aside(first - 1) {
        first -= 1;
    }
    let is_whole = kinds.get(first) == Some(&Kind::User);
    let turn_start = if is_whole { None } else { turn_start(kinds.get(..=first)?) };
    Some(Cut { first, turn_start })
}

/// Where the turn begins that the last of some entries is part of.
pub fn turn_start(kinds: &[Kind]) -> Option<usize> {
    kinds.iter().rposition(|kind| kind.begins_turn())
}

#[cfg(test)]
mod tests {
    use super::Kind::{Aside, Bound, Compaction, Inner, Opening, User};
    use super::*;

    fn cut(kinds: &[Kind], reached: usize) -> Option<(usize, Option<usize>)> {
        find_cut(kinds, Some(reached)).map(|Cut { first, turn_start }| (first, turn_start))
    }

    #[test]
    fn a_cut_falls_before_the_next_message_that_may_come_first() {
        let kinds = [User, Inner, Bound, User, Inner, Bound, Inner];
        assert_eq!(cut(&kinds, 2), Some((3, None)));
        assert_eq!(cut(&kinds, 5), Some((6, Some(3))));
        assert_eq!(cut(&kinds, 1), Some((1, Some(0))));
    }

    #[test]
    fn a_huge_last_result_is_kept_with_its_call_and_all_before_is_cut_away() {
        assert_eq!(cut(&[User, Inner, User, Inner, Bound], 4), Some((3, Some(2))));
    }

    #[test]
    fn all_is_kept_that_the_budget_takes() {
        let kinds = [Bound, Aside, User, Inner];
        assert_eq!(find_cut(&kinds, None), Some(Cut { first: 1, turn_start: None }));
        assert_eq!(find_cut(&[Bound, Aside], None), None);
    }

    #[test]
    fn settings_go_with_the_message_that_they_are_for() {
        assert_eq!(cut(&[User, Inner, Aside, Aside, User], 4), Some((2, Some(0))));
        assert_eq!(cut(&[User, Compaction, Aside, Opening], 3), Some((2, Some(0))));
    }

    #[test]
    fn kinds_are_numbered_in_their_order() {
        let kinds = [Aside, Compaction, User, Opening, Inner, Bound];
        assert_eq!([0, 1, 2, 3, 4, 5].map(Kind::numbered), kinds);
        assert_eq!(kinds.map(|kind| kind as u8), [0, 1, 2, 3, 4, 5]);
    }
}
