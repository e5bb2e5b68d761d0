//! The order in which a function's parameters were declared.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::variable::Variable;

/// Parameters of a copy among those of the instance that it was made from: in the instance's order, those that the copy
/// leaves out where they were. What the instance lacks stays behind the one before it.
pub fn ordered(own: Vec<Variable>, instance: Vec<Variable>) -> Vec<Variable> {
    let places: BTreeMap<_, _> = instance.iter().enumerate().map(|(at, parameter)| (parameter.declared, at + 1)).collect();
    let mut behind: Vec<Vec<Variable>> = Vec::new();
    behind.resize_with(instance.len() + 1, Vec::new);
    let mut is_there = alloc::vec![false; instance.len() + 1];
    let mut last = 0;
    for parameter in own {
        if let Some(place) = places.get(&parameter.declared) {
            last = *place;
            // What came without a place waits behind it.
            is_there[last] = true;
        }
        behind[last].push(parameter);
    }
    let mut all = Vec::new();
    let mut behind = behind.into_iter();
    all.extend(behind.next().into_iter().flatten());
    for ((place, missing), found) in (1..).zip(instance).zip(behind) {
        if !is_there[place] {
            all.push(missing);
        }
        all.extend(found);
    }
    all
}
