//! Raw rows of several sources in one sample (section 6, `pool`).

use std::collections::BTreeMap;

use super::employers::Employers;
use super::ladder::Totals;
use super::rows::RowCurve;
use super::sample::{Cell, PushError, Ranked};
use super::value::Bound;

/// All sources together weigh this many units, so that sums stay exact integers: the squares
/// need at most 120 bits.
const WHOLE: f64 = 1e18;

/// Pools sources with their shares: every weight becomes `w a_k / W_k` (section 6).
///
/// # Errors
/// [`PushError::WeightTooLarge`] if counts or log amounts overflow.
pub(crate) fn pool(sources: &[(f64, &RowCurve)]) -> Result<RowCurve, PushError> {
    if let [(_, only)] = sources {
        return Ok((*only).clone());
    }
    let mut cells: BTreeMap<(u64, Bound), Cell> = BTreeMap::new();
    let mut employers = Employers::new();
    let mut skipped = 0_u64;
    // Neither a cell nor the rows, of which there are no more than `n`, can overflow after this.
    let counts = sources.iter().try_fold(0_u64, |n, (_, rows)| n.checked_add(rows.ranked().n()));
    counts.ok_or(PushError::WeightTooLarge)?;
    for (share, rows) in sources.iter().filter(|(_, rows)| rows.ranked().n() > 0) {
        let factor = share * WHOLE / rows.ranked().totals().weight as f64;
        for cell in rows.ranked().cells() {
            add(&mut cells, scaled(cell, factor));
        }
        employers.merge(&rows.employers().scaled(factor))?;
        skipped = skipped.saturating_add(rows.ranked().skipped());
    }
    Ok(RowCurve::new(Ranked::new(cells.into_values().collect(), skipped), employers))
}

fn scaled(cell: &Cell, factor: f64) -> Cell {
    let scale = |sum: u128, by: f64| (sum as f64 * by).round_ties_even() as u128;
    let sums = Totals {
        n: cell.sums.n,
        weight: scale(cell.sums.weight, factor),
        squares: scale(cell.sums.squares, factor * factor),
    };
    Cell { sums, ..*cell }
}

fn add(cells: &mut BTreeMap<(u64, Bound), Cell>, cell: Cell) {
    let key = (cell.amount.to_bits(), cell.bound);
    let Some(found) = cells.get_mut(&key) else {
        cells.insert(key, cell);
        return;
    };
    found.rows += cell.rows;
    found.sums.n += cell.sums.n;
    found.sums.weight += cell.sums.weight;
    found.sums.squares += cell.sums.squares;
}
