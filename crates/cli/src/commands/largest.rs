//! The largest of several: lines of a plot, rows of a table, curves, entries of a card.

/// Keeps so many of the largest, in the order in which they stand, and returns the others. Of equal ones the first are
/// kept.
pub fn keep<T>(all: &mut Vec<T>, most: usize, size: impl Fn(&T) -> f64) -> Vec<T> {
    let sizes: Vec<f64> = all.iter().map(size).collect();
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by(|left, right| sizes[*right].total_cmp(&sizes[*left]));
    order.truncate(most);
    let (kept, rest): (Vec<_>, Vec<_>) =
        std::mem::take(all).into_iter().enumerate().partition(|(index, _)| order.contains(index));
    *all = kept.into_iter().map(|(_, each)| each).collect();
    rest.into_iter().map(|(_, each)| each).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_stay_where_they_stand() {
        let mut all = vec![2.0, 5.0, 1.0, 5.0, 3.0];
        assert_eq!(keep(&mut all, 2, |each| *each), [2.0, 1.0, 3.0]);
        assert_eq!(all, [5.0, 5.0]);
        let mut equal = vec![("first", 1.0), ("second", 1.0), ("third", 1.0)];
        assert_eq!(keep(&mut equal, 1, |(_, size)| *size).len(), 2);
        assert_eq!(equal, [("first", 1.0)]);
        assert!(keep(&mut all, 9, |each| *each).is_empty());
    }
}
